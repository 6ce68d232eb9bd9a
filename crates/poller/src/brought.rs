//! What one poll brought, as one batch for the log: capture, items, outcome, and what is remembered.
//!
//! Pure: the same answer at the same time gives the same batch. A document that is refused is kept
//! all the same (raw first), but changes nothing that is remembered of the last good one.

use bellwether_archive::{Batch, CaptureKind, NewAbsence, NewCapture, NewItem};
use bellwether_model::{
    Outcome, OutcomeKind, PublisherId, Source, SourceId, SourceKind, TimeReason, Timestamp,
    believe, earliest_belief,
};
use bellwether_outbound::{Response, host_of};
use jiff::SignedDuration;

use crate::adapters::{self, Document, Listing, NotRead, Post};
use crate::answer::{self, Answer, Failure};
use crate::date::{Basis, Claim, Place, Precision, Unread};
use crate::home::{self, Address, InVain};
use crate::identity;
use crate::missing::{Missing, Shown};
use crate::parse::Entry;
use crate::schedule::{Ending, RETRY_AFTER_MAX, Standing};
use crate::state::PollState;
use crate::validators::Accepted;

pub(crate) mod documents;

use documents::Earlier;

/// From the beginning of a day to its last second.
const DAY_LAST: SignedDuration = SignedDuration::from_secs(86_399);

/// A poll of one source: when the request went out, and when the answer was complete.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) began: Timestamp,
    pub(crate) seen: Timestamp,
}

/// The batch, the state that stands once it is in the log, and how the poll ended.
pub(crate) struct Brought {
    pub(crate) batch: Batch,
    pub(crate) state: PollState,
    pub(crate) ending: Ending,
}

impl Brought {
    /// What an index itself was, to be appended before the documents that it names are asked for.
    pub(crate) fn take_index(&mut self) -> Option<Batch> {
        let mut batch = Batch::new(self.batch.at);
        batch.capture = Some(self.batch.capture.take()?);
        batch.items = std::mem::take(&mut self.batch.items);
        Some(batch)
    }

    /// Puts into the batch what is remembered after a poll that ended so at a time.
    fn settle(&mut self, source: &Source, before: Standing, at: Timestamp) {
        self.state.stand(source, before, at, self.ending);
        // A state of digests and times always serialises; without one, the next poll has no conditions.
        self.batch.poll_state = serde_json::to_string(&self.state)
            .ok()
            .map(|state| (source.id.clone(), state));
    }
}

/// Who was asked, and who was asked in vain before.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) address: Address,
    pub(crate) in_vain: Vec<InVain>,
    pub(crate) times: Times,
}

/// The addresses of a source that failed in this poll. What they answered is kept, whoever answers
/// in the end: before the next one is asked in a batch of its own, and that of the last one with the
/// outcome.
#[derive(Default)]
pub(crate) struct Failed {
    first: Option<Brought>,
    received: Option<(NewCapture, Vec<NewItem>)>,
    in_vain: Vec<InVain>,
    items_new: u32,
    items_updated: u32,
}

impl Failed {
    /// Whether a server has just asked to be left alone, and this is the same.
    pub(crate) fn forbids(&self, address: &Address) -> bool {
        let host = host_of(&address.url);
        self.in_vain
            .iter()
            .any(|known| known.left_alone_until.is_some() && host_of(&known.address.url) == host)
    }

    pub(crate) fn and_then(&self, address: Address, times: Times) -> Asked {
        Asked {
            address,
            in_vain: self.in_vain.clone(),
            times,
        }
    }

    pub(crate) fn add(&mut self, address: Address, mut brought: Brought) {
        let batch = &mut brought.batch;
        let items = std::mem::take(&mut batch.items);
        self.received = batch.capture.take().map(|capture| (capture, items));
        let error = (batch.outcome.as_ref()).and_then(|outcome| outcome.error.clone());
        self.in_vain.push(InVain {
            address,
            reason: error.unwrap_or_default(),
            left_alone_until: left_alone_until(brought.ending, batch.at),
        });
        self.first.get_or_insert(brought);
    }

    /// What the last address answered, as a batch of its own: its outcome is that of the whole poll.
    pub(crate) fn take_received(&mut self, at: Timestamp) -> Option<Batch> {
        let (capture, items) = self.received.take()?;
        let mut batch = Batch::new(at);
        batch.capture = Some(capture);
        batch.items = items;
        Some(batch)
    }

    /// Takes note of what such a batch brought. What it left as it was is counted where it is seen
    /// again.
    pub(crate) fn count(&mut self, (new, updated, _): (u32, u32, u32)) {
        self.items_new += new;
        self.items_updated += updated;
    }

    /// Adds what was counted to the outcome of the poll.
    pub(crate) fn add_counts(&self, brought: &mut Brought) {
        if let Some(outcome) = &mut brought.batch.outcome {
            outcome.items_new += self.items_new;
            outcome.items_updated += self.items_updated;
        }
    }

    /// What is kept of a poll in which all failed: the outcome of the first, why the others did not
    /// help, and what the last one answered. The source stands as it did `before`, and fails.
    pub(crate) fn into_first(
        mut self,
        source: &Source,
        before: Standing,
        now: Timestamp,
    ) -> Option<Brought> {
        let mut brought = self.first.take()?;
        self.add_counts(&mut brought);
        if let Some((capture, items)) = self.received.take() {
            brought.batch.capture = Some(capture);
            brought.batch.items = items;
        }
        let home = &mut brought.state.home;
        let mut reasons = Vec::new();
        // One that was asked gives its own reason.
        let is_first = |failed: &InVain| Some(&failed.address.configured) == source.url.as_ref();
        if !self.in_vain.iter().any(is_first) {
            reasons.extend(home.first_left_alone(source, now));
        }
        reasons.extend(self.in_vain.iter().map(|failed| failed.reason.clone()));
        home.leave_alone(&self.in_vain, now);
        brought.batch.at = now;
        if let Some(outcome) = &mut brought.batch.outcome {
            outcome.at = now;
            if reasons.len() > 1 {
                let reasons = reasons.join("; then ");
                outcome.error = Some(format!("no address answers: {reasons}"));
            }
        }
        // As long as there is another to be asked, nobody waits for the one that wants to be left alone.
        brought.ending = Ending::Failed {
            retry_after: home.all_left_alone_for(source, now),
        };
        brought.settle(source, before, now);
        Some(brought)
    }
}

fn left_alone_until(ending: Ending, now: Timestamp) -> Option<Timestamp> {
    let Ending::Failed { retry_after } = ending else {
        return None;
    };
    let wait = retry_after?.min(RETRY_AFTER_MAX);
    Some(now.checked_add(wait).unwrap_or(Timestamp::MAX))
}

/// What an answer brought.
pub(crate) fn batch(
    source: &Source,
    mut state: PollState,
    asked: &Asked,
    answer: Answer,
) -> Brought {
    let times = asked.times;
    let mut batch = Batch::new(times.seen);
    let before = state.standing();
    let moved_to = match &answer {
        Answer::Document(response) | Answer::NotModified(response) => response.moved_to.clone(),
        Answer::Failure(_) => None,
    };
    let (mut outcome, ending) = match answer {
        Answer::Document(response) => document(source, &mut state, &mut batch, asked, response),
        Answer::NotModified(response) => {
            state.complete_at = Some(times.began);
            state.index_read_at = state.index_read_at.map(|_| times.began);
            let suspicion = state.validators.suspicion(&state.rhythm, times.seen);
            let outcome = Outcome {
                repaired: suspicion,
                ..outcome(source, times.seen, OutcomeKind::NotModified, Some(304))
            };
            (outcome, answer::collected(&response, times.seen))
        }
        Answer::Failure(failure) => {
            let ending = Ending::Failed {
                retry_after: failure.retry_after,
            };
            state.is_unpacked |= failure.may_be_packing;
            (failed(source, times.seen, failure), ending)
        }
    };
    if outcome.kind.is_collected() {
        let (address, in_vain) = (&asked.address, &asked.in_vain);
        let home = &mut state.home;
        home.answered(source, address, in_vain, moved_to.as_deref(), times.seen);
        let mut notes = home.notes(source, address, in_vain, times.seen);
        outcome.moved_to = home.moved_to(address);
        outcome.fallback = home::fallback(source, address);
        if state.is_unpacked {
            notes.push("asked for unpacked, since what it packs cannot be read".to_owned());
        }
        outcome.repaired = joined(outcome.repaired.into_iter().chain(notes));
    }
    batch.outcome = Some(outcome);
    let mut brought = Brought {
        batch,
        state,
        ending,
    };
    brought.settle(source, before, times.seen);
    brought
}

fn joined(notes: impl Iterator<Item = String>) -> Option<String> {
    let notes: Vec<String> = notes.collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// What stands where reading the answer ended without a result.
pub(crate) fn unread(source: &Source, state: PollState, asked: &Asked) -> Brought {
    let failure = Failure {
        kind: OutcomeKind::NotAFeed,
        status: None,
        error:
            "reading the answer failed; this is a fault of this program, please report the source"
                .to_owned(),
        retry_after: None,
        body_bytes: 0,
        may_be_packing: false,
    };
    batch(source, state, asked, Answer::Failure(failure))
}

/// What an answer shows of a source.
fn listing(source: &Source, response: &Response) -> Result<Listing, NotRead> {
    adapters::read(
        source.kind,
        &source.reading,
        &Document {
            body: &response.body,
            content_type: response.header("content-type"),
            link: response.header("link"),
            url: &response.url,
        },
        &Place::of_country(source.country.as_deref()),
    )
}

fn document(
    source: &Source,
    state: &mut PollState,
    batch: &mut Batch,
    asked: &Asked,
    response: Response,
) -> (Outcome, Ending) {
    let times = asked.times;
    let parsed = listing(source, &response);
    let mut outcome = outcome(
        source,
        times.seen,
        OutcomeKind::Fetched,
        Some(response.status),
    );
    outcome.body_bytes = response.body.len() as u64;
    let ending = match parsed {
        Ok(mut listing) => {
            // A parser of pages cannot know that there was more.
            listing.is_whole &= response.cut.is_none() || adapters::shows_its_end(source.kind);
            read(
                source,
                state,
                batch,
                &mut outcome,
                &listing,
                asked,
                &response,
            );
            match &response.cut {
                None => answer::collected(&response, times.seen),
                // All that matters came.
                Some(cause) if listing.is_whole => {
                    let note = format!("after the document the connection broke: {cause}");
                    outcome.repaired = joined(outcome.repaired.take().into_iter().chain([note]));
                    answer::collected(&response, times.seen)
                }
                // What came is kept, and yet we do not know all that there was.
                Some(cause) => cut(&mut outcome, cause),
            }
        }
        Err(_) if let Some(cause) = &response.cut => cut(&mut outcome, cause),
        Err(not_read) => {
            outcome.kind = match not_read {
                NotRead::Wall(_) | NotRead::WallOfFeed(_) => OutcomeKind::Blocked,
                _ => OutcomeKind::NotAFeed,
            };
            outcome.error = Some(not_read.to_string());
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

fn cut(outcome: &mut Outcome, cause: &str) -> Ending {
    outcome.kind = OutcomeKind::Unreachable;
    outcome.error = Some(format!(
        "the connection broke in the document, of which the whole entries are kept: {cause}"
    ));
    Ending::Failed { retry_after: None }
}

fn read(
    source: &Source,
    state: &mut PollState,
    batch: &mut Batch,
    outcome: &mut Outcome,
    listing: &Listing,
    asked: &Asked,
    response: &Response,
) {
    let times = asked.times;
    let entries = listing.entries();
    let trust_guids = state.guids.behave(&entries);
    let (identities, is_ambiguous) = identity::identities(&entries, &source.id, trust_guids);
    let earliest = earliest_belief(state.complete_before(times.began), source.every);
    let origin = Origin {
        source: &source.id,
        publisher: &source.publisher,
        seen: times.seen,
        earliest,
    };
    let looked = (times.seen, source.every);
    let missing = Shown::of(
        source.kind,
        &asked.address.url,
        listing,
        &identities,
        looked,
    )
    .map_or_else(Missing::default, |shown| state.shown.compare(&shown));
    batch.absences = absences(source, &missing);
    let platform = platform(source.kind);
    batch.items = listing
        .posts
        .iter()
        .zip(identities)
        .filter(|(post, _)| !post.entry.is_empty())
        .map(|(post, identities)| NewItem {
            platform: platform.clone(),
            ..posted(post, identities, &origin)
        })
        .collect();
    let earlier = Earlier {
        read_at: state.index_read_at.filter(|at| *at <= times.began),
        archive: &mut state.archive,
    };
    let left_out = (state.followed).renew(source, &response.url, None, listing, earlier);
    if listing.is_whole && !listing.documents.is_empty() {
        state.index_read_at = Some(times.began);
    }
    let notes = [
        listing.repaired.as_deref(),
        left_out.as_deref(),
        is_ambiguous
            .then_some("guids are not unique: those entries are told apart by their addresses"),
        (!trust_guids).then_some("guids are reused: entries are told apart by their addresses"),
        missing.note.as_deref(),
    ];
    let notes = notes.into_iter().flatten().map(str::to_owned);
    let mut false_validator = None;
    // Only a whole document says that what it does not hold is not there.
    if listing.is_whole {
        state.complete_at = Some(times.began);
        let newest = entries.iter().filter_map(|entry| entry.published).max();
        false_validator = state.validators.accept(Accepted {
            url: &asked.address.url,
            etag: response.header("etag"),
            last_modified: response.header("last-modified"),
            entries: identity::digest_of(&entries),
            newest,
            at: times.seen,
        });
    }
    outcome.repaired = joined(notes.chain(false_validator));
}

fn absences(source: &Source, missing: &Missing) -> Vec<NewAbsence> {
    let first = missing.first.iter().map(|identity| (identity, false));
    let confirmed = missing.confirmed.iter().map(|identity| (identity, true));
    first
        .chain(confirmed)
        .map(|(identity, is_confirmed)| NewAbsence {
            source: source.id.clone(),
            publisher: source.publisher.clone(),
            identity: identity.clone(),
            is_confirmed,
        })
        .collect()
}

/// The platform whose name a kind has.
pub(crate) fn platform(kind: SourceKind) -> Option<String> {
    use SourceKind::{Bluesky, Mastodon, Ptt, Telegram, Youtube};
    matches!(kind, Telegram | Mastodon | Bluesky | Youtube | Ptt).then(|| kind.as_str().to_owned())
}

/// Where and when an entry was seen.
pub(crate) struct Origin<'a> {
    pub(crate) source: &'a SourceId,
    pub(crate) publisher: &'a PublisherId,
    pub(crate) seen: Timestamp,
    /// The earliest time that is believed.
    pub(crate) earliest: Option<Timestamp>,
}

/// A post as an item, with what its platform says beside its words.
pub(crate) fn posted(post: &Post, identities: Vec<String>, origin: &Origin<'_>) -> NewItem {
    let mut facts = post.facts.clone();
    facts.counted = facts.has_counts().then_some(origin.seen);
    NewItem {
        facts,
        ..item(&post.entry, identities, origin)
    }
}

pub(crate) fn item(entry: &Entry, identities: Vec<String>, origin: &Origin<'_>) -> NewItem {
    let dated = Dated {
        published: entry.published,
        is_written: entry.published_raw.is_some(),
        reading: entry.reading,
    };
    let (time, time_reason) = dated.placed(origin.seen, origin.earliest);
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
        facts: bellwether_model::PostFacts::default(),
    }
}

/// What an entry claims of its time, and how that was read.
pub(crate) struct Dated {
    pub(crate) published: Option<Timestamp>,
    pub(crate) is_written: bool,
    pub(crate) reading: Option<Result<Claim, Unread>>,
}

impl Dated {
    /// The time that is used, and why that one.
    pub(crate) fn placed(
        &self,
        seen: Timestamp,
        earliest: Option<Timestamp>,
    ) -> (Timestamp, TimeReason) {
        let (claimed, believed) = match self.reading {
            Some(Err(Unread::NoZone)) => return (seen, TimeReason::NoZone),
            // An entry that is dated by its day alone is the first of nothing on that day.
            Some(Ok(claim)) if claim.precision == Precision::Day => {
                let last = claim.at.checked_add(DAY_LAST).unwrap_or(claim.at);
                (Some(last.min(seen).max(claim.at)), TimeReason::Day)
            }
            Some(Ok(claim)) if claim.basis == Basis::Country => {
                (Some(claim.at), TimeReason::Assumed)
            }
            _ => (self.published, TimeReason::Published),
        };
        match believe(claimed, self.is_written, seen, earliest) {
            (time, TimeReason::Published) => (time, believed),
            doubted => doubted,
        }
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
        moved_to: None,
        fallback: None,
    }
}

fn failed(source: &Source, at: Timestamp, failure: Failure) -> Outcome {
    Outcome {
        error: Some(failure.error),
        body_bytes: failure.body_bytes,
        ..outcome(source, at, failure.kind, failure.status)
    }
}

#[cfg(test)]
mod tests;
