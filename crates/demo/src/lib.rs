//! The election of `bellwether demo`: an invented country, its neighbour, their outlets, 27 days of
//! history and one last day in which something happens.
//!
//! **All of it is invented**: the Orsalle Islands and Veskand, every town, outlet, owner, claim and
//! event. Sites end in `.example`, countries have codes that no country has. Likeness to anyone is
//! chance.
//!
//! [`World`] gives the configuration folder, the history as lines for import, and the feeds of the
//! last day as they stand at any moment. It is the same at every call, on every machine: never reads
//! a clock, a disk or a network, and takes chance from fixed seeds. What the last day holds is told
//! by [`Part`]; of its parts only [`Part::Push`] is a burst, of the rule [`PUSH_RULE`], within
//! [`World::push_span`].

mod chance;
mod day;
mod feed;
mod line;
mod outlets;
mod phrases;
mod scenario;
mod settings;
mod texts;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use bellwether_model::{SourceId, Span, Timestamp};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};

use crate::chance::Chance;
use crate::outlets::Lang;
use crate::phrases::Words;

/// The rule whose burst the push raises.
pub const PUSH_RULE: &str = "counting-machines";

/// A rule that stays quiet all the last day.
pub const QUIET_RULE: &str = "vote-postponed";

/// The zone of the invented election, of the IANA list: eight hours ahead of UTC, and nowhere.
pub const TIME_ZONE: &str = "Etc/GMT-8";

/// Local days of history before the last day.
pub const HISTORY_DAYS: u32 = 27;

const ZONE_HOURS: i8 = 8;
const FIRST_DAY: Date = date(2026, 3, 1);

/// The seed of what is written out for the last day.
const LAST_DAY: u64 = 4;

/// What an item is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Everyday news; no rule finds it.
    Everyday,
    /// A usual mention of a claim that one of the rules is about.
    Mention,
    /// An event that everyone writes of in own words; no rule finds it.
    Organic,
    /// One dispatch with the words of [`PUSH_RULE`], carried by eight families: one story.
    Wire,
    /// Thirty texts with the words of [`PUSH_RULE`] on three sites of one owner: one family.
    Spam,
    /// The claim of [`PUSH_RULE`] published by seven families in four languages: the burst.
    Push,
}

/// An item that an invented outlet publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The source that shows it; its publisher has the same id.
    pub source_id: SourceId,
    /// When.
    pub at: Timestamp,
    /// The id its feed gives it.
    pub guid: String,
    /// Its address, which cannot exist.
    pub url: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Tag of its language.
    pub lang: &'static str,
    /// What it is part of.
    pub part: Part,
}

/// An item before its day has given it a time and a number.
#[derive(Debug)]
struct Draft {
    outlet: &'static str,
    minute: u32,
    lang: Lang,
    words: Words,
    part: Part,
}

impl Draft {
    fn new(outlet: &'static str, minute: u32, lang: Lang, words: Words, part: Part) -> Self {
        Self {
            outlet,
            minute,
            lang,
            words,
            part,
        }
    }
}

/// The invented world.
#[derive(Debug, Clone)]
pub struct World {
    events: Vec<Published>,
    zone: TimeZone,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// The one there is.
    #[must_use]
    pub fn new() -> Self {
        let mut drafts = day::everyday(HISTORY_DAYS, weekday(HISTORY_DAYS));
        drafts.extend(scenario::drafts(&mut Chance::of(&[LAST_DAY])));
        Self {
            events: dated(HISTORY_DAYS, drafts),
            zone: TimeZone::fixed(Offset::constant(ZONE_HOURS)),
        }
    }

    /// The time of the history: 27 local days from 1 March 2026.
    #[must_use]
    pub fn history_span(&self) -> Span {
        Span {
            from: minute(0, 0),
            to: minute(HISTORY_DAYS, 0),
        }
    }

    /// The local day that is played: Saturday, 28 March 2026, the eve of the vote.
    #[must_use]
    pub fn last_day(&self) -> Span {
        Span {
            from: minute(HISTORY_DAYS, 0),
            to: minute(HISTORY_DAYS + 1, 0),
        }
    }

    /// The 90 minutes in which the push is published, from 14:00 local time.
    #[must_use]
    pub fn push_span(&self) -> Span {
        Span {
            from: minute(HISTORY_DAYS, scenario::PUSH_AT),
            to: minute(HISTORY_DAYS, scenario::PUSH_AT + scenario::PUSH_MINUTES),
        }
    }

    /// The files of the configuration folder: path in it and text. `feed_base` is where the feeds
    /// are served, such as `http://127.0.0.1:41234`; `chat_url_env` names the environment variable
    /// that holds the address of the chat.
    #[must_use]
    pub fn config_files(&self, feed_base: &str, chat_url_env: &str) -> Vec<(&'static str, String)> {
        settings::files(feed_base, chat_url_env)
    }

    /// The history as lines for import, in order of time, without line ends; made day by day.
    pub fn history(&self) -> impl Iterator<Item = String> + use<> {
        (0..HISTORY_DAYS).flat_map(|day| {
            let mut drafts = day::everyday(day, weekday(day));
            drafts.extend(day::mentions(day));
            dated(day, drafts).into_iter().map(|item| line::line(&item))
        })
    }

    /// What is published on the last day, in order of time.
    #[must_use]
    pub fn events(&self) -> &[Published] {
        &self.events
    }

    /// The items of the last day that are part of something.
    pub fn part(&self, part: Part) -> impl Iterator<Item = &Published> {
        self.events.iter().filter(move |item| item.part == part)
    }

    /// The ids in their feeds of the eight copies of the wire story.
    #[must_use]
    pub fn wire_guids(&self) -> Vec<&str> {
        self.part(Part::Wire)
            .map(|item| item.guid.as_str())
            .collect()
    }

    /// The ids of all sources, in the order of the configuration.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> + use<> {
        outlets::OUTLETS
            .iter()
            .map(|outlet| SourceId::new(outlet.id))
    }

    /// The path of a source's feed below the base, such as `/feeds/orsalle-radio.xml`.
    #[must_use]
    pub fn feed_path(&self, source: &SourceId) -> Option<String> {
        outlets::outlet(source.as_str()).map(feed::path)
    }

    /// The source whose feed is served under a path.
    #[must_use]
    pub fn source_at_path(&self, path: &str) -> Option<SourceId> {
        outlets::OUTLETS
            .iter()
            .find(|outlet| feed::path(outlet) == path)
            .map(|outlet| SourceId::new(outlet.id))
    }

    /// What the header `Content-Type` says of a source's feed.
    #[must_use]
    pub fn feed_type(&self, source: &SourceId) -> Option<&'static str> {
        outlets::outlet(source.as_str()).map(|outlet| feed::content_type(outlet.format))
    }

    /// A source's feed as it stands at `now`: the newest 40 items of the last day, newest first.
    /// Items of the history are never in it, since an import has brought them already.
    #[must_use]
    pub fn feed_at(&self, source: &SourceId, now: Timestamp) -> Option<String> {
        let outlet = outlets::outlet(source.as_str())?;
        let items: Vec<&Published> = self
            .events
            .iter()
            .rev()
            .filter(|item| item.source_id == *source && item.at <= now)
            .take(feed::ENTRIES_MAX)
            .collect();
        Some(feed::document(outlet, &items, &self.zone))
    }
}

/// Gives the items of a day their times and numbers, in order of time.
fn dated(day: u32, drafts: Vec<Draft>) -> Vec<Published> {
    const SECONDS: u64 = 5;
    let mut chance = Chance::of(&[SECONDS, u64::from(day)]);
    let mut timed: Vec<(Timestamp, Draft)> = drafts
        .into_iter()
        .map(|draft| {
            let seconds = SignedDuration::from_secs(chance.below(60) as i64);
            let at = minute(day, draft.minute);
            (at.checked_add(seconds).unwrap_or(at), draft)
        })
        .collect();
    timed.sort_by_key(|(at, draft)| (*at, draft.outlet));
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let date = date_of(day);
    timed
        .into_iter()
        .map(|(at, draft)| {
            let number = numbers.entry(draft.outlet).or_default();
            *number += 1;
            Published {
                source_id: SourceId::new(draft.outlet),
                at,
                guid: format!("tag:{}.example,{date}:{number}", draft.outlet),
                url: format!("https://{}.example/{date}/{number}", draft.outlet),
                title: draft.words.title,
                text: draft.words.text,
                lang: draft.lang.tag(),
                part: draft.part,
            }
        })
        .collect()
}

fn date_of(day: u32) -> Date {
    FIRST_DAY.saturating_add(SignedDuration::from_hours(24 * i64::from(day)))
}

/// The day of the week, counted from Monday.
fn weekday(day: u32) -> usize {
    usize::from(
        date_of(day)
            .weekday()
            .to_monday_zero_offset()
            .unsigned_abs(),
    )
}

/// A minute of a local day.
fn minute(day: u32, minute: u32) -> Timestamp {
    let local = date_of(day)
        .at(0, 0, 0, 0)
        .saturating_add(SignedDuration::from_mins(i64::from(minute)));
    Offset::constant(ZONE_HOURS)
        .to_timestamp(local)
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
