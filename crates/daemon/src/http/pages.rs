//! The handlers of pages.

use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode, Uri};

use super::api::{id, read_body};
use super::{Shared, reply};
use crate::answers::Answers;
use crate::page;

type Id = Result<Path<String>, PathRejection>;

pub(super) async fn style() -> Response<Body> {
    reply::style(page::STYLE)
}

pub(super) async fn search(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::search(answers, q.as_deref()))
        .await
}

pub(super) async fn item(State(shared): State<Shared>, path: Id) -> Response<Body> {
    shared
        .page(move |answers| page::item(answers, &id(path)))
        .await
}

pub(super) async fn story(State(shared): State<Shared>, path: Id) -> Response<Body> {
    shared
        .page(move |answers| page::story(answers, &id(path)))
        .await
}

pub(super) async fn compare(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::compare(answers, q.as_deref()))
        .await
}

pub(super) async fn echo(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::echo(answers, q.as_deref()))
        .await
}

pub(super) async fn alerts(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::alerts(answers, q.as_deref()))
        .await
}

pub(super) async fn bursts(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::bursts(answers, q.as_deref()))
        .await
}

pub(super) async fn burst(State(shared): State<Shared>, path: Id) -> Response<Body> {
    shared
        .page(move |answers| page::burst(answers, &id(path)))
        .await
}

pub(super) async fn explain(State(shared): State<Shared>, RawQuery(q): RawQuery) -> Response<Body> {
    shared
        .page(move |answers| page::explain(answers, q.as_deref()))
        .await
}

pub(super) async fn backtest(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(move |answers| page::backtest(answers, q.as_deref()))
        .await
}

pub(super) async fn sources(State(shared): State<Shared>) -> Response<Body> {
    shared.page(page::sources).await
}

pub(super) async fn queries(State(shared): State<Shared>) -> Response<Body> {
    shared.page(page::queries).await
}

pub(super) async fn alert(State(shared): State<Shared>, path: Id) -> Response<Body> {
    shared
        .page(move |answers| page::alert(answers, &id(path)))
        .await
}

/// A form was sent: it is done, and the reader led to the alert.
pub(super) async fn acknowledge(
    State(shared): State<Shared>,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let id = id(path);
    let then = page::alert_path(&id);
    let asked = shared.ask(move |answers| {
        let said = read_body(body).and_then(|bytes| {
            let form = String::from_utf8_lossy(&bytes);
            page::acknowledge(answers, &id, &form)
        });
        said.map_err(|problem| page::alert_problem(answers, &problem))
    });
    done(asked.await, &then)
}

/// The alerts for feed readers.
pub(super) async fn alert_feed(State(shared): State<Shared>, uri: Uri) -> Response<Body> {
    match shared.ask(Answers::alert_feed).await.flatten() {
        Ok(feed) => reply::reply(StatusCode::OK, "application/atom+xml; charset=utf-8", feed),
        Err(problem) => reply::problem(&problem.instance(uri.path())),
    }
}

pub(super) async fn silences(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(move |answers| page::silences(answers, q.as_deref()))
        .await
}

/// A form was sent: it is done, and the reader led to the silences.
pub(super) async fn add_silence(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        let made = read_body(body).and_then(|bytes| {
            let form = String::from_utf8_lossy(&bytes);
            page::add_silence(answers, &form)
        });
        made.map_err(|problem| page::alert_problem(answers, &problem))
    });
    done(asked.await, "/silences")
}

pub(super) async fn end_silence(
    State(shared): State<Shared>,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let id = id(path);
    let asked = shared.ask(move |answers| {
        let ended = read_body(body).and_then(|bytes| {
            let form = String::from_utf8_lossy(&bytes);
            page::end_silence(answers, &id, &form)
        });
        ended.map_err(|problem| page::alert_problem(answers, &problem))
    });
    done(asked.await, "/silences")
}

/// A form was sent: it is done, and the reader led to the list.
pub(super) async fn save_query(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        let saved = read_body(body).and_then(|bytes| {
            let form = String::from_utf8_lossy(&bytes);
            page::save_query(answers, &form)
        });
        saved.map_err(|problem| page::query_problem(answers, &problem))
    });
    done(asked.await, "/queries")
}

pub(super) async fn remove_query(State(shared): State<Shared>, path: Id) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        let removed = answers.remove_query(&id(path));
        removed.map_err(|problem| page::query_problem(answers, &problem))
    });
    done(asked.await, "/queries")
}

fn done(
    asked: Result<Result<(), page::Page>, bellwether_api::Problem>,
    then: &str,
) -> Response<Body> {
    match asked {
        Ok(Ok(())) => reply::see(then),
        Ok(Err(page)) => reply::page(page.status, page.markup),
        Err(problem) => reply::problem(&problem),
    }
}
