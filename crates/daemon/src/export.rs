//! Any answer in full, as NDJSON or CSV: made piece by piece, so that it needs no more memory than
//! one piece, however long it is.
//!
//! An export shows the collection as it was when it began: items that came later are left out, and
//! the window stands still. It asks only [`Answers`], as everybody does; who carries the pieces away
//! (HTTP, a file) decides when the next one is made.

use bellwether_api::{
    CoverageBody, CoverageLineBody, FacetLineBody, Line, ListBody, Problem, SearchBody,
    TimelineBody, csv, timeline_columns, timeline_rows,
};
use serde::Serialize;

use crate::answers::{
    Answers, CoverageParams, EchoParams, FacetsParams, ListParams, SearchParams, TermsParams,
    TimelineParams, internal, parameter,
};

/// Lines made at once: large enough that asking costs little, small enough to be soon there.
const PIECE_LINES: usize = 500;
/// Rows of coverage made at once: as the worst come first, each piece looks through all of them.
const PIECE_ROWS: usize = 100;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, as in the JSON answer.
    Ndjson,
    /// RFC 4180 with the rule of [`bellwether_api::csv`].
    Csv {
        /// Begins with a byte order mark.
        has_mark: bool,
    },
}

impl Format {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv { .. } => "text/csv; charset=utf-8; header=present",
        }
    }

    /// How names of files end.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv { .. } => "csv",
        }
    }
}

/// What is exported.
#[derive(Debug, Clone)]
pub enum Exported {
    /// The items that match; `limit` is the most lines, of any number.
    Search(SearchParams),
    /// The bins of a timeline.
    Timeline(TimelineParams),
    /// What the matches are made of.
    Facets(FacetsParams),
    /// The words that set the matches apart.
    Terms(TermsParams),
    /// Who carries what another group was first with.
    Echo(EchoParams),
    /// Bursts.
    Bursts(ListParams),
    /// Alerts.
    Alerts(ListParams),
    /// Sources.
    Sources,
    /// Coverage by the hour or day, a line for each cell.
    Coverage(CoverageParams),
    /// Saved queries.
    Queries,
}

impl Exported {
    /// What a file of it is called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Search(_) => "items",
            Self::Timeline(_) => "timeline",
            Self::Facets(_) => "facets",
            Self::Terms(_) => "terms",
            Self::Echo(_) => "echo",
            Self::Bursts(_) => "bursts",
            Self::Alerts(_) => "alerts",
            Self::Sources => "sources",
            Self::Coverage(_) => "coverage",
            Self::Queries => "queries",
        }
    }
}

/// What an export can say of itself once it has begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many items match, where items are exported.
    pub total: Option<u64>,
    /// Sources in scope, and how many of them were not collected in all of the window.
    pub missing: Option<(usize, u32)>,
}

/// An export under way.
pub struct Export {
    what: Exported,
    format: Format,
    /// Items of later entries of the log are left out.
    head: u64,
    /// Lines that may still come.
    left: usize,
    has_begun: bool,
    has_ended: bool,
    /// What is known of it.
    pub summary: Summary,
}

impl Export {
    /// An export that begins with the first piece.
    #[must_use]
    pub const fn new(what: Exported, format: Format) -> Self {
        Self {
            what,
            format,
            head: u64::MAX,
            left: usize::MAX,
            has_begun: false,
            has_ended: false,
            summary: Summary {
                total: None,
                missing: None,
            },
        }
    }

    /// The next piece; `None` after the last. Every piece ends with a whole line.
    ///
    /// # Errors
    /// The [`Problem`] of the question. After one the export has ended, unfinished.
    pub fn next(&mut self, answers: &Answers) -> Result<Option<String>, Problem> {
        if self.has_ended {
            return Ok(None);
        }
        self.has_ended = true;
        let mut out = String::new();
        if !self.has_begun {
            self.begin(answers)?;
            if self.format == (Format::Csv { has_mark: true }) {
                out.push_str(csv::BYTE_ORDER_MARK);
            }
        }
        let more = self.piece(answers, &mut out)?;
        self.has_begun = true;
        self.has_ended = !more || self.left == 0;
        Ok(Some(out))
    }

    /// Notes the state of the collection that is exported.
    fn begin(&mut self, answers: &Answers) -> Result<(), Problem> {
        self.head = answers.log_head()?;
        let limit = match &mut self.what {
            Exported::Search(params) => params.limit.take(),
            Exported::Bursts(params) | Exported::Alerts(params) => params.limit.take(),
            Exported::Coverage(params) => params.limit.take(),
            // A limit of these is of what is counted, not of lines.
            Exported::Timeline(_)
            | Exported::Facets(_)
            | Exported::Terms(_)
            | Exported::Echo(_)
            | Exported::Sources
            | Exported::Queries => None,
        };
        match limit {
            Some(0) => Err(parameter("limit", "`0` lines are no export")),
            Some(limit) => {
                self.left = limit;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Writes the next piece; says whether there are more.
    fn piece(&mut self, answers: &Answers, out: &mut String) -> Result<bool, Problem> {
        let limit = Some(self.left.min(PIECE_LINES));
        match self.what.clone() {
            Exported::Search(params) => {
                let body = answers.search(&SearchParams {
                    limit,
                    each: true,
                    ..params
                })?;
                self.search(body, out)
            }
            Exported::Bursts(params) => {
                let body = answers.bursts(&ListParams { limit, ..params })?;
                self.list(body, out)
            }
            Exported::Alerts(params) => {
                let body = answers.alerts(&ListParams { limit, ..params })?;
                self.list(body, out)
            }
            Exported::Facets(params) => {
                let body = answers.facets(&params)?;
                self.cover(&body.coverage);
                self.lines(&FacetLineBody::all(&body), out)?;
                Ok(false)
            }
            Exported::Terms(params) => {
                let body = answers.terms(&params)?;
                self.cover(&body.coverage);
                self.lines(&body.terms, out)?;
                Ok(false)
            }
            Exported::Echo(params) => {
                let body = answers.echo(&params)?;
                self.cover(&body.coverage);
                self.lines(&body.echoes, out)?;
                Ok(false)
            }
            Exported::Coverage(params) => {
                let limit = Some(PIECE_ROWS);
                let body = answers.coverage(&CoverageParams { limit, ..params })?;
                // The window stands still, so that the rows of all pieces are in one order.
                if let Exported::Coverage(params) = &mut self.what {
                    params.from = body.window.from.map(|from| from.to_string());
                    params.to = body.window.to.map(|to| to.to_string());
                    params.bin = Some(body.bin.clone());
                }
                self.lines(&CoverageLineBody::all(&body), out)?;
                let has_more = body.cursor.is_some();
                self.go_on_at(body.cursor);
                Ok(has_more)
            }
            Exported::Sources => self.list(answers.sources()?, out),
            Exported::Queries => self.list(answers.saved_queries()?, out),
            Exported::Timeline(params) => {
                let body = answers.timeline(&params)?;
                self.timeline(&body, out)
            }
        }
    }

    fn search(&mut self, body: SearchBody, out: &mut String) -> Result<bool, Problem> {
        if !self.has_begun {
            self.summary.total = Some(body.total);
            self.cover(&body.coverage);
            if let Exported::Search(params) = &mut self.what {
                params.from = body.window.from.map(|from| from.to_string());
                params.to = body.window.to.map(|to| to.to_string());
            }
        }
        let head = self.head;
        let known = body
            .items
            .into_iter()
            .filter(|item| item.id.parse::<u64>().is_ok_and(|id| id <= head));
        self.lines(&known.collect::<Vec<_>>(), out)?;
        let has_more = body.cursor.is_some();
        self.go_on_at(body.cursor);
        Ok(has_more)
    }

    fn list<T: Line>(&mut self, body: ListBody<T>, out: &mut String) -> Result<bool, Problem> {
        self.lines(&body.items, out)?;
        let has_more = body.cursor.is_some();
        self.go_on_at(body.cursor);
        Ok(has_more)
    }

    fn cover(&mut self, coverage: &CoverageBody) {
        self.summary.missing = Some((coverage.missing.len(), coverage.sources));
    }

    fn go_on_at(&mut self, next: Option<String>) {
        match &mut self.what {
            Exported::Search(SearchParams { cursor, .. })
            | Exported::Coverage(CoverageParams { cursor, .. })
            | Exported::Bursts(ListParams { cursor, .. })
            | Exported::Alerts(ListParams { cursor, .. }) => *cursor = next,
            _ => {}
        }
    }

    fn lines<T: Line>(&mut self, lines: &[T], out: &mut String) -> Result<(), Problem> {
        let lines = lines.get(..self.left).unwrap_or(lines);
        self.left -= lines.len();
        match self.format {
            Format::Ndjson => objects(lines, out),
            Format::Csv { .. } => {
                if !self.has_begun {
                    csv::line(out, T::COLUMNS.iter().map(|name| (*name).into()));
                }
                for line in lines {
                    csv::line(out, line.cells());
                }
                Ok(())
            }
        }
    }

    fn timeline(&mut self, body: &TimelineBody, out: &mut String) -> Result<bool, Problem> {
        self.cover(&body.coverage);
        match self.format {
            Format::Ndjson => objects(&body.bins, out)?,
            Format::Csv { .. } => {
                csv::line(out, timeline_columns(body).iter().map(Into::into));
                for row in timeline_rows(body) {
                    csv::line(out, row);
                }
            }
        }
        Ok(false)
    }
}

fn objects<T: Serialize>(lines: &[T], out: &mut String) -> Result<(), Problem> {
    for line in lines {
        let json = serde_json::to_string(line).map_err(|error| internal(&error))?;
        out.push_str(&json);
        out.push('\n');
    }
    Ok(())
}
