//! Of a forgotten item the index keeps nothing, and finds the others as before.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by them"
)]

use std::time::{Duration, Instant};

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Forget, LogReader, LogWriter, NewCapture, NewItem,
};
use bellwether_indexer::{Indexer, LocalEngine};
use bellwether_model::{ItemId, PublisherId, Seq, SourceId, TimeReason, Timestamp};
use bellwether_query::{Bound, SearchEngine};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("in the calendar")
}

fn append(writer: &mut LogWriter, numbers: std::ops::Range<i64>) {
    append_worded(writer, numbers, "text");
}

fn append_worded(writer: &mut LogWriter, numbers: std::ops::Range<i64>, text: &str) {
    let mut batch = Batch::new(at(numbers.start));
    batch.capture = Some(NewCapture {
        uri: "file:items.ndjson".to_owned(),
        at: at(0),
        kind: CaptureKind::Resource {
            content_type: "application/x-ndjson".to_owned(),
        },
        body: format!("{numbers:?} {text}").into_bytes(),
    });
    let item = |number: i64| NewItem {
        source: SourceId::new("a"),
        publisher: PublisherId::new("p"),
        identities: vec![number.to_string()],
        guid: None,
        url: None,
        platform: None,
        lang_declared: None,
        title: format!("Title {number}"),
        text: format!("{text} {number}"),
        seen: at(number),
        published: None,
        published_raw: None,
        time: at(number),
        time_reason: TimeReason::Missing,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    };
    batch.items = numbers.map(item).collect();
    writer.append(&[batch]).expect("appended");
}

fn forget(writer: &mut LogWriter, item: u64) -> Seq {
    let forget = Forget {
        item: ItemId(item),
        by: "ana".to_owned(),
        why: String::new(),
    };
    let tombstone = writer.forget(&forget, at(100)).expect("forgotten");
    tombstone.expect("was there").seq
}

fn follow(indexer: &mut Indexer, log: &LogReader) {
    let head = log.head().expect("head").seq;
    while indexer.advance(log).expect("indexed").seq < head {}
}

/// Items in the parts of the index, with those that are only marked as deleted.
fn in_parts(dir: &DataDir) -> (u32, u32) {
    let index = tantivy::Index::open_in_dir(dir.index()).unwrap();
    let parts = index.searchable_segment_metas().unwrap();
    (
        parts.iter().map(tantivy::SegmentMeta::num_docs).sum(),
        parts
            .iter()
            .map(tantivy::SegmentMeta::num_deleted_docs)
            .sum(),
    )
}

/// Waits until the parts hold so many items and nothing that is deleted.
fn wait_for_parts(dir: &DataDir, items: u32) {
    let started = Instant::now();
    while in_parts(dir) != (items, 0) {
        let parts = in_parts(dir);
        assert!(started.elapsed() < Duration::from_secs(20), "{parts:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn of_a_forgotten_item_no_trace_stays() {
    let temp = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(temp.path()).expect("data");
    let mut writer = LogWriter::open(&dir).expect("log");
    let log = LogReader::open(&dir).expect("log");
    append(&mut writer, 0..10);
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    follow(&mut indexer, &log);
    let engine = LocalEngine::new(&dir);
    assert_eq!(engine.count(&Bound::All).expect("count"), 10);

    let seq = forget(&mut writer, 3);
    follow(&mut indexer, &log);
    assert_eq!(engine.seq().expect("seq"), seq);
    assert_eq!(engine.count(&Bound::All).expect("count"), 9);
    wait_for_parts(&dir, 9);
    // What the commit said of itself is still said.
    assert_eq!(engine.seq().expect("seq"), seq);

    // Appended and forgotten between two looks, and one that was known before.
    append(&mut writer, 20..23);
    let newest = log.items_of(None, 1).expect("items")[0];
    forget(&mut writer, newest.0);
    forget(&mut writer, 4);
    follow(&mut indexer, &log);
    assert_eq!(engine.count(&Bound::All).expect("count"), 10);
    wait_for_parts(&dir, 10);
    drop(indexer);
    Indexer::discard(&dir).expect("discarded");
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    follow(&mut indexer, &log);
    assert_eq!(engine.count(&Bound::All).expect("count"), 10, "built anew");
    assert_eq!(log.item_count().expect("count"), 10);
}

#[test]
fn what_a_kill_left_half_written_is_in_nobodys_way() {
    let temp = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(temp.path()).expect("data");
    let mut writer = LogWriter::open(&dir).expect("log");
    let log = LogReader::open(&dir).expect("log");
    append(&mut writer, 0..10);
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    follow(&mut indexer, &log);
    drop(indexer);
    let meta = dir.index().join("meta.json");
    let before = std::fs::read(&meta).unwrap();

    append_worded(&mut writer, 3..5, "another");
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    follow(&mut indexer, &log);
    drop(indexer);
    let deletions = std::fs::read_dir(dir.index()).unwrap().flatten();
    let is_deletion = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".del");
    assert!(
        deletions
            .filter(|file| is_deletion(&file.file_name()))
            .count()
            > 0
    );
    // Killed after all files of the commit were written, and before it was one.
    std::fs::write(&meta, before).unwrap();
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    follow(&mut indexer, &log);
    let engine = LocalEngine::new(&dir);
    assert_eq!(engine.count(&Bound::All).expect("count"), 10);
}
