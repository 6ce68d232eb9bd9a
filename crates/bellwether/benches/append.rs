//! How fast items get into the log: WARC, synced, and SQLite.

mod support;

use bellwether_archive::{DataDir, LogWriter};

fn main() {
    let items = support::item_count(20_000);
    let folder = tempfile::tempdir().unwrap_or_else(|error| support::fail(&error));
    let dir = DataDir::open(folder.path()).unwrap_or_else(|error| support::fail(&error));
    let mut writer = LogWriter::open(&dir).unwrap_or_else(|error| support::fail(&error));
    // What the corpus costs to make is told, so that it can be taken off.
    support::timed("corpus alone", items, || {
        (0..items)
            .map(support::item)
            .map(|i| i.text.len())
            .sum::<usize>()
    });
    support::timed("append", items, || support::append(&mut writer, items));
    support::timed("append again (known items)", items, || {
        support::append(&mut writer, items)
    });
    support::tell_peak_memory();
}
