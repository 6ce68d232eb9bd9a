//! What rules and the directory have of actors and narratives.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::fs;
use std::path::Path;

use bellwether_config::Config;
use bellwether_model::{ActorId, NarrativeId};

/// The base of the golden tests with a rule that names its narrative.
fn config() -> Config {
    let scratch = tempfile::tempdir().expect("scratch folder");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/base");
    for file in [
        "actors/base.toml",
        "elections/invented.toml",
        "groups.toml",
        "narratives/base.toml",
        "sources/base.toml",
    ] {
        let to = scratch.path().join(file);
        fs::create_dir_all(to.parent().expect("it has one")).expect("folder");
        fs::copy(base.join(file), to).expect("copy");
    }
    let rules = scratch.path().join("rules");
    fs::create_dir(&rules).expect("folder");
    let rule = "[[rule]]\nid = \"count\"\nnarrative = \"invented-count\"\n";
    fs::write(rules.join("count.toml"), rule).expect("write");
    bellwether_config::load(scratch.path(), &|_| None).expect("it has no fault")
}

#[test]
fn a_rule_with_a_narrative_holds_its_name_and_asks_all_its_queries() {
    let config = config();
    let rule = &config.rules[0];
    assert_eq!(rule.rule.query, "narrative:invented-count");
    let asked = rule.query.to_string();
    for part in ["\"invented count\"", "ballots", " OR ", "作票", "開票"] {
        assert!(asked.contains(part), "{asked}");
    }
}

#[test]
fn the_directory_knows_actors_and_narratives() {
    let directory = config().directory([]);
    let mayor = directory.actor(&ActorId::new("mayor")).expect("configured");
    assert_eq!(mayor.name("zh-Hant"), "王虛構");
    assert_eq!(mayor.name("ru"), "Wang Invented");
    let ambiguous: Vec<&str> = mayor
        .aliases
        .iter()
        .filter(|alias| alias.is_ambiguous)
        .map(|alias| alias.text.as_str())
        .collect();
    assert_eq!(ambiguous, ["Wang"]);
    assert_eq!(directory.actors().count(), 2);
    let league = directory
        .actor(&ActorId::new("league"))
        .expect("configured");
    assert_eq!(league.country, None);
    let narrative = directory
        .narrative(&NarrativeId::new("invented-count"))
        .expect("configured");
    assert_eq!(narrative.actors, [ActorId::new("mayor")]);
    assert_eq!(narrative.actor_labels, ["pro-mayor-media"]);
    assert_eq!(narrative.queries.len(), 2);
    assert_eq!(narrative.documented_by[0].date.as_deref(), Some("2026-11"));
    assert_eq!(directory.narratives().count(), 1);
    assert!(directory.actor(&ActorId::new("nobody")).is_none());
}
