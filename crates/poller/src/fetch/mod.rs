//! Asking servers: politely, and never more at once than allowed.
//!
//! Every request of the poller, its pages and its `robots.txt` included, goes through one
//! [`Fetcher`], which waits for a turn at the host before it asks. Decides nothing about what an
//! answer means; keeps nothing.

mod robots;
mod rules;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_outbound::{Outbound, OutboundError, Request, Response, Turns};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) use robots::RETRY;
pub use robots::{Permission, Robots};

/// Hosts without a turn taken are forgotten past this many, so that the map of all hosts ever seen
/// stays small.
const HOSTS_KEPT: usize = 1_024;

/// Sends requests, with bounds on how many are under way in all and per host. Cheap to clone: clones
/// share the bounds.
#[derive(Debug, Clone)]
pub struct Fetcher {
    outbound: Outbound,
    all: Arc<Semaphore>,
    hosts: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
    per_host: usize,
}

impl Fetcher {
    /// At most so many requests in all and per host; bounds below one are taken for one. A redirect
    /// counts for the host that it leads to.
    #[must_use]
    pub fn new(outbound: Outbound, concurrency: usize, per_host: usize) -> Self {
        Self {
            outbound,
            all: Arc::new(Semaphore::new(concurrency.max(1))),
            hosts: Arc::default(),
            per_host: per_host.max(1),
        }
    }

    /// Sends a request once it is its turn; that is waited for without a limit, the
    /// answer as long as the connector allows.
    ///
    /// # Errors
    /// As [`Outbound::send`].
    pub async fn send(&self, request: Request<'_>) -> Result<Response, OutboundError> {
        self.send_as_far_as_it_goes(request).await?.whole()
    }

    /// As [`Self::send`]; an answer whose connection broke is given as far as it came.
    pub(crate) async fn send_as_far_as_it_goes(
        &self,
        request: Request<'_>,
    ) -> Result<Response, OutboundError> {
        self.outbound.send_in_turn(request, self).await
    }

    fn turns_of(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_KEPT && !hosts.contains_key(host) {
            hosts.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        let new = || Arc::new(Semaphore::new(self.per_host));
        Arc::clone(hosts.entry(host.to_owned()).or_insert_with(new))
    }
}

/// A turn at a host, and one of all.
pub struct Turn {
    _at_host: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl Turns for Fetcher {
    type Turn = Turn;

    async fn enter(&self, host: &str) -> Turn {
        // The host's turn comes first: who waits for a host takes no turn from others. Nobody
        // closes either.
        Turn {
            _at_host: self.turns_of(host).acquire_owned().await.ok(),
            _of_all: Arc::clone(&self.all).acquire_owned().await.ok(),
        }
    }
}
