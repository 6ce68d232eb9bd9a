//! The handlers of pages.

use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::Problem;

use super::accounts::local;
use super::api::{id, read_body};
use super::params::Params;
use super::{Shared, reply};
use crate::answers::{Answers, parameter};
use crate::page::preferences::{self, Looked};
use crate::page::{self, Reader, Visited};

type Id = Result<Path<String>, PathRejection>;

pub(super) async fn style() -> Response<Body> {
    reply::style(page::STYLE)
}

pub(super) async fn script() -> Response<Body> {
    reply::reply(
        StatusCode::OK,
        "text/javascript; charset=utf-8",
        page::SCRIPT,
    )
}

/// The first page. Searches stood here once: their links lead to where searches stand.
pub(super) async fn now(
    State(shared): State<Shared>,
    mut reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    if let Some(q) = q.filter(|q| !q.is_empty()) {
        return reply::moved(&format!("/search?{q}"));
    }
    let looked = Looked::after(reader.preferences.looked, shared.answers.now());
    reader.preferences.looked = Some(looked);
    let mut response = shared.page(reader, page::now).await;
    reply::remember(&mut response, preferences::LOOKED, &looked.cookie());
    response
}

/// A form was sent: how its reader wants pages shown.
pub(super) async fn prefer(body: Result<Bytes, BytesRejection>) -> Response<Body> {
    let wanted = read_body(body).and_then(|bytes| {
        let form = String::from_utf8_lossy(&bytes);
        let names = ["language", "zone", "theme", "keys", "then"];
        let mut fields = Params::read_names(Some(&form), &names)?;
        let then = fields.take("then").unwrap_or_default();
        let mut cookies = Vec::new();
        let mut keep = |field, cookie, is_good: fn(&str) -> bool| match fields.take(field) {
            None => Ok(()),
            Some(value) if is_good(&value) => {
                cookies.push((cookie, value));
                Ok(())
            }
            Some(_) => Err(parameter(field, "it is none of those that are offered")),
        };
        let is_language = |tag: &str| bellwether_model::MessageLanguage::from_tag(tag).is_some();
        keep("language", preferences::LANGUAGE, is_language)?;
        let is_zone = |name: &str| name == "election" || preferences::zone(name).is_some();
        keep("zone", preferences::ZONE, is_zone)?;
        let is_theme = |word: &str| preferences::Theme::from_word(word).is_some();
        keep("theme", preferences::THEME, is_theme)?;
        keep("keys", preferences::KEYS, |word| {
            matches!(word, "on" | "off")
        })?;
        Ok((then, cookies))
    });
    match wanted {
        Err(problem) => reply::problem(&problem),
        Ok((then, cookies)) => {
            let mut response = reply::see(local(&then));
            for (name, value) in cookies {
                reply::remember(&mut response, name, &value);
            }
            response
        }
    }
}

pub(super) async fn keys(State(shared): State<Shared>, reader: Reader) -> Response<Body> {
    shared.page(reader, page::keys).await
}

pub(super) async fn elections(State(shared): State<Shared>, reader: Reader) -> Response<Body> {
    shared.page(reader, page::elections).await
}

pub(super) async fn narratives(State(shared): State<Shared>, reader: Reader) -> Response<Body> {
    shared.page(reader, page::narratives).await
}

pub(super) async fn narrative(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::narrative(visit, &id(path)))
        .await
}

pub(super) async fn search(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::search(visit, q.as_deref()))
        .await
}

pub(super) async fn item(State(shared): State<Shared>, reader: Reader, path: Id) -> Response<Body> {
    shared
        .page(reader, move |visit| page::item(visit, &id(path)))
        .await
}

pub(super) async fn story(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::story(visit, &id(path)))
        .await
}

pub(super) async fn compare(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::compare(visit, q.as_deref()))
        .await
}

pub(super) async fn echo(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::echo(visit, q.as_deref()))
        .await
}

pub(super) async fn alerts(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::alerts(visit, q.as_deref()))
        .await
}

pub(super) async fn bursts(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::bursts(visit, q.as_deref()))
        .await
}

pub(super) async fn burst(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::burst(visit, &id(path)))
        .await
}

pub(super) async fn explain(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::explain(visit, q.as_deref()))
        .await
}

pub(super) async fn backtest(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::backtest(visit, q.as_deref()))
        .await
}

pub(super) async fn sources(
    State(shared): State<Shared>,
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::sources(visit, q.as_deref()))
        .await
}

pub(super) async fn queries(State(shared): State<Shared>, reader: Reader) -> Response<Body> {
    shared.page(reader, page::queries).await
}

pub(super) async fn alert(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::alert(visit, &id(path)))
        .await
}

/// A form was sent: it is done, and the reader led to the alert.
pub(super) async fn acknowledge(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    of_alert(shared, reader, path, body, page::acknowledge).await
}

/// A form was sent: alerts like this one are silenced, and the reader led to it.
pub(super) async fn silence_alert(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    of_alert(shared, reader, path, body, page::silence).await
}

/// Takes in a form about an alert.
async fn of_alert(
    shared: Shared,
    reader: Reader,
    path: Id,
    body: Result<Bytes, BytesRejection>,
    take: fn(&Visited<'_>, &str, &str) -> Result<(), Problem>,
) -> Response<Body> {
    let id = id(path);
    let then = match &reader.pass {
        Some(pass) => format!("{}?pass={pass}", page::alert_path(&id)),
        None => page::alert_path(&id),
    };
    let form = form_of(
        shared,
        reader,
        body,
        page::alert_problem,
        move |visit, form| take(visit, &id, form),
    );
    form.await.unwrap_or_else(|| reply::see(&then))
}

/// Takes in a form; `None` where that is done, else what is shown instead.
async fn form_of(
    shared: Shared,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
    problem: fn(&Visited<'_>, &Problem) -> page::Page,
    take: impl FnOnce(&Visited<'_>, &str) -> Result<(), Problem> + Send + 'static,
) -> Option<Response<Body>> {
    let asked = shared.ask(move |answers| {
        let visit = Visited::new(answers, &reader);
        let taken =
            read_body(body).and_then(|bytes| take(&visit, &String::from_utf8_lossy(&bytes)));
        taken.map_err(|why| problem(&visit, &why))
    });
    match asked.await {
        Ok(Ok(())) => None,
        Ok(Err(page)) => Some(reply::page(page.status, page.markup)),
        Err(problem) => Some(reply::problem(&problem)),
    }
}

pub(super) async fn cases(State(shared): State<Shared>, reader: Reader) -> Response<Body> {
    shared.page(reader, page::cases).await
}

pub(super) async fn case(State(shared): State<Shared>, reader: Reader, path: Id) -> Response<Body> {
    shared
        .page(reader, move |visit| page::case(visit, &id(path)))
        .await
}

/// A form was sent: the case is open, and the reader led to it.
pub(super) async fn open_case(
    State(shared): State<Shared>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    leading(shared, reader, body, page::open_case).await
}

/// A form was sent: what it names is in a case, and the reader led to it there.
pub(super) async fn add_to_case(
    State(shared): State<Shared>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    leading(shared, reader, body, |visit, form| {
        page::add_to_case(visit, None, form)
    })
    .await
}

/// The same for the case whose page it was sent from.
pub(super) async fn add_to_that_case(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let id = id(path);
    leading(shared, reader, body, move |visit, form| {
        page::add_to_case(visit, Some(&id), form)
    })
    .await
}

pub(super) async fn take_from_case(
    State(shared): State<Shared>,
    reader: Reader,
    path: Result<Path<(String, String)>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    leading(shared, reader, body, move |visit, form| {
        let (id, number) = super::cases::entry(path)?;
        page::take_from_case(visit, &id, number, form)
    })
    .await
}

/// Takes in a form about a case, and leads its reader to where it says.
async fn leading(
    shared: Shared,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
    take: impl FnOnce(&Visited<'_>, &str) -> Result<String, Problem> + Send + 'static,
) -> Response<Body> {
    let asked = shared.ask(move |answers| {
        let visit = Visited::new(answers, &reader);
        let taken =
            read_body(body).and_then(|bytes| take(&visit, &String::from_utf8_lossy(&bytes)));
        taken.map_err(|why| page::case_problem(&visit, &why))
    });
    match asked.await {
        Ok(Ok(then)) => reply::see(&then),
        Ok(Err(page)) => reply::page(page.status, page.markup),
        Err(problem) => reply::problem(&problem),
    }
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
    reader: Reader,
    RawQuery(q): RawQuery,
) -> Response<Body> {
    shared
        .page(reader, move |visit| page::silences(visit, q.as_deref()))
        .await
}

/// A form was sent: it is done, and the reader led to the silences.
pub(super) async fn add_silence(
    State(shared): State<Shared>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let form = form_of(shared, reader, body, page::alert_problem, page::add_silence);
    form.await.unwrap_or_else(|| reply::see("/silences"))
}

pub(super) async fn end_silence(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let id = id(path);
    let form = form_of(
        shared,
        reader,
        body,
        page::alert_problem,
        move |visit, form| page::end_silence(visit, &id, form),
    );
    form.await.unwrap_or_else(|| reply::see("/silences"))
}

/// A form was sent: it is done, and the reader led to the list.
pub(super) async fn save_query(
    State(shared): State<Shared>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let form = form_of(shared, reader, body, page::query_problem, page::save_query);
    form.await.unwrap_or_else(|| reply::see("/queries"))
}

pub(super) async fn remove_query(
    State(shared): State<Shared>,
    reader: Reader,
    path: Id,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let id = id(path);
    let form = form_of(
        shared,
        reader,
        body,
        page::query_problem,
        move |visit, _| visit.remove_query(&id),
    );
    form.await.unwrap_or_else(|| reply::see("/queries"))
}
