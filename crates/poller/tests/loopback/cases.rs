//! Field cases of fetching, on the test's clock, as written.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use bellwether_model::{Clock, OutcomeKind, SourceId, Timestamp};
use bellwether_poller::{Poller, RETRY_AFTER_MAX};

use crate::world::{Says, World, rss};

/// Lets the poller poll what is due until a time, and tells after each round what was asked.
async fn run_until(
    world: &World,
    poller: &Poller,
    end: Timestamp,
    mut asked: impl FnMut(Timestamp),
) {
    loop {
        let next = poller.next_due().unwrap().max(world.clock.now());
        if next >= end {
            return;
        }
        let wait = next.duration_since(world.clock.now());
        world.clock.advance(Duration::try_from(wait).unwrap());
        poller.poll_due().await.unwrap();
        asked(world.clock.now());
    }
}

fn midnight(day_and_time: &str) -> Timestamp {
    format!("2026-11-{day_and_time}Z").parse().unwrap()
}

/// A server with one ancient `Last-Modified`, which says 304 to any condition.
#[tokio::test]
async fn fc_012_an_ancient_date() {
    let world = World::new().await;
    world.clock.set("2026-11-20T00:00:00Z");
    let says = |ids: &[&str]| {
        let entries: Vec<_> = ids
            .iter()
            .map(|id| (*id, *id, *id, "Thu, 19 Nov 2026 23:00:00 GMT"))
            .collect();
        Says::new(200, rss(&entries))
            .header("last-modified", "Tue, 01 Jan 1980 00:00:01 GMT")
            .frozen()
    };
    world.says("/s", says(&["i1"]));
    let poller = world.poller(vec![world.source("s")]);
    run_until(&world, &poller, midnight("20T03:00:00"), |_| ()).await;
    world.says("/s", says(&["i1", "i2"]));
    let mut found_at = None;
    run_until(&world, &poller, midnight("21T06:00:00"), |now| {
        if found_at.is_none() && world.items("s").len() == 2 {
            found_at = Some(now);
        }
    })
    .await;
    let found_at = found_at.unwrap();
    assert!(
        found_at < midnight("20T04:00:00"),
        "a false date is not sent back: {found_at}"
    );
}

/// The same with a date that is not false on its face: the silence ends, and is told before.
#[tokio::test]
async fn fc_012_a_server_that_never_says_anything_else() {
    let world = World::new().await;
    world.clock.set("2026-11-20T00:00:00Z");
    let says = |ids: &[&str]| {
        let entries: Vec<_> = ids.iter().map(|id| (*id, *id, *id, "")).collect();
        Says::new(200, rss(&entries))
            .header("last-modified", "Fri, 20 Nov 2026 00:00:00 GMT")
            .frozen()
    };
    world.says("/s", says(&["i1"]));
    let poller = world.poller(vec![world.source("s")]);
    run_until(&world, &poller, midnight("20T03:00:00"), |_| ()).await;
    world.says("/s", says(&["i1", "i2"]));
    let (mut found_at, mut told_at) = (None, None);
    run_until(&world, &poller, midnight("21T06:00:00"), |now| {
        let outcome = world
            .reader()
            .last_outcome(&SourceId::new("s"))
            .unwrap()
            .unwrap();
        if outcome.kind == OutcomeKind::NotModified
            && outcome
                .repaired
                .is_some_and(|note| note.contains("only \"not modified\""))
        {
            told_at.get_or_insert(now);
        }
        if world.items("s").len() == 2 {
            found_at.get_or_insert(now);
        }
    })
    .await;
    assert!(told_at.unwrap() < midnight("20T07:00:00"), "{told_at:?}");
    assert!(found_at.unwrap() <= midnight("20T13:00:00"), "{found_at:?}");
    let without = world
        .requests("/s")
        .iter()
        .filter(|headers| !headers.contains_key("if-modified-since"))
        .count();
    assert!(without > 3, "and it is not believed afterwards: {without}");
}

/// Servers that ask for patience, for thirty days.
#[tokio::test]
async fn fc_013_patience() {
    const PATHS: [&str; 4] = ["r1", "r2", "r3", "r4"];
    let world = World::new().await;
    world.clock.set("2026-11-20T00:00:00Z");
    let start = world.clock.now();
    let busy = |status: u16, after: &str| Says::new(status, "").header("retry-after", after);
    world.says("/r1", busy(429, "7200"));
    world.says("/r2", busy(503, "Fri, 20 Nov 2026 01:30:00 GMT"));
    world.says("/r3", busy(429, "315360000"));
    let feed = |number: usize| {
        let id = number.to_string();
        Says::new(200, rss(&[(&id, &id, &id, "")]))
    };
    world.says("/r4", feed(0));
    let poller = world.poller(PATHS.map(|id| world.source(id)).to_vec());
    let mut times: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    let end = start.checked_add(Duration::from_secs(30 * 86_400)).unwrap();
    run_until(&world, &poller, end, |now| {
        for path in PATHS {
            let asked = world.asked(&format!("/{path}"));
            let known = times.entry(path).or_default();
            assert!(asked <= known.len() + 1, "{path} is asked twice at once");
            if asked > known.len() {
                known.push(now);
            }
        }
        if times["r1"].len() == 1 {
            for path in ["/r1", "/r2"] {
                world.says(path, feed(1));
            }
        }
        world.says("/r4", feed(times["r4"].len()));
    })
    .await;
    let minutes =
        |path: &str, number: usize| times[path][number].duration_since(start).as_secs() / 60;
    assert!(
        (120..125).contains(&minutes("r1", 1)),
        "{}",
        minutes("r1", 1)
    );
    assert!((90..95).contains(&minutes("r2", 1)), "{}", minutes("r2", 1));
    let cap = i64::try_from(RETRY_AFTER_MAX.as_secs()).unwrap() / 60;
    assert!(
        (60..=cap + 1).contains(&minutes("r3", 1)),
        "{}",
        minutes("r3", 1)
    );
    assert!(cap <= 7 * 24 * 60);
    assert!(
        times["r3"].len() >= 29,
        "asked again and again: {}",
        times["r3"].len()
    );
    let outcome = world
        .reader()
        .last_outcome(&SourceId::new("r3"))
        .unwrap()
        .unwrap();
    let error = outcome.error.unwrap();
    assert!(
        error.contains("429") && error.contains("315360000") && error.contains("86400"),
        "{error}"
    );
    assert!(!error.contains("XML"), "{error}");
    let gaps = times["r4"]
        .windows(2)
        .map(|two| two[1].duration_since(two[0]).as_secs());
    let longest = gaps.max().unwrap();
    assert!(longest <= 660, "r4 keeps its rhythm: {longest} s");
}

/// A packed answer that would be 64 MiB: stopped at the limit, whichever way it comes, in memory too.
#[tokio::test]
async fn fc_014_bombs_beside_healthy_feeds() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(b"<?xml version=\"1.0\"?><rss><channel>")
        .unwrap();
    for _ in 0..64 {
        encoder.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let mut twice = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    twice.write_all(&bomb).unwrap();
    let twice = twice.finish().unwrap();
    let world = World::new().await;
    world.says(
        "/bomb",
        Says::new(200, bomb).header("content-encoding", "gzip"),
    );
    world.says(
        "/twice",
        Says::new(200, twice).header("content-encoding", "gzip, gzip"),
    );
    for path in ["/healthy-1", "/healthy-2"] {
        world.says(path, Says::new(200, rss(&[(path, path, path, "")])));
    }
    let sources = ["bomb", "twice", "healthy-1", "healthy-2"]
        .map(|id| world.source(id))
        .to_vec();
    let poller = world.poller(sources);
    let before = memory_peak_mib();
    let reports = poller.poll_due().await.unwrap();
    let grown = memory_peak_mib() - before;
    for report in reports {
        let outcome = report.outcome;
        match report.source.as_str() {
            "bomb" => {
                assert_eq!(outcome.kind, OutcomeKind::Limit);
                assert!(outcome.error.unwrap().contains("8388608"));
            }
            // Such a coding nobody asked for: what comes is not read.
            "twice" => assert_eq!(outcome.kind, OutcomeKind::NotAFeed),
            _ => assert_eq!(outcome.items_new, 1),
        }
    }
    assert_eq!(world.reader().item_count().unwrap(), 2);
    assert!(grown < 40, "{grown} MiB");
}

fn memory_peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
