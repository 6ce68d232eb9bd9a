//! The handlers of silences and of the log of messages, each with its description.

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::header::HeaderMap;
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{
    DeliveryBody, EndSilenceBody, ListBody, NewSilenceBody, Problem, SilenceBody,
};
use utoipa::IntoParams;

use super::Shared;
use super::api::{Id, body_of, id};
use super::params::{Known, Params};
use crate::answers::{Answers, parameter};
use crate::page::Reader;

/// Messages that are listed where nobody says how many.
const DELIVERIES_USUAL: usize = 100;

pub(crate) static SILENCES: Known = Known::of::<SilencesQuery>();
static DELIVERIES: Known = Known::of::<DeliveriesQuery>();

/// Which silences.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct SilencesQuery {
    /// `active` (default) for those in force and to come, or `all`.
    #[param(example = "all")]
    filter: Option<String>,
}

/// Which messages.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct DeliveriesQuery {
    /// Those to this receiver; to all, where left out.
    #[param(max_length = 64)]
    receiver: Option<String>,
    /// At most so many, 100 where left out.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    limit: Option<usize>,
}

impl Params {
    /// Whether silences that have ended are asked for too.
    pub(crate) fn all_silences(&mut self) -> Result<bool, Problem> {
        match self.take("filter").as_deref() {
            None | Some("active") => Ok(false),
            Some("all") => Ok(true),
            Some(_) => Err(parameter("filter", "expected `active` or `all`")),
        }
    }

    /// The receiver whose messages are asked for, and how many.
    pub(crate) fn deliveries(&mut self) -> Result<(Option<String>, Option<usize>), Problem> {
        Ok((self.take("receiver"), self.number("limit")?))
    }
}

/// Silences
///
/// Of which alerts nobody is told for some time, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/silences",
    tag = "alerts",
    params(SilencesQuery),
    responses((status = 200, description = "The silences", body = ListBody<SilenceBody>))
)]
pub(super) async fn silences(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let all = Params::read(q.as_deref(), &[&SILENCES])?.all_silences()?;
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
    reader: Reader,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let mut wanted: NewSilenceBody = body_of("NewSilenceBody", &headers, body)?;
        wanted.by = reader.sign(&wanted.by)?;
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
    reader: Reader,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let mut said: EndSilenceBody = body_of("EndSilenceBody", &headers, body)?;
        said.by = reader.sign(&said.by)?;
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
    params(DeliveriesQuery),
    responses((status = 200, description = "The messages", body = ListBody<DeliveryBody>))
)]
pub(super) async fn deliveries(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let read = Params::read(q.as_deref(), &[&DELIVERIES])?.deliveries()?;
        let (receiver, limit) = read;
        answers.deliveries(receiver.as_deref(), limit.unwrap_or(DELIVERIES_USUAL))
    };
    shared.json(&uri, StatusCode::OK, ask).await
}
