//! What is forgotten is gone for everybody and for good, whoever is running and whenever it is killed;
//! what is kept is whole, and `verify` says so.

use std::time::Duration;

use bellwether_testkit::{
    Answer, Chance, Chat, Entry, Project, Running, Server, Source, rss, until,
};
use serde_json::Value;

use crate::stage;

/// Two ticks of the log's time, and half a one for a machine that is busy with other tests.
const TWO_TICKS: Duration = Duration::from_secs(150);

/// How long a running program may take to forget.
const FORGOTTEN_MAX: Duration = Duration::from_secs(30);

fn entry(number: usize) -> Entry {
    Entry {
        guid: number.to_string(),
        title: format!("選委會第{number}號公告"),
        text: format!("unrepeatable{number} 投開票所"),
        ..Entry::default()
    }
}

/// A feed of some entries, as it is in each of so many polls: never the same twice.
fn feed(numbers: &[usize], polls: usize) -> Vec<Answer> {
    let entries: Vec<Entry> = numbers.iter().map(|number| entry(*number)).collect();
    (0..polls)
        .map(|poll| Answer::feed(format!("{}<!-- {poll} -->", rss(&entries))))
        .collect()
}

fn project(server: &Server) -> Project {
    let project = Project::new();
    project.sources(&[Source {
        id: "paper".to_owned(),
        url: server.url("/a.xml"),
        ..Source::default()
    }]);
    project
}

fn poll(project: &Project) {
    let _ = project.run(&["poll", "--once", "--source", "paper"]).good();
}

/// The id of an item by its title's number.
fn id_of(project: &Project, number: usize) -> String {
    let title = entry(number).title;
    let items = project.run(&["items", "--json"]).good().lines();
    let item = items.iter().find(|item| item["title"] == title.as_str());
    item.unwrap()["id"].as_str().unwrap().to_owned()
}

fn verified(project: &Project) -> Value {
    project.run(&["verify", "--json"]).good().json()
}

/// The files of the data folder that hold a text, beside the index; WARC files are unpacked.
fn files_with(project: &Project, wanted: &str) -> Vec<String> {
    let script = "import sys, pathlib, zlib\n\
        def unpack(data):\n\
        \x20   out = b''\n\
        \x20   while data:\n\
        \x20       d = zlib.decompressobj(31); out += d.decompress(data); data = d.unused_data\n\
        \x20   return out\n\
        for path in pathlib.Path(sys.argv[1]).rglob('*'):\n\
        \x20   if path.is_file() and 'index' not in path.parts:\n\
        \x20       data = path.read_bytes()\n\
        \x20       if path.suffix == '.gz': data = unpack(data)\n\
        \x20       if sys.argv[2].encode() in data: print(path.name)\n";
    let found = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(project.path().join("data"))
        .arg(wanted)
        .output()
        .unwrap();
    assert!(
        found.status.success(),
        "{}",
        String::from_utf8_lossy(&found.stderr)
    );
    let names = String::from_utf8(found.stdout).unwrap();
    names.lines().map(ToOwned::to_owned).collect()
}

/// Whether no part of the index has something deleted: its words would still be in there.
fn is_index_clean(project: &Project) -> bool {
    let meta = std::fs::read(project.path().join("data/index/meta.json")).unwrap();
    let meta: Value = serde_json::from_slice(&meta).unwrap();
    let parts = meta["segments"].as_array().unwrap();
    let payload = meta["payload"].as_str().unwrap();
    parts.iter().all(|part| part["deletes"].is_null()) && payload.contains("\"has_traces\":false")
}

fn total(running: &mut Running, query: &str) -> Value {
    running.get(&format!("/api/v1/search?q={query}")).json()["total"].clone()
}

#[test]
fn a_forgotten_item_is_gone_for_all_and_does_not_come_back() {
    let server = Server::scripted([("/a.xml", feed(&[1, 2, 3], 20))]);
    let project = project(&server);
    poll(&project);
    poll(&project);
    let (id, other) = (id_of(&project, 1), id_of(&project, 2));
    let mut running = project.start(&["run"]);
    assert_eq!(total(&mut running, "unrepeatable1"), 1);
    assert!(!files_with(&project, "unrepeatable1").is_empty());

    let forgotten = project
        .run(&[
            "forget",
            &id,
            "--why",
            "court order",
            "--by",
            "Lin",
            "--json",
        ])
        .good()
        .json();
    assert_eq!(forgotten["by"], "Lin");
    assert!(forgotten["captures"].as_u64().unwrap() >= 2, "{forgotten}");
    assert_eq!(total(&mut running, "unrepeatable1"), 0);
    assert_eq!(total(&mut running, "unrepeatable2"), 1);
    let gone = running.get(&format!("/api/v1/items/{id}"));
    assert_eq!(gone.status, 410);
    let problem = gone.json();
    assert_eq!(problem["type"], "/problems/gone");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("court order") && !detail.contains("Lin"),
        "{detail}"
    );
    assert_eq!(running.get(&format!("/items/{id}")).status, 410);
    let raw = running.get(&format!("/api/v1/items/{other}/raw"));
    assert_eq!(raw.status, 410, "it showed the forgotten item too");
    assert_eq!(files_with(&project, "unrepeatable1"), [""; 0]);
    assert!(is_index_clean(&project));
    drop(running);

    // Its source goes on showing it; then all is computed anew; then a file brings it.
    poll(&project);
    let _ = project.run(&["rebuild"]).good();
    let found = project.run(&["search", "unrepeatable1", "--json"]).good();
    assert_eq!(found.json()["total"], 0);
    assert_eq!(files_with(&project, "unrepeatable1"), [""; 0]);
    let items = project.run(&["items", "--json"]).good().lines();
    assert_eq!(items.len(), 2);
    let verified = verified(&project);
    assert_eq!(
        (&verified["ok"], &verified["items_gone"]),
        (&true.into(), &1.into())
    );
    let again = project.run(&["forget", &id, "--json"]).good().json();
    assert_eq!(again["why"], "court order", "the first time counts");
    let none = project.run(&["forget", "999999"]);
    assert_eq!(none.code, Some(1));
    let nonsense = project.run(&["forget", "everything"]);
    assert_eq!(nonsense.code, Some(2));
}

#[test]
fn of_an_item_that_raised_an_alert_no_text_stays() {
    let feeds = stage::topical_feeds();
    let chat = Chat::that(|_| bellwether_testkit::Verdict::Take);
    let project = stage::project(&feeds, "webhook", &chat.url());
    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    until("the alert to be delivered", TWO_TICKS, || {
        let alerts = running.get("/api/v1/alerts").json();
        (alerts["items"][0]["deliveries"][0]["state"] == "delivered").then_some(())
    });
    let burst = running.get("/api/v1/bursts").json()["items"][0].clone();
    let first = burst["first_seen"]["item"].as_str().unwrap();
    let item = running.get(&format!("/api/v1/items/{first}")).json();
    // Of the title only what is shown as it is written.
    let title = item["item"]["title"].as_str().unwrap();
    let traces = [
        title.rsplit('：').next().unwrap(),
        item["text"].as_str().unwrap(),
        item["item"]["url"].as_str().unwrap(),
        item["item"]["guid"].as_str().unwrap(),
    ];
    for trace in &traces {
        assert!(!files_with(&project, trace).is_empty(), "{trace}");
    }
    let story = item["item"]["story"]["id"].as_str().map(ToOwned::to_owned);
    let _ = project.run(&["forget", first, "--why", "x"]).good();
    for trace in &traces {
        assert_eq!(files_with(&project, trace), [""; 0], "{trace}");
    }
    assert!(is_index_clean(&project));
    // Who asks for the burst, the alert or the story is answered, without it.
    let id = burst["id"].as_str().unwrap();
    let mut paths = vec![
        "/".to_owned(),
        "/alerts".to_owned(),
        "/bursts".to_owned(),
        format!("/bursts/{id}"),
        format!("/api/v1/bursts/{id}"),
        "/api/v1/alerts".to_owned(),
        "/api/v1/search?q=*&limit=200".to_owned(),
        "/api/v1/search?q=*&format=csv".to_owned(),
    ];
    // No other item tells its story, which is none any more.
    let of_story = story.map(|story| format!("/api/v1/search?q=story:{story}"));
    paths.extend(of_story.clone());
    for path in paths {
        let reply = running.get(&path);
        let expected = if of_story.as_ref() == Some(&path) {
            400
        } else {
            200
        };
        assert_eq!(reply.status, expected, "{path}");
        let shown = reply.text();
        for trace in &traces[..3] {
            assert!(!shown.contains(trace), "{path}: {trace}");
        }
    }
    drop(running);
    assert_eq!(verified(&project)["ok"], true);
    let _ = project.run(&["rebuild"]).good();
    assert_eq!(files_with(&project, traces[1]), [""; 0]);
    // Each of the others too: where a row lay in the database is different for each.
    let items = project.run(&["items", "--limit", "1000", "--json"]).good();
    for item in items.lines().iter().filter(|item| item["url"].is_string()) {
        let id = item["id"].as_str().unwrap();
        let _ = project.run(&["forget", id]).good();
        for key in ["url", "guid"] {
            let trace = item[key].as_str().unwrap();
            assert_eq!(files_with(&project, trace), [""; 0], "{trace}");
        }
    }
}

#[test]
fn damage_is_a_failure_and_is_named() {
    let server = Server::scripted([("/a.xml", feed(&[1, 2], 3))]);
    let project = project(&server);
    poll(&project);
    let text = project.run(&["verify"]).good().out;
    assert!(text.starts_with("no faults"), "{text}");
    let warc = project.path().join("data/warc/bellwether-000001.warc.gz");
    let mut bytes = std::fs::read(&warc).unwrap();
    let middle = bytes.len() * 3 / 4;
    bytes[middle] ^= 0x10;
    std::fs::write(&warc, bytes).unwrap();
    let damaged = project.run(&["verify", "--json"]);
    assert_eq!(damaged.code, Some(1));
    let said = damaged.json();
    assert_eq!(said["ok"], false);
    let fault = &said["faults"][0];
    assert!(
        fault["place"].as_str().unwrap().starts_with("capture "),
        "{said}"
    );
}

#[test]
fn killed_while_it_forgets_it_has_forgotten_or_not() {
    let seeds: u64 = std::env::var("BELLWETHER_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(12);
    let server = Server::scripted([("/a.xml", feed(&[1, 2, 3, 4], 8))]);
    let template = project(&server);
    for _ in 0..4 {
        poll(&template);
    }
    let (id, other) = (id_of(&template, 1), id_of(&template, 2));
    let left_alone = project(&server);
    left_alone.take_data(&template);
    let _ = left_alone.run(&["forget", &id]).good();
    let captures_gone = verified(&left_alone)["captures_gone"].clone();
    for number in 1..=seeds {
        let seed = format!("seed {number}");
        let project = project(&server);
        project.take_data(&template);
        let mut chance = Chance::of(number);
        // Killed alone, or the running one that was asked.
        let asked = chance.below(2) == 0;
        let running = asked.then(|| {
            let mut running = project.start(&["run"]);
            let _ = running.address();
            running
        });
        let forgetting = project.start(&["forget", &id, "--why", "x"]);
        std::thread::sleep(Duration::from_micros(chance.below(if asked {
            1_300_000
        } else {
            60_000
        })));
        if let Some(running) = running {
            running.kill();
        }
        forgetting.kill();

        let left = verified(&project);
        let kept = left["items"].as_u64().unwrap();
        assert_eq!(
            kept + left["items_gone"].as_u64().unwrap(),
            4,
            "{seed}: {left}"
        );
        if !asked {
            // All of it or nothing, and nothing else.
            let expected = match left["items_gone"].as_u64() {
                Some(0) => 0.into(),
                _ => captures_gone.clone(),
            };
            assert_eq!(left["captures_gone"], expected, "{seed}: {left}");
        }
        let _ = project.run(&["forget", &id, "--why", "x"]).good();
        assert_eq!(files_with(&project, "unrepeatable1"), [""; 0], "{seed}");
        assert!(is_index_clean(&project), "{seed}");
        let left = verified(&project);
        assert_eq!(left["items"], 3, "{seed}: {left}");
        let _ = project.run(&["forget", &other]).good();
        assert_eq!(verified(&project)["items"], 2, "{seed}");
        let names = std::fs::read_dir(project.path().join("data/warc")).unwrap();
        let leftovers = names.count();
        assert!(leftovers <= 4, "{seed}: {leftovers} files");
    }
}

#[test]
fn whoever_polls_forgets_what_was_asked_for_before() {
    let server = Server::scripted([("/a.xml", feed(&[1, 2], 9))]);
    let project = project(&server);
    poll(&project);
    let id = id_of(&project, 1);
    // As a command leaves it that found the role held and was ended before it was heard.
    project.write(
        &format!("data/requests/forget-{id}.json"),
        format!("{{\"forget\":{id},\"by\":\"ana\",\"why\":\"x\"}}"),
    );
    let mut running = project.start(&["run"]);
    until("the item to be forgotten", FORGOTTEN_MAX, || {
        (running.get(&format!("/api/v1/items/{id}")).status == 410).then_some(())
    });
    until("the request to be done", FORGOTTEN_MAX, || {
        let path = project
            .path()
            .join(format!("data/requests/forget-{id}.json"));
        (!path.exists()).then_some(())
    });
}
