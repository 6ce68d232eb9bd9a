//! Text from outside, made fit to be shown: in a message, on a terminal, in a log.
//!
//! Names of sources and rules can hold anything a publisher or an editor of configuration put
//! there. What cannot be seen is removed by [`display_safe`]; here it is told, and the rest is made
//! one line of bounded length.
//!
//! Mark-up is not dealt with here: each chat has its own, and its renderer knows it.

use bellwether_text::{display_safe, has_hidden};

/// The longest name shown in a message, in characters.
pub const NAME_CHARS_MAX: usize = 80;

/// Isolates a text whose direction may differ from the line's; see Unicode Annex 9.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

/// Query parameters whose value gives access: of readers' private feeds, of feed bridges.
const SECRET_PARAMETERS: [&str; 9] = [
    "access_token",
    "apikey",
    "api_key",
    "auth",
    "key",
    "password",
    "secret",
    "sig",
    "token",
];

/// A text fit to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The text on one line.
    pub text: String,
    /// Whether invisible characters were removed that are no spelling: readers should be told.
    pub had_hidden: bool,
}

/// A text on one line, at most so many characters, without what cannot be seen.
#[must_use]
pub fn shown(text: &str, chars_max: usize) -> Shown {
    let mut line = String::new();
    let mut length = 0;
    for c in display_safe(text).chars() {
        // Line and paragraph separators are white space too; runs become one.
        let c = if c.is_whitespace() { ' ' } else { c };
        if c == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        if length == chars_max {
            // A joiner or mark without what follows it would sit on the ellipsis.
            line.truncate(
                line.trim_end_matches([' ', '\u{200C}', '\u{200D}', '\u{FE0F}'])
                    .len(),
            );
            line.push('…');
            break;
        }
        line.push(c);
        length += 1;
    }
    line.truncate(line.trim_end().len());
    if line.chars().any(is_right_to_left) {
        line.insert(0, FIRST_STRONG_ISOLATE);
        line.push(POP_DIRECTIONAL_ISOLATE);
    }
    let is_acting = |c: char| c.is_control() && !c.is_whitespace();
    Shown {
        text: line,
        had_hidden: has_hidden(text) || text.contains(is_acting),
    }
}

/// An address without user, password and the values of parameters that give access.
#[must_use]
pub fn shown_address(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority_end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (before_fragment, _) = tail.split_once('#').unwrap_or((tail, ""));
    let (path, query) = match before_fragment.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (before_fragment, None),
    };
    let separator = if scheme.is_empty() { "" } else { "://" };
    let mut address = format!("{scheme}{separator}{host}{path}");
    if let Some(query) = query {
        address.push('?');
        let pairs: Vec<String> = query.split('&').map(shown_parameter).collect();
        address.push_str(&pairs.join("&"));
    }
    address
}

fn shown_parameter(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _))
            if SECRET_PARAMETERS
                .iter()
                .any(|s| name.eq_ignore_ascii_case(s)) =>
        {
            format!("{name}=[secret]")
        }
        _ => pair.to_owned(),
    }
}

/// Whether a character belongs to a script that is written from right to left.
const fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_removed_and_told() {
        for (text, expected, had_hidden) in [
            ("作票", "作票", false),
            ("  two\r\n lines\u{2028}here ", "two lines here", false),
            (
                "作\u{200B}票影片是\u{2060}舊片\u{202E}gpj.exe",
                "作票影片是舊片gpj.exe",
                true,
            ),
            (
                "می\u{200C}خواهند",
                "\u{2068}می\u{200C}خواهند\u{2069}",
                false,
            ),
            (
                "家庭 👨\u{200D}👩\u{200D}👧",
                "家庭 👨\u{200D}👩\u{200D}👧",
                false,
            ),
            (
                "❤\u{FE0F} 1\u{FE0F}\u{20E3}",
                "❤\u{FE0F} 1\u{FE0F}\u{20E3}",
                false,
            ),
            ("bal\u{200D}lot\u{1b}[31m\0", "ballot[31m", true),
            ("\u{2066}a\u{2069}", "a", true),
            ("", "", false),
        ] {
            let found = shown(text, NAME_CHARS_MAX);
            assert_eq!(found.text, expected, "{}", text.escape_unicode());
            assert_eq!(found.had_hidden, had_hidden, "{}", text.escape_unicode());
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shown("選舉選舉", 4).text, "選舉選舉");
        assert_eq!(shown("選舉選舉選", 4).text, "選舉選舉…");
        assert_eq!(shown("👨\u{200D}👩", 2).text, "👨…");
    }

    #[test]
    fn addresses_keep_no_credential() {
        for (url, expected) in [
            (
                "https://feeds.example.org/rss.xml",
                "https://feeds.example.org/rss.xml",
            ),
            (
                "https://reader:pw@feeds.example.org/x?feed=rss2#top",
                "https://feeds.example.org/x?feed=rss2",
            ),
            (
                "https://a@b:c@h.example?KEY=1&x=2&token=",
                "https://h.example?KEY=[secret]&x=2&token=[secret]",
            ),
            ("https://h.example/a@b", "https://h.example/a@b"),
            ("user:pw@h.example/", "h.example/"),
        ] {
            assert_eq!(shown_address(url), expected, "{url}");
        }
    }
}
