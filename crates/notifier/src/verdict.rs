//! What an answer, or the lack of one, means for a message.

use std::time::Duration;

use bellwether_alert::outbox::Attempt;
use bellwether_model::{ReceiverKind, Timestamp};
use bellwether_outbound::{OutboundError, Response};
use jiff::fmt::rfc2822;

/// Error codes of chats are short words; what is longer may be a page that repeats the address.
const CODE_BYTES_MAX: usize = 40;

/// What an attempt came to.
pub(crate) fn verdict(
    kind: ReceiverKind,
    url: &str,
    answer: Result<Response, OutboundError>,
    now: Timestamp,
) -> Attempt {
    match answer {
        Ok(response) => answered(kind, url, &response, now),
        Err(error) if error.answer_lost() => Attempt::AnswerLost {
            error: error.to_string(),
        },
        // An address that our own rules refuse is tried again too: names change what they stand
        // for, and an operator who allows the network should get the message.
        Err(error) => Attempt::Retry {
            error: error.to_string(),
            after: None,
        },
    }
}

fn answered(kind: ReceiverKind, url: &str, response: &Response, now: Timestamp) -> Attempt {
    let status = response.status;
    let code = code(url, &response.body)
        .map(|code| format!(" ({code})"))
        .unwrap_or_default();
    let error = format!("the receiver answered {status}{code}");
    match status {
        200..=299 if kind == ReceiverKind::Slack && says_no(&response.body) => Attempt::Refused {
            error: format!("{error}, but its body says that it failed"),
        },
        200..=299 => Attempt::Delivered,
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

/// Rocket.Chat and proxies in front of chats report failures under a status of success.
fn says_no(body: &[u8]) -> bool {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) else {
        return false;
    };
    ["ok", "success"]
        .iter()
        .any(|key| object.get(*key) == Some(&serde_json::Value::Bool(false)))
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
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        verdict(
            ReceiverKind::Slack,
            URL,
            Ok(response(status, body, after)),
            now,
        )
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
                Attempt::Delivered => "delivered",
                Attempt::Refused { .. } => "refused",
                Attempt::Retry { .. } => "retry",
                Attempt::AnswerLost { .. } => "lost",
            };
            assert_eq!(found, expected, "{status} {body}");
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
            assert!(error.starts_with("the receiver answered 404;"), "{error}");
            assert!(!error.contains("fakesecret"));
        }
    }
}
