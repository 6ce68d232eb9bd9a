//! Addresses that ask the same again.

use std::fmt::Write as _;

/// The address of the search page for a question as it was typed: relative times stay relative.
///
/// `from` and `to` are written also where they are empty, because the page takes a stretch of its
/// own where neither is named. `public_url` is the base of links for people; without one it is a
/// path.
#[must_use]
pub fn permalink(
    public_url: Option<&str>,
    q: &str,
    from: Option<&str>,
    to: Option<&str>,
    more: &[(&str, Option<&str>)],
) -> String {
    let base = public_url.unwrap_or_default().trim_end_matches('/');
    let mut link = format!("{base}/search?q=");
    push_escaped(&mut link, q);
    for (name, value) in [("from", from), ("to", to)] {
        push_pair(&mut link, name, value.unwrap_or_default());
    }
    for (name, value) in more {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            push_pair(&mut link, name, value);
        }
    }
    link
}

pub(crate) fn push_pair(link: &mut String, name: &str, value: &str) {
    link.push('&');
    link.push_str(name);
    link.push('=');
    push_escaped(link, value);
}

/// Everything but what never needs it is escaped, so that a link survives chats and mails.
pub(crate) fn push_escaped(link: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            link.push(char::from(byte));
        } else {
            let _ = write!(link, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_all_that_was_asked() {
        let more = [("sort", Some("oldest")), ("zone", None)];
        assert_eq!(
            permalink(
                Some("https://b.example/"),
                "作 \"a\"",
                Some("7d"),
                None,
                &more
            ),
            "https://b.example/search?q=%E4%BD%9C%20%22a%22&from=7d&to=&sort=oldest"
        );
        assert_eq!(permalink(None, "", None, None, &[]), "/search?q=&from=&to=");
    }
}
