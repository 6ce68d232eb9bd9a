//! Whole stretches of a log, played to the monitor, all in one binary. One story alone: `cargo test --release --workspace --test all STORY`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod coordination;
mod engine;
mod following;
mod late;
mod past;
mod restart;
