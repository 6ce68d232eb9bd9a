//! Which stories a text belongs to: looked up among those of the last days, in bounded memory.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use bellwether_model::{ItemId, Seq, StoryId, Timestamp};

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
    /// Bytes of the table that finds them.
    pub table_bytes_max: usize,
    /// Bytes of fingerprints kept at hand.
    pub cache_bytes_max: usize,
}

impl Default for StorySettings {
    /// Three days; at most 200 MiB, and 32 MiB at hand.
    fn default() -> Self {
        Self {
            look_back_seconds: 72 * 3600,
            table_bytes_max: 256 << 20,
            cache_bytes_max: 32 << 20,
        }
    }
}

/// Stories that are compared with a text, at most.
const STORIES_MAX: usize = 8;

/// Texts of one story that are compared, at most.
const TEXTS_MAX: usize = 8;

/// Sampled numbers two texts must share to be compared.
const SHARED_MIN: usize = 2;

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
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    text: TextRef,
    story: StoryId,
    at: i64,
}

/// The texts of the last days.
pub struct Stories {
    settings: StorySettings,
    postings: Postings,
    /// The place of the first entry.
    base: u32,
    entries: VecDeque<Entry>,
    /// Stories that turned out to be another.
    merged: HashMap<StoryId, StoryId>,
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
            merged: HashMap::new(),
            at_hand: AtHand::default(),
        }
    }

    /// What a text is like among those before it.
    pub fn find(&mut self, text: TextRef, print: &Arc<Fingerprint>, texts: &dyn Texts) -> Likes {
        let mut likes = Likes::default();
        let mut details = None;
        for (story, candidates) in self.candidates(print) {
            let mut best: Option<Like> = None;
            for (candidate, _) in candidates {
                let Some(other) = self
                    .at_hand
                    .get(candidate, texts, self.settings.cache_bytes_max)
                else {
                    continue;
                };
                let overlap = Overlap::of(&other, print);
                let like = Like {
                    text: candidate,
                    story,
                    overlap,
                    score: 0.0,
                };
                let is_better = best
                    .as_ref()
                    .is_none_or(|best| overlap.resemblance() > best.overlap.resemblance());
                if is_better {
                    best = Some(like);
                }
            }
            let Some(mut like) = best else { continue };
            if is_near(&like.overlap) {
                like.score = 1.0;
                likes.near.push(like);
            } else if may_be_reworded(&like.overlap) {
                let later = details.get_or_insert_with(|| texts.details(text));
                let earlier = texts.details(like.text);
                if let (Some(earlier), Some(later)) = (earlier, later.as_ref()) {
                    like.score = Evidence::of(like.overlap, &earlier, later).score();
                    if like.score >= REWORDED_MIN {
                        likes.reworded.push(like);
                    }
                }
            }
        }
        likes
    }

    /// The texts that share most of the sample, by story, the most alike first.
    fn candidates(&self, print: &Fingerprint) -> Vec<(StoryId, Vec<(TextRef, usize)>)> {
        let sample = sample(print);
        let mut counts: HashMap<u32, usize> = HashMap::new();
        // A number stands under one text of a story only, so a story's texts are counted together.
        let mut told: HashMap<StoryId, usize> = HashMap::new();
        for number in &sample {
            for place in self.postings.get(*number) {
                if let Some(entry) = self.entry(place) {
                    *counts.entry(place).or_default() += 1;
                    *told.entry(self.present(entry.story)).or_default() += 1;
                }
            }
        }
        let mut by_story: BTreeMap<StoryId, Vec<(TextRef, usize)>> = BTreeMap::new();
        for (place, count) in counts {
            if let Some(entry) = self.entry(place) {
                let story = self.present(entry.story);
                if told
                    .get(&story)
                    .is_some_and(|told| *told >= SHARED_MIN.min(sample.len()))
                {
                    by_story.entry(story).or_default().push((entry.text, count));
                }
            }
        }
        let mut found: Vec<_> = by_story.into_iter().collect();
        for (_, texts) in &mut found {
            texts.sort_unstable_by_key(|(text, count)| (Reverse(*count), text.seq));
            texts.truncate(TEXTS_MAX);
        }
        found.sort_by_key(|(story, texts)| {
            (
                Reverse(texts.iter().map(|(_, count)| *count).sum::<usize>()),
                *story,
            )
        });
        found.truncate(STORIES_MAX);
        found
    }

    /// Takes in a text of a story. `at` is the log's time; it never goes back.
    pub fn insert(
        &mut self,
        text: TextRef,
        story: StoryId,
        at: Timestamp,
        print: Arc<Fingerprint>,
    ) {
        let at = at.as_second();
        self.forget(at - self.settings.look_back_seconds);
        let Some(place) = u32::try_from(self.entries.len())
            .ok()
            .and_then(|len| self.base.checked_add(len))
            .filter(|place| *place < u32::MAX)
        else {
            return;
        };
        for number in sample(&print) {
            // One text of a story is enough to find it by a number.
            let is_known = self.postings.get(number).any(|place| {
                self.entry(place)
                    .is_some_and(|entry| self.present(entry.story) == story)
            });
            if !is_known {
                self.postings.insert(number, place);
            }
        }
        self.entries.push_back(Entry { text, story, at });
        self.at_hand.put(text, print, self.settings.cache_bytes_max);
    }

    /// Makes two stories one.
    pub fn merge(&mut self, from: StoryId, into: StoryId) {
        self.merged.insert(from, into);
    }

    /// The story that a story has become.
    #[must_use]
    pub fn present(&self, mut story: StoryId) -> StoryId {
        while let Some(into) = self.merged.get(&story) {
            story = *into;
        }
        story
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

    /// The bytes it takes, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.postings.bytes()
            + self.entries.capacity() * size_of::<Entry>()
            + self.merged.capacity() * 2 * size_of::<StoryId>()
            + self.at_hand.bytes
    }

    fn entry(&self, place: u32) -> Option<&Entry> {
        self.entries.get(place.checked_sub(self.base)? as usize)
    }

    fn forget(&mut self, before: i64) {
        while self.entries.front().is_some_and(|entry| entry.at < before) {
            self.entries.pop_front();
            self.base += 1;
        }
        if self.entries.is_empty() {
            self.merged.clear();
        }
    }
}

/// Fingerprints of texts looked at lately.
#[derive(Default)]
struct AtHand {
    prints: HashMap<TextRef, Arc<Fingerprint>>,
    order: VecDeque<TextRef>,
    bytes: usize,
}

impl AtHand {
    fn get(
        &mut self,
        text: TextRef,
        texts: &dyn Texts,
        bytes_max: usize,
    ) -> Option<Arc<Fingerprint>> {
        if let Some(print) = self.prints.get(&text) {
            return Some(print.clone());
        }
        let print = Arc::new(texts.fingerprint(text)?);
        self.put(text, print.clone(), bytes_max);
        Some(print)
    }

    fn put(&mut self, text: TextRef, print: Arc<Fingerprint>, bytes_max: usize) {
        self.bytes += print.bytes();
        if self.prints.insert(text, print).is_none() {
            self.order.push_back(text);
        }
        while self.bytes > bytes_max {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some(print) = self.prints.remove(&oldest) {
                self.bytes -= print.bytes();
            }
        }
    }
}
