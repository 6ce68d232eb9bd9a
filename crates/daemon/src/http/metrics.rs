//! Figures for Prometheus, in its text format 0.0.4.
//!
//! Labels are route templates, classes of status, and words of ours: there are as many series as
//! there are routes, whatever is asked. Never text of items, ids, addresses or secrets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Response;
use axum::middleware::Next;
use bellwether_model::Timestamp;

use super::Shared;
use crate::answers::{Answers, Standing};

pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper ends of the buckets of durations, in seconds: the goals of searches lie at 1, 5, 20 and
/// 60 ms.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.02, 0.06, 0.1, 0.3, 1.0, 3.0, 10.0, 20.0,
];
/// The route of what has none.
const UNMATCHED: &str = "unmatched";

/// Counts since the start.
pub(super) struct Metrics {
    started: Timestamp,
    routes: Mutex<BTreeMap<String, RouteFigures>>,
}

#[derive(Debug, Clone, Default)]
struct RouteFigures {
    /// By class of status, from 1xx.
    replies: [u64; 5],
    /// By bucket; the last is what took longer.
    durations: [u64; BUCKETS.len() + 1],
    seconds: f64,
}

/// Counts a request and how long its reply took to begin. The clock is the one that answers use: a
/// clock set back counts as no time at all.
pub(super) async fn measure(
    State(shared): State<Shared>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let begun = shared.answers.now();
    let response = next.run(request).await;
    let seconds = shared.answers.now().duration_since(begun).as_secs_f64();
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let class = usize::from(response.status().as_u16() / 100);
    shared.metrics.count(route, class, seconds.max(0.0));
    response
}

impl Metrics {
    pub(super) fn new(started: Timestamp) -> Self {
        Self {
            started,
            routes: Mutex::default(),
        }
    }

    fn count(&self, route: &str, class: usize, seconds: f64) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), RouteFigures::default());
        }
        let Some(figures) = routes.get_mut(route) else {
            return;
        };
        if let Some(count) = figures.replies.get_mut(class.saturating_sub(1)) {
            *count += 1;
        }
        let bucket = BUCKETS.partition_point(|end| *end < seconds);
        if let Some(count) = figures.durations.get_mut(bucket) {
            *count += 1;
        }
        figures.seconds += seconds;
    }

    /// All figures as text.
    pub(super) fn text(&self, answers: &Answers) -> String {
        let mut text = Text::default();
        text.standing(&answers.standing());
        let routes = self
            .routes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        text.requests(&routes);
        text.process(self.started, answers.now());
        text.0
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(name);
        for (at, (label, of)) in labels.iter().enumerate() {
            self.0.push(if at == 0 { '{' } else { ',' });
            let _ = write!(self.0, "{label}=\"{}\"", escaped(of));
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{end} {value}");
    }

    /// A gauge without labels; left out where it is not known.
    fn gauge(&mut self, name: &str, help: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.head(name, "gauge", help);
            self.sample(name, &[], number(value));
        }
    }

    fn gauge_by<S: AsRef<str>>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        counts: &[(S, u64)],
    ) {
        self.head(name, "gauge", help);
        for (of, count) in counts {
            self.sample(name, &[(label, of.as_ref())], number(*count));
        }
    }

    /// One sample for each state there can be: what can alarm must be there before it does.
    fn gauge_of_states(
        &mut self,
        name: &str,
        help: &str,
        states: &[&'static str],
        counts: &[(String, u64)],
    ) {
        let all: Vec<(&str, u64)> = states
            .iter()
            .map(|state| {
                let count = counts.iter().find(|(of, _)| of == state);
                (*state, count.map_or(0, |(_, count)| *count))
            })
            .collect();
        self.gauge_by(name, help, "state", &all);
    }

    fn standing(&mut self, standing: &Standing) {
        let behind = |ahead: Option<u64>, at: Option<u64>| Some(ahead?.saturating_sub(at?));
        let (log, derived) = (standing.log_seq, standing.derived_seq);
        let (items, indexed) = (standing.log_items, standing.index_items);
        self.gauge("bellwether_log_seq", "The last entry of the log.", log);
        self.gauge(
            "bellwether_derived_seq",
            "The last entry of the log that was analysed.",
            derived,
        );
        self.gauge(
            "bellwether_derived_lag_entries",
            "Entries of the log that wait for analysis.",
            behind(log, derived),
        );
        self.gauge("bellwether_log_items", "Items in the log.", items);
        self.gauge(
            "bellwether_index_items",
            "Items that a search can find.",
            indexed,
        );
        self.gauge(
            "bellwether_index_lag_items",
            "Items of the log that a search cannot find yet.",
            behind(items, indexed),
        );
        self.gauge(
            "bellwether_disk_free_bytes",
            "Free bytes where the data is.",
            standing.disk_free,
        );
        self.gauge(
            "bellwether_disk_floor_bytes",
            "Free bytes under which less is taken in; 0 where nobody looks.",
            standing.disk_floor,
        );
        self.gauge_by(
            "bellwether_disk_stops",
            "What is not collected or kept since the disk is nearly full: 1, else 0.",
            "what",
            &standing.disk_stops,
        );
        let configuration = standing.configuration;
        self.gauge(
            "bellwether_config_last_reload_successful",
            "Whether the configuration on disk is in force: 1, or 0 where it was refused.",
            configuration.map(|(_, is_in_force)| u64::from(is_in_force)),
        );
        self.gauge(
            "bellwether_config_last_reload_success_timestamp_seconds",
            "When the configuration in force was taken, in seconds since 1970.",
            configuration.and_then(|(taken, _)| u64::try_from(taken.as_second()).ok()),
        );
        self.gauge_by(
            "bellwether_sources",
            "Sources by where they stand.",
            "state",
            &standing.sources,
        );
        self.gauge_of_states(
            "bellwether_alerts",
            "Alerts by state.",
            &["firing", "acknowledged", "resolved"],
            &standing.alerts,
        );
        self.gauge_of_states(
            "bellwether_deliveries",
            "Messages by state; pending and sending ones wait.",
            &["pending", "sending", "delivered", "dead"],
            &standing.deliveries,
        );
    }

    fn requests(&mut self, routes: &BTreeMap<String, RouteFigures>) {
        let replies = "bellwether_http_requests_total";
        self.head(replies, "counter", "Requests by route and class of status.");
        for (route, figures) in routes {
            for (class, count) in (1..).zip(figures.replies).filter(|(_, count)| *count > 0) {
                let class = format!("{class}xx");
                self.sample(
                    replies,
                    &[("route", route), ("status", &class)],
                    number(count),
                );
            }
        }
        let searches = "bellwether_searches_total";
        self.head(
            searches,
            "counter",
            "Searches answered, on the API and on the page.",
        );
        let answered = ["/", "/api/v1/search"].iter().filter_map(|route| {
            let figures = routes.get(*route)?;
            figures.replies.get(1).copied()
        });
        self.sample(searches, &[], number(answered.sum()));
        let durations = "bellwether_http_request_duration_seconds";
        self.head(
            durations,
            "histogram",
            "Time from a request to the beginning of its reply.",
        );
        for (route, figures) in routes {
            let mut sum = 0;
            for (at, count) in figures.durations.iter().enumerate() {
                sum += count;
                let end = BUCKETS
                    .get(at)
                    .map_or("+Inf".to_owned(), ToString::to_string);
                self.sample(
                    &format!("{durations}_bucket"),
                    &[("route", route), ("le", &end)],
                    number(sum),
                );
            }
            self.sample(
                &format!("{durations}_sum"),
                &[("route", route)],
                figures.seconds,
            );
            self.sample(
                &format!("{durations}_count"),
                &[("route", route)],
                number(sum),
            );
        }
    }

    fn process(&mut self, started: Timestamp, now: Timestamp) {
        let name = "bellwether_build_info";
        self.head(name, "gauge", "The version that runs.");
        self.sample(name, &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
        let name = "bellwether_uptime_seconds";
        self.head(name, "gauge", "Time since the daemon began to serve.");
        let uptime = now.duration_since(started).as_secs_f64();
        self.sample(name, &[], uptime.max(0.0));
        self.gauge(
            "process_resident_memory_bytes",
            "Memory that the process holds.",
            memory(),
        );
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the format knows floats only; counts beyond 2^53 do not occur"
)]
fn number(count: u64) -> f64 {
    count as f64
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Resident memory in bytes, where the system says so in the way of Linux.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_up_by_bucket() {
        let metrics = Metrics::new(Timestamp::UNIX_EPOCH);
        for seconds in [0.0005, 0.001, 0.004, 50.0] {
            metrics.count("/a\"b", 2, seconds);
        }
        metrics.count("/a\"b", 4, 0.0);
        let mut text = Text::default();
        text.requests(&metrics.routes.lock().unwrap());
        for line in [
            "# TYPE bellwether_http_request_duration_seconds histogram",
            "bellwether_http_requests_total{route=\"/a\\\"b\",status=\"2xx\"} 4",
            "bellwether_http_requests_total{route=\"/a\\\"b\",status=\"4xx\"} 1",
            "bellwether_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"0.001\"} 3",
            "bellwether_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"0.005\"} 4",
            "bellwether_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"20\"} 4",
            "bellwether_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"+Inf\"} 5",
            "bellwether_http_request_duration_seconds_count{route=\"/a\\\"b\"} 5",
        ] {
            assert!(text.0.lines().any(|one| one == line), "{line}\n{}", text.0);
        }
    }
}
