//! Pieces that several pages show.

use bellwether_api::{
    AbsenceBody, AffiliationBody, CoverageBody, HighlightField, ItemBody, OriginBody, PostBody,
    Problem, StoryBody,
};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::Visit;
use super::words::{self, Times, foreign};
use crate::answers::{Refusal, collected};

/// Sources named where they are missing; the page of sources has all.
const MISSING_SHOWN: usize = 8;

/// What went wrong and what to do.
pub(super) fn problem(visit: &Visit<'_>, problem: &Problem) -> Markup {
    html! { div.problem role="alert" { (remedy(visit, problem)) } }
}

/// Why something went wrong and what to do, as a part of a larger message.
pub(super) fn remedy(visit: &Visit<'_>, problem: &Problem) -> Markup {
    html! {
        @if let Some(detail) = &problem.detail { p lang=[visit.foreign_tag()] { (words::text(detail)) } }
        @if let Some(suggestion) = &problem.suggestion {
            @let suggestion = html! { code { (words::text(suggestion)) } };
            p { (visit.tell("problem-suggestion", &[("suggestion", suggestion.into())])) }
        }
        @if let Some(hint) = &problem.hint {
            p { (visit.tell("problem-hint", &[("hint", visit.english(hint).into())])) }
        }
    }
}

/// A configuration on disk that is not in force: who edits files must not believe that it is.
pub(super) fn refusal(visit: &Visit<'_>, refusal: &Refusal, times: &Times) -> Markup {
    let left_out = refusal.count.saturating_sub(refusal.faults.len() as u64);
    let command = html! { code { "bellwether check" } };
    html! {
        details.refused role="note" {
            summary {
                (visit.tell("problem-refused", &[
                    ("count", refusal.count.into()),
                    ("when", times.element(refusal.at).into()),
                ]))
            }
            ul {
                @for fault in &refusal.faults {
                    li { code lang=[visit.foreign_tag()] { (words::text(fault)) } }
                }
                @if left_out > 0 { li { (visit.tell("problem-refused-more", &[("count", left_out.into())])) } }
            }
            p { (visit.tell("problem-refused-remedy", &[("command", command.into())])) }
        }
    }
}

/// What was collected, in a sentence, with what was not. `what` it is about is told already.
pub(super) fn coverage(
    visit: &Visit<'_>,
    coverage: &CoverageBody,
    directory: &Directory,
    what: &str,
) -> Markup {
    let said = if coverage.sources == 0 {
        visit.tell("coverage-no-source", &[("what", what.into())])
    } else {
        in_scope(visit, coverage, directory, what)
    };
    html! {
        p.coverage {
            (said)
            @if coverage.sources > 0 && !coverage.complete {
                " " a href="/sources" { (visit.say("coverage-all-sources")) }
            }
            @if let Some(note) = &coverage.note {
                " " (visit.tell("coverage-less", &[("why", visit.english(note).into())]))
            }
        }
    }
}

/// How many of the sources in scope were collected, and which were not.
fn in_scope(
    visit: &Visit<'_>,
    coverage: &CoverageBody,
    directory: &Directory,
    what: &str,
) -> Markup {
    let sources = visit.sources_in_words(u64::from(coverage.sources));
    if coverage.complete {
        return visit.tell(
            "coverage-complete",
            &[
                ("collected", coverage.sources.into()),
                ("sources", sources.into()),
                ("what", what.into()),
            ],
        );
    }
    visit.tell(
        "coverage-partly",
        &[
            ("collected", collected(coverage).into()),
            ("sources", sources.into()),
            ("what", what.into()),
            ("missing", missing(visit, coverage, directory).into()),
        ],
    )
}

/// The sources that were not collected, each with why.
fn missing(visit: &Visit<'_>, coverage: &CoverageBody, directory: &Directory) -> Markup {
    let named = coverage.missing.iter().take(MISSING_SHOWN).map(|missing| {
        visit.tell(
            "coverage-missing",
            &[
                (
                    "source",
                    words::source_name(directory, &missing.source).into(),
                ),
                ("why", words::why_missing(visit, missing).into()),
            ],
        )
    });
    let named = visit.list(named);
    match coverage.missing.len().saturating_sub(MISSING_SHOWN) {
        0 => named,
        left_out => visit.tell(
            "coverage-missing-more",
            &[("missing", named.into()), ("count", left_out.into())],
        ),
    }
}

/// The grade of a source with its basis and date: always in words.
pub(super) fn affiliation(visit: &Visit<'_>, affiliation: &AffiliationBody) -> Markup {
    let grade = html! { span.grade { (grade(visit, &affiliation.grade)) } };
    let mut said = match &affiliation.basis {
        Some(basis) => visit.tell(
            "grade-basis",
            &[
                ("grade", grade.into()),
                ("basis", foreign(basis, None).into()),
            ],
        ),
        None if affiliation.grade == "unknown" => {
            visit.tell("grade-no-record", &[("grade", grade.into())])
        }
        None => visit.tell("grade-no-basis", &[("grade", grade.into())]),
    };
    if let Some(day) = affiliation.as_of {
        let day = words::day_of_record(visit, day);
        said = visit.tell(
            "grade-looked-up",
            &[("grade", said.into()), ("day", day.into())],
        );
    }
    if let Some(reference) = &affiliation.reference {
        let reference = words::outward(reference);
        said = visit.tell(
            "grade-reference",
            &[("grade", said.into()), ("reference", reference.into())],
        );
    }
    said
}

/// A grade of affiliation in words.
pub(super) fn grade(visit: &Visit<'_>, grade: &str) -> String {
    visit.say(match grade {
        "official" => "grade-official",
        "state-controlled" => "grade-state-controlled",
        "state-linked" => "grade-state-linked",
        "state-aligned" => "grade-state-aligned",
        "independent" => "grade-independent",
        "unknown" => "grade-unknown",
        other => return words::text(other),
    })
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
pub(super) fn story(visit: &Visit<'_>, story: Option<&StoryBody>) -> Markup {
    match story {
        None => visit.tell("item-no-text", &[]),
        Some(story) if story.size <= 1 => visit.tell("item-own-text", &[]),
        Some(story) => {
            let items = visit.items(u64::from(story.size));
            let items = html! { a href=(words::path("stories", &story.id)) { (items) } };
            visit.tell("item-same-text", &[("items", items.into())])
        }
    }
}

/// Items as found, each with what must be known of it.
pub(super) fn items(
    visit: &Visit<'_>,
    items: &[ItemBody],
    directory: &Directory,
    times: &Times,
) -> Markup {
    html! {
        ol.items {
            @for item in items { li { (entry(visit, item, directory, times)) } }
        }
    }
}

fn entry(visit: &Visit<'_>, item: &ItemBody, directory: &Directory, times: &Times) -> Markup {
    let lang = item.lang.as_deref();
    let of = |field| {
        item.highlights
            .iter()
            .filter(move |highlight| highlight.field == field)
    };
    let claimed = item.published.filter(|published| *published != item.time);
    html! {
        article {
            div.when {
                (times.element_because(item.time, Some(&words::time_reason(visit, item))))
                @if let Some(at) = claimed {
                    br;
                    small { (visit.tell("item-claims", &[("when", times.element(at).into())])) }
                }
            }
            div.who {
                strong { (words::source_name(directory, &item.source)) }
                (groups(directory, &item.groups, &item.affiliation.grade))
                small { (affiliation(visit, &item.affiliation)) }
            }
            div.what {
                h3 dir="auto" lang=[words::tag(lang)] {
                    a href=(words::path("items", &item.id)) {
                        @if item.title.trim().is_empty() {
                            (visit.say("item-no-title"))
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
                p.notes { @for note in notes(visit, item, directory, times) { span { (note) } } }
            }
        }
    }
}

/// What must be known of an item beside its words, a note each.
fn notes(visit: &Visit<'_>, item: &ItemBody, directory: &Directory, times: &Times) -> Vec<Markup> {
    let tag = tag_or_unknown(visit, item.lang.as_deref());
    let story = story(visit, item.story.as_ref());
    let story = match item.copies.filter(|copies| *copies > 0) {
        Some(copies) => visit.tell(
            "item-more-here",
            &[("story", story.into()), ("count", copies.into())],
        ),
        None => story,
    };
    let mut notes = vec![visit.tell("item-language", &[("tag", tag.into())]), story];
    if item.versions > 1 {
        notes.push(visit.tell("item-wordings", &[("count", item.versions.into())]));
    }
    if item.hidden_characters {
        notes.push(visit.tell("item-hidden", &[]));
    }
    if let Some(gone) = &item.gone_at_source {
        notes.push(absence(visit, gone, directory, times));
    }
    if item.imported_at.is_some() {
        notes.push(visit.tell("item-imported", &[]));
    }
    if let Some(post) = &item.post {
        notes.extend(post_notes(visit, post, directory, times));
    }
    if let Some(url) = &item.url {
        notes.push(visit.tell("item-original", &[("link", words::outward(url).into())]));
    }
    notes
}

/// When a source did not show an item any more. That it went is known, not who took it away.
pub(super) fn absence(
    visit: &Visit<'_>,
    absence: &AbsenceBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let source = words::source_name(directory, &absence.source);
    let gone = visit.tell(
        "item-gone",
        &[
            ("source", source.into()),
            ("shown", times.element(absence.last_shown).into()),
            ("missing", times.element(absence.first_missing).into()),
        ],
    );
    match absence.back {
        Some(at) => visit.tell(
            "item-gone-back",
            &[("gone", gone.into()), ("back", times.element(at).into())],
        ),
        None => gone,
    }
}

/// What a platform says of a post beside its words, a note each.
pub(super) fn post_notes(
    visit: &Visit<'_>,
    post: &PostBody,
    directory: &Directory,
    times: &Times,
) -> Vec<Markup> {
    let mut notes = Vec::new();
    if let Some(from) = &post.forwarded_from {
        let origin = origin(visit, from, directory);
        notes.push(visit.tell("post-forwarded", &[("origin", origin.into())]));
    }
    if let Some(quoted) = &post.quoted {
        let origin = origin(visit, quoted, directory);
        notes.push(visit.tell("post-quotes", &[("origin", origin.into())]));
    }
    if post.edited {
        notes.push(match post.edited_at {
            Some(at) => visit.tell("post-edited", &[("when", times.element(at).into())]),
            None => visit.tell("post-edited-unknown", &[]),
        });
    }
    notes.extend(counts(visit, post, times));
    if post.media {
        notes.push(visit.tell("post-media", &[]));
    }
    notes
}

/// Whose a post is that another one passes on or quotes.
fn origin(visit: &Visit<'_>, origin: &OriginBody, directory: &Directory) -> Markup {
    let mut said = match &origin.source {
        Some(source) => words::source_name(directory, source),
        None => html! { bdi { (words::text(&origin.account)) } },
    };
    if origin.pseudonym {
        said = visit.tell("post-pseudonym", &[("name", said.into())]);
    }
    match &origin.url {
        Some(url) => visit.tell(
            "post-address",
            &[("name", said.into()), ("link", words::outward(url).into())],
        ),
        None => said,
    }
}

/// What a platform counted of a post; `None` where it counted nothing.
fn counts(visit: &Visit<'_>, post: &PostBody, times: &Times) -> Option<Markup> {
    let views = post.views.as_ref().map(|views| views.shown.as_str());
    let counts: Vec<Markup> = [
        views.map(|views| visit.tell("post-views", &[("views", views.into())])),
        post.boosts
            .map(|count| visit.tell("post-boosts", &[("count", count.into())])),
        post.quotes
            .map(|count| visit.tell("post-quoted", &[("count", count.into())])),
        post.score
            .map(|score| visit.tell("post-score", &[("score", score.into())])),
    ]
    .into_iter()
    .flatten()
    .collect();
    if counts.is_empty() {
        return None;
    }
    let counts = visit.list(counts);
    Some(match post.counted_at {
        Some(at) => visit.tell(
            "post-as-of",
            &[
                ("counts", counts.into()),
                ("when", times.element(at).into()),
            ],
        ),
        None => counts,
    })
}

/// The language of an item, or that it is not known.
pub(super) fn tag_or_unknown(visit: &Visit<'_>, lang: Option<&str>) -> String {
    words::tag(lang).map_or_else(|| visit.say("words-unknown"), str::to_owned)
}
