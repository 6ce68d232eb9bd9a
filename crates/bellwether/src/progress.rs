//! Progress of long work, on standard error and on a terminal only.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// A line that is written over.
pub(crate) struct Progress {
    is_shown: bool,
    started: Instant,
    last: Option<Instant>,
}

/// Faster than this nobody reads.
const EVERY: Duration = Duration::from_millis(200);

/// What takes less than this needs no line.
const PATIENCE: Duration = Duration::from_millis(500);

impl Progress {
    /// Shown on a terminal; silent elsewhere.
    pub(crate) fn new() -> Self {
        Self {
            is_shown: stderr().is_terminal(),
            started: Instant::now(),
            last: None,
        }
    }

    /// So much of so much.
    pub(crate) fn show(&mut self, what: &str, done: u64, total: u64) {
        let now = Instant::now();
        let elapsed = now - self.started;
        let is_due = self.last.is_none_or(|last| now - last >= EVERY);
        if !self.is_shown || elapsed < PATIENCE || !is_due {
            return;
        }
        self.last = Some(now);
        let rate = done as f64 / elapsed.as_secs_f64();
        // A terminal that is gone is no reason to stop.
        let _ = write!(
            stderr(),
            "\r{what} {done} of {total}, {rate:.0} a second\u{1b}[K"
        );
    }

    /// What is being done, where it is not known how much there is to do.
    pub(crate) fn say(&mut self, what: &str) {
        if self.is_shown {
            self.last = Some(Instant::now());
            let _ = write!(stderr(), "\r{what}\u{1b}[K");
        }
    }

    /// Ends the line.
    pub(crate) fn done(&mut self) {
        if self.last.take().is_some() {
            let _ = write!(stderr(), "\r\u{1b}[K");
        }
        self.started = Instant::now();
    }
}
