//! Elections: their calendars, both side by side, and what is watched for each.

use bellwether_api::{CalendarBody, CalendarPhaseBody, NarrativeBody, Problem};
use maud::{Markup, html};

use super::now;
use super::words::{Times, foreign, text};
use super::{Page, View, Visit, page, problem_page, times};

/// The page.
pub(crate) fn elections(visit: &Visit<'_>) -> Page {
    match content(visit) {
        Ok(content) => page(
            visit,
            View::Elections,
            &visit.say("elections-title"),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Elections, &problem),
    }
}

fn content(visit: &Visit<'_>) -> Result<Markup, Problem> {
    let list = visit.elections()?;
    let narratives = visit.narratives()?;
    let times = times(visit);
    Ok(html! {
        h1 { (visit.say("elections-title")) }
        @if list.items.is_empty() { p { (visit.say("elections-none")) } }
        div.halves {
            @for election in &list.items { (one(visit, election, &narratives.items, &times)) }
        }
    })
}

fn one(
    visit: &Visit<'_>,
    election: &CalendarBody,
    narratives: &[NarrativeBody],
    times: &Times,
) -> Markup {
    let of_it: Vec<&NarrativeBody> = narratives
        .iter()
        .filter(|narrative| narrative.elections.contains(&election.id))
        .collect();
    let id = format!("election-{}", election.id);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (text(&election.name)) }
            @if let Some(native) = &election.name_native { p { (foreign(native, None)) } }
            p.summary { (now::polls(visit, election, times)) }
            p.note { (visit.tell("elections-zone", &[("zone", election.time_zone.as_str().into())])) }
            div.scroll tabindex="0" role="region" aria-label=(text(&election.name)) {
                table {
                    thead {
                        tr {
                            th scope="col" { (visit.say("elections-phase")) }
                            th scope="col" { (visit.say("elections-start")) }
                            th scope="col" { (visit.say("elections-end")) }
                            th scope="col" { (visit.say("elections-state")) }
                        }
                    }
                    tbody { @for phase in &election.phases { (row(visit, phase, times)) } }
                }
            }
            h3 { (visit.say("elections-narratives")) }
            @if of_it.is_empty() { p { (visit.say("elections-no-narratives")) } } @else {
                table {
                    thead {
                        tr {
                            th scope="col" { (visit.say("now-narrative-column")) }
                            th.number scope="col" { (visit.say("now-narrative-week")) }
                            th.number scope="col" { (visit.say("now-narrative-usual")) }
                        }
                    }
                    tbody { @for narrative in of_it { (now::claim(visit, narrative)) } }
                }
            }
        }
    }
}

fn row(visit: &Visit<'_>, phase: &CalendarPhaseBody, times: &Times) -> Markup {
    let bound = |at: Option<bellwether_model::Timestamp>| match at {
        Some(at) => times.element(at),
        None => html! { (visit.say("elections-not-known")) },
    };
    html! {
        tr {
            th scope="row" {
                (phase_name(visit, &phase.id))
                @if phase.withholds.is_some() { div.note { (visit.say("elections-withholds")) } }
                @if let Some(law) = &phase.law { div.note { (visit.say("elections-law")) " " (foreign(law, None)) } }
            }
            td { (bound(phase.start)) }
            td { (bound(phase.end)) }
            td {
                @match phase.in_force {
                    Some(true) => strong { (visit.say("elections-in-force")) },
                    Some(false) => (visit.say("elections-not-in-force")),
                    None => (visit.say("elections-not-known")),
                }
            }
        }
    }
}

/// The name of a phase: of one in the calendars that come with Bellwether in the reader's language, of another
/// its id as words.
pub(super) fn phase_name(visit: &Visit<'_>, id: &str) -> String {
    visit.say(match id {
        "early-and-mail-voting" => "phase-early-and-mail-voting",
        "ballots-sent-overseas" => "phase-ballots-sent-overseas",
        "polling" => "phase-polling",
        "canvass-and-certification" => "phase-canvass-and-certification",
        "swearing-in" => "phase-swearing-in",
        "election-notice" => "phase-election-notice",
        "candidate-registration" => "phase-candidate-registration",
        "campaign" => "phase-campaign",
        "campaign-special-municipality-mayors" => "phase-campaign-special-municipality-mayors",
        "campaign-councillors-and-county-heads" => "phase-campaign-councillors-and-county-heads",
        "poll-blackout" => "phase-poll-blackout",
        "count" => "phase-count",
        "winners-announced" => "phase-winners-announced",
        "certificates-issued" => "phase-certificates-issued",
        "candidates" => "phase-candidates",
        "last-month" => "phase-last-month",
        _ => return text(&id.replace('-', " ")),
    })
}
