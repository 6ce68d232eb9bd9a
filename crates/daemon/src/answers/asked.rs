//! What is asked, and a query as it is understood now.

use bellwether_api::Problem;
use bellwether_model::Timestamp;
use bellwether_query::{Binding, Bound, Query};
use jiff::tz::TimeZone;

use super::who::Who;
use super::window::Window;
use super::{Answers, problems};

/// Items of a page where nobody says how many.
pub const LIMIT_DEFAULT: usize = 20;

/// A search, as typed. Ends of time are written as in the query language; `from` is included, `to`
/// is not, and a day named in `to` is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchParams {
    /// The query.
    pub q: String,
    /// Not before.
    pub from: Option<String>,
    /// Before.
    pub to: Option<String>,
    /// `newest` (default), `oldest` or `relevance`.
    pub sort: Option<String>,
    /// At most so many items.
    pub limit: Option<usize>,
    /// From the page before.
    pub cursor: Option<String>,
    /// Whether the name of an actor also finds the actor's other names.
    pub names: bool,
    /// The zone in which days are meant; that of the election, where left out.
    pub zone: Option<String>,
    /// Each item by itself; else one of each story.
    pub each: bool,
}

/// A timeline, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimelineParams {
    /// The query.
    pub q: String,
    /// Not before; a week before `to`, where left out.
    pub from: Option<String>,
    /// Before; now, where left out.
    pub to: Option<String>,
    /// `10m`, `1h`, `6h` or `1d`; one that gives a readable number of bins, where left out.
    pub bin: Option<String>,
    /// A field whose values are counted apart, such as `group` or `lang`.
    pub by: Option<String>,
    /// Whether the name of an actor also finds the actor's other names.
    pub names: bool,
    /// The zone in which days are meant and begin; that of the election, where left out.
    pub zone: Option<String>,
}

/// A question what the matches are made of, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FacetsParams {
    /// The query.
    pub q: String,
    /// Not before.
    pub from: Option<String>,
    /// Before.
    pub to: Option<String>,
    /// The fields, with commas between them, such as `group,lang,source`.
    pub by: Option<String>,
    /// At most so many values of each field.
    pub limit: Option<usize>,
    /// Whether the name of an actor also finds the actor's other names.
    pub names: bool,
    /// The zone in which days are meant; that of the election, where left out.
    pub zone: Option<String>,
}

/// A question who carries what another group was first with, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EchoParams {
    /// Query and window: only lineages with an item that matches are counted. The limit is of pairs.
    pub of: TermsParams,
    /// Only between state media.
    pub states: bool,
    /// `group` (default) or `outlet`.
    pub by: Option<String>,
}

/// A question which words set the matches apart, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermsParams {
    /// The query.
    pub q: String,
    /// Not before.
    pub from: Option<String>,
    /// Before.
    pub to: Option<String>,
    /// At most so many words.
    pub limit: Option<usize>,
    /// Whether the name of an actor also finds the actor's other names.
    pub names: bool,
    /// The zone in which days are meant; that of the election, where left out.
    pub zone: Option<String>,
}

/// A list of what began in a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListParams {
    /// Not before.
    pub from: Option<String>,
    /// Before.
    pub to: Option<String>,
    /// `open` or `all` (default).
    pub filter: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// A question what was collected, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageParams {
    /// Not before; a day before `to`, where left out, and two weeks where days are asked for.
    pub from: Option<String>,
    /// Before; now, where left out.
    pub to: Option<String>,
    /// Only these sources, with commas between them.
    pub source: Option<String>,
    /// Only the sources of these groups, with commas between them.
    pub group: Option<String>,
    /// What a row is: `source` (default) or `group`.
    pub by: Option<String>,
    /// What a cell is: `hour` or `day`; what can be read, where left out.
    pub bin: Option<String>,
    /// At most so many rows.
    pub limit: Option<usize>,
    /// From the page before.
    pub cursor: Option<String>,
    /// The zone in which days are meant; that of the election, where left out.
    pub zone: Option<String>,
}

/// What every question about items has in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) q: &'a str,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
    pub(super) names: bool,
    pub(super) zone: Option<&'a str>,
}

macro_rules! question {
    ($($params:ident)*) => {
        $(impl<'a> From<&'a $params> for Question<'a> {
            fn from(params: &'a $params) -> Self {
                Self {
                    q: &params.q,
                    from: params.from.as_deref(),
                    to: params.to.as_deref(),
                    names: params.names,
                    zone: params.zone.as_deref(),
                }
            }
        })*
    };
}

question!(SearchParams TimelineParams FacetsParams TermsParams);

/// A query as it is understood now.
pub(super) struct Asked {
    /// As typed.
    pub(super) query: Query,
    /// What it means, without the window of the parameters.
    pub(super) bound: Bound,
    /// The window of query and parameters together.
    pub(super) window: Window,
    /// The zone in which days are meant.
    pub(super) zone: TimeZone,
}

impl Asked {
    pub(super) fn read<'a>(
        question: impl Into<Question<'a>>,
        answers: &Answers,
        who: &Who,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let Question {
            q,
            from,
            to,
            names,
            zone,
        } = question.into();
        let zone = self::zone(zone, answers)?;
        let query = Query::parse(q).map_err(|error| problems::parse(&error))?;
        let binding = Binding {
            stories: Some(answers),
            expand_names: names,
            ..Binding::new(&who.directory, &who.names, now, &zone)
        };
        let bound = query
            .bind(binding)
            .map_err(|error| problems::bind(&error))?;
        let window = Window::of_parameters(from, to, binding)?.both(Window::of_query(&bound));
        Ok(Self {
            query,
            bound,
            window,
            zone,
        })
    }

    /// The query in canonical form.
    pub(super) fn canonical(&self) -> String {
        self.query.to_string()
    }

    /// What matches in the window.
    pub(super) fn whole(&self) -> Bound {
        self.bound.clone().and(self.window.bound())
    }

    /// The name of the zone.
    pub(super) fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }
}

/// The zone that is named, else that of the election.
pub(super) fn zone(name: Option<&str>, answers: &Answers) -> Result<TimeZone, Problem> {
    match name {
        None | Some("") => Ok(answers.settings.zone.clone()),
        Some(name) => TimeZone::get(name).map_err(|_| no_zone(name)),
    }
}

fn no_zone(name: &str) -> Problem {
    let name = bellwether_text::excerpt(&bellwether_text::display_safe(name), 60);
    problems::parameter("zone", format!("`{name}` is no time zone"))
        .hint("write a name of the IANA database, such as Asia/Taipei or America/New_York")
}

/// A limit within bounds.
pub(super) fn limit(asked: Option<usize>, max: usize) -> Result<usize, Problem> {
    match asked {
        None => Ok(LIMIT_DEFAULT.min(max)),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(limit) => Err(problems::parameter(
            "limit",
            format!("`{limit}` is not between 1 and {max}"),
        )),
    }
}
