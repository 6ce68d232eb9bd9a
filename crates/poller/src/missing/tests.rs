//! What is missing from a list, against a list of which it is known what was deleted.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const EVERY: Duration = Duration::from_secs(600);

fn at(looks: usize) -> Timestamp {
    let seconds = i64::try_from(looks).unwrap_or(0) * 600;
    Timestamp::from_second(1_795_132_800 + seconds).unwrap_or_default()
}

/// A look at posts, the newest first.
fn shown<'a>(posts: &[&'a str], looks: usize) -> Shown<'a> {
    Shown {
        url: "https://t.me/s/example",
        posts: posts.to_vec(),
        pinned: HashSet::new(),
        at: at(looks),
        every: EVERY,
    }
}

/// Looks at each of these in turn; what each says.
fn looks(lists: &[&str]) -> Vec<Missing> {
    let mut remembered = Remembered::default();
    (lists.iter().enumerate())
        .map(|(number, list)| {
            let posts: Vec<&str> = list.split_whitespace().collect();
            remembered.compare(&shown(&posts, number))
        })
        .collect()
}

fn confirmed(lists: &[&str]) -> Vec<String> {
    let said = looks(lists);
    said.into_iter().flat_map(|look| look.confirmed).collect()
}

#[test]
fn a_post_between_neighbours_is_missing_at_the_second_look() {
    let said = looks(&["5 4 3 2 1", "5 4 2 1", "6 5 4 2 1", "6 5 4 2 1"]);
    assert_eq!(said[0], Missing::default());
    assert_eq!(
        (&said[1].first[..], said[1].confirmed.len()),
        (&["3".to_owned()][..], 0)
    );
    assert_eq!(
        (said[2].first.len(), &said[2].confirmed[..]),
        (0, &["3".to_owned()][..])
    );
    assert_eq!(said[3], Missing::default(), "said once");
}

#[test]
fn a_second_look_too_early_says_nothing() {
    let mut remembered = Remembered::default();
    remembered.compare(&shown(&["3", "2", "1"], 0));
    remembered.compare(&shown(&["3", "1"], 1));
    let mut early = shown(&["3", "1"], 1);
    early.at = at(1) + Duration::from_secs(599);
    assert_eq!(remembered.compare(&early), Missing::default());
    assert!(remembered.has_open_questions());
    assert_eq!(remembered.compare(&shown(&["3", "1"], 2)).confirmed, ["2"]);
    assert!(!remembered.has_open_questions());
}

#[test]
fn what_leaves_at_an_end_is_not_missing() {
    for lists in [
        &["3 2 1", "4 3 2", "5 4 3", "5 4 3"][..],
        // A shorter list, and one that begins later.
        &["4 3 2 1", "4 3", "4 3", "4 3"],
        &["4 3 2 1", "2 1", "2 1", "2 1"],
        // Another page altogether.
        &["3 2 1", "9 8 7", "9 8 7"],
        // Shown again in between.
        &["3 2 1", "3 1", "3 2 1", "3 1", "3 2 1"],
        // In another order.
        &["3 2 1", "1 3", "1 3", "1 3"],
    ] {
        assert_eq!(confirmed(lists), [""; 0], "{lists:?}");
    }
}

#[test]
fn the_newest_is_missing_once_something_newer_stands_above() {
    let lists = ["3 2 1", "2 1", "2 1", "4 2 1", "4 2 1"];
    assert_eq!(looks(&lists)[3].first, ["3"]);
    assert_eq!(confirmed(&lists), ["3"]);
}

#[test]
fn a_pinned_post_is_shown() {
    let mut remembered = Remembered::default();
    remembered.compare(&shown(&["4", "3", "2", "1"], 0));
    for look in 1..4 {
        let mut pinned = shown(&["4", "3", "1"], look);
        pinned.pinned.insert("2");
        assert_eq!(remembered.compare(&pinned), Missing::default());
    }
}

#[test]
fn a_list_of_which_most_is_missing_has_changed_its_shape() {
    let half = looks(&["6 5 4 3 2 1", "6 4 1", "6 4 1"]);
    assert_eq!(half[2].confirmed, ["5", "3", "2"], "just half");
    let more = looks(&["7 6 5 4 3 2 1", "7 4 1", "7 4 1", "7 4 1"]);
    let note = more[1].note.as_deref().unwrap_or_default();
    assert!(note.starts_with("4 of 7 posts"), "{note}");
    assert!(more[1].first.is_empty());
    assert_eq!(&more[2..], [Missing::default(), Missing::default()]);
    let empty = looks(&["3 2 1", "", "3 2 1", "3 1", "3 1"]);
    assert!(
        empty[1]
            .note
            .as_deref()
            .is_some_and(|note| note.contains("none of the 3"))
    );
    assert_eq!(
        empty[4].confirmed,
        ["2"],
        "what was remembered is still known"
    );
}

#[test]
fn another_address_is_another_list() {
    let mut remembered = Remembered::default();
    remembered.compare(&shown(&["3", "2", "1"], 0));
    for look in 1..4 {
        let mut other = shown(&["3", "1"], look);
        other.url = "https://mirror.example/s/example";
        assert_eq!(remembered.compare(&other), Missing::default());
    }
}

proptest! {
    /// A channel whose newest posts are shown: whoever is said to be missing was deleted, and whoever
    /// is deleted and has neighbours at two looks is said to be missing.
    #[test]
    fn who_is_missing_was_deleted(
        steps in prop::collection::vec((0_usize..4, prop::collection::vec(0_usize..12, 0..3)), 2..12),
        window in 3_usize..12,
    ) {
        let mut alive: Vec<usize> = (0..window).collect();
        let mut newest = window;
        let mut deleted = BTreeSet::new();
        let mut remembered = Remembered::default();
        for (look, (new, gone)) in steps.iter().enumerate() {
            for back in gone {
                if alive.len() > back + 1 {
                    deleted.insert(alive.remove(alive.len() - 1 - back));
                }
            }
            alive.extend(newest..newest + new);
            newest += new;
            let names: Vec<String> = alive.iter().rev().take(window).map(usize::to_string).collect();
            let posts: Vec<&str> = names.iter().map(String::as_str).collect();
            let before: Vec<Post> = remembered.posts.clone();
            let said = remembered.compare(&shown(&posts, look));
            for identity in said.first.iter().chain(&said.confirmed) {
                prop_assert!(deleted.contains(&identity.parse::<usize>().unwrap_or(usize::MAX)));
            }
            let number = |text: &str| text.parse::<usize>().unwrap_or(usize::MAX);
            if said.note.is_none() && look > 0 {
                let common = before.iter().rfind(|post| posts.contains(&post.identity.as_str()));
                for post in &before {
                    let id = number(&post.identity);
                    let is_between = common.is_some_and(|c| number(&c.identity) < id)
                        && posts.first().is_some_and(|first| number(first) > id);
                    if deleted.contains(&id) && is_between {
                        let told = if post.missing_at.is_some() { &said.confirmed } else { &said.first };
                        prop_assert!(told.contains(&post.identity), "{id} {before:?} {posts:?}");
                    }
                }
            }
        }
    }

    /// Whatever a server shows: nothing is said of what is there, never of more than half, and only at
    /// a second look; what is remembered stays small.
    #[test]
    fn no_list_says_too_much(
        lists in prop::collection::vec(prop::collection::vec(0_usize..15, 0..20), 1..10),
    ) {
        let mut remembered = Remembered::default();
        let mut asked: BTreeSet<String> = BTreeSet::new();
        for (look, list) in lists.iter().enumerate() {
            let mut names: Vec<String> = Vec::new();
            for id in list {
                if !names.contains(&id.to_string()) {
                    names.push(id.to_string());
                }
            }
            let posts: Vec<&str> = names.iter().map(String::as_str).collect();
            let known = remembered.posts.len();
            let said = remembered.compare(&shown(&posts, look));
            let missing = said.first.len() + said.confirmed.len();
            prop_assert!(missing * 2 <= known);
            prop_assert!(missing <= posts.len().max(1));
            for identity in said.first.iter().chain(&said.confirmed) {
                prop_assert!(!names.contains(identity));
            }
            for identity in &said.confirmed {
                prop_assert!(asked.remove(identity), "confirmed without a first look");
            }
            asked.extend(said.first);
            prop_assert!(remembered.posts.len() <= POSTS_MAX);
            let kept = serde_json::to_string(&remembered).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Remembered>(&kept).ok(), Some(remembered.clone()));
        }
    }
}
