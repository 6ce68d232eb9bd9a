//! What one must be to do what.

use crate::UserRole;

/// What a request wants of who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: to log in, and to ask whether anybody is there.
    Nothing,
    /// A role, or one that may do more.
    Role(UserRole),
    /// A role, or a pass to the alert.
    RoleOrPass(UserRole),
}

/// What a request wants, by its method and the template of its path. What nobody thought of wants the most
/// where it changes something, and an account where it does not.
#[must_use]
pub fn needs(is_reading: bool, path: &str) -> Need {
    use UserRole::{Admin, Analyst, Viewer};
    match (is_reading, path) {
        (_, "/login")
        | (false, "/prefer")
        | (true, "/healthz" | "/style.css" | "/script.js" | "/icon.svg") => Need::Nothing,
        (true, "/alerts/{id}" | "/bursts/{id}") => Need::RoleOrPass(Viewer),
        (false, "/alerts/{id}/acknowledge" | "/alerts/{id}/silence") => Need::RoleOrPass(Analyst),
        (true, "/audit" | "/api/v1/audit") => Need::Role(Admin),
        // As it came: it may be anything.
        (true, "/api/v1/items/{id}/raw") => Need::Role(Analyst),
        (true, _) | (false, "/logout") => Need::Role(Viewer),
        (
            false,
            "/silences"
            | "/silences/{id}/end"
            | "/cases"
            | "/cases/add"
            | "/cases/{id}/entries"
            | "/cases/{id}/entries/{number}/remove"
            | "/queries"
            | "/queries/{id}/remove"
            | "/api/v1/alerts/{id}/acknowledge"
            | "/api/v1/silences"
            | "/api/v1/silences/{id}/end"
            | "/api/v1/cases"
            | "/api/v1/cases/{id}/entries"
            | "/api/v1/cases/{id}/entries/{number}/remove"
            | "/api/v1/queries"
            | "/api/v1/queries/{id}",
        ) => Need::Role(Analyst),
        (false, _) => Need::Role(Admin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_thought_of_wants_the_most() {
        assert_eq!(needs(false, "/new"), Need::Role(UserRole::Admin));
        assert_eq!(needs(true, "/new"), Need::Role(UserRole::Viewer));
        assert_eq!(needs(false, "/healthz"), Need::Role(UserRole::Admin));
    }
}
