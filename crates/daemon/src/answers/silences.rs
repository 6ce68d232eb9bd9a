//! Silences, and the log of messages.

use bellwether_alert::{SilenceError, new_silence};
use bellwether_api::{
    DeliveryBody, EndSilenceBody, ListBody, NewSilenceBody, Problem, SilenceBody,
};
use bellwether_archive::SILENCES_MAX;
use bellwether_model::{ReceiverId, SilenceId, parse_length};

use super::saved::line;
use super::{Answers, problems};

/// Silences that a list shows at most.
const LIST_MAX: usize = 500;

/// Messages that the log shows at most.
const DELIVERIES_MAX: usize = 1_000;

impl Answers {
    /// The silences in force and to come, the newest first; with `all`, also those that have ended.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn silences(&self, all: bool) -> Result<ListBody<SilenceBody>, Problem> {
        let now = self.now();
        let silences = self.desk.with(|desk| {
            let silences = match all {
                true => desk.all_silences(LIST_MAX),
                false => desk.silences(now),
            };
            silences.map_err(problems::archive)
        })?;
        let items = silences
            .iter()
            .take(LIST_MAX)
            .map(|silence| SilenceBody::from_model(silence, now));
        Ok(ListBody {
            items: items.collect(),
            cursor: None,
        })
    }

    /// Silences alerts for some time.
    ///
    /// # Errors
    /// A [`Problem`] where a field cannot be used, or there are too many already.
    pub fn add_silence(&self, wanted: &NewSilenceBody) -> Result<SilenceBody, Problem> {
        let now = self.now();
        let length = parse_length(wanted.duration.trim()).ok_or_else(|| {
            let word = bellwether_text::excerpt(&wanted.duration, 40);
            problems::parameter("duration", format!("`{word}` is no length of time"))
                .hint("write a whole number and one of s, m, h, d, such as 2h")
        })?;
        let starts = wanted.starts.unwrap_or(now);
        let silence = new_silence(
            &wanted.matchers,
            &wanted.by,
            &wanted.comment,
            starts,
            length,
        )
        .map_err(|error| refused(&error))?;
        if silence.ends <= now {
            return Err(problems::parameter(
                "starts",
                "the silence would be over already".to_owned(),
            ));
        }
        let kept = self
            .desk
            .with(|desk| desk.add_silence(silence, now).map_err(problems::archive))?;
        match kept {
            Some(silence) => Ok(SilenceBody::from_model(&silence, now)),
            None => Err(
                Problem::new(409, "too-many-silences", "there are too many silences")
                    .detail(format!("at most {SILENCES_MAX} are kept at once"))
                    .hint("end some, or find out which program repeats itself"),
            ),
        }
    }

    /// Ends a silence before its time; one that has ended stays as it is.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id, or it is not said who ends it.
    pub fn end_silence(&self, id: &str, said: &EndSilenceBody) -> Result<SilenceBody, Problem> {
        let by = line("by", &said.by, bellwether_alert::BY_CHARS_MAX)?;
        let by = by.ok_or_else(|| refused(&SilenceError::Name))?;
        let now = self.now();
        let ended = self.desk.with(|desk| {
            desk.end_silence(&SilenceId(id.to_owned()), &by, now)
                .map_err(problems::archive)
        })?;
        match ended {
            Some(silence) => Ok(SilenceBody::from_model(&silence, now)),
            None => Err(problems::not_found("silence", id)
                .hint("`bellwether silence list --all` lists all with their ids")),
        }
    }

    /// The newest messages, to one receiver or to all, with how long each took.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn deliveries(
        &self,
        receiver: Option<&str>,
        limit: usize,
    ) -> Result<ListBody<DeliveryBody>, Problem> {
        let receiver = receiver.map(ReceiverId::new);
        let limit = limit.min(DELIVERIES_MAX);
        let deliveries = self.desk.with(|desk| {
            desk.recent_deliveries(receiver.as_ref(), limit)
                .map_err(problems::archive)
        })?;
        Ok(ListBody {
            items: deliveries.iter().map(DeliveryBody::from_model).collect(),
            cursor: None,
        })
    }
}

fn refused(error: &SilenceError) -> Problem {
    let field = match error {
        SilenceError::Name => "by",
        SilenceError::Comment => "comment",
        SilenceError::Length => "duration",
        SilenceError::Count | SilenceError::Matcher { .. } | SilenceError::Everything => "matchers",
    };
    let problem = problems::parameter(field, error.to_string());
    match error {
        SilenceError::Matcher { .. } => problem.hint(
            "labels are cause, severity, rule, detector, election, narrative, group, language, source, \
             term, receiver",
        ),
        _ => problem,
    }
}
