//! The handlers of logging in and out, and of what was done by whom.

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::header::{HeaderMap, HeaderValue, RETRY_AFTER, SET_COOKIE};
use axum::http::{Response, StatusCode, Uri};
use bellwether_access::{Principal, UserRole};
use bellwether_api::{AuditEntryBody, ListBody, Problem};
use utoipa::IntoParams;

use super::access::{COOKIE_NAME, query_value, session};
use super::api::read_body;
use super::guard::is_of_proxy;
use super::params::{Known, Params};
use super::serve::Peer;
use super::{Shared, reply};
use crate::answers::{Answers, SESSION_TIME, internal, parameter};
use crate::page;

static AUDIT: Known = Known::of::<AuditQuery>();

/// Which entries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct AuditQuery {
    /// Those before this one: the `cursor` of the page before.
    before: Option<i64>,
    /// At most so many, 200 where left out.
    #[param(minimum = 1, maximum = 200, example = 100)]
    limit: Option<usize>,
}

impl Params {
    fn audit(&mut self) -> Result<(Option<i64>, Option<usize>), Problem> {
        let before = self.take("before").map(|text| {
            text.parse()
                .map_err(|_| parameter("before", "expected the `cursor` of the page before"))
        });
        Ok((before.transpose()?, self.number("limit")?))
    }
}

/// Audit
///
/// What was changed or tried by whom, the newest first: over HTTP, and by commands about accounts. For the
/// role admin.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "service",
    params(AuditQuery),
    responses((status = 200, description = "The entries", body = ListBody<AuditEntryBody>))
)]
pub(super) async fn audit(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| {
        let (before, limit) = Params::read(q.as_deref(), &[&AUDIT])?.audit()?;
        answers.audit(before, limit)
    };
    shared.json(&uri, StatusCode::OK, ask).await
}

pub(super) async fn audit_page(
    State(shared): State<Shared>,
    reader: page::Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    let read = Params::read(q.as_deref(), &[&AUDIT]).and_then(|mut params| params.audit());
    match read {
        Ok((before, _)) => {
            shared
                .page(reader, move |visit| page::audit(visit, before))
                .await
        }
        Err(problem) => reply::problem(&problem),
    }
}

pub(super) async fn log_in_page(
    State(shared): State<Shared>,
    reader: page::Reader,
    uri: Uri,
) -> Response<Body> {
    let then = query_value(&uri, "then").unwrap_or_default();
    shared
        .page(reader, move |visit| page::log_in(visit, local(&then), None))
        .await
}

/// A form was sent: the reader is led to where they wanted to go.
pub(super) async fn log_in(
    State(shared): State<Shared>,
    reader: page::Reader,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let peer = peer.map_or_else(Peer::default, |Extension(peer)| peer);
    let form = read_body(body).and_then(|bytes| {
        let form = String::from_utf8_lossy(&bytes);
        let mut fields = Params::read_names(Some(&form), &["name", "password", "then"])?;
        let mut field = |name| fields.take(name).unwrap_or_default();
        Ok((field("name"), field("password"), field("then")))
    });
    let (name, password, then) = match form {
        Ok(fields) => fields,
        Err(problem) => return again(&shared, &reader, "", &problem),
    };
    let place = match shared.log_ins.clone().acquire_owned().await {
        Ok(place) => place,
        Err(error) => return again(&shared, &reader, &then, &internal(&error)),
    };
    let is_secure = (shared.answers.settings().public_url.as_deref())
        .is_some_and(|url| url.starts_with("https:"));
    let known = name.clone();
    // Behind a proxy, or a tunnel, all have one address.
    let is_shared = peer.address.is_loopback() || headers.keys().any(is_of_proxy);
    let address = (!is_shared).then_some(peer.address);
    let asked = shared.clone().ask(move |answers| {
        let issued = answers.log_in(&name, &password, address);
        drop(place);
        issued
    });
    match asked.await.flatten() {
        Ok(issued) => {
            let mut response = reply::see(local(&then));
            let secure = if is_secure { "; Secure" } else { "" };
            let cookie = format!(
                "{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
                issued.reveal(),
                SESSION_TIME.as_secs(),
            );
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(SET_COOKIE, cookie);
            }
            // Who it was is known only now.
            response.extensions_mut().insert(Principal::User {
                name: known,
                role: UserRole::Viewer,
            });
            response
        }
        Err(problem) => again(&shared, &reader, &then, &problem),
    }
}

fn again(shared: &Shared, reader: &page::Reader, then: &str, problem: &Problem) -> Response<Body> {
    let visit = page::Visited::new(&shared.answers, reader);
    let page = page::log_in(&visit, local(then), Some(problem));
    let mut response = reply::page(page.status, page.markup);
    if problem.status == StatusCode::TOO_MANY_REQUESTS.as_u16() {
        let seconds = HeaderValue::from_static("15");
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// A form was sent: the session has ended.
pub(super) async fn log_out(State(shared): State<Shared>, headers: HeaderMap) -> Response<Body> {
    let Some(secret) = session(&headers) else {
        return reply::see("/login");
    };
    let asked = shared.ask(move |answers| answers.log_out(&secret));
    match asked.await.flatten() {
        Ok(()) => {
            let mut response = reply::see("/login");
            let gone = format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
            if let Ok(gone) = HeaderValue::from_str(&gone) {
                response.headers_mut().insert(SET_COOKIE, gone);
            }
            response
        }
        Err(problem) => reply::problem(&problem),
    }
}

/// A path of ours, and nothing that leads away: `//host` does, and so does `/\host`.
pub(super) fn local(then: &str) -> &str {
    let is_ours = then.starts_with('/')
        && !then[1..].starts_with(['/', '\\'])
        && !then.contains(|c: char| c.is_control())
        && !then.starts_with("/login");
    if is_ours { then } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_leads_to_our_own_pages_only() {
        for ours in ["/", "/bursts/b-1?x=//y", "/alerts"] {
            assert_eq!(local(ours), ours);
        }
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "/login",
        ] {
            assert_eq!(local(other), "/", "{other:?}");
        }
    }
}
