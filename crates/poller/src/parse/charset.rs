//! Bytes to text: byte order mark, then the server's word, then the document's, then UTF-8 (RFC 7303,
//! 3; labels as the WHATWG Encoding standard reads them, so that `gb2312` is GBK), then detection.
//!
//! Servers and documents are often wrong, so the first claim under which the bytes make sense is
//! taken. Bytes that are valid UTF-8 and hold several characters beyond ASCII are UTF-8, whatever is
//! claimed: text in GBK or Big5 is so by accident only in snippets. Where no claim fits, a claim with
//! a few bad bytes is taken before any guess; a guess is made from the bytes and the country domain of
//! the address. Each departure from the claim is told.
//!
//! Bounded: a document is decoded once for each claim, and detection looks at its beginning.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use url::Url;

/// The XML declaration ends within this, or is none.
const DECLARATION_BYTES_MAX: usize = 1024;

/// Characters beyond ASCII that make valid UTF-8 no accident.
const EVIDENCE_MIN: usize = 4;

/// For so many good characters beyond ASCII there may be a bad one, and the claim holds all the same.
const GOOD_PER_BAD: usize = 9;
const GOOD_UTF_8_PER_BAD: usize = 3;

/// Bytes of the longest character of a charset.
const CHARACTER_BYTES_MAX: usize = 4;

/// Bytes that detection looks at.
const DETECTION_BYTES_MAX: usize = 256 * 1024;

/// What bytes were read as, and on whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// What had to be assumed.
    pub(crate) note: Option<String>,
    /// The name of the charset.
    pub(crate) charset: &'static str,
    pub(crate) by: By,
}

/// What a charset was known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A byte order mark.
    Mark,
    /// `Content-Type` of the answer.
    Server,
    /// The document's own declaration.
    Document,
    /// Nobody says anything else, and it is what the standards then want.
    Default,
    /// The bytes, whatever is claimed.
    Bytes,
    /// A guess from the bytes.
    Guess,
}

impl By {
    /// The word used by programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Server => "server",
            Self::Document => "document",
            Self::Default => "default",
            Self::Bytes => "bytes",
            Self::Guess => "guess",
        }
    }

    /// In words, after the name of a charset.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Mark => "by its byte order mark",
            Self::Server => "says the server",
            Self::Document => "says the document",
            Self::Default => "as nobody says otherwise",
            Self::Bytes => "by the bytes themselves",
            Self::Guess => "detected from the bytes",
        }
    }
}

/// The text of a document, and what had to be assumed. `url` is where it came from.
pub(crate) fn decode(
    bytes: &[u8],
    content_type: Option<&str>,
    url: Option<&Url>,
) -> (String, Option<String>) {
    let decoded = read(bytes, content_type, url);
    (decoded.text, decoded.note)
}

/// The same with the charset that was found.
pub(crate) fn read(bytes: &[u8], content_type: Option<&str>, url: Option<&Url>) -> Decoded {
    let decoded = |encoding: &'static Encoding, by, text, note| Decoded {
        text,
        note,
        charset: encoding.name(),
        by,
    };
    if let Some(text) = utf32(bytes) {
        return Decoded {
            text,
            note: Some("UTF-32, which no standard allows".to_owned()),
            charset: "UTF-32",
            by: By::Bytes,
        };
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let note = had_errors.then(|| replaced(encoding));
        return decoded(encoding, By::Mark, text.into_owned(), note);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let note = format!("{} without a byte order mark", encoding.name());
        return decoded(encoding, By::Bytes, text.into_owned(), Some(note));
    }
    let claims = claims(bytes, content_type);
    let first = claims.first().copied().unwrap_or(UTF_8);
    let note = |encoding: &'static Encoding| {
        (encoding != first).then(|| format!("declared as {}, is {}", first.name(), encoding.name()))
    };
    let claimed_by = |encoding: &'static Encoding| {
        if http_charset(content_type) == Some(encoding) {
            By::Server
        } else if declared(bytes) == Some(encoding) {
            By::Document
        } else {
            By::Default
        }
    };
    if first != UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
        && text.chars().filter(|c| !c.is_ascii()).count() >= EVIDENCE_MIN
    {
        return decoded(UTF_8, By::Bytes, text.to_owned(), note(UTF_8));
    }
    for encoding in &claims {
        if let Some((text, cut)) = whole(encoding, bytes) {
            let cut = (cut > 0).then(|| "ends within a character".to_owned());
            let notes: Vec<String> = note(encoding).into_iter().chain(cut).collect();
            let note = (!notes.is_empty()).then(|| notes.join("; "));
            return decoded(encoding, claimed_by(encoding), text, note);
        }
    }
    let with_replacement = |encoding: &'static Encoding| {
        let notes = [note(encoding), Some(replaced(encoding))];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let by = claimed_by(encoding);
        decoded(encoding, by, text.into_owned(), Some(notes.join("; ")))
    };
    for encoding in &claims {
        let nearly = with_replacement(encoding);
        if is_nearly_right(&nearly.text, encoding) {
            return nearly;
        }
    }
    let guessed = guess(bytes, url);
    match guessed.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => {
            let note = format!("not {}: detected as {}", first.name(), guessed.name());
            decoded(guessed, By::Guess, text.into_owned(), Some(note))
        }
        None => with_replacement(first),
    }
}

/// The charsets claimed, the one with most authority first.
fn claims(bytes: &[u8], content_type: Option<&str>) -> Vec<&'static Encoding> {
    let (by_server, by_document) = (http_charset(content_type), declared(bytes));
    // Latin-1 is what old servers say of everything, and fits everything.
    let (first, second) = match (by_server, by_document) {
        (Some(server), Some(document)) if server == WINDOWS_1252 && document != UTF_8 => {
            (by_document, by_server)
        }
        claimed => claimed,
    };
    let mut claims: Vec<&'static Encoding> = Vec::new();
    for encoding in [first, second, Some(UTF_8)].into_iter().flatten() {
        // The bytes hold no NUL where one must be: a claim of UTF-16 is a slip.
        let encoding = if is_utf16(encoding) { UTF_8 } else { encoding };
        if !claims.contains(&encoding) {
            claims.push(encoding);
        }
    }
    claims
}

/// The text of bytes that make sense, but for a character in which a cut document ends, and the bytes
/// of that character.
fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Option<(String, usize)> {
    let beyond = bytes
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii())
        .count();
    (0..=beyond.min(CHARACTER_BYTES_MAX - 1)).find_map(|cut| {
        let kept = &bytes[..bytes.len() - cut];
        let text = encoding.decode_without_bom_handling_and_without_replacement(kept)?;
        Some((text.into_owned(), cut))
    })
}

/// Whether few of the characters beyond ASCII are bad. Those of UTF-8 are seldom right by accident.
fn is_nearly_right(text: &str, encoding: &'static Encoding) -> bool {
    let per_bad = if encoding == UTF_8 {
        GOOD_UTF_8_PER_BAD
    } else {
        GOOD_PER_BAD
    };
    let (mut bad, mut beyond) = (0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        beyond += 1;
        bad += usize::from(c == char::REPLACEMENT_CHARACTER);
    }
    bad * (per_bad + 1) <= beyond
}

fn guess(bytes: &[u8], url: Option<&Url>) -> &'static Encoding {
    let domain = url.and_then(Url::domain).unwrap_or_default();
    let last = domain.rsplit('.').next().unwrap_or_default();
    let is_plain = !last.is_empty() && last.bytes().all(|b| b.is_ascii_lowercase());
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(DETECTION_BYTES_MAX)], true);
    detector.guess(is_plain.then_some(last.as_bytes()), Utf8Detection::Deny)
}

/// UTF-32 by its mark, or by the `<` at its beginning; bytes of other lengths at the end are lost.
fn utf32(bytes: &[u8]) -> Option<String> {
    let (read, mark): (fn([u8; 4]) -> u32, usize) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] => (u32::from_le_bytes, 4),
        [0, 0, 0xFE, 0xFF, ..] => (u32::from_be_bytes, 4),
        [b'<', 0, 0, 0, ..] => (u32::from_le_bytes, 0),
        [0, 0, 0, b'<', ..] => (u32::from_be_bytes, 0),
        _ => return None,
    };
    let chars = bytes[mark..].chunks_exact(4).map(|four| {
        let code = <[u8; 4]>::try_from(four).map(read).unwrap_or_default();
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    Some(chars.collect())
}

fn replaced(encoding: &'static Encoding) -> String {
    format!("bytes that are not {} replaced", encoding.name())
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// A document begins with `<` or `{` or white space, all of them ASCII.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, a, 0, b, ..] if a.is_ascii() && b.is_ascii() && *a != 0 && *b != 0 => Some(UTF_16BE),
        [a, 0, b, 0, ..] if a.is_ascii() && b.is_ascii() && *a != 0 && *b != 0 => Some(UTF_16LE),
        _ => None,
    }
}

fn http_charset(content_type: Option<&str>) -> Option<&'static Encoding> {
    content_type?.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| Encoding::for_label(value.as_bytes()))?
    })
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let find =
        |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).position(|w| w == needle);
    let declaration = &head[find(head, b"<?xml")?..];
    let declaration = &declaration[..find(declaration, b"?>")?];
    let value = &declaration[find(declaration, b"encoding")? + b"encoding".len()..];
    let open = value.iter().position(|b| matches!(b, b'"' | b'\''))?;
    let label = &value[open + 1..];
    let close = label.iter().position(|b| *b == value[open])?;
    Encoding::for_label(&label[..close])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, expected: &str, is_noted: bool) {
        let (text, note) = decode(bytes, content_type, None);
        assert_eq!(text, expected);
        assert_eq!(note.is_some(), is_noted, "{note:?}");
    }

    #[test]
    fn claims() {
        let gbk = b"\xd7\xf7\xc6\xb1";
        check(gbk, Some("text/xml; charset=gb2312"), "作票", false);
        check("作票".as_bytes(), None, "作票", false);
        let mut declared = b"<?xml version='1.0' encoding='gbk'?>".to_vec();
        declared.extend_from_slice(gbk);
        check(
            &declared,
            None,
            "<?xml version='1.0' encoding='gbk'?>作票",
            false,
        );
        check(
            &declared,
            Some("text/xml; charset=\"utf-8\""),
            "<?xml version='1.0' encoding='gbk'?>作票",
            true,
        );
        check(
            "中選會說明選票".as_bytes(),
            Some("text/xml;charset=big5"),
            "中選會說明選票",
            true,
        );
        let broken = [gbk.repeat(6).as_slice(), b"\xff<", &gbk.repeat(6)].concat();
        let good = "作票".repeat(6);
        check(
            &broken,
            Some("x; charset=gbk"),
            &format!("{good}\u{FFFD}<{good}"),
            true,
        );
        check(b"\xEF\xBB\xBF<rss>", Some("x; charset=gbk"), "<rss>", false);
        check(b"\xFE\xFF\0<\0r", Some("x; charset=utf-8"), "<r", false);
        check(b"<\0r\0", None, "<r", true);
        check(b"<rss>", Some("x; charset=utf-16"), "<rss>", false);
    }

    #[test]
    fn detection() {
        let url = |text: &str| Url::parse(text).ok();
        let gbk = encoding_rs::GBK
            .encode("选务发言人说，投票站的名单没有改动，计票照常进行。")
            .0;
        let big5 = encoding_rs::BIG5
            .encode("選委會說明，投開票所的名單沒有變更，開票照常進行。")
            .0;
        let cyrillic = encoding_rs::WINDOWS_1251
            .encode("Избирательная комиссия сообщила, что список участков не менялся.")
            .0;
        for (bytes, from, claimed, expected) in [
            (
                &gbk,
                "https://news.example.cn/",
                Some("x; charset=utf-8"),
                "选务发言人",
            ),
            (&gbk, "https://news.example.org/", None, "选务发言人"),
            (
                &big5,
                "https://news.example.tw/",
                Some("x; charset=utf-8"),
                "選委會說明",
            ),
            (&cyrillic, "https://news.example.ru/", None, "Избирательная"),
        ] {
            let (text, note) = decode(bytes, claimed, url(from).as_ref());
            assert!(text.starts_with(expected), "{text}");
            assert!(note.is_some_and(|note| note.contains("detected")));
        }
        // A cut inside a character says nothing against the charset.
        for (text, encoding) in [("作票", "utf-8"), ("作票", "gbk"), ("作票", "big5")] {
            let bytes = Encoding::for_label(encoding.as_bytes())
                .unwrap()
                .encode(text)
                .0;
            let claimed = format!("x; charset={encoding}");
            for cut in 1..bytes.len() / 2 {
                let (text, note) = decode(&bytes[..bytes.len() - cut], Some(&claimed), None);
                assert_eq!(text, "作", "{encoding}");
                assert_eq!(note.as_deref(), Some("ends within a character"));
            }
        }
        let declared = [b"<?xml version='1.0' encoding='gbk'?>".as_slice(), &gbk].concat();
        let (text, _) = decode(&declared, Some("text/xml; charset=iso-8859-1"), None);
        assert!(text.contains("选务发言人"), "{text}");
    }

    #[test]
    fn wide_units_in_every_guise() {
        let text = "<?xml version='1.0' encoding='utf-16'?><a>作票</a>";
        let units = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let wide = |to: fn(u32) -> [u8; 4]| {
            let codes = text.chars().map(u32::from);
            codes.flat_map(to).collect::<Vec<u8>>()
        };
        for bytes in [
            units(u16::to_be_bytes),
            units(u16::to_le_bytes),
            [b"\xFE\xFF".to_vec(), units(u16::to_be_bytes)].concat(),
            [b"\xFF\xFE".to_vec(), units(u16::to_le_bytes)].concat(),
            [b"\xFF\xFE\0\0".to_vec(), wide(u32::to_le_bytes)].concat(),
            wide(u32::to_be_bytes),
            text.as_bytes().to_vec(),
        ] {
            for claimed in [
                None,
                Some("text/xml; charset=utf-8"),
                Some("text/xml; charset=utf-16"),
            ] {
                assert_eq!(decode(&bytes, claimed, None).0, text);
            }
        }
    }
}
