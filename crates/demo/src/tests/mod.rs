//! What the world promises, held by the crates that will read it.

mod judged;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_config::Config;
use bellwether_model::{Directory, FamilyId, ItemId, PublisherId, SourceId, Timestamp};
use bellwether_poller::date::Place;
use bellwether_poller::import::ImportLine;
use bellwether_poller::parse;
use bellwether_query::{Binding, Bound, Document, Names, matches};
use bellwether_text::{analyse, digest};
use jiff::tz::TimeZone;

use crate::outlets::outlet;
use crate::{HISTORY_DAYS, PUSH_RULE, Part, Published, QUIET_RULE, TIME_ZONE, World};

const BASE: &str = "http://127.0.0.1:41234";

fn config(world: &World) -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in world.config_files(BASE, "DEMO_CHAT_URL") {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("in a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let environment = |name: &str| {
        (name == "DEMO_CHAT_URL").then(|| "http://127.0.0.1:41235/hook/secret".to_owned())
    };
    match bellwether_config::load(folder.path(), &environment) {
        Ok(config) => config,
        Err(faults) => panic!("{faults}"),
    }
}

fn zone() -> TimeZone {
    TimeZone::get(TIME_ZONE).expect("a zone")
}

fn text_digest(title: &str, text: &str) -> [u8; 16] {
    digest(&analyse(title), &analyse(text)).expect("words")
}

fn digests(world: &World, part: Part) -> BTreeSet<[u8; 16]> {
    world
        .part(part)
        .map(|item| text_digest(&item.title, &item.text))
        .collect()
}

fn families(world: &World, directory: &Directory, part: Part) -> BTreeSet<FamilyId> {
    world
        .part(part)
        .map(|item| directory.family(&item.source_id))
        .collect()
}

/// The local day of the month and hour of a time.
fn local(at: Timestamp) -> (i8, i8) {
    let local = zone().to_datetime(at);
    (local.day(), local.hour())
}

/// Whatever has a time, a source and words.
struct Seen {
    at: Timestamp,
    source: SourceId,
    title: String,
    text: String,
    lang: Option<String>,
}

fn history(world: &World) -> Vec<Seen> {
    world
        .history()
        .map(|line| {
            let line = ImportLine::parse(&line).expect("a good line");
            assert_eq!(line.published, Some(line.time));
            Seen {
                at: line.time,
                source: SourceId::new(line.publisher.as_str()),
                title: line.title,
                text: line.text,
                lang: line.lang,
            }
        })
        .collect()
}

fn last_day(world: &World) -> Vec<Seen> {
    let seen = |item: &Published| Seen {
        at: item.at,
        source: item.source_id.clone(),
        title: item.title.clone(),
        text: item.text.clone(),
        lang: Some(item.lang.to_owned()),
    };
    world.events().iter().map(seen).collect()
}

fn bound(config: &Config, directory: &Directory, rule: &str) -> Bound {
    let rule = config
        .rules
        .iter()
        .find(|configured| configured.rule.id.as_str() == rule)
        .expect("the rule");
    let zone = zone();
    rule.query
        .bind(Binding::new(
            directory,
            &Names::default(),
            Timestamp::UNIX_EPOCH,
            &zone,
        ))
        .expect("bound")
}

fn is_found(bound: &Bound, seen: &Seen) -> bool {
    let (title, text) = (analyse(&seen.title), analyse(&seen.text));
    let sources = [seen.source.clone()];
    let publisher = PublisherId::new(seen.source.as_str());
    matches(
        bound,
        &Document {
            item: ItemId(0),
            address: None,
            title: &title,
            text: &text,
            sources: &sources,
            publisher: &publisher,
            lang: seen.lang.as_deref().unwrap_or("und"),
            platform: None,
            time: seen.at,
        },
    )
}

#[test]
fn the_world_is_always_the_same() {
    let (one, other) = (World::new(), World::new());
    assert_eq!(one.events(), other.events());
    assert!(one.history().eq(other.history()));
    // A change of the content is a change of every number the documentation shows.
    let first = one.history().next().expect("a line");
    assert!(first.contains("2026-02-28T16:"), "{first}");
}

#[test]
fn the_configuration_loads_without_a_word() {
    let world = World::new();
    let config = config(&world);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!(config.sources.len(), 15);
    let families: BTreeSet<_> = config.sources.iter().map(|source| &source.family).collect();
    assert_eq!(families.len(), 11);
    assert_eq!(config.elections[0].time_zone, TIME_ZONE);
    assert_eq!(config.rules.len(), 2);
    assert!(
        config
            .rules
            .iter()
            .any(|r| r.rule.id.as_str() == QUIET_RULE)
    );
    assert!(config.receivers[0].enabled);
    assert!(
        world
            .sources()
            .eq(config.sources.iter().map(|source| source.id.clone()))
    );
    for source in &config.sources {
        let path = world.feed_path(&source.id).expect("a path");
        assert_eq!(
            source.url.as_deref(),
            Some(format!("{BASE}{path}").as_str())
        );
        assert_eq!(world.source_at_path(&path).as_ref(), Some(&source.id));
    }
    assert_eq!(world.source_at_path("/feeds/nobody.xml"), None);
}

#[test]
fn rules_do_not_accuse() {
    let config = config(&World::new());
    for rule in &config.rules {
        let name = rule.rule.name.to_lowercase();
        for word in ["campaign", "coordinated", "propaganda", "proof", "attack"] {
            assert!(!name.contains(word), "{name}");
        }
    }
}

#[test]
fn the_history_has_days_and_nights() {
    let world = World::new();
    let history = history(&world);
    assert!((5_500..7_000).contains(&history.len()), "{}", history.len());
    assert!(history.is_sorted_by_key(|seen| seen.at));
    let span = world.history_span();
    assert!(history.iter().all(|seen| span.contains(seen.at)));
    assert_eq!(span.to, world.last_day().from);

    let of_hours = |hours: std::ops::Range<i8>| {
        history
            .iter()
            .filter(|seen| hours.contains(&local(seen.at).1))
            .count()
    };
    assert!(of_hours(8..12) > 8 * of_hours(0..4));
    let mut of_day: BTreeMap<i8, usize> = BTreeMap::new();
    for seen in &history {
        *of_day.entry(local(seen.at).0).or_default() += 1;
    }
    assert_eq!(of_day.len(), HISTORY_DAYS as usize);
    // 22 March 2026 is a Sunday.
    assert!(of_day[&22] * 10 < of_day[&23] * 8);
    let sources: BTreeSet<_> = history.iter().map(|seen| &seen.source).collect();
    assert_eq!(sources.len(), 15);
}

#[test]
fn texts_of_the_history_differ() {
    let history = history(&World::new());
    let digests: BTreeSet<_> = history
        .iter()
        .map(|seen| text_digest(&seen.title, &seen.text))
        .collect();
    assert!(digests.len() * 1_000 > history.len() * 995);
    for seen in &history {
        assert!(!seen.title.contains('{') && !seen.text.contains('{'));
    }
}

#[test]
fn rules_find_their_mentions_and_nothing_else() {
    let world = World::new();
    let config = config(&world);
    let directory = config.directory([]);
    let machines = bound(&config, &directory, PUSH_RULE);
    let postponed = bound(&config, &directory, QUIET_RULE);
    let mut of_day: BTreeMap<i8, BTreeSet<FamilyId>> = BTreeMap::new();
    let mut found = [0, 0];
    for seen in history(&world) {
        if is_found(&machines, &seen) {
            found[0] += 1;
            let family = directory.family(&seen.source);
            assert!(of_day.entry(local(seen.at).0).or_default().insert(family));
        }
        found[1] += usize::from(is_found(&postponed, &seen));
    }
    assert_eq!(of_day.len(), HISTORY_DAYS as usize, "a mention on each day");
    assert!(of_day.values().all(|families| families.len() <= 3));
    let mentions: usize = (0..HISTORY_DAYS)
        .map(|day| crate::day::mentions(day).len())
        .sum();
    assert_eq!(found[0] + found[1], mentions);
    assert!(found[1] > 10);

    let mut postponed_today = 0;
    for (seen, item) in last_day(&world).iter().zip(world.events()) {
        let is_machines = is_found(&machines, seen);
        let is_postponed = is_found(&postponed, seen);
        let expected = match item.part {
            Part::Everyday | Part::Organic => is_machines || is_postponed,
            Part::Mention => is_machines == is_postponed,
            Part::Wire | Part::Spam | Part::Push => !is_machines || is_postponed,
        };
        assert!(!expected, "{:?}: {} {}", item.part, item.title, item.text);
        postponed_today += usize::from(is_postponed);
    }
    assert_eq!(postponed_today, 1);
}

#[test]
fn the_parts_are_what_they_are_said_to_be() {
    let world = World::new();
    let config = config(&world);
    let directory = config.directory([]);
    let count = |part| world.part(part).count();
    assert!((250..=330).contains(&world.events().len()));
    assert!(world.events().is_sorted_by_key(|item| item.at));
    let guids: BTreeSet<_> = world.events().iter().map(|item| &item.guid).collect();
    assert_eq!(guids.len(), world.events().len());
    assert!(
        world
            .events()
            .iter()
            .all(|i| world.last_day().contains(i.at))
    );

    assert_eq!(world.wire_guids().len(), 8);
    assert_eq!(families(&world, &directory, Part::Wire).len(), 8);
    assert_eq!(digests(&world, Part::Wire).len(), 1);
    assert!(length(&world, Part::Wire) <= Duration::from_secs(40 * 60));

    assert_eq!(count(Part::Organic), 14);
    assert_eq!(digests(&world, Part::Organic).len(), 14);
    assert!(families(&world, &directory, Part::Organic).len() >= 8);

    assert_eq!(count(Part::Spam), 30);
    assert_eq!(digests(&world, Part::Spam).len(), 30);
    assert_eq!(families(&world, &directory, Part::Spam).len(), 1);

    assert_eq!(count(Part::Push), 24);
    assert_eq!(digests(&world, Part::Push).len(), 11);
    assert_eq!(families(&world, &directory, Part::Push).len(), 7);
    let langs: BTreeSet<_> = world.part(Part::Push).map(|item| item.lang).collect();
    assert_eq!(langs.len(), 4);
    assert!(
        world
            .part(Part::Push)
            .all(|i| world.push_span().contains(i.at))
    );
    assert_eq!(local(world.push_span().from), (28, 14));
}

fn length(world: &World, part: Part) -> Duration {
    let times = || world.part(part).map(|item| item.at);
    let (first, last) = (times().min().expect("some"), times().max().expect("some"));
    last.duration_since(first).unsigned_abs()
}

#[test]
fn the_push_is_first_seen_at_a_state_outlet() {
    let world = World::new();
    let config = config(&world);
    let directory = config.directory([]);
    let first_of = |group: &str| {
        world
            .part(Part::Push)
            .find(|item| {
                directory
                    .groups_of(&item.source_id)
                    .iter()
                    .any(|of| of.as_str() == group)
            })
            .map(|item| item.at)
            .expect("one")
    };
    let lag = first_of("orsalle-domestic").duration_since(first_of("veskand-state"));
    assert!((39 * 60..=42 * 60).contains(&lag.as_secs()), "{lag}");
    assert!(first_of("orsalle-social") > first_of("orsalle-domestic"));
}

#[test]
fn each_document_is_read_without_repair() {
    let world = World::new();
    let day = world.last_day();
    let noon = "2026-03-28T12:00:00+08:00".parse().expect("a time");
    for source in world.sources() {
        for now in [day.from, noon, day.to] {
            let document = world.feed_at(&source, now).expect("a document");
            let url = format!("{BASE}{}", world.feed_path(&source).expect("a path"));
            let feed = parse::feed(
                document.as_bytes(),
                world.feed_type(&source),
                &url,
                &Place::default(),
            )
            .unwrap_or_else(|error| panic!("{source}: {error}\n{document}"));
            assert_eq!(feed.repaired, None, "{source}");
            assert!(feed.is_whole);
            let expected: Vec<_> = world
                .events()
                .iter()
                .rev()
                .filter(|item| item.source_id == source && item.at <= now)
                .take(40)
                .collect();
            assert_eq!(feed.entries.len(), expected.len(), "{source} at {now}");
            for (entry, item) in feed.entries.iter().zip(expected) {
                assert_eq!(entry.title, item.title);
                assert_eq!(entry.text, item.text);
                assert_eq!(entry.url.as_deref(), Some(item.url.as_str()));
                assert_eq!(entry.guid.as_deref(), Some(item.guid.as_str()));
                assert_eq!(entry.published, Some(item.at));
                // The language of a whole feed may be told in place of the entry's own.
                let lang = entry.lang.as_deref().unwrap_or_default();
                let own = outlet(source.as_str()).expect("an outlet").lang.tag();
                assert!(
                    [item.lang, own]
                        .iter()
                        .any(|tag| tag.eq_ignore_ascii_case(lang))
                );
            }
        }
    }
    assert_eq!(world.feed_at(&SourceId::new("nobody"), day.to), None);
}

#[test]
fn no_item_leaves_its_feed_between_two_polls() {
    let world = World::new();
    for source in world.sources() {
        let times: Vec<_> = world
            .events()
            .iter()
            .filter(|item| item.source_id == source)
            .map(|item| item.at)
            .collect();
        for pair in times.windows(crate::feed::ENTRIES_MAX) {
            let length = pair[pair.len() - 1].duration_since(pair[0]);
            assert!(length.as_secs() > 3_600, "{source}");
        }
    }
}
