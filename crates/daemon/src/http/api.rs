//! The handlers of the API, each with its description.
//!
//! A handler reads parameters, asks, and shapes the reply. Answers to `format=ndjson` and
//! `format=csv` are exports ([`super::stream`]).

use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{
    BurstBody, ChangedVersionBody, GroupBody, ItemBody, ItemDetailBody, ListBody, NewQueryBody,
    Problem, ReadyBody, SavedQueryBody, SearchBody, SourceBody, TimelineBody,
};

use super::params::{self, Params};
use super::serve::Pulse;
use super::{Shared, metrics, reply, stream};
use crate::answers::{Answers, parameter};
use crate::export::{Exported, Format};
use crate::page::Reader;

pub(super) type Id = Result<Path<String>, PathRejection>;
/// How a long reply says that it is being read; absent where no connection is served.
pub(super) type Beat = Option<Extension<Pulse>>;

/// An id that is no text names nothing.
pub(super) fn id(id: Id) -> String {
    id.map_or_else(|_| "\u{FFFD}".to_owned(), |Path(id)| id)
}

/// Search
///
/// One page of the items that match, with the number of all that do and what was collected. As
/// `ndjson` or `csv` all of them, as the collection was when the export began.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    params(params::SearchQuery, params::ExportQuery),
    responses((status = 200, description = "The items", content(
        (SearchBody = "application/json"),
        (ItemBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn search(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let known = [&params::SEARCH, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::search);
    answered(shared, &uri, beat, read, Exported::Search, Answers::search).await
}

/// Timeline
///
/// The items that match, counted in bins of time. A bin that was not collected has `null`, never 0.
#[utoipa::path(
    get,
    path = "/api/v1/timeline",
    tag = "search",
    params(params::TimelineQuery, params::ExportQuery),
    responses((status = 200, description = "The counts", content(
        (TimelineBody = "application/json"),
        (bellwether_api::BinBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn timeline(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let known = [&params::TIMELINE, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::timeline);
    answered(
        shared,
        &uri,
        beat,
        read,
        Exported::Timeline,
        Answers::timeline,
    )
    .await
}

/// One item
///
/// All that is kept of an item, with every wording of it.
#[utoipa::path(
    get,
    path = "/api/v1/items/{id}",
    tag = "items",
    params(("id" = String, Path, description = "The id of an item")),
    responses(
        (status = 200, description = "The item", body = ItemDetailBody),
        (status = 410, description = "It is no longer kept: since when and why", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn item(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared.one(path, q, &uri, Answers::item).await
}

/// Wordings
///
/// The wordings of an item, newest first, each with what changed since the one before, word by word.
#[utoipa::path(
    get,
    path = "/api/v1/items/{id}/versions",
    tag = "items",
    params(("id" = String, Path, description = "The id of an item"), params::PagingQuery),
    responses((status = 200, description = "The wordings", body = ListBody<ChangedVersionBody>))
)]
pub(super) async fn versions(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let params = Params::read(q.as_deref(), &[&params::PAGING])?.list()?;
        answers.versions(&id(path), &params)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// An item as received
///
/// The bytes of the response that holds the item, as an attachment. They may be anything.
#[utoipa::path(
    get,
    path = "/api/v1/items/{id}/raw",
    tag = "items",
    params(("id" = String, Path, description = "The id of an item"), params::CaptureQuery),
    responses(
        (status = 200, description = "The bytes", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 410, description = "They are no longer kept: since when and why", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn raw(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        let capture = Params::read(q.as_deref(), &[&params::CAPTURE])?.take("capture");
        answers.raw(&id(path), capture.as_deref())
    });
    match asked.await.flatten() {
        Ok(body) => reply::raw(body),
        Err(problem) => refused(&problem, &uri),
    }
}

/// Sources
///
/// The sources in force, each with what is on record about it and what came of its last poll.
#[utoipa::path(
    get,
    path = "/api/v1/sources",
    tag = "collection",
    params(params::ExportQuery),
    responses((status = 200, description = "The sources", content(
        (ListBody<SourceBody> = "application/json"),
        (SourceBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn sources(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    match Params::read(q.as_deref(), &[&params::EXPORT]).and_then(|mut read| read.format()) {
        Err(problem) => refused(&problem, &uri),
        Ok(Some(format)) => stream::export(shared, &uri, Exported::Sources, format, beat).await,
        Ok(None) => shared.json(&uri, StatusCode::OK, Answers::sources).await,
    }
}

/// Groups
///
/// The groups in force, each with the day on which its baseline is ready.
#[utoipa::path(
    get,
    path = "/api/v1/groups",
    tag = "collection",
    responses((status = 200, description = "The groups", body = ListBody<GroupBody>))
)]
pub(super) async fn groups(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    match Params::read(q.as_deref(), &[]) {
        Err(problem) => refused(&problem, &uri),
        Ok(_) => shared.json(&uri, StatusCode::OK, Answers::groups).await,
    }
}

/// Bursts
///
/// Bursts that began in a stretch of time, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/bursts",
    tag = "alerts",
    params(params::SpanQuery, params::PagingQuery, params::ExportQuery),
    responses((status = 200, description = "The bursts", content(
        (ListBody<BurstBody> = "application/json"),
        (BurstBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn bursts(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let known = [&params::SPAN, &params::PAGING, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::list);
    answered(shared, &uri, beat, read, Exported::Bursts, Answers::bursts).await
}

/// One burst
///
/// A burst with all its numbers.
#[utoipa::path(
    get,
    path = "/api/v1/bursts/{id}",
    tag = "alerts",
    params(("id" = String, Path, description = "The id of a burst")),
    responses((status = 200, description = "The burst", body = BurstBody))
)]
pub(super) async fn burst(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared.one(path, q, &uri, Answers::burst).await
}

/// Saved queries
///
/// All saved queries by name; at most 1,000.
#[utoipa::path(
    get,
    path = "/api/v1/queries",
    tag = "queries",
    params(params::ExportQuery),
    responses((status = 200, description = "The queries", content(
        (ListBody<SavedQueryBody> = "application/json"),
        (SavedQueryBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn queries(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    match Params::read(q.as_deref(), &[&params::EXPORT]).and_then(|mut read| read.format()) {
        Err(problem) => refused(&problem, &uri),
        Ok(Some(format)) => stream::export(shared, &uri, Exported::Queries, format, beat).await,
        Ok(None) => {
            let ask = |answers: &Answers| answers.saved_queries();
            shared.json(&uri, StatusCode::OK, ask).await
        }
    }
}

/// Save a query
///
/// Keeps a query under a name. It is read first: one that cannot be read is refused with the
/// position.
#[utoipa::path(
    post,
    path = "/api/v1/queries",
    tag = "queries",
    request_body = NewQueryBody,
    responses(
        (status = 201, description = "It is kept", body = SavedQueryBody),
        (status = 409, description = "The name is taken, or there are too many", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn save_query(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
    reader: Reader,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        answers.save_query(&signed(&reader, body_of("NewQueryBody", &headers, body)?)?)
    };
    shared.json(&uri, StatusCode::CREATED, ask).await
}

/// One saved query
#[utoipa::path(
    get,
    path = "/api/v1/queries/{id}",
    tag = "queries",
    params(("id" = String, Path, description = "The id of a saved query")),
    responses((status = 200, description = "The query", body = SavedQueryBody))
)]
pub(super) async fn query(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared.one(path, q, &uri, Answers::saved_query).await
}

/// Change a saved query
///
/// Replaces all of it but its id and the time at which it was saved first.
#[utoipa::path(
    put,
    path = "/api/v1/queries/{id}",
    tag = "queries",
    params(("id" = String, Path, description = "The id of a saved query")),
    request_body = NewQueryBody,
    responses(
        (status = 200, description = "It is changed", body = SavedQueryBody),
        (status = 409, description = "The name is taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_query(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
    reader: Reader,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let new = signed(&reader, body_of("NewQueryBody", &headers, body)?)?;
        answers.change_query(&id(path), &new)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Remove a saved query
#[utoipa::path(
    delete,
    path = "/api/v1/queries/{id}",
    tag = "queries",
    params(("id" = String, Path, description = "The id of a saved query")),
    responses((status = 204, description = "It is removed"))
)]
pub(super) async fn remove_query(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        Params::read(q.as_deref(), &[])?;
        answers.remove_query(&id(path))
    });
    match asked.await.flatten() {
        Ok(()) => reply::nothing(),
        Err(problem) => refused(&problem, &uri),
    }
}

/// This description
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "service",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = serde_json::Value))
)]
pub(super) async fn description(State(shared): State<Shared>) -> Response<Body> {
    reply::described(&shared.described)
}

/// Whether the process lives
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    responses((status = 200, description = "It lives", content_type = "text/plain", body = String))
)]
pub(super) async fn healthz() -> Response<Body> {
    reply::text("ok\n".to_owned(), "text/plain; charset=utf-8")
}

/// Whether questions can be answered
///
/// A problem of status 503 says what is awaited.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "service",
    responses((status = 200, description = "They can", body = ReadyBody))
)]
pub(super) async fn readyz(State(shared): State<Shared>) -> Response<Body> {
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

/// Figures for Prometheus
///
/// How far each part is, and how long requests take. No text of items, no secrets.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "service",
    responses((status = 200, description = "Text format 0.0.4", content_type = "text/plain", body = String))
)]
pub(super) async fn figures(State(shared): State<Shared>) -> Response<Body> {
    let metrics = std::sync::Arc::clone(&shared.metrics);
    match shared.ask(move |answers| metrics.text(answers)).await {
        Ok(text) => reply::text(text, metrics::MEDIA_TYPE),
        Err(problem) => reply::problem(&problem.instance("/metrics")),
    }
}

/// A query with the name of who saves it.
fn signed(reader: &Reader, new: NewQueryBody) -> Result<NewQueryBody, Problem> {
    let author = reader.sign(new.author.as_deref().unwrap_or_default())?;
    Ok(NewQueryBody {
        author: Some(author),
        ..new
    })
}

/// The answer as JSON, or in full as an export.
pub(super) async fn answered<P, T>(
    shared: Shared,
    uri: &Uri,
    beat: Beat,
    read: Result<(Option<Format>, P), Problem>,
    exported: fn(P) -> Exported,
    ask: fn(&Answers, &P) -> Result<T, Problem>,
) -> Response<Body>
where
    P: Send + 'static,
    T: serde::Serialize + Send + 'static,
{
    match read {
        Err(problem) => refused(&problem, uri),
        Ok((Some(format), params)) => {
            stream::export(shared, uri, exported(params), format, beat).await
        }
        Ok((None, params)) => {
            let ask = move |answers: &Answers| ask(answers, &params);
            shared.json(uri, StatusCode::OK, ask).await
        }
    }
}

/// A refusal of a question, with its path.
pub(super) fn refused(problem: &Problem, uri: &Uri) -> Response<Body> {
    reply::problem(&problem.clone().instance(uri.path()))
}

/// The body of a request that changes something; `name` is what the description calls it. Only JSON
/// is read: what a form of another page can send is not.
pub(super) fn body_of<T: serde::de::DeserializeOwned>(
    name: &str,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<T, Problem> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|text| text.split(';').next());
    if !media_type.is_some_and(|text| text.trim().eq_ignore_ascii_case("application/json")) {
        return Err(Problem::new(
            415,
            "media-type",
            "the body must be `application/json`",
        ));
    }
    let bytes = read_body(body)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        parameter("body", format!("it is not what is expected: {error}"))
            .hint(format!("see {name} in /api/openapi.json"))
    })
}

/// The bytes of a body within bounds.
pub(super) fn read_body(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| {
        Problem::new(
            rejection.status().as_u16(),
            "body",
            "the body cannot be read",
        )
        .detail(rejection.body_text())
    })
}
