//! What is let go of, and when: requests to forget at once, what has expired once an hour, and less
//! than everything is taken in while the disk is nearly full.
//!
//! Works beside the poller, in the process that has the role `poll`. Everything it does is bounded and
//! goes between two commits of the log, so that collecting waits for milliseconds; files are written
//! anew beside it. Stopped at any moment, the next start goes on.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{Clock, ItemId, Timestamp};
use tokio::sync::watch;

use crate::log::{Appender, Keeps, Purpose};
use crate::requests::Requests;
use crate::{ArchiveError, DataDir};

/// How often requests and the disk are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What has expired is let go of in each full hour of the clock.
const PASS_SECONDS: i64 = 3_600;

/// Captures looked at between two commits, and items let go of: some milliseconds each.
const CAPTURES_PER_STEP: u32 = 1_000;
const ITEMS_PER_STEP: u32 = 100;

/// After a file could not be written anew, another attempt waits for so long.
const RETRY_SECONDS: i64 = 600;

/// How long things are kept; `None` is for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// Items with their wordings, by their time.
    pub items: Option<Duration>,
    /// Captures that an item rests on.
    pub originals: Option<Duration>,
    /// Pages of articles.
    pub pages: Option<Duration>,
    /// Captures that brought nothing new.
    pub captures: Option<Duration>,
    /// Free bytes under which less is taken in; 0 where nobody looks.
    pub disk_floor: u64,
}

impl Keep {
    /// Everything, for ever.
    pub const ALL: Self = Self {
        items: None,
        originals: None,
        pages: None,
        captures: None,
        disk_floor: 0,
    };

    const fn of(&self, purpose: Purpose) -> Option<Duration> {
        match purpose {
            Purpose::Original => self.originals,
            Purpose::Page => self.pages,
            Purpose::Poll => self.captures,
        }
    }
}

/// Says how much room the disk has.
pub trait FreeSpace: Send + Sync {
    /// Bytes that we may still write where the data is.
    ///
    /// # Errors
    /// Where the system does not say.
    fn free_bytes(&self) -> std::io::Result<u64>;
}

/// What there is room for, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// Everything.
    Ample,
    /// No pages of articles.
    NoPages,
    /// No captures that bring nothing new either.
    OnlyOriginals,
    /// No captures at all: items still come in, without their originals.
    NoCaptures,
    /// Nothing is collected any more; analysis and alerts go on.
    Nothing,
}

impl Room {
    /// Where what stops, first to last.
    pub const STEPS: [(Self, &'static str); 4] = [
        (Self::NoPages, "pages"),
        (Self::OnlyOriginals, "captures"),
        (Self::NoCaptures, "originals"),
        (Self::Nothing, "items"),
    ];

    /// What there is room for with so many free bytes. Pages go first, under the floor; captures that
    /// bring nothing new under three quarters of it; originals under a half; under an eighth
    /// collecting itself, so that alerts have the rest.
    #[must_use]
    pub const fn of(free: u64, floor: u64) -> Self {
        if free >= floor {
            Self::Ample
        } else if free >= floor / 4 * 3 {
            Self::NoPages
        } else if free >= floor / 2 {
            Self::OnlyOriginals
        } else if free >= floor / 8 {
            Self::NoCaptures
        } else {
            Self::Nothing
        }
    }

    /// What is not done, in words; `None` where everything is.
    #[must_use]
    pub const fn lacks(self) -> Option<&'static str> {
        match self {
            Self::Ample => None,
            Self::NoPages => Some("pages of articles are not fetched"),
            Self::OnlyOriginals => Some(
                "pages of articles are not fetched, and answers that bring nothing new are not kept",
            ),
            Self::NoCaptures => {
                Some("pages of articles are not fetched, and of answers only the items are kept")
            }
            Self::Nothing => Some("nothing is collected"),
        }
    }
}

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Items forgotten.
    pub forgotten: u32,
    /// Items that had expired.
    pub items: u32,
    /// Captures that had expired.
    pub captures: u32,
    /// Files written anew.
    pub files: u32,
}

/// Lets go of what is not to be kept.
pub struct Keeper {
    appender: Appender,
    requests: Requests,
    keep: Keep,
    clock: Arc<dyn Clock>,
    space: Arc<dyn FreeSpace>,
    room: watch::Sender<Room>,
    /// Requests that are done but for what files of the database still hold.
    done: Vec<ItemId>,
    is_scrub_due: bool,
    is_journal_due: bool,
    passed: Option<i64>,
    retry_at: Option<Timestamp>,
}

impl Keeper {
    /// A keeper of a data folder.
    #[must_use]
    pub fn new(
        dir: &DataDir,
        appender: Appender,
        keep: Keep,
        clock: Arc<dyn Clock>,
        space: Arc<dyn FreeSpace>,
    ) -> Self {
        Self {
            appender,
            requests: Requests::of(dir),
            keep,
            clock,
            space,
            room: watch::Sender::new(Room::Ample),
            done: Vec::new(),
            is_scrub_due: false,
            // For whoever was killed before it was done.
            is_journal_due: true,
            passed: None,
            retry_at: None,
        }
    }

    /// What there is room for, as it changes.
    #[must_use]
    pub fn room(&self) -> watch::Receiver<Room> {
        self.room.subscribe()
    }

    /// Keeps until `shutdown`.
    ///
    /// # Errors
    /// [`ArchiveError::Closed`] where the log takes nothing any more; anything else is logged and tried
    /// again.
    pub async fn run(&mut self, shutdown: impl Future<Output = ()>) -> Result<(), ArchiveError> {
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                looked = self.look() => match looked {
                    Err(error @ ArchiveError::Closed(_)) => return Err(error),
                    Err(error) => tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "what is not to be kept cannot be let go of"
                    ),
                    Ok(_) => {}
                }
            }
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Looks once: at the disk, at requests, and, the first time in an hour, at what has expired.
    ///
    /// # Errors
    /// Where the log or the disk refuses.
    pub async fn look(&mut self) -> Result<Kept, ArchiveError> {
        self.look_at_disk().await?;
        let mut kept = Kept {
            forgotten: self.forget().await?,
            ..Kept::default()
        };
        let now = self.clock.now();
        let hour = now.as_second().div_euclid(PASS_SECONDS);
        if self.passed != Some(hour) {
            kept.items = self.expire_items(now).await?;
            kept.captures = self.expire_captures(now).await?;
            self.passed = Some(hour);
        }
        kept.files = self.rewrite(now).await?;
        self.is_journal_due |= kept.files > 0 || kept.forgotten > 0;
        if self.is_journal_due
            && !self.is_scrub_due
            && self
                .appender
                .with_writer(|writer| writer.empty_journal())
                .await?
        {
            self.is_journal_due = false;
            for item in self.done.drain(..) {
                self.requests.remove(item)?;
            }
        }
        if kept != Kept::default() {
            tracing::info!(
                forgotten = kept.forgotten,
                items = kept.items,
                captures = kept.captures,
                files_written_anew = kept.files,
                "let go of what is not kept"
            );
        }
        Ok(kept)
    }

    async fn look_at_disk(&self) -> Result<(), ArchiveError> {
        if self.keep.disk_floor == 0 {
            return Ok(());
        }
        // Who cannot say how much is free has not said that it is little.
        let Ok(free) = self.space.free_bytes() else {
            return Ok(());
        };
        let room = Room::of(free, self.keep.disk_floor);
        let before = self.room.send_replace(room);
        if before == room {
            return Ok(());
        }
        match room.lacks() {
            Some(lacks) => tracing::error!(
                free_bytes = free,
                floor_bytes = self.keep.disk_floor,
                "the disk is nearly full: {lacks}"
            ),
            None => tracing::info!(free_bytes = free, "the disk has room again"),
        }
        let keeps = match room {
            Room::Ample | Room::NoPages => Keeps::All,
            Room::OnlyOriginals => Keeps::Originals,
            Room::NoCaptures | Room::Nothing => Keeps::None,
        };
        self.appender
            .with_writer(move |writer| {
                writer.keep_captures(keeps);
                Ok(())
            })
            .await
    }

    async fn forget(&mut self) -> Result<u32, ArchiveError> {
        let mut forgotten = 0;
        for forget in self.requests.all()? {
            let at = self.clock.now();
            let item = forget.item;
            if self.done.contains(&item) {
                continue;
            }
            let found = self
                .appender
                .with_writer(move |writer| writer.forget(&forget, at))
                .await?;
            self.done.push(item);
            self.is_scrub_due |= found.is_some();
            self.is_journal_due = true;
            forgotten += u32::from(found.is_some());
        }
        Ok(forgotten)
    }

    async fn expire_items(&self, now: Timestamp) -> Result<u32, ArchiveError> {
        let Some((age, before)) = before(now, self.keep.items) else {
            return Ok(0);
        };
        let why = format!("older than {} days", age.as_secs() / 86_400);
        let mut expired = 0;
        loop {
            let why = why.clone();
            let step = self
                .appender
                .with_writer(move |writer| writer.expire_items(before, &why, ITEMS_PER_STEP, now))
                .await?;
            expired += step;
            if step < ITEMS_PER_STEP {
                return Ok(expired);
            }
        }
    }

    async fn expire_captures(&self, now: Timestamp) -> Result<u32, ArchiveError> {
        let mut expired = 0;
        for purpose in Purpose::ALL {
            let Some((_, before)) = before(now, self.keep.of(purpose)) else {
                continue;
            };
            let mut after = None;
            loop {
                let step = self
                    .appender
                    .with_writer(move |writer| {
                        writer.expire_captures(purpose, before, after, CAPTURES_PER_STEP, now)
                    })
                    .await?;
                expired += step.captures;
                after = step.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(expired)
    }

    /// Writes anew what should be, one file after another.
    async fn rewrite(&mut self, now: Timestamp) -> Result<u32, ArchiveError> {
        if self.retry_at.is_some_and(|at| now < at) {
            return Ok(0);
        }
        self.retry_at = None;
        let mut files = 0;
        let rewritten = loop {
            match self.rewrite_one().await {
                Ok(true) => files += 1,
                Ok(false) => break self.scrub().await.map(|()| files),
                Err(error) => break Err(error),
            }
        };
        if rewritten.is_err() {
            self.retry_at = now
                .checked_add(Duration::from_secs(RETRY_SECONDS.unsigned_abs()))
                .ok();
        }
        rewritten
    }

    /// Writes the database anew where something in it was to be forgotten.
    async fn scrub(&mut self) -> Result<(), ArchiveError> {
        if !self.is_scrub_due {
            return Ok(());
        }
        let needed = self.appender.with_writer(|writer| writer.scrub_bytes());
        let needed = needed.await?;
        self.check_room_for(needed)?;
        let began = self.clock.now();
        tracing::info!(
            bytes = needed / 2,
            "writing the database of the log anew without what was forgotten; new items wait for that"
        );
        self.appender.with_writer(|writer| writer.scrub()).await?;
        let seconds = self.clock.now().duration_since(began).as_secs();
        tracing::info!(seconds, "the database of the log is written anew");
        self.is_scrub_due = false;
        self.is_journal_due = true;
        Ok(())
    }

    /// The last bytes of the disk are for alerts: a file is written anew only beside them.
    fn check_room_for(&self, bytes: u64) -> Result<(), ArchiveError> {
        let reserve = self.keep.disk_floor / 8;
        match self.space.free_bytes() {
            Ok(free) if reserve > 0 && free < bytes.saturating_add(reserve) => {
                Err(ArchiveError::NoRoom {
                    needed: bytes + reserve,
                    free,
                })
            }
            _ => Ok(()),
        }
    }

    async fn rewrite_one(&self) -> Result<bool, ArchiveError> {
        let begun = self
            .appender
            .with_writer(|writer| writer.begin_rewriting())
            .await?;
        let Some(rewriting) = begun else {
            return Ok(false);
        };
        self.check_room_for(rewriting.bytes())?;
        let rewritten = tokio::task::spawn_blocking(move || rewriting.write())
            .await
            .map_err(|error| ArchiveError::Closed(error.to_string()))??;
        self.appender
            .with_writer(move |writer| writer.end_rewriting(&rewritten))
            .await?;
        Ok(true)
    }
}

/// How old something may be, and when what is just too old began.
fn before(now: Timestamp, age: Option<Duration>) -> Option<(Duration, Timestamp)> {
    let age = age?;
    Some((age, now.checked_sub(age).ok()?))
}
