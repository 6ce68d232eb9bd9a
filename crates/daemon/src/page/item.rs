//! One item: its text in full, its wordings, both clocks, and its bytes as received.

use bellwether_api::{
    ChangeKind, ChangedVersionBody, ItemBody, ItemDetailBody, ListBody, NarrativeMatchBody,
    PieceBody,
};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Page, View, Visit, cases, page, parts, problem_page, times};
use crate::answers::ListParams;

/// How is told what the captures of an absence say, in their order.
const LOOKS: [&str; 4] = [
    "record-look-last",
    "record-look-missing",
    "record-look-missing-still",
    "record-look-again",
];

/// The page of an item.
pub(crate) fn item(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.item(id).and_then(|detail| {
        let versions = visit.versions(id, &ListParams::default())?;
        let times = times(visit);
        let content = visit
            .with_directory(|directory| content(visit, &detail, &versions, directory, &times))?;
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
    visit: &Visit<'_>,
    detail: &ItemDetailBody,
    versions: &ListBody<ChangedVersionBody>,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let item = &detail.item;
    let lang = item.lang.as_deref();
    html! {
        h1 dir="auto" lang=[words::tag(lang)] {
            @if item.title.trim().is_empty() { (visit.say("record-no-title")) } @else { (words::text(&item.title)) }
        }
        section aria-labelledby="text" {
            h2 id="text" { (visit.say("record-text")) }
            div.running dir="auto" lang=[words::tag(lang)] {
                @if detail.text.trim().is_empty() { p { (visit.say("compare-no-text")) } }
                (paragraphs(&detail.text))
            }
        }
        section aria-labelledby="facts" {
            h2 id="facts" { (visit.say("record-known")) }
            (facts(visit, detail, directory, times))
        }
        section aria-labelledby="matches" {
            h2 id="matches" { (visit.say("record-matches")) }
            (matches(visit, &detail.matches))
        }
        section aria-labelledby="captures" {
            h2 id="captures" { (visit.say("record-captures")) }
            (captures(visit, detail))
        }
        section aria-labelledby="wordings" {
            h2 id="wordings" { (visit.tell("item-wordings", &[("count", item.versions.into())])) }
            @if item.versions > 1 {
                @let added = html! { ins { (visit.say("record-added")) } };
                @let removed = html! { del { (visit.say("record-removed")) } };
                p.help {
                    (visit.tell("record-changes", &[("added", added.into()), ("removed", removed.into())]))
                }
            }
            @for changed in &versions.items { (wording(visit, changed, lang, times)) }
            @if versions.cursor.is_some() {
                @let all = html! {
                    a href={ "/api/v1" (words::path("items", &item.id)) "/versions?limit=50" } {
                        (visit.say("record-wordings-data"))
                    }
                };
                p { (visit.tell("record-earlier", &[("link", all.into())])) }
            }
        }
    }
}

/// What was received, to be taken along: of the item, and of the lists that did not show it.
fn captures(visit: &Visit<'_>, detail: &ItemDetailBody) -> Markup {
    let item = words::path("items", &detail.item.id);
    let link = |capture: &str| {
        html! {
            a href={ "/api/v1" (item) "/raw?capture=" (capture) } download {
                (visit.tell("record-capture", &[("id", capture.into())]))
            }
        }
    };
    html! {
        ul {
            @for capture in &detail.captures {
                @let wordings = capture.versions.iter().map(u32::to_string).collect::<Vec<_>>();
                li {
                    (visit.tell("record-capture-holds", &[
                        ("capture", link(&capture.id).into()),
                        ("wordings", wordings.join(", ").into()),
                    ]))
                }
            }
            @for absence in &detail.absences {
                @for (capture, look) in absence.captures.iter().zip(LOOKS) {
                    li { (visit.tell(look, &[("capture", link(capture).into())])) }
                }
            }
        }
        p.help { (visit.say("record-captures-help")) }
    }
}

fn matches(visit: &Visit<'_>, matches: &[NarrativeMatchBody]) -> Markup {
    html! {
        @if matches.is_empty() { p { (visit.say("record-no-match")) } } @else {
            ul {
                @for found in matches {
                    @let narrative = html! {
                        a href=(words::search_link(&[("q", &format!("narrative:{}", found.narrative))])) {
                            (words::text(&found.title))
                        }
                    };
                    @let query = html! { code dir="auto" lang=(found.lang) { (words::text(&found.query)) } };
                    li {
                        (visit.tell("record-match", &[("narrative", narrative.into()), ("query", query.into())]))
                    }
                }
            }
            p.help { (visit.say("record-match-help")) }
        }
    }
}

fn wording(
    visit: &Visit<'_>,
    changed: &ChangedVersionBody,
    lang: Option<&str>,
    times: &Times,
) -> Markup {
    let version = &changed.version;
    let received = times.element(version.seen);
    html! {
        details {
            summary {
                @match version.published {
                    Some(at) => (visit.tell("record-wording-claims", &[
                        ("number", version.number.into()),
                        ("when", received.into()),
                        ("claimed", times.element(at).into()),
                    ])),
                    None => (visit.tell("record-wording", &[
                        ("number", version.number.into()),
                        ("when", received.into()),
                    ])),
                }
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

/// Who showed it, in the order in which they did.
fn shown_by(visit: &Visit<'_>, sources: &[String], directory: &Directory) -> Markup {
    let mut names = sources
        .iter()
        .map(|source| words::source_name(directory, source));
    let first = names.next().unwrap_or_default();
    names.fold(first, |shown, source| {
        visit.tell(
            "record-also-shown",
            &[("shown", shown.into()), ("source", source.into())],
        )
    })
}

/// The time that its source claims, as it was read and as it is written.
fn claimed(visit: &Visit<'_>, detail: &ItemDetailBody, times: &Times) -> Markup {
    let written = detail
        .published_raw
        .as_deref()
        .map(|raw| html! { bdi { (words::text(raw)) } });
    match (detail.item.published, written) {
        (Some(at), Some(raw)) => visit.tell(
            "record-claims",
            &[("when", times.element(at).into()), ("written", raw.into())],
        ),
        (Some(at), None) => times.element(at),
        (None, Some(raw)) => visit.tell("record-claims-unread", &[("written", raw.into())]),
        (None, None) => html! { (visit.say("record-claims-none")) },
    }
}

fn seen(visit: &Visit<'_>, item: &ItemBody, times: &Times) -> Markup {
    let seen = times.element(item.seen);
    match item.imported_at {
        Some(at) => visit.tell(
            "record-seen-archive",
            &[
                ("when", seen.into()),
                ("imported", times.element(at).into()),
            ],
        ),
        None => seen,
    }
}

fn language(visit: &Visit<'_>, detail: &ItemDetailBody) -> Markup {
    let lang = parts::tag_or_unknown(visit, detail.item.lang.as_deref());
    match &detail.lang_declared {
        Some(declared) => {
            let declared = html! { bdi { (words::text(declared)) } };
            visit.tell(
                "record-language-declared",
                &[("language", lang.into()), ("declared", declared.into())],
            )
        }
        None => html! { (lang) },
    }
}

fn same_text(visit: &Visit<'_>, item: &ItemBody) -> Markup {
    let text = parts::story(visit, item.story.as_ref());
    match &item.story {
        Some(story) => {
            let link = html! {
                a href=(words::path("stories", &story.id)) { (visit.say("record-story")) }
            };
            visit.tell(
                "record-same-text-story",
                &[("text", text.into()), ("link", link.into())],
            )
        }
        None => text,
    }
}

fn facts(
    visit: &Visit<'_>,
    detail: &ItemDetailBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let item = &detail.item;
    html! {
        dl {
            dt { (visit.say("record-published-by")) }
            dd {
                (shown_by(visit, &detail.sources, directory))
                " " (parts::groups(directory, &item.groups, &item.affiliation.grade))
            }
            dt { (visit.say("record-affiliation")) }
            dd { (parts::affiliation(visit, &item.affiliation)) }
            @if item.hidden_characters {
                dt { (visit.say("record-note")) }
                dd { (visit.tell("record-hidden", &[("what", visit.say("item-hidden").into())])) }
            }
            dt { (visit.say("record-family")) }
            dd { (words::foreign(&item.family, None)) }
            dt { (visit.say("record-time")) }
            dd {
                (visit.tell("record-time-reason", &[
                    ("when", times.element(item.time).into()),
                    ("why", words::time_reason(visit, item).into()),
                ]))
            }
            dt { (visit.say("record-claimed")) }
            dd { (claimed(visit, detail, times)) }
            dt { (visit.say("now-column-first")) }
            dd { (seen(visit, item, times)) }
            @if !detail.absences.is_empty() {
                dt { (visit.say("record-absences")) }
                @for absence in &detail.absences {
                    dd { (parts::absence(visit, absence, directory, times)) }
                }
                @if item.gone_at_source.is_some() { dd { (visit.say("record-kept")) } }
            }
            dt { (visit.say("record-language")) }
            dd { (language(visit, detail)) }
            dt { (visit.say("record-same-text")) }
            dd { (same_text(visit, item)) }
            @if let Some(platform) = &detail.platform {
                dt { (visit.say("record-platform")) }
                dd { bdi { (words::text(platform)) } }
            }
            @if let Some(post) = &item.post {
                dt { (visit.say("record-platform-says")) }
                @for note in parts::post_notes(visit, post, directory, times) { dd { (note) } }
            }
            dt { (visit.say("record-original")) }
            dd {
                @match &item.url {
                    Some(url) => (words::outward(url)),
                    None => (visit.say("record-no-address")),
                }
            }
            @if let Some(guid) = &item.guid {
                dt { (visit.say("record-guid")) }
                dd { bdi { (words::text(guid)) } }
            }
            dt { (visit.say("record-id")) }
            dd { (item.id) }
        }
    }
}
