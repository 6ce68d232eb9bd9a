//! Pages for people, made on the server: one style sheet and one script of ours, without which they work too,
//! and nothing from elsewhere.
//!
//! A page shows what the API answers to the same question, in sentences and drawings; it computes
//! no number of its own. Missing collection is drawn as missing, unknown is called unknown, and text
//! of sources is text.

mod accounts;
mod acknowledge;
mod alerts;
mod ask;
mod backtest;
mod beside;
mod burst;
mod cases;
mod catalogue;
mod chart;
mod compare;
mod echo;
mod elections;
mod explain;
mod explain_term;
mod item;
mod keys;
mod measured;
mod narratives;
mod now;
mod parts;
pub(crate) mod preferences;
mod queries;
mod rules;
mod search;
mod silences;
mod sources;
mod story;
mod strip;
mod visit;
mod words;

use bellwether_api::Problem;
use maud::{DOCTYPE, Markup, html};

use preferences::Theme;
use visit::Visit;
use words::Times;

pub(crate) use accounts::{audit, log_in, refused};
pub(crate) use acknowledge::{acknowledge, alert, alert_path, alert_problem, silence};
pub(crate) use alerts::alerts;
pub(crate) use backtest::backtest;
pub(crate) use burst::{burst, bursts};
pub(crate) use cases::{add_to_case, case, case_problem, cases, open_case, take_from_case};
pub(crate) use compare::compare;
pub(crate) use echo::echo;
pub(crate) use elections::elections;
pub(crate) use explain::explain;
pub(crate) use item::item;
pub(crate) use keys::keys;
pub(crate) use narratives::{narrative, narratives};
pub(crate) use now::now;
pub(crate) use queries::{queries, query_problem, save_query};
pub(crate) use search::search;
pub(crate) use silences::{add_silence, end_silence, silences};
pub(crate) use sources::sources;
pub(crate) use story::story;
pub(crate) use visit::Reader;
pub(crate) use visit::Visit as Visited;

/// The style sheet of all pages.
pub(crate) const STYLE: &str = include_str!("style.css");

/// A page and its HTTP status.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) markup: Markup,
}

/// What the pages do beside being read: see [`SCRIPT`].
pub(crate) const SCRIPT: &str = include_str!("script.js");

/// The views that the head of every page leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Now,
    Search,
    Queries,
    Narratives,
    Elections,
    Bursts,
    Echo,
    Alerts,
    Cases,
    Sources,
}

impl View {
    const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Now, "/", "view-now"),
        (Self::Search, "/search", "view-search"),
        (Self::Queries, "/queries", "view-saved"),
        (Self::Narratives, "/narratives", "view-narratives"),
        (Self::Elections, "/elections", "view-elections"),
        (Self::Bursts, "/bursts", "view-bursts"),
        (Self::Echo, "/echo", "view-echo"),
        (Self::Alerts, "/alerts", "view-alerts"),
        (Self::Cases, "/cases", "view-cases"),
        (Self::Sources, "/sources", "view-sources"),
    ];
}

fn times(visit: &Visit<'_>) -> Times {
    let preferences = &visit.reader.preferences;
    Times {
        zone: (preferences.zone.clone()).unwrap_or_else(|| visit.settings().zone.clone()),
        now: visit.now(),
        language: preferences.language,
    }
}

/// The outermost of every page: what a browser must know before it shows anything.
fn sheet(reader: &Reader, title: &str, body: &Markup) -> Markup {
    let preferences = &reader.preferences;
    html! {
        (DOCTYPE)
        html lang=(preferences.language.tag()) data-theme=[preferences.theme.map(Theme::as_str)]
            data-keys=[preferences.keys_off.then_some("off")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(preferences.theme.map_or("light dark", Theme::as_str));
                title { (words::text(title)) " · Bellwether" }
                link rel="stylesheet" href="/style.css";
                script src="/script.js" defer {}
            }
            body { (body) }
        }
    }
}

/// A whole page around its content.
fn page(visit: &Visit<'_>, view: View, title: &str, content: &Markup) -> Page {
    let times = times(visit);
    let body = html! {
        a.skip href="#content" { (visit.say("frame-skip")) }
        @if visit.settings().invented {
            p.invented role="note" { (visit.say("frame-invented")) }
        }
        @if let Some(refusal) = visit.reloads().and_then(|reloads| reloads.now().1) {
            (parts::refusal(visit, &refusal, &times))
        }
        header {
            nav aria-label=(visit.say("frame-views")) {
                a.brand href="/" { "Bellwether" }
                ul {
                    @for (of, href, name) in View::ALL {
                        li {
                            a href=(href) aria-current=[(of == view).then_some("page")] {
                                (visit.say(name))
                            }
                        }
                    }
                }
                @if view != View::Search {
                    form.find action="/search" method="get" role="search" {
                        input name="q" type="search" dir="auto" autocomplete="off"
                            aria-label=(visit.say("frame-search")) placeholder=(visit.say("frame-search"));
                    }
                }
                (visit.who())
            }
        }
        main id="content" tabindex="-1" { (content) }
        footer {
            p {
                (visit.tell("frame-foot", &[
                    ("zone", times.zone_name().into()),
                    ("now", times.element(times.now).into()),
                ]))
            }
            (visit.appearance())
        }
    };
    Page {
        status: 200,
        markup: sheet(visit.reader, title, &body),
    }
}

/// A page that says what went wrong instead of its content.
fn problem_page(visit: &Visit<'_>, view: View, problem: &Problem) -> Page {
    let content = html! {
        h1 lang=[visit.foreign_tag()] { (words::text(&problem.title)) }
        (parts::problem(visit, problem))
    };
    Page {
        status: problem.status,
        ..page(visit, view, &problem.title, &content)
    }
}
