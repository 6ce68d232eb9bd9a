//! Who asks, and what they did.

use std::net::IpAddr;
use std::sync::PoisonError;

use bellwether_access::{
    AuditEntry, Digest, Issued, PassError, Passes, PasswordHash, Principal, SECRET_BYTES,
    account_name,
};
use bellwether_api::{AuditEntryBody, ListBody, Problem};
use jiff::SignedDuration;

use super::{Answers, internal, problems};

/// How long a log-in lasts.
pub(crate) const SESSION_TIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Entries of the audit log that are listed at once.
const AUDIT_LIMIT: usize = 200;

impl Answers {
    /// Whether anybody has an account: from then on nobody is answered without.
    pub(crate) fn has_accounts(&self) -> Result<bool, Problem> {
        self.desk
            .with(|desk| desk.has_accounts().map_err(problems::archive))
    }

    /// Whose token it is.
    pub(crate) fn by_token(&self, secret: &str) -> Result<Option<Principal>, Problem> {
        let (digest, now) = (Digest::of(secret), self.now());
        let token = self
            .desk
            .with(|desk| desk.token_of(&digest, now).map_err(problems::archive))?;
        Ok(token.map(|token| Principal::Token {
            name: token.name,
            role: token.role,
        }))
    }

    /// Whose session it is.
    pub(crate) fn by_session(&self, secret: &str) -> Result<Option<Principal>, Problem> {
        let (digest, now) = (Digest::of(secret), self.now());
        let user = self
            .desk
            .with(|desk| desk.session(&digest, now).map_err(problems::archive))?;
        Ok(user.map(|user| Principal::User {
            name: user.name,
            role: user.role,
        }))
    }

    /// Whom a pass to an alert lets in.
    pub(crate) fn by_pass(&self, pass: &str, alert: &str) -> Result<Principal, Problem> {
        let key = self.dir.pass_key().map_err(problems::archive)?;
        let read = Passes::of(key).read(pass, alert, self.now());
        read.map(Principal::Pass).map_err(|error| {
            let problem = Problem::new(403, "pass", "this link does not open the page");
            match error {
                PassError::Unknown => problem.detail(error.to_string()),
                PassError::Ended(_) => problem
                    .detail(error.to_string())
                    .hint("log in, or take the link of a newer message"),
            }
        })
    }

    /// Lets a user in by their password: a secret for the session. Takes tens of milliseconds, also for
    /// names that nobody has.
    pub(crate) fn log_in(
        &self,
        name: &str,
        password: &str,
        address: Option<IpAddr>,
    ) -> Result<Issued, Problem> {
        let now = self.now();
        // What is no name is nobody's, and is not remembered.
        let name = account_name(name).unwrap_or_default();
        let throttle = || self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = throttle().wait(name, address, now) {
            return Err(Problem::new(429, "slow-down", "too many log-ins failed")
                .detail(format!("try again in {} s", wait.as_secs().max(1)))
                .hint("who runs Bellwether sets a new password by `bellwether user password`"));
        }
        // Counted before it is tried: who tries a hundred at once has failed a hundred times.
        throttle().failed(name, address, now);
        let user = self
            .desk
            .with(|desk| desk.user(name).map_err(problems::archive))?;
        let hash = user
            .as_ref()
            .map_or_else(PasswordHash::of_nobody, |user| user.password.clone());
        let failed = || {
            Problem::new(401, "log-in", "the log-in failed")
                .detail("there is no user of this name and password")
        };
        let is_of = hash.is_of(password);
        let user = user.filter(|_| is_of).ok_or_else(failed)?;
        throttle().succeeded(name, address);
        let mut random = [0; SECRET_BYTES];
        getrandom::fill(&mut random).map_err(|error| internal(&error))?;
        let issued = Issued::of(random);
        let ends = now
            .checked_add(SESSION_TIME)
            .map_err(|error| internal(&error))?;
        let has_begun = self.desk.with(|desk| {
            desk.begin_session(&user, &issued.digest(), now, ends)
                .map_err(problems::archive)
        })?;
        // Somebody else may have changed the password in between.
        has_begun.then_some(issued).ok_or_else(failed)
    }

    /// Ends a session.
    pub(crate) fn log_out(&self, secret: &str) -> Result<(), Problem> {
        let digest = Digest::of(secret);
        self.desk
            .with(|desk| desk.end_session(&digest).map_err(problems::archive))
    }

    /// Notes what was done. That it could not be noted is told in the log: it was done all the same.
    pub(crate) fn note_done(&self, by: &Principal, what: String, outcome: String) {
        let entry = AuditEntry {
            at: self.now(),
            by: by.to_string(),
            what,
            outcome,
        };
        let noted = self
            .desk
            .with(|desk| desk.note(&entry).map_err(problems::archive));
        if let Err(problem) = noted {
            tracing::error!(what = entry.what, by = entry.by, problem = ?problem.detail, "what was done is not in the audit log");
        }
    }

    /// What was done by whom, the newest first.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn audit(
        &self,
        before: Option<i64>,
        limit: Option<usize>,
    ) -> Result<ListBody<AuditEntryBody>, Problem> {
        let limit = limit.unwrap_or(AUDIT_LIMIT).min(AUDIT_LIMIT);
        let entries = self
            .desk
            .with(|desk| desk.audit(before, limit).map_err(problems::archive))?;
        let last = entries.last().map(|(number, _)| number.to_string());
        let is_full = entries.len() == limit;
        Ok(ListBody {
            items: entries
                .into_iter()
                .map(|(_, entry)| AuditEntryBody {
                    at: entry.at,
                    by: entry.by,
                    what: entry.what,
                    outcome: entry.outcome,
                })
                .collect(),
            cursor: last.filter(|_| is_full),
        })
    }
}
