//! What a chat gets, and what it makes of it.

use std::time::Duration;

use bellwether_testkit::{
    Chat, DiscordHook, Platform, Received, Running, SlackHook, Verdict, until,
};
use serde_json::{Value, json};

use super::{Case, Outcome, holds, same};
use crate::stage;

/// Two ticks of the log's time, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(150);

const SLACK_URL: &str = "TEST_SLACK_URL";

/// Rules that are called like the parts of the headline, which a message would cut, raise alerts in both
/// chats.
pub(super) fn injection(case: &Case) -> Outcome {
    let headline = case.input()["headline"].as_str().unwrap();
    let (discord, slack) = (DiscordHook::open(), SlackHook::open());
    let feeds = stage::topical_feeds();
    let project = stage::project(&feeds, "discord", &discord.url()).with(SLACK_URL, &slack.url());
    let file = project.path().join("config/rules/ballot-boxes.toml");
    let rule = std::fs::read_to_string(file).unwrap();
    let (calls, rest) = headline.split_at(headline.find("<https").unwrap());
    let (link, rest) = rest.split_at(rest.find("[click]").unwrap());
    let parts = [calls.trim(), link.trim(), rest];
    let rules = parts.iter().enumerate().map(|(number, name)| {
        let id = format!("ballot-boxes-{number}");
        rule.replace("\"ballot-boxes\"", &format!("\"{id}\""))
            .replace("\"Lost ballot boxes\"", &format!("'{name}'"))
            .replace("[\"chat\"]", "[\"chat\", \"slack\"]")
    });
    let rules: String = rules.collect();
    project.write("config/rules/ballot-boxes.toml", rules);
    let receivers = std::fs::read_to_string(project.path().join("config/receivers.toml")).unwrap();
    project.write(
        "config/receivers.toml",
        format!(
            "{receivers}[[receiver]]\nid = \"slack\"\nkind = \"slack\"\nurl_env = \"{SLACK_URL}\"\n\
             allow_networks = [\"127.0.0.0/8\"]\n"
        ),
    );
    // The pipe of the link must not begin a label.
    project.write(
        "config/bellwether.toml",
        "listen = \"127.0.0.1:0\"\npublic_url = \"https://news.example.org/a|official.example\"\n\
         [fetch]\nallow_networks = [\"127.0.0.0/8\"]\n",
    );
    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    running.address();
    let of_discord = until("the messages in Discord", PATIENCE, || {
        Some(discord.messages()).filter(|messages| messages.len() == parts.len())
    });
    let of_slack = until("the messages in Slack", PATIENCE, || {
        Some(slack.messages()).filter(|messages| messages.len() == parts.len())
    });
    let rules = running.get("/api/v1/rules").json();
    let kept = rules["items"].as_array().unwrap().iter();
    let kept: Vec<&str> = kept.map(|rule| rule["name"].as_str().unwrap()).collect();
    same("the names that are kept", kept, parts.to_vec())?;
    running.terminate();

    for message in &of_discord {
        let allowed = &message.body["allowed_mentions"];
        same("allowed mentions", allowed, &json!({"parse": []}))?;
        let links = message.links();
        holds(links.iter().all(|(link, _)| !link.contains("evil")), || {
            format!("links in Discord: {links:?}")
        })?;
    }
    same("pings in Discord", discord.pings(), Vec::<String>::new())?;
    same("pings in Slack", slack.pings(), Vec::<String>::new())?;
    for text in of_slack.iter().flat_map(|message| texts(&message.body)) {
        let bare = text.replace("&amp;", "").replace("&lt;", "");
        let bare = bare.replace("&gt;", "");
        let mut links = bare.split('<').skip(1);
        holds(
            !bare.contains('&') && links.all(|link| link.starts_with("https://news.")),
            || format!("in Slack: {text}"),
        )?;
        holds(!text.contains("a|official"), || format!("the pipe: {text}"))?;
    }
    let discord: Vec<&str> = of_discord
        .iter()
        .map(|message| message.content.as_str())
        .collect();
    let slack: Vec<&str> = of_slack
        .iter()
        .map(|message| message.text.as_str())
        .collect();
    for (chat, read) in [("Discord", discord), ("Slack", slack)] {
        let read = seen(&read.concat());
        for part in &parts {
            holds(read.contains(&seen(part)), || {
                format!("as read in {chat}: {read}")
            })?;
        }
    }
    Ok(())
}

/// One alert told before a kill, a start and a configuration read again is not told again; a second one,
/// whose answer was lost by a kill, is repeated with its key and says so.
pub(super) fn durability(_: &Case) -> Outcome {
    let chat = Chat::that(|before| match before {
        1 => Verdict::Silent,
        _ => Verdict::Take,
    });
    let feeds = stage::topical_feeds();
    let project = stage::project(&feeds, "webhook", &chat.url());
    stage::import_past(&project);
    let delivered = |running: &mut Running, rule: &str| {
        until(&format!("the message of {rule}"), PATIENCE, || {
            let alerts = running.get("/api/v1/alerts").json();
            let alerts = alerts["items"].as_array().unwrap();
            let found = alerts.iter().find(|alert| alert["rule"] == rule)?;
            (found["deliveries"][0]["state"] == "delivered").then(|| found.clone())
        })
    };
    let mut running = project.start(&["run"]);
    let first = delivered(&mut running, stage::RULE);
    running.kill();

    let mut running = project.start(&["run"]);
    let again = delivered(&mut running, stage::RULE);
    for key in ["id", "started", "state"] {
        same(
            &format!("{key} after the restart"),
            &again[key],
            &first[key],
        )?;
    }
    running.hang_up();
    until("the configuration read again", PATIENCE, || {
        let said = running.err();
        said.contains("another configuration is in force")
            .then_some(())
    });

    let rule = project.path().join("config/rules/ballot-boxes.toml");
    let rule = std::fs::read_to_string(rule).unwrap();
    project.write(
        "config/rules/second.toml",
        rule.replace(&format!("\"{}\"", stage::RULE), "\"second\""),
    );
    until("the second message", PATIENCE, || {
        (chat.received().len() >= 2).then_some(())
    });
    running.kill();
    let mut running = project.start(&["run"]);
    let second = delivered(&mut running, "second");
    running.terminate();

    let sent = chat.received();
    let of = |alert: &Value| {
        let of = |message: &&Received| message.body["alert"]["id"] == alert["id"];
        sent.iter().filter(of).collect::<Vec<_>>()
    };
    same("messages of the first", of(&first).len(), 1)?;
    let of_second = of(&second);
    same("messages of the second", of_second.len(), 2)?;
    same("its keys", &of_second[0].key, &of_second[1].key)?;
    let says = |message: &Received| message.body["possible_repeat"].clone();
    same(
        "what the first of them says",
        says(of_second[0]),
        json!(false),
    )?;
    same("what the repeat says", says(of_second[1]), json!(true))
}

/// What a person reads: what joins characters so that nothing is called is not seen, nor is what keeps
/// mark-up from being one.
fn seen(text: &str) -> String {
    let shown = text.replace("&lt;", "<").replace("&gt;", ">");
    let shown = shown.replace("&amp;", "&");
    let shown = shown.chars();
    shown
        .filter(|c| !matches!(c, '\u{2060}' | '\u{200B}' | '\\'))
        .collect()
}

/// All texts of a message, the plain fallback included.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
