//! Rules, with how their alerts were judged.

use bellwether_model::{Precision, Rule, TermRule, Timestamp, Verdicts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is told as recent: long enough that a rule of one alert a week has a dozen, short enough to
/// show that it was changed.
pub const RECENT_DAYS: u32 = 90;

/// How the alerts of a rule were judged, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PrecisionBody {
    /// Alerts that began then or later; `null`: all.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Alerts, judged or not.
    pub alerts: u64,
    /// Judged `useful`.
    pub useful: u64,
    /// Judged `noise`.
    pub noise: u64,
    /// Judged `known`: true, and known already. Counts neither for nor against the rule.
    pub known: u64,
    /// `useful` and `noise` together: what `precision` rests on.
    pub judged: u64,
    /// `useful` of `judged`; `null` where nothing is judged.
    pub precision: Option<f64>,
    /// The lower end of the range that holds 95 % (Wilson 1927); `null` where nothing is judged.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl PrecisionBody {
    /// The shape of verdicts and what follows from them.
    #[must_use]
    pub fn from_model(
        since: Option<Timestamp>,
        verdicts: &Verdicts,
        precision: Option<Precision>,
    ) -> Self {
        Self {
            since,
            alerts: verdicts.alerts,
            useful: verdicts.useful,
            noise: verdicts.noise,
            known: verdicts.known,
            judged: verdicts.useful + verdicts.noise,
            precision: precision.map(|precision| precision.share),
            low: precision.map(|precision| precision.low),
            high: precision.map(|precision| precision.high),
        }
    }

    /// The precision with its range and what it rests on, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let (Some(share), Some(low), Some(high)) = (self.precision, self.low, self.high) else {
            return match (self.alerts, self.known) {
                (0, _) => "unknown: no alerts",
                (_, 0) => "unknown: no verdicts yet",
                _ => "unknown: judged known only",
            }
            .to_owned();
        };
        format!(
            "{} % ({} to {} %) of {}",
            percent(share),
            percent(low),
            percent(high),
            self.judged
        )
    }
}

/// Whole per cent: verdicts are too few for more.
fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

/// A rule, with how its alerts were judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleBody {
    /// Its id.
    pub id: String,
    /// Its name; of one that is no longer in force, its id.
    pub name: String,
    /// Whether it stands in the configuration in force. One that does not is listed where it raised
    /// alerts.
    pub in_force: bool,
    /// Its query; `null` where it watches for what nobody listed (`terms = "any"`), or is no longer in
    /// force.
    pub query: Option<String>,
    /// Only items of these groups count; empty means all.
    pub groups: Vec<String>,
    /// Where its alerts go.
    pub receivers: Vec<String>,
    /// How its alerts of the last 90 days were judged.
    pub recent: PrecisionBody,
    /// How all its alerts were judged.
    pub ever: PrecisionBody,
}

impl RuleBody {
    /// The shape of a rule that watches for a query.
    #[must_use]
    pub fn of_query(rule: &Rule, recent: PrecisionBody, ever: PrecisionBody) -> Self {
        Self {
            id: rule.id.to_string(),
            name: rule.name.clone(),
            in_force: true,
            query: Some(rule.query.clone()),
            groups: rule.groups.iter().map(ToString::to_string).collect(),
            receivers: rule.receivers.iter().map(ToString::to_string).collect(),
            recent,
            ever,
        }
    }

    /// The shape of a rule that watches for what nobody listed.
    #[must_use]
    pub fn of_terms(rule: &TermRule, recent: PrecisionBody, ever: PrecisionBody) -> Self {
        Self {
            id: rule.id.to_string(),
            name: rule.name.clone(),
            in_force: true,
            query: None,
            groups: rule.groups.iter().map(ToString::to_string).collect(),
            receivers: rule.receivers.iter().map(ToString::to_string).collect(),
            recent,
            ever,
        }
    }

    /// The shape of a rule of which only its alerts are known.
    #[must_use]
    pub fn not_in_force(id: &str, recent: PrecisionBody, ever: PrecisionBody) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            in_force: false,
            query: None,
            groups: Vec::new(),
            receivers: Vec::new(),
            recent,
            ever,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_judged_is_unknown_and_never_nothing() {
        let none = PrecisionBody::from_model(None, &Verdicts::default(), None);
        assert_eq!((none.precision, none.low, none.high), (None, None, None));
        assert_eq!(none.in_words(), "unknown: no alerts");
        let words = |known| {
            let verdicts = Verdicts {
                alerts: 2,
                known,
                ..Verdicts::default()
            };
            PrecisionBody::from_model(None, &verdicts, None).in_words()
        };
        assert_eq!(words(0), "unknown: no verdicts yet");
        assert_eq!(words(1), "unknown: judged known only");
        let verdicts = Verdicts {
            alerts: 9,
            useful: 3,
            noise: 1,
            known: 2,
        };
        let precision = Precision {
            share: 0.75,
            low: 0.3006,
            high: 0.9544,
        };
        let some = PrecisionBody::from_model(None, &verdicts, Some(precision));
        assert_eq!(some.judged, 4);
        assert_eq!(some.in_words(), "75 % (30 to 95 %) of 4");
    }
}
