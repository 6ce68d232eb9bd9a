//! The keeper beside a log that is written: what is asked for, what has expired, what the disk has room
//! for.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_archive::{
    Appender, Batch, CaptureKind, DataDir, Forget, FreeSpace, Keep, Keeper, Kept, LogReader,
    LogWriter, NewCapture, NewItem, Receipt, Requests, Room, verify,
};
use bellwether_model::{Clock, ItemId, PublisherId, SourceId, TimeReason, Timestamp};

const DAY: u64 = 86_400;

struct TestClock(Mutex<Timestamp>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct TestDisk(AtomicU64);

impl FreeSpace for TestDisk {
    fn free_bytes(&self) -> std::io::Result<u64> {
        match self.0.load(Ordering::Relaxed) {
            u64::MAX => Err(std::io::Error::other("nobody knows")),
            free => Ok(free),
        }
    }
}

struct World {
    temp: tempfile::TempDir,
    dir: DataDir,
    clock: Arc<TestClock>,
    disk: Arc<TestDisk>,
    appender: Appender,
    reader: LogReader,
}

impl World {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(temp.path()).unwrap();
        let (appender, _) = Appender::start(LogWriter::open(&dir).unwrap()).unwrap();
        Self {
            reader: LogReader::open(&dir).unwrap(),
            clock: Arc::new(TestClock(Mutex::new(
                "2026-11-20T00:00:00Z".parse().unwrap(),
            ))),
            disk: Arc::new(TestDisk(AtomicU64::new(1000))),
            temp,
            dir,
            appender,
        }
    }

    fn keeper(&self, keep: Keep) -> Keeper {
        let (clock, disk) = (self.clock.clone(), self.disk.clone());
        Keeper::new(&self.dir, self.appender.clone(), keep, clock, disk)
    }

    fn pass(&self, seconds: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.checked_add(Duration::from_secs(seconds)).unwrap();
    }

    async fn poll(&self, body: &str, items: &[&str]) -> Receipt {
        let now = self.clock.now();
        let mut batch = Batch::new(now);
        batch.capture = Some(NewCapture {
            uri: "https://a.example/feed".to_owned(),
            at: now,
            kind: CaptureKind::Response {
                status: 200,
                headers: Vec::new(),
            },
            // Longer than what a file says of itself.
            body: body.repeat(300).into_bytes(),
        });
        let items = items.iter().map(|guid| NewItem {
            source: SourceId::new("a"),
            publisher: PublisherId::new("p"),
            identities: vec![(*guid).to_owned()],
            guid: Some((*guid).to_owned()),
            url: None,
            platform: None,
            lang_declared: None,
            title: (*guid).to_owned(),
            text: String::new(),
            seen: now,
            published: None,
            published_raw: None,
            time: now,
            time_reason: TimeReason::Missing,
            locator: None,
            facts: bellwether_model::PostFacts::default(),
        });
        batch.items = items.collect();
        self.appender.append(batch).await.unwrap()
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.temp.path().join("warc"))
            .unwrap()
            .count()
    }

    fn assert_sound(&self) {
        let verified = verify(&self.dir, &mut |_, _| {}).unwrap();
        assert_eq!(verified.faults, []);
    }
}

fn forget(item: u64) -> Forget {
    Forget {
        item: ItemId(item),
        by: "ana".to_owned(),
        why: String::new(),
    }
}

#[tokio::test]
async fn what_is_asked_for_is_forgotten_once() {
    let world = World::new();
    let mut keeper = world.keeper(Keep::ALL);
    assert_eq!(keeper.look().await.unwrap(), Kept::default());
    world.poll("1", &["x", "y"]).await;
    let requests = Requests::of(&world.dir);
    requests.put(&forget(1)).unwrap();
    requests.put(&forget(99)).unwrap();
    let kept = keeper.look().await.unwrap();
    assert_eq!((kept.forgotten, kept.files), (1, 1));
    assert_eq!(world.reader.item(ItemId(1)).unwrap(), None);
    assert!(world.reader.item(ItemId(2)).unwrap().is_some());
    assert!(!world.reader.is_rewriting_due().unwrap());
    assert_eq!(keeper.look().await.unwrap(), Kept::default());
    world.poll("2", &["y"]).await;
    world.assert_sound();
}

#[tokio::test]
async fn a_request_is_done_once_nobody_reads_in_the_journal() {
    let world = World::new();
    let mut keeper = world.keeper(Keep::ALL);
    world.poll("1", &["x", "y"]).await;
    let reading = rusqlite::Connection::open(world.temp.path().join("log.sqlite")).unwrap();
    reading
        .execute_batch("BEGIN; SELECT count(*) FROM item;")
        .unwrap();
    let requests = Requests::of(&world.dir);
    requests.put(&forget(1)).unwrap();
    assert_eq!(keeper.look().await.unwrap().forgotten, 1);
    assert!(requests.has(ItemId(1)));
    assert_eq!(keeper.look().await.unwrap(), Kept::default());
    assert!(requests.has(ItemId(1)));
    reading.execute_batch("COMMIT").unwrap();
    assert_eq!(keeper.look().await.unwrap(), Kept::default());
    assert!(!requests.has(ItemId(1)));
    let journal = std::fs::metadata(world.temp.path().join("log.sqlite-wal")).unwrap();
    assert_eq!(journal.len(), 0);
}

#[tokio::test]
async fn what_the_database_has_of_rows_that_are_gone_is_taken_out_too() {
    let world = World::new();
    let mut keeper = world.keeper(Keep::ALL);
    world.poll("1", &["x", "y"]).await;
    // As a page that is divided leaves a row behind: in no table, and in the file.
    let database = world.temp.path().join("log.sqlite");
    let raw = rusqlite::Connection::open(&database).unwrap();
    raw.execute_batch(
        "PRAGMA secure_delete = OFF; INSERT INTO identity VALUES ('p', 'left behind', 2);
         DELETE FROM identity WHERE key = 'left behind'; PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    drop(raw);
    let is_left = || {
        let bytes = std::fs::read(&database).unwrap();
        bytes.windows(11).any(|window| window == b"left behind")
    };
    assert!(is_left());
    Requests::of(&world.dir).put(&forget(1)).unwrap();
    keeper.look().await.unwrap();
    assert!(!is_left());
    world.poll("2", &["y"]).await;
    world.assert_sound();
}

#[tokio::test]
async fn each_kind_goes_in_its_time() {
    let world = World::new();
    let keep = Keep {
        captures: Some(Duration::from_secs(10 * DAY)),
        originals: Some(Duration::from_secs(20 * DAY)),
        items: Some(Duration::from_secs(60 * DAY)),
        ..Keep::ALL
    };
    let mut keeper = world.keeper(keep);
    let original = world.poll("1", &["x"]).await.capture.unwrap();
    let nothing_new = world.poll("2", &["x"]).await.capture.unwrap();
    let is_kept = |capture| world.reader.capture(capture).unwrap().is_some();
    assert_eq!(keeper.look().await.unwrap(), Kept::default());
    world.pass(11 * DAY);
    assert_eq!(keeper.look().await.unwrap().captures, 1);
    assert!(is_kept(original) && !is_kept(nothing_new));
    // Within the hour nobody looks again.
    world.pass(10 * DAY);
    assert_eq!(keeper.look().await.unwrap().captures, 1);
    assert!(!is_kept(original));
    world.pass(50 * DAY);
    assert_eq!(keeper.look().await.unwrap().items, 1);
    assert_eq!(world.reader.item_count().unwrap(), 0);
    // Nothing is appended to a file that is written anew: it is the last one, and stays.
    assert_eq!(world.files(), 1);
    world.assert_sound();
}

#[tokio::test]
async fn an_hour_is_looked_at_once() {
    let world = World::new();
    let mut keeper = world.keeper(Keep {
        captures: Some(Duration::from_secs(DAY)),
        ..Keep::ALL
    });
    world.poll("1", &[]).await;
    world.pass(DAY - 60);
    assert_eq!(keeper.look().await.unwrap().captures, 0);
    world.pass(120);
    let kept = keeper.look().await.unwrap();
    assert_eq!(kept.captures, 1, "another hour has begun");
    world.poll("2", &[]).await;
    world.pass(30);
    assert_eq!(keeper.look().await.unwrap(), Kept::default());
}

#[tokio::test]
async fn with_less_room_less_is_taken_in() {
    let world = World::new();
    let mut keeper = world.keeper(Keep {
        disk_floor: 800,
        ..Keep::ALL
    });
    let room = keeper.room();
    for (free, expected) in [
        (800, Room::Ample),
        (799, Room::NoPages),
        (600, Room::NoPages),
        (599, Room::OnlyOriginals),
        (400, Room::OnlyOriginals),
        (399, Room::NoCaptures),
        (100, Room::NoCaptures),
        (99, Room::Nothing),
        // Not knowing changes nothing.
        (u64::MAX, Room::Nothing),
        (0, Room::Nothing),
        (200, Room::NoCaptures),
    ] {
        world.disk.0.store(free, Ordering::Relaxed);
        keeper.look().await.unwrap();
        assert_eq!(*room.borrow(), expected, "{free}");
    }
    let receipt = world.poll("1", &["x"]).await;
    assert_eq!(world.reader.item_count().unwrap(), 1, "the item is kept");
    let capture = receipt.capture.unwrap();
    assert_eq!(world.reader.capture(capture).unwrap(), None);
    world.disk.0.store(1000, Ordering::Relaxed);
    keeper.look().await.unwrap();
    let capture = world.poll("1", &["x"]).await.capture.unwrap();
    assert!(world.reader.capture(capture).unwrap().is_some());
    world.assert_sound();
}

#[tokio::test]
async fn first_what_brings_nothing_is_not_kept() {
    let world = World::new();
    let mut keeper = world.keeper(Keep {
        disk_floor: 800,
        ..Keep::ALL
    });
    world.disk.0.store(500, Ordering::Relaxed);
    keeper.look().await.unwrap();
    let original = world.poll("1", &["x"]).await.capture.unwrap();
    assert!(world.reader.capture(original).unwrap().is_some());
    let nothing_new = world.poll("2", &["x"]).await.capture.unwrap();
    assert_eq!(world.reader.capture(nothing_new).unwrap(), None);
    world.assert_sound();
}

#[tokio::test]
async fn a_file_is_written_anew_only_where_the_disk_has_room_for_both() {
    let world = World::new();
    let mut keeper = world.keeper(Keep {
        disk_floor: 80,
        ..Keep::ALL
    });
    world.poll("1", &["x"]).await;
    world.poll("2", &["y"]).await;
    world.disk.0.store(90, Ordering::Relaxed);
    Requests::of(&world.dir).put(&forget(1)).unwrap();
    assert!(keeper.look().await.is_err());
    assert_eq!(
        world.reader.item(ItemId(1)).unwrap(),
        None,
        "nobody sees it"
    );
    assert!(world.reader.is_rewriting_due().unwrap());
    world.disk.0.store(1 << 20, Ordering::Relaxed);
    assert_eq!(keeper.look().await.unwrap().files, 0, "after a while");
    world.pass(600);
    assert_eq!(keeper.look().await.unwrap().files, 1);
    assert!(!world.reader.is_rewriting_due().unwrap());
    world.assert_sound();
}

#[tokio::test]
async fn no_floor_is_never_looked_at() {
    let world = World::new();
    world.disk.0.store(0, Ordering::Relaxed);
    let mut keeper = world.keeper(Keep::ALL);
    keeper.look().await.unwrap();
    assert_eq!(*keeper.room().borrow(), Room::Ample);
}
