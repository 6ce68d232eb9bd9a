//! Time in tests: bounded waiting for a condition, and the machine's clock.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Between two looks: short beside anything that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Asks until there is an answer; fails at the deadline and says what it waited for.
///
/// # Panics
/// Where there is no answer in time.
pub fn until<T>(what: &str, deadline: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            started.elapsed() < deadline,
            "waited {} s in vain for: {what}",
            deadline.as_secs()
        );
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The time by which the program lives.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}
