//! What a person says of an alert: that they have it, and whether it was worth telling.

use bellwether_model::{Alert, AlertChange, AlertState, Timestamp, Verdict};

use crate::life::{has_ended, has_fired};

/// The longest name of a person who acknowledges, in characters.
pub const BY_CHARS_MAX: usize = 64;

/// The longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 500;

/// How often one alert can be acknowledged. All of it stays in its record, which must stay small; more
/// is a program that repeats itself.
pub const ACKNOWLEDGEMENTS_MAX: usize = 100;

/// What a person says of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    by: String,
    verdict: Option<Verdict>,
    note: Option<String>,
}

/// Why an alert cannot be acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgeError {
    /// It is not said who acknowledges.
    #[error("it is not said who acknowledges; give a name of 1 to {BY_CHARS_MAX} characters")]
    Name,
    /// The note is too long or no text.
    #[error(
        "the note is too long or holds control characters; the limit is {NOTE_CHARS_MAX} characters"
    )]
    Note,
    /// It was acknowledged too often.
    #[error(
        "the alert was acknowledged {ACKNOWLEDGEMENTS_MAX} times already, which is all that is kept"
    )]
    Full,
}

impl Acknowledgement {
    /// What somebody says, if it can be kept: a name, at will a verdict and a note of one line.
    ///
    /// # Errors
    /// [`AcknowledgeError::Name`] and [`AcknowledgeError::Note`].
    pub fn new(
        by: &str,
        verdict: Option<Verdict>,
        note: Option<&str>,
    ) -> Result<Self, AcknowledgeError> {
        let by = by.trim();
        if by.is_empty() || !is_line(by, BY_CHARS_MAX) {
            return Err(AcknowledgeError::Name);
        }
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        if note.is_some_and(|note| !is_line(note, NOTE_CHARS_MAX)) {
            return Err(AcknowledgeError::Note);
        }
        Ok(Self {
            by: by.to_owned(),
            verdict,
            note: note.map(str::to_owned),
        })
    }

    fn is(&self, change: &AlertChange) -> bool {
        change.by.as_deref() == Some(&self.by)
            && change.verdict == self.verdict
            && change.note == self.note
    }
}

pub(crate) fn is_line(text: &str, chars_max: usize) -> bool {
    text.chars().count() <= chars_max && !text.chars().any(char::is_control)
}

/// Takes in what a person says of an alert.
///
/// - One that fires is acknowledged from now on.
/// - One that is acknowledged stays so: another person, verdict or note is one more line of its history.
///   The last verdict counts, and an acknowledgement without one leaves it as it is.
/// - One that has resolved stays resolved: a verdict is still worth having.
/// - What was said last, said again, changes nothing, unless the alert has fired again in between.
///
/// # Errors
/// [`AcknowledgeError::Full`] where [`ACKNOWLEDGEMENTS_MAX`] are kept already.
pub fn acknowledge(
    mut alert: Alert,
    said: &Acknowledgement,
    now: Timestamp,
) -> Result<Alert, AcknowledgeError> {
    let is_repeat = alert.acknowledgement().is_some_and(|last| said.is(last));
    if is_repeat && alert.state != AlertState::Firing {
        return Ok(alert);
    }
    let acknowledgements = alert
        .history
        .iter()
        .filter(|change| change.is_acknowledgement());
    if acknowledgements.count() >= ACKNOWLEDGEMENTS_MAX {
        return Err(AcknowledgeError::Full);
    }
    if alert.state == AlertState::Firing {
        alert.state = AlertState::Acknowledged;
    }
    alert.verdict = said.verdict.or(alert.verdict);
    alert.updated = alert.updated.max(now);
    alert.history.push(AlertChange {
        at: now,
        what: AlertChange::ACKNOWLEDGED.to_owned(),
        by: Some(said.by.clone()),
        verdict: said.verdict,
        note: said.note.clone(),
    });
    Ok(alert)
}

/// Who had acknowledged an alert when it ended at a time, and the verdict that counted by then: what
/// the message of its end can say, the same however late it is sent. `None` where nobody had since it
/// fired.
#[must_use]
pub fn acknowledged_before(alert: &Alert, ended: Timestamp) -> Option<(&str, Option<Verdict>)> {
    let end = alert
        .history
        .iter()
        .rposition(|change| has_ended(change) && change.at == ended)?;
    let before = alert.history.get(..end)?;
    let fired = before.iter().rposition(has_fired).unwrap_or(0);
    let mut said = before
        .get(fired..)?
        .iter()
        .rev()
        .filter(|change| change.is_acknowledgement());
    let last = said.next()?;
    let verdict = last.verdict.or_else(|| said.find_map(|one| one.verdict));
    Some((last.by.as_deref()?, verdict))
}
