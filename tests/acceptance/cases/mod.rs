//! Field cases: real failures that others reported, each with the right answer.
//!
//! The cases are data, `cases.ndjson` beside the folder of real data; each is put to the program by
//! the action of its family. Times of a case are moved to today where the program has no clock of
//! its own to set. What is known to be wrong stands in [`TO_BE_MENDED`] with its reason, and must
//! still be wrong: whoever mends it takes it out. What the program does not do yet stands in
//! [`WAITING`]; a case that is neither tested nor there fails [`every_case_is_tested_or_waits`].

mod alerting;
mod articles;
mod bursts;
mod collecting;
mod counting;
mod dates;
mod guarding;
mod identities;
mod late;
mod lineages;
mod searching;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use bellwether_testkit::{cases_folder, rows};
use serde_json::Value;

/// Cases that fail today, and why.
const TO_BE_MENDED: [(&str, &str); 0] = [];

/// Cases, and clauses of cases, that wait for what is not built yet, and for what.
const WAITING: [(&str, &str); 0] = [];

/// Cases that no message of the whole program can show, since none is so long, and where they are tested.
const WITHIN: [(&str, &str); 1] = [(
    "FC-030",
    "a text of 8,904 units: `crates/notifier/src/receivers/telegram.rs` and `tests/all/platforms.rs`",
)];

/// Clauses of cases that need another clock or another end of the connector, and where they are tested.
const ELSEWHERE: [(&str, &str); 6] = [
    (
        "FC-012",
        "thirty hours, by the poller's clock: `crates/poller/tests/cases.rs`",
    ),
    (
        "FC-013",
        "thirty days, by the poller's clock: `crates/poller/tests/cases.rs`",
    ),
    (
        "FC-014",
        "what it takes in memory: `crates/poller/tests/cases.rs`",
    ),
    (
        "FC-031",
        "ten days, by a clock of its own: `crates/alert/tests/all/life.rs`",
    ),
    ("FC-033", "what a chat shows: `burst`"),
    (
        "FC-035",
        "targets of messages: `crates/outbound/tests/all/requests.rs`",
    ),
];

/// A case, and the folder of its files.
pub(crate) struct Case {
    row: Value,
    folder: PathBuf,
}

/// How the program differs from the right answer.
type Outcome = Result<(), String>;

impl Case {
    fn input(&self) -> &Value {
        &self.row["input"]
    }

    fn expected(&self) -> &Value {
        &self.row["expected"]
    }

    /// The bytes of a file that the input names.
    fn file(&self, name: &Value) -> Vec<u8> {
        let path = self.folder.join(name.as_str().unwrap());
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// Equal, or what differs.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Outcome {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, expected {expected:?}"))
}

/// True, or what is not.
fn holds(condition: bool, what: impl FnOnce() -> String) -> Outcome {
    if condition { Ok(()) } else { Err(what()) }
}

fn run(id: &str, action: fn(&Case) -> Outcome) {
    let Some(folder) = cases_folder(id) else {
        return;
    };
    let row = rows(&folder.join("cases.ndjson"))
        .into_iter()
        .find(|row| row["id"] == id)
        .unwrap_or_else(|| panic!("there is no case {id}"));
    let case = Case { row, folder };
    let outcome = catch_unwind(AssertUnwindSafe(|| action(&case)))
        .unwrap_or_else(|_| Err("the action did not end, see above".to_owned()));
    let known = TO_BE_MENDED.iter().find(|(known, _)| *known == id);
    match (outcome, known) {
        (Ok(()), None) => {}
        (Ok(()), Some(_)) => panic!("{id} is right now: take it out of TO_BE_MENDED"),
        (Err(problem), None) => panic!("{id}: {problem}\n{}", case.row["problem"]),
        (Err(problem), Some((_, reason))) => {
            println!("{id} is still to be mended ({reason}): {problem}");
        }
    }
}

macro_rules! cases {
    ($($name:ident: $id:literal, $action:path;)*) => {
        const TESTED: &[&str] = &[$($id),*];

        $(
            #[test]
            fn $name() {
                run($id, $action);
            }
        )*
    };
}

cases! {
    fc_001_gb2312_is_gbk: "FC-001", collecting::gbk_names;
    fc_002_byte_order_mark_wins: "FC-002", collecting::titles;
    fc_003_malformed_feed_is_repaired: "FC-003", collecting::repaired;
    fc_004_named_zones: "FC-004", dates::zones;
    fc_005_wall_clock_without_zone: "FC-005", dates::without_zone;
    fc_006_unreadable_date_does_not_move: "FC-006", dates::unreadable;
    fc_007_implausible_dates: "FC-007", dates::implausible;
    fc_008_one_guid_for_all: "FC-008", identities::one_guid;
    fc_009_rewritten_article: "FC-009", identities::rewritten;
    fc_010_one_article_in_many_feeds: "FC-010", identities::many_feeds;
    fc_011_bot_wall: "FC-011", collecting::bot_wall;
    fc_012_ancient_date: "FC-012", collecting::ancient_date;
    fc_013_servers_that_ask_for_patience: "FC-013", collecting::patience;
    fc_014_decompression_bomb: "FC-014", collecting::bomb;
    fc_015_han_substrings: "FC-015", searching::sets;
    fc_016_han_variants: "FC-016", searching::sets;
    fc_017_one_for_several: "FC-017", searching::supersets;
    fc_018_width_and_latin_in_han: "FC-018", searching::width;
    fc_019_aliases_of_an_actor: "FC-019", searching::aliases;
    fc_020_yo_and_short_i: "FC-020", searching::sets;
    fc_021_persian: "FC-021", searching::sets;
    fc_022_not_with_phrases: "FC-022", searching::sets;
    fc_023_quotes_of_every_keyboard: "FC-023", searching::keyboards;
    fc_024_days_on_which_clocks_change: "FC-024", counting::clock_changes;
    fc_025_reprinting_is_no_burst: "FC-025", bursts::reprinting;
    fc_026_a_backlog_is_no_burst: "FC-026", late::backlog;
    fc_027_nothing_before: "FC-027", bursts::nothing_before;
    fc_028_every_monday_at_nine: "FC-028", bursts::every_monday;
    fc_029_a_hostile_headline: "FC-029", alerting::injection;
    fc_031_restarts_and_reloads: "FC-031", alerting::durability;
    fc_032_credentials_are_shown_nowhere: "FC-032", guarding::secrets;
    fc_033_hidden_characters: "FC-033", searching::hidden;
    fc_034_related_links_are_not_the_article: "FC-034", articles::related_links;
    fc_035_inner_addresses: "FC-035", guarding::inner_addresses;
    fc_036_who_was_first: "FC-036", lineages::first;
}

/// The one place that says of each case where it is tested, or what it waits for.
#[test]
fn every_case_is_tested_or_waits() {
    let Some(folder) = cases_folder("the list of cases") else {
        return;
    };
    let rows = rows(&folder.join("cases.ndjson"));
    let there: BTreeSet<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(there.len(), rows.len(), "each has an id of its own");
    let tested: BTreeSet<&str> = TESTED.iter().copied().collect();
    let waiting: BTreeSet<&str> = WAITING.iter().map(|(id, _)| *id).collect();
    for (id, what) in WAITING {
        println!("{id} waits for: {what}");
    }
    for (id, what) in ELSEWHERE {
        assert!(
            tested.contains(id),
            "{id} is not tested here at all: {what}"
        );
    }
    let within = WITHIN.iter().map(|(id, _)| *id);
    let listed: BTreeSet<&str> = tested.union(&waiting).copied().chain(within).collect();
    assert_eq!(listed, there, "tested or waiting, and what there is");
    // A family of collection is whole: a case of it may wait with a clause, and not as a whole.
    const OURS: [&str; 7] = [
        "feed-encoding",
        "feed-parse",
        "dates",
        "identity",
        "http",
        "ssrf",
        "extraction",
    ];
    for row in rows
        .iter()
        .filter(|row| OURS.iter().any(|family| row["family"] == *family))
    {
        let id = row["id"].as_str().unwrap();
        assert!(
            tested.contains(id),
            "{id} of {} is not tested",
            row["family"]
        );
    }
}
