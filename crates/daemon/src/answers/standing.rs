//! How far each part is: what `/metrics` shows and an export begins with.

use bellwether_api::Problem;
use bellwether_archive::Room;
use bellwether_model::{SourceState, Timestamp};
use bellwether_query::Bound;

use super::{Answers, problems};

/// How far each part is. What cannot be read now is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The last entry of the log.
    pub(crate) log_seq: Option<u64>,
    /// The last entry that was analysed.
    pub(crate) derived_seq: Option<u64>,
    /// Items in the log.
    pub(crate) log_items: Option<u64>,
    /// Items in the index.
    pub(crate) index_items: Option<u64>,
    /// Sources by where they stand.
    pub(crate) sources: Vec<(&'static str, u64)>,
    /// Deliveries by state.
    pub(crate) deliveries: Vec<(String, u64)>,
    /// Alerts by state.
    pub(crate) alerts: Vec<(String, u64)>,
    /// Free bytes where the data is.
    pub(crate) disk_free: Option<u64>,
    /// Free bytes under which less is taken in.
    pub(crate) disk_floor: Option<u64>,
    /// Since when the configuration is in force, and whether the one on disk is that one.
    pub(crate) configuration: Option<(Timestamp, bool)>,
    /// What stops for want of room, 1 where it does.
    pub(crate) disk_stops: Vec<(&'static str, u64)>,
}

impl Answers {
    /// The last entry of the log.
    pub(crate) fn log_head(&self) -> Result<u64, Problem> {
        self.log
            .with(|log| Ok(log.head().map_err(problems::archive)?.seq.0))
    }

    /// How far each part is now.
    pub(crate) fn standing(&self) -> Standing {
        let log_items = self
            .log
            .with(|log| log.item_count().map_err(problems::archive));
        let derived = self
            .derived
            .with(|derived| derived.state().map_err(problems::archive));
        let (deliveries, alerts) = self
            .desk
            .with(|desk| {
                let deliveries = desk.delivery_counts().map_err(problems::archive)?;
                Ok((deliveries, desk.alert_counts().map_err(problems::archive)?))
            })
            .unwrap_or_default();
        let sources = self.sources().map(|list| {
            let number = |state: SourceState| {
                let word = state.as_str();
                let those = list.items.iter().filter(|source| source.state == word);
                (word, those.count() as u64)
            };
            SourceState::ALL.map(number).to_vec()
        });
        let disk = self.disk();
        let disk_stops = disk.map(|(_, room)| {
            let steps = Room::STEPS.iter();
            steps
                .map(|(step, what)| (*what, u64::from(room >= *step)))
                .collect()
        });
        let configuration = self.reloads().map(|reloads| {
            let (taken, refusal) = reloads.now();
            (taken, refusal.is_none())
        });
        Standing {
            configuration,
            log_seq: self.log_head().ok(),
            derived_seq: derived.ok().map(|state| state.seq.0),
            log_items: log_items.ok(),
            index_items: self.engine.count(&Bound::All).ok(),
            sources: sources.unwrap_or_default(),
            deliveries,
            alerts,
            disk_free: disk.map(|(free, _)| free),
            disk_floor: self.disk.as_ref().map(|(_, floor)| *floor),
            disk_stops: disk_stops.unwrap_or_default(),
        }
    }
}
