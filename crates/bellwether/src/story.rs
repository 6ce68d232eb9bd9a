//! `bellwether story`: who was first in this collection, and who came later.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::{ItemBody, MemberBody, RelationBody, calibration_in_words};

use crate::ask::{minute, missing, open, told};
use crate::cli::Common;
use crate::print;

/// `bellwether story ID`.
pub(crate) fn story(common: &Common, id: &str) -> Result<ExitCode> {
    let body = told(open(common)?.story(id))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&body.title)?;
    print::line(&format!(
        "{} items of {} publishers in {} families, {} stories{}",
        body.items,
        body.publishers,
        body.families,
        body.stories.len(),
        missing(&body.coverage)
    ))?;
    print::line(&body.first.in_collection)?;
    for against in &body.against {
        print::line(&format!(
            "Against a path: {}: {}",
            against.item, against.words
        ))?;
    }
    print::table(
        &[
            "TIME",
            "AFTER",
            "PUBLISHER",
            "GROUPS",
            "TEXT",
            "CLOCK",
            "TITLE",
        ],
        &[20, 10, 24, 24, 24, 90, 100],
        &body.members.iter().map(row).collect::<Vec<_>>(),
    )?;
    if !body.complete {
        print::line("not all members are listed")?;
    }
    for pair in &body.rewordings {
        print::line(&format!(
            "{} may be reworded from {}, score {:.2}: {}",
            pair.item,
            pair.other,
            pair.score,
            calibration_in_words(pair.calibration)
        ))?;
    }
    for check in &body.fact_checks {
        print::line(&format!(
            "Fact-check on {}: {}, {}: {}",
            check.narratives.join(", "),
            check.item.id,
            check.item.publisher,
            title(&check.item)
        ))?;
    }
    for possible in &body.possible {
        print::line(&format!(
            "Possible in another language: {}, {}: {}; in both: {}",
            possible.item.id,
            possible.item.publisher,
            title(&possible.item),
            [
                &possible.figures,
                &possible.actors,
                &possible.names,
                &possible.quotations,
                &possible.links
            ]
            .map(|list| list.join(" "))
            .join(" ")
            .trim()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `bellwether column-titles`.
pub(crate) fn column_titles(common: &Common) -> Result<ExitCode> {
    let body = told(open(common)?.column_titles())?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = body
        .titles
        .iter()
        .map(|title| {
            vec![
                title.title.clone(),
                title.publishers.to_string(),
                title.days.to_string(),
                if title.short { "short" } else { "used again" }.to_owned(),
                minute(title.last),
            ]
        })
        .collect();
    print::table(
        &["TITLE", "PUBLISHERS", "DAYS", "WHY", "LAST"],
        &[60, 10, 6, 12, 20],
        &rows,
    )?;
    if !body.complete {
        print::line("not all titles are listed")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(member: &MemberBody) -> Vec<String> {
    let item = &member.item;
    let text = match (&member.from, member.share_percent) {
        (Some(from), Some(share)) => {
            format!("{} {share} % of {from}", member.relation.as_str())
        }
        _ => member.relation.as_str().to_owned(),
    };
    let after = match (member.relation, member.lag_seconds) {
        (RelationBody::First, _) => String::new(),
        (_, Some(seconds)) => format!("{} min", seconds / 60),
        (_, None) => "unknown".to_owned(),
    };
    vec![
        minute(item.time),
        after,
        item.publisher.clone(),
        item.groups.join(" "),
        text,
        member.clock.words.clone(),
        title(item).to_owned(),
    ]
}

fn title(item: &ItemBody) -> &str {
    match item.title.is_empty() {
        true => &item.snippet,
        false => &item.title,
    }
}
