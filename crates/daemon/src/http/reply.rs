//! Replies, and the headers that every one of them carries.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use bellwether_api::{PROBLEM_MEDIA_TYPE, Problem};
use maud::Markup;
use serde::Serialize;

use crate::answers::RawBody;

/// Pages load one style sheet and one script of ours and nothing else; forms lead nowhere else.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);
/// What was received may be anything, also a page with scripts: nothing of it may run.
const RAW_POLICY: HeaderValue =
    HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'");
/// After so many seconds a start or a rebuild may be through.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("5");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Adds to every reply what keeps other pages, caches and frames away from it.
pub(super) async fn secure(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(PAGE_POLICY);
    for (name, value) in [
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (RESOURCE_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A reply of a media type.
pub(super) fn reply(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn status_of(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A problem document.
pub(super) fn problem(problem: &Problem) -> Response<Body> {
    let status = status_of(problem);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = reply(status, PROBLEM_MEDIA_TYPE, body);
    let headers = response.headers_mut();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, RETRY_SECONDS);
    }
    response
}

/// A body as JSON.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response<Body> {
    match serde_json::to_vec(body) {
        Ok(bytes) => reply(status, "application/json", bytes),
        Err(error) => problem(&crate::answers::internal(&error)),
    }
}

/// A page.
pub(super) fn page(status: u16, markup: Markup) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = reply(status, "text/html; charset=utf-8", markup.into_string());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS);
    }
    response
}

/// Text of a media type.
pub(super) fn text(body: String, media_type: &'static str) -> Response<Body> {
    reply(StatusCode::OK, media_type, body)
}

/// The description of the API.
pub(super) fn described(json: &str) -> Response<Body> {
    reply(StatusCode::OK, "application/json", json.to_owned())
}

/// It is done, and there is nothing to show.
pub(super) fn nothing() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// It is done; see that page.
pub(super) fn see(path: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // A path of ours is escaped; where one is not, the list of all is as good.
    let path = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/alerts"));
    response.headers_mut().insert(LOCATION, path);
    response
}

/// It is somewhere else, for good.
pub(super) fn moved(path: &str) -> Response<Body> {
    let mut response = see(path);
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response
}

/// Has a reader's browser keep how they want pages shown, for a year. Nothing is opened by it.
pub(super) fn remember(response: &mut Response<Body>, name: &str, value: &str) {
    const YEAR_SECONDS: u32 = 31_536_000;
    let cookie = format!("{name}={value}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax; HttpOnly");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// The style sheet of the pages.
pub(super) fn style(body: &'static str) -> Response<Body> {
    reply(StatusCode::OK, "text/css; charset=utf-8", body)
}

/// Bytes as received, to be kept and never shown.
pub(super) fn raw(raw: RawBody) -> Response<Body> {
    let mut response = reply(StatusCode::OK, "application/octet-stream", raw.bytes);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, RAW_POLICY);
    let disposition = format!("attachment; filename=\"{}\"", raw.file_name);
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition)
            .unwrap_or_else(|_| HeaderValue::from_static("attachment")),
    );
    response
}
