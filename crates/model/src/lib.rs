//! The words of Bellwether as types: sources, items, stories, bursts, alerts, times and ids.
//!
//! Everything else speaks these words; this crate depends on nothing of ours. It holds values and
//! the few decisions that belong to a word itself (which of two clocks is believed, how voices are
//! counted by family). It may not read a clock, a disk or a network, and it knows no wire format:
//! `Serialize` here serves our own stores only; what users see is shaped by `bellwether-api`.

mod actor;
mod alert;
mod burst;
mod coverage;
mod coverage_hour;
mod coverage_report;
mod detector;
mod directory;
mod election;
mod id;
mod item;
mod label;
mod language;
mod narrative;
mod pacing;
mod post;
mod receiver;
mod reply;
mod route;
mod rule;
mod severity;
mod source;
mod source_state;
mod summary;
mod time;

pub use actor::{Actor, ActorKind, Alias};
pub use alert::{
    Alert, AlertChange, AlertState, Cause, Delivery, DeliveryKind, DeliveryState, Hold, HoldReason,
    Precision, ReceiverFault, Sent, Subject, Told, Verdict, Verdicts,
};
pub use burst::{
    Burst, BurstState, Counts, Expected, FirstSeen, GateResult, Judgement, Share, StoryShare,
};
pub use coverage::{Coverage, Missing, MissingReason, Zero};
pub use coverage_hour::{
    CoverageHour, ExpectedItems, Exposure, HourMark, HourMarks, HourState, interval_max,
};
pub use coverage_report::{CoverageReport, Gap, Outage, SourceChange};
pub use detector::{Detector, FoundTerm, PostedObject, Rise, Whose};
pub use directory::{Directory, UNLISTED_FAMILY_PREFIX};
pub use election::{Election, ElectionClock, InForce, Phase, Withheld};
pub use id::{
    ActorId, AlertId, BurstId, CaptureId, DeliveryKey, ElectionId, FamilyId, GroupId, InvalidId,
    ItemId, NarrativeId, PublisherId, ReceiverId, RuleId, Seq, SourceId, StoryId, is_slug,
};
pub use item::{Absence, CaptureAt, Item, ItemVersion, Outcome, OutcomeKind, Wording};
pub use label::{Label, Labels, Matcher, MatcherError};
pub use language::MessageLanguage;
pub use narrative::{Narrative, NarrativeQuery, Reference};
pub use pacing::{Limit, Pacing, Quiet};
pub use post::{Count, Origin, PostFacts};
pub use receiver::{MailTls, Receiver, ReceiverKind, Secret, Target, Template};
pub use reply::Reply;
pub use route::{Grouping, Route, Silence, SilenceId};
pub use rule::{Applied, Gate, Rule, RulePhase, TermRule, Thresholds};
pub use severity::Severity;
pub use source::{
    Affiliation, Contact, FileFormat, Folder, Grade, Group, Reach, Reading, Role, Selectors,
    Source, SourceKind,
};
pub use source_state::{Failures, SourceCondition, SourceCourse, SourceState};
pub use summary::{Summary, SummaryEntry, SummaryReason};
pub use time::{
    BELIEF_SLACK, Clock, PUBLISHED_AHEAD_MAX, Span, TimeReason, Timestamp, believe,
    earliest_belief, parse_length,
};
