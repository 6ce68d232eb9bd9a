//! An everyday day: who publishes how much at which hour.
//!
//! Each outlet and day has its own stream of chance, so that a day can be made without those before.

use crate::chance::Chance;
use crate::outlets::{OUTLETS, Outlet};
use crate::phrases::{book, write};
use crate::scenario::mentioned;
use crate::{Draft, Part};

/// Weight of each local hour: quiet nights, busy mornings, an evening.
const HOURS: [f64; 24] = [
    1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 8.0, 12.0, 14.0, 14.0, 12.0, 12.0, 11.0, 11.0, 12.0, 12.0, 12.0,
    12.0, 13.0, 12.0, 9.0, 7.0, 4.0, 2.0,
];

/// The share of a weekday's items that a day of the week has, Monday first.
const WEEK: [f64; 7] = [1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.65];

/// What streams of chance are for; the first part of their seed.
const EVERYDAY: u64 = 1;
const MACHINES: u64 = 2;
const POSTPONED: u64 = 3;

/// The everyday items of a day, in no particular order. `day` counts from the first of the history,
/// `weekday` from Monday.
pub(crate) fn everyday(day: u32, weekday: usize) -> Vec<Draft> {
    let total: f64 = HOURS.iter().sum();
    let of_week = WEEK.get(weekday).copied().unwrap_or(1.0);
    let mut drafts = Vec::new();
    for (number, outlet) in (0_u64..).zip(&OUTLETS) {
        let mut chance = Chance::of(&[EVERYDAY, u64::from(day), number]);
        for (hour, weight) in (0_u32..).zip(HOURS) {
            let mean = f64::from(outlet.a_day) * of_week * weight / total;
            for _ in 0..chance.around(mean) {
                let minute = hour * 60 + minute_of_hour(&mut chance);
                drafts.extend(everyday_item(outlet, minute, &mut chance));
            }
        }
    }
    drafts
}

fn everyday_item(outlet: &Outlet, minute: u32, chance: &mut Chance) -> Option<Draft> {
    let topic = chance.pick(book(outlet.lang).everyday)?;
    let words = write(outlet.lang, topic, chance);
    Some(Draft::new(
        outlet.id,
        minute,
        outlet.lang,
        words,
        Part::Everyday,
    ))
}

/// The usual mentions of a day in the history: one to three of the machines, none to two of a
/// postponed vote.
pub(crate) fn mentions(day: u32) -> Vec<Draft> {
    [(MACHINES, 1, true), (POSTPONED, 0, false)]
        .into_iter()
        .flat_map(|(seed, least, is_of_machines)| {
            let mut chance = Chance::of(&[seed, u64::from(day)]);
            let count = least + chance.below(3);
            let first = chance.below(OUTLETS.len());
            (0..count)
                .filter_map(move |number| {
                    // Six seats apart in the table is another family.
                    let outlet = OUTLETS.get((first + 6 * number) % OUTLETS.len())?;
                    let hour = 7 + chance.below(14) as u32;
                    let minute = hour * 60 + minute_of_hour(&mut chance);
                    let topic = mentioned(outlet.lang, is_of_machines);
                    let words = write(outlet.lang, topic, &mut chance);
                    Some(Draft::new(
                        outlet.id,
                        minute,
                        outlet.lang,
                        words,
                        Part::Mention,
                    ))
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn minute_of_hour(chance: &mut Chance) -> u32 {
    chance.below(60) as u32
}
