//! How far everything is, in a few reads: asked every two seconds by everybody who looks at a page.

use bellwether_api::{Problem, PulseBody};

use super::{Answers, problems};

/// What a minute brings, which the analysis has not seen yet.
const FEW_BEHIND: u64 = 500;

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

    /// Whether all but the newest entries of the log were analysed: else counts of the past are too low.
    pub(super) fn is_whole(&self) -> bool {
        let pulse = self.pulse();
        let state = self
            .derived
            .with(|derived| derived.state().map_err(problems::archive));
        match (pulse, state) {
            (Ok(pulse), Ok(state)) => pulse.log.saturating_sub(state.seq.0) <= FEW_BEHIND,
            _ => false,
        }
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
