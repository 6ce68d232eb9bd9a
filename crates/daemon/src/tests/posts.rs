//! What platforms say of posts, and who is named.

use bellwether_archive::{Batch, CaptureKind, LogReader, LogWriter, NewAbsence, NewCapture};
use bellwether_model::{Count, ItemId, Origin, PostFacts, SourceId, SourceKind};
use serde_json::json;

use super::imports::import;
use super::world::{CAPTURED, World, configured, item, t};

fn origin(name: &str, address: &str) -> Option<Origin> {
    Some(Origin {
        name: Some(name.to_owned()),
        address: Some(address.to_owned()),
    })
}

/// A post that a channel passes on, seen so often.
fn shown(views: &str, about: u64) -> Batch {
    let at = t("2026-11-24T08:06:00Z");
    let mut batch = Batch::new(at);
    batch.capture = Some(NewCapture {
        uri: "https://t.me/s/alpha".to_owned(),
        at,
        kind: CaptureKind::Response {
            status: 200,
            headers: Vec::new(),
        },
        body: CAPTURED.to_vec(),
    });
    let mut known = item("alpha", "2026-11-24T08:01:00Z", "轉發一", "甲");
    known.platform = Some("telegram".to_owned());
    known.facts = PostFacts {
        origin: origin("Beta 頻道", "https://t.me/BetaChannel/12"),
        is_edited: true,
        views: Some(Count {
            shown: views.to_owned(),
            about,
            off_by_max: 50,
        }),
        counted: Some(at),
        ..PostFacts::default()
    };
    batch.items = vec![known];
    batch
}

/// A post of alpha that passes on one of a configured channel, and one of somebody else's.
fn world() -> (World, Vec<ItemId>) {
    let mut ids = Vec::new();
    let world = World::with(
        |writer| {
            let mut batch = shown("12.3K", 12_300);
            let mut stranger = item("alpha", "2026-11-24T08:02:00Z", "轉發二", "乙");
            stranger.platform = Some("ptt".to_owned());
            stranger.facts.origin = origin("Jane Doe", "https://t.me/jane_doe/3");
            let mut again = item("alpha", "2026-11-24T08:03:00Z", "轉發三", "丙");
            again.facts.quoted = origin("Jane", "https://t.me/s/Jane_Doe/4");
            batch.items.extend([stranger, again]);
            for change in &writer.append(&[batch]).unwrap()[0].changes {
                if let bellwether_archive::ItemChange::New(id) = change {
                    ids.push(*id);
                }
            }
        },
        false,
        false,
    );
    let mut configured = configured();
    let mut channel = configured.sources[1].clone();
    channel.id = SourceId::new("beta-telegram");
    channel.kind = SourceKind::Telegram;
    channel.url = Some("https://t.me/s/betachannel".to_owned());
    configured.sources.push(channel);
    world.answers.configure(configured);
    (world, ids)
}

#[tokio::test]
async fn only_configured_sources_are_named() {
    let (world, ids) = world();
    let post = async |id: &ItemId| {
        let reply = world.get(&format!("/api/v1/items/{id}")).await;
        reply.json()["item"]["post"].clone()
    };
    assert_eq!(
        post(&ids[0]).await,
        json!({
            "forwarded_from": {
                "source": "beta-telegram", "account": "Beta 頻道", "pseudonym": false,
                "url": "https://t.me/BetaChannel/12",
            },
            "quoted": null,
            "edited": true,
            "edited_at": null,
            "views": {"shown": "12.3K", "about": 12_300, "off_by_max": 50},
            "boosts": null,
            "quotes": null,
            "score": null,
            "counted_at": "2026-11-24T08:06:00Z",
            "pinned": false,
            "media": false,
        })
    );
    let stranger = post(&ids[1]).await["forwarded_from"].clone();
    assert_eq!(stranger["pseudonym"], true);
    assert_eq!(stranger["url"], json!(null));
    assert_eq!(
        stranger,
        post(&ids[2]).await["quoted"],
        "one account, one name"
    );
    assert_eq!(post(&world.items[0]).await, json!(null));
    for path in [
        "/api/v1/search?q=title:%E8%BD%89%E7%99%BC",
        "/api/v1/search?q=title:%E8%BD%89%E7%99%BC&format=csv",
        "/search?q=title:%E8%BD%89%E7%99%BC",
        &format!("/items/{}", ids[1]),
    ] {
        let body = world.get(path).await.body;
        let lower = body.to_lowercase();
        assert!(!lower.contains("jane"), "{path}: {body}");
        assert!(body.contains("account-"), "{path}: {body}");
    }
    let page = world.get(&format!("/items/{}", ids[0])).await.body;
    for words in [
        "forwarded from",
        "https://t.me/BetaChannel/12",
        "12.3K views",
        "time unknown",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn groups_say_when_their_baseline_is_ready() {
    let world = World::with(
        |writer| {
            import(
                writer,
                "alpha",
                "2026-10-26T00:00:00Z",
                "2026-11-23T23:00:00Z",
            );
            import(
                writer,
                "gamma",
                "2026-10-28T00:00:00Z",
                "2026-11-23T23:00:00Z",
            );
        },
        false,
        false,
    );
    let body = world.get("/api/v1/groups").await.json();
    let state = &body["items"][0];
    // Both families are needed, and the second one was imported two days later.
    assert_eq!(
        *state,
        json!({
            "id": "prc-state", "name": "PRC state media", "role": "state",
            "sources": 4, "families": 2, "families_needed": 2,
            "baseline_days": 27, "baseline_days_needed": 28,
            "baseline_ready": "2026-11-25", "baseline": "expected",
        })
    );
    assert_eq!(
        body["items"][1]["baseline"], "unknown",
        "collected since today only"
    );
    assert_eq!(body["items"][1]["baseline_ready"], json!(null));
    let page = world.get("/sources").await.body;
    assert!(
        page.contains("ready on 2026-11-25 if collection goes on"),
        "{page}"
    );
}

#[tokio::test]
async fn counts_are_those_last_seen() {
    let (world, _) = world();
    let views = async || {
        let reply = world
            .get("/api/v1/search?q=title:%E8%BD%89%E7%99%BC%E4%B8%80")
            .await;
        reply.json()["items"][0]["post"]["views"]["shown"].clone()
    };
    assert_eq!(views().await, "12.3K");
    let log = LogReader::open(&world.dir).unwrap();
    let head = log.head().unwrap();
    LogWriter::open(&world.dir)
        .unwrap()
        .append(&[shown("15K", 15_000)])
        .unwrap();
    assert_eq!(log.head().unwrap(), head, "no entry of the log says so");
    assert_eq!(views().await, "15K");
}

#[tokio::test]
async fn a_post_that_is_gone_at_its_source_is_shown_and_says_so() {
    let (world, ids) = world();
    let path = "/api/v1/search?q=title:%E8%BD%89%E7%99%BC%E4%B8%80";
    let found = async || world.get(path).await.json()["items"][0]["gone_at_source"].clone();
    assert_eq!(found().await, json!(null));
    let missed = |minute: u8, is_confirmed| {
        let mut batch = shown("12.3K", 12_300);
        batch.at = t(&format!("2026-11-24T09:{minute}:00Z"));
        let capture = batch.capture.as_mut().unwrap();
        capture.at = batch.at;
        capture.body = format!("a list at {minute}").into_bytes();
        let item = batch.items.remove(0);
        batch.absences.push(NewAbsence {
            source: item.source,
            publisher: item.publisher,
            identity: item.identities[0].clone(),
            is_confirmed,
        });
        batch
    };
    let mut writer = LogWriter::open(&world.dir).unwrap();
    let item = || async { world.get(&format!("/api/v1/items/{}", ids[0])).await.json() };
    writer.append(&[missed(10, false)]).unwrap();
    assert_eq!(found().await, json!(null), "one look is a question");
    writer.append(&[missed(20, true)]).unwrap();
    let gone = found().await;
    assert_eq!(gone["source"], "alpha");
    assert_eq!(gone["last_shown"], "2026-11-24T08:06:00Z");
    assert_eq!(gone["first_missing"], "2026-11-24T09:10:00Z");
    assert_eq!(gone["confirmed"], "2026-11-24T09:20:00Z");
    assert_eq!(gone["back"], json!(null));
    assert_eq!(item().await["absences"], json!([gone]));
    // The list that did not show it can be had, and no other capture.
    let capture = gone["captures"][1].as_str().unwrap();
    let raw = format!("/api/v1/items/{}/raw?capture={capture}", ids[0]);
    assert_eq!(world.get(&raw).await.body, "a list at 10");
    let other = format!("/api/v1/items/{}/raw?capture={capture}", ids[1]);
    world.get(&other).await.is_problem(404, "not-found");
    for page in [
        format!("/items/{}", ids[0]),
        "/search?q=title:%E8%BD%89%E7%99%BC%E4%B8%80&from=2026-11-24T00:00:00Z&to=".to_owned(),
    ] {
        let body = world.get(&page).await.body;
        assert!(body.contains("gone at its source: last shown by"), "{body}");
        assert!(!body.contains("shown again"), "{body}");
    }
    let csv = world.get(&format!("{path}&format=csv")).await.body;
    assert!(csv.contains("2026-11-24T09:10:00Z"), "{csv}");
    // It comes back, and that it was away stays known.
    let mut back = shown("13K", 13_000);
    back.at = t("2026-11-24T10:00:00Z");
    writer.append(&[back]).unwrap();
    assert_eq!(found().await, json!(null));
    assert_eq!(item().await["absences"].as_array().unwrap().len(), 1);
    let page = world.get(&format!("/items/{}", ids[0])).await.body;
    assert!(page.contains("shown again"), "{page}");
}

#[tokio::test]
async fn a_score_that_comes_later_is_shown() {
    let (world, _) = world();
    let path = "/api/v1/search?q=title:%E8%BD%89%E7%99%BC%E4%BA%8C";
    let score = async || world.get(path).await.json()["items"][0]["post"]["score"].clone();
    assert_eq!(score().await, json!(null));
    let mut batch = shown("12.3K", 12_300);
    let mut scored = item("alpha", "2026-11-24T08:02:00Z", "轉發二", "乙");
    scored.platform = Some("ptt".to_owned());
    scored.facts.score = Some(7);
    batch.items = vec![scored];
    LogWriter::open(&world.dir)
        .unwrap()
        .append(&[batch])
        .unwrap();
    assert_eq!(score().await, 7);
}
