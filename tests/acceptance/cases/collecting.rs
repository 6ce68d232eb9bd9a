//! Feeds are served as the case has them, polled, and what is kept is looked at.

use std::io::Write;

use bellwether_testkit::{Answer, Ended, Entry, Project, Server, Source, rss};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{Case, Outcome, holds, same};

const FEED: &str = "/feed.xml";
const HEALTHY: [&str; 2] = ["/healthy-1.xml", "/healthy-2.xml"];

/// A source for each path, with the path's name as id.
pub(super) fn project(server: &Server, paths: &[&str]) -> Project {
    project_from(server, paths, None)
}

/// The same with the country from which they speak.
pub(super) fn project_from(server: &Server, paths: &[&str], country: Option<&str>) -> Project {
    let project = Project::new();
    let sources: Vec<Source> = paths
        .iter()
        .map(|path| Source {
            id: id(path).to_owned(),
            url: server.url(path),
            country: country.unwrap_or_default().to_owned(),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);
    project
}

fn id(path: &str) -> &str {
    path.trim_start_matches('/').trim_end_matches(".xml")
}

/// Polls one source, due or not.
pub(super) fn poll(project: &Project, path: &str) -> Value {
    project
        .run(&["poll", "--once", "--source", id(path), "--json"])
        .good()
        .json()
}

/// What is kept of a source.
pub(super) fn items(project: &Project, path: &str) -> Vec<Value> {
    let arguments = ["items", "--source", id(path), "--limit", "100", "--json"];
    project.run(&arguments).good().lines()
}

pub(super) fn titles_of(items: &[Value]) -> Vec<String> {
    let mut titles: Vec<String> = items
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort_unstable();
    titles
}

fn expected_titles(case: &Case) -> Vec<String> {
    let titles = case.expected()["results"].as_array().unwrap().iter();
    let mut titles: Vec<String> = titles.map(|t| t.as_str().unwrap().to_owned()).collect();
    titles.sort_unstable();
    titles
}

/// The answers of a case, each with its file as the body.
fn answers(case: &Case) -> Vec<Answer> {
    let answers = case.input()["http"].as_array().unwrap();
    answers
        .iter()
        .map(|answer| {
            let mut sent = Answer::ok(case.file(&answer["body_file"]));
            for (name, value) in answer["headers"].as_object().unwrap() {
                if name != "Content-Length" {
                    sent = sent.header(name, value.as_str().unwrap());
                }
            }
            sent
        })
        .collect()
}

fn polled(case: &Case) -> (Project, Value) {
    let server = Server::scripted([(FEED, answers(case))]);
    let project = project(&server, &[FEED]);
    let outcome = poll(&project, FEED);
    (project, outcome)
}

/// Exactly the titles of the case.
pub(super) fn titles(case: &Case) -> Outcome {
    let (project, _) = polled(case);
    same(
        "titles",
        titles_of(&items(&project, FEED)),
        expected_titles(case),
    )
}

/// As [`titles`]; names are found, and the bytes are kept as they came.
pub(super) fn gbk_names(case: &Case) -> Outcome {
    let (project, _) = polled(case);
    let kept = items(&project, FEED);
    same("titles", titles_of(&kept), expected_titles(case))?;
    for (query, number) in [("王喆文", 0), ("镕", 1)] {
        let found = project.run(&["search", query, "--json"]).good().json();
        let title = &case.expected()["results"][number];
        same(query, &found["items"][0]["title"], title)?;
        same(query, found["total"].as_u64(), Some(1))?;
    }
    let mut running = project.start(&["run"]);
    let raw = running.get(&format!(
        "/api/v1/items/{}/raw",
        kept[0]["id"].as_str().unwrap()
    ));
    let file = case.file(&case.input()["http"][0]["body_file"]);
    holds(raw.body == file, || {
        "the raw bytes are not those of the file".to_owned()
    })
}

/// As [`titles`]; the link is whole, and the outcome says that something was repaired.
pub(super) fn repaired(case: &Case) -> Outcome {
    let (project, outcome) = polled(case);
    let kept = items(&project, FEED);
    same("titles", titles_of(&kept), expected_titles(case))?;
    let is_there = kept
        .iter()
        .any(|item| item["url"] == "https://news.example.org/e2?a=1&q=80");
    holds(is_there, || {
        format!("the link of the second item: {kept:?}")
    })?;
    holds(!outcome["repaired"].is_null(), || {
        format!("nothing is said to be repaired: {outcome}")
    })
}

/// A page in place of the feed is no feed: nothing is lost, its validator is not taken over.
pub(super) fn bot_wall(case: &Case) -> Outcome {
    let feed = |guids: &[&str]| {
        let entries: Vec<Entry> = guids
            .iter()
            .map(|guid| Entry {
                guid: (*guid).to_owned(),
                title: (*guid).to_owned(),
                link: format!("https://news.example.org/{guid}"),
                ..Entry::default()
            })
            .collect();
        rss(&entries)
    };
    let bodies = [
        feed(&["i1", "i2"]),
        case.input()["http"][1]["body"].as_str().unwrap().to_owned(),
        feed(&["i2", "i3"]),
    ];
    let answers = case.input()["http"].as_array().unwrap();
    let answers: Vec<Answer> = answers
        .iter()
        .zip(bodies)
        .map(|(answer, body)| {
            let header = |name: &str| answer["headers"][name].as_str().unwrap();
            Answer::ok(body)
                .header("Content-Type", header("Content-Type"))
                .header("ETag", header("ETag"))
        })
        .collect();
    let server = Server::scripted([(FEED, answers)]);
    let project = project(&server, &[FEED]);
    poll(&project, FEED);
    let walled = poll(&project, FEED);
    same("outcome", &walled["outcome"], &Value::from("blocked"))?;
    let error = walled["error"].as_str().unwrap_or_default();
    holds(
        error.contains("not a feed: HTML, probably a bot wall"),
        || format!("the error does not name the wall: {error}"),
    )?;
    same(
        "after the wall",
        titles_of(&items(&project, FEED)),
        vec!["i1".to_owned(), "i2".to_owned()],
    )?;
    let sources = project.run(&["sources", "--json"]).good().lines();
    same("state", &sources[0]["state"], &Value::from("degraded"))?;
    // The hour is one only in part, as it also has the poll before; at the full hour it is two.
    let covered = project.run(&["coverage", "--json"]).good().json();
    let cells = covered["items"][0]["cells"].as_array().unwrap();
    let is_gap = |cell: &&Value| cell["marks"].as_array().unwrap().contains(&"gap".into());
    let gap = cells.iter().rfind(is_gap);
    holds(
        gap.is_some_and(|cell| cell["error"] == walled["error"]),
        || format!("the wall is no gap in coverage: {covered}"),
    )?;
    let why = sources[0]["why"].as_str().unwrap_or_default();
    holds(why.contains(error), || {
        format!("the source does not say why: {why}")
    })?;
    poll(&project, FEED);
    let requests = server.requests_for(FEED);
    same(
        "validator",
        requests[2].header("if-none-match"),
        Some("\"feed-v1\""),
    )?;
    let all = ["i1", "i2", "i3"].map(str::to_owned).to_vec();
    same("in the end", titles_of(&items(&project, FEED)), all)
}

/// A server with one ancient date, which says 304 to whoever sends it: it is not sent. (How long a server
/// is believed that is not false on its face is a matter of hours, and tested on the poller's clock.)
pub(super) fn ancient_date(_: &Case) -> Outcome {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::answering(move |request, _| {
        if request.header("if-modified-since").is_some() {
            return Answer::status(304);
        }
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        let entries: Vec<Entry> = (1..=number.min(2))
            .map(|number| Entry {
                guid: format!("i{number}"),
                title: format!("i{number}"),
                date: "Thu, 19 Nov 2026 23:00:00 GMT".to_owned(),
                ..Entry::default()
            })
            .collect();
        Answer::feed(rss(&entries)).header("Last-Modified", "Tue, 01 Jan 1980 00:00:01 GMT")
    });
    let project = project(&server, &[FEED]);
    for _ in 0..2 {
        poll(&project, FEED);
    }
    let both = ["i1", "i2"].map(str::to_owned).to_vec();
    same("titles", titles_of(&items(&project, FEED)), both)
}

/// As far as a poll that ends can show it (thirty days of it are tested on the poller's clock): each server is asked once, the reason is told, and nobody
/// is asked again before the server's time.
pub(super) fn patience(_: &Case) -> Outcome {
    let server = Server::scripted([
        (
            "/r1.xml",
            vec![Answer::status(429).header("Retry-After", "7200")],
        ),
        (
            "/r2.xml",
            vec![Answer::status(503).header("Retry-After", "Fri, 20 Nov 2099 01:30:00 GMT")],
        ),
        (
            "/r3.xml",
            vec![Answer::status(429).header("Retry-After", "315360000")],
        ),
        ("/r4.xml", vec![Answer::feed(rss(&[]))]),
    ]);
    let paths = ["/r1.xml", "/r2.xml", "/r3.xml", "/r4.xml"];
    let project = project(&server, &paths);
    let outcomes = project.run(&["poll", "--once", "--json"]).good().lines();
    let kinds: Vec<&str> = outcomes
        .iter()
        .filter_map(|o| o["outcome"].as_str())
        .collect();
    same(
        "outcomes",
        kinds,
        vec!["status", "status", "status", "fetched"],
    )?;
    for (outcome, status) in outcomes.iter().zip([429, 503, 429]) {
        same("status", outcome["status"].as_u64(), Some(status))?;
        let error = outcome["error"].as_str().unwrap_or_default();
        holds(
            error.contains(&status.to_string()) && !error.contains("XML"),
            || error.to_owned(),
        )?;
    }
    let again = project.run(&["poll", "--once", "--json"]).good().lines();
    same("asked again", again.len(), 0)?;
    for path in paths {
        same(path, server.requests_for(path).len(), 1)?;
    }
    Ok(())
}

/// What unpacks to more than the limit is stopped, however it is sent; others are not held up.
pub(super) fn bomb(case: &Case) -> Outcome {
    let packed = case.file(&case.input()["http"][0]["body_file"]);
    let mut twice = GzEncoder::new(Vec::new(), Compression::fast());
    twice.write_all(&packed).unwrap();
    let twice = twice.finish().unwrap();
    let bomb = |body: &[u8], encoding: &str| {
        Answer::feed(body.to_vec()).header("Content-Encoding", encoding)
    };
    let healthy = rss(&[Entry {
        guid: "1".to_owned(),
        title: "healthy".to_owned(),
        ..Entry::default()
    }]);
    let mut script = vec![
        ("/plain.xml", vec![bomb(&packed, "gzip")]),
        ("/chunked.xml", vec![bomb(&packed, "gzip").chunked()]),
        ("/twice.xml", vec![bomb(&twice, "gzip, gzip")]),
    ];
    script.extend(HEALTHY.map(|path| (path, vec![Answer::feed(healthy.clone())])));
    let paths: Vec<&str> = script.iter().map(|(path, _)| *path).collect();
    let server = Server::scripted(script);
    let project = project(&server, &paths);
    let ended: Ended = project.run(&["poll", "--once", "--json"]).good();
    for outcome in ended.lines() {
        let source = outcome["source"].as_str().unwrap();
        if source.starts_with("healthy") {
            same(source, outcome["items_new"].as_u64(), Some(1))?;
        } else {
            // What is packed twice may also be refused for that.
            holds(outcome["outcome"] == "limit" || source == "twice", || {
                outcome.to_string()
            })?;
            let error = outcome["error"].as_str().unwrap_or_default();
            holds(
                source == "twice" || error.contains("8388608") || error.contains("8 M"),
                || format!("the limit is not named: {error}"),
            )?;
            same(source, outcome["items_new"].as_u64(), Some(0))?;
        }
    }
    Ok(())
}
