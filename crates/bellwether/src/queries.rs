//! `bellwether queries` and `bellwether export`: what is saved under a name, and answers as files.
//!
//! Both ask as HTTP does. An export is written piece by piece, so that its length costs no memory;
//! a file gets its name only when it is whole.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bellwether_api::{NewQueryBody, SavedQueryBody};
use bellwether_daemon::{
    Answers, CoverageParams, EchoParams, Export, Exported, FacetsParams, Format, ListParams,
    SearchParams, TermsParams, TimelineParams,
};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::ask::{open, told};
use crate::cli::{Common, Window};
use crate::print;

/// What is done with saved queries.
#[derive(Debug, Subcommand)]
pub(crate) enum Queries {
    /// List them by name
    #[command(after_help = "Examples:
  bellwether queries list
  bellwether queries list --toml > queries.toml")]
    List {
        /// As TOML, to keep or to make rules of
        #[arg(long)]
        toml: bool,
    },
    /// Save a query under a name, or change the one that has it
    #[command(after_help = "Examples:
  bellwether queries save 'Ballots, both scripts' '作票 OR \"ballot fraud\"' --from 7d
  bellwether queries save 作票 作票 --zone Asia/Taipei --author Lin")]
    Save {
        /// Its name, in any script
        name: String,
        /// The query
        query: String,
        #[command(flatten)]
        window: Window,
        /// Which come first
        #[arg(long, value_parser = ["newest", "oldest", "relevance"])]
        sort: Option<String>,
        /// The time zone in which days are meant, such as Asia/Taipei
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// Who saves it
        #[arg(long, value_name = "NAME")]
        author: Option<String>,
    },
    /// Remove one
    #[command(after_help = "Examples:
  bellwether queries remove ballots-both-scripts
  bellwether queries remove 作票")]
    Remove {
        /// Its id, as the list shows it
        id: String,
    },
}

/// What is exported, and where to.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The query, of items and timelines; everything where it is left out
    query: Option<String>,
    /// What is exported
    #[arg(long, value_enum, default_value_t = What::Items)]
    what: What,
    #[command(flatten)]
    window: Window,
    /// Which items come first
    #[arg(long)]
    sort: Option<String>,
    /// Length of a bin of a timeline; of coverage, hour or day
    #[arg(long)]
    bin: Option<String>,
    /// What the counts of a timeline are split by, the fields of facets, or the rows of coverage
    #[arg(long)]
    by: Option<String>,
    /// At most so many lines, or values and words that are counted [default: all; of these 20]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// The name of an actor also finds the actor's other names
    #[arg(long)]
    names: bool,
    /// The time zone in which days are meant, such as Asia/Taipei
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The form of the lines
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// Begin a CSV with a byte order mark, for spreadsheets that need it
    #[arg(long)]
    bom: bool,
    /// Where to [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// RFC 4180, with formulas made harmless
    Csv,
    /// One JSON object a line
    Ndjson,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The items that match
    Items,
    /// The bins of a timeline
    Timeline,
    /// What the matches are made of, by the fields of `--by`
    Facets,
    /// The words that set the matches apart
    Terms,
    /// Who carries what another group was first with
    Echo,
    /// Bursts
    Bursts,
    /// Alerts
    Alerts,
    /// Sources
    Sources,
    /// Coverage by the hour or day
    Coverage,
    /// Saved queries
    Queries,
}

/// `bellwether queries`.
pub(crate) fn queries(common: &Common, what: Option<Queries>) -> Result<ExitCode> {
    let answers = open(common)?;
    match what.unwrap_or(Queries::List { toml: false }) {
        Queries::List { toml } => list(common, &told(answers.saved_queries())?.items, toml),
        Queries::Save {
            name,
            query,
            window,
            sort,
            zone,
            author,
        } => {
            let new = NewQueryBody {
                name,
                query,
                from: window.from,
                to: window.to,
                sort,
                zone,
                author,
            };
            save(common, &answers, &new)
        }
        Queries::Remove { id } => {
            told(answers.remove_query(&id))?;
            if !common.json {
                print::line(&format!("removed {id}"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(common: &Common, queries: &[SavedQueryBody], as_toml: bool) -> Result<ExitCode> {
    if as_toml {
        let file = toml::to_string(&TomlFile {
            query: queries.iter().map(TomlQuery::of).collect(),
        })?;
        stdout().lock().write_all(file.as_bytes())?;
    } else if common.json {
        for query in queries {
            print::json(query)?;
        }
    } else if queries.is_empty() {
        print::line("no saved queries; `bellwether queries save NAME QUERY` keeps one")?;
    } else {
        let rows: Vec<Vec<String>> = queries
            .iter()
            .map(|query| {
                let typed = |end: &Option<String>| end.clone().unwrap_or_default();
                vec![
                    query.id.clone(),
                    query.name.clone(),
                    typed(&query.from),
                    typed(&query.to),
                    query.query.clone(),
                ]
            })
            .collect();
        print::table(
            &["ID", "NAME", "FROM", "TO", "QUERY"],
            &[32, 40, 20, 20, 100],
            &rows,
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn save(common: &Common, answers: &Answers, new: &NewQueryBody) -> Result<ExitCode> {
    let saved = match answers.save_query(new) {
        Err(problem) if problem.kind == "/problems/name-taken" => {
            let all = told(answers.saved_queries())?;
            let other = all.items.into_iter().find(|other| other.name == new.name);
            match other {
                Some(other) => told(answers.change_query(&other.id, new))?,
                None => told(Err(problem))?,
            }
        }
        saved => told(saved)?,
    };
    if common.json {
        print::json(&saved)?;
    } else {
        print::line(&format!("saved as {}", saved.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct TomlFile<'a> {
    query: Vec<TomlQuery<'a>>,
}

/// A saved query in TOML; what is not given is left out.
#[derive(Serialize)]
struct TomlQuery<'a> {
    id: &'a str,
    name: &'a str,
    query: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    sort: Option<&'a str>,
    zone: Option<&'a str>,
    author: Option<&'a str>,
    created: String,
    updated: String,
}

impl<'a> TomlQuery<'a> {
    fn of(query: &'a SavedQueryBody) -> Self {
        Self {
            id: &query.id,
            name: &query.name,
            query: &query.query,
            from: query.from.as_deref(),
            to: query.to.as_deref(),
            sort: query.sort.as_deref(),
            zone: query.zone.as_deref(),
            author: query.author.as_deref(),
            created: query.created.to_string(),
            updated: query.updated.to_string(),
        }
    }
}

/// `bellwether export`.
pub(crate) fn export(common: &Common, args: ExportArgs) -> Result<ExitCode> {
    let answers = open(common)?;
    let format = match args.format {
        Form::Csv => Format::Csv { has_mark: args.bom },
        Form::Ndjson => Format::Ndjson,
    };
    let list = ListParams {
        from: args.window.from.clone(),
        to: args.window.to.clone(),
        limit: args.limit,
        ..ListParams::default()
    };
    let q = args.query.unwrap_or_default();
    let what = match args.what {
        What::Items => Exported::Search(SearchParams {
            q,
            from: args.window.from,
            to: args.window.to,
            sort: args.sort,
            limit: args.limit,
            cursor: None,
            names: args.names,
            zone: args.zone,
            each: true,
        }),
        What::Timeline => Exported::Timeline(TimelineParams {
            q,
            from: args.window.from,
            to: args.window.to,
            bin: args.bin,
            by: args.by,
            names: args.names,
            zone: args.zone,
        }),
        What::Facets => Exported::Facets(FacetsParams {
            q,
            from: args.window.from,
            to: args.window.to,
            by: args.by,
            limit: args.limit,
            names: args.names,
            zone: args.zone,
        }),
        What::Terms => Exported::Terms(TermsParams {
            q,
            from: args.window.from,
            to: args.window.to,
            limit: args.limit,
            names: args.names,
            zone: args.zone,
        }),
        What::Echo => Exported::Echo(EchoParams {
            of: TermsParams {
                q,
                from: args.window.from,
                to: args.window.to,
                limit: args.limit,
                names: args.names,
                zone: args.zone,
            },
            states: false,
            by: args.by,
        }),
        What::Bursts => Exported::Bursts(list),
        What::Alerts => Exported::Alerts(list),
        What::Sources => Exported::Sources,
        What::Coverage => Exported::Coverage(CoverageParams {
            from: args.window.from,
            to: args.window.to,
            by: args.by,
            bin: args.bin,
            limit: args.limit,
            zone: args.zone,
            ..CoverageParams::default()
        }),
        What::Queries => Exported::Queries,
    };
    let export = Export::new(what, format);
    match args.output {
        None => write(export, &answers, BufWriter::new(stdout().lock())),
        Some(path) => to_file(export, &answers, &path),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Writes beside the file first: what has its name is whole.
fn to_file(export: Export, answers: &Answers, path: &Path) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let cannot = || format!("cannot write {}", path.display());
    let written = File::create(&part)
        .with_context(cannot)
        .and_then(|file| write(export, answers, BufWriter::new(file)))
        .and_then(|()| std::fs::rename(&part, path).with_context(cannot));
    if written.is_err() {
        // What is unfinished is of no use; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn write(mut export: Export, answers: &Answers, mut out: impl Write) -> Result<()> {
    while let Some(piece) = told(export.next(answers))? {
        out.write_all(piece.as_bytes())?;
    }
    out.flush()?;
    Ok(())
}
