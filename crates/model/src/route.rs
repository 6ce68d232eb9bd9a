//! Routes and silences: who is told of which alerts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Label, Labels, Matcher, ReceiverId, Timestamp};

/// A node of the route tree, as in Prometheus Alertmanager. What a route does not say itself has been
/// filled in from the one above it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    /// What an alert must meet, all of it, to come here; none at the root.
    pub matchers: Vec<Matcher>,
    /// Who is told.
    pub receivers: Vec<ReceiverId>,
    /// Whether the routes that follow are tried although this one was taken.
    pub continues: bool,
    /// How alerts are gathered to one message; `None` tells each alone.
    pub grouping: Option<Grouping>,
    /// Routes below: the first one that an alert matches takes it.
    pub routes: Vec<Self>,
}

/// How alerts are gathered to one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Alerts with the same values of these labels belong together.
    pub by: Vec<Label>,
    /// How long one waits for others of its group.
    pub wait: Duration,
    /// How long after a message of a group the next one comes, at least.
    pub interval: Duration,
}

/// The id of a silence: `s-` and a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilenceId(pub String);

/// Of some alerts nobody is told for some time. They still stand on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Its id.
    pub id: SilenceId,
    /// Which alerts: those that meet all of it.
    pub matchers: Vec<Matcher>,
    /// When it begins.
    pub starts: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// Who made it.
    pub by: String,
    /// Why.
    pub comment: String,
    /// Who ended it before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
}

impl Silence {
    /// Whether it is in force at a time.
    #[must_use]
    pub fn is_active(&self, at: Timestamp) -> bool {
        self.starts <= at && at < self.ends
    }

    /// Whether it is about an alert with these labels, in force or not.
    #[must_use]
    pub fn is_about(&self, labels: &Labels) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches(labels))
    }
}
