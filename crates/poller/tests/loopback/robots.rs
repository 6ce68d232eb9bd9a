//! What `robots.txt` of a site asks, and how it is asked for.

use std::time::Duration;

use bellwether_outbound::{Outbound, OutboundSettings};
use bellwether_poller::fetch::{Fetcher, Permission, Robots};

use crate::world::{Says, World};

fn outbound() -> Outbound {
    Outbound::new(OutboundSettings {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..OutboundSettings::default()
    })
    .unwrap()
}

async fn permission(world: &World, robots: &Robots, path: &str) -> Permission {
    robots
        .may_read(&format!("http://{}{path}", world.address))
        .await
}

const GRANTED: Permission = Permission::Granted { pause: None };

#[tokio::test]
async fn robots_txt_is_heard_for_pages_and_remembered_for_a_day() {
    let world = World::new().await;
    let robots = || Robots::new(Fetcher::new(outbound(), 4, 2), world.clock.clone());
    let first = robots();
    assert_eq!(
        permission(&world, &first, "/a").await,
        GRANTED,
        "404: nothing is forbidden"
    );
    let rules = "User-agent: *\nDisallow: /\n\nUser-agent: bellwether\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 7\n";
    world.says("/robots.txt", Says::new(200, rules));
    assert_eq!(
        permission(&world, &first, "/private").await,
        GRANTED,
        "remembered"
    );
    assert_eq!(world.requests("/robots.txt").len(), 1);
    let second = robots();
    let paused = Permission::Granted {
        pause: Some(Duration::from_secs(7)),
    };
    for (path, expected) in [
        ("/a", &paused),
        ("/private/x?y=1", &Permission::Denied),
        ("/private/open/x", &paused),
        ("/%70rivate", &Permission::Denied),
    ] {
        assert_eq!(permission(&world, &second, path).await, *expected, "{path}");
    }
    assert_eq!(world.requests("/robots.txt").len(), 2);
    world.clock.advance(Duration::from_secs(24 * 3600));
    world.says("/robots.txt", Says::new(403, ""));
    assert_eq!(
        permission(&world, &second, "/private").await,
        GRANTED,
        "asked again"
    );
}

#[tokio::test]
async fn rules_that_cannot_be_had_forbid_everything_for_a_while() {
    let world = World::new().await;
    let robots = Robots::new(Fetcher::new(outbound(), 4, 2), world.clock.clone());
    for status in [500, 503, 429] {
        world.says("/robots.txt", Says::new(status, ""));
        let found = permission(&world, &robots, "/a").await;
        assert!(
            matches!(&found, Permission::Unknown(why) if why.contains(&status.to_string())),
            "{found:?}"
        );
        world.clock.advance(Duration::from_secs(15 * 60));
    }
    world.says("/robots.txt", Says::new(200, vec![0xff; 700_000]));
    assert_eq!(
        permission(&world, &robots, "/a").await,
        GRANTED,
        "no rules at all"
    );
    let nowhere = robots.may_read("http://127.0.0.1:1/a").await;
    assert!(matches!(nowhere, Permission::Unknown(_)));
    let refused = robots.may_read("http://10.0.0.1/a").await;
    assert_eq!(
        refused, GRANTED,
        "whoever asks for the page is refused, and told why"
    );
    assert!(matches!(
        robots.may_read("nonsense").await,
        Permission::Unknown(_)
    ));
}

#[tokio::test]
async fn long_rules_are_read_to_the_last_whole_line_within_the_bound() {
    let world = World::new().await;
    let mut rules = "User-agent: *\nDisallow: /early\n".to_owned();
    while rules.len() < 512 * 1024 - 10 {
        rules.push_str("Disallow: /some/other/place\n");
    }
    rules.push_str("Disallow: /a-long-path-that-is-cut\nDisallow: /late\n");
    world.says("/robots.txt", Says::new(200, rules));
    let robots = Robots::new(Fetcher::new(outbound(), 4, 2), world.clock.clone());
    assert_eq!(
        permission(&world, &robots, "/early").await,
        Permission::Denied
    );
    assert_eq!(permission(&world, &robots, "/a").await, GRANTED);
    assert_eq!(permission(&world, &robots, "/late").await, GRANTED);
}
