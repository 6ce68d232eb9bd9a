//! Acceptance: what a user can do with the real program, on loopback, each module a story.
//!
//! `tests/run` builds the program and runs this. One story alone:
//! `cargo build --release -p bellwether && cargo test --release -p bellwether-acceptance search`.
//! Every test has a folder and ports of its own. `BELLWETHER_SEEDS` says how often the crash is
//! repeated, `BELLWETHER_DATA` names the folder of real data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set up its world must fail, loudly and at once"
)]

mod accounts;
mod alertmanager;
mod between;
mod browser;
mod browser_hostile;
mod burst;
mod cases;
mod config;
mod coverage_hours;
mod coverage_messages;
mod crash;
mod demo;
mod emergent;
mod feeds;
mod history;
mod keeping;
mod lineage;
mod mail;
mod narratives;
mod phases;
mod probe;
mod readme;
mod receivers;
mod refusals;
mod reload;
mod routing;
mod search;
mod stage;
mod templates;
mod tidy;
mod unlisted;
mod verdicts;
mod warc;
mod why;
mod written;
