//! What has changed since the reader looked last.

use bellwether_api::{AlertBody, AlertChangeBody};
use bellwether_model::Timestamp;
use maud::{Markup, html};

use super::super::words::{Times, foreign};
use super::super::{Visit, acknowledge, alert_path, alerts};
use crate::answers::ListParams;

/// Alerts that are looked at, and changes that are told.
const ALERTS_MAX: usize = 100;
const CHANGES_MAX: usize = 10;

/// The changes, the newest first.
pub(super) fn section(visit: &Visit<'_>, times: &Times) -> Markup {
    let looked = visit.reader.preferences.looked;
    let before = looked.and_then(|looked| looked.before);
    html! {
        section aria-labelledby="since" {
            h2 id="since" {
                (visit.say("now-since"))
                @if let Some(before) = before { " " span.aside { (times.element(before)) } }
            }
            @match before {
                None => p { (visit.say("now-since-first")) },
                Some(before) => (changes(visit, before, times)),
            }
        }
    }
}

fn changes(visit: &Visit<'_>, since: Timestamp, times: &Times) -> Markup {
    let alerts = visit.alerts(&ListParams {
        limit: Some(ALERTS_MAX),
        ..ListParams::default()
    });
    let alerts = alerts.map(|list| list.items).unwrap_or_default();
    let mut changes: Vec<(&AlertBody, &AlertChangeBody)> = alerts
        .iter()
        .flat_map(|alert| alert.history.iter().map(move |change| (alert, change)))
        // Growth stands in the list of what is open.
        .filter(|(_, change)| change.at > since && !change.what.starts_with("numbers changed"))
        .collect();
    changes.sort_by(|a, b| b.1.at.cmp(&a.1.at).then_with(|| a.0.id.cmp(&b.0.id)));
    html! {
        @if changes.is_empty() {
            p { (visit.tell("now-since-nothing", &[("when", times.element(since).into())])) }
        } @else {
            ol.latest {
                @for (alert, change) in changes.iter().take(CHANGES_MAX) {
                    li { (times.element(change.at)) " " (told(visit, alert, change)) }
                }
            }
        }
    }
}

fn told(visit: &Visit<'_>, alert: &AlertBody, change: &AlertChangeBody) -> Markup {
    let called = alerts::name(visit, alert);
    let name = html! { a href=(alert_path(&alert.id)) { (foreign(&called, None)) } };
    let what = acknowledge::event(visit, alert, change);
    if alert.cause == "receiver" {
        let parts = [("what", what.into()), ("name", name.into())];
        return visit.tell("now-since-receiver", &parts);
    }
    if alert.cause != "burst" {
        let parts = [("what", what.into()), ("name", name.into())];
        return visit.tell("now-since-source", &parts);
    }
    match (change.what.as_str(), &change.by) {
        ("fired" | "fired again", _) => visit.tell("now-since-fired", &[("name", name.into())]),
        ("ended", _) => visit.tell("now-since-resolved", &[("name", name.into())]),
        ("acknowledged", Some(by)) => visit.tell(
            "now-since-acknowledged",
            &[("by", foreign(by, None).into()), ("name", name.into())],
        ),
        _ => visit.tell(
            "now-since-other",
            &[("what", what.into()), ("name", name.into())],
        ),
    }
}
