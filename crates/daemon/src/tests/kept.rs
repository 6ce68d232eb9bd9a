//! What is no longer kept, and what the disk has room for.

use std::sync::Arc;

use bellwether_archive::{Forget, FreeSpace, LogWriter};

use crate::SearchParams;
use crate::page::{Reader, Visited, sources};

use super::world::{HOSTILE, World, t};

#[tokio::test]
async fn a_forgotten_item_is_gone_with_its_reason_and_without_its_text() {
    let world = World::new();
    let (id, other) = (world.items[0], world.items[1]);
    // Known to the daemon before.
    let before = world.get("/api/v1/search?q=*").await.json();
    assert!(before["items"].as_array().unwrap().len() > 1);
    let why = "court order\u{202E} 12/2026 <b>";
    let forget = Forget {
        item: id,
        by: "Lin".to_owned(),
        why: why.to_owned(),
    };
    LogWriter::open(&world.dir)
        .unwrap()
        .forget(&forget, t("2026-11-24T08:00:00Z"))
        .unwrap()
        .unwrap();

    let problem = world
        .get(&format!("/api/v1/items/{id}"))
        .await
        .is_problem(410, "gone");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("2026-11-24T08:00:00Z"), "{detail}");
    assert!(
        detail.contains("court order") && !detail.contains('\u{202E}'),
        "{detail}"
    );
    assert!(!detail.contains("Lin"), "{detail}");
    let page = world.get(&format!("/items/{id}")).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("court order") && !page.body.contains("<b>"));
    world
        .get(&format!("/api/v1/items/{id}/raw"))
        .await
        .is_problem(410, "gone");
    world
        .get(&format!("/api/v1/items/{other}/raw"))
        .await
        .is_problem(410, "gone");
    // Also where the index is a moment behind.
    let after = world.get("/api/v1/search?q=*").await.json();
    let ids: Vec<&str> = after["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert!(!ids.contains(&id.to_string().as_str()), "{ids:?}");
    assert!(ids.contains(&other.to_string().as_str()), "{ids:?}");
    let exported = world.get("/api/v1/search?q=*&format=csv").await;
    assert!(!exported.body.contains(HOSTILE));
}

struct Disk(u64);

impl FreeSpace for Disk {
    fn free_bytes(&self) -> std::io::Result<u64> {
        Ok(self.0)
    }
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_is_told_and_searches_go_on() {
    let world = World::new();
    for (free, said) in [
        (1000, "1000 bytes are free"),
        (900, "pages of articles are not fetched"),
        (300, "only the items"),
        (0, "nothing is collected"),
    ] {
        let answers = Arc::into_inner(world.answers_by(world.engine())).unwrap();
        let answers = answers.with_disk(Arc::new(Disk(free)), 1000);
        let note = answers
            .search(&SearchParams::default())
            .unwrap()
            .coverage
            .note;
        let stops: u64 = answers
            .standing()
            .disk_stops
            .iter()
            .map(|stop| stop.1)
            .sum();
        let reader = Reader {
            principal: bellwether_access::Principal::Local,
            pass: None,
            preferences: crate::page::preferences::Preferences::default(),
            place: "/".to_owned(),
        };
        let page = sources(&Visited::new(&answers, &reader), None)
            .markup
            .into_string();
        assert_eq!(note.is_some(), free < 1000, "{note:?}");
        assert_eq!(stops > 0, free < 1000);
        assert_eq!(page.contains("the disk is nearly full"), free < 1000);
        assert!(note.is_none_or(|note| note.contains(said)));
        let ready = answers.ready();
        assert!(ready.ready);
        let disk = ready.checks.iter().find(|check| check.name == "disk");
        let detail = disk.unwrap().detail.clone().unwrap();
        assert!(detail.contains(said), "{detail}");
    }
    let ready = world.get("/readyz").await.json();
    let checks = ready["checks"].as_array().unwrap();
    assert!(
        checks.iter().all(|check| check["name"] != "disk"),
        "nobody looks"
    );
}
