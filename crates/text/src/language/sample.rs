//! What of a text says something of its language: its beginning, without addresses, @names and
//! #tags, which are English letters in the posts of any language.

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

/// More than this much of a text changes no verdict.
const CHARS_MAX: usize = 1_000;

/// Bytes looked through for them: a text of addresses only is not read to its end.
const BYTES_MAX: usize = 8_000;

/// The longest name that the domain name system allows, RFC 1035. What is not passed over must not
/// be read to its end, or a text of hyphens is read once for each of them.
const HOST_BYTES_MAX: usize = 253;

/// The useful characters at the beginning of a text, a space for what was left out. Letters in
/// disguise (fullwidth, bold, joined forms) and those with separate marks are as usual.
pub(super) fn useful(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len().min(CHARS_MAX));
    let mut rest = text;
    let mut room = BYTES_MAX;
    let mut before = ' ';
    let mut is_disguised = false;
    while chars.len() < CHARS_MAX && room > 0 {
        let Some(c) = rest.chars().next() else {
            break;
        };
        let left_out = foreign_matter(rest, before);
        let (taken, bytes) = if left_out > 0 {
            (' ', left_out)
        } else {
            (c, c.len_utf8())
        };
        is_disguised |= is_disguise(taken);
        chars.push(taken);
        before = taken;
        room = room.saturating_sub(bytes);
        rest = rest.get(bytes..).unwrap_or_default();
    }
    if is_disguised {
        chars = chars.into_iter().nfkc().take(CHARS_MAX).collect();
    }
    chars
}

fn is_disguise(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{653}'..='\u{655}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}' | '\u{FF21}'..='\u{FF5A}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{1D400}'..='\u{1D7FF}')
}

/// Whether a word could begin after this character. Scripts without spaces let one begin anywhere.
fn is_word_start(before: char) -> bool {
    !before.is_alphanumeric() || is_unspaced(before)
}

/// How many bytes at the beginning of a text are an address, an @name, a #tag, a character
/// reference or the mark of a repost.
fn foreign_matter(text: &str, before: char) -> usize {
    let bytes = text.as_bytes();
    let could_begin = matches!(
        bytes,
        [
            b'@' | b'#' | b'&' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0xEF,
            ..,
        ]
    );
    if !could_begin || !is_word_start(before) {
        return 0;
    }
    match bytes {
        [b'@', ..] => 1 + name_length(&text[1..]),
        [b'#', ..] => 1 + tag_length(&text[1..]),
        [b'&', ..] => reference_length(text),
        [b'h' | b'H' | b'w' | b'W', ..] if is_address(text) => address_length(text),
        [b'R', b'T', b' ', ..] => 2,
        [0xEF, 0xBC, 0xA0, ..] => 3 + name_length(&text[3..]),
        [0xEF, 0xBC, 0x83, ..] => 3 + tag_length(&text[3..]),
        [0xEF, ..] => 0,
        _ => bare_address_length(text),
    }
}

fn is_address(text: &str) -> bool {
    let starts = |prefix: &str| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    starts("http://") || starts("https://") || starts("www.")
}

/// An address ends with the first character that none can hold: a space, or a letter of the text
/// that follows it without one.
fn address_length(text: &str) -> usize {
    text.bytes()
        .position(|byte| !byte.is_ascii_graphic())
        .unwrap_or(text.len())
}

/// `example.org/news`: as often as not written without its scheme.
fn bare_address_length(text: &str) -> usize {
    let host = text
        .bytes()
        .take(HOST_BYTES_MAX)
        .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'))
        .unwrap_or(text.len().min(HOST_BYTES_MAX));
    let is_host = text[..host].contains('.') && !text[..host].ends_with('.');
    if is_host && text.as_bytes().get(host) == Some(&b'/') {
        address_length(text)
    } else {
        0
    }
}

/// Names of federated services hold a second `@`, dots and hyphens.
fn name_length(text: &str) -> usize {
    text.char_indices()
        .find(|(_, c)| {
            !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@')) || is_unspaced(*c)
        })
        .map_or(text.len(), |(at, _)| at)
}

/// Letters of scripts without spaces end a tag: they are the text itself.
fn tag_length(text: &str) -> usize {
    text.char_indices()
        .find(|(_, c)| !(c.is_alphanumeric() || *c == '_') || is_unspaced(*c))
        .map_or(text.len(), |(at, _)| at)
}

fn reference_length(text: &str) -> usize {
    const LONGEST: usize = 8;
    match text
        .bytes()
        .skip(1)
        .take(LONGEST)
        .position(|byte| !byte.is_ascii_alphanumeric())
    {
        Some(at) if at > 0 && text.as_bytes()[at + 1] == b';' => at + 2,
        _ => 0,
    }
}

fn is_unspaced(c: char) -> bool {
    c >= '\u{E00}'
        && matches!(
            Kind::of(c),
            Kind::Han
                | Kind::Kana
                | Kind::Single("ko" | "th" | "lo" | "km" | "my" | "bo" | "zh-Hant")
        )
}

/// What the script of a letter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Latin,
    Cyrillic,
    Arabic,
    Han,
    Kana,
    /// A script that one language of ours uses, by its tag.
    Single(&'static str),
    Other,
}

impl Kind {
    /// The common ranges first: the table of all scripts is searched for the rest.
    pub(super) fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' => Self::Latin,
            '\0'..='\u{A9}' => Self::Other,
            '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' if c != '×' && c != '÷' => Self::Latin,
            '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' => Self::Cyrillic,
            '\u{620}'..='\u{63F}' | '\u{641}'..='\u{64A}' | '\u{671}'..='\u{6D3}' => Self::Arabic,
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => Self::Han,
            '\u{AC00}'..='\u{D7A3}' => Self::Single("ko"),
            _ if !c.is_alphabetic() => Self::Other,
            _ => Self::of_script(c.script()),
        }
    }

    fn of_script(script: Script) -> Self {
        Self::Single(match script {
            Script::Latin => return Self::Latin,
            Script::Cyrillic => return Self::Cyrillic,
            Script::Arabic => return Self::Arabic,
            Script::Han => return Self::Han,
            Script::Hiragana | Script::Katakana => return Self::Kana,
            Script::Hangul => "ko",
            Script::Thai => "th",
            Script::Lao => "lo",
            Script::Khmer => "km",
            Script::Myanmar => "my",
            Script::Tibetan => "bo",
            Script::Greek => "el",
            Script::Hebrew => "he",
            Script::Armenian => "hy",
            Script::Georgian => "ka",
            Script::Devanagari => "hi",
            Script::Bengali => "bn",
            Script::Tamil => "ta",
            Script::Telugu => "te",
            Script::Bopomofo => "zh-Hant",
            _ => return Self::Other,
        })
    }
}
