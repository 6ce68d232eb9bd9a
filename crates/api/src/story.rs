//! A story with its lineage, and two texts side by side.
//!
//! Words here speak of this collection: what was first in it need not have been first in the world.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CoverageBody, ItemBody, StoryBody};

/// What the place of an item in time rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// The time its source states.
    Stated,
    /// The day its source states; it states no time.
    Day,
    /// When it was received: it was there at the latest then.
    Seen,
}

/// When an item was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockBody {
    /// What it rests on.
    pub kind: ClockKind,
    /// Not before this time; `null` where nobody knows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub earliest: Option<Timestamp>,
    /// At the latest at this time.
    #[schema(value_type = String, format = DateTime)]
    pub latest: Timestamp,
    /// The same in words.
    pub words: String,
}

/// A day, in seconds: what a date without a time leaves open.
const DAY_SECONDS: i64 = 86_400;

impl ClockBody {
    /// The clock of an item as found. `is_stated` says whether its source states a time at all: a line of
    /// a file that states none is placed when it was received.
    #[must_use]
    pub fn of(item: &ItemBody, is_stated: bool) -> Self {
        let kind = match item.time_reason.as_str() {
            "published" | "assumed" if is_stated => ClockKind::Stated,
            "day" => ClockKind::Day,
            _ => ClockKind::Seen,
        };
        let seen = item.seen;
        let words = match (kind, item.time_reason.as_str()) {
            (ClockKind::Stated, _) => format!("stated {}, seen {seen}", item.time),
            (ClockKind::Day, _) => format!("date only, time unknown, seen {seen}"),
            (ClockKind::Seen, "future" | "backdated" | "implausible") => {
                format!("seen {seen}; the time it states is not believed")
            }
            (ClockKind::Seen, "unreadable" | "no-zone") => {
                format!("seen {seen}; the time it states cannot be read")
            }
            (ClockKind::Seen, _) => format!("seen {seen}; it states no time"),
        };
        let words = match item.imported_at {
            Some(_) => format!("{words}, per the imported file"),
            None => words,
        };
        Self {
            kind,
            earliest: match kind {
                ClockKind::Stated => Some(item.time),
                ClockKind::Day => Some(
                    Timestamp::from_second(item.time.as_second().saturating_sub(DAY_SECONDS))
                        .unwrap_or(Timestamp::MIN),
                ),
                ClockKind::Seen => None,
            },
            latest: item.time,
            words,
        }
    }
}

/// How the text of a member is that of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RelationBody {
    /// It is the earliest in this collection.
    First,
    /// The same words.
    Exact,
    /// Nearly the same words.
    Near,
    /// Consistent with a rewording.
    Reworded,
}

impl RelationBody {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Reworded => "reworded",
        }
    }
}

/// A member of a lineage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberBody {
    /// The item.
    pub item: ItemBody,
    /// When it was there.
    pub clock: ClockBody,
    /// How its text is that of the member in `from`, or where there is none that of the earliest.
    pub relation: RelationBody,
    /// The earlier member whose text is most like its own; `null` where none is earlier by a minute, or
    /// none has enough of its words.
    pub from: Option<String>,
    /// The share of its words that stand in that member, in percent.
    pub share_percent: Option<u8>,
    /// Seconds after the earliest member; `null` where one of the two clocks leaves it open.
    pub lag_seconds: Option<i64>,
    /// Whether it was there within the same minute as the earliest, so that their order is open.
    pub same_time: bool,
}

/// Who was first in this collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstBody {
    /// The earliest member.
    pub item: String,
    /// Whether every other member was certainly later, by a minute or more.
    pub certain: bool,
    /// Members that may have been earlier, or at the same time.
    pub may_be_earlier: Vec<String>,
    /// The same as a sentence.
    pub in_collection: String,
}

/// What speaks against reading a lineage as a path from state media to domestic ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgainstBody {
    /// `domestic-first`, `agency` or `fact-check`.
    pub kind: String,
    /// The member it is about.
    pub item: String,
    /// What there is, as a sentence.
    pub words: String,
}

/// Two items of which one may be reworded from the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RewordingBody {
    /// The one that came later into the collection.
    pub item: String,
    /// The one that was there before it.
    pub other: String,
    /// How much speaks for it, from 0 to 1.
    pub score: f64,
    /// Of pairs with this score, the share that were copies in the set the score was fitted to, from 0
    /// to 1.
    pub calibration: f64,
}

/// What a score has meant, as words.
#[must_use]
pub fn calibration_in_words(calibration: f64) -> String {
    format!(
        "of pairs with this score, {:.0} % were copies in the gold set",
        100.0 * calibration
    )
}

/// What a fact-checker published on a narrative that a story is about. It is no member of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactCheckBody {
    /// The item.
    pub item: ItemBody,
    /// The titles of the narratives that both match.
    pub narratives: Vec<String>,
}

/// A text in another language that may tell the same. It is no member of the story, and is counted
/// nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PossibleBody {
    /// The item.
    pub item: ItemBody,
    /// Figures of both, by value.
    pub figures: Vec<String>,
    /// Actors that both name, each in its own script.
    pub actors: Vec<String>,
    /// Names of both.
    pub names: Vec<String>,
    /// Quotations of the earliest member that it has whole.
    pub quotations: Vec<String>,
    /// Addresses of both.
    pub links: Vec<String>,
}

/// A story with all that may be reworded from it, in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineageBody {
    /// The story that was asked for.
    pub story: String,
    /// The title of the earliest member; its beginning where it has none.
    pub title: String,
    /// All stories of the lineage: each counts as one voice.
    pub stories: Vec<StoryBody>,
    /// Items of all of them.
    pub items: u32,
    /// Distinct publishers.
    pub publishers: u32,
    /// Distinct publisher families.
    pub families: u32,
    /// The groups of the members.
    pub groups: Vec<String>,
    /// Whether all members are listed, and all stories of the lineage known.
    pub complete: bool,
    /// Who was first.
    pub first: FirstBody,
    /// The members in order of time, the earliest 500.
    pub members: Vec<MemberBody>,
    /// What speaks against a path from state media to domestic ones; empty where nothing was found.
    pub against: Vec<AgainstBody>,
    /// What fact-checkers published on the narratives that the earliest member matches, from a day
    /// before it to 14 days after, the nearest in time first, at most 10.
    pub fact_checks: Vec<FactCheckBody>,
    /// Texts in other languages, within three days of the earliest member, that may tell the same: they
    /// share figures that few texts have, and actors, names, quotations or addresses. The nearest in
    /// time first, at most 10.
    pub possible: Vec<PossibleBody>,
    /// Pairs that may be rewordings, the likeliest first, at most 500.
    pub rewordings: Vec<RewordingBody>,
    /// What was collected from the earliest to the latest of the members.
    pub coverage: CoverageBody,
}

/// A stretch of a text, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StretchBody {
    /// Its first character.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
}

/// One of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComparedBody {
    /// The item.
    pub item: ItemBody,
    /// When it was there.
    pub clock: ClockBody,
    /// Its text in full.
    pub text: String,
    /// What of its title the other has.
    pub shared_title: Vec<StretchBody>,
    /// What of its text the other has.
    pub shared_text: Vec<StretchBody>,
    /// Shared characters of title and text, in percent.
    pub shared_percent: u8,
}

/// Two texts side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompareBody {
    /// The one asked for first.
    pub item: ComparedBody,
    /// The other.
    pub with: ComparedBody,
    /// Whether both are of one story.
    pub same_story: bool,
    /// How much speaks for a rewording, where one was found.
    pub score: Option<f64>,
    /// Of pairs with this score, the share that were copies in the set the score was fitted to, from 0
    /// to 1.
    pub calibration: Option<f64>,
    /// Figures of both, by value.
    pub figures: Vec<String>,
    /// Names of both.
    pub names: Vec<String>,
    /// Quotations of the first that the other has whole.
    pub quotations: Vec<String>,
    /// Addresses of both.
    pub links: Vec<String>,
}
