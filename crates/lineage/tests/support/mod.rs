//! The set of rewordings, and a teller of stories as the monitor is one, without its store.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test uses its part; the set is in the repository"
)]

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;

use bellwether_lineage::{
    Details, Evidence, Fingerprint, Overlap, Part, Stories, StorySettings, TextRef, Texts,
    is_column_title,
};
use bellwether_model::{ItemId, Seq, StoryId, Timestamp};
use bellwether_text::{Analysed, analyse, digest, language};

/// One of the two halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// Odd groups: rules were tuned on them.
    Development,
    /// Even groups: measured, never looked at.
    Test,
}

/// A text of the set.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub group: String,
    pub kind: String,
    pub title: String,
    pub text: String,
}

/// An original and another text on the same event.
pub(crate) struct Pair<'a> {
    pub earlier: &'a Sample,
    pub later: &'a Sample,
    pub is_copy: bool,
}

/// The texts of a half.
pub(crate) fn gold(half: Half) -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rewordings");
    let mut samples = Vec::new();
    for file in ["ena", "enb", "zha", "zhb", "zhc"] {
        let read = std::fs::read_to_string(folder.join(format!("{file}.ndjson"))).unwrap();
        for line in read.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| value[name].as_str().unwrap().to_owned();
            let group = field("group");
            let number: u32 = group.rsplit('-').next().unwrap().parse().unwrap();
            if (number % 2 == 1) == (half == Half::Development) {
                samples.push(Sample {
                    group,
                    kind: field("kind"),
                    title: field("title"),
                    text: field("text"),
                });
            }
        }
    }
    samples
}

/// Each original with the five other texts of its group.
pub(crate) fn pairs(samples: &[Sample]) -> Vec<Pair<'_>> {
    let originals = samples.iter().filter(|sample| sample.kind == "original");
    originals
        .flat_map(|earlier| {
            samples
                .iter()
                .filter(move |later| later.group == earlier.group && later.kind != "original")
                .map(move |later| Pair {
                    earlier,
                    later,
                    is_copy: later.kind != "topic",
                })
        })
        .collect()
}

/// Takes a title and a text apart.
pub(crate) fn taken_apart<R>(
    title: &str,
    text: &str,
    use_of: impl FnOnce(&[Part<'_>], &Analysed, &Analysed) -> R,
) -> R {
    let (first, second) = (analyse(title), analyse(text));
    let parts = [
        Part {
            raw: title,
            units: &first,
        },
        Part {
            raw: text,
            units: &second,
        },
    ];
    use_of(&parts, &first, &second)
}

pub(crate) fn print(title: &str, text: &str) -> Fingerprint {
    taken_apart(title, text, |parts, _, _| Fingerprint::of(parts))
}

pub(crate) fn details(title: &str, text: &str) -> Details {
    let lang = language(&format!("{title}\n{text}"));
    taken_apart(title, text, |parts, _, _| Details::of(parts, lang))
}

/// What speaks for the one being reworded from the other.
pub(crate) fn evidence(earlier: &Sample, later: &Sample) -> Evidence {
    let overlap = Overlap::of(
        &print(&earlier.title, &earlier.text),
        &print(&later.title, &later.text),
    );
    Evidence::of(
        overlap,
        &details(&earlier.title, &earlier.text),
        &details(&later.title, &later.text),
    )
}

/// Tells the stories of numbered texts as they come.
pub(crate) struct Teller<F> {
    pub stories: Stories,
    merged: HashMap<StoryId, StoryId>,
    exact: HashMap<[u8; 16], StoryId>,
    source: Source<F>,
    /// Which text is in which story; `None` where there is nothing to compare.
    pub told: Vec<(usize, Option<StoryId>)>,
    /// Texts that were found nearly the same, the later first.
    pub near: Vec<(usize, usize)>,
    /// Texts that were found reworded, the later first, and the score.
    pub reworded: Vec<(usize, usize, f64)>,
}

struct Source<F> {
    text: F,
    reads: Cell<usize>,
}

impl<F: Fn(usize) -> (String, String)> Texts for Source<F> {
    fn fingerprint(&self, text: TextRef) -> Option<Fingerprint> {
        self.reads.set(self.reads.get() + 1);
        let (title, text) = (self.text)(text.item.0 as usize);
        Some(print(&title, &text))
    }

    fn details(&self, text: TextRef) -> Option<Details> {
        self.reads.set(self.reads.get() + 1);
        let (title, text) = (self.text)(text.item.0 as usize);
        Some(details(&title, &text))
    }
}

impl<F: Fn(usize) -> (String, String)> Teller<F> {
    pub(crate) fn new(text: F) -> Self {
        Self {
            stories: Stories::new(StorySettings::default()),
            merged: HashMap::new(),
            exact: HashMap::new(),
            source: Source {
                text,
                reads: Cell::new(0),
            },
            told: Vec::new(),
            near: Vec::new(),
            reworded: Vec::new(),
        }
    }

    /// How often a text was read again.
    pub(crate) fn reads(&self) -> usize {
        self.source.reads.get()
    }

    /// The next text, by its number, at the log's time.
    pub(crate) fn take(&mut self, number: usize, at: Timestamp) {
        let (title, text) = (self.source.text)(number);
        let reference = TextRef {
            item: ItemId(number as u64),
            seq: Seq(self.told.len() as u64 + 1),
        };
        let (first, second) = (analyse(&title), analyse(&text));
        let digest = digest(&first, &second).filter(|_| !is_column_title(&first, &second));
        let Some(digest) = digest else {
            self.told.push((number, None));
            return;
        };
        if let Some(story) = self.exact.get(&digest) {
            self.told.push((number, Some(*story)));
            return;
        }
        let parts = [
            Part {
                raw: &title,
                units: &first,
            },
            Part {
                raw: &text,
                units: &second,
            },
        ];
        let print = Fingerprint::of(&parts);
        let own = || Details::of(&parts, language(&format!("{title}\n{text}")));
        self.stories.pass(at);
        let likes = self.stories.find(&print, own, &self.source);
        let near = likes.near.iter().map(|like| like.story);
        let story = near.clone().min().unwrap_or(StoryId(reference.seq.0));
        for other in near.filter(|other| *other != story) {
            self.stories.merge(other, story);
            self.merged.insert(other, story);
        }
        for like in &likes.near {
            self.near.push((number, like.text.item.0 as usize));
        }
        for like in &likes.reworded {
            self.reworded
                .push((number, like.text.item.0 as usize, like.score));
        }
        self.exact.insert(digest, story);
        self.stories
            .insert(reference, story, at, &print, likes.details);
        self.told.push((number, Some(story)));
    }

    /// The story of each text, by number.
    pub(crate) fn by_number(&self) -> HashMap<usize, StoryId> {
        let told = self.told.iter();
        told.filter_map(|(number, story)| {
            let mut story = (*story)?;
            while let Some(into) = self.merged.get(&story) {
                story = *into;
            }
            Some((*number, story))
        })
        .collect()
    }
}

/// The same numbers on every run.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
