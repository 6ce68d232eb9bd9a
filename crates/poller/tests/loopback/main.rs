//! The poller against servers on loopback, by a clock that stands still. One binary, as each links all
//! that fetches and serves.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its world must fail"
)]

mod cases;
mod fetching;
mod folders;
mod history;
mod importing;
mod indexes;
mod kinds;
mod missing;
mod pages;
mod polling;
mod robots;
mod room;
#[path = "../world/mod.rs"]
mod world;
