//! Killed at any moment, again and again: nothing is lost, nothing is there twice, the chat is told,
//! and a message that may have come before says so.
//!
//! Each seed has a folder of its own. First, `run` polls feeds in which a burst stands, and is killed
//! until every item is found. Then, after the next tick of the log's time, it is killed until the
//! chat has its message. All seeds share the wait for the tick.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bellwether_testkit::{Chance, Chat, Project, Server, now, until};
use serde_json::Value;

use crate::stage;

/// How many seeds, where `BELLWETHER_SEEDS` does not say.
const SEEDS: u64 = 50;

/// Kills in each half of a seed at most; then `run` is left alone until it is done.
const KILLS_MAX: u64 = 8;

/// How long the chat takes to answer, so that some answers are lost.
const CHAT_PAUSE: Duration = Duration::from_millis(15);

/// A `run` that is left alone is done within this, on any machine.
const DONE_MAX: Duration = Duration::from_secs(60);

/// The tick of the log's time.
const TICK_SECONDS: i64 = 60;

/// Kills of all seeds while an alert was found and told.
static KILLS: AtomicU64 = AtomicU64::new(0);

struct Seed {
    number: u64,
    /// A `run` is killed within this time of its start, in microseconds: so long its work takes on
    /// this machine, the chat included, and half as long again.
    life_us_max: u64,
    project: Project,
    chat: Chat,
    past: usize,
    _feeds: Server,
}

#[test]
fn killed_at_any_moment_nothing_is_lost_or_there_twice() {
    let count = std::env::var("BELLWETHER_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(SEEDS);
    let template = stage::project(&stage::topical_feeds(), "webhook", "http://127.0.0.1:9/");
    let past = stage::import_past(&template);
    let life = (work_takes(&Seed::open(0, &template, past, 0)) + CHAT_PAUSE) * 3 / 2;
    let life = u64::try_from(life.as_micros()).unwrap();
    let seeds: Vec<Seed> = (1..=count)
        .map(|number| Seed::open(number, &template, past, life))
        .collect();
    side_by_side(&seeds, Seed::collect);
    let collected = now().as_second() / TICK_SECONDS;
    until("the next tick", Duration::from_secs(70), || {
        (now().as_second() / TICK_SECONDS > collected).then_some(())
    });
    side_by_side(&seeds, Seed::alert);
    side_by_side(&seeds, Seed::check);
    let messages: usize = seeds.iter().map(|seed| seed.chat.received().len()).sum();
    let kills = KILLS.load(Ordering::Relaxed);
    println!(
        "{count} seeds, killed within {life} us of each start, {kills} times while an alert was found and told; \
         {messages} messages reached their chats"
    );
    assert!(
        kills >= 2 * count,
        "{kills} kills are too few to say anything"
    );
}

/// How long `run` takes to poll, keep and index all, when it is left alone.
fn work_takes(seed: &Seed) -> Duration {
    let started = Instant::now();
    seed.run_until_kept();
    started.elapsed()
}

/// Two at once, one for each core there is at least.
fn side_by_side(seeds: &[Seed], work: fn(&Seed)) {
    let (left, right) = seeds.split_at(seeds.len() / 2);
    std::thread::scope(|scope| {
        for half in [left, right] {
            scope.spawn(move || half.iter().for_each(work));
        }
    });
}

impl Seed {
    fn open(number: u64, template: &Project, past: usize, life_us_max: u64) -> Self {
        let feeds = stage::topical_feeds();
        let chat = Chat::slow(CHAT_PAUSE);
        let project = stage::project(&feeds, "webhook", &chat.url());
        project.take_data(template);
        Self {
            number,
            life_us_max,
            project,
            chat,
            past,
            _feeds: feeds,
        }
    }

    fn items(&self) -> usize {
        self.past + stage::PAPERS * stage::ITEMS_EACH
    }

    /// Starts `run` and kills it at moments that the seed decides.
    fn kill_again_and_again(&self, chance: &mut Chance) -> u64 {
        let kills = 1 + chance.below(KILLS_MAX);
        for _ in 0..kills {
            let running = self.project.start(&["run"]);
            // Half of the kills within an eighth of the time: a start is where most is opened and cut.
            let life_us_max = self.life_us_max >> (3 * chance.below(2));
            std::thread::sleep(Duration::from_micros(chance.below(life_us_max.max(1))));
            running.kill();
        }
        kills
    }

    fn collect(&self) {
        let _ = self.kill_again_and_again(&mut Chance::of(self.number * 2));
        self.run_until_kept();
    }

    fn run_until_kept(&self) {
        let mut running = self.project.start(&["run"]);
        until(&self.what("every item"), DONE_MAX, || {
            (running.get("/api/v1/search?q=*").json()["total"] == self.items()).then_some(())
        });
        running.kill();
    }

    fn alert(&self) {
        // Asked for by name, one paper answers before its minute is over: the log's time goes on.
        let _ = self
            .project
            .run(&["poll", "--once", "--source", "paper-0"])
            .good();
        let kills = self.kill_again_and_again(&mut Chance::of(self.number * 2 + 1));
        KILLS.fetch_add(kills, Ordering::Relaxed);
        let mut running = self.project.start(&["run"]);
        until(&self.what("the message"), DONE_MAX, || {
            let alerts = running.get("/api/v1/alerts").json();
            (alerts["items"][0]["deliveries"][0]["state"] == "delivered").then_some(())
        });
        running.kill();
    }

    fn check(&self) {
        let seed = self.what("what is left");
        let found = self
            .project
            .run(&["search", "*", "--all", "--limit", "1000", "--json"])
            .good()
            .json();
        let ids: BTreeSet<String> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].to_string())
            .collect();
        assert_eq!(found["total"], self.items(), "{seed}");
        assert_eq!(ids.len(), self.items(), "{seed}");
        let kept = self
            .project
            .run(&["items", "--limit", "1000", "--json"])
            .good()
            .lines();
        assert_eq!(kept.len(), self.items(), "{seed}");
        assert!(kept.iter().all(|item| item["versions"] == 1), "{seed}");

        let alerts = self
            .project
            .run(&["alerts", "--history", "--json"])
            .good()
            .lines();
        assert_eq!(alerts.len(), 1, "{seed}: {alerts:?}");
        let received = self.chat.received();
        let firing: Vec<&Value> = received
            .iter()
            .map(|message| &message.body)
            .filter(|body| body["kind"] == "firing")
            .collect();
        assert!(!firing.is_empty(), "{seed}");
        let keys: BTreeSet<&str> = received
            .iter()
            .filter(|message| message.body["kind"] == "firing")
            .map(|message| message.key.as_str())
            .collect();
        assert_eq!(keys.len(), 1, "{seed}: {keys:?}");
        assert!(
            firing[1..]
                .iter()
                .all(|body| body["possible_repeat"] == true),
            "{seed}: a repeated message does not say so: {firing:?}"
        );
    }

    /// What is waited for or looked at, with the command that repeats it.
    fn what(&self, what: &str) -> String {
        format!(
            "{what} of seed {} (BELLWETHER_SEEDS={} cargo test --release -p bellwether-acceptance crash)",
            self.number, self.number
        )
    }
}
