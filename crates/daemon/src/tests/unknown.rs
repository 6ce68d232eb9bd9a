//! What pages say of what is not known: nothing collected, a source that is down, too little history, an
//! analysis that is behind. Each view says it in words, in both languages.

use axum::http::Method;

use bellwether_archive::{Batch, CaptureKind, ImportedSource, NewCapture};
use bellwether_model::{FamilyId, PublisherId, SourceId};

use super::world::{World, item, t};

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");

async fn shown(world: &World, path: &str, language: &str) -> String {
    let cookie = format!("bellwether_language={language}");
    let reply = world
        .ask(Method::GET, path, &[HOST, ("cookie", &cookie)])
        .await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.body
}

/// Each view, and what it says of what is not known, in English and Chinese.
const SAID: &[(&str, &[&str], &[&str])] = &[
    (
        "/",
        // A source is down; hours that were not collected; nobody knows of an earlier look.
        &[
            "Not: ",
            "not collected, so unknown and not zero",
            "first look on this device",
        ],
        &["未收錄：", "未收錄，因此不明而非零", "這是此裝置第一次查看"],
    ),
    (
        "/search?q=%E4%BD%9C%E7%A5%A8",
        &[
            "numbers are lower bounds",
            "Not collected in whole or part: ",
        ],
        &["數目為下限", "未收錄或僅部分收錄："],
    ),
    (
        "/search?q=nothing-has-this-word",
        &["were collected throughout"],
        &["全程收錄"],
    ),
    (
        "/bursts/b1",
        &[
            "others may have been first elsewhere",
            "Not collected in whole or part: ",
            "not collected, so unknown and not zero",
        ],
        &[
            "他處可能有更早者",
            "未收錄或僅部分收錄：",
            "未收錄，因此不明而非零",
        ],
    ),
    (
        "/narratives",
        &["not that it makes the claim", "No narrative is configured"],
        &["未設定敘事"],
    ),
    ("/elections", &["not known"], &["不明"]),
    (
        "/sources",
        &[
            "blocked by the server",
            "none on record",
            "hatched not collected",
        ],
        &["遭伺服器阻擋", "未收錄"],
    ),
    ("/echo", &["unknown"], &["不明"]),
    // By a source of which nothing is on record.
    ("/items/BETA", &["unknown", "none on record"], &["不明"]),
    (
        "/stories/1",
        &["numbers are lower bounds", "it proves none"],
        &["數目為下限"],
    ),
    (
        "/alerts/alert-1",
        &["may have arrived twice", "Nobody has acknowledged it"],
        &["可能送達兩次", "尚無人接手"],
    ),
];

#[tokio::test]
async fn every_view_says_what_it_does_not_know() {
    let world = World::new();
    let found = world.get("/api/v1/search?q=").await.json();
    let items = found["items"].as_array().unwrap().iter();
    let mut of_beta = items.filter(|item| item["source"] == "beta");
    let beta = of_beta.next().unwrap()["id"].as_str().unwrap().to_owned();
    let mut missing = Vec::new();
    for (path, english, chinese) in SAID {
        for (language, parts) in [("en", english), ("zh-Hant", chinese)] {
            let page = shown(&world, &path.replace("BETA", &beta), language).await;
            let page = page.replace("&#39;", "'");
            for part in *parts {
                if !page.contains(part) {
                    missing.push(format!("{path} {language}: {part}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[tokio::test]
async fn a_long_list_of_sources_is_shown_in_parts_of_a_bounded_size() {
    let at = t("2026-11-24T08:00:00Z");
    let world = World::with(
        |log| {
            let imported: Vec<ImportedSource> = (0..150)
                .map(|number| ImportedSource {
                    id: SourceId::new(format!("outlet-{number}")),
                    publisher: PublisherId::new(format!("outlet-{number}")),
                    family: FamilyId::new(format!("outlet-{number}")),
                    groups: Vec::new(),
                    platform: None,
                    first: at,
                    last: at,
                })
                .collect();
            let mut batch = Batch::new(at);
            batch.covered = imported.iter().map(ImportedSource::span).collect();
            batch.items = imported
                .iter()
                .map(|source| item(source.id.as_str(), "2026-11-24T07:00:00Z", "title", "text"))
                .collect();
            batch.imported = imported;
            batch.capture = Some(NewCapture {
                uri: "file:outlets.ndjson".to_owned(),
                at,
                kind: CaptureKind::Resource {
                    content_type: "text/plain".to_owned(),
                },
                body: b"text".to_vec(),
            });
            log.append(&[batch]).unwrap();
        },
        false,
        false,
    );
    let first = shown(&world, "/sources", "en").await;
    assert!(first.contains("Page 1 of 3"), "{first}");
    for path in ["/sources", "/sources?page=2", "/sources?page=99"] {
        let page = shown(&world, path, "en").await;
        assert!(page.len() < 250_000, "{path}: {} bytes", page.len());
    }
    for bad in ["/sources?page=0", "/sources?page=x", "/sources?pages=1"] {
        let reply = world.ask(Method::GET, bad, &[HOST]).await;
        assert_eq!(reply.status, 400, "{bad}");
    }
}
