//! What `bellwether explain` prints of a term.

use anyhow::Result;
use bellwether_api::{ExplainTermBody, GateBody, JudgementBody, TermWindowBody};

use crate::ask::minute;
use crate::print;
use crate::why::title;

/// The explanation of a term for people.
pub(crate) fn shown(body: &ExplainTermBody) -> Result<()> {
    print::line(&format!(
        "“{}” under {} ({}) at {}",
        body.term,
        body.name,
        body.rule,
        minute(body.at)
    ))?;
    print::line(&body.verdict)?;
    for line in &body.why {
        print::line(&format!("- {line}"))?;
    }
    if let Some(election) = &body.election {
        print::line(&format!("election: {}", election.line))?;
    }
    for note in &body.notes {
        print::line(note)?;
    }
    if let Some(spellings) = &body.spellings {
        print::line(&format!("called: {}", spellings.join(", ")))?;
    }
    print::line(&format!("query: {}", body.query))?;
    print::line("")?;
    windows(body)?;
    print::line("")?;
    gates(body)?;
    print::line("")?;
    bins(body)?;
    print::line("")?;
    counted(body)?;
    print::line("")?;
    items(body)
}

fn windows(body: &ExplainTermBody) -> Result<()> {
    let rows = body.windows.iter().map(|window| {
        let observed = &window.observed;
        vec![
            name(window),
            observed.items.to_string(),
            observed.families.to_string(),
            observed.stories.to_string(),
            observed.voices.to_string(),
            usual(window),
            decimal(window.strength),
            decimal(window.strength_needed),
            not_met(window),
        ]
    });
    print::table(
        &[
            "WINDOW", "ITEMS", "FAMILIES", "STORIES", "VOICES", "USUAL", "-LOG10 P", "AT LEAST",
            "NOT MET",
        ],
        &[40, 8, 8, 8, 8, 10, 9, 9, 100],
        &rows.collect::<Vec<_>>(),
    )
}

fn name(window: &TermWindowBody) -> String {
    let hours = window.window_seconds / 3600;
    let whose = match (window.whose.as_str(), &window.group) {
        ("group", Some(group)) => format!("group {group}"),
        ("outside", _) => "outside the domestic press".to_owned(),
        _ => "anybody".to_owned(),
    };
    format!("{} {hours} h, {whose}", window.rise)
}

fn usual(window: &TermWindowBody) -> String {
    match &window.judgement {
        JudgementBody::Tested { expected, .. } => format!("{:.3}", expected.mean),
        JudgementBody::Gates | JudgementBody::Insufficient { .. } => "unknown".to_owned(),
    }
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:.1}"))
}

fn not_met(window: &TermWindowBody) -> String {
    let failed: Vec<&str> = window
        .gates
        .iter()
        .filter(|gate| !gate.passed)
        .map(|gate| gate.name.as_str())
        .collect();
    match (window.strength, failed.is_empty()) {
        (None, _) => "insufficient data".to_owned(),
        (Some(_), true) => "nothing: it rises".to_owned(),
        (Some(_), false) => failed.join("; "),
    }
}

/// What the nearest window is asked for, and what the rule asks of its items.
fn gates(body: &ExplainTermBody) -> Result<()> {
    let Some(nearest) = body.nearest() else {
        return Ok(());
    };
    print::line(&format!("nearest: {}", name(nearest)))?;
    let usual = &nearest.usual;
    print::line(&format!(
        "usual: {:.2} mentions in {:.0} items ({:.0} needed), of the {:.0} published in the window; {} \
         of {} days of history",
        usual.mentions,
        usual.items,
        usual.items_needed,
        usual.published,
        usual.days,
        usual.days_needed
    ))?;
    let row = |gate: &GateBody, of_rule: bool| {
        vec![
            match of_rule {
                true => format!("the rule: {}", gate.name),
                false => gate.name.clone(),
            },
            format!("{:.2}", gate.value),
            format!("{:.2}", gate.limit),
            if gate.passed { "passed" } else { "not met" }.to_owned(),
        ]
    };
    let own = nearest.gates.iter().map(|gate| row(gate, false));
    let rows = own.chain(body.gates.iter().map(|gate| row(gate, true)));
    print::table(
        &["ASKED", "MEASURED", "LIMIT", "RESULT"],
        &[90, 10, 10, 10],
        &rows.collect::<Vec<_>>(),
    )
}

fn bins(body: &ExplainTermBody) -> Result<()> {
    let rows = body.bins.iter().map(|bin| {
        vec![
            minute(bin.start),
            bin.items.to_string(),
            bin.families.to_string(),
            bin.stories.to_string(),
            bin.usual
                .map_or_else(|| "unknown".to_owned(), |usual| format!("{usual:.3}")),
            bin.published.to_string(),
        ]
    });
    print::table(
        &[
            "HOUR FROM",
            "ITEMS",
            "FAMILIES",
            "STORIES",
            "USUAL",
            "ALL ITEMS",
        ],
        &[20, 8, 8, 8, 10, 10],
        &rows.collect::<Vec<_>>(),
    )
}

fn counted(body: &ExplainTermBody) -> Result<()> {
    let seen = |at: Option<_>| at.map_or_else(|| "never".to_owned(), minute);
    let rows = body.parts.iter().map(|part| {
        vec![
            part.counted.clone(),
            part.items.to_string(),
            seen(part.first),
            seen(part.last),
            match (part.too_frequent, part.rises) {
                (true, _) => "too frequent to be judged",
                (_, true) => "yes",
                _ => "no",
            }
            .to_owned(),
        ]
    });
    print::table(
        &["TERM", "ITEMS", "FIRST", "LAST", "RISES"],
        &[60, 8, 20, 20, 30],
        &rows.collect::<Vec<_>>(),
    )
}

fn items(body: &ExplainTermBody) -> Result<()> {
    if body.items.is_empty() {
        return print::line("no items");
    }
    let rows = body.items.iter().map(|item| {
        vec![
            minute(item.time),
            item.family.clone(),
            item.id.clone(),
            title(item),
        ]
    });
    print::table(
        &["TIME", "FAMILY", "ITEM", "TITLE"],
        &[20, 24, 12, 100],
        &rows.collect::<Vec<_>>(),
    )
}
