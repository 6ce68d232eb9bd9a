//! What is refused, and how it is said: what, where, why, what to do.

use std::fs;

use bellwether_testkit::{Answer, Project, Server, Source, get};

#[test]
fn a_data_folder_of_another_version_or_of_somebody_else_is_left_alone() {
    let project = Project::new();
    let marker = project.write("data/bellwether-data", "format 99\n");
    for arguments in [
        &["run"][..],
        &["search", "x"],
        &["import", "-"],
        &["rebuild"],
    ] {
        let ended = project.run(arguments);
        assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.err);
        for part in ["has format 99", "reads format", "--data"] {
            assert!(ended.err.contains(part), "{part}: {}", ended.err);
        }
    }
    assert_eq!(fs::read_to_string(marker).unwrap(), "format 99\n");
    assert_eq!(
        fs::read_dir(project.path().join("data")).unwrap().count(),
        1
    );

    project.write("thesis/chapter.txt", "x");
    let ended = project.run(&["import", "-", "--data", "thesis"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("is no data folder of Bellwether"),
        "{}",
        ended.err
    );
}

#[test]
fn a_data_folder_in_use_says_who_uses_it() {
    let project = Project::new();
    let mut running = project.start(&["run"]);
    running.address();
    let holder = fs::read_to_string(project.path().join("data/locks/poll")).unwrap();
    for arguments in [
        &["run"][..],
        &["poll", "--once"],
        &["import", "-"],
        &["rebuild"],
    ] {
        let ended = project.run(arguments);
        assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.err);
        let process = holder.split(" has ").next().unwrap();
        assert!(process.starts_with("process "), "{holder}");
        assert!(ended.err.contains(process), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains("end that process"), "{}", ended.err);
    }
    // Reading needs no role.
    let _ = project.run(&["search", "x"]).good();
    let _ = project.run(&["alerts"]).good();
    assert_eq!(running.terminate().code, Some(0));
    let _ = project.run(&["rebuild"]).good();
}

#[test]
fn a_bad_query_points_at_the_character() {
    let project = Project::new();
    let line = r#"{"time":"2026-11-20T08:00:00Z","publisher":"a","title":"開票"}"#;
    let _ = project.run_with(&["import", "-"], line.as_bytes()).good();
    for (query, parts) in [
        ("作票 AND (開票", ["at character 8", "never closed"]),
        ("gruop:press", ["at character 1", "did you mean `group`?"]),
        ("group:nobody", ["no group `nobody`", ""]),
    ] {
        for command in ["search", "timeline"] {
            let ended = project.run(&[command, query]);
            assert_eq!(ended.code, Some(2), "{query}: {}", ended.err);
            assert_eq!(ended.out, "");
            for part in parts {
                assert!(ended.err.contains(part), "{command} {query}: {}", ended.err);
            }
        }
    }
    let ended = project.run(&["items", "--source", "nobody"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("there is no source `nobody`"),
        "{}",
        ended.err
    );
}

const LINES: &str = r#"{"id":"1","time":"2026-11-20T08:00:00Z","publisher":"a","title":"one"}
{"id":"2","publisher":"a","title":"no time"}
not JSON

{"id":"5","time":"yesterday","publisher":"a","title":"no such time"}
{"id":"6","time":"2026-11-20T08:00:00Z","publisher":"a"}
{"id":"7","time":"2026-11-20T08:00:00Z","publisher":"a","title":"seven","colour":"kept"}
"#;

#[test]
fn bad_lines_of_an_import_are_told_and_the_rest_is_kept() {
    let project = Project::new();
    project.write("lines.ndjson", LINES);
    let report = project
        .run(&["import", "lines.ndjson", "--json"])
        .good()
        .json();
    assert_eq!(report["items_new"], 2, "{report}");
    assert_eq!(report["bad_count"], 4, "{report}");
    let bad: Vec<_> = report["bad"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (bad["line"].as_u64().unwrap(), bad["reason"].to_string()))
        .collect();
    let numbers: Vec<u64> = bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(numbers, [2, 3, 5, 6]);
    for (at, word) in [(0, "`time`"), (1, "JSON"), (2, "RFC 3339"), (3, "`text`")] {
        assert!(bad[at].1.contains(word), "{bad:?}");
    }
    let said = project.run(&["import", "lines.ndjson"]).good().out;
    assert!(said.contains("lines.ndjson:5: "), "{said}");
    assert!(
        said.contains("0 new, 0 updated, 2 unchanged, 4 bad lines"),
        "{said}"
    );
}

#[test]
fn a_strict_import_stops_at_the_first_bad_line() {
    let project = Project::new();
    let ended = project.run_with(&["import", "-", "--strict", "--json"], LINES.as_bytes());
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = ended.json();
    assert_eq!(report["stopped"], true, "{report}");
    assert_eq!(report["bad"][0]["line"], 2);
    assert_eq!(report["items_new"], 1);
    assert_eq!(
        project.run(&["search", "one", "--json"]).good().json()["total"],
        1
    );
}

#[test]
fn the_daemon_serves_loopback_and_only_under_its_name() {
    let project = Project::new();
    let ended = project.run(&["run", "--listen", "0.0.0.0:0"]);
    assert_eq!(ended.code, Some(1));
    for part in ["0.0.0.0", "loopback", "nobody has an account"] {
        assert!(ended.err.contains(part), "{}", ended.err);
    }

    let mut running = project.start(&["run"]);
    let address = running.address();
    for host in ["attacker.example", "192.0.2.1", ""] {
        for path in ["/", "/api/v1/search?q=x", "/healthz"] {
            let refused = get(address, path, Some(host)).unwrap();
            assert_eq!(refused.status, 421, "{host}{path}");
            assert_eq!(refused.json()["status"], 421);
        }
    }
    for host in [format!("localhost:{}", address.port()), address.to_string()] {
        assert_eq!(get(address, "/healthz", Some(&host)).unwrap().status, 200);
    }
    assert_eq!(running.terminate().code, Some(0));
}

#[test]
fn loopback_is_not_fetched_unless_it_is_allowed() {
    let server = Server::answering(|_, _| Answer::status(200));
    let project = Project::new();
    project.write("config/bellwether.toml", "listen = \"127.0.0.1:0\"\n");
    project.sources(&[Source {
        id: "a".to_owned(),
        url: server.url("/feed.xml"),
        ..Source::default()
    }]);
    let outcome = project.run(&["poll", "--once", "--json"]).good().json();
    assert_eq!(outcome["outcome"], "refused", "{outcome}");
    assert!(
        outcome["error"].as_str().unwrap().contains("127.0.0.1"),
        "{outcome}"
    );
    assert_eq!(server.requests().len(), 0);
}
