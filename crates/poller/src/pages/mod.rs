//! The pages of articles: fetched beside the polls, for sources that ask for it (`article = true`).
//!
//! Follows the log by a cursor, as every reader of it does: each new item, and each new wording of
//! one, has its page fetched once. What the page says becomes a wording of the item, with the page as
//! its capture; it is no sighting, so that the next poll, which shows the summary again, changes
//! nothing. The cursor goes into the log with the pages: after a restart what was waiting
//! waits again, but for what came before the first page of all was kept.
//!
//! Polite: asks as `robots.txt` allows, through the poller's own [`Fetcher`](crate::fetch::Fetcher), one page
//! of a host at a time with a pause between. A page that stands in the way, or has no text, leaves the
//! item as it is; the answer is kept all the same.

mod round;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bellwether_archive::{ArchiveError, EntryBody, LogReader, NewItem};
use bellwether_model::{Item, ItemId, Seq, Source, SourceId, SourceKind, Timestamp};
use bellwether_outbound::host_of;
use futures_util::StreamExt;

use crate::address;
use crate::fetch::Robots;
use crate::poller::{PollError, Poller};
use round::Round;

/// How often the log is looked at.
const TICK: Duration = Duration::from_secs(1);

/// Entries of the log read at once.
const ENTRIES: usize = 500;

/// Pages that wait at most; the log is not read further until there is room.
const WAITING_MAX: usize = 20_000;

/// Pages asked of one host before the others have their turn again.
const PER_HOST: usize = 20;

/// Hosts asked at once.
const HOSTS_AT_ONCE: usize = 8;

/// Between two pages of a host that asks for no pause of its own.
const PAUSE: Duration = Duration::from_secs(1);

/// Older articles of a first poll or an archive are left alone.
const AGE_MAX: Duration = Duration::from_secs(3 * 86_400);

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
    /// What is to be appended, with the text that the source showed.
    listed: NewItem,
    kind: SourceKind,
    url: String,
    attempts: u32,
    not_before: Timestamp,
}

enum Done {
    Read,
    Later(Box<Wanted>),
    GivenUp(SourceId, String),
}

/// Fetches the pages that a poller's items ask for.
pub struct Pages<'p> {
    poller: &'p Poller,
    reader: LogReader,
    robots: Robots,
    read_to: Seq,
    waiting: Vec<Wanted>,
    /// Places in the log of wordings that came from here.
    own: Mutex<BTreeSet<Seq>>,
    pause: Duration,
}

impl<'p> Pages<'p> {
    /// Goes on where the log says that fetching ended; on a log where it never began, from its end.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn new(poller: &'p Poller, reader: LogReader) -> Result<Self, PollError> {
        let kept = reader.poll_state(&SourceId::new(CURSOR))?;
        let read_to = match kept.and_then(|text| text.parse().ok()) {
            Some(seq) => Seq(seq),
            None => reader.head()?.seq,
        };
        Ok(Self {
            poller,
            reader,
            robots: Robots::new(poller.fetcher().clone(), poller.clock().clone()),
            read_to,
            waiting: Vec::new(),
            own: Mutex::default(),
            pause: PAUSE,
        })
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
        if !self.poller.sources().any(|source| source.reading.article) {
            shutdown.await;
            return Ok(());
        }
        loop {
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                report = self.catch_up() => {
                    for (source, reason) in report?.given_up {
                        tracing::warn!(%source, reason, "page of an article is not read");
                    }
                }
            }
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Fetches one round: of each host that is due, the pages that have waited longest.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn catch_up(&mut self) -> Result<PagesReport, PollError> {
        self.read_log()?;
        let now = self.poller.clock().now();
        let mut hosts: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
        let mut later = Vec::new();
        for wanted in std::mem::take(&mut self.waiting) {
            let of_host = hosts.entry(host_of(&wanted.url)).or_default();
            if wanted.not_before <= now && of_host.len() < PER_HOST {
                of_host.push(wanted);
            } else {
                later.push(wanted);
            }
        }
        let unfinished = Mutex::new(
            later
                .iter()
                .chain(hosts.values().flatten())
                .map(|wanted| wanted.seq)
                .collect(),
        );
        let round = Round {
            poller: self.poller,
            robots: &self.robots,
            own: &self.own,
            unfinished: &unfinished,
            read_to: self.read_to,
            pause: self.pause,
        };
        let mut report = PagesReport::default();
        let mut ended = futures_util::stream::iter(hosts.into_values())
            .map(|wanted| round.host(wanted))
            .buffer_unordered(HOSTS_AT_ONCE);
        while let Some(host) = ended.next().await {
            for done in host? {
                match done {
                    Done::Read => report.read += 1,
                    Done::Later(wanted) => later.push(*wanted),
                    Done::GivenUp(source, reason) => report.given_up.push((source, reason)),
                }
            }
        }
        drop(ended);
        report.waiting = u32::try_from(later.len()).unwrap_or(u32::MAX);
        later.sort_by_key(|wanted| wanted.seq);
        self.waiting = later;
        Ok(report)
    }

    fn read_log(&mut self) -> Result<(), ArchiveError> {
        while self.waiting.len() < WAITING_MAX {
            let entries = self.reader.entries_after(self.read_to, ENTRIES)?;
            let Some(last) = entries.last() else {
                return Ok(());
            };
            let read_to = last.seq;
            for entry in entries {
                let (EntryBody::Item(id) | EntryBody::Version(id)) = entry.body else {
                    continue;
                };
                let is_own = {
                    let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
                    own.remove(&entry.seq)
                };
                if is_own || self.waiting.iter().any(|wanted| wanted.item == id) {
                    continue;
                }
                let wanted = match self.reader.item(id)? {
                    Some(item) => self.wanted(entry.seq, item)?,
                    None => None,
                };
                self.waiting.extend(wanted);
            }
            self.read_to = read_to;
        }
        Ok(())
    }

    fn wanted(&self, seq: Seq, item: Item) -> Result<Option<Wanted>, ArchiveError> {
        let now = self.poller.clock().now();
        let source = item
            .sources
            .iter()
            .filter_map(|id| self.poller.source(id))
            .find(|source| source.reading.article);
        let is_recent = now
            .checked_sub(AGE_MAX)
            .is_ok_and(|earliest| earliest <= item.time);
        let (Some(source), Some(url)) = (source, item.url.clone()) else {
            return Ok(None);
        };
        if !is_recent || item.imported_at.is_some() || self.is_read(&item, &url)? {
            return Ok(None);
        }
        Ok(Some(Wanted {
            seq,
            item: item.id,
            kind: source.kind,
            listed: listed(source, item),
            url,
            attempts: 0,
            not_before: now,
        }))
    }

    /// Whether the present wording is that of the page: so it is after a restart, for pages that were
    /// read while others before them waited.
    fn is_read(&self, item: &Item, url: &str) -> Result<bool, ArchiveError> {
        if item.versions < 2 {
            return Ok(false);
        }
        let capture = self.reader.capture(item.capture)?;
        let canonical = address::canonical(url);
        Ok(capture.is_some_and(|capture| address::canonical(&capture.uri) == canonical))
    }
}

fn listed(source: &Source, item: Item) -> NewItem {
    NewItem {
        source: source.id.clone(),
        publisher: item.publisher,
        identities: Vec::new(),
        guid: item.guid,
        url: item.url,
        platform: item.platform,
        lang_declared: item.lang_declared,
        title: item.title,
        text: item.text,
        seen: item.seen,
        published: item.published,
        published_raw: item.published_raw,
        time: item.time,
        time_reason: item.time_reason,
        locator: None,
    }
}
