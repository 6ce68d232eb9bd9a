//! Links that Markdown hides behind labels, as Discord and Teams show them.

/// The links `[label](address)` of a text as address and label. What is escaped, or code, is none.
pub(super) fn links(text: &str) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        at = match byte {
            b'\\' => after_char(text, at + 1),
            b'`' => after_code(text, at),
            b'[' => match link(text, at) {
                Some((link, end)) => {
                    links.push(link);
                    end
                }
                None => at + 1,
            },
            _ => at + 1,
        };
    }
    links
}

fn after_char(text: &str, at: usize) -> usize {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    at + next.map_or(0, char::len_utf8)
}

/// Past the code that begins here, or past its backticks where it never ends.
fn after_code(text: &str, start: usize) -> usize {
    let run = |from: usize| text[from..].bytes().take_while(|b| *b == b'`').count();
    let opening = run(start);
    let inside = start + opening;
    let mut at = inside;
    while let Some(offset) = text[at..].find('`') {
        let length = run(at + offset);
        at += offset + length;
        if length == opening {
            return at;
        }
    }
    inside
}

/// The link whose `[` is here, and where it ends.
fn link(text: &str, start: usize) -> Option<((String, String), usize)> {
    let label_end = closing(text, start, b'[', b']')?;
    if text.as_bytes().get(label_end + 1) != Some(&b'(') {
        return None;
    }
    let end = closing(text, label_end + 1, b'(', b')')?;
    let inside = text[label_end + 2..end].trim();
    // A title may follow the address, and angle brackets stand around it to keep previews away.
    let address = match inside.strip_prefix('<') {
        Some(rest) => rest.split('>').next()?,
        None => inside.split_whitespace().next()?,
    };
    let label = unescaped(&text[start + 1..label_end]);
    Some(((address.to_owned(), label), end + 1))
}

/// Where what opens here is closed.
fn closing(text: &str, start: usize, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = text.as_bytes().get(at) {
        if *byte == b'\\' {
            at = after_char(text, at + 1);
            continue;
        }
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

fn unescaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {
                shown.extend(chars.next());
            }
            _ => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(url, label)| ((*url).to_owned(), (*label).to_owned()))
            .collect();
        assert_eq!(links(text), expected, "{text}");
    }

    #[test]
    fn labels_and_addresses_are_told_apart() {
        check(
            "see [台灣](https://a.example) now",
            &[("https://a.example", "台灣")],
        );
        check(
            "[a](<https://a.example> \"t\")",
            &[("https://a.example", "a")],
        );
        check(
            "[a](https://a.example/x_(y) \"t\")",
            &[("https://a.example/x_(y)", "a")],
        );
        check(
            "[a [b] \\] 😀](u)[c](v)",
            &[("u", "a [b] ] 😀"), ("v", "c")],
        );
    }

    #[test]
    fn what_is_escaped_or_code_is_no_link() {
        check("\\[a](https://a.example)", &[]);
        check("[a\\](https://a.example)", &[]);
        check("[a]\\(https://a.example)", &[]);
        check("`[a](u)` ``b ` [a](u)`` ```\n[a](u)\n```", &[]);
        check("` [a](u)", &[("u", "a")]);
        check("[a] (u) [a]() [ \\", &[]);
    }
}
