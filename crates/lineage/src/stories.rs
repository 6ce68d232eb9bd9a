//! Which stories a text belongs to: looked up among those of the last days, in bounded memory.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bellwether_model::{ItemId, Seq, StoryId, Timestamp};

use crate::at_hand::AtHand;
use crate::compare::Overlap;
use crate::near::{is_near, may_be_reworded};
use crate::postings::Postings;
use crate::reworded::{Evidence, REWORDED_MIN};
use crate::sample::sample;
use crate::{Details, Fingerprint};

/// How far back, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorySettings {
    /// Texts older than this, in seconds of the log's time, are no longer looked at.
    pub look_back_seconds: i64,
    /// Texts that are looked at, at most: the newest.
    pub texts_max: usize,
    /// Bytes of the table that finds them.
    pub table_bytes_max: usize,
    /// Bytes of fingerprints kept at hand: what is older is read again where it is compared.
    pub at_hand_bytes_max: usize,
}

impl Default for StorySettings {
    /// Three days of 500,000 items: 192 MiB of table, 40 MiB of texts, 96 MiB at hand.
    fn default() -> Self {
        Self {
            look_back_seconds: 72 * 3600,
            texts_max: 1_500_000,
            table_bytes_max: 192 << 20,
            at_hand_bytes_max: 96 << 20,
        }
    }
}

/// Stories that are compared with a text, at most.
const STORIES_MAX: usize = 8;

/// Texts of one story that are compared, at most.
const TEXTS_MAX: usize = 8;

/// Texts that one text is compared with, at most, however many are like it.
pub const COMPARED_MAX: usize = STORIES_MAX * TEXTS_MAX;

/// Sampled numbers two texts must share to be compared.
const SHARED_MIN: usize = 2;

/// Texts and merged stories that there is room for before memory counts.
const ROOM_MIN: usize = 1_024;

/// A wording of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextRef {
    /// The item.
    pub item: ItemId,
    /// The entry of the log that brought this wording.
    pub seq: Seq,
}

/// Where texts can be read again.
pub trait Texts {
    /// What is compared of a wording; `None` where it is gone.
    fn fingerprint(&self, text: TextRef) -> Option<Fingerprint>;
    /// What is compared only of possible rewordings.
    fn details(&self, text: TextRef) -> Option<Details>;
}

/// A text that another is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Like {
    /// The text.
    pub text: TextRef,
    /// Its story.
    pub story: StoryId,
    /// What the two share.
    pub overlap: Overlap,
    /// How much speaks for a rewording; 1 where the texts are nearly the same.
    pub score: f64,
}

/// What a new text is like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likes {
    /// Texts nearly the same, of each story the one most alike.
    pub near: Vec<Like>,
    /// Texts it may be reworded from, or they from it, of each story the one most alike.
    pub reworded: Vec<Like>,
    /// The text's own details, where they were looked at; `insert` takes them.
    pub details: Option<Arc<Details>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    text: TextRef,
    story: StoryId,
}

/// The texts of the last days.
pub struct Stories {
    settings: StorySettings,
    postings: Postings,
    /// The place of the first entry.
    base: u32,
    entries: VecDeque<Entry>,
    /// The seconds in which texts came, each with the place of its first.
    seconds: VecDeque<(i64, u32)>,
    merged: Merged,
    at_hand: AtHand,
}

impl Stories {
    /// Without any text.
    #[must_use]
    pub fn new(settings: StorySettings) -> Self {
        Self {
            settings,
            postings: Postings::new(settings.table_bytes_max),
            base: 0,
            entries: VecDeque::new(),
            seconds: VecDeque::new(),
            merged: Merged::default(),
            at_hand: AtHand::new(settings.at_hand_bytes_max),
        }
    }

    /// What a text is like among those before it. At most [`COMPARED_MAX`] of them are looked at.
    /// `details` finds those of the text itself, where they are needed.
    pub fn find(
        &mut self,
        print: &Fingerprint,
        details: impl Fn() -> Details,
        texts: &dyn Texts,
    ) -> Likes {
        let mut likes = Likes::default();
        for (story, places) in self.candidates(print) {
            let Some((place, mut like)) = self.most_alike(story, &places, print, texts) else {
                continue;
            };
            if is_near(&like.overlap) {
                like.score = 1.0;
                likes.near.push(like);
            } else if may_be_reworded(&like.overlap) {
                let Some(earlier) = self.at_hand.details(place, || texts.details(like.text)) else {
                    continue;
                };
                let later = likes.details.get_or_insert_with(|| Arc::new(details()));
                like.score = Evidence::of(like.overlap, &earlier, later).score();
                if like.score >= REWORDED_MIN {
                    likes.reworded.push(like);
                }
            }
        }
        likes
    }

    /// Of some texts of a story the one most alike, with its place.
    fn most_alike(
        &mut self,
        story: StoryId,
        places: &[u32],
        print: &Fingerprint,
        texts: &dyn Texts,
    ) -> Option<(u32, Like)> {
        let mut best: Option<(u32, Like)> = None;
        for place in places {
            let Some(text) = self.entry(*place).map(|entry| entry.text) else {
                continue;
            };
            let other = self.at_hand.print(*place, || texts.fingerprint(text));
            let Some(overlap) = other.map(|other| Overlap::of(other, print)) else {
                continue;
            };
            let rank = |of: &Overlap| (is_near(of), of.resemblance());
            let is_better = best
                .as_ref()
                .is_none_or(|(_, best)| rank(&overlap) > rank(&best.overlap));
            if is_better {
                let like = Like {
                    text,
                    story,
                    overlap,
                    score: 0.0,
                };
                best = Some((*place, like));
            }
        }
        best
    }

    /// The places of the texts that share most of the sample, by story, the most alike first.
    fn candidates(&mut self, print: &Fingerprint) -> Vec<(StoryId, Vec<u32>)> {
        let sample = sample(print);
        let mut hits: Vec<(StoryId, u32)> = Vec::new();
        for number in &sample {
            for place in self.postings.get(*number) {
                if let Some(entry) = self.entry(place) {
                    hits.push((entry.story, place));
                }
            }
        }
        for (story, _) in &mut hits {
            *story = self.merged.present(*story);
        }
        hits.sort_unstable();
        // A number stands under one text of a story only, so a story's texts are counted together.
        let told_min = SHARED_MIN.min(sample.len());
        let mut found: Vec<(usize, StoryId, Vec<u32>)> = hits
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|hits| hits.len() >= told_min)
            .map(|hits| {
                let mut texts: Vec<(usize, u32)> = hits
                    .chunk_by(|a, b| a.1 == b.1)
                    .map(|hits| (hits.len(), hits[0].1))
                    .collect();
                texts.sort_unstable_by_key(|(count, place)| (Reverse(*count), *place));
                texts.truncate(TEXTS_MAX);
                let told = texts.iter().map(|(count, _)| count).sum();
                let places = texts.into_iter().map(|(_, place)| place).collect();
                (told, hits[0].0, places)
            })
            .collect();
        found.sort_unstable_by_key(|(told, story, _)| (Reverse(*told), *story));
        found.truncate(STORIES_MAX);
        found
            .into_iter()
            .map(|(_, story, places)| (story, places))
            .collect()
    }

    /// Takes in a text of a story. `at` is the log's time; it never goes back.
    /// `details` of the text are kept at hand where they are known.
    pub fn insert(
        &mut self,
        text: TextRef,
        story: StoryId,
        at: Timestamp,
        print: Fingerprint,
        details: Option<Arc<Details>>,
    ) {
        let at = at.as_second();
        self.forget(at - self.settings.look_back_seconds);
        let story = self.merged.present(story);
        let Some(place) = u32::try_from(self.entries.len())
            .ok()
            .and_then(|len| self.base.checked_add(len))
            .filter(|place| *place < u32::MAX)
        else {
            return;
        };
        for number in sample(&print) {
            // One text of a story is enough to find it by a number.
            let (base, entries, merged) = (self.base, &self.entries, &mut self.merged);
            let is_known = self.postings.get(number).any(|place| {
                entry(entries, base, place)
                    .is_some_and(|entry| merged.present(entry.story) == story)
            });
            if !is_known {
                self.postings.insert(number, place);
            }
        }
        if self.seconds.back().is_none_or(|(second, _)| *second < at) {
            self.seconds.push_back((at, place));
        }
        // Doubling would take twice what is needed.
        if self.entries.len() == self.entries.capacity() {
            self.entries
                .reserve_exact(self.entries.len() / 8 + ROOM_MIN);
        }
        self.entries.push_back(Entry { text, story });
        self.at_hand.put(place, print, details);
    }

    /// Makes two stories one.
    pub fn merge(&mut self, from: StoryId, into: StoryId) {
        self.merged.merge(from, into);
        if self.merged.0.len() > self.entries.len() / 16 + ROOM_MIN {
            for entry in &mut self.entries {
                entry.story = self.merged.present(entry.story);
            }
            self.merged.0.clear();
        }
    }

    /// How many texts are looked at.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no text is looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes that each part takes, about.
    #[must_use]
    pub fn bytes(&self) -> [(&'static str, usize); 3] {
        let texts = self.entries.capacity() * size_of::<Entry>()
            + self.seconds.capacity() * size_of::<(i64, u32)>()
            + self.merged.0.capacity() * 2 * size_of::<StoryId>();
        [
            ("table", self.postings.bytes()),
            ("texts", texts),
            ("at hand", self.at_hand.bytes()),
        ]
    }

    fn entry(&self, place: u32) -> Option<&Entry> {
        entry(&self.entries, self.base, place)
    }

    /// Forgets what came before a second, and the oldest beyond what there is room for.
    fn forget(&mut self, before: i64) {
        while self.seconds.front().is_some_and(|(at, _)| *at < before) {
            self.seconds.pop_front();
        }
        let kept = self.seconds.front().map_or(u32::MAX, |(_, first)| *first);
        while (self.base < kept || self.entries.len() >= self.settings.texts_max)
            && self.entries.pop_front().is_some()
        {
            self.base += 1;
        }
    }
}

/// The entry of a place, where it is not forgotten.
fn entry(entries: &VecDeque<Entry>, base: u32, place: u32) -> Option<&Entry> {
    entries.get(place.checked_sub(base)? as usize)
}

/// Stories that turned out to be another.
#[derive(Default)]
struct Merged(HashMap<StoryId, StoryId>);

impl Merged {
    fn merge(&mut self, from: StoryId, into: StoryId) {
        let (from, into) = (self.present(from), self.present(into));
        if from != into {
            self.0.insert(from, into);
        }
    }

    /// The story that a story has become. The way there is made short for the next who asks.
    fn present(&mut self, story: StoryId) -> StoryId {
        let mut present = story;
        while let Some(into) = self.0.get(&present) {
            present = *into;
        }
        let mut passed = story;
        while passed != present
            && let Some(next) = self.0.insert(passed, present)
        {
            passed = next;
        }
        present
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::tests::print;

    struct Gone;

    impl Texts for Gone {
        fn fingerprint(&self, _: TextRef) -> Option<Fingerprint> {
            None
        }
        fn details(&self, _: TextRef) -> Option<Details> {
            None
        }
    }

    fn text(number: u64) -> TextRef {
        TextRef {
            item: ItemId(number),
            seq: Seq(number),
        }
    }

    fn small(texts_max: usize) -> Stories {
        Stories::new(StorySettings {
            texts_max,
            table_bytes_max: 1,
            ..StorySettings::default()
        })
    }

    #[test]
    fn what_is_too_old_or_too_much_is_forgotten() {
        let wording = print(
            "",
            "The council counts every ballot twice before Friday evening",
        );
        let mut stories = small(100);
        for number in 0..1_000 {
            let at = Timestamp::from_second(number as i64).unwrap();
            stories.insert(text(number), StoryId(number), at, wording.clone(), None);
            assert!(stories.len() <= 100);
        }
        let found = stories.find(&wording, Details::default, &Gone);
        assert!(found.near.iter().all(|like| like.text.item.0 >= 900));
        assert!(!found.near.is_empty());
        let at = Timestamp::from_second(999 + 72 * 3_600).unwrap();
        stories.insert(text(1_000), StoryId(1_000), at, wording.clone(), None);
        // The last of the thousand came exactly three days before.
        assert_eq!(stories.len(), 2);
        assert_eq!(stories.seconds.len(), 2);
    }

    #[test]
    fn stories_made_one_are_found_as_one_however_many() {
        let wording = print(
            "",
            "The council counts every ballot twice before Friday evening",
        );
        let mut stories = small(10);
        for number in (0..9).rev() {
            let at = Timestamp::UNIX_EPOCH;
            stories.insert(text(number), StoryId(number), at, wording.clone(), None);
        }
        for number in (1..9).rev() {
            stories.merge(StoryId(number), StoryId(number - 1));
            stories.merge(StoryId(number - 1), StoryId(number));
        }
        for number in 10..100_000 {
            stories.merge(StoryId(number), StoryId(number + 1));
            assert!(stories.merged.0.len() <= ROOM_MIN + 1);
        }
        let found = stories.find(&wording, Details::default, &Gone);
        let found: Vec<_> = found.near.iter().map(|like| like.story).collect();
        assert_eq!(found, [StoryId(0)]);
    }
}
