//! What people say by the buttons of a message, and what becomes of it. The clock is moved by hand.

use crate::world;

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{
    AlertId, AlertState, BurstState, MessageLanguage, ReceiverKind, Secret, Target, Verdict,
};
use bellwether_testkit::{DiscordApp, Fault, Mattermost, Platform, SlackApi, TelegramBot};
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

fn discord_world(app: &DiscordApp) -> World {
    let target = Target::Place {
        server: app.base(),
        token: Secret::new(app.token()),
        to: app.channel().to_owned(),
    };
    let mut receiver = receiver_at("room", ReceiverKind::DiscordApp, target);
    receiver.buttons = true;
    World::new(vec![receiver])
}

/// Hears, does something once a session has begun, and goes on until something holds.
async fn heard_after(
    world: &World,
    has_begun: impl Fn() -> bool,
    act: impl Fn(),
    what: &str,
    holds: impl Fn() -> bool,
) {
    let acted = std::cell::Cell::new(false);
    heard(world, what, || {
        if !acted.get() {
            if has_begun() {
                act();
                acted.set(true);
            }
            return false;
        }
        holds()
    })
    .await;
}

#[tokio::test]
async fn who_presses_a_button_in_discord_has_the_alert_and_the_room_sees_it() {
    let app = DiscordApp::open();
    app.beat_every(Duration::from_secs(1));
    let mut world = discord_world(&app);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    // The server is away for a moment; it is asked again.
    app.fault(Fault::Status(502));
    let begun = || app.sessions() >= 1;
    let wu = ("4711", "\u{202E}wu @everyone <@&1>");
    heard_after(
        &world,
        begun,
        || app.press("Useful", wu),
        "the reply was told",
        || app.told().len() == 1 && app.messages()[0].edits == 1 && app.beats() > 1,
    )
    .await;
    assert_eq!(app.told(), ["Acknowledged; verdict: useful"]);
    let taken = alert(&world);
    assert_eq!(
        (taken.state, taken.verdict),
        (AlertState::Acknowledged, Some(Verdict::Useful))
    );
    let by = taken.acknowledgement().unwrap().by.clone().unwrap();
    assert_eq!(by, "wu @everyone <@&1> (discord 4711)");
    let message = &app.messages()[0];
    assert!(
        message.content().contains("Acknowledged by wu"),
        "{}",
        message.content()
    );
    assert_eq!(message.buttons().len(), 5);
    assert_eq!((app.pings(), app.links()), (Vec::new(), Vec::new()));

    // Another has another opinion, after the server has asked us to come again.
    app.renew();
    let sessions = app.sessions();
    heard_after(
        &world,
        || app.sessions() > sessions,
        || app.press("Noise", ("12", "Lin")),
        "the second reply",
        || app.told().len() == 2,
    )
    .await;
    assert_eq!(alert(&world).verdict, Some(Verdict::Noise));

    world.alert = Some(alert(&world));
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    let last = &app.messages()[0];
    assert!(last.content().contains("Resolved:"), "{}", last.content());
    assert!(last.buttons().is_empty());
    assert_eq!(app.messages().len(), 1);
}

#[tokio::test]
async fn what_comes_to_discord_from_elsewhere_or_is_none_of_ours_changes_nothing() {
    let app = DiscordApp::open();
    let mut world = discord_world(&app);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    let lin = ("12", "Lin");
    heard_after(
        &world,
        || app.sessions() >= 1,
        || {
            app.forge("999", "1", "useful:a-b-1", lin);
            app.forge(app.channel(), "1", "forget:a-b-1", lin);
            app.forge(app.channel(), "1", "useful:a-other", lin);
        },
        "the two of this channel",
        || app.told().len() == 2,
    )
    .await;
    assert_eq!(app.told(), ["There is no such alert any more"; 2]);
    assert_eq!(alert(&world).state, AlertState::Firing);
}

#[tokio::test]
async fn no_session_is_begun_where_few_are_left_and_a_dead_connection_is_left() {
    let app = DiscordApp::open();
    let world = discord_world(&app);
    app.leave_sessions(50);
    // Twice asked, in two lives of the program; in neither a session was begun, though there was time for it.
    let asked = || app.received().len();
    heard(&world, "it was asked", || asked() > 0).await;
    let listened = std::cell::Cell::new(0);
    heard(&world, "it was asked again", || {
        listened.set(listened.get() + 1);
        asked() > 1 && listened.get() > 40
    })
    .await;
    assert_eq!(app.sessions(), 0);

    app.leave_sessions(1_000);
    app.beat_every(Duration::from_millis(100));
    app.fall_silent();
    heard(&world, "a second session", || app.sessions() >= 2).await;
}

fn mattermost_world(server: &Mattermost) -> World {
    let target = Target::Place {
        server: server.base(),
        token: Secret::new(server.token()),
        to: server.channel().to_owned(),
    };
    let mut receiver = receiver_at("room", ReceiverKind::Mattermost, target);
    receiver.buttons = true;
    World::new(vec![receiver])
}

#[tokio::test]
async fn who_reacts_in_mattermost_has_the_alert_and_the_room_sees_it() {
    let server = Mattermost::open();
    let mut world = mattermost_world(&server);
    world.burst(1, BurstState::Open);
    let notifier = Arc::clone(&world.notifier);
    let wu = ("u1wu", "wu");
    // While somebody listens the bot offers what can be pressed.
    let (stop, stopped) = watch::channel(false);
    let acts = async {
        comes_to_hold(|| server.connections() == 1).await;
        world.deliver().await;
        comes_to_hold(|| server.posts()[0].reactions.len() == 5).await;
        let post = server.posts()[0].id.clone();
        server.react(&post, "tada", wu);
        server.react(&post, "white_check_mark", wu);
        comes_to_hold(|| server.posts()[0].edits == 1).await;
        server.react(&post, "zzz", wu);
        comes_to_hold(|| server.posts().len() == 2).await;
        let _ = stop.send(true);
    };
    tokio::join!(notifier.hear(stopped), acts);
    let taken = alert(&world);
    assert_eq!(
        (taken.state, taken.verdict),
        (AlertState::Acknowledged, Some(Verdict::Useful))
    );
    let by = taken.acknowledgement().unwrap().by.clone().unwrap();
    assert_eq!(by, "wu (mattermost u1wu)");
    let posts = server.posts();
    assert!(
        posts[0].message.contains("Acknowledged by wu"),
        "{}",
        posts[0].message
    );
    assert!(
        posts[0].message.contains(":eyes: I have it"),
        "{}",
        posts[0].message
    );
    assert_eq!(posts[1].root_id, posts[0].id);
    assert!(posts[1].message.contains("term"), "{}", posts[1].message);
    assert_eq!(world.desk().silences(world.now()).unwrap().len(), 1);
    assert_eq!((server.pings(), server.links()), (Vec::new(), Vec::new()));

    world.alert = Some(taken);
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    let last = &server.posts()[0];
    assert!(last.message.contains("Resolved:"), "{}", last.message);
    assert!(!last.message.contains(":eyes:"), "{}", last.message);
    assert!(last.props.get("bellwether_alert").is_none());
}

#[tokio::test]
async fn a_reaction_to_what_the_bot_has_not_written_changes_nothing() {
    let server = Mattermost::open();
    let mut world = mattermost_world(&server);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    let wu = ("u1wu", "wu");
    let props = serde_json::json!({"bellwether_alert": "a-b-1"});
    let lin = ("u2lin", "lin");
    let own = server.posts()[0].id.clone();
    heard_after(
        &world,
        || server.connections() == 1,
        || {
            let post = server.post_by_another(wu, "mine", &props);
            server.react(&post, "eyes", wu);
            // It is looked at in its turn: once this one has been taken in, that one was passed over.
            server.react(&own, "eyes", lin);
        },
        "the one that counts was taken in",
        || server.posts()[0].edits == 1,
    )
    .await;
    let taken = alert(&world);
    assert_eq!(taken.state, AlertState::Acknowledged);
    let by = taken.acknowledgement().unwrap().by.clone().unwrap();
    assert_eq!(by, "lin (mattermost u2lin)");
    assert_eq!(taken.history.len(), 2, "{:?}", taken.history);

    // A server that was started anew is listened to again, and asked until it answers who it was.
    server.renew();
    heard_after(
        &world,
        || server.connections() == 2,
        || {
            server.fault(Fault::Status(502));
            server.react(&own, "x", wu);
        },
        "its post says so",
        || server.posts()[0].edits == 2,
    )
    .await;
    assert_eq!(alert(&world).verdict, Some(Verdict::Noise));
}

/// Waits until something holds.
async fn comes_to_hold(holds: impl Fn() -> bool) {
    for tries in 0.. {
        assert!(tries < 1_200, "it does not come to hold");
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}
