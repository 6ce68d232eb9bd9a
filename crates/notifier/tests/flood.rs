//! A flood of alerts takes little memory, however long it lasts. Alone in its binary, since all of its memory
//! is measured.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

#[path = "all/chat/mod.rs"]
mod chat;
#[path = "all/world/mod.rs"]
mod world;

use std::time::Duration;

use bellwether_model::{BurstState, Limit, Pacing, ReceiverKind, Severity};
use chat::Chat;
use peak_alloc::PeakAlloc;
use world::{World, receiver};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What the notifier may take in a pass of the flood, and once, to decide over ten thousand alerts that
/// wait: some 3 kB for each of them.
const PASS_BYTES_MAX: usize = 8 << 20;
const SUMMARY_BYTES_MAX: usize = 48 << 20;

const RULES: u32 = 200;
const MINUTES: u32 = 10;
const OF_A_RULE_IN_A_MINUTE: u32 = 5;

#[tokio::test]
async fn ten_thousand_bursts_of_two_hundred_rules_take_little_memory() {
    let chat = Chat::start([]).await;
    let mut receiver = receiver("chat", ReceiverKind::Slack, &chat);
    receiver.pacing = Pacing {
        limit: Some(Limit {
            messages: 30,
            per: Duration::from_secs(3_600),
        }),
        ..Pacing::default()
    };
    let world = World::new(vec![receiver]);
    let mut peaks = Vec::new();
    for minute in 0..MINUTES {
        for rule in 0..RULES {
            let begin = (minute * RULES + rule) * OF_A_RULE_IN_A_MINUTE;
            let ids: Vec<String> = (begin..begin + OF_A_RULE_IN_A_MINUTE)
                .map(|number| format!("b-{number:05}"))
                .collect();
            let rule = format!("rule-{rule}");
            world.bursts_of(&rule, &ids, Severity::Info, BurstState::Open);
        }
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        world.deliver().await;
        peaks.push(MEMORY.peak_usage().saturating_sub(before));
        world.advance(Duration::from_secs(60));
    }
    assert_eq!(chat.got().len(), 30);
    world.advance_to_next();
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    world.deliver().await;
    let summary = MEMORY.peak_usage().saturating_sub(before);
    assert_eq!(chat.got().len(), 31, "and one summary");
    println!("bytes at most, by pass: {peaks:?}; of the summary: {summary}");
    assert!(peaks.iter().all(|peak| *peak < PASS_BYTES_MAX), "{peaks:?}");
    assert!(summary < SUMMARY_BYTES_MAX, "{summary}");
}
