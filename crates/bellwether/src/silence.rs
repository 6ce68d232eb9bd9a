//! `bellwether silence`: of which alerts nobody is told for some time.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::{EndSilenceBody, NewSilenceBody, SilenceBody};
use bellwether_model::{Label, Matcher};
use clap::{Args, Subcommand};

use crate::ask::{minute, open, told};
use crate::cli::Common;
use crate::{print, setup};

/// What to do with silences.
#[derive(Debug, Subcommand)]
pub(crate) enum Silences {
    /// Silence alerts for some time; they still stand on the page
    #[command(after_help = "Examples:
  bellwether silence add --term 作票 --for 4h --comment 'a ball game' --by Lin
  bellwether silence add 'rule=\"tw-tariff-sellout\"' 'severity!=\"critical\"' --for 7d --comment 'known'")]
    Add(AddArgs),
    /// List the silences in force and to come
    List {
        /// Also those that have ended
        #[arg(long)]
        all: bool,
    },
    /// End a silence before its time; what it held back is told, where it still holds
    End {
        /// The id of the silence, such as s-3
        #[arg(value_name = "ID")]
        id: String,
        /// Who ends it [default: the user of this system]
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}

/// A silence to be made.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Which alerts: LABEL="VALUE", or with != =~ !~; all of them must be met. Labels are cause, severity,
    /// rule, detector, election, narrative, group, language, source, term, receiver
    #[arg(value_name = "MATCHER")]
    matchers: Vec<String>,
    /// Alerts about this term that nobody listed, in any of its spellings
    #[arg(long, value_name = "TERM")]
    term: Option<String>,
    /// Alerts about the collection of this source
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// How long, such as 2h or 7d; at most a year
    #[arg(long = "for", value_name = "LENGTH")]
    length: String,
    /// Why, in one line
    #[arg(long, value_name = "TEXT")]
    comment: String,
    /// Who silences [default: the user of this system]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// `bellwether silence`.
pub(crate) fn silence(common: &Common, what: Silences) -> Result<ExitCode> {
    match what {
        Silences::Add(args) => add(common, args),
        Silences::List { all } => list(common, all),
        Silences::End { id, by } => end(common, &id, by),
    }
}

fn add(common: &Common, args: AddArgs) -> Result<ExitCode> {
    let named = [(Label::Term, args.term), (Label::Source, args.source)];
    let named = named
        .into_iter()
        .filter_map(|(label, value)| Some(Matcher::is(label, value?).to_string()));
    let wanted = NewSilenceBody {
        matchers: args.matchers.into_iter().chain(named).collect(),
        by: args.by.unwrap_or_else(setup::user),
        comment: args.comment,
        duration: args.length,
        starts: None,
    };
    shown(common, &told(open(common)?.add_silence(&wanted))?)
}

fn end(common: &Common, id: &str, by: Option<String>) -> Result<ExitCode> {
    let said = EndSilenceBody {
        by: by.unwrap_or_else(setup::user),
    };
    shown(common, &told(open(common)?.end_silence(id, &said))?)
}

fn shown(common: &Common, silence: &SilenceBody) -> Result<ExitCode> {
    if common.json {
        print::json(silence)?;
    } else {
        print::line(&format!(
            "{} ({}): {} until {}, by {}",
            silence.id,
            silence.state,
            silence.matchers.join(" "),
            minute(silence.ends),
            silence.by
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(common: &Common, all: bool) -> Result<ExitCode> {
    let body = told(open(common)?.silences(all))?;
    if common.json {
        for silence in &body.items {
            print::json(silence)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if body.items.is_empty() {
        print::line(match all {
            true => "no silences so far",
            false => "no silence is in force; --all shows those that have ended",
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |silence: &SilenceBody| {
        vec![
            silence.id.clone(),
            silence.state.clone(),
            silence.matchers.join(" "),
            minute(silence.ends),
            silence.by.clone(),
            silence.comment.clone(),
        ]
    };
    print::table(
        &["ID", "STATE", "MATCHERS", "ENDS", "BY", "WHY"],
        &[8, 8, 60, 25, 24, 60],
        &body.items.iter().map(row).collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}
