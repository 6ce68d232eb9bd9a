//! With little room on the disk less is asked for, and nothing is lost by it.

use std::time::Duration;

use bellwether_archive::Room;
use bellwether_model::{Reading, Source};
use bellwether_poller::Pages;
use tokio::sync::watch;

use crate::world::{Says, World, rss};

const PAGE: &str = "<!doctype html><html lang=\"en\"><head><title>Bridge</title></head><body><article>\
    <h1>Bridge</h1><p>The works department said on Monday that the bridge over the river closes each \
    night from eleven until five while its joints are replaced, for two weeks in all.</p></article>\
    </body></html>";

fn source(world: &World) -> Source {
    Source {
        reading: Reading {
            article: true,
            ..Reading::default()
        },
        ..world.source("feed")
    }
}

#[tokio::test]
async fn pages_wait_and_then_polling_does() {
    let world = World::new().await;
    let today = "Fri, 20 Nov 2026 11:00:00 GMT";
    let feed = rss(&[("g", "a", "Bridge", today)]);
    let here = format!("http://{}", world.address);
    world.says(
        "/feed",
        Says::new(200, feed.replace("https://news.example.org", &here)),
    );
    world.says(
        "/a",
        Says::new(200, PAGE).header("content-type", "text/html"),
    );
    let (room, told) = watch::channel(Room::NoPages);
    let poller = world.poller(vec![source(&world)]).within(told);
    let mut pages = Pages::new(&poller, world.reader())
        .await
        .unwrap()
        .pausing(Duration::ZERO);
    assert_eq!(poller.poll_due().await.unwrap().len(), 1);
    assert_eq!(pages.catch_up().await.unwrap().read, 0);
    assert_eq!(world.items("feed")[0].versions, 1, "its page waits");
    room.send_replace(Room::Ample);
    assert_eq!(pages.catch_up().await.unwrap().read, 1);
    assert_eq!(world.items("feed")[0].versions, 2);

    room.send_replace(Room::Nothing);
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(poller.poll_due().await.unwrap(), []);
    room.send_replace(Room::NoCaptures);
    assert_eq!(poller.poll_due().await.unwrap().len(), 1);
}
