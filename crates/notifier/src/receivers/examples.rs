//! What each kind of receiver is sent, as files for people to read: `examples/` of this crate.
//!
//! `UPDATE_GOLDEN=1` writes them anew; otherwise they must be what is sent.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bellwether_model::{
    MailTls, MessageLanguage, Pacing, Receiver, ReceiverId, ReceiverKind, Secret, Target, Timestamp,
};
use serde_json::Value;

use super::{Part, parts};
use crate::samples::Sample;

const NOW: Timestamp = Timestamp::constant(1_795_507_200, 0);

fn receiver(kind: ReceiverKind) -> Receiver {
    let url = |host: &str| Secret::new(format!("https://{host}/hooks/(secret)"));
    let place = |server: &str, to: &str| Target::Place {
        server: format!("https://{server}"),
        token: Secret::new("(token)"),
        to: to.to_owned(),
    };
    let target = match kind {
        ReceiverKind::Email => Target::Mailbox {
            server: "mail.example".to_owned(),
            port: 465,
            tls: MailTls::Implicit,
            from: "bellwether@newsroom.example".to_owned(),
            to: "desk@newsroom.example".to_owned(),
            login: None,
        },
        ReceiverKind::SlackApp => place("slack.example", "C0123456789"),
        ReceiverKind::Mattermost => place("mattermost.example", "kpsrq6z3ypr1zxoahbtoyqwh9r"),
        ReceiverKind::DiscordApp => place("discord.example", "1100000000000000001"),
        ReceiverKind::Telegram => place("telegram.example", "-1001234567890"),
        ReceiverKind::Line => place("line.example", "C0123456789abcdef"),
        ReceiverKind::Matrix => place("matrix.example", "!room:matrix.example"),
        ReceiverKind::Alertmanager => Target::Address {
            url: Secret::new("http://alertmanager.example:9093"),
        },
        ReceiverKind::Slack
        | ReceiverKind::Discord
        | ReceiverKind::Teams
        | ReceiverKind::Webhook => Target::Address {
            url: url("chat.example"),
        },
    };
    Receiver {
        id: ReceiverId::new("newsroom"),
        kind,
        target,
        enabled: true,
        allow_networks: Vec::new(),
        pacing: Pacing::default(),
        language: MessageLanguage::default(),
        buttons: kind.has_buttons(),
        app_token: None,
        template: None,
    }
}

/// The requests as one would write them down: method and address, headers, body. A mail as it goes over the wire.
fn written(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        let post = match part {
            Part::Post(post) => post,
            Part::Mail(mail) => {
                text.push_str(&String::from_utf8_lossy(&mail.bytes).replace("\r\n", "\n"));
                continue;
            }
        };
        let method = format!("{:?}", post.method).to_uppercase();
        let _ = writeln!(text, "{method} {}", post.url);
        for (name, value) in &post.headers {
            let _ = writeln!(text, "{name}: {value}");
        }
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        let _ = writeln!(text, "\n{}\n", serde_json::to_string_pretty(&body).unwrap());
    }
    text
}

/// A message fit to be shown, and one whose texts are hostile.
fn samples() -> [(&'static str, Sample); 3] {
    let hostile = Sample::all(NOW).into_iter();
    let mut hostile = hostile.filter(|sample| sample.what == "a burst that fires");
    [
        ("firing", Sample::plain(NOW)),
        ("resolved", Sample::plain_end(NOW)),
        ("hostile", hostile.next().unwrap()),
    ]
}

#[test]
fn examples_are_what_is_sent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut known: Vec<PathBuf> = Vec::new();
    for kind in ReceiverKind::ALL {
        for (what, sample) in samples() {
            for language in MessageLanguage::ALL {
                let receiver = Receiver {
                    language,
                    ..receiver(kind)
                };
                let sent = sample.told_to(language, kind.is_chat(), |letter, _, _| {
                    let parts = parts(&receiver, letter).unwrap();
                    let mut sent = written(&parts);
                    // What stands in a mail is not what one reads.
                    if kind == ReceiverKind::Email {
                        let _ = write!(sent, "\n\nas it is read:\n\n{}\n", letter.message.text());
                    }
                    sent
                });
                let name = format!("{}-{what}.{}.txt", kind.as_str(), language.tag());
                let path = folder.join(&name);
                if is_update {
                    std::fs::create_dir_all(&folder).unwrap();
                    std::fs::write(&path, &sent).unwrap();
                }
                let expected = std::fs::read_to_string(&path).unwrap_or_default();
                assert_eq!(sent, expected, "{name}; UPDATE_GOLDEN=1 writes it anew");
                known.push(path);
            }
        }
    }
    known.sort();
    let mut there: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    there.sort();
    assert_eq!(there, known, "files of no receiver");
}
