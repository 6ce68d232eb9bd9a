//! The echo ledger: who carries what another group, or another outlet, was first with.

use bellwether_api::{EchoBody, EchoLedgerBody};
use bellwether_model::{Directory, Timestamp};
use maud::{Markup, html};

use super::words;
use super::{Page, View, Visit, page, parts, problem_page};
use crate::answers::EchoParams;
use crate::http::{Params, params};

/// The stretch of time that is shown where none is asked for.
const FROM: &str = "30d";

/// The page of the ledger.
pub(crate) fn echo(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = Params::read(query, &[&params::ECHO])
        .and_then(|mut params| params.echo())
        .and_then(|mut params| {
            params.of.from.get_or_insert_with(|| FROM.to_owned());
            let body = visit.echo(&params)?;
            let content = |directory: &Directory| content(visit, &params, &body, directory, query);
            visit.with_directory(content)
        });
    match made {
        Ok(content) => page(visit, View::Echo, &visit.say("echo-title"), &content),
        Err(problem) => problem_page(visit, View::Echo, &problem),
    }
}

fn content(
    visit: &Visit<'_>,
    params: &EchoParams,
    body: &EchoLedgerBody,
    directory: &Directory,
    query: Option<&str>,
) -> Markup {
    let lineages = visit.tell("echo-lineages", &[("count", body.lineages.into())]);
    let lineages = html! { strong { (lineages) } };
    html! {
        h1 { (visit.say("echo-title")) }
        p { (visit.tell("echo-note", &[("by", between(visit, &body.by).into())])) }
        (form(visit, params))
        p {
            (visit.tell("echo-count", &[
                ("lineages", lineages.into()),
                ("by", between(visit, &body.by).into()),
            ]))
            @if !body.complete { " " (visit.say("echo-incomplete")) }
        }
        (parts::coverage(visit, &body.coverage, directory, &visit.say("echo-this")))
        @if body.echoes.is_empty() {
            p { (visit.say("echo-none")) }
        } @else {
            div.scroll.broad tabindex="0" role="region" aria-label=(visit.say("echo-pairs")) {
                table {
                    caption.visually-hidden { (visit.say("echo-pairs-caption")) }
                    thead {
                        tr {
                            th scope="col" { (visit.say("echo-first")) }
                            th scope="col" { (visit.say("echo-then")) }
                            th.number scope="col" { (visit.say("echo-column-lineages")) }
                            th.number scope="col" { (visit.say("echo-by-size")) }
                            th.number scope="col" { (visit.say("echo-echoes")) }
                            th scope="col" { (visit.say("echo-lag")) }
                        }
                    }
                    tbody { @for echo in &body.echoes { (row(visit, echo, &body.by, directory)) } }
                }
            }
        }
        p.help {
            a href={ "/api/v1/echo?" (asked(query.unwrap_or_default())) } {
                (visit.say("echo-data"))
            }
        }
    }
}

/// One of what the ledger compares.
fn between(visit: &Visit<'_>, by: &str) -> String {
    match by {
        "group" => visit.say("echo-group"),
        "outlet" => visit.say("echo-outlet"),
        _ => words::text(by),
    }
}

/// The query of the page as the ledger takes it: the page has a beginning where none is asked for.
fn asked(query: &str) -> String {
    let given = query
        .split('&')
        .filter(|it| !it.is_empty() && *it != "from=");
    let has_from = given.clone().any(|it| it.starts_with("from="));
    let begins = (!has_from).then_some("from=30d");
    begins
        .into_iter()
        .chain(given)
        .collect::<Vec<_>>()
        .join("&")
}

fn form(visit: &Visit<'_>, params: &EchoParams) -> Markup {
    let typed = |value: &Option<String>| value.clone().unwrap_or_default();
    let is_outlet = params.by.as_deref() == Some("outlet");
    html! {
        form.search action="/echo" method="get" {
            div.query {
                label for="q" { (visit.say("echo-query")) }
                input #q name="q" value=(params.of.q) dir="auto" autocomplete="off";
                button type="submit" { (visit.say("echo-do-count")) }
            }
            div.fields {
                label { (visit.say("echo-from")) input name="from" value=(typed(&params.of.from)); }
                label { (visit.say("echo-to")) input name="to" value=(typed(&params.of.to)); }
                label {
                    (visit.say("echo-between"))
                    select name="by" {
                        option value="group" selected[!is_outlet] { (visit.say("echo-groups")) }
                        option value="outlet" selected[is_outlet] { (visit.say("echo-outlets")) }
                    }
                }
                label.check {
                    input type="checkbox" name="states" value="true" checked[params.states];
                    (visit.say("echo-states"))
                }
            }
        }
    }
}

fn row(visit: &Visit<'_>, echo: &EchoBody, by: &str, directory: &Directory) -> Markup {
    let named = |name: &str| {
        html! {
            @if by == "group" {
                span class={ "mark " (words::mark_class(directory, name)) } aria-hidden="true" {}
            }
            (words::text(name))
        }
    };
    let share = visit.tell(
        "echo-share",
        &[("first", echo.first.into()), ("shared", echo.shared.into())],
    );
    html! {
        tr {
            td.whole { (named(&echo.from)) }
            td.whole { (named(&echo.to)) }
            td.number.whole { (share) }
            td.number.whole { (words::value(echo.expected)) " ± " (words::value(echo.deviation)) }
            td.number { (echo.echoes) }
            td.whole { (lag(visit, echo)) }
        }
    }
}

/// How long after, with how far that is known.
fn lag(visit: &Visit<'_>, echo: &EchoBody) -> Markup {
    let length = |seconds: i64| {
        let to = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        visit.length(Timestamp::UNIX_EPOCH, to)
    };
    match (
        echo.lag_seconds,
        echo.lag_low_seconds,
        echo.lag_high_seconds,
    ) {
        (Some(lag), _, _) if echo.lags == 1 => {
            visit.tell("echo-lag-one", &[("lag", length(lag).into())])
        }
        (Some(lag), Some(low), Some(high)) => visit.tell(
            "echo-lag-between",
            &[
                ("lag", length(lag).into()),
                ("low", length(low).into()),
                ("high", length(high).into()),
                ("count", echo.lags.into()),
            ],
        ),
        _ => visit.tell("echo-lag-unknown", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn the_data_is_that_of_the_page() {
        assert_eq!(asked(""), "from=30d");
        assert_eq!(asked("by=outlet&from="), "from=30d&by=outlet");
        assert_eq!(asked("by=outlet&from=7d"), "by=outlet&from=7d");
    }
}
