//! `bellwether probe URL`: one look at an address, of which nothing is kept.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use bellwether_config::Config;
use bellwether_model::{Clock, SourceKind, Timestamp};
use bellwether_poller::probe::{self, Look, Probed, Prober, Wanted};
use serde::Serialize;

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::look::{self, LookBody, SeenBody};
use crate::setup::Usage;
use crate::{poll, print, setup};

/// Items shown to people.
const ITEMS_SHOWN: usize = 10;

#[derive(Serialize)]
struct ProbedBody {
    look: LookBody,
    /// What else was looked at: feeds that a page names, or such as stand at the usual places.
    also: Vec<LookBody>,
    /// Which of `also` is better followed, counted from 0.
    better: Option<usize>,
    /// The items of what is best followed.
    items: Vec<SeenBody>,
    /// The source as it is written into the configuration, where it can be read.
    toml: Option<String>,
}

/// What looks at sources, with the bounds of the configuration.
pub(crate) fn prober(config: &Config) -> Result<Prober> {
    let outbound = setup::outbound(config)?;
    Ok(Prober::new(
        outbound,
        poll::settings(config),
        Arc::new(SystemClock),
    ))
}

/// Looks, and prints what was understood. Ends with 1 where nothing can be read.
pub(crate) async fn probe(
    common: &Common,
    url: &str,
    kind: Option<SourceKind>,
    country: Option<String>,
) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let Some(url) = probe::typed_address(url) else {
        let text = "the address must begin with https:// or http://, name a host, and hold no user \
             name or password";
        return Err(Usage(text.to_owned()).into());
    };
    let wanted = Wanted { url, kind, country };
    let probed = prober(&config)?.probe(&wanted).await;
    let best = probed.best();
    let is_good = best.is_collected();
    let toml = is_good.then(|| probe::block(best, &wanted));
    if common.json {
        print::json(&ProbedBody {
            look: LookBody::new(None, &probed.look),
            also: probed
                .also
                .iter()
                .map(|look| LookBody::new(None, look))
                .collect(),
            better: probed.better,
            items: best.items.iter().map(SeenBody::from).collect(),
            toml,
        })?;
    } else {
        show(&probed, toml.as_deref())?;
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn show(probed: &Probed, toml: Option<&str>) -> Result<()> {
    let now = SystemClock.now();
    show_look(&probed.look, now)?;
    let is_named = !probed.look.feeds.is_empty();
    for found in &probed.also {
        print::line("")?;
        print::line(if is_named {
            "The page names:"
        } else {
            "At a usual place of the site stands:"
        })?;
        show_look(found, now)?;
    }
    let best = probed.best();
    if best.items.is_empty() {
        print::line("")?;
    } else {
        show_items(best)?;
    }
    match toml {
        Some(toml) => {
            print::line(
                "Put this into a file of `sources/`, fill in who speaks, and run `bellwether check`:",
            )?;
            print::line("")?;
            print::line(toml.trim_end())
        }
        None => print::line("Nothing that could be followed was found."),
    }
}

fn show_look(look: &Look, now: Timestamp) -> Result<()> {
    let mut lines = vec![("kind", look.kind.as_str().to_owned())];
    if let Some(answered) = look.answered.as_ref().filter(|url| **url != look.asked) {
        lines.push(("answered", answered.clone()));
    }
    lines.extend(look.title.clone().map(|title| ("title", title)));
    if look.is_collected() {
        lines.push(("found", look::in_short(look, now)));
        lines.push(("rhythm", rhythm(look)));
        lines.extend(look.lang.clone().map(|lang| ("language", lang)));
    }
    if let Some(moved) = &look.moved_to {
        lines.push(("moved", format!("for good to {moved}")));
    }
    lines.extend(look.error.clone().map(|error| ("failed", error)));
    lines.extend(look.repaired.clone().map(|note| ("note", note)));
    lines.extend(look.problems.iter().map(|text| ("problem", text.clone())));
    print::line(&look.asked)?;
    for (what, text) in lines {
        print::line(&format!("  {what:<9} {}", text.replace('\n', " ")))?;
    }
    Ok(())
}

fn rhythm(look: &Look) -> String {
    let minutes = look.every.as_secs() / 60;
    match look.pace {
        Some(pace) if pace.per_day >= 10.0 => {
            format!("{:.0} a day; ask every {minutes} min", pace.per_day)
        }
        Some(pace) => format!("{:.1} a day; ask every {minutes} min", pace.per_day),
        None => format!("its dates do not tell; ask every {minutes} min to begin with"),
    }
}

fn show_items(look: &Look) -> Result<()> {
    let rows: Vec<Vec<String>> = look
        .items
        .iter()
        .take(ITEMS_SHOWN)
        .map(|item| {
            vec![
                item.time.strftime("%Y-%m-%d %H:%MZ").to_string(),
                item.time_reason.as_str().to_owned(),
                item.published_raw.clone().unwrap_or_default(),
                item.title.clone(),
            ]
        })
        .collect();
    print::line("")?;
    print::table(
        &["TIME", "WHY", "DATE AS WRITTEN", "TITLE"],
        &[17, 11, 32, 80],
        &rows,
    )?;
    let more = look.items.len().saturating_sub(ITEMS_SHOWN);
    if more > 0 {
        print::line(&format!("and {more} more"))?;
    }
    print::line("")
}
