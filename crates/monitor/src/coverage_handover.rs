//! From changes of sources and reports of coverage to alerts and messages.
//!
//! Each change becomes an alert, or a step in the life of one, at once; a report becomes one message
//! to each receiver, about all the alerts it tells of.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::coverage::{
    forget, goes_on, messages, outage_alert_id, source_alert_id, take_change, take_outage,
};
use bellwether_alert::{OutageWatch, Standing, source_labels, told};
use bellwether_archive::{AlertFilter, ArchiveError, Derived, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertId, AlertState, Cause, CoverageReport, Directory, Outage, ReceiverId, SourceChange,
    SourceId, Subject, Timestamp,
};

use crate::handover::ALERTS_MAX;
use crate::routing::Routing;

/// Who is told of coverage, and of which sources.
#[derive(Debug, Clone, Default)]
pub struct CoverageRoute {
    /// Who is told, of the receivers that are enabled; `None` where the route tree decides.
    pub receivers: Option<Vec<ReceiverId>>,
    /// The sources that are polled and told of, with their names.
    pub sources: BTreeMap<SourceId, String>,
}

/// What each receiver is told of a report: its part of it, and the alerts that this is about.
type Parts = BTreeMap<ReceiverId, (CoverageReport, Vec<Alert>)>;

impl CoverageRoute {
    /// Takes in changes in their order.
    pub(crate) fn take_changes(
        &self,
        desk: &Desk,
        alerts: &mut BTreeMap<AlertId, Alert>,
        changes: &[SourceChange],
        directory: &Directory,
    ) -> Result<(), ArchiveError> {
        for change in changes {
            let known = of_change(desk, alerts, change)?;
            let name = self.sources.get(&change.source);
            let name = name.map_or(change.source.as_str(), String::as_str);
            let labels = source_labels(&change.source, directory);
            if let Some(alert) = take_change(known, change, name, labels) {
                alerts.insert(alert.id.clone(), alert);
            }
        }
        Ok(())
    }

    /// The messages of a report, each with the part of it that its receiver is to be told; none where it
    /// tells of nothing that there is an alert of, or where there is no routing: then it is no news.
    pub(crate) fn take_report(
        &self,
        desk: &Desk,
        alerts: &mut BTreeMap<AlertId, Alert>,
        report: &CoverageReport,
        routing: Option<&Routing>,
    ) -> Result<Vec<Outgoing>, ArchiveError> {
        let mut parts = Parts::new();
        if let Some(outage) = &report.outage {
            let known = of_outage(desk, alerts, outage)?;
            if let Some(alert) = take_outage(known, outage, report.reported) {
                let is_end = outage.gap.is_some();
                for receiver in self.audience(desk, &alert, is_end, routing)? {
                    let part = part_of(&mut parts, receiver, report, &alert);
                    part.outage = Some(outage.clone());
                }
                alerts.insert(alert.id.clone(), alert);
            }
        }
        for change in &report.changes {
            if let Some(alert) = of_change(desk, alerts, change)? {
                for receiver in self.audience(desk, &alert, change.is_recovery(), routing)? {
                    let part = part_of(&mut parts, receiver, report, &alert);
                    part.changes.push(change.clone());
                }
                alerts.insert(alert.id.clone(), alert);
            }
        }
        let parts = parts.iter();
        Ok(parts
            .flat_map(|(receiver, (part, about))| about_all(part, about, receiver))
            .collect())
    }

    /// Who is told of an alert: those on its route, and of its end also those who were told of the
    /// trouble and are no longer on the route.
    fn audience(
        &self,
        desk: &Desk,
        alert: &Alert,
        is_end: bool,
        routing: Option<&Routing>,
    ) -> Result<BTreeSet<ReceiverId>, ArchiveError> {
        let Some(routing) = routing else {
            return Ok(BTreeSet::new());
        };
        let mut audience: BTreeSet<ReceiverId> = match &self.receivers {
            Some(receivers) => receivers.iter().cloned().collect(),
            None => {
                let ways = routing.by_tree(&alert.labels);
                ways.into_iter().map(|way| way.receiver).collect()
            }
        };
        if is_end {
            audience.extend(told(&desk.deliveries(&alert.id)?));
        }
        audience.retain(|receiver| routing.enabled.contains(receiver));
        Ok(audience)
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
            // Whether messages arrive is not known here.
            Cause::Burst { .. } | Cause::Receiver { .. } => true,
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

/// The part of a report that a receiver is told, with an alert that it is about.
fn part_of<'p>(
    parts: &'p mut Parts,
    receiver: ReceiverId,
    report: &CoverageReport,
    alert: &Alert,
) -> &'p mut CoverageReport {
    let (part, about) = parts.entry(receiver).or_insert_with(|| {
        let part = CoverageReport {
            reported: report.reported,
            changes: Vec::new(),
            outage: None,
            states: report.states.clone(),
        };
        (part, Vec::new())
    });
    about.push(alert.clone());
    part
}

/// The message of a part of a report.
fn about_all(part: &CoverageReport, about: &[Alert], receiver: &ReceiverId) -> Vec<Outgoing> {
    let Some((first, others)) = about.split_first() else {
        return Vec::new();
    };
    let also: Vec<AlertId> = others.iter().map(|alert| alert.id.clone()).collect();
    let receivers = std::slice::from_ref(receiver);
    let messages = messages(part, first, receivers, part.reported).into_iter();
    messages
        .map(|delivery| Outgoing {
            delivery,
            subject: Subject::Coverage(part.clone()),
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
