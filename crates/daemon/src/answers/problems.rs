//! What goes wrong with a question, as problem documents.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};

use bellwether_api::Problem;
use bellwether_archive::{ArchiveError, GoneCapture, GoneCause, Tombstone};
use bellwether_query::{BindError, ParseError, SearchError};
use bellwether_text::display_safe;

/// A parameter that cannot be used.
pub(crate) fn parameter(name: &str, detail: impl Into<String>) -> Problem {
    Problem::new(
        400,
        "parameter",
        format!("the parameter `{name}` cannot be used"),
    )
    .detail(detail)
}

/// A field that nothing is counted by.
pub(super) fn no_field<const N: usize>(word: &str, known: [&str; N]) -> Problem {
    let word = bellwether_text::excerpt(&bellwether_text::display_safe(word), 40);
    parameter(
        "by",
        format!("cannot count by `{word}`; expected {}", known.join(", ")),
    )
}

/// A thing that is not there.
pub(crate) fn not_found(what: &str, id: &str) -> Problem {
    let id = bellwether_text::excerpt(&bellwether_text::display_safe(id), 80);
    Problem::new(404, "not-found", format!("there is no {what} `{id}`"))
}

/// An item that is no longer kept. Who wanted it so is a matter of the house, and is not told here.
pub(super) fn item_gone(tombstone: &Tombstone) -> Problem {
    let (what, why) = if tombstone.is_forgotten {
        ("was forgotten", display_safe(&tombstone.why))
    } else {
        ("has expired", tombstone.why.clone())
    };
    let item = tombstone.item;
    let problem = Problem::new(410, "gone", format!("the item `{item}` {what}"));
    if why.is_empty() {
        return problem.detail(format!("on {}", tombstone.at));
    }
    problem.detail(format!("on {}: {why}", tombstone.at))
}

/// A capture whose payload is not kept.
pub(super) fn capture_gone(id: &str, gone: GoneCapture) -> Problem {
    let why = match gone.cause {
        GoneCause::Forgotten => "it also showed an item that was forgotten",
        GoneCause::Expired => "it was older than such answers are kept",
        GoneCause::NoRoom => "there was no room for it on the disk when it came",
    };
    Problem::new(
        410,
        "gone",
        format!("the answer `{id}` is not kept as it was received"),
    )
    .detail(format!("since {}: {why}", gone.at))
    .hint("what was read in it is kept: see the item itself")
}

/// A query that cannot be read.
pub(super) fn parse(error: &ParseError) -> Problem {
    let problem = Problem::new(400, "query", "the query cannot be read")
        .detail(error.to_string())
        .position(error.position)
        .hint("see docs/search.md, or quote what is meant literally");
    match &error.suggestion {
        Some(suggestion) => problem.suggestion(suggestion),
        None => problem,
    }
}

/// A query that names what is not there.
pub(super) fn bind(error: &BindError) -> Problem {
    if let BindError::Stories(cause) = error {
        tracing::warn!(cause, "the stories cannot be read");
        return Problem::new(503, "stories", "the stories cannot be read now")
            .detail(cause.clone());
    }
    let problem =
        Problem::new(400, "query", "the query cannot be understood").detail(error.to_string());
    match error {
        BindError::Unknown {
            suggestion: Some(suggestion),
            ..
        } => problem.suggestion(suggestion),
        _ => problem,
    }
}

/// A search that gave no answer.
pub(super) fn search(error: &SearchError) -> Problem {
    match error {
        SearchError::Cursor(_) => parameter("cursor", error.to_string()),
        SearchError::TooMany(_) => {
            Problem::new(400, "too-many", "too many items match").detail(error.to_string())
        }
        SearchError::TooBroad { .. } => {
            Problem::new(400, "too-broad", "the query is too broad").detail(error.to_string())
        }
        SearchError::Engine(_) => {
            tracing::warn!(%error, "the index cannot answer");
            Problem::new(503, "index", "the index cannot answer now")
                .detail(error.to_string())
                .hint("it may be starting or being rebuilt: ask again, or see /readyz")
        }
    }
}

/// A fault of ours: the caller is given an id, the log the cause.
pub(crate) fn internal(cause: &dyn Error) -> Problem {
    static FAULTS: AtomicU64 = AtomicU64::new(1);
    let fault = format!(
        "{}-{}",
        std::process::id(),
        FAULTS.fetch_add(1, Ordering::Relaxed)
    );
    let mut chain = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        chain.push_str(": ");
        chain.push_str(&source.to_string());
        next = source.source();
    }
    tracing::error!(fault, cause = chain, "a question could not be answered");
    Problem::new(500, "internal", "the answer failed")
        .detail(format!("fault {fault}"))
        .hint("the daemon's log names the cause under this fault")
}

/// The data folder failed.
pub(super) fn archive(error: ArchiveError) -> Problem {
    internal(&error)
}
