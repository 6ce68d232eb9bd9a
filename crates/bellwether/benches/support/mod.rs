//! What the benchmarks share: a corpus that is the same everywhere, a stopwatch, peak memory.

#![allow(dead_code, reason = "each benchmark uses a part")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bellwether_archive::{Batch, CaptureKind, DataDir, LogWriter, NewCapture, NewItem, Receipt};
use bellwether_model::{PublisherId, SourceId, TimeReason, Timestamp};

/// Bytes of the text of one item (DESIGN 11).
const TEXT_BYTES: usize = 3_000;

/// Items of one poll.
pub(crate) const BATCH_ITEMS: usize = 20;

/// Polls that are appended together, as when many sources are due at once.
const TOGETHER: usize = 16;

/// A sequence that looks random and is always the same (SplitMix64, Steele et al. 2014).
pub(crate) struct Sequence(u64);

impl Sequence {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `limit`, small numbers much more often, as words are.
    pub(crate) fn skewed(&mut self, limit: u64) -> u64 {
        let uniform = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((uniform * uniform * uniform) * limit as f64) as u64
    }
}

/// Every second item in Han characters, every second in English-like words.
pub(crate) fn item(number: u64) -> NewItem {
    let mut sequence = Sequence::new(number);
    let is_han = number.is_multiple_of(2);
    let source = format!("source-{}", sequence.next() % 200);
    let second = 1_795_000_000 + i64::try_from((number * 241) % (28 * 86_400)).unwrap_or_default();
    let time = Timestamp::from_second(second).unwrap_or_default();
    NewItem {
        publisher: PublisherId::new(source.clone()),
        source: SourceId::new(source),
        identities: vec![format!("guid-{number}")],
        guid: Some(format!("guid-{number}")),
        url: Some(format!("https://news.example/{number}")),
        platform: None,
        lang_declared: None,
        title: words(&mut sequence, is_han, 60),
        text: words(&mut sequence, is_han, TEXT_BYTES),
        seen: time,
        published: Some(time),
        published_raw: None,
        time,
        time_reason: TimeReason::Published,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

/// Words of a language: 40,000, the first ones much more often.
const VOCABULARY: u64 = 40_000;

fn words(sequence: &mut Sequence, is_han: bool, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 32);
    while text.len() < bytes {
        let number = sequence.skewed(VOCABULARY);
        if is_han {
            text.push_str(&han_word(number));
            if sequence.next().is_multiple_of(9) {
                text.push('，');
            }
        } else {
            text.push_str(&latin_word(number));
            text.push(' ');
        }
    }
    text
}

/// One to three characters of the 3,000 that are in common use, always the same for a number.
pub(crate) fn han_word(number: u64) -> String {
    let mut sequence = Sequence::new(number ^ 0x4E00);
    (0..1 + number % 3)
        .filter_map(|_| char::from_u32(0x4E00 + u32::try_from(sequence.next() % 3_000).ok()?))
        .collect()
}

/// Two to four syllables, always the same for a number.
pub(crate) fn latin_word(number: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "lo", "ti", "ne", "ra", "mu", "ke", "so", "di", "pa", "vo", "li", "gre", "sta", "no",
        "fe",
    ];
    let mut sequence = Sequence::new(number ^ 0x6C61);
    (0..2 + number % 3)
        .filter_map(|_| SYLLABLES.get(usize::try_from(sequence.next() % 16).ok()?))
        .copied()
        .collect()
}

/// Appends so many invented items, polls of [`BATCH_ITEMS`] each.
pub(crate) fn append(writer: &mut LogWriter, items: u64) -> Vec<Receipt> {
    append_of(writer, items, item)
}

/// Appends so many items, each made from its number.
pub(crate) fn append_of(
    writer: &mut LogWriter,
    items: u64,
    item: impl Fn(u64) -> NewItem,
) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    let mut number = 0;
    while number < items {
        let mut batches = Vec::new();
        while batches.len() < TOGETHER && number < items {
            let mut batch = Batch::new(Timestamp::from_second(1_797_500_000).unwrap_or_default());
            let end = (number + BATCH_ITEMS as u64).min(items);
            batch.items = (number..end).map(&item).collect();
            number = end;
            let body: String = batch.items.iter().map(|item| item.text.as_str()).collect();
            batch.capture = Some(NewCapture {
                uri: format!("https://news.example/feed?{number}"),
                at: batch.at,
                kind: CaptureKind::Response {
                    status: 200,
                    headers: Vec::new(),
                },
                body: body.into_bytes(),
            });
            batches.push(batch);
        }
        receipts.extend(writer.append(&batches).unwrap_or_else(|error| fail(&error)));
    }
    receipts
}

/// A data folder with so many items in its log.
pub(crate) fn filled(folder: &tempfile::TempDir, items: u64) -> DataDir {
    let dir = DataDir::open(folder.path()).unwrap_or_else(|error| fail(&error));
    let mut writer = LogWriter::open(&dir).unwrap_or_else(|error| fail(&error));
    append(&mut writer, items);
    dir
}

/// A benchmark without its data says nothing.
pub(crate) fn fail(error: &dyn std::error::Error) -> ! {
    eprintln!("the benchmark cannot go on: {error}");
    std::process::exit(1)
}

/// How many items; `BELLWETHER_BENCH_ITEMS` says another number.
pub(crate) fn item_count(default: u64) -> u64 {
    std::env::var("BELLWETHER_BENCH_ITEMS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

/// Runs and tells items a second.
pub(crate) fn timed<T>(what: &str, items: u64, run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = run();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{what}: {items} items in {seconds:.2} s, {:.0} items/s",
        items as f64 / seconds
    );
    result
}

/// Tells the most memory this process has had, files that are mapped included.
pub(crate) fn tell_peak_memory() {
    match status("VmHWM:") {
        Some(kib) => println!("peak memory: {} MiB", kib / 1024),
        None => println!("peak memory: unknown on this system"),
    }
}

/// Does something, and tells by how much the memory grew that is no file: what the system cannot
/// take back.
pub(crate) fn telling_own_memory<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let own = || status("RssAnon:").unwrap_or_default();
    let before = own();
    let is_done = AtomicBool::new(false);
    let (result, most) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = own();
            while !is_done.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
                most = most.max(own());
            }
            most
        });
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        (result, watch.join().unwrap_or_default())
    });
    let grown = most.saturating_sub(before) / 1024;
    println!("{what}: at most {grown} MiB of own memory more");
    result
}

/// A number of kibibytes from what the system says of this process.
fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
