//! What one poll brought, as one batch for the log: capture, items, outcome, and what is remembered.
//!
//! Pure: the same answer at the same time gives the same batch. A document that is refused is kept
//! all the same (raw first), but changes nothing that is remembered of the last good one.

use bellwether_archive::{Batch, CaptureKind, NewCapture, NewItem};
use bellwether_model::{
    Outcome, OutcomeKind, PublisherId, Source, SourceId, Timestamp, believe, earliest_belief,
};
use bellwether_outbound::Response;

use crate::answer::{self, Answer, Failure};
use crate::identity;
use crate::parse::{self, Entry, ParsedFeed};
use crate::schedule::Ending;
use crate::state::PollState;

/// A poll of one source: when the request went out, and when the answer was complete.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) began: Timestamp,
    pub(crate) seen: Timestamp,
}

/// The batch, and the state that stands once it is in the log.
pub(crate) fn batch(
    source: &Source,
    mut state: PollState,
    answer: Answer,
    times: Times,
) -> (Batch, PollState) {
    let mut batch = Batch::new(times.seen);
    let (outcome, ending) = match answer {
        Answer::Document(response) => document(source, &mut state, &mut batch, response, times),
        Answer::NotModified(response) => {
            state.complete_at = Some(times.began);
            (
                outcome(source, times.seen, OutcomeKind::NotModified, Some(304)),
                answer::collected(&response),
            )
        }
        Answer::Failure(failure) => {
            let ending = Ending::Failed {
                retry_after: failure.retry_after,
            };
            (failed(source, times.seen, failure), ending)
        }
    };
    state.stand(
        state
            .standing()
            .after(&source.id, source.every, times.seen, ending),
    );
    batch.outcome = Some(outcome);
    // A state of digests and times always serialises; without one, the next poll has no conditions.
    batch.poll_state = serde_json::to_string(&state)
        .ok()
        .map(|state| (source.id.clone(), state));
    (batch, state)
}

/// What stands where reading the answer ended without a result.
pub(crate) fn unread(source: &Source, state: PollState, times: Times) -> (Batch, PollState) {
    let failure = Failure {
        kind: OutcomeKind::NotAFeed,
        status: None,
        error:
            "reading the answer failed; this is a fault of this program, please report the source"
                .to_owned(),
        retry_after: None,
        body_bytes: 0,
    };
    batch(source, state, Answer::Failure(failure), times)
}

fn document(
    source: &Source,
    state: &mut PollState,
    batch: &mut Batch,
    response: Response,
    times: Times,
) -> (Outcome, Ending) {
    let content_type = response.header("content-type");
    let parsed = parse::feed(&response.body, content_type, &response.url);
    let mut outcome = outcome(
        source,
        times.seen,
        OutcomeKind::Fetched,
        Some(response.status),
    );
    outcome.body_bytes = response.body.len() as u64;
    let ending = match parsed {
        Ok(feed) => {
            read(source, state, batch, &mut outcome, &feed, &response, times);
            answer::collected(&response)
        }
        Err(not_a_feed) => {
            outcome.kind = OutcomeKind::NotAFeed;
            outcome.error = Some(not_a_feed.to_string());
            Ending::Failed { retry_after: None }
        }
    };
    batch.capture = Some(NewCapture {
        uri: response.url,
        at: times.began,
        kind: CaptureKind::Response {
            status: response.status,
            headers: response.headers,
        },
        body: response.body,
    });
    (outcome, ending)
}

fn read(
    source: &Source,
    state: &mut PollState,
    batch: &mut Batch,
    outcome: &mut Outcome,
    feed: &ParsedFeed,
    response: &Response,
    times: Times,
) {
    let trust_guids = state.guids.behave(&feed.entries);
    let (identities, is_ambiguous) = identity::identities(&feed.entries, &source.id, trust_guids);
    let earliest = earliest_belief(state.complete_before(times.began), source.every);
    let origin = Origin {
        source: &source.id,
        publisher: &source.publisher,
        seen: times.seen,
        earliest,
    };
    batch.items = feed
        .entries
        .iter()
        .zip(identities)
        .filter(|(entry, _)| !entry.is_empty())
        .map(|(entry, identities)| item(entry, identities, &origin))
        .collect();
    let notes = [
        feed.repaired.as_deref(),
        is_ambiguous
            .then_some("guids are not unique: those entries are told apart by their addresses"),
        (!trust_guids).then_some("guids are reused: entries are told apart by their addresses"),
    ];
    let notes: Vec<&str> = notes.into_iter().flatten().collect();
    outcome.repaired = (!notes.is_empty()).then(|| notes.join("; "));
    // Only a whole document says that what it does not hold is not there.
    if feed.is_whole {
        state.complete_at = Some(times.began);
        let newest = feed
            .entries
            .iter()
            .filter_map(|entry| entry.published)
            .max();
        let url = source.url.as_deref().unwrap_or_default();
        state.accept(
            url,
            response.header("etag"),
            response.header("last-modified"),
            newest,
            times.seen,
        );
    }
}

/// Where and when an entry was seen.
pub(crate) struct Origin<'a> {
    pub(crate) source: &'a SourceId,
    pub(crate) publisher: &'a PublisherId,
    pub(crate) seen: Timestamp,
    /// The earliest time that is believed.
    pub(crate) earliest: Option<Timestamp>,
}

pub(crate) fn item(entry: &Entry, identities: Vec<String>, origin: &Origin<'_>) -> NewItem {
    let (time, time_reason) = believe(
        entry.published,
        entry.published_raw.is_some(),
        origin.seen,
        origin.earliest,
    );
    NewItem {
        source: origin.source.clone(),
        publisher: origin.publisher.clone(),
        identities,
        guid: entry.guid.clone(),
        url: entry.url.clone(),
        platform: None,
        lang_declared: entry.lang.clone(),
        title: entry.title.clone(),
        text: entry.text.clone(),
        seen: origin.seen,
        published: entry.published,
        published_raw: entry.published_raw.clone(),
        time,
        time_reason,
        locator: None,
    }
}

fn outcome(source: &Source, at: Timestamp, kind: OutcomeKind, status: Option<u16>) -> Outcome {
    Outcome {
        source: source.id.clone(),
        at,
        kind,
        status,
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: None,
        body_bytes: 0,
    }
}

fn failed(source: &Source, at: Timestamp, failure: Failure) -> Outcome {
    Outcome {
        error: Some(failure.error),
        body_bytes: failure.body_bytes,
        ..outcome(source, at, failure.kind, failure.status)
    }
}
