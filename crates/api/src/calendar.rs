//! Elections with their calendars, as programs see them.

use bellwether_model::{Election, InForce, Phase, Timestamp};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::SpanBody;

/// An election with its calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarBody {
    /// Its id.
    pub id: String,
    /// Its name in English.
    pub name: String,
    /// Its name where it is held.
    pub name_native: Option<String>,
    /// ISO 3166 code of the country.
    pub country: String,
    /// The time zone in which its days are meant.
    pub time_zone: String,
    /// Polling day; `null` where it is not known.
    #[schema(example = "2026-11-28")]
    pub polling_day: Option<String>,
    /// Polling day as moments.
    pub polling: Option<SpanBody>,
    /// Days to polling day in its zone: 0 on it, negative after it.
    pub days_to_polling: Option<i32>,
    /// The stretches of its calendar.
    pub phases: Vec<CalendarPhaseBody>,
    /// The narratives that are watched for it, by their ids.
    pub narratives: Vec<String>,
}

/// A stretch of an election's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarPhaseBody {
    /// Its name.
    #[schema(example = "campaign")]
    pub id: String,
    /// Its first moment; `null` where it is not known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start: Option<Timestamp>,
    /// The first moment after it; `null` where it is not known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub end: Option<Timestamp>,
    /// Whether it is in force now; `null` where the bound that would decide is not known.
    pub in_force: Option<bool>,
    /// What is kept out of messages while it is in force: `polls`.
    pub withholds: Option<String>,
    /// The rule of law that sets it.
    pub law: Option<String>,
}

impl CalendarBody {
    /// The shape of an election at a time.
    #[must_use]
    pub fn from_model(election: &Election, narratives: Vec<String>, now: Timestamp) -> Self {
        let zone = election.zone();
        let moment = |date: jiff::civil::Date| {
            let begins = date.to_zoned_datetime(zone.clone()).ok()?;
            Some(begins.timestamp())
        };
        let polling = election.polling_day.and_then(|day| {
            let next = day.checked_add(1.day()).ok()?;
            Some(SpanBody {
                from: moment(day)?,
                to: moment(next)?,
            })
        });
        Self {
            id: election.id.to_string(),
            name: election.name.clone(),
            name_native: election.name_native.clone(),
            country: election.country.clone(),
            time_zone: election.time_zone.clone(),
            polling_day: election.polling_day.map(|day| day.to_string()),
            polling,
            days_to_polling: election.days_to_polling(now),
            phases: election
                .phases
                .iter()
                .map(|phase| CalendarPhaseBody::from_model(phase, now))
                .collect(),
            narratives,
        }
    }
}

impl CalendarPhaseBody {
    fn from_model(phase: &Phase, now: Timestamp) -> Self {
        Self {
            id: phase.id.clone(),
            start: phase.start,
            end: phase.end,
            in_force: match phase.in_force(now) {
                InForce::Yes => Some(true),
                InForce::No => Some(false),
                InForce::Unknown => None,
            },
            withholds: phase.withholds.map(|what| what.as_str().to_owned()),
            law: phase.law.clone(),
        }
    }
}
