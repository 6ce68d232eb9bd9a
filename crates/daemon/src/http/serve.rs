//! Listening: on loopback only as long as nobody has an account, with bounds on how many ask and how slowly.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Connections open at once; a browser opens six.
const CONNECTIONS_MAX: usize = 256;
/// A request's head must be there within this time, and a kept connection asks again within it.
const HEAD_TIME_MAX: Duration = Duration::from_secs(15);
/// After this time a connection is asked to end: nobody holds one by reading slowly.
const CONNECTION_TIME_MAX: Duration = Duration::from_secs(300);
/// What is under way at the end of a connection may still be answered for so long.
const GRACE: Duration = Duration::from_secs(10);
/// The buffer of a connection, and with it the longest head of a request: more than the longest
/// address that is read, so that too long a one is told as such.
const HEAD_BYTES_MAX: usize = 96 << 10;
/// An export that outlives its connection's time goes on while its reader takes a piece of it
/// within this time.
const PIECE_TIME_MAX: Duration = Duration::from_secs(60);
/// After a failed `accept` (out of descriptors, as a rule) trying at once would only burn time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the daemon does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address can be reached from other machines, and nobody has an account.
    #[error(
        "the daemon does not listen on {0}: other machines could use it, and nobody has an account; make \
         one by `bellwether user add NAME --role admin`, or use a loopback address such as \
         127.0.0.1:7878, and a tunnel (`ssh -L`) from elsewhere"
    )]
    NoAccounts(SocketAddr),
    /// The address cannot be used.
    #[error("cannot listen on {listen}: {source}; is another daemon running there?")]
    Bind {
        /// The address.
        listen: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// Listens on a loopback address or, where somebody has an account, on any.
///
/// # Errors
/// [`ListenError`] where the address is not loopback and nobody has an account, or it cannot be used.
pub async fn bind(listen: SocketAddr, has_accounts: bool) -> Result<TcpListener, ListenError> {
    if !listen.ip().is_loopback() && !has_accounts {
        return Err(ListenError::NoAccounts(listen));
    }
    TcpListener::bind(listen)
        .await
        .map_err(|source| ListenError::Bind { listen, source })
}

/// Answers requests by the router that is current when each comes, until `shutdown`; then lets those under
/// way end.
///
/// # Errors
/// [`ListenError::Bind`] where the listener's address is not known.
pub async fn serve(
    listener: TcpListener,
    routers: watch::Receiver<Router>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ListenError> {
    let listen = listener.local_addr().map_err(|source| ListenError::Bind {
        listen: SocketAddr::from(([0, 0, 0, 0], 0)),
        source,
    })?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
        };
        // Those that have ended are taken off, so that the set does not grow.
        while connections.try_join_next().is_some() {}
        match accepted {
            Some((stream, address, place)) => {
                let peer = Peer {
                    address,
                    is_on_loopback: listen.ip().is_loopback(),
                };
                let (routers, stopped) = (routers.clone(), stopped.clone());
                connections.spawn(async move {
                    connection(stream, peer, routers, stopped).await;
                    drop(place);
                });
            }
            None => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(stop);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
    }
    Ok(())
}

/// Waits for a place first: who finds none waits in the system's queue.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, IpAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer.ip(), place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            None
        }
    }
}

/// How often a piece of a long reply was made on a connection: whether its reader reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// A piece was made.
    pub(super) fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn beats(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Becomes known when the daemon is to end: what would go on without end then ends.
#[derive(Debug, Clone)]
pub(super) struct Ending(watch::Receiver<()>);

impl Ending {
    /// Waits for it.
    pub(super) async fn told(&mut self) {
        // A sender that is gone has told.
        let _ = self.0.changed().await;
    }
}

/// Who is at the other end of a connection, and where it came in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    /// Their address, or that of a proxy before them.
    pub(super) address: IpAddr,
    /// Whether only this machine can ask.
    pub(super) is_on_loopback: bool,
}

impl Default for Peer {
    /// Without a connection, as in tests: this machine.
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            is_on_loopback: true,
        }
    }
}

impl Peer {
    /// Who made a request.
    pub(super) fn of<B>(request: &hyper::Request<B>) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }
}

async fn connection(
    stream: TcpStream,
    peer: Peer,
    routers: watch::Receiver<Router>,
    mut stopped: watch::Receiver<()>,
) {
    // Answers are small and one at a time: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let pulse = Pulse::default();
    let beat = pulse.clone();
    let ending = Ending(stopped.clone());
    let service = tower::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(beat.clone());
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(ending.clone());
        let router = routers.borrow().clone();
        router.oneshot(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut served = std::pin::pin!(served);
    let is_stopped = tokio::select! {
        // What a client does wrong is no event of ours.
        _ = served.as_mut() => return,
        _ = stopped.changed() => true,
        () = tokio::time::sleep(CONNECTION_TIME_MAX) => false,
    };
    served.as_mut().graceful_shutdown();
    let mut beats = pulse.beats();
    while beats > 0 && !is_stopped {
        tokio::select! {
            _ = served.as_mut() => return,
            _ = stopped.changed() => break,
            () = tokio::time::sleep(PIECE_TIME_MAX) => {}
        }
        let made = pulse.beats();
        if made == beats {
            return;
        }
        beats = made;
    }
    let _ = tokio::time::timeout(GRACE, served).await;
}
