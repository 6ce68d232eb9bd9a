//! Slack's socket mode: envelopes over a WebSocket, each sent until it is acknowledged by its id.
//!
//! Source: Slack developer docs, "Using Socket Mode" and "Exploring HTTP vs Socket Mode": `hello` first, an
//! address that is good for one connection, `disconnect` with a reason before the server closes, envelopes of
//! type `interactive` with the payload of "block_actions".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::wire::{Link, Speaks, Wire};

/// The server of WebSockets, until dropped.
pub(super) struct Socket(Wire<State>);

#[derive(Default)]
struct State {
    tickets: BTreeSet<String>,
    issued: usize,
    envelopes: Vec<Envelope>,
    /// How often connections were told to end.
    renewals: usize,
    connections: usize,
}

struct Envelope {
    id: String,
    whole: Value,
    is_acknowledged: bool,
}

impl Socket {
    pub(super) fn open() -> Self {
        Self(Wire::open(State::default()))
    }

    /// An address for one connection.
    pub(super) fn ticket(&self) -> String {
        let target = self.0.with(|state| {
            state.issued += 1;
            let target = format!("/link/?ticket=ticket-{}", state.issued);
            state.tickets.insert(target.clone());
            target
        });
        format!("{}{target}", self.0.url())
    }

    /// Something has happened that the app is told of.
    pub(super) fn push(&self, kind: &str, payload: Value) {
        self.0.with(|state| {
            let id = format!("envelope-{}", state.envelopes.len() + 1);
            let whole = json!({"envelope_id": id, "type": kind, "payload": payload,
                "accepts_response_payload": false});
            state.envelopes.push(Envelope {
                id,
                whole,
                is_acknowledged: false,
            });
        });
    }

    /// Envelopes that were not acknowledged.
    pub(super) fn waiting(&self) -> usize {
        let waits = |envelope: &&Envelope| !envelope.is_acknowledged;
        self.0
            .with(|state| state.envelopes.iter().filter(waits).count())
    }

    /// Connections so far.
    pub(super) fn connections(&self) -> usize {
        self.0.with(|state| state.connections)
    }

    /// Tells all connections that they end.
    pub(super) fn renew(&self) {
        self.0.with(|state| state.renewals += 1);
    }
}

impl Speaks for State {
    fn lets_in(&mut self, target: &str) -> bool {
        self.tickets.remove(target)
    }

    fn says(&mut self, link: &mut Link) -> Vec<Value> {
        let mut says = Vec::new();
        if !link.is_greeted {
            link.is_greeted = true;
            link.renewals = self.renewals;
            self.connections += 1;
            says.push(json!({"type": "hello", "num_connections": 1}));
        }
        if self.renewals > link.renewals {
            link.closes = Some(1000);
            says.push(json!({"type": "disconnect", "reason": "refresh_requested"}));
            return says;
        }
        let new = self.envelopes.get(link.told..).unwrap_or_default();
        let new = new.iter().filter(|envelope| !envelope.is_acknowledged);
        says.extend(new.map(|envelope| envelope.whole.clone()));
        link.told = self.envelopes.len();
        says
    }

    fn hears(&mut self, _: &mut Link, said: &Value) {
        for envelope in &mut self.envelopes {
            envelope.is_acknowledged |= said["envelope_id"] == envelope.id.as_str();
        }
    }
}
