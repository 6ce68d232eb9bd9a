//! The folder of real data, which is not part of the repository.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::project::repository;

/// The folder that `BELLWETHER_DATA` names, else the one beside the repository; where there is
/// none, says that `what` is skipped.
#[must_use]
pub fn data_folder(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BELLWETHER_DATA")
        .map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    found(folder, what)
}

/// The folder of field cases beside it.
#[must_use]
pub fn cases_folder(what: &str) -> Option<PathBuf> {
    found(data_folder(what)?.join("../cases"), what)
}

fn found(folder: PathBuf, what: &str) -> Option<PathBuf> {
    if folder.is_dir() {
        return Some(folder);
    }
    println!(
        "skipped: {what}, since there is no folder {}",
        folder.display()
    );
    None
}

/// The lines of an NDJSON file, which may be compressed.
///
/// # Panics
/// Where it cannot be read.
#[must_use]
pub fn rows(path: &Path) -> Vec<Value> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reader: Box<dyn BufRead> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(BufReader::new(GzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    };
    reader
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

/// The bytes of a text in base 64.
///
/// # Panics
/// Never for lines of the data folder.
#[must_use]
pub fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter_map(|byte| ALPHABET.iter().position(|known| *known == byte))
        .map(|at| u32::try_from(at).unwrap())
        .collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
