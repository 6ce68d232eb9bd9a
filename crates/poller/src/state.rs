//! What is remembered of a source between polls. It is kept in the log with what the poll brought,
//! in one transaction, so that neither is ever ahead of the other. A time in it that lies ahead of now
//! was written by a clock that was wrong, and says nothing.

use std::time::Duration;

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::date;
use crate::identity::Guids;
use crate::schedule::Standing;

/// Servers that answer "not modified" to everything are asked without conditions this often, so that
/// an item is found at the latest so long after it appeared (FC-012).
pub const UNCONDITIONAL_EVERY: Duration = Duration::from_secs(12 * 3600);

/// Longer validators are not sent back.
const VALIDATOR_BYTES_MAX: usize = 1_024;

/// Entries may be dated a little ahead of the document that holds them.
const VALIDATOR_LAG_MAX: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PollState {
    /// The address that the validators belong to.
    #[serde(default)]
    pub(crate) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
    /// The last poll after which we knew all that the source had to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) complete_at: Option<Timestamp>,
    /// The last poll that brought a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) document_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) failures: u32,
    #[serde(default)]
    pub(crate) guids: Guids,
}

impl PollState {
    /// Reads what was kept; what cannot be read (another version wrote it) is as if never polled,
    /// which costs one poll without conditions.
    pub(crate) fn read(kept: Option<&str>) -> Self {
        kept.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    pub(crate) const fn standing(&self) -> Standing {
        Standing {
            next_at: self.next_at,
            failures: self.failures,
        }
    }

    pub(crate) fn stand(&mut self, standing: Standing) {
        self.next_at = standing.next_at;
        self.failures = standing.failures;
    }

    /// The last poll before `now` after which we knew all that the source had to show.
    pub(crate) fn complete_before(&self, now: Timestamp) -> Option<Timestamp> {
        self.complete_at.filter(|at| *at <= now)
    }

    /// The conditions under which the document is wanted.
    pub(crate) fn conditions(&self, url: &str, now: Timestamp) -> Vec<(String, String)> {
        let is_recent = self
            .document_at
            .filter(|at| *at <= now)
            .and_then(|at| at.checked_add(UNCONDITIONAL_EVERY).ok())
            .is_some_and(|until| now < until);
        if self.url != url || !is_recent {
            return Vec::new();
        }
        let header = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| (name.to_owned(), value.clone()))
        };
        header("if-none-match", &self.etag)
            .into_iter()
            .chain(header("if-modified-since", &self.last_modified))
            .collect()
    }

    /// Takes in the validators of a document that was read; those of a refused one would only ask
    /// whether the refusal has changed (FC-011). A `Last-Modified` more than a day before the newest
    /// entry is false, and is not sent back (FC-012).
    pub(crate) fn accept(
        &mut self,
        url: &str,
        etag: Option<&str>,
        last_modified: Option<&str>,
        newest: Option<Timestamp>,
        at: Timestamp,
    ) {
        let is_false = |value: &str| {
            let until = date::parse(value).and_then(|at| at.checked_add(VALIDATOR_LAG_MAX).ok());
            until
                .zip(newest)
                .is_some_and(|(until, newest)| until < newest)
        };
        self.url = url.to_owned();
        self.etag = usable(etag).map(str::to_owned);
        self.last_modified = usable(last_modified)
            .filter(|value| !is_false(value))
            .map(str::to_owned);
        self.document_at = Some(at);
    }
}

fn usable(value: Option<&str>) -> Option<&str> {
    value.filter(|value| {
        value.len() <= VALIDATOR_BYTES_MAX && value.bytes().all(|b| (b' '..=b'~').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_795_132_800 + hours * 3600).unwrap()
    }

    #[test]
    fn conditions_hold_for_half_a_day_and_one_address() {
        let mut state = PollState::default();
        assert_eq!(state.conditions("u", at(0)), []);
        state.accept(
            "u",
            Some("\"v1\""),
            Some("Tue, 01 Jan 1980 00:00:01 GMT"),
            None,
            at(0),
        );
        assert_eq!(state.conditions("u", at(11)).len(), 2);
        assert_eq!(state.conditions("u", at(12)), []);
        assert_eq!(state.conditions("v", at(1)), []);
        assert_eq!(
            state.conditions("u", at(-1)),
            [],
            "from a clock that ran ahead"
        );
        let old = Some("Tue, 01 Jan 1980 00:00:01 GMT");
        state.accept("u", Some("e"), old, Some(at(-1)), at(0));
        assert_eq!(
            state.conditions("u", at(1)).len(),
            1,
            "older than its newest entry: false"
        );
        state.accept("u", Some("bad\u{7f}"), None, None, at(0));
        assert_eq!(state.conditions("u", at(1)), []);
    }

    #[test]
    fn kept_and_read_again() {
        let mut state = PollState {
            failures: 3,
            complete_at: Some(at(1)),
            ..PollState::default()
        };
        state.accept("u", Some("e"), None, None, at(2));
        let kept = serde_json::to_string(&state).unwrap();
        assert_eq!(PollState::read(Some(&kept)), state);
        assert_eq!(PollState::read(Some("{\"later\":1}")), PollState::default());
        assert_eq!(PollState::read(Some("nonsense")), PollState::default());
    }
}
