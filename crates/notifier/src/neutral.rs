//! One line of a message without the mark-up of chats.
//!
//! Names in a line come from publishers and from configuration. In a chat a name can call everybody
//! (`@everyone`, `<!channel>`), pose as a link to somewhere else, or make the chat fetch a page that
//! is being watched. Slack, Mattermost and Rocket.Chat read the same payload in different dialects,
//! so what is done here must be right in all three: the three characters that Slack escapes are
//! escaped its way, and calls and links are broken by a character without a shape, so that people
//! read exactly what was there.

/// Word joiner: no shape, and part of no name, address or mark-up.
const BREAK: char = '\u{2060}';

/// A line as text for Slack and the chats that read its payload.
pub(crate) fn neutral(line: &str) -> String {
    let mut text = String::with_capacity(line.len() + 16);
    let mut rest = line.chars().peekable();
    let mut previous: Option<char> = None;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let in_address =
            previous.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphabetic);
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            // `@name` calls, `#name` and `~name` lead to channels, `](` ends the label of a link,
            // and a scheme ends in `:`.
            '@' | '＠' | '#' | '~' | ']' => text.extend([c, BREAK]),
            ':' if next == Some('/') => text.extend([c, BREAK]),
            '.' if in_address => text.extend([BREAK, c]),
            _ => text.push(c),
        }
        previous = Some(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn calls_and_links_are_broken_and_still_read_the_same() {
        for (line, expected) in [
            (
                "作票 · 31 items: 2 (1 to 5), p = 3.2e-6",
                "作票 · 31 items: 2 (1 to 5), p = 3.2e-6",
            ),
            ("@everyone @here", "@\u{2060}everyone @\u{2060}here"),
            (
                "<!channel> <@U1> & <#C1>",
                "&lt;!channel&gt; &lt;@\u{2060}U1&gt; &amp; &lt;#\u{2060}C1&gt;",
            ),
            (
                "[click](https://evil.example/)",
                "[click]\u{2060}(https:\u{2060}//evil\u{2060}.example/)",
            ),
            ("www.evil.example", "www\u{2060}.evil\u{2060}.example"),
            ("選舉.台灣", "選舉\u{2060}.台灣"),
            ("~town-square", "~\u{2060}town-square"),
            ("", ""),
        ] {
            assert_eq!(neutral(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn readers_see_what_was_there(line in any::<String>()) {
            let text = neutral(&line);
            prop_assert!(!text.contains(['<', '>']));
            let read = text.replace(BREAK, "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            prop_assert_eq!(read, line.replace(BREAK, ""));
        }
    }
}
