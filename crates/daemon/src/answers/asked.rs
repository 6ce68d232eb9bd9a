//! What is asked, and a query as it is understood now.

use bellwether_api::Problem;
use bellwether_model::Timestamp;
use bellwether_query::{Binding, Bound, Query, Stories};
use jiff::tz::TimeZone;

use super::problems;
use super::who::Who;
use super::window::Window;

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
    /// `newest` (default) or `oldest`.
    pub sort: Option<String>,
    /// At most so many items.
    pub limit: Option<usize>,
    /// From the page before.
    pub cursor: Option<String>,
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
    /// `group` or `family`.
    pub by: Option<String>,
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

/// A query as it is understood now.
pub(super) struct Asked {
    /// As it is printed.
    pub(super) canonical: String,
    /// What it means, without the window of the parameters.
    pub(super) bound: Bound,
    /// The window of query and parameters together.
    pub(super) window: Window,
}

impl Asked {
    pub(super) fn read(
        q: &str,
        from: Option<&str>,
        to: Option<&str>,
        who: &Who,
        stories: &dyn Stories,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Self, Problem> {
        let query = Query::parse(q).map_err(|error| problems::parse(&error))?;
        let binding = Binding {
            stories: Some(stories),
            ..Binding::new(&who.directory, &who.names, now, zone)
        };
        let bound = query
            .bind(binding)
            .map_err(|error| problems::bind(&error))?;
        let window = Window::of_parameters(from, to, binding)?.both(Window::of_query(&bound));
        Ok(Self {
            canonical: query.to_string(),
            bound,
            window,
        })
    }
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
