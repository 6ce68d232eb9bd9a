//! The rest of a poll of an index: the documents that it names.

use bellwether_model::{Outcome, Source};

use super::{PollError, Poller};
use crate::answer::Answer;
use crate::brought::documents::{self, Went};
use crate::brought::{Brought, Times};
use crate::state::PollState;

impl Poller {
    /// Asks for the documents that an index names, one after another. Each is in the log before the
    /// next is asked for; the outcome of the poll comes last.
    pub(super) async fn follow(
        &self,
        source: &Source,
        before: &PollState,
        mut brought: Brought,
        mut went: Went,
    ) -> Result<(PollState, Outcome), PollError> {
        while !went.must_stop() {
            let now = self.clock.now();
            let state = &brought.state;
            let Some(named) = state.followed.next(&went.asked, now) else {
                break;
            };
            let url = named.url.clone();
            went.asked.push(url.clone());
            // The first one as well: the index was asked for just before.
            tokio::time::sleep(self.settings.pause).await;
            let conditions = state.followed.conditions(&url, state, now);
            let (result, began, is_conditional) = self.ask(source, state, &url, conditions).await;
            let _receiving = self.receiving.read().await;
            let times = Times {
                began,
                seen: self.clock.now(),
            };
            let answer = Answer::of(result, is_conditional, times.seen);
            let reading = (source.clone(), brought.state.clone(), went.clone());
            let place = self.reading.acquire().await;
            let read = tokio::task::spawn_blocking(move || {
                let (source, mut state, mut went) = reading;
                let batch = documents::read(&source, &mut state, &url, answer, times, &mut went);
                (batch, state, went)
            });
            let Ok((batch, state, after)) = read.await else {
                went.fault();
                continue;
            };
            drop(place);
            (brought.state, went) = (state, after);
            if let Some(batch) = batch {
                went.count(self.append_listed(batch).await?.counts());
            }
        }
        let _receiving = self.receiving.read().await;
        let now = self.clock.now();
        documents::close(
            &mut brought,
            source,
            before.standing(),
            before.complete_at,
            went,
            now,
        );
        self.keep(source, before, brought, now).await
    }
}
