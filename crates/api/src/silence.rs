//! Silences, as programs make and see them.

use bellwether_model::{Silence, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Of some alerts nobody is told for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SilenceBody {
    /// Its id.
    pub id: String,
    /// `active`, `pending` (it begins later) or `ended`.
    pub state: String,
    /// Which alerts: those that meet all of it.
    pub matchers: Vec<String>,
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub starts: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub ends: Timestamp,
    /// Who made it: an account, or a name that somebody typed.
    pub by: String,
    /// Why.
    pub comment: String,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
}

impl SilenceBody {
    /// The shape of a silence at a time.
    #[must_use]
    pub fn from_model(silence: &Silence, now: Timestamp) -> Self {
        let state = if silence.is_active(now) {
            "active"
        } else if now < silence.starts {
            "pending"
        } else {
            "ended"
        };
        Self {
            id: silence.id.0.clone(),
            state: state.to_owned(),
            matchers: silence.matchers.iter().map(ToString::to_string).collect(),
            starts: silence.starts,
            ends: silence.ends,
            by: silence.by.clone(),
            comment: silence.comment.clone(),
            ended_by: silence.ended_by.clone(),
        }
    }
}

/// A silence to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSilenceBody {
    /// Which alerts: those that meet all of it, at least one and at most 16.
    #[schema(example = json!(["term=\"作票\"", "severity!=\"critical\""]))]
    pub matchers: Vec<String>,
    /// Who makes it, as for an acknowledgement.
    #[serde(default)]
    #[schema(max_length = 64, example = "Lin")]
    pub by: String,
    /// Why, in one line of 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub comment: String,
    /// How long from its beginning, such as `2h`; at most a year.
    #[schema(example = "2h")]
    pub duration: String,
    /// When it begins; left out, now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts: Option<Timestamp>,
}

/// Who ends a silence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndSilenceBody {
    /// Who, as for an acknowledgement.
    #[serde(default)]
    #[schema(max_length = 64, example = "Lin")]
    pub by: String,
}
