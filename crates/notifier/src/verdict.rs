//! What an answer, or the lack of one, means for a message.

use std::time::Duration;

use bellwether_alert::outbox::Attempt;
use bellwether_model::{ReceiverKind, Timestamp};
use bellwether_outbound::{OutboundError, Response, host_of};
use jiff::fmt::rfc2822;

use crate::receivers::{Said, said};

/// Error codes of chats are short words; what is longer may be a page that repeats the address.
const CODE_BYTES_MAX: usize = 40;

/// What an attempt came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// As the outbox has it.
    Ended(Attempt),
    /// What it should take the place of is not there: it goes out as a message of its own.
    CannotReplace,
}

impl Verdict {
    /// What went wrong, without secrets.
    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Ended(
                Attempt::Retry { error, .. }
                | Attempt::Refused { error }
                | Attempt::AnswerLost { error },
            ) => Some(error),
            Self::Ended(Attempt::Delivered { .. }) | Self::CannotReplace => None,
        }
    }
}

/// What an attempt came to, at an address that nobody may see.
pub(crate) fn verdict(
    kind: ReceiverKind,
    url: &str,
    answer: Result<Response, OutboundError>,
    now: Timestamp,
) -> Verdict {
    let attempt = match answer {
        Ok(response) => return answered(kind, url, &response, now),
        Err(error) if error.answer_lost() => Attempt::AnswerLost {
            error: error.to_string(),
        },
        // An address that our own rules refuse is tried again too: names change what they stand
        // for, and an operator who allows the network should get the message.
        Err(error) => Attempt::Retry {
            error: error.to_string(),
            after: None,
        },
    };
    Verdict::Ended(attempt)
}

fn answered(kind: ReceiverKind, url: &str, response: &Response, now: Timestamp) -> Verdict {
    let said = said(kind, response);
    if said == Some(Said::CannotReplace) {
        return Verdict::CannotReplace;
    }
    Verdict::Ended(attempt(said, url, response, now))
}

fn attempt(said: Option<Said>, url: &str, response: &Response, now: Timestamp) -> Attempt {
    let status = response.status;
    let word = match &said {
        Some(Said::No(word)) => word.clone().filter(|word| !url.contains(word.as_str())),
        _ => code(url, &response.body).map(str::to_owned),
    };
    let word = word.map(|word| format!(" ({word})")).unwrap_or_default();
    let error = format!("{} answered {status}{word}", host_of(url));
    match said {
        Some(Said::Has(reference)) => return Attempt::Delivered { reference },
        Some(Said::Later(after)) => {
            return Attempt::Retry {
                error,
                after: after.or_else(|| retry_after(response, now)),
            };
        }
        Some(Said::No(_)) if (200..300).contains(&status) => {
            return Attempt::Refused {
                error: format!("{error}, but its body says that it failed"),
            };
        }
        _ => {}
    }
    match status {
        200..=299 => Attempt::Delivered { reference: None },
        408 | 429 | 500..=599 => Attempt::Retry {
            error,
            after: retry_after(response, now),
        },
        300..=399 => Attempt::Refused {
            error: format!(
                "{error}, a redirect, which messages do not follow; give the receiver the address it leads to"
            ),
        },
        401 | 403 | 404 | 410 => Attempt::Refused {
            error: format!(
                "{error}; its address is no longer valid or not allowed to post: make a new webhook and put its address where receivers.toml says"
            ),
        },
        _ => Attempt::Refused {
            error: format!("{error}; it does not accept this message, and will not later"),
        },
    }
}

/// The short code a chat gives for an error, such as `no_service`. Nothing else of a body is kept:
/// error pages like to repeat the address, which is the credential.
fn code<'a>(url: &str, body: &'a [u8]) -> Option<&'a str> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_code = !text.is_empty()
        && text.len() <= CODE_BYTES_MAX
        && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        && !url.contains(text);
    is_code.then_some(text)
}

/// `Retry-After` in either form: seconds, or a date.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::parse(value).ok()?.timestamp();
    Duration::try_from(at.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://hooks.chat.example/services/T000/B000/fakesecret";

    fn response(status: u16, body: &str, retry_after: Option<&str>) -> Response {
        Response {
            status,
            headers: retry_after
                .map(|value| ("Retry-After".to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            body: body.as_bytes().to_vec(),
            url: URL.to_owned(),
            hops: Vec::new(),
            moved_to: None,
            cut: None,
        }
    }

    fn of(status: u16, body: &str, after: Option<&str>) -> Attempt {
        of_kind(ReceiverKind::Slack, status, body, after)
    }

    fn of_kind(kind: ReceiverKind, status: u16, body: &str, after: Option<&str>) -> Attempt {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        match verdict(kind, URL, Ok(response(status, body, after)), now) {
            Verdict::Ended(attempt) => attempt,
            Verdict::CannotReplace => panic!("{status} {body}"),
        }
    }

    #[test]
    fn answers() {
        for (status, body, expected) in [
            (200, "ok", "delivered"),
            (204, "", "delivered"),
            (200, r#"{"success":true}"#, "delivered"),
            (200, r#"{"success":false,"error":"x"}"#, "refused"),
            (200, r#"{"ok":false}"#, "refused"),
            (301, "", "refused"),
            (400, "invalid_payload", "refused"),
            (404, "no_service", "refused"),
            (408, "", "retry"),
            (429, "", "retry"),
            (500, "", "retry"),
            (503, "", "retry"),
        ] {
            let found = match of(status, body, None) {
                Attempt::Delivered { .. } => "delivered",
                Attempt::Refused { .. } => "refused",
                Attempt::Retry { .. } => "retry",
                Attempt::AnswerLost { .. } => "lost",
            };
            assert_eq!(found, expected, "{status} {body}");
        }
    }

    #[test]
    fn success_is_what_the_platform_calls_so() {
        use ReceiverKind::{Discord, Line, Matrix, SlackApp, Telegram};
        let delivered = |reference: Option<&str>| Attempt::Delivered {
            reference: reference.map(str::to_owned),
        };
        for (kind, status, body, reference) in [
            (
                SlackApp,
                200,
                r#"{"ok":true,"channel":"C1","ts":"17.1"}"#,
                Some("C1 17.1"),
            ),
            (Discord, 200, r#"{"id":"99"}"#, Some("99")),
            (
                Telegram,
                200,
                r#"{"ok":true,"result":{"message_id":7}}"#,
                Some("7"),
            ),
            (
                Telegram,
                400,
                r#"{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}"#,
                None,
            ),
            (Matrix, 200, r#"{"event_id":"$e"}"#, Some("$e")),
        ] {
            assert_eq!(
                of_kind(kind, status, body, None),
                delivered(reference),
                "{body}"
            );
        }
        for (kind, status, body, part) in [
            (
                SlackApp,
                200,
                r#"{"ok":false,"error":"channel_not_found"}"#,
                "(channel_not_found)",
            ),
            (
                SlackApp,
                200,
                "<html>a proxy",
                "its body says that it failed",
            ),
            (
                Telegram,
                400,
                r#"{"ok":false,"description":"Bad Request: chat not found"}"#,
                "(chat_not_found)",
            ),
            (
                Telegram,
                200,
                "<html>a proxy",
                "its body says that it failed",
            ),
            (Line, 409, "{}", "409"),
        ] {
            let Attempt::Refused { error } = of_kind(kind, status, body, None) else {
                panic!("{kind:?} {body}");
            };
            assert!(error.contains(part), "{error}");
        }
        for (kind, status, body, wait) in [
            (SlackApp, 200, r#"{"ok":false,"error":"ratelimited"}"#, None),
            (
                Discord,
                429,
                r#"{"retry_after":1.5,"global":false}"#,
                Some(1_500),
            ),
            (
                Telegram,
                429,
                r#"{"ok":false,"parameters":{"retry_after":30}}"#,
                Some(30_000),
            ),
            (
                Telegram,
                400,
                r#"{"ok":false,"description":"can't parse entities: x"}"#,
                None,
            ),
            (
                Matrix,
                429,
                r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000}"#,
                Some(2_000),
            ),
        ] {
            let Attempt::Retry { after, .. } = of_kind(kind, status, body, None) else {
                panic!("{kind:?} {body}");
            };
            assert_eq!(after, wait.map(Duration::from_millis), "{kind:?} {body}");
        }
    }

    #[test]
    fn the_wait_asked_for_is_read_in_both_forms() {
        for (value, expected) in [
            ("120", Some(120)),
            ("Tue, 24 Nov 2026 08:05:00 GMT", Some(300)),
            ("Tue, 24 Nov 2026 07:05:00 GMT", None),
            ("soon", None),
        ] {
            let Attempt::Retry { after, .. } = of(429, "", Some(value)) else {
                panic!("{value}");
            };
            assert_eq!(after, expected.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn errors_keep_the_code_and_not_the_address() {
        let error = |body: &str| match of(404, body, None) {
            Attempt::Refused { error } => error,
            other => panic!("{other:?}"),
        };
        assert!(error("no_service").contains("404 (no_service)"));
        for body in ["fakesecret", URL, "<html>no_service</html>", ""] {
            let error = error(body);
            assert!(
                error.starts_with("hooks.chat.example answered 404;"),
                "{error}"
            );
            assert!(!error.contains("fakesecret"));
        }
    }
}
