//! Whole answers as lines.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use bellwether_archive::{Batch, CaptureKind, LogWriter, NewCapture};
use bellwether_model::{ItemId, Timestamp};
use bellwether_query::{
    Bound, Column, Cursor, Hit, Row, SearchAnswer, SearchEngine, SearchError, SearchRequest,
};
use futures_util::StreamExt;
use tower::ServiceExt;

use super::world::{HOSTILE, World, item, outcome, t};
use crate::{Export, Exported, Format, HttpSettings, SearchParams, router};

/// More than two pieces.
const MANY: usize = 1_234;

fn capture(at: Timestamp) -> Option<NewCapture> {
    Some(NewCapture {
        uri: "https://alpha.example.org/rss".to_owned(),
        at,
        kind: CaptureKind::Response {
            status: 200,
            headers: Vec::new(),
        },
        body: b"x".to_vec(),
    })
}

fn many(writer: &mut LogWriter) {
    let mut batch: Batch = outcome("alpha", "2026-11-24T07:00:00Z", None);
    batch.capture = capture(t("2026-11-24T07:00:00Z"));
    batch.items = (0..MANY)
        .map(|number| {
            let at = format!(
                "2026-11-23T{:02}:{:02}:{:02}Z",
                number / 3600,
                number / 60 % 60,
                number % 60
            );
            item("alpha", &at, &format!("=number {number}"), "開票, 又開票")
        })
        .collect();
    writer.append(&[batch]).unwrap();
}

#[tokio::test]
async fn an_export_holds_every_item_once() {
    let world = World::with(many, false, false);
    let q = "%E9%96%8B%E7%A5%A8";
    let reply = world
        .get(&format!("/api/v1/search?q={q}&format=ndjson"))
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    assert_eq!(reply.header("bellwether-total"), MANY.to_string());
    assert!(
        reply
            .header("bellwether-coverage")
            .starts_with("incomplete; 1 of 3")
    );
    let ids: Vec<u64> = reply
        .body
        .lines()
        .map(|line| {
            let item: serde_json::Value = serde_json::from_str(line).unwrap();
            item["id"].as_str().unwrap().parse().unwrap()
        })
        .collect();
    assert_eq!(ids.len(), MANY);
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "newest first");

    let reply = world
        .get(&format!(
            "/api/v1/search?q={q}&format=csv&bom=1&sort=oldest&limit=700"
        ))
        .await;
    assert_eq!(
        reply.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename=\"bellwether-items.csv\""
    );
    let lines: Vec<&str> = reply.body.split("\r\n").collect();
    assert!(
        lines[0].starts_with("\u{FEFF}id,guid,time,"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains(",'=number 0,"), "{}", lines[1]);
    assert!(lines[1].contains(",\"開票, 又開票\","), "{}", lines[1]);
    assert_eq!(lines.len(), 702);
}

#[tokio::test]
async fn what_comes_later_is_left_out() {
    let world = World::with(many, false, false);
    for sort in ["newest", "oldest"] {
        let params = SearchParams {
            sort: Some(sort.to_owned()),
            ..SearchParams::default()
        };
        let mut export = Export::new(Exported::Search(params), Format::Ndjson);
        let mut lines = export.next(&world.answers).unwrap().unwrap();
        // Later than the others by the log's order, between them by time.
        let mut batch = outcome("beta", "2026-11-24T08:07:00Z", None);
        batch.capture = capture(t("2026-11-24T08:07:00Z"));
        batch.items = vec![
            item("beta", "2026-11-23T00:18:00Z", "late", "late"),
            item("beta", "2026-11-23T00:03:00Z", "late too", "late too"),
        ];
        LogWriter::open(&world.dir)
            .unwrap()
            .append(&[batch])
            .unwrap();
        while let Some(piece) = export.next(&world.answers).unwrap() {
            lines.push_str(&piece);
        }
        assert!(lines.ends_with("}\n"));
        let before = if sort == "newest" { 3 } else { 5 };
        assert_eq!(lines.lines().count(), MANY + before, "{sort}");
    }
}

#[tokio::test]
async fn lists_and_counts_come_as_lines_too() {
    let world = World::new();
    for (path, columns, lines, part) in [
        ("search?q=", "id,guid,time", 3, "state-controlled"),
        ("sources", "id,name,kind", 4, "Gamma <b>"),
        ("bursts", "id,revision,rule", 1, "tested"),
        ("alerts", "id,burst,", 1, "firing,"),
        ("queries", "id,name,query", 0, ""),
        (
            "facets?q=&by=source,country",
            "field,kind,value,name,items,families,stories\r\nsource,value,alpha,",
            3,
            "country,unknown,,,3,",
        ),
        (
            "terms?q=%E4%BD%9C%E7%A5%A8",
            "term,matching,outside,significance",
            0,
            "",
        ),
        (
            "timeline?q=&by=group&bin=1h&from=2026-11-24T05:00:00Z",
            "start,end,offset,items,families,stories,others,sources,collected,late,by.",
            4,
            ",,,,",
        ),
    ] {
        let join = if path.contains('?') { '&' } else { '?' };
        let reply = world.get(&format!("/api/v1/{path}{join}format=csv")).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        assert!(reply.body.starts_with(columns), "{path}: {}", reply.body);
        assert!(reply.body.contains(part), "{path}: {}", reply.body);
        assert_eq!(
            reply.body.matches("\r\n").count(),
            lines + 1,
            "{path}: {}",
            reply.body
        );
        let reply = world
            .get(&format!("/api/v1/{path}{join}format=ndjson"))
            .await;
        assert_eq!(reply.body.lines().count(), lines, "{path}: {}", reply.body);
    }
    // A text that would turn the line around is data here, and stays as it was received.
    let reply = world.get("/api/v1/search?q=&format=csv").await;
    assert!(reply.body.contains(HOSTILE));
}

#[tokio::test]
async fn an_export_that_cannot_begin_is_a_problem() {
    let world = World::with(|_| {}, true, false);
    let reply = world.get("/api/v1/search?q=a&format=csv").await;
    reply.is_problem(503, "index");
}

/// An engine whose answers never end, and which counts how often it is asked.
struct Endless {
    item: ItemId,
    asked: AtomicUsize,
}

impl SearchEngine for Endless {
    fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let hit = Hit {
            item: self.item,
            time: t("2026-11-24T06:01:00Z"),
        };
        let next = Cursor {
            micros: 0,
            item: self.item,
        };
        Ok(SearchAnswer {
            total: u64::MAX >> 12,
            hits: vec![hit; request.limit],
            next: Some(next),
        })
    }

    fn count(&self, _: &Bound) -> Result<u64, SearchError> {
        Ok(u64::MAX >> 12)
    }

    fn scan(
        &self,
        _: &Bound,
        _: &[Column],
        _: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_is_made_that_nobody_reads() {
    let world = World::new();
    let engine = Arc::new(Endless {
        item: world.items[0],
        asked: AtomicUsize::new(0),
    });
    let router = router(world.answers_by(engine.clone()), HttpSettings::default());
    let ask = || {
        let request = Request::builder()
            .uri("/api/v1/search?format=ndjson")
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        router.clone().oneshot(request)
    };
    let mut pieces = ask().await.unwrap().into_body().into_data_stream();
    for _ in 0..3 {
        let piece = pieces.next().await.unwrap().unwrap();
        assert_eq!(piece.iter().filter(|byte| **byte == b'\n').count(), 500);
    }
    assert_eq!(engine.asked.load(Ordering::SeqCst), 3);

    // As many as there may be; one more is told to wait, and a place is free when a reader goes.
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(ask().await.unwrap());
    }
    assert_eq!(ask().await.unwrap().status(), 503);
    drop(pieces);
    assert_eq!(ask().await.unwrap().status(), 200);
    assert_eq!(engine.asked.load(Ordering::SeqCst), 7);
}
