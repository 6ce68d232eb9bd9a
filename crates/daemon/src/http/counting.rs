//! The handlers that count: what the matches of a query are made of, and what was collected.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Response, Uri};
use bellwether_api::{
    CoverageHoursBody, CoverageLineBody, EchoBody, EchoLedgerBody, FacetLineBody, FacetsBody,
    TermBody, TermsBody,
};

use super::Shared;
use super::api::{Beat, answered};
use super::params::{self, Params};
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
    let known = [&params::FACETS, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::facets);
    answered(shared, &uri, beat, read, Exported::Facets, Answers::facets).await
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
    let known = [&params::TERMS, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::terms);
    answered(shared, &uri, beat, read, Exported::Terms, Answers::terms).await
}

/// Echo
///
/// How often one group carries what another was first with, in both directions, beside what their
/// sizes alone give.
#[utoipa::path(
    get,
    path = "/api/v1/echo",
    tag = "stories",
    params(params::EchoQuery, params::ExportQuery),
    responses((status = 200, description = "The pairs of groups", content(
        (EchoLedgerBody = "application/json"),
        (EchoBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn echo(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let known = [&params::ECHO, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::echo);
    answered(shared, &uri, beat, read, Exported::Echo, Answers::echo).await
}

/// Coverage
///
/// What was and was not collected of each source or group, by the hour or day, with the polls that were
/// due and made, the errors, and the items that came and are usual. Most of what is missing first. As
/// `ndjson` or `csv` a line for each hour or day.
#[utoipa::path(
    get,
    path = "/api/v1/coverage",
    tag = "collection",
    params(params::CoverageQuery, params::PagingQuery, params::ExportQuery),
    responses((status = 200, description = "The hours or days", content(
        (CoverageHoursBody = "application/json"),
        (CoverageLineBody = "application/x-ndjson"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn coverage(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    beat: Beat,
    uri: Uri,
) -> Response<Body> {
    let known = [&params::COVERAGE, &params::PAGING, &params::EXPORT];
    let read = Params::with_format(q.as_deref(), &known, Params::coverage);
    let exported = Exported::Coverage;
    answered(shared, &uri, beat, read, exported, Answers::coverage).await
}
