//! Messages by mail, to a server that enforces what the standards say of dialogue and message.

use crate::world;

use std::time::Duration;

use bellwether_model::{
    BurstState, DeliveryState, MailTls, MessageLanguage, Receiver, ReceiverKind, Secret, Target,
};
use bellwether_notifier::{DeliveryReport, send_test};
use bellwether_outbound::{Outbound, OutboundSettings, Proxy};
use bellwether_testkit::{MailFault, MailStep, SmtpServer, TakenMail};
use world::{REPEAT, World, receiver_at};

const FROM: &str = "bellwether@news.example";
const TO: &str = "desk@news.example";
const LINK: &str = "https://bellwether.example.org/bursts/b-1";

/// A name that begins a header of its own, poses as a link, and is as long as none should be.
const HOSTILE: &str =
    "作票\r\nBcc: all@news.example\r\n\r\n.\r\nhttps://evil.example/ \u{1F5F3}\u{FE0F}";

fn receiver(server: &SmtpServer) -> Receiver {
    with(server, MailTls::None, false)
}

fn with(server: &SmtpServer, tls: MailTls, has_login: bool) -> Receiver {
    let login = (
        server.user().to_owned(),
        Secret::new(server.password().to_owned()),
    );
    let target = Target::Mailbox {
        server: "127.0.0.1".to_owned(),
        port: server.port(),
        tls,
        from: FROM.to_owned(),
        to: TO.to_owned(),
        login: has_login.then_some(login),
    };
    receiver_at("desk", ReceiverKind::Email, target)
}

async fn one(world: &World) -> DeliveryReport {
    let mut reports = world.deliver().await;
    assert_eq!(reports.len(), 1, "{reports:?}");
    reports.remove(0)
}

fn id(mail: &TakenMail) -> &str {
    mail.field("Message-ID").unwrap()
}

#[tokio::test]
async fn a_burst_and_its_end_are_two_mails_of_one_thread() {
    let server = SmtpServer::open();
    let mut world = World::new(vec![receiver(&server)]);
    world.burst(1, BurstState::Open);
    assert_eq!(one(&world).await.state, DeliveryState::Delivered);
    world.advance(Duration::from_secs(3_600));
    world.burst(2, BurstState::Ended);
    assert_eq!(one(&world).await.state, DeliveryState::Delivered);
    let mails = server.mails();
    let [first, end] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert!(first.subject.contains("作票"), "{}", first.subject);
    assert!(first.text.contains(LINK), "{}", first.text);
    assert_eq!(first.text.lines().next(), Some(first.subject.as_str()));
    assert!(end.text.contains("Resolved"), "{}", end.text);
    assert_eq!((&*first.from, &*first.to), (FROM, TO));
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Date", "Tue, 24 Nov 2026 08:01:00 +0000"),
    ] {
        assert_eq!(first.field(name), Some(value), "{name}");
    }
    assert!(id(first).ends_with("@news.example>"));
    assert_ne!(id(first), id(end));
    assert_eq!(first.field("In-Reply-To"), None);
    assert_eq!(end.field("In-Reply-To"), Some(id(first)));
    assert_eq!(end.field("References"), Some(id(first)));
}

#[tokio::test]
async fn a_hostile_name_is_text_and_nothing_else() {
    let server = SmtpServer::open();
    for name in [HOSTILE.to_owned(), "選".repeat(4_000), ".".repeat(2_000)] {
        let mut world = World::new(vec![receiver(&server)]);
        world.name = name;
        world.burst(1, BurstState::Open);
        let report = one(&world).await;
        assert_eq!(report.state, DeliveryState::Delivered, "{report:?}");
    }
    for mail in server.mails() {
        assert_eq!(mail.field("Bcc"), None);
        assert!(mail.subject.chars().count() <= 210, "{}", mail.subject);
        assert!(!mail.text.contains("https://evil"), "{}", mail.text);
        assert!(!mail.text.contains("evil.example"), "{}", mail.text);
        assert!(mail.text.contains(LINK));
    }
    assert_eq!(server.mails().len(), 3);
}

#[tokio::test]
async fn a_login_goes_before_the_mail() {
    let server = SmtpServer::with_login();
    let mut world = World::new(vec![with(&server, MailTls::None, true)]);
    server.fault(MailFault::Says(
        MailStep::Auth,
        "535 5.7.8 bellwether FAKEsecret is not known here",
    ));
    world.burst(1, BurstState::Open);
    let report = one(&world).await;
    assert_eq!(report.state, DeliveryState::Dead);
    let error = report.error.unwrap();
    assert!(
        error.starts_with("127.0.0.1 answered 535 (5.7.8); it does not accept the user"),
        "{error}"
    );
    assert!(
        !error.contains("FAKE") && !error.contains("known here"),
        "{error}"
    );

    let mut world = World::new(vec![with(&server, MailTls::None, true)]);
    world.burst(1, BurstState::Open);
    assert_eq!(one(&world).await.state, DeliveryState::Delivered);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_the_same_id() {
    let server = SmtpServer::open();
    let mut world = World::new(vec![receiver(&server)]);
    world.burst(1, BurstState::Open);
    for (fault, expected) in [
        (
            MailFault::Says(MailStep::Greeting, "421 4.3.2 closing"),
            "127.0.0.1 answered 421 (4.3.2)",
        ),
        (
            MailFault::Says(MailStep::Mail, "452 no room for bellwether@news.example"),
            "127.0.0.1 answered 452",
        ),
        (
            MailFault::Says(MailStep::Rcpt, "451 4.7.1 greylisted desk@news.example"),
            "127.0.0.1 answered 451 (4.7.1)",
        ),
        (
            MailFault::Says(MailStep::Data, "250 what?"),
            "127.0.0.1 answered 250, which is no answer to what it was asked",
        ),
        (
            MailFault::Says(MailStep::Mail, "this is no reply"),
            "the connection to 127.0.0.1 broke: its answer cannot be read",
        ),
        (
            MailFault::Cuts(MailStep::Data),
            "the connection to 127.0.0.1 broke: its answer cannot be read",
        ),
        (
            MailFault::Says(MailStep::Message, "451 4.3.0 not now"),
            "127.0.0.1 answered 451 (4.3.0)",
        ),
    ] {
        server.fault(fault);
        let report = one(&world).await;
        assert_eq!(report.state, DeliveryState::Pending, "{report:?}");
        assert_eq!(report.error.as_deref(), Some(expected));
        assert!(!report.possible_repeat, "{report:?}");
        world.advance_to_next();
    }
    // Only what is lost behind the message may have arrived.
    server.fault(MailFault::Cuts(MailStep::Message));
    let report = one(&world).await;
    assert!(report.possible_repeat, "{report:?}");
    world.advance_to_next();
    server.fault(MailFault::Says(MailStep::Message, "354 once more?"));
    assert!(one(&world).await.possible_repeat);
    world.advance_to_next();
    assert_eq!(one(&world).await.state, DeliveryState::Delivered);
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(id(&mails[0]), id(&mails[1]));
    assert!(!mails[0].text.contains(REPEAT) && mails[1].text.contains(REPEAT));
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_and_tells_no_mailbox() {
    for step in [
        MailStep::Greeting,
        MailStep::Mail,
        MailStep::Rcpt,
        MailStep::Message,
    ] {
        let server = SmtpServer::open();
        let mut world = World::new(vec![receiver(&server)]);
        world.burst(1, BurstState::Open);
        server.fault(MailFault::Says(step, "550 5.1.1 no desk@news.example here"));
        let report = one(&world).await;
        assert_eq!(report.state, DeliveryState::Dead, "{step:?}");
        let error = report.error.unwrap();
        assert!(
            error.starts_with("127.0.0.1 answered 550 (5.1.1); "),
            "{error}"
        );
        assert!(!error.contains("desk"), "{error}");
    }
}

/// Sends a test with a short limit; the error.
async fn tried(receiver: &Receiver) -> Result<(), String> {
    let outbound = Outbound::new(OutboundSettings {
        timeout: Duration::from_secs(1),
        ..OutboundSettings::default()
    });
    let now = "2026-11-24T08:01:00Z".parse().unwrap();
    let sent = send_test(receiver, &outbound.unwrap(), None, now).await;
    sent.unwrap()
}

#[tokio::test]
async fn a_test_is_bounded_in_time_and_says_what_happened() {
    let server = SmtpServer::open();
    assert_eq!(tried(&receiver(&server)).await, Ok(()));
    assert!(
        server.mails()[0]
            .subject
            .starts_with("Test from Bellwether")
    );

    let limit = "127.0.0.1 did not answer in full within 1 s";
    server.fault(MailFault::Hangs(MailStep::Rcpt));
    assert_eq!(tried(&receiver(&server)).await, Err(limit.to_owned()));
    server.fault(MailFault::Hangs(MailStep::Message));
    let lost = format!("{limit}; it may have arrived");
    assert_eq!(tried(&receiver(&server)).await, Err(lost));

    let mut outside = receiver(&server);
    outside.allow_networks = Vec::new();
    let error = tried(&outside).await.unwrap_err();
    assert!(
        error.contains("loopback addresses are not contacted"),
        "{error}"
    );

    let closed = receiver(&server);
    drop(server);
    let error = tried(&closed).await.unwrap_err();
    assert!(
        error.starts_with("127.0.0.1 cannot be reached: "),
        "{error}"
    );
}

#[tokio::test]
async fn where_tls_is_wanted_nothing_goes_without() {
    let server = SmtpServer::with_login();
    let error = tried(&with(&server, MailTls::StartTls, true))
        .await
        .unwrap_err();
    assert!(error.starts_with("127.0.0.1 offers no STARTTLS"), "{error}");
    let error = tried(&with(&server, MailTls::Implicit, true))
        .await
        .unwrap_err();
    assert!(
        error.starts_with("the connection to 127.0.0.1 broke"),
        "{error}"
    );
    let commands = server.commands();
    assert!(
        commands
            .iter()
            .all(|line| line.starts_with("EHLO") || line == "QUIT"),
        "{commands:?}"
    );
}

/// Configuration refuses it, and nothing would go around the proxy if it did not.
#[tokio::test]
async fn with_a_proxy_there_is_no_mail() {
    let server = SmtpServer::open();
    let outbound = Outbound::new(OutboundSettings {
        proxy: Some(Proxy::parse("socks5h://127.0.0.1:9").unwrap()),
        ..OutboundSettings::default()
    });
    let now = "2026-11-24T08:01:00Z".parse().unwrap();
    let sent = send_test(&receiver(&server), &outbound.unwrap(), None, now).await;
    let error = sent.unwrap().unwrap_err();
    assert!(error.contains("nothing goes around it"), "{error}");
    assert_eq!(server.commands(), Vec::<String>::new());
}

#[tokio::test]
async fn the_language_of_the_receiver_is_that_of_the_mail() {
    let server = SmtpServer::open();
    let mut receiver = receiver(&server);
    receiver.language = MessageLanguage::ALL
        .into_iter()
        .find(|language| language.tag() == "zh-Hant")
        .unwrap();
    let mut world = World::new(vec![receiver]);
    world.burst(1, BurstState::Open);
    one(&world).await;
    let mail = &server.mails()[0];
    assert!(mail.subject.contains("突增：作票"), "{}", mail.subject);
}
