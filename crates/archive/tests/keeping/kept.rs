//! What is kept with little room, for how long, in a folder of an earlier version, and how damage shows.

use std::fs;

use bellwether_archive::{
    Batch, DataDir, GoneCause, ItemChange, Keeps, LogReader, LogWriter, verify,
};
use bellwether_model::{ItemId, SourceId};

use crate::world::{
    assert_sound, at, forget, id_of, one, page, poll, rewrite_all, text, warc_text,
};

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
