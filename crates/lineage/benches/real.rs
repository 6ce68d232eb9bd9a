//! What is told of real streams: which titles that two publishers share do not join and why, which
//! marked republications have no other member, and pairs to be judged by reading: 200 that are joined
//! in one story, and 40 that are linked as reworded. What was judged for another sample, and may have
//! led to a rule, is left out.
//!
//! `cargo bench -p bellwether-lineage --bench real`; with `-- pairs` it prints the pairs with their
//! texts, those with a verdict in `testdata/verdicts.ndjson` marked.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use bellwether_model::Timestamp;
use bellwether_testkit::{data_folder, rows};
use serde_json::Value;
use support::{Dice, Teller};

/// Pairs that are judged of a kind.
struct Sample {
    kind: &'static str,
    pairs: usize,
    /// Another number, other pairs.
    number: u64,
}

const SAMPLES: [Sample; 2] = [
    Sample {
        kind: "joined",
        pairs: 200,
        number: 71_993,
    },
    Sample {
        kind: "reworded",
        pairs: 40,
        number: 31_127,
    },
];

/// Whether a pair is right, and the sample it was judged for.
type Verdict = (bool, u64);

struct Joined {
    stream: String,
    ids: [String; 2],
    texts: [(String, String); 2],
    score: f64,
}

fn main() {
    let Some(folder) = data_folder("the stories of real streams") else {
        return;
    };
    let mut streams: Vec<_> = std::fs::read_dir(folder.join("streams"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .collect();
    streams.sort();
    let mut sampled = [Vec::new(), Vec::new()];
    for path in &streams {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .replace(".ndjson.gz", "");
        for (kind, pairs) in stream(&name, path).into_iter().enumerate() {
            sampled[kind].push(pairs);
        }
    }
    let verdicts = verdicts();
    for (sample, lists) in SAMPLES.iter().zip(sampled) {
        judge(sample, lists, &verdicts);
    }
}

/// Tells a stream; the joined pairs that are not exact and the reworded ones.
fn stream(name: &str, path: &Path) -> [Vec<Joined>; 2] {
    let mut rows = rows(path);
    let field = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.sort_by_key(|row| (field(row, "time"), field(row, "id")));
    let mut teller = Teller::new(|at: usize| (field(&rows[at], "title"), field(&rows[at], "text")));
    for (at, row) in rows.iter().enumerate() {
        teller.take(
            at,
            field(row, "time").parse().unwrap_or(Timestamp::UNIX_EPOCH),
        );
    }
    let told = teller.by_number();
    let mut members: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, story) in &told {
        members.entry(*story).or_default().push(*at);
    }
    println!(
        "{name}: {} items, {} stories, {} near pairs, {} reworded, {} without a story",
        rows.len(),
        members.len(),
        teller.near.len(),
        teller.reworded.len(),
        rows.len() - told.len(),
    );
    // Word for word, as the notes on the data count them.
    let mut titles: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        titles
            .entry(field(row, "title").trim().to_owned())
            .or_default()
            .push(at);
    }
    let publishers = |of: &[usize]| -> BTreeSet<String> {
        of.iter().map(|at| field(&rows[*at], "publisher")).collect()
    };
    if ["us-state-news-headlines", "taiwan-outlets-2025-26"].contains(&name) {
        let shared = titles
            .iter()
            .filter(|(title, of)| !title.is_empty() && publishers(of).len() > 1);
        let apart: Vec<&String> = shared
            .clone()
            .filter(|(_, of)| {
                let stories: BTreeSet<_> = of.iter().map(|at| told.get(at)).collect();
                stories.len() > 1 || stories.contains(&None)
            })
            .map(|(title, _)| title)
            .collect();
        println!(
            "  {} titles of two publishers, {} do not join: {apart:?}",
            shared.count(),
            apart.len()
        );
    }
    let marked: Vec<usize> = (0..rows.len())
        .filter(|at| rows[*at]["repub_path"] == true)
        .collect();
    if !marked.is_empty() {
        let alone: Vec<&usize> = marked
            .iter()
            .filter(|at| told.get(at).is_none_or(|s| members[s].len() < 2))
            .collect();
        let one: Vec<&usize> = marked
            .iter()
            .filter(|at| {
                told.get(at)
                    .is_some_and(|s| members[s].len() > 1 && publishers(&members[s]).len() < 2)
            })
            .collect();
        println!(
            "  {} marked republications: {} have a member of another publisher, {} only of their own, {} none; \
             of those, {} have no other item whose title has half of its words (what they republish is not in the stream)",
            marked.len(),
            marked.len() - alone.len() - one.len(),
            one.len(),
            alone.len(),
            alone.iter().filter(|at| !has_like(&rows, ***at)).count(),
        );
    }
    // The monitor notes no rewording of a publisher's own text.
    let is_other = |pair: &&(usize, usize, f64)| {
        field(&rows[pair.0], "publisher") != field(&rows[pair.1], "publisher")
    };
    let reworded: Vec<_> = teller.reworded.iter().filter(is_other).copied().collect();
    println!("  {} reworded pairs of two publishers", reworded.len());
    let near = teller.near.iter().map(|(a, b)| (*a, *b, 1.0)).collect();
    [near, reworded].map(|pairs: Vec<(usize, usize, f64)>| {
        pairs
            .into_iter()
            .map(|(later, earlier, score)| Joined {
                stream: name.to_owned(),
                ids: [later, earlier].map(|at| field(&rows[at], "id")),
                texts: [later, earlier]
                    .map(|at| (field(&rows[at], "title"), field(&rows[at], "text"))),
                score,
            })
            .collect()
    })
}

/// The place of a pair in a sample: it stays where it is when other pairs come or go.
fn rank(ids: &[String; 2], sample: u64) -> u64 {
    ids.concat()
        .bytes()
        .fold(sample, |state, byte| Dice(state ^ u64::from(byte)).roll())
}

/// Whether another item's title has half of the words of this one's.
fn has_like(rows: &[Value], at: usize) -> bool {
    let words = |row: &Value| -> BTreeSet<String> {
        let title = row["title"].as_str().unwrap_or_default().to_lowercase();
        title
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 3)
            .map(str::to_owned)
            .collect()
    };
    let own = words(&rows[at]);
    rows.iter()
        .enumerate()
        .any(|(other, row)| other != at && 2 * words(row).intersection(&own).count() >= own.len())
}

/// What was judged, by the ids of the pair, the later first.
fn verdicts() -> BTreeMap<String, Verdict> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/verdicts.ndjson");
    let read = std::fs::read_to_string(path).unwrap_or_default();
    read.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|value| {
            let id = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            (
                format!("{} {}", id("later"), id("earlier")),
                (
                    value["right"] == true,
                    value["sample"].as_u64().unwrap_or_default(),
                ),
            )
        })
        .collect()
}

/// Takes from each stream in turn until there are enough, and compares with what was judged.
fn judge(sample: &Sample, mut lists: Vec<Vec<Joined>>, verdicts: &BTreeMap<String, Verdict>) {
    let verdict = |pair: &Joined| verdicts.get(&pair.ids.join(" "));
    for list in &mut lists {
        list.retain(|pair| verdict(pair).is_none_or(|(_, number)| *number == sample.number));
        list.sort_by_cached_key(|pair| rank(&pair.ids, sample.number));
    }
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let mut chosen = Vec::new();
    while chosen.len() < sample.pairs {
        let before = chosen.len();
        chosen.extend(lists.iter_mut().filter_map(Iterator::next));
        if chosen.len() == before {
            break;
        }
    }
    chosen.truncate(sample.pairs);
    let is_shown = std::env::args().any(|arg| arg == "pairs");
    let (mut right, mut wrong, mut open) = (0, 0, 0);
    for pair in &chosen {
        let verdict = verdict(pair).map(|(is_right, _)| *is_right);
        match verdict {
            Some(true) => right += 1,
            Some(false) => wrong += 1,
            None => open += 1,
        }
        if is_shown {
            let [later, earlier] = pair.texts.each_ref().map(|(title, text)| support::Sample {
                group: String::new(),
                kind: String::new(),
                title: title.clone(),
                text: text.clone(),
            });
            println!(
                "{} {} {:.2} {verdict:?} {:?}",
                pair.stream,
                pair.ids.join(" "),
                pair.score,
                support::evidence(&earlier, &later)
            );
            for (title, text) in &pair.texts {
                let text: String = text.chars().take(600).collect();
                println!("  {title} ¶ {}", text.replace('\n', " "));
            }
        }
    }
    println!(
        "{} sampled pairs that are {}: {right} right, {wrong} wrong, {open} not judged",
        chosen.len(),
        sample.kind
    );
}
