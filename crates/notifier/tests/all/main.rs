//! The outbox against chats on loopback, all in one binary. One story alone: `cargo test --release --workspace --test all STORY`.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod chat;
mod coverage;
mod email;
mod holding;
mod outbox;
mod platforms;
mod replies;
mod templates;
mod withheld;
mod world;
