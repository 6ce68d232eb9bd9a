//! Conditional requests, and when a server is not believed.
//!
//! A validator is what the last good document came with. It is not sent back where it is false on
//! its face (FC-012), where the server once gave the same one for other entries, and where the server
//! has said "not modified" for longer than the source is ever quiet. So an item is found at the
//! latest half a day after it appeared, whatever the server says.

use std::time::Duration;

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::date;
use crate::rhythm::Rhythm;

/// Servers that answer "not modified" to everything are asked without conditions at least this
/// often, so that an item is found at the latest so long after it appeared (FC-012).
pub const UNCONDITIONAL_EVERY: Duration = Duration::from_secs(12 * 3600);

/// And not oftener than this, whatever the source's rhythm.
const UNCONDITIONAL_MIN: Duration = Duration::from_secs(2 * 3600);

/// A source is quiet for this many of its usual gaps.
const QUIET_GAPS: u32 = 4;

/// A server that was found out is not believed for this long.
const DISTRUST: Duration = Duration::from_secs(7 * 24 * 3600);

/// Longer validators are not sent back.
const VALIDATOR_BYTES_MAX: usize = 1_024;

/// Entries may be dated a little ahead of the document that holds them.
const VALIDATOR_LAG_MAX: Duration = Duration::from_secs(24 * 3600);

/// What servers append to an entity tag when they pack the answer, and do not know again.
const PACKING_SUFFIXES: [&str; 4] = ["--gzip", "-gzip", "-br", "-zstd"];

/// What is remembered of the last good document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validators {
    /// The address that they belong to.
    #[serde(default)]
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// Digest of its entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entries: Option<String>,
    /// When it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    /// Until when the server is not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    distrusted_until: Option<Timestamp>,
}

/// A document that was read.
pub(crate) struct Accepted<'a> {
    pub(crate) url: &'a str,
    pub(crate) etag: Option<&'a str>,
    pub(crate) last_modified: Option<&'a str>,
    /// Digest of its entries.
    pub(crate) entries: String,
    /// The time of its newest entry.
    pub(crate) newest: Option<Timestamp>,
    pub(crate) at: Timestamp,
}

impl Validators {
    /// The conditions under which the document is wanted.
    pub(crate) fn conditions(
        &self,
        url: &str,
        rhythm: &Rhythm,
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let is_recent = self.age(now).is_some_and(|age| age < patience(rhythm));
        if self.url != url || !is_recent || self.is_distrusted(now) {
            return Vec::new();
        }
        let etag = self.etag.as_ref().map(|etag| {
            let plain = without_packing(etag).map(|plain| format!(", {plain}"));
            (
                "if-none-match".to_owned(),
                format!("{etag}{}", plain.unwrap_or_default()),
            )
        });
        let last_modified = self
            .last_modified
            .as_ref()
            .map(|value| ("if-modified-since".to_owned(), value.clone()));
        etag.into_iter().chain(last_modified).collect()
    }

    /// Takes in the validators of a document that was read; those of a refused one would only ask
    /// whether the refusal has changed (FC-011). A `Last-Modified` more than a day before the newest
    /// entry is false, and is not sent back (FC-012). Says so where the server was just found to give
    /// one validator to two documents.
    pub(crate) fn accept(&mut self, document: Accepted<'_>) -> Option<String> {
        let is_false = |value: &str| {
            let until = date::parse(value).and_then(|at| at.checked_add(VALIDATOR_LAG_MAX).ok());
            until
                .zip(document.newest)
                .is_some_and(|(until, newest)| until < newest)
        };
        let etag = usable(document.etag).map(str::to_owned);
        let last_modified = usable(document.last_modified)
            .filter(|value| !is_false(value))
            .map(str::to_owned);
        let is_same = match (&etag, &last_modified) {
            (Some(_), _) => etag == self.etag,
            (None, Some(_)) => self.etag.is_none() && last_modified == self.last_modified,
            (None, None) => false,
        };
        let is_lie = self.url == document.url
            && is_same
            && self
                .entries
                .as_ref()
                .is_some_and(|entries| *entries != document.entries);
        if is_lie {
            self.distrusted_until = document.at.checked_add(DISTRUST).ok();
        }
        self.url = document.url.to_owned();
        self.etag = etag;
        self.last_modified = last_modified;
        self.entries = Some(document.entries);
        self.at = Some(document.at);
        is_lie.then(|| {
            "the server gave two documents the same validator: for a week it is asked without conditions"
                .to_owned()
        })
    }

    /// What is odd about the server's saying that nothing has changed.
    pub(crate) fn suspicion(&self, rhythm: &Rhythm, now: Timestamp) -> Option<String> {
        let age = self.age(now)?;
        (age >= patience(rhythm) / 2).then(|| {
            format!(
                "only \"not modified\" for {} min, longer than this source is usually quiet: it is \
                 soon asked without conditions",
                age.as_secs() / 60
            )
        })
    }

    fn is_distrusted(&self, now: Timestamp) -> bool {
        // One that was written by a clock far ahead says nothing.
        let longest = now.checked_add(DISTRUST).unwrap_or(Timestamp::MAX);
        self.distrusted_until
            .is_some_and(|until| now < until && until <= longest)
    }

    /// How old the document is; `None` where there is none, or its time lies ahead.
    fn age(&self, now: Timestamp) -> Option<Duration> {
        Duration::try_from(now.duration_since(self.at?)).ok()
    }
}

/// How long "not modified" is believed.
fn patience(rhythm: &Rhythm) -> Duration {
    rhythm
        .gap()
        .map_or(UNCONDITIONAL_EVERY, |gap| gap.saturating_mul(QUIET_GAPS))
        .clamp(UNCONDITIONAL_MIN, UNCONDITIONAL_EVERY)
}

fn usable(value: Option<&str>) -> Option<&str> {
    value.filter(|value| {
        value.len() <= VALIDATOR_BYTES_MAX && value.bytes().all(|b| (b' '..=b'~').contains(&b))
    })
}

/// The tag as it was before the server packed the answer.
fn without_packing(etag: &str) -> Option<String> {
    let inner = etag.strip_suffix('"')?;
    let plain = PACKING_SUFFIXES
        .iter()
        .find_map(|suffix| inner.strip_suffix(suffix))?;
    plain.contains('"').then(|| format!("{plain}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_795_132_800 + hours * 3600).unwrap()
    }

    fn document<'a>(etag: Option<&'a str>, entries: &str, hours: i64) -> Accepted<'a> {
        Accepted {
            url: "u",
            etag,
            last_modified: Some("Tue, 01 Jan 1980 00:00:01 GMT"),
            entries: entries.to_owned(),
            newest: None,
            at: at(hours),
        }
    }

    fn number(validators: &Validators, url: &str, hours: i64) -> usize {
        validators
            .conditions(url, &Rhythm::default(), at(hours))
            .len()
    }

    #[test]
    fn conditions_hold_for_half_a_day_and_one_address() {
        let mut validators = Validators::default();
        assert_eq!(number(&validators, "u", 0), 0);
        assert_eq!(validators.accept(document(Some("\"v1\""), "e", 0)), None);
        assert_eq!(number(&validators, "u", 11), 2);
        assert_eq!(number(&validators, "u", 12), 0);
        assert_eq!(number(&validators, "v", 1), 0);
        assert_eq!(
            number(&validators, "u", -1),
            0,
            "from a clock that ran ahead"
        );
        validators.accept(Accepted {
            newest: Some(at(-1)),
            ..document(Some("e"), "e", 0)
        });
        assert_eq!(
            number(&validators, "u", 1),
            1,
            "older than its newest entry: false"
        );
        validators.accept(Accepted {
            last_modified: None,
            ..document(Some("bad\u{7f}"), "e", 0)
        });
        assert_eq!(number(&validators, "u", 1), 0);
    }

    #[test]
    fn a_busy_source_is_not_believed_to_be_quiet_for_long() {
        let mut rhythm = Rhythm::default();
        rhythm.observe(9, at(0));
        rhythm.observe(1, at(1));
        let mut validators = Validators::default();
        validators.accept(document(Some("\"v1\""), "e", 1));
        let holds = |hours| !validators.conditions("u", &rhythm, at(hours)).is_empty();
        assert!(holds(4));
        assert!(!holds(5), "four times its usual gap");
        assert_eq!(validators.suspicion(&rhythm, at(2)), None);
        let said = validators.suspicion(&rhythm, at(3)).unwrap();
        assert!(said.contains("120 min"), "{said}");
        assert_eq!(validators.suspicion(&Rhythm::default(), at(6)), None);
        assert!(validators.suspicion(&Rhythm::default(), at(7)).is_some());
    }

    #[test]
    fn one_validator_for_two_documents_is_a_lie() {
        let mut validators = Validators::default();
        validators.accept(document(Some("\"same\""), "a", 0));
        assert_eq!(validators.accept(document(Some("\"same\""), "a", 1)), None);
        assert!(
            validators
                .accept(document(Some("\"same\""), "b", 2))
                .is_some()
        );
        assert_eq!(number(&validators, "u", 3), 0);
        assert_eq!(
            validators.accept(document(Some("\"other\""), "c", 100)),
            None
        );
        assert_eq!(number(&validators, "u", 101), 0, "still not believed");
        assert_eq!(
            validators.accept(document(Some("\"v9\""), "d", 24 * 8)),
            None
        );
        assert_eq!(number(&validators, "u", 24 * 8 + 1), 2, "and then again");
        assert!(validators.accept(document(None, "e", 24 * 8 + 2)).is_none());
        assert!(
            validators.accept(document(None, "f", 24 * 8 + 3)).is_some(),
            "by its date"
        );
    }

    #[test]
    fn tags_that_packing_has_changed() {
        for (tag, sent) in [
            ("\"abc-gzip\"", "\"abc-gzip\", \"abc\""),
            ("W/\"abc--gzip\"", "W/\"abc--gzip\", W/\"abc\""),
            ("\"abc-br\"", "\"abc-br\", \"abc\""),
            ("\"abc\"", "\"abc\""),
            ("abc-gzip", "abc-gzip"),
            ("\"-gzip\"", "\"-gzip\", \"\""),
        ] {
            let mut validators = Validators::default();
            validators.accept(document(Some(tag), "e", 0));
            let conditions = validators.conditions("u", &Rhythm::default(), at(1));
            assert_eq!(conditions[0].1, sent);
        }
    }
}
