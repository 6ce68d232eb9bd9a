//! WebSockets of platforms that tell programs what happens there: connections are taken and read here, and
//! what is said over them is said by each platform.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, WebSocket};

/// How often a connection looks for something to send.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What is said over the connections of a platform.
pub(super) trait Speaks: Send + 'static {
    /// Whether a connection is opened at this path and query.
    fn lets_in(&mut self, target: &str) -> bool;

    /// What is told next; asked again and again.
    fn says(&mut self, link: &mut Link) -> Vec<Value>;

    /// Takes in what the other end has said.
    fn hears(&mut self, link: &mut Link, said: &Value);
}

/// A connection.
#[derive(Default)]
pub(super) struct Link {
    /// Whether something was told at all.
    pub(super) is_greeted: bool,
    /// Whether the other end has said who it is.
    pub(super) is_known: bool,
    /// Answers to what the other end has said.
    pub(super) owed: Vec<Value>,
    /// How much of what happened was told.
    pub(super) told: usize,
    /// How often connections had been told to end when this one was opened.
    pub(super) renewals: usize,
    /// What it is closed with, after what is told.
    pub(super) closes: Option<u16>,
}

/// The server of WebSockets, until dropped.
pub(super) struct Wire<S> {
    address: SocketAddr,
    shared: Arc<Mutex<Shared<S>>>,
}

struct Shared<S> {
    speaks: S,
    is_over: bool,
}

impl<S: Speaks> Wire<S> {
    pub(super) fn open(speaks: S) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.unwrap_or_else(|error| panic!("no port of loopback: {error}"));
        let address = listener.local_addr();
        let address = address.unwrap_or_else(|error| panic!("no address: {error}"));
        let shared = Arc::new(Mutex::new(Shared {
            speaks,
            is_over: false,
        }));
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if locked(&of_thread).is_over {
                    return;
                }
                let shared = Arc::clone(&of_thread);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// What takes a connection that came by another server.
    pub(super) fn door(&self) -> impl Fn(TcpStream) + Send + Sync + use<S> {
        let shared = Arc::clone(&self.shared);
        move |stream| serve(stream, &shared)
    }

    /// Its address without a path.
    pub(super) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Does something with what speaks. Nothing is said meanwhile.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut S) -> T) -> T {
        act(&mut locked(&self.shared).speaks)
    }
}

impl<S> Drop for Wire<S> {
    fn drop(&mut self) {
        locked(&self.shared).is_over = true;
        // The listener looks up only when somebody comes.
        let _ = TcpStream::connect(self.address);
    }
}

fn locked<S>(shared: &Mutex<Shared<S>>) -> MutexGuard<'_, Shared<S>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve<S: Speaks>(stream: TcpStream, shared: &Mutex<Shared<S>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    #[expect(
        clippy::result_large_err,
        reason = "the callback of the library has it so"
    )]
    let check = |request: &Request, response: Response| {
        let target = request.uri().path_and_query();
        let target = target.map_or("", |target| target.as_str());
        if locked(shared).speaks.lets_in(target) {
            return Ok(response);
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = tungstenite::http::StatusCode::FORBIDDEN;
        Err(refused)
    };
    let Ok(mut socket) = tungstenite::accept_hdr(stream, check) else {
        return;
    };
    let _ = socket.get_ref().set_read_timeout(Some(LOOK_EVERY));
    let _ = converse(&mut socket, shared);
}

fn converse<S: Speaks>(
    socket: &mut WebSocket<TcpStream>,
    shared: &Mutex<Shared<S>>,
) -> Result<(), Error> {
    let mut link = Link::default();
    loop {
        let (told, is_over) = {
            let mut shared = locked(shared);
            (shared.speaks.says(&mut link), shared.is_over)
        };
        for frame in told {
            socket.send(Message::text(frame.to_string()))?;
        }
        if is_over {
            return socket.close(None);
        }
        if let Some(code) = link.closes {
            let code = code.into();
            let reason = "".into();
            return socket.close(Some(CloseFrame { code, reason }));
        }
        match socket.read() {
            Ok(Message::Text(text)) => {
                let said: Value = serde_json::from_str(text.as_str()).unwrap_or_default();
                locked(shared).speaks.hears(&mut link, &said);
            }
            Ok(_) => {}
            Err(Error::Io(error))
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(error) => return Err(error),
        }
    }
}
