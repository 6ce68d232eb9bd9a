//! Two items side by side, with what their texts share marked.

use bellwether_api::{
    CompareBody, ComparedBody, HighlightBody, HighlightField, StretchBody, calibration_in_words,
};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Page, View, Visit, page, parts, problem_page, times};
use crate::http::{Params, params};

/// The page that shows two items side by side.
pub(crate) fn compare(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = Params::read(query, &[&params::COMPARE])
        .and_then(|mut params| params.compare())
        .and_then(|(item, with)| visit.compare(&item, &with))
        .and_then(|body| {
            let times = times(visit);
            visit.with_directory(|directory| content(&body, directory, &times))
        });
    match made {
        Ok(content) => page(visit, View::Search, "Side by side", &content),
        Err(problem) => problem_page(visit, View::Search, &problem),
    }
}

fn content(body: &CompareBody, directory: &Directory, times: &Times) -> Markup {
    let lists = [
        ("Figures", &body.figures),
        ("Names", &body.names),
        ("Quotations", &body.quotations),
        ("Addresses", &body.links),
    ];
    html! {
        h1 { "Side by side" }
        p {
            @if body.same_story {
                "Both are of one story: their texts are the same or nearly the same. "
            } @else if let Some(score) = body.score {
                "They are consistent with a rewording, score " (words::value(score))
                @if let Some(share) = body.calibration { ": " (calibration_in_words(share)) }
                ". "
            } @else {
                "No relation between them was found. "
            }
            "Marked is what stands in both, whatever the script; it does not tell who has it from whom."
        }
        div.pair {
            (side(&body.item, directory, times))
            (side(&body.with, directory, times))
        }
        section aria-labelledby="common" {
            h2 id="common" { "In both" }
            dl {
                @for (name, list) in lists {
                    dt { (name) }
                    dd {
                        @if list.is_empty() { "none" }
                        @for (at, entry) in list.iter().enumerate() {
                            @if at > 0 { ", " }
                            (words::foreign(entry, None))
                        }
                    }
                }
            }
        }
    }
}

fn side(compared: &ComparedBody, directory: &Directory, times: &Times) -> Markup {
    let item = &compared.item;
    let lang = item.lang.as_deref();
    html! {
        section.side {
            h2 dir="auto" lang=[words::tag(lang)] {
                a href=(words::path("items", &item.id)) {
                    @if item.title.trim().is_empty() {
                        "(no title)"
                    } @else {
                        (marked(&item.title, &compared.shared_title))
                    }
                }
            }
            p {
                strong { (words::source_name(directory, &item.source)) }
                " " (parts::groups(directory, &item.groups, &item.affiliation.grade))
                " " small { (parts::affiliation(&item.affiliation)) }
            }
            p {
                (times.element(item.time)) ": " (words::text(&compared.clock.words)) "; "
                (compared.shared_percent) " % of it stands in the other."
            }
            div.running.lines dir="auto" lang=[words::tag(lang)] {
                @if compared.text.trim().is_empty() { "unknown; the source gives no text" }
                (marked(&compared.text, &compared.shared_text))
            }
        }
    }
}

fn marked(text: &str, shared: &[StretchBody]) -> Markup {
    let highlights: Vec<HighlightBody> = shared
        .iter()
        .map(|stretch| HighlightBody {
            field: HighlightField::Snippet,
            start: stretch.start,
            end: stretch.end,
        })
        .collect();
    words::marked(text, highlights.iter())
}
