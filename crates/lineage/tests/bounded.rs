//! However many texts are made to be like one another, an item is compared with few of them.

mod support;

use std::cell::Cell;

use bellwether_lineage::{
    COMPARED_MAX, Details, Fingerprint, Stories, StorySettings, TextRef, Texts,
};
use bellwether_model::{ItemId, Seq, StoryId, Timestamp};

const TEXTS: usize = 1_000;

struct Counted<'a> {
    texts: &'a [String],
    prints: Cell<usize>,
    details: Cell<usize>,
}

impl Texts for Counted<'_> {
    fn fingerprint(&self, text: TextRef) -> Option<Fingerprint> {
        self.prints.set(self.prints.get() + 1);
        Some(support::print("", &self.texts[text.item.0 as usize]))
    }

    fn details(&self, text: TextRef) -> Option<Details> {
        self.details.set(self.details.get() + 1);
        Some(support::details("", &self.texts[text.item.0 as usize]))
    }
}

/// The most texts that were read for one of the texts, nothing being kept at hand: of the first
/// hundred, and of all. `story` says in which story a text is.
fn most_read(texts: &[String], story: impl Fn(usize) -> usize) -> (usize, usize) {
    let mut stories = Stories::new(StorySettings {
        at_hand_bytes_max: 0,
        ..StorySettings::default()
    });
    let source = Counted {
        texts,
        prints: Cell::new(0),
        details: Cell::new(0),
    };
    let (mut first, mut most) = (0, 0);
    for (number, text) in texts.iter().enumerate() {
        let reference = TextRef {
            item: ItemId(number as u64),
            seq: Seq(number as u64),
        };
        let print = support::print("", text);
        stories.find(&print, || support::details("", text), &source);
        most = most.max(source.prints.take());
        // Of each story one.
        assert!(source.details.take() <= COMPARED_MAX / 8);
        if number == TEXTS / 10 {
            first = most;
        }
        let story = StoryId(story(number) as u64);
        stories.insert(reference, story, Timestamp::UNIX_EPOCH, &print, None);
    }
    (first, most)
}

fn words(number: usize, from: usize, count: usize) -> String {
    let words: Vec<String> = (from..from + count)
        .map(|word| format!("word{number}x{word}"))
        .collect();
    words.join(" ")
}

#[test]
fn texts_that_share_a_number_or_a_mould_are_not_all_read() {
    let phrase = "seven lanterns";
    let one: Vec<String> = (0..TEXTS)
        .map(|number| format!("{phrase}. {}", words(number, 0, 60)))
        .collect();
    assert_eq!(most_read(&one, |number| number), (0, 0));
    let mould: Vec<String> = (0..TEXTS)
        .map(|number| format!("{}. {}", words(TEXTS, 0, 30), words(number, 0, 120)))
        .collect();
    let (first, most) = most_read(&mould, |number| number);
    assert!(first > 2 && most == first, "{first} then {most}");
}

#[test]
fn a_text_that_shares_other_parts_with_each_is_compared_with_the_most_alike() {
    // Five numbers of the last text are in each of the others, not always the same. A word that mixes
    // letters and digits is not compared at an end of a post.
    let mut parts: Vec<String> = (0..TEXTS)
        .map(|number| {
            let (shared, own) = (words(TEXTS, number % 23, 6), words(number, 0, 10));
            format!("so {shared}. {own} so")
        })
        .collect();
    parts.push(format!("so {} so", words(TEXTS, 0, 29)));
    let (_, most) = most_read(&parts, |number| number);
    assert_eq!(most, 8);
    // In stories of many texts each, the numbers of a story stand under several of them.
    let (_, most) = most_read(&parts, |number| number % 40);
    assert!(most > 8 && most <= COMPARED_MAX, "{most}");
}

#[test]
fn two_numbers_in_common_are_looked_for_among_the_latest_texts_only() {
    let phrase = words(1, 0, 3);
    let texts = [2, 3].map(|number| format!("so {phrase}. {} so", words(number, 0, 20)));
    let prints = [&texts[0], &texts[1], &words(4, 0, 9)].map(|text| support::print("", text));
    let source = Counted {
        texts: &texts,
        prints: Cell::new(0),
        details: Cell::new(0),
    };
    let mut stories = Stories::new(StorySettings {
        at_hand_bytes_max: 0,
        ..StorySettings::default()
    });
    let insert = |stories: &mut Stories, number: u64, print: &Fingerprint| {
        let text = TextRef {
            item: ItemId(number),
            seq: Seq(number),
        };
        stories.insert(text, StoryId(number), Timestamp::UNIX_EPOCH, print, None);
    };
    insert(&mut stories, 0, &prints[0]);
    stories.find(&prints[1], Details::default, &source);
    assert_eq!(source.prints.take(), 1);
    for number in 1..=100_000 {
        insert(&mut stories, number, &prints[2]);
    }
    stories.find(&prints[1], Details::default, &source);
    assert_eq!(source.prints.take(), 0);
    // What shares more is found however old it is.
    stories.find(&prints[0], Details::default, &source);
    assert_eq!(source.prints.take(), 1);
}

#[test]
fn numbers_longer_than_any_number_are_read_all_the_same() {
    for digits in [1, 17, 30, 300] {
        let nines = "九".repeat(digits);
        let text = format!(
            "{nines}千萬億{nines}千 {} 9.{}萬",
            "9".repeat(digits),
            "9".repeat(digits)
        );
        support::print(&text, &text);
        support::details(&text, &text);
    }
}
