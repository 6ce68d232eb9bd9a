//! Coverage of one source as a strip, an hour beside the other.
//!
//! Hatched is what was not collected, as in a timeline; what was not to be collected is empty. A line
//! under a hatched stretch says that items of it came later.

use bellwether_api::{CoverageCellBody, CoverageRowBody};
use bellwether_model::{HourMark, HourState};
use maud::{Markup, html};

use super::Visit;

/// Hours that a strip shows.
pub(super) const HOURS: u32 = 48;

const HOUR_WIDTH: u32 = 5;
const HEIGHT: u32 = 14;
const HATCH: &str = "hatch-strip";

/// What the strips refer to, once on a page.
pub(super) fn hatch() -> Markup {
    html! {
        svg.defs aria-hidden="true" width="0" height="0" {
            defs {
                pattern id=(HATCH) width="6" height="6" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)" {
                    line.hatch x1="0" y1="0" x2="0" y2="6" {}
                }
            }
        }
    }
}

/// What a strip says, for the head of a list of them.
pub(super) fn key(visit: &Visit<'_>) -> Markup {
    visit.tell("coverage-strip-key", &[("hours", HOURS.into())])
}

/// How a cell looks; cells that look the same are drawn as one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    state: HourState,
    is_late: bool,
    is_off: bool,
}

impl Look {
    fn of(cell: &CoverageCellBody) -> Self {
        let has = |mark: HourMark| cell.marks.iter().any(|word| word == mark.as_str());
        Self {
            state: HourState::from_word(&cell.state).unwrap_or(HourState::Not),
            is_late: has(HourMark::Backlog),
            is_off: has(HourMark::Off),
        }
    }
}

/// The strip of a source.
pub(super) fn strip(visit: &Visit<'_>, row: &CoverageRowBody) -> Markup {
    let mut runs: Vec<(Look, u32, u32)> = Vec::new();
    for (at, cell) in (0..).zip(&row.cells) {
        let look = Look::of(cell);
        match runs.last_mut() {
            Some((last, _, end)) if *last == look => *end = at + 1,
            _ => runs.push((look, at, at + 1)),
        }
    }
    let width = HOUR_WIDTH * u32::try_from(row.cells.len()).unwrap_or(0);
    let label = visit.tell(
        "coverage-strip",
        &[
            ("collected", row.hours_collected.into()),
            ("hours", row.hours_due.into()),
        ],
    );
    html! {
        svg.strip role="img" aria-label=(label) width=(width) height=(HEIGHT)
            viewBox={ "0 0 " (width) " " (HEIGHT) } {
            title { (label) }
            @for (look, from, to) in runs { (run(look, from * HOUR_WIDTH, (to - from) * HOUR_WIDTH)) }
            line.axis x1="0" x2=(width) y1=(HEIGHT) y2=(HEIGHT) {}
        }
    }
}

fn run(look: Look, x: u32, width: u32) -> Markup {
    let hatched = format!("url(#{HATCH})");
    let half = HEIGHT / 2;
    html! {
        @match look.state {
            HourState::Collected => rect.bar x=(x) y="0" width=(width) height=(HEIGHT) {},
            HourState::Import => rect.brought x=(x) y="0" width=(width) height=(HEIGHT) {},
            HourState::Partly => {
                rect x=(x) y="0" width=(width) height=(half) fill=(hatched) {}
                rect.bar x=(x) y=(half) width=(width) height=(half) {}
            },
            HourState::Not if !look.is_off => {
                rect x=(x) y="0" width=(width) height=(HEIGHT) fill=(hatched) {}
            },
            HourState::Not | HourState::Before => {},
        }
        @if look.is_late { rect.late x=(x) y=(HEIGHT - 3) width=(width) height="3" {} }
    }
}
