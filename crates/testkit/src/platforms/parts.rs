//! Parts of requests, and measures of text, that more than one platform needs.

use serde_json::Value;

use crate::server::Request;

/// The path without the query.
pub(super) fn path(request: &Request) -> &str {
    request.path.split('?').next().unwrap_or_default()
}

/// The first value of a name in the query, decoded.
pub(super) fn query(request: &Request, name: &str) -> Option<String> {
    let (_, query) = request.path.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| percent_decoded(value))
}

/// What `Authorization` says after `Bearer`.
pub(super) fn bearer(request: &Request) -> Option<&str> {
    request.header("authorization")?.strip_prefix("Bearer ")
}

/// Whether `Content-Type` says JSON, in whatever charset.
pub(super) fn is_json(request: &Request) -> bool {
    request.header("content-type").is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    })
}

/// The body, where it is a JSON object.
pub(super) fn object(request: &Request) -> Option<Value> {
    serde_json::from_slice(&request.body)
        .ok()
        .filter(Value::is_object)
}

/// A member that is a text.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The elements of a member; none where it is no array.
pub(super) fn elements<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The length that platforms written in JavaScript, Java or for Windows count.
pub(super) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Bytes for `%XX`; what is no text after that is shown as such.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = hex
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, headers: &[(&str, &str)]) -> Request {
        Request {
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: b"{\"a\": [1]}".to_vec(),
        }
    }

    #[test]
    fn a_request_is_taken_apart() {
        let headers = [
            ("authorization", "Bearer FAKEsecret"),
            ("content-type", "Application/JSON; charset=utf-8"),
        ];
        let asked = request("/a/b?x=1&sig=%E5%8F%B0%zz%", &headers);
        assert_eq!(path(&asked), "/a/b");
        assert_eq!(query(&asked, "sig").as_deref(), Some("台%zz%"));
        assert_eq!(query(&asked, "y"), None);
        assert_eq!(bearer(&asked), Some("FAKEsecret"));
        assert!(is_json(&asked));
        assert_eq!(elements(&object(&asked).unwrap(), "a").len(), 1);
        let bare = request("/a", &[]);
        assert_eq!(query(&bare, "x"), None);
        assert_eq!(bearer(&bare), None);
        assert!(!is_json(&bare));
    }

    #[test]
    fn lengths_are_those_of_utf_16() {
        assert_eq!(utf16_len("a台𠀀😀"), 1 + 1 + 2 + 2);
    }
}
