//! What stands on the buttons of a message, and what a person is told who pressed one.

use bellwether_model::{MessageLanguage, Reply, Verdict};

use crate::catalogue::say;

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyOutcome {
    /// The alert is theirs.
    Taken,
    /// The alert is theirs, with this verdict.
    Judged(Verdict),
    /// Alerts that this finds are silenced.
    Quiet(String),
    /// There is no such alert any more.
    Unknown,
    /// It could not be taken in.
    Refused,
}

/// What stands on a button.
#[must_use]
pub fn button(reply: Reply, language: MessageLanguage) -> String {
    let id = match reply {
        Reply::Taken => "button-taken",
        Reply::Judged(Verdict::Useful) => "button-useful",
        Reply::Judged(Verdict::Noise) => "button-noise",
        Reply::Judged(Verdict::Known) => "button-known",
        Reply::Quiet => "button-quiet",
    };
    say(language, id, [])
}

/// What the person is told who pressed it.
#[must_use]
pub fn reply_told(outcome: &ReplyOutcome, language: MessageLanguage) -> String {
    match outcome {
        ReplyOutcome::Taken => say(language, "reply-taken", []),
        ReplyOutcome::Judged(verdict) => {
            let verdict = say(language, verdict_id(Some(*verdict)), []);
            say(language, "reply-judged", [("verdict", verdict.into())])
        }
        ReplyOutcome::Quiet(matcher) => say(
            language,
            "reply-quiet",
            [("alerts", matcher.as_str().into())],
        ),
        ReplyOutcome::Unknown => say(language, "reply-unknown", []),
        ReplyOutcome::Refused => say(language, "reply-refused", []),
    }
}

/// What a verdict is called in the catalogues.
pub(super) const fn verdict_id(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "verdict-none",
        Some(Verdict::Useful) => "verdict-useful",
        Some(Verdict::Noise) => "verdict-noise",
        Some(Verdict::Known) => "verdict-known",
    }
}
