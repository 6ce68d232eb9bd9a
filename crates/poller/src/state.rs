//! What is remembered of a source between polls. It is kept in the log with what the poll brought,
//! in one transaction, so that neither is ever ahead of the other. A time in it that lies ahead of now
//! was written by a clock that was wrong, and says nothing.

use bellwether_model::{Source, Timestamp};
use serde::{Deserialize, Serialize};

use crate::brought::documents::{Archive, Followed};
use crate::home::Home;
use crate::identity::Guids;
use crate::missing::Remembered;
use crate::rhythm::Rhythm;
use crate::schedule::{Ending, Standing};
use crate::validators::Validators;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PollState {
    #[serde(default)]
    pub(crate) validators: Validators,
    #[serde(default)]
    pub(crate) home: Home,
    #[serde(default)]
    pub(crate) rhythm: Rhythm,
    /// Whether the server is asked not to pack its answers, since what it packs cannot be read.
    #[serde(default)]
    pub(crate) is_unpacked: bool,
    /// The last poll after which we knew all that the source had to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) complete_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) failures: u32,
    #[serde(default)]
    pub(crate) guids: Guids,
    /// The posts that its list showed, where a list tells what is missing from it.
    #[serde(default, skip_serializing_if = "Remembered::is_empty")]
    pub(crate) shown: Remembered,
    /// When it was last read whole, where it is an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) index_read_at: Option<Timestamp>,
    /// Of what it named then, what is not followed.
    #[serde(default, skip_serializing_if = "Archive::is_empty")]
    pub(crate) archive: Archive,
    /// The documents that it names, where it is an index.
    #[serde(default, skip_serializing_if = "Followed::is_empty")]
    pub(crate) followed: Followed,
}

impl PollState {
    /// Reads what was kept; what cannot be read (another version wrote it) is as if never polled,
    /// which costs one poll without conditions.
    pub(crate) fn read(kept: Option<&str>) -> Self {
        kept.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    pub(crate) const fn standing(&self) -> Standing {
        Standing {
            next_at: self.next_at,
            failures: self.failures,
        }
    }

    /// Takes note of how a poll ended that stood `before` it.
    pub(crate) fn stand(
        &mut self,
        source: &Source,
        before: Standing,
        at: Timestamp,
        ending: Ending,
    ) {
        let interval = self.rhythm.interval(source.every, at);
        let standing = before.after(&source.id, source.every, interval, at, ending);
        self.next_at = standing.next_at;
        self.failures = standing.failures;
    }

    /// What a server is asked under, so that it need not send again what it sent. Nothing where a
    /// second look at the list is due: an answer that nothing has changed shows no list.
    pub(crate) fn conditions(&self, url: &str, now: Timestamp) -> Vec<(String, String)> {
        if self.shown.has_open_questions() {
            return Vec::new();
        }
        self.validators.conditions(url, &self.rhythm, now)
    }

    /// The last poll before `now` after which we knew all that the source had to show.
    pub(crate) fn complete_before(&self, now: Timestamp) -> Option<Timestamp> {
        self.complete_at.filter(|at| *at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_and_read_again() {
        let at = Timestamp::from_second(1_795_132_800).unwrap();
        let mut state = PollState {
            failures: 3,
            complete_at: Some(at),
            ..PollState::default()
        };
        state.rhythm.observe(1, at);
        let kept = serde_json::to_string(&state).unwrap();
        assert_eq!(PollState::read(Some(&kept)), state);
        assert_eq!(PollState::read(Some("{\"later\":1}")), PollState::default());
        assert_eq!(PollState::read(Some("nonsense")), PollState::default());
    }
}
