//! Slack's socket mode: envelopes over a WebSocket, each sent until it is acknowledged by its id.
//!
//! Source: Slack developer docs, "Using Socket Mode" and "Exploring HTTP vs Socket Mode": `hello` first, an
//! address that is good for one connection, `disconnect` with a reason before the server closes, envelopes of
//! type `interactive` with the payload of "block_actions".

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::{Error, Message, WebSocket};

/// How often a connection looks for something to send.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The server of WebSockets, until dropped.
pub(super) struct Socket {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    tickets: BTreeSet<String>,
    issued: usize,
    /// What was not acknowledged yet: the id, and the envelope.
    waiting: Vec<(String, Value)>,
    made: usize,
    /// How often connections were told to end.
    renewals: usize,
    connections: usize,
    is_over: bool,
}

impl Socket {
    pub(super) fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.unwrap_or_else(|error| panic!("no port of loopback: {error}"));
        let address = listener.local_addr();
        let address = address.unwrap_or_else(|error| panic!("no address: {error}"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if locked(&shared).is_over {
                    return;
                }
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, state }
    }

    /// An address for one connection.
    pub(super) fn ticket(&self) -> String {
        let mut state = self.state();
        state.issued += 1;
        let ticket = format!("ticket-{}", state.issued);
        state.tickets.insert(ticket.clone());
        format!("ws://{}/link/?ticket={ticket}", self.address)
    }

    /// Something has happened that the app is told of.
    pub(super) fn push(&self, kind: &str, payload: Value) {
        let mut state = self.state();
        state.made += 1;
        let id = format!("envelope-{}", state.made);
        let envelope = json!({"envelope_id": id, "type": kind, "payload": payload,
            "accepts_response_payload": false});
        state.waiting.push((id, envelope));
    }

    /// Envelopes that were not acknowledged.
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// Connections so far.
    pub(super) fn connections(&self) -> usize {
        self.state().connections
    }

    /// Tells all connections that they end.
    pub(super) fn renew(&self) {
        self.state().renewals += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.state().is_over = true;
        // The listener looks up only when somebody comes.
        let _ = TcpStream::connect(self.address);
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    #[expect(
        clippy::result_large_err,
        reason = "the callback of the library has it so"
    )]
    let check = |request: &Request, response: Response| {
        let query = request.uri().query().unwrap_or_default();
        let ticket = query.strip_prefix("ticket=").unwrap_or_default();
        if locked(state).tickets.remove(ticket) {
            return Ok(response);
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = tungstenite::http::StatusCode::FORBIDDEN;
        Err(refused)
    };
    let Ok(mut socket) = tungstenite::accept_hdr(stream, check) else {
        return;
    };
    let renewals = {
        let mut state = locked(state);
        state.connections += 1;
        state.renewals
    };
    let _ = socket.get_ref().set_read_timeout(Some(LOOK_EVERY));
    let hello = json!({"type": "hello", "num_connections": 1});
    if socket.send(Message::text(hello.to_string())).is_ok() {
        let _ = converse(&mut socket, state, renewals);
    }
}

fn converse(
    socket: &mut WebSocket<TcpStream>,
    state: &Mutex<State>,
    renewals: usize,
) -> Result<(), Error> {
    let mut sent: BTreeSet<String> = BTreeSet::new();
    loop {
        let (waiting, is_over, is_renewed) = {
            let state = locked(state);
            (
                state.waiting.clone(),
                state.is_over,
                state.renewals > renewals,
            )
        };
        if is_renewed {
            let told = json!({"type": "disconnect", "reason": "refresh_requested"});
            socket.send(Message::text(told.to_string()))?;
        }
        if is_over || is_renewed {
            return socket.close(None);
        }
        for (id, envelope) in waiting {
            if sent.insert(id) {
                socket.send(Message::text(envelope.to_string()))?;
            }
        }
        match socket.read() {
            Ok(Message::Text(text)) => {
                let said: Value = serde_json::from_str(text.as_str()).unwrap_or_default();
                let id = said["envelope_id"].as_str().unwrap_or_default();
                locked(state).waiting.retain(|(known, _)| known != id);
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
