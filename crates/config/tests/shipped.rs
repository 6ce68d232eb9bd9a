//! What ships under `config/` works unedited, and the page about it leaves nothing out.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bellwether_config::{Config, KNOWN_SECTIONS, Settings};
use bellwether_model::{FamilyId, Grade, GroupId, Reach, Role, Source, SourceId, SourceKind};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> Config {
    bellwether_config::load(&root().join("config"), &|_| None).expect("what ships has no fault")
}

#[test]
fn it_has_neither_faults_nor_warnings() {
    let config = shipped();
    assert_eq!(config.warnings, []);
    assert_eq!(config.digest.len(), 64);
}

#[test]
fn both_elections_have_their_day_their_zone_and_a_rule() {
    let config = shipped();
    for (id, zone, day) in [
        ("tw-2026-local", "Asia/Taipei", "2026-11-28"),
        ("us-2026-midterms", "America/New_York", "2026-11-03"),
    ] {
        let election = config
            .elections
            .iter()
            .find(|election| election.id.as_str() == id)
            .expect("it ships");
        assert_eq!(election.time_zone, zone);
        let polling_day = election.polling_day.expect("it is known");
        assert_eq!(polling_day.to_string(), day);
        assert!(!election.phases.is_empty());
        let has_rule = |rule: &&bellwether_config::ConfiguredRule| {
            rule.rule.election.as_ref() == Some(&election.id)
        };
        assert_eq!(config.rules.iter().filter(has_rule).count(), 1, "{id}");
    }
}

#[test]
fn every_source_says_whose_voice_it_is_and_why() {
    let config = shipped();
    let polled = config.sources.iter().filter(|source| source.enabled);
    assert!(polled.count() >= 12);
    for source in &config.sources {
        let id = &source.id;
        assert_eq!(source.kind, SourceKind::Feed, "{id}");
        assert_eq!(source.groups.len(), 1, "{id}");
        assert!(
            source.country.is_some() && !source.languages.is_empty(),
            "{id}"
        );
        assert!(source.affiliation.as_of.is_some(), "{id}");
        assert!(source.affiliation.reference.is_some(), "{id}");
        let is_state = source.affiliation.grade == Grade::StateControlled;
        let group = config
            .groups
            .iter()
            .find(|group| group.id == source.groups[0])
            .expect("groups are checked");
        assert_eq!(is_state, group.role == Role::State, "{id}");
    }
}

#[test]
fn every_rule_can_be_passed_by_its_own_gate() {
    let config = shipped();
    for rule in &config.rules {
        let families: BTreeSet<&FamilyId> = config
            .sources
            .iter()
            .filter(|source| source.enabled)
            .filter(|source| {
                source
                    .groups
                    .iter()
                    .any(|group| rule.rule.groups.contains(group))
            })
            .map(|source| &source.family)
            .collect();
        let needed = usize::try_from(rule.rule.gate.min_families).expect("small");
        assert!(families.len() > needed, "{}", rule.rule.id);
    }
}

#[test]
fn the_example_of_a_receiver_is_off() {
    let config = shipped();
    assert_eq!(config.receivers.len(), 1);
    assert!(config.receivers.iter().all(|receiver| !receiver.enabled));
    let named = |rule: &bellwether_config::ConfiguredRule| {
        rule.rule.receivers.contains(&config.receivers[0].id)
    };
    assert!(config.rules.iter().all(named));
}

#[test]
fn it_states_the_defaults() {
    assert_eq!(shipped().settings, Settings::default());
}

#[test]
fn an_imported_publisher_that_is_configured_is_of_its_family() {
    let config = shipped();
    let known = config.sources.first().expect("some ship").clone();
    let imported = |publisher: &str| Source {
        id: SourceId::new(format!("import:{publisher}")),
        reach: Reach::default(),
        publisher: bellwether_model::PublisherId::new(publisher),
        family: FamilyId::new(format!("publisher:{publisher}")),
        groups: Vec::new(),
        kind: SourceKind::Import,
        reading: bellwether_model::Reading::default(),
        url: None,
        ..known.clone()
    };
    let directory = config.directory([imported(known.publisher.as_str()), imported("stranger")]);
    assert_eq!(directory.sources().count(), config.sources.len() + 2);
    let of = |publisher: &str| {
        directory
            .source(&SourceId::new(format!("import:{publisher}")))
            .expect("it was imported")
    };
    assert_eq!(of(known.publisher.as_str()).family, known.family);
    assert_eq!(of(known.publisher.as_str()).groups, known.groups);
    assert_eq!(of("stranger").family, FamilyId::new("publisher:stranger"));
    assert_eq!(directory.role(&GroupId::new("tw-domestic")), Role::Domestic);
}

/// The part of the page under the heading of a table.
fn part_about<'p>(page: &'p str, header: &str) -> Option<&'p str> {
    let heading = format!("\n### `{header}`");
    let start = page.find(&heading)? + 1;
    let rest = &page[start..];
    let end = rest.find("\n#").unwrap_or(rest.len());
    Some(&rest[..end])
}

#[test]
fn the_page_about_configuration_has_every_key() {
    let page = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the page");
    let mut missing = Vec::new();
    for section in KNOWN_SECTIONS {
        let (part, place) = if section.header.is_empty() {
            (page.as_str(), "the page")
        } else {
            (
                part_about(&page, section.header).unwrap_or_default(),
                section.header,
            )
        };
        let mut require = |found: bool, key: &str| {
            if !found {
                missing.push(format!("`{key}` in {place}"));
            }
        };
        let within = section.header.trim_matches(['[', ']']);
        for key in section.keys {
            let path = if within.is_empty() {
                (*key).to_owned()
            } else {
                format!("{within}.{key}")
            };
            // A table has a heading instead of a row.
            let table = KNOWN_SECTIONS
                .iter()
                .find(|of| of.header.trim_matches(['[', ']']) == path);
            match table {
                Some(table) => require(part_about(&page, table.header).is_some(), key),
                None => require(part.contains(&format!("\n| `{key}` |")), key),
            }
        }
        for (key, _) in section.refused {
            require(part.contains(&format!("`{key}`")), key);
        }
    }
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "not in docs/configuration.md"
    );
}
