//! A monitor that is opened again, at any place of the log, tells the same stories as one that was
//! never closed.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use crate::engine;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{Batch, CaptureKind, DataDir, Derived, LogWriter, NewCapture, NewItem};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, FamilyId, ItemId, PostFacts, PublisherId, Reach, Reading, Source, SourceId,
    SourceKind, StoryId, TimeReason, Timestamp,
};
use bellwether_monitor::{Monitor, MonitorSettings};
use engine::NoEngine;

const START: i64 = 1_795_000_000 / DAY * DAY;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const OUTLETS: u64 = 5;

/// An item: when it is seen, by whom, its title, its text.
type Entry = (i64, u64, String, String);

/// The story of each item that has one; which items are reworded from which, and the score's bits.
type Told = (BTreeMap<ItemId, StoryId>, BTreeSet<(ItemId, ItemId, u64)>);

fn source(outlet: u64) -> Source {
    let name = format!("outlet-{outlet}");
    Source {
        id: SourceId::new(&name),
        name: name.clone(),
        kind: SourceKind::Feed,
        reading: Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(&name),
        family: FamilyId::new(&name),
        groups: Vec::new(),
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

struct Run {
    _folder: tempfile::TempDir,
    dir: DataDir,
    writer: LogWriter,
    count: usize,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let writer = LogWriter::open(&dir).expect("log");
        Self {
            _folder: folder,
            dir,
            writer,
            count: 0,
        }
    }

    fn monitor(&self) -> Monitor {
        let settings = MonitorSettings {
            groups: Vec::new(),
            sources: (0..OUTLETS).map(source).collect(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: Vec::new(),
            term_rules: Vec::new(),
            elections: Vec::new(),
            detect: DetectSettings::default(),
            untold: BTreeSet::new(),
        };
        Monitor::open(&self.dir, settings, &NoEngine).expect("monitor")
    }

    fn append(&mut self, entries: &[Entry]) {
        let batches: Vec<Batch> = entries
            .iter()
            .map(|(second, outlet, title, text)| {
                self.count += 1;
                let at = Timestamp::from_second(START + second).expect("time");
                let name = format!("outlet-{outlet}");
                let guid = format!("guid-{}", self.count);
                let mut batch = Batch::new(at);
                batch.capture = Some(NewCapture {
                    uri: "https://outlet.example/feed".to_owned(),
                    at,
                    kind: CaptureKind::Response {
                        status: 200,
                        headers: Vec::new(),
                    },
                    body: text.as_bytes().to_vec(),
                });
                batch.items.push(NewItem {
                    source: SourceId::new(&name),
                    publisher: PublisherId::new(&name),
                    identities: vec![guid.clone()],
                    guid: Some(guid),
                    url: None,
                    platform: None,
                    lang_declared: None,
                    title: title.clone(),
                    text: text.clone(),
                    seen: at,
                    published: Some(at),
                    published_raw: None,
                    time: at,
                    time_reason: TimeReason::Published,
                    locator: None,
                    facts: PostFacts::default(),
                });
                batch
            })
            .collect();
        self.writer.append(&batches).expect("appended");
    }

    fn told(&self) -> Told {
        let derived = Derived::open_readonly(&self.dir).expect("derived");
        let items = (1..=self.count as u64).map(ItemId);
        let stories: BTreeMap<_, _> = items
            .filter_map(|item| Some((item, derived.story_of(item).expect("read")?)))
            .collect();
        let rewordings = stories
            .values()
            .flat_map(|story| derived.rewordings(*story).expect("read"))
            .map(|it| (it.item, it.other, it.score.to_bits()))
            .collect();
        (stories, rewordings)
    }
}

fn follow(monitor: &mut Monitor) {
    while monitor.advance().expect("advanced").entries > 0 {}
}

/// Tells the parts of a log by one monitor, and by one that is opened again after each; gives how many
/// stories and rewordings there are.
fn told_alike(parts: &[Vec<Entry>]) -> (usize, usize) {
    let (mut whole, mut again) = (Run::new(), Run::new());
    let mut monitor = whole.monitor();
    for part in parts {
        whole.append(part);
        follow(&mut monitor);
        again.append(part);
        follow(&mut again.monitor());
    }
    let (told, told_again) = (whole.told(), again.told());
    let stories: BTreeSet<_> = told.0.values().collect();
    let sizes = (stories.len(), told.1.len());
    assert_eq!(told, told_again);
    sizes
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }

    fn word(&mut self) -> String {
        let mut rank = self.below(100_000);
        let syllables = ["ba", "do", "ki", "lu", "me", "no", "pa", "ra", "se", "tu"];
        let mut word = String::new();
        for _ in 0..5 {
            word.push_str(syllables[(rank % 10) as usize]);
            rank /= 10;
        }
        word
    }

    /// Words of an event, whose names and figures are the same in whatever words it is told.
    fn telling(&mut self, event: u64) -> Vec<String> {
        let mut own = Dice(event * 7_919 + 1);
        (0..60)
            .map(|at| match at % 10 {
                3 => own.word().replacen(|_: char| true, "K", 1),
                7 => format!("{},{:03}", 10 + own.below(80), own.below(1_000)),
                _ => self.word(),
            })
            .collect()
    }
}

fn long(day: i64, hour: i64, outlet: u64, words: &[String]) -> Entry {
    let title = words[..6].join(" ");
    (day * DAY + hour * HOUR, outlet, title, words.join(" "))
}

fn headline(day: i64, outlet: u64, title: &str) -> Entry {
    (
        day * DAY + 9 * HOUR,
        outlet,
        title.to_owned(),
        String::new(),
    )
}

#[test]
fn the_title_of_a_column_is_none_after_a_restart() {
    let title = "Morning notes from the desk beside the old harbour market";
    let mut parts: Vec<Vec<Entry>> = (0..5).map(|day| vec![headline(day, 0, title)]).collect();
    parts.push(vec![headline(5, 1, &format!("{title} today"))]);
    assert_eq!(told_alike(&parts).0, 2);
}

#[test]
fn a_text_carried_again_is_looked_at_no_longer_after_a_restart() {
    let mut dice = Dice(1);
    let words = dice.telling(1);
    let copy = |day, outlet| long(day, 8, outlet, &words);
    let mut edited = words.clone();
    edited[20] = dice.word();
    let parts = [
        vec![copy(0, 0)],
        vec![copy(2, 1)],
        vec![long(3, 20, 3, &dice.telling(2))],
        vec![long(4, 8, 2, &edited)],
    ];
    assert_eq!(told_alike(&parts).0, 3);
}

#[test]
fn after_a_silence_a_text_is_as_old_as_it_is() {
    let mut dice = Dice(2);
    let words = dice.telling(1);
    let mut edited = words.clone();
    edited[20] = dice.word();
    let parts = [vec![long(0, 8, 0, &words)], vec![long(4, 8, 1, &edited)]];
    assert_eq!(told_alike(&parts).0, 2);
}

#[test]
fn twelve_days_of_copies_and_columns_are_told_alike_wherever_it_is_opened_again() {
    let mut dice = Dice(3);
    let mut parts = Vec::new();
    let mut texts: Vec<Vec<String>> = Vec::new();
    let columns: Vec<String> = (0..4)
        .map(|_| (0..8).map(|_| dice.word()).collect::<Vec<_>>().join(" "))
        .collect();
    for day in 0..12 {
        let mut part = Vec::new();
        for hour in 0..24 {
            for _ in 0..2 {
                let latest = texts.len() as u64;
                let words = match dice.below(10) {
                    0..2 if latest > 0 => texts[dice.below(latest) as usize].clone(),
                    2..6 if latest > 0 => {
                        let back = dice.below(latest.min(60)) as usize;
                        let mut words = texts[texts.len() - 1 - back].clone();
                        for _ in 0..dice.below(8) {
                            let at = 8 + dice.below(50) as usize;
                            if at % 10 != 3 && at % 10 != 7 {
                                words[at] = dice.word();
                            }
                        }
                        words
                    }
                    _ => {
                        let event = day as u64 * 8 + dice.below(12);
                        dice.telling(event)
                    }
                };
                part.push(long(day, hour, dice.below(OUTLETS), &words));
                texts.push(words);
            }
            if hour % 6 == 0 {
                let column = dice.below(4) as usize;
                let mut title = columns[column].clone();
                let mut outlet = column as u64;
                if dice.below(3) == 0 {
                    outlet = 4;
                    title.push_str(" extra");
                }
                part.push((day * DAY + hour * HOUR, outlet, title, String::new()));
            }
            if hour % 4 == 3 {
                parts.push(std::mem::take(&mut part));
            }
        }
    }
    let (stories, rewordings) = told_alike(&parts);
    assert!(
        stories > 100 && stories < 500 && rewordings > 20,
        "{stories} {rewordings}"
    );
}
