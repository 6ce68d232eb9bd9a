//! HTTP: which path asks which question, and what every request and reply must hold to.
//!
//! Decides nothing about answers: a handler reads parameters, asks [`Answers`] on a thread that may
//! wait for files, and shapes the reply. Errors are problem documents (RFC 9457); only what fails
//! while a page is made is told on a page.

mod guard;
mod params;
mod reply;
mod serve;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::routing::get;
use bellwether_api::Problem;
use tokio::sync::Semaphore;

use crate::answers::{Answers, internal, not_found};
use crate::page::{self, Page};
pub(crate) use params::Params;

pub use serve::{ListenError, bind, serve};

/// Bounds of the HTTP side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpSettings {
    /// Questions worked on at once; the others wait.
    pub questions_max: usize,
    /// A question that has no answer by then is given up.
    pub deadline: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            questions_max: 16,
            deadline: Duration::from_secs(20),
        }
    }
}

/// What handlers share.
#[derive(Clone)]
struct Shared {
    answers: Arc<Answers>,
    places: Arc<Semaphore>,
    deadline: Duration,
}

/// All paths of the daemon.
pub fn router(answers: Arc<Answers>, settings: HttpSettings) -> Router {
    let shared = Shared {
        answers,
        places: Arc::new(Semaphore::new(settings.questions_max.max(1))),
        deadline: settings.deadline,
    };
    Router::new()
        .route("/api/v1/search", get(search))
        .route("/api/v1/timeline", get(timeline))
        .route("/api/v1/items/{id}", get(item))
        .route("/api/v1/items/{id}/raw", get(raw))
        .route("/api/v1/sources", get(sources))
        .route("/api/v1/alerts", get(alerts))
        .route("/api/v1/bursts", get(bursts))
        .route("/api/v1/bursts/{id}", get(burst))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/style.css", get(style))
        .route("/", get(search_page))
        .route("/items/{id}", get(item_page))
        .route("/alerts", get(alerts_page))
        .route("/bursts", get(bursts_page))
        .route("/bursts/{id}", get(burst_page))
        .route("/sources", get(sources_page))
        .fallback(unknown)
        .with_state(shared)
        .layer(from_fn(guard::guard))
        .layer(from_fn(reply::secure))
}

impl Shared {
    /// Asks on a thread that may wait, within the deadline. A question given up keeps its place
    /// until its thread is through, so that no more of them run than there are places.
    async fn ask<R: Send + 'static>(
        self,
        ask: impl FnOnce(&Answers) -> R + Send + 'static,
    ) -> Result<R, Problem> {
        let late = || {
            Problem::new(503, "late", "there was no answer in time")
                .hint("narrow the query or the time, or ask again later")
        };
        let asked = async {
            let place = Arc::clone(&self.places)
                .acquire_owned()
                .await
                .map_err(|error| internal(&error))?;
            let answers = Arc::clone(&self.answers);
            tokio::task::spawn_blocking(move || {
                let answer = ask(&answers);
                drop(place);
                answer
            })
            .await
            .map_err(|error| internal(&error))
        };
        tokio::time::timeout(self.deadline, asked)
            .await
            .map_err(|_| late())?
    }

    /// Asks for a body and replies with it or with the problem.
    async fn json<T: serde::Serialize + Send + 'static>(
        self,
        uri: &Uri,
        ask: impl FnOnce(&Answers) -> Result<T, Problem> + Send + 'static,
    ) -> Response<Body> {
        match self.ask(ask).await.flatten() {
            Ok(body) => reply::json(StatusCode::OK, &body),
            Err(problem) => reply::problem(&problem.instance(uri.path())),
        }
    }

    async fn page(self, make: impl FnOnce(&Answers) -> Page + Send + 'static) -> Response<Body> {
        match self.ask(make).await {
            Ok(page) => reply::page(page.status, page.markup),
            Err(problem) => reply::problem(&problem),
        }
    }
}

type Id = Result<Path<String>, PathRejection>;

/// An id that is no text names nothing.
fn id(id: Id) -> String {
    id.map_or_else(|_| "\u{FFFD}".to_owned(), |Path(id)| id)
}

async fn search(State(shared): State<Shared>, RawQuery(q): RawQuery, uri: Uri) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            answers.search(&Params::search(q.as_deref())?)
        })
        .await
}

async fn timeline(State(shared): State<Shared>, RawQuery(q): RawQuery, uri: Uri) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            answers.timeline(&Params::timeline(q.as_deref())?)
        })
        .await
}

async fn item(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            Params::read(q.as_deref(), &[])?;
            answers.item(&id(path))
        })
        .await
}

async fn raw(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        let capture = Params::read(q.as_deref(), &["capture"])?.take("capture");
        answers.raw(&id(path), capture.as_deref())
    });
    match asked.await.flatten() {
        Ok(body) => reply::raw(body),
        Err(problem) => reply::problem(&problem.instance(uri.path())),
    }
}

async fn sources(State(shared): State<Shared>, RawQuery(q): RawQuery, uri: Uri) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            Params::read(q.as_deref(), &[])?;
            answers.sources()
        })
        .await
}

async fn alerts(State(shared): State<Shared>, RawQuery(q): RawQuery, uri: Uri) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            answers.alerts(&Params::list(q.as_deref(), &["filter", "limit", "cursor"])?)
        })
        .await
}

async fn bursts(State(shared): State<Shared>, RawQuery(q): RawQuery, uri: Uri) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            answers.bursts(&Params::list(
                q.as_deref(),
                &["from", "to", "limit", "cursor"],
            )?)
        })
        .await
}

async fn burst(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared
        .json(&uri, move |answers| {
            Params::read(q.as_deref(), &[])?;
            answers.burst(&id(path))
        })
        .await
}

async fn healthz() -> Response<Body> {
    reply::text("ok\n")
}

async fn readyz(State(shared): State<Shared>) -> Response<Body> {
    match shared.ask(Answers::ready).await {
        Ok(body) if body.ready => reply::json(StatusCode::OK, &body),
        Ok(body) => {
            let waits: Vec<String> = body
                .checks
                .iter()
                .filter(|check| !check.ready)
                .map(|check| match &check.detail {
                    Some(detail) => format!("{}: {detail}", check.name),
                    None => check.name.clone(),
                })
                .collect();
            reply::problem(
                &Problem::new(503, "not-ready", "the daemon is not ready")
                    .detail(waits.join("; "))
                    .instance("/readyz"),
            )
        }
        Err(problem) => reply::problem(&problem.instance("/readyz")),
    }
}

async fn style() -> Response<Body> {
    reply::style(page::STYLE)
}

async fn unknown(uri: Uri) -> Response<Body> {
    reply::problem(&not_found("page", uri.path()).instance(uri.path()))
}

async fn search_page(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::search(answers, q.as_deref()))
        .await
}

async fn item_page(State(shared): State<Shared>, path: Id) -> Response<Body> {
    shared
        .page(move |answers| page::item(answers, &id(path)))
        .await
}

async fn alerts_page(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::alerts(answers, q.as_deref()))
        .await
}

async fn bursts_page(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::bursts(answers, q.as_deref()))
        .await
}

async fn burst_page(State(shared): State<Shared>, path: Id) -> Response<Body> {
    shared
        .page(move |answers| page::burst(answers, &id(path)))
        .await
}

async fn sources_page(State(shared): State<Shared>) -> Response<Body> {
    shared.page(page::sources).await
}
