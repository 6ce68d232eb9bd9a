//! One look at an address, and one at each source: what is told, and that nothing is kept.

use bellwether_testkit::{Answer, Entry, Project, Server, Source, rss, rss_date};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A feed with an item every hour, the newest an hour old.
fn feed() -> String {
    let now = Timestamp::now();
    let entries: Vec<Entry> = (1..=12)
        .map(|n| Entry {
            link: format!("https://news.example.org/a/{n}"),
            title: format!("The council counts the ballots of district {n}"),
            date: rss_date(now - SignedDuration::from_hours(n)),
            ..Entry::default()
        })
        .collect();
    rss(&entries)
}

fn page(head: &str) -> String {
    let cards: String = (1..=6)
        .map(|n| {
            format!(
                "<li class='story'><a href='/2026/11/20/story-{n}.html'>The council counts the ballots \
                 of district {n}</a></li>"
            )
        })
        .collect();
    format!("<html><head><title>Front</title>{head}</head><body><ul>{cards}</ul></body></html>")
}

fn html(body: String) -> Answer {
    Answer::ok(body).header("Content-Type", "text/html; charset=utf-8")
}

/// The block is a configuration as it stands, and what it says is polled.
fn paste_and_poll(project: &Project, toml: &str) -> Value {
    project.write("config/sources/pasted.toml", toml);
    let checked = project.run(&["check"]);
    assert_eq!(
        checked.code,
        Some(0),
        "{toml}\n{}{}",
        checked.out,
        checked.err
    );
    let outcomes = project.run(&["poll", "--once", "--json"]).good().lines();
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes[0].clone()
}

#[test]
fn a_feed_is_understood_and_its_block_can_be_pasted() {
    let server = Server::scripted([("/rss.xml", vec![Answer::feed(feed())])]);
    let project = Project::new();
    let url = server.url("/rss.xml");
    let found = project.run(&["probe", &url, "--json"]).good().json();
    let look = &found["look"];
    assert_eq!(
        (&look["kind"], &look["status"]),
        (&"feed".into(), &200.into())
    );
    assert_eq!(look["items"], 12);
    assert_eq!(look["charset"]["name"], "UTF-8");
    assert_eq!(look["charset"]["by"], "server");
    assert_eq!(look["every_seconds"], 3_600, "{look}");
    assert_eq!(found["items"][0]["time_reason"], "published");
    assert!(!project.path().join("data").exists(), "nothing is kept");

    let shown = project.run(&["probe", &url]).good().out;
    for part in [
        "feed",
        "12 items",
        "UTF-8 says the server",
        "ask every",
        "[[source]]",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let outcome = paste_and_poll(&project, found["toml"].as_str().unwrap());
    assert_eq!(outcome["items_new"], 12, "{outcome}");
}

#[test]
fn a_page_leads_to_the_feed_it_names_or_to_one_at_a_usual_place() {
    let named = "<link rel='alternate' type='application/rss+xml' href='/named.xml'>\
                 <link rel='alternate' type='application/rss+xml' href='/gone.xml'>";
    let server = Server::scripted([
        ("/", vec![html(page(named))]),
        ("/named.xml", vec![Answer::feed(feed())]),
        ("/bare", vec![html(page(""))]),
        ("/feed.xml", vec![Answer::feed(feed())]),
    ]);
    let project = Project::new();
    let found = project
        .run(&["probe", &server.url("/"), "--json"])
        .good()
        .json();
    assert_eq!(found["look"]["kind"], "page");
    assert_eq!(found["better"], 0);
    assert_eq!(found["also"][0]["kind"], "feed");
    assert_eq!(found["also"][1]["error"], "the server answered 404");
    let toml = found["toml"].as_str().unwrap();
    assert!(toml.contains("/named.xml"), "{toml}");

    let found = project
        .run(&["probe", &server.url("/bare"), "--json"])
        .good()
        .json();
    assert_eq!(found["also"].as_array().unwrap().len(), 1, "{found}");
    let toml = found["toml"].as_str().unwrap();
    assert!(toml.contains("/feed.xml"), "{toml}");
    let outcome = paste_and_poll(&project, toml);
    assert_eq!(outcome["items_new"], 12, "{outcome}");
}

#[test]
fn a_page_without_a_feed_gets_selectors_that_the_poller_can_use() {
    let server = Server::scripted([
        ("/news/", vec![html(page(""))]),
        (
            "/robots.txt",
            vec![Answer::ok("User-agent: *\nDisallow: /news/\n")],
        ),
    ]);
    let project = Project::new();
    let found = project
        .run(&["probe", &server.url("/news/"), "--json"])
        .good()
        .json();
    assert_eq!(found["better"], Value::Null);
    assert_eq!(found["look"]["list"]["item"], "li.story");
    let problems = found["look"]["problems"].to_string();
    assert!(problems.contains("robots.txt"), "{problems}");
    assert!(problems.contains("6 of 6 items have no date"), "{problems}");
    let outcome = paste_and_poll(&project, found["toml"].as_str().unwrap());
    assert_eq!(outcome["items_new"], 6, "{outcome}");
}

const CHANNEL: &str = r#"<html><body><section class="tgme_channel_history js-message_history">
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="Example/7"><div class="tgme_widget_message_text js-message_text">Бюллетени пересчитают в пяти округах города</div>
<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date"><time datetime="2026-11-20T11:00:00+00:00">11:00</time></a></span></div></div></section></body></html>"#;

const STATUSES: &str = r#"[{"id":"1","uri":"https://s.example/1","url":"https://s.example/1","content":"<p>The council counts the ballots</p>","created_at":"2026-11-20T00:00:00Z","account":{"acct":"a"}}]"#;

#[test]
fn platforms_are_known_by_their_addresses() {
    let json = |body: &str| Answer::ok(body).header("Content-Type", "application/json");
    let server = Server::scripted([
        ("/s/Example", vec![html(CHANNEL.to_owned())]),
        (
            "/api/v1/accounts/lookup?acct=news",
            vec![json(r#"{"id":"42","acct":"news"}"#)],
        ),
        (
            "/api/v1/accounts/42/statuses?limit=40",
            vec![json(STATUSES)],
        ),
        (
            "/@channel",
            vec![html(
                "<html><head><link rel='alternate' type='application/rss+xml' \
                 href='http://www.youtube.com/feeds/videos.xml?channel_id=UCexample'></head><body></body></html>"
                    .to_owned(),
            )],
        ),
        (
            "/feeds/videos.xml?channel_id=UCexample",
            vec![Answer::feed(feed())],
        ),
        (
            "/sitemap.xml",
            vec![Answer::ok(
                "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://news.example.org/a</loc></url></urlset>",
            )],
        ),
    ]);
    let project = Project::new().with("BELLWETHER_RESOLVE_ALL", &server.address().to_string());
    for (url, kind, address) in [
        ("http://t.me/Example", "telegram", "http://t.me/s/Example"),
        (
            "http://social.example/@news",
            "mastodon",
            "http://social.example/api/v1/accounts/42/statuses?limit=40",
        ),
        (
            "http://news.example.org/sitemap.xml",
            "sitemap",
            "http://news.example.org/sitemap.xml",
        ),
    ] {
        let found = project.run(&["probe", url, "--json"]).good().json();
        assert_eq!(found["look"]["kind"], kind, "{found}");
        assert_eq!(found["look"]["asked"], address, "{found}");
        assert_eq!(found["look"]["items"], 1, "{found}");
        let toml = found["toml"].as_str().unwrap();
        project.write("config/sources/pasted.toml", toml);
        let checked = project.run(&["check"]);
        assert_eq!(checked.code, Some(0), "{toml}\n{}", checked.out);
    }
    // A name leads to the id, which stays.
    let found = project
        .run(&["probe", "http://www.youtube.com/@channel", "--json"])
        .good()
        .json();
    assert_eq!(found["also"][0]["kind"], "youtube", "{found}");
    let toml = found["toml"].as_str().unwrap();
    assert!(toml.contains("channel_id=UCexample"), "{toml}");
}

#[test]
fn what_cannot_be_read_or_may_not_be_asked_is_said_in_words() {
    let server = Server::scripted([(
        "/wall",
        vec![html(
            "<html><title>Just a moment...</title></html>".to_owned(),
        )],
    )]);
    let project = Project::new();
    let gone = project.run(&["probe", &server.url("/gone"), "--json"]);
    assert_eq!(gone.code, Some(1));
    assert_eq!(gone.json()["look"]["error"], "the server answered 404");
    assert_eq!(gone.json()["toml"], Value::Null);
    let wall = project.run(&["probe", &server.url("/wall"), "--json"]);
    assert_eq!(wall.code, Some(1));
    assert!(wall.out.contains("check for robots"), "{}", wall.out);

    // As the poller: what is private is not asked unless it is allowed.
    project.write("config/bellwether.toml", "");
    let before = server.requests().len();
    let refused = project.run(&["probe", &server.url("/rss.xml")]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.out.contains("is refused"), "{}", refused.out);
    assert_eq!(server.requests().len(), before);

    for arguments in [
        &["probe", "ftp://news.example.org/"][..],
        &["probe", "https://a:b@news.example.org/"],
        &["probe", "https://news.example.org/", "--kind", "import"],
        &["probe", "https://news.example.org/", "--country", "Taiwan"],
        &["sources", "--all"],
    ] {
        let ended = project.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
    }
}

fn checked_world() -> (Server, Project) {
    let server = Server::scripted([
        ("/good.xml", vec![Answer::feed(feed())]),
        (
            "/moved.xml",
            vec![Answer::status(301).header("Location", "/good.xml")],
        ),
    ]);
    let project = Project::new();
    let sources: Vec<Source> = ["good", "moved", "gone"]
        .iter()
        .map(|id| Source {
            id: (*id).to_owned(),
            url: server.url(&format!("/{id}.xml")),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);
    let off = format!(
        "[[source]]\nid = \"off\"\nkind = \"feed\"\nurl = \"{}\"\nenabled = false\nnote = \"Off.\"\n\
         [[source]]\nid = \"brought\"\nkind = \"import\"\n",
        server.url("/off.xml")
    );
    project.write("config/sources/off.toml", off);
    (server, project)
}

#[test]
fn each_source_is_asked_once_and_nothing_is_kept() {
    let (server, project) = checked_world();
    let ended = project.run(&["sources", "--check", "--json"]);
    assert_eq!(ended.code, Some(1), "one that is on fails: {}", ended.err);
    let lines = ended.lines();
    let by_id = |id: &str| lines.iter().find(|line| line["source"] == id).unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(by_id("good")["ok"], true);
    assert_eq!(by_id("good")["items"], 12);
    assert_eq!(by_id("gone")["ok"], false);
    assert_eq!(by_id("gone")["error"], "the server answered 404");
    assert_eq!(by_id("moved")["moved_to"], server.url("/good.xml"));
    assert_eq!(server.requests_for("/gone.xml").len(), 1);
    assert!(server.requests_for("/off.xml").is_empty(), "it is off");
    assert!(!project.path().join("data").exists(), "nothing is kept");
}

#[test]
fn the_report_has_what_fails_first_and_all_asks_those_that_are_off() {
    let (server, project) = checked_world();
    let ended = project.run(&["sources", "--check", "--all", "--out", "report.txt"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.out, "");
    assert!(
        ended
            .err
            .contains("4 sources asked: 2 can be read, 2 cannot"),
        "{}",
        ended.err
    );
    let report = std::fs::read_to_string(project.path().join("report.txt")).unwrap();
    let place = |text: &str| {
        report
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {report}"))
    };
    assert!(place("CANNOT BE READ: 2") < place("  gone: "));
    assert!(place("  gone: ") < place("the server answered 404"));
    assert!(place("  off (off): ") < place("DESERVES A LOOK: 1"));
    assert!(place("DESERVES A LOOK: 1") < place("moved for good to"));
    assert!(place("\nCAN BE READ: 1") < place("  good: 200, 12 items, newest "));
    assert_eq!(server.requests_for("/off.xml").len(), 1);

    // Where all that is on answers it is a success, whatever is off.
    let sources = [Source {
        id: "good".to_owned(),
        url: server.url("/good.xml"),
        ..Source::default()
    }];
    project.sources(&sources);
    let _ = project.run(&["sources", "--check", "--all"]).good();
    let refused = project.run(&["sources", "--check", "--out", "absent/report.txt"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("cannot be written"), "{}", refused.err);
}
