//! Names to addresses, leaving out those that may not be contacted.
//!
//! What this returns is what the client connects to; it asks nobody again. So a name that stands for
//! something else a moment later gains nothing by it.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{AddressPolicy, OutboundError, Rule};

/// Looks names up. The machine's own way is the default; tests have names of their own.
pub trait Names: Debug + Send + Sync {
    /// The addresses of a name.
    ///
    /// # Errors
    /// Where it stands for nothing, or nobody can say.
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// The machine's own way.
#[derive(Debug)]
pub(crate) struct SystemNames;

impl Names for SystemNames {
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A name stands for nothing that may be contacted. Travels through the client's error as a source.
#[derive(Debug, thiserror::Error)]
#[error("{address} is refused: {rule}")]
pub(crate) struct NameRefused {
    pub(crate) address: IpAddr,
    pub(crate) rule: Rule,
}

/// The resolver of the shared client, and of what is no request of the web.
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    pub(crate) policy: Arc<AddressPolicy>,
    pub(crate) names: Arc<dyn Names>,
    pub(crate) all_to: Option<SocketAddr>,
    /// The name of the proxy, which configuration has chosen and which is no target.
    pub(crate) proxy: Option<String>,
}

impl Resolver {
    /// The addresses of a name that may be contacted, without a port of theirs.
    async fn addresses(
        self,
        name: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let is_proxy = (self.proxy.as_deref()).is_some_and(|own| own.eq_ignore_ascii_case(name));
        if let Some(address) = self.all_to {
            return Ok(vec![address]);
        }
        let found = if is_localhost(name) {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        } else {
            self.names.look_up(name.to_owned()).await?
        };
        let mut allowed: Vec<SocketAddr> = Vec::new();
        let mut refused = None;
        for address in found {
            match self.policy.check(address) {
                Err(rule) if !is_proxy => {
                    refused = refused.or(Some(NameRefused { address, rule }));
                }
                _ => allowed.push((address, 0).into()),
            }
        }
        match refused {
            Some(refused) if allowed.is_empty() => Err(refused.into()),
            _ => Ok(allowed),
        }
    }

    /// Where a host is, a name or a literal address, for what is no request of the web. A name is looked
    /// up here whatever the proxy is: whoever asks must not go past it.
    pub(crate) async fn places(
        self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, OutboundError> {
        let refused = |address: IpAddr, rule: Rule| OutboundError::Refused {
            host: host.to_owned(),
            address: Some(address),
            rule,
            hop: 1,
        };
        if let Ok(literal) = host.parse::<IpAddr>() {
            self.policy
                .check(literal)
                .map_err(|rule| refused(literal, rule))?;
            return Ok(vec![(literal, port).into()]);
        }
        let own = Self {
            proxy: None,
            ..self
        };
        let unreachable = |cause: String| OutboundError::Unreachable {
            host: host.to_owned(),
            cause,
        };
        let found = own.addresses(host).await.map_err(|error| {
            match error.downcast_ref::<NameRefused>() {
                Some(name) => refused(name.address, name.rule),
                None => unreachable(error.to_string()),
            }
        })?;
        if found.is_empty() {
            return Err(unreachable("the name has no address".to_owned()));
        }
        let places = found.into_iter().map(|found| (found.ip(), port).into());
        Ok(places.collect())
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let own = self.clone();
        Box::pin(async move {
            let found = own.addresses(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// RFC 6761: these names mean the machine itself, whatever a name server says. Some systems do not
/// know them with the closing dot, others ask the network for them.
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}
