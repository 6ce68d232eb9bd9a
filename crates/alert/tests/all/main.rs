//! The life of alerts and of their messages, all in one binary. One story alone: `cargo test --release --workspace --test all STORY`.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod coverage;
mod dispatch;
mod labels;
mod life;
mod verdicts;
