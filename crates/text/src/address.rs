//! Addresses of the web: one key for all ways to write one, and the domains in it.

use std::iter;

use unicode_normalization::UnicodeNormalization;
use url::Url;

/// A longer address is none: it is not typed, not linked and not worth a term.
pub const ADDRESS_BYTES_MAX: usize = 2_048;

/// A host name is at most so long.
pub(crate) const HOST_BYTES_MAX: usize = 253;

/// Beginnings of parameters that say how a reader came, never what is read.
const TRACKING_PREFIXES: [&str; 10] = [
    "utm_", "at_", "mc_", "_hs", "pk_", "mtm_", "piwik_", "matomo_", "guce_", "hsa_",
];

/// The same, whole names. Names that select content somewhere (`ref`, `from`, `id`) stay.
const TRACKING: [&str; 37] = [
    "__twitter_impression",
    "_ga",
    "_gl",
    "cmp",
    "cmpid",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "igsh",
    "igshid",
    "ito",
    "li_fat_id",
    "mkt_tok",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_mchannel",
    "ocid",
    "ref_src",
    "s_cid",
    "s_kwcid",
    "smid",
    "spm",
    "traffic_source",
    "ttclid",
    "twclid",
    "vero_id",
    "wbraid",
    "wt.mc_id",
    "wt_mc",
    "xnpe_cmid",
    "xtor",
    "yclid",
    "ysclid",
];

/// Labels of the same site in another layout.
const HOST_VARIANTS: [&str; 5] = ["www.", "m.", "mobile.", "amp.", "wap."];

/// The key under which all ways to write one address are equal; `None` where it is none of the web.
///
/// Scheme, credentials, default port, `www.` and its like, tracking parameters, fragment and
/// slashes at the end are dropped, parameters sorted, the host is in lower case and in ASCII
/// (`xn--…`). A text without a scheme is read as a host and what follows it. The key of a key is
/// the key. It need not lead anywhere.
#[must_use]
pub fn address_key(url: &str) -> Option<String> {
    let mut key = key_once(url)?;
    // What is cut off an end can bring another end to light; nearly always the first is the last.
    for _ in 0..4 {
        let again = key_once(&key)?;
        if again == key {
            return Some(key);
        }
        key = again;
    }
    None
}

fn key_once(url: &str) -> Option<String> {
    let url = url.trim();
    if url.len() > ADDRESS_BYTES_MAX {
        return None;
    }
    let composed: String;
    let url = if url.is_ascii() {
        url
    } else {
        // The rules for names of hosts map some marks before they compose them.
        composed = url.nfc().collect();
        &composed
    };
    let with_scheme;
    let absolute = match scheme_len(url) {
        Some(_) => url,
        None if url.contains("://") || is_mail(url) => return None,
        None => {
            with_scheme = format!("https://{}", url.trim_start_matches("//"));
            &with_scheme
        }
    };
    let url = Url::parse(absolute).ok()?;
    let host = bare_host(url.host_str()?);
    let is_label = |label: &str| {
        let is_host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_host)
    };
    let has_labels =
        host.contains('.') && host.len() <= HOST_BYTES_MAX && host.split('.').all(is_label);
    if !has_labels && !host.starts_with('[') {
        return None;
    }
    let mut key = String::with_capacity(absolute.len());
    key.push_str(host);
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        key.push(':');
        key.push_str(&port.to_string());
    }
    key.push_str(url.path().trim_end_matches('/'));
    let mut parameters: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty() && !is_tracking(part))
        .collect();
    parameters.sort_unstable();
    for (at, parameter) in parameters.iter().enumerate() {
        key.push(if at == 0 { '?' } else { '&' });
        key.push_str(parameter);
    }
    // `#!` selects content on sites that are one page to the server.
    if let Some(fragment) = url.fragment().filter(|f| f.starts_with('!')) {
        key.push('#');
        key.push_str(fragment);
    }
    key.truncate(trimmed_len(&key));
    // With its scheme it must be an address again.
    (key.len() + "https://".len() <= ADDRESS_BYTES_MAX).then_some(key)
}

/// The bytes of the scheme with its slashes, where the text begins with one of the web.
fn scheme_len(text: &str) -> Option<usize> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            .then_some(scheme.len())
    })
}

/// Whether a text without a scheme names a mailbox.
fn is_mail(text: &str) -> bool {
    text.split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

fn bare_host(host: &str) -> &str {
    let mut host = host.trim_end_matches('.');
    while let Some(rest) = HOST_VARIANTS
        .iter()
        .find_map(|variant| host.strip_prefix(variant))
    {
        // `m.example` is a site of its own, and so is a bare `www.example`.
        if !rest.contains('.') || is_ip_v4(rest) {
            break;
        }
        host = rest;
    }
    host
}

/// Whether a parameter of an address (`name` or `name=value`) says how a reader came and never what
/// is read.
#[must_use]
pub fn is_tracking(parameter: &str) -> bool {
    let name = parameter
        .split('=')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    TRACKING.binary_search(&name.as_str()).is_ok()
        || TRACKING_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// How much of an address remains without what a sentence put behind it: punctuation, and
/// brackets that were opened before the address.
pub(crate) fn trimmed_len(address: &str) -> usize {
    let mut end = address.len();
    while let Some(last) = address[..end].chars().next_back() {
        let rest = &address[..end];
        let is_unbalanced = |open: char, close: char| {
            last == close && rest.matches(open).count() < rest.matches(close).count()
        };
        let is_surplus = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '&' | '#'
        ) || matches!(last, '(' | '[' | '@')
            || is_unbalanced('(', ')')
            || is_unbalanced('[', ']');
        if !is_surplus {
            break;
        }
        end -= last.len_utf8();
    }
    end
}

/// The host of an address or key and each domain above it of at least two labels:
/// `news.bbc.co.uk`, `bbc.co.uk`, `co.uk`. Of a numeric address itself only, of a host of one
/// label nothing. Spelled as given: give a key to have all spellings of a host equal.
pub fn domains(url_or_key: &str) -> impl Iterator<Item = &str> {
    let host = host_of(url_or_key);
    let is_literal = host.starts_with('[') || is_ip_v4(host);
    let first = (is_literal || host.contains('.')).then_some(host);
    iter::successors(first, move |domain| {
        let (_, parent) = domain.split_once('.').filter(|_| !is_literal)?;
        parent.contains('.').then_some(parent)
    })
}

fn host_of(url: &str) -> &str {
    let rest = match url.find("://") {
        Some(at) => &url[at + 3..],
        None => url.trim_start_matches("//"),
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[').and_then(|inner| inner.find(']')) {
        Some(end) => &host[..end + 2],
        None => host.split(':').next().unwrap_or_default(),
    };
    host.trim_end_matches('.')
}

fn is_ip_v4(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_key_for_one_address() {
        for (address, expected) in [
            ("https://Example.org/", Some("example.org")),
            ("http://www.example.org:80/a/", Some("example.org/a")),
            (
                "https://m.example.org/a?utm_source=x&id=1#top",
                Some("example.org/a?id=1"),
            ),
            (
                "example.org/a?b=2&a=1&fbclid=Iw",
                Some("example.org/a?a=1&b=2"),
            ),
            ("HTTPS://u:p@example.org:8443/x", Some("example.org:8443/x")),
            ("https://例え.jp/選", Some("xn--r8jz45g.jp/%E9%81%B8")),
            ("https://xn--r8jz45g.jp", Some("xn--r8jz45g.jp")),
            (
                "https://example.org/#!/story/1",
                Some("example.org#!/story/1"),
            ),
            ("https://t.co/AbC", Some("t.co/AbC")),
            ("http://127.0.0.1/x", Some("127.0.0.1/x")),
            ("http://[::1]:8080/", Some("[::1]:8080")),
            ("https://m.example/", Some("m.example")),
            ("https://e.org/a.", Some("e.org/a")),
            ("https://e.org/a_(b)", Some("e.org/a_(b)")),
            ("ftp://example.org/", None),
            ("https://localhost/", None),
            ("mailto:a@example.org", None),
            ("", None),
        ] {
            assert_eq!(address_key(address).as_deref(), expected, "{address}");
        }
        let long = format!("https://example.org/{}", "a".repeat(ADDRESS_BYTES_MAX));
        assert_eq!(address_key(&long), None);
    }

    #[test]
    fn domains_of_a_host() {
        for (address, expected) in [
            (
                "https://news.bbc.co.uk:443/x?a=b.c",
                "news.bbc.co.uk bbc.co.uk co.uk",
            ),
            ("t.co/AbC", "t.co"),
            ("example.org.", "example.org"),
            ("http://u@1.2.3.4:80/", "1.2.3.4"),
            ("[::1]:8080/x", "[::1]"),
            ("localhost/x", ""),
            ("", ""),
            ("/", ""),
        ] {
            let found: Vec<&str> = domains(address).collect();
            assert_eq!(found.join(" "), expected, "{address}");
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(TRACKING.is_sorted());
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_the_key(
            address in "(https?://)?(www\\.|m\\.|u@|\\[::1\\]){0,2}[a-z1-9]{1,3}(\\.[a-z0-9]{1,3}){0,3}\
                [.]?(:80|:8080)?(/|a|\\.|,|\\(|\\)|%2e|選|!|\\?|&|=|b=1|utm_x=1|#|#!|'|\\[|\\]|;|@|:){0,9}",
        ) {
            if let Some(key) = address_key(&address) {
                prop_assert_eq!(address_key(&key), Some(key.clone()));
                prop_assert_eq!(address_key(&format!("https://{key}")), Some(key));
            }
        }

        #[test]
        fn any_text(text in any::<String>()) {
            if let Some(key) = address_key(&text) {
                prop_assert_eq!(address_key(&key), Some(key));
            }
            prop_assert!(domains(&text).count() <= text.len());
        }
    }
}
