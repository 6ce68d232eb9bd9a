//! The questions that command line, HTTP and page ask, and their answers: one shape for all three.
//!
//! Every method is synchronous and may read files; the HTTP side runs them on threads for that. An
//! answer is a body of `bellwether-api`, a refusal is a [`Problem`]. Configuration is looked up when
//! a question is asked, so a correction in it corrects every answer at once.
//!
//! Never writes, and searches only through [`SearchEngine`].

mod asked;
mod coverage;
mod excerpts;
mod hours;
mod items;
mod lists;
mod pool;
mod problems;
mod saved;
mod standing;
mod timeline;
mod who;
mod window;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_api::{CheckBody, CoverageBody, Problem, ReadyBody, SearchBody};
use bellwether_archive::{DataDir, Derived, Desk, LogReader};
use bellwether_model::{Clock, Directory, ItemId, StoryId, Timestamp};
use bellwether_query::{Bound, LIMIT_MAX, SearchEngine, SearchRequest, Sort, Stories};
use jiff::tz::TimeZone;

use asked::Asked;
use coverage::InScope;
use hours::Hours;
use items::Languages;
use pool::Pool;
use who::{Register, Who};
use window::Window;

pub use asked::{LIMIT_DEFAULT, ListParams, SearchParams, TimelineParams};
pub(crate) use coverage::{collected, reason_in_words};
pub use items::RawBody;
pub(crate) use problems::{internal, not_found, parameter};
pub(crate) use standing::Standing;
pub use who::Configured;

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
        let members = self
            .derived
            .with(|derived| derived.story_members(story).map_err(problems::archive));
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
    hours: Mutex<Hours>,
    languages: Languages,
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
            desk: Pool::new(dir, Desk::open),
            hours: Mutex::default(),
            languages: Languages::default(),
        }
    }

    /// Puts another configuration in force.
    pub fn configure(&self, configured: Configured) {
        self.register.configure(configured);
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
        self.register.now(log).map_err(problems::archive)
    }

    /// What is known of who and what.
    pub(crate) fn with_directory<R>(
        &self,
        ask: impl FnOnce(&Directory) -> R,
    ) -> Result<R, Problem> {
        self.log.with(|log| Ok(ask(&self.who(log)?.directory)))
    }

    /// One page of the items that match, with the number of all that do.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read, or the index cannot answer.
    pub fn search(&self, params: &SearchParams) -> Result<SearchBody, Problem> {
        let now = self.now();
        let sort = match params.sort.as_deref() {
            None | Some("" | "newest") => Sort::Newest,
            Some("oldest") => Sort::Oldest,
            Some(other) => {
                return Err(problems::parameter(
                    "sort",
                    format!(
                        "`{}` is no order; expected `newest` or `oldest`",
                        bellwether_text::excerpt(other, 40)
                    ),
                ));
            }
        };
        let limit = asked::limit(params.limit, LIMIT_MAX)?;
        let after = params
            .cursor
            .as_deref()
            .filter(|cursor| !cursor.is_empty())
            .map(str::parse)
            .transpose()
            .map_err(|error| problems::search(&error))?;
        self.log.with(|log| {
            let who = self.who(log)?;
            let (from, to) = (params.from.as_deref(), params.to.as_deref());
            let zone = &self.settings.zone;
            let asked = Asked::read(&params.q, from, to, &who, self, now, zone)?;
            let request = SearchRequest {
                query: asked.bound.clone().and(asked.window.bound()),
                sort,
                limit,
                after,
            };
            let answer = self
                .engine
                .search(&request)
                .map_err(|error| problems::search(&error))?;
            let coverage = self.coverage(log, &who, &asked.bound, asked.window, now)?;
            let items = self.derived.with(|derived| {
                let ids = answer.hits.iter().map(|hit| hit.item);
                self.items_found(ids, &request.query, log, derived, &who.directory)
            })?;
            Ok(SearchBody {
                query: asked.canonical,
                total: answer.total,
                items,
                cursor: answer.next.map(|cursor| cursor.to_string()),
                coverage,
            })
        })
    }

    /// Whether questions can be answered, and if not, what is awaited. What is new in the log
    /// is analysed a moment later: so a daemon is ready while no more than [`CLOSE_BEHIND`]
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
        ReadyBody::new(vec![
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
        ])
    }

    fn coverage(
        &self,
        log: &LogReader,
        who: &Who,
        bound: &Bound,
        window: Window,
        now: Timestamp,
    ) -> Result<CoverageBody, Problem> {
        let wanted = coverage::scope(bound, &who.directory);
        self.with_hours(log, |hours| {
            InScope::new(who, hours, wanted.as_ref(), now).note(window)
        })
    }

    fn with_hours<R>(&self, log: &LogReader, ask: impl FnOnce(&Hours) -> R) -> Result<R, Problem> {
        let mut hours = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
        hours.follow(log).map_err(problems::archive)?;
        Ok(ask(&hours))
    }
}
