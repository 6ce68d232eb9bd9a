//! The three stores as their users see them.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use std::io::Read;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, DerivedState, Desk, EntryBody, ImportedSource,
    ItemChange, LogReader, LogWriter, NewCapture, NewItem, Role, StoredItem,
};
use bellwether_model::{
    Failures, FamilyId, ItemId, Outcome, OutcomeKind, PublisherId, Seq, SourceCourse, SourceId,
    StoryId, TimeReason, Timestamp,
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("in the calendar")
}

fn item(source: &str, identities: &[&str], text: &str) -> NewItem {
    NewItem {
        source: SourceId::new(source),
        publisher: PublisherId::new("publisher"),
        identities: identities.iter().map(ToString::to_string).collect(),
        guid: identities.first().map(ToString::to_string),
        url: None,
        platform: None,
        lang_declared: None,
        title: "標題".to_owned(),
        text: text.to_owned(),
        seen: at(0),
        published: None,
        published_raw: None,
        time: at(0),
        time_reason: TimeReason::Missing,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

fn poll(second: i64, body: &str, items: Vec<NewItem>) -> Batch {
    let mut batch = Batch::new(at(second));
    batch.capture = Some(NewCapture {
        uri: "https://outlet.example/feed".to_owned(),
        at: at(second),
        kind: CaptureKind::Response {
            status: 200,
            headers: vec![("Content-Type".to_owned(), "text/xml".to_owned())],
        },
        body: body.as_bytes().to_vec(),
    });
    batch.outcome = items.first().map(|item| Outcome {
        source: item.source.clone(),
        at: at(second),
        kind: OutcomeKind::Fetched,
        status: Some(200),
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: None,
        body_bytes: body.len() as u64,
        moved_to: None,
        fallback: None,
    });
    batch.items = items;
    batch
}

struct Store {
    folder: tempfile::TempDir,
    dir: DataDir,
    writer: LogWriter,
}

fn store() -> Store {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let writer = LogWriter::open(&dir).expect("log");
    Store {
        folder,
        dir,
        writer,
    }
}

fn append(store: &mut Store, batch: Batch) -> Vec<ItemChange> {
    store
        .writer
        .append(&[batch])
        .expect("appended")
        .pop()
        .expect("a receipt")
        .changes
}

#[test]
fn the_course_of_a_source_is_what_came_up_to_a_place() {
    let mut store = store();
    let mut attempt = |second, kind: OutcomeKind| {
        let mut batch = poll(second, "1", vec![item("a", &["x"], "first")]);
        if let Some(outcome) = &mut batch.outcome {
            outcome.kind = kind;
            outcome.moved_to = Some("https://new.example/".to_owned());
        }
        let receipts = store.writer.append(&[batch]).expect("appended");
        receipts[0].seq
    };
    attempt(0, OutcomeKind::Unreachable);
    let good = attempt(60, OutcomeKind::NotModified);
    attempt(120, OutcomeKind::Status);
    let second = attempt(180, OutcomeKind::Status);
    attempt(240, OutcomeKind::Status);
    let log = LogReader::open(&store.dir).expect("log");
    let course = |until| log.course(&SourceId::new("a"), until).expect("read");
    assert_eq!(course(good).failures, None);
    let failing = course(second);
    assert_eq!(
        failing.failures,
        Some(Failures {
            since: at(120),
            count: 2
        })
    );
    let last = failing.last.expect("an attempt");
    assert_eq!((last.at, last.kind), (at(180), OutcomeKind::Status));
    assert_eq!(last.moved_to.as_deref(), Some("https://new.example/"));
    assert_eq!(failing.newest, Some(at(0)));
    let unknown = log.course(&SourceId::new("b"), second).expect("read");
    assert_eq!(unknown, SourceCourse::default());
}

/// A clock that is set back: where a source stands is decided on the log's time, which never falls.
#[test]
fn the_course_of_a_source_is_told_on_the_logs_time() {
    let mut store = store();
    for (second, kind) in [
        (3600, OutcomeKind::Fetched),
        (60, OutcomeKind::Status),
        (660, OutcomeKind::Status),
    ] {
        let mut batch = poll(second, "1", vec![item("a", &["x"], "first")]);
        if let Some(outcome) = &mut batch.outcome {
            outcome.kind = kind;
        }
        store.writer.append(&[batch]).expect("appended");
    }
    let log = LogReader::open(&store.dir).expect("log");
    let head = log.head().expect("read").seq;
    let course = log.course(&SourceId::new("a"), head).expect("read");
    assert_eq!(course.last.expect("an attempt").at, at(3600));
    assert_eq!(course.failures.expect("failures").since, at(3600));
    let shown = log.last_outcome(&SourceId::new("a")).expect("read");
    assert_eq!(
        shown.expect("an attempt").at,
        at(660),
        "shown is the clock's"
    );
}

#[test]
fn new_known_changed_and_seen_elsewhere() {
    let mut store = store();
    let changes = append(
        &mut store,
        poll(
            0,
            "1",
            vec![item("a", &["x"], "first"), item("a", &["y"], "other")],
        ),
    );
    assert!(
        matches!(changes[..], [ItemChange::New(_), ItemChange::New(_)]),
        "{changes:?}"
    );
    let changes = append(&mut store, poll(1, "2", vec![item("a", &["x"], "first")]));
    assert!(
        matches!(changes[..], [ItemChange::Unchanged(_)]),
        "{changes:?}"
    );
    let changes = append(&mut store, poll(2, "3", vec![item("a", &["x"], "second")]));
    assert!(
        matches!(changes[..], [ItemChange::Updated(_)]),
        "{changes:?}"
    );
    append(&mut store, poll(3, "4", vec![item("b", &["x"], "second")]));

    let log = LogReader::open(&store.dir).expect("log");
    assert_eq!(log.item_count().expect("count"), 2);
    let ids = log.items_of(Some(&SourceId::new("b")), 10).expect("items");
    let found = log.item(ids[0]).expect("read").expect("there");
    assert_eq!(found.text, "second");
    assert_eq!(found.versions, 2);
    assert_eq!(found.sources, [SourceId::new("a"), SourceId::new("b")]);
    let versions = log.versions(found.id).expect("versions");
    let wordings = log.wordings(found.id, 0, 10).expect("wordings");
    assert_eq!(
        wordings.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(),
        ["second", "first"]
    );
    assert!(wordings.iter().rev().map(|w| &w.version).eq(&versions));
    assert_eq!(
        log.wordings(found.id, 1, 1).expect("wordings"),
        wordings[1..]
    );
    let before = log
        .item_at(found.id, versions[0].seq)
        .expect("read")
        .expect("there");
    assert_eq!(
        (before.text.as_str(), before.sources.len()),
        ("first", 1),
        "as it was then"
    );
    for (version, body) in versions.iter().zip(["1", "3"]) {
        let capture = log.capture(version.capture).expect("read").expect("there");
        assert_eq!(capture.body, body.as_bytes());
    }
    let kinds: Vec<&str> = log
        .entries_after(Seq(0), 100)
        .expect("entries")
        .iter()
        .map(|entry| match entry.body {
            EntryBody::Item(_) => "item",
            EntryBody::Version(_) => "version",
            EntryBody::Sighting(_) => "sighting",
            EntryBody::Outcome { .. } => "outcome",
            EntryBody::Import(_) => "import",
            EntryBody::Configuration => "configuration",
            EntryBody::Heartbeat => "heartbeat",
            EntryBody::Gone(_) => "gone",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "item", "item", "outcome", "outcome", "version", "outcome", "sighting", "outcome"
        ]
    );
}

#[test]
fn two_wordings_of_two_feeds_are_no_endless_change() {
    let mut store = store();
    append(&mut store, poll(0, "1", vec![item("a", &["x"], "summary")]));
    append(
        &mut store,
        poll(1, "2", vec![item("b", &["x"], "whole text")]),
    );
    for round in 2..6 {
        for (source, text) in [("a", "summary"), ("b", "whole text")] {
            let changes = append(
                &mut store,
                poll(round, "3", vec![item(source, &["x"], text)]),
            );
            assert!(
                matches!(changes[..], [ItemChange::Unchanged(_)]),
                "{changes:?}"
            );
        }
    }
    let changes = append(&mut store, poll(9, "4", vec![item("a", &["x"], "changed")]));
    assert!(
        matches!(changes[..], [ItemChange::Updated(_)]),
        "{changes:?}"
    );
    let changes = append(
        &mut store,
        poll(10, "5", vec![item("a", &["x"], "summary")]),
    );
    assert!(
        matches!(changes[..], [ItemChange::Updated(_)]),
        "taken back: {changes:?}"
    );
}

#[test]
fn an_older_file_brings_nothing_back() {
    let mut store = store();
    let import = |second: i64, text: &str| {
        let mut batch = poll(second, text, vec![item("import:a", &["x"], text)]);
        batch.imported = vec![ImportedSource {
            id: SourceId::new("import:a"),
            publisher: PublisherId::new("publisher"),
            family: FamilyId::new("publisher"),
            groups: Vec::new(),
            platform: None,
            first: at(0),
            last: at(0),
        }];
        batch.covered = batch.imported.iter().map(ImportedSource::span).collect();
        batch
    };
    append(&mut store, import(0, "old"));
    append(&mut store, import(1, "new"));
    let changes = append(&mut store, import(2, "old"));
    assert!(
        matches!(changes[..], [ItemChange::Unchanged(_)]),
        "{changes:?}"
    );
    let log = LogReader::open(&store.dir).expect("log");
    let id = log.items_of(None, 1).expect("items")[0];
    assert_eq!(log.item(id).expect("read").expect("there").text, "new");
    assert_eq!(
        log.imports_between(Seq(0), Seq(u64::MAX >> 1))
            .expect("imports")
            .len(),
        3
    );
}

#[test]
fn any_of_its_identities_finds_an_item() {
    let mut store = store();
    append(
        &mut store,
        poll(0, "1", vec![item("a", &["guid", "url"], "text")]),
    );
    let changes = append(
        &mut store,
        poll(1, "2", vec![item("a", &["other guid", "url"], "text")]),
    );
    assert!(
        matches!(changes[..], [ItemChange::Unchanged(_)]),
        "{changes:?}"
    );
    let changes = append(
        &mut store,
        poll(2, "3", vec![item("a", &["other guid"], "text")]),
    );
    assert!(
        matches!(changes[..], [ItemChange::Unchanged(_)]),
        "{changes:?}"
    );
}

#[test]
fn the_logs_time_never_falls() {
    let mut store = store();
    for second in [10, 5, 20, 19] {
        append(
            &mut store,
            poll(
                second,
                &second.to_string(),
                vec![item("a", &[&second.to_string()], "t")],
            ),
        );
    }
    let log = LogReader::open(&store.dir).expect("log");
    let entries = log.entries_after(Seq(0), 100).expect("entries");
    assert!(
        entries
            .windows(2)
            .all(|pair| pair[0].at <= pair[1].at && pair[0].seq < pair[1].seq)
    );
}

#[test]
fn equal_answers_are_kept_once_and_found_twice() {
    let mut store = store();
    let body = "long ".repeat(10_000);
    append(&mut store, poll(0, &body, vec![item("a", &["x"], "1")]));
    let size = |store: &Store| -> u64 {
        std::fs::read_dir(store.folder.path().join("warc"))
            .expect("warc")
            .map(|entry| entry.expect("entry").metadata().expect("size").len())
            .sum()
    };
    let once = size(&store);
    append(&mut store, poll(1, &body, vec![item("a", &["x"], "2")]));
    assert!(size(&store) - once < once, "a reference, not the body");
    let log = LogReader::open(&store.dir).expect("log");
    let id = log.items_of(None, 1).expect("items")[0];
    for version in log.versions(id).expect("versions") {
        let capture = log.capture(version.capture).expect("read").expect("there");
        assert_eq!(capture.body, body.as_bytes());
    }
}

#[test]
fn what_was_not_committed_is_cut_from_the_warc() {
    let mut store = store();
    append(&mut store, poll(0, "kept", vec![item("a", &["x"], "1")]));
    drop(store.writer);
    let warc = std::fs::read_dir(store.folder.path().join("warc"))
        .expect("warc")
        .map(|entry| entry.expect("entry").path())
        .next()
        .expect("a file");
    let good = std::fs::read(&warc).expect("bytes");
    for torn in [&good[..40], &good[..], b"garbage"] {
        std::fs::write(&warc, [&good[..], torn].concat()).expect("torn");
        drop(LogWriter::open(&store.dir).expect("opens again"));
        assert_eq!(std::fs::read(&warc).expect("bytes"), good);
    }
    store.writer = LogWriter::open(&store.dir).expect("log");
    append(&mut store, poll(1, "later", vec![item("a", &["y"], "2")]));
    let file = std::fs::File::open(&warc).expect("open");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("whole members only");
    assert!(text.contains("kept") && text.contains("later"));
}

#[test]
fn a_batch_is_visible_whole_or_not_at_all() {
    let mut store = store();
    let mut bad = poll(0, "1", vec![item("a", &["x"], "1")]);
    bad.capture = None;
    assert!(
        store
            .writer
            .append(&[poll(0, "0", vec![item("a", &["w"], "0")]), bad])
            .is_err()
    );
    let log = LogReader::open(&store.dir).expect("log");
    assert_eq!(log.head().expect("head").seq, Seq(0));
    assert_eq!(log.item_count().expect("count"), 0);
    append(&mut store, poll(1, "2", vec![item("a", &["w"], "0")]));
    assert_eq!(log.item_count().expect("count"), 1);
}

#[test]
fn a_role_is_held_by_one() {
    let store = store();
    let lock = store.dir.lock(Role::Index).expect("free");
    let refused = store.dir.lock(Role::Index).expect_err("held").to_string();
    assert!(
        refused.contains(&std::process::id().to_string()),
        "says who: {refused}"
    );
    store.dir.lock(Role::Poll).expect("another role is free");
    drop(lock);
    store.dir.lock(Role::Index).expect("free again");
}

#[test]
fn a_story_goes_on_until_it_is_forgotten() {
    let store = store();
    let mut derived = Derived::open(&store.dir).expect("derived");
    derived.begin().expect("begun");
    let digest = [7; 16];
    let day = 86_400;
    derived.put_story(&digest, StoryId(1), at(0)).expect("put");
    let known = |derived: &Derived, since| {
        derived
            .known_story(&digest, since)
            .expect("known")
            .map(|known| known.story)
    };
    let first = StoryId(1);
    let second = known(&derived, at(-day)).expect("goes on");
    derived
        .put_story(&digest, second, at(29 * day))
        .expect("put");
    assert_eq!(known(&derived, at(30 * day)), None);
    let third = StoryId(3);
    derived
        .put_story(&digest, third, at(60 * day))
        .expect("put");
    assert_eq!(first, second);
    assert_ne!(first, third);
    for (id, story) in [(1, first), (2, second), (3, third)] {
        let source = SourceId::new("a");
        derived
            .put_item(
                &StoredItem {
                    item: ItemId(id),
                    time: at(0),
                    source,
                    story: Some(story),
                },
                Seq(id),
            )
            .expect("put");
    }
    assert_eq!(derived.story_size(first).expect("size"), 2);
    derived
        .commit(&DerivedState {
            seq: Seq(3),
            tick: Some(at(0)),
        })
        .expect("committed");
    derived.begin().expect("begun");
    derived.clear().expect_err("not within another transaction");
    derived.rollback();
    assert_eq!(derived.state().expect("state").seq, Seq(3));
}

#[test]
fn the_desk_starts_empty() {
    let store = store();
    let desk = Desk::open(&store.dir).expect("desk");
    assert_eq!(desk.handed_over().expect("read"), None);
    assert_eq!(desk.next_due().expect("read"), None);
    assert!(desk.due(Timestamp::MAX, 10).expect("read").is_empty());
}
