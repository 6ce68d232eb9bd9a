//! The one connector: every request of the web that leaves Bellwether goes through [`Outbound::send`].
//!
//! What others publish must not be able to turn the collector against the machine it runs on or the
//! network it stands in. So every address of every hop is checked just before it is connected to:
//! names after they were resolved (what was checked is what is connected to, so a name that changes
//! its mind gains nothing), literals in any notation, redirects each anew. Answers are bounded in
//! time and in bytes after decompression; of long ones only so many are read at once, so that many
//! hostile servers together are no more than a few.
//!
//! Where a proxy is configured it connects in our place; what can still be checked is told in
//! [`Proxy`].
//!
//! A WebSocket begins as a request, and is open afterwards ([`Outbound::websocket`]).
//!
//! Mail is no request of the web: for it [`Outbound::addresses`] gives the checked addresses of a server,
//! and whoever speaks to that connects to those.
//!
//! Errors name the host and never the path, query or user of an address: of a chat webhook the
//! whole address is the credential.
//!
//! Never retries, never schedules, never keeps anything: that is for poller and notifier.

mod address;
mod client;
mod error;
mod hop;
mod proxy;
mod resolve;
mod websocket;

pub use address::{AddressPolicy, Rule};
pub use client::{Method, Outbound, OutboundSettings, Request, Response, Turns};
pub use error::OutboundError;
pub use hop::{host_of, without_userinfo};
pub use proxy::Proxy;
pub use resolve::Names;
pub use websocket::WebSocket;
