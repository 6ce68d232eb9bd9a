//! How fast items of 3 kB are analysed and indexed, how much memory that takes, and how fast the same
//! tokens are made alone.
//!
//! The texts are real ones in Chinese and English, joined until they are long enough; invented words,
//! which repeat far less than language does, where there is no folder of real data.

mod support;

use bellwether_archive::{DataDir, LogReader, LogWriter, NewItem};
use bellwether_indexer::Indexer;
use bellwether_testkit::{data_folder, rows};
use bellwether_text::{analyse, index_tokens, language};

/// Streams of long texts, one in each language.
const STREAMS: [&str; 2] = ["cctv-xinwen-lianbo", "us-articles-2012-2020"];

/// Bytes of the text of one item (DESIGN 11).
const TEXT_BYTES: usize = 3_000;

fn main() {
    let texts = real_texts();
    let items = support::item_count(20_000);
    let make = |number: u64| -> NewItem {
        let mut item = support::item(number);
        if !texts.is_empty() {
            let at = usize::try_from(number).unwrap_or_default() % texts.len();
            item.title = bellwether_text::excerpt(&texts[at], 40);
            item.text.clone_from(&texts[at]);
        }
        item
    };
    let folder = tempfile::tempdir().unwrap_or_else(|error| support::fail(&error));
    let dir = DataDir::open(folder.path()).unwrap_or_else(|error| support::fail(&error));
    let mut writer = LogWriter::open(&dir).unwrap_or_else(|error| support::fail(&error));
    support::append_of(&mut writer, items, make);
    drop(writer);
    let few: Vec<String> = (0..items.min(5_000)).map(|n| make(n).text).collect();
    support::timed("analyse alone (one core)", few.len() as u64, || {
        few.iter()
            .map(|text| {
                let mut count = 0;
                index_tokens(&analyse(text), language(text), |_| count += 1);
                count
            })
            .sum::<usize>()
    });
    drop((few, texts));
    let log = LogReader::open(&dir).unwrap_or_else(|error| support::fail(&error));
    support::telling_own_memory("analyse and index", || {
        let mut indexer = Indexer::open(&dir, &log).unwrap_or_else(|error| support::fail(&error));
        support::timed("analyse and index", items, || {
            while indexer
                .advance(&log)
                .unwrap_or_else(|error| support::fail(&error))
                .items
                > 0
            {}
        });
    });
    support::tell_peak_memory();
}

/// Real texts of [`TEXT_BYTES`], the languages in turns.
fn real_texts() -> Vec<String> {
    let Some(data) = data_folder("real texts, so invented ones are indexed") else {
        return Vec::new();
    };
    let joined = STREAMS.map(|name| {
        let mut texts = vec![String::new()];
        for row in rows(&data.join(format!("streams/{name}.ndjson.gz"))) {
            for field in ["title", "text"] {
                let Some(last) = texts.last_mut() else {
                    continue;
                };
                last.push_str(row[field].as_str().unwrap_or_default());
                last.push('\n');
            }
            if texts.last().is_some_and(|text| text.len() >= TEXT_BYTES) {
                texts.push(String::new());
            }
        }
        texts.pop();
        texts
    });
    let [chinese, english] = joined;
    chinese
        .into_iter()
        .zip(english)
        .flat_map(|(a, b)| [a, b])
        .collect()
}
