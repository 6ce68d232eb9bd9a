//! Pieces that several pages show.

use bellwether_api::{
    AbsenceBody, AffiliationBody, CoverageBody, HighlightField, ItemBody, PostBody, Problem,
    StoryBody,
};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times, count, foreign};
use crate::answers::{Refusal, collected};

/// Sources named where they are missing; the page of sources has all.
const MISSING_SHOWN: usize = 8;

/// What went wrong and what to do.
pub(super) fn problem(problem: &Problem) -> Markup {
    html! { div.problem role="alert" { (remedy(problem)) } }
}

/// Why something went wrong and what to do, as a part of a larger message.
pub(super) fn remedy(problem: &Problem) -> Markup {
    html! {
            @if let Some(detail) = &problem.detail { p { (words::text(detail)) } }
            @if let Some(suggestion) = &problem.suggestion {
                p { "Did you mean " code { (words::text(suggestion)) } "?" }
            }
            @if let Some(hint) = &problem.hint { p { "What to do: " (words::text(hint)) "." } }
    }
}

/// A configuration on disk that is not in force: who edits files must not believe that it is.
pub(super) fn refusal(refusal: &Refusal, times: &Times) -> Markup {
    let left_out = refusal.count.saturating_sub(refusal.faults.len() as u64);
    html! {
        details.refused role="note" {
            summary {
                "The configuration on disk has " (count(refusal.count, "fault", "faults")) " and is not in force (refused "
                (times.element(refusal.at)) "); the one before it stays."
            }
            ul {
                @for fault in &refusal.faults { li { code { (words::text(fault)) } } }
                @if left_out > 0 { li { "and " (left_out) " more" } }
            }
            p { "What to do: mend the files; " code { "bellwether check" } " names every fault. They are read again when they change." }
        }
    }
}

/// What was collected, in a sentence, with what was not.
pub(super) fn coverage(coverage: &CoverageBody, directory: &Directory, what: &str) -> Markup {
    let all = coverage.sources;
    let left_out = coverage.missing.len().saturating_sub(MISSING_SHOWN);
    html! {
        p.coverage {
            @if all == 0 {
                "Coverage: no source is in scope of " (what) ", so nothing was collected for it."
            } @else if coverage.complete {
                "Coverage: complete; " (all) " of " (count(all, "source", "sources"))
                " in scope of " (what) " were collected throughout."
            } @else {
                "Coverage: " (collected(coverage)) " of " (count(all, "source", "sources"))
                " in scope of " (what) " were collected throughout; numbers are lower bounds. "
                "Not collected in whole or part: "
                @for (at, missing) in coverage.missing.iter().take(MISSING_SHOWN).enumerate() {
                    @if at > 0 { ", " }
                    (words::source_name(directory, &missing.source))
                    " (" (words::why_missing(missing)) ")"
                }
                @if left_out > 0 { ", and " (left_out) " more" }
                ". " a href="/sources" { "All sources" }
            }
            @if let Some(note) = &coverage.note { " Less is collected now: " (note) "." }
        }
    }
}

/// The grade of a source with its basis and date: always in words.
pub(super) fn affiliation(affiliation: &AffiliationBody) -> Markup {
    let has_record = affiliation.grade != "unknown";
    html! {
        span.grade { (affiliation.grade) }
        @if let Some(basis) = &affiliation.basis {
            "; basis: " (foreign(basis, None))
        } @else if has_record {
            "; basis not on record"
        } @else {
            "; none on record"
        }
        @if let Some(day) = affiliation.as_of { ", looked up " (day.strftime("%-d %b %Y").to_string()) }
        @if let Some(reference) = &affiliation.reference {
            ", reference: " (words::outward(reference))
        }
    }
}

/// The groups that may stand beside a grade, each with its mark.
pub(super) fn groups(directory: &Directory, groups: &[String], grade: &str) -> Markup {
    let shown = words::groups_beside(directory, groups, grade);
    html! {
        @if !shown.is_empty() {
            span.groups {
                @for group in shown {
                    span.group {
                        span class={ "mark " (words::mark_class(directory, group)) }
                            aria-hidden="true" {}
                        (words::text(group))
                    }
                }
            }
        }
    }
}

/// The size of the story of an item, and the way to it.
pub(super) fn story(story: Option<&StoryBody>) -> Markup {
    html! {
        @match story {
            None => "no text to compare",
            Some(story) if story.size <= 1 => "own text",
            Some(story) => {
                "same text in "
                a href=(words::path("stories", &story.id)) { (count(story.size, "item", "items")) }
            }
        }
    }
}

/// Items as found, each with what must be known of it.
pub(super) fn items(items: &[ItemBody], directory: &Directory, times: &Times) -> Markup {
    html! {
        ol.items {
            @for item in items { li { (entry(item, directory, times)) } }
        }
    }
}

fn entry(item: &ItemBody, directory: &Directory, times: &Times) -> Markup {
    let lang = item.lang.as_deref();
    let of = |field| {
        item.highlights
            .iter()
            .filter(move |highlight| highlight.field == field)
    };
    html! {
        article {
            div.when {
                (times.element_because(item.time, Some(words::time_reason(item))))
                @if item.published.is_some_and(|published| published != item.time) {
                    br;
                    small { "claims " @if let Some(at) = item.published { (times.element(at)) } }
                }
            }
            div.who {
                strong { (words::source_name(directory, &item.source)) }
                (groups(directory, &item.groups, &item.affiliation.grade))
                small { (affiliation(&item.affiliation)) }
            }
            div.what {
                h3 dir="auto" lang=[words::tag(lang)] {
                    a href=(words::path("items", &item.id)) {
                        @if item.title.trim().is_empty() {
                            "(no title)"
                        } @else {
                            (words::marked(&item.title, of(HighlightField::Title)))
                        }
                    }
                }
                @if !item.snippet.is_empty() {
                    p.snippet dir="auto" lang=[words::tag(lang)] {
                        (words::marked(&item.snippet, of(HighlightField::Snippet)))
                    }
                }
                p.notes {
                    span { "language " (tag_or_unknown(lang)) }
                    span {
                        (story(item.story.as_ref()))
                        @if let Some(copies) = item.copies.filter(|copies| *copies > 0) {
                            ", " (copies) " more here"
                        }
                    }
                    @if item.versions > 1 {
                        span { (count(item.versions, "wording", "wordings")) }
                    }
                    @if item.hidden_characters { span { (words::HIDDEN_CHARACTERS) } }
                    @if let Some(gone) = &item.gone_at_source { span { (absence(gone, directory, times)) } }
                    @if item.imported_at.is_some() { span { "imported; seen per the archive" } }
                    @if let Some(post) = &item.post {
                        @for note in post_notes(post, directory, times) { span { (note) } }
                    }
                    @if let Some(url) = &item.url { span { "original: " (words::outward(url)) } }
                }
            }
        }
    }
}

/// When a source did not show an item any more. That it went is known, not who took it away.
pub(super) fn absence(absence: &AbsenceBody, directory: &Directory, times: &Times) -> Markup {
    html! {
        "gone at its source: last shown by " (words::source_name(directory, &absence.source)) " "
        (times.element(absence.last_shown)) ", missing from its list since "
        (times.element(absence.first_missing))
        @if let Some(at) = absence.back { ", shown again " (times.element(at)) }
    }
}

/// What a platform says of a post beside its words, a note each.
pub(super) fn post_notes(post: &PostBody, directory: &Directory, times: &Times) -> Vec<Markup> {
    let mut notes = Vec::new();
    for (what, origin) in [
        ("forwarded from ", &post.forwarded_from),
        ("quotes ", &post.quoted),
    ] {
        notes.extend(origin.as_ref().map(|origin| {
            html! {
                (what)
                @match &origin.source {
                    Some(source) => (words::source_name(directory, source)),
                    None => { bdi { (words::text(&origin.account)) } },
                }
                @if origin.pseudonym { " (a pseudonym)" }
                @if let Some(url) = &origin.url { ": " (words::outward(url)) }
            }
        }));
    }
    if post.edited {
        notes.push(html! {
            "edited, "
            @match post.edited_at {
                Some(at) => (times.element(at)),
                None => "time unknown",
            }
        });
    }
    let views = post.views.as_ref().map(|views| words::text(&views.shown));
    let counts: Vec<String> = [
        views.map(|views| format!("{views} views")),
        post.boosts.map(|n| count(n, "boost", "boosts")),
        post.quotes.map(|n| count(n, "quote", "quotes")),
        post.score.map(|score| format!("score {score}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !counts.is_empty() {
        notes.push(html! {
            (counts.join(", "))
            @if let Some(at) = post.counted_at { ", as of " (times.element(at)) }
        });
    }
    if post.media {
        notes.push(html! { "with images, video or sound, which are not read" });
    }
    notes
}

/// The language of an item, or that it is not known.
pub(super) fn tag_or_unknown(lang: Option<&str>) -> &str {
    words::tag(lang).unwrap_or("unknown")
}
