//! Whole folders of configuration, all in one binary. One story alone: `cargo test --release --workspace --test all STORY`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod directory;
mod golden;
mod hostile;
mod registry;
mod shipped;
mod templates;
