//! The pages of articles: fetched beside the polls, for sources that ask for it (`article = true`).
//!
//! Follows the log by a cursor, as every reader of it does: each new item, and each new wording of
//! one, has its page fetched once. What the page says becomes a wording of the item, with the page as
//! its capture; it is no sighting, so that the next poll, which shows the summary again, changes
//! nothing. The cursor goes into the log with the pages: after a restart what was waiting waits again.
//!
//! Polite: asks as `robots.txt` allows, through the poller's own [`Fetcher`](crate::Fetcher), one page
//! of a host at a time with a pause between. A page that stands in the way, or has no text, leaves the
//! item as it is; the answer is kept all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bellwether_archive::{
    ArchiveError, Batch, CaptureKind, EntryBody, LogReader, NewCapture, NewItem,
};
use bellwether_model::{Item, ItemId, Seq, Source, SourceId, SourceKind, Timestamp};
use bellwether_outbound::{Method, Request, Response, host_of};
use futures_util::StreamExt;

use crate::adapters::{self, Document};
use crate::address;
use crate::answer::{Answer, Failure};
use crate::article::Article;
use crate::article::bounds::PAGE_BYTES_MAX;
use crate::fetch::{Permission, Robots};
use crate::poller::{PollError, Poller};

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

/// Attempts at a page, and the wait before the next, times the attempts so far.
const ATTEMPTS_MAX: u32 = 3;
const RETRY_AFTER: Duration = Duration::from_secs(300);

/// A longer wait than this is as good as never.
const WAIT_MAX: Duration = Duration::from_secs(86_400);

const REDIRECTS_MAX: u8 = 5;

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
    Later(Wanted),
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
                    Done::Later(wanted) => later.push(wanted),
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

/// What the pages of one round share.
struct Round<'a> {
    poller: &'a Poller,
    robots: &'a Robots,
    own: &'a Mutex<BTreeSet<Seq>>,
    unfinished: &'a Mutex<BTreeSet<Seq>>,
    read_to: Seq,
    pause: Duration,
}

impl Round<'_> {
    /// One page after another.
    async fn host(&self, wanted: Vec<Wanted>) -> Result<Vec<Done>, PollError> {
        let mut done = Vec::with_capacity(wanted.len());
        let mut pause = None;
        let mut wanted = wanted.into_iter();
        while let Some(page) = wanted.next() {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            let permission = self.robots.may_read(&page.url).await;
            let Permission::Granted { pause: asked } = permission else {
                done.push(self.forbidden(page, permission));
                continue;
            };
            pause = Some(asked.unwrap_or_default().max(self.pause));
            let page = self.page(page).await?;
            // A host that asks to be left alone is.
            let wait = match &page {
                Done::Later(page) => Some(page.not_before),
                _ => None,
            };
            done.push(page);
            if let Some(not_before) = wait {
                done.extend(
                    wanted
                        .by_ref()
                        .map(|page| Done::Later(Wanted { not_before, ..page })),
                );
            }
        }
        Ok(done)
    }

    fn forbidden(&self, page: Wanted, permission: Permission) -> Done {
        match permission {
            Permission::Unknown(why) => self.later(page, None, &why),
            _ => self.given_up(&page, "robots.txt asks programs not to read it"),
        }
    }

    fn later(&self, page: Wanted, wait: Option<Duration>, why: &str) -> Done {
        let attempts = page.attempts + 1;
        if attempts >= ATTEMPTS_MAX {
            return self.given_up(&page, why);
        }
        let wait = wait
            .unwrap_or_default()
            .max(RETRY_AFTER * attempts)
            .min(WAIT_MAX);
        let now = self.poller.clock().now();
        Done::Later(Wanted {
            attempts,
            not_before: now.checked_add(wait).unwrap_or(Timestamp::MAX),
            ..page
        })
    }

    fn given_up(&self, page: &Wanted, why: &str) -> Done {
        self.finish(page.seq);
        Done::GivenUp(
            page.listed.source.clone(),
            format!("{}: {why}", host_of(&page.url)),
        )
    }

    /// The cursor that is right once this page is done.
    fn finish(&self, seq: Seq) -> Seq {
        let mut unfinished = self
            .unfinished
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unfinished.remove(&seq);
        unfinished
            .first()
            .map_or(self.read_to, |first| Seq(first.0.saturating_sub(1)))
    }

    async fn page(&self, page: Wanted) -> Result<Done, PollError> {
        let clock = self.poller.clock();
        let began = clock.now();
        let mut headers = vec![("accept".to_owned(), "text/html, */*;q=0.1".to_owned())];
        for (name, value) in adapters::headers(page.kind) {
            headers.retain(|(known, _)| known != name);
            headers.push(((*name).to_owned(), (*value).to_owned()));
        }
        let request = Request {
            method: Method::Get,
            url: &page.url,
            headers,
            body: None,
            body_bytes_max: PAGE_BYTES_MAX as u64,
            redirects_max: REDIRECTS_MAX,
        };
        let result = self.poller.fetcher().send(request).await;
        let _receiving = self.poller.receiving().read().await;
        let seen = clock.now();
        let response = match Answer::of(result, false, seen) {
            Answer::Document(response) => response,
            Answer::NotModified(_) => return Ok(self.given_up(&page, "an answer of no meaning")),
            Answer::Failure(failure) => return Ok(self.failed(page, &failure)),
        };
        let kind = page.kind;
        let read = tokio::task::spawn_blocking(move || {
            let article = adapters::article(
                kind,
                &Document {
                    body: &response.body,
                    content_type: response.header("content-type"),
                    link: None,
                    url: &response.url,
                },
            );
            (article, response)
        })
        .await;
        let Ok((article, response)) = read else {
            return Ok(self.given_up(&page, "reading the page failed"));
        };
        let item = article
            .as_ref()
            .ok()
            .and_then(|article| whole(&page.listed, article, seen));
        let mut batch = Batch::new(seen);
        batch.capture = Some(capture(response, began));
        batch.page_of = Some(page.item);
        batch.items = item.into_iter().collect();
        let cursor = self.finish(page.seq);
        batch.poll_state = Some((SourceId::new(CURSOR), cursor.0.to_string()));
        let receipt = self.poller.append(batch).await?;
        if receipt.counts().1 > 0 {
            self.own
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(receipt.seq);
        }
        Ok(match article {
            Ok(_) => Done::Read,
            Err(reason) => self.given_up(&page, &reason.to_string()),
        })
    }

    fn failed(&self, page: Wanted, failure: &Failure) -> Done {
        let is_final = failure.status.is_some_and(|status| {
            (400..500).contains(&status) && !matches!(status, 408 | 425 | 429)
        });
        if is_final {
            self.given_up(&page, &failure.error)
        } else {
            self.later(page, failure.retry_after, &failure.error)
        }
    }
}

fn capture(response: Response, began: Timestamp) -> NewCapture {
    NewCapture {
        uri: response.url,
        at: began,
        kind: CaptureKind::Response {
            status: response.status,
            headers: response.headers,
        },
        body: response.body,
    }
}

/// The item with the text of its page; `None` where the source itself showed more than that.
fn whole(listed: &NewItem, article: &Article, seen: Timestamp) -> Option<NewItem> {
    if listed.text.len() > article.text.len() {
        return None;
    }
    let title = if listed.title.is_empty() {
        article.title.clone()
    } else {
        listed.title.clone()
    };
    Some(NewItem {
        title,
        text: article.text.clone(),
        lang_declared: listed
            .lang_declared
            .clone()
            .or_else(|| article.lang.clone()),
        published: listed.published.or(article.published),
        published_raw: listed
            .published_raw
            .clone()
            .or_else(|| article.published_raw.clone()),
        seen,
        ..listed.clone()
    })
}
