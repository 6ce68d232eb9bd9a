//! Items as found, and one item in full.

use std::collections::BTreeSet;

use bellwether_model::{
    Absence, Affiliation, Directory, Item, ItemVersion, SourceId, StoryId, Timestamp, Wording,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PostBody;

/// Text of captured items leaves the system as an excerpt of at most so many characters
/// (DESIGN 2, house rules).
pub const EXCERPT_CHARS_MAX: usize = 300;

/// Where a highlight lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HighlightField {
    /// In `title`.
    Title,
    /// In `snippet`.
    Snippet,
}

/// A stretch that matched the query: `start <= character < end`, counted in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HighlightBody {
    /// In which text.
    pub field: HighlightField,
    /// Its first character, from 0.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
}

/// The part of an item's text that is shown, with what matched in it and in the title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    snippet: String,
    highlights: Vec<HighlightBody>,
}

impl Excerpt {
    /// An excerpt; what exceeds [`EXCERPT_CHARS_MAX`] is cut, and highlights with it.
    #[must_use]
    pub fn new(snippet: &str, highlights: Vec<HighlightBody>) -> Self {
        let snippet: String = snippet.chars().take(EXCERPT_CHARS_MAX).collect();
        let length = snippet.chars().count();
        let highlights = highlights
            .into_iter()
            .map(|mut highlight| {
                if highlight.field == HighlightField::Snippet {
                    highlight.end = highlight.end.min(length);
                }
                highlight
            })
            .filter(|highlight| highlight.start < highlight.end)
            .collect();
        Self {
            snippet,
            highlights,
        }
    }
}

/// The story an item belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoryBody {
    /// Its id.
    pub id: String,
    /// How many items carry its text.
    pub size: u32,
}

impl StoryBody {
    /// The shape of a story of so many items.
    #[must_use]
    pub fn from_model(id: StoryId, size: u32) -> Self {
        Self {
            id: id.to_string(),
            size,
        }
    }
}

/// What is on record about whose voice a source is; never a verdict about one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AffiliationBody {
    /// `official`, `state-controlled`, `state-linked`, `state-aligned`, `independent`, `unknown`.
    pub grade: String,
    /// What the grade rests on.
    pub basis: Option<String>,
    /// Where that can be read.
    pub reference: Option<String>,
    /// The day on which it was looked up.
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
}

impl AffiliationBody {
    /// The shape of an affiliation.
    #[must_use]
    pub fn from_model(affiliation: &Affiliation) -> Self {
        Self {
            grade: affiliation.grade.as_str().to_owned(),
            basis: affiliation.basis.clone(),
            reference: affiliation.reference.clone(),
            as_of: affiliation.as_of,
        }
    }
}

/// What an item's shape needs beside the item.
#[derive(Debug)]
pub struct ItemContext<'a> {
    /// Who is who.
    pub directory: &'a Directory,
    /// The language found by analysis; `und` where unsure, `None` where not analysed.
    pub lang: Option<&'a str>,
    /// Its story, where it has text to compare.
    pub story: Option<StoryBody>,
    /// What is shown of its text.
    pub excerpt: Excerpt,
    /// Whether title or text have characters that cannot be seen and are no spelling.
    pub has_hidden: bool,
    /// What its platform says of it beside its words.
    pub post: Option<PostBody>,
    /// When its sources did not show it any more, the first one first.
    pub absences: Vec<Absence>,
}

/// A time in which a source did not show an item that it had shown, between neighbours that it still
/// showed, on two looks. Who took it away, and why, is not known by this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AbsenceBody {
    /// The source.
    pub source: String,
    /// When it was last seen to show the item.
    #[schema(value_type = String, format = DateTime)]
    pub last_shown: Timestamp,
    /// When it was first seen not to show it: it went between the two.
    #[schema(value_type = String, format = DateTime)]
    pub first_missing: Timestamp,
    /// When it was missed a second time, an interval of the source or more later.
    #[schema(value_type = String, format = DateTime)]
    pub confirmed: Timestamp,
    /// When the source was first seen to show it again; `null` while it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub back: Option<Timestamp>,
    /// The captures of these looks, in their order.
    pub captures: Vec<String>,
}

impl AbsenceBody {
    /// The shape of an absence.
    #[must_use]
    pub fn from_model(absence: &Absence) -> Self {
        Self {
            source: absence.source.to_string(),
            last_shown: absence.last_shown.at,
            first_missing: absence.first_missing.at,
            confirmed: absence.confirmed.at,
            back: absence.back.map(|look| look.at),
            captures: (absence.looks())
                .map(|look| look.capture.to_string())
                .collect(),
        }
    }
}

/// An item as found (DESIGN 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemBody {
    /// Its id.
    pub id: String,
    /// The feed's own id, or the `id` of an imported line.
    pub guid: Option<String>,
    /// The one of the two clocks that is used.
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
    /// Why that one: `published`, `assumed`, `day`, `future`, `backdated`, `implausible`, `missing`,
    /// `no-zone`, `unreadable`.
    pub time_reason: String,
    /// What its source claims, where readable.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published: Option<Timestamp>,
    /// When we first received it.
    #[schema(value_type = String, format = DateTime)]
    pub seen: Timestamp,
    /// When it was imported, where it was: `seen` is then per the archive, a file or what a site
    /// keeps of its past.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub imported_at: Option<Timestamp>,
    /// The first source that showed it.
    pub source: String,
    /// Who published it.
    pub publisher: String,
    /// Who owns the publisher.
    pub family: String,
    /// The groups of all sources that showed it.
    pub groups: Vec<String>,
    /// What is on record about the first source.
    pub affiliation: AffiliationBody,
    /// Its language.
    pub lang: Option<String>,
    /// Title as published.
    pub title: String,
    /// Whether title or text have characters that cannot be seen and are no spelling: a way to keep
    /// words from being found. Searches ignore them; the captures hold them.
    pub hidden_characters: bool,
    /// Its canonical address.
    pub url: Option<String>,
    /// At most 300 characters of its text.
    pub snippet: String,
    /// What matched, in `title` and `snippet`.
    pub highlights: Vec<HighlightBody>,
    /// The story it belongs to.
    pub story: Option<StoryBody>,
    /// How many more items of its story match, where one stands for them; `null` where each is listed.
    pub copies: Option<u32>,
    /// How many wordings we have of it.
    pub versions: u32,
    /// What its platform says of it beside its words, as last seen; `null` where it says nothing.
    pub post: Option<PostBody>,
    /// Since when its source shows it no more, although we keep it; `null` where it does, and where
    /// its kind of source does not tell. A thing of its own is what we were told to forget (410).
    pub gone_at_source: Option<AbsenceBody>,
}

impl ItemBody {
    /// The shape of an item.
    #[must_use]
    pub fn from_model(item: &Item, context: ItemContext<'_>) -> Self {
        let directory = context.directory;
        let first = item.sources.first();
        let groups: BTreeSet<&str> = item
            .sources
            .iter()
            .flat_map(|source| directory.groups_of(source))
            .map(|group| group.as_str())
            .collect();
        let affiliation = first
            .and_then(|source| directory.source(source))
            .map_or(&Affiliation::UNKNOWN, |source| &source.affiliation);
        Self {
            id: item.id.to_string(),
            guid: item.guid.clone(),
            time: item.time,
            time_reason: item.time_reason.as_str().to_owned(),
            published: item.published,
            seen: item.seen,
            imported_at: item.imported_at,
            source: first.map(SourceId::to_string).unwrap_or_default(),
            publisher: item.publisher.to_string(),
            family: first
                .map(|id| directory.family(id).to_string())
                .unwrap_or_default(),
            groups: groups.into_iter().map(str::to_owned).collect(),
            affiliation: AffiliationBody::from_model(affiliation),
            lang: context.lang.map(str::to_owned),
            title: item.title.clone(),
            hidden_characters: context.has_hidden,
            url: item.url.clone(),
            snippet: context.excerpt.snippet,
            highlights: context.excerpt.highlights,
            story: context.story,
            copies: None,
            versions: item.versions,
            post: context.post,
            gone_at_source: (context.absences.iter().rev())
                .find(|absence| absence.back.is_none())
                .map(AbsenceBody::from_model),
        }
    }
}

/// One wording of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionBody {
    /// Counted from 1.
    pub number: u32,
    /// When this wording was received.
    #[schema(value_type = String, format = DateTime)]
    pub seen: Timestamp,
    /// What the source claimed with it, where readable.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published: Option<Timestamp>,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// The capture that holds it.
    pub capture: String,
}

impl VersionBody {
    /// The shape of a wording.
    #[must_use]
    pub fn from_model(wording: &Wording) -> Self {
        let version = &wording.version;
        Self {
            number: version.number,
            seen: version.seen,
            published: version.published,
            title: wording.title.clone(),
            text: wording.text.clone(),
            capture: version.capture.to_string(),
        }
    }
}

/// A response as received that holds wordings of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaptureBody {
    /// Its id.
    pub id: String,
    /// The numbers of the wordings it holds.
    pub versions: Vec<u32>,
}

/// A query of a documented narrative that an item matches. A match shows that words were used, not
/// that the claim is made: reports about it and corrections of it match too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NarrativeMatchBody {
    /// The narrative.
    pub narrative: String,
    /// Its title.
    pub title: String,
    /// The language the words of the query are of, BCP 47.
    pub lang: String,
    /// The query that matches, in canonical form.
    pub query: String,
}

/// One item in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemDetailBody {
    /// The item as a search shows it.
    pub item: ItemBody,
    /// Its text in full, in the present wording.
    pub text: String,
    /// All sources that showed it, in the order in which they did.
    pub sources: Vec<String>,
    /// The platform an imported line named.
    pub platform: Option<String>,
    /// The language its source claims, as written there.
    pub lang_declared: Option<String>,
    /// The time its source claims, as written there.
    pub published_raw: Option<String>,
    /// Its newest wordings, at most 20, oldest first; `versions` of the item tells how many there are,
    /// and `/items/{id}/versions` gives all of them.
    pub versions: Vec<VersionBody>,
    /// The captures that hold them, oldest first.
    pub captures: Vec<CaptureBody>,
    /// When its sources did not show it any more, the first one first; the last one may go on.
    pub absences: Vec<AbsenceBody>,
    /// The queries of documented narratives that its present wording matches, as they are now.
    pub matches: Vec<NarrativeMatchBody>,
}

impl ItemDetailBody {
    /// The shape of an item with what is known of its wordings, oldest first, and the newest of them,
    /// newest first.
    #[must_use]
    pub fn from_model(
        item: &Item,
        versions: &[ItemVersion],
        wordings: &[Wording],
        matches: Vec<NarrativeMatchBody>,
        context: ItemContext<'_>,
    ) -> Self {
        let mut captures: Vec<CaptureBody> = Vec::new();
        for version in versions {
            let id = version.capture.to_string();
            match captures.iter_mut().find(|capture| capture.id == id) {
                Some(capture) => capture.versions.push(version.number),
                None => captures.push(CaptureBody {
                    id,
                    versions: vec![version.number],
                }),
            }
        }
        Self {
            absences: (context.absences.iter())
                .map(AbsenceBody::from_model)
                .collect(),
            item: ItemBody::from_model(item, context),
            text: item.text.clone(),
            sources: item.sources.iter().map(SourceId::to_string).collect(),
            platform: item.platform.clone(),
            lang_declared: item.lang_declared.clone(),
            published_raw: item.published_raw.clone(),
            versions: wordings.iter().rev().map(VersionBody::from_model).collect(),
            captures,
            matches,
        }
    }
}
