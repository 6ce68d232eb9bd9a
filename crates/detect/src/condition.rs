//! Where a source stands, from how polling it went and from its rhythm.
//!
//! Pure: the same facts at the same time give the same state, whether a monitor asks on the log's
//! time or a person at the present one. What needs a person comes first: a source that fails is
//! failing however silent it was before.
//!
//! | state | when |
//! |---|---|
//! | waiting | never polled, or not for more than twice the longest wait |
//! | blocked | the last two attempts or more ended before a wall or with 401, 403, 407 or 451 |
//! | ended | 410 for a day; 30 days without success; silent for 90 days |
//! | failing | three attempts in a row have failed, or all for three intervals and at least an hour |
//! | silent | a pause that its rhythm does not explain ([`silence`]), or nothing in all hours given |
//! | moved | the first address redirects for good |
//! | degraded | the last attempt failed; a fallback answers; a quarter of the hours of a day had failures; a flood |

use std::time::Duration;

use bellwether_model::{
    Failures, OutcomeKind, SourceCondition, SourceCourse, SourceState, Timestamp,
};
use jiff::SignedDuration;

use crate::silence::{SourceHours, flood, silence};

/// Without a success for so long a source has ended.
const ENDED_FAILING: SignedDuration = SignedDuration::from_hours(30 * 24);
/// And after saying for so long that it is gone.
const ENDED_GONE: SignedDuration = SignedDuration::from_hours(24);
/// And when it is silent for so long.
const ENDED_SILENT: SignedDuration = SignedDuration::from_hours(90 * 24);

const FAILING_COUNT: u32 = 3;
const FAILING_INTERVALS: u32 = 3;
const FAILING_MIN: Duration = Duration::from_secs(3600);

/// One refusal may be a passing one.
const BLOCKED_COUNT: u32 = 2;

/// The longest wait of a source that answers is its interval, or this where that is longer.
const WAIT_MIN: Duration = Duration::from_secs(1800);

/// A quarter of the hours of a day, and at least three.
const SHAKY_HOURS: usize = 24;
const SHAKY_MIN: usize = 3;
const SHAKY_SHARE: usize = 4;

/// Where a source that is polled each `every` stands at a time.
#[must_use]
pub fn condition(
    course: &SourceCourse,
    every: Duration,
    hours: SourceHours<'_>,
    now: Timestamp,
) -> SourceCondition {
    let Some(last) = &course.last else {
        return SourceCondition::plain(SourceState::Waiting);
    };
    let told = |state, since, why: String| SourceCondition {
        state,
        since,
        why: Some(why),
    };
    if let Some(failures) = course.failures {
        let why = last
            .error
            .clone()
            .unwrap_or_else(|| "no reason is known".to_owned());
        let state = failing(last.kind, last.status, failures, every, last.at);
        return told(state, Some(failures.since), tries(failures.count, &why));
    }
    let age = now.duration_since(last.at);
    if Duration::try_from(age).is_ok_and(|age| age > 2 * every.max(WAIT_MIN)) {
        let why = "not polled since; is `bellwether run` or `bellwether poll` running?";
        return told(SourceState::Waiting, Some(last.at), why.to_owned());
    }
    let pause = match silence(hours) {
        Some(silence) if silence.longest == 0 => Some(format!(
            "nothing new in {} collected hours; each one of the four weeks before had something new",
            silence.hours
        )),
        Some(silence) => Some(format!(
            "nothing new in {} collected hours; no pause of the four weeks before was longer than {}",
            silence.hours, silence.longest
        )),
        None if hours.is_idle() => Some("nothing new in four weeks or more".to_owned()),
        None => None,
    };
    let is_over = course
        .newest
        .is_some_and(|newest| now.duration_since(newest) > ENDED_SILENT);
    let pause = pause.or_else(|| is_over.then(|| "nothing new in 90 days or more".to_owned()));
    if let (Some(why), Some(newest)) = (pause, course.newest) {
        let state = if is_over {
            SourceState::Ended
        } else {
            SourceState::Silent
        };
        return told(state, Some(newest), why);
    }
    if let Some(moved_to) = &last.moved_to {
        let why =
            format!("moved for good to {moved_to}: put the new address into the configuration");
        return told(SourceState::Moved, None, why);
    }
    match degraded(last.fallback.as_deref(), hours) {
        Some(why) => told(SourceState::Degraded, None, why),
        None => SourceCondition::plain(SourceState::Ok),
    }
}

fn failing(
    kind: OutcomeKind,
    status: Option<u16>,
    failures: Failures,
    every: Duration,
    at: Timestamp,
) -> SourceState {
    let lasted = at.duration_since(failures.since);
    let is_gone = status == Some(410) && lasted >= ENDED_GONE;
    if is_gone || lasted >= ENDED_FAILING {
        return SourceState::Ended;
    }
    let is_blocked = kind == OutcomeKind::Blocked || matches!(status, Some(401 | 403 | 407 | 451));
    if is_blocked && failures.count >= BLOCKED_COUNT {
        return SourceState::Blocked;
    }
    let long = FAILING_MIN.max(FAILING_INTERVALS * every);
    let is_long = Duration::try_from(lasted).is_ok_and(|lasted| lasted >= long);
    if failures.count >= FAILING_COUNT || is_long {
        SourceState::Failing
    } else {
        SourceState::Degraded
    }
}

fn tries(count: u32, why: &str) -> String {
    match count {
        0 | 1 => format!("the last attempt failed: {why}"),
        count => format!("the last {count} attempts failed: {why}"),
    }
}

fn degraded(fallback: Option<&str>, hours: SourceHours<'_>) -> Option<String> {
    if let Some(fallback) = fallback {
        return Some(format!(
            "the first address fails; the fallback {fallback} answers"
        ));
    }
    let day = &hours.hours[hours.hours.len().saturating_sub(SHAKY_HOURS)..];
    let tried = day
        .iter()
        .filter(|hour| hour.is_collected || hour.has_failed);
    let failed = day.iter().filter(|hour| hour.has_failed).count();
    let tried = tried.count();
    if failed >= SHAKY_MIN && failed * SHAKY_SHARE >= tried {
        return Some(format!(
            "attempts failed in {failed} of the last {tried} hours with attempts"
        ));
    }
    let flood = flood(hours)?;
    Some(format!(
        "{} items in one hour; no hour of the four weeks before had more than {}",
        flood.items, flood.most
    ))
}

#[cfg(test)]
mod tests {
    use bellwether_model::{Outcome, SourceId};

    use super::*;
    use crate::silence::SourceHour;

    const EVERY: Duration = Duration::from_secs(600);

    fn time(text: &str) -> Timestamp {
        text.parse().expect("test time")
    }

    fn outcome(at: &str, kind: OutcomeKind, status: u16) -> Outcome {
        Outcome {
            source: SourceId::new("s"),
            at: time(at),
            kind,
            status: Some(status),
            items_new: 0,
            items_updated: 0,
            items_unchanged: 0,
            repaired: None,
            error: (!kind.is_collected()).then(|| "because".to_owned()),
            body_bytes: 0,
            moved_to: None,
            fallback: None,
        }
    }

    fn lively() -> Vec<SourceHour> {
        let hour = SourceHour {
            is_collected: true,
            has_failed: false,
            items: 2,
        };
        vec![hour; 28 * 24]
    }

    fn state(course: &SourceCourse, hours: &[SourceHour], now: &str) -> (SourceState, String) {
        let stretch = SourceHours { first: 0, hours };
        let found = condition(course, EVERY, stretch, time(now));
        (found.state, found.why.unwrap_or_default())
    }

    fn failed(kind: OutcomeKind, status: u16, since: &str, count: u32) -> SourceCourse {
        SourceCourse {
            last: Some(outcome("2026-11-20T12:00:00Z", kind, status)),
            failures: Some(Failures {
                since: time(since),
                count,
            }),
            newest: None,
        }
    }

    #[test]
    fn failures_are_told_apart() {
        use OutcomeKind::{Blocked, Status};
        use SourceState as S;
        for (kind, status, since, count, expected) in [
            (Status, 500, "2026-11-20T12:00:00Z", 1, S::Degraded),
            (Status, 500, "2026-11-20T11:50:00Z", 2, S::Degraded),
            (Status, 500, "2026-11-20T11:40:00Z", 3, S::Failing),
            // Slowly, as where the server asks for patience.
            (Status, 429, "2026-11-20T11:00:00Z", 2, S::Failing),
            (Status, 403, "2026-11-20T12:00:00Z", 1, S::Degraded),
            (Status, 403, "2026-11-20T11:50:00Z", 2, S::Blocked),
            (Blocked, 200, "2026-11-20T11:50:00Z", 2, S::Blocked),
            (Status, 410, "2026-11-20T11:00:00Z", 6, S::Failing),
            (Status, 410, "2026-11-19T11:00:00Z", 60, S::Ended),
            (Status, 500, "2026-10-19T11:00:00Z", 900, S::Ended),
        ] {
            let course = failed(kind, status, since, count);
            let (state, why) = state(&course, &lively(), "2026-11-20T12:05:00Z");
            assert_eq!(state, expected, "{kind:?} {status} since {since}");
            assert!(why.ends_with("because"), "{why}");
        }
    }

    #[test]
    fn what_is_collected_may_still_need_a_person() {
        let good = || SourceCourse {
            last: Some(outcome("2026-11-20T12:00:00Z", OutcomeKind::Fetched, 200)),
            failures: None,
            newest: Some(time("2026-11-20T11:55:00Z")),
        };
        let now = "2026-11-20T12:05:00Z";
        assert_eq!(state(&good(), &lively(), now).0, SourceState::Ok);
        assert_eq!(
            state(&good(), &lively(), "2026-11-20T14:00:00Z").0,
            SourceState::Waiting
        );
        assert_eq!(
            state(&SourceCourse::default(), &[], now).0,
            SourceState::Waiting
        );

        let mut moved = good();
        if let Some(last) = &mut moved.last {
            last.moved_to = Some("https://new.example/".to_owned());
        }
        let (found, why) = state(&moved, &lively(), now);
        assert_eq!(found, SourceState::Moved);
        assert!(why.contains("https://new.example/"), "{why}");

        let mut stood_in = good();
        if let Some(last) = &mut stood_in.last {
            last.fallback = Some("https://b.example/".to_owned());
        }
        assert_eq!(state(&stood_in, &lively(), now).0, SourceState::Degraded);

        let mut shaky = lively();
        for hour in shaky.iter_mut().rev().step_by(4).take(6) {
            hour.has_failed = true;
        }
        assert_eq!(
            state(&good(), &shaky, now),
            (
                SourceState::Degraded,
                "attempts failed in 6 of the last 24 hours with attempts".to_owned()
            )
        );

        let mut silent = lively();
        for hour in silent.iter_mut().rev().take(10) {
            hour.items = 0;
        }
        let (found, why) = state(&good(), &silent, now);
        assert_eq!(found, SourceState::Silent);
        assert_eq!(
            why,
            "nothing new in 9 collected hours; each one of the four weeks before had something new"
        );

        let mut old = good();
        old.newest = Some(time("2026-05-01T00:00:00Z"));
        let empty = vec![
            SourceHour {
                is_collected: true,
                ..SourceHour::default()
            };
            28 * 24
        ];
        assert_eq!(state(&old, &empty, now).0, SourceState::Ended);
        assert_eq!(state(&old, &empty[..70], now).0, SourceState::Ended);
        old.newest = Some(time("2026-10-01T00:00:00Z"));
        assert_eq!(state(&old, &empty, now).0, SourceState::Silent);
        assert_eq!(state(&old, &empty[..70], now).0, SourceState::Ok);
    }
}
