//! A burst's last two days as a small drawing: a bar an hour, the range of the same hour in the four weeks
//! before, what was not collected, and the tested window.

use bellwether_api::BurstBody;
use bellwether_model::MessageLanguage;
use maud::{Markup, html};

use super::super::Visit;
use super::super::catalogue::say_with;
use crate::answers::LastHour;

const BAR: u32 = 5;
const HEIGHT: u32 = 40;
const TOP: u32 = 14;
const HATCH: &str = "hatch-spark";

/// What the drawings refer to, once on a page.
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

/// An hour: its items, or that it was not collected; and what is usual then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hour {
    items: Option<u32>,
    range: Option<(u32, u32)>,
    is_in_window: bool,
}

impl Hour {
    fn of(hour: &LastHour, burst: &BurstBody) -> Self {
        Self {
            items: hour.items,
            range: hour.range,
            is_in_window: hour.span.from < burst.window.to && burst.window.from < hour.span.to,
        }
    }
}

/// The drawing of a burst; a sentence where its hours cannot be counted.
pub(super) fn spark(visit: &Visit<'_>, burst: &BurstBody) -> Markup {
    match visit.last_hours(&burst.query) {
        Ok(hours) => {
            let hours: Vec<Hour> = hours.iter().map(|hour| Hour::of(hour, burst)).collect();
            drawing(&hours, visit.language())
        }
        Err(_) => html! { (visit.say("now-spark-unknown")) },
    }
}

fn drawing(hours: &[Hour], language: MessageLanguage) -> Markup {
    let most = hours
        .iter()
        .filter_map(|hour| hour.items)
        .max()
        .unwrap_or(0);
    let highest = hours
        .iter()
        .filter_map(|hour| hour.range.map(|(_, high)| high))
        .chain([most, 1])
        .max()
        .unwrap_or(1);
    let gaps = hours.iter().filter(|hour| hour.items.is_none()).count();
    let width = BAR * u32::try_from(hours.len()).unwrap_or(0);
    let bottom = TOP + HEIGHT;
    let scaled = |value: u32| u64::from(value) * u64::from(HEIGHT) / u64::from(highest);
    let label = say_with(
        language,
        "now-spark-label",
        &[("most", most.to_string()), ("gaps", gaps.to_string())],
    );
    let hatched = format!("url(#{HATCH})");
    // Its number stands above the first of the highest.
    let first = hours
        .iter()
        .position(|hour| hour.items == Some(most) && most > 0);
    html! {
        svg.spark role="img" aria-label=(label) width=(width) height=(bottom + 5)
            viewBox={ "0 0 " (width) " " (bottom + 5) } {
            title { (label) }
            @for ((at, hour), x) in hours.iter().enumerate().zip((0..).step_by(BAR as usize)) {
                @if let Some((low, high)) = hour.range {
                    @let (low, high) = (scaled(low), scaled(high).max(1));
                    rect.band x=(x) y=(u64::from(bottom) - high) width=(BAR) height=(high - low.min(high - 1)) {}
                }
                @match hour.items {
                    None => rect x=(x) y=(TOP) width=(BAR) height=(HEIGHT) fill=(hatched) {},
                    Some(0) => {},
                    Some(items) => {
                        @let tall = scaled(items).max(1);
                        rect class=(if hour.is_in_window { "over" } else { "under" }) x=(x)
                            y=(u64::from(bottom) - tall) width=(BAR - 1) height=(tall) {}
                        @if first == Some(at) {
                            text x=(x + BAR / 2) y=(u64::from(bottom) - tall - 3) text-anchor=(
                                if x < 12 { "start" } else if x + 12 > width { "end" } else { "middle" }
                            ) { (items) }
                        }
                    },
                }
                @if hour.is_in_window { rect.window x=(x) y=(bottom + 1) width=(BAR) height="3" {} }
            }
            line.axis x1="0" x2=(width) y1=(bottom) y2=(bottom) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_collected_is_hatched_and_no_bar() {
        let hour = |items| Hour {
            items,
            range: Some((0, 2)),
            is_in_window: false,
        };
        let mut hours = vec![hour(Some(1)), hour(None), hour(Some(0))];
        hours[0].is_in_window = true;
        let shown = drawing(&hours, MessageLanguage::English).into_string();
        assert_eq!(shown.matches("fill=\"url(#hatch-spark)\"").count(), 1);
        assert_eq!(shown.matches("class=\"over\"").count(), 1);
        assert_eq!(shown.matches("class=\"under\"").count(), 0);
        assert_eq!(shown.matches("class=\"window\"").count(), 1);
        assert_eq!(shown.matches("class=\"band\"").count(), 3);
        assert!(
            shown.contains("at most 1; hours not collected: 1"),
            "{shown}"
        );
    }

    #[test]
    fn nothing_at_all_is_drawn_without_a_fault() {
        let shown = drawing(&[], MessageLanguage::TraditionalChinese).into_string();
        assert!(shown.contains("width=\"0\""), "{shown}");
    }
}
