//! Polls that may not be quoted: looked at when a message is sent, not when it was decided.

use crate::chat;
use crate::world;

use std::time::Duration;

use bellwether_model::{
    BurstState, Election, ElectionId, Phase, Quiet, ReceiverKind, Severity, Timestamp, Withheld,
};
use chat::{Act, Chat};
use jiff::civil::time;
use world::{World, receiver};

const POLL: &str = "民調：陳虛構支持度 52%";
const LAW: &str = "Invented Election Act, article 53";

/// An election with a blackout between two moments; the clock stands at 08:01.
fn election(start: &str, end: &str) -> Election {
    let t = |text: &str| text.parse::<Timestamp>().unwrap();
    Election {
        id: ElectionId::new("invented-2026"),
        name: "Invented 2026".to_owned(),
        name_native: None,
        country: "XO".to_owned(),
        time_zone: "Asia/Taipei".to_owned(),
        polling_day: "2026-11-28".parse().ok(),
        phases: vec![Phase {
            id: "poll-blackout".to_owned(),
            start: Some(t(start)),
            end: Some(t(end)),
            withholds: Some(Withheld::Polls),
            law: Some(LAW.to_owned()),
        }],
    }
}

fn world(kind: ReceiverKind, chat: &Chat, start: &str, end: &str) -> World {
    let mut world = World::new(vec![receiver("chat", kind, chat)]);
    POLL.clone_into(&mut world.name);
    world.elections = vec![election(start, end)];
    world.restart();
    world
}

#[tokio::test]
async fn a_retry_after_the_blackout_is_told_in_full() {
    let chat = Chat::start([Act::Answer(503, "", "")]).await;
    let (start, end) = ("2026-11-24T00:00:00Z", "2026-11-24T08:01:04Z");
    let mut world = world(ReceiverKind::Slack, &chat, start, end);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    // The first wait is five seconds.
    world.advance(Duration::from_secs(60));
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].key(), got[1].key());
    let (held, full) = (got[0].text(), got[1].text());
    assert!(!held.contains("陳虛構") && !held.contains("52"), "{held}");
    for kept in [
        "(withheld) · 31 items, 7 voices in 2 h",
        "https://bellwether.example.org/bursts/b-1",
        "until Tue 24 Nov 16:01 Asia/Taipei (poll blackout; Invented Election Act, article 53)",
    ] {
        assert!(held.contains(kept), "{kept}: {held}");
    }
    assert!(full.contains("民調：陳虛構支持度 52%"), "{full}");
    assert!(!full.contains("withheld"), "{full}");
}

#[tokio::test]
async fn a_retry_that_falls_into_the_blackout_is_withheld() {
    let chat = Chat::start([Act::Answer(503, "", "")]).await;
    let (start, end) = ("2026-11-24T08:01:04Z", "2026-11-28T08:00:00Z");
    let mut world = world(ReceiverKind::Slack, &chat, start, end);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    world.advance(Duration::from_secs(60));
    world.deliver().await;
    let got = chat.got();
    assert!(got[0].text().contains("陳虛構"), "{}", got[0].text());
    assert!(!got[1].text().contains("陳虛構"), "{}", got[1].text());
    assert!(got[1].text().contains("withheld: "), "{}", got[1].text());
}

#[tokio::test]
async fn a_calendar_that_was_changed_counts_for_what_was_decided_before() {
    let chat = Chat::start([]).await;
    let (start, end) = ("2026-11-24T00:00:00Z", "2026-11-28T08:00:00Z");
    let mut world = world(ReceiverKind::Slack, &chat, start, end);
    world.burst(1, BurstState::Open);
    world.elections = vec![election(start, "2026-11-24T00:00:01Z")];
    world.restart();
    world.deliver().await;
    assert!(chat.got()[0].text().contains("陳虛構"));
}

#[tokio::test]
async fn a_program_is_told_no_poll_either_and_keeps_every_number() {
    let chat = Chat::start([]).await;
    let (start, end) = ("2026-11-24T00:00:00Z", "2026-11-28T08:00:00Z");
    let mut world = world(ReceiverKind::Webhook, &chat, start, end);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    let body = chat.got()[0].body.clone();
    assert!(!body.to_string().contains("陳虛構"), "{body}");
    assert_eq!(body["burst"]["name"], "(withheld)");
    assert_eq!(body["alert"]["name"], "(withheld)");
    assert_eq!(body["burst"]["query"], "作票");
    assert_eq!(body["burst"]["rule"], "ballots");
    assert_eq!(body["burst"]["observed"]["voices"], 7);
    assert_eq!(body["link"], "https://bellwether.example.org/bursts/b-1");
    assert_eq!(body["withheld"]["what"], "polls");
    assert_eq!(body["withheld"]["phase"], "poll-blackout");
    assert_eq!(body["withheld"]["until"], "2026-11-28T08:00:00Z");
    assert_eq!(body["withheld"]["law"], LAW);
}

#[tokio::test]
async fn what_is_no_poll_is_told_in_the_blackout() {
    let chat = Chat::start([]).await;
    let (start, end) = ("2026-11-24T00:00:00Z", "2026-11-28T08:00:00Z");
    let mut world = world(ReceiverKind::Webhook, &chat, start, end);
    "幽靈選票".clone_into(&mut world.name);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    let body = chat.got()[0].body.clone();
    assert_eq!(body["burst"]["name"], "幽靈選票");
    assert!(body.get("withheld").is_none(), "{body}");
}

#[tokio::test]
async fn a_summary_quotes_no_poll_either_nor_does_the_record_beside_it() {
    let (start, end) = ("2026-11-24T00:00:00Z", "2026-11-28T08:00:00Z");
    for kind in [ReceiverKind::Webhook, ReceiverKind::Slack] {
        let chat = Chat::start([]).await;
        let mut world = world(kind, &chat, start, end);
        // In UTC, in which it is 08:01.
        world.receivers[0].pacing.quiet = Some(Quiet {
            from: time(8, 0, 0, 0),
            to: time(9, 0, 0, 0),
            except: None,
        });
        world.restart();
        world.burst(1, BurstState::Open);
        world.bursts(&["b-2".to_owned()], Severity::Info, BurstState::Open);
        world.deliver().await;
        world.advance_to_next();
        world.deliver().await;
        let got = chat.got();
        assert_eq!(got.len(), 1);
        let body = got[0].body.to_string();
        assert!(!body.contains("陳虛構") && !body.contains("52%"), "{body}");
        assert!(body.contains("(withheld) · 31 items"), "{body}");
        assert!(body.contains("詞 b-2"), "what is no poll is told: {body}");
        assert!(got[0].key().starts_with("summary:"), "{body}");
    }
}
