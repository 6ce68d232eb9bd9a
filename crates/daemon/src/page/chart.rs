//! The timeline as a drawing: all items, then one row per group, on one axis.
//!
//! Drawn twice, for wide and for narrow screens, as a drawing squeezed cannot be read; the style
//! sheet shows one. What was not collected is hatched, and hatching means nothing else. Colours come
//! from classes, as the policy of the page forbids styles in elements.

use bellwether_api::{BinBody, TimelineBody};
use bellwether_model::{Directory, Span, Timestamp};
use maud::{Markup, html};

use super::Visit;
use super::words::{self, Times};

/// Rows of groups drawn; the table has all.
const ROWS_MAX: usize = 8;
/// Stretches named as not collected; the table has all.
const GAPS_SHOWN: usize = 6;

#[derive(Clone, Copy)]
struct Sheet {
    class: &'static str,
    hatch: &'static str,
    width: u32,
    /// Room for names at the left.
    left: u32,
    ticks: usize,
}

const WIDE: Sheet = Sheet {
    class: "wide",
    hatch: "hatch-wide",
    width: 960,
    left: 150,
    ticks: 7,
};
const NARROW: Sheet = Sheet {
    class: "narrow",
    hatch: "hatch-narrow",
    width: 358,
    left: 24,
    ticks: 3,
};

const TOP: u32 = 16;
const TOTAL_HEIGHT: u32 = 96;
const ROW_HEIGHT: u32 = 20;
const ROW_GAP: u32 = 20;
const AXIS: u32 = 26;
/// A label of the axis with less room than this would be cut off.
const LABEL_WIDTH: f64 = 84.0;

/// What is drawn.
struct Drawn<'a> {
    timeline: &'a TimelineBody,
    /// A tested stretch.
    window: Option<Span>,
    groups: &'a [(String, u32)],
    /// What it is called to who cannot see it.
    label: Markup,
}

/// The groups of a timeline, most items first.
fn groups(timeline: &TimelineBody) -> Vec<(String, u32)> {
    let mut sums = std::collections::BTreeMap::<&str, u32>::new();
    for (group, items) in timeline
        .bins
        .iter()
        .filter_map(|bin| bin.by.as_ref())
        .flatten()
    {
        *sums.entry(group).or_default() += items;
    }
    let mut groups: Vec<(String, u32)> = sums
        .into_iter()
        .map(|(group, items)| (group.to_owned(), items))
        .collect();
    groups.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    groups
}

/// The drawing, its key, what is missing in words, and the same as a table.
/// `window` is a tested stretch: a line under the axis of all items shows it.
pub(super) fn timeline(
    visit: &Visit<'_>,
    timeline: &TimelineBody,
    window: Option<Span>,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let groups = groups(timeline);
    let gaps = gaps(&timeline.bins);
    let drawn = Drawn {
        timeline,
        window,
        groups: &groups,
        label: label(visit, timeline, gaps.len()),
    };
    html! {
        figure {
            @for sheet in [WIDE, NARROW] {
                (drawing(visit, &drawn, directory, times, sheet))
            }
            figcaption {
                span { (visit.tell("chart-key-bar", &[("bin", timeline.bin.as_str().into())])) }
                @if window.is_some() { span { (visit.say("now-key-window")) } }
                @if !gaps.is_empty() { span { (visit.say("now-key-hatch")) } }
                @if timeline.bins.iter().any(|bin| bin.late) { span { (visit.say("chart-key-late")) } }
            }
        }
        @if !gaps.is_empty() { p.gaps { (not_collected(visit, &gaps, times)) } }
        details {
            summary { (visit.say("chart-table")) }
            (table(visit, timeline, &groups, times))
            p { a href=(file(timeline)) { (visit.say("chart-file")) } }
        }
    }
}

/// The address of what is drawn as a file for spreadsheets.
fn file(timeline: &TimelineBody) -> String {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let pairs = [
        ("q", timeline.query.clone()),
        ("from", moment(timeline.window.from)),
        ("to", moment(timeline.window.to)),
        ("bin", timeline.bin.clone()),
        ("zone", timeline.zone.clone()),
        ("by", timeline.by.clone().unwrap_or_default()),
        ("format", "csv".to_owned()),
        ("bom", "1".to_owned()),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    format!("/api/v1/timeline?{}", query.finish())
}

/// What a drawing holds, for who cannot see it.
fn label(visit: &Visit<'_>, timeline: &TimelineBody, gaps: usize) -> Markup {
    let items: u32 = timeline.bins.iter().filter_map(|bin| bin.items).sum();
    let items = visit.items(u64::from(items));
    let bin = timeline.bin.as_str();
    if gaps == 0 {
        return visit.tell(
            "chart-label",
            &[("items", items.into()), ("bin", bin.into())],
        );
    }
    visit.tell(
        "chart-label-gaps",
        &[
            ("items", items.into()),
            ("bin", bin.into()),
            ("gaps", gaps.into()),
        ],
    )
}

/// The stretches that were not collected.
fn not_collected(visit: &Visit<'_>, gaps: &[(Timestamp, Timestamp)], times: &Times) -> Markup {
    let named = gaps
        .iter()
        .take(GAPS_SHOWN)
        .map(|(from, to)| html! { (times.stretch(*from, *to)) });
    let named = visit.list(named);
    match gaps.len().saturating_sub(GAPS_SHOWN) {
        0 => visit.tell("chart-gaps", &[("gaps", named.into())]),
        more => visit.tell(
            "chart-gaps-more",
            &[("gaps", named.into()), ("count", more.into())],
        ),
    }
}

/// Stretches in which nothing was collected.
fn gaps(bins: &[BinBody]) -> Vec<(Timestamp, Timestamp)> {
    let mut gaps: Vec<(_, _)> = Vec::new();
    for bin in bins.iter().filter(|bin| bin.items.is_none()) {
        match gaps.last_mut() {
            Some((_, end)) if *end == bin.start => *end = bin.end,
            _ => gaps.push((bin.start, bin.end)),
        }
    }
    gaps
}

fn drawing(
    visit: &Visit<'_>,
    drawn: &Drawn<'_>,
    directory: &Directory,
    times: &Times,
    sheet: Sheet,
) -> Markup {
    let bins = &drawn.timeline.bins;
    let rows = &drawn.groups[..drawn.groups.len().min(ROWS_MAX)];
    let rows_height = u32::try_from(rows.len()).unwrap_or(0) * (ROW_HEIGHT + ROW_GAP);
    let base = TOP + TOTAL_HEIGHT;
    let height = base + rows_height + AXIS;
    let is_wide = sheet.class == WIDE.class;
    html! {
        svg class=(sheet.class) role="img" aria-label=(drawn.label) width=(sheet.width) height=(height)
            viewBox={ "0 0 " (sheet.width) " " (height) } {
            defs {
                pattern id=(sheet.hatch) width="6" height="6" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)" {
                    line.hatch x1="0" y1="0" x2="0" y2="6" {}
                }
            }
            @if is_wide { text.name x="0" y=(TOP + 12) { (visit.say("chart-all-items")) } }
            (row(bins, sheet, TOP, TOTAL_HEIGHT, "total", |bin| bin.items))
            @if let Some((x, width)) = drawn.window.and_then(|window| under(bins, window, sheet)) {
                rect.window x=(x) y=(base + 1) width=(width) height="3" {}
            }
            @for (at, (group, _)) in (0_u32..).zip(rows) {
                @let top = base + ROW_GAP + at * (ROW_HEIGHT + ROW_GAP);
                @let class = words::mark_class(directory, group);
                @if is_wide {
                    text.name x="0" y=(top + ROW_HEIGHT - 4) { (words::text(group)) }
                } @else {
                    text.name x=(sheet.left) y=(top - 3) { (words::text(group)) }
                }
                (row(bins, sheet, top, ROW_HEIGHT, &class, |bin| {
                    bin.by.as_ref().map(|by| by.get(group).copied().unwrap_or(0))
                }))
            }
            (ticks(drawn.timeline, sheet, height - AXIS, times))
        }
    }
}

/// One row of bars over its axis, with its largest count.
fn row(
    bins: &[BinBody],
    sheet: Sheet,
    top: u32,
    height: u32,
    class: &str,
    value: impl Fn(&BinBody) -> Option<u32>,
) -> Markup {
    let largest = bins.iter().filter_map(&value).max().unwrap_or(0);
    let bottom = top + height;
    html! {
        line.axis x1=(sheet.left) x2=(sheet.width) y1=(bottom) y2=(bottom) {}
        text.max x=(sheet.left - 4) y=(top + 9) text-anchor="end" { (largest) }
        g class=(class) {
            @for (at, bin) in bins.iter().enumerate() {
                @let (x, width) = place(at, bins.len(), sheet);
                @if bin.late {
                    rect x=(x) y=(top) width=(width) height=(height)
                        fill={ "url(#" (sheet.hatch) ")" } {}
                }
                @match value(bin) {
                    None => rect x=(x) y=(top) width=(width) height=(height)
                        fill={ "url(#" (sheet.hatch) ")" } {},
                    Some(0) => {},
                    Some(items) => {
                        @let tall = f64::from(height) * f64::from(items) / f64::from(largest.max(1));
                        @let tall = tall.max(1.0);
                        rect.bar x=(x) y=(format!("{:.1}", f64::from(bottom) - tall)) width=(width)
                            height=(format!("{tall:.1}")) {}
                    },
                }
            }
        }
    }
}

/// Where a bin lies.
fn place(at: usize, bins: usize, sheet: Sheet) -> (String, String) {
    let room = f64::from(sheet.width - sheet.left);
    let step = room / bins.max(1) as f64;
    let gap = if step > 4.0 { 1.0 } else { 0.0 };
    (
        format!("{:.2}", f64::from(sheet.left) + step * at as f64),
        format!("{:.2}", step - gap),
    )
}

/// Where the bins that a window touches lie.
fn under(bins: &[BinBody], window: Span, sheet: Sheet) -> Option<(String, String)> {
    let touched = |bin: &BinBody| bin.start < window.to && window.from < bin.end;
    let first = bins.iter().position(touched)?;
    let count = bins.iter().filter(|bin| touched(bin)).count();
    let step = f64::from(sheet.width - sheet.left) / bins.len() as f64;
    Some((
        format!("{:.2}", f64::from(sheet.left) + step * first as f64),
        format!("{:.2}", step * count as f64),
    ))
}

fn ticks(timeline: &TimelineBody, sheet: Sheet, y: u32, times: &Times) -> Markup {
    let bins = &timeline.bins;
    let every = bins.len().div_ceil(sheet.ticks).max(1);
    let with_hour = timeline.bin != "1d";
    let step = f64::from(sheet.width - sheet.left) / bins.len().max(1) as f64;
    html! {
        @for (at, bin) in bins.iter().enumerate().step_by(every) {
            @let (x, _) = place(at, bins.len(), sheet);
            line.axis x1=(x) x2=(x) y1=(y) y2=(y + 4) {}
            @if step * (bins.len() - at) as f64 >= LABEL_WIDTH {
                text.tick x=(x) y=(y + 17) { (times.tick(bin.start, with_hour)) }
            }
        }
    }
}

fn table(
    visit: &Visit<'_>,
    timeline: &TimelineBody,
    groups: &[(String, u32)],
    times: &Times,
) -> Markup {
    let unknown = visit.say("words-unknown");
    let number = |value: Option<u32>| value.map_or(unknown.clone(), |value| value.to_string());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("chart-table-label")) {
            table {
                caption { (visit.say("chart-table-note")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("chart-column-from")) }
                        th.number scope="col" { (visit.say("chart-column-items")) }
                        th.number scope="col" { (visit.say("chart-column-families")) }
                        th.number scope="col" { (visit.say("chart-column-stories")) }
                        @for (group, _) in groups { th.number scope="col" { (words::text(group)) } }
                        th.number scope="col" { (visit.say("chart-column-collected")) }
                    }
                }
                tbody {
                    @for bin in &timeline.bins {
                        tr {
                            th scope="row" { (times.element(bin.start)) }
                            td.number {
                                (number(bin.items))
                                @if bin.late { " " (visit.say("chart-late")) }
                            }
                            td.number { (number(bin.families)) }
                            td.number { (number(bin.stories)) }
                            @for (group, _) in groups {
                                td.number {
                                    (number(bin.by.as_ref().map(|by| {
                                        by.get(group).copied().unwrap_or(0)
                                    })))
                                }
                            }
                            td.number {
                                (visit.tell("chart-collected", &[
                                    ("collected", bin.coverage.collected.into()),
                                    ("sources", bin.coverage.sources.into()),
                                ]))
                            }
                        }
                    }
                }
            }
        }
    }
}
