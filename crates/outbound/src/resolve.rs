//! Names to addresses, leaving out those that may not be contacted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{AddressPolicy, Rule};

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
    pub(crate) all_to: Option<SocketAddr>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.policy);
        let all_to = self.all_to;
        Box::pin(async move {
            if let Some(address) = all_to {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let found = if is_localhost(name.as_str()) {
                vec![
                    (Ipv4Addr::LOCALHOST, 0).into(),
                    (Ipv6Addr::LOCALHOST, 0).into(),
                ]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            let mut allowed = Vec::new();
            let mut refused = None;
            for address in found {
                match policy.check(address.ip()) {
                    Ok(()) => allowed.push(address),
                    Err(rule) => {
                        refused = refused.or(Some(NameRefused {
                            address: address.ip(),
                            rule,
                        }))
                    }
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
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}
