//! The wording of messages about several alerts: why they come together, how many there are, and the
//! first line of each of the most urgent ones. It may not choose among them.

use bellwether_model::{Severity, Summary, SummaryReason, Timestamp};

use super::words::Words;
use super::{Facts, Message};

/// The page with all alerts.
const ALERTS_PATH: &str = "/alerts";

/// Words a summary. `entries` are the messages that its entries would be alone, in their order.
#[must_use]
pub fn summary_message(
    summary: &Summary,
    entries: &[(Severity, Message)],
    facts: &Facts<'_>,
) -> Message {
    let words = Words::of(facts);
    let span = words.moments(summary.from, summary.to);
    let zone = words.zone_name();
    let mut lines = vec![words.say(
        "summary-span",
        [("span", span.into()), ("zone", zone.into())],
    )];
    for (severity, message) in entries {
        let headline = message.headline.as_str();
        let severity = severity_word(words, *severity);
        lines.push(words.say(
            "summary-entry",
            [("severity", severity.into()), ("headline", headline.into())],
        ));
    }
    let told = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let left = summary.total().saturating_sub(told);
    if left > 0 {
        lines.push(words.say("summary-more", [("more", left.into())]));
    }
    let link = facts
        .public_url
        .map(|base| format!("{}{ALERTS_PATH}", base.trim_end_matches('/')));
    let mut notes: Vec<String> = Vec::new();
    if facts.possible_repeat {
        notes.push(words.say("note-repeat", []));
    }
    if link.is_none() {
        notes.push(words.say("note-no-link", [("path", ALERTS_PATH.into())]));
    }
    let is_withheld = entries.iter().any(|(_, message)| message.is_withheld);
    if is_withheld {
        notes.push(words.say("summary-withheld", []));
    }
    Message {
        language: facts.language,
        headline: facts.headline(headline(summary, words)),
        lines,
        link,
        link_name: words.say("link-alerts", []),
        notes,
        is_withheld,
    }
}

/// What the last message says before further ones are held back.
#[must_use]
pub fn limit_reached(until: Timestamp, facts: &Facts<'_>) -> String {
    let words = Words::of(facts);
    let moment = words.moment(until);
    let zone = words.zone_name();
    words.say(
        "note-limit",
        [("moment", moment.into()), ("zone", zone.into())],
    )
}

fn headline(summary: &Summary, words: Words<'_>) -> String {
    let title = match summary.why {
        SummaryReason::Group => "summary-group",
        SummaryReason::Digest => "summary-digest",
        SummaryReason::Quiet => "summary-quiet",
        SummaryReason::Limit => "summary-limit",
        SummaryReason::Released => "summary-released",
        SummaryReason::Handover => "summary-handover",
    };
    let counts = summary.counts.iter().map(|(severity, count)| {
        let severity = severity_word(words, *severity);
        words.say(
            "summary-severity",
            [("count", (*count).into()), ("severity", severity.into())],
        )
    });
    let counts = words.list(counts.collect());
    words.say(
        "summary-headline",
        [
            ("title", words.say(title, []).into()),
            ("alerts", summary.total().into()),
            ("counts", counts.into()),
        ],
    )
}

fn severity_word(words: Words<'_>, severity: Severity) -> String {
    let id = match severity {
        Severity::Info => "severity-info",
        Severity::Warning => "severity-warning",
        Severity::Critical => "severity-critical",
    };
    words.say(id, [])
}
