//! What a silence must say before it is kept.

use std::time::Duration;

use bellwether_model::{Matcher, MatcherError, Silence, SilenceId, Timestamp};

use crate::acknowledge::{BY_CHARS_MAX, NOTE_CHARS_MAX, is_line};

/// The longest silence: what is to be quiet for ever is a rule to be changed.
pub const SILENCE_MAX: Duration = Duration::from_secs(366 * 86_400);

/// Conditions of one silence at most.
pub const MATCHERS_MAX: usize = 16;

/// Why a silence is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SilenceError {
    /// It is not said who silences.
    #[error("it is not said who silences; give a name of 1 to {BY_CHARS_MAX} characters")]
    Name,
    /// It is not said why.
    #[error("it is not said why; give a line of 1 to {NOTE_CHARS_MAX} characters")]
    Comment,
    /// It names no alerts, or in too many ways.
    #[error("a silence needs 1 to {MATCHERS_MAX} matchers, such as term=\"作票\"")]
    Count,
    /// A matcher is none.
    #[error("`{matcher}` is no matcher: {error}")]
    Matcher {
        /// What was given.
        matcher: String,
        /// What is wrong with it.
        error: MatcherError,
    },
    /// It would silence alerts of every kind.
    #[error(
        "every matcher of it also takes what has no such label, so it would silence everything; add one with `=`"
    )]
    Everything,
    /// It ends before it begins, or too late.
    #[error("a silence lasts a minute at least and a year at most")]
    Length,
}

/// A silence, if it can be kept; its id is given by the desk.
///
/// # Errors
/// [`SilenceError`].
pub fn new_silence(
    matchers: &[String],
    by: &str,
    comment: &str,
    starts: Timestamp,
    length: Duration,
) -> Result<Silence, SilenceError> {
    let by = by.trim();
    if by.is_empty() || !is_line(by, BY_CHARS_MAX) {
        return Err(SilenceError::Name);
    }
    let comment = comment.trim();
    if comment.is_empty() || !is_line(comment, NOTE_CHARS_MAX) {
        return Err(SilenceError::Comment);
    }
    if matchers.is_empty() || matchers.len() > MATCHERS_MAX {
        return Err(SilenceError::Count);
    }
    let read = |text: &String| {
        Matcher::parse(text).map_err(|error| SilenceError::Matcher {
            matcher: text.clone(),
            error,
        })
    };
    let matchers: Vec<Matcher> = matchers.iter().map(read).collect::<Result<_, _>>()?;
    // A slip such as `term!="x"` would quiet a whole night.
    let nothing = bellwether_model::Labels::default();
    if matchers.iter().all(|matcher| matcher.matches(&nothing)) {
        return Err(SilenceError::Everything);
    }
    if length < Duration::from_secs(60) || length > SILENCE_MAX {
        return Err(SilenceError::Length);
    }
    let ends = starts
        .checked_add(length)
        .map_err(|_| SilenceError::Length)?;
    Ok(Silence {
        id: SilenceId(String::new()),
        matchers,
        starts,
        ends,
        by: by.to_owned(),
        comment: comment.to_owned(),
        ended_by: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(
        matchers: &[&str],
        by: &str,
        comment: &str,
        seconds: u64,
    ) -> Result<Silence, SilenceError> {
        let matchers: Vec<String> = matchers.iter().map(|text| (*text).to_owned()).collect();
        let starts = Timestamp::from_second(1_795_500_000).unwrap();
        new_silence(&matchers, by, comment, starts, Duration::from_secs(seconds))
    }

    #[test]
    fn a_silence_says_who_why_what_and_until_when() {
        let silence = made(&["term=作票", "group!=prc-state"], " Lin ", " known ", 7200).unwrap();
        assert_eq!(
            (silence.by.as_str(), silence.comment.as_str()),
            ("Lin", "known")
        );
        assert_eq!(silence.ends.duration_since(silence.starts).as_secs(), 7200);
        for (matchers, by, comment, seconds, error) in [
            (&["term=x"][..], "", "why", 60, SilenceError::Name),
            (&["term=x"], "Lin\n", "why\nnot", 60, SilenceError::Comment),
            (&["term=x"], "Lin", " ", 60, SilenceError::Comment),
            (&[], "Lin", "why", 60, SilenceError::Count),
            (&["term=x"; 17], "Lin", "why", 60, SilenceError::Count),
            (&["term!=x"], "Lin", "why", 60, SilenceError::Everything),
            (&["term=~.*"], "Lin", "why", 60, SilenceError::Everything),
            (&["term=x"], "Lin", "why", 59, SilenceError::Length),
            (
                &["term=x"],
                "Lin",
                "why",
                367 * 86_400,
                SilenceError::Length,
            ),
            (
                &["trem=x"],
                "Lin",
                "why",
                60,
                SilenceError::Matcher {
                    matcher: "trem=x".to_owned(),
                    error: MatcherError::Label("trem".to_owned()),
                },
            ),
        ] {
            assert_eq!(
                made(matchers, by, comment, seconds),
                Err(error),
                "{matchers:?}"
            );
        }
    }
}
