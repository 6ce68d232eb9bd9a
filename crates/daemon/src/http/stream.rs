//! Exports over HTTP. The next piece is made when the reader has taken the one before: a slow
//! reader holds up the work, one that goes away ends it.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Extension;
use axum::http::header::{CONTENT_DISPOSITION, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::Problem;
use futures_util::stream::unfold;
use tokio::sync::OwnedSemaphorePermit;

use super::serve::Pulse;
use super::{Shared, reply};
use crate::export::{Export, Exported, Format};

const TOTAL: HeaderName = HeaderName::from_static("bellwether-total");
const COVERAGE: HeaderName = HeaderName::from_static("bellwether-coverage");

/// What is needed to make the next piece.
struct Going {
    shared: Shared,
    export: Export,
    pulse: Option<Pulse>,
    /// The piece made last.
    piece: Option<String>,
    _place: OwnedSemaphorePermit,
}

/// Why a reply that has begun breaks off. The reader sees a broken connection, never a short answer
/// that looks whole.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off: {0}")]
struct BrokenOff(String);

/// Replies with an export; what is wrong with the question is told before it begins.
pub(super) async fn export(
    shared: Shared,
    uri: &Uri,
    what: Exported,
    format: Format,
    beat: Option<Extension<Pulse>>,
) -> Response<Body> {
    let Ok(place) = Arc::clone(&shared.exports).try_acquire_owned() else {
        let busy = Problem::new(503, "busy", "other exports are under way")
            .hint("ask again when one of them has ended");
        return reply::problem(&busy.instance(uri.path()));
    };
    let name = format!("bellwether-{}.{}", what.name(), format.ending());
    let going = Going {
        export: Export::new(what, format),
        pulse: beat.map(|Extension(pulse)| pulse),
        piece: None,
        _place: place,
        shared,
    };
    let going = match next(going).await {
        Ok(going) => going,
        Err(problem) => return reply::problem(&problem.instance(uri.path())),
    };
    let summary = going.export.summary.clone();
    let pieces = unfold(Some(going), |going| async {
        let mut going = going?;
        if going.piece.is_none() {
            going = match next(going).await {
                Ok(going) => going,
                Err(problem) => {
                    let why = problem.detail.unwrap_or(problem.title);
                    tracing::warn!(why, "an export broke off");
                    return Some((Err(BrokenOff(why)), None));
                }
            };
        }
        let piece = Bytes::from(going.piece.take()?);
        Some((Ok(piece), Some(going)))
    });
    let mut response = reply::reply(
        StatusCode::OK,
        format.media_type(),
        Body::from_stream(pieces),
    );
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
            .unwrap_or_else(|_| HeaderValue::from_static("attachment")),
    );
    if let Some(total) = summary.total {
        headers.insert(TOTAL, HeaderValue::from(total));
    }
    if let Some((missing, sources)) = summary.missing {
        let note = if missing == 0 {
            format!("complete; {sources} sources")
        } else {
            format!("incomplete; {missing} of {sources} sources not collected throughout")
        };
        if let Ok(note) = HeaderValue::from_str(&note) {
            headers.insert(COVERAGE, note);
        }
    }
    response
}

/// Makes the next piece.
async fn next(going: Going) -> Result<Going, Problem> {
    let shared = going.shared.clone();
    let made = shared.ask(move |answers| {
        let mut going = going;
        let piece = going.export.next(answers);
        (going, piece)
    });
    let (mut going, piece) = made.await?;
    going.piece = piece?;
    if let Some(pulse) = &going.pulse {
        pulse.beat();
    }
    Ok(going)
}
