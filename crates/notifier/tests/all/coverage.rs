//! Messages about collection on their way to a chat that fails.

use crate::chat;
use crate::world;

use std::time::Duration;

use bellwether_alert::coverage::source_alert_id;
use bellwether_model::{DeliveryState, ReceiverKind, SourceId, SourceState, Timestamp};
use chat::{Act, Chat};
use world::{REPEAT, World, receiver};

#[tokio::test]
async fn a_report_of_coverage_goes_the_same_way_as_a_burst() {
    // The answer is lost, then the process is killed while it sends, then all is well.
    let chat = Chat::start([Act::Cut]).await;
    let mut world = World::new(vec![
        receiver("chat", ReceiverKind::Slack, &chat),
        receiver("desk", ReceiverKind::Webhook, &chat),
    ]);
    world.coverage(SourceState::Failing);
    world.deliver().await;
    let mut sending = world.desk().due(Timestamp::MAX, 10).unwrap();
    for (delivery, _) in &mut sending {
        delivery.state = DeliveryState::Sending;
        world.desk().update_delivery(delivery).unwrap();
    }
    world.restart();
    assert_eq!(world.notifier.recover().unwrap(), sending.len());
    world.advance(Duration::from_secs(3600));
    // Recovery waits for what was told before it.
    world.coverage(SourceState::Ok);
    world.deliver().await;
    world.advance(Duration::from_secs(3600));
    world.deliver().await;
    assert_eq!(world.deliver().await, [], "and no more");
    let got = chat.got();
    let slack: Vec<String> = got
        .iter()
        .filter(|one| one.body.get("text").is_some())
        .map(|one| one.text().to_owned())
        .collect();
    let last = slack.last().unwrap();
    assert!(last.contains("Coverage: 2 as before again"), "{last}");
    let trouble = &slack[slack.len() - 2];
    assert!(trouble.contains("Coverage: 2 failing"), "{trouble}");
    assert!(
        trouble.contains("https://bellwether.example.org/sources"),
        "{trouble}"
    );
    assert!(!trouble.contains("@everyone"), "{trouble}");
    let hooks: Vec<_> = got
        .iter()
        .filter(|one| one.body.get("coverage").is_some())
        .collect();
    let firing: Vec<_> = hooks
        .iter()
        .filter(|one| one.body["kind"] == "firing")
        .collect();
    assert!(firing.iter().all(|one| one.key() == firing[0].key()));
    let body = &firing.last().unwrap().body;
    assert_eq!(body["coverage"]["changes"][0]["source"], "harbour-post");
    assert_eq!(body["coverage"]["changes"][1]["to"], "failing");
    assert_eq!(body["coverage"]["states"][0]["sources"], 2);
    assert_eq!(body["alert"]["cause"], "source");
    assert!(body.get("burst").is_none());
    // Both messages to whom the answer was lost or who were being told say so.
    let repeats = got
        .iter()
        .filter(|one| one.body.to_string().contains(REPEAT))
        .count();
    assert_eq!(repeats, sending.len());
    // The message stands with each of the alerts it speaks of.
    for source in ["harbour-post", "river-daily"] {
        let begun = "2026-11-24T08:01:00Z".parse().unwrap();
        let id = source_alert_id(&SourceId::new(source), begun);
        let deliveries = world.desk().deliveries(&id).unwrap();
        assert_eq!(deliveries.len(), 4);
        assert!(
            deliveries
                .iter()
                .all(|d| d.state == DeliveryState::Delivered)
        );
    }
}
