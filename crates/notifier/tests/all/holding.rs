//! What a team has asked for is kept: quiet hours, limits, digests, silences, hand-overs. The clock is
//! moved by hand; nothing sleeps.

use crate::chat;
use crate::world;

use std::time::Duration;

use bellwether_model::{
    AlertId, BurstState, DeliveryState, HoldReason, Label, Limit, Matcher, MessageLanguage, Pacing,
    Quiet, ReceiverId, ReceiverKind, Severity, Silence, SilenceId,
};
use chat::{Act, Chat};
use jiff::civil::time;
use jiff::tz::TimeZone;
use world::{World, receiver};

fn ids(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| format!("b-{number:05}")).collect()
}

fn night() -> Pacing {
    Pacing {
        zone: Some(TimeZone::get("Asia/Taipei").unwrap()),
        quiet: Some(Quiet {
            from: time(16, 0, 0, 0),
            to: time(18, 0, 0, 0),
            except: Some(Severity::Critical),
        }),
        ..Pacing::default()
    }
}

async fn room(pacing: Pacing, script: impl IntoIterator<Item = Act>) -> (Chat, World) {
    let chat = Chat::start(script).await;
    let mut receiver = receiver("chat", ReceiverKind::Slack, &chat);
    receiver.pacing = pacing;
    (chat, World::new(vec![receiver]))
}

/// What a person reads: without what keeps a chat from acting on it.
fn read(got: &chat::Got) -> String {
    got.text().replace('\u{2060}', "")
}

fn states(world: &World, id: &str) -> Vec<(&'static str, Option<HoldReason>)> {
    let deliveries = world.desk().deliveries(&AlertId::new(format!("a-{id}")));
    let deliveries = deliveries.unwrap().into_iter();
    deliveries
        .map(|delivery| (delivery.state_word(), delivery.hold.map(|hold| hold.why)))
        .collect()
}

/// It is 16:01 in Taipei.
#[tokio::test]
async fn what_came_in_quiet_hours_comes_as_one_message_and_what_is_critical_at_once() {
    let (chat, mut world) = room(night(), []).await;
    world.bursts(&ids(0..3), Severity::Info, BurstState::Open);
    world.bursts(&ids(3..4), Severity::Critical, BurstState::Open);
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 1, "{got:?}");
    assert!(got[0].text().contains("詞 b-00003"));
    assert_eq!(
        states(&world, "b-00001"),
        [("held", Some(HoldReason::Quiet))]
    );
    // One ends in the night.
    world.advance(Duration::from_secs(600));
    world.bursts(&ids(0..1), Severity::Info, BurstState::Ended);
    world.deliver().await;
    world.restart();
    world.advance_to_next();
    assert_eq!(world.now().to_string(), "2026-11-24T10:00:00Z");
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 2, "{got:#?}");
    let text = read(&got[1]);
    let head = "[DEMO, invented election] Quiet hours are over: 3 alerts (3 info)";
    assert!(text.starts_with(head), "{text}");
    for line in [
        "From Tue 24 Nov 16:01 to 18:00 (Asia/Taipei)",
        "[info] Resolved: 詞 b-00000 · lasted under a minute; peak 31 items, 7 voices in 2 h",
        "[info] Burst: 詞 b-00001 · 31 items, 7 voices in 2 h; usual Tue 14:01-16:01: 2 voices (1 to 5)",
        "All alerts, with their evidence: https://bellwether.example.org/alerts",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(
        states(&world, "b-00001"),
        [("summarised", Some(HoldReason::Quiet)), ("delivered", None)]
    );
    // Nothing more is said of it, and its end is told.
    world.deliver().await;
    world.bursts(&ids(1..2), Severity::Info, BurstState::Ended);
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 3);
    assert!(got[2].text().contains("Resolved: 詞 b-00001"));
}

#[tokio::test]
async fn ten_thousand_alerts_are_thirty_messages_and_one_summary() {
    let pacing = Pacing {
        limit: Some(Limit {
            messages: 30,
            per: Duration::from_secs(3600),
        }),
        ..Pacing::default()
    };
    let (chat, mut world) = room(pacing, []).await;
    for minute in 0..10 {
        let begin = minute * 1_000;
        world.bursts(&ids(begin..begin + 999), Severity::Info, BurstState::Open);
        let urgent = ids(begin + 999..begin + 1_000);
        world.bursts(&urgent, Severity::Critical, BurstState::Open);
        world.deliver().await;
        world.advance(Duration::from_secs(60));
    }
    let got = chat.got();
    assert_eq!(got.len(), 30);
    // The most urgent one came first, and the last one says that it is the last.
    assert!(got.iter().any(|got| got.text().contains("b-00999")));
    let said: Vec<_> = got
        .iter()
        .filter(|got| got.text().contains("the limit of this receiver is reached"))
        .collect();
    assert_eq!(said.len(), 1);
    assert!(
        said[0]
            .text()
            .contains("until Tue 24 Nov 17:01 (Asia/Taipei)")
    );
    assert_eq!(
        states(&world, "b-09999"),
        [("held", Some(HoldReason::Limit))]
    );
    world.restart();
    world.advance_to_next();
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 31, "{:#?}", &got[30..]);
    let text = read(&got[30]);
    assert!(
        text.contains(
            "Held back by the limit of this receiver: 9970 alerts (9 critical, 9961 info)"
        ),
        "{text}"
    );
    assert!(text.contains("[critical] Burst: 詞 b-09999"), "{text}");
    assert!(text.contains("and 9950 alerts more, on the page"), "{text}");
    // Each of them says where it was told.
    let told = world.desk().deliveries(&AlertId::new("a-b-09000")).unwrap();
    let summary = told
        .iter()
        .find(|told| told.state == DeliveryState::Delivered);
    let hold = told.iter().find_map(|told| told.hold.clone()).unwrap();
    assert_eq!(hold.by, summary.unwrap().key.as_str());
    for _ in 0..3 {
        world.advance(Duration::from_secs(3_600));
        world.deliver().await;
    }
    assert_eq!(chat.got().len(), 31, "and nothing more");
}

#[tokio::test]
async fn a_summary_that_fails_is_tried_again_and_is_the_same() {
    let busy = || Act::Answer(503, "", "");
    let (chat, mut world) = room(night(), [busy(), Act::Cut]).await;
    world.bursts(&ids(0..2), Severity::Info, BurstState::Open);
    world.deliver().await;
    world.advance_to_next();
    world.deliver().await;
    for _ in 0..2 {
        world.restart();
        world.notifier.recover().unwrap();
        world.advance_to_next();
        world.deliver().await;
    }
    // What comes later is a message of its own.
    world.bursts(&ids(2..3), Severity::Info, BurstState::Open);
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 4, "{got:#?}");
    let (summaries, alone): (Vec<_>, Vec<_>) = got
        .iter()
        .partition(|got| got.key().starts_with("summary:"));
    assert!(summaries.iter().all(|got| got.key() == summaries[0].key()));
    let repeats: Vec<bool> = (summaries.iter())
        .map(|got| got.text().contains("may repeat"))
        .collect();
    assert_eq!(
        repeats,
        [false, false, true],
        "only where an answer was lost"
    );
    assert_eq!(alone.len(), 1);
    assert!(alone[0].text().contains("詞 b-00002"));
}

#[tokio::test]
async fn a_silence_holds_back_until_it_ends_or_is_ended() {
    let (chat, mut world) = room(Pacing::default(), []).await;
    let now = world.now();
    let silence = |term: &str, minutes: u64| Silence {
        id: SilenceId(String::new()),
        matchers: vec![Matcher::is(Label::Term, term)],
        starts: now,
        ends: now.checked_add(Duration::from_secs(minutes * 60)).unwrap(),
        by: "Lin".to_owned(),
        comment: "known".to_owned(),
        ended_by: None,
    };
    let desk = world.desk();
    let long = desk
        .add_silence(silence("b-00000", 600), now)
        .unwrap()
        .unwrap();
    desk.add_silence(silence("b-00001", 60), now)
        .unwrap()
        .unwrap();
    world.bursts(&ids(0..3), Severity::Critical, BurstState::Open);
    world.deliver().await;
    assert_eq!(chat.got().len(), 1);
    let held = [("held", Some(HoldReason::Silence))];
    assert_eq!(
        (states(&world, "b-00000"), states(&world, "b-00001")),
        (held.to_vec(), held.to_vec())
    );
    // The second ends while it is silenced: nobody hears of it at all.
    world.advance(Duration::from_secs(1_800));
    world.bursts(&ids(1..2), Severity::Critical, BurstState::Ended);
    world.deliver().await;
    world.advance(Duration::from_secs(1_800));
    world.deliver().await;
    assert_eq!(chat.got().len(), 1);
    let suppressed = ("suppressed", Some(HoldReason::Silence));
    assert_eq!(states(&world, "b-00001"), [suppressed, suppressed]);
    // The first is told when somebody ends the silence.
    let now = world.now();
    desk.end_silence(&long.id, "Ana", now).unwrap().unwrap();
    world.restart();
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 2);
    assert!(got[1].text().contains("詞 b-00000"));
}

#[tokio::test]
async fn a_shift_is_handed_over_once() {
    let pacing = Pacing {
        zone: Some(TimeZone::get("Asia/Taipei").unwrap()),
        handover_at: vec![time(8, 0, 0, 0), time(17, 0, 0, 0)],
        ..Pacing::default()
    };
    let (chat, mut world) = room(pacing, []).await;
    world.bursts(&ids(0..2), Severity::Warning, BurstState::Open);
    world.deliver().await;
    world.bursts(&ids(0..1), Severity::Warning, BurstState::Ended);
    world.deliver().await;
    assert_eq!(chat.got().len(), 3);
    world.advance(Duration::from_secs(59 * 60));
    world.deliver().await;
    world.restart();
    world.advance(Duration::from_secs(60));
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 4, "{got:#?}");
    let text = read(&got[3]);
    for line in [
        "Shift hand-over: 2 alerts (2 warning)",
        "From Tue 24 Nov 08:00 to 17:00 (Asia/Taipei)",
        "[warning] Resolved: 詞 b-00000",
        "[warning] Burst: 詞 b-00001",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // What comes after is of the next shift, and a note that was sent is not sent again.
    world.bursts(&ids(2..3), Severity::Warning, BurstState::Open);
    world.deliver().await;
    assert_eq!(chat.got().len(), 5);
    world.bursts(&ids(2..3), Severity::Warning, BurstState::Ended);
    world.deliver().await;
    // The next one tells of what still holds, and of what came and went.
    world.advance(Duration::from_secs(15 * 3600));
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 7, "{got:#?}");
    let text = read(&got[6]);
    assert!(
        text.contains("Shift hand-over: 2 alerts (2 warning)"),
        "{text}"
    );
    assert!(text.contains("Resolved: 詞 b-00002"), "{text}");
}

#[tokio::test]
async fn a_shift_in_which_nothing_was_told_has_no_note_also_not_of_what_comes_after() {
    let pacing = Pacing {
        zone: Some(TimeZone::get("Asia/Taipei").unwrap()),
        handover_at: vec![time(17, 0, 0, 0)],
        ..Pacing::default()
    };
    let (chat, world) = room(pacing, []).await;
    world.advance(Duration::from_secs(59 * 60));
    world.deliver().await;
    world.advance(Duration::from_secs(300));
    world.bursts(&ids(0..1), Severity::Info, BurstState::Open);
    world.deliver().await;
    world.deliver().await;
    let got = chat.got();
    assert_eq!(got.len(), 1, "{got:#?}");
    assert!(read(&got[0]).contains("Burst: 詞 b-00000"));
}

#[tokio::test]
async fn each_receiver_reads_its_own_language_and_keeps_its_own_hours() {
    let chats = [Chat::start([]).await, Chat::start([]).await];
    let mut quiet = receiver("taipei", ReceiverKind::Slack, &chats[0]);
    quiet.pacing = night();
    quiet.language = MessageLanguage::TraditionalChinese;
    let other = receiver("desk", ReceiverKind::Slack, &chats[1]);
    let world = World::new(vec![quiet, other]);
    world.bursts(&ids(0..2), Severity::Info, BurstState::Open);
    world.deliver().await;
    assert_eq!((chats[0].got().len(), chats[1].got().len()), (0, 2));
    world.advance_to_next();
    world.deliver().await;
    let got = chats[0].got();
    assert_eq!(got.len(), 1);
    let text = read(&got[0]);
    assert!(
        text.starts_with("【示範：虛構選舉】靜音時段結束：2則警示（一般2則）"),
        "{text}"
    );
    assert!(text.contains("【一般】突增：詞 b-00000"), "{text}");
    let desk = world.desk();
    let of_desk = desk
        .recent_deliveries(Some(&ReceiverId::new("desk")), 10)
        .unwrap();
    assert_eq!(of_desk.len(), 2);
}

#[tokio::test]
async fn others_are_told_that_a_room_takes_nothing_and_that_it_does_again() {
    let gone = || Act::Answer(404, "", "no such hook");
    let chats = [Chat::start([gone(), gone()]).await, Chat::start([]).await];
    let rooms = [("gone", &chats[0]), ("other", &chats[1])];
    let rooms = rooms.map(|(id, chat)| receiver(id, ReceiverKind::Slack, chat));
    let mut world = World::new(rooms.to_vec());
    world.bursts(&ids(0..2), Severity::Info, BurstState::Open);
    world.deliver().await;
    world.deliver().await;
    let got = chats[1].got();
    let about = |got: &[chat::Got]| {
        let about = got.iter().map(read);
        let about = about.filter(|text| text.contains("Messages to gone"));
        about.collect::<Vec<_>>()
    };
    assert_eq!(
        about(&got).len(),
        1,
        "once, whatever was given up: {got:#?}"
    );
    assert!(
        about(&got)[0].contains("Why: 127.0.0.1 answered 404"),
        "{got:#?}"
    );
    // A restart tells nothing again; the first message that arrives does.
    world.restart();
    world.deliver().await;
    world.bursts(&ids(2..3), Severity::Info, BurstState::Open);
    world.deliver().await;
    world.deliver().await;
    let got = chats[1].got();
    let told = about(&got);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[1].contains("Messages to gone arrive again"),
        "{}",
        told[1]
    );
    assert_eq!(world.desk().open_faults().unwrap(), []);
    assert_eq!(chats[0].got().len(), 3);
}

#[tokio::test]
async fn who_has_no_other_room_still_finds_it_on_the_page() {
    let chat = Chat::start([Act::Answer(410, "", "")]).await;
    let world = World::new(vec![receiver("only", ReceiverKind::Slack, &chat)]);
    world.bursts(&ids(0..1), Severity::Info, BurstState::Open);
    world.deliver().await;
    world.deliver().await;
    let faults = world.desk().open_faults().unwrap();
    assert_eq!(faults.len(), 1);
    assert_eq!(world.desk().deliveries(&faults[0].id).unwrap(), []);
    assert_eq!(chat.got().len(), 1);
}
