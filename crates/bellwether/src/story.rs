//! `bellwether story`: who was first in this collection, and who came later.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::{MemberBody, RelationBody, calibration_in_words};

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
    let title = match item.title.is_empty() {
        true => &item.snippet,
        false => &item.title,
    };
    vec![
        minute(item.time),
        after,
        item.publisher.clone(),
        item.groups.join(" "),
        text,
        member.clock.words.clone(),
        title.clone(),
    ]
}
