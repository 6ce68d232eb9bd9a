//! What nobody listed is in the team's chat: a past is imported, a push is polled, and the burst has
//! its numbers, its query and its page.

use std::time::Duration;

use bellwether_testkit::{
    Answer, Chat, Entry, Project, Server, Verdict, encoded, now, rss, rss_date, until,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::emergent::{Die, OUTLETS};

const PATIENCE: Duration = Duration::from_secs(150);

/// Outlets that push, of a state and its proxies.
const PUSHING: usize = 8;

const PAST_DAYS: i64 = 11;

fn outlet(number: usize) -> (String, (&'static str, bool)) {
    let group = OUTLETS[number % 4];
    (format!("{}-{number}", group.0), group)
}

/// The outlets that push: those of the first two groups.
fn pushing() -> impl Iterator<Item = (String, (&'static str, bool))> {
    (0..4 * PUSHING)
        .map(outlet)
        .filter(|(_, group)| group.0.starts_with("far"))
        .take(PUSHING)
}

/// Eleven days, until an hour ago, of an item every ten minutes.
fn past() -> String {
    let mut die = Die(7);
    let end = now() - SignedDuration::from_hours(1);
    let lines = (0..PAST_DAYS * 144).map(|n| {
        let (publisher, group) = outlet(die.below(16));
        let at = end - SignedDuration::from_mins(10 * n);
        let (title, text) = (die.sentence(group.1), die.sentence(group.1));
        let line = json!({
            "id": n.to_string(), "time": at.to_string(), "publisher": publisher, "group": group.0,
            "title": title, "text": text,
        });
        format!("{line}\n")
    });
    lines.collect()
}

/// One item of an outlet, a minute old, of a thing that nobody wrote of before.
fn pushed(die: &mut Die, name: &str, is_simplified: bool) -> String {
    let phrase = if is_simplified {
        "幽灵选票"
    } else {
        "幽靈選票"
    };
    let (before, after) = (die.sentence(is_simplified), die.sentence(is_simplified));
    rss(&[Entry {
        guid: name.to_owned(),
        link: format!("https://{name}.example/1"),
        title: die.sentence(is_simplified),
        text: format!("{before}{phrase}{after}"),
        date: rss_date(now() - SignedDuration::from_secs(60)),
    }])
}

fn project(feeds: &Server, chat: &Chat) -> Project {
    let project = Project::new().with("TEST_CHAT", &chat.url());
    project.write(
        "config/groups.toml",
        "[[group]]\nid = \"far-state\"\nname = \"Far state\"\nrole = \"state\"\n\
         [[group]]\nid = \"far-proxy\"\nname = \"Far proxies\"\nrole = \"proxy\"\n\
         [[group]]\nid = \"press\"\nname = \"Press\"\nrole = \"domestic\"\n\
         [[group]]\nid = \"crowd\"\nname = \"Crowd\"\nrole = \"social\"\n",
    );
    let sources: String = pushing()
        .map(|(name, group)| {
            let url = feeds.url(&format!("/{name}.xml"));
            format!(
                "[[source]]\nid = \"{name}\"\nkind = \"feed\"\nurl = \"{url}\"\n\
                 groups = [\"{}\"]\nevery = \"60s\"\n",
                group.0
            )
        })
        .collect();
    project.write("config/sources/far.toml", sources);
    project.write(
        "config/rules/unlisted.toml",
        "[[rule]]\nid = \"unlisted\"\nname = \"What nobody listed\"\nterms = \"any\"\n\
         [rule.route]\nreceivers = [\"chat\"]\n",
    );
    project.write(
        "config/receivers.toml",
        "[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_env = \"TEST_CHAT\"\n\
         allow_networks = [\"127.0.0.0/8\"]\n",
    );
    project
}

#[test]
fn a_term_that_nobody_listed_is_in_the_chat_with_its_numbers() {
    let mut die = Die(3);
    let feeds = Server::scripted(pushing().map(|(name, group)| {
        let feed = Answer::feed(pushed(&mut die, &name, group.1)).header("ETag", "\"one\"");
        (format!("/{name}.xml"), vec![feed])
    }));
    let chat = Chat::that(|_| Verdict::Take);
    let project = project(&feeds, &chat);
    let imported = project
        .run_with(&["import", "-", "--json"], past().as_bytes())
        .good()
        .json();
    assert_eq!(imported["bad_count"], 0, "{imported}");

    let mut running = project.start(&["run"]);
    running.address();
    let message = until("the message", PATIENCE, || chat.received().first().cloned());
    let text = message.text();
    assert!(text.starts_with("Term rising: "), "{text}");
    assert!(
        text.contains("幽靈選票") && text.contains("幽灵选票"),
        "{text}"
    );
    assert!(text.contains("Nobody listed this term"), "{text}");
    assert!(!text.to_lowercase().contains("interference"), "{text}");

    let bursts = running.get("/api/v1/bursts").json();
    let burst = &bursts["items"][0];
    assert_eq!(bursts["items"].as_array().unwrap().len(), 1, "{bursts}");
    assert_eq!(burst["rule"], "unlisted");
    assert_eq!(burst["detector"]["kind"], "term");
    assert_eq!(burst["detector"]["rise"], "sharp");
    let number = |value: &Value| value.as_u64().unwrap();
    let voices = number(&burst["observed"]["voices"]);
    assert!(voices >= 3, "{burst}");
    assert!(
        text.contains(&format!("{voices} voices")),
        "chat and API say the same: {text}"
    );

    // The query finds what was counted.
    let found = running.get(&format!(
        "/api/v1/search?q={}&from={}&to={}&collapse=false",
        encoded(burst["query"].as_str().unwrap()),
        encoded(burst["window"]["from"].as_str().unwrap()),
        encoded(&now().to_string()),
    ));
    assert!(
        number(&found.json()["total"]) >= number(&burst["observed"]["items"]),
        "{found:?}"
    );
    let page = running
        .get(&format!("/bursts/{}", burst["id"].as_str().unwrap()))
        .text();
    assert!(page.contains("Nobody listed this term"), "{page}");
    assert!(
        page.contains("its share of all that was published"),
        "{page}"
    );
    assert_eq!(running.terminate().code, Some(0));
}
