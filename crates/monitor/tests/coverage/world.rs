//! Six papers polled over a real log, and who is told of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, Desk, LogWriter, NewCapture, NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, CoverageReport, FamilyId, Outcome, OutcomeKind, PublisherId, Reach, ReceiverId,
    Source, SourceChange, SourceId, SourceKind, SourceState, Subject, TimeReason, Timestamp,
};
use bellwether_monitor::{CoverageRoute, HandOver, Monitor, MonitorSettings, Routing};

use crate::engine::NoEngine;

pub(crate) const SOURCES: usize = 6;
pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// The beginning of an hour.
pub(crate) const START: i64 = 1_795_500_000 / HOUR * HOUR;

pub(crate) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in the calendar")
}

pub(crate) fn id(number: usize) -> SourceId {
    SourceId::new(format!("paper-{number}"))
}

pub(crate) fn sources() -> Vec<Source> {
    (0..SOURCES)
        .map(|number| Source {
            id: id(number),
            name: format!("Paper {number}"),
            kind: SourceKind::Feed,
            reading: bellwether_model::Reading::default(),
            url: Some(format!("https://paper-{number}.example/feed")),
            reach: Reach::default(),
            publisher: PublisherId::new(format!("paper-{number}")),
            family: FamilyId::new(format!("paper-{number}")),
            groups: Vec::new(),
            country: None,
            languages: Vec::new(),
            every: Duration::from_secs(600),
            enabled: true,
            affiliation: Affiliation::UNKNOWN,
            note: None,
        })
        .collect()
}

/// What one poll shows.
#[derive(Clone, Copy)]
pub(crate) enum Shows {
    /// An item, published so many seconds before.
    New(i64),
    Nothing,
    Fails(u16),
    Wall,
    /// An item, and that the address is another now.
    MovedOn,
}

pub(crate) struct World {
    pub(crate) _folder: tempfile::TempDir,
    pub(crate) dir: DataDir,
    pub(crate) writer: LogWriter,
    pub(crate) items: usize,
    pub(crate) untold: BTreeSet<SourceId>,
    pub(crate) off: BTreeSet<SourceId>,
    /// Who is on the route, and which receivers there are.
    pub(crate) receivers: Vec<&'static str>,
    pub(crate) enabled: Vec<&'static str>,
    /// How far the clock is behind what it showed before.
    pub(crate) set_back: i64,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let writer = LogWriter::open(&dir).expect("log");
        Self {
            _folder: folder,
            dir,
            writer,
            items: 0,
            untold: BTreeSet::new(),
            off: BTreeSet::new(),
            receivers: vec!["chat", "desk"],
            enabled: vec!["chat", "desk"],
            set_back: 0,
        }
    }

    /// Polls all sources each ten minutes for some hours after the start.
    pub(crate) fn hours(&mut self, from: i64, to: i64, shows: impl Fn(usize, i64) -> Shows) {
        let mut batches = Vec::new();
        for minute in (from * 60..to * 60).step_by(10) {
            for number in 0..SOURCES {
                let second = START + minute * MINUTE + i64::try_from(number).expect("few") * 7;
                batches.push(self.poll(number, second - self.set_back, shows(number, minute)));
            }
        }
        self.writer.append(&batches).expect("appended");
    }

    pub(crate) fn poll(&mut self, number: usize, second: i64, shows: Shows) -> Batch {
        let at = time(second);
        let mut batch = Batch::new(at);
        let (kind, status) = match shows {
            Shows::New(_) | Shows::MovedOn => (OutcomeKind::Fetched, 200),
            Shows::Nothing => (OutcomeKind::NotModified, 304),
            Shows::Fails(status) => (OutcomeKind::Status, status),
            Shows::Wall => (OutcomeKind::Blocked, 200),
        };
        let before = match shows {
            Shows::New(before) => Some(before),
            Shows::MovedOn => Some(30),
            _ => None,
        };
        if let Some(before) = before {
            self.items += 1;
            let guid = format!("guid-{}", self.items);
            batch.capture = Some(NewCapture {
                uri: format!("https://paper-{number}.example/feed"),
                at,
                kind: CaptureKind::Response {
                    status,
                    headers: Vec::new(),
                },
                body: guid.clone().into_bytes(),
            });
            batch.items.push(NewItem {
                source: id(number),
                publisher: PublisherId::new(id(number).as_str()),
                identities: vec![guid.clone()],
                guid: Some(guid.clone()),
                url: None,
                platform: None,
                lang_declared: None,
                title: guid,
                text: String::new(),
                seen: at,
                published: Some(at),
                published_raw: None,
                time: time(second - before),
                time_reason: TimeReason::Published,
                locator: None,
                facts: bellwether_model::PostFacts::default(),
            });
        }
        batch.outcome = Some(Outcome {
            source: id(number),
            at,
            kind,
            status: Some(status),
            items_new: u32::from(before.is_some()),
            items_updated: 0,
            items_unchanged: 0,
            repaired: None,
            error: (!kind.is_collected()).then(|| format!("the answer has status {status}")),
            body_bytes: 0,
            moved_to: matches!(shows, Shows::MovedOn)
                .then(|| "https://new.example/feed".to_owned()),
            fallback: None,
        });
        batch
    }

    pub(crate) fn monitor(&self) -> Monitor {
        let settings = MonitorSettings {
            term_rules: Vec::new(),
            elections: Vec::new(),
            groups: Vec::new(),
            sources: sources()
                .into_iter()
                .map(|mut source| {
                    source.enabled = !self.off.contains(&source.id);
                    source
                })
                .collect(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: Vec::new(),
            detect: DetectSettings::default(),
            untold: self.untold.clone(),
        };
        Monitor::open(&self.dir, settings, &NoEngine).expect("monitor")
    }

    pub(crate) fn follow(&self) {
        let mut monitor = self.monitor();
        while monitor.advance().expect("advanced").entries > 0 {}
    }

    pub(crate) fn derived(&self) -> Derived {
        Derived::open_readonly(&self.dir).expect("derived")
    }

    pub(crate) fn reports(&self) -> Vec<CoverageReport> {
        self.derived().coverage_reports_after(None).expect("read")
    }

    pub(crate) fn changes(&self) -> Vec<SourceChange> {
        self.derived().source_changes_after(None).expect("read")
    }

    pub(crate) fn told(&self) -> Vec<(usize, SourceState, SourceState)> {
        let changes = self.changes();
        let told = changes.iter().map(|change| {
            let number = (0..SOURCES).find(|number| id(*number) == change.source);
            (number.expect("one of ours"), change.from, change.to)
        });
        told.collect()
    }

    pub(crate) fn route(&self) -> CoverageRoute {
        let told = sources()
            .into_iter()
            .filter(|source| !self.untold.contains(&source.id) && !self.off.contains(&source.id));
        CoverageRoute {
            receivers: Some(
                self.receivers
                    .iter()
                    .copied()
                    .map(ReceiverId::new)
                    .collect(),
            ),
            sources: told
                .map(|source| (source.id, source.name))
                .collect::<BTreeMap<_, _>>(),
        }
    }

    pub(crate) fn hand_over(&self) -> (HandOver, Desk) {
        let routing = Routing {
            enabled: self.enabled.iter().copied().map(ReceiverId::new).collect(),
            ..Routing::default()
        };
        let hand_over = HandOver::open(&self.dir, routing)
            .expect("hand-over")
            .with_coverage(self.route());
        let mut desk = Desk::open(&self.dir).expect("desk");
        hand_over.settle(&mut desk).expect("settled");
        hand_over.advance(&mut desk).expect("handed over");
        (hand_over, desk)
    }

    /// What each message tells: to whom, and the changes in it.
    pub(crate) fn messages(&self, desk: &Desk) -> Vec<(String, Vec<(SourceId, SourceState)>)> {
        let due = desk.due(Timestamp::MAX, 100).expect("read");
        let mut messages: Vec<_> = due
            .into_iter()
            .map(|(delivery, subject)| {
                let Subject::Coverage(report) = subject else {
                    panic!("{subject:#?}");
                };
                let changes = report.changes.into_iter();
                let changes = changes.map(|change| (change.source, change.to)).collect();
                (delivery.created, delivery.receiver.to_string(), changes)
            })
            .collect();
        messages.sort();
        messages
            .into_iter()
            .map(|(_, to, changes)| (to, changes))
            .collect()
    }
}
