//! One item: its text in full, its wordings, both clocks, and its bytes as received.

use bellwether_api::{
    ChangeKind, ChangedVersionBody, ItemDetailBody, ListBody, NarrativeMatchBody, PieceBody,
};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{Page, View, Visit, cases, page, parts, problem_page, times};
use crate::answers::ListParams;

/// What the captures of an absence say, in their order.
const LOOKS: [&str; 4] = [
    "which showed it last",
    "which did not show it",
    "which did not show it at a second look",
    "which shows it again",
];

/// The page of an item.
pub(crate) fn item(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.item(id).and_then(|detail| {
        let versions = visit.versions(id, &ListParams::default())?;
        let times = times(visit);
        let content =
            visit.with_directory(|directory| content(&detail, &versions, directory, &times))?;
        let form = cases::add_form(visit, "item", id);
        Ok((detail.item.title, html! { (content) (form) }))
    });
    match made {
        Ok((title, content)) => page(
            visit,
            View::Search,
            &bellwether_text::excerpt(&title, 80),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Search, &problem),
    }
}

fn content(
    detail: &ItemDetailBody,
    versions: &ListBody<ChangedVersionBody>,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let item = &detail.item;
    let lang = item.lang.as_deref();
    html! {
        h1 dir="auto" lang=[words::tag(lang)] {
            @if item.title.trim().is_empty() { "(no title)" } @else { (words::text(&item.title)) }
        }
        section aria-labelledby="text" {
            h2 id="text" { "Text" }
            div.running dir="auto" lang=[words::tag(lang)] {
                @if detail.text.trim().is_empty() { p { "unknown; the source gives no text" } }
                (paragraphs(&detail.text))
            }
        }
        section aria-labelledby="facts" {
            h2 id="facts" { "What is known" }
            (facts(detail, directory, times))
        }
        section aria-labelledby="matches" {
            h2 id="matches" { "Matches queries of" }
            (matches(&detail.matches))
        }
        section aria-labelledby="captures" {
            h2 id="captures" { "As received" }
            ul {
                @for capture in &detail.captures {
                    li {
                        a href={ "/api/v1" (words::path("items", &item.id)) "/raw?capture="
                            (capture.id) } download {
                            "capture " (capture.id)
                        }
                        ", holds wording "
                        (capture.versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
                    }
                }
                @for absence in &detail.absences {
                    @for (capture, what) in absence.captures.iter().zip(LOOKS) {
                        li {
                            a href={ "/api/v1" (words::path("items", &item.id)) "/raw?capture="
                                (capture) } download {
                                "capture " (capture)
                            }
                            ", the list of its source, " (what)
                        }
                    }
                }
            }
            p.help { "The bytes may hold anything, also what acts on the program that opens them." }
        }
        section aria-labelledby="wordings" {
            h2 id="wordings" { (count(item.versions, "wording", "wordings")) }
            @if item.versions > 1 {
                p.help {
                    "What was " ins { "added" } " since the wording before, and what was "
                    del { "removed" } "."
                }
            }
            @for changed in &versions.items { (wording(changed, lang, times)) }
            @if versions.cursor.is_some() {
                p {
                    "Earlier ones: "
                    a href={ "/api/v1" (words::path("items", &item.id)) "/versions?limit=50" } {
                        "all wordings as data"
                    }
                }
            }
        }
    }
}

fn matches(matches: &[NarrativeMatchBody]) -> Markup {
    html! {
        @if matches.is_empty() { p { "No query of a documented narrative." } } @else {
            ul {
                @for found in matches {
                    li {
                        a href=(words::search_link(&[("q", &format!("narrative:{}", found.narrative))])) {
                            (words::text(&found.title))
                        }
                        ": " code dir="auto" lang=(found.lang) { (words::text(&found.query)) }
                    }
                }
            }
            p.help {
                "A match shows that words were used. Reports about a claim and corrections of it match too."
            }
        }
    }
}

fn wording(changed: &ChangedVersionBody, lang: Option<&str>, times: &Times) -> Markup {
    let version = &changed.version;
    html! {
        details {
            summary {
                "wording " (version.number) ", received " (times.element(version.seen))
                @if let Some(at) = version.published { ", claims " (times.element(at)) }
            }
            div.running dir="auto" lang=[words::tag(lang)] {
                @match &changed.changes {
                    None => {
                        p { strong { (words::text(&version.title)) } }
                        (paragraphs(&version.text))
                    }
                    Some(changes) => {
                        p { strong { (pieces(&changes.title)) } }
                        div.lines { (pieces(&changes.text)) }
                    }
                }
            }
        }
    }
}

fn pieces(pieces: &[PieceBody]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece.change {
                ChangeKind::Kept => (words::text(&piece.text)),
                ChangeKind::Removed => del { (words::text(&piece.text)) },
                ChangeKind::Added => ins { (words::text(&piece.text)) },
            }
        }
    }
}

fn paragraphs(text: &str) -> Markup {
    html! {
        @for line in text.lines().filter(|line| !line.trim().is_empty()) {
            p { (words::text(line)) }
        }
    }
}

fn facts(detail: &ItemDetailBody, directory: &Directory, times: &Times) -> Markup {
    let item = &detail.item;
    let claimed = detail.published_raw.as_deref().map(words::text);
    html! {
        dl {
            dt { "Published by" }
            dd {
                @for (at, source) in detail.sources.iter().enumerate() {
                    @if at > 0 { ", also shown by " }
                    (words::source_name(directory, source))
                }
                " " (parts::groups(directory, &item.groups, &item.affiliation.grade))
            }
            dt { "Affiliation" }
            dd { (parts::affiliation(&item.affiliation)) }
            @if item.hidden_characters {
                dt { "Note" }
                dd { (words::HIDDEN_CHARACTERS) "; not shown here, found as if they were not there" }
            }
            dt { "Publisher family" }
            dd { (words::foreign(&item.family, None)) }
            dt { "Time used" }
            dd { (times.element(item.time)) ": " (words::time_reason(item)) }
            dt { "Its source claims" }
            dd {
                @match (item.published, &claimed) {
                    (Some(at), Some(raw)) => { (times.element(at)) ", written " bdi { (raw) } },
                    (Some(at), None) => (times.element(at)),
                    (None, Some(raw)) => { "not read: " bdi { (raw) } },
                    (None, None) => "unknown; none given",
                }
            }
            dt { "First seen in our collection" }
            dd {
                (times.element(item.seen))
                @if let Some(at) = item.imported_at {
                    ", per the archive; imported " (times.element(at))
                }
            }
            @if !detail.absences.is_empty() {
                dt { "At its source" }
                @for absence in &detail.absences {
                    dd { (parts::absence(absence, directory, times)) }
                }
                @if item.gone_at_source.is_some() {
                    dd { "Kept here. That its neighbours are still shown is known; who took it away, and why, is not." }
                }
            }
            dt { "Language" }
            dd {
                (parts::tag_or_unknown(item.lang.as_deref()))
                @if let Some(declared) = &detail.lang_declared {
                    "; its source claims " bdi { (words::text(declared)) }
                }
            }
            dt { "Same text" }
            dd {
                (parts::story(item.story.as_ref()))
                @if let Some(story) = &item.story {
                    "; " a href=(words::path("stories", &story.id)) { "its story and rewordings" }
                }
            }
            @if let Some(platform) = &detail.platform {
                dt { "Platform" }
                dd { bdi { (words::text(platform)) } }
            }
            @if let Some(post) = &item.post {
                dt { "Its platform says" }
                @for note in parts::post_notes(post, directory, times) { dd { (note) } }
            }
            dt { "Original" }
            dd {
                @match &item.url {
                    Some(url) => (words::outward(url)),
                    None => "unknown; no address given",
                }
            }
            @if let Some(guid) = &item.guid {
                dt { "Id of its source" }
                dd { bdi { (words::text(guid)) } }
            }
            dt { "Id" }
            dd { (item.id) }
        }
    }
}
