//! How far everything is, in a few reads: asked every two seconds by everybody who looks at a page.

use bellwether_api::{Problem, PulseBody};

use super::{Answers, problems};

impl Answers {
    /// How far log, analysis and alerts are.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn pulse(&self) -> Result<PulseBody, Problem> {
        let head = self.log.with(|log| log.head().map_err(problems::archive))?;
        let state = self
            .derived
            .with(|derived| derived.state().map_err(problems::archive))?;
        let (alerts, open) = self
            .desk
            .with(|desk| desk.alerts_mark().map_err(problems::archive))?;
        Ok(PulseBody {
            log: head.seq.0,
            analysed: state.tick,
            alerts,
            open,
        })
    }

    /// Entries of the log that were not analysed yet, where they are more than come and go.
    pub(crate) fn entries_behind(&self) -> u64 {
        let head = self.log.with(|log| log.head().map_err(problems::archive));
        let state = self
            .derived
            .with(|derived| derived.state().map_err(problems::archive));
        match (head, state) {
            (Ok(head), Ok(state)) => {
                let behind = head.seq.0.saturating_sub(state.seq.0);
                if behind > super::CLOSE_BEHIND {
                    behind
                } else {
                    0
                }
            }
            _ => 0,
        }
    }
}
