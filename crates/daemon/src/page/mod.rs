//! Pages for people, made on the server: no script, one style sheet, nothing from elsewhere.
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
mod chart;
mod compare;
mod echo;
mod explain;
mod explain_term;
mod item;
mod parts;
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

use visit::Visit;
use words::Times;

pub(crate) use accounts::{audit, log_in, refused};
pub(crate) use acknowledge::{acknowledge, alert, alert_path, alert_problem, silence};
pub(crate) use alerts::alerts;
pub(crate) use backtest::backtest;
pub(crate) use burst::{burst, bursts};
pub(crate) use compare::compare;
pub(crate) use echo::echo;
pub(crate) use explain::explain;
pub(crate) use item::item;
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

/// The views that the head of every page leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Search,
    Queries,
    Bursts,
    Echo,
    Alerts,
    Sources,
}

impl View {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Search, "/", "Search"),
        (Self::Queries, "/queries", "Saved"),
        (Self::Bursts, "/bursts", "Bursts"),
        (Self::Echo, "/echo", "Echo"),
        (Self::Alerts, "/alerts", "Alerts"),
        (Self::Sources, "/sources", "Sources"),
    ];
}

fn times(visit: &Visit<'_>) -> Times {
    Times {
        zone: visit.settings().zone.clone(),
        now: visit.now(),
    }
}

/// A whole page around its content.
fn page(visit: &Visit<'_>, view: View, title: &str, content: &Markup) -> Page {
    let times = times(visit);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words::text(title)) " · Bellwether" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#content" { "Skip to content" }
                @if visit.settings().invented {
                    p.invented role="note" { "Invented data: demo. Nothing here is news." }
                }
                @if let Some(refusal) = visit.reloads().and_then(|reloads| reloads.now().1) {
                    (parts::refusal(&refusal, &times))
                }
                header {
                    nav aria-label="Views" {
                        a.brand href="/" { "Bellwether" }
                        ul {
                            @for (of, href, name) in View::ALL {
                                li {
                                    a href=(href) aria-current=[(of == view).then_some("page")] {
                                        (name)
                                    }
                                }
                            }
                        }
                        (visit.who())
                    }
                }
                main id="content" tabindex="-1" { (content) }
                footer {
                    "Times are " (times.zone_name()) "; each gives UTC when pointed at. Made "
                    (times.element(times.now)) "."
                }
            }
        }
    };
    Page {
        status: 200,
        markup,
    }
}

/// A page that says what went wrong instead of its content.
fn problem_page(visit: &Visit<'_>, view: View, problem: &Problem) -> Page {
    let content = html! {
        h1 { (words::text(&problem.title)) }
        (parts::problem(problem))
    };
    Page {
        status: problem.status,
        ..page(visit, view, &problem.title, &content)
    }
}
