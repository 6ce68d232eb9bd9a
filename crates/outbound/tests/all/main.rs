//! Requests against servers on loopback, all in one binary. One story alone: `cargo test --release --workspace --test all STORY`.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod codings;
mod names;
mod requests;
mod server;
