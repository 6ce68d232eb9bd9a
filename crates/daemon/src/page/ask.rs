//! The form of the search page: what can be asked, how it is written, and where it went wrong.

use bellwether_api::Problem;
use maud::{Markup, html};

use super::parts;
use super::words::{self, Times};
use crate::answers::SearchParams;

/// Stretches of time offered beside the fields.
const STRETCHES: [(&str, &str); 4] = [
    ("24h", "24 hours"),
    ("7d", "7 days"),
    ("28d", "28 days"),
    ("", "all"),
];
const ORDERS: [(&str, &str); 3] = [
    ("newest", "newest first"),
    ("oldest", "oldest first"),
    ("relevance", "most relevant first"),
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
/// What can be typed, what it finds, and a query of that kind.
const SYNTAX: [(&str, &str, &str); 13] = [
    ("ballot fraud", "both words, in any place", "ballot fraud"),
    (
        "\"作票\" 「開票所」",
        "these characters in a row; 台灣 finds 臺灣 and 台湾",
        "「作票」",
    ),
    (
        "作票 OR \"ballot fraud\"",
        "one of them; OR in capitals",
        "作票 OR \"ballot fraud\"",
    ),
    (
        "选举 -天气",
        "the one without the other; NOT works too",
        "選舉 -天氣",
    ),
    ("(a OR b) c", "parentheses group", "(作票 OR 舞弊) 選委會"),
    (
        "a NEAR/5 b",
        "at most five words or characters apart",
        "選委會 NEAR/10 作票",
    ),
    (
        "\"ballot fraud\"~2",
        "in a row, with at most two words between",
        "\"ballot fraud\"~2",
    ),
    ("elect*", "words that begin so", "elect*"),
    ("title:…  text:…", "only there", "title:選舉"),
    (
        "group:…  source:…  family:…",
        "by who published it",
        "group:prc-state 選舉",
    ),
    (
        "lang:…  domain:…  tag:…",
        "by language, address, hashtag",
        "lang:zh-hant 選舉",
    ),
    (
        "actor:…  narrative:…  story:…",
        "by a name in any script, a documented claim, the same text",
        "",
    ),
    (
        "time:>2h",
        "a time of its own, in the zone below",
        "選舉 time:>2d",
    ),
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
pub(super) fn form(params: &SearchParams, times: &Times, problem: Option<&Problem>) -> Markup {
    let order = params.sort.as_deref().unwrap_or("newest");
    let is_wrong = problem.is_some_and(|problem| problem.kind == "/problems/query");
    let zone = params.zone.as_deref().unwrap_or_default();
    html! {
        h1.visually-hidden { "Search" }
        form.search action="/search" method="get" role="search" {
            div.query {
                label for="q" { "Query" }
                input id="q" name="q" type="search" value=(params.q) dir="auto" autocomplete="off"
                    spellcheck="false" maxlength="8192" aria-describedby="q-help"
                    aria-invalid=[is_wrong.then_some("true")];
                button type="submit" { "Search" }
            }
            @if let Some(problem) = problem { (fault(&params.q, problem)) }
            (help())
            div.fields {
                label { "From" input name="from" value=(params.from.as_deref().unwrap_or_default())
                    placeholder="7d or 2026-11-28"; }
                label { "To" input name="to" value=(params.to.as_deref().unwrap_or_default())
                    placeholder="now"; }
                label {
                    "Order"
                    select name="sort" {
                        @for (value, name) in ORDERS {
                            option value=(value) selected[value == order] { (name) }
                        }
                    }
                }
                label {
                    "Zone of days"
                    input name="zone" value=(zone) list="zones" autocomplete="off"
                        placeholder=(times.zone.iana_name().unwrap_or("UTC"));
                    datalist id="zones" { @for zone in ZONES { option value=(zone) {} } }
                }
                label.check {
                    input type="checkbox" name="names" value="true" checked[params.names];
                    "Names in every script"
                }
                label.check {
                    input type="checkbox" name="collapse" value="false" checked[params.each];
                    "Each copy of a text"
                }
                span.stretches {
                    "Time: "
                    @for (from, name) in STRETCHES {
                        a href=(link(params, &[("from", from), ("to", "")])) { (name) }
                        " "
                    }
                }
            }
        }
    }
}

fn help() -> Markup {
    html! {
        details.help id="q-help" {
            summary { "How to write a query" }
            table {
                tbody {
                    @for (typed, meaning, example) in SYNTAX {
                        tr {
                            th scope="row" { code { (typed) } }
                            td { (meaning) }
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
            p {
                "Words are joined by AND. Full-width signs and the quotation marks of every script work. "
                "Upper and lower case, accents, width and Han script make no difference."
            }
        }
    }
}

/// Characters shown before and after the place at fault.
const AROUND: usize = 40;

/// The query around the place at which reading stopped, with a caret under its character. The
/// caret belongs to the character, so it stands there in any script and direction.
fn fault(q: &str, problem: &Problem) -> Markup {
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
            p { strong { (words::text(&problem.title)) } }
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
            (parts::remedy(problem))
        }
    }
}
