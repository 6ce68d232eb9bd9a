//! How long from an item that was fetched to the message that rests on it: the whole program, 50 items a
//! second from 50 papers, forty topics that six of them take up, one chat that works and one that never
//! answers.
//!
//! ```text
//! cargo build --release -p bellwether && cargo bench -p bellwether --bench telling
//! ```
//!
//! Takes some eight minutes, since bursts are looked for once a minute. The goals (DESIGN 11): from fetched to
//! posted a median under 5 s and a 95th percentile under 15 s, a minute apart; and under 2 s from decided
//! to posted beside a chat that hangs.
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot set up its world must end, loudly and at once"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellwether_testkit::{
    Answer, Chat, Entry, Project, Running, Server, Source, Verdict, now, rss, rss_date,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const PAPERS: i64 = 50;
/// Papers that take up a topic.
const VOICES: i64 = 6;
const TOPICS: i64 = 40;
/// Between the beginnings of two topics; no divisor of a minute, so that they begin anywhere in it.
const TOPIC_EVERY: i64 = 7;
/// The first topic begins so long after the start: the first polls take in what stands there.
const FIRST_TOPIC: i64 = 150;
/// Seconds of items that a feed shows: more than it is polled apart.
const SHOWN: i64 = 100;
const DAYS: i64 = 9;
const PATIENCE: Duration = Duration::from_secs(12 * 60);

fn main() {
    let begun = now();
    let feeds = feeds(begun);
    let posted: Posted = Arc::default();
    let (chat, sick) = (chat(&posted), Chat::that(|_| Verdict::Silent));
    let project = project(&feeds, &chat.url("/chat"), &sick.url());
    import_past(&project);
    let mut running = project.start(&["run"]);
    let items_before = items(&mut running);
    let started = Instant::now();
    while posted.lock().unwrap().len() < usize::try_from(TOPICS).unwrap() {
        if started.elapsed() > PATIENCE {
            println!("not every topic was told of in time");
            break;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    let rate = (items(&mut running) - items_before) / started.elapsed().as_secs_f64();
    let posted = posted.lock().unwrap().clone();
    let delays: Vec<f64> = (posted.values())
        .map(|(at, body)| delay(&mut running, *at, body))
        .collect();
    let latencies = latencies(&mut running);
    println!(
        "{} of {TOPICS} topics told of, at {rate:.0} items/s; beside them {} messages that were never answered",
        posted.len(),
        sick.received().len(),
    );
    tell(
        "from fetched to posted",
        &delays,
        "65 and 75: a tick is a minute",
    );
    tell(
        "from decided to posted, beside a chat that hangs",
        &latencies,
        "p95 2",
    );
}

/// When the first message of each burst came, and what it said.
type Posted = Arc<Mutex<BTreeMap<String, (Timestamp, Value)>>>;

fn chat(posted: &Posted) -> Server {
    let posted = Arc::clone(posted);
    Server::answering(move |request, _| {
        let at = now();
        if let Ok(body) = serde_json::from_slice::<Value>(&request.body)
            && let Some(id) = body["burst"]["id"].as_str()
        {
            let mut posted = posted.lock().unwrap();
            posted.entry(id.to_owned()).or_insert((at, body));
        }
        Answer::ok("ok")
    })
}

/// Feeds that bring an item of each paper every second.
fn feeds(begun: Timestamp) -> Server {
    Server::answering(move |request, _| {
        let number = request.path.trim_matches(|c: char| !c.is_ascii_digit());
        let Ok(paper) = number.parse::<i64>() else {
            return Answer::status(404);
        };
        let second = now().as_second() - begun.as_second();
        let entries: Vec<Entry> = ((second - SHOWN).max(0)..=second)
            .rev()
            .map(|second| entry(begun, paper, second))
            .collect();
        Answer::feed(rss(&entries))
    })
}

/// What a paper publishes in a second: of a topic, where one is taken up then, else of anything.
fn entry(begun: Timestamp, paper: i64, second: i64) -> Entry {
    let topic = topic_of(paper, second);
    let title = match topic {
        Some(topic) => format!("{} reported by paper {paper} in {second}", word(topic)),
        None => format!("Roads and schools, paper {paper}, number {second}"),
    };
    Entry {
        guid: format!("p{paper}-{second}"),
        link: format!("https://paper-{paper}.example/{second}"),
        text: format!(
            "{title}. {} of {} said so on {}.",
            paper * 31 + second * 7,
            second * 13 + 11,
            second % 29
        ),
        title,
        date: rss_date(begun + SignedDuration::from_secs(second)),
    }
}

/// The six papers of a topic take it up within five seconds each.
fn topic_of(paper: i64, second: i64) -> Option<i64> {
    (0..TOPICS).find(|topic| {
        let place = (paper - topic * 11).rem_euclid(PAPERS);
        let begins = FIRST_TOPIC + topic * TOPIC_EVERY + place * 5;
        place < VOICES && (begins..begins + 2).contains(&second)
    })
}

fn word(topic: i64) -> String {
    let letter = |number: i64| char::from(b'a' + u8::try_from(number).unwrap());
    format!("qu{}z{}rk", letter(topic / 20), letter(topic % 20))
}

fn project(feeds: &Server, chat: &str, sick: &str) -> Project {
    let project = Project::new();
    let sources: Vec<Source> = (0..PAPERS)
        .map(|paper| Source {
            id: format!("paper-{paper}"),
            url: feeds.url(&format!("/{paper}.xml")),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);
    let rules: String = (0..TOPICS)
        .map(|topic| {
            let word = word(topic);
            format!(
                "[[rule]]\nid = \"{word}\"\nquery = '{word}'\ngroups = [\"press\"]\nwindow = \"2h\"\n\
                 [rule.route]\nreceivers = [\"chat\", \"sick\"]\n"
            )
        })
        .collect();
    project.write("config/rules/topics.toml", rules);
    for (name, url) in [("chat", chat), ("sick", sick)] {
        project.write(&format!("config/secrets/{name}"), url);
    }
    let receivers = ["chat", "sick"].map(|name| {
        format!(
            "[[receiver]]\nid = \"{name}\"\nkind = \"webhook\"\nurl_file = \"secrets/{name}\"\n\
             allow_networks = [\"127.0.0.0/8\"]\n"
        )
    });
    project.write("config/receivers.toml", receivers.concat());
    project
}

fn import_past(project: &Project) {
    let end = now() - SignedDuration::from_hours(1);
    let mut lines = String::new();
    for hours in (0..DAYS * 24).step_by(4) {
        for paper in 0..PAPERS {
            let time = end - SignedDuration::from_hours(hours) - SignedDuration::from_mins(paper);
            let line = json!({
                "id": format!("past-{hours}"), "time": time.to_string(), "publisher": format!("paper-{paper}"),
                "title": format!("Town news {hours} of paper {paper}"), "text": format!("Works in street {hours}."),
            });
            lines.push_str(&format!("{line}\n"));
        }
    }
    let _ = project
        .run_with(&["import", "-", "--json"], lines.as_bytes())
        .good();
}

fn items(running: &mut Running) -> f64 {
    let figures = running.get("/metrics").text();
    let line = figures
        .lines()
        .find_map(|line| line.strip_prefix("bellwether_log_items "));
    line.and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// From the last item that the message counts to its post, in seconds.
fn delay(running: &mut Running, posted: Timestamp, body: &Value) -> f64 {
    let rule = body["burst"]["rule"].as_str().unwrap();
    let counted = usize::try_from(body["burst"]["observed"]["items"].as_u64().unwrap()).unwrap();
    let found = running
        .get(&format!("/api/v1/search?q={rule}&limit=100"))
        .json();
    let mut seen: Vec<Timestamp> = (found["items"].as_array().unwrap().iter())
        .map(|item| item["seen"].as_str().unwrap().parse().unwrap())
        .collect();
    seen.sort();
    posted.duration_since(seen[counted - 1]).as_secs_f64()
}

/// Of the messages to the chat that works, from decided to posted, in seconds.
fn latencies(running: &mut Running) -> Vec<f64> {
    let deliveries = running.get("/api/v1/deliveries?limit=1000").json();
    let deliveries = deliveries["items"].as_array().unwrap().iter();
    deliveries
        .filter(|delivery| delivery["receiver"] == "chat")
        .filter_map(|delivery| Some(delivery["latency_ms"].as_f64()? / 1000.0))
        .collect()
}

fn tell(what: &str, seconds: &[f64], goal: &str) {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: usize| sorted.get((sorted.len() * share / 100).min(sorted.len() - 1));
    if let (Some(median), Some(p95), Some(last)) = (at(50), at(95), sorted.last()) {
        println!(
            "{what}: median {median:.1} s, p95 {p95:.1} s, at most {last:.1} s ({}; goal {goal})",
            seconds.len()
        );
    }
}
