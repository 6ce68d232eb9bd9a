//! Addresses of articles: as shown, and as compared.
//!
//! [`shown`] is what people and other programs get: the address as its source gave it, without
//! tracking parameters, fragment and credentials. [`canonical`] is for telling articles apart only:
//! what never selects content is folded away, and the result need not lead anywhere.

use bellwether_outbound::without_userinfo;
use bellwether_text::is_tracking;
use url::Url;

/// Longer addresses do not work everywhere and are none of an article.
const BYTES_MAX: usize = 4_096;

/// Parameters that choose a layout.
const LAYOUT: [(&str, &[&str]); 4] = [
    ("amp", &["", "1", "true"]),
    ("outputtype", &["amp", "amp-type"]),
    ("m", &["1"]),
    ("mobile", &["1", "true"]),
];

/// Host labels of the same site in another layout.
const HOST_VARIANTS: [&str; 5] = ["www.", "m.", "mobile.", "amp.", "wap."];

/// The address as it is shown; `None` where it is none of the web. Relative ones are resolved
/// against `base`.
#[must_use]
pub fn shown(link: &str, base: Option<&Url>) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || link.len() > BYTES_MAX {
        return None;
    }
    let (url, is_absolute) = match Url::parse(link) {
        Ok(url) => (url, true),
        Err(_) => (base?.join(link).ok()?, false),
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    let is_clean = link
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && c != '\\');
    let text = if is_absolute && is_clean {
        link.to_owned()
    } else {
        url.to_string()
    };
    let text = without_userinfo(&text);
    let (before, fragment) = text.split_once('#').unwrap_or((&text, ""));
    let kept = match before.split_once('?') {
        Some((path, query)) => {
            let query = kept_parameters(query).join("&");
            if query.is_empty() {
                path.to_owned()
            } else {
                format!("{path}?{query}")
            }
        }
        None => before.to_owned(),
    };
    // `#!` selects content on sites that are one page to the server.
    Some(if fragment.starts_with('!') {
        format!("{kept}#{fragment}")
    } else {
        kept
    })
}

fn kept_parameters(query: &str) -> Vec<&str> {
    query
        .split('&')
        .filter(|part| !part.is_empty() && !is_tracking(part))
        .collect()
}

fn is_layout(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    LAYOUT.iter().any(|(known, values)| {
        name.eq_ignore_ascii_case(known) && values.contains(&&*value.to_ascii_lowercase())
    })
}

/// The form in which two addresses of one article are equal; `None` where it is no address of the
/// web. Applied to its own result it changes nothing.
#[must_use]
pub fn canonical(address: &str) -> Option<String> {
    let url = Url::parse(&shown(address, None)?).ok()?;
    let host = canonical_host(url.host_str()?);
    // The parser has dropped the default port of the scheme; behind the other scheme stands its own.
    let port = url.port().filter(|port| !matches!(port, 80 | 443));
    let mut parameters: Vec<&str> = url
        .query()
        .map(kept_parameters)
        .unwrap_or_default()
        .into_iter()
        .filter(|p| !is_layout(p))
        .collect();
    parameters.sort_unstable();
    let mut out = format!("https://{host}");
    if let Some(port) = port {
        out.push_str(&format!(":{port}"));
    }
    out.push_str(&canonical_path(url.path()));
    if !parameters.is_empty() {
        out.push('?');
        out.push_str(&parameters.join("&"));
    }
    if let Some(fragment) = url.fragment() {
        out.push('#');
        out.push_str(fragment);
    }
    Some(out)
}

fn canonical_host(host: &str) -> &str {
    let mut host = host.trim_end_matches('.');
    while let Some(rest) = HOST_VARIANTS
        .iter()
        .find_map(|variant| host.strip_prefix(variant))
    {
        // `m.example` is a site of its own, and so is a bare `www.example`.
        if !rest.contains('.') || rest.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            break;
        }
        host = rest;
    }
    host
}

fn canonical_path(path: &str) -> String {
    let mut path = path;
    loop {
        let before = path;
        path = path.trim_end_matches('/');
        path = path
            .strip_suffix("/amp")
            .or_else(|| path.strip_suffix(".amp"))
            .unwrap_or(path);
        if let Some(rest) = path
            .strip_prefix("/amp")
            .filter(|rest| rest.starts_with('/'))
        {
            path = rest;
        }
        if path == before {
            break;
        }
    }
    match path.strip_suffix(".amp.html") {
        Some(stem) => canonical_path(&format!("{stem}.html")),
        None if path.is_empty() => "/".to_owned(),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_shown() {
        let base = Url::parse("https://news.example.tw/rss/all.xml").unwrap();
        for (link, expected) in [
            (
                "https://news.example.tw/story?id=812&utm_source=rss&utm_medium=feed",
                Some("https://news.example.tw/story?id=812"),
            ),
            (
                "https://news.example.tw/story?utm_campaign=x&id=812#top",
                Some("https://news.example.tw/story?id=812"),
            ),
            (
                "https://news.example.org/e2?a=1&q=80",
                Some("https://news.example.org/e2?a=1&q=80"),
            ),
            ("http://www.example.org", Some("http://www.example.org")),
            (
                "https://例え.jp/選挙?票=1",
                Some("https://例え.jp/選挙?票=1"),
            ),
            ("../a/1", Some("https://news.example.tw/a/1")),
            ("//m.example.tw/1", Some("https://m.example.tw/1")),
            ("https://u:p@example.org/x", Some("https://example.org/x")),
            (
                "https://example.org/#!/story/1",
                Some("https://example.org/#!/story/1"),
            ),
            ("javascript:alert(1)", None),
            ("ftp://example.org/", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(shown(link, Some(&base)).as_deref(), expected, "{link}");
        }
        assert_eq!(shown("/a", None), None);
    }

    #[test]
    fn one_article_many_addresses() {
        let same = [
            "https://news.example.tw/story?a=1&id=812",
            "http://news.example.tw/story?id=812&a=1&fbclid=IwAbC123",
            "http://news.example.tw:80/story/?id=812&a=1",
            "https://www.news.example.tw:443/story?id=812&a=1#top",
            "https://m.news.example.tw/story/amp?id=812&a=1&amp=1",
            "https://amp.news.example.tw/amp/story?id=812&a=1&outputType=amp",
        ];
        for address in same {
            assert_eq!(
                canonical(address).as_deref(),
                Some("https://news.example.tw/story?a=1&id=812"),
                "{address}"
            );
        }
        for (one, other) in [
            ("https://e.org/s?id=1", "https://e.org/s?id=2"),
            ("https://e.org/s", "https://e.org/t"),
            ("https://en.e.org/s", "https://es.e.org/s"),
            ("https://e.org:8080/s", "https://e.org/s"),
            ("https://e.org/#!/a", "https://e.org/#!/b"),
            ("https://e.org/camp", "https://e.org/c"),
        ] {
            assert_ne!(canonical(one), canonical(other), "{one}");
        }
        assert_eq!(canonical("mailto:a@example.org"), None);
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(
            scheme in "https?",
            host in "(www\\.|m\\.|amp\\.|mobile\\.){0,3}[a-z]{1,5}(\\.[a-z]{2,4}){0,2}\\.?",
            port in "(:80|:443|:8080)?",
            path in "(/|/amp|/a|\\.amp|\\.html|\\.amp\\.html|/選舉|%E4|//){0,6}",
            query in "(\\?|&|=|id=1|utm_x=1|amp=1|amp|m=1|b|票=作|#|!){0,8}",
        ) {
            let address = format!("{scheme}://{host}{port}{path}{query}");
            if let Some(once) = canonical(&address) {
                prop_assert_eq!(canonical(&once), Some(once.clone()), "{}", address);
            }
        }

        #[test]
        fn any_text(text in "\\PC{0,60}") {
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once));
            }
            let _ = shown(&text, None);
        }
    }
}
