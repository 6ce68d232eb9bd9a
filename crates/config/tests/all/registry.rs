//! The actors and narratives that ship: how many, and that they are those of the public registry
//! they were taken from.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bellwether_config::Config;
use bellwether_model::{Actor, Alias, Narrative};
use bellwether_testkit::data_folder;
use toml::{Table, Value};

fn shipped() -> Config {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    bellwether_config::load(&dir, &|_| None).expect("what ships has no fault")
}

/// The entries of a file of the registry by their ids; none where the data is absent.
fn registry(file: &str, list: &str) -> Option<BTreeMap<String, Table>> {
    let path = data_folder(&format!("the registry's {list}s"))?
        .join("registry")
        .join(file);
    let table: Table = std::fs::read_to_string(path)
        .expect("the registry")
        .parse()
        .expect("it is TOML");
    let entries = table[list].as_array().expect("a list").iter();
    Some(
        entries
            .map(|entry| entry.as_table().expect("a table").clone())
            .map(|entry| (text(&entry, "id"), entry))
            .collect(),
    )
}

fn text(entry: &Table, key: &str) -> String {
    entry[key].as_str().expect("a text").to_owned()
}

fn texts(value: Option<&Value>) -> BTreeSet<String> {
    let list = value.and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

/// Language and text of each name.
fn names(aliases: &[Alias]) -> BTreeSet<(String, String)> {
    aliases
        .iter()
        .map(|alias| (alias.lang.clone(), alias.text.clone()))
        .collect()
}

fn actor<'c>(config: &'c Config, id: &str) -> &'c Actor {
    let mut actors = config.actors.iter();
    actors.find(|actor| actor.id.as_str() == id).expect(id)
}

fn narrative<'c>(config: &'c Config, id: &str) -> &'c Narrative {
    let mut narratives = config.narratives.iter();
    narratives
        .find(|narrative| narrative.id.as_str() == id)
        .expect(id)
}

#[test]
fn the_actors_ship_with_names_in_many_scripts() {
    let config = shipped();
    assert!(config.actors.len() >= 291, "{}", config.actors.len());
    let languages: BTreeSet<&str> = config
        .actors
        .iter()
        .flat_map(|actor| &actor.aliases)
        .map(|alias| alias.lang.as_str())
        .collect();
    let expected = ["ar", "en", "es", "fa", "ru", "zh-Hans", "zh-Hant"];
    assert_eq!(languages.into_iter().collect::<Vec<_>>(), expected);
    for actor in &config.actors {
        let id = &actor.id;
        assert!(actor.aliases.iter().any(|alias| alias.lang == "en"), "{id}");
    }
}

/// A country whose actors have ambiguous names has one that is not: else none of them could ever
/// count.
#[test]
fn beside_every_ambiguous_name_a_plain_one_may_stand() {
    let config = shipped();
    let with = |ambiguous: bool| -> BTreeSet<Option<&str>> {
        let actors = config.actors.iter();
        actors
            .filter(|actor| {
                let mut aliases = actor.aliases.iter();
                aliases.any(|alias| alias.is_ambiguous == ambiguous)
            })
            .map(|actor| actor.country.as_deref())
            .collect()
    };
    assert!(with(true).is_subset(&with(false)));
}

#[test]
fn an_ambiguous_name_is_so_in_both_chinese_scripts() {
    let config = shipped();
    for id in ["mnd-tw", "mnd-cn", "mofa-tw", "mfa-cn"] {
        let actor = actor(&config, id);
        for name in ["國防部", "国防部", "外交部"] {
            for alias in actor.aliases.iter().filter(|alias| alias.text == name) {
                assert!(alias.is_ambiguous, "{id}: {name}");
            }
        }
    }
}

#[test]
fn no_actor_of_the_registry_has_lost_a_name() {
    let Some(registry) = registry("actors.toml", "actor") else {
        return;
    };
    let config = shipped();
    for (id, entry) in &registry {
        let actor = actor(&config, id);
        assert_eq!(actor.kind.as_str(), text(entry, "kind"), "{id}");
        let country = Some(text(entry, "country")).filter(|country| country != "INT");
        assert_eq!(actor.country, country, "{id}");
        let qid = entry.get("qid").and_then(Value::as_str);
        assert_eq!(actor.qid.as_deref(), qid, "{id}");
        let wanted: BTreeSet<(String, String)> = entry["aliases"]
            .as_table()
            .expect("a table")
            .iter()
            .flat_map(|(lang, list)| {
                texts(Some(list))
                    .into_iter()
                    .map(|name| (lang.clone(), name))
            })
            .collect();
        let missing: Vec<_> = wanted.difference(&names(&actor.aliases)).cloned().collect();
        assert_eq!(missing, [], "{id}");
        for name in texts(entry.get("ambiguous")) {
            let marked = actor
                .aliases
                .iter()
                .filter(|alias| alias.text == name)
                .all(|alias| alias.is_ambiguous);
            assert!(marked, "{id}: {name}");
        }
    }
}

#[test]
fn the_narratives_ship_with_documents_and_queries() {
    let config = shipped();
    assert_eq!(config.narratives.len(), 66);
    for election in &config.elections {
        let watched = config
            .narratives
            .iter()
            .filter(|narrative| narrative.elections.contains(&election.id));
        assert!(watched.count() >= 30, "{}", election.id);
    }
    for narrative in &config.narratives {
        let id = &narrative.id;
        assert!(!narrative.documented_by.is_empty(), "{id}");
        assert!(!narrative.elections.is_empty(), "{id}");
        assert!(narrative.queries.len() >= 2, "{id}");
        assert!(narrative.title.chars().count() <= 80, "{id}");
        assert!(narrative.description.chars().count() <= 400, "{id}");
    }
}

#[test]
fn no_narrative_of_the_registry_has_lost_a_document_or_a_language() {
    let Some(registry) = registry("narratives.toml", "narrative") else {
        return;
    };
    let config = shipped();
    let shipped: BTreeSet<&str> = config
        .narratives
        .iter()
        .map(|narrative| narrative.id.as_str())
        .collect();
    let wanted: BTreeSet<&str> = registry.keys().map(String::as_str).collect();
    assert_eq!(shipped, wanted);
    for (id, entry) in &registry {
        let narrative = narrative(&config, id);
        let documents: BTreeSet<String> = entry["documented_by"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|document| text(document.as_table().expect("a table"), "title"))
            .collect();
        let cited: BTreeSet<String> = narrative
            .documented_by
            .iter()
            .map(|reference| reference.title.clone())
            .collect();
        assert_eq!(cited, documents, "{id}");
        let named: BTreeSet<String> = narrative
            .actors
            .iter()
            .map(|actor| actor.as_str().to_owned())
            .chain(narrative.actor_labels.iter().cloned())
            .collect();
        assert_eq!(named, texts(entry.get("actors")), "{id}");
        let languages: BTreeSet<&str> = narrative
            .queries
            .iter()
            .map(|query| query.lang.as_str())
            .collect();
        let queries = entry["queries"].as_table().expect("a table");
        assert_eq!(
            languages,
            queries.keys().map(String::as_str).collect(),
            "{id}"
        );
        // The description is ours.
        assert_ne!(narrative.description, text(entry, "description"), "{id}");
    }
}

/// Rows of the registry that do not ship, and why; `docs/sources.md` names them too.
const LEFT_OUT: [(&str, &str); 1] = [("f-zh-r-b-o-web", "the same site as legal-daily-web")];

/// The fields of a line with quotes; no field of the registry has a line break.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            c => fields.last_mut().expect("there is one").push(c),
        }
    }
    fields
}

#[test]
fn every_row_of_the_registry_ships_or_is_left_out_for_a_reason() {
    let Some(folder) = data_folder("the registry's sources") else {
        return;
    };
    let table = std::fs::read_to_string(folder.join("registry/sources.csv")).expect("the registry");
    let mut lines = table.lines().map(fields);
    let head = lines.next().expect("a head");
    let column = |name: &str| head.iter().position(|known| known == name).expect(name);
    let [id, kind, url, grade, confidence, basis] =
        ["id", "kind", "url", "affiliation", "confidence", "basis"].map(column);
    let config = shipped();
    let page = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sources.md"),
    )
    .expect("the page");
    let mut seen = 0;
    for row in lines {
        seen += 1;
        let name = row[id].as_str();
        let found = config
            .sources
            .iter()
            .find(|source| source.id.as_str() == name);
        let is_left_out = LEFT_OUT.iter().any(|(left, _)| *left == name);
        assert_eq!(found.is_none(), is_left_out, "{name}");
        let Some(source) = found else {
            assert!(page.contains(&format!("`{name}`")), "{name}");
            continue;
        };
        let wanted = match row[kind].as_str() {
            "rss" | "atom" => "feed",
            "web" => "page",
            other => other,
        };
        assert_eq!(source.kind.as_str(), wanted, "{name}");
        let address = row[url].replace("https://t.me/", "https://t.me/s/");
        assert_eq!(source.url.as_deref(), Some(&*address), "{name}");
        assert_eq!(
            source.affiliation.grade.as_str(),
            row[grade],
            "{name}: a grade is changed with its reference, here and there"
        );
        let is_closed = row[basis].contains("reported closed or moved");
        let is_on = wanted != "page" && row[confidence] != "low" && !is_closed;
        assert_eq!(source.enabled, is_on, "{name}");
    }
    assert!(seen > 400, "{seen}");
}
