//! What the derived data says of a time before now.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use bellwether_archive::{DataDir, Derived, StoredItem};
use bellwether_model::{ItemId, Seq, SourceId, StoryId, Timestamp};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in the calendar")
}

fn item(id: u64, second: i64, story: Option<u64>) -> StoredItem {
    StoredItem {
        item: ItemId(id),
        time: at(second),
        source: SourceId::new("paper"),
        story: story.map(StoryId),
    }
}

#[test]
fn stories_and_volumes_are_known_as_they_were() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let mut derived = Derived::open(&dir).expect("derived");
    derived.begin().expect("begun");
    for (id, second, story) in [(1, 7200, Some(1)), (2, 7300, Some(2)), (3, -10, None)] {
        derived
            .put_item(&item(id, second, story), Seq(id))
            .expect("put");
    }
    // Merged into the first; then the second changes its wording, and the third gets one.
    derived
        .merge_stories(StoryId(2), StoryId(1), Seq(5))
        .expect("merged");
    for (id, second, story, seq) in [
        (2, 7300, Some(6), 6),
        (2, 7300, Some(6), 7),
        (3, -10, Some(8), 8),
    ] {
        derived
            .put_item(&item(id, second, story), Seq(seq))
            .expect("put");
    }
    let earlier = |derived: &Derived, id| derived.earlier_stories(ItemId(id)).expect("read");
    assert_eq!(earlier(&derived, 1), []);
    let of_second = [(Seq(5), Some(StoryId(2))), (Seq(6), Some(StoryId(1)))];
    assert_eq!(earlier(&derived, 2), of_second);
    assert_eq!(earlier(&derived, 3), [(Seq(8), None)]);

    let volumes = |derived: &Derived, seq| -> Vec<(i64, u32)> {
        let hours = derived.volumes_at(at(-7200), at(10_800), Seq(seq));
        let hours = hours.expect("read").into_iter();
        hours
            .map(|hour| (hour.start.as_second(), hour.items))
            .collect()
    };
    assert_eq!(volumes(&derived, 1), [(7200, 1)]);
    assert_eq!(volumes(&derived, 2), [(7200, 2)]);
    assert_eq!(volumes(&derived, 9), [(-3600, 1), (7200, 2)]);
    derived.remove_item(ItemId(2)).expect("removed");
    assert_eq!(earlier(&derived, 2), []);
}

#[test]
fn a_past_in_memory_touches_no_file() {
    let mut derived = Derived::in_memory().expect("opened");
    derived.begin().expect("begun");
    derived.put_item(&item(1, 0, Some(1)), Seq(1)).expect("put");
    assert_eq!(derived.story_size(StoryId(1)).expect("read"), 1);
    assert!(!std::path::Path::new(":memory:").exists());
}
