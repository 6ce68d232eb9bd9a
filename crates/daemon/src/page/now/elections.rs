//! The elections on one axis: phases, polling days and today.

use bellwether_api::{CalendarBody, CalendarPhaseBody};
use bellwether_model::Timestamp;
use jiff::SignedDuration;
use maud::{Markup, html};

use super::super::Visit;
use super::super::elections::phase_name;
use super::super::words::{Times, text};

const WIDTH: i64 = 960;
const LEFT: i64 = 0;
const ROW: i64 = 34;
const BAR: i64 = 18;
const TOP: i64 = 20;

/// What is drawn before today, and behind the last polling day.
const BEFORE: SignedDuration = SignedDuration::from_hours(21 * 24);
const BEHIND: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Elections further away than this are told and not drawn.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(120 * 24);

/// The clocks of all elections that are near.
pub(super) fn clock(visit: &Visit<'_>, elections: &[CalendarBody], times: &Times) -> Markup {
    let now = times.now;
    let day = |election: &CalendarBody| election.polling.as_ref().map(|polling| polling.from);
    let latest = elections
        .iter()
        .filter_map(day)
        .filter(|at| at.duration_since(now) < AHEAD_MAX)
        .max();
    let Some(latest) = latest else {
        return html! { p { (visit.say("now-clock-none")) } };
    };
    let (Ok(from), Ok(to)) = (now.checked_sub(BEFORE), latest.max(now).checked_add(BEHIND)) else {
        return Markup::default();
    };
    let axis = Axis { from, to };
    let rows = i64::try_from(elections.len()).unwrap_or(0);
    let height = TOP + rows * ROW;
    html! {
        section aria-labelledby="clock" {
            h2.visually-hidden id="clock" { (visit.say("now-clock")) }
            ul.clocks {
                @for election in elections {
                    li {
                        a href="/elections" { strong { (text(&election.name)) } } " "
                        span.note { (polls(visit, election, times)) }
                    }
                }
            }
            svg.calendar.wide aria-hidden="true" width=(WIDTH) height=(height)
                viewBox={ "0 0 " (WIDTH) " " (height) } {
                @for (election, y) in elections.iter().zip((TOP..).step_by(34)) {
                    @for phase in &election.phases { (bar(visit, phase, y, &axis)) }
                    @if let Some(polling) = &election.polling {
                        @if let Some((x, wide)) = axis.stretch(polling.from, polling.to) {
                            rect.polling x=(x) y=(y - 2) width=(wide.max(6)) height=(BAR + 4) {}
                        }
                    }
                }
                line.today x1=(axis.x(now)) x2=(axis.x(now)) y1=(TOP - 6) y2=(height) {}
                text x=(axis.x(now) + 4) y=(TOP - 8) { (visit.say("now-clock-today")) }
                @for (x, name) in axis.ticks(times) {
                    @if (x - axis.x(now)).abs() > 60 { text x=(x) y=(TOP - 8) { (name) } }
                }
            }
        }
    }
}

/// When an election is, and in which phases it is.
pub(in crate::page) fn polls(visit: &Visit<'_>, election: &CalendarBody, times: &Times) -> Markup {
    match (&election.polling_day, election.days_to_polling) {
        (Some(day), Some(days)) => visit.tell(
            "now-clock-polls",
            &[
                ("day", times.date(day).into()),
                ("when", visit.days_to_polling(days).into()),
            ],
        ),
        _ => html! { (visit.say("elections-polling-unknown")) },
    }
}

fn bar(visit: &Visit<'_>, phase: &CalendarPhaseBody, y: i64, axis: &Axis) -> Markup {
    // A bound that nobody knows is no place on an axis.
    let (Some(start), Some(end)) = (phase.start, phase.end) else {
        return Markup::default();
    };
    let Some((x, wide)) = axis.stretch(start, end) else {
        return Markup::default();
    };
    let name = phase_name(visit, &phase.id);
    // About seven units a letter, and a Han character is as wide as it is high; a name that does not fit stands
    // in the table.
    let units = |c: char| -> i64 { if c.is_ascii() { 7 } else { 13 } };
    let fits = name.chars().map(units).sum::<i64>() + 8 < wide;
    html! {
        rect.phase x=(x) y=(y) width=(wide) height=(BAR) { title { (name) } }
        @if fits { text x=(x + 5) y=(y + 13) { (name) } }
    }
}

struct Axis {
    from: Timestamp,
    to: Timestamp,
}

impl Axis {
    fn x(&self, at: Timestamp) -> i64 {
        let whole = self.to.duration_since(self.from).as_secs().max(1);
        let part = at.duration_since(self.from).as_secs().clamp(0, whole);
        LEFT + part * (WIDTH - LEFT) / whole
    }

    /// Where a stretch lies; `None` where none of it does.
    fn stretch(&self, from: Timestamp, to: Timestamp) -> Option<(i64, i64)> {
        if to <= self.from || self.to <= from {
            return None;
        }
        let (start, end) = (self.x(from), self.x(to));
        Some((start, (end - start).max(1)))
    }

    /// The first days of months.
    fn ticks(&self, times: &Times) -> Vec<(i64, String)> {
        let mut ticks = Vec::new();
        let day = SignedDuration::from_hours(24);
        let mut at = self.from;
        while at < self.to && ticks.len() < 12 {
            let date = at.to_zoned_datetime(times.zone.clone()).date();
            if matches!(date.day(), 1 | 15) {
                ticks.push((self.x(at), times.tick(at, false)));
            }
            match at.checked_add(day) {
                Ok(next) => at = next,
                Err(_) => break,
            }
        }
        ticks
    }
}
