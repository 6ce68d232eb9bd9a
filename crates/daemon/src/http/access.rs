//! Who is let in: without accounts whoever sits at this machine, else who logged in, has a token, or came
//! by the link of a message.
//!
//! What each path wants stands in `bellwether-access`. A session's cookie is no reason to believe that a
//! page of ours asks: [`super::guard`] has looked at that before.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{Method, Response, StatusCode, Uri};
use axum::middleware::Next;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bellwether_access::{Need, Principal, needs};
use bellwether_alert::alert_id;
use bellwether_api::Problem;
use bellwether_model::BurstId;

use super::serve::Peer;
use super::{Shared, reply};
use crate::answers::Answers;
use crate::page::preferences::{Preferences, cookie};
use crate::page::{self, Reader};

/// The cookie of a session.
pub(super) const COOKIE_NAME: &str = "bellwether_session";

/// How tokens are shown.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"bellwether\"");
/// Feed readers know nothing else: the token is the password.
const CHALLENGE_OF_FEED: HeaderValue = HeaderValue::from_static("Basic realm=\"bellwether\"");

/// The longest path that the audit log keeps.
const PATH_CHARS_MAX: usize = 300;

/// Lets a request pass with who made it, or says why not.
pub(super) async fn access(
    State(shared): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let template = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(String::new, |path| path.as_str().to_owned());
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let reader = match admitted(&shared.answers, &request, &template, is_reading) {
        Ok(reader) => reader,
        Err(problem) => return refused(&shared.answers, &problem, &request, &template),
    };
    let need = needs(is_reading, &template);
    let noted = (!is_reading).then(|| {
        let path = bellwether_text::excerpt(request.uri().path(), PATH_CHARS_MAX);
        format!("{} {path}", request.method())
    });
    let principal = reader.principal.clone();
    request.extensions_mut().insert(reader);
    let response = next.run(request).await;
    // Of what anybody may do only a log-in that was looked at is noted: else anybody could fill the log.
    let is_log_in = matches!(response.status().as_u16(), 303 | 401) && template == "/login";
    if let Some(what) = noted.filter(|_| need != Need::Nothing || is_log_in) {
        let outcome = response.status().as_u16().to_string();
        let by = match &principal {
            Principal::Nobody => response.extensions().get::<Principal>().cloned(),
            _ => None,
        };
        let by = by.unwrap_or(principal);
        let note = move |answers: &Answers| answers.note_done(&by, what, outcome);
        if let Err(problem) = shared.ask(note).await {
            tracing::error!(problem = ?problem.detail, "what was done is not in the audit log");
        }
    }
    response
}

/// Who made a request, where they may make it.
fn admitted(
    answers: &Answers,
    request: &Request,
    template: &str,
    is_reading: bool,
) -> Result<Reader, Problem> {
    let need = needs(is_reading, template);
    let (principal, pass) = if answers.has_accounts()? {
        let principal = named(answers, request)?;
        // A link opens to somebody with an account what it opens to everybody.
        match by_pass(answers, request, need, template, &principal)? {
            Some((principal, pass)) => (principal, Some(pass)),
            None => (principal, None),
        }
    } else if Peer::of(request).is_on_loopback {
        (Principal::Local, None)
    } else {
        return Err(Problem::new(403, "no-accounts", "there are no accounts")
            .detail("the daemon can be reached from other machines, and all accounts were removed")
            .hint("make one by `bellwether user add NAME --role admin`"));
    };
    let place = request.uri().path_and_query();
    let reader = Reader {
        principal,
        pass,
        preferences: Preferences::of(request.headers()),
        // What a form was sent to is no page.
        place: place
            .filter(|_| is_reading)
            .map_or("/", |place| place.as_str())
            .to_owned(),
    };
    if reader.may(is_reading, template) {
        return Ok(reader);
    }
    Err(match (&reader.principal, need) {
        (Principal::Nobody, _) | (Principal::Pass(_), _) => {
            Problem::new(401, "log-in", "this wants an account")
                .hint("log in, or send `Authorization: Bearer` and a token")
        }
        (_, Need::Role(role) | Need::RoleOrPass(role)) => {
            Problem::new(403, "role", "the account may not do this")
                .detail(format!("it wants the role {role}"))
                .hint("who runs Bellwether gives roles by `bellwether user role`")
        }
        (_, Need::Nothing) => Problem::new(403, "role", "the account may not do this"),
    })
}

/// Whose token or session it is.
fn named(answers: &Answers, request: &Request) -> Result<Principal, Problem> {
    if let Some(secret) = token(request.headers()) {
        return answers.by_token(&secret)?.ok_or_else(|| {
            Problem::new(401, "token", "the token is not known")
                .detail("it was never given, has ended or was revoked")
        });
    }
    let session = session(request.headers());
    let known = session
        .map(|secret| answers.by_session(&secret))
        .transpose()?;
    Ok(known.flatten().unwrap_or(Principal::Nobody))
}

/// Whom the pass of a link lets in, where they could not come in otherwise.
fn by_pass(
    answers: &Answers,
    request: &Request,
    need: Need,
    template: &str,
    principal: &Principal,
) -> Result<Option<(Principal, String)>, Problem> {
    let Need::RoleOrPass(role) = need else {
        return Ok(None);
    };
    let pass = query_value(request.uri(), "pass");
    let (Some(pass), Some(alert)) = (pass, alert_of(request.uri(), template)) else {
        return Ok(None);
    };
    if principal.role() >= Some(role) {
        return Ok(None);
    }
    Ok(Some((answers.by_pass(&pass, &alert)?, pass)))
}

/// The alert that a path is about.
fn alert_of(uri: &Uri, template: &str) -> Option<String> {
    let id = uri.path().split('/').nth(2)?;
    let id = percent_decoded(id)?;
    Some(match template.split('/').nth(1) {
        Some("bursts") => alert_id(&BurstId::new(id)).as_str().to_owned(),
        _ => id,
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    // A plus is a plus in a path.
    let pair = format!("x={}", text.replace('+', "%2B"));
    let value = url::form_urlencoded::parse(pair.as_bytes()).next()?.1;
    Some(value.into_owned())
}

pub(super) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query()?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(known, _)| known == name)?;
    Some(value.into_owned())
}

/// The secret of a token: `Bearer`, or the password of `Basic`.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, shown) = value.split_once(' ')?;
    let shown = shown.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(shown.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(shown).ok()?).ok()?;
    pair.split_once(':').map(|(_, secret)| secret.to_owned())
}

/// The secret of a session.
pub(super) fn session(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE_NAME)
}

fn refused(
    answers: &Answers,
    problem: &Problem,
    request: &Request,
    template: &str,
) -> Response<Body> {
    let uri = request.uri();
    let path = uri.path();
    let is_for_programs = path.starts_with("/api/")
        || matches!(path, "/metrics" | "/readyz" | "/alerts.atom")
        || token(request.headers()).is_some();
    let problem = problem.clone().instance(path);
    if is_for_programs {
        let mut response = reply::problem(&problem);
        if problem.status == StatusCode::UNAUTHORIZED.as_u16() {
            let challenge = match template {
                "/alerts.atom" => CHALLENGE_OF_FEED,
                _ => CHALLENGE,
            };
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        return response;
    }
    let leads_to_log_in = problem.status == StatusCode::UNAUTHORIZED.as_u16()
        && matches!(*request.method(), Method::GET | Method::HEAD);
    if leads_to_log_in {
        let then = uri.path_and_query().map_or("/", |part| part.as_str());
        let then: String = url::form_urlencoded::byte_serialize(then.as_bytes()).collect();
        return reply::see(&format!("/login?then={then}"));
    }
    let reader = Reader {
        principal: Principal::Nobody,
        pass: None,
        preferences: Preferences::of(request.headers()),
        place: "/".to_owned(),
    };
    let page = page::refused(&page::Visited::new(answers, &reader), &problem);
    reply::page(page.status, page.markup)
}
