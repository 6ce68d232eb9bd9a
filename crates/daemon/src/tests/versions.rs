//! The wordings of an item, and what changed in each.

use bellwether_archive::{CaptureKind, LogWriter, NewCapture};
use serde_json::{Value, json};

use super::world::{World, item, outcome};

/// The item about the weather is published in two further wordings.
fn corrected(writer: &mut LogWriter) {
    for (at, text) in [
        ("2026-11-24T07:10:00Z", "今天有雨"),
        (
            "2026-11-24T08:07:00Z",
            "今天有雨。\n<b>Take</b> an umbrella",
        ),
    ] {
        let mut batch = outcome("alpha", at, None);
        let mut again = item("alpha", "2026-11-24T06:02:00Z", "天氣", text);
        again.seen = at.parse().unwrap();
        batch.items = vec![again];
        batch.capture = Some(NewCapture {
            uri: "https://alpha.example.org/rss".to_owned(),
            at: at.parse().unwrap(),
            kind: CaptureKind::Response {
                status: 200,
                headers: Vec::new(),
            },
            body: text.as_bytes().to_vec(),
        });
        writer.append(&[batch]).unwrap();
    }
}

fn pieces(pieces: &Value) -> String {
    let shown = pieces.as_array().unwrap().iter().map(|piece| {
        let text = piece["text"].as_str().unwrap();
        match piece["change"].as_str().unwrap() {
            "removed" => format!("[-{text}-]"),
            "added" => format!("{{+{text}+}}"),
            "kept" => text.to_owned(),
            other => panic!("{other}"),
        }
    });
    shown.collect()
}

#[tokio::test]
async fn each_wording_says_what_changed_since_the_one_before() {
    let world = World::with(corrected, false, false);
    let path = format!("/api/v1/items/{}/versions", world.items[1]);
    let body = world.get(&path).await.json();
    let versions = body["items"].as_array().unwrap();
    let numbers: Vec<_> = versions
        .iter()
        .map(|changed| &changed["version"]["number"])
        .collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!(versions[2]["changes"], json!(null), "nothing came before");
    assert_eq!(versions[1]["version"]["text"], "今天有雨");
    assert_eq!(
        pieces(&versions[1]["changes"]["text"]),
        "今天[-晴-]{+有雨+}"
    );
    assert_eq!(pieces(&versions[1]["changes"]["title"]), "天氣");
    assert_eq!(
        pieces(&versions[0]["changes"]["text"]),
        "今天有雨{+。\n<b>Take</b> an umbrella+}"
    );
    assert_eq!(body["cursor"], json!(null));

    // By pages, and each still knows the one before.
    let first = world.get(&format!("{path}?limit=1")).await.json();
    assert_eq!(first["items"], json!([versions[0]]));
    let cursor = first["cursor"].as_str().unwrap();
    let rest = world.get(&format!("{path}?limit=2&cursor={cursor}")).await;
    assert_eq!(rest.json()["items"], json!(versions[1..]));
    for wrong in ["limit=51", "cursor=x", "from=7d"] {
        let reply = world.get(&format!("{path}?{wrong}")).await;
        reply.is_problem(400, "parameter");
    }
    let reply = world.get("/api/v1/items/999/versions").await;
    reply.is_problem(404, "not-found");
}

#[tokio::test]
async fn the_page_of_an_item_marks_what_changed() {
    let world = World::with(corrected, false, false);
    let page = world.get(&format!("/items/{}", world.items[1])).await.body;
    assert!(page.contains("3 wordings"), "{page}");
    assert!(page.contains("今天<del>晴</del><ins>有雨</ins>"), "{page}");
    let added = "今天有雨<ins>。\n&lt;b&gt;Take&lt;/b&gt; an umbrella</ins>";
    assert!(page.contains(added), "{page}");
    let page = world.get(&format!("/items/{}", world.items[0])).await.body;
    assert!(
        page.contains("1 wording") && !page.contains("<ins>"),
        "{page}"
    );
}
