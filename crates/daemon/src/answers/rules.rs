//! The rules, each with how its alerts were judged.

use bellwether_alert::precision;
use bellwether_api::{ListBody, PrecisionBody, Problem, RECENT_DAYS, RuleBody};
use bellwether_archive::RuleVerdicts;
use bellwether_model::{RuleId, Timestamp, Verdicts};
use jiff::SignedDuration;

use super::{Answers, problems};

impl Answers {
    /// The rules in force in the order of the configuration, then those that are no longer in force
    /// and have raised alerts.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn rules(&self) -> Result<ListBody<RuleBody>, Problem> {
        let who = self.log.with(|log| self.who(log))?;
        let back = SignedDuration::from_hours(24 * i64::from(RECENT_DAYS));
        let since = self.now().checked_sub(back).unwrap_or(Timestamp::MIN);
        let mut judged = self
            .desk
            .with(|desk| desk.verdicts(since).map_err(problems::archive))?;
        let mut of = |rule: &RuleId| told(&judged.remove(rule).unwrap_or_default(), since);
        let mut items = Vec::with_capacity(who.rules.len() + who.term_rules.len());
        for watched in &who.rules {
            let (recent, ever) = of(&watched.rule.id);
            items.push(RuleBody::of_query(&watched.rule, recent, ever));
        }
        for rule in &who.term_rules {
            let (recent, ever) = of(&rule.id);
            items.push(RuleBody::of_terms(rule, recent, ever));
        }
        for (rule, verdicts) in &judged {
            let (recent, ever) = told(verdicts, since);
            items.push(RuleBody::not_in_force(rule.as_str(), recent, ever));
        }
        Ok(ListBody {
            items,
            cursor: None,
        })
    }
}

fn told(verdicts: &RuleVerdicts, since: Timestamp) -> (PrecisionBody, PrecisionBody) {
    let shape = |since, verdicts: &Verdicts| {
        PrecisionBody::from_model(since, verdicts, precision(verdicts))
    };
    (
        shape(Some(since), &verdicts.recent),
        shape(None, &verdicts.ever),
    )
}
