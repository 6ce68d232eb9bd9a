//! Prometheus Alertmanager, as far as taking and listing alerts goes.
//!
//! Sources: prometheus/alertmanager, `docs/alerts_api.md` (the label set is the identity; an alert
//! ends at its `endsAt`, and without one after the resolve timeout, five minutes unless configured),
//! `api/v2/openapi.yaml` (labels required, times RFC 3339, `generatorURL` a URI, the answer to a bad
//! request a JSON string), `api/v2/api.go` (of several alerts, those that are valid are kept even
//! where others are not); Prometheus docs, "Data model" (names of labels). That there is an
//! `alertname` is custom there and a rule here. A real one may answer what fails its schema with 422
//! and an object; here it is 400 and a string throughout.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules};
use super::parts;
use crate::server::{Answer, Request};

const PATH: &str = "/api/v2/alerts";
const RESOLVE_TIMEOUT_SECONDS: i64 = 5 * 60;

/// An alert as it was last posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedAlert {
    /// What it is identified by.
    pub labels: BTreeMap<String, String>,
    /// What else is said of it.
    pub annotations: BTreeMap<String, String>,
    /// When it began. Where that was not said: its end, where that was, else when it first came.
    pub starts_at: Timestamp,
    /// When it ends or ended; the resolve timeout after its last coming, where that was not said.
    pub ends_at: Timestamp,
    /// Whether `ends_at` was said.
    pub is_end_given: bool,
    /// Where more is to be seen.
    pub generator_url: Option<String>,
    /// How often it came.
    pub posts: usize,
}

impl PostedAlert {
    /// Whether it is firing at a time.
    #[must_use]
    pub fn is_firing(&self, now: Timestamp) -> bool {
        now < self.ends_at
    }
}

/// The API.
pub struct AlertmanagerApi(Front<Api>);

struct Api {
    now: Option<Timestamp>,
    alerts: Vec<PostedAlert>,
}

impl AlertmanagerApi {
    /// One that knows of no alert.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Api {
            now: None,
            alerts: Vec::new(),
        }))
    }

    /// From now on, takes this for the time in place of the machine's.
    pub fn pin_clock(&self, now: Timestamp) {
        self.0.rules().now = Some(now);
    }

    /// All alerts that ever came, each label set once, in the order of their first coming.
    #[must_use]
    pub fn alerts(&self) -> Vec<PostedAlert> {
        self.0.rules().alerts.clone()
    }

    /// Those of them that are firing now.
    #[must_use]
    pub fn firing(&self) -> Vec<PostedAlert> {
        let api = self.0.rules();
        let now = api.now();
        let firing = api.alerts.iter().filter(|alert| alert.is_firing(now));
        firing.cloned().collect()
    }
}

impl Platform for AlertmanagerApi {
    fn door(&self) -> &Door {
        self.0.door()
    }
}

/// A member that maps texts to texts; empty where it is missing.
fn texts(alert: &Value, name: &str) -> Result<BTreeMap<String, String>, String> {
    match alert.get(name) {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(members)) => members
            .iter()
            .map(|(key, value)| {
                let text = value.as_str().map(|text| (key.clone(), text.to_owned()));
                text.ok_or_else(|| format!("{name}.{key} must be of type string"))
            })
            .collect(),
        Some(_) => Err(format!("{name} must be of type object")),
    }
}

/// A member that is a time as RFC 3339 has it; the zero of Go is none.
fn time(alert: &Value, name: &str) -> Result<Option<Timestamp>, String> {
    let fault = || format!("{name} must be of type date-time");
    match alert.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let text = value.as_str().ok_or_else(fault)?;
            let time: Timestamp = text.parse().map_err(|_| fault())?;
            // The parser also takes a space, and more after the offset.
            let is_rfc = text.as_bytes().get(10) == Some(&b'T')
                && text.bytes().all(|byte| b"0123456789-+:.TZ".contains(&byte));
            if !is_rfc {
                return Err(fault());
            }
            Ok((!text.starts_with("0001-01-01")).then_some(time))
        }
    }
}

fn is_absolute_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_clean = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    is_scheme && !host.is_empty() && is_clean
}

fn is_label_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// An alert that fits the schema, whatever it says.
struct Read {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    generator_url: Option<String>,
}

fn read(alert: &Value) -> Result<Read, String> {
    if alert.get("labels").is_none() {
        return Err("labels in body is required".to_owned());
    }
    let generator_url = match alert.get("generatorURL") {
        None | Some(Value::Null) => None,
        Some(Value::String(url)) if is_absolute_url(url) => Some(url.clone()),
        Some(_) => return Err("generatorURL must be of type uri".to_owned()),
    };
    let mut labels = texts(alert, "labels")?;
    // A label without a value is as good as none.
    labels.retain(|_, value| !value.is_empty());
    Ok(Read {
        labels,
        annotations: texts(alert, "annotations")?,
        starts_at: time(alert, "startsAt")?,
        ends_at: time(alert, "endsAt")?,
        generator_url,
    })
}

/// What is wrong with an alert that fits the schema.
fn fault(read: &Read) -> Option<String> {
    if read.labels.is_empty() {
        return Some("at least one label pair required".to_owned());
    }
    let mut names = read.labels.keys().chain(read.annotations.keys());
    if let Some(name) = names.find(|name| !is_label_name(name)) {
        return Some(format!("invalid label set: invalid name {name:?}"));
    }
    if !read.labels.contains_key("alertname") {
        return Some("missing label alertname".to_owned());
    }
    let is_backwards =
        matches!((read.starts_at, read.ends_at), (Some(start), Some(end)) if end < start);
    is_backwards.then(|| "start time must be before end time".to_owned())
}

impl Api {
    fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }

    fn store(&mut self, read: Read) {
        let now = self.now();
        let timeout = Timestamp::from_second(now.as_second() + RESOLVE_TIMEOUT_SECONDS);
        let known = self
            .alerts
            .iter()
            .position(|alert| alert.labels == read.labels);
        let earlier = known.map(|place| &self.alerts[place]);
        let alert = PostedAlert {
            starts_at: read
                .starts_at
                .or(earlier.map(|alert| alert.starts_at))
                .or(read.ends_at)
                .unwrap_or(now),
            ends_at: read.ends_at.unwrap_or_else(|| timeout.unwrap_or(now)),
            is_end_given: read.ends_at.is_some(),
            posts: earlier.map_or(0, |alert| alert.posts) + 1,
            labels: read.labels,
            annotations: read.annotations,
            generator_url: read.generator_url,
        };
        match known {
            Some(place) => self.alerts[place] = alert,
            None => self.alerts.push(alert),
        }
    }

    fn post(&mut self, request: &Request) -> Result<Answer, String> {
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|error| format!("parsing alerts body failed: {error}"))?;
        let posted = body
            .as_array()
            .ok_or("parsing alerts body failed: not an array")?;
        let mut alerts = Vec::new();
        for (at, alert) in posted.iter().enumerate() {
            alerts.push(read(alert).map_err(|fault| format!("{at}.{fault}"))?);
        }
        let mut faults = Vec::new();
        for alert in alerts {
            match fault(&alert) {
                Some(fault) => faults.push(fault),
                None => self.store(alert),
            }
        }
        if faults.is_empty() {
            Ok(Answer::status(200))
        } else {
            Err(faults.join("; "))
        }
    }

    fn list(&self) -> Answer {
        let now = self.now();
        let firing = self.alerts.iter().filter(|alert| alert.is_firing(now));
        let listed: Vec<Value> = firing
            .map(|alert| {
                json!({
                    "labels": alert.labels,
                    "annotations": alert.annotations,
                    "startsAt": alert.starts_at.to_string(),
                    "endsAt": alert.ends_at.to_string(),
                    "updatedAt": now.to_string(),
                    "generatorURL": alert.generator_url.as_deref().unwrap_or_default(),
                    "receivers": [{"name": "default"}],
                    "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
                })
            })
            .collect();
        Answer::json(200, &Value::Array(listed))
    }
}

impl Rules for Api {
    fn answer(&mut self, request: &Request) -> Answer {
        match (&*request.method, parts::path(request)) {
            ("POST", PATH) if !parts::is_json(request) => Answer::json(
                415,
                &json!("unsupported media type, only [application/json] is allowed"),
            ),
            ("POST", PATH) => self
                .post(request)
                .unwrap_or_else(|fault| Answer::json(400, &json!(fault))),
            ("GET", PATH) => self.list(),
            (_, PATH) => Answer::status(405),
            _ => Answer::status(404),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};

    fn api() -> AlertmanagerApi {
        let api = AlertmanagerApi::open();
        api.pin_clock("2026-08-01T12:00:00Z".parse().unwrap());
        api
    }

    fn post(api: &AlertmanagerApi, body: &Value) -> Reply {
        let headers = [("Content-Type", "application/json")];
        let url = format!("{}{PATH}", api.url());
        send("POST", &url, &headers, body.to_string().as_bytes()).unwrap()
    }

    fn labels(rule: &str) -> Value {
        json!({"alertname": "Burst", "rule": rule})
    }

    #[test]
    fn a_label_set_is_one_alert() {
        let api = api();
        let firing = json!([{"labels": labels("台"), "annotations": {"summary": "a"},
            "startsAt": "2026-08-01T11:00:00+08:00", "generatorURL": "https://a.example/x?y"}]);
        assert_eq!(post(&api, &firing).status, 200);
        let again = json!([{"labels": labels("台"), "annotations": {"summary": "b"}}, {"labels": labels("b")}]);
        assert_eq!(post(&api, &again).status, 200);
        let alerts = api.alerts();
        assert_eq!(alerts.len(), 2);
        assert_eq!(
            (alerts[0].posts, &*alerts[0].annotations["summary"]),
            (2, "b")
        );
        assert_eq!(alerts[0].starts_at.to_string(), "2026-08-01T03:00:00Z");
        assert_eq!(alerts[0].ends_at.to_string(), "2026-08-01T12:05:00Z");
        assert!(!alerts[0].is_end_given);
        let resolved = json!([{"labels": labels("b"), "endsAt": "2026-08-01T11:59:00.5Z"}]);
        assert_eq!(post(&api, &resolved).status, 200);
        assert_eq!(api.firing().len(), 1);
        let listed = send("GET", &format!("{}{PATH}?active=true", api.url()), &[], b"").unwrap();
        assert_eq!(listed.json()[0]["labels"], labels("台"));
        assert_eq!(listed.json().as_array().unwrap().len(), 1);
        api.pin_clock("2026-08-01T12:05:00Z".parse().unwrap());
        assert!(api.firing().is_empty(), "who is not told again resolves");
    }

    #[test]
    fn broken_rules_are_a_text() {
        let api = api();
        let with = |name: &str, value: Value| json!([{"labels": labels("a"), name: value}]);
        for (body, expected) in [
            (json!({"labels": labels("a")}), "not an array"),
            (json!([{}]), "0.labels in body is required"),
            (json!([{"labels": {}}]), "at least one label pair"),
            (
                json!([{"labels": {"alertname": ""}}]),
                "at least one label pair",
            ),
            (json!([{"labels": {"rule": "a"}}]), "alertname"),
            (
                json!([{"labels": {"alertname": 7}}]),
                "labels.alertname must be of type string",
            ),
            (
                json!([{"labels": {"alertname": "a", "a-b": "c"}}]),
                "invalid name \"a-b\"",
            ),
            (
                json!([{"labels": {"alertname": "a", "1a": "c"}}]),
                "invalid name \"1a\"",
            ),
            (
                json!([{"labels": {"alertname": "a", "規則": "c"}}]),
                "invalid name",
            ),
            (with("startsAt", json!("yesterday")), "startsAt must be"),
            (
                with("startsAt", json!("2026-08-01 11:00:00Z")),
                "startsAt must be",
            ),
            (
                with("startsAt", json!("2026-08-01T11:00:00")),
                "startsAt must be",
            ),
            (with("endsAt", json!(1_700_000_000)), "endsAt must be"),
            (
                with("generatorURL", json!("/graph")),
                "generatorURL must be",
            ),
            (
                with("generatorURL", json!("https://")),
                "generatorURL must be",
            ),
            (
                with("generatorURL", json!("https://a.example/a b")),
                "generatorURL must be",
            ),
        ] {
            let reply = post(&api, &body);
            assert_eq!(reply.status, 400, "{body}");
            let said = reply.json().as_str().unwrap().to_owned();
            assert!(said.contains(expected), "{said}");
        }
        let backwards = json!([{"labels": labels("a"), "startsAt": "2026-08-01T11:00:00Z", "endsAt": "2026-08-01T10:00:00Z"}]);
        assert_eq!(post(&api, &backwards).status, 400);
        assert!(api.alerts().is_empty());
        let mixed = json!([{"labels": {"rule": "a"}}, {"labels": labels("b")}]);
        assert_eq!(post(&api, &mixed).status, 400);
        assert_eq!(api.alerts().len(), 1, "what is valid is kept");
        let url = format!("{}{PATH}", api.url());
        assert_eq!(send("POST", &url, &[], b"[]").unwrap().status, 415);
        assert_eq!(send("PUT", &url, &[], b"[]").unwrap().status, 405);
        assert_eq!(send("GET", &api.url(), &[], b"").unwrap().status, 404);
    }
}
