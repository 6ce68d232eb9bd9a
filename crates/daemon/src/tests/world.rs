//! A small data folder with a fixed clock, and a search engine that looks at every item.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, DerivedState, Desk, ItemChange, LogReader, LogWriter,
    NewCapture, NewItem, Outgoing, StoredItem,
};
use bellwether_model::{
    Affiliation, Alert, AlertChange, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Clock,
    Counts, Coverage, Delivery, DeliveryKey, DeliveryKind, DeliveryState, Expected, FamilyId,
    FirstSeen, Gate, GateResult, Grade, Group, GroupId, Item, ItemId, Judgement, Missing,
    MissingReason, Outcome, OutcomeKind, PublisherId, Reach, ReceiverId, Role, RuleId, Seq, Share,
    Source, SourceId, SourceKind, Span, StoryId, StoryShare, Subject, TimeReason, Timestamp,
};
use bellwether_query::{
    AnalysedItem, Bound, Column, Cursor, Hit, Match, Row, SearchAnswer, SearchEngine, SearchError,
    SearchRequest, Sort, matches,
};
use bellwether_text::{EntityKind, domains};
use jiff::tz::TimeZone;

use crate::{AnswerSettings, Answers, Configured, HttpSettings, router};

pub(super) fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Ten past four in Taipei on a Tuesday.
pub(super) const NOW: &str = "2026-11-24T08:10:00Z";

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Decides by the one matcher, on every item of the log.
struct Scan {
    dir: DataDir,
    is_broken: bool,
}

impl Scan {
    fn found(&self, query: &Bound) -> Result<Vec<Match>, SearchError> {
        if self.is_broken {
            return Err(SearchError::Engine("it is being rebuilt".to_owned()));
        }
        let log = LogReader::open(&self.dir).unwrap();
        let found = log
            .items_of(None, 10_000)
            .unwrap()
            .into_iter()
            .filter_map(|id| {
                let item = log.item(id).unwrap().unwrap();
                let analysed = AnalysedItem::of(&item);
                matches(query, &analysed.document(&item)).then(|| Match {
                    item: id,
                    time: item.time,
                    sources: item.sources.clone(),
                })
            })
            .collect();
        Ok(found)
    }
}

fn facts(column: Column, item: &Item, analysed: &AnalysedItem) -> BTreeSet<String> {
    let keys = |wanted: EntityKind| {
        [&analysed.title, &analysed.text]
            .into_iter()
            .flat_map(move |text| {
                let of_kind = text
                    .entities()
                    .iter()
                    .filter(move |entity| entity.kind == wanted);
                of_kind.map(|entity| text.key(entity))
            })
    };
    match column {
        Column::Source => item.sources.iter().map(ToString::to_string).collect(),
        Column::Publisher => [item.publisher.to_string()].into(),
        Column::Lang => [analysed.lang.to_owned()].into(),
        Column::Platform => item
            .platform
            .iter()
            .map(|name| name.to_lowercase())
            .collect(),
        Column::Tag => keys(EntityKind::Tag).map(str::to_owned).collect(),
        Column::Domain => analysed
            .address
            .as_deref()
            .into_iter()
            .chain(keys(EntityKind::Url))
            .filter_map(|address| domains(address).next())
            .map(str::to_owned)
            .collect(),
    }
}

impl SearchEngine for Scan {
    fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let mut found = self.found(&request.query)?;
        let total = found.len() as u64;
        found.sort_by_key(|one| (one.time, one.item));
        if request.sort == Sort::Newest {
            found.reverse();
        }
        let cursor = |one: &Match| Cursor {
            micros: one.time.as_microsecond(),
            item: one.item,
        };
        let start = request.after.map_or(0, |after| {
            found.iter().position(|one| cursor(one) == after).unwrap() + 1
        });
        let page: Vec<&Match> = found.iter().skip(start).take(request.limit).collect();
        let next = page
            .last()
            .filter(|_| start + page.len() < found.len())
            .map(|one| cursor(one));
        Ok(SearchAnswer {
            total,
            hits: page
                .iter()
                .map(|one| Hit {
                    item: one.item,
                    time: one.time,
                })
                .collect(),
            next,
        })
    }

    fn count(&self, query: &Bound) -> Result<u64, SearchError> {
        Ok(self.found(query)?.len() as u64)
    }

    fn scan(
        &self,
        query: &Bound,
        columns: &[Column],
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError> {
        let log = LogReader::open(&self.dir).unwrap();
        let mut names = vec![Vec::new(); columns.len()];
        for found in self.found(query)? {
            let item = log.item(found.item).unwrap().unwrap();
            let analysed = AnalysedItem::of(&item);
            let mut values = vec![Vec::new(); columns.len()];
            for (at, column) in columns.iter().enumerate() {
                for value in facts(*column, &item, &analysed) {
                    let known = names[at].iter().position(|name| *name == value);
                    values[at].push(known.unwrap_or(names[at].len()) as u32);
                    if known.is_none() {
                        names[at].push(value);
                    }
                }
            }
            let row = Row {
                item: found.item,
                micros: found.time.as_microsecond(),
                values: &values,
                names: &names,
            };
            if each(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn group(id: &str, name: &str, role: Role) -> Group {
    Group {
        id: GroupId::new(id),
        name: name.to_owned(),
        role,
    }
}

fn source(id: &str, name: &str, group: &str, affiliation: Affiliation) -> Source {
    Source {
        id: SourceId::new(id),
        name: name.to_owned(),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: Some(format!("https://user:pw@{id}.example.org/rss")),
        reach: Reach::default(),
        publisher: PublisherId::new(id),
        family: FamilyId::new(format!("{id}-family")),
        groups: vec![GroupId::new(group)],
        country: None,
        languages: vec!["zh-Hant".to_owned()],
        every: Duration::from_secs(600),
        enabled: true,
        affiliation,
        note: None,
    }
}

pub(super) fn configured() -> Configured {
    let on_record = Affiliation {
        grade: Grade::StateControlled,
        basis: Some("owned by the \u{202E}ministry".to_owned()),
        reference: Some("https://register.example.org/alpha".to_owned()),
        as_of: Some("2026-05-02".parse().unwrap()),
    };
    let mut off = source("delta", "Delta", "tw-domestic", Affiliation::UNKNOWN);
    off.enabled = false;
    Configured {
        groups: vec![
            group("prc-state", "PRC state media", Role::State),
            group("tw-domestic", "Taiwanese media", Role::Domestic),
        ],
        sources: vec![
            source("alpha", "奥维日报", "prc-state", on_record),
            source("beta", "晚潮報", "tw-domestic", Affiliation::UNKNOWN),
            // Its group and its grade do not fit: the group must not be named beside the grade.
            source("gamma", "Gamma <b>", "prc-state", Affiliation::UNKNOWN),
            off,
        ],
        rules: vec![super::calendar::rule()],
        term_rules: vec![super::why_term::rule()],
        elections: vec![super::calendar::election()],
        ..Configured::default()
    }
}

pub(super) fn outcome(source: &str, at: &str, error: Option<&str>) -> Batch {
    let mut batch = Batch::new(t(at));
    batch.outcome = Some(Outcome {
        source: SourceId::new(source),
        at: t(at),
        kind: if error.is_none() {
            OutcomeKind::Fetched
        } else {
            OutcomeKind::Status
        },
        status: Some(if error.is_none() { 200 } else { 403 }),
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: error.map(str::to_owned),
        body_bytes: 10,
        moved_to: None,
        fallback: None,
    });
    batch
}

pub(super) fn item(source: &str, at: &str, title: &str, text: &str) -> NewItem {
    NewItem {
        source: SourceId::new(source),
        publisher: PublisherId::new(source),
        identities: vec![format!("guid:{at}:{title}")],
        guid: Some(format!("guid-{at}")),
        url: Some(format!("https://{source}.example.org/{}", title.len())),
        platform: None,
        lang_declared: Some("zh-TW".to_owned()),
        title: title.to_owned(),
        text: text.to_owned(),
        seen: t(at),
        published: Some(t(at)),
        published_raw: Some(at.to_owned()),
        time: t(at),
        time_reason: TimeReason::Published,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

/// A title that would act if it were markup, or turn the line around.
pub(super) const HOSTILE: &str = "作票 <script>alert(1)</script> \u{202E}gpj.exe";

/// What a capture holds: nothing of it may ever be shown as a page.
pub(super) const CAPTURED: &[u8] = b"<html><script>alert(2)</script>";

pub(super) struct World {
    _temp: tempfile::TempDir,
    pub(super) dir: DataDir,
    pub(super) answers: Arc<Answers>,
    pub(super) items: Vec<ItemId>,
    pub(super) router: axum::Router,
}

impl World {
    /// Three items of two sources, a third failing, one switched off; nothing collected before 6 UTC.
    pub(super) fn new() -> Self {
        Self::with(|_| {}, false, false)
    }

    pub(super) fn with(more: impl FnOnce(&mut LogWriter), is_broken: bool, invented: bool) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(temp.path()).unwrap();
        let mut writer = LogWriter::open(&dir).unwrap();
        let mut first = outcome("alpha", "2026-11-24T06:05:00Z", None);
        first.capture = Some(NewCapture {
            uri: "https://alpha.example.org/rss".to_owned(),
            at: t("2026-11-24T06:05:00Z"),
            kind: CaptureKind::Response {
                status: 200,
                headers: Vec::new(),
            },
            body: CAPTURED.to_vec(),
        });
        first.items = vec![
            item(
                "alpha",
                "2026-11-24T06:01:00Z",
                HOSTILE,
                "選務人員作票,影片流傳",
            ),
            item("alpha", "2026-11-24T06:02:00Z", "天氣", "今天晴"),
        ];
        let mut third = outcome("beta", "2026-11-24T07:35:00Z", None);
        third.capture.clone_from(&first.capture);
        third.items = vec![item("beta", "2026-11-24T07:30:00Z", "作票?", "查無此事")];
        let receipts = writer
            .append(&[
                first,
                outcome(
                    "gamma",
                    "2026-11-24T06:20:00Z",
                    Some("HTTP 403 (forbidden)"),
                ),
                outcome("alpha", "2026-11-24T07:05:00Z", None),
                third,
                outcome("alpha", "2026-11-24T08:05:00Z", None),
                outcome("beta", "2026-11-24T08:05:00Z", None),
                outcome(
                    "gamma",
                    "2026-11-24T08:06:00Z",
                    Some("HTTP 403 (forbidden)"),
                ),
            ])
            .unwrap();
        let items: Vec<ItemId> = receipts
            .iter()
            .flat_map(|receipt| &receipt.changes)
            .map(|change| match change {
                ItemChange::New(id)
                | ItemChange::Updated(id)
                | ItemChange::Unchanged(id)
                | ItemChange::Gone(id) => *id,
            })
            .collect();
        more(&mut writer);
        derive(&dir, &items);
        let scan = Scan {
            dir: dir.clone(),
            is_broken,
        };
        let answers = answers(&dir, Arc::new(scan), invented);
        Self {
            _temp: temp,
            dir,
            router: router(Arc::clone(&answers), HttpSettings::default()),
            answers,
            items,
        }
    }

    /// The same data folder behind another engine.
    pub(super) fn engine(&self) -> Arc<dyn SearchEngine> {
        Arc::new(Scan {
            dir: self.dir.clone(),
            is_broken: false,
        })
    }

    pub(super) fn answers_by(&self, engine: Arc<dyn SearchEngine>) -> Arc<Answers> {
        answers(&self.dir, engine, false)
    }

    /// The daemon under the base of links.
    pub(super) fn router_under(&self, public_url: &str) -> axum::Router {
        let answers = answers_under(&self.dir, self.engine(), false, Some(public_url));
        router(answers, HttpSettings::default())
    }

    pub(super) fn router(&self) -> axum::Router {
        self.router.clone()
    }
}

pub(super) fn answers(
    dir: &DataDir,
    engine: Arc<dyn SearchEngine>,
    invented: bool,
) -> Arc<Answers> {
    answers_under(dir, engine, invented, None)
}

fn answers_under(
    dir: &DataDir,
    engine: Arc<dyn SearchEngine>,
    invented: bool,
    public_url: Option<&str>,
) -> Arc<Answers> {
    let settings = AnswerSettings {
        zone: TimeZone::get("Asia/Taipei").unwrap(),
        invented,
        public_url: public_url.map(str::to_owned),
    };
    let clock = Arc::new(Fixed(t(NOW)));
    Arc::new(Answers::new(
        engine,
        dir.clone(),
        configured(),
        settings,
        clock,
    ))
}

/// Both items about 作票 tell one story; there is a burst with an alert and a message.
fn derive(dir: &DataDir, items: &[ItemId]) {
    let log = LogReader::open(dir).unwrap();
    let mut derived = Derived::open(dir).unwrap();
    derived.begin().unwrap();
    for id in items {
        let item = log.item(*id).unwrap().unwrap();
        let story = if item.title.starts_with("作票") {
            items[0]
        } else {
            *id
        };
        derived
            .put_item(
                &StoredItem {
                    item: *id,
                    time: item.time,
                    source: item.sources[0].clone(),
                    story: Some(StoryId(story.0)),
                },
                Seq(0),
            )
            .unwrap();
    }
    let burst = burst(items);
    derived.put_burst(&burst, true).unwrap();
    derived
        .commit(&DerivedState {
            seq: log.head().unwrap().seq,
            tick: Some(t(NOW)),
        })
        .unwrap();
    let alert = Alert {
        id: AlertId::new("alert-1"),
        cause: Cause::Burst {
            burst: burst.id.clone(),
            rule: burst.rule.clone(),
        },
        revision: 1,
        name: burst.name.clone(),
        state: AlertState::Firing,
        started: burst.started,
        updated: burst.started,
        resolved: None,
        verdict: None,
        labels: bellwether_model::Labels::default(),
        told: None,
        history: vec![AlertChange {
            at: burst.started,
            what: "fired".to_owned(),
            by: None,
            verdict: None,
            note: None,
        }],
    };
    let delivery = Delivery {
        key: DeliveryKey::new("key-1"),
        alert: alert.id.clone(),
        receiver: ReceiverId::new("newsroom-chat"),
        kind: DeliveryKind::Firing,
        revision: 1,
        state: DeliveryState::Pending,
        attempts: 2,
        created: burst.started,
        next_at: t(NOW),
        possible_repeat: true,
        error: Some("HTTP 500".to_owned()),
        delivered: None,
        sent: bellwether_model::Sent::default(),
        hold: None,
    };
    Desk::open(dir)
        .unwrap()
        .hand_over(
            t(NOW),
            &[alert],
            &[Outgoing {
                delivery,
                subject: Subject::Burst(Box::new(burst)),
                also: Vec::new(),
            }],
        )
        .unwrap();
}

fn burst(items: &[ItemId]) -> Burst {
    let counts = Counts {
        items: 2,
        families: 2,
        stories: 1,
    };
    Burst {
        found_late: false,
        detector: bellwether_model::Detector::default(),
        id: BurstId::new("b1"),
        revision: 1,
        rule: RuleId::new("tw-ballot-fraud"),
        name: "作票 <i>".to_owned(),
        query: "作票".to_owned(),
        state: BurstState::Open,
        started: t("2026-11-24T07:40:00Z"),
        evaluated: t("2026-11-24T08:00:00Z"),
        ended: None,
        window: Span {
            from: t("2026-11-24T06:00:00Z"),
            to: t("2026-11-24T08:00:00Z"),
        },
        observed: counts,
        peak: counts,
        judgement: Judgement::Tested {
            expected: Expected {
                size: None,
                mean: 0.02,
                low: 0,
                high: 1,
                windows: 28,
                days: 28,
            },
            p: 0.000_28,
            p_max: 0.0009,
        },
        gates: GateResult::all(&Gate::default(), &counts, 1),
        families: vec![Share {
            id: FamilyId::new("alpha-family"),
            items: 1,
            families: 1,
        }],
        groups: vec![Share {
            id: GroupId::new("prc-state"),
            items: 1,
            families: 1,
        }],
        stories: vec![StoryShare {
            story: StoryId(items[0].0),
            items: 2,
            families: 2,
        }],
        first_seen: Some(FirstSeen {
            item: items[0],
            source: SourceId::new("alpha"),
            publisher: PublisherId::new("alpha"),
            time: t("2026-11-24T06:01:00Z"),
        }),
        items: vec![items[0], items[2]],
        coverage: Coverage {
            sources: 3,
            missing: vec![Missing {
                source: SourceId::new("gamma"),
                reason: MissingReason::Failing,
                error: Some("HTTP 403 (forbidden)".to_owned()),
            }],
        },
        election: Some(super::calendar::clock()),
    }
}
