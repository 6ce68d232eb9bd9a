//! Why messages cannot be sent at all. That one receiver refuses one is data, not an error.

use bellwether_archive::ArchiveError;
use bellwether_model::ReceiverId;
use bellwether_outbound::OutboundError;

/// A failure of the outbox itself.
#[derive(Debug, thiserror::Error)]
pub enum NotifierError {
    /// The desk cannot be read or written; nothing is sent that could not be noted first.
    #[error("the outbox cannot be read or written")]
    Desk(#[from] ArchiveError),
    /// A receiver names a network that is none.
    #[error(
        "receiver `{receiver}` allows the network `{network}`, which is none; write one such as \"192.168.1.0/24\" in receivers.toml"
    )]
    Network {
        /// The receiver.
        receiver: ReceiverId,
        /// What stands there.
        network: String,
    },
    /// The connector for a receiver cannot be made.
    #[error("no connection can be set up for receiver `{receiver}`")]
    Connector {
        /// The receiver.
        receiver: ReceiverId,
        /// Why not.
        #[source]
        source: OutboundError,
    },
}
