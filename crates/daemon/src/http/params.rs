//! The parameters of a request: known ones once each, nothing else, so that a slip of the keyboard
//! is told and not ignored.
//!
//! The structures here are what `/api/openapi.json` describes, and their fields are the names that
//! are accepted: the two cannot differ.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bellwether_api::Problem;
use bellwether_text::{display_safe, excerpt};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::answers::{
    CoverageParams, EchoParams, FacetsParams, ListParams, SearchParams, TermsParams,
    TimelineParams, parameter,
};
use crate::export::Format;

/// The names of the parameters that a structure describes.
pub(crate) struct Known(LazyLock<Vec<String>>);

impl Known {
    pub(super) const fn of<T: IntoParams>() -> Self {
        Self(LazyLock::new(names::<T>))
    }
}

fn names<T: IntoParams>() -> Vec<String> {
    T::into_params(|| Some(ParameterIn::Query))
        .into_iter()
        .map(|parameter| parameter.name)
        .collect()
}

pub(crate) static SEARCH: Known = Known::of::<SearchQuery>();
pub(crate) static TIMELINE: Known = Known::of::<TimelineQuery>();
pub(crate) static FACETS: Known = Known::of::<FacetsQuery>();
pub(crate) static TERMS: Known = Known::of::<TermsQuery>();
pub(crate) static ECHO: Known = Known::of::<EchoQuery>();
pub(crate) static COVERAGE: Known = Known::of::<CoverageQuery>();
pub(crate) static SPAN: Known = Known::of::<SpanQuery>();
pub(crate) static PAGING: Known = Known::of::<PagingQuery>();
pub(crate) static FILTER: Known = Known::of::<FilterQuery>();
pub(crate) static CAPTURE: Known = Known::of::<CaptureQuery>();
pub(crate) static COMPARE: Known = Known::of::<CompareQuery>();
pub(crate) static EXPORT: Known = Known::of::<ExportQuery>();

/// What is searched for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct SearchQuery {
    /// The query, as docs/search.md describes it; an empty one finds everything.
    #[param(max_length = 8192, example = "作票 OR \"ballot fraud\"")]
    q: Option<String>,
    /// Not before this time: a day, a time, `7d`, `2h`, `now`. Open where left out.
    #[param(max_length = 80, example = "7d")]
    from: Option<String>,
    /// Before this time; a day named here is included. Open where left out.
    #[param(max_length = 80, example = "2026-11-28")]
    to: Option<String>,
    /// Which items come first: `newest` (default), `oldest` or `relevance`.
    #[param(example = "newest")]
    sort: Option<String>,
    /// Items of a page, 20 where left out. In an export the most lines; all, where left out.
    #[param(minimum = 1, example = 20)]
    limit: Option<usize>,
    /// The `cursor` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// `true`: the name of an actor also finds the actor's other names, in every script.
    #[param(example = false)]
    names: Option<bool>,
    /// The zone in which days are meant, such as `Asia/Taipei`; the election's, where left out.
    #[param(max_length = 60, example = "Asia/Taipei")]
    zone: Option<String>,
    /// `false`: each item by itself. Else one item stands for all of its story that match, and
    /// `copies` says how many more there are. An export always has each.
    #[param(example = true)]
    collapse: Option<bool>,
}

/// What is counted over time.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct TimelineQuery {
    /// The query, as docs/search.md describes it; an empty one finds everything.
    #[param(max_length = 8192, example = "作票")]
    q: Option<String>,
    /// Not before this time; a week before the end, where left out.
    #[param(max_length = 80, example = "7d")]
    from: Option<String>,
    /// Before this time; now, where left out.
    #[param(max_length = 80, example = "2026-11-28")]
    to: Option<String>,
    /// The length of a bin: `10m`, `1h`, `6h`, `1d`; one that can be read, where left out.
    #[param(example = "1h")]
    bin: Option<String>,
    /// What the counts of a bin are split by: `group`, `family`, `source`, `publisher`,
    /// `affiliation`, `country`, `lang`, `platform`, `domain` or `tag`.
    #[param(example = "group")]
    by: Option<String>,
    /// `true`: the name of an actor also finds the actor's other names, in every script.
    #[param(example = false)]
    names: Option<bool>,
    /// The zone in which days are meant, such as `Asia/Taipei`; the election's, where left out.
    #[param(max_length = 60, example = "Asia/Taipei")]
    zone: Option<String>,
}

/// What is counted by field.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct FacetsQuery {
    /// The query, as docs/search.md describes it; an empty one finds everything.
    #[param(max_length = 8192, example = "作票")]
    q: Option<String>,
    /// Not before this time: a day, a time, `7d`, `2h`, `now`. Open where left out.
    #[param(max_length = 80, example = "7d")]
    from: Option<String>,
    /// Before this time; a day named here is included. Open where left out.
    #[param(max_length = 80, example = "2026-11-28")]
    to: Option<String>,
    /// The fields, with commas between them: those of a timeline, `story`, `narrative`, `actor`.
    #[param(max_length = 200, example = "group,lang,source")]
    by: Option<String>,
    /// Values of each field, 20 where left out.
    #[param(minimum = 1, example = 20)]
    limit: Option<usize>,
    /// `true`: the name of an actor also finds the actor's other names, in every script.
    #[param(example = false)]
    names: Option<bool>,
    /// The zone in which days are meant, such as `Asia/Taipei`; the election's, where left out.
    #[param(max_length = 60, example = "Asia/Taipei")]
    zone: Option<String>,
}

/// Where characteristic words are looked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct TermsQuery {
    /// The query, as docs/search.md describes it; an empty one finds everything.
    #[param(max_length = 8192, example = "作票")]
    q: Option<String>,
    /// Not before this time: a day, a time, `7d`, `2h`, `now`. Open where left out.
    #[param(max_length = 80, example = "7d")]
    from: Option<String>,
    /// Before this time; a day named here is included. Open where left out.
    #[param(max_length = 80, example = "2026-11-28")]
    to: Option<String>,
    /// Words, 20 where left out.
    #[param(minimum = 1, example = 20)]
    limit: Option<usize>,
    /// `true`: the name of an actor also finds the actor's other names, in every script.
    #[param(example = false)]
    names: Option<bool>,
    /// The zone in which days are meant, such as `Asia/Taipei`; the election's, where left out.
    #[param(max_length = 60, example = "Asia/Taipei")]
    zone: Option<String>,
}

/// Whose echoes are counted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct EchoQuery {
    /// Only lineages with an item that matches, as docs/search.md describes it; all where left out.
    #[param(max_length = 8192, example = "作票")]
    q: Option<String>,
    /// Not before this time: a day, a time, `7d`, `2h`, `now`. Open where left out.
    #[param(max_length = 80, example = "30d")]
    from: Option<String>,
    /// Before this time; a day named here is included. Open where left out.
    #[param(max_length = 80, example = "2026-11-28")]
    to: Option<String>,
    /// Pairs, 20 where left out.
    #[param(minimum = 1, example = 20)]
    limit: Option<usize>,
    /// `true`: only between state media.
    #[param(example = false)]
    states: Option<bool>,
    /// `group` (default) or `outlet`: between whom.
    by: Option<String>,
    /// `true`: the name of an actor also finds the actor's other names, in every script.
    #[param(example = false)]
    names: Option<bool>,
    /// The zone in which days are meant, such as `Asia/Taipei`; the election's, where left out.
    #[param(max_length = 60, example = "Asia/Taipei")]
    zone: Option<String>,
}

/// Whose coverage is shown, and how.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct CoverageQuery {
    /// Not before this time: a day, a time, `7d`. A day before the end, where left out, or two weeks of
    /// days. At most 35 days are shown at once.
    #[param(max_length = 80, example = "7d")]
    from: Option<String>,
    /// Before this time; now, where left out.
    #[param(max_length = 80)]
    to: Option<String>,
    /// Only these sources, with commas between them; also those that are switched off.
    #[param(max_length = 2000)]
    source: Option<String>,
    /// Only the sources of these groups, with commas between them.
    #[param(max_length = 2000)]
    group: Option<String>,
    /// What a row is: `source` (default) or `group`.
    #[param(example = "source")]
    by: Option<String>,
    /// What a cell is: `hour` or `day`; hours up to three days, where left out.
    #[param(example = "hour")]
    bin: Option<String>,
    /// The zone in which days are meant, such as `Asia/Taipei`; the election's, where left out.
    #[param(max_length = 60, example = "Asia/Taipei")]
    zone: Option<String>,
}

/// A stretch of time in which something began.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct SpanQuery {
    /// Not before this time: a day, a time, `7d`. Open where left out.
    #[param(max_length = 80, example = "7d")]
    from: Option<String>,
    /// Before this time; a day named here is included. Open where left out.
    #[param(max_length = 80)]
    to: Option<String>,
}

/// A page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct PagingQuery {
    /// Entries of a page, 20 where left out. In an export the most lines; all, where left out.
    #[param(minimum = 1, example = 20)]
    limit: Option<usize>,
    /// The `cursor` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Which alerts.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct FilterQuery {
    /// `open` for those that have not resolved, or `all` (default).
    #[param(example = "open")]
    filter: Option<String>,
}

/// Which capture.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct CaptureQuery {
    /// The capture of another wording; the one of the present wording, where left out.
    #[param(max_length = 40)]
    capture: Option<String>,
}

/// Which two items.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct CompareQuery {
    /// The id of an item.
    #[param(max_length = 40)]
    item: String,
    /// The id of the other item.
    #[param(max_length = 40)]
    with: String,
}

/// In which form.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct ExportQuery {
    /// `json` (default), or the whole answer as `ndjson` (one JSON object a line) or `csv`
    /// (RFC 4180), streamed.
    #[param(example = "csv")]
    format: Option<String>,
    /// `1` to begin a CSV with a byte order mark, for spreadsheets that need one to see UTF-8.
    #[param(example = "1")]
    bom: Option<String>,
}

/// Parameters by name.
#[derive(Debug)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads the query part of an address, or the body of a form.
    pub(crate) fn read(query: Option<&str>, known: &[&Known]) -> Result<Self, Problem> {
        let known: Vec<&str> = known
            .iter()
            .flat_map(|known| known.0.iter().map(String::as_str))
            .collect();
        Self::read_names(query, &known)
    }

    /// The same, by names.
    pub(crate) fn read_names(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut params = BTreeMap::new();
        for pair in query.unwrap_or_default().split('&') {
            if pair.is_empty() {
                continue;
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).map_err(|_| parameter("?", "its name is no UTF-8"))?;
            if !known.contains(&name.as_str()) {
                let name = excerpt(&display_safe(&name), 40);
                let expected = if known.is_empty() {
                    "none is expected here".to_owned()
                } else {
                    format!("expected {}", known.join(", "))
                };
                return Err(parameter(&name, format!("it is not known; {expected}")));
            }
            let value = decoded(value).map_err(|position| {
                parameter(
                    &name,
                    format!("it is no UTF-8 at character {}", position + 1),
                )
                .position(position)
            })?;
            // No text holds it, and databases and terminals end at it.
            if let Some(position) = value.chars().position(|c| c == '\0') {
                let at = position + 1;
                let why = format!("it has a NUL at character {at}");
                return Err(parameter(&name, why).position(position));
            }
            if params.insert(name.clone(), value).is_some() {
                return Err(parameter(&name, "it is given twice"));
            }
        }
        Ok(Self(params))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    pub(super) fn number(&mut self, name: &str) -> Result<Option<usize>, Problem> {
        self.take(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    let text = excerpt(&display_safe(&text), 40);
                    parameter(name, format!("`{text}` is no whole number"))
                })
            })
            .transpose()
    }

    /// What is searched for.
    pub(crate) fn search(&mut self) -> Result<SearchParams, Problem> {
        Ok(SearchParams {
            q: self.take("q").unwrap_or_default(),
            from: self.take("from"),
            to: self.take("to"),
            sort: self.take("sort"),
            limit: self.number("limit")?,
            cursor: self.take("cursor"),
            names: self.flag("names")?,
            zone: self.take("zone"),
            each: !self.flag_or("collapse", true)?,
        })
    }

    /// Which two items are compared.
    pub(crate) fn compare(&mut self) -> Result<(String, String), Problem> {
        let mut named = |name| {
            self.take(name)
                .ok_or_else(|| parameter(name, "it is missing; it names an item by its id"))
        };
        Ok((named("item")?, named("with")?))
    }

    /// What is counted over time.
    pub(crate) fn timeline(&mut self) -> Result<TimelineParams, Problem> {
        Ok(TimelineParams {
            q: self.take("q").unwrap_or_default(),
            from: self.take("from"),
            to: self.take("to"),
            bin: self.take("bin"),
            by: self.take("by"),
            names: self.flag("names")?,
            zone: self.take("zone"),
        })
    }

    /// What is counted by field.
    pub(crate) fn facets(&mut self) -> Result<FacetsParams, Problem> {
        Ok(FacetsParams {
            q: self.take("q").unwrap_or_default(),
            from: self.take("from"),
            to: self.take("to"),
            by: self.take("by"),
            limit: self.number("limit")?,
            names: self.flag("names")?,
            zone: self.take("zone"),
        })
    }

    /// Where characteristic words are looked for.
    pub(crate) fn terms(&mut self) -> Result<TermsParams, Problem> {
        Ok(TermsParams {
            q: self.take("q").unwrap_or_default(),
            from: self.take("from"),
            to: self.take("to"),
            limit: self.number("limit")?,
            names: self.flag("names")?,
            zone: self.take("zone"),
        })
    }

    /// Whose echoes are counted.
    pub(crate) fn echo(&mut self) -> Result<EchoParams, Problem> {
        Ok(EchoParams {
            states: self.flag("states")?,
            by: self.take("by"),
            of: self.terms()?,
        })
    }

    /// Whose coverage is shown.
    pub(crate) fn coverage(&mut self) -> Result<CoverageParams, Problem> {
        Ok(CoverageParams {
            from: self.take("from"),
            to: self.take("to"),
            source: self.take("source"),
            group: self.take("group"),
            by: self.take("by"),
            bin: self.take("bin"),
            limit: self.number("limit")?,
            cursor: self.take("cursor"),
            zone: self.take("zone"),
        })
    }

    fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        self.flag_or(name, false)
    }

    fn flag_or(&mut self, name: &str, absent: bool) -> Result<bool, Problem> {
        match self.take(name).as_deref() {
            None => Ok(absent),
            Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                let other = excerpt(&display_safe(other), 40);
                let why = format!("`{other}` is neither `true` nor `false`");
                Err(parameter(name, why))
            }
        }
    }

    /// What of a list is asked for.
    pub(crate) fn list(&mut self) -> Result<ListParams, Problem> {
        Ok(ListParams {
            from: self.take("from"),
            to: self.take("to"),
            filter: self.take("filter"),
            limit: self.number("limit")?,
            cursor: self.take("cursor"),
        })
    }

    /// What is asked for, and in which format where it is not the usual one.
    pub(crate) fn with_format<P>(
        query: Option<&str>,
        known: &[&Known],
        asked: fn(&mut Self) -> Result<P, Problem>,
    ) -> Result<(Option<Format>, P), Problem> {
        let mut params = Self::read(query, known)?;
        Ok((params.format()?, asked(&mut params)?))
    }

    /// In which form the answer is wanted; `None` is the JSON of one page.
    pub(crate) fn format(&mut self) -> Result<Option<Format>, Problem> {
        let has_mark = match self.take("bom").as_deref() {
            None | Some("0") => false,
            Some("1") => true,
            Some(_) => return Err(parameter("bom", "expected `1` or `0`")),
        };
        let format = match self.take("format").as_deref() {
            None | Some("json") => None,
            Some("ndjson") => Some(Format::Ndjson),
            Some("csv") => Some(Format::Csv { has_mark }),
            Some(other) => {
                let other = excerpt(&display_safe(other), 40);
                let why = format!("`{other}` is no format; expected `json`, `ndjson` or `csv`");
                return Err(parameter("format", why));
            }
        };
        match format {
            Some(Format::Csv { .. }) => Ok(format),
            _ if has_mark => Err(parameter("bom", "it belongs to `format=csv`")),
            _ => Ok(format),
        }
    }
}

/// A name or value as it was before it was escaped; else the character before which it is no UTF-8.
/// What only looks like an escape stands for itself, as in browsers.
fn decoded(escaped: &str) -> Result<String, usize> {
    let bytes = escaped.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| {
            let digit = bytes.get(at + offset).map(|byte| char::from(*byte));
            digit.and_then(|digit| digit.to_digit(16))
        };
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            (b'+', ..) => {
                out.push(b' ');
                at += 1;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let head = error.as_bytes().get(..valid).unwrap_or_default();
        String::from_utf8_lossy(head).chars().count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_described_is_accepted() {
        let mut params = Params::read(
            Some("q=a+%E4%BD%9C&limit=3&&format=csv&bom=1&from="),
            &[&SEARCH, &EXPORT],
        )
        .unwrap();
        assert_eq!(
            params.format().unwrap(),
            Some(Format::Csv { has_mark: true })
        );
        let search = params.search().unwrap();
        assert_eq!(
            (&*search.q, search.limit, search.from),
            ("a 作", Some(3), None)
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        for (query, part, position) in [
            ("q=a&q=b", "given twice", None),
            ("x=1", "not known; expected q, from", None),
            ("q=%E4%BD%9C%FFb", "no UTF-8 at character 2", Some(1)),
            ("q=ab%00", "NUL at character 3", Some(2)),
            ("%FF=1", "name is no UTF-8", None),
            ("q=%E4%BD", "no UTF-8 at character 1", Some(0)),
        ] {
            let problem = Params::read(Some(query), &[&SEARCH]).unwrap_err();
            assert_eq!(problem.status, 400);
            let detail = problem.detail.unwrap();
            assert!(detail.contains(part), "{query}: {detail}");
            assert_eq!(problem.position, position, "{query}");
        }
        for query in ["limit=-1", "limit=99999999999999999999999", "limit=1.5"] {
            let mut params = Params::read(Some(query), &[&SEARCH]).unwrap();
            assert!(params.search().is_err(), "{query}");
        }
        for query in ["format=xml", "bom=1", "format=csv&bom=yes"] {
            let mut params = Params::read(Some(query), &[&EXPORT]).unwrap();
            assert!(params.format().is_err(), "{query}");
        }
        // Only looks like an escape.
        assert_eq!(decoded("100%zz%4"), Ok("100%zz%4".to_owned()));
    }
}
