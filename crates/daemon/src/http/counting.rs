//! The handlers that say what the matches of a query are made of.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{FacetsBody, TermsBody};

use super::Shared;
use super::params::{self, Params};
use crate::answers::Answers;

/// Facets
///
/// What the items that match are made of: for each field asked for its values with the items,
/// families and stories that have them.
#[utoipa::path(
    get,
    path = "/api/v1/facets",
    tag = "search",
    params(params::FacetsQuery),
    responses((status = 200, description = "The counts", body = FacetsBody))
)]
pub(super) async fn facets(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        answers.facets(&Params::read(q.as_deref(), &[&params::FACETS])?.facets()?)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

/// Terms
///
/// The words that are more frequent among the items that match than elsewhere, with the counts of
/// both sides.
#[utoipa::path(
    get,
    path = "/api/v1/terms",
    tag = "search",
    params(params::TermsQuery),
    responses((status = 200, description = "The words", body = TermsBody))
)]
pub(super) async fn terms(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        answers.terms(&Params::read(q.as_deref(), &[&params::TERMS])?.terms()?)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}
