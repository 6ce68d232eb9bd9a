//! What is handed to the log, and what comes back.

use std::time::Duration;

use bellwether_model::{
    Affiliation, CaptureId, FamilyId, GroupId, ItemId, Outcome, PostFacts, PublisherId, Reach, Seq,
    Source, SourceId, SourceKind, TimeReason, Timestamp,
};

use super::reader::ImportSpan;
use crate::warc::CaptureKind;

/// A response or document to be kept.
#[derive(Debug, Clone)]
pub struct NewCapture {
    /// Where it came from, without credentials.
    pub uri: String,
    /// When the fetch began.
    pub at: Timestamp,
    /// What it is.
    pub kind: CaptureKind,
    /// The body as received, transfer and content coding removed.
    pub body: Vec<u8>,
}

/// An item as one source showed it.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// The source that showed it.
    pub source: SourceId,
    /// Who published it.
    pub publisher: PublisherId,
    /// What tells it from the publisher's other items, most trusted first; the first one known
    /// decides which item it is, and all of them lead to it from then on.
    pub identities: Vec<String>,
    /// The feed's own id.
    pub guid: Option<String>,
    /// Canonical address.
    pub url: Option<String>,
    /// Platform, where an imported line names one.
    pub platform: Option<String>,
    /// The language its source claims.
    pub lang_declared: Option<String>,
    /// Title without markup.
    pub title: String,
    /// Text without markup.
    pub text: String,
    /// When it was received.
    pub seen: Timestamp,
    /// What its source claims, where readable.
    pub published: Option<Timestamp>,
    /// What its source claims, as written.
    pub published_raw: Option<String>,
    /// The time that is used.
    pub time: Timestamp,
    /// Why that one.
    pub time_reason: TimeReason,
    /// Line and byte in an imported document.
    pub locator: Option<String>,
    /// What its platform says of it beside its words.
    pub facts: PostFacts,
}

/// An item that a source's list does not show, although it shows what stood before and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAbsence {
    /// Whose list.
    pub source: SourceId,
    /// Who published it.
    pub publisher: PublisherId,
    /// One of its identities.
    pub identity: String,
    /// Whether a look before this one missed it too.
    pub is_confirmed: bool,
}

/// A publisher known from an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedSource {
    /// Its id: begins with `import:`, or is that of the configured source whose history was read.
    pub id: SourceId,
    /// Who speaks.
    pub publisher: PublisherId,
    /// Who owns the speaker, as the lines say.
    pub family: FamilyId,
    /// The groups, as the lines say.
    pub groups: Vec<GroupId>,
    /// The platform, where the lines say.
    pub platform: Option<String>,
    /// Time of its earliest item.
    pub first: Timestamp,
    /// Time of its latest item.
    pub last: Timestamp,
}

impl ImportedSource {
    /// The stretch from its earliest item to its latest.
    #[must_use]
    pub fn span(&self) -> ImportSpan {
        ImportSpan {
            source: self.id.clone(),
            first: self.first,
            last: self.last,
        }
    }

    /// The publisher as a source, with no more facts than its lines gave: whoever configures the
    /// publisher says the rest.
    #[must_use]
    pub fn to_source(&self) -> Source {
        Source {
            id: self.id.clone(),
            name: self.publisher.to_string(),
            kind: SourceKind::Import,
            reading: bellwether_model::Reading::default(),
            url: None,
            reach: Reach::default(),
            publisher: self.publisher.clone(),
            family: self.family.clone(),
            groups: self.groups.clone(),
            country: None,
            languages: Vec::new(),
            every: Duration::ZERO,
            enabled: false,
            affiliation: Affiliation::UNKNOWN,
            note: None,
        }
    }
}

/// What is appended together: it becomes visible whole or not at all.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The time at which it was received; the log's time never falls, so an earlier one is raised.
    pub at: Timestamp,
    /// The response or document behind it.
    pub capture: Option<NewCapture>,
    /// The capture behind the items where it was appended before (a large import).
    pub capture_before: Option<CaptureId>,
    /// The items it held.
    pub items: Vec<NewItem>,
    /// The item whose page this is: what it holds is a wording of that item, and no sighting, since
    /// the source goes on showing what it showed.
    pub page_of: Option<ItemId>,
    /// The items that its list does not show any more.
    pub absences: Vec<NewAbsence>,
    /// The publishers that an import brought. Its items are marked as imported.
    pub imported: Vec<ImportedSource>,
    /// The stretches of the past that the import counts as collected.
    pub covered: Vec<ImportSpan>,
    /// What came of the attempt. The counts of its items here are added to those that earlier batches
    /// of the same attempt had.
    pub outcome: Option<Outcome>,
    /// What the poller must remember of the source, as it likes.
    pub poll_state: Option<(SourceId, String)>,
    /// The configuration that came into force: digest and text without secrets.
    pub configuration: Option<(String, String)>,
    /// Says that all that was received up to `at` is in the log.
    pub heartbeat: bool,
}

impl Batch {
    /// Nothing yet, received at `at`.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self {
            at,
            capture: None,
            capture_before: None,
            items: Vec::new(),
            page_of: None,
            absences: Vec::new(),
            imported: Vec::new(),
            covered: Vec::new(),
            outcome: None,
            poll_state: None,
            configuration: None,
            heartbeat: false,
        }
    }
}

/// What became of one item of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemChange {
    /// Never seen before.
    New(ItemId),
    /// Its wording changed.
    Updated(ItemId),
    /// As it was.
    Unchanged(ItemId),
    /// It is no longer kept, and does not come back.
    Gone(ItemId),
}

/// Proof that a batch is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The head of the log after it.
    pub seq: Seq,
    /// The capture, where there was one.
    pub capture: Option<CaptureId>,
    /// What became of each item, in the order given.
    pub changes: Vec<ItemChange>,
}

impl Receipt {
    /// How many items were new, updated, unchanged.
    #[must_use]
    pub fn counts(&self) -> (u32, u32, u32) {
        let count = |wanted: fn(&ItemChange) -> bool| {
            u32::try_from(self.changes.iter().filter(|c| wanted(c)).count()).unwrap_or(u32::MAX)
        };
        (
            count(|change| matches!(change, ItemChange::New(_))),
            count(|change| matches!(change, ItemChange::Updated(_))),
            count(|change| matches!(change, ItemChange::Unchanged(_))),
        )
    }
}
