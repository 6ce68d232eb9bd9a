//! A story with its lineage: its members in order of time, each with the clock its place rests on.

use bellwether_api::{
    ItemBody, LineageBody, MemberBody, PossibleBody, RelationBody, RewordingBody,
    calibration_in_words,
};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{Page, View, Visit, cases, page, parts, problem_page, times};

/// The page of a story.
pub(crate) fn story(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.story(id).and_then(|story| {
        let times = times(visit);
        let content = visit.with_directory(|directory| content(&story, directory, &times))?;
        let form = cases::add_form(visit, "story", id);
        Ok((story.title, html! { (content) (form) }))
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

fn content(story: &LineageBody, directory: &Directory, times: &Times) -> Markup {
    let lang = story.members.first().and_then(|m| m.item.lang.as_deref());
    html! {
        h1 dir="auto" lang=[words::tag(lang)] { (words::text(&story.title)) }
        p {
            strong { (count(story.items, "item", "items")) }
            " of " (count(story.publishers, "publisher", "publishers"))
            " in " (count(story.families, "publisher family", "publisher families"))
            @if story.stories.len() > 1 {
                ", in " (count(story.stories.len() as u64, "story", "stories"))
                " that may be rewordings of one another"
            }
            "."
        }
        p { (words::text(&story.first.in_collection)) }
        (parts::coverage(&story.coverage, directory, "this story"))
        @if !story.against.is_empty() {
            section aria-labelledby="against" {
                h2 id="against" { "What speaks against a path from state to domestic media" }
                ul {
                    @for against in &story.against {
                        li {
                            @match member(story, &against.item) {
                                Some(member) => (link(member, directory)),
                                None => "an item",
                            }
                            ": " (words::text(&against.words))
                        }
                    }
                }
            }
        }
        section aria-labelledby="members" {
            h2 id="members" { "In order of time" }
            p.help {
                "Each is compared with those that were earlier by a minute or more, and the one is named \
                 whose text is most like its own. That is consistent with a copy; it proves none."
            }
            @if !story.complete {
                p { "Not all members are listed: the earliest " (story.members.len()) " are." }
            }
            (members(story, directory, times))
        }
        @if !story.rewordings.is_empty() {
            section aria-labelledby="rewordings" {
                h2 id="rewordings" { "Consistent with a rewording" }
                ul {
                    @for pair in &story.rewordings { li { (rewording(story, pair, directory)) } }
                }
            }
        }
        @if !story.fact_checks.is_empty() {
            section aria-labelledby="checks" {
                h2 id="checks" { "Fact-checks on the same narrative" }
                p.help { "Found by the queries of the narrative. They need not speak of this text." }
                ul {
                    @for check in &story.fact_checks {
                        li {
                            (beside(&check.item, directory, times))
                            br;
                            small { "narrative: " (words::text(&check.narratives.join(", "))) }
                        }
                    }
                }
            }
        }
        @if !story.possible.is_empty() {
            section aria-labelledby="possible" {
                h2 id="possible" { "Possible: the same in another language" }
                p.help {
                    "They share what a translation leaves alone. So may two reports of one event: these \
                     are no members of the story, and are counted nowhere."
                }
                ul {
                    @for possible in &story.possible {
                        li {
                            (beside(&possible.item, directory, times))
                            br;
                            small { "in both: " (words::text(&shared(possible))) }
                            " "
                            a href=(words::compare(&story.first.item, &possible.item.id)) { "side by side" }
                        }
                    }
                }
            }
        }
        p.help { a href={ "/api/v1" (words::path("stories", &story.story)) } { "this story as data" } }
    }
}

/// An item that is no member.
fn beside(item: &ItemBody, directory: &Directory, times: &Times) -> Markup {
    html! {
        (times.element(item.time)) " "
        strong { (words::source_name(directory, &item.source)) } ": "
        a dir="auto" lang=[words::tag(item.lang.as_deref())] href=(words::path("items", &item.id)) {
            (title(item))
        }
    }
}

fn title(item: &ItemBody) -> String {
    match item.title.trim() {
        "" => words::text(&bellwether_text::excerpt(&item.snippet, 80)),
        title => words::text(&bellwether_text::excerpt(title, 160)),
    }
}

/// What two texts share, in words.
fn shared(possible: &PossibleBody) -> String {
    let lists = [
        &possible.figures,
        &possible.actors,
        &possible.names,
        &possible.quotations,
        &possible.links,
    ];
    let all: Vec<&str> = lists.into_iter().flatten().map(String::as_str).collect();
    all.join(" · ")
}

fn member<'a>(story: &'a LineageBody, id: &str) -> Option<&'a MemberBody> {
    story.members.iter().find(|member| member.item.id == id)
}

fn link(member: &MemberBody, directory: &Directory) -> Markup {
    html! {
        a href=(words::path("items", &member.item.id)) {
            (words::source_name(directory, &member.item.source))
        }
    }
}

fn members(story: &LineageBody, directory: &Directory, times: &Times) -> Markup {
    html! {
        div.scroll.broad tabindex="0" role="region" aria-label="Members" {
            table {
                caption.visually-hidden { "Members of the lineage" }
                thead {
                    tr {
                        th scope="col" { "Time" }
                        th scope="col" { "After the first" }
                        th scope="col" { "Published by" }
                        th scope="col" { "Title" }
                        th scope="col" { "Its text" }
                        th scope="col" { "Clock" }
                    }
                }
                tbody {
                    @for member in &story.members { (row(story, member, directory, times)) }
                }
            }
        }
    }
}

fn row(story: &LineageBody, member: &MemberBody, directory: &Directory, times: &Times) -> Markup {
    let item = &member.item;
    let lang = item.lang.as_deref();
    html! {
        tr {
            td.whole { (times.element(item.time)) }
            td.whole {
                @match (member.relation, member.lag_seconds) {
                    (RelationBody::First, _) => "",
                    (_, Some(_)) if member.same_time => "same minute",
                    (_, Some(lag)) => (lag_in_words(lag)),
                    (_, None) => "unknown",
                }
            }
            td {
                strong { (words::source_name(directory, &item.source)) }
                " " (parts::groups(directory, &item.groups, &item.affiliation.grade))
                " " small.grade { (item.affiliation.grade) }
            }
            td.title dir="auto" lang=[words::tag(lang)] {
                a href=(words::path("items", &item.id)) {
                    (title(item))
                }
            }
            td { (relation(story, member, directory)) }
            td.clock { small { (words::text(&member.clock.words)) } }
        }
    }
}

fn relation(story: &LineageBody, member: &MemberBody, directory: &Directory) -> Markup {
    let from = member
        .from
        .as_deref()
        .and_then(|id| self::member(story, id));
    let beside = match &from {
        Some(from) => from.item.id.as_str(),
        None => story.first.item.as_str(),
    };
    html! {
        @match member.relation {
            RelationBody::First => "earliest in the collection",
            RelationBody::Exact => "same words",
            RelationBody::Near => "nearly the same words",
            RelationBody::Reworded => "consistent with a rewording",
        }
        @if let Some(from) = from {
            " as " (words::source_name(directory, &from.item.source))
        }
        @if let Some(share) = member.share_percent.filter(|_| member.relation != RelationBody::Exact) {
            ", " (share) " % of its words"
        }
        @if !matches!(member.relation, RelationBody::First | RelationBody::Exact) {
            br;
            a href=(words::compare(beside, &member.item.id)) { "side by side" }
        }
    }
}

fn rewording(story: &LineageBody, pair: &RewordingBody, directory: &Directory) -> Markup {
    let named = |id: &str| match member(story, id) {
        Some(member) => link(member, directory),
        None => html! { a href=(words::path("items", id)) { "item " (id) } },
    };
    html! {
        (named(&pair.item)) " and " (named(&pair.other)) ", score "
        (words::value(pair.score)) " (" (calibration_in_words(pair.calibration)) "): "
        a href=(words::compare(&pair.other, &pair.item)) { "side by side" }
    }
}

fn lag_in_words(seconds: i64) -> String {
    let from = bellwether_model::Timestamp::UNIX_EPOCH;
    let to = bellwether_model::Timestamp::from_second(seconds).unwrap_or(from);
    words::length(from, to)
}
