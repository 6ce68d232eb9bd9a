//! Words a message about several alerts: why they come together, how many there are, and the first line
//! of each of the most urgent ones.

use bellwether_model::{Severity, Summary, SummaryReason, Timestamp};
use jiff::tz::TimeZone;

use super::words::{count, moment, moments, zone_name};
use super::{Facts, INVENTED, Message, REPEAT};

/// The page with all alerts.
const ALERTS_PATH: &str = "/alerts";

/// What stands before the link to it.
const LINK_ALERTS: &str = "All alerts, with their evidence";

/// Words a summary. `entries` are the messages that its entries would be alone, in their order.
#[must_use]
pub fn summary_message(
    summary: &Summary,
    entries: &[(Severity, Message)],
    facts: &Facts<'_>,
) -> Message {
    let mut headline = headline(summary);
    if facts.invented {
        headline = format!("{INVENTED} {headline}");
    }
    let mut lines: Vec<String> = Vec::with_capacity(entries.len() + 2);
    lines.push(format!(
        "Held from {} ({})",
        moments(summary.from, summary.to, facts.zone),
        zone_name(facts.zone)
    ));
    if summary.why == SummaryReason::Handover {
        lines.clear();
        lines.push(format!(
            "Shift: {} ({})",
            moments(summary.from, summary.to, facts.zone),
            zone_name(facts.zone)
        ));
    }
    for (severity, message) in entries {
        // The mark of the demo stands at the head once.
        let line = message.headline.strip_prefix(INVENTED);
        let line = line.map_or(message.headline.as_str(), str::trim_start);
        lines.push(format!("[{}] {line}", severity.as_str()));
    }
    let told = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let left = summary.total().saturating_sub(told);
    if left > 0 {
        lines.push(format!(
            "and {} more, on the page",
            count(left, "alert", "alerts")
        ));
    }
    let mut notes: Vec<String> = Vec::new();
    if facts.possible_repeat {
        notes.push(REPEAT.to_owned());
    }
    if facts.public_url.is_none() {
        notes.push(format!(
            "no public_url configured, so no link: open the page at {ALERTS_PATH} on the machine itself"
        ));
    }
    let is_withheld = entries.iter().any(|(_, message)| message.is_withheld);
    if is_withheld {
        notes.push(
            "withheld: texts that look like opinion polls; they stand on the page".to_owned(),
        );
    }
    Message {
        headline,
        lines,
        link: (facts.public_url).map(|base| format!("{}{ALERTS_PATH}", base.trim_end_matches('/'))),
        link_name: LINK_ALERTS,
        notes,
        is_withheld,
    }
}

/// What the last message says before further ones are held back.
#[must_use]
pub fn limit_reached(until: Timestamp, zone: &TimeZone) -> String {
    format!(
        "the limit of this receiver is reached: what follows is held back until {} ({}) and then told \
         together",
        moment(until, zone),
        zone_name(zone)
    )
}

fn headline(summary: &Summary) -> String {
    let alerts = count(summary.total(), "alert", "alerts");
    let of = summary.counts.iter();
    let of: Vec<String> = of
        .map(|(severity, count)| format!("{count} {}", severity.as_str()))
        .collect();
    let of = of.join(", ");
    match summary.why {
        SummaryReason::Group => format!("{alerts} together: {of}"),
        SummaryReason::Digest => format!("Digest: {alerts}: {of}"),
        SummaryReason::Quiet => format!("Quiet hours are over: {alerts}: {of}"),
        SummaryReason::Limit => {
            format!("{alerts} held back, more than the limit of this receiver: {of}")
        }
        SummaryReason::Released => format!("{alerts} that were held back: {of}"),
        SummaryReason::Handover if summary.counts.is_empty() => {
            "Shift hand-over: no alert holds, and none was raised or ended".to_owned()
        }
        SummaryReason::Handover => format!("Shift hand-over: {alerts}: {of}"),
    }
}
