//! What must not be shown, and what must not be asked.

use std::net::Ipv4Addr;

use bellwether_testkit::{Answer, Entry, Project, Server, Source, rss};

use super::{Case, Outcome, holds, same};

/// The strings that are credentials in the case.
const SECRETS: [&str; 5] = [
    "FAKE-token",
    "FAKEsecret",
    "FAKEpass",
    "FAKEquery",
    "FAKEfeedpw",
];

fn source(id: &str, url: &str) -> Source {
    Source {
        id: id.to_owned(),
        url: url.to_owned(),
        ..Source::default()
    }
}

fn hidden(what: &str, text: &str) -> Outcome {
    for secret in SECRETS {
        holds(!text.contains(secret), || {
            format!("{secret} is shown by {what}: {text}")
        })?;
    }
    Ok(())
}

/// A feed's password is refused and not repeated; a private feed that fails in each way shows its
/// token nowhere, nor does a chat that fails.
pub(super) fn secrets(case: &Case) -> Outcome {
    let server = Server::answering(|request, _| match request.path.split(['/', '?']).nth(1) {
        Some("404") => Answer::status(404).body("http://here.example/404?token=FAKEquery"),
        Some("429") => Answer::status(429),
        Some("away") => Answer::redirect("http://u:FAKEfeedpw@elsewhere.example/?token=FAKEquery"),
        _ => Answer::cut(),
    });
    let feed = case.input()["config"]["feed"].as_str().unwrap();
    let webhook = case.input()["config"]["slack_webhook"].as_str().unwrap();
    let project = Project::new()
        .with("BELLWETHER_LOG", "trace")
        .with("CHAT", webhook);
    project.sources(&[source("private", feed)]);
    let checked = project.run(&["check"]);
    same("check", checked.code, Some(2))?;
    holds(checked.out.contains("all.toml:4:"), || checked.out.clone())?;
    hidden("check", &(checked.out + &checked.err))?;

    project.write(
        "config/receivers.toml",
        "[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_env = \"CHAT\"\n",
    );
    let private = |path: &str| server.url(path) + "?token=FAKEquery";
    project.sources(&[
        source("not-found", &private("/404")),
        source("too-many", &private("/429")),
        source("away", &private("/away")),
        source("cut", &private("/cut")),
        source("refused", "http://127.0.0.1:9/?token=FAKEquery"),
        source("inner", "http://10.0.0.1/?token=FAKEquery"),
        source("tls", &private("/tls").replace("http:", "https:")),
    ]);
    let polled = project.run(&["poll", "--once", "--json"]).good();
    same("sources", polled.lines().len(), 7)?;
    for outcome in polled.lines() {
        holds(outcome["error"].is_string(), || {
            format!("no error: {outcome}")
        })?;
    }
    hidden("poll", &(polled.out + &polled.err))?;
    for arguments in [
        &["sources", "--json"][..],
        &["sources"],
        &["check"],
        &["search", "x", "--json"],
    ] {
        let ended = project.run(arguments).good();
        hidden(&arguments.join(" "), &(ended.out + &ended.err))?;
    }
    let mut running = project.start(&["run"]);
    for path in ["/", "/sources", "/api/v1/sources", "/alerts", "/readyz"] {
        hidden(path, &running.get(path).text())?;
    }
    let ended = running.terminate();
    hidden("run", &(ended.out + &ended.err))?;

    chats(&project, &server)?;

    // The address itself in place of its variable: said, and not repeated.
    project.write(
        "config/receivers.toml",
        format!("[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_env = \"{webhook}\"\n"),
    );
    let checked = project.run(&["check"]);
    same("check", checked.code, Some(2))?;
    hidden("check", &(checked.out + &checked.err))
}

/// Each kind of chat fails in each way of the case, with all that there is in the log; it is said which one
/// failed, at which host and why.
fn chats(project: &Project, server: &Server) -> Outcome {
    let ways = [
        ("404", server.url("/404"), true),
        ("429", server.url("/429"), true),
        ("redirect", server.url("/away"), true),
        ("cut", server.url("/cut"), true),
        ("refused", "http://127.0.0.1:9".to_owned(), true),
        ("tls", server.url("/tls").replace("http:", "https:"), true),
        ("inner", server.url("/404"), false),
    ];
    for (way, base, is_allowed) in ways {
        let networks = if is_allowed {
            "[\"127.0.0.0/8\"]"
        } else {
            "[]"
        };
        let secrets = [
            (
                "telegram",
                "token",
                "000000001:FAKE-token-for-tests-abcdefgh".to_owned(),
            ),
            ("slack", "url", format!("{base}?x=FAKEsecretFAKEsecret")),
            (
                "webhook",
                "url",
                format!(
                    "{}?token=FAKEquery",
                    base.replace("://", "://user:FAKEpass@")
                ),
            ),
        ];
        for (kind, key, secret) in secrets {
            project.write("config/secrets/one", secret);
            let place = match kind {
                "telegram" => format!("server = \"{base}\"\nto = \"-1001\"\n"),
                _ => String::new(),
            };
            project.write(
                "config/receivers.toml",
                format!(
                    "[[receiver]]\nid = \"chat\"\nkind = \"{kind}\"\n{key}_file = \"secrets/one\"\n\
                     allow_networks = {networks}\n{place}"
                ),
            );
            let what = format!("{kind}, {way}");
            let sent = project.run(&["send-test", "chat"]);
            same(&what, sent.code, Some(1))?;
            holds(
                sent.out
                    .starts_with(&format!("chat ({kind}): not delivered: ")),
                || format!("{what}: {}", sent.out),
            )?;
            holds(sent.out.contains("127.0.0.1"), || {
                format!("{what} names no host: {}", sent.out)
            })?;
            hidden(&what, &(sent.out + &sent.err))?;
        }
    }
    Ok(())
}

/// No target of the case is contacted: not as a feed, not by a redirect, not as the page of an item;
/// those of metadata services not even where their networks are allowed. (Chats use the same connector,
/// and are tested there.)
pub(super) fn inner_addresses(case: &Case) -> Outcome {
    let targets: Vec<String> = case.input()["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target.as_str().unwrap().to_owned())
        .collect();
    for target in &targets {
        as_feed(target, "")?;
    }
    let metadata = ["169.254", "a9fe", "fd00:ec2"];
    let allowed = "[fetch]\nallow_networks = [\"127.0.0.0/8\", \"169.254.0.0/16\", \"fd00::/8\"]\n";
    for target in &targets {
        if metadata.iter().any(|part| target.contains(part)) {
            as_feed(target, allowed)?;
        }
    }
    by_redirect(&targets)?;
    as_page(&targets)?;
    after_good_polls(&targets[0])
}

/// As configured: refused when the configuration is read, or when it is polled.
fn as_feed(target: &str, settings: &str) -> Outcome {
    let project = Project::new();
    project.write("config/bellwether.toml", settings);
    project.sources(&[source("inner", target)]);
    let ended = project.run(&["poll", "--once", "--json"]);
    if ended.code == Some(2) {
        return holds(ended.err.contains(".toml:"), || {
            format!("{target}: {}", ended.err)
        });
    }
    let outcome = ended.good().json();
    holds(outcome["outcome"] == "refused", || {
        format!("{target}: {outcome}")
    })
}

/// As where an allowed feed redirects to. Every name is mapped to a server beside the usual address
/// of loopback, so names among the targets are left out here.
fn by_redirect(targets: &[String]) -> Outcome {
    let targets: Vec<String> = targets
        .iter()
        .filter(|target| !target.contains("localhost"))
        .cloned()
        .collect();
    let own = targets.clone();
    let server = Server::on(Ipv4Addr::new(127, 0, 0, 77), move |request, _| {
        // The path says which target its redirect leads to.
        let number = request.path.trim_start_matches('/').parse::<usize>();
        match number.ok().and_then(|number| own.get(number)) {
            Some(target) => Answer::redirect(target),
            None => Answer::status(500),
        }
    });
    let project = Project::new().with("BELLWETHER_RESOLVE_ALL", &server.address().to_string());
    project.write("config/bellwether.toml", "");
    let sources: Vec<Source> = (0..targets.len())
        .map(|number| {
            let url = format!("http://feeds.example.org/{number}");
            source(&format!("to-{number}"), &url)
        })
        .collect();
    project.sources(&sources);
    let outcomes = project.run(&["poll", "--once", "--json"]).good().lines();
    for outcome in &outcomes {
        let number: usize = outcome["source"].as_str().unwrap()[3..].parse().unwrap();
        let target = &targets[number];
        holds(outcome["outcome"] == "refused", || {
            format!("{target}: {outcome}")
        })?;
        let error = outcome["error"].as_str().unwrap_or_default();
        holds(error.contains("redirect") || error.contains("hop"), || {
            format!("{target}: the hop is not told: {error}")
        })?;
    }
    same("outcomes", outcomes.len(), targets.len())?;
    // Each feed was asked, and nothing else.
    same("requests", server.requests().len(), targets.len())
}

/// As the page of an item, whose text is to be fetched.
fn as_page(targets: &[String]) -> Outcome {
    let targets: Vec<&String> = targets
        .iter()
        .filter(|target| target.starts_with("http:") && !target.contains("localhost"))
        .collect();
    let entries: Vec<Entry> = targets
        .iter()
        .enumerate()
        .map(|(number, target)| Entry {
            guid: number.to_string(),
            title: format!("item {number}"),
            link: (*target).clone(),
            ..Entry::default()
        })
        .collect();
    let feed = rss(&entries);
    let server = Server::on(Ipv4Addr::new(127, 0, 0, 78), move |_, _| {
        Answer::feed(feed.clone())
    });
    let project = Project::new().with("BELLWETHER_RESOLVE_ALL", &server.address().to_string());
    project.write("config/bellwether.toml", "");
    project.write(
        "config/sources/all.toml",
        "[[source]]\nid = \"feed\"\nkind = \"feed\"\nurl = \"http://feeds.example.org/feed.xml\"\n\
         groups = [\"press\"]\narticle = true\n",
    );
    let polled = project.run(&["poll", "--once", "--json"]).good();
    same(
        "items",
        polled.json()["items_new"].as_u64(),
        Some(targets.len() as u64),
    )?;
    let refused = polled
        .err
        .lines()
        .filter(|line| line.contains("refused"))
        .count();
    same(
        &format!("pages refused: {}", polled.err),
        refused,
        targets.len(),
    )?;
    same("requests", server.requests().len(), 1)
}

/// A feed that redirects there later keeps what it had, and is shown as failing.
fn after_good_polls(target: &str) -> Outcome {
    let entry = Entry {
        guid: "1".to_owned(),
        title: "kept".to_owned(),
        ..Entry::default()
    };
    let mut answers = vec![Answer::feed(rss(&[entry]))];
    answers.extend((0..3).map(|_| Answer::redirect(target)));
    let server = Server::scripted([("/feed.xml", answers)]);
    let project = Project::new();
    project.sources(&[source("feed", &server.url("/feed.xml"))]);
    for _ in 0..4 {
        let _ = project.run(&["poll", "--once", "--source", "feed"]);
    }
    let kept = project
        .run(&["items", "--source", "feed", "--json"])
        .good()
        .lines();
    same("items", kept.len(), 1)?;
    let shown = project.run(&["sources", "--json"]).good().json();
    let why = shown["why"].as_str().unwrap_or_default();
    holds(shown["state"] == "failing" && why.contains("hop 2"), || {
        format!("{target}: {shown}")
    })
}
