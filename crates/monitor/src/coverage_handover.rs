//! From changes of sources and reports of coverage to alerts and messages.
//!
//! Each change becomes an alert, or a step in the life of one, at once; a report becomes one message
//! to each receiver, about all the alerts it tells of.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::coverage::{
    forget, goes_on, messages, outage_alert_id, source_alert_id, take_change, take_outage,
};
use bellwether_alert::{OutageWatch, Standing, told};
use bellwether_archive::{AlertFilter, ArchiveError, Derived, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertId, AlertState, Cause, CoverageReport, Outage, ReceiverId, SourceChange, SourceId,
    Subject, Timestamp,
};

use crate::handover::ALERTS_MAX;

/// Who is told of coverage, and of which sources.
#[derive(Debug, Clone, Default)]
pub struct CoverageRoute {
    /// Who is told, of the receivers that are enabled.
    pub receivers: Vec<ReceiverId>,
    /// All receivers that are enabled: whoever was told of a trouble is told of its end.
    pub enabled: BTreeSet<ReceiverId>,
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
            let known = of_change(desk, alerts, change)?;
            let name = self.sources.get(&change.source);
            let name = name.map_or(change.source.as_str(), String::as_str);
            if let Some(alert) = take_change(known, change, name) {
                alerts.insert(alert.id.clone(), alert);
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
        let mut about: Vec<Alert> = Vec::new();
        let mut ends: BTreeMap<ReceiverId, (CoverageReport, Vec<Alert>)> = BTreeMap::new();
        if let Some(outage) = &report.outage {
            let known = of_outage(desk, alerts, outage)?;
            if let Some(alert) = take_outage(known, outage, report.reported) {
                if outage.gap.is_some() {
                    self.note_end(desk, &mut ends, report, &alert, |part| {
                        part.outage = Some(outage.clone());
                    })?;
                }
                about.push(alert);
            }
        }
        for change in &report.changes {
            if let Some(alert) = of_change(desk, alerts, change)? {
                if change.is_recovery() {
                    self.note_end(desk, &mut ends, report, &alert, |part| {
                        part.changes.push(change.clone());
                    })?;
                }
                about.push(alert);
            }
        }
        for alert in &about {
            alerts.insert(alert.id.clone(), alert.clone());
        }
        if !is_news {
            return Ok(Vec::new());
        }
        let mut outgoing = about_all(report, &about, &self.receivers);
        for (receiver, (part, about)) in &ends {
            outgoing.extend(about_all(part, about, std::slice::from_ref(receiver)));
        }
        Ok(outgoing)
    }

    /// Puts the end of a trouble into what those are told who were told of the trouble and are no
    /// longer on the route. Of the rest of the report they are not told.
    fn note_end(
        &self,
        desk: &Desk,
        ends: &mut BTreeMap<ReceiverId, (CoverageReport, Vec<Alert>)>,
        report: &CoverageReport,
        alert: &Alert,
        put: impl Fn(&mut CoverageReport),
    ) -> Result<(), ArchiveError> {
        for receiver in told(&desk.deliveries(&alert.id)?) {
            if self.receivers.contains(&receiver) || !self.enabled.contains(&receiver) {
                continue;
            }
            let (part, about) = ends.entry(receiver).or_insert_with(|| {
                let part = CoverageReport {
                    reported: report.reported,
                    changes: Vec::new(),
                    outage: None,
                    states: report.states.clone(),
                };
                (part, Vec::new())
            });
            put(part);
            about.push(alert.clone());
        }
        Ok(())
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
                // Whenever it began by what is known now: the alert goes on for it.
                let is_told = standings.get(source).is_some_and(|s| s.told.is_some());
                is_told || coming.contains(source)
            }
            Cause::Outage { .. } => outage.holds_since().is_some() || outage.has_news(),
        };
        Ok(open
            .iter()
            .filter(|alert| !stands(alert))
            .map(|alert| forget(alert.clone(), tick))
            .collect())
    }
}

/// The messages of a report about some alerts; none where it tells of nothing that there is one of.
fn about_all(report: &CoverageReport, about: &[Alert], receivers: &[ReceiverId]) -> Vec<Outgoing> {
    let Some((first, others)) = about.split_first() else {
        return Vec::new();
    };
    let also: Vec<AlertId> = others.iter().map(|alert| alert.id.clone()).collect();
    let messages = messages(report, first, receivers, report.reported).into_iter();
    messages
        .map(|delivery| Outgoing {
            delivery,
            subject: Subject::Coverage(report.clone()),
            also: also.clone(),
        })
        .collect()
}

/// The alert that a change belongs to: the one of that trouble, else the last one about the source if it
/// goes on with it.
fn of_change(
    desk: &Desk,
    alerts: &BTreeMap<AlertId, Alert>,
    change: &SourceChange,
) -> Result<Option<Alert>, ArchiveError> {
    let id = source_alert_id(&change.source, change.begun);
    if let Some(alert) = known(desk, alerts, &id)? {
        return Ok(Some(alert));
    }
    let is_of_source = |alert: &&Alert| matches!(&alert.cause, Cause::Source { source } if *source == change.source);
    let of_source = alerts.values().filter(is_of_source);
    let last =
        match of_source.max_by_key(|alert| (alert.state != AlertState::Resolved, alert.updated)) {
            Some(alert) => Some(alert.clone()),
            None => desk.last_alert_about(&change.source)?,
        };
    Ok(last.filter(|alert| goes_on(alert, change)))
}

/// The alert that an outage belongs to, in the same way: there is one outage at a time.
fn of_outage(
    desk: &Desk,
    alerts: &BTreeMap<AlertId, Alert>,
    outage: &Outage,
) -> Result<Option<Alert>, ArchiveError> {
    let id = outage_alert_id(outage.since);
    if let Some(alert) = known(desk, alerts, &id)? {
        return Ok(Some(alert));
    }
    let open = desk.alerts(AlertFilter::Open, ALERTS_MAX)?;
    let of_now = open.into_iter().map(|alert| match alerts.get(&alert.id) {
        Some(newer) => newer.clone(),
        None => alert,
    });
    let is_open = |alert: &Alert| {
        matches!(alert.cause, Cause::Outage { .. }) && alert.state != AlertState::Resolved
    };
    Ok(of_now.into_iter().find(is_open))
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
