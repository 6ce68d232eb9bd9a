//! Folders that are watched: what is put there is imported once it is whole, and once.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bellwether_archive::{EntryBody, Room};
use bellwether_model::{
    Clock, Directory, FileFormat, Folder, Outcome, OutcomeKind, PublisherId, Seq, Source, SourceId,
    SourceKind, Timestamp,
};
use bellwether_poller::Folders;
use tokio::sync::watch;

use crate::world::{World, rss};

struct Inbox {
    world: World,
    path: PathBuf,
    source: Source,
}

impl Inbox {
    async fn new(format: FileFormat, publisher: Option<&str>) -> Self {
        let world = World::new().await;
        let path = world.folder.path().join("inbox");
        fs::create_dir(&path).unwrap();
        let mut source = world.source("inbox");
        source.kind = SourceKind::Files;
        source.url = None;
        source.every = Duration::from_secs(60);
        source.reading.folder = Some(Folder {
            path: "inbox".into(),
            format,
            publisher: publisher.map(PublisherId::new),
        });
        Self {
            world,
            path,
            source,
        }
    }

    fn folders(&self) -> Folders {
        Folders::new(
            std::slice::from_ref(&self.source),
            self.world.folder.path(),
            self.world.appender(),
            &self.world.reader(),
            self.world.clock.clone(),
            Arc::new(|| Ok(Directory::default())),
        )
        .unwrap()
    }

    /// Puts a file there that was written to so long ago.
    fn put(&self, name: &str, body: &str, ago: Duration) {
        let path = self.path.join(name);
        fs::write(&path, body).unwrap();
        let at: Timestamp = self.world.clock.now().checked_sub(ago).unwrap();
        let file = fs::File::options().write(true).open(path).unwrap();
        let since = Duration::from_micros(at.as_microsecond().unsigned_abs());
        file.set_modified(SystemTime::UNIX_EPOCH + since).unwrap();
    }

    fn looks(&self) -> usize {
        let entries = self.world.reader().entries_after(Seq(0), 1_000).unwrap();
        let outcomes = entries
            .iter()
            .filter(|entry| matches!(entry.body, EntryBody::Outcome { .. }));
        outcomes.count()
    }

    async fn has_looked(&self, times: usize) {
        for _ in 0..1_000 {
            if self.looks() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no look in twenty seconds");
    }

    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .world
            .items("import:river-daily")
            .into_iter()
            .filter_map(|item| item.guid)
            .collect();
        ids.sort();
        ids
    }
}

const LONG_AGO: Duration = Duration::from_secs(60);

fn line(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"time\":\"2026-11-20T08:00:00Z\",\"publisher\":\"river-daily\",\"title\":\"{id}\"}}\n"
    )
}

async fn look(folders: &mut Folders) -> Outcome {
    let mut reports = folders.look(None).await.unwrap();
    assert_eq!(reports.len(), 1);
    reports.remove(0).outcome
}

fn counts(outcome: &Outcome) -> (u32, u32, u32) {
    (
        outcome.items_new,
        outcome.items_updated,
        outcome.items_unchanged,
    )
}

#[tokio::test]
async fn a_file_is_imported_when_it_is_whole_and_once() {
    let inbox = Inbox::new(FileFormat::Ndjson, None).await;
    let mut folders = inbox.folders();
    let empty = look(&mut folders).await;
    assert_eq!(
        (empty.kind, counts(&empty)),
        (OutcomeKind::Fetched, (0, 0, 0))
    );

    inbox.put("a.ndjson", &line("a"), LONG_AGO);
    inbox.put("b.ndjson", &line("b"), Duration::ZERO);
    inbox.put("c.ndjson.part", &line("c"), LONG_AGO);
    inbox.put(".d.ndjson", &line("d"), LONG_AGO);
    fs::create_dir(inbox.path.join("e")).unwrap();
    assert_eq!(counts(&look(&mut folders).await), (1, 0, 0));
    assert_eq!(inbox.ids(), ["a"], "one that may still be written waits");
    assert_eq!(counts(&look(&mut folders).await), (1, 0, 0));
    assert_eq!(
        inbox.ids(),
        ["a", "b"],
        "it is as it was at the look before"
    );
    assert_eq!(counts(&look(&mut folders).await), (0, 0, 0));

    // It grows, and only what is new is new.
    inbox.put("a.ndjson", &(line("a") + &line("a2")), LONG_AGO);
    assert_eq!(counts(&look(&mut folders).await), (1, 0, 1));
    assert_eq!(inbox.ids(), ["a", "a2", "b"]);
    let outcome = inbox.world.reader().last_outcome(&SourceId::new("inbox"));
    assert_eq!(outcome.unwrap().unwrap().items_new, 1);

    // A restart takes nothing in again; what is gone is forgotten.
    drop(folders);
    let mut folders = inbox.folders();
    assert_eq!(counts(&look(&mut folders).await), (0, 0, 0));
    fs::rename(
        inbox.path.join("c.ndjson.part"),
        inbox.path.join("c.ndjson"),
    )
    .unwrap();
    fs::remove_file(inbox.path.join("a.ndjson")).unwrap();
    assert_eq!(counts(&look(&mut folders).await), (1, 0, 0));
    assert_eq!(inbox.ids(), ["a", "a2", "b", "c"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_keeps_nothing_else_out() {
    let inbox = Inbox::new(FileFormat::Ndjson, None).await;
    let mut folders = inbox.folders();
    inbox.put("a.ndjson", "{\"half\n", LONG_AGO);
    inbox.put("b.ndjson", &format!("nonsense\n{}", line("b")), LONG_AGO);
    let outcome = look(&mut folders).await;
    assert_eq!(
        (outcome.kind, counts(&outcome)),
        (OutcomeKind::Fetched, (1, 0, 0))
    );
    let repaired = outcome.repaired.unwrap();
    for said in ["a.ndjson: 1 bad lines", "b.ndjson: 1 bad lines", "line 1"] {
        assert!(repaired.contains(said), "{repaired}");
    }

    fs::remove_dir_all(&inbox.path).unwrap();
    let outcome = look(&mut folders).await;
    assert_eq!(outcome.kind, OutcomeKind::Unreachable);
    assert!(outcome.error.unwrap().contains("cannot be read"));
}

#[tokio::test]
async fn a_link_is_not_followed_and_a_file_that_is_none_is_refused() {
    let inbox = Inbox::new(FileFormat::Feed, Some("river-daily")).await;
    let mut folders = inbox.folders();
    inbox.put("page.xml", "<html><p>no feed</p></html>", LONG_AGO);
    let feed = rss(&[("1", "f", "作票", "Wed, 18 Nov 2026 09:00:00 GMT")]);
    inbox.put("the-feed.xml", &feed, LONG_AGO);
    let outside = inbox.world.folder.path().join("outside.xml");
    fs::write(&outside, rss(&[("2", "g", "x", "")])).unwrap();
    std::os::unix::fs::symlink(&outside, inbox.path.join("link.xml")).unwrap();
    for expected in [(1, 0, 0), (0, 0, 0)] {
        let outcome = look(&mut folders).await;
        assert_eq!(
            (outcome.kind, counts(&outcome)),
            (OutcomeKind::NotAFeed, expected)
        );
        let error = outcome.error.unwrap();
        assert!(
            error.contains("page.xml") && error.contains("move away"),
            "{error}"
        );
    }
    assert_eq!(inbox.ids(), ["1"]);
}

#[tokio::test]
async fn a_full_disk_takes_nothing_in_until_it_has_room() {
    let inbox = Inbox::new(FileFormat::Ndjson, None).await;
    let room = watch::Sender::new(Room::Nothing);
    let mut folders = inbox.folders().within(room.subscribe());
    inbox.put("a.ndjson", &line("a"), LONG_AGO);
    assert_eq!(folders.look(None).await.unwrap(), []);
    assert!(inbox.ids().is_empty());
    room.send_replace(Room::NoCaptures);
    assert_eq!(counts(&look(&mut folders).await), (1, 0, 0));
}

#[tokio::test]
async fn a_folder_is_looked_at_as_often_as_its_source_says() {
    let inbox = Inbox::new(FileFormat::Ndjson, None).await;
    inbox.put("a.ndjson", &line("a"), LONG_AGO);
    let mut folders = inbox.folders();
    let shutdown = async {
        inbox.has_looked(1).await;
        inbox.put("b.ndjson", &line("b"), LONG_AGO);
        // Not before it is due.
        inbox.world.clock.advance(Duration::from_secs(59));
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(inbox.looks(), 1);
        inbox.world.clock.advance(Duration::from_secs(1));
        inbox.has_looked(2).await;
    };
    folders.run(shutdown).await.unwrap();
    assert_eq!(inbox.ids(), ["a", "b"]);
}

#[tokio::test]
async fn a_folder_that_is_empty_for_a_look_is_not_imported_again() {
    let inbox = Inbox::new(FileFormat::Ndjson, None).await;
    inbox.put("a.ndjson", &line("a"), LONG_AGO);
    let mut folders = inbox.folders();
    assert_eq!(counts(&look(&mut folders).await), (1, 0, 0));
    let away = inbox.path.with_extension("away");
    fs::rename(&inbox.path, &away).unwrap();
    fs::create_dir(&inbox.path).unwrap();
    assert_eq!(counts(&look(&mut folders).await), (0, 0, 0));
    fs::remove_dir(&inbox.path).unwrap();
    fs::rename(&away, &inbox.path).unwrap();
    let back = look(&mut folders).await;
    assert_eq!(
        (counts(&back), back.body_bytes),
        ((0, 0, 0), 0),
        "not even read"
    );
}

#[tokio::test]
async fn what_was_taken_in_is_written_down_only_where_it_changes() {
    let inbox = Inbox::new(FileFormat::Ndjson, None).await;
    inbox.put("a.ndjson", &line("a"), LONG_AGO);
    let mut folders = inbox.folders();
    look(&mut folders).await;
    let state = || {
        let reader = inbox.world.reader();
        reader.poll_state(&SourceId::new("inbox")).unwrap()
    };
    assert!(state().unwrap().contains("a.ndjson"));
    inbox.world.forget_state();
    look(&mut folders).await;
    assert_eq!(state(), None, "nothing is new");
    inbox.put("b.ndjson", &line("b"), LONG_AGO);
    look(&mut folders).await;
    assert!(state().unwrap().contains("b.ndjson"));
}
