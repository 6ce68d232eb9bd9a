//! What is kept can be read without us: the captures are WARC 1.1, as others write and read it.

use std::process::Command;

use bellwether_testkit::{Answer, Entry, Project, Server, Source, rss};
use serde_json::Value;

/// Reads the files of a folder with nothing but Python's own library, checks each record, and prints
/// it as a line.
const READER: &str = include_str!("read_warc.py");

#[test]
fn captures_are_read_by_others() {
    let feed = rss(&[Entry {
        guid: "1".to_owned(),
        title: "選委會：投開票所未變更".to_owned(),
        ..Entry::default()
    }]);
    let server = Server::scripted([
        (
            "/a.xml",
            vec![Answer::feed(feed.clone()).header("X-Example", "kept as sent")],
        ),
        (
            "/wall",
            vec![Answer::ok("<!doctype html><title>wall</title>")],
        ),
        ("/gone", vec![Answer::status(410)]),
    ]);
    let project = Project::new();
    project.sources(&["/a.xml", "/wall", "/gone"].map(|path| Source {
        id: format!("source-{}", &path[1..2]),
        url: server.url(path),
        ..Source::default()
    }));
    let line = r#"{"id":"l1","time":"2026-11-20T08:00:00Z","publisher":"b","title":"one"}"#;
    let _ = project.run_with(&["import", "-"], line.as_bytes()).good();
    let poll = [
        "poll", "--once", "--source", "source-a", "--source", "source-w",
    ];
    let _ = project.run(&poll).good();
    let _ = project.run(&poll).good();

    let read = Command::new("python3")
        .args(["-c", READER])
        .arg(project.path().join("data/warc"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{errors}");
    let records: Vec<Value> = String::from_utf8(read.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &str, path: &str| {
        let is_it = |record: &&Value| {
            record["type"] == kind && record["uri"].as_str().unwrap().ends_with(path)
        };
        records.iter().filter(is_it).collect::<Vec<_>>()
    };
    let responses = of("response", "/a.xml");
    assert_eq!(responses.len(), 1, "{records:?}");
    assert_eq!(responses[0]["payload"], feed);
    assert!(
        responses[0]["head"]
            .as_str()
            .unwrap()
            .contains("kept as sent")
    );
    let again = of("revisit", "/a.xml");
    assert_eq!(again.len(), 1, "{records:?}");
    assert_eq!(again[0]["refers"], responses[0]["id"]);
    let imported: Vec<_> = records.iter().filter(|r| r["type"] == "resource").collect();
    assert_eq!(imported.len(), 1, "{records:?}");
    assert_eq!(imported[0]["payload"].as_str().unwrap().trim_end(), line);
}
