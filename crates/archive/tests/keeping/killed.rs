//! Killed at any moment of its rewriting, a log is the old or the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bellwether_archive::{DataDir, GoneCause, ItemChange, LogReader, LogWriter, Purpose};
use bellwether_model::{CaptureId, ItemId};
use bellwether_testkit::Chance;

use crate::world::{
    assert_sound, at, database_bytes, forget, holds, id_of, one, poll, rewrite_all, text, warc_text,
};

/// The files of a data folder with their bytes.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(root: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                found.insert(
                    path.strip_prefix(root).unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

fn put(root: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// One seed: a log that grows, forgets and lets expire, killed within its rewriting.
struct Seed {
    chance: Chance,
    temp: tempfile::TempDir,
    writer: LogWriter,
    second: u64,
    /// What each capture held.
    bodies: BTreeMap<CaptureId, (&'static str, Vec<u64>)>,
    items: BTreeMap<u64, ItemId>,
    forgotten: BTreeSet<u64>,
}

impl Seed {
    fn new(number: u64) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let writer = LogWriter::open(&DataDir::open(temp.path()).unwrap()).unwrap();
        Self {
            chance: Chance::of(number),
            temp,
            writer,
            second: 0,
            bodies: BTreeMap::new(),
            items: BTreeMap::new(),
            forgotten: BTreeSet::new(),
        }
    }

    fn poll(&mut self) {
        self.second += 10;
        let newest = self.second / 30;
        let shown: Vec<u64> = (newest.saturating_sub(self.chance.below(4))..=newest).collect();
        let source: &'static str = ["a", "b"][usize::try_from(self.chance.below(2)).unwrap()];
        let batch = poll(source, &shown, self.second);
        let (capture, changes) = one(&mut self.writer, batch);
        for (number, change) in shown.iter().zip(&changes) {
            let is_gone = matches!(change, ItemChange::Gone(_));
            assert_eq!(is_gone, self.forgotten.contains(number));
            self.items.insert(*number, id_of(*change));
        }
        self.bodies.insert(capture, (source, shown));
    }

    fn forget(&mut self) {
        let Some((number, id)) = self
            .items
            .iter()
            .nth(usize::try_from(self.chance.below(self.items.len().max(1) as u64)).unwrap())
            .map(|(number, id)| (*number, *id))
        else {
            return;
        };
        self.writer.forget(&forget(id), at(self.second)).unwrap();
        self.forgotten.insert(number);
    }

    fn expire(&mut self) {
        let before = at(self.second.saturating_sub(self.chance.below(200)));
        let mut after = None;
        loop {
            let step = self
                .writer
                .expire_captures(Purpose::Poll, before, after, 2, at(self.second))
                .unwrap();
            after = step.next;
            if after.is_none() {
                return;
            }
        }
    }

    /// Writes one file anew and is killed at a moment of it, or not.
    fn rewrite(&mut self) {
        let Some(rewriting) = self.writer.begin_rewriting().unwrap() else {
            return;
        };
        let before = files(self.temp.path());
        let rewritten = rewriting.write().unwrap();
        // What goes on meanwhile.
        let is_quiet = self.chance.below(2) == 0;
        if !is_quiet {
            self.poll();
            self.forget();
        }
        let written = files(self.temp.path());
        self.writer.end_rewriting(&rewritten).unwrap();
        let after = files(self.temp.path());
        match self.chance.below(4) {
            0 if is_quiet => {
                let cut = self.cut(&before, &written, "warc.gz");
                self.killed_with(cut);
            }
            1 => self.killed_with(written),
            // The commit is one of the journal, and the old file is still there.
            2 => {
                let mut both = written.clone();
                let journal = PathBuf::from("log.sqlite-wal");
                if written.get(&PathBuf::from("log.sqlite"))
                    == after.get(&PathBuf::from("log.sqlite"))
                {
                    let cut = self.cut(&written, &after, "-wal");
                    both.insert(journal.clone(), cut[&journal].clone());
                }
                self.killed_with(both);
            }
            _ => {}
        }
    }

    /// `to`, where what has grown since `from` has grown only in part.
    fn cut(&mut self, from: &Files, to: &Files, ending: &str) -> Files {
        let mut cut = to.clone();
        for (name, bytes) in &mut cut {
            let old = from.get(name).map_or(0, Vec::len);
            if name.to_string_lossy().ends_with(ending) && bytes.len() > old {
                let grown = self.chance.below((bytes.len() - old) as u64 + 1);
                bytes.truncate(old + usize::try_from(grown).unwrap());
            }
        }
        cut
    }

    fn killed_with(&mut self, files: Files) {
        self.temp = tempfile::tempdir().unwrap();
        put(self.temp.path(), &files);
        let dir = DataDir::open(self.temp.path()).unwrap();
        self.writer = LogWriter::open(&dir).unwrap();
    }

    fn check(&mut self, what: &str) {
        let dir = DataDir::open(self.temp.path()).unwrap();
        assert_sound(&dir, what);
        let reader = LogReader::open(&dir).unwrap();
        for (capture, (source, shown)) in &self.bodies {
            let body: String = shown.iter().map(|number| text(*number)).collect();
            match reader.capture(*capture).unwrap() {
                Some(found) => {
                    assert_eq!(found.body, body.as_bytes(), "{what}");
                    let is_clean = shown.iter().all(|number| !self.forgotten.contains(number));
                    assert!(is_clean, "{what}: shows what was forgotten");
                }
                None => {
                    let gone = reader.capture_gone(*capture).unwrap().unwrap();
                    assert!(
                        self.may_be_forgotten(*capture, source) || gone.cause == GoneCause::Expired,
                        "{what}: {gone:?} for nothing"
                    );
                }
            }
        }
    }

    /// Whether a source showed something that was forgotten, in this answer or before and after it, or
    /// another answer is the same as one of which that holds.
    fn may_be_forgotten(&self, capture: CaptureId, source: &str) -> bool {
        let shows = |id: &CaptureId, source: &str, number: u64| {
            let of_source = self.bodies.iter().filter(|(_, body)| body.0 == source);
            let showing: Vec<CaptureId> = of_source
                .filter(|(_, body)| body.1.contains(&number))
                .map(|(id, _)| *id)
                .collect();
            showing.first().is_some_and(|first| first <= id)
                && showing.last().is_some_and(|last| last >= id)
        };
        let same = self
            .bodies
            .iter()
            .filter(|(id, body)| **id == capture || body.1 == self.bodies[&capture].1);
        let answers = same
            .map(|(id, body)| (*id, body.0))
            .chain([(capture, source)]);
        answers.into_iter().any(|(id, source)| {
            self.forgotten
                .iter()
                .any(|number| shows(&id, source, *number))
        })
    }

    fn end(&mut self, what: &str) {
        rewrite_all(&mut self.writer);
        self.check(what);
        let text_left = warc_text(self.temp.path());
        let database = database_bytes(self.temp.path());
        for number in &self.forgotten {
            assert!(!text_left.contains(&text(*number)), "{what}: {number}");
            assert!(!holds(&database, &text(*number)), "{what}: {number}");
        }
        let names: Vec<_> = fs::read_dir(self.temp.path().join("warc"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        let numbers: BTreeSet<_> = names
            .iter()
            .map(|name| name.to_string_lossy()[11..17].to_owned())
            .collect();
        assert_eq!(names.len(), numbers.len(), "{what}: left over: {names:?}");
    }
}

#[test]
fn killed_at_any_moment_of_its_rewriting_a_log_is_whole() {
    let seeds = std::env::var("BELLWETHER_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(60);
    for number in 1..=seeds {
        let mut seed = Seed::new(number);
        for step in 0..25 {
            match seed.chance.below(8) {
                0 => seed.forget(),
                1 => seed.expire(),
                2 | 3 => seed.rewrite(),
                _ => seed.poll(),
            }
            seed.check(&format!("seed {number}, step {step}"));
        }
        seed.end(&format!("seed {number}, in the end"));
    }
}
