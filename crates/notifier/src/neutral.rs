//! Texts of others without what chats act on.
//!
//! Names in a message come from publishers and from configuration. In a chat a name can call everybody
//! (`@everyone`, `<!channel>`), pose as a link to somewhere else, or make the chat fetch a page that
//! is being watched. Calls and links are broken by a character without a shape, so that people read
//! exactly what was there; beside that each function takes away what its chats read as mark-up.

/// Word joiner: no shape, and part of no name, address or mark-up.
pub(crate) const BREAK: char = '\u{2060}';

/// For Slack, Mattermost and Rocket.Chat, which read the same payload in different dialects: the three
/// characters that Slack escapes are escaped its way.
pub(crate) fn slack(text: &str) -> String {
    broken(text, |c, out| match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        // `](` ends the label of a link.
        ']' => out.extend([c, BREAK]),
        _ => out.push(c),
    })
}

/// For chats without mark-up, which still find names and links in plain text.
pub(crate) fn plain(text: &str) -> String {
    broken(text, |c, out| out.push(c))
}

/// What Markdown reads as mark-up, where a backslash before it takes that away.
const MARKUP: &str = "\\*_~`|[]()>#-+";

/// For Discord, which reads Markdown and takes a backslash before what is none (its guide to Markdown).
pub(crate) fn discord(text: &str) -> String {
    broken(text, |c, out| {
        if c == '<' || MARKUP.contains(c) {
            out.push('\\');
        }
        out.push(c);
    })
}

/// For Mattermost, whose Markdown knows no HTML and shows a backslash before `<` (its docs, "Format messages").
pub(crate) fn mattermost(text: &str) -> String {
    broken(text, |c, out| {
        if MARKUP.contains(c) {
            out.push('\\');
        }
        out.push(c);
    })
}

fn broken(text: &str, mut push: impl FnMut(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    let mut previous: Option<char> = None;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let in_address =
            previous.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphabetic);
        match c {
            '.' if in_address => out.extend([BREAK, c]),
            _ => push(c, &mut out),
        }
        // `@name` calls, `#name` and `~name` lead to channels, and a scheme ends in `:`.
        let calls = matches!(c, '@' | '＠' | '#' | '~') || (c == ':' && next == Some('/'));
        if calls {
            out.push(BREAK);
        }
        previous = Some(c);
    }
    out
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
            assert_eq!(slack(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn readers_see_what_was_there(line in any::<String>()) {
            let text = slack(&line);
            prop_assert!(!text.contains(['<', '>']));
            let read = text.replace(BREAK, "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let line = line.replace(BREAK, "");
            prop_assert_eq!(read, line.clone());
            prop_assert_eq!(plain(&line).replace(BREAK, ""), line.clone());
            for escaped in [discord(&line), mattermost(&line)] {
                let mut shown = String::new();
                let mut is_escaped = false;
                for c in escaped.chars().filter(|c| *c != BREAK) {
                    is_escaped = c == '\\' && !is_escaped;
                    if !is_escaped {
                        shown.push(c);
                    }
                }
                prop_assert_eq!(shown, line.clone());
            }
        }
    }
}
