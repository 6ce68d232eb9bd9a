//! Posts that a channel shows no more, from the channel to the log.

use std::time::Duration;

use bellwether_archive::{Forget, LogWriter};
use bellwether_model::{Absence, CaptureId, Source, SourceId, SourceKind};
use bellwether_poller::Poller;

use crate::world::{Says, World};

const PATH: &str = "/s/Example";

fn channel(posts: &[u32]) -> String {
    let posts: String = posts
        .iter()
        .map(|number| {
            format!(
                r#"<div class="tgme_widget_message" data-post="Example/{number}"><div class="tgme_widget_message_text">計票 {number}</div><a class="tgme_widget_message_date"><time datetime="2026-11-20T11:00:00+00:00">11:00</time></a></div>"#
            )
        })
        .collect();
    format!(r#"<html><body><section class="tgme_channel_history">{posts}</section></body></html>"#)
}

struct Channel {
    world: World,
    poller: Poller,
}

impl Channel {
    async fn new() -> Self {
        let world = World::new().await;
        let poller = world.poller(vec![source(&world)]);
        Self { world, poller }
    }

    /// Looks at the channel as it is, an interval after the look before.
    async fn shows(&self, posts: &[u32]) -> Option<String> {
        let says = Says::new(200, channel(posts));
        let etag = format!("\"{posts:?}\"").leak();
        self.world.says(PATH, says.etag(etag));
        self.world.clock.advance(Duration::from_secs(3600));
        let report = self.poller.poll(&SourceId::new("telegram")).await.unwrap();
        assert!(report.outcome.kind.is_collected());
        report.outcome.repaired
    }

    fn absences(&self, number: u32) -> Vec<Absence> {
        let text = format!("計票 {number}");
        let items = self.world.items("telegram");
        let item = items.iter().find(|item| item.text == text).unwrap();
        self.world.reader().absences(item.id).unwrap()
    }

    fn shows_post(&self, capture: CaptureId, number: u32) -> bool {
        let body = self.world.reader().capture(capture).unwrap().unwrap().body;
        String::from_utf8(body)
            .unwrap()
            .contains(&format!("計票 {number}<"))
    }
}

fn source(world: &World) -> Source {
    Source {
        kind: SourceKind::Telegram,
        url: Some(format!("http://{}{PATH}", world.address)),
        ..world.source("telegram")
    }
}

#[tokio::test]
async fn a_deleted_post_is_gone_at_its_source_with_the_captures_of_both_looks() {
    let mut channel = Channel::new().await;
    channel.shows(&[1, 2, 3, 4]).await;
    channel.shows(&[1, 2, 4]).await;
    assert_eq!(channel.absences(3), [], "one look is a question");
    // The poller starts anew, and its server would rather say that nothing has changed.
    channel.poller = channel.world.poller(vec![source(&channel.world)]);
    channel.shows(&[1, 2, 4]).await;
    let absences = channel.absences(3);
    let [absence] = &absences[..] else {
        unreachable!("{absences:?}");
    };
    assert_eq!(absence.source.as_str(), "telegram");
    assert_eq!(absence.last_shown.at.to_string(), "2026-11-20T13:00:00Z");
    assert_eq!(absence.first_missing.at.to_string(), "2026-11-20T14:00:00Z");
    assert_eq!(absence.confirmed.at.to_string(), "2026-11-20T15:00:00Z");
    assert_eq!(absence.back, None);
    assert!(channel.shows_post(absence.last_shown.capture, 3));
    for look in [absence.first_missing, absence.confirmed] {
        assert!(!channel.shows_post(look.capture, 3));
        assert!(channel.shows_post(look.capture, 2) && channel.shows_post(look.capture, 4));
    }
    assert_eq!(channel.absences(2), []);
    // Shown again: no longer gone, and yet it was.
    channel.shows(&[1, 2, 3, 4]).await;
    let back = channel.absences(3)[0].back.unwrap();
    assert_eq!(back.at.to_string(), "2026-11-20T16:00:00Z");
    assert!(channel.shows_post(back.capture, 3));
    // And a second time.
    channel.shows(&[1, 2, 4]).await;
    channel.shows(&[1, 2, 4]).await;
    let twice = channel.absences(3);
    assert_eq!((twice.len(), twice[1].back), (2, None));
    assert_eq!(twice[0].back, Some(back));
}

#[tokio::test]
async fn a_list_that_lost_most_of_its_posts_says_so_and_nothing_is_gone() {
    let channel = Channel::new().await;
    assert_eq!(channel.shows(&[1, 2, 3, 4, 5, 6]).await, None);
    let note = channel.shows(&[1, 6]).await.unwrap();
    assert!(note.contains("4 of 6 posts"), "{note}");
    assert_eq!(channel.shows(&[1, 6]).await, None);
    channel.shows(&[1, 6]).await;
    for number in 2..6 {
        assert_eq!(channel.absences(number), []);
    }
}

#[tokio::test]
async fn what_is_forgotten_is_not_gone_at_its_source() {
    let channel = Channel::new().await;
    for posts in [&[1, 2, 3][..], &[1, 3], &[1, 3]] {
        channel.shows(posts).await;
    }
    assert_eq!(channel.absences(2).len(), 1);
    let item = channel.world.items("telegram")[1].id;
    let world = &channel.world;
    let forget = Forget {
        item,
        by: "Lin".to_owned(),
        why: "court order".to_owned(),
    };
    LogWriter::open(&world.dir)
        .unwrap()
        .forget(&forget, "2026-11-20T16:00:00Z".parse().unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(world.reader().absences(item).unwrap(), []);
}
