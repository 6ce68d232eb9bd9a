//! The documents that an index names: which of them a poll reads, and what they bring.
//!
//! A sitemap index says of each sitemap when it changed. Those that changed last are followed, at most
//! [`FOLLOWED_MAX`] of an index and [`DEPTH_MAX`] deep; a poll reads those of them that changed since
//! they were read, and all of them twice a day, whatever the index says. Each has validators and a
//! last complete reading of its own. What a document shows that its index named from the beginning is
//! dated by it when it is read first, however late that is. One that an index names later is believed
//! as far back as the index was read without it: by a new name alone nothing gets into the past.

use std::collections::BTreeSet;

use bellwether_archive::{Batch, CaptureKind, NewCapture};
use bellwether_model::{Outcome, OutcomeKind, Source, Timestamp, earliest_belief};
use bellwether_outbound::host_of;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Brought, Origin, Times, posted};
use crate::adapters::{self, Listing, Named};
use crate::answer::Answer;
use crate::identity;
use crate::schedule::{Ending, Standing};
use crate::state::PollState;
use crate::validators::{Accepted, UNCONDITIONAL_EVERY, Validators};

/// Documents of one index that are followed.
const FOLLOWED_MAX: usize = 10;

/// Of all indexes of a source together.
const ALL_MAX: usize = 30;

/// Documents remembered that are not followed.
const ARCHIVE_MAX: usize = 2_000;

/// How deep an index may name indexes.
const DEPTH_MAX: u8 = 2;

/// Documents that one poll asks for; the others come with the next one.
const ASKED_MAX: usize = 20;

/// Where the index does not say when they changed, so many of the newest are asked for in each poll.
const UNDATED_ASKED: usize = 2;

/// What is remembered of the documents that an index names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Followed(Vec<Known>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    #[serde(flatten)]
    named: Named,
    /// The index that names it; none for that of the source itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    depth: u8,
    #[serde(default)]
    validators: Validators,
    /// What the index said of its last change when it was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_as: Option<Timestamp>,
    /// The last reading after which we knew all that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete_at: Option<Timestamp>,
    /// The last whole reading of its index that did not name it yet; none where each one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    named_after: Option<Timestamp>,
}

impl Followed {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes note of what an index names, in its order; says what is left out. Only documents of the
    /// index's own host are followed, and of hosts that the source is configured with.
    pub(crate) fn renew(
        &mut self,
        source: &Source,
        index: &str,
        by: Option<&str>,
        listing: &Listing,
        earlier: Earlier<'_>,
    ) -> Option<String> {
        let depth = match by {
            None => 1,
            Some(url) => self.0.iter().find(|known| known.named.url == url)?.depth + 1,
        };
        if depth > DEPTH_MAX {
            let is_index = !listing.documents.is_empty();
            return is_index.then(|| "indexes that are too deep are not followed".to_owned());
        }
        let hosts: BTreeSet<String> = (source.url.iter())
            .chain(&source.reach.fallbacks)
            .map(String::as_str)
            .chain([index])
            .map(bare_host)
            .collect();
        let is_own = |named: &&Named| hosts.contains(&bare_host(&named.url));
        let own: Vec<&Named> = listing.documents.iter().filter(is_own).collect();
        let mut before = Vec::new();
        self.0.retain(|known| {
            let is_here = known.by.as_deref() == by;
            if is_here {
                before.push(known.clone());
            }
            !is_here
        });
        let room = FOLLOWED_MAX.min(ALL_MAX.saturating_sub(self.0.len()));
        for named in own.iter().take(room) {
            if self.0.iter().any(|known| known.named.url == named.url) {
                continue;
            }
            let known = before.iter().find(|known| known.named.url == named.url);
            self.0.push(Known {
                named: (*named).clone(),
                ..known.cloned().unwrap_or_else(|| Known {
                    named: (*named).clone(),
                    by: by.map(str::to_owned),
                    depth,
                    validators: Validators::default(),
                    read_as: None,
                    complete_at: None,
                    named_after: earlier
                        .read_at
                        .filter(|_| !earlier.archive.holds(&named.url)),
                })
            });
        }
        // What an index named that is not named any more goes with it.
        let urls: BTreeSet<String> = self.0.iter().map(|k| k.named.url.clone()).collect();
        self.0
            .retain(|known| known.by.as_ref().is_none_or(|by| urls.contains(by)));
        let others = listing.documents.len() - own.len();
        let others =
            (others > 0).then(|| format!("{others} sitemaps of other hosts are not followed"));
        let left_out = own.iter().filter(|named| !urls.contains(&named.url));
        if earlier.read_at.is_none() {
            left_out
                .clone()
                .for_each(|named| earlier.archive.add(&named.url));
        }
        let left_out = left_out.count();
        let older = (left_out > 0)
            .then(|| format!("{left_out} sitemaps that changed earlier are not followed"));
        super::joined(others.into_iter().chain(older))
    }

    /// The next document to ask for that is not among those asked for.
    pub(crate) fn next(&self, asked: &[String], now: Timestamp) -> Option<&Named> {
        if asked.len() >= ASKED_MAX {
            return None;
        }
        let mut undated = 0;
        let is_due = |known: &&Known| {
            let is_undated = known.named.changed.is_none();
            undated += usize::from(is_undated);
            let since = known
                .complete_at
                .and_then(|at| std::time::Duration::try_from(now.duration_since(at)).ok());
            match since {
                None => true,
                Some(since) if since >= UNCONDITIONAL_EVERY => true,
                Some(_) if is_undated => undated <= UNDATED_ASKED,
                Some(_) => {
                    known.read_as != known.named.changed
                        || known.complete_at < known.named.changed_until()
                }
            }
        };
        let mut due = self.0.iter().filter(is_due);
        due.find(|known| !asked.contains(&known.named.url))
            .map(|known| &known.named)
    }

    pub(crate) fn conditions(
        &self,
        url: &str,
        state: &PollState,
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let known = self.0.iter().find(|known| known.named.url == url);
        known.map_or_else(Vec::new, |known| {
            known.validators.conditions(url, &state.rhythm, now)
        })
    }

    fn get_mut(&mut self, url: &str) -> Option<&mut Known> {
        self.0.iter_mut().find(|known| known.named.url == url)
    }
}

/// What was known of an index before it was read again.
pub(crate) struct Earlier<'a> {
    /// Its last whole reading.
    pub(crate) read_at: Option<Timestamp>,
    pub(crate) archive: &'a mut Archive,
}

/// Documents that an index named when it was read first and that were not followed then: where they
/// are later, since one changed, they are no new names. Digests of their addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Archive(BTreeSet<u32>);

impl Archive {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn holds(&self, url: &str) -> bool {
        self.0.contains(&digest(url))
    }

    fn add(&mut self, url: &str) {
        if self.0.len() < ARCHIVE_MAX {
            self.0.insert(digest(url));
        }
    }
}

fn digest(url: &str) -> u32 {
    let digest = Sha256::digest(url.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

fn bare_host(url: &str) -> String {
    let host = host_of(url);
    host.strip_prefix("www.").unwrap_or(&host).to_owned()
}

/// How reading the documents of an index went.
#[derive(Debug, Clone, Default)]
pub(crate) struct Went {
    pub(crate) asked: Vec<String>,
    read: usize,
    failures: Vec<Failed>,
    notes: BTreeSet<String>,
    counts: (u32, u32, u32),
    bytes: u64,
}

/// Why a document was not read.
#[derive(Debug, Clone)]
struct Failed {
    kind: OutcomeKind,
    status: Option<u16>,
    reason: String,
    retry_after: Option<std::time::Duration>,
}

impl Went {
    /// Whether a server asks to be left alone: nobody else is asked then.
    pub(crate) fn must_stop(&self) -> bool {
        self.failures.iter().any(|f| f.retry_after.is_some())
    }

    pub(crate) fn count(&mut self, (new, updated, unchanged): (u32, u32, u32)) {
        self.counts.0 += new;
        self.counts.1 += updated;
        self.counts.2 += unchanged;
    }

    /// Reading a document ended without a result.
    pub(crate) fn fault(&mut self) {
        self.fail(Failed {
            kind: OutcomeKind::NotAFeed,
            status: None,
            reason: adapters::NotRead::Fault.to_string(),
            retry_after: None,
        });
    }

    fn fail(&mut self, failed: Failed) {
        self.failures.push(failed);
    }
}

/// Reads what was answered for a document: what is to be appended, and what is remembered then.
pub(crate) fn read(
    source: &Source,
    state: &mut PollState,
    url: &str,
    answer: Answer,
    times: Times,
    went: &mut Went,
) -> Option<Batch> {
    let response = match answer {
        Answer::Document(response) => response,
        Answer::NotModified(_) => {
            went.read += 1;
            if let Some(known) = state.followed.get_mut(url) {
                known.complete_at = Some(times.began);
                known.read_as = known.named.changed;
            }
            return None;
        }
        Answer::Failure(failure) => {
            went.bytes += failure.body_bytes;
            went.fail(Failed {
                kind: failure.kind,
                status: failure.status,
                reason: failure.error,
                retry_after: failure.retry_after,
            });
            return None;
        }
    };
    went.bytes += response.body.len() as u64;
    let parsed = super::listing(source, &response);
    let mut batch = Batch::new(times.seen);
    match parsed {
        Ok(listing) => {
            let known = state.followed.get_mut(url);
            let (complete_at, named_after) = known.map_or((None, None), |known| {
                let is_past = |at: &Timestamp| *at <= times.began;
                (
                    known.complete_at.filter(is_past),
                    known.named_after.filter(is_past),
                )
            });
            let entries = listing.entries();
            let (identities, _) = identity::identities(&entries, &source.id, true);
            let origin = Origin {
                source: &source.id,
                publisher: &source.publisher,
                seen: times.seen,
                earliest: earliest_belief(complete_at.or(named_after), source.every),
            };
            batch.items = (listing.posts.iter().zip(identities))
                .filter(|(post, _)| !post.entry.is_empty())
                .map(|(post, identities)| posted(post, identities, &origin))
                .collect();
            went.notes.extend(listing.repaired.clone());
            let earlier = Earlier {
                read_at: complete_at,
                archive: &mut state.archive,
            };
            let named = (state.followed).renew(source, &response.url, Some(url), &listing, earlier);
            went.notes.extend(named);
            if let Some(known) = state.followed.get_mut(url)
                && listing.is_whole
                && response.cut.is_none()
            {
                went.read += 1;
                known.complete_at = Some(times.began);
                known.read_as = known.named.changed;
                went.notes.extend(known.validators.accept(Accepted {
                    url,
                    etag: response.header("etag"),
                    last_modified: response.header("last-modified"),
                    entries: identity::digest_of(&entries),
                    newest: entries.iter().filter_map(|entry| entry.published).max(),
                    at: times.seen,
                }));
            } else {
                went.fail(Failed {
                    kind: OutcomeKind::Unreachable,
                    status: Some(response.status),
                    reason: "one ends before its end: the whole entries are kept".to_owned(),
                    retry_after: None,
                });
            }
        }
        Err(not_read) => went.fail(Failed {
            kind: match not_read {
                adapters::NotRead::Wall(_) => OutcomeKind::Blocked,
                _ => OutcomeKind::NotAFeed,
            },
            status: Some(response.status),
            reason: not_read.to_string(),
            retry_after: None,
        }),
    }
    batch.capture = Some(NewCapture {
        uri: response.url,
        at: times.began,
        kind: CaptureKind::Response {
            status: response.status,
            headers: response.headers,
        },
        body: response.body,
    });
    Some(batch)
}

/// The poll of an index whose documents were read. It fails where all that were asked for did, unless
/// none of these was ever read and others were, or where one server wants to be left alone; where some did, it says so and is not complete.
pub(crate) fn close(
    brought: &mut Brought,
    source: &Source,
    before: Standing,
    complete_before: Option<Timestamp>,
    went: Went,
    now: Timestamp,
) {
    brought.batch.at = now;
    if !went.failures.is_empty() {
        brought.state.complete_at = complete_before;
    }
    let retry_after = went.failures.iter().find_map(|failed| failed.retry_after);
    // One that never could be read is asked for each time, the others only when they have changed: alone it
    // says nothing of the source.
    let mut read_before = (brought.state.followed.0.iter())
        .filter(|known| known.complete_at.is_some())
        .peekable();
    let is_telling = read_before.peek().is_none()
        || read_before.any(|known| went.asked.contains(&known.named.url));
    let has_failed =
        retry_after.is_some() || (went.read == 0 && !went.failures.is_empty() && is_telling);
    if let Some(outcome) = &mut brought.batch.outcome {
        outcome.at = now;
        outcome.items_new += went.counts.0;
        outcome.items_updated += went.counts.1;
        outcome.items_unchanged += went.counts.2;
        outcome.body_bytes += went.bytes;
        say(outcome, &went, has_failed);
    }
    if has_failed {
        brought.ending = Ending::Failed { retry_after };
    }
    brought.settle(source, before, now);
}

fn say(outcome: &mut Outcome, went: &Went, has_failed: bool) {
    let mut notes: Vec<String> = outcome.repaired.take().into_iter().collect();
    notes.extend(went.notes.iter().cloned());
    if let Some(first) = went.failures.first() {
        let (failed, asked) = (went.failures.len(), went.asked.len());
        let said = format!(
            "{failed} of {asked} sitemaps of the index are not read: {}",
            first.reason
        );
        if has_failed {
            outcome.kind = first.kind;
            outcome.status = first.status.or(outcome.status);
            outcome.error = Some(said);
        } else {
            notes.push(said);
        }
    }
    outcome.repaired = super::joined(notes.into_iter());
}
