//! Alerts about collection: one for each source in trouble, and one message for all that changed.
//!
//! An alert fires when a trouble is told, notes when it becomes another one, and resolves by itself
//! when the source is collected again. Its id holds when the trouble began, so the next trouble of
//! the same source is another alert. Messages are made of reports: however many sources changed, a
//! receiver gets one.

use bellwether_model::{
    Alert, AlertId, AlertState, Cause, CoverageReport, Delivery, DeliveryKind, Labels, Outage,
    ReceiverId, SourceChange, SourceId, Timestamp,
};

use crate::key::delivery_key;
use crate::labels::outage_labels;
use crate::life::{decided, note};

const AGAIN: &str = "collected again";
const NO_LONGER: &str = "no longer watched";

/// What the alert about most sources is called.
const OUTAGE_NAME: &str = "Most sources fail";

/// The id of the alert about one trouble of one source.
#[must_use]
pub fn source_alert_id(source: &SourceId, begun: Timestamp) -> AlertId {
    AlertId::new(format!("a-source-{}-{source}", begun.as_second()))
}

/// The id of the alert about most sources failing together.
#[must_use]
pub fn outage_alert_id(since: Timestamp) -> AlertId {
    AlertId::new(format!("a-outage-{}", since.as_second()))
}

/// Whether an alert about the same source is the one that a change belongs to, although the change
/// names another beginning: what is computed anew with other settings may find the trouble earlier or
/// later, and its end is the end of what was told.
#[must_use]
pub fn goes_on(alert: &Alert, change: &SourceChange) -> bool {
    alert.state != AlertState::Resolved || has_taken_in(alert, change.at)
}

/// Whether what was found at a tick is in an alert already. What people did with it meanwhile does not
/// count: they act on the time of the day, which may be ahead of the log's.
fn has_taken_in(alert: &Alert, at: Timestamp) -> bool {
    let mut found = alert.history.iter().rev().filter(|step| step.by.is_none());
    found.next().is_some_and(|step| step.at >= at)
}

/// Takes in a change of a source that is called `name` and has these labels. `alert` is what earlier changes of the same
/// trouble made of it. Nothing comes of the end of a trouble that nobody was told of, or of a change
/// that was taken in already.
#[must_use]
pub fn take_change(
    alert: Option<Alert>,
    change: &SourceChange,
    name: &str,
    labels: Labels,
) -> Option<Alert> {
    let mut alert = match alert {
        Some(alert) if has_taken_in(&alert, change.at) => return Some(alert),
        Some(alert) => alert,
        None if change.is_recovery() => return None,
        None => firing(
            source_alert_id(&change.source, change.begun),
            Cause::Source {
                source: change.source.clone(),
            },
            name,
            change.since,
            labels,
        ),
    };
    alert.revision = alert.revision.saturating_add(1);
    alert.updated = alert.updated.max(change.at);
    if change.is_recovery() {
        resolve(&mut alert, change.since.min(change.at), AGAIN, change.at);
        return Some(alert);
    }
    if alert.state == AlertState::Resolved {
        alert.state = AlertState::Firing;
        alert.resolved = None;
    }
    let what = match &change.why {
        Some(why) => format!("{}: {why}", change.to.as_str()),
        None => change.to.as_str().to_owned(),
    };
    note(&mut alert, &what, change.at);
    Some(alert)
}

/// Takes in that most sources fail together, or no longer do.
#[must_use]
pub fn take_outage(alert: Option<Alert>, outage: &Outage, at: Timestamp) -> Option<Alert> {
    let mut alert = match alert {
        Some(alert) if has_taken_in(&alert, at) => return Some(alert),
        Some(alert) => alert,
        None if outage.gap.is_some() => return None,
        None => firing(
            outage_alert_id(outage.since),
            Cause::Outage {
                outage: outage.since,
            },
            OUTAGE_NAME,
            outage.since,
            outage_labels(),
        ),
    };
    alert.revision = alert.revision.saturating_add(1);
    alert.updated = alert.updated.max(at);
    match &outage.gap {
        Some(gap) => resolve(&mut alert, gap.span.to, AGAIN, at),
        None => {
            let what = format!(
                "{} of {} sources fail, on {} hosts",
                outage.failed, outage.tried, outage.hosts
            );
            note(&mut alert, &what, at);
        }
    }
    Some(alert)
}

/// Resolves the alert of a source that is no longer watched: it was switched off, taken out of the
/// configuration, or is not to be told. Whoever did that knows, so nobody is told.
#[must_use]
pub fn forget(mut alert: Alert, at: Timestamp) -> Alert {
    alert.revision = alert.revision.saturating_add(1);
    alert.updated = alert.updated.max(at);
    resolve(&mut alert, at, NO_LONGER, at);
    alert
}

/// The messages of a report. They belong to the first of its alerts, and have the same key however
/// often they are decided.
#[must_use]
pub fn messages(
    report: &CoverageReport,
    first: &Alert,
    receivers: &[ReceiverId],
    now: Timestamp,
) -> Vec<Delivery> {
    let kind = if report.is_trouble() {
        DeliveryKind::Firing
    } else {
        DeliveryKind::Resolved
    };
    let about = AlertId::new(format!("coverage-{}", report.reported.as_second()));
    let mut messages: Vec<Delivery> = Vec::with_capacity(receivers.len());
    for receiver in receivers {
        let key = delivery_key(&about, 1, kind, receiver);
        if messages.iter().all(|known| known.key != key) {
            messages.push(decided(first, kind, key, receiver, now));
        }
    }
    messages
}

fn firing(id: AlertId, cause: Cause, name: &str, started: Timestamp, labels: Labels) -> Alert {
    Alert {
        id,
        cause,
        revision: 0,
        name: name.to_owned(),
        state: AlertState::Firing,
        started,
        updated: started,
        resolved: None,
        verdict: None,
        labels,
        told: None,
        history: Vec::new(),
    }
}

fn resolve(alert: &mut Alert, ended: Timestamp, what: &str, at: Timestamp) {
    alert.state = AlertState::Resolved;
    alert.resolved = Some(ended);
    note(alert, what, at);
}
