//! What is let go of is gone, what is kept is whole, whenever the process is killed.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod forgetting;
mod kept;
mod killed;
mod world;
