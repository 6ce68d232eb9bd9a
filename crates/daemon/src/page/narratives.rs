//! Narratives: documented claims, with what documents them and what has carried their wording.

use bellwether_api::{FacetBody, FacetsBody, NarrativeBody, Problem, ReferenceBody};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, foreign, text};
use super::{Page, View, Visit, chart, now, page, parts, problem_page, search, times};
use crate::answers::{FacetsParams, TimelineParams};

/// How far back a narrative is looked at.
const BACK: &str = "28d";

/// The list.
pub(crate) fn narratives(visit: &Visit<'_>) -> Page {
    match visit.narratives() {
        Ok(list) => {
            let content = html! {
                h1 { (visit.say("narratives-title")) }
                p { (visit.say("narratives-note")) }
                @if list.items.is_empty() { p { (visit.say("now-narratives-none")) } } @else {
                    div.scroll tabindex="0" role="region" aria-label=(visit.say("narratives-title")) {
                        table {
                            caption { (visit.say("now-narratives-note")) }
                            thead {
                                tr {
                                    th scope="col" { (visit.say("now-narrative-column")) }
                                    th.number scope="col" { (visit.say("now-narrative-week")) }
                                    th.number scope="col" { (visit.say("now-narrative-usual")) }
                                }
                            }
                            tbody { @for narrative in &list.items { (now::claim(visit, narrative)) } }
                        }
                    }
                }
            };
            page(
                visit,
                View::Narratives,
                &visit.say("narratives-title"),
                &content,
            )
        }
        Err(problem) => problem_page(visit, View::Narratives, &problem),
    }
}

/// One narrative.
pub(crate) fn narrative(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit
        .narrative(id)
        .and_then(|narrative| Ok((content(visit, &narrative)?, narrative.title)));
    match made {
        Ok((content, title)) => page(visit, View::Narratives, &title, &content),
        Err(problem) => problem_page(visit, View::Narratives, &problem),
    }
}

fn content(visit: &Visit<'_>, narrative: &NarrativeBody) -> Result<Markup, Problem> {
    let times = times(visit);
    let timeline = visit.timeline(&TimelineParams {
        q: narrative.query.clone(),
        from: Some(BACK.to_owned()),
        bin: Some("1d".to_owned()),
        by: Some("group".to_owned()),
        ..TimelineParams::default()
    });
    let facets = visit.facets(&FacetsParams {
        q: narrative.query.clone(),
        from: Some(BACK.to_owned()),
        by: Some("group,lang,story".to_owned()),
        limit: Some(10),
        ..FacetsParams::default()
    })?;
    let zero = search::zero(visit, &facets.coverage).unwrap_or_default();
    let all = words::search_link(&[("q", &narrative.query), ("from", BACK)]);
    let drawn = visit.with_directory(|directory| match &timeline {
        Ok(timeline) => chart::timeline(visit, timeline, None, directory, &times),
        Err(problem) => parts::problem(visit, problem),
    })?;
    let groups = visit.with_directory(|directory| {
        made_of(visit, &facets, "group", "narratives-group", Some(directory))
    })?;
    Ok(html! {
        p.crumbs { a href="/narratives" { (visit.say("narratives-title")) } " · " code { (text(&narrative.id)) } }
        h1 { (foreign(&narrative.title, Some("en"))) }
        p.summary { (foreign(&narrative.description, Some("en"))) }
        p.note { (visit.say("narratives-note")) }
        div.now {
            div {
                section aria-labelledby="volume" {
                    h2 id="volume" {
                        (visit.say("narratives-volume")) " "
                        span.aside { a href=(all) { (visit.say("narratives-search")) } }
                    }
                    @if facets.total.items == 0 {
                        p { (visit.tell("narratives-no-matches", &[("collected", zero.into())])) }
                    }
                    (drawn)
                }
                section aria-labelledby="stories" {
                    h2 id="stories" { (visit.say("narratives-stories")) }
                    (stories(visit, &facets))
                }
                section aria-labelledby="queries" {
                    h2 id="queries" { (visit.say("narratives-queries")) }
                    dl {
                        @for query in &narrative.queries {
                            dt { (text(&query.lang)) }
                            dd { code dir="auto" { (text(&query.query)) } }
                        }
                    }
                }
            }
            div.rail {
                section aria-labelledby="documents" {
                    h2 id="documents" { (visit.say("narratives-documented")) }
                    ul { @for document in &narrative.documented_by { li { (reference(document)) } } }
                }
                section aria-labelledby="actors" {
                    h2 id="actors" { (visit.say("narratives-actors")) }
                    @if narrative.actors.is_empty() && narrative.actor_labels.is_empty() {
                        p { (visit.say("narratives-nobody")) }
                    }
                    ul {
                        @for actor in &narrative.actors { li { (foreign(&actor.name, None)) } }
                        @for label in &narrative.actor_labels { li { (text(label)) } }
                    }
                }
                section aria-labelledby="groups" {
                    h2 id="groups" { (visit.say("narratives-groups")) }
                    (groups)
                }
                section aria-labelledby="languages" {
                    h2 id="languages" { (visit.say("narratives-languages")) }
                    (made_of(visit, &facets, "lang", "narratives-language", None))
                }
                @if !narrative.elections.is_empty() {
                    section aria-labelledby="elections" {
                        h2 id="elections" { (visit.say("narratives-elections")) }
                        ul { @for election in &narrative.elections { li { a href="/elections" { (text(election)) } } } }
                    }
                }
                @if !narrative.disarm.is_empty() {
                    section aria-labelledby="disarm" {
                        h2 id="disarm" { (visit.say("narratives-disarm")) }
                        p { (text(&narrative.disarm.join(", "))) }
                    }
                }
            }
        }
    })
}

fn reference(document: &ReferenceBody) -> Markup {
    html! {
        (foreign(&document.title, None))
        @if let Some(publisher) = &document.publisher { ", " (foreign(publisher, None)) }
        @if let Some(date) = &document.date { ", " (text(date)) }
        @if let Some(url) = &document.url { ": " (words::outward(url)) }
    }
}

fn facet<'f>(facets: &'f FacetsBody, field: &str) -> Option<&'f FacetBody> {
    facets.facets.iter().find(|facet| facet.field == field)
}

fn made_of(
    visit: &Visit<'_>,
    facets: &FacetsBody,
    field: &str,
    name: &'static str,
    directory: Option<&Directory>,
) -> Markup {
    let values = facet(facets, field).map_or(&[][..], |facet| &facet.values);
    html! {
        table {
            thead {
                tr {
                    th scope="col" { (visit.say(name)) }
                    th.number scope="col" { (visit.say("narratives-items")) }
                    th.number scope="col" { (visit.say("narratives-families")) }
                }
            }
            tbody {
                @for value in values {
                    tr {
                        th scope="row" {
                            @if let Some(directory) = directory {
                                span class={ "mark " (words::mark_class(directory, &value.value)) } aria-hidden="true" {}
                            }
                            (text(&value.value))
                        }
                        td.number { (value.items) }
                        td.number {
                            @match value.families { Some(families) => (families), None => "–" }
                        }
                    }
                }
            }
        }
    }
}

fn stories(visit: &Visit<'_>, facets: &FacetsBody) -> Markup {
    let values = facet(facets, "story").map_or(&[][..], |facet| &facet.values);
    html! {
        table {
            thead {
                tr {
                    th scope="col" { (visit.say("narratives-story")) }
                    th.number scope="col" { (visit.say("narratives-items")) }
                    th.number scope="col" { (visit.say("narratives-families")) }
                }
            }
            tbody {
                @for value in values {
                    tr {
                        th scope="row" {
                            a href=(words::path("stories", &value.value)) {
                                (foreign(value.name.as_deref().unwrap_or(&value.value), None))
                            }
                        }
                        td.number { (value.items) }
                        td.number {
                            @match value.families { Some(families) => (families), None => "–" }
                        }
                    }
                }
            }
        }
    }
}
