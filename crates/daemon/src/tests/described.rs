//! `/api/openapi.json` and the router, walked both ways.

use bellwether_archive::{Case, CaseEntry, Desk, EntryKind};
use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;

use super::world::{NOW, World, t};

const OURS: [(&str, &str); 2] = [
    ("host", "127.0.0.1:7878"),
    ("origin", "http://127.0.0.1:7878"),
];
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// An address of a path's template that is there.
fn address(world: &World, path: &str) -> String {
    let id = match path.split('/').nth(3) {
        Some("items" | "stories") => world.items[0].to_string(),
        Some("bursts") => "b1".to_owned(),
        Some("alerts") => "alert-1".to_owned(),
        Some("cases") => case(world),
        _ => "none".to_owned(),
    };
    match path.split('/').nth(3) {
        Some("compare") => format!("{path}?item={}&with={}", world.items[0], world.items[2]),
        Some("explain" | "backtest") => format!("{path}?rule=tw-ballot-fraud"),
        _ => path.replace("{id}", &id).replace("{number}", "1"),
    }
}

/// A case with one entry, which is opened where there is none.
fn case(world: &World) -> String {
    let desk = Desk::open(&world.dir).unwrap();
    if let Some(case) = desk.cases().unwrap().pop() {
        return case.id;
    }
    let by = || "Lin".to_owned();
    let entry = CaseEntry {
        number: 1,
        added: t(NOW),
        by: by(),
        kind: EntryKind::Note,
        subject: None,
        title: String::new(),
        time: None,
        source: None,
        address: None,
        note: "seen".to_owned(),
        removed: None,
    };
    let case = Case {
        id: String::new(),
        title: "x".to_owned(),
        opened: t(NOW),
        by: by(),
        entries: vec![entry],
    };
    desk.open_case(case).unwrap().unwrap().id
}

async fn description(world: &World) -> Value {
    let reply = world.get("/api/openapi.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    reply.json()
}

#[tokio::test]
async fn what_is_described_answers_and_nothing_else_does() {
    let world = World::new();
    let description = description(&world).await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = description["paths"].as_object().unwrap();
    for (path, item) in paths {
        let address = address(&world, path);
        for method in METHODS {
            let asked = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let reply = world.ask(asked, &address, &OURS).await;
            let is_described = item.get(method).is_some();
            let is_unknown = reply.body.contains("there is no page");
            assert!(!is_unknown, "{method} {path}");
            assert_eq!(reply.status != 405, is_described, "{method} {path}");
            let Some(operation) = item.get(method) else {
                let allowed = reply.header("allow");
                assert!(
                    allowed.contains("GET")
                        || path.ends_with("/acknowledge")
                        || path.ends_with("/end")
                        || path.ends_with("/entries")
                        || path.ends_with("/remove"),
                    "{path}: {allowed}"
                );
                continue;
            };
            // What it replied with is described as well.
            let status = reply.status.as_u16().to_string();
            let responses = &operation["responses"];
            let response = responses.get(&status).unwrap_or(&responses["default"]);
            let media_type = reply.header("content-type").split(';').next().unwrap();
            let content = &response["content"];
            assert!(
                content.get(media_type).is_some() || reply.body.is_empty(),
                "{method} {path}: {status} {media_type}"
            );
            for part in ["summary", "operationId", "tags"] {
                assert!(operation.get(part).is_some(), "{method} {path}: {part}");
            }
            if media_type == "application/json" {
                let schema = &content[media_type]["schema"];
                fits(&description, schema, &reply.json(), path);
            }
        }
    }
}

#[tokio::test]
async fn every_path_of_the_router_is_described() {
    let world = World::new();
    let description = description(&world).await;
    let described: BTreeSet<&str> = description["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    // A router tells its paths only to people who look for faults.
    let shown = format!("{:?}", world.router());
    let routed: BTreeSet<&str> = shown
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|part| part.starts_with('/') && !part.starts_with("/{*"))
        .collect();
    assert!(routed.contains("/bursts/{id}"), "{shown}");
    let is_page = |path: &str| {
        let first = path.split('/').nth(1).unwrap_or_default();
        [
            "",
            "items",
            "stories",
            "compare",
            "echo",
            "alerts",
            "alerts.atom",
            "bursts",
            "explain",
            "backtest",
            "sources",
            "queries",
            "silences",
            "style.css",
            "login",
            "search",
            "narratives",
            "elections",
            "keys",
            "cases",
            "prefer",
            "script.js",
            "logout",
            "audit",
        ]
        .contains(&first)
    };
    let of_api: BTreeSet<&str> = routed.into_iter().filter(|path| !is_page(path)).collect();
    assert_eq!(of_api, described);
}

#[tokio::test]
async fn parameters_are_described_as_they_are_read() {
    let world = World::new();
    let description = description(&world).await;
    for (path, item) in description["paths"].as_object().unwrap() {
        let address = address(&world, path);
        let and = if address.contains('?') { '&' } else { '?' };
        let parameters = item["get"]["parameters"].as_array();
        let named: Vec<&Value> = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .collect();
        for parameter in &named {
            let name = parameter["name"].as_str().unwrap();
            assert!(parameter["description"].is_string(), "{path}: {name}");
            // An empty value is as good as none, and a known name is not refused.
            let reply = world.get(&format!("{address}{and}{name}=")).await;
            assert!(
                !reply.body.contains("is not known"),
                "{path}: {name}: {}",
                reply.body
            );
            // An example can be used.
            if let Some(example) = parameter.get("example") {
                let example = example
                    .as_str()
                    .map_or_else(|| example.to_string(), str::to_owned);
                let escaped: String =
                    url::form_urlencoded::byte_serialize(example.as_bytes()).collect();
                let format = if name == "bom" { "&format=csv" } else { "" };
                // A term is asked for of a rule for what nobody listed, of which there is one.
                let (address, and) = match name {
                    "term" => (path.clone(), '?'),
                    _ => (address.clone(), and),
                };
                let reply = world
                    .get(&format!("{address}{and}{name}={escaped}{format}"))
                    .await;
                assert_eq!(reply.status, 200, "{path}?{name}={example}: {}", reply.body);
            }
        }
        if path.starts_with("/api/v1/") && item.get("get").is_some() {
            let reply = world.get(&format!("{address}{and}nonsense=1")).await;
            reply.is_problem(400, "parameter");
        }
    }
}

/// Whether a value is what a schema says, as far as the schemas here go: references, types,
/// required and known fields, lists, alternatives.
fn fits(description: &Value, schema: &Value, value: &Value, place: &str) {
    if let Err(why) = misfit(description, schema, value, place) {
        panic!("{why}");
    }
}

fn misfit(description: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = description.pointer(reference.trim_start_matches('#'));
        let target = target.ok_or_else(|| format!("{place}: {reference} is not there"))?;
        return misfit(description, target, value, place);
    }
    for alternatives in ["oneOf", "anyOf"] {
        if let Some(choices) = schema.get(alternatives).and_then(Value::as_array) {
            let faults: Vec<String> = choices
                .iter()
                .filter_map(|choice| misfit(description, choice, value, place).err())
                .collect();
            return if faults.len() < choices.len() {
                Ok(())
            } else {
                Err(faults.join("; "))
            };
        }
    }
    for part in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        misfit(description, part, value, place)?;
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_number = kind == "integer" && types.contains(&"number");
    if !types.contains(&kind) && !is_number {
        return Err(format!("{place}: {kind} where {types:?} is described"));
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for value in values {
            misfit(description, items, value, &format!("{place}[]"))?;
        }
    }
    let Some(fields) = value.as_object() else {
        return Ok(());
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !fields.contains_key(name) {
            return Err(format!("{place}: the required {name} is missing"));
        }
    }
    if let Some(known) = schema.get("properties").and_then(Value::as_object) {
        for (name, value) in fields {
            let of_field = known
                .get(name)
                .ok_or_else(|| format!("{place}: {name} is not described"))?;
            misfit(description, of_field, value, &format!("{place}.{name}"))?;
        }
    }
    Ok(())
}
