//! What ships as narratives and actors can be asked for by its id, and finds its wording in any of
//! its languages.

use std::collections::BTreeSet;

use bellwether_testkit::{Project, repository};
use serde_json::Value;

const LINES: &str = r#"{"id":"v1","time":"2026-11-20T08:00:00Z","publisher":"a","title":"網傳開票時有人作票，中選會：不實"}
{"id":"v2","time":"2026-11-20T09:00:00Z","publisher":"a","title":"网传开票所有人作票"}
{"id":"v3","time":"2026-11-20T10:00:00Z","publisher":"b","title":"Post on Taiwan claims “ballot stuffing”","text":"President Lai Ching-te denied it."}
{"id":"v4","time":"2026-11-20T11:00:00Z","publisher":"b","title":"На Тайване говорят о фальсификации выборов","text":"Лай Циндэ ответил."}
{"id":"n1","time":"2026-11-20T12:00:00Z","publisher":"b","title":"開票順利","text":"賴總統在民進黨中央黨部。"}
{"id":"n2","time":"2026-11-20T13:00:00Z","publisher":"c","title":"Lai makes way for another","text":"Ballots were counted."}
"#;

/// A query, and what it finds.
const CASES: [(&str, &[&str]); 4] = [
    ("narrative:tw-vote-count-fraud", &["v1", "v2", "v3", "v4"]),
    ("narrative:tw-vote-count-fraud lang:zh", &["v1", "v2"]),
    ("narrative:us-election-rigged", &[]),
    // "Lai" alone may be anybody, beside a name of Taiwan it is the president.
    ("actor:lai-ching-te", &["v3", "v4", "n1"]),
];

#[test]
fn narratives_and_actors_that_ship_find_their_wording() {
    let project = Project::new();
    let config = repository().join("config").display().to_string();
    let search =
        |query: &str| project.run(&["--config", &config, "search", query, "--all", "--json"]);
    let report = project.run_with(&["import", "-", "--json"], LINES.as_bytes());
    assert_eq!(report.good().json()["items_new"], 6);
    for (query, expected) in CASES {
        let answer = search(query).good().json();
        let found: BTreeSet<&str> = answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| item["guid"].as_str())
            .collect();
        assert_eq!(found, expected.iter().copied().collect(), "{query}");
        assert_eq!(answer["total"], Value::from(expected.len()), "{query}");
    }
    let unknown = search("narrative:tw-vote-count-frauds");
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.contains("did you mean `tw-vote-count-fraud`?"),
        "{}",
        unknown.err
    );

    // An item says which of the queries found it, with the words.
    let of = |guid: &str| {
        let all = search("*").good().json();
        let items = all["items"].as_array().unwrap().clone();
        let item = items.into_iter().find(|item| item["guid"] == guid);
        item.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (found, none) = (of("v1"), of("n1"));
    // Without the sources that ship: nobody is to be asked.
    for name in ["tw-voting.toml", "us-voting.toml"] {
        let narratives = repository().join("config/narratives").join(name);
        let text = std::fs::read(narratives).unwrap();
        project.write(&format!("config/narratives/{name}"), text);
    }
    for folder in ["elections", "actors"] {
        for file in std::fs::read_dir(repository().join("config").join(folder)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            project.write(
                &format!("config/{folder}/{name}"),
                std::fs::read(file.path()).unwrap(),
            );
        }
    }
    let mut running = project.start(&["run"]);
    let matches = running.get(&format!("/api/v1/items/{found}")).json()["matches"].clone();
    let matches = matches.as_array().unwrap();
    // Both scripts are one, so both queries in Chinese find it, and no other.
    let langs: Vec<&str> = matches
        .iter()
        .filter_map(|found| found["lang"].as_str())
        .collect();
    assert_eq!(langs, ["zh-Hans", "zh-Hant"], "{matches:?}");
    assert!(
        matches
            .iter()
            .all(|found| found["narrative"] == "tw-vote-count-fraud")
    );
    let by_words = search(matches[0]["query"].as_str().unwrap()).good().json();
    assert!(
        by_words["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["guid"] == "v1")
    );
    let page = running.get(&format!("/items/{found}")).text();
    assert!(
        page.contains("Matches queries of") && page.contains("narrative%3Atw-vote-count-fraud")
    );
    let other = running.get(&format!("/api/v1/items/{none}")).json();
    assert_eq!(other["matches"], Value::Array(Vec::new()));
    running.kill();
}
