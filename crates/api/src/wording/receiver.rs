//! The wording of messages about a receiver: that messages to it were given up, or arrive again.

use bellwether_model::{Alert, ReceiverFault};

use super::words::Words;
use super::{Facts, Message};
use crate::display::{NAME_CHARS_MAX, shown};
use crate::permalink::push_escaped;

/// Characters of an error at most: what servers answer can be long.
const ERROR_CHARS_MAX: usize = 200;

/// Words a message to others about a receiver.
#[must_use]
pub fn receiver_message(fault: &ReceiverFault, alert: &Alert, facts: &Facts<'_>) -> Message {
    let words = Words::of(facts);
    let receiver = shown(fault.receiver.as_str(), NAME_CHARS_MAX).text;
    let zone = words.zone_name();
    let headline = match fault.until {
        None => words.say("receiver-gives-up", [("receiver", receiver.into())]),
        Some(until) => words.say(
            "receiver-again",
            [
                ("receiver", receiver.into()),
                ("length", words.length(fault.since, until).into()),
            ],
        ),
    };
    let mut lines = Vec::new();
    if fault.until.is_none() {
        let error = shown(&fault.error, ERROR_CHARS_MAX).text;
        lines.push(words.say("receiver-why", [("error", error.into())]));
    }
    let since = words.moment(fault.since);
    let given_up = fault.given_up;
    lines.push(words.say(
        "receiver-since",
        [
            ("count", given_up.into()),
            ("moment", since.into()),
            ("zone", zone.into()),
        ],
    ));
    let mut path = "/alerts/".to_owned();
    push_escaped(&mut path, alert.id.as_str());
    let link = facts
        .public_url
        .map(|base| format!("{}{path}", base.trim_end_matches('/')));
    let mut notes = Vec::new();
    if facts.possible_repeat {
        notes.push(words.say("note-repeat", []));
    }
    if link.is_none() {
        notes.push(words.say("note-no-link", [("path", path.into())]));
    }
    Message {
        language: facts.language,
        headline: facts.headline(headline),
        lines,
        link,
        link_name: words.say("link-receiver", []),
        notes,
        is_withheld: false,
    }
}
