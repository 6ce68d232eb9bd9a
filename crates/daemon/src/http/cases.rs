//! The handlers of cases, each with its description.

use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{CaseBody, CaseSummaryBody, ListBody, NewCaseBody, NewEntryBody, Problem};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::api::{Id, body_of, id, refused};
use super::params::{Known, Params};
use super::{Shared, reply};
use crate::answers::{Answers, not_found, parameter};
use crate::page::Reader;

static CASE: Known = Known::of::<CaseQuery>();

/// In which form.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct CaseQuery {
    /// `json` (default), `md` for Markdown or `csv` for a table.
    #[param(example = "md")]
    format: Option<String>,
}

/// Who takes something out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeOutBody {
    /// Who, as for an acknowledgement.
    #[serde(default)]
    #[schema(max_length = 64)]
    by: String,
}

/// Cases
///
/// What people put together as evidence, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    tag = "cases",
    responses((status = 200, description = "The cases", body = ListBody<CaseSummaryBody>))
)]
pub(super) async fn cases(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        answers.cases()
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Open a case
#[utoipa::path(
    post,
    path = "/api/v1/cases",
    tag = "cases",
    request_body = NewCaseBody,
    responses(
        (status = 201, description = "The case", body = CaseBody),
        (status = 409, description = "There are too many", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn open(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
    reader: Reader,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let mut wanted: NewCaseBody = body_of("NewCaseBody", &headers, body)?;
        wanted.by = reader.sign(&wanted.by)?;
        answers.open_case(&wanted, None)
    };
    shared.json(&uri, StatusCode::CREATED, ask).await
}

/// One case
///
/// With what is in it; as Markdown or as a table to be taken along.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}",
    tag = "cases",
    params(("id" = String, Path, description = "The id of a case"), CaseQuery),
    responses((status = 200, description = "The case", content(
        (CaseBody = "application/json"),
        (String = "text/markdown"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn case(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let format = Params::read(q.as_deref(), &[&CASE]).map(|mut params| params.take("format"));
    let (ending, media_type) = match format.as_ref().map(Option::as_deref) {
        Err(problem) => return refused(problem, &uri),
        Ok(None | Some("json")) => {
            let ask = move |answers: &Answers| answers.case(&id(path));
            return shared.json(&uri, StatusCode::OK, ask).await;
        }
        Ok(Some("md")) => ("md", "text/markdown; charset=utf-8"),
        Ok(Some("csv")) => ("csv", "text/csv; charset=utf-8"),
        Ok(Some(_)) => {
            return refused(&parameter("format", "expected json, md or csv"), &uri);
        }
    };
    let id = id(path);
    let name = format!("attachment; filename=\"case-{}.{ending}\"", file_name(&id));
    let ask = move |answers: &Answers| {
        let case = answers.case(&id)?;
        Ok(match ending {
            "md" => case.markdown(answers.now()),
            _ => case.csv(),
        })
    };
    match shared.ask(ask).await.flatten() {
        Ok(text) => {
            let mut response = reply::text(text, media_type);
            if let Ok(name) = HeaderValue::from_str(&name) {
                response.headers_mut().insert(CONTENT_DISPOSITION, name);
            }
            response
        }
        Err(problem) => refused(&problem, &uri),
    }
}

fn file_name(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect()
}

/// Put something into a case
///
/// An item, a story or a burst, as it is now, or a note.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/entries",
    tag = "cases",
    params(("id" = String, Path, description = "The id of a case")),
    request_body = NewEntryBody,
    responses(
        (status = 201, description = "The case as it is now", body = CaseBody),
        (status = 409, description = "The case is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add(
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
        let mut wanted: NewEntryBody = body_of("NewEntryBody", &headers, body)?;
        wanted.by = reader.sign(&wanted.by)?;
        answers.add_to_case(&id(path), &wanted)
    };
    shared.json(&uri, StatusCode::CREATED, ask).await
}

/// Take something out of a case
///
/// That it was there stays on record.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/entries/{number}/remove",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The id of a case"),
        ("number" = String, Path, description = "The number of an entry"),
    ),
    request_body = TakeOutBody,
    responses((status = 200, description = "The case as it is now", body = CaseBody))
)]
pub(super) async fn take_out(
    State(shared): State<Shared>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(q): RawQuery,
    uri: Uri,
    reader: Reader,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        let said: TakeOutBody = body_of("TakeOutBody", &headers, body)?;
        let (id, number) = entry(path)?;
        answers.take_from_case(&id, number, &reader.sign(&said.by)?)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// The case and the entry that a path names.
pub(super) fn entry(
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<(String, u32), Problem> {
    let Ok(Path((id, number))) = path else {
        return Err(not_found("case", "\u{FFFD}"));
    };
    match number.parse() {
        Ok(number) => Ok((id, number)),
        Err(_) => Err(not_found("entry", &number)),
    }
}
