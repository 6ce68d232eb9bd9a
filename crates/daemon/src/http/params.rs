//! The parameters of a request: known ones once each, nothing else, so that a slip of the keyboard
//! is told and not ignored.

use std::collections::BTreeMap;

use bellwether_api::Problem;
use bellwether_text::{display_safe, excerpt};

use crate::answers::{ListParams, SearchParams, TimelineParams, parameter};

/// Parameters by name.
#[derive(Debug)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads the query part of an address.
    pub(crate) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut params = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                let name = excerpt(&display_safe(&name), 40);
                let expected = if known.is_empty() {
                    "none is expected here".to_owned()
                } else {
                    format!("expected {}", known.join(", "))
                };
                return Err(parameter(&name, format!("it is not known; {expected}")));
            }
            if params
                .insert(name.clone().into_owned(), value.into_owned())
                .is_some()
            {
                return Err(parameter(&name, "it is given twice"));
            }
        }
        Ok(Self(params))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    fn number(&mut self, name: &str) -> Result<Option<usize>, Problem> {
        self.take(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    let text = excerpt(&display_safe(&text), 40);
                    parameter(name, format!("`{text}` is no whole number"))
                })
            })
            .transpose()
    }

    pub(crate) fn search(query: Option<&str>) -> Result<SearchParams, Problem> {
        let known = ["q", "from", "to", "sort", "limit", "cursor"];
        let mut params = Self::read(query, &known)?;
        Ok(SearchParams {
            q: params.take("q").unwrap_or_default(),
            from: params.take("from"),
            to: params.take("to"),
            sort: params.take("sort"),
            limit: params.number("limit")?,
            cursor: params.take("cursor"),
        })
    }

    pub(crate) fn timeline(query: Option<&str>) -> Result<TimelineParams, Problem> {
        let mut params = Self::read(query, &["q", "from", "to", "bin", "by"])?;
        Ok(TimelineParams {
            q: params.take("q").unwrap_or_default(),
            from: params.take("from"),
            to: params.take("to"),
            bin: params.take("bin"),
            by: params.take("by"),
        })
    }

    pub(crate) fn list(query: Option<&str>, known: &[&str]) -> Result<ListParams, Problem> {
        let mut params = Self::read(query, known)?;
        Ok(ListParams {
            from: params.take("from"),
            to: params.take("to"),
            filter: params.take("filter"),
            limit: params.number("limit")?,
            cursor: params.take("cursor"),
        })
    }
}
