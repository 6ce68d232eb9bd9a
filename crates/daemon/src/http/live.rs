//! That something has changed, as server-sent events: no more than that, since a page that is told so asks
//! anew.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderValue, Response, Uri, header};
use bellwether_api::{Problem, PulseBody};
use futures_util::stream;

use super::params::Params;
use super::serve::Ending;
use super::{Shared, reply};
use crate::answers::Answers;

/// Streams open at once.
pub(super) const STREAMS_MAX: usize = 64;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A sign of life where nothing changes, so that what stands between does not close the connection.
const LOOKS_QUIET: u32 = 8;

struct Live {
    shared: Shared,
    last: Option<PulseBody>,
    quiet: u32,
    ending: Option<Ending>,
    _place: tokio::sync::OwnedSemaphorePermit,
}

/// Changes
///
/// Server-sent events (`text/event-stream`): `state` at once and whenever something has changed, with how far
/// the log, the analysis and the alerts are. A connection lasts some minutes; whoever listens opens another,
/// as browsers do of themselves.
#[utoipa::path(
    get,
    path = "/api/v1/stream",
    tag = "service",
    responses((status = 200, description = "The events, each with a `PulseBody`", content_type = "text/event-stream", body = PulseBody))
)]
pub(super) async fn stream(
    State(shared): State<Shared>,
    ending: Option<Extension<Ending>>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    if let Err(problem) = Params::read(q.as_deref(), &[]) {
        return reply::problem(&problem.instance(uri.path()));
    }
    let Ok(place) = Arc::clone(&shared.streams).try_acquire_owned() else {
        return reply::problem(
            &Problem::new(503, "too-many-streams", "too many listen already")
                .detail(format!("at most {STREAMS_MAX} streams are open at once"))
                .hint("ask again later, or look at the page without them")
                .instance(uri.path()),
        );
    };
    let live = Live {
        shared,
        last: None,
        quiet: 0,
        ending: ending.map(|Extension(ending)| ending),
        _place: place,
    };
    let events = stream::unfold(live, |mut live| async move {
        let mut ending = live.ending.clone();
        let told = async {
            match &mut ending {
                Some(ending) => ending.told().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            event = live.next() => Some((Ok::<Bytes, Infallible>(event), live)),
            () = told => None,
        }
    });
    let mut response = Response::new(Body::from_stream(events));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    response
}

impl Live {
    /// The next thing that is sent.
    async fn next(&mut self) -> Bytes {
        loop {
            if self.last.is_some() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            // What cannot be read now is looked at again.
            let pulse = self.shared.clone().ask(Answers::pulse).await.flatten().ok();
            if let Some(pulse) = pulse.filter(|pulse| self.last.as_ref() != Some(pulse)) {
                let data = serde_json::to_string(&pulse).unwrap_or_default();
                self.last = Some(pulse);
                self.quiet = 0;
                return Bytes::from(format!("retry: 3000\nevent: state\ndata: {data}\n\n"));
            }
            self.quiet += 1;
            if self.last.is_none() || self.quiet >= LOOKS_QUIET {
                self.quiet = 0;
                tokio::time::sleep(LOOK_EVERY).await;
                return Bytes::from_static(b": still here\n\n");
            }
        }
    }
}
