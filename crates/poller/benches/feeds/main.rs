//! What is read of the documents of other feed readers' suites, beside bare feed-rs in the same run:
//! entries, fields, feedparser's own checks, time and memory.
//!
//! `cargo bench -p bellwether-poller --bench feeds` reads `feeds/` below `BELLWETHER_DATA`, and ends with
//! every difference from a reference and its reason.
//!
//! References: the paired JSON of gofeed and feed-rs; feedparser 6.0.14 for its own documents and those
//! of other peers (`feedparser.tsv`, made by `reference.py`). Dates without a zone are read as UTC here,
//! as the references do; the poller does so for no source.

mod checks;
mod differences;
mod expected;
mod readers;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bellwether_testkit::data_folder;
use differences::Differences;
use expected::{Document, Field, Suite};
use peak_alloc::PeakAlloc;
use readers::Found;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What no document may cost.
const TIME_MAX: Duration = Duration::from_secs(1);
const BYTES_MAX: usize = 64 << 20;

fn main() {
    let Some(data) = data_folder("the documents of other feed readers") else {
        return;
    };
    // feed-rs panics on some documents; that is counted, not shown.
    std::panic::set_hook(Box::new(|_| {}));
    let suites = expected::suites(&data);
    let mut all = BTreeMap::new();
    let mut differences = Differences::default();
    for suite in &suites {
        tell(suite, &mut all, &mut differences);
    }
    headings("all together");
    for (reader, score) in all {
        score.tell(reader);
    }
    checks::tell(&suites, &mut differences);
    differences.tell();
    endings(&suites);
    costs(&suites);
}

/// How many of how many.
#[derive(Default, Clone, Copy)]
struct Share {
    right: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, is_right: bool) {
        self.right += usize::from(is_right);
        self.of += 1;
    }

    fn join(&mut self, other: Self) {
        self.right += other.right;
        self.of += other.of;
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = self.right as f64 * 100.0 / self.of.max(1) as f64;
        f.pad(&format!("{}/{} {percent:.1}%", self.right, self.of))
    }
}

#[derive(Default)]
struct Score {
    count: Share,
    fields: [Share; 4],
}

impl Score {
    /// Adds a document, and says what is wrong with it.
    fn add(&mut self, document: &Document, found: &Found) -> Vec<String> {
        let Some(entries) = &document.entries else {
            return Vec::new();
        };
        let mut wrong = Vec::new();
        let is_right = found.entries.len() == entries.len();
        self.count.add(is_right);
        if !is_right {
            wrong.push(format!(
                "{} entries, expected {}",
                found.entries.len(),
                entries.len()
            ));
        }
        for (at, expected) in entries.iter().enumerate() {
            for (share, field) in self.fields.iter_mut().zip(Field::ALL) {
                let Some(value) = expected.get(field) else {
                    continue;
                };
                let ours = found.entries.get(at).and_then(|entry| entry.get(field));
                let is_right = ours.is_some_and(|ours| value.is_met(field, ours, document));
                share.add(is_right);
                if !is_right && found.entries.len() == entries.len() {
                    wrong.push(format!("{at} {field:?}: {ours:?}, expected {value:?}"));
                }
            }
        }
        wrong
    }
}

impl Score {
    fn join(&mut self, other: &Self) {
        self.count.join(other.count);
        for (mine, other) in self.fields.iter_mut().zip(other.fields) {
            mine.join(other);
        }
    }

    fn tell(&self, reader: &str) {
        print!("{reader:<22}{:>17}", self.count.to_string());
        for share in self.fields {
            print!("{:>17}", share.to_string());
        }
        println!();
    }
}

fn headings(name: &str) {
    println!(
        "\n{:<22}{:>17}{:>17}{:>17}{:>17}{:>17}",
        name, "entries right", "title", "link", "id", "date"
    );
}

fn tell(suite: &Suite, all: &mut BTreeMap<&'static str, Score>, differences: &mut Differences) {
    headings(suite.name);
    for (reader, read) in readers::ALL {
        let mut score = Score::default();
        for document in &suite.documents {
            let wrong = score.add(document, &read(document));
            if !wrong.is_empty() && reader == readers::OURS {
                differences.add(&document.id, wrong.join("; "));
            }
        }
        score.tell(reader);
        all.entry(reader).or_default().join(&score);
    }
}

/// Every document ends in entries or a named reason.
fn endings(suites: &[Suite]) {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut repairs: BTreeMap<String, usize> = BTreeMap::new();
    for document in suites.iter().flat_map(|suite| &suite.documents) {
        let found = readers::ours(document);
        let reason = match (found.failed, found.entries.len()) {
            (Some(reason), _) => reason,
            (None, 0) => "a feed without entries".to_owned(),
            (None, _) => "entries".to_owned(),
        };
        *reasons.entry(reason).or_default() += 1;
        for note in found.repaired.iter().flat_map(|notes| notes.split("; ")) {
            *repairs.entry(note.to_owned()).or_default() += 1;
        }
    }
    println!("\n{} documents end in", reasons.values().sum::<usize>());
    for (reason, count) in reasons {
        println!("  {count:>5}  {reason}");
    }
    println!("repairs");
    for (repair, count) in repairs {
        println!("  {count:>5}  {repair}");
    }
}

fn costs(suites: &[Suite]) {
    println!();
    let documents: Vec<&Document> = suites.iter().flat_map(|suite| &suite.documents).collect();
    let bytes: usize = documents.iter().map(|document| document.body.len()).sum();
    for (reader, read) in readers::ALL {
        let (mut slowest, mut largest) = ((Duration::ZERO, ""), (0, ""));
        let began = Instant::now();
        for document in &documents {
            MEMORY.reset_peak_usage();
            let before = MEMORY.current_usage();
            let start = Instant::now();
            let found = read(document);
            slowest = slowest.max((start.elapsed(), &document.id));
            drop(found);
            largest = largest.max((MEMORY.peak_usage() - before, &document.id));
        }
        let rate = bytes as f64 / began.elapsed().as_secs_f64() / 1e6;
        println!(
            "{reader}: {rate:.0} MB/s, slowest {:.1} ms ({}), at most {:.1} MiB ({})",
            slowest.0.as_secs_f64() * 1e3,
            slowest.1,
            largest.0 as f64 / f64::from(1 << 20),
            largest.1
        );
        if reader == readers::OURS && (slowest.0 > TIME_MAX || largest.0 > BYTES_MAX) {
            println!("  MORE THAN A DOCUMENT MAY COST");
        }
    }
}
