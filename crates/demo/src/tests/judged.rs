//! The last day as the detector judges it.

use std::collections::BTreeMap;
use std::time::Duration;

use bellwether_detect::{
    DetectSettings, HitFact, HourVolume, PastWindow, WindowInput, judge, past_spans,
};
use bellwether_model::{Burst, Directory, GateResult, ItemId, Judgement, Span, StoryId, Timestamp};
use bellwether_query::Bound;

use super::{Seen, bound, config, history, is_found, last_day, text_digest, zone};
use crate::{PUSH_RULE, Part, QUIET_RULE, World};

/// The rule judged by the detector at each minute of the last day, as a monitor would.
#[test]
fn only_the_push_is_a_burst() {
    let world = World::new();
    let config = config(&world);
    let directory = config.directory([]);
    let zone = zone();
    let mut all = history(&world);
    all.extend(last_day(&world));
    let volumes = volumes(&world, &all);
    for rule in [PUSH_RULE, QUIET_RULE] {
        let bound = bound(&config, &directory, rule);
        let gate = config
            .rules
            .iter()
            .find(|configured| configured.rule.id.as_str() == rule)
            .expect("the rule")
            .rule
            .gate;
        let hits = hits(&all, &bound, &directory);
        let counts = |window| WindowInput {
            window,
            hits: &hits,
        };
        let mut held = Vec::new();
        for minutes in 1..=24 * 60 {
            let now = world.last_day().from + jiff::SignedDuration::from_mins(minutes);
            let window = Span::ending(now, Duration::from_secs(2 * 3600));
            let past: Vec<_> = past_spans(window)
                .filter(|span| span.from >= world.history_span().from)
                .map(|span| PastWindow {
                    start: span.from,
                    voices: counts(span).counts().voices(),
                    exposure: 1.0,
                })
                .collect();
            let input = counts(window);
            let observed = input.counts();
            let judgement = judge(
                &observed,
                window,
                &past,
                &volumes,
                &zone,
                DetectSettings::default(),
            );
            assert!(matches!(judgement, Judgement::Tested { .. }));
            let gates = GateResult::all(&gate, &observed, input.largest_family());
            if Burst::holds(&judgement, &gates) {
                held.push(now);
            }
        }
        if rule == QUIET_RULE {
            assert_eq!(held, []);
            continue;
        }
        let first = held.first().expect("a burst");
        assert!(world.push_span().contains(*first), "{first}");
        let last = *held.last().expect("a burst");
        let hold = jiff::SignedDuration::from_hours(2);
        assert!(last < world.push_span().to + hold, "{last}");
        // One burst, which has ended before the spam begins: a window without it ends one.
        assert!(
            held.windows(2)
                .all(|pair| pair[1].duration_since(pair[0]) < hold)
        );
        let spam = world.part(Part::Spam).next().expect("spam").at;
        assert!(last + hold < spam, "{last}");
    }
}

fn hits(all: &[Seen], bound: &Bound, directory: &Directory) -> Vec<HitFact> {
    let mut stories: BTreeMap<[u8; 16], u64> = BTreeMap::new();
    (1_u64..)
        .zip(all)
        .filter(|(_, seen)| is_found(bound, seen))
        .map(|(number, seen)| {
            let story = *stories
                .entry(text_digest(&seen.title, &seen.text))
                .or_insert(number);
            HitFact {
                item: ItemId(number),
                time: seen.at,
                family: directory.family(&seen.source),
                story: Some(StoryId(story)),
            }
        })
        .collect()
}

fn volumes(world: &World, all: &[Seen]) -> Vec<HourVolume> {
    let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
    let first = world.history_span().from.as_second();
    let hours_to = world.last_day().to.as_second();
    for start in (first..hours_to).step_by(3_600) {
        hours.insert(start, 0);
    }
    for seen in all {
        *hours
            .entry(seen.at.as_second().div_euclid(3_600) * 3_600)
            .or_default() += 1;
    }
    hours
        .into_iter()
        .map(|(start, items)| HourVolume {
            hour_start: Timestamp::from_second(start).expect("a time"),
            items,
            exposure: 1.0,
        })
        .collect()
}
