//! Open readers, kept for the next question.

use std::sync::{Mutex, PoisonError};

use bellwether_api::Problem;
use bellwether_archive::{ArchiveError, DataDir};

use super::problems;

/// Readers kept open. More questions at once open more, which are closed again.
const KEPT_MAX: usize = 8;

/// Readers of one file: each question has its own, so that none waits for another.
pub(super) struct Pool<T> {
    dir: DataDir,
    open: fn(&DataDir) -> Result<T, ArchiveError>,
    idle: Mutex<Vec<T>>,
}

impl<T> Pool<T> {
    pub(super) const fn new(dir: DataDir, open: fn(&DataDir) -> Result<T, ArchiveError>) -> Self {
        Self {
            dir,
            open,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Asks a reader.
    pub(super) fn with<R>(&self, ask: impl FnOnce(&T) -> Result<R, Problem>) -> Result<R, Problem> {
        let idle = self.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => (self.open)(&self.dir).map_err(problems::archive)?,
        };
        let answer = ask(&reader);
        let mut idle = self.lock();
        if idle.len() < KEPT_MAX {
            idle.push(reader);
        }
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<T>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
