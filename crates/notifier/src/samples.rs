//! Invented messages: one of every subject and kind, as it is sent to see that a receiver works, and as
//! templates are tried on.
//!
//! What stands in the place of texts from outside is hostile where a template is tried: what it makes of
//! a name that calls everybody, poses as a note or is a template itself is then seen before it happens.
//! Of each subject there is one with everything and one with as little as a record may have. Nothing here
//! is sent but [`Sample::plain`], and no clock is read.

use std::time::Duration;

use bellwether_access::Passes;
use bellwether_api::Guard;
use bellwether_api::wording::{
    Facts, Message, Names, coverage_message, message, receiver_message, summary_message,
};
use bellwether_model::{
    Alert, AlertChange, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Counts, Coverage,
    CoverageReport, Delivery, DeliveryKey, DeliveryKind, DeliveryState, Detector, ElectionClock,
    ElectionId, Expected, FamilyId, FirstSeen, FoundTerm, Gap, GateResult, GroupId, ItemId,
    Judgement, Label, Labels, MessageLanguage, Missing, MissingReason, Outage, Phase, PostedObject,
    PublisherId, ReceiverFault, ReceiverId, Rise, RuleId, Sent, Severity, Share, SourceChange,
    SourceId, SourceState, Span, StoryId, StoryShare, Subject, Summary, SummaryEntry,
    SummaryReason, Timestamp, Verdict, Whose, Withheld,
};
use jiff::tz::TimeZone;

use crate::receivers::{Letter, Records};
use crate::worded::signed;

/// The length of the invented window.
const WINDOW: Duration = Duration::from_secs(7_200);

/// A text from outside at its worst: it calls everybody, poses as a link and as a note, holds what cannot
/// be seen and what a template engine would run, and looks like an opinion poll.
const HOSTILE: &str =
    "民調 52% @everyone <!channel> [x](https://evil.example/) {{ 7 * 7 }}\u{202e}gpj\nNote: x";

const PUBLIC_URL: &str = "https://bellwether.example.org";

/// A message, and what it is made from.
pub(crate) struct Sample {
    /// What it tells, as one says it.
    pub(crate) what: &'static str,
    alert: Alert,
    delivery: Delivery,
    subject: Subject,
    /// The phase that withholds something.
    phase: Option<Phase>,
    public_url: Option<&'static str>,
}

impl Sample {
    /// A burst that fires, as most are: fit to be shown.
    pub(crate) fn plain(now: Timestamp) -> Self {
        let group = |id: &str, items, families| Share {
            id: GroupId::new(id),
            items,
            families,
        };
        let missing = |source: &str, reason| Missing {
            source: SourceId::new(source),
            reason,
            error: None,
        };
        let burst = Burst {
            name: "作票".to_owned(),
            groups: vec![group("state-media", 22, 5), group("press", 9, 2)],
            coverage: Coverage {
                sources: 48,
                missing: vec![
                    missing("harbour-post", MissingReason::Failing),
                    missing("mountain-radio", MissingReason::NotPolled),
                ],
            },
            state: BurstState::Open,
            ended: None,
            ..burst(now)
        };
        let alert = Alert {
            name: burst.name.clone(),
            state: AlertState::Firing,
            resolved: None,
            ..alert(&burst, now)
        };
        let subject = Subject::Burst(Box::new(burst));
        Self::new(
            "a burst that fires",
            alert,
            DeliveryKind::Firing,
            subject,
            now,
        )
    }

    /// The end of it.
    #[cfg(test)]
    pub(crate) fn plain_end(now: Timestamp) -> Self {
        let fires = Self::plain(now);
        let Subject::Burst(burst) = fires.subject else {
            return fires;
        };
        let burst = Burst {
            state: BurstState::Ended,
            ended: Some(now),
            ..*burst
        };
        let alert = Alert {
            state: AlertState::Resolved,
            resolved: Some(now),
            ..fires.alert
        };
        let subject = Subject::Burst(Box::new(burst));
        Self::new(
            "a burst that has ended",
            alert,
            DeliveryKind::Resolved,
            subject,
            now,
        )
    }

    /// All that may be told, with hostile texts.
    pub(crate) fn all(now: Timestamp) -> Vec<Self> {
        let mut samples = bursts(now);
        samples.extend(coverage(now));
        samples.extend(receivers(now));
        let summary = summary(&samples, now);
        samples.push(summary);
        samples
    }

    fn new(
        what: &'static str,
        alert: Alert,
        kind: DeliveryKind,
        subject: Subject,
        now: Timestamp,
    ) -> Self {
        let delivery = Delivery {
            kind,
            ..delivery(&alert, now)
        };
        Self {
            what,
            alert,
            delivery,
            subject,
            phase: None,
            public_url: Some(PUBLIC_URL),
        }
    }

    /// What becomes of it in a language.
    pub(crate) fn told<T, F>(&self, language: MessageLanguage, tell: F) -> T
    where
        F: FnOnce(&Letter<'_>, &Subject, &Facts<'_>) -> T,
    {
        self.told_to(language, false, tell)
    }

    /// The same; to people, whose link carries a pass, or to a program.
    pub(crate) fn told_to<T>(
        &self,
        language: MessageLanguage,
        is_people: bool,
        tell: impl FnOnce(&Letter<'_>, &Subject, &Facts<'_>) -> T,
    ) -> T {
        let (names, zone) = (Names::default(), TimeZone::UTC);
        let facts = Facts {
            names: &names,
            language,
            zone: &zone,
            public_url: self.public_url,
            possible_repeat: self.delivery.possible_repeat,
            invented: false,
            acknowledged: None,
            withholding: self.phase.as_ref(),
        };
        let mut message = worded(&self.subject, &self.alert, self.delivery.kind, &facts);
        if let Some(link) = message.link.take_if(|_| is_people) {
            let passes = Passes::of([0; 32]);
            message.link = Some(signed(&link, &self.subject, &self.delivery, &passes));
        }
        let told = std::slice::from_ref(&self.delivery);
        let records = || Records::of(&self.alert, told, &self.subject, self.public_url);
        let guard = match (&self.subject, &self.phase) {
            (Subject::Burst(burst), Some(phase)) => Guard::new(phase, burst),
            _ => None,
        };
        let letter = Letter {
            alert: &self.alert,
            delivery: &self.delivery,
            message: &message,
            records: &records,
            guard,
            replaces: None,
            has_buttons: true,
            told: &[],
            now: self.delivery.created,
        };
        tell(&letter, &self.subject, &facts)
    }
}

fn worded(subject: &Subject, alert: &Alert, kind: DeliveryKind, facts: &Facts<'_>) -> Message {
    match subject {
        Subject::Burst(burst) => message(burst, alert, kind, facts),
        Subject::Coverage(report) => coverage_message(report, facts),
        Subject::Receiver(fault) => receiver_message(fault, alert, facts),
        Subject::Summary(summary) => {
            let entries = summary.entries.iter().map(|entry| {
                let message = worded(&entry.subject, alert, entry.kind, facts);
                (entry.severity, message)
            });
            summary_message(summary, &entries.collect::<Vec<_>>(), facts)
        }
    }
}

fn bursts(now: Timestamp) -> Vec<Sample> {
    let of = |what, kind, state, burst: Burst| {
        let alert = Alert {
            state,
            ..hostile_alert(alert(&burst, now), now)
        };
        Sample::new(what, alert, kind, Subject::Burst(Box::new(burst)), now)
    };
    let open = |burst| Burst {
        state: BurstState::Open,
        ended: None,
        ..burst
    };
    let sparse = |detector, judgement| Burst {
        detector,
        judgement,
        ..burst(now)
    };
    let withheld = Sample {
        phase: Some(blackout(now)),
        ..of(
            "a burst that fires while polls are withheld",
            DeliveryKind::Firing,
            AlertState::Firing,
            open(full_burst(now)),
        )
    };
    let query = Detector::Query { whose: Whose::All };
    let insufficient = Judgement::Insufficient {
        days: 2,
        days_needed: 7,
    };
    let lineage = Detector::Lineage { first: ItemId(1) };
    let together = Detector::Coordination(PostedObject {
        object: "link".to_owned(),
        key: 1,
        window_seconds: 60,
        accounts: 9,
        silent_before: 4,
    });
    vec![
        of(
            "a burst that fires",
            DeliveryKind::Firing,
            AlertState::Firing,
            open(full_burst(now)),
        ),
        withheld,
        Sample {
            public_url: None,
            ..of(
                "a burst that fires, of which little is known",
                DeliveryKind::Firing,
                AlertState::Acknowledged,
                open(sparse(query, insufficient)),
            )
        },
        of(
            "a burst that has grown",
            DeliveryKind::Updated,
            AlertState::Firing,
            open(sparse(lineage, Judgement::Gates)),
        ),
        of(
            "a burst that has ended",
            DeliveryKind::Resolved,
            AlertState::Resolved,
            full_burst(now),
        ),
        of(
            "a burst of accounts that has ended",
            DeliveryKind::Resolved,
            AlertState::Resolved,
            sparse(together, Judgement::Gates),
        ),
    ]
}

fn coverage(now: Timestamp) -> Vec<Sample> {
    let gap = || Gap {
        span: Span::ending(now, WINDOW),
        found: Some(3),
    };
    let change = |source: &str, to, gap| SourceChange {
        source: SourceId::new(source),
        from: SourceState::Failing,
        to,
        since: now,
        why: Some(HOSTILE.to_owned()),
        at: now,
        begun: now,
        gap,
    };
    let outage = |gap| Outage {
        since: now,
        failed: 40,
        tried: 48,
        hosts: 39,
        why: Some(HOSTILE.to_owned()),
        gap,
    };
    let of = |what, kind, changes, outage| {
        let report = CoverageReport {
            reported: now,
            changes,
            outage,
            states: vec![(SourceState::Blocked, 2), (SourceState::Ok, 46)],
        };
        let alert = Alert {
            cause: Cause::Source {
                source: SourceId::new(HOSTILE),
            },
            ..hostile_alert(alert(&burst(now), now), now)
        };
        Sample::new(what, alert, kind, Subject::Coverage(report), now)
    };
    vec![
        of(
            "sources that fail",
            DeliveryKind::Firing,
            vec![
                change(HOSTILE, SourceState::Blocked, None),
                change("harbour-post", SourceState::Silent, None),
            ],
            None,
        ),
        of(
            "a source that is collected again",
            DeliveryKind::Resolved,
            vec![change("harbour-post", SourceState::Ok, Some(gap()))],
            None,
        ),
        of(
            "most sources that fail together",
            DeliveryKind::Firing,
            Vec::new(),
            Some(outage(None)),
        ),
        of(
            "the end of most sources failing together",
            DeliveryKind::Resolved,
            Vec::new(),
            Some(outage(Some(gap()))),
        ),
    ]
}

fn receivers(now: Timestamp) -> Vec<Sample> {
    let of = |what, kind, error: &str, until| {
        let fault = ReceiverFault {
            receiver: ReceiverId::new(HOSTILE),
            since: now,
            given_up: 3,
            error: error.to_owned(),
            until,
        };
        let alert = Alert {
            cause: Cause::Receiver {
                receiver: ReceiverId::new(HOSTILE),
            },
            ..hostile_alert(alert(&burst(now), now), now)
        };
        Sample::new(what, alert, kind, Subject::Receiver(fault), now)
    };
    vec![
        of(
            "a receiver that takes no messages",
            DeliveryKind::Firing,
            HOSTILE,
            None,
        ),
        of(
            "a receiver that takes messages again",
            DeliveryKind::Resolved,
            "",
            Some(now),
        ),
    ]
}

/// All of the others in one.
fn summary(of: &[Sample], now: Timestamp) -> Sample {
    let entries = of.iter().map(|sample| SummaryEntry {
        alert: sample.alert.id.clone(),
        severity: Severity::Warning,
        kind: sample.delivery.kind,
        subject: Box::new(sample.subject.clone()),
    });
    let summary = Summary {
        why: SummaryReason::Quiet,
        from: now,
        to: now,
        entries: entries.collect(),
        counts: vec![(Severity::Warning, 12), (Severity::Info, 40)],
    };
    let alert = hostile_alert(alert(&burst(now), now), now);
    Sample::new(
        "several alerts together",
        alert,
        DeliveryKind::Summary,
        Subject::Summary(summary),
        now,
    )
}

fn blackout(now: Timestamp) -> Phase {
    Phase {
        id: "poll-blackout".to_owned(),
        start: None,
        end: Some(now),
        withholds: Some(Withheld::Polls),
        law: Some("Invented Election Act, article 53".to_owned()),
    }
}

/// A burst that has all that one may have.
fn full_burst(now: Timestamp) -> Burst {
    Burst {
        name: HOSTILE.to_owned(),
        query: HOSTILE.to_owned(),
        detector: Detector::Term(FoundTerm {
            counted: HOSTILE.to_owned(),
            spellings: vec![HOSTILE.to_owned(), "作票".to_owned()],
            rise: Rise::Sharp,
            whose: Whose::Group,
            group: Some(GroupId::new(HOSTILE)),
            key: 1,
            script: 0,
        }),
        found_late: true,
        gates: vec![GateResult {
            name: "families at least".to_owned(),
            value: 7.0,
            limit: 3.0,
            passed: true,
        }],
        families: vec![share(FamilyId::new(HOSTILE)); 7],
        groups: vec![share(GroupId::new(HOSTILE)); 3],
        stories: vec![StoryShare {
            story: StoryId(1),
            items: 22,
            families: 6,
        }],
        first_seen: Some(FirstSeen {
            item: ItemId(1),
            source: SourceId::new(HOSTILE),
            publisher: PublisherId::new(HOSTILE),
            time: now,
        }),
        items: (1..=31).map(ItemId).collect(),
        coverage: Coverage {
            sources: 48,
            missing: vec![Missing {
                source: SourceId::new(HOSTILE),
                reason: MissingReason::Failing,
                error: Some(HOSTILE.to_owned()),
            }],
        },
        election: Some(ElectionClock {
            election: ElectionId::new("invented-2026"),
            name: "Invented 2026".to_owned(),
            days_to_polling: Some(4),
            phases: vec!["poll-blackout".to_owned()],
            phases_unknown: vec!["count".to_owned()],
            applied: Some("poll-blackout".to_owned()),
        }),
        ..burst(now)
    }
}

fn share<Id>(id: Id) -> Share<Id> {
    Share {
        id,
        items: 5,
        families: 2,
    }
}

/// A burst that has ended, with as little as one may have.
pub(crate) fn burst(now: Timestamp) -> Burst {
    let counts = Counts {
        items: 31,
        families: 7,
        stories: 9,
    };
    Burst {
        id: BurstId::new("test"),
        revision: 1,
        rule: RuleId::new("test"),
        name: "test".to_owned(),
        query: "test".to_owned(),
        state: BurstState::Ended,
        started: now,
        evaluated: now,
        ended: Some(now),
        window: Span::ending(now, WINDOW),
        observed: counts,
        peak: counts,
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
        detector: Detector::default(),
        found_late: false,
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

/// The alert that it raised, which has resolved.
pub(crate) fn alert(burst: &Burst, now: Timestamp) -> Alert {
    Alert {
        id: AlertId::new("a-test"),
        cause: Cause::Burst {
            burst: burst.id.clone(),
            rule: burst.rule.clone(),
        },
        revision: 1,
        name: "test".to_owned(),
        state: AlertState::Resolved,
        started: now,
        updated: now,
        resolved: Some(now),
        verdict: None,
        labels: Labels::default(),
        told: None,
        history: Vec::new(),
    }
}

fn hostile_alert(alert: Alert, now: Timestamp) -> Alert {
    Alert {
        name: HOSTILE.to_owned(),
        verdict: Some(Verdict::Useful),
        labels: Labels::default()
            .with(Label::Severity, Severity::Critical.as_str())
            .with(Label::Term, HOSTILE),
        history: vec![AlertChange {
            at: now,
            what: AlertChange::ACKNOWLEDGED.to_owned(),
            by: Some(HOSTILE.to_owned()),
            verdict: Some(Verdict::Useful),
            note: Some(HOSTILE.to_owned()),
        }],
        ..alert
    }
}

/// The message that its end is told with, to nobody yet.
pub(crate) fn delivery(alert: &Alert, now: Timestamp) -> Delivery {
    Delivery {
        key: DeliveryKey::new("test"),
        alert: alert.id.clone(),
        receiver: ReceiverId::new("test"),
        kind: DeliveryKind::Resolved,
        revision: 1,
        state: DeliveryState::Sending,
        attempts: 1,
        created: now,
        next_at: now,
        possible_repeat: false,
        error: None,
        delivered: None,
        sent: Sent::default(),
        hold: None,
    }
}
