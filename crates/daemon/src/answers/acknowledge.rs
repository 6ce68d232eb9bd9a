//! One alert, and what people say of it.

use bellwether_alert::{
    ACKNOWLEDGEMENTS_MAX, AcknowledgeError, Acknowledgement, BY_CHARS_MAX, NOTE_CHARS_MAX,
    acknowledge, alert_id,
};
use bellwether_api::{AcknowledgeBody, AlertBody, Problem};
use bellwether_archive::{ArchiveError, Desk};
use bellwether_model::{Alert, AlertId, BurstId, Verdict};
use bellwether_text::{display_safe, excerpt};

use super::saved::line;
use super::{Answers, problems};

impl Answers {
    /// One alert with its deliveries.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id.
    pub fn alert(&self, id: &str) -> Result<AlertBody, Problem> {
        self.desk
            .with(|desk| shaped(desk, known(desk, &AlertId::new(id))?, id))
    }

    /// The alert that a burst raised; `None` where it raised none.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn alert_of_burst(&self, burst: &str) -> Result<Option<AlertBody>, Problem> {
        let id = alert_id(&BurstId::new(burst));
        self.desk.with(|desk| match known(desk, &id)? {
            None => Ok(None),
            alert => shaped(desk, alert, id.as_str()).map(Some),
        })
    }

    /// Takes in what somebody says of an alert. The same said again changes nothing.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id, a field cannot be used, or it was acknowledged
    /// too often.
    pub fn acknowledge(&self, id: &str, said: &AcknowledgeBody) -> Result<AlertBody, Problem> {
        let said = read(said)?;
        let now = self.now();
        self.desk.with(|desk| {
            let alert = desk.change_alert(&AlertId::new(id), |alert| {
                acknowledge(alert, &said, now).map_err(Refused::Said)
            });
            match alert {
                Ok(alert) => shaped(desk, alert, id),
                Err(Refused::Said(error)) => Err(refused(&error)),
                Err(Refused::Store(error)) => Err(problems::archive(error)),
            }
        })
    }
}

fn known(desk: &Desk, id: &AlertId) -> Result<Option<Alert>, Problem> {
    desk.alert(id).map_err(problems::archive)
}

fn shaped(desk: &Desk, alert: Option<Alert>, id: &str) -> Result<AlertBody, Problem> {
    let alert = alert.ok_or_else(|| {
        problems::not_found("alert", id)
            .hint("`bellwether alerts --history` lists all with their ids")
    })?;
    let deliveries = desk.deliveries(&alert.id).map_err(problems::archive)?;
    Ok(AlertBody::from_model(&alert, &deliveries))
}

/// What is said, as it is kept.
fn read(said: &AcknowledgeBody) -> Result<Acknowledgement, Problem> {
    let by = line("by", &said.by, BY_CHARS_MAX)?;
    let note = said.note.as_deref().unwrap_or_default();
    let note = line("note", note, NOTE_CHARS_MAX)?;
    let verdict = match said.verdict.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(word) => Some(Verdict::from_word(word).ok_or_else(|| no_verdict(word))?),
    };
    Acknowledgement::new(by.as_deref().unwrap_or_default(), verdict, note.as_deref())
        .map_err(|error| refused(&error))
}

fn no_verdict(word: &str) -> Problem {
    let word = excerpt(&display_safe(word), 40);
    let known = Verdict::ALL.map(Verdict::as_str).join(", ");
    problems::parameter(
        "verdict",
        format!("`{word}` is no verdict; expected {known}, or none"),
    )
}

fn refused(error: &AcknowledgeError) -> Problem {
    match error {
        AcknowledgeError::Name => problems::parameter("by", error.to_string()),
        AcknowledgeError::Note => problems::parameter("note", error.to_string()),
        AcknowledgeError::Full => Problem::new(
            409,
            "too-many-acknowledgements",
            "the alert was acknowledged too often",
        )
        .detail(format!("at most {ACKNOWLEDGEMENTS_MAX} are kept"))
        .hint("its history has them all; find out which program repeats itself"),
    }
}

/// Why an alert was not changed.
enum Refused {
    Said(AcknowledgeError),
    Store(ArchiveError),
}

impl From<ArchiveError> for Refused {
    fn from(error: ArchiveError) -> Self {
        Self::Store(error)
    }
}
