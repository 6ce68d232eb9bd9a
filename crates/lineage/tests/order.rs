//! Stories do not depend on the order in which their texts arrive.

#[path = "support/made.rs"]
mod made;
mod support;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bellwether_lineage::{Carrier, tree};
use bellwether_model::{ItemId, StoryId, Timestamp};
use bellwether_text::{analyse, digest};
use support::{Dice, Teller};

const ITEMS: usize = 200;

/// Originals, exact copies, near copies, and near copies of near copies, with the title they had.
fn items() -> Vec<(String, String)> {
    let mut dice = Dice(6);
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for number in 0..ITEMS {
        let item = match dice.below(10) {
            0..4 if number > 0 => {
                let (title, from) = &texts[dice.below(number)];
                let words = made::edited(from, 8 + dice.below(30), number as u64);
                (title.clone(), words)
            }
            4..6 if number > 0 => texts[dice.below(number)].clone(),
            _ => {
                let words = made::words(number, 60);
                (made::written(&words).0, words)
            }
        };
        texts.push(item);
    }
    let written = |(title, words): (String, Vec<String>)| (title, made::written(&words).1);
    texts.into_iter().map(written).collect()
}

/// The texts of each story, and the first member of each that has no other before it.
fn told(
    items: &[(String, String)],
    order: &[usize],
) -> (BTreeSet<BTreeSet<usize>>, BTreeSet<ItemId>) {
    let mut teller = Teller::new(|number| items[number].clone());
    for number in order {
        teller.take(*number, Timestamp::UNIX_EPOCH);
    }
    let mut members: HashMap<StoryId, BTreeSet<usize>> = HashMap::new();
    for (number, story) in teller.by_number() {
        members.entry(story).or_default().insert(number);
    }
    let roots = members
        .iter()
        .flat_map(|(story, members)| {
            let carriers: Vec<Carrier> = members
                .iter()
                .map(|number| {
                    let (title, text) = &items[*number];
                    Carrier {
                        item: ItemId(*number as u64),
                        story: *story,
                        digest: digest(&analyse(title), &analyse(text)).unwrap_or_default(),
                        print: Arc::new(support::print(title, text)),
                        time: Timestamp::from_second(*number as i64 * 600).unwrap_or_default(),
                    }
                })
                .collect();
            let steps = tree(&carriers);
            let roots = steps.iter().filter(|(_, step)| step.is_none());
            roots.map(|(member, _)| member.item).collect::<Vec<_>>()
        })
        .collect();
    (members.into_values().collect(), roots)
}

#[test]
fn a_thousand_orders_tell_the_same_stories_with_the_same_roots() {
    let items = items();
    let mut order: Vec<usize> = (0..ITEMS).collect();
    let (stories, roots) = told(&items, &order);
    assert!(
        stories.len() > 50 && stories.len() < 120,
        "{}",
        stories.len()
    );
    assert!(stories.iter().any(|members| members.len() > 8));
    let orders = if cfg!(debug_assertions) { 20 } else { 1_000 };
    let mut dice = Dice(7);
    let mut others = Vec::new();
    for number in 0..orders {
        dice.shuffle(&mut order);
        let (found, found_roots) = told(&items, &order);
        if found != stories || found_roots != roots {
            let missing: Vec<_> = stories.difference(&found).cloned().collect();
            others.push((number, missing));
        }
    }
    assert!(
        others.is_empty(),
        "{} orders: {:?}",
        others.len(),
        others.first()
    );
}
