//! What ships under `config/` works unedited, and the page about it leaves nothing out.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bellwether_config::{Config, KNOWN_SECTIONS, Settings};
use bellwether_model::{
    Affiliation, FamilyId, Grade, GroupId, PublisherId, Reach, Role, Source, SourceId, SourceKind,
};

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
        let rules = config.rules.iter().filter(has_rule);
        let own = rules.filter(|rule| !rule.rule.query.starts_with("narrative:"));
        assert_eq!(own.count(), 1, "{id}");
    }
}

#[test]
fn every_narrative_has_a_rule_with_its_election_and_its_name() {
    let config = shipped();
    for narrative in &config.narratives {
        let query = format!("narrative:{}", narrative.id);
        let rules = config.rules.iter().filter(|rule| rule.rule.query == query);
        let rules: Vec<_> = rules.collect();
        assert_eq!(rules.len(), 1, "{}", narrative.id);
        assert_eq!(rules[0].rule.name, narrative.title);
        let election = rules[0].rule.election.as_ref();
        assert!(election.is_some_and(|election| narrative.elections.contains(election)));
    }
}

/// Groups whose name speaks of a state hold what is on record as a state's, and nothing else.
#[test]
fn every_source_says_whose_voice_it_is_and_why() {
    let config = shipped();
    for source in &config.sources {
        let id = &source.id;
        assert_eq!(source.groups.len(), 1, "{id}");
        assert!(
            source.country.is_some() && !source.languages.is_empty(),
            "{id}"
        );
        let Affiliation {
            grade,
            basis,
            reference,
            as_of,
        } = &source.affiliation;
        assert!(basis.is_some() && as_of.is_some(), "{id}");
        let reference = reference.as_deref().expect("stated, if only as unknown");
        assert_eq!(reference == "unknown", *grade == Grade::Unknown, "{id}");
        let group = config
            .groups
            .iter()
            .find(|group| group.id == source.groups[0])
            .expect("groups are checked");
        let allowed: &[Grade] = match group.role {
            Role::State => &[Grade::Official, Grade::StateControlled],
            Role::Proxy => &[Grade::StateLinked, Grade::StateAligned],
            Role::Authority => &[Grade::Official],
            _ => &Grade::ALL,
        };
        assert!(allowed.contains(grade), "{id}");
        if group.id.as_str().ends_with("-media") {
            assert!(matches!(grade, Grade::Independent | Grade::Unknown), "{id}");
        }
    }
}

/// Absence from a list is weak evidence, and whoever reads the grade must read that.
#[test]
fn independence_says_how_little_it_rests_on() {
    for source in &shipped().sources {
        let basis = source.affiliation.basis.as_deref().unwrap_or_default();
        if source.affiliation.grade == Grade::Independent {
            assert!(
                basis.contains("weak evidence") || basis.contains("independent"),
                "{}: {basis}",
                source.id
            );
        }
    }
}

/// Not in the title of the document that is referred to either.
#[test]
fn the_word_state_stands_beside_no_open_grade() {
    for source in &shipped().sources {
        let affiliation = &source.affiliation;
        if !matches!(affiliation.grade, Grade::Independent | Grade::Unknown) {
            continue;
        }
        let reference = affiliation.reference.as_deref().unwrap_or_default();
        let is_address = reference.starts_with("https://") && !reference.contains(' ');
        let mut shown: Vec<&str> = source.groups.iter().map(|group| group.as_str()).collect();
        shown.extend(affiliation.basis.as_deref());
        shown.extend(source.note.as_deref());
        shown.extend(Some(reference).filter(|_| !is_address));
        for text in shown {
            let mut words = text.split(|c: char| !c.is_alphabetic());
            assert!(
                !words.any(|word| word.eq_ignore_ascii_case("state")),
                "{}: {text}",
                source.id
            );
        }
    }
}

#[test]
fn one_owner_is_one_voice() {
    let config = shipped();
    let mut publishers: BTreeMap<&PublisherId, &FamilyId> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut urls = BTreeSet::new();
    for source in &config.sources {
        assert!(ids.insert(&source.id), "{}", source.id);
        let url = source.url.as_deref().expect("none is an import");
        let bare = url
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .trim_start_matches("www.")
            .trim_end_matches('/')
            .to_lowercase();
        assert!(urls.insert(bare), "{}: {url} is polled twice", source.id);
        let family = publishers
            .entry(&source.publisher)
            .or_insert(&source.family);
        assert_eq!(*family, &source.family, "{}", source.id);
    }
    let families_of = |domains: &[&str]| -> BTreeSet<&FamilyId> {
        let is_of = |source: &&Source| {
            let url = source.url.as_deref().unwrap_or_default();
            let begins = |domain: &&str| {
                ['/', '.']
                    .iter()
                    .any(|before| url.contains(&format!("{before}{domain}")))
            };
            domains.iter().any(begins)
        };
        config
            .sources
            .iter()
            .filter(is_of)
            .map(|source| &source.family)
            .collect()
    };
    // One owner under many names: what `check` cannot see, since the domains differ.
    for domains in [
        &["xinhuanet.com/", "news.cn/", "cankaoxiaoxi.com"][..],
        &["cctv.com", "cgtn.com", "cri.cn", "cnr.cn", "cntv.cn"],
        &[
            "people.com.cn",
            "people.cn",
            "globaltimes.cn",
            "huanqiu.com",
        ],
        &["rt.com/", "rtde.world", "swentr.site", "esrt.press"],
        &["sputnik", "ria.ru", "ukraina.ru", "baltnews"],
        &["ltn.com.tw", "taipeitimes.com"],
        &["rsscna", "cnaFirstNews", "cnanewstw"],
    ] {
        let families = families_of(domains);
        assert_eq!(families.len(), 1, "{domains:?}: {families:?}");
    }
}

/// One page of a channel a minute is what the platform bears from one address, and all channels are
/// one host to it.
#[test]
fn platforms_are_asked_within_what_they_bear() {
    let config = shipped();
    for (kind, a_minute) in [(SourceKind::Telegram, 4.0), (SourceKind::Youtube, 2.0)] {
        let polls: f64 = config
            .sources
            .iter()
            .filter(|source| source.enabled && source.kind == kind)
            .map(|source| 60.0 / source.every.as_secs_f64())
            .sum();
        assert!(polls > 0.0 && polls <= a_minute, "{kind:?}: {polls}");
    }
}

#[test]
fn a_page_is_off_until_somebody_has_looked_at_it() {
    for source in &shipped().sources {
        if source.kind == SourceKind::Page {
            let note = source.note.as_deref().unwrap_or_default();
            assert!(!source.enabled && !note.is_empty(), "{}", source.id);
        }
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
                rule.rule.groups.is_empty()
                    || (source.groups.iter()).any(|group| rule.rule.groups.contains(group))
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
    // Whatever is found goes there, once it is on.
    let route = config.route.as_ref().expect("a route");
    assert_eq!(route.receivers, [config.receivers[0].id.clone()]);
    assert!(config.routes().all(|(_, receivers)| receivers.is_empty()));
    assert_eq!(config.coverage.receivers, None, "by the route too");
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
