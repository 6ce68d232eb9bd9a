//! What becomes of an alert when somebody replies to its message where they read it.

use std::time::Duration;

use bellwether_model::{Alert, Label, Matcher, Reply, Silence, Timestamp, Verdict};

use crate::acknowledge::Acknowledgement;
use crate::silencing::{SilenceError, new_silence};

/// Labels by which alerts like one may be silenced, the narrowest first.
pub const SILENCED_BY: [Label; 4] = [Label::Term, Label::Rule, Label::Narrative, Label::Source];

/// How long a reply silences.
pub const QUIET: Duration = Duration::from_secs(4 * 3_600);

/// What a reply asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// That the alert is acknowledged.
    Acknowledgement(Acknowledgement),
    /// That alerts like it are silenced.
    Silence(Silence),
}

/// Why a reply cannot be taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Nothing tells it from all others.
    #[error("the alert has no label that it could be silenced by")]
    NoLabel,
    /// What the chat calls its sender is no name.
    #[error("the chat does not say who it was")]
    Name,
    /// No silence can be made of it.
    #[error(transparent)]
    Silence(#[from] SilenceError),
}

/// What a reply to the message of an alert asks for; `by` names who it was and where.
///
/// # Errors
/// [`ReplyError`].
pub fn wanted(alert: &Alert, reply: Reply, by: &str, now: Timestamp) -> Result<Wanted, ReplyError> {
    let said = |verdict: Option<Verdict>| {
        let said = Acknowledgement::new(by, verdict, None).map_err(|_| ReplyError::Name)?;
        Ok(Wanted::Acknowledgement(said))
    };
    match reply {
        Reply::Taken => said(None),
        Reply::Judged(verdict) => said(Some(verdict)),
        Reply::Quiet => {
            let matcher = alike(alert).ok_or(ReplyError::NoLabel)?;
            let comment = "by a button of its message";
            let silence = new_silence(&[matcher], by, comment, now, QUIET)?;
            Ok(Wanted::Silence(silence))
        }
    }
}

/// What finds alerts like one: its narrowest label.
fn alike(alert: &Alert) -> Option<String> {
    SILENCED_BY.iter().find_map(|label| {
        let value = alert.labels.values(*label).next()?;
        Some(Matcher::is(*label, value).to_string())
    })
}

/// Whether a silence says what another one in force says already, by the same person.
#[must_use]
pub fn is_repeat(silence: &Silence, others: &[Silence]) -> bool {
    others.iter().any(|other| {
        other.matchers == silence.matchers
            && other.by == silence.by
            && other.comment == silence.comment
    })
}

#[cfg(test)]
mod tests {
    use bellwether_model::{AlertId, AlertState, BurstId, Cause, Labels, RuleId};

    use super::*;

    fn alert(labels: Labels) -> Alert {
        let at = Timestamp::from_second(1_795_500_000).unwrap();
        Alert {
            id: AlertId::new("a-1"),
            cause: Cause::Burst {
                burst: BurstId::new("1"),
                rule: RuleId::new("any"),
            },
            revision: 1,
            name: "作票".to_owned(),
            state: AlertState::Firing,
            started: at,
            updated: at,
            resolved: None,
            verdict: None,
            labels,
            told: None,
            history: Vec::new(),
        }
    }

    #[test]
    fn what_is_silenced_is_the_narrowest_that_tells_the_alert() {
        let now = Timestamp::from_second(1_795_500_000).unwrap();
        let labels = Labels::default().with(Label::Rule, "any");
        let quiet = |labels: Labels| wanted(&alert(labels), Reply::Quiet, "Lin (telegram 7)", now);
        let Ok(Wanted::Silence(silence)) = quiet(labels.clone().with(Label::Term, "作\"票"))
        else {
            panic!("no silence");
        };
        assert_eq!(silence.matchers[0].to_string(), "term=\"作\\\"票\"");
        assert_eq!(silence.ends.duration_since(now).as_hours(), 4);
        assert_eq!(silence.by, "Lin (telegram 7)");
        assert!(is_repeat(&silence, std::slice::from_ref(&silence)));
        let Ok(Wanted::Silence(other)) = quiet(labels) else {
            panic!("no silence");
        };
        assert_eq!(other.matchers[0].to_string(), "rule=\"any\"");
        assert!(!is_repeat(&other, &[silence]));
        assert_eq!(quiet(Labels::default()), Err(ReplyError::NoLabel));
    }

    #[test]
    fn every_word_is_read_back_and_nobody_acknowledges_without_a_name() {
        let now = Timestamp::from_second(1_795_500_000).unwrap();
        for reply in Reply::ALL {
            assert_eq!(Reply::from_word(reply.as_str()), Some(reply));
            let said = wanted(
                &alert(Labels::default().with(Label::Rule, "any")),
                reply,
                " ",
                now,
            );
            assert!(said.is_err(), "{reply:?}");
        }
        assert_eq!(Reply::from_word("QUIET"), None);
    }
}
