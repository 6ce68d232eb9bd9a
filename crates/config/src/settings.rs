//! `bellwether.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::checks::{self, Use};
use crate::config::{FetchSettings, Settings};
use crate::keep::keep_settings;
use crate::keys;
use crate::table::Table;
use crate::words::quoted;

/// Below this no ordinary feed fits; above it one answer would be a fifth of the memory budget.
const BODY_BYTES: std::ops::RangeInclusive<u64> = 64 * 1024..=256 * 1024 * 1024;
/// Shorter cuts off honest slow hosts; longer blocks a place for nothing.
const TIMEOUT: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(300);
/// More at once from one host is no longer polite.
const PER_HOST: std::ops::RangeInclusive<u64> = 1..=16;
/// Open sockets and bodies in memory.
const CONCURRENCY: std::ops::RangeInclusive<u64> = 1..=256;
/// A header is not the place for more.
const CONTACT_CHARS_MAX: usize = 200;

/// Ways to a proxy. `socks5h` and the HTTP ones have it look names up, `socks5` does not.
const PROXY_SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Reads the settings; what is absent has its default.
pub(crate) fn settings(top: &Table<'_>) -> Settings {
    let defaults = Settings::default();
    Settings {
        listen: listen(top).unwrap_or(defaults.listen),
        public_url: top
            .has("public_url")
            .then(|| checks::address(top, "public_url", Use::Base))
            .flatten()
            .map(|url| url.value.trim_end_matches('/').to_owned()),
        data: top.text("data").map(|path| PathBuf::from(path.value)),
        fetch: top
            .table("fetch", &keys::FETCH)
            .map_or(defaults.fetch, |fetch| fetch_settings(&fetch)),
        keep: top
            .table("keep", &keys::KEEP)
            .map_or(defaults.keep, |keep| keep_settings(&keep)),
    }
}

fn listen(top: &Table<'_>) -> Option<SocketAddr> {
    let text = top.text("listen")?;
    let address = text.value.parse().ok();
    if address.is_none() {
        top.sink.fault(
            text.place,
            format!("`listen` is no address with port: {}", quoted(text.value)),
            Some("write one such as \"127.0.0.1:7878\" or \"[::1]:7878\"".to_owned()),
        );
    }
    address
}

fn fetch_settings(fetch: &Table<'_>) -> FetchSettings {
    let defaults = FetchSettings::default();
    let count = |key, bounds, default| {
        fetch
            .integer(key, bounds)
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(default)
    };
    FetchSettings {
        allow_networks: checks::networks(fetch, "allow_networks"),
        contact: contact(fetch).unwrap_or(defaults.contact),
        body_bytes_max: fetch
            .integer("body_bytes_max", BODY_BYTES)
            .unwrap_or(defaults.body_bytes_max),
        timeout: checks::duration(fetch, "timeout", TIMEOUT).unwrap_or(defaults.timeout),
        per_host: count("per_host", PER_HOST, defaults.per_host),
        concurrency: count("concurrency", CONCURRENCY, defaults.concurrency),
        proxy: proxy(fetch),
    }
}

fn proxy(fetch: &Table<'_>) -> Option<String> {
    let text = fetch.text("proxy")?;
    let url = Url::parse(text.value).ok().filter(Url::has_host);
    let problem = match &url {
        None => Some("is no address with scheme and host"),
        Some(url) if !PROXY_SCHEMES.contains(&url.scheme()) => {
            Some("must be http, https, socks5 or socks5h")
        }
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            Some("has a user name or password in it, which logs would show")
        }
        Some(_) => None,
    };
    if let Some(problem) = problem {
        fetch.sink.fault(
            text.place,
            format!("`proxy` {problem}"),
            Some("write one such as \"socks5h://127.0.0.1:9050\"".to_owned()),
        );
    }
    problem.is_none().then(|| text.value.to_owned())
}

/// The contact becomes part of a header, which has no room for other characters.
fn contact(fetch: &Table<'_>) -> Option<String> {
    let text = fetch.text_or_empty("contact")?;
    let good = text.value.len() <= CONTACT_CHARS_MAX
        && text
            .value
            .bytes()
            .all(|b| b == b' ' || b.is_ascii_graphic());
    if !good {
        fetch.sink.fault(
            text.place,
            format!("`contact` must be at most {CONTACT_CHARS_MAX} plain ASCII characters"),
            Some("give a mail address or the address of a page".to_owned()),
        );
    }
    good.then(|| text.value.to_owned())
}
