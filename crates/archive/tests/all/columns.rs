//! Titles that publishers use again and again.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use bellwether_archive::{COLUMN_DAYS, DataDir, Derived, TitleUse};
use bellwether_model::{ItemId, PublisherId, Timestamp};

const DAY: i64 = 86_400;

fn using(derived: &mut Derived, title: u8, publisher: &str, day: i64, is_short: bool) -> bool {
    derived
        .use_title(&TitleUse {
            digest: &[title; 16],
            publisher: &PublisherId::new(publisher),
            item: ItemId(u64::from(title) * 1_000 + day.unsigned_abs()),
            time: at(day),
            is_short,
        })
        .expect("used")
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(day * DAY + 3_600).expect("a time")
}

#[test]
fn a_title_is_a_columns_once_one_publisher_has_used_it_on_several_days() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let mut derived = Derived::open(&dir).expect("derived");
    derived.begin().expect("begun");
    assert_eq!(COLUMN_DAYS, 3);
    // Five publishers of one day carry a headline; none of them comes back to it.
    for publisher in ["a", "b", "c", "d", "e"] {
        assert!(!using(&mut derived, 1, publisher, 10, false));
        assert!(!using(&mut derived, 1, publisher, 10, false));
    }
    // One publisher's column; from its third day on it is one whoever uses it.
    assert!(!using(&mut derived, 2, "a", 10, false));
    assert!(!using(&mut derived, 2, "a", 11, false));
    assert!(!using(&mut derived, 2, "b", 11, false));
    assert!(using(&mut derived, 2, "a", 18, false));
    assert!(using(&mut derived, 2, "c", 18, false));
    // A short one is a column's at once; it is listed when somebody uses it again.
    assert!(using(&mut derived, 3, "a", 18, true));
    assert!(using(&mut derived, 4, "a", 18, true));
    assert!(using(&mut derived, 4, "b", 18, true));

    let listed = derived.column_titles(10).expect("listed");
    let told: Vec<_> = listed
        .iter()
        .map(|title| (title.item.0, title.publishers, title.days, title.is_short))
        .collect();
    assert_eq!(told, [(2_018, 3, 3, false), (4_018, 2, 1, true)]);
    assert_eq!(listed[0].last, at(18));

    derived.forget_titles(at(18)).expect("forgotten");
    assert!(!using(&mut derived, 1, "a", 19, false));
    assert!(using(&mut derived, 2, "d", 19, false), "used on day 18");
    derived.forget_titles(at(30)).expect("forgotten");
    assert_eq!(derived.column_titles(10).expect("listed"), []);
    derived.rollback();
}
