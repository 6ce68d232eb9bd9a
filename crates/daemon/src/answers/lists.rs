//! Lists: sources, bursts, alerts.

use std::borrow::Cow;

use bellwether_api::{AlertBody, BurstBody, ListBody, Problem, SourceBody};
use bellwether_archive::AlertFilter;
use bellwether_detect::{SourceHours, condition};
use bellwether_model::{BurstId, Timestamp};
use bellwether_query::{Binding, Names};

use super::asked::{self, ListParams};
use super::hours::hour_of;
use super::window::Window;
use super::{Answers, problems};

/// Most entries of one page of a list.
const LIST_MAX: usize = 500;
/// How deep a list can be paged; a narrower stretch of time reaches the rest.
const OFFSET_MAX: usize = 10_000;

impl Answers {
    /// The sources in force, each with where it stands and what came of its last attempt.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn sources(&self) -> Result<ListBody<SourceBody>, Problem> {
        self.log.with(|log| {
            let seen = self.look(log)?;
            let now = self.now();
            let hours = self.hours();
            let mut items = Vec::new();
            let directory = &seen.who.directory;
            let courses = self.courses.at(log, directory, seen.head.seq)?;
            for source in directory.sources() {
                let course = match courses.get(&source.id) {
                    Some(course) => Cow::Borrowed(course),
                    // One that came with another configuration meanwhile.
                    None => {
                        let course = log.course(&source.id, seen.head.seq);
                        Cow::Owned(course.map_err(problems::archive)?)
                    }
                };
                let (first, hours) = hours
                    .of(&source.id)
                    .map(|attempts| attempts.rhythm_hours(hour_of(now)))
                    .unwrap_or_default();
                let hours = SourceHours {
                    first,
                    hours: &hours,
                };
                let polled = condition(&course, source.every, hours, now);
                items.push(SourceBody::from_model(source, &course, &polled));
            }
            Ok(ListBody {
                items,
                cursor: None,
            })
        })
    }

    /// Alerts with their deliveries, newest first.
    ///
    /// # Errors
    /// A [`Problem`] where a parameter is wrong or the data folder cannot be read.
    pub fn alerts(&self, params: &ListParams) -> Result<ListBody<AlertBody>, Problem> {
        let filter = match params.filter.as_deref() {
            None | Some("" | "all") => AlertFilter::All,
            Some("open") => AlertFilter::Open,
            Some(other) => {
                return Err(problems::parameter(
                    "filter",
                    format!(
                        "`{}` is no filter; expected `open` or `all`",
                        bellwether_text::excerpt(other, 40)
                    ),
                ));
            }
        };
        let page = Page::of(params, LIST_MAX)?;
        self.desk.with(|desk| {
            let alerts = desk
                .alerts(filter, page.fetch())
                .map_err(problems::archive)?;
            page.cut(alerts, |alert| {
                let deliveries = desk.deliveries(&alert.id).map_err(problems::archive)?;
                Ok(AlertBody::from_model(&alert, &deliveries))
            })
        })
    }

    /// Bursts that began in a stretch of time, newest first.
    ///
    /// # Errors
    /// A [`Problem`] where a parameter is wrong or the data folder cannot be read.
    pub fn bursts(&self, params: &ListParams) -> Result<ListBody<BurstBody>, Problem> {
        let page = Page::of(params, LIST_MAX)?;
        let window = self.with_directory(|directory| {
            let names = Names::default();
            let binding = Binding::new(directory, &names, self.now(), &self.settings.zone);
            Window::of_parameters(params.from.as_deref(), params.to.as_deref(), binding)
        })??;
        let from = window.from.unwrap_or(Timestamp::MIN);
        let to = window.to.unwrap_or(Timestamp::MAX);
        self.derived.with(|derived| {
            let bursts = derived
                .bursts(from, to, page.fetch())
                .map_err(problems::archive)?;
            page.cut(bursts, |burst| {
                Ok(BurstBody::from_model(
                    &burst,
                    self.settings.public_url.as_deref(),
                ))
            })
        })
    }

    /// One burst.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id.
    pub fn burst(&self, id: &str) -> Result<BurstBody, Problem> {
        self.derived.with(|derived| {
            derived
                .burst(&BurstId::new(id))
                .map_err(problems::archive)?
                .map(|burst| BurstBody::from_model(&burst, self.settings.public_url.as_deref()))
                .ok_or_else(|| problems::not_found("burst", id))
        })
    }
}

/// One page of a list: its cursor is how much came before, in a form that invites no arithmetic.
pub(super) struct Page {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Page {
    /// What is asked for of a list of which one page has at most `limit_max` entries.
    pub(super) fn of(params: &ListParams, limit_max: usize) -> Result<Self, Problem> {
        let limit = asked::limit(params.limit, limit_max)?;
        let offset = match params.cursor.as_deref() {
            None | Some("") => 0,
            Some(cursor) => cursor
                .strip_prefix('p')
                .and_then(|digits| usize::from_str_radix(digits, 16).ok())
                .filter(|offset| *offset <= OFFSET_MAX)
                .ok_or_else(|| {
                    problems::parameter(
                        "cursor",
                        "this is no cursor; take the one of the page before, or leave it out",
                    )
                })?,
        };
        Ok(Self { offset, limit })
    }

    /// How many to read, from the beginning: one more than the page tells that there are more.
    const fn fetch(&self) -> usize {
        self.offset + self.limit + 1
    }

    pub(super) fn cut<T, B>(
        &self,
        found: Vec<T>,
        mut shape: impl FnMut(T) -> Result<B, Problem>,
    ) -> Result<ListBody<B>, Problem> {
        let has_more = found.len() > self.offset + self.limit;
        let items = found
            .into_iter()
            .skip(self.offset)
            .take(self.limit)
            .map(&mut shape)
            .collect::<Result<_, _>>()?;
        Ok(ListBody {
            items,
            cursor: self.next(has_more),
        })
    }

    /// What asks for the next page, where there is more and it can be reached.
    pub(super) fn next(&self, has_more: bool) -> Option<String> {
        let next = self.offset + self.limit;
        (has_more && next <= OFFSET_MAX).then(|| format!("p{next:x}"))
    }
}
