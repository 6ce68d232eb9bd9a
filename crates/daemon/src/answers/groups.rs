//! Since when the counts of a group can be compared with what is usual: "baseline ready on DATE".
//!
//! A day counts where enough families of the group were collected in it, by polls, imports or history.
//! A baseline looks at the last four weeks; it is whole on the first day before which all of them
//! count, and until then expected for the day on which they would, if collection goes on.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_api::{GroupBody, ListBody, Problem};
use bellwether_detect::HISTORY_HOURS;
use bellwether_model::{FamilyId, Group, Source, SourceKind, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Answers;
use super::hours::Attempts;

/// Families of which a day needs some collection; groups of fewer need all of theirs. The gate of a
/// rule that does not say otherwise.
const FAMILIES_NEEDED: usize = 3;

const DAYS_NEEDED: i64 = HISTORY_HOURS / 24;

/// How far back a first whole baseline is looked for.
const DAYS_MAX: i64 = 400;

impl Answers {
    /// The groups in force, each with when its baseline is ready.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn groups(&self) -> Result<ListBody<GroupBody>, Problem> {
        self.log.with(|log| {
            let seen = self.look(log)?;
            let covered = &seen.who.covered;
            let hours = self.hours();
            let directory = &seen.who.directory;
            let today = self.now().as_second().div_euclid(24 * 3600);
            let group = |group: &Group| {
                let is_counted = |source: &&Source| {
                    source.groups.contains(&group.id)
                        // That a folder was looked at says nothing of what its files hold.
                        && source.kind != SourceKind::Files
                        && (source.enabled || covered.contains_key(&source.id))
                };
                let sources: Vec<&Source> = directory.sources().filter(is_counted).collect();
                let families: BTreeSet<&FamilyId> = sources.iter().map(|s| &s.family).collect();
                let mut days: BTreeMap<i64, BTreeSet<&FamilyId>> = BTreeMap::new();
                for source in &sources {
                    let polled = hours.of(&source.id);
                    let imported = covered.get(&source.id).map_or(&[][..], Vec::as_slice);
                    for day in collected_days(polled, imported, today) {
                        days.entry(day).or_default().insert(&source.family);
                    }
                }
                let needed = FAMILIES_NEEDED.min(families.len());
                days.retain(|_, of_day| needed > 0 && of_day.len() >= needed);
                let ready = ready(&days.into_keys().collect(), today);
                body(group, sources.len(), families.len(), needed, ready)
            };
            Ok(ListBody {
                items: directory.groups().map(group).collect(),
                cursor: None,
            })
        })
    }
}

/// The days before today in which a source was collected.
fn collected_days(
    polled: Option<&Attempts>,
    imported: &[(i64, i64)],
    today: i64,
) -> impl Iterator<Item = i64> {
    let is_imported = move |day: i64| {
        let mut stretches = imported.iter();
        stretches.any(|(first, last)| *first < (day + 1) * 24 && day * 24 <= *last)
    };
    (today - DAYS_MAX..today).filter(move |day| {
        is_imported(*day)
            || polled.is_some_and(|polled| polled.collected.any(day * 24..(day + 1) * 24))
    })
}

/// How many of the last days count, and the first day before which all that are needed do.
fn ready(days: &BTreeSet<i64>, today: i64) -> (u32, Option<i64>) {
    let recent = days.range(today - DAYS_NEEDED..today).count();
    let count = u32::try_from(recent).unwrap_or(u32::MAX);
    if days.is_empty() {
        return (count, None);
    }
    // The days in a row that end with yesterday; where yesterday does not count, they begin today.
    let run = (1..=DAYS_MAX)
        .take_while(|back| days.contains(&(today - back)))
        .count();
    let run = i64::try_from(run).unwrap_or(0);
    (count, Some(today - run + DAYS_NEEDED))
}

fn body(
    group: &Group,
    sources: usize,
    families: usize,
    needed: usize,
    (days, ready): (u32, Option<i64>),
) -> GroupBody {
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let is_ready = i64::from(days) >= DAYS_NEEDED;
    GroupBody {
        id: group.id.to_string(),
        name: group.name.clone(),
        role: group.role.as_str().to_owned(),
        sources: small(sources),
        families: small(families),
        families_needed: small(needed),
        baseline_days: days,
        baseline_days_needed: u32::try_from(DAYS_NEEDED).unwrap_or(u32::MAX),
        baseline_ready: ready.and_then(date),
        baseline: match (ready, is_ready) {
            (None, _) => "unknown",
            (Some(_), true) => "ready",
            (Some(_), false) => "expected",
        }
        .to_owned(),
    }
}

/// A day counted from 1970, in UTC.
fn date(day: i64) -> Option<Date> {
    let second = day.checked_mul(24 * 3600)?;
    let start = Timestamp::from_second(second).ok()?;
    Some(TimeZone::UTC.to_datetime(start).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_when_four_weeks_in_a_row_count() {
        let days = |range: std::ops::Range<i64>| range.collect::<BTreeSet<i64>>();
        assert_eq!(ready(&BTreeSet::new(), 100), (0, None), "unknown");
        assert_eq!(ready(&days(72..100), 100), (28, Some(100)));
        assert_eq!(ready(&days(60..100), 100), (28, Some(88)), "since then");
        assert_eq!(ready(&days(90..100), 100), (10, Some(118)), "18 more");
        let mut gap = days(60..100);
        gap.remove(&95);
        assert_eq!(ready(&gap, 100), (27, Some(124)), "28 days after the gap");
        assert_eq!(ready(&days(60..99), 100), (27, Some(128)), "not yesterday");
        assert_eq!(
            date(20_781).map(|day| day.to_string()).as_deref(),
            Some("2026-11-24")
        );
    }
}
