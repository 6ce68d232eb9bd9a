//! The `bellwether` command: reads what was typed, wires the crates together, prints the answer.
//!
//! Nothing is decided here. Standard output carries the answer, standard error everything else; a
//! command ends with 0 (done), 1 (failed) or 2 (usage or configuration).

mod accounts;
mod alerts;
mod ask;
mod check;
mod cli;
mod clock;
mod counts;
mod coverage;
mod demo;
mod forget;
mod history;
mod import;
mod keep;
mod lineages;
mod look;
mod pipeline;
mod poll;
mod print;
mod probe;
mod progress;
mod queries;
mod rebuild;
mod reload;
mod replay;
mod route_test;
mod run;
mod send_test;
mod setup;
mod shuffle;
mod silence;
mod sources;
mod story;
mod verify;
mod why;
mod why_term;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::cli::{Cli, Command};
use crate::setup::Usage;

/// Few: what takes long has threads of its own.
const WORKER_THREADS: usize = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let is_long = matches!(
        cli.command,
        Command::Run { .. } | Command::Poll { once: false, .. }
    );
    setup::start_logging(if is_long { "info" } else { "warn" });
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) if print::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

fn dispatch(cli: Cli) -> Result<ExitCode> {
    let common = &cli.common;
    match cli.command {
        Command::Run { listen } => block_on(run::run(common, listen)),
        Command::Demo { exit, listen } => block_on(demo::demo(common, exit, listen)),
        Command::Check => check::check(common),
        Command::Poll { once, source } => block_on(poll::poll(common, once, source)),
        Command::Import {
            files,
            format,
            publisher,
            strict,
            history,
        } => match history.history {
            true => block_on(history::import(common, history)),
            false => block_on(import::import(common, &files, format, publisher, strict)),
        },
        Command::Forget { id, why, by } => forget::forget(common, &id, by, &why),
        Command::Verify => verify::verify(common),
        Command::Replay {
            files,
            flags,
            queries,
            groups,
            shuffle,
        } => {
            let replay = replay::Replay {
                files: &files,
                flags: &flags,
                queries: queries.as_deref(),
                groups: groups.as_deref(),
                shuffle,
            };
            block_on(replay.run(common))
        }
        Command::Rebuild { what } => rebuild::rebuild(common, what),
        Command::Items { source, limit } => ask::items(common, source, limit),
        Command::Search(args) => ask::search(common, args),
        Command::Story { id } => story::story(common, &id),
        Command::ColumnTitles => story::column_titles(common),
        Command::Timeline(args) => counts::timeline(common, args),
        Command::Facets(args) => counts::facets(common, args),
        Command::Terms(args) => counts::terms(common, args),
        Command::Echo { of } => counts::echo(common, of),
        Command::Bursts { window, limit } => ask::bursts(common, window, limit),
        Command::Explain { rule, term } => why::explain(common, rule, term),
        Command::Backtest(args) => why::backtest(common, args),
        Command::Alerts { history } => alerts::alerts(common, history),
        Command::Ack(args) => alerts::ack(common, args),
        Command::User { what } => accounts::user(common, what),
        Command::Token { what } => accounts::token(common, what),
        Command::Audit(args) => accounts::audit(common, &args),
        Command::Silence { what } => silence::silence(common, what),
        Command::RouteTest(args) => route_test::route_test(common, &args),
        Command::Deliveries { receiver, limit } => {
            alerts::deliveries(common, receiver.as_deref(), limit)
        }
        Command::SendTest { receiver } => block_on(send_test::send_test(common, &receiver)),
        Command::Rules => alerts::rules(common),
        Command::Probe { url, kind, country } => {
            block_on(probe::probe(common, &url, kind, country))
        }
        Command::Sources {
            check: true,
            all,
            out,
        } => block_on(sources::check(common, all, out)),
        Command::Sources { check: false, .. } => ask::sources(common),
        Command::Coverage(args) => coverage::coverage(common, args),
        Command::Queries { what } => queries::queries(common, what),
        Command::Export(args) => queries::export(common, args),
    }
}

fn block_on(command: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .enable_all()
        .build()?
        .block_on(command)
}
