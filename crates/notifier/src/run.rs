//! The loop of the outbox: each receiver has its own queue, and none waits for another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{ReceiverId, Timestamp};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{Notify, watch};

use crate::{Notifier, NotifierError, sustain};

/// The longest sleep: the machine's clock may be set, and another process may write to the desk.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// The shortest: a desk that cannot be written must not make a busy loop.
const SLEEP_MIN: Duration = Duration::from_millis(200);

/// The wait after the desk failed.
const SLEEP_FAILED: Duration = Duration::from_secs(5);

/// How long messages may be on their way after the end was asked for. What is cut off is repeated and
/// marked.
const GRACE: Duration = Duration::from_secs(5);

impl Notifier {
    /// Sends what is due until `shutdown` becomes true or its sender is gone. `wake`
    /// (by `notify_one`, which is kept while messages are on their way) says that there is something new.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>, wake: Arc<Notify>) {
        let _pass = self.pass().await;
        if let Err(error) = self.recover() {
            failed(&error);
        }
        let mut under_way = FuturesUnordered::new();
        let mut busy: BTreeSet<ReceiverId> = BTreeSet::new();
        // At the start too: who forgets may have been started anew meanwhile.
        let begun = self.now();
        let mut sustained: BTreeMap<ReceiverId, Timestamp> =
            self.sustained().into_iter().map(|id| (id, begun)).collect();
        loop {
            let due = self.hand_over_shifts();
            let sleep = match due.and_then(|()| self.receivers_due(&busy)) {
                Ok(receivers) => {
                    for receiver in receivers {
                        busy.insert(receiver.clone());
                        under_way.push(self.turn_of(receiver, false).boxed());
                    }
                    let now = self.now();
                    for (receiver, at) in &mut sustained {
                        if *at <= now && busy.insert(receiver.clone()) {
                            *at = now.checked_add(sustain::EVERY).unwrap_or(Timestamp::MAX);
                            under_way.push(self.turn_of(receiver.clone(), true).boxed());
                        }
                    }
                    let next = sustained.iter().filter(|(id, _)| !busy.contains(*id));
                    self.sleep(&busy, next.map(|(_, at)| *at).min())
                }
                Err(error) => Err(error),
            };
            let sleep = sleep.unwrap_or_else(|error| {
                failed(&error);
                SLEEP_FAILED
            });
            tokio::select! {
                Some((receiver, result)) = under_way.next() => {
                    busy.remove(&receiver);
                    if let Err(error) = result {
                        failed(&error);
                        tokio::time::sleep(SLEEP_FAILED).await;
                    }
                }
                () = wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                () = end_of(&mut shutdown) => break,
            }
        }
        // What is on its way gets time to be answered.
        let answered = async { while under_way.next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, answered).await;
    }

    /// One at a time for each receiver: what is due, or what holds.
    async fn turn_of(
        &self,
        receiver: ReceiverId,
        is_sustained: bool,
    ) -> (ReceiverId, Result<(), NotifierError>) {
        let result = if is_sustained {
            self.sustain(&receiver).await.map(drop)
        } else {
            self.deliver_to(&receiver).await.map(drop)
        };
        (receiver, result)
    }

    fn sleep(
        &self,
        busy: &BTreeSet<ReceiverId>,
        sustained: Option<Timestamp>,
    ) -> Result<Duration, NotifierError> {
        let shift = self.next_handover();
        let due = self.next_due_but(busy)?;
        let next = due.into_iter().chain(shift).chain(sustained).min();
        Ok(sleep_until(next, self.now()))
    }
}

/// An error means that the sender is gone, which is an end too.
async fn end_of(shutdown: &mut watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|end| *end).await;
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
