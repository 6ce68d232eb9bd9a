//! Which configuration is in force, and whether another one on disk was refused: what every page, `/readyz`
//! and `/metrics` say of it. Loads nothing itself.

use std::sync::{Arc, Mutex, PoisonError};

use bellwether_model::Timestamp;

/// Faults shown of a configuration that was refused; how many there are is said.
const FAULTS_MAX: usize = 20;

/// A configuration on disk that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// When it was refused.
    pub(crate) at: Timestamp,
    /// The first of its faults, each with its place; no secrets.
    pub(crate) faults: Vec<String>,
    /// How many it has.
    pub(crate) count: u64,
}

/// What became of configurations, shared by who loads them and who tells of it.
#[derive(Debug, Clone)]
pub struct Reloads {
    /// When the program started.
    began: Timestamp,
    now: Arc<Mutex<Now>>,
}

#[derive(Debug, Clone)]
struct Now {
    taken: Timestamp,
    refusal: Option<Refusal>,
}

impl Reloads {
    /// A configuration was taken at the start.
    #[must_use]
    pub fn new(began: Timestamp) -> Self {
        let now = Now {
            taken: began,
            refusal: None,
        };
        Self {
            began,
            now: Arc::new(Mutex::new(now)),
        }
    }

    /// Another one is in force.
    pub fn taken(&self, at: Timestamp) {
        self.set(|now| {
            now.taken = at;
            now.refusal = None;
        });
    }

    /// The one on disk is again the one that is in force.
    pub fn unchanged(&self) {
        self.set(|now| now.refusal = None);
    }

    /// The one on disk cannot be used, for these faults; the one in force stays so.
    pub fn refused(&self, at: Timestamp, mut faults: Vec<String>) {
        let count = faults.len() as u64;
        faults.truncate(FAULTS_MAX);
        self.set(|now| now.refusal = Some(Refusal { at, faults, count }));
    }

    pub(crate) const fn began(&self) -> Timestamp {
        self.began
    }

    /// Since when the one in force is, and what was refused after it.
    pub(crate) fn now(&self) -> (Timestamp, Option<Refusal>) {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        (now.taken, now.refusal.clone())
    }

    fn set(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
