//! A receiver of each kind is configured, tried with `send-test`, and takes the message.

use bellwether_testkit::{
    AlertmanagerApi, DiscordApp, DiscordHook, Fault, LineApi, MatrixServer, Mattermost, Platform,
    Project, SignedHook, SlackApi, SlackHook, SmtpServer, TeamsFlow, TelegramBot,
};

const READS: &str = "if you can read this, it works";

/// `receivers.toml` with one receiver, its secrets in files.
fn receiver(project: &Project, kind: &str, keys: &str, secrets: &[(&str, &str)]) {
    let mut toml = format!(
        "[[receiver]]\nid = \"room\"\nkind = \"{kind}\"\nallow_networks = [\"127.0.0.0/8\"]\n{keys}\n"
    );
    for (key, secret) in secrets {
        project.write(&format!("config/secrets/{key}"), secret);
        toml.push_str(&format!("{key}_file = \"secrets/{key}\"\n"));
    }
    project.write("config/receivers.toml", toml);
}

fn place(server: &str, to: &str) -> String {
    format!("server = \"{server}\"\nto = \"{to}\"")
}

#[test]
fn each_kind_of_receiver_takes_a_test() {
    let project = Project::new();
    let sent = |kind: &str, keys: &str, secrets: &[(&str, &str)]| {
        receiver(&project, kind, keys, secrets);
        let told = project.run(&["send-test", "room"]).good();
        assert_eq!(told.out, format!("room ({kind}): delivered\n"));
        assert!(!told.err.contains("FAKEsecret"), "{}", told.err);
    };

    let slack = SlackHook::open();
    sent("slack", "", &[("url", &slack.url())]);
    assert!(slack.messages()[0].text.contains(READS));

    let discord = DiscordHook::open();
    sent("discord", "", &[("url", &discord.url())]);
    assert!(discord.messages()[0].content.contains(READS));

    let teams = TeamsFlow::open();
    sent("teams", "", &[("url", &teams.url())]);
    assert_eq!((teams.cards().len(), teams.failed_flows()), (1, 0));
    assert!(teams.cards()[0].to_string().contains(READS));

    let hook = SignedHook::open();
    let secrets = [
        ("url", hook.url()),
        ("signing_key", hook.secret().to_owned()),
    ];
    let secrets = secrets
        .each_ref()
        .map(|(key, secret)| (*key, secret.as_str()));
    sent("webhook", "", &secrets);
    assert!(hook.messages()[0].is_well_formed);

    let manager = AlertmanagerApi::open();
    sent("alertmanager", "", &[("url", &manager.url())]);
    assert_eq!((manager.alerts().len(), manager.firing().len()), (1, 0));

    let telegram = TelegramBot::open();
    let keys = place(&telegram.base(), telegram.chat());
    sent("telegram", &keys, &[("token", telegram.token())]);
    assert!(telegram.messages()[0].text.contains(READS));

    let app = SlackApi::open();
    sent(
        "slack-app",
        &place(&app.base(), app.channel()),
        &[("token", app.token())],
    );
    assert!(app.messages()[0].text.contains(READS));

    let discord = DiscordApp::open();
    sent(
        "discord-app",
        &place(&discord.base(), discord.channel()),
        &[("token", discord.token())],
    );
    assert!(discord.messages()[0].content().contains(READS));

    let mattermost = Mattermost::open();
    sent(
        "mattermost",
        &place(&mattermost.base(), mattermost.channel()),
        &[("token", mattermost.token())],
    );
    assert!(mattermost.posts()[0].message.contains(READS));

    let matrix = MatrixServer::open();
    sent(
        "matrix",
        &place(&matrix.base(), matrix.room()),
        &[("token", matrix.token())],
    );
    assert!(matrix.messages()[0].text.contains(READS));

    let line = LineApi::open();
    sent(
        "line",
        &place(&line.base(), line.group()),
        &[("token", line.token())],
    );
    assert!(line.messages()[0].text.contains(READS));

    let server = SmtpServer::open();
    let keys = format!(
        "server = \"smtp://127.0.0.1:{}\"\ntls = \"none\"\nfrom = \"bellwether@news.example\"\n\
         to = \"desk@news.example\"",
        server.port()
    );
    sent("email", &keys, &[]);
    assert!(server.mails()[0].subject.contains(READS));
}

#[test]
fn a_test_that_does_not_arrive_says_why_and_fails() {
    let project = Project::new();
    let telegram = TelegramBot::open();
    let keys = place(&telegram.base(), "-100999");
    receiver(&project, "telegram", &keys, &[("token", telegram.token())]);
    let told = project.run(&["send-test", "room"]);
    assert_eq!(told.code, Some(1));
    assert!(
        told.out.contains("not delivered") && told.out.contains("chat_not_found"),
        "{}",
        told.out
    );
    telegram.fault(Fault::Status(502));
    let told = project.run(&["send-test", "room", "--json"]);
    assert_eq!(
        (told.code, &told.json()["delivered"]),
        (Some(1), &false.into())
    );
    for text in [&told.out, &told.err] {
        assert!(!text.contains("FAKEsecret"), "{text}");
    }

    let told = project.run(&["send-test", "rom"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("did you mean `room`?"), "{}", told.err);
}
