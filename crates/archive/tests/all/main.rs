//! The stores, all in one binary. One story alone: `cargo test --release --workspace --test all STORY`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod columns;
mod compared;
mod desk_before;
mod keeper;
mod past;
mod stores;
mod stories;
