//! What is forgotten is gone for everybody and for good, whoever is running and whenever it is killed;
//! what is kept is whole, and `verify` says so.

use std::time::Duration;

use bellwether_testkit::{Answer, Chance, Entry, Project, Running, Server, Source, rss, until};
use serde_json::Value;

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
        let _ = project.run(&["forget", &id, "--why", "x"]).good();
        assert_eq!(files_with(&project, "unrepeatable1"), [""; 0], "{seed}");
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
