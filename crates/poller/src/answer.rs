//! What a server's answer means: a document, nothing new, or a failure with its reason in words.
//!
//! Failures are data: they are kept in coverage. Their words name the host and never the path of an
//! address, which may hold a secret.

use std::time::Duration;

use bellwether_model::{OutcomeKind, Timestamp};
use bellwether_outbound::{OutboundError, Response};

use crate::date;
use crate::schedule::{Ending, RETRY_AFTER_MAX};

/// An answer by its meaning.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A document, to be read.
    Document(Response),
    /// What we have is still so.
    NotModified(Response),
    /// No document.
    Failure(Failure),
}

/// Why there is no document.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: OutcomeKind,
    pub(crate) status: Option<u16>,
    pub(crate) error: String,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body_bytes: u64,
    /// Whether the fault may lie with the way in which the answer was packed.
    pub(crate) may_be_packing: bool,
}

impl Answer {
    pub(crate) fn of(
        result: Result<Response, OutboundError>,
        is_conditional: bool,
        now: Timestamp,
    ) -> Self {
        match result {
            Ok(response) if (200..300).contains(&response.status) => Self::Document(response),
            Ok(response) if response.status == 304 && is_conditional => Self::NotModified(response),
            Ok(response) => Self::Failure(refused(&response, now)),
            Err(error) => Self::Failure(Failure {
                kind: kind(&error),
                may_be_packing: matches!(error, OutboundError::Protocol { .. }),
                status: None,
                error: error.to_string(),
                retry_after: None,
                body_bytes: 0,
            }),
        }
    }
}

/// How a poll that brought this answer has ended.
pub(crate) fn collected(response: &Response, now: Timestamp) -> Ending {
    let age = response
        .header("age")
        .and_then(|value| value.trim().parse().ok())
        .map_or(Duration::ZERO, Duration::from_secs);
    let fresh_for = match response.header("cache-control") {
        Some(value) if forbids_reuse(value) => None,
        Some(value) if max_age(value).is_some() => max_age(value),
        // RFC 9111, 5.3: only without `max-age`.
        _ => response
            .header("expires")
            .and_then(|value| Duration::try_from(date::parse(value)?.duration_since(now)).ok()),
    };
    Ending::Collected {
        fresh_for: fresh_for.map(|fresh| fresh.saturating_sub(age)),
    }
}

fn forbids_reuse(value: &str) -> bool {
    value.split(',').any(|directive| {
        let name = directive.trim().split('=').next().unwrap_or_default();
        ["no-cache", "no-store"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    })
}

fn refused(response: &Response, now: Timestamp) -> Failure {
    let retry_after = response
        .header("retry-after")
        .and_then(|value| retry_after(value, now));
    let asked = retry_after
        .map(|wait| {
            let longest = RETRY_AFTER_MAX.as_secs();
            let capped = if wait > RETRY_AFTER_MAX {
                format!(", longer than the {longest} s it is left alone")
            } else {
                String::new()
            };
            format!(" and asks to wait {} s{capped}", wait.as_secs())
        })
        .unwrap_or_default();
    Failure {
        kind: OutcomeKind::Status,
        status: Some(response.status),
        error: format!("the server answered {}{asked}", response.status),
        retry_after,
        body_bytes: response.body.len() as u64,
        may_be_packing: false,
    }
}

const fn kind(error: &OutboundError) -> OutcomeKind {
    match error {
        OutboundError::Refused { .. } | OutboundError::BadUrl { .. } => OutcomeKind::Refused,
        OutboundError::TooLarge { .. }
        | OutboundError::TooManyRedirects { .. }
        | OutboundError::Timeout { .. } => OutcomeKind::Limit,
        OutboundError::Protocol { .. } => OutcomeKind::NotAFeed,
        OutboundError::Unreachable { .. }
        | OutboundError::Broken { .. }
        | OutboundError::Setup { .. } => OutcomeKind::Unreachable,
    }
}

/// RFC 9110, 10.2.3: seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    Duration::try_from(date::parse(value)?.duration_since(now)).ok()
}

fn max_age(value: &str) -> Option<Duration> {
    value.split(',').find_map(|directive| {
        let (name, seconds) = directive.trim().split_once('=')?;
        let seconds = name
            .eq_ignore_ascii_case("max-age")
            .then(|| seconds.trim_matches('"').parse().ok())??;
        Some(Duration::from_secs(seconds))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_that_servers_ask_for() {
        let now = "2026-11-20T00:00:00Z".parse().unwrap();
        for (value, expected) in [
            ("7200", Some(7_200)),
            ("Fri, 20 Nov 2026 01:30:00 GMT", Some(5_400)),
            ("Fri, 20 Nov 2026 00:00:00 GMT", Some(0)),
            ("Thu, 19 Nov 2026 00:00:00 GMT", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                retry_after(value, now).map(|wait| wait.as_secs()),
                expected,
                "{value}"
            );
        }
        assert!(retry_after("99999999999999999999999", now).is_some());
        assert_eq!(
            max_age("public, Max-Age=300"),
            Some(Duration::from_secs(300))
        );
        assert!(forbids_reuse("private, No-Cache=\"x\"") && !forbids_reuse("max-age=1"));
        assert_eq!(max_age("no-cache"), None);
        assert_eq!(max_age("max-age=x"), None);
    }
}
