//! Writes `../../src/language/table.bin`, the n-grams by which languages of one script are told
//! apart, from the models of lingua 1.8 (crates `lingua-*-language-model` 1.3.0, Apache-2.0, by
//! Peter M. Stahl; named in `NOTICE`).
//!
//! ```text
//! cargo run --release --manifest-path crates/text/tools/language_table/Cargo.toml \
//!     --target-dir target/language_table -- crates/text/src/language/table.bin
//! ```
//!
//! The same versions (see `Cargo.lock`) give the same bytes. Four steps, a module each:
//!
//! 1. [`counts`]: from the conditional probabilities of the models back to counts; what they do not
//!    say outright, how often a word begins or ends there, is what the counts leave over.
//! 2. [`smooth`]: interpolated absolute discounting over up to four letters before.
//! 3. [`prune`]: of millions of n-grams, those that change the verdict most often.
//! 4. [`table`]: quantised to a byte, in a perfect hash.

mod counts;
mod prune;
mod smooth;
mod sources;
mod table;

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: language-table FILE");
        return ExitCode::FAILURE;
    };
    let mut bytes = Vec::new();
    for group in sources::groups() {
        let models: Vec<smooth::Model> = group
            .columns
            .iter()
            .map(|sources| smooth::Model::of(counts::pooled(sources, group.is_letter)))
            .collect();
        let kept = prune::keep(&models, group.entries);
        eprintln!("{}: {} n-grams kept", group.name, kept.len());
        bytes.extend(table::write(&kept, models.len()));
    }
    if let Err(error) = std::fs::write(&path, &bytes) {
        eprintln!("error: {path}: {error}");
        return ExitCode::FAILURE;
    }
    eprintln!("{path}: {} bytes", bytes.len());
    ExitCode::SUCCESS
}
