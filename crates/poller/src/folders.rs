//! Folders that are watched (sources of kind `files`): what is put there is imported, once it is whole.
//!
//! A file is whole when nobody has written to it for a while, or when it is as it was at the look
//! before; names of unfinished downloads and hidden names are left alone, and so is what is no plain file. A file is imported again when
//! it changes, from its beginning, which adds what is new in it. Nothing in a folder is moved, changed
//! or removed. What was taken in is remembered in the log with the outcome of the look; killed between,
//! the next look imports again what is there already, which adds nothing.
//!
//! What is imported belongs to the publishers it names, as with [`import`](crate::import). So a look
//! says that the folder was read, never that a publisher was collected.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::future::Future;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bellwether_archive::{Appender, ArchiveError, Batch, LogReader, Room};
use bellwether_model::{
    Clock, Directory, Folder, Outcome, OutcomeKind, Source, SourceId, Timestamp,
};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::import::{self, FileFacts, ImportError, ImportReport};
use crate::poller::{PollError, PollReport};

/// How often it is asked whether a folder is due.
const TICK: Duration = Duration::from_secs(1);

/// A file that nobody has written to for so long is whole.
const SETTLED: Duration = Duration::from_secs(10);

/// A folder with more files is no inbox; each look reads all their names.
const FILES_MAX: usize = 10_000;

/// Problems that an outcome tells; the others are counted.
const PROBLEMS_TOLD: usize = 3;

/// How names end that a program gives to what it has not finished.
const UNFINISHED: [&str; 6] = [".part", ".partial", ".tmp", ".crdownload", ".download", "~"];

/// What is known of publishers at this moment: from configuration and from imports before.
pub type DirectoryNow = Arc<dyn Fn() -> Result<Directory, ArchiveError> + Send + Sync>;

/// A file as it was at a look: its length in bytes and when it was written to last, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp(u64, i64);

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let written = metadata.modified().ok();
        let written = written.and_then(|at| Timestamp::try_from(at).ok());
        Self(metadata.len(), written.map_or(0, |at| at.as_microsecond()))
    }
}

type Stamps = BTreeMap<String, Stamp>;

/// What is remembered of a folder between two looks, and kept in the log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct FolderState {
    /// The files that were taken in, as they were then.
    #[serde(default)]
    taken: Stamps,
}

struct Watched {
    source: Source,
    folder: Folder,
    state: FolderState,
    /// What was there at the look before.
    before: Stamps,
    due: Timestamp,
}

/// Imports what is put into the folders of sources.
pub struct Folders {
    watched: Vec<Watched>,
    appender: Appender,
    clock: Arc<dyn Clock>,
    directory: DirectoryNow,
    /// What the disk has room for; everything, where nobody says.
    room: Option<watch::Receiver<Room>>,
}

impl Folders {
    /// The folders of all sources of kind `files`, as the log says what was taken in; a relative path
    /// starts at `root`. Sources that are off are looked at only when asked for by name.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn new(
        sources: &[Source],
        root: &Path,
        appender: Appender,
        reader: &LogReader,
        clock: Arc<dyn Clock>,
        directory: DirectoryNow,
    ) -> Result<Self, PollError> {
        let mut watched = Vec::new();
        for source in sources {
            let Some(folder) = &source.reading.folder else {
                continue;
            };
            let kept = reader.poll_state(&source.id)?;
            // What cannot be read was written by another version; all is imported again.
            let state = kept.and_then(|text| serde_json::from_str(&text).ok());
            watched.push(Watched {
                source: source.clone(),
                folder: Folder {
                    path: root.join(&folder.path),
                    ..folder.clone()
                },
                state: state.unwrap_or_default(),
                before: Stamps::new(),
                due: Timestamp::MIN,
            });
        }
        Ok(Self {
            watched,
            appender,
            clock,
            directory,
            room: None,
        })
    }

    /// Takes in nothing where the disk has room for nothing.
    #[must_use]
    pub fn within(mut self, room: watch::Receiver<Room>) -> Self {
        self.room = Some(room);
        self
    }

    /// Whether a source of this id is watched.
    #[must_use]
    pub fn knows(&self, source: &SourceId) -> bool {
        self.watched
            .iter()
            .any(|watched| watched.source.id == *source)
    }

    /// Looks at all folders that are on, or at one of them, on or off.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn look(&mut self, only: Option<&SourceId>) -> Result<Vec<PollReport>, PollError> {
        let now = self.clock.now();
        let mut reports = Vec::new();
        for at in 0..self.watched.len() {
            let source = &self.watched[at].source;
            let is_wanted = match only {
                Some(only) => source.id == *only,
                None => source.enabled,
            };
            if is_wanted {
                reports.extend(self.look_at(at, now).await?);
            }
        }
        Ok(reports)
    }

    /// Looks at each folder when it is due, until `shutdown`. An import that is under way then ends
    /// with the part that is being kept; the rest is imported at the next start.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn run(&mut self, shutdown: impl Future<Output = ()>) -> Result<(), PollError> {
        let mut shutdown = pin!(shutdown);
        if !self.watched.iter().any(|watched| watched.source.enabled) {
            shutdown.await;
            return Ok(());
        }
        loop {
            let now = self.clock.now();
            for at in 0..self.watched.len() {
                let watched = &self.watched[at];
                if !watched.source.enabled || !is_due(watched, now) {
                    continue;
                }
                tokio::select! {
                    () = &mut shutdown => return Ok(()),
                    report = self.look_at(at, now) => drop(report?),
                }
            }
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// `None` where it was told to stop, or there is no room.
    async fn look_at(
        &mut self,
        at: usize,
        now: Timestamp,
    ) -> Result<Option<PollReport>, PollError> {
        let has_room = |room: &watch::Receiver<Room>| *room.borrow() != Room::Nothing;
        if !self.room.as_ref().is_none_or(has_room) {
            return Ok(None);
        }
        let watched = &mut self.watched[at];
        watched.due = now
            .checked_add(watched.source.every)
            .unwrap_or(Timestamp::MAX);
        let stop = StopsWhenDropped::default();
        let look = Look {
            source: watched.source.id.clone(),
            folder: watched.folder.clone(),
            taken: watched.state.taken.clone(),
            before: std::mem::take(&mut watched.before),
            now,
            appender: self.appender.clone(),
            directory: Arc::clone(&self.directory),
            is_stopped: Arc::clone(&stop.0),
        };
        // Reading files blocks, and so does reading what is in them.
        let handle = Handle::current();
        let looked = tokio::task::spawn_blocking(move || handle.block_on(look.look()));
        let Ok(looked) = looked.await else {
            let why =
                "reading the folder failed; this is a fault of this program, please report it";
            return Err(ArchiveError::Closed(why.to_owned()).into());
        };
        let Some(looked) = looked? else {
            return Ok(None);
        };
        watched.before = looked.found;
        let is_changed = watched.state.taken != looked.taken;
        watched.state.taken = looked.taken;
        let mut batch = Batch::new(self.clock.now());
        batch.outcome = Some(Outcome {
            at: batch.at,
            ..looked.outcome
        });
        let state = is_changed.then(|| serde_json::to_string(&watched.state));
        batch.poll_state = state
            .and_then(Result::ok)
            .map(|state| (watched.source.id.clone(), state));
        let outcome = batch.outcome.clone();
        self.appender.append(batch).await?;
        let source = watched.source.id.clone();
        Ok(outcome.map(|outcome| PollReport { source, outcome }))
    }
}

/// A clock that was set back makes nothing wait longer than an interval.
fn is_due(watched: &Watched, now: Timestamp) -> bool {
    let wait = Duration::try_from(watched.due.duration_since(now)).unwrap_or_default();
    wait.is_zero() || wait > watched.source.every
}

#[derive(Default)]
struct StopsWhenDropped(Arc<AtomicBool>);

impl Drop for StopsWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One look at a folder.
struct Look {
    source: SourceId,
    folder: Folder,
    taken: Stamps,
    before: Stamps,
    now: Timestamp,
    appender: Appender,
    directory: DirectoryNow,
    is_stopped: Arc<AtomicBool>,
}

struct Looked {
    outcome: Outcome,
    found: Stamps,
    taken: Stamps,
}

/// What came of the files of a look.
#[derive(Default)]
struct Tally {
    report: ImportReport,
    bytes: u64,
    /// Files with bad lines, and those that could not be imported.
    repaired: Problems,
    refused: Problems,
}

impl Look {
    async fn look(mut self) -> Result<Option<Looked>, PollError> {
        let found = match list(&self.folder.path) {
            Ok(found) => found,
            Err(error) => {
                let why = format!(
                    "the folder {} cannot be read: {error}",
                    self.folder.path.display()
                );
                let outcome = self.outcome(OutcomeKind::Unreachable, Tally::default(), Some(why));
                return Ok(Some(Looked {
                    outcome,
                    found: Stamps::new(),
                    taken: self.taken,
                }));
            }
        };
        let (found, unnamed) = found;
        // An empty folder may be one whose disk is not there at the moment.
        if !found.is_empty() {
            self.taken.retain(|name, _| found.contains_key(name));
        }
        let mut tally = Tally::default();
        if unnamed > 0 {
            tally
                .refused
                .add(&format!("{unnamed} files whose names are no UTF-8"));
        }
        for (name, stamp) in &found {
            let is_taken = self.taken.get(name) == Some(stamp);
            if is_taken || !self.is_whole(name, *stamp) {
                continue;
            }
            match self.import(name, *stamp, &mut tally).await {
                Ok(true) => {
                    self.taken.insert(name.clone(), *stamp);
                }
                Ok(false) => {}
                Err(_) if self.is_stopped.load(Ordering::Relaxed) => return Ok(None),
                Err(ImportError::Log(error)) => return Err(error.into()),
                Err(error) => tally.refused.add(&in_full(&error)),
            }
        }
        let error = tally
            .refused
            .told()
            .map(|told| format!("{told}; mend or move away what cannot be imported"));
        let kind = match error {
            Some(_) => OutcomeKind::NotAFeed,
            None => OutcomeKind::Fetched,
        };
        Ok(Some(Looked {
            outcome: self.outcome(kind, tally, error),
            found,
            taken: self.taken,
        }))
    }

    fn is_whole(&self, name: &str, stamp: Stamp) -> bool {
        let Stamp(_, written) = stamp;
        let settled = i64::try_from(SETTLED.as_micros()).unwrap_or(i64::MAX);
        let is_settled = self.now.as_microsecond().saturating_sub(written) >= settled;
        is_settled || self.before.get(name) == Some(&stamp)
    }

    /// `false` where the file is not what was listed any more.
    async fn import(
        &self,
        name: &str,
        stamp: Stamp,
        tally: &mut Tally,
    ) -> Result<bool, ImportError> {
        let unread = |source| ImportError::Read {
            name: name.to_owned(),
            line: 0,
            source,
        };
        let path = self.folder.path.join(name);
        let Some(file) = open(&path, stamp).map_err(unread)? else {
            return Ok(false);
        };
        let reader = BufReader::new(Stoppable {
            file,
            is_stopped: Arc::clone(&self.is_stopped),
        });
        // Each file may know publishers from the one before.
        let directory = (self.directory)()?;
        let facts = FileFacts {
            name,
            format: self.folder.format,
            publisher: self.folder.publisher.as_ref(),
        };
        let into = import::Into {
            now: self.now,
            appender: &self.appender,
            directory: &directory,
            strict: false,
        };
        let mut bytes = 0;
        let report = import::file(facts, reader, &into, |done| bytes = done.bytes).await?;
        tally.bytes += bytes;
        tally.report.items_new += report.items_new;
        tally.report.items_updated += report.items_updated;
        tally.report.items_unchanged += report.items_unchanged;
        if let Some(first) = report.bad.first() {
            let count = report.bad_count;
            tally.repaired.add(&format!(
                "{name}: {count} bad lines left out, the first is line {}: {}",
                first.line, first.reason
            ));
        }
        if let Some(repaired) = &report.repaired {
            tally.repaired.add(&format!("{name}: {repaired}"));
        }
        Ok(true)
    }

    fn outcome(&self, kind: OutcomeKind, tally: Tally, error: Option<String>) -> Outcome {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Outcome {
            source: self.source.clone(),
            at: self.now,
            kind,
            status: None,
            items_new: count(tally.report.items_new),
            items_updated: count(tally.report.items_updated),
            items_unchanged: count(tally.report.items_unchanged),
            repaired: tally.repaired.told(),
            error,
            body_bytes: tally.bytes,
            moved_to: None,
            fallback: None,
        }
    }
}

/// The files of a folder that may be whole, and how many have names that nobody can write down.
fn list(folder: &Path) -> io::Result<(Stamps, usize)> {
    let mut found = Stamps::new();
    let mut unnamed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            unnamed += 1;
            continue;
        };
        let is_unfinished =
            name.starts_with('.') || UNFINISHED.iter().any(|end| name.ends_with(end));
        // A link could lead to anything on this machine.
        if is_unfinished || !entry.file_type()?.is_file() {
            continue;
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            // Gone since it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        found.insert(name, Stamp::of(&metadata));
        if found.len() > FILES_MAX {
            let why = format!("it has more than {FILES_MAX} files; move away what was taken in");
            return Err(io::Error::other(why));
        }
    }
    Ok((found, unnamed))
}

/// Opens a file that was listed, as long as it is that file: what stands at its name now may be a link
/// to anything on this machine, a pipe that nobody writes to, or another file that is not whole.
fn open(path: &Path, listed: Stamp) -> io::Result<Option<File>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::LOOP | Errno::NOENT | Errno::NXIO) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    let is_listed = metadata.is_file() && Stamp::of(&metadata) == listed;
    Ok(is_listed.then_some(file))
}

fn in_full(error: &ImportError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Problems of which the first are told.
#[derive(Default)]
struct Problems {
    told: Vec<String>,
    more: usize,
}

impl Problems {
    fn add(&mut self, problem: &str) {
        if self.told.len() < PROBLEMS_TOLD {
            self.told.push(problem.to_owned());
        } else {
            self.more += 1;
        }
    }

    fn told(&self) -> Option<String> {
        let mut told = self.told.join("; ");
        if self.more > 0 {
            told.push_str(&format!("; and of {} more files", self.more));
        }
        (!self.told.is_empty()).then_some(told)
    }
}

/// A file whose reading ends when nobody waits for it any more.
struct Stoppable {
    file: File,
    is_stopped: Arc<AtomicBool>,
}

impl Read for Stoppable {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.is_stopped.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopping"));
        }
        self.file.read(into)
    }
}

#[cfg(test)]
mod tests;
