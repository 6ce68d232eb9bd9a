//! The runner: starts what the schedule says is due, fetches, and appends what came of it.
//!
//! One poll is one batch, so capture, items, outcome and what is remembered are in the log together
//! or not at all; only what an address answered that failed is there before another is asked. A log
//! that refuses a batch stops the poller: to go on would be to lose items.

mod terms;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwether_archive::{Appender, ArchiveError, Batch, LogReader, Receipt, Room};
use bellwether_model::{Clock, Contact, Outcome, Source, SourceId, Timestamp};
use bellwether_outbound::{Method, Outbound, OutboundError, Request, Response, host_of};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, watch};

use crate::adapters;
use crate::answer::Answer;
use crate::brought::documents::Went;
use crate::brought::{self, Asked, Brought, Failed, Times};
use crate::fetch::Fetcher;
use crate::schedule::{Ending, Schedule, Standing};
use crate::state::PollState;

mod follow;

pub use terms::{PollError, PollReport, PollSettings};

/// How often the runner looks whether something is due. Short against every interval, long against
/// the cost of looking.
const TICK: Duration = Duration::from_millis(250);

/// The log hears something in each full minute of the clock, be it that nothing was received: what
/// is decided at the ticks of the log's time is then decided a moment after each of them.
pub const HEARTBEAT_SECONDS: i64 = 60;

/// Feeds move by one or two redirects; more is a loop or a wall.
pub(crate) const REDIRECTS_MAX: u8 = 5;

/// Documents read at once: reading keeps a core busy, and some take much more memory than their bytes.
const READ_AT_ONCE: usize = 2;

/// Who asks, where the server is not to know more.
pub(crate) const MINIMAL_USER_AGENT: &str = "Mozilla/5.0 (compatible; feed reader)";

const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";

struct Inner {
    schedule: Schedule,
    states: BTreeMap<SourceId, PollState>,
    appended_at: Timestamp,
}

/// Polls sources and appends to the log.
pub struct Poller {
    sources: BTreeMap<SourceId, Source>,
    settings: PollSettings,
    fetcher: Fetcher,
    reading: Semaphore,
    appender: Appender,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    /// Read while an answer is on its way from `seen` to the log, written to say that none is.
    receiving: tokio::sync::RwLock<()>,
    /// Read while a poll appends, written while a page is put behind the newest wording of its item.
    wordings: tokio::sync::RwLock<()>,
    /// What the disk has room for; everything, where nobody says.
    room: Option<watch::Receiver<Room>>,
}

impl Poller {
    /// A poller of these sources, which goes on where the log says that polling ended. Sources that
    /// are off are polled only when asked for by name.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn new(
        sources: Vec<Source>,
        settings: PollSettings,
        outbound: Outbound,
        appender: Appender,
        reader: &LogReader,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PollError> {
        let mut schedule = Schedule::new(settings.concurrency, settings.per_host);
        let mut states = BTreeMap::new();
        let mut polled = BTreeMap::new();
        for source in sources {
            let source = at_its_addresses(source);
            let Some(url) = source.url.as_deref() else {
                continue;
            };
            let state = PollState::read(reader.poll_state(&source.id)?.as_deref());
            let every = source.enabled.then_some(source.every);
            schedule.insert(source.id.clone(), host_of(url), every, state.standing());
            states.insert(source.id.clone(), state);
            polled.insert(source.id.clone(), source);
        }
        let inner = Mutex::new(Inner {
            schedule,
            states,
            appended_at: reader.head()?.at.unwrap_or(Timestamp::MIN),
        });
        Ok(Self {
            sources: polled,
            settings,
            fetcher: Fetcher::new(outbound, settings.concurrency, settings.per_host),
            reading: Semaphore::new(READ_AT_ONCE),
            appender,
            clock,
            inner,
            receiving: tokio::sync::RwLock::new(()),
            wordings: tokio::sync::RwLock::new(()),
            room: None,
        })
    }

    /// Takes in no more than the disk has room for.
    #[must_use]
    pub fn within(mut self, room: watch::Receiver<Room>) -> Self {
        self.room = Some(room);
        self
    }

    /// What the disk has room for.
    pub(crate) fn room(&self) -> Room {
        self.room
            .as_ref()
            .map_or(Room::Ample, |room| *room.borrow())
    }

    /// What asks servers for this poller: others that ask the same hosts (for pages) ask through it,
    /// so that the bounds hold for all together.
    #[must_use]
    pub const fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// What is polled.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// A source by its id.
    pub(crate) fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.get(id)
    }

    /// The time.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// To be held for reading from an answer's end until it is in the log.
    pub(crate) const fn receiving(&self) -> &tokio::sync::RwLock<()> {
        &self.receiving
    }

    /// To be held for writing from reading the newest wording of an item until another is behind it:
    /// no poll brings one between.
    pub(crate) const fn wordings(&self) -> &tokio::sync::RwLock<()> {
        &self.wordings
    }

    /// Puts into the log what a follower of it must remember; nothing was received.
    pub(crate) async fn remember(
        &self,
        follower: SourceId,
        state: String,
    ) -> Result<(), PollError> {
        let mut batch = Batch::new(self.clock.now());
        batch.poll_state = Some((follower, state));
        self.appender.append(batch).await?;
        Ok(())
    }

    /// Appends what a poll received.
    async fn append_listed(&self, batch: Batch) -> Result<Receipt, PollError> {
        let _wording = self.wordings.read().await;
        self.append(batch).await
    }

    /// Appends what was received.
    pub(crate) async fn append(&self, batch: Batch) -> Result<Receipt, PollError> {
        let at = batch.at;
        let receipt = self.appender.append(batch).await?;
        self.inner().appended_at = at;
        Ok(receipt)
    }

    /// Polls all that is due now, and returns when that is done, in the order of the sources' ids.
    ///
    /// # Errors
    /// [`PollError::Log`]; what was under way beside is given up.
    pub async fn poll_due(&self) -> Result<Vec<PollReport>, PollError> {
        let now = self.clock.now();
        let mut under_way = FuturesUnordered::new();
        let mut reports = Vec::new();
        loop {
            let due = match self.room() {
                Room::Nothing => Vec::new(),
                _ => self.inner().schedule.start_all(now),
            };
            under_way.extend(self.started(&due).map(Started::poll));
            match under_way.next().await {
                Some(report) => reports.push(report?),
                None => break,
            }
        }
        reports.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(reports)
    }

    /// Polls one source, due or not.
    ///
    /// # Errors
    /// Where there is none, where it is under way, or [`PollError::Log`].
    pub async fn poll(&self, source: &SourceId) -> Result<PollReport, PollError> {
        let Some(known) = self.sources.get(source) else {
            return Err(PollError::UnknownSource(source.clone()));
        };
        if !self.inner().schedule.start_one(source, self.clock.now()) {
            return Err(PollError::UnderWay(source.clone()));
        }
        Started {
            poller: self,
            source: known,
            standing: None,
        }
        .poll()
        .await
    }

    /// Polls until `shutdown`, and tells a quiet log in each minute that it is quiet. What is under way
    /// at the end is given up; what was received before is in the log.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn run(&self, shutdown: impl Future<Output = ()>) -> Result<(), PollError> {
        let mut shutdown = pin!(shutdown);
        let mut under_way = FuturesUnordered::new();
        loop {
            let due = match self.room() {
                Room::Nothing => Vec::new(),
                _ => self.inner().schedule.start(self.clock.now()),
            };
            under_way.extend(self.started(&due).map(Started::poll));
            self.heartbeat_when_quiet().await?;
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                Some(report) = under_way.next(), if !under_way.is_empty() => drop(report?),
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Tells the log that all that was received up to now is in it. Waits for what is on its way.
    ///
    /// # Errors
    /// [`PollError::Log`].
    pub async fn heartbeat(&self) -> Result<(), PollError> {
        let _none = self.receiving.write().await;
        self.append_heartbeat().await
    }

    /// When the next source is due; `None` where there is none that is not under way.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.inner().schedule.next_due()
    }

    async fn heartbeat_when_quiet(&self) -> Result<(), PollError> {
        let period = |at: Timestamp| at.as_second().div_euclid(HEARTBEAT_SECONDS);
        // Another minute, not only a later one: the clock may have been set back.
        if period(self.clock.now()) == period(self.inner().appended_at) {
            return Ok(());
        }
        // Where something is on its way it is not quiet; waiting for it here would wait for ever,
        // since the same task carries it.
        match self.receiving.try_write() {
            Ok(_none) => self.append_heartbeat().await,
            Err(_) => Ok(()),
        }
    }

    async fn append_heartbeat(&self) -> Result<(), PollError> {
        let mut batch = Batch::new(self.clock.now());
        batch.heartbeat = true;
        self.inner().appended_at = batch.at;
        self.appender.append(batch).await?;
        Ok(())
    }

    fn started(&self, due: &[SourceId]) -> impl Iterator<Item = Started<'_>> {
        due.iter()
            .filter_map(|id| self.sources.get(id))
            .map(|source| Started {
                poller: self,
                source,
                standing: None,
            })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // What it guards is whole at every moment.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take_in(
        &self,
        source: &Source,
        state: PollState,
    ) -> Result<(PollState, Outcome), PollError> {
        let mut failed = Failed::default();
        let mut rest = VecDeque::from(state.home.addresses(source, self.clock.now()));
        while let Some(address) = rest.pop_front() {
            let conditions = state.conditions(&address.url, self.clock.now());
            let (result, began, is_conditional) =
                self.ask(source, &state, &address.url, conditions).await;
            let receiving = self.receiving.read().await;
            let times = Times {
                began,
                seen: self.clock.now(),
            };
            let answer = Answer::of(result, is_conditional, times.seen);
            let asked = failed.and_then(address, times);
            let mut brought = self.read(source, &state, &asked, answer).await;
            if matches!(brought.ending, Ending::Collected { .. }) {
                failed.add_counts(&mut brought);
                if brought.state.followed.is_empty() {
                    return self.keep(source, &state, brought, times.seen).await;
                }
                let mut went = Went::default();
                if let Some(batch) = brought.take_index() {
                    went.count(self.append_listed(batch).await?.counts());
                }
                drop(receiving);
                return self.follow(source, &state, brought, went).await;
            }
            failed.add(asked.address, brought);
            rest.retain(|address| !failed.forbids(address));
            if rest.is_empty() {
                if let Some(brought) = failed.into_first(source, state.standing(), times.seen) {
                    return self.keep(source, &state, brought, times.seen).await;
                }
                break;
            }
            if let Some(batch) = failed.take_received(times.seen) {
                let receipt = self.append_listed(batch).await?;
                failed.count(receipt.counts());
            }
        }
        Err(ArchiveError::Closed("a source without an address".to_owned()).into())
    }

    async fn ask(
        &self,
        source: &Source,
        state: &PollState,
        url: &str,
        conditions: Vec<(String, String)>,
    ) -> (Result<Response, OutboundError>, Timestamp, bool) {
        let began = self.clock.now();
        let mut headers = headers(source);
        if state.is_unpacked {
            headers.push(("accept-encoding".to_owned(), "identity".to_owned()));
        }
        let is_conditional = !conditions.is_empty();
        headers.extend(conditions);
        let request = Request {
            method: Method::Get,
            url,
            headers,
            body: None,
            body_bytes_max: self.settings.body_bytes_max,
            redirects_max: REDIRECTS_MAX,
        };
        let answer = self.fetcher.send_as_far_as_it_goes(request).await;
        (answer, began, is_conditional)
    }

    async fn read(
        &self,
        source: &Source,
        state: &PollState,
        asked: &Asked,
        answer: Answer,
    ) -> Brought {
        let _place = self.reading.acquire().await;
        let reading = (source.clone(), state.clone(), asked.clone());
        tokio::task::spawn_blocking(move || {
            let (source, state, asked) = reading;
            brought::batch(&source, state, &asked, answer)
        })
        .await
        .unwrap_or_else(|_| brought::unread(source, state.clone(), asked))
    }

    async fn keep(
        &self,
        source: &Source,
        before: &PollState,
        brought: Brought,
        at: Timestamp,
    ) -> Result<(PollState, Outcome), PollError> {
        let Brought {
            batch,
            mut state,
            ending,
        } = brought;
        let mut outcome = batch
            .outcome
            .clone()
            .ok_or_else(|| ArchiveError::Closed("a poll without an outcome".to_owned()))?;
        let receipt = self.append_listed(batch).await?;
        let (new, updated, unchanged) = receipt.counts();
        // Beside what was counted of addresses that failed.
        outcome.items_new += new;
        outcome.items_updated += updated;
        outcome.items_unchanged += unchanged;
        // Only the log knows what is new. What is remembered of it goes into the log with the next
        // poll; until then a restart would not know of this one, which costs nothing.
        if matches!(ending, Ending::Collected { .. }) {
            state.rhythm.observe(outcome.items_new, at);
            state.stand(source, before.standing(), at, ending);
        }
        Ok((state, outcome))
    }
}

/// A source with the addresses at which it is asked; without one where it is not polled.
pub(crate) fn at_its_addresses(mut source: Source) -> Source {
    source.url = source
        .url
        .filter(|_| source.kind.is_polled())
        .map(|url| adapters::address(source.kind, &url));
    for url in &mut source.reach.fallbacks {
        *url = adapters::address(source.kind, url);
    }
    source
}

/// What a server is told with every request for a source.
pub(crate) fn headers(source: &Source) -> Vec<(String, String)> {
    let mut headers = vec![("accept".to_owned(), ACCEPT.to_owned())];
    if source.reach.contact == Contact::Minimal {
        headers.push(("user-agent".to_owned(), MINIMAL_USER_AGENT.to_owned()));
    }
    for (name, value) in adapters::headers(source.kind) {
        headers.retain(|(known, _)| known != name);
        headers.push(((*name).to_owned(), (*value).to_owned()));
    }
    headers
}

/// A poll under way. Dropped without an ending, its source stands as before.
struct Started<'a> {
    poller: &'a Poller,
    source: &'a Source,
    standing: Option<Standing>,
}

impl Started<'_> {
    async fn poll(mut self) -> Result<PollReport, PollError> {
        let id = &self.source.id;
        let before = self
            .poller
            .inner()
            .states
            .get(id)
            .cloned()
            .unwrap_or_default();
        let failures_before = before.failures;
        let (state, outcome) = self.poller.take_in(self.source, before).await?;
        self.standing = Some(state.standing());
        match (failures_before, state.failures) {
            (0, 1..) => {
                tracing::warn!(source = %id, outcome = outcome.kind.as_str(), error = outcome.error, "source fails")
            }
            (1.., 0) => {
                tracing::info!(source = %id, failures = failures_before, "source is collected again")
            }
            _ => {}
        }
        self.poller.inner().states.insert(id.clone(), state);
        Ok(PollReport {
            source: id.clone(),
            outcome,
        })
    }
}

impl Drop for Started<'_> {
    fn drop(&mut self) {
        let mut inner = self.poller.inner();
        match self.standing {
            Some(standing) => inner.schedule.finish(&self.source.id, standing),
            None => inner.schedule.abandon(&self.source.id),
        }
    }
}
