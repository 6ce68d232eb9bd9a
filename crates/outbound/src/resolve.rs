//! Names to addresses, leaving out those that may not be contacted.
//!
//! What this returns is what the client connects to; it asks nobody again. So a name that stands for
//! something else a moment later gains nothing by it.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{AddressPolicy, Rule};

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

/// The resolver of the shared client.
#[derive(Debug)]
pub(crate) struct Resolver {
    pub(crate) policy: Arc<AddressPolicy>,
    pub(crate) names: Arc<dyn Names>,
    pub(crate) all_to: Option<SocketAddr>,
    /// The name of the proxy, which configuration has chosen and which is no target.
    pub(crate) proxy: Option<String>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.policy);
        let names = Arc::clone(&self.names);
        let all_to = self.all_to;
        let is_proxy =
            (self.proxy.as_deref()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            if let Some(address) = all_to {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let found = if is_localhost(name.as_str()) {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            } else {
                names.look_up(name.as_str().to_owned()).await?
            };
            let mut allowed: Vec<SocketAddr> = Vec::new();
            let mut refused = None;
            for address in found {
                match policy.check(address) {
                    Err(rule) if !is_proxy => {
                        refused = refused.or(Some(NameRefused { address, rule }));
                    }
                    _ => allowed.push((address, 0).into()),
                }
            }
            match refused {
                Some(refused) if allowed.is_empty() => Err(refused.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// RFC 6761: these names mean the machine itself, whatever a name server says. Some systems do not
/// know them with the closing dot, others ask the network for them.
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}
