//! Polls of invented feeds, and what is left of them on the disk.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Forget, ItemChange, LogWriter, NewCapture, NewItem, verify,
};
use bellwether_model::{
    CaptureId, ItemId, Outcome, OutcomeKind, PublisherId, SourceId, TimeReason, Timestamp,
};

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + i64::try_from(second).unwrap()).unwrap()
}

/// A text that stands in no other.
pub(crate) fn text(number: u64) -> String {
    format!("<the text of item number {number} and of no other>")
}

pub(crate) fn item(source: &str, number: u64, second: u64) -> NewItem {
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
        facts: bellwether_model::PostFacts::default(),
    }
}

pub(crate) fn poll(source: &str, numbers: &[u64], second: u64) -> Batch {
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

pub(crate) fn outcome(source: &str, kind: OutcomeKind, second: u64) -> Outcome {
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
pub(crate) fn torn(source: &str, numbers: &[u64], second: u64, is_last: bool) -> Batch {
    let mut batch = poll(source, numbers, second);
    batch.items = vec![item(source, 1_000 + second, second)];
    batch.outcome = is_last.then(|| outcome(source, OutcomeKind::Unreachable, second));
    batch
}

pub(crate) fn page(of: ItemId, number: u64, second: u64) -> Batch {
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

pub(crate) fn forget(item: ItemId) -> Forget {
    Forget {
        item,
        by: "ana".to_owned(),
        why: "asked for by the person named".to_owned(),
    }
}

/// Everything that can be read in the WARC files of a folder.
pub(crate) fn warc_text(root: &Path) -> String {
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

pub(crate) fn database_bytes(root: &Path) -> Vec<u8> {
    ["log.sqlite", "log.sqlite-wal"]
        .iter()
        .flat_map(|name| fs::read(root.join(name)).unwrap_or_default())
        .collect()
}

pub(crate) fn holds(bytes: &[u8], wanted: &str) -> bool {
    bytes
        .windows(wanted.len())
        .any(|window| window == wanted.as_bytes())
}

pub(crate) fn rewrite_all(writer: &mut LogWriter) -> usize {
    let mut files = 0;
    while let Some(rewriting) = writer.begin_rewriting().unwrap() {
        let rewritten = rewriting.write().unwrap();
        writer.end_rewriting(&rewritten).unwrap();
        files += 1;
    }
    assert!(writer.empty_journal().unwrap());
    files
}

pub(crate) fn assert_sound(dir: &DataDir, what: &str) {
    let verified = verify(dir, &mut |_, _| {}).unwrap();
    assert_eq!(verified.faults, [], "{what}");
}

pub(crate) fn one(writer: &mut LogWriter, batch: Batch) -> (CaptureId, Vec<ItemChange>) {
    let receipt = writer.append(&[batch]).unwrap().pop().unwrap();
    (receipt.capture.unwrap(), receipt.changes)
}

pub(crate) fn id_of(change: ItemChange) -> ItemId {
    match change {
        ItemChange::New(id)
        | ItemChange::Updated(id)
        | ItemChange::Unchanged(id)
        | ItemChange::Gone(id) => id,
    }
}
