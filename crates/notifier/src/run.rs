//! The loop of the outbox.

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::Timestamp;
use tokio::sync::{Notify, watch};

use crate::Notifier;

/// The longest sleep: the machine's clock may be set, and another process may write to the desk.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// The shortest: a desk that cannot be written must not make a busy loop.
const SLEEP_MIN: Duration = Duration::from_millis(200);

/// The wait after the desk failed.
const SLEEP_FAILED: Duration = Duration::from_secs(5);

/// How long a pass may go on after the end was asked for. What is cut off is repeated and marked.
const GRACE: Duration = Duration::from_secs(5);

impl Notifier {
    /// Sends what is due until `shutdown` becomes true or its sender is gone. `wake`
    /// (by `notify_one`, which is kept while a pass goes on) says that there is something new.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>, wake: Arc<Notify>) {
        if let Err(error) = self.recover() {
            failed(&error);
        }
        let mut ending = shutdown.clone();
        loop {
            let sleep = tokio::select! {
                sleep = self.pass() => sleep,
                () = asked_to_end(&mut ending) => return,
            };
            tokio::select! {
                () = wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                _ = shutdown.wait_for(|end| *end) => return,
            }
        }
    }

    /// One pass; returns how long to sleep after it.
    async fn pass(&self) -> Duration {
        let next = match self.deliver_due().await {
            Ok(_) => self.next_due(),
            Err(error) => Err(error),
        };
        match next {
            Ok(next) => sleep_until(next, self.now()),
            Err(error) => {
                failed(&error);
                SLEEP_FAILED
            }
        }
    }
}

async fn asked_to_end(shutdown: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is an end too.
    let _ = shutdown.wait_for(|end| *end).await;
    tokio::time::sleep(GRACE).await;
}

fn sleep_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    next.and_then(|next| Duration::try_from(next.duration_since(now)).ok())
        .map_or(if next.is_some() { SLEEP_MIN } else { SLEEP_MAX }, |wait| {
            wait.clamp(SLEEP_MIN, SLEEP_MAX)
        })
}

fn failed(error: &crate::NotifierError) {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "messages are not being sent"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeps_are_bounded() {
        let t = |second| Timestamp::from_second(second).unwrap();
        for (next, expected) in [
            (None, SLEEP_MAX),
            (Some(t(50)), SLEEP_MIN),
            (Some(t(110)), Duration::from_secs(10)),
            (Some(t(9_999)), SLEEP_MAX),
        ] {
            assert_eq!(sleep_until(next, t(100)), expected, "{next:?}");
        }
    }
}
