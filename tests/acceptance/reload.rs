//! A configuration that is changed while the program runs: taken as a whole, or not at all.

use std::time::Duration;

use bellwether_testkit::{Platform, Project, Running, SlackHook, Source, until};

/// The folder is looked at every two seconds, and once more before it is read.
const PATIENCE: Duration = Duration::from_secs(60);

fn rule(id: &str, query: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nquery = '{query}'\ngroups = [\"press\"]\n\
         [rule.route]\nreceivers = []\n"
    )
}

fn rules(running: &mut Running) -> Vec<String> {
    let rules = running.get("/api/v1/rules").json();
    let rules = rules["items"].as_array().unwrap().iter();
    rules
        .map(|rule| rule["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Whether the configuration on disk is the one in force, as an operator's monitoring sees it.
fn is_in_force(running: &mut Running) -> bool {
    let figures = running.get("/metrics").text();
    let line = |value: u8| format!("\nbellwether_config_last_reload_successful {value}\n");
    assert!(
        figures.contains(&line(0)) || figures.contains(&line(1)),
        "{figures}"
    );
    figures.contains(&line(1))
}

#[test]
fn a_change_is_taken_as_a_whole_or_not_at_all() {
    let project = Project::new();
    project.sources(&[Source {
        id: "paper".to_owned(),
        url: "http://127.0.0.1:9/feed.xml".to_owned(),
        ..Source::default()
    }]);
    project.write("config/rules/a.toml", rule("first", "作票"));
    let mut running = project.start(&["run"]);
    assert_eq!(rules(&mut running), ["first"]);
    assert!(is_in_force(&mut running));

    project.write("config/rules/b.toml", rule("second", "開票"));
    until("the second rule", PATIENCE, || {
        (rules(&mut running) == ["first", "second"]).then_some(())
    });

    // A fault in one file keeps the good change of another out.
    project.write("config/rules/b.toml", rule("third", "開票"));
    project.write("config/rules/a.toml", rule("first", "作票 AND ("));
    until("the refusal", PATIENCE, || {
        (!is_in_force(&mut running)).then_some(())
    });
    assert_eq!(rules(&mut running), ["first", "second"]);
    let page = running.get("/").text();
    assert!(page.contains("is not in force"), "{page}");
    assert!(page.contains("rules/a.toml:3:"), "{page}");
    let ready = running.get("/readyz");
    assert_eq!(ready.status, 200);
    assert!(ready.text().contains("was refused at"), "{}", ready.text());
    let said = running.err();
    assert!(said.contains("rules/a.toml:3:"), "{said}");

    // Taking the change back is enough, and is no new configuration.
    project.write("config/rules/b.toml", rule("second", "開票"));
    project.write("config/rules/a.toml", rule("first", "作票"));
    until("the files as they were", PATIENCE, || {
        is_in_force(&mut running).then_some(())
    });
    assert!(!running.get("/").text().contains("is not in force"));
    let taken = |running: &Running| {
        let said = running.err();
        said.matches("another configuration is in force").count()
    };
    assert_eq!(taken(&running), 1);

    // Where the page is cannot change under those who read it.
    let settings = project.path().join("config/bellwether.toml");
    let before = std::fs::read_to_string(&settings).unwrap();
    let other = before.replace("127.0.0.1:0", "127.0.0.1:1");
    project.write("config/bellwether.toml", other);
    until("the refusal of another address", PATIENCE, || {
        (!is_in_force(&mut running)).then_some(())
    });
    assert!(running.err().contains("`listen` is another"));
    project.write("config/bellwether.toml", before);

    // Asked for, it is read and taken whatever it says.
    running.hang_up();
    until("what was asked for", PATIENCE, || {
        (taken(&running) == 2).then_some(())
    });
    assert!(is_in_force(&mut running));
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn a_secret_that_is_exchanged_is_used_without_a_restart() {
    let project = Project::new();
    let (old, new) = (SlackHook::open(), SlackHook::open());
    project.write("config/secrets/chat", old.url());
    project.write(
        "config/receivers.toml",
        "[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_file = \"secrets/chat\"\n\
         allow_networks = [\"127.0.0.0/8\"]\n",
    );
    let mut running = project.start(&["run"]);
    running.address();
    project.write("config/secrets/chat", new.url());
    until("the new secret", PATIENCE, || {
        let said = running.err();
        said.contains("another configuration is in force")
            .then_some(())
    });
    let said = running.err();
    assert!(!said.contains("FAKEsecret"), "{said}");
}
