//! What was and was not collected, as the command, the API and the page say it; and which zero a zero is.

use bellwether_testkit::{Answer, Entry, Project, Server, Source, now, rss, rss_date};
use jiff::SignedDuration;
use serde_json::Value;

/// One feed that answers, one that has nothing yet, and one that fails.
fn project(server: &Server) -> Project {
    let project = Project::new();
    let sources = ["lively", "empty", "broken"].map(|id| Source {
        id: id.to_owned(),
        url: server.url(&format!("/{id}.xml")),
        ..Source::default()
    });
    project.sources(&sources);
    project
}

fn server() -> Server {
    let entry = Entry {
        guid: "one".to_owned(),
        title: "開票所的傳聞".to_owned(),
        link: "https://lively.example/1".to_owned(),
        date: rss_date(now() - SignedDuration::from_secs(60)),
        ..Entry::default()
    };
    Server::scripted([
        ("/lively.xml", vec![Answer::feed(rss(&[entry]))]),
        ("/empty.xml", vec![Answer::feed(rss(&[]))]),
        ("/broken.xml", vec![Answer::status(503)]),
    ])
}

fn zero(project: &Project, query: &str) -> (Value, String) {
    let json = project.run(&["search", query, "--json"]).good().json();
    let told = project.run(&["search", query]).good().out;
    (json["coverage"]["zero"].clone(), told)
}

#[test]
fn each_hour_and_each_zero_is_told() {
    let server = server();
    let project = project(&server);
    let polled = project.run(&["poll", "--once", "--json"]);
    assert_eq!(polled.lines().len(), 3);
    let body = project.run(&["coverage", "--json"]).good().json();
    assert_eq!((&body["total"], &body["complete"]), (&3.into(), &2.into()));
    let worst = &body["items"][0];
    assert_eq!(worst["id"], "broken");
    let cells = worst["cells"].as_array().unwrap();
    let failed = cells.iter().find(|cell| cell["polls_failed"] == 1).unwrap();
    assert_eq!(failed["state"], "not");
    assert!(
        failed["error"].as_str().unwrap().contains("503"),
        "{failed}"
    );
    let picture = project.run(&["coverage"]).good().out;
    for part in [
        "2 of 3 sources throughout",
        "broken",
        "|█| collected",
        "503",
    ] {
        assert!(picture.contains(part), "{part}\n{picture}");
    }
    // Where there is room for one, the others are counted.
    let short = project.run(&["coverage", "--limit", "1"]).good().out;
    assert!(
        short.contains("and 2 more, 2 of them collected throughout"),
        "{short}"
    );
    assert!(!short.contains("lively"), "{short}");

    for (query, word, told) in [
        ("source:broken", "unreachable", "the number is unknown"),
        ("source:empty", "nothing-published", "published nothing"),
        ("nirgends source:lively", "nothing-matched", "none matches"),
    ] {
        let (found, text) = zero(&project, query);
        assert_eq!(found, word, "{query}");
        assert!(text.contains(told), "{query}: {text}");
    }
    // In part: said beside the zero.
    let (found, text) = zero(&project, "nirgends");
    assert_eq!(found, "nothing-matched");
    assert!(text.contains("1 of 3 sources were not collected"), "{text}");
    assert_eq!(zero(&project, "開票所").0, Value::Null);
    let items = project
        .run(&["items", "--source", "broken", "--json"])
        .good();
    assert!(
        items.out.is_empty() && items.err.contains("the number is unknown"),
        "{}",
        items.err
    );

    let csv = project
        .run(&["export", "--what", "coverage", "--from", "1h"])
        .good()
        .out;
    assert!(csv.starts_with("id,start,end,state,marks,"), "{csv}");
    let mut running = project.start(&["run"]);
    let reply = running.get("/api/v1/coverage?source=broken");
    assert_eq!(reply.json()["items"][0]["id"], "broken");
    assert!(running.get("/sources").text().contains("url(#hatch-strip)"));
    assert_eq!(running.terminate().code, Some(0));
}

/// A folder is looked at, and nobody calls it off.
#[test]
fn a_watched_folder_is_collected() {
    let project = Project::new();
    project.write(
        "inbox/one.ndjson",
        "{\"time\":\"2026-11-20T08:00:00Z\",\"publisher\":\"example\",\"title\":\"ballots\"}\n",
    );
    project.write(
        "config/sources/all.toml",
        "[[source]]\nid = \"inbox\"\nkind = \"files\"\nfolder = \"../inbox\"\nformat = \"ndjson\"\n",
    );
    let _ = project.run(&["poll", "--once"]).good();
    let body = project
        .run(&["coverage", "--source", "inbox", "--json"])
        .good()
        .json();
    let cells = body["items"][0]["cells"].as_array().unwrap();
    assert_eq!(cells.last().unwrap()["state"], "collected", "{body}");
    let is_off = |cell: &Value| cell["marks"].as_array().unwrap().contains(&"off".into());
    assert!(!cells.iter().any(is_off), "{body}");
}
