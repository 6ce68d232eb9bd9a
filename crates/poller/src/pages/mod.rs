//! The pages of articles: fetched beside the polls, for sources that ask for it (`article = true`).
//!
//! Follows the log by a cursor, as every reader of it does: each new item, and each new wording of
//! one, has its page fetched once. What the page says becomes a wording of the item, with the page as
//! its capture; it is no sighting, so that the next poll, which shows the summary again, changes
//! nothing. The page adds its text, and what the newest wording leaves empty; nothing that a source
//! has corrected meanwhile goes back. The cursor is in the log from the start, and goes on with the
//! pages: after a restart what was waiting waits again.
//!
//! Polite: each request goes through the poller's own [`Fetcher`](crate::fetch::Fetcher) and as
//! `robots.txt` of the host allows, one page of a host at a time with a pause between; a redirect is a
//! request like any other, and waits for its turn where it leads to another host. A page that stands
//! in the way, or has no text, leaves the item as it is; the answer is kept all the same.

mod asking;
mod cursor;
mod queues;

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwether_archive::{ArchiveError, EntryBody, LogReader, Room};
use bellwether_model::{CaptureId, Item, ItemId, Seq, SourceId, Timestamp};
use bellwether_outbound::host_of;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;

use crate::address;
use crate::fetch::Robots;
use crate::poller::{PollError, Poller};
use asking::{Became, Ended};
use cursor::Cursor;
use queues::Queues;

/// How often the log is looked at, where it has nothing new.
const TICK: Duration = Duration::from_secs(1);

/// Entries of the log read at one look. A backlog is read in as many looks as it takes, and what else
/// is to be done has its turn between.
const ENTRIES: usize = 100;

/// Between two pages of a host that asks for no pause of its own.
const PAUSE: Duration = Duration::from_secs(1);

/// Older articles of a first poll or an archive are left alone.
const AGE_MAX: Duration = Duration::from_secs(3 * 86_400);

/// Attempts at a page, and the wait before the next, times the attempts so far.
const ATTEMPTS_MAX: u32 = 3;
const RETRY_AFTER: Duration = Duration::from_secs(300);

/// A longer wait than this is as good as never.
const WAIT_MAX: Duration = Duration::from_secs(86_400);

const REDIRECTS_MAX: u8 = 5;

/// Pages read at once: reading keeps a core busy, and takes many times the bytes of a page.
const READ_AT_ONCE: usize = 2;

/// A cursor that has moved without a page is kept this often.
const CURSOR_EVERY: Duration = Duration::from_secs(60);

/// Under this the cursor is kept. No source can have the name.
const CURSOR: &str = "work:pages";

/// What came of fetching pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PagesReport {
    /// Pages whose text is in the log.
    pub read: u32,
    /// Pages that wait for another attempt, or for their turn.
    pub waiting: u32,
    /// Pages that were given up, with host and reason, in no order.
    pub given_up: Vec<(SourceId, String)>,
}

/// A page to be fetched.
#[derive(Debug, Clone)]
struct Wanted {
    /// The place in the log that asked for it.
    seq: Seq,
    item: ItemId,
    source: SourceId,
    /// The address that the source gave.
    listed: String,
    /// The address to ask: the same, or where redirects led.
    url: String,
    redirects: u8,
    attempts: u32,
}

/// What all that is under way shares.
struct Shared<'p> {
    poller: &'p Poller,
    robots: Robots,
    reading: Semaphore,
    reader: Mutex<LogReader>,
    cursor: Mutex<Cursor>,
}

impl Shared<'_> {
    fn reader(&self) -> MutexGuard<'_, LogReader> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cursor(&self) -> MutexGuard<'_, Cursor> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches the pages that a poller's items ask for.
pub struct Pages<'p> {
    shared: Arc<Shared<'p>>,
    queues: Queues,
    /// Items whose page waits and was not asked for yet: another wording asks for nothing more.
    listed: HashSet<ItemId>,
    under_way: FuturesUnordered<BoxFuture<'p, Result<Ended, PollError>>>,
    /// The hosts whose pause is not over.
    pauses: FuturesUnordered<BoxFuture<'p, String>>,
    pause: Duration,
    cursor_kept_at: Timestamp,
}

impl<'p> Pages<'p> {
    /// Goes on where the log says that fetching ended. Where it never began, it begins at the log's end,
    /// and the log is told so: what is polled from now on has its pages fetched, be it after a
    /// restart.
    ///
    /// # Errors
    /// Where the log cannot be read, or does not keep the beginning.
    pub async fn new(poller: &'p Poller, reader: LogReader) -> Result<Self, PollError> {
        let kept = reader.poll_state(&SourceId::new(CURSOR))?;
        let head = reader.head()?.seq;
        let kept = kept.and_then(|text| text.parse().ok()).map(Seq);
        let pages = Self {
            shared: Arc::new(Shared {
                poller,
                robots: Robots::new(poller.fetcher().clone(), poller.clock().clone()),
                reading: Semaphore::new(READ_AT_ONCE),
                reader: Mutex::new(reader),
                cursor: Mutex::new(Cursor::new(kept.unwrap_or(head))),
            }),
            queues: Queues::default(),
            listed: HashSet::new(),
            under_way: FuturesUnordered::new(),
            pauses: FuturesUnordered::new(),
            pause: PAUSE,
            cursor_kept_at: poller.clock().now(),
        };
        if kept.is_none() && pages.is_wanted() {
            pages.keep_cursor(head).await?;
        }
        Ok(pages)
    }

    /// With another pause between two pages of a host that asks for none.
    #[must_use]
    pub fn pausing(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Fetches until `shutdown`.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn run(&mut self, shutdown: impl Future<Output = ()>) -> Result<(), PollError> {
        let mut shutdown = pin!(shutdown);
        if !self.is_wanted() {
            shutdown.await;
            return Ok(());
        }
        let mut report = PagesReport::default();
        loop {
            let is_behind = self.advance(&mut report)?;
            for (source, reason) in report.given_up.drain(..) {
                tracing::warn!(%source, reason, "page of an article is not read");
            }
            let kept_for = time_since(self.cursor_kept_at, self.shared.poller.clock().now());
            if kept_for >= CURSOR_EVERY {
                self.keep_cursor_that_moved().await?;
            }
            let longest = if is_behind { Duration::ZERO } else { TICK };
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                waited = self.wait(longest, &mut report) => waited?,
            }
        }
    }

    /// Reads the log to its end, and fetches all pages that may be asked for now, however long their
    /// hosts' pauses take. Those of hosts that fail wait for another time.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn catch_up(&mut self) -> Result<PagesReport, PollError> {
        let mut report = PagesReport::default();
        loop {
            let is_behind = self.advance(&mut report)?;
            let now = self.shared.poller.clock().now();
            let is_any_due = self.has_room() && self.queues.is_any_due(now);
            if !is_behind && self.under_way.is_empty() && !is_any_due {
                break;
            }
            let longest = if is_behind { Duration::ZERO } else { TICK };
            self.wait(longest, &mut report).await?;
        }
        self.keep_cursor_that_moved().await?;
        report.waiting = u32::try_from(self.queues.waiting()).unwrap_or(u32::MAX);
        Ok(report)
    }

    fn is_wanted(&self) -> bool {
        let mut sources = self.shared.poller.sources();
        sources.any(|source| source.reading.article)
    }

    /// Whether the disk has room for pages.
    fn has_room(&self) -> bool {
        self.shared.poller.room() == Room::Ample
    }

    /// Reads on in the log, and asks for what may be asked for. Whether there is more to read at once.
    fn advance(&mut self, report: &mut PagesReport) -> Result<bool, PollError> {
        if !self.has_room() {
            // What waits goes on waiting, and the cursor in the log with it.
            return Ok(false);
        }
        let is_behind = self.look(report)?;
        let now = self.shared.poller.clock().now();
        while let Some(wanted) = self.queues.start(now) {
            self.listed.remove(&wanted.item);
            let shared = Arc::clone(&self.shared);
            self.under_way
                .push(Box::pin(async move { asking::ask(&shared, wanted).await }));
        }
        Ok(is_behind)
    }

    /// Waits until a page has ended, the pause of a host is over, or so long.
    async fn wait(&mut self, longest: Duration, report: &mut PagesReport) -> Result<(), PollError> {
        tokio::select! {
            Some(ended) = self.under_way.next(), if !self.under_way.is_empty() => {
                self.end(ended?, report);
            }
            Some(host) = self.pauses.next(), if !self.pauses.is_empty() => {
                self.queues.pause_over(&host);
            }
            () = tokio::time::sleep(longest) => {}
        }
        Ok(())
    }

    fn end(&mut self, ended: Ended, report: &mut PagesReport) {
        let Ended {
            mut wanted,
            became,
            is_slow,
            pause,
        } = ended;
        let host = host_of(&wanted.url);
        let pause = pause.map_or(Duration::ZERO, |asked| asked.max(self.pause));
        self.queues.end(&host, is_slow, !pause.is_zero());
        if !pause.is_zero() {
            let host = host.clone();
            self.pauses.push(Box::pin(async move {
                tokio::time::sleep(pause).await;
                host
            }));
        }
        let left_out = match became {
            Became::Read => {
                report.read += 1;
                return;
            }
            Became::GivenUp(why) => return self.give_up(&wanted, &why, report),
            Became::Moved(_) if wanted.redirects >= REDIRECTS_MAX => {
                let why = format!("more than {REDIRECTS_MAX} redirects");
                return self.give_up(&wanted, &why, report);
            }
            Became::Moved(url) => {
                self.listed.insert(wanted.item);
                wanted.redirects += 1;
                wanted.url = url;
                if host_of(&wanted.url) == host {
                    self.queues.push_first(wanted)
                } else {
                    self.queues.push(wanted)
                }
            }
            Became::Later { wait, why } => {
                wanted.attempts += 1;
                if wanted.attempts >= ATTEMPTS_MAX {
                    return self.give_up(&wanted, &why, report);
                }
                // A host that asks to be left alone is, with all that waits for it.
                let wait = wait.max(RETRY_AFTER * wanted.attempts).min(WAIT_MAX);
                let until = self.shared.poller.clock().now().checked_add(wait);
                self.listed.insert(wanted.item);
                self.queues
                    .leave_alone(&host, until.unwrap_or(Timestamp::MAX));
                self.queues.push(wanted)
            }
        };
        self.leave_out(left_out, report);
    }

    fn leave_out(&mut self, wanted: Option<Wanted>, report: &mut PagesReport) {
        if let Some(wanted) = wanted {
            self.listed.remove(&wanted.item);
            let why = "more pages of this host wait than it can be asked for";
            self.give_up(&wanted, why, report);
        }
    }

    fn give_up(&self, wanted: &Wanted, why: &str, report: &mut PagesReport) {
        self.shared.cursor().finish(wanted.seq);
        let why = format!("{}: {why}", host_of(&wanted.url));
        report.given_up.push((wanted.source.clone(), why));
    }

    async fn keep_cursor_that_moved(&mut self) -> Result<(), PollError> {
        self.cursor_kept_at = self.shared.poller.clock().now();
        let moved_to = self.shared.cursor().take_moved();
        match moved_to {
            Some(seq) if self.is_wanted() => self.keep_cursor(seq).await,
            _ => Ok(()),
        }
    }

    async fn keep_cursor(&self, seq: Seq) -> Result<(), PollError> {
        let (cursor, seq) = (SourceId::new(CURSOR), seq.0.to_string());
        self.shared.poller.remember(cursor, seq).await
    }

    /// Reads a bounded number of entries. Whether there are more.
    fn look(&mut self, report: &mut PagesReport) -> Result<bool, PollError> {
        let poller = self.shared.poller;
        // While a page is on its way into the log it is not known which wording will be our own.
        let Ok(_none) = poller.wordings().try_read() else {
            return Ok(false);
        };
        let read_to = self.shared.cursor().read_to();
        let entries = self.shared.reader().entries_after(read_to, ENTRIES)?;
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            return Ok(false);
        };
        let is_behind = entries.len() == ENTRIES;
        for entry in entries {
            let (EntryBody::Item(id) | EntryBody::Version(id)) = entry.body else {
                continue;
            };
            if self.shared.cursor().is_own(entry.seq) || self.listed.contains(&id) {
                continue;
            }
            if let Some(wanted) = self.wanted(entry.seq, id)? {
                self.shared.cursor().begin(wanted.seq);
                self.listed.insert(id);
                let left_out = self.queues.push(wanted);
                self.leave_out(left_out, report);
            }
        }
        self.shared.cursor().read_on(last);
        Ok(is_behind)
    }

    fn wanted(&self, seq: Seq, id: ItemId) -> Result<Option<Wanted>, ArchiveError> {
        let reader = self.shared.reader();
        let Some(item) = reader.item(id)? else {
            return Ok(None);
        };
        let now = self.shared.poller.clock().now();
        let source = item
            .sources
            .iter()
            .filter_map(|id| self.shared.poller.source(id))
            .find(|source| source.reading.article);
        let is_recent = now
            .checked_sub(AGE_MAX)
            .is_ok_and(|earliest| earliest <= item.time);
        let (Some(source), Some(url)) = (source, item.url.clone()) else {
            return Ok(None);
        };
        if !is_recent || item.imported_at.is_some() || is_read(&reader, &item, seq)? {
            return Ok(None);
        }
        Ok(Some(Wanted {
            seq,
            item: id,
            source: source.id.clone(),
            listed: url.clone(),
            url,
            redirects: 0,
            attempts: 0,
        }))
    }
}

/// How long one time is after another; a clock that was set back says "for ever", which costs nothing.
fn time_since(before: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(before)).unwrap_or(Duration::MAX)
}

/// Whether the page of a wording was read: so it is after a restart, for pages that were read while
/// others before them waited. One that a redirect led elsewhere is asked for once more then.
fn is_read(reader: &LogReader, item: &Item, seq: Seq) -> Result<bool, ArchiveError> {
    if item.versions < 2 {
        return Ok(false);
    }
    let mut asked_for = None;
    for version in reader.versions(item.id)? {
        let page = match version.number {
            1 => None,
            _ => page_at(reader, item, version.capture)?,
        };
        if version.seq == seq {
            if page.is_some() {
                return Ok(true);
            }
            asked_for = Some(version.seen);
        } else if let (Some(asked_for), Some(began)) = (asked_for, page)
            && began >= asked_for
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When the page was asked for that holds a wording; `None` where a list of a source holds it.
fn page_at(
    reader: &LogReader,
    item: &Item,
    capture: CaptureId,
) -> Result<Option<Timestamp>, ArchiveError> {
    let Some(url) = &item.url else {
        return Ok(None);
    };
    let capture = reader.capture(capture)?;
    let is_page = |uri: &str| address::canonical(uri) == address::canonical(url);
    Ok(capture.and_then(|capture| is_page(&capture.uri).then_some(capture.at)))
}
