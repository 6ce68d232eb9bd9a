//! What programs and people see: the JSON shapes shared by `--json`, HTTP, page and webhooks,
//! problem documents, and the wording of messages.
//!
//! One conversion lies between the model and each shape (`from_model`), so that a rename inside
//! breaks no client. Fields may be added, none removed or renamed (DESIGN 6 and 7). Ids are
//! strings, whatever they are inside: a number over 2^53 does not survive a browser. Times are
//! RFC 3339. What was not collected is `null`, never zero.
//!
//! Never reads a clock, stores, sends or searches. Text that came from outside goes through
//! [`display`] before it stands in a message.

mod alert;
mod audit;
mod backtest;
mod burst;
mod calendar;
mod case;
mod catalogue;
mod changes;
mod columns;
mod coverage;
mod coverage_hours;
mod coverage_report;
pub mod csv;
pub mod display;
mod echo;
mod election;
mod explain;
mod explain_term;
mod facets;
mod group;
mod guard;
mod item;
mod lines;
mod narrative;
mod permalink;
mod post;
mod problem;
mod pulse;
mod query;
mod receiver_fault;
mod rule;
mod search;
mod silence;
mod source;
mod story;
mod summary;
mod terms;
pub mod wording;

pub use alert::{AcknowledgeBody, AlertBody, AlertChangeBody, DeliveryBody, HoldBody};
pub use audit::AuditEntryBody;
pub use backtest::{BacktestBody, RulePhaseBody, RuleVersionBody, WouldBeBody};
pub use burst::{
    BurstBody, BurstLinks, CountsBody, DetectorBody, ExpectedBody, FirstSeenBody, GateBody,
    JudgementBody, ShareBody, SpanBody, StoryShareBody, burst_path, page_link,
};
pub use calendar::{CalendarBody, CalendarPhaseBody};
pub use case::{CaseBody, CaseEntryBody, CaseSummaryBody, NewCaseBody, NewEntryBody, entry_link};
pub use changes::{ChangeKind, ChangedVersionBody, ChangesBody, PieceBody};
pub use columns::{ColumnTitleBody, ColumnTitlesBody};
pub use coverage::{BinCoverageBody, CoverageBody, MissingBody};
pub use coverage_hours::{
    CoverageCellBody, CoverageHoursBody, CoverageLineBody, CoverageRowBody, ItemRangeBody,
};
pub use coverage_report::{
    CoverageReportBody, GapBody, OutageBody, SOURCES_PATH, SourceChangeBody, StateCountBody,
    source_path,
};
pub use echo::{EchoBody, EchoLedgerBody};
pub use election::{ElectionBody, WithheldBody, election_in_words};
pub use explain::{
    BaselineBody, BaselineWindowBody, ExplainBody, ExplainLinks, OpenBurstBody, TestBody,
    WindowBinBody, explain_path, why_in_words,
};
pub use explain_term::{
    ExplainTermBody, ExplanationBody, TermBinBody, TermClosestBody, TermPartBody, TermPastBody,
    TermRiseBody, TermUsualBody, TermWindowBody, explain_term_path,
};
pub use facets::{FacetBody, FacetCountsBody, FacetOthersBody, FacetValueBody, FacetsBody};
pub use group::GroupBody;
pub use guard::{Guard, WITHHELD};
pub use item::{
    AbsenceBody, AffiliationBody, CaptureBody, EXCERPT_CHARS_MAX, Excerpt, HighlightBody,
    HighlightField, ItemBody, ItemContext, ItemDetailBody, NarrativeMatchBody, StoryBody,
    VersionBody,
};
pub use lines::{FacetLineBody, Line, timeline_columns, timeline_rows};
pub use narrative::{NamedActorBody, NarrativeBody, NarrativeQueryBody, ReferenceBody};
pub use permalink::permalink;
pub use post::{CountBody, OriginBody, PostBody};
pub use problem::{CheckBody, PROBLEM_MEDIA_TYPE, Problem, ReadyBody};
pub use pulse::PulseBody;
pub use query::{NewQueryBody, SavedQueryBody};
pub use receiver_fault::ReceiverFaultBody;
pub use rule::{PrecisionBody, RECENT_DAYS, RuleBody};
pub use search::{BinBody, BinCounts, ListBody, SearchBody, TimelineBody, WindowBody};
pub use silence::{EndSilenceBody, NewSilenceBody, SilenceBody};
pub use source::{OutcomeBody, SourceBody};
pub use story::{
    AgainstBody, ClockBody, ClockKind, CompareBody, ComparedBody, FactCheckBody, FirstBody,
    LineageBody, MemberBody, PossibleBody, RelationBody, RewordingBody, StretchBody,
    calibration_in_words,
};
pub use summary::{SeverityCount, SummaryBody, SummaryEntryBody};
pub use terms::{TermBody, TermsBody};
