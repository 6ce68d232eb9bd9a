//! A proxy that connects in our place.
//!
//! What is behind it cannot be checked from here: a proxy that is given names looks them up itself.
//! So literals are checked as ever, names that can only mean the machine or a metadata service are
//! refused by name, and all others are the proxy's business, which [`crate::Outbound::proxy`] lets
//! a caller say. Only `socks5` is given addresses, which were looked up and checked here.

use url::{Host, Url};

use crate::{AddressPolicy, OutboundError, Rule};

/// A proxy as configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    looks_up: bool,
}

/// Names of metadata services, for the proxy of a machine in the same cloud would find them.
const METADATA_NAMES: [&str; 4] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
];

impl Proxy {
    /// Reads an address such as `socks5h://127.0.0.1:9050` or `http://proxy.example:3128`.
    ///
    /// # Errors
    /// Where it is none; says nothing of its user and password.
    pub fn parse(text: &str) -> Result<Self, OutboundError> {
        let bad = |cause: &str| OutboundError::Setup {
            cause: format!("the proxy {cause}"),
        };
        let url = Url::parse(text).map_err(|_| {
            bad("has no address that can be read, such as socks5h://127.0.0.1:9050")
        })?;
        let looks_up = match url.scheme() {
            "http" | "https" | "socks5h" => true,
            "socks5" => false,
            _ => return Err(bad("must be http, https, socks5 or socks5h")),
        };
        if !url.has_host() {
            return Err(bad("names no host"));
        }
        Ok(Self { url, looks_up })
    }

    /// Whether it is the proxy that turns names into addresses, which are then not checked.
    #[must_use]
    pub const fn looks_up_names(&self) -> bool {
        self.looks_up
    }

    /// Scheme and host, which is all that may be shown of it.
    #[must_use]
    pub fn shown(&self) -> String {
        let scheme = self.url.scheme();
        let host = self.url.host_str().unwrap_or("?");
        match self.url.port() {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Its own name, which is looked up and not checked: configuration has chosen it.
    pub(crate) fn name(&self) -> Option<&str> {
        // Schemes the URL standard does not know keep every host as a domain.
        self.url.host_str()
    }

    /// Checks the name of a hop as far as a name says what it stands for.
    pub(crate) fn check_name(&self, url: &Url, policy: &AddressPolicy) -> Result<(), Rule> {
        let Some(Host::Domain(name)) = url.host() else {
            return Ok(());
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        if self
            .name()
            .is_some_and(|own| own.eq_ignore_ascii_case(name))
        {
            return Err(Rule::Proxy);
        }
        if METADATA_NAMES.contains(&name) {
            return Err(Rule::Metadata);
        }
        if crate::resolve::is_localhost(name) {
            return policy.check(std::net::Ipv4Addr::LOCALHOST.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_proxy_and_what_is_shown_of_it() {
        for (text, shown, looks_up) in [
            ("socks5h://127.0.0.1:9050", "socks5h://127.0.0.1:9050", true),
            (
                "socks5://u:SECRET@p.example:1080",
                "socks5://p.example:1080",
                false,
            ),
            ("http://p.example:3128/", "http://p.example:3128", true),
            ("https://u:SECRET@p.example/", "https://p.example", true),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            assert_eq!(proxy.shown(), shown);
            assert_eq!(proxy.looks_up_names(), looks_up, "{text}");
        }
        for text in [
            "",
            "127.0.0.1:9050",
            "ftp://p.example/",
            "socks5:SECRET",
            "SECRET",
        ] {
            let error = Proxy::parse(text).unwrap_err().to_string();
            assert!(!error.contains("SECRET"), "{error}");
        }
    }

    #[test]
    fn names_that_say_what_they_stand_for() {
        let check = |name: &str, policy: &AddressPolicy| {
            let proxy = Proxy::parse("socks5h://tor.internal:9050").unwrap();
            let url = Url::parse(&format!("http://{name}/")).unwrap();
            proxy.check_name(&url, policy)
        };
        let none = AddressPolicy::default();
        let loopback = AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert_eq!(check("news.example", &none), Ok(()));
        assert_eq!(check("LocalHost.", &none), Err(Rule::Loopback));
        assert_eq!(check("x.localhost", &none), Err(Rule::Loopback));
        assert_eq!(check("localhost", &loopback), Ok(()));
        assert_eq!(
            check("metadata.google.internal", &loopback),
            Err(Rule::Metadata)
        );
        assert_eq!(check("Tor.internal.", &loopback), Err(Rule::Proxy));
    }
}
