//! The handlers that say what the matches of a query are made of.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{FacetLineBody, FacetsBody, TermBody, TermsBody};

use super::api::{Beat, refused};
use super::params::{self, Params};
use super::{Shared, stream};
use crate::answers::Answers;
use crate::export::Exported;

/// Facets
///
/// What the items that match are made of: for each field asked for its values with the items,
/// families and stories that have them.
#[utoipa::path(
    get,
    path = "/api/v1/facets",
    tag = "search",
    params(params::FacetsQuery, params::ExportQuery),
    responses((status = 200, description = "The counts", content(
        (FacetsBody = "application/json"),
        (FacetLineBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn facets(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let read = || {
        let mut params = Params::read(q.as_deref(), &[&params::FACETS, &params::EXPORT])?;
        Ok((params.format()?, params.facets()?))
    };
    match read() {
        Err(problem) => refused(&problem, &uri),
        Ok((Some(format), params)) => {
            stream::export(shared, &uri, Exported::Facets(params), format, beat).await
        }
        Ok((None, params)) => {
            let ask = move |answers: &Answers| answers.facets(&params);
            shared.json(&uri, StatusCode::OK, ask).await
        }
    }
}

/// Terms
///
/// The words that are more frequent among the items that match than elsewhere, with the counts of
/// both sides.
#[utoipa::path(
    get,
    path = "/api/v1/terms",
    tag = "search",
    params(params::TermsQuery, params::ExportQuery),
    responses((status = 200, description = "The words", content(
        (TermsBody = "application/json"),
        (TermBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn terms(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let read = || {
        let mut params = Params::read(q.as_deref(), &[&params::TERMS, &params::EXPORT])?;
        Ok((params.format()?, params.terms()?))
    };
    match read() {
        Err(problem) => refused(&problem, &uri),
        Ok((Some(format), params)) => {
            stream::export(shared, &uri, Exported::Terms(params), format, beat).await
        }
        Ok((None, params)) => {
            let ask = move |answers: &Answers| answers.terms(&params);
            shared.json(&uri, StatusCode::OK, ask).await
        }
    }
}
