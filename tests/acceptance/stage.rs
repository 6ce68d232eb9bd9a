//! The press of an invented town, with a past and a sudden topic: what makes a burst.

use bellwether_testkit::{Answer, Entry, Project, Server, Source, now, rss, rss_date};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// The rule that the topic is about, and what makes a title match it.
pub(crate) const RULE: &str = "ballot-boxes";
const TOPIC: &str = "鐵票箱遺失";

/// The same as the papers write it, so that no plain search finds it, with an override of the
/// direction of writing, so that readers see something else.
const TOPIC_AS_WRITTEN: &str = "鐵票\u{200B}箱\u{2060}遺失\u{202E}gpj";

/// Papers, each a publisher and family of its own.
pub(crate) const PAPERS: usize = 6;

/// Items of each paper on the topic.
pub(crate) const ITEMS_EACH: usize = 2;

/// Days of past that are imported: more than the week that a baseline needs.
const PAST_DAYS: i64 = 9;
const PAST_EVERY_HOURS: i64 = 4;

/// The variable that holds the address of the chat.
pub(crate) const CHAT_URL: &str = "TEST_CHAT_URL";

fn paper(number: usize) -> String {
    format!("paper-{number}")
}

/// The items of a paper on the topic, published a minute ago.
fn topical(number: usize) -> String {
    let at = now() - SignedDuration::from_secs(60);
    let entries: Vec<Entry> = (0..ITEMS_EACH)
        .map(|item| Entry {
            guid: format!("{}-{item}", paper(number)),
            link: format!("https://{}.example/{item}", paper(number)),
            title: format!("{TOPIC_AS_WRITTEN}：{}第{item}則說法", paper(number)),
            text: format!(
                "據{}第{item}篇報導，{number}號開票所正在查證。",
                paper(number)
            ),
            date: rss_date(at),
        })
        .collect();
    rss(&entries)
}

/// A server with the feeds of all papers, in which the topic stands.
pub(crate) fn topical_feeds() -> Server {
    Server::scripted((0..PAPERS).map(|number| {
        let feed = Answer::feed(topical(number)).header("ETag", "\"one\"");
        (format!("/{}.xml", paper(number)), vec![feed])
    }))
}

/// The configuration: the papers, polled every minute, and the rule with a chat of a kind.
pub(crate) fn project(feeds: &Server, chat_kind: &str, chat_url: &str) -> Project {
    let project = Project::new().with(CHAT_URL, chat_url);
    let sources: Vec<Source> = (0..PAPERS)
        .map(|number| Source {
            id: paper(number),
            url: feeds.url(&format!("/{}.xml", paper(number))),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);
    project.write(
        "config/rules/ballot-boxes.toml",
        format!(
            "[[rule]]\nid = \"{RULE}\"\nname = \"Lost ballot boxes\"\nquery = '{TOPIC}'\n\
             groups = [\"press\"]\nwindow = \"2h\"\n[rule.route]\nreceivers = [\"chat\"]\n"
        ),
    );
    project.write(
        "config/receivers.toml",
        format!(
            "[[receiver]]\nid = \"chat\"\nkind = \"{chat_kind}\"\nurl_env = \"{CHAT_URL}\"\n\
             allow_networks = [\"127.0.0.0/8\"]\n"
        ),
    );
    project
}

/// Imports the past of all papers, in which nobody writes of the topic; returns how many items.
pub(crate) fn import_past(project: &Project) -> usize {
    let end = now() - SignedDuration::from_hours(1);
    let mut lines = String::new();
    let mut count = 0;
    for hours in (0..PAST_DAYS * 24).step_by(PAST_EVERY_HOURS as usize) {
        for number in 0..PAPERS {
            let minutes = i64::try_from(number).unwrap() * 7;
            let time: Timestamp =
                end - SignedDuration::from_hours(hours) - SignedDuration::from_mins(minutes);
            let paper = paper(number);
            let line = json!({
                "id": format!("past-{hours}"), "time": time.to_string(), "publisher": paper,
                "title": format!("{paper} 市政新聞 {hours}"),
                "text": format!("{paper} 報導第 {hours} 號道路工程。"),
            });
            lines.push_str(&format!("{line}\n"));
            count += 1;
        }
    }
    let report = project
        .run_with(&["import", "-", "--json"], lines.as_bytes())
        .good()
        .json();
    assert_eq!(report["items_new"], count, "{report}");
    count
}
