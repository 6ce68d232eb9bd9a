//! Where a source is asked: its address, where that has moved for good, and its fallbacks.
//!
//! The configured addresses stay the truth. A permanent redirect is followed each time until it has
//! been seen twice; then the new address is asked at once, and the old one again each day, so that a
//! redirect which was a mistake or an intrusion does not last. A fallback that answered is asked first
//! for an hour, so that a first address which hangs does not cost each poll its time. A host that
//! asked to be left alone is, for as long as it asked and at most a day, whoever answers meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use bellwether_model::{Source, Timestamp};
use bellwether_outbound::host_of;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::schedule::RETRY_AFTER_MAX;

/// A permanent redirect is believed when it was seen so often.
const MOVED_SEEN_MIN: u32 = 2;

/// The old address is asked again after this.
const MOVED_FOR: Duration = Duration::from_secs(24 * 3600);

/// The first address is asked again after this.
const FALLBACK_FOR: Duration = Duration::from_secs(3600);

/// Longer addresses are followed and not remembered.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// What is remembered of where a source was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Home {
    /// By configured address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    moved: BTreeMap<String, Moved>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fallback: Option<Fallback>,
    /// Hosts that asked to be left alone, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    left_alone: BTreeMap<String, Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Moved {
    to: String,
    seen: u32,
    /// When the old address was last asked.
    at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fallback {
    url: String,
    /// When the first address was last asked.
    at: Timestamp,
}

/// One address to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// As configured.
    pub(crate) configured: String,
    /// Where it is asked.
    pub(crate) url: String,
}

/// An address that was asked in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InVain {
    pub(crate) address: Address,
    pub(crate) reason: String,
    /// Until when its host asks to be left alone.
    pub(crate) left_alone_until: Option<Timestamp>,
}

impl Home {
    /// The addresses to ask, in order, until one answers. Where all ask to be left alone, and yet
    /// somebody wants an answer, the one that asks so for the shortest.
    pub(crate) fn addresses(&self, source: &Source, now: Timestamp) -> Vec<Address> {
        let mut all = self.in_order(source, now);
        let is_free = |address: &Address| self.left_alone_for(&address.url, now).is_none();
        if all.iter().any(is_free) {
            all.retain(is_free);
        } else {
            all.sort_by_key(|address| self.left_alone_for(&address.url, now));
            all.truncate(1);
        }
        all
    }

    /// Takes note of who asked to be left alone.
    pub(crate) fn leave_alone(&mut self, in_vain: &[InVain], now: Timestamp) {
        self.left_alone
            .retain(|_, until| left_alone_for(*until, now).is_some());
        for failed in in_vain {
            if let Some(until) = failed.left_alone_until {
                self.left_alone.insert(host_of(&failed.address.url), until);
            }
        }
    }

    /// For how long nobody may be asked; `None` where somebody may be.
    pub(crate) fn all_left_alone_for(&self, source: &Source, now: Timestamp) -> Option<Duration> {
        self.in_order(source, now)
            .iter()
            .map(|address| self.left_alone_for(&address.url, now))
            .try_fold(Duration::MAX, |soonest, wait| Some(soonest.min(wait?)))
            .filter(|wait| *wait < Duration::MAX)
    }

    fn left_alone_for(&self, url: &str, now: Timestamp) -> Option<Duration> {
        left_alone_for(*self.left_alone.get(&host_of(url))?, now)
    }

    /// What a person should know of a first address that is not asked for now.
    pub(crate) fn first_left_alone(&self, source: &Source, now: Timestamp) -> Option<String> {
        let url = source.url.as_deref()?;
        self.left_alone_for(url, now)?;
        let until = self.left_alone.get(&host_of(url))?;
        Some(format!(
            "the first address asks to be left alone until {until}"
        ))
    }

    fn in_order(&self, source: &Source, now: Timestamp) -> Vec<Address> {
        let mut configured: Vec<&String> =
            source.url.iter().chain(&source.reach.fallbacks).collect();
        if let Some(fallback) = &self.fallback
            && is_within(fallback.at, FALLBACK_FOR, now)
            && let Some(place) = configured.iter().position(|url| **url == fallback.url)
        {
            configured[..=place].rotate_right(1);
        }
        let mut addresses: Vec<Address> = Vec::new();
        for url in configured {
            let moved = self.moved.get(url).filter(|moved| {
                moved.seen >= MOVED_SEEN_MIN && is_within(moved.at, MOVED_FOR, now)
            });
            for target in moved.map(|moved| &moved.to).into_iter().chain([url]) {
                if addresses.iter().all(|known| known.url != *target) {
                    addresses.push(Address {
                        configured: url.clone(),
                        url: target.clone(),
                    });
                }
            }
        }
        addresses
    }

    /// Takes note of who answered, after whom nobody did, and of where the answer says it has moved.
    pub(crate) fn answered(
        &mut self,
        source: &Source,
        address: &Address,
        in_vain: &[InVain],
        moved_to: Option<&str>,
        now: Timestamp,
    ) {
        self.leave_alone(in_vain, now);
        self.left_alone.remove(&host_of(&address.url));
        let configured = &address.configured;
        self.moved.retain(|url, _| {
            source.url.as_ref() == Some(url) || source.reach.fallbacks.contains(url)
        });
        let moved_to = moved_to.filter(|url| url.len() <= ADDRESS_BYTES_MAX);
        match (address.url == *configured, moved_to) {
            (true, None) => {
                self.moved.remove(configured);
            }
            (true, Some(to)) => {
                let before = self.moved.get(configured).filter(|moved| moved.to == to);
                let seen = before.map_or(0, |moved| moved.seen).saturating_add(1);
                let moved = Moved {
                    to: to.to_owned(),
                    seen,
                    at: now,
                };
                self.moved.insert(configured.clone(), moved);
            }
            // And on from there.
            (false, Some(to)) => {
                if let Some(moved) = self.moved.get_mut(configured) {
                    to.clone_into(&mut moved.to);
                }
            }
            (false, None) => {}
        }
        let first = source.url.as_ref();
        let is_first_asked = in_vain
            .iter()
            .any(|failed| Some(&failed.address.configured) == first);
        let asked_at = self
            .fallback
            .as_ref()
            .filter(|_| !is_first_asked)
            .map_or(now, |fallback| fallback.at);
        self.fallback = (Some(configured) != first).then(|| Fallback {
            url: configured.clone(),
            at: asked_at,
        });
    }

    /// Where an address has moved for good, without what may be secret.
    pub(crate) fn moved_to(&self, address: &Address) -> Option<String> {
        let moved = self.moved.get(&address.configured)?;
        Some(shown(&moved.to))
    }

    /// What a person should know of where the source was found.
    pub(crate) fn notes(
        &self,
        source: &Source,
        address: &Address,
        in_vain: &[InVain],
        now: Timestamp,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(moved_to) = self.moved_to(address) {
            notes.push(format!(
                "moved for good to {moved_to}: put the new address into the configuration"
            ));
        }
        if let Some(fallback) = fallback(source, address) {
            let reasons: Vec<&str> = in_vain
                .iter()
                .map(|failed| failed.reason.as_str())
                .collect();
            let why = match self.first_left_alone(source, now) {
                Some(why) if reasons.is_empty() => why,
                None if reasons.is_empty() => "the first address failed within the hour".to_owned(),
                _ => reasons.join("; "),
            };
            notes.push(format!("from the fallback {fallback}: {why}"));
        }
        notes
    }
}

/// The address that answered, without what may be secret, where it is not the first of its source.
pub(crate) fn fallback(source: &Source, address: &Address) -> Option<String> {
    (source.url.as_ref() != Some(&address.configured)).then(|| shown(&address.configured))
}

fn left_alone_for(until: Timestamp, now: Timestamp) -> Option<Duration> {
    // One that was written by a clock far ahead says nothing.
    Duration::try_from(until.duration_since(now))
        .ok()
        .filter(|wait| !wait.is_zero() && *wait <= RETRY_AFTER_MAX)
}

fn is_within(at: Timestamp, span: Duration, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(at)).is_ok_and(|elapsed| elapsed < span)
}

/// An address without user, query and fragment, which may be secrets.
fn shown(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return "?".to_owned();
    };
    // Both fail only for addresses that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(url.query().map(|_| "…"));
    url.set_fragment(None);
    url.as_str().replace("%E2%80%A6", "…")
}
