//! Who has a text from whom, as far as texts and times can tell.
//!
//! For each member the earlier one is named whose text is most like it: by the words and pairs of
//! characters in both, as a share of those of either (the coefficient of Dice, *Measures of the Amount
//! of Ecologic Association Between Species*, 1945). That is consistent with a copy taken from there; it proves none: both may have a third text
//! that nobody has collected.

use std::sync::Arc;

use bellwether_model::{ItemId, StoryId, Timestamp};

use crate::Fingerprint;
use crate::compare::{Overlap, ratio, shared};
use crate::near::is_near;

/// Times closer than this, in seconds, are the same time.
pub const SAME_TIME_SECONDS: i64 = 60;

/// Of texts whose likeness differs by less the earlier is named.
const ALIKE: f64 = 0.02;

/// With less than this share there is no saying.
const SHARE_MIN: f64 = 0.03;

/// Texts that each member is compared with, at most: the earliest.
const TEXTS_MAX: usize = 300;

/// An item with its text and the time that is believed.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// The item.
    pub item: ItemId,
    /// The story of its text.
    pub story: StoryId,
    /// The digest of its text: equal texts are exact copies.
    pub digest: [u8; 16],
    /// What is compared of it.
    pub print: Arc<Fingerprint>,
    /// The time at which it was there at the latest.
    pub time: Timestamp,
}

/// How a member's text is that of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// The same words.
    Exact,
    /// Nearly the same words.
    Near,
    /// Reworded.
    Reworded,
}

impl Relation {
    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Reworded => "reworded",
        }
    }
}

/// The earlier member whose text is most like a member's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The earlier member.
    pub from: ItemId,
    /// How the texts are alike.
    pub relation: Relation,
    /// The share of the member's text that stands in the earlier one, from 0 to 1.
    pub share: f64,
}

/// The members in order of time, each with the earlier one it is most like.
#[must_use]
pub fn tree(carriers: &[Carrier]) -> Vec<(&Carrier, Option<Step>)> {
    let mut members: Vec<&Carrier> = carriers.iter().collect();
    members.sort_by_key(|member| (member.time, member.item));
    // The first carrier of each text, in order of time.
    let mut texts: Vec<&Carrier> = Vec::new();
    let mut steps = Vec::with_capacity(members.len());
    for member in members {
        let step = step(member, &texts);
        let is_new = !texts.iter().any(|text| text.digest == member.digest);
        if is_new && texts.len() < TEXTS_MAX {
            texts.push(member);
        }
        steps.push((member, step));
    }
    steps
}

fn step(member: &Carrier, texts: &[&Carrier]) -> Option<Step> {
    let latest = member.time.as_second() - SAME_TIME_SECONDS;
    let mut best: Option<(f64, Step)> = None;
    for text in texts
        .iter()
        .take_while(|text| text.time.as_second() <= latest)
    {
        let both = shared(&text.print.words, &member.print.words);
        let (own, other) = (member.print.words.len(), text.print.words.len());
        let likeness = ratio(2 * both, own + other);
        let share = ratio(both, own);
        let (likeness, share, relation) = if text.digest == member.digest {
            (1.0 + ALIKE, 1.0, Relation::Exact)
        } else if is_near(&Overlap::of(&text.print, &member.print)) {
            (likeness, share, Relation::Near)
        } else {
            (likeness, share, Relation::Reworded)
        };
        let is_more = best
            .as_ref()
            .is_none_or(|(most, _)| likeness >= most + ALIKE);
        if share >= SHARE_MIN && is_more {
            best = Some((
                likeness,
                Step {
                    from: text.item,
                    relation,
                    share,
                },
            ));
        }
    }
    best.map(|(_, step)| step)
}
