//! How fast items are analysed and indexed, and how fast the same tokens are made alone.

mod support;

use bellwether_archive::LogReader;
use bellwether_indexer::Indexer;
use bellwether_text::{analyse, index_tokens, language};

fn main() {
    let items = support::item_count(20_000);
    let folder = tempfile::tempdir().unwrap_or_else(|error| support::fail(&error));
    let dir = support::filled(&folder, items);
    let texts: Vec<String> = (0..items.min(5_000))
        .map(|number| support::item(number).text)
        .collect();
    support::timed("analyse alone (one core)", texts.len() as u64, || {
        texts
            .iter()
            .map(|text| {
                let mut count = 0;
                index_tokens(&analyse(text), language(text), |_| count += 1);
                count
            })
            .sum::<usize>()
    });
    drop(texts);
    let log = LogReader::open(&dir).unwrap_or_else(|error| support::fail(&error));
    let mut indexer = Indexer::open(&dir, &log).unwrap_or_else(|error| support::fail(&error));
    support::timed("analyse and index", items, || {
        while indexer
            .advance(&log)
            .unwrap_or_else(|error| support::fail(&error))
            .items
            > 0
        {}
    });
    support::tell_peak_memory();
}
