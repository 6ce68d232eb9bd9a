//! Bursts: each with all its numbers, and the query that gives them again.

use bellwether_api::{
    AlertBody, BurstBody, DetectorBody, ElectionBody, ItemBody, JudgementBody, ListBody, Problem,
    ShareBody, StoryShareBody, TimelineBody,
};
use bellwether_model::{Directory, GroupId, Span, Timestamp};
use jiff::SignedDuration;
use maud::{Markup, html};

use super::words::{self, Times, rounded, search_link};
use super::{
    Page, View, Visit, acknowledge, cases, chart, explain_term, page, parts, problem_page,
    silences, times,
};
use crate::answers::{ListParams, TimelineParams};
use crate::http::{Params, params};

pub(super) use super::measured::measured;

/// Items listed; the search has all.
const ITEMS_SHOWN: usize = 100;
/// How much of the time before a burst is drawn: two days show what a usual one looks like.
const BEFORE: SignedDuration = SignedDuration::from_hours(48);

/// The list of bursts.
pub(crate) fn bursts(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = read(query).and_then(|params| {
        let list = visit.bursts(&params)?;
        Ok(list_content(visit, &list, &params, &times(visit)))
    });
    match made {
        Ok(content) => page(visit, View::Bursts, &visit.say("view-bursts"), &content),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

fn read(query: Option<&str>) -> Result<ListParams, Problem> {
    Params::read(query, &[&params::SPAN, &params::PAGING])?.list()
}

fn list_content(
    visit: &Visit<'_>,
    list: &ListBody<BurstBody>,
    params: &ListParams,
    times: &Times,
) -> Markup {
    let none = if params.from.is_some() || params.to.is_some() {
        "burst-none-in-time"
    } else {
        "burst-none"
    };
    html! {
        h1 { (visit.say("view-bursts")) }
        @if list.items.is_empty() {
            p { (visit.say(none)) " " (visit.say("burst-none-why")) }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("view-bursts")) {
                table {
                    caption { (visit.say("burst-list-note")) }
                    thead {
                        tr {
                            th scope="col" { (visit.say("burst-one")) }
                            th scope="col" { (visit.say("burst-column-found")) }
                            th scope="col" { (visit.say("burst-column-window")) }
                            th.number scope="col" { (visit.say("burst-column-items")) }
                            th.number scope="col" { (visit.say("burst-column-voices")) }
                            th.number scope="col" { (visit.say("burst-column-usual")) }
                            th scope="col" { (visit.say("burst-column-holds")) }
                        }
                    }
                    tbody { @for burst in &list.items { (row(visit, burst, times)) } }
                }
            }
        }
        @if let Some(cursor) = &list.cursor {
            p { a rel="next" href={ "/bursts?cursor=" (cursor) } { (visit.say("burst-earlier")) } }
        }
        (explain_term::form(visit, "", "", None))
    }
}

fn row(visit: &Visit<'_>, burst: &BurstBody, times: &Times) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href=(words::path("bursts", &burst.id)) { (words::foreign(&burst.name, None)) }
            }
            td { (times.element(burst.started)) }
            td { (times.stretch(burst.window.from, burst.window.to)) }
            td.number { (burst.observed.items) }
            td.number { (burst.observed.voices) }
            td.number { (usual(visit, &burst.judgement)) }
            td { (holds(visit, burst, times)) }
        }
    }
}

/// What is usual, in voices.
pub(super) fn usual(visit: &Visit<'_>, judgement: &JudgementBody) -> Markup {
    match judgement {
        JudgementBody::Tested { expected, .. } => visit.tell(
            "burst-usual",
            &[
                ("mean", rounded(visit, expected.mean).into()),
                ("low", expected.low.into()),
                ("high", expected.high.into()),
            ],
        ),
        JudgementBody::Gates => visit.tell("burst-usual-gates", &[]),
        JudgementBody::Insufficient { days, days_needed } => visit.tell(
            "burst-usual-insufficient",
            &[("days", (*days).into()), ("needed", (*days_needed).into())],
        ),
    }
}

fn holds(visit: &Visit<'_>, burst: &BurstBody, times: &Times) -> Markup {
    match burst.ended {
        Some(at) => visit.tell(
            "burst-ended",
            &[
                ("when", times.element(at).into()),
                ("length", visit.length(burst.started, at).into()),
            ],
        ),
        None => {
            let open = html! { span.badge { (visit.say("burst-open")) } };
            visit.tell(
                "burst-open-since",
                &[
                    ("open", open.into()),
                    ("when", times.element(burst.started).into()),
                ],
            )
        }
    }
}

/// The page of a burst, to which messages link.
pub(crate) fn burst(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.burst(id).and_then(|burst| {
        let shown = &burst.items[..burst.items.len().min(ITEMS_SHOWN)];
        let items = visit.items_by_id(shown)?;
        let times = times(visit);
        let timeline = visit.timeline(&around(&burst));
        let alert = visit.alert_of_burst(id)?;
        let form = alert.as_ref().map(|alert| {
            html! { (acknowledge::form(visit, alert)) (silences::of_alert(visit, alert)) }
        });
        let form = form.unwrap_or_default();
        let form = html! { (form) (cases::add_form(visit, "burst", id)) };
        let content = visit.with_directory(|directory| {
            content(
                visit,
                &burst,
                &items,
                &timeline,
                (alert.as_ref(), &form),
                directory,
                &times,
            )
        })?;
        Ok((burst.name, content))
    });
    match made {
        Ok((name, content)) => page(
            visit,
            View::Bursts,
            &format!(
                "{} · {}",
                bellwether_text::excerpt(&name, 80),
                visit.say("burst-one")
            ),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

/// The timeline of the same query, from before the burst to the end of its window, in whole hours.
fn around(burst: &BurstBody) -> TimelineParams {
    let whole = |hour: i64| Timestamp::from_second(hour * 3600).unwrap_or(burst.window.to);
    let before = burst.window.from.min(burst.started).as_second() - BEFORE.as_secs();
    let from = whole(before.div_euclid(3600));
    let to = whole((burst.window.to.as_second() - 1).div_euclid(3600) + 1);
    TimelineParams {
        q: burst.query.clone(),
        from: Some(from.to_string()),
        to: Some(to.to_string()),
        bin: None,
        by: Some("group".to_owned()),
        ..TimelineParams::default()
    }
}

fn content(
    visit: &Visit<'_>,
    burst: &BurstBody,
    items: &[ItemBody],
    timeline: &Result<TimelineBody, Problem>,
    (alert, form): (Option<&AlertBody>, &Markup),
    directory: &Directory,
    times: &Times,
) -> Markup {
    let peak = &burst.peak;
    html! {
        p.crumbs { (crumbs(visit, burst)) }
        h1 { (words::foreign(&burst.name, None)) }
        p.summary { (summary(visit, burst)) }
        (found_by(visit, burst, directory))
        @if burst.found_late { p.note { (visit.say("burst-found-late")) } }
        p {
            (visit.tell("burst-holds", &[
                ("holds", holds(visit, burst, times).into()),
                ("items", visit.items(u64::from(peak.items)).into()),
                ("voices", visit.voices(peak.voices).into()),
            ]))
        }
        @if let Some(alert) = alert {
            p {
                (acknowledge::standing(visit, alert, times)) " "
                a href="#acknowledge" { (acknowledge::to_do(visit, alert)) }
            }
        }
        section aria-labelledby="over-time" {
            h2 id="over-time" { (visit.say("burst-over-time")) }
            @match timeline {
                Ok(timeline) => {
                    @let window = Span { from: burst.window.from, to: burst.window.to };
                    (chart::timeline(visit, timeline, Some(window), directory, times))
                },
                Err(problem) => {
                    @let title = visit.english(&problem.title);
                    p { (visit.tell("burst-not-drawn", &[("why", title.into())])) }
                    (parts::problem(visit, problem))
                },
            }
        }
        section aria-labelledby="why" {
            h2 id="why" { (visit.say("burst-measured")) }
            (election(visit, burst.election.as_ref()))
            (why(visit, burst, times))
        }
        section aria-labelledby="first" {
            h2 id="first" { (visit.say("now-column-first")) }
            p { (first_seen(visit, burst, directory, times)) }
        }
        section aria-labelledby="voices" {
            h2 id="voices" { (visit.say("burst-column-voices")) }
            div.voices {
                (voices(visit, &burst.groups, &burst.families, &burst.stories, directory))
            }
        }
        section aria-labelledby="coverage" {
            h2 id="coverage" { (visit.say("burst-coverage")) }
            (parts::coverage(visit, &burst.coverage, directory, &visit.say("burst-this-rule")))
        }
        section aria-labelledby="query" {
            h2 id="query" { (visit.say("burst-query")) }
            pre dir="auto" { (words::text(&burst.query)) }
            p { a href=(reproduce(burst)) { (visit.say("burst-search")) } }
            p { a href=(burst.links.api) { (visit.say("burst-record")) } }
        }
        (form)
        section aria-labelledby="items" {
            h2 id="items" { (visit.items(u64::from(burst.observed.items))) }
            @if burst.items.len() > items.len() {
                p.note { (visit.tell("burst-items-cut", &[("count", items.len().into())])) }
            }
            (parts::items(visit, items, directory, times))
        }
    }
}

fn crumbs(visit: &Visit<'_>, burst: &BurstBody) -> Markup {
    let bursts = html! { a href="/bursts" { (visit.say("view-bursts")) } };
    let rule = html! { bdi { (words::text(&burst.rule)) } };
    visit.tell(
        "burst-crumbs",
        &[
            ("bursts", bursts.into()),
            ("rule", rule.into()),
            ("revision", burst.revision.into()),
        ],
    )
}

/// What was measured of which window, and where it is shown bin by bin.
fn why(visit: &Visit<'_>, burst: &BurstBody, times: &Times) -> Markup {
    html! {
        p.note {
            (visit.tell("burst-window", &[
                ("from", times.element(burst.window.from).into()),
                ("to", times.element(burst.window.to).into()),
                ("when", times.element(burst.evaluated).into()),
            ]))
        }
        (measured(visit, &burst.judgement, &burst.observed, &burst.gates, &burst.detector))
        @match &burst.detector {
            DetectorBody::Query { whose } => {
                p.note { (visit.tell("burst-counted", &[("whose", counted(visit, whose).into())])) }
                p { a href=(explain_path(&burst.id)) { (visit.say("burst-why-bins")) } }
            },
            DetectorBody::Term { .. } => p {
                a href=(explain_path(&burst.id)) { (visit.say("burst-why-windows")) }
            },
            _ => {},
        }
    }
}

fn first_seen(
    visit: &Visit<'_>,
    burst: &BurstBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let Some(first) = &burst.first_seen else {
        return visit.tell("words-unknown", &[]);
    };
    let source = words::source_name(directory, &first.source);
    let item =
        html! { a href=(words::path("items", &first.item)) { (visit.say("burst-the-item")) } };
    visit.tell(
        "burst-first-seen",
        &[
            ("when", times.element(first.time).into()),
            ("source", source.into()),
            ("item", item.into()),
        ],
    )
}

/// The search that gives the same items.
fn reproduce(burst: &BurstBody) -> String {
    search_link(&[
        ("q", &burst.query),
        ("from", &burst.window.from.to_string()),
        ("to", &burst.window.to.to_string()),
    ])
}

fn summary(visit: &Visit<'_>, burst: &BurstBody) -> Markup {
    let observed = &burst.observed;
    let strong = |said: Markup| html! { strong { (said) } };
    let window = &burst.window;
    html! {
        (visit.tell("burst-summary", &[
            ("items", strong(visit.items(u64::from(observed.items))).into()),
            ("length", visit.length(window.from, window.to).into()),
            ("families", strong(visit.families(observed.families)).into()),
            ("stories", strong(visit.stories(u64::from(observed.stories))).into()),
            ("voices", strong(visit.voices(observed.voices)).into()),
            ("usual", strong(usual(visit, &burst.judgement)).into()),
        ]))
        @if let Some(largest) = burst.stories.first().filter(|story| story.items > 1) {
            " "
            (visit.tell("burst-one-text", &[
                ("items", strong(html! { (largest.items) }).into()),
                ("all", observed.items.into()),
            ]))
        }
    }
}

/// Whose voices a query counts, in words.
pub(super) fn counted(visit: &Visit<'_>, whose: &str) -> String {
    visit.say(match whose {
        "outside" => "burst-counted-outside",
        _ => "burst-counted-all",
    })
}

/// What the calendar of the rule's election said of the end of the window.
pub(super) fn election(visit: &Visit<'_>, election: Option<&ElectionBody>) -> Markup {
    html! {
        @if let Some(election) = election {
            p { (visit.tell("burst-election", &[("line", visit.english(&election.line).into())])) }
        }
    }
}

/// The address of a burst's explanation.
fn explain_path(burst: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("rule", burst);
    format!("/explain?{}", query.finish())
}

/// What found it, where the rule does not say.
fn found_by(visit: &Visit<'_>, burst: &BurstBody, directory: &Directory) -> Markup {
    html! {
        @match &burst.detector {
            DetectorBody::Query { .. } => {},
            DetectorBody::Term { counted, spellings, rise, group, .. } => p {
                (rises(visit, rise, group.as_deref(), directory)) " "
                (spelled(visit, counted, spellings))
            },
            DetectorBody::Lineage { first } => p {
                @let item = html! {
                    a href=(words::path("items", first)) { (visit.say("burst-this-item")) }
                };
                (visit.tell("burst-lineage", &[("item", item.into())]))
            },
            DetectorBody::Coordination { object, window_seconds, accounts, silent_before } => p {
                (visit.tell("burst-together", &[
                    ("object", posted(visit, object).into()),
                    ("accounts", (*accounts).into()),
                    ("seconds", (*window_seconds).into()),
                    ("silent", (*silent_before).into()),
                ]))
            },
        }
    }
}

/// How fast a term rises, and in what.
fn rises(visit: &Visit<'_>, rise: &str, group: Option<&str>, directory: &Directory) -> Markup {
    let Some(group) = group else {
        return visit.tell(
            match rise {
                "slow" => "burst-rises-slow",
                _ => "burst-rises-fast",
            },
            &[],
        );
    };
    let group = words::foreign(group_name(directory, group), None);
    visit.tell(
        match rise {
            "slow" => "burst-rises-slow-group",
            _ => "burst-rises-fast-group",
        },
        &[("group", group.into())],
    )
}

/// The term that is counted, and how it is spelled.
fn spelled(visit: &Visit<'_>, counted: &str, spellings: &[String]) -> Markup {
    let quoted = |term: &str| {
        let term = html! { bdi { (words::text(term)) } };
        visit.tell("burst-quoted", &[("term", term.into())])
    };
    let spellings = visit.list(spellings.iter().map(|spelling| quoted(spelling)));
    visit.tell(
        "burst-spelled",
        &[
            ("term", quoted(counted).into()),
            ("spellings", spellings.into()),
        ],
    )
}

/// What accounts posted together.
fn posted(visit: &Visit<'_>, object: &str) -> String {
    visit.say(match object {
        "text" => "burst-object-text",
        "link" => "burst-object-link",
        "hashtag" => "burst-object-hashtag",
        other => return words::text(other),
    })
}

fn group_name<'a>(directory: &'a Directory, id: &'a str) -> &'a str {
    let group = directory.group(&GroupId::new(id));
    group.map_or(id, |group| group.name.as_str())
}

/// Who has how much of a window.
pub(super) fn voices(
    visit: &Visit<'_>,
    groups: &[ShareBody],
    families: &[ShareBody],
    stories: &[StoryShareBody],
    directory: &Directory,
) -> Markup {
    html! {
        div {
            h3 { (visit.say("burst-by-group")) }
            @if groups.is_empty() { p { (visit.say("burst-no-group")) } } @else {
                table {
                    (share_head(visit, "burst-column-group"))
                    tbody {
                        @for share in groups {
                            @let name = group_name(directory, &share.id);
                            (share_row(html! {
                                span class={ "mark " (words::mark_class(directory, &share.id)) }
                                    aria-hidden="true" {}
                                (words::foreign(name, None))
                            }, share.families, share.items))
                        }
                    }
                }
            }
        }
        div {
            h3 { (visit.say("burst-by-family")) }
            table {
                (share_head(visit, "burst-column-family"))
                tbody {
                    @for share in families {
                        (share_row(words::foreign(&share.id, None), share.families, share.items))
                    }
                }
            }
        }
        div {
            h3 { (visit.say("burst-by-story")) }
            table {
                (share_head(visit, "burst-column-story"))
                tbody {
                    @for story in stories {
                        (share_row(
                            html! { a href=(words::path("stories", &story.id)) { "s-" (story.id) } },
                            story.families,
                            story.items,
                        ))
                    }
                }
            }
        }
    }
}

fn share_head(visit: &Visit<'_>, name: &str) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { (visit.say(name)) }
                th.number scope="col" { (visit.say("burst-column-families")) }
                th.number scope="col" { (visit.say("burst-column-items")) }
            }
        }
    }
}

fn share_row(name: Markup, families: u32, items: u32) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td.number { (families) }
            td.number { (items) }
        }
    }
}
