//! What is compared with later texts is given back in order, and forgotten up to a place of the log.

use bellwether_archive::{Compared, DataDir, Derived, StoryMerge};
use bellwether_model::{ItemId, Seq, StoryId, Timestamp};

#[test]
fn what_is_compared_comes_back_in_order_until_it_is_forgotten() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let mut derived = Derived::open(&dir).expect("derived");
    let compared: Vec<Compared> = (1..=10)
        .map(|seq| Compared {
            seq: Seq(seq),
            item: ItemId(20 - seq),
            at: Timestamp::from_second(seq as i64).expect("time"),
            story: StoryId(seq % 3),
            entered: (1 << 45) + seq,
        })
        .collect();
    let merges: Vec<StoryMerge> = [(3, 2, 1), (3, 1, 0), (9, 5, 4)]
        .map(|(seq, from, into)| StoryMerge {
            seq: Seq(seq),
            from: StoryId(from),
            into: StoryId(into),
        })
        .to_vec();
    for compared in &compared {
        derived.put_compared(compared).expect("put");
    }
    for merge in &merges {
        derived.put_merge(merge).expect("put");
    }
    let after = |derived: &Derived, seq, limit| {
        let compared = derived.compared_after(Seq(seq), limit).expect("read");
        (compared, derived.merges_after(Seq(seq)).expect("read"))
    };
    assert_eq!(after(&derived, 0, 100), (compared.clone(), merges.clone()));
    assert_eq!(after(&derived, 2, 3).0, compared[2..5]);
    derived.forget_compared(Seq(3)).expect("forgotten");
    assert_eq!(
        after(&derived, 0, 100),
        (compared[3..].to_vec(), merges[2..].to_vec())
    );
    derived.clear().expect("cleared");
    assert_eq!(after(&derived, 0, 100), (Vec::new(), Vec::new()));
}
