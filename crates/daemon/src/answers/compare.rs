//! Two items side by side, with what their texts share.

use std::ops::Range;
use std::sync::Arc;

use bellwether_api::{ClockBody, CompareBody, ComparedBody, ItemBody, Problem, StretchBody};
use bellwether_lineage::{Run, beside, calibration, common};
use bellwether_query::Bound;

use super::known::KnownItem;
use super::stories::{parts, percent};
use super::{Answers, items, problems};

impl Answers {
    /// Two items side by side.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such item, or one is no longer kept.
    pub fn compare(&self, item: &str, with: &str) -> Result<CompareBody, Problem> {
        self.log.with(|log| {
            let seen = self.look(log)?;
            let ids = [items::find(log, item)?.id, items::find(log, with)?.id];
            if ids[0] == ids[1] {
                return Err(problems::parameter(
                    "with",
                    "it is the same item as `item`; name another",
                ));
            }
            let known = self.known.items(ids.into_iter(), log, seen.head)?;
            let bodies = self.items_found(&known, &Bound::All, &seen.who, log)?;
            let (Ok([first, second]), Ok([item, with])) = (
                <[Arc<KnownItem>; 2]>::try_from(known),
                <[ItemBody; 2]>::try_from(bodies),
            ) else {
                return Err(problems::not_found("item", with));
            };
            let score = self.derived.with(|derived| {
                let Some(story) = derived.story_of(ids[0]).map_err(problems::archive)? else {
                    return Ok(None);
                };
                let pairs = derived.rewordings(story).map_err(problems::archive)?;
                let pair = pairs
                    .iter()
                    .find(|pair| ids.contains(&pair.item) && ids.contains(&pair.other));
                Ok(pair.map(|pair| pair.score))
            })?;
            let same_story = item.story.is_some()
                && item.story.as_ref().map(|s| &s.id) == with.story.as_ref().map(|s| &s.id);
            let (a, b) = (parts(&first), parts(&second));
            let shared = beside(&a, &b);
            let listed = common(&a, &b, [first.lang, second.lang]);
            Ok(CompareBody {
                item: compared(&first, item, &shared.first),
                with: compared(&second, with, &shared.second),
                same_story,
                score,
                calibration: score.map(calibration),
                figures: listed.figures,
                names: listed.names,
                quotations: listed.quotations,
                links: listed.links,
            })
        })
    }
}

fn compared(known: &KnownItem, item: ItemBody, runs: &[Run]) -> ComparedBody {
    let stretches = |part, text: &str| {
        let bytes = runs.iter().filter(|run| run.part == part);
        in_chars(text, bytes.map(|run| &run.bytes))
    };
    let shared_title = stretches(0, &known.item.title);
    let shared_text = stretches(1, &known.item.text);
    let marked: usize = shared_title
        .iter()
        .chain(&shared_text)
        .map(|stretch| stretch.end - stretch.start)
        .sum();
    let all = known.item.title.chars().count() + known.item.text.chars().count();
    ComparedBody {
        clock: ClockBody::of(&item, known.item.published_raw.is_some()),
        item,
        text: known.item.text.clone(),
        shared_title,
        shared_text,
        shared_percent: percent(marked as f64 / all.max(1) as f64),
    }
}

/// Stretches in order, counted in characters.
fn in_chars<'a>(text: &str, bytes: impl Iterator<Item = &'a Range<usize>>) -> Vec<StretchBody> {
    let (mut at, mut chars) = (0, 0);
    let mut count = |to: usize| {
        chars += text.get(at..to).map_or(0, |text| text.chars().count());
        at = to;
        chars
    };
    bytes
        .map(|bytes| StretchBody {
            start: count(bytes.start),
            end: count(bytes.end),
        })
        .collect()
}
