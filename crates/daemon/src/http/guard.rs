//! Which requests are looked at at all. Alone on loopback there is no log-in, and yet no page elsewhere and
//! no proxy may use the daemon (DESIGN 7). With accounts it also answers under an address, and under the
//! name of `public_url`, and a proxy may stand before it; who asks is then looked at by [`super::access`].
//!
//! A page elsewhere reaches loopback through the reader's browser: by a name of its own that
//! resolves here (rebinding), which `Host` betrays, or by a request across origins, which `Origin`
//! and `Sec-Fetch-Site` betray. A proxy would make everybody look like loopback, and says so in
//! `Forwarded`. An address as `Host` is no name that could be made to resolve here.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use axum::http::{Method, Response};
use axum::middleware::Next;
use bellwether_api::Problem;

use super::{Shared, access, reply};

/// The longest address. A query of the greatest length with every byte escaped needs 24 KiB; what is
/// longer and yet fits is told where it goes wrong. The library behind us reads no more than 64 KiB.
const URI_BYTES_MAX: usize = 60 << 10;
/// Names and values of all headers together; browsers send about one kilobyte.
const HEADER_BYTES_MAX: usize = 16 << 10;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request pass or says why not.
pub(super) async fn guard(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let door = match shared.answers.has_accounts() {
        Ok(has_accounts) => Door {
            has_accounts,
            public: public(shared.answers.settings().public_url.as_deref()),
        },
        Err(problem) => return reply::problem(&problem),
    };
    match refusal(&request, &door) {
        Some(problem) => reply::problem(&problem),
        None => next.run(request).await,
    }
}

/// Under which names requests come in.
struct Door {
    has_accounts: bool,
    /// The scheme and the host, with a port where it has one, of links for people.
    public: Option<(String, String)>,
}

fn public(url: Option<&str>) -> Option<(String, String)> {
    let url = url::Url::parse(url?).ok()?;
    let host = url.host_str()?;
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Some((url.scheme().to_owned(), host))
}

impl Door {
    /// Whether it answers under this `Host`.
    fn is_ours(&self, host: &str) -> bool {
        is_loopback(host) || (self.has_accounts && (self.is_public(host) || is_address(host)))
    }

    fn is_public(&self, host: &str) -> bool {
        let public = self.public.as_ref();
        public.is_some_and(|(_, public)| public.eq_ignore_ascii_case(host))
    }

    /// The origin of our own pages under a host.
    fn origin(&self, host: &str) -> String {
        match &self.public {
            Some((scheme, _)) if self.is_public(host) => format!("{scheme}://{host}"),
            _ => format!("http://{host}"),
        }
    }
}

fn refusal(request: &Request, door: &Door) -> Option<Problem> {
    let headers = request.headers();
    let uri = request.uri();
    if uri
        .path_and_query()
        .is_some_and(|part| part.as_str().len() > URI_BYTES_MAX)
    {
        return Some(
            Problem::new(
                414,
                "uri-too-long",
                "the address of the request is too long",
            )
            .detail(format!("the limit is {URI_BYTES_MAX} bytes")),
        );
    }
    let header_bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if header_bytes > HEADER_BYTES_MAX {
        return Some(
            Problem::new(431, "headers-too-large", "the headers are too large")
                .detail(format!("the limit is {HEADER_BYTES_MAX} bytes")),
        );
    }
    let Some(host) = host(request, door) else {
        return Some(misdirected());
    };
    let of_proxy = || headers.keys().find(|name| is_of_proxy(name));
    if !door.has_accounts
        && let Some(name) = of_proxy()
    {
        return Some(
            Problem::new(403, "proxy", "requests through a proxy are refused")
                .detail(format!(
                    "the request carries `{name}`, and nobody has an account to tell its users apart"
                ))
                .hint("ask the daemon directly, or through a tunnel such as `ssh -L`"),
        );
    }
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_api = uri.path().starts_with("/api/");
    // A token is in no browser's keeping: who sends one means it.
    let has_token = door.has_accounts && access::token(headers).is_some();
    if !is_reading && headers.get(ORIGIN).is_none() && !has_token {
        return Some(
            cross_origin("a request that changes something must name its origin")
                .hint("send an `Origin` header that equals `http://` and the value of `Host`"),
        );
    }
    ((is_api || !is_reading) && is_from_elsewhere(headers, &door.origin(host)))
        .then(|| cross_origin("the request comes from a page that is not ours"))
}

fn misdirected() -> Problem {
    Problem::new(421, "host", "the daemon does not answer under this name")
        .detail(
            "`Host` must be localhost, an address in 127.0.0.0/8 or [::1], once; with accounts also any \
             address, or the host of `public_url`",
        )
        .hint("open http://127.0.0.1 with the port of the daemon")
}

fn cross_origin(detail: &str) -> Problem {
    Problem::new(403, "origin", "requests from other pages are refused").detail(detail)
}

/// The one host a request names, where it is ours.
fn host<'r>(request: &'r Request, door: &Door) -> Option<&'r str> {
    let mut named = request.headers().get_all(HOST).iter();
    let host = named.next()?.to_str().ok()?;
    if named.next().is_some() || !door.is_ours(host) {
        return None;
    }
    let target = request.uri().authority();
    target
        .is_none_or(|authority| door.is_ours(authority.as_str()))
        .then_some(host)
}

fn is_loopback(host: &str) -> bool {
    parts(host).is_some_and(|(name, is_bracketed)| {
        let is_named = !is_bracketed && name.eq_ignore_ascii_case("localhost");
        is_named || address(name, is_bracketed).is_some_and(|address| address.is_loopback())
    })
}

fn is_address(host: &str) -> bool {
    parts(host).is_some_and(|(name, is_bracketed)| address(name, is_bracketed).is_some())
}

fn address(name: &str, is_bracketed: bool) -> Option<IpAddr> {
    let address: IpAddr = name.parse().ok()?;
    (address.is_ipv6() == is_bracketed).then_some(address)
}

/// The name of a host, and whether it stood in brackets; `None` where its port is none.
fn parts(host: &str) -> Option<(&str, bool)> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) => (
                address,
                rest.strip_prefix(':').or(rest.is_empty().then_some("0")),
            ),
            None => return None,
        },
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, Some("0")),
        },
    };
    let has_port = port.is_some_and(|port| port.parse::<u16>().is_ok());
    has_port.then_some((name, host.starts_with('[')))
}

pub(super) fn is_of_proxy(name: &HeaderName) -> bool {
    name == "forwarded" || name.as_str().starts_with("x-forwarded-")
}

fn is_from_elsewhere(headers: &HeaderMap, ours: &str) -> bool {
    let sites: Vec<&HeaderValue> = headers.get_all(FETCH_SITE).iter().collect();
    // `none` is an address typed by the reader.
    let has_other_site = sites
        .iter()
        .any(|site| *site != "same-origin" && *site != "none");
    // A form of a page that sends no referrer names its origin as `null`, also to us. No page can
    // set the other header: where the browser says that the page is ours, it is.
    let is_own_form = !sites.is_empty() && sites.iter().all(|site| *site == "same-origin");
    let has_other_origin = headers.get_all(ORIGIN).iter().any(|origin| {
        let is_ours = origin.as_bytes().eq_ignore_ascii_case(ours.as_bytes());
        let is_unnamed = origin == "null" && is_own_form;
        !is_ours && !is_unnamed
    });
    has_other_origin || has_other_site
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_known() {
        for good in [
            "localhost",
            "LOCALHOST:7878",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.9.9.9:1",
            "[::1]",
            "[::1]:7878",
        ] {
            assert!(is_loopback(good), "{good}");
        }
        for bad in [
            "",
            "localhost.example.org",
            "localhost.",
            "127.0.0.1.nip.example",
            "127.1",
            "0.0.0.0",
            "2130706433",
            "0x7f.0.0.1",
            "::1",
            "[::1",
            "[::1]x",
            "[127.0.0.1]",
            "[::ffff:127.0.0.1]",
            "localhost:",
            "localhost:99999",
            "localhost:80:80",
            "user@localhost",
            "192.168.1.5",
        ] {
            assert!(!is_loopback(bad), "{bad}");
        }
    }
}
