//! The handlers of silences and of the log of messages, each with its description.

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::header::HeaderMap;
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{
    DeliveryBody, EndSilenceBody, ListBody, NewSilenceBody, Problem, SilenceBody,
};

use super::Shared;
use super::api::{Id, body_of, id};
use super::params::{self, Params};
use crate::answers::Answers;

/// Messages that are listed where nobody says how many.
const DELIVERIES: usize = 100;

/// Silences
///
/// Of which alerts nobody is told for some time, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/silences",
    tag = "alerts",
    params(params::SilencesQuery),
    responses((status = 200, description = "The silences", body = ListBody<SilenceBody>))
)]
pub(super) async fn silences(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let all = Params::read(q.as_deref(), &[&params::SILENCES])?.all_silences()?;
        answers.silences(all)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Silence alerts
///
/// Nobody is told of alerts that meet all of the matchers until the silence ends; they still stand in
/// all lists. One that still fires by then is told.
#[utoipa::path(
    post,
    path = "/api/v1/silences",
    tag = "alerts",
    request_body = NewSilenceBody,
    responses(
        (status = 201, description = "The silence", body = SilenceBody),
        (status = 409, description = "There are too many", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let wanted: NewSilenceBody = body_of("NewSilenceBody", &headers, body)?;
        answers.add_silence(&wanted)
    };
    shared.json(&uri, StatusCode::CREATED, ask).await
}

/// End a silence
///
/// Before its time. What it held back is told, where it still holds. One that has ended stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/silences/{id}/end",
    tag = "alerts",
    params(("id" = String, Path, description = "The id of a silence")),
    request_body = EndSilenceBody,
    responses((status = 200, description = "The silence as it is now", body = SilenceBody))
)]
pub(super) async fn end(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let said: EndSilenceBody = body_of("EndSilenceBody", &headers, body)?;
        answers.end_silence(&id(path), &said)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Messages
///
/// The newest messages, each with where it stands, why it was held back where it was,
/// and how long it took: at most 1,000.
#[utoipa::path(
    get,
    path = "/api/v1/deliveries",
    tag = "alerts",
    params(params::DeliveriesQuery),
    responses((status = 200, description = "The messages", body = ListBody<DeliveryBody>))
)]
pub(super) async fn deliveries(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let read = Params::read(q.as_deref(), &[&params::DELIVERIES])?.deliveries()?;
        let (receiver, limit) = read;
        answers.deliveries(receiver.as_deref(), limit.unwrap_or(DELIVERIES))
    };
    shared.json(&uri, StatusCode::OK, ask).await
}
