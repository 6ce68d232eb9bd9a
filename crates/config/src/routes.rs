//! `[route]` in `receivers.toml`: who is told of which alerts, as a tree.

use std::time::Duration;

use bellwether_model::{Grouping, Label, Matcher, MatcherError, Route};

use crate::checks;
use crate::keys;
use crate::register::Register;
use crate::rules::receivers;
use crate::table::{Placed, Table};
use crate::words::{did_you_mean, quoted};

/// Routes below routes below routes; nobody reads a deeper tree.
const DEPTH_MAX: usize = 8;

/// How long one may wait for others of a group.
const WAIT: std::ops::RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(3600);

/// How long after a message of a group the next one comes.
const INTERVAL: std::ops::RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(86_400);

/// Alertmanager's own (prometheus.io/docs/alerting/latest/configuration).
const WAIT_USUAL: Duration = Duration::from_secs(30);
const INTERVAL_USUAL: Duration = Duration::from_secs(300);

/// Reads the tree; `None` where the file has none.
pub(crate) fn tree<'a>(top: &Table<'a>, known: &Register<'a>) -> Option<Route> {
    let table = top.table("route", &keys::ROUTE_TREE)?;
    table.require("receivers", None);
    let root = Route::default();
    Some(node(&table, &root, known, 1))
}

/// A route, with what it does not say itself from the one above.
fn node<'a>(table: &Table<'a>, above: &Route, known: &Register<'a>, depth: usize) -> Route {
    let mut route = Route {
        matchers: matchers(table),
        receivers: above.receivers.clone(),
        continues: table.boolean("continue").unwrap_or(false),
        grouping: above.grouping.clone(),
        routes: Vec::new(),
    };
    if table.has("receivers") {
        route.receivers = receivers(table, known);
    }
    route.grouping = grouping(table, route.grouping);
    let below = table.tables("routes", &keys::ROUTE_BELOW);
    if let Some(first) = below.first().filter(|_| depth >= DEPTH_MAX) {
        table.sink.fault(
            first.place,
            format!("routes lie more than {DEPTH_MAX} deep"),
            None,
        );
        return route;
    }
    let mut routes = Vec::with_capacity(below.len());
    for (number, table) in below.iter().enumerate() {
        let read = node(table, &route, known, depth + 1);
        let is_last = number + 1 == below.len();
        if !table.has("matchers") && !read.continues && !is_last {
            table.sink.fault(
                table.place,
                "this route takes every alert, and those behind it none".to_owned(),
                Some("give it `matchers`, or put it last".to_owned()),
            );
        }
        routes.push(read);
    }
    route.routes = routes;
    route
}

fn matchers(table: &Table<'_>) -> Vec<Matcher> {
    if !table.has("matchers") {
        return Vec::new();
    }
    let texts = table.texts("matchers");
    texts
        .into_iter()
        .filter_map(|text| match Matcher::parse(text.value) {
            Ok(matcher) => Some(matcher),
            Err(error) => {
                refuse(table, &text, &error);
                None
            }
        })
        .collect()
}

fn refuse(table: &Table<'_>, text: &Placed<'_, &str>, error: &MatcherError) {
    let hint = match error {
        MatcherError::Label(label) => did_you_mean(label, Label::ALL.map(Label::as_str), "labels"),
        _ => "write it such as `severity=\"critical\"` or `group=~\"prc-.*\"`".to_owned(),
    };
    let message = format!("{} is no matcher: {error}", quoted(text.value));
    table.sink.fault(text.place, message, Some(hint));
}

fn grouping(table: &Table<'_>, above: Option<Grouping>) -> Option<Grouping> {
    let wait = checks::duration(table, "group_wait", WAIT);
    let interval = checks::duration(table, "group_interval", INTERVAL);
    let by = if table.has("group_by") {
        let texts = table.texts("group_by");
        let labels = texts.into_iter().filter_map(|text| label(table, &text));
        labels.collect()
    } else {
        above.as_ref().map(|above| above.by.clone())?
    };
    // An empty list tells each alert alone again.
    if by.is_empty() {
        return None;
    }
    let of_above = |of: fn(&Grouping) -> Duration| above.as_ref().map(of);
    Some(Grouping {
        by,
        wait: wait
            .or_else(|| of_above(|above| above.wait))
            .unwrap_or(WAIT_USUAL),
        interval: interval
            .or_else(|| of_above(|above| above.interval))
            .unwrap_or(INTERVAL_USUAL),
    })
}

fn label(table: &Table<'_>, text: &Placed<'_, &str>) -> Option<Label> {
    let label = Label::from_word(text.value);
    if label.is_none() {
        table.sink.fault(
            text.place,
            format!("no label is called {}", quoted(text.value)),
            Some(did_you_mean(
                text.value,
                Label::ALL.map(Label::as_str),
                "labels",
            )),
        );
    }
    label
}
