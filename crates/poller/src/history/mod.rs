//! The past of sources as they themselves still show it, into the log: `import --history`.
//!
//! | kind | leads back by |
//! |---|---|
//! | telegram, mastodon, bluesky, ptt | what a page says is older |
//! | feed | links to older pages (RFC 5005, JSON Feed), the numbered pages of WordPress |
//! | sitemap | the sitemaps of its index, newest first |
//! | youtube, page | nothing: said in the report |
//!
//! It is an import: items have the time that their source claims, and `imported_at`. What lies between
//! them counts as collected where they follow each other as closely as they are wont to, unless polls
//! read the pages of articles, which a history does not. Nothing of it may look like something that happens now: what has
//! no time of its own is left out, and what is dated within the last day (or a longer window of a
//! rule) is left to polls, since a site may date all its pages anew.
//!
//! Polite: `robots.txt` of every host is obeyed, where a redirect leads too; one request at a time to a
//! host, with pauses; a server that asks to be left alone is, in later runs as well. Bounded in pages. One page is one batch of the log with the place where to go on.

mod asking;
mod place;
mod report;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use bellwether_archive::{Appender, ArchiveError, Batch, CaptureKind, LogReader, NewCapture};
use bellwether_model::{Clock, Source, SourceId, SourceKind, Span, Timestamp};
use bellwether_outbound::{Outbound, Response, host_of};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::adapters::{self, Document, Listing, NotRead, sitemap};
use crate::answer::Answer;
use crate::date::Place as Speaks;
use crate::fetch::{Fetcher, Robots};
use crate::poller::at_its_addresses;
use crate::state::PollState;
use asking::{host_key, left_alone};
use place::{End, LeftOut, Place, Wanted, follower};

pub use report::{HistoryEnd, HistoryProgress, HistoryReport, HistorySettings, RECENT_MIN};

/// Hosts asked at once.
const HOSTS_AT_ONCE: usize = 8;

/// A page is asked for so often before its source is given up for this run.
const ATTEMPTS_MAX: u32 = 3;

/// After a failure, times the number of failures.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// A server that asks to be left alone for longer ends the run of its source.
const WAIT_MAX: Duration = Duration::from_secs(10 * 60);

/// Reads the past of sources.
pub struct History<'a> {
    fetcher: Fetcher,
    robots: Robots,
    appender: &'a Appender,
    clock: Arc<dyn Clock>,
    settings: HistorySettings,
}

impl<'a> History<'a> {
    /// Asks through `outbound`, appends to a log.
    #[must_use]
    pub fn new(
        outbound: Outbound,
        appender: &'a Appender,
        clock: Arc<dyn Clock>,
        settings: HistorySettings,
    ) -> Self {
        let fetcher = Fetcher::new(outbound, HOSTS_AT_ONCE, 1);
        Self {
            robots: Robots::new(fetcher.clone(), Arc::clone(&clock)),
            fetcher,
            appender,
            clock,
            settings,
        }
    }

    /// Reads the past of some sources: those of one host one after another, hosts beside each other.
    /// Reports come in the order of the sources' ids.
    ///
    /// # Errors
    /// Where the log cannot keep what comes; what was read before is in it.
    pub async fn read(
        &self,
        sources: Vec<Source>,
        log: &LogReader,
        each: &(dyn Fn(HistoryProgress) + Sync),
    ) -> Result<Vec<HistoryReport>, ArchiveError> {
        let wanted = self.wanted();
        let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
        for source in sources {
            let source = at_its_addresses(source);
            let Some(url) = source.url.clone() else {
                continue;
            };
            let kept = match self.settings.again {
                true => None,
                false => log.poll_state(&follower(&source.id))?,
            };
            let polled = PollState::read(log.poll_state(&source.id)?.as_deref());
            let name = host_of(&url);
            let host = match hosts.entry(name.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Host {
                    left_alone: left_alone(log.poll_state(&host_key(&name))?, wanted.now),
                    sources: Vec::new(),
                }),
            };
            host.sources.push(Past {
                place: Place::read(kept.as_deref(), &url, wanted.span.from),
                trust_guids: !polled.guids.are_reused,
                host: name,
                source,
            });
        }
        let mut waiting = hosts.into_values();
        let mut under_way = FuturesUnordered::new();
        let mut reports = Vec::new();
        loop {
            while under_way.len() < HOSTS_AT_ONCE
                && let Some(host) = waiting.next()
            {
                under_way.push(self.host(host, each));
            }
            match under_way.next().await {
                Some(of_host) => reports.append(&mut of_host?),
                None => break,
            }
        }
        reports.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(reports)
    }

    async fn host(
        &self,
        host: Host,
        each: &(dyn Fn(HistoryProgress) + Sync),
    ) -> Result<Vec<HistoryReport>, ArchiveError> {
        let mut reports = Vec::new();
        let mut left_alone = host.left_alone;
        for past in host.sources {
            let mut reading = Reading::of(past, self.settings.pause);
            let end = match &left_alone {
                // What a server asks is asked for all its sources.
                Some(why) => HistoryEnd::Waiting(why.clone()),
                None => self.source(&mut reading, each).await?,
            };
            if let HistoryEnd::Waiting(why) = &end {
                left_alone = Some(why.clone());
            }
            reports.push(reading.report(end));
        }
        Ok(reports)
    }

    fn wanted(&self) -> Wanted {
        let now = self.clock.now();
        let before = |by: Duration| now.checked_sub(by).unwrap_or(Timestamp::MIN);
        Wanted {
            span: Span {
                from: before(self.settings.back),
                to: before(self.settings.recent.max(RECENT_MIN)),
            },
            now,
        }
    }

    async fn source(
        &self,
        reading: &mut Reading,
        each: &(dyn Fn(HistoryProgress) + Sync),
    ) -> Result<HistoryEnd, ArchiveError> {
        let kind = reading.past.source.kind;
        if matches!(kind, SourceKind::Youtube | SourceKind::Page) {
            return Ok(HistoryEnd::NoWayBack(place::no_way(kind).to_owned()));
        }
        // One stretch for the whole run, so that its end does not move on while pages are read.
        let wanted = self.wanted();
        loop {
            if reading.past.place.has_reached(kind, &wanted) {
                return Ok(HistoryEnd::Reached);
            }
            if let Some(end) = &reading.past.place.end {
                return Ok(match end {
                    End::Beginning => HistoryEnd::Beginning,
                    End::NoWayBack(why) => HistoryEnd::NoWayBack(why.clone()),
                });
            }
            if reading.pages >= self.settings.pages_max {
                return Ok(HistoryEnd::Bounded);
            }
            let Some(step) = reading.past.place.next(&wanted) else {
                return Ok(HistoryEnd::Reached);
            };
            let url = step.named.url.clone();
            let ended = self.page(reading, &url, &wanted).await?;
            if let Some(HistoryEnd::Refused(_) | HistoryEnd::Failed(_)) = ended
                && reading.passed_over < reading.past.place.queue.len()
                && reading.past.place.pass_over()
            {
                reading.passed_over += 1;
                continue;
            }
            if let Some(end) = ended {
                return Ok(end);
            }
            each(HistoryProgress {
                source: reading.past.source.id.clone(),
                pages: reading.pages,
                back_to: reading.past.place.reach,
            });
        }
    }

    /// Reads one page into the log. `Some` where the source ends with it for this run.
    async fn page(
        &self,
        reading: &mut Reading,
        url: &str,
        wanted: &Wanted,
    ) -> Result<Option<HistoryEnd>, ArchiveError> {
        let mut failures = 0;
        loop {
            let (began, answer) = match self.ask(reading, url).await {
                Ok(asked) => asked,
                Err(end) => return Ok(Some(end)),
            };
            let failure = match answer {
                Answer::Document(response) => match read(&reading.past.source, &response).await {
                    Ok(listing) => {
                        let wanted = Wanted {
                            now: self.clock.now(),
                            ..*wanted
                        };
                        self.keep(reading, &listing, response, began, &wanted)
                            .await?;
                        return Ok(None);
                    }
                    Err(not_read) => Failure::of(not_read.to_string()),
                },
                Answer::NotModified(_) => {
                    Failure::of("an answer that was not asked for".to_owned())
                }
                // Behind its last page a feed has none.
                Answer::Failure(failure)
                    if matches!(failure.status, Some(404 | 410))
                        && reading.past.place.pages > 0 =>
                {
                    self.end(reading, End::Beginning).await?;
                    return Ok(None);
                }
                Answer::Failure(failure) => Failure {
                    why: failure.error,
                    wait: failure.retry_after,
                },
            };
            failures += 1;
            let wait = failure.wait.unwrap_or(AFTER_FAILURE * failures);
            if wait > WAIT_MAX || failures >= ATTEMPTS_MAX {
                return Ok(Some(match failure.wait {
                    Some(wait) => {
                        self.leave_alone(&reading.past.host, wait).await?;
                        HistoryEnd::Waiting(failure.why)
                    }
                    None => HistoryEnd::Failed(failure.why),
                }));
            }
            let wait = match (failure.wait, self.settings.pause) {
                (None, Some(pause)) => pause,
                _ => wait,
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn keep(
        &self,
        reading: &mut Reading,
        listing: &Listing,
        response: Response,
        began: Timestamp,
        wanted: &Wanted,
    ) -> Result<(), ArchiveError> {
        let mut batch = Batch::new(wanted.now);
        let Past {
            source,
            place,
            trust_guids,
            ..
        } = &mut reading.past;
        let left_out = place.take(source, listing, *trust_guids, wanted, &mut batch);
        batch.capture = Some(NewCapture {
            uri: response.url,
            at: began,
            kind: CaptureKind::Response {
                status: response.status,
                headers: response.headers,
            },
            body: response.body,
        });
        batch.poll_state = remembered(&reading.past);
        let (new, updated, unchanged) = self.appender.append(batch).await?.counts();
        reading.pages += 1;
        reading.passed_over = 0;
        reading.items.0 += u64::from(new);
        reading.items.1 += u64::from(updated);
        reading.items.2 += u64::from(unchanged);
        reading.left_out.undated += left_out.undated;
        reading.left_out.recent += left_out.recent;
        reading.left_out.older += left_out.older;
        reading.left_out.sitemaps += left_out.sitemaps;
        reading.in_part += u64::from(!listing.is_whole);
        Ok(())
    }

    async fn end(&self, reading: &mut Reading, end: End) -> Result<(), ArchiveError> {
        let place = &mut reading.past.place;
        // Of an index only this document is gone.
        place.queue.remove(0);
        if place.queue.is_empty() {
            place.end = Some(end);
        }
        let mut batch = Batch::new(self.clock.now());
        batch.poll_state = remembered(&reading.past);
        self.appender.append(batch).await.map(drop)
    }
}

/// A place of texts and times always serialises; without one the page would be read again.
fn remembered(past: &Past) -> Option<(SourceId, String)> {
    let state = serde_json::to_string(&past.place).ok()?;
    Some((follower(&past.source.id), state))
}

/// Reads a page beside the tasks that wait for servers.
async fn read(source: &Source, response: &Response) -> Result<Listing, NotRead> {
    let source = source.clone();
    let body = response.body.clone();
    let content_type = response.header("content-type").map(str::to_owned);
    let link = response.header("link").map(str::to_owned);
    let url = response.url.clone();
    tokio::task::spawn_blocking(move || {
        let document = Document {
            body: &body,
            content_type: content_type.as_deref(),
            link: link.as_deref(),
            url: &url,
        };
        let speaks = Speaks::of_country(source.country.as_deref());
        match source.kind {
            SourceKind::Sitemap => sitemap::read_all(&document),
            kind => adapters::read(kind, &source.reading, &document, &speaks),
        }
    })
    .await
    .unwrap_or(Err(NotRead::Fault))
}

struct Failure {
    why: String,
    wait: Option<Duration>,
}

impl Failure {
    const fn of(why: String) -> Self {
        Self { why, wait: None }
    }
}

/// A host with the sources that are asked for there.
struct Host {
    sources: Vec<Past>,
    /// Why nothing is asked for now.
    left_alone: Option<String>,
}

/// A source whose past is wanted.
struct Past {
    source: Source,
    host: String,
    place: Place,
    trust_guids: bool,
}

/// A source under way.
struct Reading {
    past: Past,
    pause: Duration,
    is_fixed: bool,
    pages: u64,
    items: (u64, u64, u64),
    left_out: LeftOut,
    in_part: u64,
    /// Parts of an index in a row that could not be read.
    passed_over: usize,
}

impl Reading {
    fn of(past: Past, pause: Option<Duration>) -> Self {
        Self {
            pause: pause.unwrap_or_else(|| suits(past.source.kind)),
            is_fixed: pause.is_some(),
            past,
            pages: 0,
            items: (0, 0, 0),
            passed_over: 0,
            in_part: 0,
            left_out: LeftOut::default(),
        }
    }

    /// A site may ask for longer pauses than suit its platform.
    fn pause_for(&mut self, asked: Option<Duration>) {
        if let Some(asked) = asked.filter(|_| !self.is_fixed) {
            self.pause = self.pause.max(asked);
        }
    }

    async fn pause(&self) {
        tokio::time::sleep(self.pause).await;
    }

    fn report(self, end: HistoryEnd) -> HistoryReport {
        HistoryReport {
            source: self.past.source.id,
            kind: self.past.source.kind,
            pages: self.pages,
            items_new: self.items.0,
            items_updated: self.items.1,
            items_unchanged: self.items.2,
            undated: self.left_out.undated,
            recent: self.left_out.recent,
            older: self.left_out.older,
            sitemaps: self.left_out.sitemaps,
            in_part: self.in_part,
            back_to: self.past.place.reach,
            end,
        }
    }
}

/// Between two requests: what platforms are known to bear, and then some.
const fn suits(kind: SourceKind) -> Duration {
    Duration::from_secs(match kind {
        // No limit is written down; all channels are one host.
        SourceKind::Telegram => 10,
        // 300 requests in five minutes.
        SourceKind::Mastodon | SourceKind::Ptt => 2,
        SourceKind::Bluesky => 1,
        _ => 5,
    })
}
