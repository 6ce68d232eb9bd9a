//! The questions that command line, HTTP and page ask, and their answers: one shape for all three.
//!
//! Every method is synchronous and may read files; the HTTP side runs them on threads for that. An
//! answer is a body of `bellwether-api`, a refusal is a [`Problem`]. Configuration is looked up when
//! a question is asked, so a correction in it corrects every answer at once.
//!
//! Writes only what people say and keep, their sessions, and what they did; and searches only through [`SearchEngine`].

mod accounts;
mod acknowledge;
mod against;
mod around;
mod asked;
mod backtest;
mod by_hour;
mod cases;
mod columns;
mod compare;
mod copies;
mod courses;
mod coverage;
mod echo;
mod elections;
mod excerpts;
mod facets;
mod feed;
mod groups;
mod hours;
mod items;
mod known;
mod last_hours;
mod link;
mod lists;
mod matched;
mod narratives;
mod origins;
mod pool;
mod problems;
mod pulse;
mod relevance;
mod reloads;
mod rules;
mod saved;
mod search;
mod settled;
mod silences;
mod standing;
mod stories;
mod tally;
mod terms;
mod timeline;
mod versions;
mod who;
mod why;
mod why_term;
mod window;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use bellwether_access::Throttle;
use bellwether_api::{BinCoverageBody, CheckBody, CoverageBody, Problem, ReadyBody};
use bellwether_archive::{
    DataDir, Derived, Desk, FreeSpace, Head, LogReader, Pseudonyms, Room, StoryTable,
};
use bellwether_model::{Clock, Directory, ItemId, Span, StoryId, Timestamp, Zero};
use bellwether_query::{Bound, SearchEngine, SearchRequest, Sort, Stories};
use jiff::tz::TimeZone;

use courses::Courses;
use coverage::InScope;
use hours::Hours;
use known::Known;
use pool::Pool;
use settled::Settled;
use who::{Register, Who};
use window::Window;

pub(crate) use accounts::SESSION_TIME;
pub use asked::{
    CoverageParams, EchoParams, FacetsParams, LIMIT_DEFAULT, ListParams, SearchParams, TermsParams,
    TimelineParams,
};
pub use backtest::{BACKTEST_DAYS_MAX, BacktestParams};
pub(crate) use by_hour::ROWS_MAX;
pub use coverage::zero_in_words;
pub(crate) use coverage::{collected, reason_in_words};
pub use items::RawBody;
pub(crate) use last_hours::LastHour;
pub(crate) use problems::{internal, not_found, parameter};
pub(crate) use reloads::Refusal;
pub use reloads::Reloads;
pub(crate) use standing::Standing;
pub use who::Configured;
pub use why::ExplainParams;

/// How many entries of the log the analysis may be behind and still count as up to date: a
/// few seconds of its work.
const CLOSE_BEHIND: u64 = 10_000;

/// What an answer needs beside the data.
#[derive(Debug, Clone)]
pub struct AnswerSettings {
    /// The zone of the election: days of queries and timelines are meant in it.
    pub zone: TimeZone,
    /// The election is invented: the demo.
    pub invented: bool,
    /// The base of links for people.
    pub public_url: Option<String>,
}

impl Stories for Answers {
    fn members(&self, story: StoryId) -> Result<BTreeSet<ItemId>, String> {
        // A story that has become part of another is still found by its old id.
        let members = self.log.with(|log| {
            self.derived.with(|derived| {
                let story = match self.story_named(&story.to_string(), log, derived) {
                    Err(problem) if problem.status < 500 => return Ok(Vec::new()),
                    named => named?,
                };
                derived.story_members(story).map_err(problems::archive)
            })
        });
        match members {
            Ok(members) => Ok(members.into_iter().collect()),
            Err(problem) => Err(problem.detail.unwrap_or(problem.title)),
        }
    }
}

/// Answers questions from one data folder.
pub struct Answers {
    engine: Arc<dyn SearchEngine>,
    clock: Arc<dyn Clock>,
    settings: AnswerSettings,
    register: Register,
    log: Pool<LogReader>,
    derived: Pool<Derived>,
    desk: Pool<Desk>,
    hours: RwLock<Hours>,
    stories: RwLock<StoryTable>,
    known: Known,
    disk: Option<(Arc<dyn FreeSpace>, u64)>,
    reloads: Option<Reloads>,
    throttle: Mutex<Throttle>,
    courses: Courses,
    settled_hours: Settled<Vec<Option<u32>>>,
    settled_narratives: Settled<narratives::Usual>,
    dir: DataDir,
    pseudonyms: OnceLock<Pseudonyms>,
}

impl Answers {
    /// Answers from a data folder, with the groups and sources of the configuration in force.
    #[must_use]
    pub fn new(
        engine: Arc<dyn SearchEngine>,
        dir: DataDir,
        configured: Configured,
        settings: AnswerSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            engine,
            clock,
            settings,
            register: Register::new(configured),
            log: Pool::new(dir.clone(), LogReader::open),
            derived: Pool::new(dir.clone(), Derived::open_readonly),
            desk: Pool::new(dir.clone(), Desk::open),
            hours: RwLock::default(),
            stories: RwLock::default(),
            known: Known::default(),
            disk: None,
            reloads: None,
            throttle: Mutex::default(),
            courses: Courses::default(),
            settled_hours: Settled::default(),
            settled_narratives: Settled::default(),
            dir,
            pseudonyms: OnceLock::new(),
        }
    }

    /// Also says what the disk has room for, by a floor in bytes.
    #[must_use]
    pub fn with_disk(mut self, space: Arc<dyn FreeSpace>, floor: u64) -> Self {
        self.disk = Some((space, floor));
        self
    }

    /// Also says which configuration is in force, and what was refused.
    #[must_use]
    pub fn with_reloads(mut self, reloads: Reloads) -> Self {
        self.reloads = Some(reloads);
        self
    }

    /// What became of configurations; `None` where none can be loaded anew.
    pub(crate) const fn reloads(&self) -> Option<&Reloads> {
        self.reloads.as_ref()
    }

    /// Free bytes where the data is, and what there is room for; `None` where nobody looks or the system
    /// does not say.
    pub(crate) fn disk(&self) -> Option<(u64, Room)> {
        let (space, floor) = self.disk.as_ref()?;
        let free = space.free_bytes().ok()?;
        Some((free, Room::of(free, *floor)))
    }

    /// Why less is collected at this moment than is configured; `None` where it is not.
    pub(crate) fn shortage(&self) -> Option<String> {
        let (free, room) = self.disk()?;
        let lacks = room.lacks()?;
        Some(format!(
            "the disk is nearly full, {free} bytes are free: {lacks}"
        ))
    }

    /// Puts another configuration in force.
    pub fn configure(&self, configured: Configured) {
        self.register.configure(configured);
        self.courses.forget();
        self.settled_hours.forget();
        self.settled_narratives.forget();
    }

    /// What answers need beside the data.
    #[must_use]
    pub const fn settings(&self) -> &AnswerSettings {
        &self.settings
    }

    /// The present time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn who(&self, log: &LogReader) -> Result<Arc<Who>, Problem> {
        let head = log.head().map_err(problems::archive)?;
        self.register.at(head.seq, log).map_err(problems::archive)
    }

    /// What is known of who and what.
    pub(crate) fn with_directory<R>(
        &self,
        ask: impl FnOnce(&Directory) -> R,
    ) -> Result<R, Problem> {
        self.log.with(|log| Ok(ask(&self.who(log)?.directory)))
    }

    /// Whether questions can be answered, and if not, what is awaited. What is new in the log
    /// is analysed a moment later: so a daemon is ready while no more than 10,000
    /// entries wait, and a young one does not change its mind with its first entries.
    #[must_use]
    pub fn ready(&self) -> ReadyBody {
        let head = self.log.with(|log| log.head().map_err(problems::archive));
        let state = self
            .derived
            .with(|derived| derived.state().map_err(problems::archive));
        let index = self.engine.search(&SearchRequest {
            query: Bound::All,
            sort: Sort::Newest,
            limit: 1,
            after: None,
        });
        let failed = |problem: Problem| problem.detail.unwrap_or(problem.title);
        let analysis = match (&head, state) {
            (Ok(head), Ok(state)) => CheckBody {
                name: "analysis".to_owned(),
                ready: head.seq.0.saturating_sub(state.seq.0) <= CLOSE_BEHIND,
                detail: Some(format!(
                    "{} of {} entries of the log",
                    state.seq.min(head.seq),
                    head.seq
                )),
            },
            (_, state) => CheckBody {
                name: "analysis".to_owned(),
                ready: false,
                detail: state.err().map(failed),
            },
        };
        // A disk that is nearly full keeps nobody from asking: it is told, and no reason to go away.
        let disk = self.disk().map(|(free, room)| CheckBody {
            name: "disk".to_owned(),
            ready: true,
            detail: Some(match room.lacks() {
                Some(lacks) => format!("{free} bytes are free, too few: {lacks}"),
                None => format!("{free} bytes are free"),
            }),
        });
        // Nor does a file with a fault, since what was there before it goes on.
        let configuration = self.reloads.as_ref().map(|reloads| {
            let (taken, refusal) = reloads.now();
            CheckBody {
                name: "configuration".to_owned(),
                ready: true,
                detail: Some(match refusal {
                    None => format!("in force since {taken}"),
                    Some(refusal) => format!(
                        "in force since {taken}; the one on disk was refused at {}: {}",
                        refusal.at,
                        refusal.faults.join("; "),
                    ),
                }),
            }
        });
        let checks = [
            CheckBody {
                name: "log".to_owned(),
                ready: head.is_ok(),
                detail: head.err().map(failed),
            },
            CheckBody {
                name: "index".to_owned(),
                ready: index.is_ok(),
                detail: index.err().map(|error| error.to_string()),
            },
            analysis,
        ];
        let told = disk.into_iter().chain(configuration);
        ReadyBody::new(checks.into_iter().chain(told).collect())
    }

    /// What answers a question beside the data it is about: read once for each.
    fn look(&self, log: &LogReader) -> Result<Seen, Problem> {
        let head = log.head().map_err(problems::archive)?;
        let who = self.register.at(head.seq, log).map_err(problems::archive)?;
        if !self.hours().is_at(head) {
            let mut hours = self.hours.write().unwrap_or_else(PoisonError::into_inner);
            hours.follow(log, head).map_err(problems::archive)?;
        }
        Ok(Seen { head, who })
    }

    fn hours(&self) -> RwLockReadGuard<'_, Hours> {
        self.hours.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was collected of the sources a query is about. Beside an answer without results it says
    /// which zero that is.
    fn note(
        &self,
        seen: &Seen,
        bound: &Bound,
        window: Window,
        is_empty: bool,
    ) -> Result<CoverageBody, Problem> {
        let wanted = coverage::scope(bound, &seen.who.directory);
        let (note, any) = {
            let hours = self.hours();
            let in_scope = InScope::new(&seen.who, &hours, wanted.as_ref(), self.now());
            let note = CoverageBody {
                note: self.shortage(),
                ..in_scope.note(window)
            };
            (note, is_empty && in_scope.any(window))
        };
        if !is_empty {
            return Ok(note);
        }
        let is_off = seen.who.roster.off(wanted.as_ref(), &BTreeSet::new()) > 0;
        let scope = wanted.map_or(Bound::All, Bound::Sources);
        let published = self.engine.count(&scope.and(window.bound()));
        let zero = match published.map_err(|error| problems::search(&error))? {
            // What came late or by another way was there all the same.
            1.. => Zero::NothingMatched,
            0 if any => Zero::NothingPublished,
            0 if note.sources == 0 && is_off => Zero::Off,
            0 => Zero::Unreachable,
        };
        Ok(note.with_zero(Some(zero)))
    }

    /// What was collected in each of some bins of the sources a query is about, and whether anything was.
    fn note_of_bins(
        &self,
        seen: &Seen,
        bound: &Bound,
        spans: &[Span],
    ) -> Vec<(BinCoverageBody, bool)> {
        let wanted = coverage::scope(bound, &seen.who.directory);
        let hours = self.hours();
        InScope::new(&seen.who, &hours, wanted.as_ref(), self.now()).bins(spans)
    }

    /// Asks the table of stories as it is now.
    fn with_stories<R>(
        &self,
        ask: impl FnOnce(&StoryTable, &Derived) -> Result<R, Problem>,
    ) -> Result<R, Problem> {
        self.derived.with(|derived| {
            let mark = derived.mark().map_err(problems::archive)?;
            let read = || self.stories.read().unwrap_or_else(PoisonError::into_inner);
            let table = read();
            if table.is_at(mark) {
                return ask(&table, derived);
            }
            drop(table);
            self.stories
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .follow(derived)
                .map_err(problems::archive)?;
            ask(&read(), derived)
        })
    }
}

/// What answers a question beside the data it is about.
struct Seen {
    head: Head,
    who: Arc<Who>,
}
