//! HTTP: which path asks which question, and what every request and reply must hold to.
//!
//! Decides nothing about answers: a handler reads parameters, asks [`Answers`] on a thread that may
//! wait for files, and shapes the reply. Errors are problem documents (RFC 9457); only what fails
//! while a page is made is told on a page.
//!
//! A route of the API is added in [`api`] or a file beside it with its description and named in [`described`]: so it is
//! in `/api/openapi.json`. A page is added in [`pages`](fn@pages).

mod access;
mod accounts;
mod alerts;
mod api;
mod cases;
mod counting;
mod guard;
mod live;
mod metrics;
mod openapi;
mod pages;
pub(crate) mod params;
mod reply;
mod serve;
mod silences;
mod stream;
mod telling;
pub(crate) mod why;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
#[cfg(test)]
use axum::http::Method;
use axum::http::{Response, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use bellwether_api::Problem;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answers::{Answers, Reloads, internal, not_found};
use crate::page::{Page, Reader, Visited};
use metrics::Metrics;
pub(crate) use params::Params;
pub(crate) use silences::SILENCES;

pub use serve::{ListenError, bind, serve};

/// Exports under way at once: each keeps a place among the questions busy half of the time.
const EXPORTS_MAX: usize = 4;
/// Passwords looked at once: each takes 19 MiB and a core.
const LOG_INS_MAX: usize = 2;
/// The longest body of a request: a saved query of the greatest length, escaped in any way.
const BODY_BYTES_MAX: usize = 64 << 10;

/// Bounds of the HTTP side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpSettings {
    /// Questions worked on at once; the others wait.
    pub questions_max: usize,
    /// A question that has no answer by then is given up; in an export, a piece of it.
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
    exports: Arc<Semaphore>,
    log_ins: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    deadline: Duration,
    metrics: Arc<Metrics>,
    /// The description of the API, as JSON.
    described: Arc<str>,
}

/// The routes of the API with their descriptions.
fn described() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(api::search))
        .routes(routes!(api::timeline))
        .routes(routes!(counting::facets))
        .routes(routes!(counting::terms))
        .routes(routes!(counting::echo))
        .routes(routes!(counting::coverage))
        .routes(routes!(api::item))
        .routes(routes!(api::versions))
        .routes(routes!(api::raw))
        .routes(routes!(telling::story))
        .routes(routes!(telling::compare))
        .routes(routes!(telling::column_titles))
        .routes(routes!(api::sources))
        .routes(routes!(api::groups))
        .routes(routes!(telling::elections))
        .routes(routes!(telling::narratives))
        .routes(routes!(telling::narrative))
        .routes(routes!(live::stream))
        .routes(routes!(alerts::alerts))
        .routes(routes!(alerts::alert))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(alerts::rules))
        .routes(routes!(silences::silences, silences::add))
        .routes(routes!(silences::end))
        .routes(routes!(silences::deliveries))
        .routes(routes!(accounts::audit))
        .routes(routes!(cases::cases, cases::open))
        .routes(routes!(cases::case))
        .routes(routes!(cases::add))
        .routes(routes!(cases::take_out))
        .routes(routes!(api::bursts))
        .routes(routes!(api::burst))
        .routes(routes!(why::explain))
        .routes(routes!(why::backtest))
        .routes(routes!(api::queries, api::save_query))
        .routes(routes!(api::query, api::change_query, api::remove_query))
        .routes(routes!(api::description))
        .routes(routes!(api::healthz))
        .routes(routes!(api::readyz))
        .routes(routes!(api::figures))
}

/// The pages and the forms on them. A page is added here.
fn pages() -> Pages {
    Pages::default()
        .get("/style.css", pages::style)
        .get("/script.js", pages::script)
        .get("/", pages::now)
        .get("/search", pages::search)
        .get("/narratives", pages::narratives)
        .get("/narratives/{id}", pages::narrative)
        .get("/elections", pages::elections)
        .get("/keys", pages::keys)
        .get("/cases", pages::cases)
        .post("/cases", pages::open_case)
        .post("/cases/add", pages::add_to_case)
        .get("/cases/{id}", pages::case)
        .post("/cases/{id}/entries", pages::add_to_that_case)
        .post("/cases/{id}/entries/{number}/remove", pages::take_from_case)
        .post("/prefer", pages::prefer)
        .get("/items/{id}", pages::item)
        .get("/stories/{id}", pages::story)
        .get("/compare", pages::compare)
        .get("/echo", pages::echo)
        .get("/alerts", pages::alerts)
        .get("/alerts.atom", pages::alert_feed)
        .get("/alerts/{id}", pages::alert)
        .post("/alerts/{id}/acknowledge", pages::acknowledge)
        .get("/silences", pages::silences)
        .post("/silences", pages::add_silence)
        .post("/silences/{id}/end", pages::end_silence)
        .get("/bursts", pages::bursts)
        .get("/bursts/{id}", pages::burst)
        .get("/explain", pages::explain)
        .get("/backtest", pages::backtest)
        .get("/sources", pages::sources)
        .get("/queries", pages::queries)
        .post("/queries", pages::save_query)
        .post("/queries/{id}/remove", pages::remove_query)
        .post("/alerts/{id}/silence", pages::silence_alert)
        .get("/login", accounts::log_in_page)
        .post("/login", accounts::log_in)
        .post("/logout", accounts::log_out)
        .get("/audit", accounts::audit_page)
}

/// Routes of pages, and which they are: a test asks each of them as everybody.
#[derive(Default)]
struct Pages {
    router: Router<Shared>,
    #[cfg(test)]
    paths: Vec<(Method, &'static str)>,
}

impl Pages {
    fn get<H: Handler<T, Shared>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
        #[cfg(test)]
        self.paths.push((Method::GET, path));
        self.router = self.router.route(path, get(handler));
        self
    }

    fn post<H: Handler<T, Shared>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
        #[cfg(test)]
        self.paths.push((Method::POST, path));
        self.router = self.router.route(path, post(handler));
        self
    }
}

/// Every endpoint: its method, and the template of its path.
#[cfg(test)]
pub(crate) fn endpoints() -> std::collections::BTreeSet<(String, String)> {
    let mut all: std::collections::BTreeSet<(String, String)> = pages()
        .paths
        .into_iter()
        .map(|(method, path)| (method.to_string(), path.to_owned()))
        .collect();
    for (path, item) in described().split_for_parts().1.paths.paths {
        for (method, operation) in [
            ("GET", item.get),
            ("POST", item.post),
            ("PUT", item.put),
            ("DELETE", item.delete),
        ] {
            if operation.is_some() {
                all.insert((method.to_owned(), path.clone()));
            }
        }
    }
    all
}

/// All paths of the daemon. Requests are counted anew by each router.
pub fn router(answers: Arc<Answers>, settings: HttpSettings) -> Router {
    let (api, description) = described().split_for_parts();
    let began = answers
        .reloads()
        .map_or_else(|| answers.now(), Reloads::began);
    let shared = Shared {
        places: Arc::new(Semaphore::new(settings.questions_max.max(1))),
        exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
        log_ins: Arc::new(Semaphore::new(LOG_INS_MAX)),
        streams: Arc::new(Semaphore::new(live::STREAMS_MAX)),
        deadline: settings.deadline,
        metrics: Arc::new(Metrics::new(began)),
        described: openapi::finished(description).into(),
        answers,
    };
    api.merge(pages().router)
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(shared.clone(), access::access))
        .layer(from_fn_with_state(shared.clone(), guard::guard))
        .layer(from_fn(reply::secure))
        .layer(from_fn_with_state(shared.clone(), metrics::measure))
        .with_state(shared)
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
        status: StatusCode,
        ask: impl FnOnce(&Answers) -> Result<T, Problem> + Send + 'static,
    ) -> Response<Body> {
        match self.ask(ask).await.flatten() {
            Ok(body) => reply::json(status, &body),
            Err(problem) => reply::problem(&problem.instance(uri.path())),
        }
    }

    /// One thing by its id, with no other parameters.
    async fn one<T: serde::Serialize + Send + 'static>(
        self,
        path: api::Id,
        query: Option<String>,
        uri: &Uri,
        of: impl FnOnce(&Answers, &str) -> Result<T, Problem> + Send + 'static,
    ) -> Response<Body> {
        let ask = move |answers: &Answers| {
            Params::read(query.as_deref(), &[])?;
            of(answers, &api::id(path))
        };
        self.json(uri, StatusCode::OK, ask).await
    }

    async fn page(
        self,
        reader: Reader,
        make: impl FnOnce(&Visited<'_>) -> Page + Send + 'static,
    ) -> Response<Body> {
        let made = self.ask(move |answers| make(&Visited::new(answers, &reader)));
        match made.await {
            Ok(page) => reply::page(page.status, page.markup),
            Err(problem) => reply::problem(&problem),
        }
    }
}

async fn unknown(uri: Uri) -> Response<Body> {
    reply::problem(&not_found("page", uri.path()).instance(uri.path()))
}

/// The methods that a path has stand in `Allow`.
async fn wrong_method(uri: Uri) -> Response<Body> {
    reply::problem(
        &Problem::new(405, "method", "this path does not answer to this method")
            .instance(uri.path()),
    )
}
