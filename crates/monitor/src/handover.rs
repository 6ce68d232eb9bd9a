//! From bursts, and from what became of collection, to alerts and their deliveries.
//!
//! The two live in different files, which no transaction spans: the desk keeps its own place (the
//! tick up to which changes have become alerts) in the same transaction as what they became, and a
//! step with a revision that an alert has taken in changes nothing. So a crash between the two
//! repeats the hand-over without repeating a message, and a rebuild sends nothing anew. Alerts are
//! read and written with nobody else in between, so that what a person says of one meanwhile stays.

use std::collections::BTreeMap;

use bellwether_alert::{Audience, alert_id, step, told, withdraw};
use bellwether_archive::{AlertFilter, ArchiveError, DataDir, Derived, Desk, LogReader, Outgoing};
use bellwether_model::{
    Alert, AlertId, Burst, BurstState, Cause, CoverageReport, Delivery, Label, ReceiverId,
    SourceChange, Subject, Timestamp,
};
use jiff::SignedDuration;

use crate::coverage_handover::CoverageRoute;
use crate::routing::{Routing, gather};

/// A burst that ended, or a report that was made, longer ago than this before it could be handed over
/// is no news.
const NEWS_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Open alerts looked at when a hand-over begins. Nobody lives with more.
pub(crate) const ALERTS_MAX: usize = 10_000;

/// What was found since the last hand-over, and the last tick of it.
struct Found {
    tick: Timestamp,
    changes: Vec<Burst>,
    source_changes: Vec<SourceChange>,
    reports: Vec<CoverageReport>,
}

/// Hands what was found to the desk.
pub struct HandOver {
    derived: Derived,
    log: LogReader,
    routing: Routing,
    coverage: CoverageRoute,
}

impl HandOver {
    /// Hands over to those whom the routing names.
    ///
    /// # Errors
    /// [`ArchiveError`] where the log or the derived data cannot be opened.
    pub fn open(dir: &DataDir, routing: Routing) -> Result<Self, ArchiveError> {
        Ok(Self {
            derived: Derived::open_readonly(dir)?,
            log: LogReader::open(dir)?,
            routing,
            coverage: CoverageRoute::default(),
        })
    }

    /// Tells of coverage too; without this nobody is told.
    #[must_use]
    pub fn with_coverage(mut self, coverage: CoverageRoute) -> Self {
        self.coverage = coverage;
        self
    }

    /// Hands over what is new; the number of deliveries decided.
    ///
    /// # Errors
    /// [`ArchiveError`] where a store fails; nothing of this call is kept then.
    pub fn advance(&self, desk: &mut Desk) -> Result<usize, ArchiveError> {
        let handed_over = desk.handed_over()?;
        let changes = self.derived.changes_after(handed_over)?;
        let source_changes = self.derived.source_changes_after(handed_over)?;
        let reports = self.derived.coverage_reports_after(handed_over)?;
        let ticks = changes.iter().map(|burst| burst.evaluated);
        let ticks = ticks.chain(source_changes.iter().map(|change| change.at));
        let ticks = ticks.chain(reports.iter().map(|report| report.reported));
        let Some(tick) = ticks.max() else {
            return Ok(0);
        };
        let found = Found {
            tick,
            changes,
            source_changes,
            reports,
        };
        let handed_over = desk.hand_over_decided(tick, |desk| self.take_in(desk, found));
        handed_over.map(|(_, messages)| messages)
    }

    fn take_in(
        &self,
        desk: &Desk,
        found: Found,
    ) -> Result<(Vec<Alert>, Vec<Outgoing>), ArchiveError> {
        let Found {
            tick,
            changes,
            source_changes,
            reports,
        } = found;
        let mut alerts: BTreeMap<AlertId, Alert> = BTreeMap::new();
        let mut messages: Vec<Outgoing> = Vec::new();
        for mut burst in changes {
            let id = alert_id(&burst.id);
            let alert = match alerts.remove(&id) {
                Some(alert) => Some(alert),
                None => desk.alert(&id)?,
            };
            if alert.is_none() && self.is_long_over(&burst, tick)? {
                continue;
            }
            if let Some(alert) = &alert {
                // After a rebuild with other rules a burst may count its revisions anew; the alert
                // goes on with its own.
                burst.revision = burst.revision.max(alert.revision.saturating_add(1));
            }
            let languages = alert.as_ref().map(|alert| {
                let languages = alert.labels.values(Label::Language);
                languages.map(str::to_owned).collect()
            });
            let labels = self.routing.labels(&burst, languages, &self.log)?;
            let ways = self.routing.of_rule(&burst.rule, &labels);
            let route: Vec<ReceiverId> = ways.iter().map(|way| way.receiver.clone()).collect();
            let told = self.told(desk, &id, &messages)?;
            let audience = Audience {
                route: &route,
                told: &told,
            };
            let (alert, new) = step(alert, &burst, labels, audience, burst.evaluated);
            for mut delivery in new {
                gather(&mut delivery, &ways, &alert.labels, desk)?;
                messages.push(about(delivery, &burst));
            }
            alerts.insert(id, alert);
        }
        let coverage = &self.coverage;
        let directory = &self.routing.directory;
        coverage.take_changes(desk, &mut alerts, &source_changes, directory)?;
        let reached = self.derived.state()?.tick.unwrap_or(tick);
        let is_news =
            |report: &&CoverageReport| reached.duration_since(report.reported) <= NEWS_MAX;
        let (news, old): (Vec<_>, Vec<_>) = reports.iter().partition(is_news);
        for report in &old {
            coverage.take_report(desk, &mut alerts, report, None)?;
        }
        let standing = coverage.standing(&self.derived, &old)?;
        for report in standing.iter().chain(news) {
            let routing = Some(&self.routing);
            messages.extend(coverage.take_report(desk, &mut alerts, report, routing)?);
        }
        Ok((alerts.into_values().collect(), messages))
    }

    /// Resolves alerts that nothing stands behind any more: after a rebuild with other rules, their
    /// burst may be gone or have ended before the place handed over. Returns how many.
    ///
    /// # Errors
    /// [`ArchiveError`] where a store fails; nothing of this call is kept then.
    pub fn settle(&self, desk: &mut Desk) -> Result<usize, ArchiveError> {
        let Some(tick) = desk.handed_over()? else {
            return Ok(0);
        };
        let settled = desk.hand_over_decided(tick, |desk| self.settled(desk, tick));
        settled.map(|(alerts, _)| alerts)
    }

    fn settled(
        &self,
        desk: &Desk,
        tick: Timestamp,
    ) -> Result<(Vec<Alert>, Vec<Outgoing>), ArchiveError> {
        let open = desk.alerts(AlertFilter::Open, ALERTS_MAX)?;
        let mut alerts = self.coverage.settled(&self.derived, &open, tick)?;
        let mut messages = Vec::new();
        for alert in open {
            let Cause::Burst { burst, .. } = &alert.cause else {
                continue;
            };
            let burst = self.derived.burst(burst)?;
            let stands = match &burst {
                Some(burst) => burst.state == BurstState::Open || burst.evaluated > tick,
                // What is computed anew may not have come to it yet.
                None => self
                    .derived
                    .state()?
                    .tick
                    .is_none_or(|reached| reached < tick),
            };
            if stands {
                continue;
            }
            let known = desk.deliveries(&alert.id)?;
            let (alert, new) = withdraw(alert, &told(&known), tick);
            if let Some(Subject::Burst(burst)) = desk.last_subject(&alert.id)? {
                let ended = Burst {
                    state: BurstState::Ended,
                    revision: alert.revision,
                    ended: Some(tick),
                    ..*burst
                };
                messages.extend(new.into_iter().map(|delivery| about(delivery, &ended)));
            }
            alerts.push(alert);
        }
        Ok((alerts, messages))
    }

    /// Whether a burst had ended long before anybody could be told, as after weeks of polling without
    /// `run`: it is kept and shown, and is no news.
    fn is_long_over(&self, burst: &Burst, tick: Timestamp) -> Result<bool, ArchiveError> {
        let reached = self.derived.state()?.tick.unwrap_or(tick);
        let ended = self.derived.burst(&burst.id)?.and_then(|burst| burst.ended);
        Ok(ended.is_some_and(|ended| reached.duration_since(ended) > NEWS_MAX))
    }

    /// Whoever was told that an alert fires is told what becomes of it, also where the route has changed
    /// since.
    fn told(
        &self,
        desk: &Desk,
        alert: &AlertId,
        decided: &[Outgoing],
    ) -> Result<Vec<ReceiverId>, ArchiveError> {
        let mut deliveries = desk.deliveries(alert)?;
        deliveries.extend(
            decided
                .iter()
                .map(|message| &message.delivery)
                .filter(|d| d.alert == *alert)
                .cloned(),
        );
        Ok(told(&deliveries))
    }
}

fn about(delivery: Delivery, burst: &Burst) -> Outgoing {
    Outgoing {
        delivery,
        subject: Subject::Burst(Box::new(burst.clone())),
        also: Vec::new(),
    }
}
