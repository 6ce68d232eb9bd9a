//! How far the reading of a source's past has come: what one page of it brings, and what is asked for
//! next.
//!
//! Pure. What is remembered is kept with the items of a page in one batch of the log, so that neither
//! is ahead of the other: a run that is killed goes on where the log says, with nothing lost and
//! nothing twice.

use bellwether_archive::{Batch, ImportSpan, ImportedSource, NewItem};
use bellwether_model::{Source, SourceId, SourceKind, Span, TimeReason, Timestamp};
use bellwether_outbound::host_of;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::adapters::{Listing, Named, sitemap};
use crate::brought::{Origin, platform, posted};
use crate::identity;

/// Pages in a row that lead no further back before the source is believed not to page.
const STALLED_MAX: u32 = 3;

/// Sitemaps of an index that are remembered to be read; behind them it is asked again for the rest.
const QUEUE_MAX: usize = 200;

/// How deep an index may name indexes.
const DEPTH_MAX: u8 = 2;

/// Fewer entries, or pages before, show nothing of what lies between them.
const SHOWN_MIN: usize = 3;

/// A pause that says nothing whatever the rhythm is, and one that is never taken for shown.
const PAUSE_MIN: SignedDuration = SignedDuration::from_hours(3 * 24);
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How much longer than the longer ones of its pauses a source may pause.
const PAUSE_TIMES: i32 = 4;

/// A month is no longer.
const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Why there is nothing older to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum End {
    /// The source shows nothing older.
    Beginning,
    /// It cannot be asked for what is older; why, in words.
    NoWayBack(String),
}

/// What is remembered of the past of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// The address of the source, where the pages began.
    pub(crate) url: String,
    /// What is asked for next; the first one is next.
    pub(crate) queue: Vec<Step>,
    /// All that was published from here on was shown, as far as it still is.
    pub(crate) reach: Option<Timestamp>,
    pub(crate) pages: u64,
    pub(crate) end: Option<End>,
    /// From when on sitemaps were read.
    from: Option<Timestamp>,
    /// Digest of what the last page showed.
    shown: String,
    stalled: u32,
}

/// A document to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    #[serde(flatten)]
    pub(crate) named: Named,
    /// How many indexes lie above it.
    #[serde(default)]
    depth: u8,
    /// How many of the documents that it names were taken before.
    #[serde(default)]
    taken: usize,
}

/// Which stretch of the past is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) span: Span,
    pub(crate) now: Timestamp,
}

/// What a page held that is not taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Without a time that is believed: they would be dated by today.
    pub(crate) undated: u64,
    /// Newer than what is wanted: for polls to find.
    pub(crate) recent: u64,
    /// Of sitemaps: older than what is wanted.
    pub(crate) older: u64,
    /// Sitemaps of an index that lie at another host, or too deep.
    pub(crate) sitemaps: u64,
}

/// Under what the place of a source is remembered.
pub(crate) fn follower(source: &SourceId) -> SourceId {
    SourceId::new(format!("history:{source}"))
}

impl Place {
    /// Puts what cannot be read now behind the rest of its index. Whether it is part of one that has more.
    pub(crate) fn pass_over(&mut self) -> bool {
        let is_part = self.queue.len() > 1 && self.queue.first().is_some_and(|step| step.depth > 0);
        if is_part {
            self.queue.rotate_left(1);
        }
        is_part
    }

    /// Reads what was kept. What belongs to another address, or was written by another version, is as
    /// if it were not there; so are sitemaps, of which more is wanted than was before.
    pub(crate) fn read(kept: Option<&str>, url: &str, from: Timestamp) -> Self {
        kept.and_then(|text| serde_json::from_str(text).ok())
            .filter(|place: &Self| {
                place.url == url && place.from.is_none_or(|before| before <= from)
            })
            .unwrap_or_else(|| Self {
                url: url.to_owned(),
                queue: vec![Step {
                    named: Named {
                        url: url.to_owned(),
                        changed: None,
                    },
                    depth: 0,
                    taken: 0,
                }],
                ..Self::default()
            })
    }

    /// Whether all that is wanted was shown.
    pub(crate) fn has_reached(&self, kind: SourceKind, wanted: &Wanted) -> bool {
        // The documents of an index lie in no order that could be relied on.
        kind != SourceKind::Sitemap && self.reach.is_some_and(|reach| reach <= wanted.span.from)
    }

    /// What is asked for next. Sitemaps that changed last before what is wanted are left out.
    pub(crate) fn next(&mut self, wanted: &Wanted) -> Option<&Step> {
        while let Some(step) = self.queue.first() {
            let newest = step.named.changed_until().or_else(|| {
                let month = sitemap::month_of(&step.named.url).filter(|_| step.depth > 0);
                month.and_then(|month| month.checked_add(MONTH).ok())
            });
            if newest.is_some_and(|newest| newest < wanted.span.from) {
                self.queue.remove(0);
                continue;
            }
            break;
        }
        self.queue.first()
    }

    /// Takes in what a page showed: the items and the stretch that go into the log with it.
    pub(crate) fn take(
        &mut self,
        source: &Source,
        listing: &Listing,
        trust_guids: bool,
        wanted: &Wanted,
        batch: &mut Batch,
    ) -> LeftOut {
        let mut left_out = LeftOut::default();
        let entries = listing.entries();
        let (identities, _) = identity::identities(&entries, &source.id, trust_guids);
        let origin = Origin {
            source: &source.id,
            publisher: &source.publisher,
            seen: wanted.now,
            earliest: None,
        };
        // Pages in order are taken whole, so that another run can go on behind them.
        let is_sitemap = source.kind == SourceKind::Sitemap;
        let mut times = Vec::new();
        for (post, identities) in listing.posts.iter().zip(identities) {
            if post.entry.is_empty() {
                continue;
            }
            let item = NewItem {
                platform: platform(source.kind),
                ..posted(post, identities, &origin)
            };
            if !is_believed(item.time_reason) {
                left_out.undated += 1;
                continue;
            }
            if !post.facts.is_pinned {
                times.push(item.time);
            }
            if item.time >= wanted.span.to {
                left_out.recent += 1;
            } else if is_sitemap && item.time < wanted.span.from {
                left_out.older += 1;
            } else {
                batch.items.push(item);
            }
        }
        self.pages += 1;
        if is_sitemap && self.from.is_none() {
            self.from = Some(wanted.span.from);
        }
        let asked = self.queue.remove(0);
        let digest = identity::digest_of(&entries);
        let reach_before = self.reach;
        let covered = self.reaches(source.kind, times, wanted);
        self.go_on(source, &asked, listing, digest, reach_before, &mut left_out);
        if let Some(span) = of_items(&batch.items) {
            batch.imported = vec![imported(source, span)];
            // Of a source whose pages are read polls count whole texts, and here there are none.
            if listing.is_whole && !source.reading.article {
                batch.covered = (covered.into_iter())
                    .map(|span| ImportSpan {
                        source: source.id.clone(),
                        first: span.from,
                        last: span.to,
                    })
                    .collect();
            }
        }
        left_out
    }

    /// How far back a page leads, and the stretches that it covers. The page before it ended where it
    /// begins. Documents of an index cover what they hold, and that is taken as far as it is wanted.
    fn reaches(
        &mut self,
        kind: SourceKind,
        mut times: Vec<Timestamp>,
        wanted: &Wanted,
    ) -> Vec<Span> {
        times.sort_unstable();
        let believed = &times[doubted(times.len())..];
        let Some(oldest) = believed.first().copied() else {
            return Vec::new();
        };
        let before = self.reach;
        self.reach = Some(before.map_or(oldest, |reach| reach.min(oldest)));
        let Span { mut from, mut to } = wanted.span;
        let mut spans = if kind == SourceKind::Sitemap {
            dense(&times)
        } else {
            from = oldest;
            to = before.map_or(to, |reach| reach.min(to));
            let mut shown = believed.to_vec();
            shown.push(to);
            shown.sort_unstable();
            dense(&shown)
        };
        for span in &mut spans {
            (span.from, span.to) = (span.from.max(from), span.to.min(to));
        }
        spans.retain(|span| span.from < span.to);
        spans
    }

    fn go_on(
        &mut self,
        source: &Source,
        asked: &Step,
        listing: &Listing,
        digest: String,
        reach_before: Option<Timestamp>,
        left_out: &mut LeftOut,
    ) {
        if source.kind == SourceKind::Sitemap {
            self.queue_named(asked, listing, left_out);
            if self.queue.is_empty() {
                self.end = Some(match (self.pages, asked.depth) {
                    (1, 0) => End::NoWayBack(
                        "it is one sitemap, without an index of older ones".to_owned(),
                    ),
                    _ => End::Beginning,
                });
            }
            return;
        }
        let leads_back = match (reach_before, self.reach) {
            (Some(before), Some(reach)) => reach < before,
            (None, Some(_)) => true,
            _ => false,
        };
        let is_same = digest == self.shown;
        self.shown = digest;
        self.stalled = if leads_back { 0 } else { self.stalled + 1 };
        let stalled_max = match source.kind {
            // A site that does not know the number of a page answers with the first one.
            SourceKind::Feed => 1,
            _ => STALLED_MAX,
        };
        let has_posts = !listing.posts.is_empty();
        self.end = match &listing.older {
            None if self.pages == 1 && !pages_back(source.kind) => {
                Some(End::NoWayBack(no_way(source.kind).to_owned()))
            }
            None => Some(End::Beginning),
            Some(_) if !has_posts => Some(End::Beginning),
            Some(_) if is_same || self.stalled >= stalled_max => Some(End::NoWayBack(
                "its pages lead to what was shown before".to_owned(),
            )),
            Some(older) if bare(&host_of(older)) != bare(&host_of(&asked.named.url)) => {
                Some(End::NoWayBack(format!(
                    "what is older is said to be at another host, {}",
                    host_of(older)
                )))
            }
            Some(older) => {
                self.queue.push(Step {
                    named: Named {
                        url: older.clone(),
                        changed: None,
                    },
                    depth: 0,
                    taken: 0,
                });
                None
            }
        };
    }

    /// Puts the documents that one names before the others, as many as are remembered, and then itself
    /// where it names more.
    fn queue_named(&mut self, asked: &Step, listing: &Listing, left_out: &mut LeftOut) {
        let own = host_of(&self.url);
        let near: Vec<&Named> = (listing.documents.iter())
            .filter(|named| bare(&host_of(&named.url)) == bare(&own))
            .filter(|_| asked.depth < DEPTH_MAX)
            .collect();
        if asked.taken == 0 {
            left_out.sitemaps += (listing.documents.len() - near.len()) as u64;
        }
        // However full it is, so that an index comes to its end.
        let room = (2 * QUEUE_MAX)
            .saturating_sub(self.queue.len())
            .clamp(1, QUEUE_MAX);
        let mut steps: Vec<Step> = (near.iter().skip(asked.taken).take(room))
            .map(|named| Step {
                named: (*named).clone(),
                depth: asked.depth + 1,
                taken: 0,
            })
            .collect();
        let taken = asked.taken + steps.len();
        if taken < near.len() && !steps.is_empty() {
            steps.push(Step {
                taken,
                ..asked.clone()
            });
        }
        self.queue.splice(0..0, steps);
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Kinds whose first page has another one behind it, unless it is the only one.
pub(crate) const fn pages_back(kind: SourceKind) -> bool {
    matches!(
        kind,
        SourceKind::Telegram | SourceKind::Mastodon | SourceKind::Bluesky | SourceKind::Ptt
    )
}

/// Why a source of this kind shows no more than its first page.
pub(crate) const fn no_way(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Youtube => "the feed of a channel has its newest videos only",
        SourceKind::Page => "a page of links has no pages that a program could know",
        SourceKind::Feed => "the feed does not say where older entries are",
        _ => "it has no archive that could be asked for",
    }
}

const fn is_believed(reason: TimeReason) -> bool {
    matches!(
        reason,
        TimeReason::Published | TimeReason::Assumed | TimeReason::Day
    )
}

/// How many of the oldest of so many are not believed for how far back a page goes: a post may claim to
/// be older than it is. The page behind it will show.
const fn doubted(count: usize) -> usize {
    match count {
        0..3 => 0,
        _ => count.div_ceil(10),
    }
}

/// The stretches in which entries follow each other as closely as they are wont to. An old entry that
/// is still shown, and a list of very few, say nothing of what lay between. `times` are in order.
fn dense(times: &[Timestamp]) -> Vec<Span> {
    let pause = |two: &[Timestamp]| two[1].duration_since(two[0]);
    let mut pauses: Vec<SignedDuration> = times.windows(2).map(pause).collect();
    pauses.sort_unstable();
    // A few are no rhythm.
    let usual = match pauses.len() {
        0..4 => SignedDuration::ZERO,
        count => pauses[(count - 1) * 3 / 4],
    };
    let longest = (usual * PAUSE_TIMES).clamp(PAUSE_MIN, PAUSE_MAX);
    times
        .chunk_by(|before, after| after.duration_since(*before) <= longest)
        .filter(|near| near.len() >= SHOWN_MIN)
        .filter_map(|near| {
            Some(Span {
                from: *near.first()?,
                to: *near.last()?,
            })
        })
        .collect()
}

fn of_items(items: &[NewItem]) -> Option<Span> {
    let times = || items.iter().map(|item| item.time);
    Some(Span {
        from: times().min()?,
        to: times().max()?,
    })
}

/// What was shown of a source from one time to another, as an import.
pub(crate) fn imported(source: &Source, span: Span) -> ImportedSource {
    ImportedSource {
        id: source.id.clone(),
        publisher: source.publisher.clone(),
        family: source.family.clone(),
        groups: source.groups.clone(),
        platform: platform(source.kind),
        first: span.from,
        last: span.to,
    }
}

#[cfg(test)]
mod tests;
