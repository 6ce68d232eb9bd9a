//! Actors: who and what is spoken of, with every name by which it appears in text.
//!
//! A name in a text says that it stands there, and nothing about anybody's conduct.

use crate::ActorId;

/// What kind of thing an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// One human being.
    Person,
    /// A political party.
    Party,
    /// Any other body, of a state or not: a ministry, a court, a company, a broadcaster.
    Institution,
    /// A country, region, city or sea.
    Place,
    /// An undertaking with a name: a law, a weapon, an exercise, a network of accounts.
    Programme,
    /// A catchword of politics.
    TermOfArt,
}

impl ActorKind {
    /// All kinds, persons first.
    pub const ALL: [Self; 6] = [
        Self::Person,
        Self::Party,
        Self::Institution,
        Self::Place,
        Self::Programme,
        Self::TermOfArt,
    ];

    /// The word used in configuration, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Party => "party",
            Self::Institution => "institution",
            Self::Place => "place",
            Self::Programme => "programme",
            Self::TermOfArt => "term-of-art",
        }
    }
}

/// One name of an actor in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name as it is displayed: not folded, without outer blanks, with at least one letter.
    pub text: String,
    /// The language it is used in, BCP 47, such as `zh-Hant`.
    pub lang: String,
    /// Whether others share the name or it is a common word. Such a name counts only in a text that
    /// also has a name of an actor of the same country that is not ambiguous.
    pub is_ambiguous: bool,
}

/// A person, party, body, place or undertaking with its names in every script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Its id.
    pub id: ActorId,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166 code of the country it belongs to; `None` for what belongs to no single one.
    pub country: Option<String>,
    /// Who or what it is, in a few words.
    pub note: Option<String>,
    /// Its Wikidata id, such as `Q233984`, where it is certain.
    pub qid: Option<String>,
    /// Its names, the fullest of each language first; at least one. A name that several languages
    /// write alike stands once for each.
    pub aliases: Vec<Alias>,
}

impl Actor {
    /// The name shown for it in a language, else in English, else the first there is; its id where
    /// it has none.
    #[must_use]
    pub fn name(&self, lang: &str) -> &str {
        let of = |lang: &str| self.aliases.iter().find(|alias| alias.lang == lang);
        of(lang)
            .or_else(|| of("en"))
            .or_else(|| self.aliases.first())
            .map_or(self.id.as_str(), |alias| &alias.text)
    }
}
