//! The echo ledger: who carries what another group, or another outlet, was first with.

use bellwether_api::{EchoBody, EchoLedgerBody};
use bellwether_model::{Directory, Timestamp};
use maud::{Markup, html};

use super::words::{self, count};
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
            let content = |directory: &Directory| content(&params, &body, directory, query);
            visit.with_directory(content)
        });
    match made {
        Ok(content) => page(visit, View::Echo, "Echo", &content),
        Err(problem) => problem_page(visit, View::Echo, &problem),
    }
}

fn content(
    params: &EchoParams,
    body: &EchoLedgerBody,
    directory: &Directory,
    query: Option<&str>,
) -> Markup {
    html! {
        h1 { "Echo" }
        p {
            "Who carries what another " (body.by) " was first with in this collection. A count far above what size \
             alone gives is consistent with one carrying what the other publishes: both may carry a third."
        }
        (form(params))
        p {
            strong { (count(body.lineages, "lineage", "lineages")) }
            " of more than one " (body.by) "."
            @if !body.complete { " Not all pairs are counted." }
        }
        (parts::coverage(&body.coverage, directory, "this"))
        @if body.echoes.is_empty() {
            p { "Nothing is shared in this time." }
        } @else {
            div.scroll.broad tabindex="0" role="region" aria-label="Pairs" {
                table {
                    caption.visually-hidden { "Pairs in both directions" }
                    thead {
                        tr {
                            th scope="col" { "First" }
                            th scope="col" { "Then" }
                            th.number scope="col" { "Lineages" }
                            th.number scope="col" { "By size alone" }
                            th.number scope="col" { "Echoes" }
                            th scope="col" { "Median lag, 95 %" }
                        }
                    }
                    tbody { @for echo in &body.echoes { (row(echo, &body.by, directory)) } }
                }
            }
        }
        p.help {
            a href={ "/api/v1/echo?" (asked(query.unwrap_or_default())) } {
                "this as data"
            }
        }
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

fn form(params: &EchoParams) -> Markup {
    let typed = |value: &Option<String>| value.clone().unwrap_or_default();
    let is_outlet = params.by.as_deref() == Some("outlet");
    html! {
        form.search action="/echo" method="get" {
            div.query {
                label for="q" { "Only lineages with an item that matches" }
                input #q name="q" value=(params.of.q) dir="auto" autocomplete="off";
                button type="submit" { "Count" }
            }
            div.fields {
                label { "From" input name="from" value=(typed(&params.of.from)); }
                label { "To" input name="to" value=(typed(&params.of.to)); }
                label {
                    "Between"
                    select name="by" {
                        option value="group" selected[!is_outlet] { "groups" }
                        option value="outlet" selected[is_outlet] { "outlets" }
                    }
                }
                label.check {
                    input type="checkbox" name="states" value="true" checked[params.states];
                    "only state media"
                }
            }
        }
    }
}

fn row(echo: &EchoBody, by: &str, directory: &Directory) -> Markup {
    let named = |name: &str| {
        html! {
            @if by == "group" {
                span class={ "mark " (words::mark_class(directory, name)) } aria-hidden="true" {}
            }
            (words::text(name))
        }
    };
    let minutes = |seconds: i64| {
        let to = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        words::length(Timestamp::UNIX_EPOCH, to)
    };
    html! {
        tr {
            td.whole { (named(&echo.from)) }
            td.whole { (named(&echo.to)) }
            td.number.whole { (echo.first) " of " (echo.shared) }
            td.number.whole { (words::value(echo.expected)) " ± " (words::value(echo.deviation)) }
            td.number { (echo.echoes) }
            td.whole {
                @match (echo.lag_seconds, echo.lag_low_seconds, echo.lag_high_seconds) {
                    (Some(lag), _, _) if echo.lags == 1 => { (minutes(lag)) " (one)" }
                    (Some(lag), Some(low), Some(high)) => {
                        (minutes(lag)) " (" (minutes(low)) " to " (minutes(high)) ", of " (echo.lags) ")"
                    }
                    _ => "unknown",
                }
            }
        }
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
