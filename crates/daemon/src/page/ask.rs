//! The form of the search page: what can be asked, how it is written, and where it went wrong.

use bellwether_api::Problem;
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Visit, parts};
use crate::answers::SearchParams;

/// Stretches of time offered beside the fields.
const STRETCHES: [(&str, &str); 4] = [
    ("24h", "ask-24-hours"),
    ("7d", "ask-7-days"),
    ("28d", "ask-28-days"),
    ("", "ask-all"),
];
const ORDERS: [(&str, &str); 3] = [
    ("newest", "ask-newest"),
    ("oldest", "ask-oldest"),
    ("relevance", "ask-relevance"),
];
/// Zones offered; any other name of the IANA database can be typed.
const ZONES: [&str; 6] = [
    "Asia/Taipei",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Kyiv",
    "Europe/Berlin",
    "UTC",
];
/// What can be typed, the message that says what it finds, and a query of that kind.
const SYNTAX: [(&str, &str, &str); 13] = [
    ("ballot fraud", "ask-syntax-words", "ballot fraud"),
    ("\"作票\" 「開票所」", "ask-syntax-phrase", "「作票」"),
    (
        "作票 OR \"ballot fraud\"",
        "ask-syntax-or",
        "作票 OR \"ballot fraud\"",
    ),
    ("选举 -天气", "ask-syntax-not", "選舉 -天氣"),
    ("(a OR b) c", "ask-syntax-group", "(作票 OR 舞弊) 選委會"),
    ("a NEAR/5 b", "ask-syntax-near", "選委會 NEAR/10 作票"),
    ("\"ballot fraud\"~2", "ask-syntax-gap", "\"ballot fraud\"~2"),
    ("elect*", "ask-syntax-prefix", "elect*"),
    ("title:…  text:…", "ask-syntax-part", "title:選舉"),
    (
        "group:…  source:…  family:…",
        "ask-syntax-who",
        "group:prc-state 選舉",
    ),
    (
        "lang:…  domain:…  tag:…",
        "ask-syntax-what",
        "lang:zh-hant 選舉",
    ),
    ("actor:…  narrative:…  story:…", "ask-syntax-about", ""),
    ("time:>2h", "ask-syntax-time", "選舉 time:>2d"),
];

/// The link to a search with some parts changed; an empty value takes a part away.
pub(super) fn link(params: &SearchParams, changes: &[(&str, &str)]) -> String {
    let of = |name| {
        changes
            .iter()
            .find(|(of, _)| *of == name)
            .map(|(_, to)| *to)
    };
    let typed = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut pairs: Vec<(&str, String)> = vec![
        ("q", params.q.clone()),
        ("from", typed(&params.from)),
        ("to", typed(&params.to)),
    ];
    let names = if params.names { "true" } else { "" };
    let collapse = if params.each { "false" } else { "" };
    for (name, value) in [
        ("sort", typed(&params.sort)),
        ("zone", typed(&params.zone)),
        ("names", names.to_owned()),
        ("collapse", collapse.to_owned()),
        ("cursor", String::new()),
    ] {
        pairs.push((name, value));
    }
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (*name, of(*name).unwrap_or(value)))
        // Where neither end is named the page takes a stretch of its own.
        .filter(|(name, value)| matches!(*name, "q" | "from" | "to") || !value.is_empty())
        .collect();
    words::search_link(&pairs)
}

/// The form, with what is wrong where something is.
pub(super) fn form(
    visit: &Visit<'_>,
    params: &SearchParams,
    times: &Times,
    problem: Option<&Problem>,
) -> Markup {
    let order = params.sort.as_deref().unwrap_or("newest");
    let is_wrong = problem.is_some_and(|problem| problem.kind == "/problems/query");
    let zone = params.zone.as_deref().unwrap_or_default();
    html! {
        h1.visually-hidden { (visit.say("search-title")) }
        form.search action="/search" method="get" role="search" {
            div.query {
                label for="q" { (visit.say("ask-query")) }
                input id="q" name="q" type="search" value=(params.q) dir="auto" autocomplete="off"
                    spellcheck="false" maxlength="8192" aria-describedby="q-help"
                    aria-invalid=[is_wrong.then_some("true")];
                button type="submit" { (visit.say("ask-search")) }
            }
            @if let Some(problem) = problem { (fault(visit, &params.q, problem)) }
            (help(visit))
            div.fields {
                label {
                    (visit.say("ask-from"))
                    input name="from" value=(params.from.as_deref().unwrap_or_default())
                        placeholder=(visit.say("ask-from-example"));
                }
                label {
                    (visit.say("ask-to"))
                    // The word that can be typed, in every language.
                    input name="to" value=(params.to.as_deref().unwrap_or_default()) placeholder="now";
                }
                label {
                    (visit.say("ask-order"))
                    select name="sort" {
                        @for (value, name) in ORDERS {
                            option value=(value) selected[value == order] { (visit.say(name)) }
                        }
                    }
                }
                label {
                    (visit.say("ask-zone"))
                    input name="zone" value=(zone) list="zones" autocomplete="off"
                        placeholder=(times.zone.iana_name().unwrap_or("UTC"));
                    datalist id="zones" { @for zone in ZONES { option value=(zone) {} } }
                }
                label.check {
                    input type="checkbox" name="names" value="true" checked[params.names];
                    (visit.say("ask-names"))
                }
                label.check {
                    input type="checkbox" name="collapse" value="false" checked[params.each];
                    (visit.say("ask-each"))
                }
                span.stretches {
                    (visit.say("ask-time")) " "
                    @for (from, name) in STRETCHES {
                        a href=(link(params, &[("from", from), ("to", "")])) { (visit.say(name)) }
                        " "
                    }
                }
            }
        }
    }
}

fn help(visit: &Visit<'_>) -> Markup {
    html! {
        details.help id="q-help" {
            summary { (visit.say("ask-help")) }
            table {
                tbody {
                    @for (typed, meaning, example) in SYNTAX {
                        tr {
                            th scope="row" { code { (typed) } }
                            td { (visit.say(meaning)) }
                            td {
                                @if !example.is_empty() {
                                    a href=(words::search_link(&[("q", example)])) {
                                        code dir="auto" { (example) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p { (visit.say("ask-help-note")) }
        }
    }
}

/// Characters shown before and after the place at fault.
const AROUND: usize = 40;

/// The query around the place at which reading stopped, with a caret under its character. The
/// caret belongs to the character, so it stands there in any script and direction.
fn fault(visit: &Visit<'_>, q: &str, problem: &Problem) -> Markup {
    let length = q.chars().count();
    let place = problem.position.map(|at| {
        let at = at.min(length);
        let start = at.saturating_sub(AROUND);
        let piece = |from: usize, to: usize| -> String {
            q.chars().skip(from).take(to.saturating_sub(from)).collect()
        };
        let here = piece(at, at + 1);
        let after = piece(at + 1, (at + 1 + AROUND).min(length));
        (
            start > 0,
            piece(start, at),
            here,
            after,
            at + 1 + AROUND < length,
        )
    });
    html! {
        div.problem role="alert" {
            p { strong lang=[visit.foreign_tag()] { (words::text(&problem.title)) } }
            @if let Some((is_cut, before, here, after, has_more)) = place {
                p.fault dir="auto" {
                    code {
                        @if is_cut { "…" }
                        (words::text(&before))
                        span class="here" {
                            // At the end there is no character to stand under.
                            @if words::text(&here).trim().is_empty() { "\u{A0}" } @else { (words::text(&here)) }
                            span.caret aria-hidden="true" { "▲" }
                        }
                        (words::text(&after))
                        @if has_more { "…" }
                    }
                }
            }
            (parts::remedy(visit, problem))
        }
    }
}
