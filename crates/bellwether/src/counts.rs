//! The commands that count matches: over time, by field, and by the words that set them apart.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::FacetBody;
use bellwether_daemon::{EchoParams, FacetsParams, TermsParams, TimelineParams};

use crate::ask::{minute, missing, open, told};
use crate::cli::{Common, EchoArgs, FacetsArgs, TermsArgs, TimelineArgs};
use crate::print;

/// `bellwether timeline`.
pub(crate) fn timeline(common: &Common, args: TimelineArgs) -> Result<ExitCode> {
    let params = TimelineParams {
        q: args.query,
        from: args.window.from,
        to: args.window.to,
        bin: args.bin,
        by: args.by,
        names: args.meaning.names,
        zone: args.meaning.zone,
    };
    let body = told(open(common)?.timeline(&params))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&format!(
        "{} in bins of {}, {}{}",
        body.query,
        body.bin,
        body.zone,
        missing(&body.coverage)
    ))?;
    let count =
        |count: Option<u32>| count.map_or("not collected".to_owned(), |count| count.to_string());
    let rows: Vec<Vec<String>> = body
        .bins
        .iter()
        .map(|bin| {
            let others = bin.others.filter(|items| *items > 0);
            let by = bin
                .by
                .iter()
                .flatten()
                .map(|(id, items)| format!("{id} {items}"))
                .chain(others.map(|items| format!("others {items}")));
            vec![
                minute(bin.start),
                count(bin.items),
                count(bin.families),
                count(bin.stories),
                by.collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    print::table(
        &["START", "ITEMS", "FAMILIES", "STORIES", "BY"],
        &[25, 13, 13, 13, 100],
        &rows,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `bellwether facets`.
pub(crate) fn facets(common: &Common, args: FacetsArgs) -> Result<ExitCode> {
    let params = FacetsParams {
        q: args.query,
        from: args.window.from,
        to: args.window.to,
        by: Some(args.by),
        limit: Some(args.limit),
        names: args.meaning.names,
        zone: args.meaning.zone,
    };
    let body = told(open(common)?.facets(&params))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&format!(
        "{} items for {}{}",
        body.total.items,
        body.query,
        missing(&body.coverage)
    ))?;
    let rows: Vec<Vec<String>> = body.facets.iter().flat_map(facet_rows).collect();
    print::table(
        &["FIELD", "VALUE", "ITEMS", "FAMILIES", "STORIES", "NAME"],
        &[12, 40, 10, 10, 10, 80],
        &rows,
    )?;
    Ok(ExitCode::SUCCESS)
}

fn facet_rows(facet: &FacetBody) -> Vec<Vec<String>> {
    let count = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = facet
        .values
        .iter()
        .map(|value| {
            vec![
                facet.field.clone(),
                value.value.clone(),
                value.items.to_string(),
                count(value.families),
                count(value.stories),
                value.name.clone().unwrap_or_default(),
            ]
        })
        .collect();
    if facet.others.values > 0 {
        rows.push(vec![
            facet.field.clone(),
            format!("({} others)", facet.others.values),
            facet.others.items.to_string(),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    if let Some(unknown) = facet.unknown.filter(|unknown| unknown.items > 0) {
        rows.push(vec![
            facet.field.clone(),
            "(none or unknown)".to_owned(),
            unknown.items.to_string(),
            count(unknown.families),
            count(unknown.stories),
            String::new(),
        ]);
    }
    rows
}

/// `bellwether terms`.
pub(crate) fn terms(common: &Common, args: TermsArgs) -> Result<ExitCode> {
    let params = TermsParams {
        q: args.query,
        from: args.window.from,
        to: args.window.to,
        limit: Some(args.limit),
        names: args.meaning.names,
        zone: args.meaning.zone,
    };
    let body = told(open(common)?.terms(&params))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&format!(
        "{} items for {}, words of the newest {}, against {} other items{}",
        body.total,
        body.query,
        body.sampled,
        body.outside,
        missing(&body.coverage)
    ))?;
    if body.terms.is_empty() {
        print::line("no word is more frequent in them than chance would have it")?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = body
        .terms
        .iter()
        .map(|term| {
            vec![
                term.term.clone(),
                term.matching.to_string(),
                term.outside.to_string(),
                format!("{:.1}", term.significance),
            ]
        })
        .collect();
    print::table(
        &["TERM", "MATCHING", "OUTSIDE", "SIGNIFICANCE"],
        &[40, 10, 10, 14],
        &rows,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `bellwether echo`.
pub(crate) fn echo(common: &Common, args: EchoArgs) -> Result<ExitCode> {
    let params = EchoParams {
        of: TermsParams {
            q: args.query.unwrap_or_default(),
            from: args.window.from,
            to: args.window.to,
            limit: Some(args.limit),
            names: args.meaning.names,
            zone: args.meaning.zone,
        },
        states: args.states,
        by: args.by,
    };
    let body = told(open(common)?.echo(&params))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&format!(
        "{} lineages of more than one {}{}{}",
        body.lineages,
        body.by,
        if body.complete {
            ""
        } else {
            ", not all pairs are counted"
        },
        missing(&body.coverage)
    ))?;
    let minutes = |seconds: Option<i64>| {
        seconds.map_or_else(|| "unknown".to_owned(), |s| format!("{} min", s / 60))
    };
    let rows: Vec<Vec<String>> = body
        .echoes
        .iter()
        .map(|echo| {
            vec![
                echo.from.clone(),
                echo.to.clone(),
                format!("{} of {}", echo.first, echo.shared),
                format!("{:.1} ± {:.1}", echo.expected, echo.deviation),
                echo.echoes.to_string(),
                minutes(echo.lag_seconds),
                match (echo.lag_low_seconds, echo.lag_high_seconds) {
                    (Some(low), Some(high)) => format!("{} to {}", low / 60, high / 60),
                    _ => String::new(),
                },
            ]
        })
        .collect();
    print::table(
        &[
            "FIRST",
            "THEN",
            "LINEAGES",
            "BY SIZE ALONE",
            "ECHOES",
            "MEDIAN LAG",
            "95 % (MIN)",
        ],
        &[24, 24, 14, 16, 8, 12, 16],
        &rows,
    )?;
    Ok(ExitCode::SUCCESS)
}
