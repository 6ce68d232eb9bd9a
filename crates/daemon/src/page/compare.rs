//! Two items side by side, with what their texts share marked.

use bellwether_api::{
    ClockBody, ClockKind, CompareBody, ComparedBody, HighlightBody, HighlightField, ItemBody,
    StretchBody,
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
            visit.with_directory(|directory| content(visit, &body, directory, &times))
        });
    match made {
        Ok(content) => page(visit, View::Search, &visit.say("compare-title"), &content),
        Err(problem) => problem_page(visit, View::Search, &problem),
    }
}

fn content(visit: &Visit<'_>, body: &CompareBody, directory: &Directory, times: &Times) -> Markup {
    let lists = [
        ("compare-figures", &body.figures),
        ("compare-names", &body.names),
        ("compare-quotations", &body.quotations),
        ("compare-addresses", &body.links),
    ];
    html! {
        h1 { (visit.say("compare-title")) }
        p { (relation(visit, body)) " " (visit.say("compare-note")) }
        div.pair {
            (side(visit, &body.item, directory, times))
            (side(visit, &body.with, directory, times))
        }
        section aria-labelledby="common" {
            h2 id="common" { (visit.say("compare-in-both")) }
            dl {
                @for (name, list) in lists {
                    dt { (visit.say(name)) }
                    dd { (listed(visit, list)) }
                }
            }
        }
    }
}

/// How the two are related, as far as that is known.
fn relation(visit: &Visit<'_>, body: &CompareBody) -> Markup {
    if body.same_story {
        return visit.tell("compare-one-story", &[]);
    }
    let Some(score) = body.score else {
        return visit.tell("compare-no-relation", &[]);
    };
    let score = ("score", words::value(score).into());
    match body.calibration {
        None => visit.tell("compare-reworded", &[score]),
        Some(share) => {
            let meaning = ("meaning", calibration(visit, share).into());
            visit.tell("compare-reworded-meaning", &[score, meaning])
        }
    }
}

/// What a score has meant, where `share` of the pairs with it were copies: the words of
/// [`bellwether_api::calibration_in_words`] in the reader's language.
pub(super) fn calibration(visit: &Visit<'_>, share: f64) -> Markup {
    let percent = format!("{:.0}", 100.0 * share);
    visit.tell("compare-calibration", &[("percent", percent.into())])
}

/// When an item was there: the words of its clock in the reader's language.
pub(super) fn clock(visit: &Visit<'_>, item: &ItemBody, clock: &ClockBody) -> Markup {
    let seen = ("seen", item.seen.to_string().into());
    let told = match (clock.kind, item.time_reason.as_str()) {
        (ClockKind::Stated, _) => visit.tell(
            "compare-clock-stated",
            &[("time", item.time.to_string().into()), seen],
        ),
        (ClockKind::Day, _) => visit.tell("compare-clock-day", &[seen]),
        (ClockKind::Seen, "future" | "backdated" | "implausible") => {
            visit.tell("compare-clock-not-believed", &[seen])
        }
        (ClockKind::Seen, "unreadable" | "no-zone") => {
            visit.tell("compare-clock-unreadable", &[seen])
        }
        (ClockKind::Seen, _) => visit.tell("compare-clock-none", &[seen]),
    };
    if item.imported_at.is_some() {
        visit.tell("compare-clock-imported", &[("clock", told.into())])
    } else {
        told
    }
}

fn listed(visit: &Visit<'_>, list: &[String]) -> Markup {
    let mut entries = list.iter().map(|entry| words::foreign(entry, None));
    let Some(first) = entries.next() else {
        return visit.tell("compare-none", &[]);
    };
    entries.fold(first, |listed, entry| {
        visit.tell(
            "words-list",
            &[("listed", listed.into()), ("entry", entry.into())],
        )
    })
}

fn side(
    visit: &Visit<'_>,
    compared: &ComparedBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let item = &compared.item;
    let lang = item.lang.as_deref();
    let stands = visit.tell(
        "compare-stands",
        &[
            ("when", times.element(item.time).into()),
            ("clock", clock(visit, item, &compared.clock).into()),
            ("percent", u32::from(compared.shared_percent).into()),
        ],
    );
    html! {
        section.side {
            h2 dir="auto" lang=[words::tag(lang)] {
                a href=(words::path("items", &item.id)) {
                    @if item.title.trim().is_empty() {
                        (visit.say("compare-no-title"))
                    } @else {
                        (marked(&item.title, &compared.shared_title))
                    }
                }
            }
            p {
                strong { (words::source_name(directory, &item.source)) }
                " " (parts::groups(directory, &item.groups, &item.affiliation.grade))
                " " small { (parts::affiliation(visit, &item.affiliation)) }
            }
            p { (stands) }
            div.running.lines dir="auto" lang=[words::tag(lang)] {
                @if compared.text.trim().is_empty() { (visit.say("compare-no-text")) }
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
