//! One question in any script, on the command line, over HTTP and on the page.

use std::collections::BTreeSet;

use bellwether_testkit::{Project, encoded};
use serde_json::Value;

const LINES: &str = r#"{"id":"t1","time":"2026-11-20T08:00:00Z","publisher":"a","title":"臺灣選舉公告"}
{"id":"t2","time":"2026-11-20T09:00:00Z","publisher":"a","title":"台湾选举公告"}
{"id":"t3","time":"2026-11-20T10:00:00Z","publisher":"b","title":"台灣地方選舉"}
{"id":"p1","time":"2026-11-20T11:00:00Z","publisher":"b","title":"查核","text":"網傳影片聲稱開票所人員作票，選委會表示並非事實。"}
{"id":"p2","time":"2026-11-20T12:00:00Z","publisher":"b","title":"工作。票價","text":"與選務無關"}
{"id":"r1","time":"2026-11-20T13:00:00Z","publisher":"c","title":"Выборы прошли"}
{"id":"r2","time":"2026-11-20T14:00:00Z","publisher":"c","title":"Явка","text":"Сегодня выборы."}
{"id":"e1","time":"2026-11-20T15:00:00Z","publisher":"d","title":"L'Élection de novembre"}
{"id":"e2","time":"2026-11-20T16:00:00Z","publisher":"d","title":"ELECTION day"}
"#;

/// Forms of one query, and what each of them finds.
const CASES: [(&[&str], &[&str]); 5] = [
    (&["台灣", "臺灣", "台湾"], &["t1", "t2", "t3"]),
    (&["作票", "「作票」", "\"作票\""], &["p1"]),
    (&["Выборы", "выборы", "ВЫБОРЫ"], &["r1", "r2"]),
    (&["Élection", "election", "ＥＬＥＣＴＩＯＮ"], &["e1", "e2"]),
    (&["票"], &["p1", "p2"]),
];

#[test]
fn either_form_finds_the_other_wherever_one_asks() {
    let project = Project::new();
    let report = project.run_with(&["import", "-", "--json"], LINES.as_bytes());
    assert_eq!(report.good().json()["items_new"], 9);
    let mut running = project.start(&["run"]);
    for (queries, expected) in CASES {
        let expected: BTreeSet<&str> = expected.iter().copied().collect();
        for query in queries {
            let by_command = project
                .run(&["search", query, "--all", "--json"])
                .good()
                .json();
            assert_eq!(guids(&by_command), expected, "{query}");
            assert_eq!(by_command["total"], expected.len(), "{query}");
            let q = encoded(query);
            let by_http = running.get(&format!(
                "/api/v1/search?q={q}&sort=newest&limit=20&collapse=false"
            ));
            assert_eq!(by_http.status, 200, "{query}");
            assert_eq!(by_http.json(), by_command, "{query}");
            let page = running.get(&format!("/search?q={q}&from=2026-11-20&to=2026-11-21"));
            assert_eq!(page.status, 200, "{query}");
            assert!(page.text().contains("<mark"), "{query}: nothing is marked");

            let by_command = project
                .run(&[
                    "timeline",
                    query,
                    "--from",
                    "2026-11-20",
                    "--to",
                    "2026-11-21",
                    "--bin",
                    "1h",
                    "--json",
                ])
                .good()
                .json();
            let counted: u64 = by_command["bins"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|bin| bin["items"].as_u64())
                .sum();
            assert_eq!(counted, expected.len() as u64, "{query}: {by_command}");
        }
    }
    assert_eq!(running.terminate().code, Some(0));
}

fn guids(body: &Value) -> BTreeSet<&str> {
    body["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["guid"].as_str())
        .collect()
}
