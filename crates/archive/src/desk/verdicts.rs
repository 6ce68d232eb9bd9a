//! What people said of alerts, and how often for each rule.

use std::collections::BTreeMap;

use bellwether_model::{Alert, AlertId, RuleId, Timestamp, Verdict, Verdicts};

use super::{Desk, put_alert, read, write};
use crate::ArchiveError;
use crate::sql::{self, ms};

/// How the alerts of one rule were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleVerdicts {
    /// Those that began at a time or later.
    pub recent: Verdicts,
    /// All.
    pub ever: Verdicts,
}

impl Desk {
    /// Changes one alert with nobody else writing in between; `None` where there is none of this id.
    /// What is as it was is not written.
    ///
    /// # Errors
    /// What `change` refuses, or where the database refuses or the record is damaged.
    pub fn change_alert<E: From<ArchiveError>>(
        &self,
        id: &AlertId,
        change: impl FnOnce(Alert) -> Result<Alert, E>,
    ) -> Result<Option<Alert>, E> {
        let transaction = self.alone()?;
        let Some(before) = self.alert(id)? else {
            return Ok(None);
        };
        let after = change(before.clone())?;
        if after != before {
            put_alert(&transaction, &after)?;
        }
        transaction.commit().map_err(write)?;
        Ok(Some(after))
    }

    /// When an alert changed last, and how many are open: where neither differs, hardly anything has changed.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn alerts_mark(&self) -> Result<(Option<Timestamp>, u64), ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT (SELECT max(updated) FROM alert),
                        (SELECT count(*) FROM alert WHERE state <> 'resolved')",
            )
            .and_then(|mut s| {
                s.query_row([], |row| {
                    let updated: Option<i64> = row.get(0)?;
                    Ok((updated.map(crate::sql::time), crate::sql::uint(row.get(1)?)))
                })
            })
            .map_err(read)
    }

    /// How the alerts of each rule were judged, those that began at `since` or later, and all. Reads
    /// every alert once: 0.4 s where there are 50,000 with long histories.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn verdicts(
        &self,
        since: Timestamp,
    ) -> Result<BTreeMap<RuleId, RuleVerdicts>, ArchiveError> {
        let counted: Vec<(String, Option<String>, i64, i64)> = self
            .connection
            .prepare_cached(
                "SELECT json_extract(record, '$.rule') AS rule,
                        json_extract(record, '$.verdict') AS verdict,
                        sum(started >= ?1), count(*)
                 FROM alert WHERE rule IS NOT NULL GROUP BY rule, verdict",
            )
            .and_then(|mut s| {
                s.query_map([ms(since)], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?
                .collect()
            })
            .map_err(read)?;
        let mut all: BTreeMap<RuleId, RuleVerdicts> = BTreeMap::new();
        for (rule, verdict, recent, ever) in counted {
            let verdict = verdict.as_deref().and_then(Verdict::from_word);
            let of_rule = all.entry(RuleId::new(rule)).or_default();
            add(&mut of_rule.recent, verdict, sql::uint(recent));
            add(&mut of_rule.ever, verdict, sql::uint(ever));
        }
        Ok(all)
    }
}

fn add(to: &mut Verdicts, verdict: Option<Verdict>, count: u64) {
    to.alerts += count;
    match verdict {
        Some(Verdict::Useful) => to.useful += count,
        Some(Verdict::Noise) => to.noise += count,
        Some(Verdict::Known) => to.known += count,
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use bellwether_model::{AlertChange, AlertState, BurstId, Cause};

    use super::*;
    use crate::DataDir;

    fn t(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
    }

    fn alert(id: &str, rule: &str, started: i64, verdict: Option<Verdict>) -> Alert {
        Alert {
            id: AlertId::new(id),
            cause: Cause::Burst {
                burst: BurstId::new(id),
                rule: RuleId::new(rule),
            },
            revision: 1,
            name: "作票".to_owned(),
            state: AlertState::Firing,
            started: t(started),
            updated: t(started),
            resolved: None,
            verdict,
            labels: bellwether_model::Labels::default(),
            told: None,
            history: Vec::new(),
        }
    }

    fn said(mut alert: Alert, by: &str) -> Result<Alert, ArchiveError> {
        alert.state = AlertState::Acknowledged;
        alert.history.push(AlertChange {
            at: t(9),
            what: AlertChange::ACKNOWLEDGED.to_owned(),
            by: Some(by.to_owned()),
            verdict: Some(Verdict::Noise),
            note: None,
        });
        Ok(alert)
    }

    #[test]
    fn neither_the_hand_over_nor_a_person_undoes_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let mut desk = Desk::open(&dir).unwrap();
        let id = AlertId::new("a-1");
        desk.hand_over(t(0), &[alert("a-1", "ballots", 0, None)], &[])
            .unwrap();
        // The daemon, on a connection of its own, while the hand-over has read and not written yet.
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (said_it, has_said) = std::sync::mpsc::channel();
        let person = std::thread::spawn({
            let (dir, id) = (dir.clone(), id.clone());
            move || {
                let other = Desk::open(&dir).unwrap();
                has_begun.recv().unwrap();
                let after = other.change_alert(&id, |alert| said(alert, "Lin"));
                said_it.send(()).unwrap();
                after.unwrap().unwrap()
            }
        });
        desk.hand_over_decided(t(1), |desk| {
            let mut alert = desk.alert(&id)?.unwrap();
            begun.send(()).unwrap();
            // Time enough to say it, if that were possible now.
            let early = has_said.recv_timeout(std::time::Duration::from_millis(300));
            assert!(early.is_err(), "said while the hand-over was at work");
            alert.revision = 2;
            Ok((vec![alert], Vec::new()))
        })
        .unwrap();
        let after = person.join().unwrap();
        assert_eq!((after.revision, after.history.len()), (2, 1));
        assert_eq!(desk.alert(&id).unwrap(), Some(after));
        assert_eq!(desk.handed_over().unwrap(), Some(t(1)));
    }

    #[test]
    fn what_fails_half_way_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let mut desk = Desk::open(&dir).unwrap();
        let failed = desk.hand_over_decided(t(0), |_| {
            Err(ArchiveError::damaged("desk", "half-way".to_owned()))
        });
        assert!(failed.is_err());
        assert_eq!(desk.handed_over().unwrap(), None);
        let id = AlertId::new("a-1");
        let none = desk.change_alert(&id, |alert| said(alert, "Lin")).unwrap();
        assert_eq!(none, None);
        // And the next work is not hindered.
        let kept = desk.hand_over_decided(t(0), |_| {
            Ok((vec![alert("a-1", "ballots", 0, None)], Vec::new()))
        });
        assert_eq!(kept.unwrap(), (1, 0));
        let refused = desk.change_alert(&id, |_| {
            Err::<Alert, _>(ArchiveError::damaged("desk", "no".to_owned()))
        });
        assert!(refused.is_err());
        assert_eq!(desk.alert(&id).unwrap().unwrap().history.len(), 0);
    }

    #[test]
    fn verdicts_are_counted_for_each_rule() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let mut desk = Desk::open(&dir).unwrap();
        let (useful, noise, known) = (Verdict::Useful, Verdict::Noise, Verdict::Known);
        let mut alerts = vec![
            alert("a-1", "ballots", 0, Some(useful)),
            alert("a-2", "ballots", 5, Some(useful)),
            alert("a-3", "ballots", 6, Some(noise)),
            alert("a-4", "ballots", 7, Some(known)),
            alert("a-5", "ballots", 8, None),
            alert("a-6", "unlisted", 8, None),
            alert("a-7", "unlisted", 8, Some(noise)),
        ];
        // Of no rule.
        alerts[6].cause = Cause::Outage { outage: t(8) };
        desk.hand_over(t(9), &alerts, &[]).unwrap();
        let counts = desk.verdicts(t(5)).unwrap();
        let ballots = counts[&RuleId::new("ballots")];
        let ever = Verdicts {
            alerts: 5,
            useful: 2,
            noise: 1,
            known: 1,
        };
        assert_eq!(ballots.ever, ever);
        let recent = Verdicts {
            alerts: 4,
            useful: 1,
            ..ever
        };
        assert_eq!(ballots.recent, recent);
        let unlisted = Verdicts {
            alerts: 1,
            ..Verdicts::default()
        };
        assert_eq!(counts[&RuleId::new("unlisted")].ever, unlisted);
        assert_eq!(counts.len(), 2, "{counts:?}");
        let none = desk.verdicts(t(9)).unwrap();
        assert_eq!(none[&RuleId::new("ballots")].recent, Verdicts::default());
    }
}
