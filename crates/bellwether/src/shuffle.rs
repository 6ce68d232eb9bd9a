//! A recorded stream in which nothing is pushed: each story is moved, with all that carry it, by a
//! number of whole days of its own, round the ends of the stream.
//!
//! Publishers, hours of the day, words and copies stay; that different texts speak of one thing at one
//! time does not. What is told of such a stream is told by chance (a permutation test on the time of
//! stories).

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bellwether_model::Timestamp;
use bellwether_text::{analyse, digest};
use jiff::SignedDuration;
use serde_json::Value;

use crate::setup::Usage;

/// All lines are in memory at once.
const BYTES_MAX: u64 = 2 << 30;

const DAY: i64 = 24 * 3600;

/// Writes the lines of some files, shuffled by a seed, to another. Lines that are none are left out.
pub(crate) fn shuffle(files: &[PathBuf], seed: u64, to: &Path) -> Result<()> {
    let mut lines: Vec<(Timestamp, Value)> = Vec::new();
    let mut bytes = 0;
    for path in files {
        let file =
            File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        bytes += file.metadata()?.len();
        if bytes > BYTES_MAX {
            return Err(Usage(format!(
                "{} bytes are too many to be shuffled; at most {BYTES_MAX}",
                bytes
            ))
            .into());
        }
        for line in BufReader::new(file).split(b'\n') {
            let Ok(value) = serde_json::from_slice::<Value>(&line?) else {
                continue;
            };
            let clock = ["time", "seen"].iter().find_map(|key| time(&value, key));
            lines.extend(clock.map(|clock| (clock, value)));
        }
    }
    let first = lines.iter().map(|(time, _)| *time).min();
    let last = lines.iter().map(|(time, _)| *time).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(File::create(to).map(drop)?);
    };
    let days = last.duration_since(first).as_secs() / DAY + 1;
    for (number, (clock, value)) in lines.iter_mut().enumerate() {
        let story = story(value, number);
        let mut hasher = DefaultHasher::new();
        (seed, story).hash(&mut hasher);
        let shift = i64::try_from(hasher.finish() % days.unsigned_abs()).unwrap_or(0);
        let day = clock.duration_since(first).as_secs() / DAY;
        let shift = (day + shift) % days - day;
        let shift = SignedDuration::from_hours(24 * shift);
        for key in ["time", "seen", "published"] {
            if let Some(moved) = time(value, key).and_then(|time| time.checked_add(shift).ok()) {
                value[key] = Value::from(moved.to_string());
            }
        }
        *clock = clock.checked_add(shift).unwrap_or(*clock);
    }
    lines.sort_by_key(|(clock, _)| *clock);
    let mut out = BufWriter::new(File::create(to)?);
    for (_, line) in &lines {
        serde_json::to_writer(&mut out, line)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn time(line: &Value, key: &str) -> Option<Timestamp> {
    line.get(key)?.as_str()?.parse().ok()
}

/// What tells a story: its text, else nothing but the line itself.
fn story(line: &Value, number: usize) -> Vec<u8> {
    let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
    let digest = digest(&analyse(text("title")), &analyse(text("text")));
    digest.map_or_else(
        || number.to_be_bytes().to_vec(),
        |digest| format!("{digest:?}").into_bytes(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_stay_together_and_the_rest_is_torn_apart() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let mut lines = String::from("no line\n");
        for n in 0..60 {
            let day = if n < 30 { 1 + n } else { 9 };
            let text = if n < 50 {
                format!("a text of its own, number {n} of all that there are")
            } else {
                "one text that ten outlets carry on one day".to_owned()
            };
            lines.push_str(&format!(
                "{{\"time\":\"2026-11-{day:02}T10:00:{:02}Z\",\"publisher\":\"p{n}\",\"text\":\"{text}\"}}\n",
                n % 60
            ));
        }
        std::fs::write(&from, &lines).unwrap();
        shuffle(std::slice::from_ref(&from), 7, &to).unwrap();
        let read = std::fs::read_to_string(&to).unwrap();
        let times = |is_copy: bool| -> Vec<String> {
            let lines = read
                .lines()
                .filter(|line| line.contains("ten outlets") == is_copy);
            let values = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
            values
                .map(|line| line["time"].as_str().unwrap()[..10].to_owned())
                .collect()
        };
        let copies = times(true);
        assert_eq!(copies.len(), 10);
        assert!(copies.iter().all(|day| *day == copies[0]));
        let mut others = times(false);
        assert_eq!(others.len(), 50);
        let of_one_day = others.iter().filter(|day| *day == "2026-11-09").count();
        assert!(of_one_day < 10, "{of_one_day} of 21 are left on their day");
        assert!(others.is_sorted());
        others.dedup();
        assert!(others.len() > 15);
        // By a seed, and by nothing else.
        shuffle(std::slice::from_ref(&from), 7, &folder.path().join("again")).unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join("again")).unwrap(),
            read
        );
        shuffle(&[from], 8, &folder.path().join("other")).unwrap();
        assert_ne!(
            std::fs::read_to_string(folder.path().join("other")).unwrap(),
            read
        );
    }
}
