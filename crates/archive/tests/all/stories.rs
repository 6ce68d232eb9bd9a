//! The table of stories says what the derived data says, however it came there.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeMap;

use bellwether_archive::{DataDir, Derived, DerivedState, StoredItem, StoryTable};
use bellwether_model::{ItemId, Seq, SourceId, StoryId, Timestamp};

/// A sequence that looks random and is always the same (SplitMix64, Steele et al. 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn put(derived: &mut Derived, item: u64, story: Option<u64>) {
    derived
        .put_item(
            &StoredItem {
                item: ItemId(item),
                time: Timestamp::UNIX_EPOCH,
                source: SourceId::new("alpha"),
                story: story.map(StoryId),
            },
            Seq(item),
        )
        .expect("put");
}

fn commit(derived: &mut Derived, seq: u64) {
    let state = DerivedState {
        seq: Seq(seq),
        tick: None,
    };
    derived.commit(&state).expect("commit");
}

/// That two items have one number exactly where they have one story.
fn check(table: &StoryTable, truth: &BTreeMap<u64, Option<u64>>) {
    let mut story_of = BTreeMap::new();
    let mut sizes: BTreeMap<u64, u32> = BTreeMap::new();
    for story in truth.values().flatten() {
        *sizes.entry(*story).or_default() += 1;
    }
    for (item, story) in truth {
        let number = table.number(ItemId(*item)).expect("known");
        assert!((number as usize) < table.numbers_end());
        let told = story.ok_or(*item);
        assert_eq!(*story_of.entry(number).or_insert(told), told, "item {item}");
        let size = story.map_or(0, |story| sizes[&story]);
        assert_eq!(table.size(number), size, "item {item}");
        assert_eq!(table.story(number), story.map(StoryId), "item {item}");
    }
    let mut distinct: Vec<_> = story_of.values().collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), story_of.len(), "one story has two numbers");
}

#[test]
fn following_gives_what_reading_everything_gives() {
    let temp = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(temp.path()).expect("data folder");
    let mut derived = Derived::open(&dir).expect("derived");
    let reader = Derived::open_readonly(&dir).expect("reader");
    let mut table = StoryTable::default();
    let mut truth = BTreeMap::new();
    let mut state = 7;
    let mut seq = 0;
    for round in 0..60 {
        derived.begin().expect("begin");
        for _ in 0..next(&mut state) % 12 {
            seq += 1 + next(&mut state) % 90;
            let known = next(&mut state).is_multiple_of(3);
            let item = match truth
                .keys()
                .nth(next(&mut state) as usize % (truth.len() + 1))
            {
                Some(item) if known => *item,
                _ => seq,
            };
            let story = match next(&mut state) % 5 {
                0 => None,
                1 => Some(seq),
                _ => Some(1 + next(&mut state) % 9),
            };
            put(&mut derived, item, story);
            truth.insert(item, story);
        }
        if round % 20 == 10 {
            // An item that is noted after later ones.
            let late = (1..seq).find(|id| !truth.contains_key(id)).expect("a gap");
            put(&mut derived, late, Some(3));
            truth.insert(late, Some(3));
        }
        seq += 1;
        commit(&mut derived, seq);
        let mark = reader.mark().expect("mark");
        assert!(!table.is_at(mark));
        table.follow(&reader).expect("follow");
        assert!(table.is_at(mark));
        check(&table, &truth);
        assert_eq!(table.number(ItemId(seq + 1)), None);
        if round == 40 {
            derived.clear().expect("clear");
            truth.clear();
            table.follow(&reader).expect("follow");
            assert_eq!(table.numbers_end(), 0);
        }
    }
}

#[test]
fn an_item_without_a_story_has_none() {
    let temp = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(temp.path()).expect("data folder");
    let mut derived = Derived::open(&dir).expect("derived");
    derived.begin().expect("begin");
    put(&mut derived, 5, Some(5));
    put(&mut derived, 6, None);
    commit(&mut derived, 6);
    let story = |id| derived.story_of(ItemId(id)).expect("story");
    assert_eq!([5, 6, 7].map(story), [Some(StoryId(5)), None, None]);
}

#[test]
fn a_removed_item_tells_no_story() {
    let temp = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(temp.path()).expect("data");
    let mut derived = Derived::open(&dir).expect("derived");
    derived.begin().expect("begin");
    let mut truth = BTreeMap::new();
    for item in 1..=5 {
        let story = (item < 4).then_some(1);
        put(&mut derived, item, story);
        truth.insert(item, story);
    }
    commit(&mut derived, 5);
    let mut table = StoryTable::default();
    table.follow(&derived).expect("follow");
    check(&table, &truth);

    derived.begin().expect("begin");
    for item in [2, 5] {
        derived.remove_item(ItemId(item)).expect("removed");
        truth.remove(&item);
    }
    // Moved in the same stretch of the log.
    put(&mut derived, 3, Some(9));
    derived.remove_item(ItemId(3)).expect("removed");
    truth.remove(&3);
    derived.remove_item(ItemId(77)).expect("never there");
    put(&mut derived, 6, Some(1));
    truth.insert(6, Some(1));
    commit(&mut derived, 8);
    table.follow(&derived).expect("follow");
    check(&table, &truth);
    for item in [2, 3, 5] {
        assert_eq!(table.number(ItemId(item)), None);
        assert_eq!(derived.stored(ItemId(item)).expect("read"), None);
    }
    let hours = derived
        .volumes(Timestamp::UNIX_EPOCH, Timestamp::MAX)
        .expect("read");
    assert_eq!(hours.iter().map(|hour| hour.items).sum::<u32>(), 3);
}
