//! Bytes to text: byte order mark, then the server's word, then the document's, then UTF-8.
//!
//! Servers and documents are often wrong, so the first claim under which the bytes make sense is
//! taken; where none fits, the first one with the bad bytes replaced. Bytes that are valid UTF-8 and
//! hold several characters beyond ASCII are UTF-8, whatever is claimed: text in GBK or Big5 is so by
//! accident only in snippets.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The XML declaration ends within this, or is none.
const DECLARATION_BYTES_MAX: usize = 1024;

/// Characters beyond ASCII that make valid UTF-8 no accident.
const EVIDENCE_MIN: usize = 4;

/// The text of a document, and what had to be assumed.
pub(crate) fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, Option<String>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text.into_owned(), had_errors.then(|| replaced(encoding)));
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return (
            text.into_owned(),
            Some(format!("{} without a byte order mark", encoding.name())),
        );
    }
    let claims: Vec<&'static Encoding> = [http_charset(content_type), declared(bytes), Some(UTF_8)]
        .into_iter()
        .flatten()
        // The bytes hold no NUL where one must be: a claim of UTF-16 is a slip.
        .map(|encoding| if is_utf16(encoding) { UTF_8 } else { encoding })
        .collect();
    let first = claims.first().copied().unwrap_or(UTF_8);
    if first != UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
        && text.chars().filter(|c| !c.is_ascii()).count() >= EVIDENCE_MIN
    {
        return (
            text.to_owned(),
            Some(format!("declared as {}, is UTF-8", first.name())),
        );
    }
    for encoding in &claims {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            let note = (*encoding != first)
                .then(|| format!("declared as {}, is {}", first.name(), encoding.name()));
            return (text.into_owned(), note);
        }
    }
    let (text, _) = first.decode_without_bom_handling(bytes);
    (text.into_owned(), Some(replaced(first)))
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
        let (text, note) = decode(bytes, content_type);
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
        check(b"a\xffb", None, "a\u{FFFD}b", true);
        check(b"\xEF\xBB\xBF<rss>", Some("x; charset=gbk"), "<rss>", false);
        check(b"\xFE\xFF\0<\0r", Some("x; charset=utf-8"), "<r", false);
        check(b"<\0r\0", None, "<r", true);
        check(b"<rss>", Some("x; charset=utf-16"), "<rss>", false);
    }
}
