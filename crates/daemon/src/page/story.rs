//! A story with its lineage: its members in order of time, each with the clock its place rests on.

use bellwether_api::{
    FactCheckBody, ItemBody, LineageBody, MemberBody, PossibleBody, RelationBody, RewordingBody,
};
use bellwether_model::{Directory, Timestamp};
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Page, View, Visit, cases, compare, page, parts, problem_page, times};

/// Members listed: more would be more than a telephone loads at night. The data has all.
const MEMBERS_SHOWN: usize = 400;

/// The page of a story.
pub(crate) fn story(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.story(id).and_then(|story| {
        let times = times(visit);
        let content =
            visit.with_directory(|directory| content(visit, &story, directory, &times))?;
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

fn content(visit: &Visit<'_>, story: &LineageBody, directory: &Directory, times: &Times) -> Markup {
    let lang = story.members.first().and_then(|m| m.item.lang.as_deref());
    html! {
        h1 dir="auto" lang=[words::tag(lang)] { (words::text(&story.title)) }
        p { (summary(visit, story)) }
        p lang=[visit.foreign_tag()] { (words::text(&story.first.in_collection)) }
        (parts::coverage(visit, &story.coverage, directory, &visit.say("story-this")))
        @if !story.against.is_empty() {
            section aria-labelledby="against" {
                h2 id="against" { (visit.say("story-against")) }
                ul {
                    @for against in &story.against {
                        @let item = match member(story, &against.item) {
                            Some(member) => link(member, directory),
                            None => html! { (visit.say("story-an-item")) },
                        };
                        @let said = html! { span lang=[visit.foreign_tag()] { (words::text(&against.words)) } };
                        li {
                            (visit.tell("story-against-item", &[("item", item.into()), ("said", said.into())]))
                        }
                    }
                }
            }
        }
        section aria-labelledby="members" {
            h2 id="members" { (visit.say("story-order")) }
            p.help { (visit.say("story-order-help")) }
            @let shown = &story.members[..story.members.len().min(MEMBERS_SHOWN)];
            @if !story.complete || shown.len() < story.members.len() {
                p { (visit.tell("story-members-cut", &[("count", shown.len().into())])) }
            }
            (members(visit, story, shown, directory, times))
        }
        @if !story.rewordings.is_empty() {
            section aria-labelledby="rewordings" {
                h2 id="rewordings" { (visit.say("story-rewordings")) }
                ul {
                    @for pair in &story.rewordings { li { (rewording(visit, story, pair, directory)) } }
                }
            }
        }
        @if !story.fact_checks.is_empty() {
            section aria-labelledby="checks" {
                h2 id="checks" { (visit.say("story-checks")) }
                p.help { (visit.say("story-checks-help")) }
                ul {
                    @for check in &story.fact_checks { li { (fact_check(visit, check, directory, times)) } }
                }
            }
        }
        @if !story.possible.is_empty() {
            section aria-labelledby="possible" {
                h2 id="possible" { (visit.say("story-possible")) }
                p.help { (visit.say("story-possible-help")) }
                ul {
                    @for possible in &story.possible {
                        li {
                            (beside(visit, &possible.item, directory, times))
                            br;
                            small { (visit.tell("story-in-both", &[("shared", shared(possible).into())])) }
                            " "
                            (side_by_side(visit, &story.first.item, &possible.item.id))
                        }
                    }
                }
            }
        }
        p.help { a href={ "/api/v1" (words::path("stories", &story.story)) } { (visit.say("story-data")) } }
    }
}

/// How much of it there is, and of how many.
fn summary(visit: &Visit<'_>, story: &LineageBody) -> Markup {
    let items = html! { strong { (visit.items(u64::from(story.items))) } };
    let publishers = visit.tell("story-publishers", &[("count", story.publishers.into())]);
    let families = visit.tell("story-families", &[("count", story.families.into())]);
    if story.stories.len() > 1 {
        let stories = visit.stories(story.stories.len() as u64);
        return visit.tell(
            "story-summary-several",
            &[
                ("items", items.into()),
                ("publishers", publishers.into()),
                ("families", families.into()),
                ("stories", stories.into()),
            ],
        );
    }
    visit.tell(
        "story-summary",
        &[
            ("items", items.into()),
            ("publishers", publishers.into()),
            ("families", families.into()),
        ],
    )
}

fn fact_check(
    visit: &Visit<'_>,
    check: &FactCheckBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let titles = check.narratives.join(", ");
    html! {
        (beside(visit, &check.item, directory, times))
        br;
        small { (visit.tell("story-check-narrative", &[("titles", titles.into())])) }
    }
}

/// An item that is no member.
fn beside(visit: &Visit<'_>, item: &ItemBody, directory: &Directory, times: &Times) -> Markup {
    let source = html! { strong { (words::source_name(directory, &item.source)) } };
    let title = html! {
        a dir="auto" lang=[words::tag(item.lang.as_deref())] href=(words::path("items", &item.id)) {
            (title(item))
        }
    };
    visit.tell(
        "story-beside",
        &[
            ("when", times.element(item.time).into()),
            ("source", source.into()),
            ("title", title.into()),
        ],
    )
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

fn side_by_side(visit: &Visit<'_>, item: &str, with: &str) -> Markup {
    html! { a href=(words::compare(item, with)) { (visit.say("story-side-by-side")) } }
}

fn members(
    visit: &Visit<'_>,
    story: &LineageBody,
    shown: &[MemberBody],
    directory: &Directory,
    times: &Times,
) -> Markup {
    html! {
        div.scroll.broad tabindex="0" role="region" aria-label=(visit.say("story-members")) {
            table {
                caption.visually-hidden { (visit.say("story-members-caption")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("story-column-time")) }
                        th scope="col" { (visit.say("story-column-after")) }
                        th scope="col" { (visit.say("story-column-source")) }
                        th scope="col" { (visit.say("story-column-title")) }
                        th scope="col" { (visit.say("story-column-text")) }
                        th scope="col" { (visit.say("story-column-clock")) }
                    }
                }
                tbody {
                    @for member in shown { (row(visit, story, member, directory, times)) }
                }
            }
        }
    }
}

fn row(
    visit: &Visit<'_>,
    story: &LineageBody,
    member: &MemberBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let item = &member.item;
    let lang = item.lang.as_deref();
    html! {
        tr {
            td.whole { (times.element(item.time)) }
            td.whole {
                @match (member.relation, member.lag_seconds) {
                    (RelationBody::First, _) => "",
                    (_, Some(_)) if member.same_time => (visit.say("story-same-minute")),
                    (_, Some(lag)) => (lag_in_words(visit, lag)),
                    (_, None) => (visit.say("story-lag-unknown")),
                }
            }
            td {
                strong { (words::source_name(directory, &item.source)) }
                " " (parts::groups(directory, &item.groups, &item.affiliation.grade))
                " " small.grade { (parts::grade(visit, &item.affiliation.grade)) }
            }
            td.title dir="auto" lang=[words::tag(lang)] {
                a href=(words::path("items", &item.id)) {
                    (title(item))
                }
            }
            td { (relation(visit, story, member, directory)) }
            td.clock { small { (compare::clock(visit, item, &member.clock)) } }
        }
    }
}

fn relation(
    visit: &Visit<'_>,
    story: &LineageBody,
    member: &MemberBody,
    directory: &Directory,
) -> Markup {
    let from = member
        .from
        .as_deref()
        .and_then(|id| self::member(story, id));
    let beside = match &from {
        Some(from) => from.item.id.as_str(),
        None => story.first.item.as_str(),
    };
    let like = like(visit, member.relation, from, directory);
    let share = member
        .share_percent
        .filter(|_| member.relation != RelationBody::Exact);
    html! {
        @match share {
            Some(share) => (visit.tell("story-like-share", &[
                ("like", like.into()),
                ("share", u32::from(share).into()),
            ])),
            None => (like),
        }
        @if !matches!(member.relation, RelationBody::First | RelationBody::Exact) {
            br;
            (side_by_side(visit, beside, &member.item.id))
        }
    }
}

/// How a text is that of another, where there is an earlier one.
fn like(
    visit: &Visit<'_>,
    relation: RelationBody,
    from: Option<&MemberBody>,
    directory: &Directory,
) -> Markup {
    let (alone, as_source) = match relation {
        // Nothing was there before it.
        RelationBody::First => return html! { (visit.say("story-earliest")) },
        RelationBody::Exact => ("story-same", "story-same-as"),
        RelationBody::Near => ("story-near", "story-near-as"),
        RelationBody::Reworded => ("story-reworded", "story-reworded-as"),
    };
    match from {
        Some(from) => {
            let source = words::source_name(directory, &from.item.source);
            visit.tell(as_source, &[("source", source.into())])
        }
        None => html! { (visit.say(alone)) },
    }
}

fn rewording(
    visit: &Visit<'_>,
    story: &LineageBody,
    pair: &RewordingBody,
    directory: &Directory,
) -> Markup {
    let named = |id: &str| match member(story, id) {
        Some(member) => link(member, directory),
        None => html! {
            a href=(words::path("items", id)) { (visit.tell("story-item-id", &[("id", id.into())])) }
        },
    };
    visit.tell(
        "story-pair",
        &[
            ("item", named(&pair.item).into()),
            ("other", named(&pair.other).into()),
            ("score", words::value(pair.score).into()),
            (
                "meaning",
                compare::calibration(visit, pair.calibration).into(),
            ),
            ("link", side_by_side(visit, &pair.other, &pair.item).into()),
        ],
    )
}

fn lag_in_words(visit: &Visit<'_>, seconds: i64) -> Markup {
    let from = Timestamp::UNIX_EPOCH;
    let to = Timestamp::from_second(seconds).unwrap_or(from);
    visit.length(from, to)
}
