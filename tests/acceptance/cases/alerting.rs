//! What a chat gets, and what it makes of it.

use std::time::Duration;

use bellwether_testkit::{DiscordHook, Platform, SlackHook, until};
use serde_json::{Value, json};

use super::{Case, Outcome, holds, same};
use crate::stage;

/// Two ticks of the log's time, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(150);

const SLACK_URL: &str = "TEST_SLACK_URL";

/// A rule that is called like the headline raises an alert in both chats.
pub(super) fn injection(case: &Case) -> Outcome {
    let headline = case.input()["headline"].as_str().unwrap();
    let (discord, slack) = (DiscordHook::open(), SlackHook::open());
    let feeds = stage::topical_feeds();
    let project = stage::project(&feeds, "discord", &discord.url()).with(SLACK_URL, &slack.url());
    let file = project.path().join("config/rules/ballot-boxes.toml");
    let rule = std::fs::read_to_string(file).unwrap();
    let rule = rule
        .replace("\"Lost ballot boxes\"", &format!("'{headline}'"))
        .replace("[\"chat\"]", "[\"chat\", \"slack\"]");
    project.write("config/rules/ballot-boxes.toml", rule);
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
    let of_discord = until("the message in Discord", PATIENCE, || {
        discord.messages().first().cloned()
    });
    let of_slack = until("the message in Slack", PATIENCE, || {
        slack.messages().first().cloned()
    });
    let rules = running.get("/api/v1/rules").json();
    let kept = &rules["items"][0]["name"];
    same("the name that is kept", kept, &json!(headline))?;
    running.terminate();

    let allowed = &of_discord.body["allowed_mentions"];
    same("allowed mentions", allowed, &json!({"parse": []}))?;
    same("pings in Discord", discord.pings(), Vec::<String>::new())?;
    let masked: Vec<_> = of_discord.links().into_iter().collect();
    holds(
        masked.iter().all(|(link, _)| !link.contains("evil")),
        || format!("links in Discord: {masked:?}"),
    )?;
    same("pings in Slack", slack.pings(), Vec::<String>::new())?;
    for text in texts(&of_slack.body) {
        let bare = text
            .replace("&amp;", "")
            .replace("&lt;", "")
            .replace("&gt;", "");
        let links: Vec<&str> = bare.split('<').skip(1).collect();
        holds(
            !bare.contains('&') && links.iter().all(|link| link.starts_with("https://news.")),
            || format!("in Slack: {text}"),
        )?;
        holds(!text.contains("a|official"), || format!("the pipe: {text}"))?;
    }
    // What joins characters so that nothing is called is not seen.
    let seen = |text: &str| -> String {
        let shown = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        shown
            .chars()
            .filter(|c| !matches!(c, '\u{2060}' | '\u{200B}' | '\\'))
            .collect()
    };
    let expected = seen(headline);
    for text in [seen(&of_discord.content), seen(&of_slack.text)] {
        holds(text.contains(&expected), || format!("as read: {text}"))?;
    }
    Ok(())
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
