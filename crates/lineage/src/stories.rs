//! Which stories a text belongs to: looked up among those of the last days, in bounded memory.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bellwether_model::{ItemId, Seq, StoryId, Timestamp};

use crate::at_hand::AtHand;
use crate::compare::Overlap;
use crate::hash::BuildMix;
use crate::near::{is_near, may_be_reworded};
use crate::postings::Postings;
use crate::reworded::{Evidence, REWORDED_MIN};
use crate::sample::{SAMPLE_MAX, sample};
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

/// Sampled numbers two texts must share to be compared,
const SHARED_MIN: usize = 2;

/// where one of them is held by fewer of the latest stories than this, and by a text that is one of so
/// many latest.
const COMMON: usize = 6;
const LATEST: u32 = 100_000;

/// Else they must share so many: the more texts there are, the more share two by chance.
const CHANCE_SHARED_MIN: usize = 4;

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

/// What a text or a story shares with another of its sample.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    /// Numbers.
    shared: usize,
    /// Whether few other stories hold one of them, and a text of late.
    is_rare: bool,
}

impl Told {
    const ONE: Self = Self {
        shared: 1,
        is_rare: false,
    };
}

impl std::iter::Sum for Told {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, told| Self {
            shared: sum.shared + told.shared,
            is_rare: sum.is_rare || told.is_rare,
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    text: TextRef,
    story: StoryId,
}

/// A second in which texts came.
#[derive(Debug, Clone, Copy)]
struct Second {
    at: i64,
    /// The place of its first text.
    first: u32,
    /// How many numbers were entered before it.
    posted: u64,
}

/// How a text stands in the table: which of its sampled numbers were entered with it, and how often the
/// table had doubled. Means something to [`Stories`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered(pub u64);

impl Entered {
    fn of(grown: u32, numbers: u64) -> Self {
        Self(u64::from(grown) << SAMPLE_MAX | numbers)
    }

    fn grown(self) -> u32 {
        (self.0 >> SAMPLE_MAX) as u32
    }

    fn numbers(self) -> u64 {
        self.0 & ((1 << SAMPLE_MAX) - 1)
    }
}

/// The texts of the last days.
pub struct Stories {
    settings: StorySettings,
    postings: Postings,
    /// The place of the first entry.
    base: u32,
    entries: VecDeque<Entry>,
    /// The seconds in which texts came.
    seconds: VecDeque<Second>,
    /// How many numbers were ever entered in the table.
    posted: u64,
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
            posted: 0,
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
        self.postings.touch(&sample);
        let latest = (self.base + self.entries.len() as u32).saturating_sub(LATEST);
        let mut hits: Vec<(u32, Told)> = Vec::new();
        for number in &sample {
            let first = hits.len();
            let places = self.postings.get(*number);
            let places = places.filter(|place| *place >= self.base);
            hits.extend(places.map(|place| (place, Told::ONE)));
            let is_rare = hits.len() - first < COMMON;
            for (place, told) in &mut hits[first..] {
                told.is_rare = is_rare && *place >= latest;
            }
        }
        hits.sort_unstable_by_key(|(place, _)| *place);
        let mut texts: Vec<(StoryId, u32, Told)> = hits
            .chunk_by(|a, b| a.0 == b.0)
            .map(|hits| (hits[0].0, hits.iter().map(|hit| hit.1).sum()))
            // One number is chance, and tells at most that a story's other texts are looked at.
            .filter(|(_, told): &(_, Told)| told.shared > 1 || told.is_rare)
            .filter_map(|(place, told)| Some((self.entry(place)?.story, place, told)))
            .collect();
        for (story, ..) in &mut texts {
            *story = self.merged.present(*story);
        }
        texts.sort_unstable_by_key(|(story, place, told)| (*story, Reverse(told.shared), *place));
        let is_enough = |told: &Told| {
            let least = if told.is_rare {
                SHARED_MIN
            } else {
                CHANCE_SHARED_MIN
            };
            told.shared >= least.min(sample.len())
        };
        // A number stands under one text of a story only, so a story's texts are counted together.
        let mut found: Vec<(usize, StoryId, Vec<u32>)> = texts
            .chunk_by(|a, b| a.0 == b.0)
            .map(|texts| (texts, texts.iter().map(|text| text.2).sum()))
            .filter(|(_, told)| is_enough(told))
            .map(|(texts, told)| {
                let places = texts.iter().take(TEXTS_MAX).map(|text| text.1);
                (told.shared, texts[0].0, places.collect())
            })
            .collect();
        found.sort_unstable_by_key(|(told, story, _)| (Reverse(*told), *story));
        found.truncate(STORIES_MAX);
        found
            .into_iter()
            .map(|(_, story, places)| (story, places))
            .collect()
    }

    /// Forgets what is too old at the log's time, which never goes back.
    pub fn pass(&mut self, at: Timestamp) {
        self.forget(at.as_second() - self.settings.look_back_seconds);
    }

    /// Takes in a text of a story. `at` is the log's time; it never goes back.
    /// `details` of the text are kept at hand where they are known. Gives what [`Self::insert_again`]
    /// needs; `None` where there is no place for the text.
    pub fn insert(
        &mut self,
        text: TextRef,
        story: StoryId,
        at: Timestamp,
        print: &Fingerprint,
        details: Option<Arc<Details>>,
    ) -> Option<Entered> {
        let story = self.merged.present(story);
        let place = self.place(at)?;
        self.postings.make_room(self.posted - self.posted_before());
        let mut numbers = 0;
        for (nth, number) in sample(print).into_iter().enumerate() {
            // One text of a story is enough to find it by a number.
            let (base, entries, merged) = (self.base, &self.entries, &mut self.merged);
            let is_known = self.postings.get(number).any(|place| {
                entry(entries, base, place)
                    .is_some_and(|entry| merged.present(entry.story) == story)
            });
            if !is_known {
                self.postings.insert(number, place);
                numbers |= 1 << nth;
            }
        }
        let entered = Entered::of(self.postings.grown(), numbers);
        self.put(place, at, Entry { text, story }, entered);
        self.at_hand.put(place, print, details);
        Some(entered)
    }

    /// Takes in a text that was taken in before, as it was then: each in its order, and between them the
    /// stories made one, gives what there was.
    pub fn insert_again(
        &mut self,
        text: TextRef,
        story: StoryId,
        at: Timestamp,
        print: &Fingerprint,
        entered: Entered,
    ) {
        let story = self.merged.present(story);
        let Some(place) = self.place(at) else {
            return;
        };
        self.postings.grow_as(entered.grown());
        for (nth, number) in sample(print).into_iter().enumerate() {
            if entered.numbers() >> nth & 1 == 1 {
                self.postings.insert(number, place);
            }
        }
        self.put(place, at, Entry { text, story }, entered);
        self.at_hand.put(place, print, None);
    }

    /// The place of the next text.
    fn place(&mut self, at: Timestamp) -> Option<u32> {
        self.pass(at);
        while self.entries.len() >= self.settings.texts_max && self.entries.pop_front().is_some() {
            self.base += 1;
        }
        let len = u32::try_from(self.entries.len()).ok()?;
        self.base.checked_add(len).filter(|place| *place < u32::MAX)
    }

    fn put(&mut self, place: u32, at: Timestamp, entry: Entry, entered: Entered) {
        let at = at.as_second();
        if self.seconds.back().is_none_or(|second| second.at < at) {
            self.seconds.push_back(Second {
                at,
                first: place,
                posted: self.posted,
            });
        }
        self.posted += u64::from(entered.numbers().count_ones());
        // Doubling would take twice what is needed.
        if self.entries.len() == self.entries.capacity() {
            self.entries
                .reserve_exact(self.entries.len() / 8 + ROOM_MIN);
        }
        self.entries.push_back(entry);
    }

    /// How many numbers were entered before the first text that is not too old.
    fn posted_before(&self) -> u64 {
        self.seconds
            .front()
            .map_or(self.posted, |second| second.posted)
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
            + self.seconds.capacity() * size_of::<Second>()
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

    /// Forgets what came before a second.
    fn forget(&mut self, before: i64) {
        while self
            .seconds
            .front()
            .is_some_and(|second| second.at < before)
        {
            self.seconds.pop_front();
        }
        let kept = self.seconds.front().map_or(u32::MAX, |second| second.first);
        while self.base < kept && self.entries.pop_front().is_some() {
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
struct Merged(HashMap<StoryId, StoryId, BuildMix>);

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
            stories.insert(text(number), StoryId(number), at, &wording, None);
            assert!(stories.len() <= 100);
        }
        let found = stories.find(&wording, Details::default, &Gone);
        assert!(found.near.iter().all(|like| like.text.item.0 >= 900));
        assert!(!found.near.is_empty());
        let at = Timestamp::from_second(999 + 72 * 3_600).unwrap();
        stories.insert(text(1_000), StoryId(1_000), at, &wording, None);
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
            stories.insert(text(number), StoryId(number), at, &wording, None);
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
