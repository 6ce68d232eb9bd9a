//! Who is told of an alert: the route tree, as Prometheus Alertmanager walks it.
//!
//! From the root down, the first route below that an alert matches takes it; one that `continues` lets
//! those that follow try too. A route of whose routes none matches tells its own receivers.

use bellwether_model::{Grouping, Labels, ReceiverId, Route};

/// A receiver that is told, and by which route.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop<'a> {
    /// The receiver.
    pub receiver: &'a ReceiverId,
    /// How alerts are gathered there.
    pub grouping: Option<&'a Grouping>,
    /// The places of the routes that led there, each among its siblings; none at the root.
    pub path: Vec<usize>,
}

/// Who is told of an alert with these labels; a receiver that several routes lead to is told once, by
/// the first.
#[must_use]
pub fn routed<'a>(root: &'a Route, labels: &Labels) -> Vec<Stop<'a>> {
    let mut stops: Vec<Stop<'a>> = Vec::new();
    walk(root, labels, &mut Vec::new(), &mut stops);
    stops
}

fn walk<'a>(route: &'a Route, labels: &Labels, path: &mut Vec<usize>, stops: &mut Vec<Stop<'a>>) {
    let mut is_taken = false;
    for (place, below) in route.routes.iter().enumerate() {
        if !below.matchers.iter().all(|matcher| matcher.matches(labels)) {
            continue;
        }
        is_taken = true;
        path.push(place);
        walk(below, labels, path, stops);
        path.pop();
        if !below.continues {
            break;
        }
    }
    if is_taken {
        return;
    }
    for receiver in &route.receivers {
        if stops.iter().all(|known| known.receiver != receiver) {
            stops.push(Stop {
                receiver,
                grouping: route.grouping.as_ref(),
                path: path.clone(),
            });
        }
    }
}

/// What alerts that are gathered to one message have in common, as one text.
#[must_use]
pub fn group_of(grouping: &Grouping, labels: &Labels) -> String {
    let part = |label: &bellwether_model::Label| {
        let values: Vec<&str> = labels.values(*label).collect();
        format!("{}={}", label.as_str(), values.join(","))
    };
    grouping.by.iter().map(part).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use bellwether_model::{Label, Matcher};

    use super::*;

    fn route(matchers: &[&str], receivers: &[&str], routes: Vec<Route>) -> Route {
        Route {
            matchers: matchers
                .iter()
                .map(|text| Matcher::parse(text).unwrap())
                .collect(),
            receivers: receivers.iter().map(|id| ReceiverId::new(*id)).collect(),
            routes,
            ..Route::default()
        }
    }

    fn told(root: &Route, labels: &Labels) -> Vec<(String, Vec<usize>)> {
        let stops = routed(root, labels).into_iter();
        stops
            .map(|stop| (stop.receiver.to_string(), stop.path))
            .collect()
    }

    fn burst(severity: &str, election: &str) -> Labels {
        Labels::default()
            .with(Label::Cause, "burst")
            .with(Label::Severity, severity)
            .with(Label::Election, election)
    }

    #[test]
    fn the_first_route_that_matches_takes_an_alert() {
        let mut pager = route(&["severity=critical"], &["pager"], Vec::new());
        pager.continues = true;
        let taiwan = route(
            &["election=tw-2026"],
            &["taipei"],
            vec![route(&["cause!=burst"], &["engineers"], Vec::new())],
        );
        let root = route(&[], &["newsroom"], vec![pager, taiwan]);
        for (labels, expected) in [
            (burst("info", "us-2026"), vec![("newsroom", vec![])]),
            (burst("info", "tw-2026"), vec![("taipei", vec![1])]),
            (
                burst("critical", "tw-2026"),
                vec![("pager", vec![0]), ("taipei", vec![1])],
            ),
            // Nobody is told at the root of what a route below has taken.
            (burst("critical", "us-2026"), vec![("pager", vec![0])]),
            (
                Labels::default()
                    .with(Label::Cause, "outage")
                    .with(Label::Election, "tw-2026"),
                vec![("engineers", vec![1, 0])],
            ),
        ] {
            let expected: Vec<(String, Vec<usize>)> = expected
                .into_iter()
                .map(|(receiver, path)| (receiver.to_owned(), path))
                .collect();
            assert_eq!(told(&root, &labels), expected, "{labels:?}");
        }
    }

    #[test]
    fn a_receiver_that_two_routes_lead_to_is_told_once() {
        let mut first = route(&["severity=critical"], &["pager", "room"], Vec::new());
        first.continues = true;
        let second = route(&["election=tw-2026"], &["room"], Vec::new());
        let root = route(&[], &["newsroom"], vec![first, second]);
        let expected = vec![("pager".to_owned(), vec![0]), ("room".to_owned(), vec![0])];
        assert_eq!(told(&root, &burst("critical", "tw-2026")), expected);
    }

    #[test]
    fn a_group_is_named_by_all_values_of_its_labels() {
        let grouping = Grouping {
            by: vec![Label::Election, Label::Group],
            wait: std::time::Duration::from_secs(30),
            interval: std::time::Duration::from_secs(300),
        };
        let labels = burst("info", "tw-2026")
            .with(Label::Group, "tw-domestic")
            .with(Label::Group, "prc-state");
        assert_eq!(
            group_of(&grouping, &labels),
            "election=tw-2026;group=prc-state,tw-domestic"
        );
        assert_eq!(group_of(&grouping, &Labels::default()), "election=;group=");
    }
}
