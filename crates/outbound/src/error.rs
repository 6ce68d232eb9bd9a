//! What can become of a request, told without giving its address away.

use std::net::IpAddr;
use std::time::Duration;

use crate::Rule;

/// A request that got no usable answer. Names the host at most; see the crate's documentation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// Our own rules forbid the address.
    #[error("{host} is not contacted (hop {hop}): {} is refused, {rule}{}", subject(.address.as_ref()), hint(*.rule))]
    Refused {
        /// The host as written.
        host: String,
        /// The address it stands for; `None` where scheme or name were refused.
        address: Option<IpAddr>,
        /// The rule.
        rule: Rule,
        /// 1 for the address asked for, one more for each redirect.
        hop: u32,
    },
    /// No connection: name, route, port, TLS. The receiver has not seen the request.
    #[error("{host} cannot be reached: {cause}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        cause: String,
    },
    /// The connection broke after the request may have gone out.
    #[error("the connection to {host} broke: {cause}")]
    Broken {
        /// The host.
        host: String,
        /// How.
        cause: String,
    },
    /// Not complete in time.
    #[error("{host} did not answer in full within {} s", .limit.as_secs_f64())]
    Timeout {
        /// The host.
        host: String,
        /// The time allowed.
        limit: Duration,
    },
    /// The answer is longer than allowed, decompressed.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// Bytes allowed.
        limit: u64,
    },
    /// Redirected too often.
    #[error("{host} was reached by more than {limit} redirects")]
    TooManyRedirects {
        /// The host that redirected last.
        host: String,
        /// Redirects allowed.
        limit: u8,
    },
    /// The address asked for cannot be read.
    #[error("the address is no web address: {cause}")]
    BadUrl {
        /// Why.
        cause: String,
    },
    /// The answer breaks the rules of HTTP, or cannot be decompressed.
    #[error("the answer of {host} cannot be read: {cause}")]
    Protocol {
        /// The host.
        host: String,
        /// Why.
        cause: String,
    },
    /// The request itself cannot be made: a header that is none, a TLS store that is missing.
    #[error("the request cannot be made: {cause}")]
    Setup {
        /// Why.
        cause: String,
    },
}

impl OutboundError {
    /// Whether the receiver may have acted on the request although no usable answer came back. A
    /// sender that tries again must then mark the message as a possible repeat.
    #[must_use]
    pub const fn answer_lost(&self) -> bool {
        match self {
            Self::Broken { .. }
            | Self::Timeout { .. }
            | Self::TooLarge { .. }
            | Self::TooManyRedirects { .. }
            | Self::Protocol { .. } => true,
            // A redirect that is refused comes from a receiver that has seen the request.
            Self::Refused { hop, .. } => *hop > 1,
            Self::Unreachable { .. } | Self::BadUrl { .. } | Self::Setup { .. } => false,
        }
    }
}

fn subject(address: Option<&IpAddr>) -> String {
    address.map_or_else(|| "it".to_owned(), ToString::to_string)
}

const fn hint(rule: Rule) -> &'static str {
    if rule.can_be_allowed() {
        " unless `allow_networks` names their network"
    } else {
        ""
    }
}
