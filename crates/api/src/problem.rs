//! What went wrong with a request (RFC 9457), and whether the daemon is ready.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of [`Problem`].
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A problem document: what, where, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem, as a path that stays the same: what programs decide by.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, for people, in a line.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Why, in this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The request it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Where in the query, as a character counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// What may have been meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of the kind `/problems/SLUG`.
    #[must_use]
    pub fn new(status: u16, slug: &str, title: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title: title.into(),
            status,
            detail: None,
            instance: None,
            position: None,
            suggestion: None,
            hint: None,
        }
    }

    /// Says why.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the request.
    #[must_use]
    pub fn instance(mut self, instance: impl Into<String>) -> Self {
        self.instance = Some(instance.into());
        self
    }

    /// Points at a character of the query, counted from 0.
    #[must_use]
    pub const fn position(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// Offers what may have been meant.
    #[must_use]
    pub fn suggestion(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// One thing that must hold before requests are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckBody {
    /// What.
    pub name: String,
    /// Whether it holds.
    pub ready: bool,
    /// What is awaited, or how far it is.
    pub detail: Option<String>,
}

/// Whether the daemon can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadyBody {
    /// Whether all checks hold.
    pub ready: bool,
    /// The checks.
    pub checks: Vec<CheckBody>,
}

impl ReadyBody {
    /// Ready where all checks are.
    #[must_use]
    pub fn new(checks: Vec<CheckBody>) -> Self {
        Self {
            ready: checks.iter().all(|check| check.ready),
            checks,
        }
    }
}
