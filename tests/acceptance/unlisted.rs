//! What nobody listed is in the team's chat: a past is imported, a push is polled, and the burst has
//! its numbers, its query and its page.

use std::time::Duration;

use bellwether_testkit::{
    Answer, Chat, Entry, Project, Running, Server, Verdict, encoded, now, rss, rss_date, until,
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
    // In one script or in both: whichever had been received when it was found.
    assert!(
        text.contains("幽靈選票") || text.contains("幽灵选票"),
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
    explained(&project, &mut running, &burst["id"]);
    assert_eq!(running.terminate().code, Some(0));
}

/// Why it was told of, and why other terms were not: by the API, the page and the command line.
fn explained(project: &Project, running: &mut Running, id: &Value) {
    let id = id.as_str().unwrap();
    // The burst grows as the rest of the push is received: both are asked until they are of one moment.
    let record = format!("/api/v1/bursts/{id}");
    let (burst, why) = until("one moment", PATIENCE, || {
        let burst = running.get(&record).json();
        let why = running.get(&format!("/api/v1/explain?rule={id}")).json();
        (running.get(&record).json() == burst).then_some((burst, why))
    });
    assert_eq!(why["at"], burst["window"]["to"]);
    assert_eq!(why["holds"], true, "{why}");
    assert_eq!(why["bursts"][0]["id"], burst["id"]);
    let nearest = &why["windows"][why["nearest"].as_u64().unwrap() as usize];
    for field in ["judgement", "window"] {
        assert_eq!(nearest[field], burst[field], "{field}: {why}");
    }
    assert_eq!(nearest["observed"]["voices"], burst["observed"]["voices"]);
    for field in ["rule", "query", "gates", "families", "groups", "stories"] {
        assert_eq!(why[field], burst[field], "{field}: {why}");
    }
    let page = running.get(&format!("/bursts/{id}")).text();
    let link = format!("/explain?rule={id}");
    assert!(page.contains(&link), "{page}");
    let page = running.get(&link).text();
    for part in [
        "Told: ",
        "Every window",
        "Hour by hour",
        "Gate of the rule: ",
        "幽靈",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }

    // The whole phrase, at the last minute, in another script; without a rule, as there is one.
    let explain = |more: &[&str]| project.run(&[&["explain"][..], more].concat());
    let phrase = explain(&["--term", "幽灵选票", "--json"]).good().json();
    assert_eq!(phrase["rule"], "unlisted");
    assert_eq!(phrase["parts"].as_array().unwrap().len(), 3, "{phrase}");
    assert_eq!(phrase["bursts"][0]["id"], burst["id"], "{phrase}");
    let shown = explain(&["unlisted", "--term", "幽靈選票"]).good().out;
    assert!(shown.contains("-LOG10 P") && shown.contains(id), "{shown}");

    // A term that is in no item, and a time at which nothing was known.
    let never = explain(&["--term", "zanzibar", "--json"]).good().json();
    let verdict = never["verdict"].as_str().unwrap();
    assert!(
        verdict.starts_with("Not told: “zanzibar” is in none of the"),
        "{never}"
    );
    let early = explain(&[
        "--term",
        "幽靈選票",
        "--at",
        "2001-01-01T00:00:00Z",
        "--json",
    ]);
    let early = early.good().json();
    assert_eq!(early["holds"], false);
    assert_eq!(early["past"]["items"], 0);

    // What is no term, and what is no rule for terms.
    let long = "作".repeat(30_000);
    for (arguments, part) in [
        (&["--term", "作票,開票"][..], "not one word or phrase"),
        (&["--term", "作\u{7}票"][..], "control character"),
        (&["--term", "票"][..], "nothing in it is counted"),
        (&["--term", &long][..], "no term has more than"),
        (
            &["unlistedd", "--term", "作票"][..],
            "did you mean `unlisted`?",
        ),
        (&["unlisted"][..], "--term TERM"),
        (&[][..], "<RULE|BURST>"),
    ] {
        let ended = explain(arguments);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
        assert!(ended.err.len() < 2_000, "{}", ended.err);
    }
    let bare = running.get("/api/v1/explain?rule=unlisted");
    assert_eq!(bare.status, 400);
    assert!(
        bare.json()["detail"]
            .as_str()
            .unwrap()
            .contains("none is named")
    );
    let hostile = format!("/api/v1/explain?term={}", "%3Cb%3E".repeat(100));
    let hostile = running.get(&hostile);
    assert_eq!(hostile.status, 400, "{hostile:?}");
}
