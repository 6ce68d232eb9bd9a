//! The corpus: the lines of all real streams, mixed, over ninety days that end on polling day,
//! repeated until there are enough.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bellwether_archive::{
    Batch, CaptureKind, DataDir, ImportedSource, LogReader, LogWriter, NewCapture, NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_indexer::Indexer;
use bellwether_model::{
    Affiliation, FamilyId, Group, GroupId, Outcome, OutcomeKind, PublisherId, Reach, Role, Source,
    SourceId, SourceKind, TimeReason, Timestamp,
};
use bellwether_monitor::{Monitor, MonitorSettings};
use bellwether_testkit::{data_folder, repository, rows};

use crate::support::{Sequence, fail, timed};

/// The end of the ninety days: 2026-11-28 in Taipei.
pub(crate) const END: i64 = 1_795_795_200;
const DAYS: i64 = 90;
/// Publishers with more items than this are polled; the others came by import.
const POLLED_MIN: usize = 1_000;

/// A story with many members, invented.
const STORY_MEMBERS: u64 = 600;
pub(crate) const STORY_TITLE: &str =
    "Harbour clock stands still as the ferry waits for its captain";
const STORY_TEXT: &str = "The clock above the harbour stood still for an hour on Tuesday while the ferry to the \
    island waited for its captain, who had walked home to fetch the keys of the wheelhouse; nobody was \
    late, since everybody on board had come by the same clock.";

/// The streams and the group of their publishers.
const STREAMS: [(&str, &str); 17] = [
    ("bbc-chinese-2025-26", "wire"),
    ("cctv-xinwen-lianbo", "china"),
    ("china-english-headlines-2022", "china"),
    ("china-outlets-trending-2025-26", "china"),
    ("china-state-headlines-2026", "china"),
    ("google-trends-tw-2025-26", "taiwan"),
    ("ira-troll-tweets-2016", "accounts"),
    ("prc-taiwan-affairs-office-2017-19", "china"),
    ("ptt-hot-2025-26", "taiwan"),
    ("ru-ua-event-headlines-2022", "russia"),
    ("taiwan-news-2026", "taiwan"),
    ("taiwan-outlets-2025-26", "taiwan"),
    ("telegram-ru-news-2024", "russia"),
    ("us-articles-2012-2020", "us"),
    ("us-state-news-headlines", "us"),
    ("weibo-hot-search", "china"),
    ("world-headlines-2020", "us"),
];

/// One line of a stream.
pub(crate) struct Line {
    source: String,
    platform: Option<String>,
    url: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The corpus, in a log with its index and stories.
pub(crate) struct Corpus {
    pub(crate) dir: DataDir,
    pub(crate) groups: Vec<Group>,
    pub(crate) sources: Vec<Source>,
    lines: Arc<Vec<Line>>,
    pub(crate) items: u64,
}

impl Corpus {
    /// Opens the corpus, and builds it where there is none; `None` without the real streams.
    pub(crate) fn open(items: u64) -> Option<Self> {
        let data = data_folder("the benchmark of a million items")?;
        let (lines, sources) = read(&data.join("streams"));
        let groups: BTreeMap<&str, Group> = STREAMS
            .iter()
            .map(|(_, group)| {
                let made = Group {
                    id: GroupId::new(*group),
                    name: (*group).to_owned(),
                    role: Role::Other,
                };
                (*group, made)
            })
            .collect();
        let folder = kept_folder(items);
        let dir = DataDir::open(&folder).unwrap_or_else(|error| fail(&error));
        let corpus = Self {
            dir,
            groups: groups.into_values().collect(),
            sources,
            lines: Arc::new(lines),
            items,
        };
        corpus.build();
        Some(corpus)
    }

    fn build(&self) {
        let log = LogReader::open(&self.dir).unwrap_or_else(|error| fail(&error));
        if log.head().unwrap_or_else(|error| fail(&error)).seq.0 == 0 {
            timed("append to the log", self.items, || self.append());
        }
        let mut indexer = Indexer::open(&self.dir, &log).unwrap_or_else(|error| fail(&error));
        let before = indexer.seq();
        let started = Instant::now();
        while indexer
            .advance(&log)
            .unwrap_or_else(|error| fail(&error))
            .items
            > 0
        {}
        if indexer.seq() > before {
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "analyse and index: {:.0} items/s",
                self.items as f64 / seconds
            );
        }
        self.add_story(&mut indexer, &log);
        drop(indexer);
        let settings = MonitorSettings {
            term_rules: Vec::new(),
            elections: Vec::new(),
            groups: self.groups.clone(),
            sources: self.sources.clone(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: Vec::new(),
            detect: DetectSettings::default(),
            untold: std::collections::BTreeSet::new(),
        };
        let engine = bellwether_indexer::LocalEngine::new(&self.dir);
        let mut monitor =
            Monitor::open(&self.dir, settings, &engine).unwrap_or_else(|error| fail(&error));
        while monitor
            .advance()
            .unwrap_or_else(|error| fail(&error))
            .entries
            > 0
        {}
    }

    /// One text that so many publish within a day, once.
    fn add_story(&self, indexer: &mut Indexer, log: &LogReader) {
        let source = |number: u64| SourceId::new(format!("mirror-{number}"));
        let known = log.items_of(Some(&source(0)), 1);
        if !known.unwrap_or_else(|error| fail(&error)).is_empty() {
            return;
        }
        let items = (0..STORY_MEMBERS).map(|number| {
            let line = Line {
                source: source(number).to_string(),
                platform: None,
                url: Some(format!("https://mirror-{number}.example/item")),
                title: STORY_TITLE.to_owned(),
                text: STORY_TEXT.to_owned(),
            };
            let second = END - 86_400 + i64::try_from(number).unwrap_or_default() * 60;
            let time = Timestamp::from_second(second).unwrap_or_default();
            new_item(&line, (1 << 40) + number, time)
        });
        let batch = import(items.collect(), END);
        let mut writer = LogWriter::open(&self.dir).unwrap_or_else(|error| fail(&error));
        writer.append(&[batch]).unwrap_or_else(|error| fail(&error));
        while indexer
            .advance(log)
            .unwrap_or_else(|error| fail(&error))
            .items
            > 0
        {}
    }

    fn append(&self) {
        let mut writer = LogWriter::open(&self.dir).unwrap_or_else(|error| fail(&error));
        let polled: HashMap<&str, bool> = self
            .sources
            .iter()
            .map(|source| (source.id.as_str(), source.kind == SourceKind::Feed))
            .collect();
        let hours = DAYS * 24;
        let mut number = 0;
        let mut waiting: Vec<Batch> = Vec::new();
        for hour in 0..hours {
            let last = self.items * (hour as u64 + 1) / hours as u64;
            let end = END - DAYS * 86_400 + (hour + 1) * 3_600;
            let mut by_source: BTreeMap<&str, Vec<NewItem>> = BTreeMap::new();
            let mut imported = Vec::new();
            for source in self.sources.iter().filter(|s| s.kind == SourceKind::Feed) {
                by_source.entry(source.id.as_str()).or_default();
            }
            while number < last {
                let item = self.item(number);
                let line = self.line(number);
                if polled
                    .get(line.source.as_str())
                    .copied()
                    .unwrap_or_default()
                {
                    by_source.entry(&line.source).or_default().push(item);
                } else {
                    imported.push(item);
                }
                number += 1;
            }
            waiting.extend(
                by_source
                    .into_iter()
                    .map(|(source, items)| poll(source, items, end)),
            );
            waiting.push(import(imported, end));
            if hour % 12 == 11 || hour + 1 == hours {
                writer.append(&waiting).unwrap_or_else(|error| fail(&error));
                waiting.clear();
            }
        }
    }

    pub(crate) fn line(&self, number: u64) -> &Line {
        let at = number as usize % self.lines.len();
        &self.lines[at]
    }

    /// The title and text of an item.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (u64, &Line)> {
        (0..self.items).map(|number| (number, self.line(number)))
    }

    /// Its time in seconds.
    pub(crate) fn second(&self, number: u64) -> i64 {
        let step = DAYS as f64 * 86_400.0 / self.items as f64;
        END - DAYS * 86_400 + (number as f64 * step) as i64
    }

    fn item(&self, number: u64) -> NewItem {
        let time = Timestamp::from_second(self.second(number)).unwrap_or_default();
        new_item(self.line(number), number, time)
    }

    /// Prints how large log, index and text are.
    pub(crate) fn tell_sizes(&self) {
        let text: u64 = self
            .texts()
            .map(|(_, line)| (line.title.len() + line.text.len()) as u64)
            .sum();
        let index = folder_bytes(&self.dir.index());
        println!(
            "{} items, {} lines of the streams; text {:.0} MB, index {:.0} MB = {:.2} x the text",
            self.items,
            self.lines.len(),
            text as f64 / 1e6,
            index as f64 / 1e6,
            index as f64 / text as f64,
        );
    }

    /// Appends and indexes so many new items a second until told to stop.
    pub(crate) fn feed(&self, log: LogReader, mut indexer: Indexer, rate: u64) -> Feeder {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, lines, dir) = (Arc::clone(&stop), Arc::clone(&self.lines), self.dir.clone());
        let first = log.head().unwrap_or_else(|error| fail(&error)).seq.0 + (1 << 32);
        let thread = std::thread::spawn(move || {
            let mut writer = LogWriter::open(&dir).unwrap_or_else(|error| fail(&error));
            let started = Instant::now();
            let (mut fed, mut until) = (0, started);
            while !stopped.load(Ordering::Relaxed) {
                let due = (started.elapsed().as_secs_f64() * rate as f64) as u64;
                let time = Timestamp::from_second(END).unwrap_or_default();
                let items: Vec<NewItem> = (fed..due)
                    .map(|n| new_item(&lines[n as usize % lines.len()], first + n, time))
                    .collect();
                if !items.is_empty() {
                    writer
                        .append(&[import(items, END)])
                        .unwrap_or_else(|error| fail(&error));
                    indexer.advance(&log).unwrap_or_else(|error| fail(&error));
                    (fed, until) = (due, Instant::now());
                }
                // As `bellwether run` does.
                std::thread::sleep(Duration::from_secs(1));
            }
            fed as f64 / (until - started).as_secs_f64()
        });
        Feeder { stop, thread }
    }
}

/// Feeds until it is told to stop.
pub(crate) struct Feeder {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<f64>,
}

impl Feeder {
    /// How many items a second it fed.
    pub(crate) fn stop(self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

fn read(folder: &std::path::Path) -> (Vec<Line>, Vec<Source>) {
    let mut lines = Vec::new();
    let mut counts: BTreeMap<String, (usize, String, &str)> = BTreeMap::new();
    for (name, group) in STREAMS {
        for row in rows(&folder.join(format!("{name}.ndjson.gz"))) {
            let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let publisher = field("publisher");
            let source = format!("import:{publisher}");
            let known = counts
                .entry(publisher.clone())
                .or_insert((0, source, group));
            known.0 += 1;
            lines.push(Line {
                source: publisher,
                platform: Some(field("platform")).filter(|text| !text.is_empty()),
                url: Some(field("url")).filter(|text| !text.is_empty()),
                title: field("title"),
                text: field("text"),
            });
        }
    }
    let mut sequence = Sequence::new(7);
    for at in (1..lines.len()).rev() {
        let other = sequence.next() % (at as u64 + 1);
        lines.swap(at, other as usize);
    }
    let mut ids: HashMap<String, String> = HashMap::new();
    let mut sources = Vec::new();
    for (number, (publisher, (count, import, group))) in counts.into_iter().enumerate() {
        let is_polled = count >= POLLED_MIN;
        let id = if is_polled {
            format!("source-{number}")
        } else {
            import
        };
        ids.insert(publisher.clone(), id.clone());
        sources.push(source(&id, &publisher, group, is_polled));
    }
    for line in &mut lines {
        if let Some(id) = ids.get(&line.source) {
            line.source.clone_from(id);
        }
    }
    (lines, sources)
}

fn source(id: &str, publisher: &str, group: &str, is_polled: bool) -> Source {
    Source {
        id: SourceId::new(id),
        name: publisher.to_owned(),
        kind: if is_polled {
            SourceKind::Feed
        } else {
            SourceKind::Import
        },
        reading: bellwether_model::Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(id),
        family: FamilyId::new(id),
        groups: vec![GroupId::new(group)],
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(3600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

fn new_item(line: &Line, number: u64, time: Timestamp) -> NewItem {
    NewItem {
        source: SourceId::new(line.source.clone()),
        publisher: PublisherId::new(line.source.clone()),
        identities: vec![format!("guid:{number}")],
        guid: Some(number.to_string()),
        url: line.url.clone(),
        platform: line.platform.clone(),
        lang_declared: None,
        title: line.title.clone(),
        text: line.text.clone(),
        seen: time,
        published: Some(time),
        published_raw: None,
        time,
        time_reason: TimeReason::Published,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

fn capture(uri: String, at: Timestamp) -> NewCapture {
    NewCapture {
        uri,
        at,
        kind: CaptureKind::Resource {
            content_type: "text/plain".to_owned(),
        },
        body: b"a line of a stream".to_vec(),
    }
}

fn poll(source: &str, items: Vec<NewItem>, end: i64) -> Batch {
    let at = Timestamp::from_second(end).unwrap_or_default();
    let mut batch = Batch::new(at);
    batch.capture = Some(capture(format!("https://{source}.example/feed"), at));
    batch.items = items;
    batch.outcome = Some(Outcome {
        source: SourceId::new(source),
        at,
        kind: OutcomeKind::Fetched,
        status: Some(200),
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: None,
        body_bytes: 1,
        moved_to: None,
        fallback: None,
    });
    batch
}

fn import(items: Vec<NewItem>, end: i64) -> Batch {
    let at = Timestamp::from_second(end).unwrap_or_default();
    let mut spans: BTreeMap<SourceId, ImportedSource> = BTreeMap::new();
    for item in &items {
        let known = spans
            .entry(item.source.clone())
            .or_insert_with(|| ImportedSource {
                id: item.source.clone(),
                publisher: item.publisher.clone(),
                family: FamilyId::new(item.source.as_str()),
                groups: Vec::new(),
                platform: item.platform.clone(),
                first: item.time,
                last: item.time,
            });
        known.first = known.first.min(item.time);
        known.last = known.last.max(item.time);
    }
    let mut batch = Batch::new(at);
    batch.capture = Some(capture("file:stream.ndjson".to_owned(), at));
    batch.covered = spans.values().map(ImportedSource::span).collect();
    batch.imported = spans.into_values().collect();
    batch.items = items;
    batch
}

fn kept_folder(items: u64) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repository().join("target"), PathBuf::from);
    target.join(format!("bench-million/{items}"))
}

fn folder_bytes(folder: &std::path::Path) -> u64 {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|meta| meta.len())
        .sum()
}
