//! What is forgotten is gone with all that showed it, and does not come back.

use bellwether_archive::{
    CaptureKind, DataDir, EntryBody, GoneCause, ItemChange, LogReader, LogWriter, Purpose,
};
use bellwether_model::{ItemId, Seq};

use crate::world::{
    assert_sound, at, database_bytes, forget, holds, id_of, one, page, poll, rewrite_all, text,
    torn, warc_text,
};

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
