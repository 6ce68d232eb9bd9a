//! One address on the way of a request: what may be asked, and what may be said of it.

use std::net::IpAddr;

use url::{Host, Url};

use crate::{AddressPolicy, OutboundError, Proxy, Rule};

/// The host of an address, which is all that may be shown of it; `?` where there is none.
#[must_use]
pub fn host_of(url: &str) -> String {
    Url::parse(url).map_or_else(|_| "?".to_owned(), |url| shown(&url))
}

/// An address without user and password, for records and pages; unchanged where it is none.
#[must_use]
pub fn without_userinfo(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            drop_userinfo(&mut parsed);
            parsed.into()
        }
        _ => url.to_owned(),
    }
}

pub(crate) fn shown(url: &Url) -> String {
    url.host_str().unwrap_or("?").to_owned()
}

pub(crate) fn drop_userinfo(url: &mut Url) {
    // Both fail only for addresses that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// Reads the address asked for.
pub(crate) fn first(url: &str) -> Result<Url, OutboundError> {
    Url::parse(url).map_err(|error| OutboundError::BadUrl {
        cause: error.to_string(),
    })
}

/// Reads where an answer sends us. Credentials stay with the origin for which they were given.
pub(crate) fn next(from: &Url, location: &str) -> Result<Url, OutboundError> {
    let mut to = from
        .join(location.trim())
        .map_err(|error| OutboundError::Protocol {
            host: shown(from),
            cause: format!("it redirects to no web address: {error}"),
        })?;
    if !same_origin(from, &to) {
        drop_userinfo(&mut to);
    } else if to.username().is_empty() && to.password().is_none() {
        let _ = to.set_username(from.username());
        let _ = to.set_password(from.password());
    }
    Ok(to)
}

pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin()
}

/// Checks scheme and literal address of a hop; names are checked when they are resolved, and before
/// they are handed to a proxy. The URL parser has already turned every spelling of an IPv4 address
/// into the usual one.
pub(crate) fn check(
    url: &Url,
    policy: &AddressPolicy,
    proxy: Option<&Proxy>,
    hop: u32,
) -> Result<(), OutboundError> {
    let refused = |address: Option<IpAddr>, rule: Rule| OutboundError::Refused {
        host: shown(url),
        address,
        rule,
        hop,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(None, Rule::Scheme));
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) | None => {
            return proxy
                .map_or(Ok(()), |proxy| proxy.check_name(url, policy))
                .map_err(|rule| refused(None, rule));
        }
    };
    policy
        .check(literal)
        .map_err(|rule| refused(Some(literal), rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_with_their_origin() {
        let check = |from: &str, location: &str, expected: &str| {
            assert_eq!(
                next(&first(from).unwrap(), location).unwrap().as_str(),
                expected
            );
        };
        check("https://u:p@a.example/x", "/y", "https://u:p@a.example/y");
        check(
            "https://u:p@a.example/x",
            "https://a.example/y",
            "https://u:p@a.example/y",
        );
        check(
            "https://u:p@a.example/x",
            "http://a.example/y",
            "http://a.example/y",
        );
        check(
            "https://u:p@a.example/x",
            "//b.example/y",
            "https://b.example/y",
        );
        check(
            "https://a.example/x",
            "https://v:q@b.example/",
            "https://b.example/",
        );
    }

    /// Every notation that programs take for an address of four numbers.
    #[test]
    fn literals_in_every_notation() {
        let policy = AddressPolicy::default();
        for (host, rule) in [
            ("127.0.0.1", Rule::Loopback),
            ("127.1", Rule::Loopback),
            ("127.0.1", Rule::Loopback),
            ("2130706433", Rule::Loopback),
            ("0x7f000001", Rule::Loopback),
            ("0X7F.0.0.1", Rule::Loopback),
            ("0x7f.1", Rule::Loopback),
            ("0177.0.0.1", Rule::Loopback),
            ("017700000001", Rule::Loopback),
            ("0177.0x0.0.01", Rule::Loopback),
            ("127.0.0.1.", Rule::Loopback),
            ("%31%32%37.0.0.1", Rule::Loopback),
            ("１２７.0.0.1", Rule::Loopback),
            ("127。0。0。1", Rule::Loopback),
            ("①②⑦.0.0.1", Rule::Loopback),
            ("0", Rule::Unspecified),
            ("0x0", Rule::Unspecified),
            ("167772161", Rule::Private),
            ("0xa9fea9fe", Rule::Metadata),
            ("2852039166", Rule::Metadata),
            ("0251.0376.0251.0376", Rule::Metadata),
            ("169.254.43518", Rule::Metadata),
            ("[::ffff:7f00:1]", Rule::Loopback),
            ("[0:0:0:0:0:ffff:127.0.0.1]", Rule::Loopback),
            ("[::127.0.0.1]", Rule::Loopback),
            ("[64:FF9B::A9FE:A9FE]", Rule::Metadata),
            ("[2002:0a00:0001::]", Rule::Private),
            ("[ff02::1]", Rule::Multicast),
        ] {
            let url = first(&format!("http://u:p@{host}:8080/x")).unwrap();
            match check(&url, &policy, None, 3) {
                Err(OutboundError::Refused {
                    rule: found,
                    hop: 3,
                    ..
                }) => {
                    assert_eq!(found, rule, "{host}");
                }
                other => panic!("{host}: {other:?}"),
            }
        }
        for bad in [
            "127.0.0.256",
            "256.1.1.1",
            "0x1ffffffff",
            "1.2.3.4.5",
            "[::1%25eth0]",
        ] {
            let url = first(&format!("http://{bad}/"));
            assert!(url.is_err(), "{bad}: {url:?}");
        }
    }

    #[test]
    fn only_the_host_is_shown() {
        assert_eq!(
            host_of("https://u:p@hooks.example/services/T0/SECRET?k=v"),
            "hooks.example"
        );
        assert_eq!(host_of("nonsense"), "?");
        assert_eq!(
            without_userinfo("https://u:p@a.example/x?y#z"),
            "https://a.example/x?y#z"
        );
        assert_eq!(without_userinfo("https://a.example"), "https://a.example");
    }
}
