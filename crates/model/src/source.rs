//! Sources, their groups, and what is on record about whose they are.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{FamilyId, GroupId, PublisherId, SourceId};

/// How a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap, of news or of pages, or an index of sitemaps.
    Sitemap,
    /// A page that lists articles.
    Page,
    /// The public preview of a Telegram channel.
    Telegram,
    /// Statuses of a Mastodon account or timeline.
    Mastodon,
    /// The feed of a Bluesky account.
    Bluesky,
    /// The feed of a YouTube channel.
    Youtube,
    /// A board of PTT.
    Ptt,
    /// Files that are put into a folder, imported as they come.
    Files,
    /// Lines or documents brought by `import`; never polled.
    Import,
}

impl SourceKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Feed,
        Self::Sitemap,
        Self::Page,
        Self::Telegram,
        Self::Mastodon,
        Self::Bluesky,
        Self::Youtube,
        Self::Ptt,
        Self::Files,
        Self::Import,
    ];

    /// Whether sources of this kind are asked for what is new over the network; what the others have
    /// is brought, and nobody knows what is not.
    #[must_use]
    pub const fn is_polled(self) -> bool {
        !matches!(self, Self::Files | Self::Import)
    }

    /// The word used in configuration and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Page => "page",
            Self::Telegram => "telegram",
            Self::Mastodon => "mastodon",
            Self::Bluesky => "bluesky",
            Self::Youtube => "youtube",
            Self::Ptt => "ptt",
            Self::Files => "files",
            Self::Import => "import",
        }
    }
}

/// What files hold that are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// Lines of JSON, as DESIGN 6 says.
    Ndjson,
    /// A document of RSS, Atom or JSON Feed.
    Feed,
    /// Pages of a web archive.
    Warc,
    /// An export of Telegram Desktop in JSON.
    Telegram,
    /// What Zeeschuimer captured, in lines of JSON.
    Zeeschuimer,
}

impl FileFormat {
    /// All formats.
    pub const ALL: [Self; 5] = [
        Self::Ndjson,
        Self::Feed,
        Self::Warc,
        Self::Telegram,
        Self::Zeeschuimer,
    ];

    /// The word used in configuration and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Feed => "feed",
            Self::Warc => "warc",
            Self::Telegram => "telegram",
            Self::Zeeschuimer => "zeeschuimer",
        }
    }
}

/// A folder whose files are imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where it is; a relative path starts at the folder of the configuration.
    pub path: PathBuf,
    /// What its files hold.
    pub format: FileFormat,
    /// Who published what they hold, where files do not say it, or not as it is known here.
    pub publisher: Option<PublisherId>,
}

/// Where the articles stand in a page that lists them, as CSS selectors. All but `item` are looked up
/// within an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selectors {
    /// One article of the list.
    pub item: String,
    /// The link to it; the first one by default.
    pub link: Option<String>,
    /// Its headline; the text of the link by default.
    pub title: Option<String>,
    /// Its date: the attribute `datetime` or `content`, else the text; a `time` element by default.
    pub date: Option<String>,
    /// Its summary; none by default.
    pub text: Option<String>,
}

/// How the documents of a source are read, beside its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whether the page of each article is fetched for its text.
    pub article: bool,
    /// Where the articles stand in a page; `None` to guess.
    pub list: Option<Selectors>,
    /// The folder of a source of kind `files`.
    pub folder: Option<Folder>,
}

/// A graded claim about whose voice a source is; never a verdict about one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// A government's or party's own channel.
    Official,
    /// Owned or edited by a state.
    StateControlled,
    /// Tied to a state by money or staff, without control established.
    StateLinked,
    /// Carries a state's line, without a tie established.
    StateAligned,
    /// Independent on the record.
    Independent,
    /// Nothing on record.
    Unknown,
}

impl Grade {
    /// All grades, strongest claim first.
    pub const ALL: [Self; 6] = [
        Self::Official,
        Self::StateControlled,
        Self::StateLinked,
        Self::StateAligned,
        Self::Independent,
        Self::Unknown,
    ];

    /// The word used in configuration, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::StateControlled => "state-controlled",
            Self::StateLinked => "state-linked",
            Self::StateAligned => "state-aligned",
            Self::Independent => "independent",
            Self::Unknown => "unknown",
        }
    }
}

/// What is on record about whose voice a source is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affiliation {
    /// The grade.
    pub grade: Grade,
    /// What the grade rests on, in a sentence.
    pub basis: Option<String>,
    /// Where that can be read.
    pub reference: Option<String>,
    /// The day on which it was looked up.
    pub as_of: Option<Date>,
}

impl Affiliation {
    /// Nothing on record.
    pub const UNKNOWN: Self = Self {
        grade: Grade::Unknown,
        basis: None,
        reference: None,
        as_of: None,
    };
}

/// What the members of a group have in common, for counting and for drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// State media.
    State,
    /// Outlets that carry a state's texts without its name.
    Proxy,
    /// The media of the country that votes.
    Domestic,
    /// Social accounts.
    Social,
    /// News agencies.
    Wire,
    /// Fact-checkers.
    Factcheck,
    /// Election authorities and other offices.
    Authority,
    /// None of these.
    Other,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 8] = [
        Self::State,
        Self::Proxy,
        Self::Domestic,
        Self::Social,
        Self::Wire,
        Self::Factcheck,
        Self::Authority,
        Self::Other,
    ];

    /// The word used in configuration and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Proxy => "proxy",
            Self::Domestic => "domestic",
            Self::Social => "social",
            Self::Wire => "wire",
            Self::Factcheck => "factcheck",
            Self::Authority => "authority",
            Self::Other => "other",
        }
    }
}

/// A named set of sources with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id, used in queries.
    pub id: GroupId,
    /// Its name for people.
    pub name: String,
    /// Its role.
    pub role: Role,
}

/// What a server is told of who asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Contact {
    /// The name of this program, and whom to write to where configuration says.
    #[default]
    Honest,
    /// That a program reads feeds, and not whose.
    Minimal,
}

impl Contact {
    /// All choices.
    pub const ALL: [Self; 2] = [Self::Honest, Self::Minimal];

    /// The word used in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::Minimal => "minimal",
        }
    }
}

/// How a source is reached, beside its address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Addresses that show the same, asked in order where the first one fails.
    pub fallbacks: Vec<String>,
    /// What its server is told of us.
    pub contact: Contact,
}

/// One thing that is polled, with the facts that configuration states about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The outlet's own name, in its own script.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// How its documents are read.
    pub reading: Reading,
    /// Where it is read; `None` for imports.
    pub url: Option<String>,
    /// How it is reached, beside that.
    pub reach: Reach,
    /// Who speaks.
    pub publisher: PublisherId,
    /// Who owns the speaker.
    pub family: FamilyId,
    /// The sets it belongs to.
    pub groups: Vec<GroupId>,
    /// ISO 3166 code of the country it speaks from, where known.
    pub country: Option<String>,
    /// BCP 47 tags of the languages it publishes in, where known.
    pub languages: Vec<String>,
    /// How often it is polled.
    pub every: Duration,
    /// Whether it is polled at all.
    pub enabled: bool,
    /// What is on record about whose voice it is.
    pub affiliation: Affiliation,
    /// A note for the operator, such as why it is off.
    pub note: Option<String>,
}
