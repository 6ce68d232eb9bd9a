//! An outbox with a clock that is moved by hand.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_alert::coverage::{messages, source_alert_id, take_change};
use bellwether_alert::{Acknowledgement, Audience, acknowledge, alert_id, step, told};
use bellwether_api::wording::Names;
use bellwether_archive::{ArchiveError, DataDir, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertId, Burst, BurstId, BurstState, Clock, Counts, Coverage, CoverageReport, Delivery,
    Election, Expected, Judgement, Label, Labels, Receiver, ReceiverId, ReceiverKind, RuleId,
    Secret, Severity, SourceChange, SourceId, SourceState, Span, Subject, Target, Timestamp,
    Verdict,
};
use bellwether_notifier::{DeliveryReport, Notifier, NotifierSettings};
use bellwether_outbound::{Outbound, OutboundSettings};
use jiff::tz::TimeZone;

use crate::chat::Chat;

pub(crate) const SECRET: &str = "fakesecretfakesecret";
pub(crate) const REPEAT: &str = "may repeat an earlier message";

pub(crate) struct HandClock(pub(crate) Mutex<Timestamp>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) notifier: Arc<Notifier>,
    pub(crate) alert: Option<Alert>,
    /// The elections in force from the next restart on; the rule belongs to the first.
    pub(crate) elections: Vec<Election>,
    /// What the burst is called.
    pub(crate) name: String,
}

pub(crate) fn receiver(id: &str, kind: ReceiverKind, chat: &Chat) -> Receiver {
    let url = Secret::new(format!("http://{}/hooks/{SECRET}", chat.address));
    receiver_at(id, kind, Target::Address { url })
}

pub(crate) fn receiver_at(id: &str, kind: ReceiverKind, target: Target) -> Receiver {
    Receiver {
        id: ReceiverId::new(id),
        kind,
        target,
        enabled: true,
        allow_networks: vec!["127.0.0.0/8".to_owned()],
        pacing: bellwether_model::Pacing::default(),
        language: bellwether_model::MessageLanguage::default(),
        buttons: false,
        app_token: None,
        template: None,
    }
}

pub(crate) fn notifier(
    dir: &std::path::Path,
    clock: &Arc<HandClock>,
    receivers: &[Receiver],
    elections: &[Election],
) -> Arc<Notifier> {
    let desk = Desk::open(&DataDir::open(dir).unwrap()).unwrap();
    let outbound = Outbound::new(OutboundSettings::default()).unwrap();
    let settings = NotifierSettings {
        public_url: Some("https://bellwether.example.org".to_owned()),
        zone: TimeZone::get("Asia/Taipei").unwrap(),
        elections: elections.to_vec(),
        election_of: elections
            .iter()
            .map(|election| (RuleId::new("ballots"), election.id.clone()))
            .collect(),
        invented: true,
        names: Names::default(),
        passes: bellwether_access::Passes::of([7; 32]),
        dead_letters: std::collections::BTreeMap::new(),
    };
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let receivers = receivers.to_vec();
    Arc::new(
        Notifier::new(
            Arc::new(Mutex::new(desk)),
            &outbound,
            receivers,
            settings,
            clock,
        )
        .unwrap(),
    )
}

impl World {
    pub(crate) fn new(receivers: Vec<Receiver>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let start = "2026-11-24T08:01:00Z".parse().unwrap();
        let clock = Arc::new(HandClock(Mutex::new(start)));
        let notifier = notifier(dir.path(), &clock, &receivers, &[]);
        Self {
            dir,
            clock,
            receivers,
            notifier,
            alert: None,
            elections: Vec::new(),
            name: "作票 @everyone <!channel> https://evil.example/".to_owned(),
        }
    }

    pub(crate) fn desk(&self) -> Desk {
        Desk::open(&DataDir::open(self.dir.path()).unwrap()).unwrap()
    }

    pub(crate) fn advance(&self, length: Duration) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.checked_add(length).unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock to where the next message is due.
    pub(crate) fn advance_to_next(&self) {
        *self.clock.0.lock().unwrap() = self.notifier.next_due().unwrap().unwrap();
    }

    /// As after `kill -9`: all that is left is the data folder.
    pub(crate) fn restart(&mut self) {
        self.notifier = notifier(
            self.dir.path(),
            &self.clock,
            &self.receivers,
            &self.elections,
        );
    }

    /// A revision of the burst becomes what the monitor makes of it.
    pub(crate) fn burst(&mut self, revision: u32, state: BurstState) {
        let now = self.clock.now();
        let burst = Burst {
            name: self.name.clone(),
            ..burst(revision, state, now)
        };
        let alert = self.alert.take();
        let (alert, outgoing) = self.taken(alert, &burst, Severity::Info);
        self.desk()
            .hand_over(now, std::slice::from_ref(&alert), &outgoing)
            .unwrap();
        self.alert = Some(alert);
    }

    /// What becomes of an alert with a revision of its burst, as the monitor has it.
    fn taken(
        &self,
        alert: Option<Alert>,
        burst: &Burst,
        severity: Severity,
    ) -> (Alert, Vec<Outgoing>) {
        let ids: Vec<_> = self.receivers.iter().map(|r| r.id.clone()).collect();
        let known = self.desk().deliveries(&alert_id(&burst.id)).unwrap();
        let told = told(&known);
        let audience = Audience {
            route: &ids,
            told: &told,
        };
        let labels = Labels::default()
            .with(Label::Severity, severity.as_str())
            .with(Label::Term, burst.id.as_str());
        let (alert, deliveries) = step(alert, burst, labels, audience, burst.evaluated);
        let outgoing = deliveries.into_iter().map(|delivery| Outgoing {
            delivery,
            subject: Subject::Burst(Box::new(burst.clone())),
            also: Vec::new(),
        });
        (alert, outgoing.collect())
    }

    /// Bursts of these ids, each of which is an alert of its own, all at once.
    pub(crate) fn bursts(&self, ids: &[String], severity: Severity, state: BurstState) {
        self.bursts_of("ballots", ids, severity, state);
    }

    /// The same of a rule.
    pub(crate) fn bursts_of(
        &self,
        rule: &str,
        ids: &[String],
        severity: Severity,
        state: BurstState,
    ) {
        let now = self.clock.now();
        let mut desk = self.desk();
        let (mut alerts, mut outgoing) = (Vec::new(), Vec::new());
        for id in ids {
            let revision = u32::from(state == BurstState::Ended) + 1;
            let burst = Burst {
                id: BurstId::new(id),
                rule: RuleId::new(rule),
                name: format!("詞 {id}"),
                ..burst(revision, state, now)
            };
            let alert = desk.alert(&alert_id(&burst.id)).unwrap();
            let (alert, new) = self.taken(alert, &burst, severity);
            alerts.push(alert);
            outgoing.extend(new);
        }
        desk.hand_over(now, &alerts, &outgoing).unwrap();
    }

    /// Somebody says something of the alert, as the daemon has it.
    pub(crate) fn acknowledge(&mut self, by: &str, verdict: Verdict) {
        let said = Acknowledgement::new(by, Some(verdict), None).unwrap();
        let now = self.clock.now();
        let id = AlertId::new("a-b-1");
        let said = |alert| Ok::<_, ArchiveError>(acknowledge(alert, &said, now).unwrap());
        self.alert = self.desk().change_alert(&id, said).unwrap();
    }

    /// A report of coverage about two sources, as the monitor hands it over.
    pub(crate) fn coverage(&mut self, to: SourceState) {
        let now = self.clock.now();
        let change = |source: &str| SourceChange {
            source: SourceId::new(source),
            from: if to.needs_a_person() {
                SourceState::Ok
            } else {
                SourceState::Failing
            },
            to,
            since: now,
            why: Some("@everyone the answer has status 503".to_owned()),
            at: now,
            begun: "2026-11-24T08:01:00Z".parse().unwrap(),
            gap: None,
        };
        let report = CoverageReport {
            reported: now,
            changes: vec![change("harbour-post"), change("river-daily")],
            outage: None,
            states: vec![(to, 2)],
        };
        let mut desk = self.desk();
        let alerts: Vec<Alert> = report
            .changes
            .iter()
            .map(|change| {
                let id = source_alert_id(&change.source, change.begun);
                take_change(desk.alert(&id).unwrap(), change, "", Labels::default()).unwrap()
            })
            .collect();
        let ids: Vec<_> = self.receivers.iter().map(|r| r.id.clone()).collect();
        let outgoing: Vec<_> = messages(&report, &alerts[0], &ids, now)
            .into_iter()
            .map(|delivery| Outgoing {
                delivery,
                subject: Subject::Coverage(report.clone()),
                also: vec![alerts[1].id.clone()],
            })
            .collect();
        desk.hand_over(now, &alerts, &outgoing).unwrap();
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        self.desk().deliveries(&AlertId::new("a-b-1")).unwrap()
    }

    pub(crate) async fn deliver(&self) -> Vec<DeliveryReport> {
        self.notifier.deliver_due().await.unwrap()
    }
}

pub(crate) fn burst(revision: u32, state: BurstState, now: Timestamp) -> Burst {
    Burst {
        found_late: false,
        detector: bellwether_model::Detector::default(),
        id: BurstId::new("b-1"),
        revision,
        rule: RuleId::new("ballots"),
        name: String::new(),
        query: "作票".to_owned(),
        state,
        started: now,
        evaluated: now,
        ended: (state == BurstState::Ended).then_some(now),
        window: Span::ending(now, Duration::from_secs(7200)),
        observed: Counts {
            items: 31,
            families: 7,
            stories: 9,
        },
        peak: Counts {
            items: 31,
            families: 7,
            stories: 9,
        },
        judgement: Judgement::Tested {
            expected: Expected {
                size: None,
                mean: 2.0,
                low: 1,
                high: 5,
                windows: 56,
                days: 28,
            },
            p: 1e-6,
            p_max: 1e-4,
        },
        gates: Vec::new(),
        families: Vec::new(),
        groups: Vec::new(),
        stories: Vec::new(),
        first_seen: None,
        items: Vec::new(),
        coverage: Coverage::default(),
        election: None,
    }
}
