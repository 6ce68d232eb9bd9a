//! Why a term was told of, or was not, over HTTP and on the page.

use bellwether_model::{ElectionId, Gate, RuleId, TermRule};

use super::world::World;

/// The rule for terms that all these tests have.
pub(super) fn rule() -> TermRule {
    TermRule {
        id: RuleId::new("unlisted"),
        name: "What nobody listed <b>".to_owned(),
        groups: Vec::new(),
        languages: Vec::new(),
        platforms: Vec::new(),
        gate: Gate::default(),
        receivers: Vec::new(),
        election: Some(ElectionId::new("invented-2026")),
        phases: Vec::new(),
    }
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn of_term(term: &str) -> String {
    format!("/api/v1/explain?term={}", escaped(term))
}

#[tokio::test]
async fn a_term_is_explained_under_the_only_rule_for_terms() {
    let world = World::new();
    let body = world.get(&of_term("作票")).await.json();
    assert_eq!(body["rule"], "unlisted");
    assert_eq!(body["term"], "作票");
    assert_eq!(body["holds"], false);
    assert_eq!(body["election"]["id"], "invented-2026");
    assert_eq!(body["parts"][0]["counted"], "作票");
    // Both items have it, though no script is noted of them.
    assert_eq!(body["parts"][0]["items"], 2, "{body}");
    let verdict = body["verdict"].as_str().unwrap();
    assert!(
        verdict.starts_with("Not told, insufficient data: "),
        "{verdict}"
    );
    let windows = body["windows"].as_array().unwrap();
    let lengths = windows
        .iter()
        .map(|window| window["window_seconds"].as_u64().unwrap());
    for length in [3_600, 10_800, 43_200, 86_400, 172_800, 259_200] {
        assert!(lengths.clone().any(|known| known == length), "{length}");
    }
    let in_group = |window: &&serde_json::Value| window["group"].is_string();
    assert!(windows.iter().filter(in_group).count() % 3 == 0, "{body}");
    for window in windows {
        assert_eq!(window["judgement"]["result"], "insufficient");
        assert_eq!(window["strength"], serde_json::Value::Null);
    }
    // The link leads to the same.
    let api = body["links"]["api"].as_str().unwrap();
    assert_eq!(world.get(api).await.json(), body);

    let never = world.get(&of_term("zanzibar")).await.json();
    let verdict = never["verdict"].as_str().unwrap();
    assert!(verdict.contains("is in none of the"), "{verdict}");
}

#[tokio::test]
async fn what_is_no_term_is_refused_with_what_is_wrong() {
    let world = World::new();
    for (term, part) in [
        ("作票,開票".to_owned(), "not one word or phrase"),
        ("票".to_owned(), "nothing in it is counted"),
        ("@some_body".to_owned(), "nothing in it is counted"),
        ("作\u{7}票".to_owned(), "control character"),
        ("a b ".repeat(50), "at most 12"),
        ("作".repeat(5_000), "no term has more than"),
        ("\u{202E}作".repeat(100), "no term has more than"),
    ] {
        let reply = world.get(&of_term(&term)).await;
        let problem = reply.is_problem(400, "parameter");
        let shown = problem.to_string();
        assert!(shown.contains(part), "{part}: {shown}");
        assert!(
            shown.len() < 1_000 && !shown.contains('\u{202E}'),
            "{shown}"
        );
        let page = world
            .get(&format!("/explain?term={}", escaped(&term)))
            .await;
        assert_eq!(page.status, 400);
    }
    for (query, part) in [
        (
            "rule=tw-ballot-fraud&term=%E4%BD%9C%E7%A5%A8",
            "this rule has a query",
        ),
        ("rule=unlisted", "none is named"),
        ("rule=unlisted&term=", "none is named"),
        (
            "term=%E4%BD%9C%E7%A5%A8&at=2099-01-01T00:00:00Z",
            "the log is analysed up to",
        ),
    ] {
        let reply = world.get(&format!("/api/v1/explain?{query}")).await;
        let problem = reply.is_problem(400, "parameter");
        assert!(problem.to_string().contains(part), "{query}: {problem}");
    }
    let reply = world
        .get(&format!("{}&rule=unlistet", of_term("作票")))
        .await;
    let problem = reply.is_problem(404, "not-found");
    assert_eq!(problem["suggestion"], "unlisted");
    let reply = world.get("/api/v1/explain?term=").await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn the_page_of_bursts_leads_to_it() {
    let world = World::new();
    let page = world.get("/bursts").await.body;
    assert!(page.contains("name=\"term\""), "{page}");
    let page = world.get("/explain?term=%E4%BD%9C%E7%A5%A8").await.body;
    for part in [
        "Every window",
        "Hour by hour",
        "The nearest: ",
        "insufficient data",
        "Gate of the rule: families at least",
        "name=\"rule\" value=\"unlisted\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
