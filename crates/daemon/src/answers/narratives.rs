//! The narratives in force, each with how often its wording was found of late.

use bellwether_api::{ListBody, NarrativeBody, Problem};
use bellwether_model::{NarrativeId, Span, Timestamp};
use bellwether_query::Bound;
use jiff::SignedDuration;

use super::hours::{hour_of, start_of};
use super::{Answers, FacetsParams, problems};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Weeks before the last one that say what is usual.
const WEEKS: i32 = 4;

/// Of fewer collected days among them nobody knows what is usual.
const DAYS_MIN: u32 = 21;

/// More than any team documents.
const NARRATIVES_MAX: usize = 1_000;

/// The weeks before the last seven days.
#[derive(Debug, Clone)]
pub(super) struct Usual {
    /// The items of each narrative.
    matches: Vec<(String, u64)>,
    /// The days in which anything was collected.
    days: u32,
}

impl Answers {
    /// The narratives in force, those of most items in the last seven days first.
    ///
    /// # Errors
    /// A [`Problem`] where the index cannot answer.
    pub fn narratives(&self) -> Result<ListBody<NarrativeBody>, Problem> {
        let who = self.log.with(|log| self.who(log))?;
        let now = self.now();
        let hour = hour_of(now);
        let since = back(start_of(hour), WEEK);
        let recent = self.matches_between(back(now, WEEK), now)?;
        let Usual { matches, days } =
            self.settled_narratives
                .of(hour, "", self.is_whole(), || self.usual_narratives(since))?;
        let number = |of: &[(String, u64)], id: &str| {
            let found = of.iter().find(|(known, _)| known == id);
            found.map_or(0, |(_, items)| *items)
        };
        let mut items: Vec<NarrativeBody> = who
            .directory
            .narratives()
            .map(|narrative| {
                let id = narrative.id.as_str();
                let usual = |days: u32| number(&matches, id) as f64 / f64::from(days) * 7.0;
                let usual = (days >= DAYS_MIN).then(|| usual(days));
                NarrativeBody::from_model(narrative, &who.directory, number(&recent, id), usual)
            })
            .collect();
        items.sort_by(|a, b| b.items_7d.cmp(&a.items_7d).then_with(|| a.id.cmp(&b.id)));
        Ok(ListBody {
            items,
            cursor: None,
        })
    }

    /// One narrative.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id, or the index cannot answer.
    pub fn narrative(&self, id: &str) -> Result<NarrativeBody, Problem> {
        let who = self.log.with(|log| self.who(log))?;
        if who.directory.narrative(&NarrativeId::new(id)).is_none() {
            return Err(problems::not_found("narrative", id)
                .hint("`GET /api/v1/narratives` lists all with their ids"));
        }
        let all = self.narratives()?;
        let found = all.items.into_iter().find(|narrative| narrative.id == id);
        found.ok_or_else(|| problems::not_found("narrative", id))
    }

    fn usual_narratives(&self, since: Timestamp) -> Result<Usual, Problem> {
        let before = back(since, WEEK * WEEKS);
        Ok(Usual {
            matches: self.matches_between(before, since)?,
            // What was not collected is not zero.
            days: self.days_collected(before, since)?,
        })
    }

    fn matches_between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(String, u64)>, Problem> {
        let found = self.facets(&FacetsParams {
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            by: Some("narrative".to_owned()),
            limit: Some(NARRATIVES_MAX),
            ..FacetsParams::default()
        })?;
        let values = found.facets.into_iter().flat_map(|facet| facet.values);
        Ok(values.map(|value| (value.value, value.items)).collect())
    }

    /// The days of a stretch in which anything was collected.
    fn days_collected(&self, from: Timestamp, to: Timestamp) -> Result<u32, Problem> {
        let mut spans = Vec::new();
        let mut at = from;
        while let Ok(next) = at.checked_add(DAY)
            && next <= to
        {
            spans.push(Span { from: at, to: next });
            at = next;
        }
        self.log.with(|log| {
            let seen = self.look(log)?;
            let notes = self.note_of_bins(&seen, &Bound::All, &spans);
            let days = notes.iter().filter(|(_, any)| *any).count();
            Ok(u32::try_from(days).unwrap_or(0))
        })
    }
}

fn back(at: Timestamp, length: SignedDuration) -> Timestamp {
    at.checked_sub(length).unwrap_or(Timestamp::MIN)
}
