//! Nothing is missed: on real items the index finds what a plain reading of every text finds, and
//! nothing beyond it.
//!
//! The items are a sample of `streams/` and of the sentences in 17 languages of `gold/`, below the
//! folder that `BELLWETHER_DATA` names. All chance is seeded. What is to be found says [`Scan`], a
//! reading of its own; narratives are compared with the matcher.

#![expect(clippy::expect_used, reason = "a test fails by them")]

mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use bellwether_archive::{Batch, CaptureKind, DataDir, LogReader, LogWriter, NewCapture, NewItem};
use bellwether_indexer::{Indexer, LocalEngine};
use bellwether_model::{Directory, ItemId, PublisherId, SourceId, TimeReason, Timestamp};
use bellwether_query::{AnalysedItem, Binding, Bound, Names, Query, SearchEngine, matches};
use bellwether_testkit::{Chance, data_folder, repository, rows};
use bellwether_text::fold;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::scan::{APART, Scan, is_han, stands_loosely};

/// Items of each file; the smaller files are taken whole.
const ITEMS_PER_FILE: usize = 1_300;

const PIECES: usize = 500;
const WORDS: usize = 500;
const NARRATIVES: usize = 66;

/// Of the pieces of sentences in one Han script, at least so many of a thousand find the sentence in
/// the other.
const TWINS_PER_MILLE_MIN: usize = 995;

/// A text as it is indexed: which row, its title and its text.
struct Written {
    guid: String,
    time: Timestamp,
    title: String,
    text: String,
}

struct Corpus {
    items: Vec<(ItemId, Written)>,
    log: LogReader,
    engine: LocalEngine,
    _folder: tempfile::TempDir,
}

impl Corpus {
    /// Writes all to a log and lets the index follow it.
    fn of(items: Vec<Written>) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let mut writer = LogWriter::open(&dir).expect("log");
        for some in items.chunks(1_000) {
            let at = Timestamp::from_second(1_795_000_000).expect("in the calendar");
            let mut batch = Batch::new(at);
            batch.capture = Some(NewCapture {
                uri: "file:items.ndjson".to_owned(),
                at,
                kind: CaptureKind::Resource {
                    content_type: "application/x-ndjson".to_owned(),
                },
                body: b"{}".to_vec(),
            });
            batch.items = some.iter().map(|written| new_item(written, at)).collect();
            writer.append(&[batch]).expect("appended");
        }
        let log = LogReader::open(&dir).expect("log");
        let mut indexer = Indexer::open(&dir, &log).expect("index");
        while indexer.advance(&log).expect("advanced").items > 0 {}
        let mut ids = log.items_of(None, usize::MAX >> 1).expect("items");
        ids.reverse();
        assert_eq!(ids.len(), items.len(), "each row is an item of its own");
        Self {
            items: ids.into_iter().zip(items).collect(),
            log,
            engine: LocalEngine::new(&dir),
            _folder: folder,
        }
    }

    fn found(&self, bound: &Bound) -> BTreeSet<ItemId> {
        let matches = self.engine.collect(bound, self.items.len());
        let found: BTreeSet<ItemId> = matches
            .expect("collected")
            .into_iter()
            .map(|m| m.item)
            .collect();
        let count = self.engine.count(bound).expect("counted");
        assert_eq!(count, found.len() as u64, "counted and listed");
        found
    }
}

fn new_item(written: &Written, seen: Timestamp) -> NewItem {
    NewItem {
        source: SourceId::new("sample"),
        publisher: PublisherId::new("sample"),
        identities: vec![written.guid.clone()],
        guid: Some(written.guid.clone()),
        url: None,
        platform: None,
        lang_declared: None,
        title: written.title.clone(),
        text: written.text.clone(),
        seen,
        published: None,
        published_raw: None,
        time: written.time,
        time_reason: TimeReason::Missing,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

fn written(guid: String, row: &Value) -> Written {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    Written {
        guid,
        time: text("time").parse().unwrap_or_default(),
        title: text("title"),
        text: text("text"),
    }
}

/// A sample of the rows of a file.
fn sample(path: &Path, chance: &mut Chance, into: &mut Vec<Written>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut rows = rows(path);
    for taken in 0..ITEMS_PER_FILE.min(rows.len()) {
        let other = taken + chance.below((rows.len() - taken) as u64) as usize;
        rows.swap(taken, other);
        into.push(written(format!("{name}:{taken}"), &rows[taken]));
    }
}

fn sampled(data: &Path) -> Vec<Written> {
    let mut files: Vec<_> = std::fs::read_dir(data.join("streams"))
        .expect("streams")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.push(data.join("gold/langid-lingua.ndjson.gz"));
    let mut chance = Chance::of(41);
    let mut items = Vec::new();
    for file in &files {
        sample(file, &mut chance, &mut items);
    }
    items
}

fn bind_quoted(words: &str) -> Bound {
    let mut query = String::from("\"");
    for c in words.chars() {
        if "\\\"＂“”„‟".contains(c) {
            query.push('\\');
        }
        query.push(c);
    }
    query.push('"');
    bind(&Directory::default(), &query)
}

fn bind(directory: &Directory, query: &str) -> Bound {
    let names = Names::new(directory);
    let zone = TimeZone::UTC;
    let now = Timestamp::from_second(1_795_000_000).expect("in the calendar");
    Query::parse(query)
        .expect(query)
        .bind(Binding::new(directory, &names, now, &zone))
        .expect(query)
}

/// How many items each opinion has that the other has not.
#[derive(Default)]
struct Verdict {
    asked: usize,
    found: usize,
    missed: usize,
    beyond: usize,
    examples: Vec<String>,
}

impl Verdict {
    fn add(&mut self, query: &str, by_index: &BTreeSet<ItemId>, by_scan: &BTreeSet<ItemId>) {
        self.asked += 1;
        self.found += by_scan.len();
        let missed: Vec<&ItemId> = by_scan.difference(by_index).collect();
        let beyond: Vec<&ItemId> = by_index.difference(by_scan).collect();
        if !(missed.is_empty() && beyond.is_empty()) {
            self.examples
                .push(format!("{query:?}: missed {missed:?}, beyond {beyond:?}"));
        }
        self.missed += missed.len();
        self.beyond += beyond.len();
    }

    fn check(&self, what: &str) {
        println!(
            "{what}: {} asked, {} items to find, {} missed, {} beyond",
            self.asked, self.found, self.missed, self.beyond
        );
        assert_eq!(
            (self.missed, self.beyond),
            (0, 0),
            "{what}:\n{}",
            self.examples.join("\n")
        );
    }
}

fn check_pieces(corpus: &Corpus, scan: &mut Scan) {
    let forms: Vec<(ItemId, [String; 2])> = corpus
        .items
        .iter()
        .map(|(id, written)| (*id, [scan.han(&written.title), scan.han(&written.text)]))
        .collect();
    let texts: Vec<&str> = corpus
        .items
        .iter()
        .flat_map(|(_, written)| [&*written.title, &*written.text])
        .filter(|text| text.chars().filter(|c| is_han(*c)).count() >= 2)
        .collect();
    let mut chance = Chance::of(2_026);
    let mut pieces = BTreeSet::new();
    let mut across = 0;
    while pieces.len() < PIECES {
        let text = texts[chance.below(texts.len() as u64) as usize];
        let length = 2 + chance.below(5) as usize;
        let Some(piece) = crate::scan::piece(scan, text, length, &mut chance) else {
            continue;
        };
        // Most pieces stand within a clause; every third here does not.
        let is_across = !piece.chars().all(is_han);
        if is_across == (pieces.len() % 3 == 2) && pieces.insert(piece) {
            across += usize::from(is_across);
        }
    }
    let mut verdict = Verdict::default();
    let mut in_free_places = 0;
    for piece in &pieces {
        let needle = scan.han(piece);
        let by_scan: BTreeSet<ItemId> = forms
            .iter()
            .filter(|(_, forms)| forms.iter().any(|form| form.contains(&needle)))
            .map(|(id, _)| *id)
            .collect();
        assert!(!by_scan.is_empty(), "{piece} is in the text it came from");
        let mut by_index = corpus.found(&bind_quoted(piece));
        // The place that punctuation leaves free may be taken in another text: 作，票 also finds
        // 作的票. That is what a phrase means here, and it is counted.
        for (id, forms) in &forms {
            if needle.contains(APART)
                && !by_scan.contains(id)
                && forms.iter().any(|form| stands_loosely(form, &needle))
            {
                in_free_places += usize::from(by_index.remove(id));
            }
        }
        verdict.add(piece, &by_index, &by_scan);
    }
    verdict.check(&format!("Han pieces ({across} across punctuation)"));
    println!("  {in_free_places} more have something else in the place of the punctuation");
}

fn is_latin_or_cyrillic(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c, '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{400}'..='\u{52F}')
}

fn check_words(corpus: &Corpus, scan: &mut Scan) {
    let mut chance = Chance::of(11);
    let mut asked: BTreeMap<String, (&str, BTreeSet<ItemId>)> = BTreeMap::new();
    let mut cyrillic = 0;
    while asked.len() < WORDS {
        let (_, written) = &corpus.items[chance.below(corpus.items.len() as u64) as usize];
        let text = if chance.below(2) == 0 {
            &written.title
        } else {
            &written.text
        };
        let words = scan.words(text);
        let Some((run, folded)) = words.get(chance.below(words.len().max(1) as u64) as usize)
        else {
            continue;
        };
        let is_cyrillic = run.chars().any(|c| c >= '\u{400}');
        if run.chars().all(is_latin_or_cyrillic)
            && !folded.contains(' ')
            && is_cyrillic == (asked.len() % 2 == 1)
            && !asked.contains_key(folded)
        {
            cyrillic += usize::from(is_cyrillic);
            asked.insert(folded.clone(), (run, BTreeSet::new()));
        }
    }
    for (id, written) in &corpus.items {
        for text in [&written.title, &written.text] {
            for (_, folded) in scan.words(text) {
                for word in folded.split(' ') {
                    if let Some((_, found)) = asked.get_mut(word) {
                        found.insert(*id);
                    }
                }
            }
        }
    }
    let mut verdict = Verdict::default();
    for (word, by_scan) in asked.values() {
        assert!(!by_scan.is_empty(), "{word} is in the text it came from");
        verdict.add(word, &corpus.found(&bind_quoted(word)), by_scan);
    }
    verdict.check(&format!("quoted words ({cyrillic} Cyrillic)"));
}

fn check_narratives(corpus: &Corpus) {
    let config = bellwether_config::load(&repository().join("config"), &|_| None)
        .expect("what ships has no fault");
    let directory = config.directory([]);
    let analysed: Vec<_> = corpus
        .items
        .iter()
        .map(|(id, _)| {
            let item = corpus.log.item(*id).expect("read").expect("there");
            let analysed = AnalysedItem::of(&item);
            (item, analysed)
        })
        .collect();
    let mut verdict = Verdict::default();
    let mut times = Vec::new();
    for narrative in directory.narratives() {
        let query = format!("narrative:{}", narrative.id);
        let bound = bind(&directory, &query);
        let begun = Instant::now();
        let count = corpus.engine.count(&bound).expect("counted");
        times.push((begun.elapsed(), count, &narrative.id));
        let by_matcher = analysed
            .iter()
            .filter(|(item, analysed)| matches(&bound, &analysed.document(item)))
            .map(|(item, _)| item.id)
            .collect();
        verdict.add(&query, &corpus.found(&bound), &by_matcher);
    }
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    for (time, count, id) in &times {
        println!("  {:7.2} ms {count:6} items  {id}", ms(*time));
    }
    let slowest = times.last().map_or(Duration::ZERO, |last| last.0);
    println!(
        "one narrative: p50 {:.2} ms, most {:.2} ms",
        ms(times[times.len() / 2].0),
        ms(slowest)
    );
    assert_eq!(times.len(), NARRATIVES, "those of the registry");
    verdict.check("narratives");
}

#[test]
fn nothing_is_missed_and_nothing_is_added() {
    let Some(data) = data_folder("recall on real items") else {
        return;
    };
    let corpus = Corpus::of(sampled(&data));
    println!("{} items", corpus.items.len());
    let mut scan = Scan::default();
    check_pieces(&corpus, &mut scan);
    check_words(&corpus, &mut scan);
    check_narratives(&corpus);
}

/// A run of so many Han characters from inside a sentence, by its place in characters.
fn run_inside(chars: &[char], length: usize, chance: &mut Chance) -> Option<usize> {
    let starts: Vec<usize> = (1..chars.len().saturating_sub(length))
        .filter(|start| chars[*start..start + length].iter().all(|c| is_han(*c)))
        .collect();
    let at = chance.below(starts.len().max(1) as u64) as usize;
    starts.get(at).copied()
}

#[test]
fn a_piece_in_one_han_script_finds_its_twin_in_the_other() {
    let Some(data) = data_folder("twins in the two Han scripts") else {
        return;
    };
    let folder = data.join("gold/segmentation");
    let scripts = ["hant", "hans"].map(|script| {
        let rows = rows(&folder.join(format!("ud-zh-gsd-{script}.ndjson.gz")));
        rows.iter()
            .map(|row| written(format!("{script}:{}", row["id"]), row))
            .collect::<Vec<_>>()
    });
    let pairs = scripts[0].len();
    assert_eq!((pairs, scripts[1].len()), (1_000, 1_000));
    let corpus = Corpus::of(scripts.into_iter().flatten().collect());
    let mut chance = Chance::of(28);
    let (mut asked, mut found) = (0, 0);
    for (at, (_, sentence)) in corpus.items.iter().enumerate() {
        let (twin, twin_written) = &corpus.items[(at + pairs) % (2 * pairs)];
        let chars: Vec<char> = sentence.text.chars().collect();
        let length = 2 + chance.below(3) as usize;
        let Some(start) = run_inside(&chars, length, &mut chance) else {
            println!("{}: no {length} Han characters in a row", sentence.guid);
            continue;
        };
        let piece: String = chars[start..start + length].iter().collect();
        asked += 1;
        if corpus.found(&bind_quoted(&piece)).contains(twin) {
            found += 1;
            continue;
        }
        let others: Vec<char> = twin_written.text.chars().collect();
        let other = others.get(start..start + length).unwrap_or_default();
        let differing: Vec<String> = chars[start..start + length]
            .iter()
            .zip(other)
            .filter(|(a, b)| fold(&a.to_string()) != fold(&b.to_string()))
            .map(|(a, b)| format!("{a} is not {b}"))
            .collect();
        println!("{}: {piece}: {}", sentence.guid, differing.join(", "));
    }
    println!("{found} of {asked} pieces find their twin");
    assert!(asked >= 2 * pairs * 99 / 100, "few sentences have no piece");
    assert!(found * 1_000 >= asked * TWINS_PER_MILLE_MIN);
}
