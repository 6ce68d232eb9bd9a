//! The handlers of stories, of texts side by side, and of what is watched: elections and narratives.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{
    CalendarBody, ColumnTitlesBody, CompareBody, LineageBody, ListBody, NarrativeBody, Problem,
};

use super::Shared;
use super::api::Id;
use super::params::{self, Params};
use crate::answers::Answers;

/// One story
///
/// A story with its lineage: the items that carry its text, exactly or nearly, and those that may be
/// rewordings, in order of time, each with the clock its place rests on. "First" is first in this
/// collection.
#[utoipa::path(
    get,
    path = "/api/v1/stories/{id}",
    tag = "items",
    params(("id" = String, Path, description = "The id of a story, or of an item that tells it")),
    responses(
        (status = 200, description = "The story", body = LineageBody),
        (status = 410, description = "The item is no longer kept: since when and why", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn story(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared.one(path, q, &uri, Answers::story).await
}

/// Two items side by side
///
/// Both texts, the stretches of each that stand in the other, and the figures, names, quotations and
/// addresses they have in common.
#[utoipa::path(
    get,
    path = "/api/v1/compare",
    tag = "items",
    params(params::CompareQuery),
    responses(
        (status = 200, description = "Both items", body = CompareBody),
        (status = 404, description = "There is none of such an id", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "One is no longer kept: since when and why", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn compare(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let (item, with) = Params::read(q.as_deref(), &[&params::COMPARE])?.compare()?;
        answers.compare(&item, &with)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Titles of columns
///
/// Titles that make no story where they stand by themselves: short ones, and those that one publisher
/// uses day after day. Two publishers may choose them by themselves.
#[utoipa::path(
    get,
    path = "/api/v1/column-titles",
    tag = "stories",
    responses((status = 200, description = "The titles", body = ColumnTitlesBody))
)]
pub(super) async fn column_titles(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        answers.column_titles()
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Elections
///
/// The elections in force, each with its calendar and what of it is in force now.
#[utoipa::path(
    get,
    path = "/api/v1/elections",
    tag = "narratives",
    responses((status = 200, description = "The elections", body = ListBody<CalendarBody>))
)]
pub(super) async fn elections(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        answers.elections()
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Narratives
///
/// Documented claims, with what documents them, their queries, and how many items had their wording in the last
/// seven days; those of most items first.
#[utoipa::path(
    get,
    path = "/api/v1/narratives",
    tag = "narratives",
    responses((status = 200, description = "The narratives", body = ListBody<NarrativeBody>))
)]
pub(super) async fn narratives(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        Params::read(q.as_deref(), &[])?;
        answers.narratives()
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// One narrative
#[utoipa::path(
    get,
    path = "/api/v1/narratives/{id}",
    tag = "narratives",
    params(("id" = String, Path, description = "The id of a narrative")),
    responses((status = 200, description = "The narrative", body = NarrativeBody))
)]
pub(super) async fn narrative(
    State(shared): State<Shared>,
    path: Id,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    shared.one(path, q, &uri, Answers::narrative).await
}
