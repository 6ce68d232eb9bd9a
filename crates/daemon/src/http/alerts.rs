//! The handlers of alerts and of what people say of them, each with its description.

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::header::HeaderMap;
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{AcknowledgeBody, AlertBody, ListBody, Problem, RuleBody};

use super::Shared;
use super::api::{Beat, Id, answered, body_of, id, refused};
use super::params::{self, Params};
use crate::answers::Answers;
use crate::export::Exported;
use crate::page::Reader;

/// Alerts
///
/// Alerts with their messages, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/alerts",
    tag = "alerts",
    params(params::FilterQuery, params::PagingQuery, params::ExportQuery),
    responses((status = 200, description = "The alerts", content(
        (ListBody<AlertBody> = "application/json"),
        (AlertBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn alerts(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let known = [&params::FILTER, &params::PAGING, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::list);
    answered(shared, &uri, beat, read, Exported::Alerts, Answers::alerts).await
}

/// One alert
///
/// An alert with its life and its messages.
#[utoipa::path(
    get,
    path = "/api/v1/alerts/{id}",
    tag = "alerts",
    params(("id" = String, Path, description = "The id of an alert")),
    responses((status = 200, description = "The alert", body = AlertBody))
)]
pub(super) async fn alert(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared.one(path, q, &uri, Answers::alert).await
}

/// Acknowledge an alert
///
/// Says who has it and, at will, whether it was worth telling. One that fires is acknowledged from then
/// on; one that has resolved stays resolved. All that is said stays in its history, and the last verdict
/// counts. What was said last, sent again, changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/{id}/acknowledge",
    tag = "alerts",
    params(("id" = String, Path, description = "The id of an alert")),
    request_body = AcknowledgeBody,
    responses(
        (status = 200, description = "The alert as it is now", body = AlertBody),
        (status = 409, description = "It was acknowledged 100 times already", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn acknowledge(
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
        let mut said: AcknowledgeBody = body_of("AcknowledgeBody", &headers, body)?;
        said.by = reader.sign(&said.by)?;
        answers.acknowledge(&id(path), &said)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Rules
///
/// The rules in force, and those that raised alerts once, each with how its alerts were judged: of those
/// of the last 90 days and of all. Without verdicts the precision is `null`, never 0.
#[utoipa::path(
    get,
    path = "/api/v1/rules",
    tag = "alerts",
    responses((status = 200, description = "The rules", body = ListBody<RuleBody>))
)]
pub(super) async fn rules(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    match Params::read(q.as_deref(), &[]) {
        Err(problem) => refused(&problem, &uri),
        Ok(_) => shared.json(&uri, StatusCode::OK, Answers::rules).await,
    }
}
