//! Messages on their way to a chat that fails in every way chats do. The clock is moved by hand;
//! nothing sleeps.

use crate::chat;
use crate::world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_alert::outbox::ATTEMPTS_MAX;
use bellwether_api::wording::Names;
use bellwether_model::{BurstState, Clock, DeliveryState, ReceiverKind, Secret, Target, Verdict};
use bellwether_notifier::{Notifier, NotifierError, NotifierSettings};
use bellwether_outbound::{Outbound, OutboundSettings};
use chat::{Act, Chat};
use jiff::tz::TimeZone;
use tokio::sync::{Notify, watch};
use world::{REPEAT, SECRET, World, receiver};

#[tokio::test]
async fn a_message_is_delivered_once() {
    let chat = Chat::start([]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].state, DeliveryState::Delivered);
    world.burst(2, BurstState::Open);
    world.deliver().await;
    world.restart();
    assert_eq!(world.notifier.recover().unwrap(), 0);
    world.advance(Duration::from_secs(864_000));
    assert_eq!(world.deliver().await, []);
    let got = chat.got();
    assert_eq!(
        got.len(),
        1,
        "growth, restart and ten days send nothing again"
    );
    assert_eq!(
        got[0].header("content-type"),
        Some("application/json; charset=utf-8")
    );
    let text = got[0].text();
    assert!(text.starts_with("[DEMO, invented election]"), "{text}");
    assert!(text.contains("31 items, 7 voices in 2 h"), "{text}");
    assert!(
        text.contains("https://bellwether.example.org/bursts/b-1"),
        "{text}"
    );
    assert!(
        text.contains("&lt;!channel&gt;") && !text.contains("@everyone"),
        "{text}"
    );
    assert!(
        !text.contains("https://evil") && !text.contains(REPEAT),
        "{text}"
    );
}

#[tokio::test]
async fn the_end_names_who_had_it_also_where_it_is_late() {
    let chat = Chat::start([Act::Answer(200, "", "ok"), Act::Answer(500, "", "")]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    world.advance(Duration::from_secs(60));
    world.acknowledge("Lin <!here>", Verdict::Useful);
    world.advance(Duration::from_secs(60));
    world.burst(2, BurstState::Ended);
    assert_eq!(world.deliver().await[0].state, DeliveryState::Pending);
    // What is said after the end is not in the message of the end, however late that one arrives.
    world.acknowledge("Wu", Verdict::Noise);
    world.advance_to_next();
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    world.burst(3, BurstState::Ended);
    assert_eq!(world.deliver().await, [], "it ends once");
    let got = chat.got();
    assert!(!got[0].text().contains("Acknowledged"), "{}", got[0].text());
    for end in &got[1..] {
        let text = end.text();
        let line = "Acknowledged by Lin &lt;!here&gt;; verdict: useful";
        assert!(text.lines().any(|one| one == line), "{text}");
    }
    assert_eq!((got.len(), got[1].key()), (3, got[2].key()));
}

#[tokio::test]
async fn a_webhook_gets_the_records() {
    let chat = Chat::start([]).await;
    let mut world = World::new(vec![receiver("desk", ReceiverKind::Webhook, &chat)]);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    let got = chat.got();
    let body = &got[0].body;
    assert_eq!(body["version"], 1);
    assert_eq!(body["key"], got[0].key());
    assert_eq!(body["kind"], "firing");
    assert_eq!(body["possible_repeat"], false);
    assert_eq!(body["alert"]["id"], "a-b-1");
    assert_eq!(body["alert"]["deliveries"][0]["receiver"], "desk");
    assert_eq!(body["burst"]["observed"]["voices"], 7);
    assert_eq!(body["link"], "https://bellwether.example.org/bursts/b-1");
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .contains("@everyone <!channel>"),
        "plain text"
    );
    assert!(!body.to_string().contains(SECRET));
}

#[tokio::test]
async fn a_failing_chat_is_tried_again_with_the_same_key() {
    let busy = Act::Answer(429, "Retry-After: 600\r\n", "rate_limited");
    let chat = Chat::start([Act::Answer(500, "", ""), busy]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    let first = world.deliver().await;
    assert_eq!(first[0].error.as_deref(), Some("127.0.0.1 answered 500"));
    assert_eq!(world.deliver().await, [], "not before its time");
    world.advance_to_next();
    world.deliver().await;
    let wait = world.deliveries()[0]
        .next_at
        .duration_since(world.clock.now());
    assert!(wait.as_secs() >= 599, "the wait asked for is kept: {wait}");
    world.advance_to_next();
    let last = world.deliver().await;
    assert_eq!(
        (last[0].state, last[0].attempts),
        (DeliveryState::Delivered, 3)
    );
    let got = chat.got();
    assert!(got.iter().all(|one| one.key() == got[0].key()));
    assert!(
        got.iter().all(|one| !one.text().contains(REPEAT)),
        "it is known not to have arrived"
    );
}

#[tokio::test]
async fn a_lost_answer_is_repeated_with_the_same_key_and_marked() {
    let chat = Chat::start([Act::Cut]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    let first = world.deliver().await;
    assert!(first[0].possible_repeat && first[0].state == DeliveryState::Pending);
    world.advance_to_next();
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    let got = chat.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].key(), got[1].key());
    assert!(!got[0].text().contains(REPEAT));
    assert!(got[1].text().contains(REPEAT), "{}", got[1].text());
}

#[tokio::test]
async fn a_process_that_dies_while_sending_repeats_and_says_so() {
    let chat = Chat::start([Act::Hang]).await;
    let mut world = World::new(vec![receiver("hook", ReceiverKind::Webhook, &chat)]);
    world.burst(1, BurstState::Open);
    let notifier = Arc::clone(&world.notifier);
    let sending = tokio::spawn(async move { notifier.deliver_due().await });
    chat.arrived.notified().await;
    assert_eq!(
        world.deliveries()[0].state,
        DeliveryState::Sending,
        "noted before it left"
    );
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());

    world.restart();
    assert_eq!(world.notifier.recover().unwrap(), 1);
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    let got = chat.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].key(), got[1].key());
    assert_eq!(got[0].body["alert"]["id"], got[1].body["alert"]["id"]);
    assert_eq!(got[1].body["possible_repeat"], true);
    world.restart();
    assert_eq!(world.deliver().await, []);
}

#[tokio::test]
async fn a_pass_that_was_cut_off_is_repeated_without_a_restart() {
    let chat = Chat::start([Act::Hang]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    let notifier = Arc::clone(&world.notifier);
    let sending = tokio::spawn(async move { notifier.deliver_due().await });
    chat.arrived.notified().await;
    sending.abort();
    let _ = sending.await;
    assert_eq!(world.deliver().await[0].state, DeliveryState::Delivered);
    assert!(chat.got()[1].text().contains(REPEAT));
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_given_up_and_its_address_shown_nowhere() {
    let chat = Chat::start([Act::Answer(404, "", SECRET)]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Dead);
    let error = reports[0].error.clone().unwrap();
    assert!(
        error.contains("404") && error.contains("receivers.toml"),
        "{error}"
    );
    assert!(!format!("{reports:?}{:?}", world.deliveries()).contains(SECRET));
    world.advance(Duration::from_secs(864_000));
    assert_eq!(world.deliver().await, []);
    assert_eq!(chat.got().len(), 1);
}

#[tokio::test]
async fn nobody_listens_for_a_day() {
    let chat = Chat::start([]).await;
    let mut gone = receiver("chat", ReceiverKind::Slack, &chat);
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    gone.target = Target::Address {
        url: Secret::new(format!("http://{free}/hooks/{SECRET}")),
    };
    let mut world = World::new(vec![gone]);
    world.burst(1, BurstState::Open);
    let mut attempts = 0;
    while world.notifier.next_due().unwrap().is_some() {
        world.advance_to_next();
        let reports = world.deliver().await;
        let error = reports[0].error.clone().unwrap();
        assert!(
            error.contains("127.0.0.1") && !error.contains(SECRET),
            "{error}"
        );
        assert!(!reports[0].possible_repeat, "it never arrived");
        attempts += 1;
    }
    assert_eq!(attempts, ATTEMPTS_MAX);
    assert_eq!(world.deliveries()[0].state, DeliveryState::Dead);
}

#[tokio::test]
async fn the_end_is_not_told_before_the_beginning() {
    let chat = Chat::start([Act::Answer(503, "", ""), Act::Answer(503, "", "")]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    world.burst(1, BurstState::Open);
    world.deliver().await;
    world.advance(Duration::from_secs(1));
    world.burst(2, BurstState::Ended);
    assert_eq!(world.deliver().await, [], "the end waits for the beginning");
    world.advance_to_next();
    assert_eq!(world.deliver().await.len(), 1, "and goes on waiting");
    world.advance_to_next();
    let reports = world.deliver().await;
    assert_eq!(reports.len(), 2);
    let got = chat.got();
    assert!(got[2].text().contains("Burst:") && got[2].text().contains("resolved in the meantime"));
    assert!(got[3].text().contains("Resolved:"), "{}", got[3].text());
}

#[tokio::test]
async fn one_failing_receiver_does_not_hold_up_another() {
    let (good, bad) = (
        Chat::start([]).await,
        Chat::start([Act::Answer(500, "", "")]).await,
    );
    let mut off = receiver("off", ReceiverKind::Slack, &good);
    off.enabled = false;
    let mut world = World::new(vec![
        receiver("bad", ReceiverKind::Slack, &bad),
        receiver("good", ReceiverKind::Slack, &good),
        off,
    ]);
    world.burst(1, BurstState::Open);
    let mut states: Vec<_> = world
        .deliver()
        .await
        .into_iter()
        .map(|r| (r.receiver.to_string(), r.state))
        .collect();
    states.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        states,
        [
            ("bad".to_owned(), DeliveryState::Pending),
            ("good".to_owned(), DeliveryState::Delivered),
            ("off".to_owned(), DeliveryState::Dead),
        ]
    );
    assert_eq!(good.got().len(), 1);
}

#[tokio::test]
async fn a_private_address_is_refused_unless_its_receiver_allows_it() {
    let chat = Chat::start([]).await;
    let mut receiver = receiver("chat", ReceiverKind::Slack, &chat);
    receiver.allow_networks.clear();
    let mut world = World::new(vec![receiver]);
    world.burst(1, BurstState::Open);
    let reports = world.deliver().await;
    assert_eq!(reports[0].state, DeliveryState::Pending);
    assert!(
        reports[0]
            .error
            .as_deref()
            .unwrap()
            .contains("allow_networks")
    );
    assert_eq!(chat.got().len(), 0);
}

#[tokio::test]
async fn a_network_that_is_none_is_named() {
    let chat = Chat::start([]).await;
    let mut receiver = receiver("chat", ReceiverKind::Slack, &chat);
    receiver.allow_networks = vec!["10.0.0.0/99".to_owned()];
    let world = World::new(Vec::new());
    let outbound = Outbound::new(OutboundSettings::default()).unwrap();
    let settings = NotifierSettings {
        public_url: None,
        zone: TimeZone::UTC,
        elections: Vec::new(),
        election_of: BTreeMap::new(),
        invented: false,
        names: Names::default(),
        passes: bellwether_access::Passes::of([7; 32]),
        dead_letters: std::collections::BTreeMap::new(),
    };
    let desk = Arc::new(Mutex::new(world.desk()));
    let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
    let result = Notifier::new(desk, &outbound, vec![receiver], settings, clock);
    assert!(matches!(
        result.err().unwrap(),
        NotifierError::Network { .. }
    ));
}

#[tokio::test]
async fn the_loop_sends_when_woken_and_ends_when_asked() {
    let chat = Chat::start([]).await;
    let mut world = World::new(vec![receiver("chat", ReceiverKind::Slack, &chat)]);
    let (end, shutdown) = watch::channel(false);
    let wake = Arc::new(Notify::new());
    let (notifier, woken) = (Arc::clone(&world.notifier), Arc::clone(&wake));
    let running = tokio::spawn(async move { notifier.run(shutdown, woken).await });
    world.burst(1, BurstState::Open);
    wake.notify_one();
    chat.arrived.notified().await;
    end.send(true).unwrap();
    running.await.unwrap();
    assert_eq!(chat.got().len(), 1);
}

#[tokio::test]
async fn a_chat_that_never_answers_holds_up_no_other() {
    let silent = Chat::start([Act::Hang, Act::Hang]).await;
    let well = Chat::start([]).await;
    let mut world = World::new(vec![
        receiver("a-silent", ReceiverKind::Slack, &silent),
        receiver("well", ReceiverKind::Slack, &well),
    ]);
    let (end, shutdown) = watch::channel(false);
    let wake = Arc::new(Notify::new());
    let (notifier, woken) = (Arc::clone(&world.notifier), Arc::clone(&wake));
    let running = tokio::spawn(async move { notifier.run(shutdown, woken).await });
    world.burst(1, BurstState::Open);
    wake.notify_one();
    silent.arrived.notified().await;
    well.arrived.notified().await;
    // The first still waits for its answer: it would for half a minute.
    world.burst(2, BurstState::Ended);
    wake.notify_one();
    let second = tokio::time::timeout(Duration::from_secs(10), well.arrived.notified());
    assert!(
        second.await.is_ok(),
        "the second message comes in the meantime"
    );
    assert_eq!((silent.got().len(), well.got().len()), (1, 2));
    running.abort();
    drop(end);
}
