//! From changes of sources and reports of coverage to alerts and messages.
//!
//! Each change becomes an alert, or a step in the life of one, at once; a report becomes one message
//! to each receiver, about all the alerts it tells of.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::coverage::{
    forget, messages, outage_alert_id, source_alert_id, take_change, take_outage,
};
use bellwether_alert::{OutageWatch, Standing};
use bellwether_archive::{ArchiveError, Derived, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertId, Cause, CoverageReport, ReceiverId, SourceChange, SourceId, Subject, Timestamp,
};

/// Who is told of coverage, and of which sources.
#[derive(Debug, Clone, Default)]
pub struct CoverageRoute {
    /// Receivers that are enabled.
    pub receivers: Vec<ReceiverId>,
    /// The sources that are polled and told of, with their names.
    pub sources: BTreeMap<SourceId, String>,
}

impl CoverageRoute {
    /// Takes in changes in their order.
    pub(crate) fn take_changes(
        &self,
        desk: &Desk,
        alerts: &mut BTreeMap<AlertId, Alert>,
        changes: &[SourceChange],
    ) -> Result<(), ArchiveError> {
        for change in changes {
            let id = source_alert_id(&change.source, change.begun);
            let known = known(desk, alerts, &id)?;
            let name = self.sources.get(&change.source);
            let name = name.map_or(change.source.as_str(), String::as_str);
            if let Some(alert) = take_change(known, change, name) {
                alerts.insert(id, alert);
            }
        }
        Ok(())
    }

    /// The messages of a report; none where it tells of nothing that there is an alert of.
    pub(crate) fn take_report(
        &self,
        desk: &Desk,
        alerts: &mut BTreeMap<AlertId, Alert>,
        report: &CoverageReport,
        is_news: bool,
    ) -> Result<Vec<Outgoing>, ArchiveError> {
        let mut about: Vec<AlertId> = Vec::new();
        if let Some(outage) = &report.outage {
            let id = outage_alert_id(outage.since);
            let known = known(desk, alerts, &id)?;
            if let Some(alert) = take_outage(known, outage, report.reported) {
                alerts.insert(id.clone(), alert);
                about.push(id);
            }
        }
        for change in &report.changes {
            let id = source_alert_id(&change.source, change.begun);
            if let Some(alert) = known(desk, alerts, &id)? {
                alerts.insert(id.clone(), alert);
                about.push(id);
            }
        }
        let Some(first) = about.first().and_then(|id| alerts.get(id)) else {
            return Ok(Vec::new());
        };
        let receivers = if is_news { &self.receivers[..] } else { &[] };
        let messages = messages(report, first, receivers, report.reported);
        Ok(messages
            .into_iter()
            .map(|delivery| Outgoing {
                delivery,
                subject: Subject::Coverage(report.clone()),
                also: about[1..].to_vec(),
            })
            .collect())
    }

    /// What reports that are no news tell of and still holds, as one report: a trouble of which nobody
    /// could be told in time, since only polls were running, is told all the same.
    pub(crate) fn standing(
        &self,
        derived: &Derived,
        old: &[&CoverageReport],
    ) -> Result<Option<CoverageReport>, ArchiveError> {
        let Some(last) = old.last() else {
            return Ok(None);
        };
        let standings: BTreeMap<SourceId, Standing> = derived.standings()?.into_iter().collect();
        let holds = |change: &&SourceChange| {
            let told = standings.get(&change.source).and_then(|s| s.told.as_ref());
            self.sources.contains_key(&change.source)
                && told.is_some_and(|told| told.begun == change.begun && told.state == change.to)
        };
        let changes: BTreeMap<&SourceId, &SourceChange> = (old.iter())
            .flat_map(|report| &report.changes)
            .filter(holds)
            .map(|change| (&change.source, change))
            .collect();
        Ok((!changes.is_empty()).then(|| CoverageReport {
            changes: changes.into_values().cloned().collect(),
            outage: None,
            ..(*last).clone()
        }))
    }

    /// The alerts about coverage, among those that are open, that nothing stands behind any more,
    /// resolved: their source is switched off or not to be told, or a rebuild with another
    /// configuration has found something else.
    pub(crate) fn settled(
        &self,
        derived: &Derived,
        open: &[Alert],
        tick: Timestamp,
    ) -> Result<Vec<Alert>, ArchiveError> {
        if open
            .iter()
            .all(|alert| matches!(alert.cause, Cause::Burst { .. }))
        {
            return Ok(Vec::new());
        }
        let is_behind = derived.state()?.tick.is_none_or(|reached| reached < tick);
        let coming: BTreeSet<SourceId> = derived
            .source_changes_after(Some(tick))?
            .into_iter()
            .map(|change| change.source)
            .collect();
        let standings: BTreeMap<SourceId, Standing> = derived.standings()?.into_iter().collect();
        let outage: OutageWatch = derived.outage()?.unwrap_or_default();
        let stands = |alert: &Alert| match &alert.cause {
            Cause::Burst { .. } => true,
            Cause::Source { source } if !self.sources.contains_key(source) => false,
            // What is computed anew may not have come to it yet.
            _ if is_behind => true,
            Cause::Source { source } => {
                let told = standings.get(source).and_then(|s| s.told.as_ref());
                let id = told.map(|trouble| source_alert_id(source, trouble.begun));
                id.as_ref() == Some(&alert.id) || coming.contains(source)
            }
            Cause::Outage { outage: since } => {
                outage.holds_since() == Some(*since) || outage.has_news()
            }
        };
        Ok(open
            .iter()
            .filter(|alert| !stands(alert))
            .map(|alert| forget(alert.clone(), tick))
            .collect())
    }
}

fn known(
    desk: &Desk,
    alerts: &BTreeMap<AlertId, Alert>,
    id: &AlertId,
) -> Result<Option<Alert>, ArchiveError> {
    match alerts.get(id) {
        Some(alert) => Ok(Some(alert.clone())),
        None => desk.alert(id),
    }
}
