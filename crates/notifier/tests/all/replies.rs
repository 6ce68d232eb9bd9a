//! What people say by the buttons of a message, and what becomes of it. The clock is moved by hand.

use crate::world;

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{
    AlertId, AlertState, BurstState, MessageLanguage, ReceiverKind, Secret, Target, Verdict,
};
use bellwether_testkit::{Fault, Platform, SlackApi, TelegramBot};
use tokio::sync::watch;
use world::{World, receiver_at};

const LIN: (i64, &str) = (4711, "\u{202E}Lin\u{200B} @everyone");

fn world(bot: &TelegramBot) -> World {
    let target = Target::Place {
        server: bot.base(),
        token: Secret::new(bot.token()),
        to: bot.chat().to_owned(),
    };
    let mut receiver = receiver_at("room", ReceiverKind::Telegram, target);
    receiver.buttons = true;
    World::new(vec![receiver])
}

/// Hears until something holds.
async fn heard(world: &World, what: &str, holds: impl Fn() -> bool) {
    let (stop, stopped) = watch::channel(false);
    let notifier = Arc::clone(&world.notifier);
    let until = async {
        for tries in 0.. {
            assert!(tries < 1_200, "{what}");
            if holds() {
                let _ = stop.send(true);
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::join!(notifier.hear(stopped), until);
}

fn alert(world: &World) -> bellwether_model::Alert {
    let id = AlertId::new("a-b-1");
    world.desk().alert(&id).unwrap().unwrap()
}

#[tokio::test]
async fn who_presses_a_button_has_the_alert_and_the_room_sees_it() {
    let bot = TelegramBot::open();
    let mut world = world(&bot);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    // The server is away for a moment; nothing is lost by it.
    bot.fault(Fault::Status(502));
    bot.press("Useful", LIN);
    heard(&world, "the reply was told", || bot.told().len() == 1).await;
    assert_eq!(bot.told(), ["Acknowledged; verdict: useful"]);
    let taken = alert(&world);
    assert_eq!(
        (taken.state, taken.verdict),
        (AlertState::Acknowledged, Some(Verdict::Useful))
    );
    let by = taken.acknowledgement().unwrap().by.clone().unwrap();
    assert_eq!(by, "Lin @everyone (telegram 4711)");

    heard(&world, "the message says so", || {
        bot.messages()[0].edits == 1
    })
    .await;
    let text = bot.messages()[0].text.clone();
    assert!(text.contains("Acknowledged by Lin"), "{text}");
    assert_eq!(bot.messages().len(), 1);
    assert_eq!(bot.pings(), Vec::<String>::new());

    // Another has another opinion, and the buttons are still there.
    bot.press("Noise", (12, "Wu"));
    heard(&world, "the second reply", || bot.told().len() == 2).await;
    assert_eq!(alert(&world).verdict, Some(Verdict::Noise));

    world.alert = Some(alert(&world));
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    let last = &bot.messages()[0];
    assert!(last.text.contains("Resolved:") && last.body.get("reply_markup").is_none());
}

#[tokio::test]
async fn a_silence_by_a_button_is_one_however_often_it_is_pressed() {
    let bot = TelegramBot::open();
    let mut world = world(&bot);
    world.receivers[0].language = MessageLanguage::TraditionalChinese;
    world.restart();
    world.burst(1, BurstState::Open);
    world.deliver().await;
    for _ in 0..2 {
        bot.press("靜音 4 小時", LIN);
    }
    heard(&world, "both replies", || bot.told().len() == 2).await;
    assert!(bot.told()[0].contains("term=\"b-1\""), "{:?}", bot.told());
    let silences = world.desk().silences(world.now()).unwrap();
    assert_eq!(silences.len(), 1);
    assert_eq!(silences[0].by, "Lin @everyone (telegram 4711)");
    assert_eq!(silences[0].ends.duration_since(world.now()).as_hours(), 4);
}

#[tokio::test]
async fn what_comes_from_elsewhere_or_is_none_of_ours_changes_nothing() {
    let bot = TelegramBot::open();
    let mut world = world(&bot);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    bot.forge("-100999", "useful:a-b-1", LIN);
    bot.forge(bot.chat(), "forget:a-b-1", LIN);
    bot.forge(bot.chat(), "useful:a-other", LIN);
    heard(&world, "the two of this chat", || bot.told().len() == 2).await;
    assert_eq!(bot.told(), ["There is no such alert any more"; 2]);
    assert_eq!(alert(&world).state, AlertState::Firing);
}

const WU: (&str, &str) = ("U0WU", "\u{202E}wu <!channel>");

fn slack_world(api: &SlackApi) -> World {
    let target = Target::Place {
        server: api.base(),
        token: Secret::new(api.token()),
        to: api.channel().to_owned(),
    };
    let mut receiver = receiver_at("room", ReceiverKind::SlackApp, target);
    receiver.buttons = true;
    receiver.app_token = Some(Secret::new(api.app_token()));
    World::new(vec![receiver])
}

#[tokio::test]
async fn who_presses_a_button_in_slack_has_the_alert_and_the_room_sees_it() {
    let api = SlackApi::open();
    let mut world = slack_world(&api);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    // The server is away for a moment; nothing is lost by it.
    api.fault(Fault::Status(502));
    api.press("Useful", WU);
    heard(&world, "the reply was told", || api.told().len() == 1).await;
    assert_eq!(api.told(), ["Acknowledged; verdict: useful"]);
    assert_eq!(api.waiting(), 0);
    let taken = alert(&world);
    assert_eq!(
        (taken.state, taken.verdict),
        (AlertState::Acknowledged, Some(Verdict::Useful))
    );
    let by = taken.acknowledgement().unwrap().by.clone().unwrap();
    assert_eq!(by, "wu <!channel> (slack U0WU)");
    heard(&world, "the message says so", || {
        api.messages()[0].edits == 1
    })
    .await;
    let text = api.messages()[0].text.clone();
    assert!(text.contains("Acknowledged by wu"), "{text}");
    assert_eq!(api.pings(), Vec::<String>::new());

    // Another has another opinion after the connection was renewed, and the buttons are still there.
    let before = api.connections();
    api.renew();
    api.press("Noise", ("U0LIN", "Lin"));
    heard(&world, "the second reply", || api.told().len() == 2).await;
    assert!(api.connections() > before);
    assert_eq!(alert(&world).verdict, Some(Verdict::Noise));

    world.alert = Some(alert(&world));
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    let last = &api.messages()[0];
    assert!(last.text.contains("Resolved:"), "{}", last.text);
    assert_eq!(last.body["attachments"], serde_json::json!([]));
}

#[tokio::test]
async fn what_comes_to_slack_from_elsewhere_changes_nothing_and_does_not_come_again() {
    let api = SlackApi::open();
    let mut world = slack_world(&api);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    api.forge("C0OTHER", "1.1", "useful:a-b-1", WU);
    api.forge(api.channel(), "1.1", "forget:a-b-1", WU);
    api.forge(api.channel(), "1.1", "useful:a-other", WU);
    api.event(serde_json::json!({"type": "event_callback"}));
    heard(&world, "all were acknowledged", || {
        api.waiting() == 0 && api.told().len() == 2
    })
    .await;
    assert_eq!(api.told(), ["There is no such alert any more"; 2]);
    assert_eq!(alert(&world).state, AlertState::Firing);
    // Addresses of connections are credentials.
    assert_eq!(api.connections(), 1);
}
