//! What a source's list shows no more, although it shows what stood before and after it.
//!
//! Only of lists that are ordered by time and have no holes of their own ([`tells`]): the newest posts
//! of a channel, an account or a board. Pure: what was shown before and what is shown now go in, what
//! is missing comes out. Careful on purpose, since "deleted" is a grave thing to say:
//!
//! - What stood at either end and is not there is not missing: the list has moved on, or is shorter.
//! - A post is missing for good only at a second look that misses it, an interval or more after the
//!   first.
//! - Where more than half of what should be there is not, the list has changed its shape (it is cut,
//!   filtered, rebuilt): no post is missing, and coverage says so.
//! - A list in another order than before says nothing.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bellwether_model::{SourceKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::adapters::Listing;

/// Posts remembered of a list; no platform shows more at once.
const POSTS_MAX: usize = 200;

/// Bytes of the identity of a post that is remembered.
const IDENTITY_BYTES_MAX: usize = 512;

/// Whether a list of this kind tells what is missing from it. A feed does not: editors take entries
/// out of feeds and leave the articles where they are.
const fn tells(kind: SourceKind) -> bool {
    matches!(
        kind,
        SourceKind::Telegram | SourceKind::Mastodon | SourceKind::Bluesky | SourceKind::Ptt
    )
}

/// Whether the newest stand last.
const fn is_newest_last(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Telegram | SourceKind::Ptt)
}

/// A list as it is shown at a time.
#[derive(Debug, Clone)]
pub(crate) struct Shown<'a> {
    /// The address that was asked.
    url: &'a str,
    /// The identities of its posts, the newest first.
    posts: Vec<&'a str>,
    /// Of those that stand out of order at its top or its end.
    pinned: HashSet<&'a str>,
    at: Timestamp,
    every: Duration,
}

impl<'a> Shown<'a> {
    /// What a list of a kind shows; `None` where it tells nothing of what is missing.
    pub(crate) fn of(
        kind: SourceKind,
        url: &'a str,
        listing: &Listing,
        identities: &'a [Vec<String>],
        (at, every): (Timestamp, Duration),
    ) -> Option<Self> {
        if !tells(kind) || !listing.is_whole {
            return None;
        }
        let mut shown = Self {
            url,
            posts: Vec::new(),
            pinned: HashSet::new(),
            at,
            every,
        };
        let mut said = HashSet::new();
        for (post, identities) in listing.posts.iter().zip(identities) {
            let Some(identity) = identities.first().map(String::as_str) else {
                continue;
            };
            if identity.len() > IDENTITY_BYTES_MAX || post.entry.is_empty() {
                continue;
            }
            if post.facts.is_pinned {
                shown.pinned.insert(identity);
            } else if said.insert(identity) {
                shown.posts.push(identity);
            }
        }
        if is_newest_last(kind) {
            shown.posts.reverse();
        }
        shown.posts.truncate(POSTS_MAX);
        Some(shown)
    }
}

/// What is remembered of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    url: String,
    /// The newest first.
    posts: Vec<Post>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Post {
    #[serde(rename = "i")]
    identity: String,
    /// The first look that missed it.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    missing_at: Option<Timestamp>,
}

/// What a look at a list says of what is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Identities of those that it is the first look to miss.
    pub(crate) first: Vec<String>,
    /// Of those that are missing for good.
    pub(crate) confirmed: Vec<String>,
    /// Why nothing is said of what is missing, where much is.
    pub(crate) note: Option<String>,
}

impl Remembered {
    pub(crate) fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    /// Whether a first look missed a post and no second one said so yet.
    pub(crate) fn has_open_questions(&self) -> bool {
        self.posts.iter().any(|post| post.missing_at.is_some())
    }

    /// Compares with what is shown now, and remembers that.
    pub(crate) fn compare(&mut self, shown: &Shown<'_>) -> Missing {
        if self.url != shown.url {
            self.renew(shown);
            return Missing::default();
        }
        if shown.posts.is_empty() {
            let count = self.posts.len();
            let note = format!("the list shows none of the {count} posts it showed before");
            return Missing {
                note: (count > 0).then_some(note),
                ..Missing::default()
            };
        }
        let place: HashMap<&str, usize> = (shown.posts.iter().enumerate())
            .map(|(at, identity)| (*identity, at))
            .collect();
        let places: Vec<Option<usize>> = (self.posts.iter())
            .map(|post| place.get(post.identity.as_str()).copied())
            .collect();
        let there: Vec<usize> = places.iter().copied().flatten().collect();
        let Some(last) = places.iter().rposition(Option::is_some) else {
            self.renew(shown);
            return Missing::default();
        };
        if !there.is_sorted() {
            self.renew(shown);
            return Missing::default();
        }
        // What stands above all that is still there is missing only where something newer is shown.
        let first = if there.first() == Some(&0) {
            places.iter().position(Option::is_some).unwrap_or_default()
        } else {
            0
        };
        let is_missing = |at: usize| {
            (first..last).contains(&at)
                && places[at].is_none()
                && !shown.pinned.contains(self.posts[at].identity.as_str())
        };
        let missing = (first..last).filter(|at| is_missing(*at)).count();
        let expected = missing + there.len();
        if missing * 2 > expected {
            self.renew(shown);
            return Missing {
                note: Some(format!(
                    "{missing} of {expected} posts are no longer in the list: taken for a change of the list, not for deletions"
                )),
                ..Missing::default()
            };
        }
        let mut told = Missing::default();
        let mut kept = Vec::with_capacity(shown.posts.len() + missing);
        let mut next = shown.posts.iter().enumerate().peekable();
        for (at, post) in self.posts.iter().enumerate().take(last + 1) {
            if let Some(place) = places[at] {
                while let Some((_, identity)) = next.next_if(|(at, _)| *at <= place) {
                    kept.push(Post::shown(identity));
                }
                continue;
            }
            // Its place among those that are new and stand here too is not known: below them, so
            // that they are its newer neighbours.
            let below = places[at..].iter().copied().flatten().next();
            while let Some((_, identity)) =
                next.next_if(|(at, _)| below.is_some_and(|below| *at < below))
            {
                kept.push(Post::shown(identity));
            }
            let mut post = post.clone();
            if is_missing(at) {
                match post.missing_at.filter(|at| *at <= shown.at) {
                    None => {
                        told.first.push(post.identity.clone());
                        post.missing_at = Some(shown.at);
                    }
                    Some(since) if has_passed(since, shown) => {
                        told.confirmed.push(post.identity);
                        continue;
                    }
                    Some(_) => {}
                }
            } else if shown.pinned.contains(post.identity.as_str()) {
                continue;
            }
            kept.push(post);
        }
        kept.extend(next.map(|(_, identity)| Post::shown(identity)));
        kept.truncate(POSTS_MAX);
        self.posts = kept;
        told
    }

    fn renew(&mut self, shown: &Shown<'_>) {
        shown.url.clone_into(&mut self.url);
        self.posts = (shown.posts.iter())
            .map(|identity| Post::shown(identity))
            .collect();
    }
}

impl Post {
    fn shown(identity: &str) -> Self {
        Self {
            identity: identity.to_owned(),
            missing_at: None,
        }
    }
}

fn has_passed(since: Timestamp, shown: &Shown<'_>) -> bool {
    Duration::try_from(shown.at.duration_since(since)).is_ok_and(|passed| passed >= shown.every)
}

#[cfg(test)]
mod tests;
