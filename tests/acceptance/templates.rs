//! A receiver whose messages a file words: the example of docs/templates.md in a chat, and what `check`
//! says of a file that is wrong.

use std::time::Duration;

use bellwether_testkit::{Chat, Platform, Project, SlackHook, repository, until};
use serde_json::Value;

use crate::stage;

/// Two ticks of the log's time, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(150);

const TEMPLATE: &str = "config/templates/night.txt";

/// The template that the page shows.
fn shown() -> String {
    let page = std::fs::read_to_string(repository().join("docs/templates.md")).unwrap();
    let (_, rest) = page.split_once("```jinja\n").unwrap();
    let (template, _) = rest.split_once("```").unwrap();
    template.to_owned()
}

/// A receiver that names the template, and nothing else.
fn project(template: &str) -> Project {
    let project = Project::new().with(stage::CHAT_URL, "https://chat.example/services/x");
    project.write("config/receivers.toml", receivers());
    project.write(TEMPLATE, template);
    project
}

fn receivers() -> String {
    format!(
        "[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_env = \"{}\"\n\
         allow_networks = [\"127.0.0.0/8\"]\ntemplate = \"templates/night.txt\"\n",
        stage::CHAT_URL
    )
}

#[test]
fn the_example_of_the_page_words_a_burst_in_the_chat() {
    let feeds = stage::topical_feeds();
    let chat = SlackHook::open();
    let project = stage::project(&feeds, "slack", &chat.url());
    project.write("config/receivers.toml", receivers());
    project.write(TEMPLATE, shown());
    let settings = project.path().join("config/bellwether.toml");
    let settings = std::fs::read_to_string(settings).unwrap();
    let url = "public_url = \"https://bellwether.example.org\"\n";
    project.write("config/bellwether.toml", format!("{url}{settings}"));
    let checked = project.run(&["check"]).good();
    assert!(checked.out.contains("no faults"), "{}", checked.out);

    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    running.address();
    let message = until("the message of the burst", PATIENCE, || {
        chat.messages().first().cloned()
    });
    let lines: Vec<&str> = message.text.lines().collect();
    let headline = "6 voices on Lost ballot boxes by ";
    assert!(lines[0].starts_with(headline), "{lines:?}");
    assert_eq!(lines[1], "press: 6 families", "{lines:?}");
    let standard = "Burst: Lost ballot boxes · 12 items, 6 voices in 2 h; usual ";
    assert!(lines[2].starts_with(standard), "{lines:?}");
    let link = "Evidence and query: https://bellwether.example.org/bursts/";
    assert!(lines[3].starts_with(link), "{lines:?}");
    assert_eq!(lines.len(), 4, "{lines:?}");
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!ended.err.contains("template failed"), "{}", ended.err);
}

#[test]
fn check_says_where_a_template_is_wrong_and_nothing_starts() {
    for (template, place, message) in [
        (
            "{% if burst %}\n{{ burst.name }}\n{% end %}\n",
            "night.txt:3:",
            "syntax error",
        ),
        (
            "{{ message.headline }}\n\n{{ burst.name }}\n",
            "night.txt:3:4: ",
            "undefined value",
        ),
        ("{% include \"x\" %}", "night.txt:1:", "syntax error"),
    ] {
        let project = project(template);
        let checked = project.run(&["check"]);
        assert_eq!(checked.code, Some(2), "{}", checked.out);
        let found = format!("config/templates/{place}");
        let found = checked.out.starts_with(&found) && checked.out.contains(message);
        assert!(found, "{}", checked.out);
        assert!(checked.out.contains("docs/templates.md"), "{}", checked.out);
        assert!(
            checked.out.contains(" nothing was changed"),
            "{}",
            checked.out
        );

        let json = project.run(&["check", "--json"]);
        assert_eq!(json.code, Some(2));
        let json = json.json();
        assert_eq!(json["ok"], false);
        let line = json["faults"][0]["line"].as_u64().unwrap();
        let shown = format!("night.txt:{line}:");
        assert!(place.starts_with(&shown), "{json}");
        assert!(json["faults"][0]["hint"].is_string(), "{json}");

        let run = project.run(&["run"]);
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(run.err.contains(place), "{}", run.err);
    }
    let unused = project("{{ message.headline }}");
    unused.write("config/templates/old.txt", "{{ nobody }}");
    let checked = unused.run(&["check", "--json"]).good().json();
    assert_eq!(checked["faults"], Value::Array(Vec::new()));
    let warning = checked["warnings"][0]["file"].as_str().unwrap();
    assert!(warning.ends_with("old.txt"), "{checked}");
}

#[test]
fn a_test_shows_what_the_template_makes_of_a_burst() {
    let chat = Chat::open();
    let project = project(&shown()).with(stage::CHAT_URL, &chat.url());
    let told = project.run(&["send-test", "chat"]).good();
    assert_eq!(told.out, "chat (slack): delivered\n");
    let received = chat.received();
    let text = received[0].text();
    assert!(text.starts_with("Test from Bellwether"), "{text}");
    assert!(text.contains("7 voices on 作票 by "), "{text}");
}
