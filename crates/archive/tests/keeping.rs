//! What is let go of is gone, what is kept is whole, whenever the process is killed.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use bellwether_archive::{
    Batch, CaptureKind, DataDir, EntryBody, Forget, GoneCause, ItemChange, Keeps, LogReader,
    LogWriter, NewCapture, NewItem, Purpose, verify,
};
use bellwether_model::{
    CaptureId, ItemId, Outcome, OutcomeKind, PublisherId, Seq, SourceId, TimeReason, Timestamp,
};
use bellwether_testkit::Chance;

fn at(second: u64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + i64::try_from(second).unwrap()).unwrap()
}

/// A text that stands in no other.
fn text(number: u64) -> String {
    format!("<the text of item number {number} and of no other>")
}

fn item(source: &str, number: u64, second: u64) -> NewItem {
    NewItem {
        source: SourceId::new(source),
        publisher: PublisherId::new("publisher"),
        identities: vec![
            format!("guid {number}"),
            format!("https://p.example/{number}"),
        ],
        guid: Some(format!("guid {number}")),
        url: Some(format!("https://p.example/{number}")),
        platform: None,
        lang_declared: None,
        title: format!("Title {number}"),
        text: text(number),
        seen: at(second),
        published: None,
        published_raw: None,
        time: at(second),
        time_reason: TimeReason::Missing,
        locator: None,
    }
}

fn poll(source: &str, numbers: &[u64], second: u64) -> Batch {
    let mut batch = Batch::new(at(second));
    let body: String = numbers.iter().map(|number| text(*number)).collect();
    batch.capture = Some(NewCapture {
        uri: format!("https://{source}.example/feed"),
        at: at(second),
        kind: CaptureKind::Response {
            status: 200,
            headers: vec![("Content-Type".to_owned(), "text/xml".to_owned())],
        },
        body: body.into_bytes(),
    });
    batch.items = numbers
        .iter()
        .map(|number| item(source, *number, second))
        .collect();
    batch.outcome = Some(outcome(source, OutcomeKind::Fetched, second));
    batch
}

fn outcome(source: &str, kind: OutcomeKind, second: u64) -> Outcome {
    Outcome {
        source: SourceId::new(source),
        at: at(second),
        kind,
        status: Some(200),
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: None,
        body_bytes: 0,
        moved_to: None,
        fallback: None,
    }
}

/// An answer that shows these items and cannot be read to its end: as that of a poll, or of an address
/// after which another was asked.
fn torn(source: &str, numbers: &[u64], second: u64, is_last: bool) -> Batch {
    let mut batch = poll(source, numbers, second);
    batch.items = vec![item(source, 1_000 + second, second)];
    batch.outcome = is_last.then(|| outcome(source, OutcomeKind::Unreachable, second));
    batch
}

fn page(of: ItemId, number: u64, second: u64) -> Batch {
    let mut batch = poll("a", &[], second);
    let capture = batch.capture.as_mut().unwrap();
    capture.uri = format!("https://p.example/{number}");
    capture.body = format!("{} and more of it", text(number)).into_bytes();
    batch.outcome = None;
    batch.page_of = Some(of);
    batch.items = vec![NewItem {
        text: format!("{} and more of it", text(number)),
        ..item("a", number, second)
    }];
    batch
}

fn forget(item: ItemId) -> Forget {
    Forget {
        item,
        by: "ana".to_owned(),
        why: "asked for by the person named".to_owned(),
    }
}

/// Everything that can be read in the WARC files of a folder.
fn warc_text(root: &Path) -> String {
    let mut text = String::new();
    let mut paths: Vec<PathBuf> = fs::read_dir(root.join("warc"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    // A file that was only just begun is empty.
    let is_begun = |path: &&PathBuf| fs::metadata(path).unwrap().len() > 0;
    for path in paths.iter().filter(is_begun) {
        flate2::read::MultiGzDecoder::new(fs::File::open(path).unwrap())
            .read_to_string(&mut text)
            .unwrap();
    }
    text
}

fn database_bytes(root: &Path) -> Vec<u8> {
    ["log.sqlite", "log.sqlite-wal"]
        .iter()
        .flat_map(|name| fs::read(root.join(name)).unwrap_or_default())
        .collect()
}

fn holds(bytes: &[u8], wanted: &str) -> bool {
    bytes
        .windows(wanted.len())
        .any(|window| window == wanted.as_bytes())
}

fn rewrite_all(writer: &mut LogWriter) -> usize {
    let mut files = 0;
    while let Some(rewriting) = writer.begin_rewriting().unwrap() {
        let rewritten = rewriting.write().unwrap();
        writer.end_rewriting(&rewritten).unwrap();
        files += 1;
    }
    assert!(writer.empty_journal().unwrap());
    files
}

fn assert_sound(dir: &DataDir, what: &str) {
    let verified = verify(dir, &mut |_, _| {}).unwrap();
    assert_eq!(verified.faults, [], "{what}");
}

fn one(writer: &mut LogWriter, batch: Batch) -> (CaptureId, Vec<ItemChange>) {
    let receipt = writer.append(&[batch]).unwrap().pop().unwrap();
    (receipt.capture.unwrap(), receipt.changes)
}

fn id_of(change: ItemChange) -> ItemId {
    match change {
        ItemChange::New(id)
        | ItemChange::Updated(id)
        | ItemChange::Unchanged(id)
        | ItemChange::Gone(id) => id,
    }
}

#[test]
fn a_forgotten_item_is_gone_everywhere_and_stays_away() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    let (first, changes) = one(&mut writer, poll("a", &[1, 2], 0));
    let (one_id, two_id) = (id_of(changes[0]), id_of(changes[1]));
    // Shown again in an answer that brings nothing; then in another source; then as a page.
    let (again, _) = one(&mut writer, poll("a", &[2, 1, 1], 10));
    let (elsewhere, _) = one(&mut writer, poll("b", &[1], 20));
    let (of_page, _) = one(&mut writer, page(one_id, 1, 30));
    let (innocent, _) = one(&mut writer, poll("a", &[2], 40));
    let reader = LogReader::open(&dir).unwrap();

    let tombstone = writer.forget(&forget(one_id), at(50)).unwrap().unwrap();
    assert_eq!((tombstone.item, tombstone.captures), (one_id, 4));
    assert!(tombstone.is_forgotten);
    assert_eq!(tombstone.digest.len(), 64);
    // At once, before any file is written anew.
    assert_eq!(reader.item(one_id).unwrap(), None);
    assert_eq!(reader.versions(one_id).unwrap(), []);
    assert_eq!(reader.tombstone(one_id).unwrap(), Some(tombstone.clone()));
    for capture in [first, again, elsewhere, of_page] {
        assert_eq!(reader.capture(capture).unwrap(), None);
        let gone = reader.capture_gone(capture).unwrap().unwrap();
        assert_eq!(gone.cause, GoneCause::Forgotten);
    }
    assert!(reader.is_rewriting_due().unwrap());
    assert_eq!(rewrite_all(&mut writer), 1);
    assert!(!reader.is_rewriting_due().unwrap());
    assert!(!warc_text(temp.path()).contains(&text(1)));
    let database = database_bytes(temp.path());
    for trace in ["text of item number 1 ", "guid 1", "p.example/1"] {
        assert!(!holds(&database, trace), "{trace}");
    }
    assert!(warc_text(temp.path()).contains("WARC-Type: metadata"));
    assert!(reader.capture(innocent).unwrap().is_some());
    assert_eq!(reader.item(two_id).unwrap().unwrap().text, text(2));
    let entries = reader.entries_after(Seq(0), 100).unwrap();
    assert_eq!(entries.last().unwrap().body, EntryBody::Gone(one_id));
    assert_sound(&dir, "after forgetting");

    // Shown again, also under one of its identities and another; by its page on its way; imported.
    drop(writer);
    let mut writer = LogWriter::open(&dir).unwrap();
    let (shown, changes) = one(&mut writer, poll("a", &[1, 3], 60));
    assert!(
        matches!(changes[..], [ItemChange::Gone(_), ItemChange::New(_)]),
        "{changes:?}"
    );
    let mut alias = poll("a", &[1], 70);
    alias.items[0].identities = vec!["another guid".to_owned(), "guid 1".to_owned()];
    assert!(matches!(
        one(&mut writer, alias).1[..],
        [ItemChange::Gone(_)]
    ));
    let mut alias = poll("a", &[1], 80);
    alias.items[0].identities = vec!["another guid".to_owned()];
    assert!(matches!(
        one(&mut writer, alias).1[..],
        [ItemChange::Gone(_)]
    ));
    let (_, changes) = one(&mut writer, page(one_id, 1, 90));
    assert!(matches!(changes[..], [ItemChange::Gone(_)]));
    assert!(!warc_text(temp.path()).contains(&text(1)));
    assert_eq!(reader.item_count().unwrap(), 2);
    let gone = reader.capture_gone(shown).unwrap().unwrap();
    assert_eq!(gone.cause, GoneCause::Forgotten);
    // What is no longer shown does no more harm.
    let (kept, _) = one(&mut writer, poll("a", &[3], 100));
    assert!(reader.capture(kept).unwrap().is_some());
    assert_eq!(
        writer.forget(&forget(one_id), at(110)).unwrap(),
        Some(tombstone)
    );
    assert_eq!(
        writer.forget(&forget(ItemId(9_999)), at(110)).unwrap(),
        None
    );
    assert_sound(&dir, "after all");
}

#[test]
fn a_payload_that_others_refer_to_is_forgotten_for_all_and_kept_for_all() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    let (holder, changes) = one(&mut writer, poll("a", &[1], 0));
    let (revisit, _) = one(&mut writer, poll("c", &[1], 10));
    let reader = LogReader::open(&dir).unwrap();
    // The younger one keeps the payload from expiring.
    let expire = |writer: &mut LogWriter, before: u64| {
        writer
            .expire_captures(Purpose::Original, at(before), None, 10, at(100))
            .unwrap()
            .captures
    };
    assert_eq!(expire(&mut writer, 5), 0);
    assert!(reader.capture(holder).unwrap().is_some());
    writer
        .forget(&forget(id_of(changes[0])), at(20))
        .unwrap()
        .unwrap();
    rewrite_all(&mut writer);
    assert_eq!(reader.capture(revisit).unwrap(), None);
    assert!(!warc_text(temp.path()).contains(&text(1)));
    assert_sound(&dir, "forgotten");

    let (holder, _) = one(&mut writer, poll("a", &[5], 200));
    let (revisit, _) = one(&mut writer, poll("a", &[5], 210));
    let expired = writer
        .expire_captures(Purpose::Poll, at(300), None, 10, at(300))
        .unwrap();
    assert_eq!(expired.captures, 1, "the revisit");
    assert_eq!(expire(&mut writer, 300), 1, "then the payload");
    let (fresh, _) = one(&mut writer, poll("a", &[5], 310));
    rewrite_all(&mut writer);
    for capture in [holder, revisit] {
        assert_eq!(reader.capture(capture).unwrap(), None);
    }
    let found = reader.capture(fresh).unwrap().unwrap();
    assert_eq!(found.body, text(5).into_bytes(), "kept again in full");
    assert_sound(&dir, "expired");
}

#[test]
fn without_room_items_come_without_their_originals() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    writer.keep_captures(Keeps::None);
    let (capture, changes) = one(&mut writer, poll("a", &[1], 0));
    let reader = LogReader::open(&dir).unwrap();
    let id = id_of(changes[0]);
    assert_eq!(reader.item(id).unwrap().unwrap().text, text(1));
    let gone = reader.capture_gone(capture).unwrap().unwrap();
    assert_eq!(gone.cause, GoneCause::NoRoom);
    writer.keep_captures(Keeps::All);
    let (capture, _) = one(&mut writer, poll("a", &[1], 10));
    assert!(reader.capture(capture).unwrap().is_some());
    writer.forget(&forget(id), at(20)).unwrap().unwrap();
    rewrite_all(&mut writer);
    assert!(!warc_text(temp.path()).contains(&text(1)));
    assert_sound(&dir, "no room");
}

#[test]
fn with_little_room_only_what_brings_something_is_kept() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    writer.keep_captures(Keeps::Originals);
    let reader = LogReader::open(&dir).unwrap();
    let mut is_kept = |batch: Batch| {
        let (capture, _) = one(&mut writer, batch);
        let is_kept = reader.capture(capture).unwrap().is_some();
        let gone = reader.capture_gone(capture).unwrap();
        assert_eq!(
            gone.map(|gone| gone.cause),
            (!is_kept).then_some(GoneCause::NoRoom)
        );
        is_kept
    };
    assert!(is_kept(poll("a", &[1, 2], 0)), "new items");
    assert!(!is_kept(poll("a", &[2, 1], 10)), "nothing new");
    assert!(!is_kept(poll("a", &[], 20)), "nothing at all");
    assert!(is_kept(poll("b", &[1], 30)), "shown by another source");
    let mut changed = poll("a", &[1], 40);
    changed.items[0].text = "another wording".to_owned();
    assert!(is_kept(changed), "another wording");
    assert!(!is_kept(poll("b", &[1], 50)), "as it showed it before");
    assert!(
        is_kept(page(ItemId(1), 1, 60)),
        "a page that was on its way"
    );
    assert_sound(&dir, "little room");
}

#[test]
fn what_cannot_be_read_to_its_end_is_forgotten_with_what_its_source_shows() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    let reader = LogReader::open(&dir).unwrap();
    // Before the item is first read, and after it was last read.
    let (before, _) = one(&mut writer, torn("a", &[1], 0, true));
    let (_, changes) = one(&mut writer, poll("a", &[1, 2], 10));
    let (after, _) = one(&mut writer, torn("a", &[1, 2], 20, false));
    let (elsewhere, _) = one(&mut writer, torn("b", &[3], 20, true));
    writer
        .forget(&forget(id_of(changes[0])), at(30))
        .unwrap()
        .unwrap();
    rewrite_all(&mut writer);
    for capture in [before, after] {
        assert_eq!(reader.capture(capture).unwrap(), None);
    }
    assert!(reader.capture(elsewhere).unwrap().is_some());
    assert!(!warc_text(temp.path()).contains(&text(1)));

    // As long as it is shown where all can be read, it may be where not.
    for is_last in [true, false] {
        let (torn_now, _) = one(&mut writer, torn("a", &[1], 40, is_last));
        assert_eq!(reader.capture(torn_now).unwrap(), None);
    }
    let (other, _) = one(&mut writer, torn("b", &[4], 40, true));
    assert!(reader.capture(other).unwrap().is_some());
    assert!(!warc_text(temp.path()).contains(&text(1)));
    one(&mut writer, poll("a", &[2], 50));
    let (torn_later, _) = one(&mut writer, torn("a", &[2], 60, true));
    assert!(reader.capture(torn_later).unwrap().is_some());
    assert_sound(&dir, "torn");
}

#[test]
fn items_expire_and_do_not_come_back() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    let (capture, changes) = one(&mut writer, poll("a", &[1, 2], 0));
    one(&mut writer, poll("a", &[3], 100));
    assert_eq!(writer.expire_items(at(50), "old", 1, at(200)).unwrap(), 1);
    assert_eq!(writer.expire_items(at(50), "old", 5, at(200)).unwrap(), 1);
    let reader = LogReader::open(&dir).unwrap();
    assert_eq!(reader.item_count().unwrap(), 1);
    let tombstone = reader.tombstone(id_of(changes[0])).unwrap().unwrap();
    assert!(!tombstone.is_forgotten);
    // What is old is no secret: its captures have their own time.
    assert!(reader.capture(capture).unwrap().is_some());
    let (capture, changes) = one(&mut writer, poll("a", &[1, 4], 300));
    assert!(
        matches!(changes[..], [ItemChange::Gone(_), ItemChange::New(_)]),
        "{changes:?}"
    );
    assert!(reader.capture(capture).unwrap().is_some());
    assert_sound(&dir, "expired");
}

#[test]
fn an_import_brings_nothing_back() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    let (_, changes) = one(&mut writer, poll("a", &[1], 0));
    writer
        .forget(&forget(id_of(changes[0])), at(10))
        .unwrap()
        .unwrap();
    rewrite_all(&mut writer);
    // The document first, then its items in batches of their own.
    let mut document = poll("import", &[1, 2], 20);
    document.items.clear();
    document.outcome = None;
    document.capture.as_mut().unwrap().kind = CaptureKind::Resource {
        content_type: "application/x-ndjson".to_owned(),
    };
    let (capture, _) = one(&mut writer, document);
    let mut lines = poll("import", &[2, 1], 20);
    lines.capture = None;
    lines.outcome = None;
    lines.capture_before = Some(capture);
    let changes = writer.append(&[lines]).unwrap().pop().unwrap().changes;
    assert!(
        matches!(changes[..], [ItemChange::New(_), ItemChange::Gone(_)]),
        "{changes:?}"
    );
    rewrite_all(&mut writer);
    assert!(!warc_text(temp.path()).contains(&text(1)));
    let reader = LogReader::open(&dir).unwrap();
    assert_eq!(reader.capture(capture).unwrap(), None);
    assert_sound(&dir, "imported");
}

/// What this version has beyond the one before anything could be let go of.
const NEW_HERE: &str =
    "DROP INDEX capture_payload; DROP INDEX capture_age; DROP INDEX capture_same;
     DROP INDEX capture_item; DROP INDEX capture_source; DROP INDEX identity_item;
     DROP TABLE gone_identity; DROP TABLE tombstone;
     ALTER TABLE capture DROP COLUMN purpose; ALTER TABLE capture DROP COLUMN source;
     ALTER TABLE capture DROP COLUMN item; ALTER TABLE capture DROP COLUMN gone;
     ALTER TABLE capture DROP COLUMN gone_at; ALTER TABLE capture DROP COLUMN is_whole;
     ALTER TABLE sighting DROP COLUMN last;
     ALTER TABLE warc_file DROP COLUMN generation; ALTER TABLE warc_file DROP COLUMN dead;
     ALTER TABLE warc_file DROP COLUMN is_due; ALTER TABLE warc_file DROP COLUMN first;
     CREATE INDEX capture_digest ON capture(digest) WHERE same_as IS NULL;";

/// What that one had beyond the one before it.
const NEW_BEFORE: &str =
    "ALTER TABLE outcome DROP COLUMN moved_to; ALTER TABLE outcome DROP COLUMN fallback;";

#[test]
fn a_folder_of_an_earlier_version_is_taken_over_whole() {
    for columns in [NEW_HERE.to_owned(), format!("{NEW_HERE}{NEW_BEFORE}")] {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(temp.path()).unwrap();
        let mut writer = LogWriter::open(&dir).unwrap();
        let (kept, changes) = one(&mut writer, poll("a", &[1], 0));
        one(&mut writer, poll("b", &[2], 10));
        // Shown again, later at another address, with items that came with it.
        one(&mut writer, poll("a", &[1, 4], 11));
        let mut moved = poll("a", &[5], 12);
        moved.capture.as_mut().unwrap().uri = "https://a.example/moved".to_owned();
        one(&mut writer, moved);
        let mut moved = poll("a", &[5, 1], 13);
        moved.capture.as_mut().unwrap().uri = "https://a.example/moved".to_owned();
        one(&mut writer, moved);
        let mut unread = page(id_of(changes[0]), 1, 14);
        unread.items.clear();
        one(&mut writer, unread);
        drop(writer);
        let old = rusqlite::Connection::open(temp.path().join("log.sqlite")).unwrap();
        old.execute_batch(&columns).unwrap();
        drop(old);
        let reader = LogReader::open(&dir).unwrap();
        assert!(reader.capture(kept).unwrap().is_some());
        let mut writer = LogWriter::open(&dir).unwrap();
        let mut batch = poll("a", &[1, 3], 20);
        let outcome = batch.outcome.as_mut().unwrap();
        outcome.moved_to = Some("https://new.example/".to_owned());
        outcome.fallback = Some("https://second.example/".to_owned());
        let wanted = outcome.clone();
        one(&mut writer, batch);
        let last = reader.last_outcome(&SourceId::new("a")).unwrap().unwrap();
        assert_eq!(
            (last.moved_to, last.fallback),
            (wanted.moved_to, wanted.fallback)
        );
        writer
            .forget(&forget(id_of(changes[0])), at(30))
            .unwrap()
            .unwrap();
        rewrite_all(&mut writer);
        assert!(!warc_text(temp.path()).contains(&text(1)));
        assert!(warc_text(temp.path()).contains(&text(2)));
        assert_sound(&dir, "taken over");
    }
}

#[test]
fn damage_is_found() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open(temp.path()).unwrap();
    let mut writer = LogWriter::open(&dir).unwrap();
    for number in 0..4 {
        one(&mut writer, poll("a", &[number], number));
    }
    drop(writer);
    assert_sound(&dir, "as written");
    let warc = temp.path().join("warc/bellwether-000001.warc.gz");
    let good = fs::read(&warc).unwrap();
    let faults = || verify(&dir, &mut |_, _| {}).unwrap();

    let mut flipped = good.clone();
    let middle = good.len() / 2;
    flipped[middle] ^= 0x40;
    fs::write(&warc, &flipped).unwrap();
    assert_eq!(faults().fault_count, 1, "{:?}", faults().faults);
    fs::write(&warc, &good[..good.len() - 1]).unwrap();
    assert!(faults().fault_count >= 2, "length and last record");
    fs::write(&warc, &good).unwrap();

    let log = rusqlite::Connection::open(temp.path().join("log.sqlite")).unwrap();
    for (change, back) in [
        (
            "UPDATE capture SET offset = offset + 1 WHERE id = 2",
            "UPDATE capture SET offset = offset - 1 WHERE id = 2",
        ),
        (
            "UPDATE entry SET at = at - 100000 WHERE seq = 3",
            "UPDATE entry SET at = at + 100000 WHERE seq = 3",
        ),
        (
            "UPDATE version SET title = x'0041' WHERE item = 1",
            "UPDATE version SET title = x'005469746c652030' WHERE item = 1",
        ),
        (
            "PRAGMA foreign_keys = OFF; UPDATE sighting SET capture = 77 WHERE item = 1",
            "UPDATE sighting SET capture = 1 WHERE item = 1",
        ),
    ] {
        log.execute_batch(change).unwrap();
        assert!(faults().fault_count > 0, "{change}");
        log.execute_batch(back).unwrap();
        assert_sound(&dir, back);
    }
}

/// The files of a data folder with their bytes.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(root: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                found.insert(
                    path.strip_prefix(root).unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

fn put(root: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// One seed: a log that grows, forgets and lets expire, killed within its rewriting.
struct Seed {
    chance: Chance,
    temp: tempfile::TempDir,
    writer: LogWriter,
    second: u64,
    /// What each capture held.
    bodies: BTreeMap<CaptureId, (&'static str, Vec<u64>)>,
    items: BTreeMap<u64, ItemId>,
    forgotten: BTreeSet<u64>,
}

impl Seed {
    fn new(number: u64) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let writer = LogWriter::open(&DataDir::open(temp.path()).unwrap()).unwrap();
        Self {
            chance: Chance::of(number),
            temp,
            writer,
            second: 0,
            bodies: BTreeMap::new(),
            items: BTreeMap::new(),
            forgotten: BTreeSet::new(),
        }
    }

    fn poll(&mut self) {
        self.second += 10;
        let newest = self.second / 30;
        let shown: Vec<u64> = (newest.saturating_sub(self.chance.below(4))..=newest).collect();
        let source: &'static str = ["a", "b"][usize::try_from(self.chance.below(2)).unwrap()];
        let batch = poll(source, &shown, self.second);
        let (capture, changes) = one(&mut self.writer, batch);
        for (number, change) in shown.iter().zip(&changes) {
            let is_gone = matches!(change, ItemChange::Gone(_));
            assert_eq!(is_gone, self.forgotten.contains(number));
            self.items.insert(*number, id_of(*change));
        }
        self.bodies.insert(capture, (source, shown));
    }

    fn forget(&mut self) {
        let Some((number, id)) = self
            .items
            .iter()
            .nth(usize::try_from(self.chance.below(self.items.len().max(1) as u64)).unwrap())
            .map(|(number, id)| (*number, *id))
        else {
            return;
        };
        self.writer.forget(&forget(id), at(self.second)).unwrap();
        self.forgotten.insert(number);
    }

    fn expire(&mut self) {
        let before = at(self.second.saturating_sub(self.chance.below(200)));
        let mut after = None;
        loop {
            let step = self
                .writer
                .expire_captures(Purpose::Poll, before, after, 2, at(self.second))
                .unwrap();
            after = step.next;
            if after.is_none() {
                return;
            }
        }
    }

    /// Writes one file anew and is killed at a moment of it, or not.
    fn rewrite(&mut self) {
        let Some(rewriting) = self.writer.begin_rewriting().unwrap() else {
            return;
        };
        let before = files(self.temp.path());
        let rewritten = rewriting.write().unwrap();
        // What goes on meanwhile.
        let is_quiet = self.chance.below(2) == 0;
        if !is_quiet {
            self.poll();
            self.forget();
        }
        let written = files(self.temp.path());
        self.writer.end_rewriting(&rewritten).unwrap();
        let after = files(self.temp.path());
        match self.chance.below(4) {
            0 if is_quiet => {
                let cut = self.cut(&before, &written, "warc.gz");
                self.killed_with(cut);
            }
            1 => self.killed_with(written),
            // The commit is one of the journal, and the old file is still there.
            2 => {
                let mut both = written.clone();
                let journal = PathBuf::from("log.sqlite-wal");
                if written.get(&PathBuf::from("log.sqlite"))
                    == after.get(&PathBuf::from("log.sqlite"))
                {
                    let cut = self.cut(&written, &after, "-wal");
                    both.insert(journal.clone(), cut[&journal].clone());
                }
                self.killed_with(both);
            }
            _ => {}
        }
    }

    /// `to`, where what has grown since `from` has grown only in part.
    fn cut(&mut self, from: &Files, to: &Files, ending: &str) -> Files {
        let mut cut = to.clone();
        for (name, bytes) in &mut cut {
            let old = from.get(name).map_or(0, Vec::len);
            if name.to_string_lossy().ends_with(ending) && bytes.len() > old {
                let grown = self.chance.below((bytes.len() - old) as u64 + 1);
                bytes.truncate(old + usize::try_from(grown).unwrap());
            }
        }
        cut
    }

    fn killed_with(&mut self, files: Files) {
        self.temp = tempfile::tempdir().unwrap();
        put(self.temp.path(), &files);
        let dir = DataDir::open(self.temp.path()).unwrap();
        self.writer = LogWriter::open(&dir).unwrap();
    }

    fn check(&mut self, what: &str) {
        let dir = DataDir::open(self.temp.path()).unwrap();
        assert_sound(&dir, what);
        let reader = LogReader::open(&dir).unwrap();
        for (capture, (source, shown)) in &self.bodies {
            let body: String = shown.iter().map(|number| text(*number)).collect();
            match reader.capture(*capture).unwrap() {
                Some(found) => {
                    assert_eq!(found.body, body.as_bytes(), "{what}");
                    let is_clean = shown.iter().all(|number| !self.forgotten.contains(number));
                    assert!(is_clean, "{what}: shows what was forgotten");
                }
                None => {
                    let gone = reader.capture_gone(*capture).unwrap().unwrap();
                    assert!(
                        self.may_be_forgotten(*capture, source) || gone.cause == GoneCause::Expired,
                        "{what}: {gone:?} for nothing"
                    );
                }
            }
        }
    }

    /// Whether a source showed something that was forgotten, in this answer or before and after it, or
    /// another answer is the same as one of which that holds.
    fn may_be_forgotten(&self, capture: CaptureId, source: &str) -> bool {
        let shows = |id: &CaptureId, source: &str, number: u64| {
            let of_source = self.bodies.iter().filter(|(_, body)| body.0 == source);
            let showing: Vec<CaptureId> = of_source
                .filter(|(_, body)| body.1.contains(&number))
                .map(|(id, _)| *id)
                .collect();
            showing.first().is_some_and(|first| first <= id)
                && showing.last().is_some_and(|last| last >= id)
        };
        let same = self
            .bodies
            .iter()
            .filter(|(id, body)| **id == capture || body.1 == self.bodies[&capture].1);
        let answers = same
            .map(|(id, body)| (*id, body.0))
            .chain([(capture, source)]);
        answers.into_iter().any(|(id, source)| {
            self.forgotten
                .iter()
                .any(|number| shows(&id, source, *number))
        })
    }

    fn end(&mut self, what: &str) {
        rewrite_all(&mut self.writer);
        self.check(what);
        let text_left = warc_text(self.temp.path());
        let database = database_bytes(self.temp.path());
        for number in &self.forgotten {
            assert!(!text_left.contains(&text(*number)), "{what}: {number}");
            assert!(!holds(&database, &text(*number)), "{what}: {number}");
        }
        let names: Vec<_> = fs::read_dir(self.temp.path().join("warc"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        let numbers: BTreeSet<_> = names
            .iter()
            .map(|name| name.to_string_lossy()[11..17].to_owned())
            .collect();
        assert_eq!(names.len(), numbers.len(), "{what}: left over: {names:?}");
    }
}

#[test]
fn killed_at_any_moment_of_its_rewriting_a_log_is_whole() {
    let seeds = std::env::var("BELLWETHER_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(60);
    for number in 1..=seeds {
        let mut seed = Seed::new(number);
        for step in 0..25 {
            match seed.chance.below(8) {
                0 => seed.forget(),
                1 => seed.expire(),
                2 | 3 => seed.rewrite(),
                _ => seed.poll(),
            }
            seed.check(&format!("seed {number}, step {step}"));
        }
        seed.end(&format!("seed {number}, in the end"));
    }
}
