//! The handlers that look at the past of a rule again: why it raised a burst or did not, and what it
//! would have done.

use std::ops::ControlFlow;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Response, StatusCode, Uri};
use bellwether_api::{BacktestBody, ExplanationBody, Problem};
use utoipa::IntoParams;

use super::Shared;
use super::params::{Known, Params};
use crate::answers::{Answers, BacktestParams, ExplainParams, parameter};

pub(crate) static EXPLAIN: Known = Known::of::<ExplainQuery>();
pub(crate) static BACKTEST: Known = Known::of::<BacktestQuery>();

/// Less than the deadline of a question, so that a thread does not go on for nobody.
const PATIENCE_SECONDS: i64 = 15;

/// What is explained.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct ExplainQuery {
    /// The id of a rule; or that of a burst: then its rule or its term is meant, at the moment of its
    /// numbers. May be left out with `term`, where one rule tells of terms that nobody listed.
    #[param(max_length = 200)]
    rule: Option<String>,
    /// A term, under a rule with `terms = "any"`: a word, two words side by side, two characters, or a
    /// phrase of these.
    #[param(max_length = 400, example = "作票")]
    term: Option<String>,
    /// The time, of which the minute is taken: RFC 3339, `2h`, `7d`. The last tick, where left out.
    #[param(max_length = 80, example = "2h")]
    at: Option<String>,
}

/// What is tested.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; values are read by name")]
pub(crate) struct BacktestQuery {
    /// The id of a rule.
    #[param(required = true, max_length = 200)]
    rule: String,
    /// How many days back, 1 to 92; 28, where left out.
    #[param(minimum = 1, maximum = 92, example = 28)]
    days: Option<usize>,
    /// The end of the test; the last tick, where left out.
    #[param(max_length = 80, example = "2h")]
    at: Option<String>,
    /// Another query: tested beside the rule in force, as the next four are.
    #[param(max_length = 8192, example = "作票 OR \"ballot fraud\"")]
    query: Option<String>,
    /// Another window, 10 minutes to 7 days.
    #[param(max_length = 20, example = "6h")]
    window: Option<String>,
    /// Other gate: distinct families, at least.
    #[param(minimum = 1, maximum = 10000, example = 3)]
    min_families: Option<usize>,
    /// Other gate: distinct stories, at least.
    #[param(minimum = 1, maximum = 10000, example = 3)]
    min_stories: Option<usize>,
    /// Other gate: the largest share of the stories that one family may have, 0 to 1.
    #[param(minimum = 0, maximum = 1, example = 0.5)]
    max_family_share: Option<f64>,
}

/// Why a rule raised a burst, or did not; why a term was told of, or was not
///
/// Of a rule with a query: what the rule's window showed at a tick and all that it was judged by, with what had been received
/// by then: gates, counts by bin, the windows of the baseline, items. The same code decides as at the
/// time, so a burst's numbers are those of its record; `p` can be computed again from `baseline`. Of a `term`:
/// how it stood in every window of every detector of terms, each gate with value and limit, counts by
/// the hour beside what is usual, items.
#[utoipa::path(
    get,
    path = "/api/v1/explain",
    tag = "alerts",
    params(ExplainQuery),
    responses(
        (status = 200, description = "The explanation", body = ExplanationBody),
        (status = 404, description = "There is no such rule", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn explain(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| explained_in_time(answers, &asked_why(q.as_deref())?);
    shared.json(&uri, StatusCode::OK, ask).await
}

/// What a rule would have done
///
/// Passes the ticks of past days as the monitor would have, keeps nothing and tells nobody. With any
/// of `query`, `window` and the gates the rule so changed is tested beside it.
#[utoipa::path(
    get,
    path = "/api/v1/backtest",
    tag = "alerts",
    params(BacktestQuery),
    responses(
        (status = 200, description = "The alerts that it would have given", body = BacktestBody),
        (status = 404, description = "There is no such rule", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn backtest(
    State(shared): State<Shared>,
    RawQuery(q): RawQuery,
    uri: Uri,
) -> Response<Body> {
    let ask = move |answers: &Answers| in_time(answers, &asked_test(q.as_deref())?);
    shared.json(&uri, StatusCode::OK, ask).await
}

/// An explanation that is given up when nobody waits for it any more.
pub(crate) fn explained_in_time(
    answers: &Answers,
    params: &ExplainParams,
) -> Result<ExplanationBody, Problem> {
    let started = answers.now().as_second();
    answers.explanation(
        params,
        &mut |_, _| match answers.now().as_second() - started < PATIENCE_SECONDS {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        },
    )
}

/// A backtest that is given up when nobody waits for it any more.
pub(crate) fn in_time(answers: &Answers, params: &BacktestParams) -> Result<BacktestBody, Problem> {
    let started = answers.now().as_second();
    answers.backtest(
        params,
        &mut |_, _| match answers.now().as_second() - started < PATIENCE_SECONDS {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        },
    )
}

/// What is asked of an explanation.
pub(crate) fn asked_why(query: Option<&str>) -> Result<ExplainParams, Problem> {
    let mut params = Params::read(query, &[&EXPLAIN])?;
    let term = params.take("term");
    Ok(ExplainParams {
        rule: match &term {
            Some(_) => params.take("rule").unwrap_or_default(),
            None => named(&mut params)?,
        },
        at: params.take("at"),
        term,
    })
}

/// What is asked of a backtest.
pub(crate) fn asked_test(query: Option<&str>) -> Result<BacktestParams, Problem> {
    let mut params = Params::read(query, &[&BACKTEST])?;
    Ok(BacktestParams {
        rule: named(&mut params)?,
        days: params.number("days")?,
        at: params.take("at"),
        query: params.take("query"),
        window: params.take("window"),
        min_families: params.number("min_families")?,
        min_stories: params.number("min_stories")?,
        max_family_share: params.take("max_family_share"),
        changed: None,
    })
}

fn named(params: &mut Params) -> Result<String, Problem> {
    params
        .take("rule")
        .ok_or_else(|| parameter("rule", "it is left out").hint("name a rule by its id"))
}
