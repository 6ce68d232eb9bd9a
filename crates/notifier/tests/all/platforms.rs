//! Messages to servers that enforce what the platforms say of schema, size, rate and signature.

use crate::world;

use std::time::Duration;

use bellwether_model::{
    BurstState, DeliveryState, Receiver, ReceiverId, ReceiverKind, Secret, Target,
};
use bellwether_testkit::{
    AlertmanagerApi, DiscordApp, DiscordHook, Fault, LineApi, MatrixServer, Mattermost, Platform,
    SignedHook, SlackApi, SlackHook, TeamsFlow, TelegramBot,
};
use world::{REPEAT, World, receiver_at};

/// A name that calls everybody, poses as a link and breaks out of mark-up (FC-029).
const HOSTILE: &str =
    "@everyone <@&1> <!here> <https://e.example/|x> [c](https://e.example/) **b** &";

const LINK: &str = "https://bellwether.example.org/bursts/b-1";

fn at(kind: ReceiverKind, url: &str) -> Receiver {
    let url = Secret::new(url);
    receiver_at("room", kind, Target::Address { url })
}

fn place(kind: ReceiverKind, server: &str, token: &str, to: &str) -> Receiver {
    let target = Target::Place {
        server: server.to_owned(),
        token: Secret::new(token),
        to: to.to_owned(),
    };
    receiver_at("room", kind, target)
}

fn world(receiver: Receiver) -> World {
    let mut world = World::new(vec![receiver]);
    world.name = HOSTILE.to_owned();
    world
}

/// It fires, and later it has ended.
async fn fires_and_ends(world: &mut World) {
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Delivered, "{reports:?}");
    world.advance(Duration::from_secs(3_600));
    world.burst(2, BurstState::Ended);
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Delivered, "{reports:?}");
}

/// The answer to the first attempt is lost.
async fn fires_again_and_ends(world: &mut World) {
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert!(reports[0].possible_repeat && reports[0].state == DeliveryState::Pending);
    world.advance_to_next();
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    world.advance(Duration::from_secs(3_600));
    world.burst(2, BurstState::Ended);
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
}

/// What a person reads: without what has no shape.
fn read(text: &str) -> String {
    text.replace('\u{2060}', "")
}

fn is_end(text: &str) -> bool {
    text.contains("Resolved:") && text.contains(LINK)
}

#[tokio::test]
async fn a_slack_webhook_calls_nobody_and_has_no_link_but_ours() {
    let slack = SlackHook::open();
    let mut world = world(at(ReceiverKind::Slack, &slack.url()));
    fires_and_ends(&mut world).await;
    assert_eq!(slack.messages().len(), 2);
    assert_eq!(slack.pings(), Vec::<String>::new());
    assert_eq!(slack.links(), []);
    let text = &slack.messages()[0].text;
    let shown = read(text)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    assert!(shown.contains(HOSTILE), "{shown}");
    assert!(text.contains(LINK));
}

#[tokio::test]
async fn discord_reads_the_hostile_headline_as_it_is_and_changes_the_message_at_the_end() {
    let discord = DiscordHook::open();
    let mut world = world(at(ReceiverKind::Discord, &discord.url()));
    fires_and_ends(&mut world).await;
    let messages = discord.messages();
    assert_eq!(messages.len(), 1, "the end takes the place of the first");
    assert_eq!(messages[0].edits, 1);
    assert_eq!(discord.pings(), Vec::<String>::new());
    assert_eq!(discord.links(), []);
    assert!(is_end(&messages[0].content), "{}", messages[0].content);
    for request in discord.received() {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["allowed_mentions"], serde_json::json!({"parse": []}));
        let shown = read(body["content"].as_str().unwrap()).replace('\\', "");
        assert!(shown.contains(HOSTILE), "{shown}");
    }
}

#[tokio::test]
async fn bots_of_discord_and_mattermost_change_what_they_posted_and_repeat_nothing() {
    let discord = DiscordApp::open();
    let mut world = world(place(
        ReceiverKind::DiscordApp,
        &discord.base(),
        discord.token(),
        discord.channel(),
    ));
    discord.fault(Fault::Cut);
    fires_again_and_ends(&mut world).await;
    let messages = discord.messages();
    assert_eq!((messages.len(), messages[0].edits), (1, 1));
    assert!(is_end(messages[0].content()), "{}", messages[0].content());
    assert_eq!((discord.pings(), discord.links()), (Vec::new(), Vec::new()));
    let first = discord.received().remove(0);
    let body: serde_json::Value = serde_json::from_slice(&first.body).unwrap();
    let shown = read(body["content"].as_str().unwrap()).replace('\\', "");
    assert!(shown.contains(HOSTILE), "{shown}");

    let mattermost = Mattermost::open();
    let mut world = self::world(place(
        ReceiverKind::Mattermost,
        &mattermost.base(),
        mattermost.token(),
        mattermost.channel(),
    ));
    mattermost.fault(Fault::Cut);
    fires_again_and_ends(&mut world).await;
    let posts = mattermost.posts();
    assert_eq!((posts.len(), posts[0].edits), (1, 1));
    assert!(is_end(&posts[0].message), "{}", posts[0].message);
    assert_eq!(posts[0].props["remove_link_preview"], "true");
    assert_eq!(
        (mattermost.pings(), mattermost.links()),
        (Vec::new(), Vec::new())
    );

    // A post that is gone is followed by one of its own.
    let mut again = self::world(place(
        ReceiverKind::Mattermost,
        &mattermost.base(),
        mattermost.token(),
        mattermost.channel(),
    ));
    again.burst(1, BurstState::Open);
    again.deliver().await;
    for post in mattermost.posts() {
        mattermost.delete(&post.id);
    }
    again.advance(Duration::from_secs(3_600));
    again.burst(2, BurstState::Ended);
    let reports = again.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Delivered, "{reports:?}");
    let posts = mattermost.posts();
    assert_eq!(posts.len(), 1);
    assert!(is_end(&posts[0].message), "{}", posts[0].message);

    // A channel that is not ours is a failure.
    let mut lost = self::world(place(
        ReceiverKind::Mattermost,
        &mattermost.base(),
        mattermost.token(),
        "nowhere",
    ));
    lost.burst(1, BurstState::Open);
    let reports = lost.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Dead);
    let error = reports[0].error.as_deref().unwrap();
    assert!(error.contains("api_context_permissions"), "{error}");
    assert!(!error.contains("FAKEsecret"), "{error}");
}

#[tokio::test]
async fn a_message_that_is_no_longer_there_is_followed_by_one_of_its_own() {
    let telegram = TelegramBot::open();
    let target = place(
        ReceiverKind::Telegram,
        &telegram.base(),
        telegram.token(),
        telegram.chat(),
    );
    let mut world = world(target);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    telegram.refuse_next(1, "Bad Request: message to edit not found");
    world.advance(Duration::from_secs(60));
    world.burst(2, BurstState::Ended);
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    let messages = telegram.messages();
    assert_eq!(messages.len(), 2);
    assert!(is_end(&messages[1].text), "{}", messages[1].text);
}

#[tokio::test]
async fn telegram_reads_no_mark_up_and_calls_nobody() {
    let telegram = TelegramBot::open();
    let target = place(
        ReceiverKind::Telegram,
        &telegram.base(),
        telegram.token(),
        telegram.chat(),
    );
    let mut world = world(target);
    fires_and_ends(&mut world).await;
    let messages = telegram.messages();
    assert_eq!((messages.len(), messages[0].edits), (1, 1));
    assert_eq!(telegram.pings(), Vec::<String>::new());
    assert_eq!(telegram.links(), []);
    assert!(is_end(&messages[0].text));
    assert!(
        read(&messages[0].text).contains(HOSTILE),
        "{}",
        messages[0].text
    );
}

#[tokio::test]
async fn a_slack_app_changes_what_it_posted_and_calls_a_failure_in_a_200_a_failure() {
    let slack = SlackApi::open();
    let mut world = world(place(
        ReceiverKind::SlackApp,
        &slack.base(),
        slack.token(),
        slack.channel(),
    ));
    fires_and_ends(&mut world).await;
    let messages = slack.messages();
    assert_eq!((messages.len(), messages[0].edits), (1, 1));
    assert!(is_end(&messages[0].text));
    assert_eq!((slack.pings(), slack.links()), (Vec::new(), Vec::new()));

    let mut lost = self::world(place(
        ReceiverKind::SlackApp,
        &slack.base(),
        slack.token(),
        "C0NOWHERE",
    ));
    lost.burst(1, BurstState::Open);
    let reports = lost.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Dead);
    let error = reports[0].error.as_deref().unwrap();
    assert!(error.contains("channel_not_found"), "{error}");
    assert!(!error.contains("FAKEsecret"), "{error}");
}

/// The link to the evidence, with a pass to the alert.
fn is_ours(address: &str) -> bool {
    let pass = address.strip_prefix(LINK);
    pass.is_some_and(|pass| pass.starts_with("?pass=") && pass.len() > 30)
}

#[tokio::test]
async fn a_card_for_teams_is_one_that_its_workflow_shows() {
    let teams = TeamsFlow::open();
    let mut world = world(at(ReceiverKind::Teams, &teams.url()));
    fires_and_ends(&mut world).await;
    assert_eq!(teams.failed_flows(), 0, "{:?}", teams.failures());
    assert_eq!(teams.cards().len(), 2);
    assert_eq!(teams.pings(), Vec::<String>::new());
    assert!(teams.links().iter().all(|(address, _)| is_ours(address)));
    assert!(teams.cards()[0].to_string().contains(HOSTILE));
    assert!(teams.cards()[0].to_string().contains(LINK));

    world.name = "字".repeat(200_000);
    world.alert = None;
    world.burst(3, BurstState::Open);
    world.deliver().await;
    assert_eq!(teams.failed_flows(), 0, "{:?}", teams.failures());
}

#[tokio::test]
async fn a_repeat_to_matrix_and_to_line_is_one_message() {
    let matrix = MatrixServer::open();
    let mut world = world(place(
        ReceiverKind::Matrix,
        &matrix.base(),
        matrix.token(),
        matrix.room(),
    ));
    matrix.fault(Fault::Cut);
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert!(reports[0].possible_repeat && reports[0].state == DeliveryState::Pending);
    world.advance_to_next();
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    assert_eq!(matrix.messages().len(), 1);
    world.advance(Duration::from_secs(60));
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    let messages = matrix.messages();
    assert_eq!((messages.len(), messages[0].edits), (1, 1));
    assert!(is_end(&messages[0].text), "{}", messages[0].text);
    assert_eq!((matrix.pings(), matrix.links()), (Vec::new(), Vec::new()));

    let line = LineApi::open();
    let mut world = self::world(place(
        ReceiverKind::Line,
        &line.base(),
        line.token(),
        line.group(),
    ));
    line.fault(Fault::Cut);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    world.advance_to_next();
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    let messages = line.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].retry_key.is_some());
    assert!(
        !messages[0].text.contains(REPEAT),
        "the first is what was taken"
    );
}

#[tokio::test]
async fn a_signed_document_is_verified_and_taken_once() {
    let hook = SignedHook::open();
    let target = Target::Signed {
        url: Secret::new(hook.url()),
        key: Secret::new(hook.secret()),
    };
    let mut world = world(receiver_at("room", ReceiverKind::Webhook, target));
    hook.pin_clock(world.now().as_second());
    hook.fault(Fault::Cut);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    world.advance_to_next();
    hook.pin_clock(world.now().as_second());
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Delivered, "{reports:?}");
    let messages = hook.messages();
    assert_eq!((messages.len(), messages[0].repeats), (1, 1));
    assert!(messages[0].is_well_formed && !messages[0].is_too_large);
}

#[tokio::test]
async fn an_alertmanager_has_one_alert_that_ends() {
    let manager = AlertmanagerApi::open();
    let mut world = world(at(ReceiverKind::Alertmanager, &manager.url()));
    manager.pin_clock(world.now());
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Delivered, "{reports:?}");
    assert_eq!(manager.firing().len(), 1);
    let room = ReceiverId::new("room");
    for _ in 0..3 {
        world.advance(Duration::from_secs(2_400));
        manager.pin_clock(world.now());
        assert_eq!(manager.firing().len(), 1, "it holds while it is told again");
        assert_eq!(world.notifier.sustain(&room).await.unwrap(), 1);
    }
    world.burst(2, BurstState::Ended);
    world.deliver().await;
    assert_eq!(manager.firing().len(), 0);
    assert_eq!(
        world.notifier.sustain(&room).await.unwrap(),
        0,
        "what has ended"
    );
    let alerts = manager.alerts();
    assert_eq!((alerts.len(), alerts[0].posts), (1, 5));
    assert!(!format!("{:?}", alerts[0].labels).contains("evil"));
    assert!(alerts[0].annotations["summary"].contains("Resolved:"));
}

#[tokio::test]
async fn the_wait_that_a_platform_asks_for_is_kept() {
    let telegram = TelegramBot::open();
    let discord = DiscordHook::open();
    for (server, receiver) in [
        (
            &telegram as &dyn Platform,
            place(
                ReceiverKind::Telegram,
                &telegram.base(),
                telegram.token(),
                telegram.chat(),
            ),
        ),
        (&discord, at(ReceiverKind::Discord, &discord.url())),
    ] {
        let mut world = world(receiver);
        server.fault(Fault::RetryAfter(Duration::from_secs(700)));
        world.burst(1, BurstState::Open);
        assert_eq!(world.deliver().await[0].state, DeliveryState::Pending);
        let due = world.notifier.next_due().unwrap().unwrap();
        let wait = due.duration_since(world.now()).as_secs();
        assert!((700..720).contains(&wait), "{wait}");
    }
}

#[tokio::test]
async fn nothing_of_a_receiver_that_is_secret_stands_in_an_error() {
    let telegram = TelegramBot::open();
    let slack = SlackApi::open();
    let matrix = MatrixServer::open();
    let line = LineApi::open();
    let discord = DiscordHook::open();
    let teams = TeamsFlow::open();
    let servers: [(&dyn Platform, Receiver); 6] = [
        (
            &telegram,
            place(
                ReceiverKind::Telegram,
                &telegram.base(),
                telegram.token(),
                telegram.chat(),
            ),
        ),
        (
            &slack,
            place(
                ReceiverKind::SlackApp,
                &slack.base(),
                slack.token(),
                slack.channel(),
            ),
        ),
        (
            &matrix,
            place(
                ReceiverKind::Matrix,
                &matrix.base(),
                matrix.token(),
                matrix.room(),
            ),
        ),
        (
            &line,
            place(ReceiverKind::Line, &line.base(), line.token(), line.group()),
        ),
        (&discord, at(ReceiverKind::Discord, &discord.url())),
        (&teams, at(ReceiverKind::Teams, &teams.url())),
    ];
    for (server, receiver) in servers {
        let shown = format!("{receiver:?}");
        assert!(!shown.contains("FAKEsecret"), "{shown}");
        let mut world = world(receiver);
        world.burst(1, BurstState::Open);
        for fault in [
            Fault::Status(404),
            Fault::Status(301),
            Fault::Status(503),
            Fault::Cut,
        ] {
            server.fault(fault);
            let reports = world.deliver().await;
            let error = reports[0].error.clone().unwrap_or_default();
            assert!(
                !error.is_empty() && !error.contains("FAKEsecret"),
                "{error}"
            );
            let receivers = world.receivers.clone();
            world = World::new(receivers);
            world.burst(1, BurstState::Open);
        }
    }
}
