//! What commands have in common: configuration, data folder, the way out, logging.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use bellwether_archive::{ArchiveError, DataDir, LogReader};
use bellwether_config::{Config, Fault, Faults};
use bellwether_model::{Directory, Election, ElectionId, Template};
use bellwether_notifier::template_faults;
use bellwether_outbound::{Outbound, OutboundSettings, Proxy};
use jiff::tz::TimeZone;

use crate::cli::Common;

/// Every name is looked up as this address: for tests, which may touch loopback only.
const RESOLVE_ALL: &str = "BELLWETHER_RESOLVE_ALL";

/// What is logged, in the syntax of `tracing_subscriber::EnvFilter`.
const LOG: &str = "BELLWETHER_LOG";

/// A configuration or usage that a person must mend: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Logs go to standard error, so that standard output is the answer alone.
pub(crate) fn start_logging(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env(LOG)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(
            std::io::IsTerminal::is_terminal(&std::io::stderr())
                && std::env::var_os("NO_COLOR").is_none(),
        )
        .with_target(false)
        .init();
}

/// The configuration, or all its faults.
pub(crate) fn config(common: &Common) -> Result<Config> {
    let config = loaded(common).map_err(|faults| {
        let count = faults.as_slice().len();
        let noun = if count == 1 { "fault" } else { "faults" };
        Usage(format!(
            "{faults}\n{count} {noun} in the configuration; nothing was started"
        ))
    })?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}

/// The configuration, its templates tried on messages of every kind, or all its faults.
pub(crate) fn loaded(common: &Common) -> Result<Config, Faults> {
    let config = bellwether_config::load(&common.config, &|name| std::env::var(name).ok())?;
    let templates = config.receivers.iter();
    let templates: BTreeMap<&str, &Template> = templates
        .filter_map(|receiver| receiver.template.as_ref())
        .map(|template| (template.name.as_str(), template))
        .collect();
    let faults = templates.into_iter().flat_map(|(name, template)| {
        let faults = template_faults(template).into_iter();
        faults.map(move |fault| Fault {
            file: common.config.join(name),
            line: fault.line,
            column: fault.column,
            message: fault.message,
            hint: Some(fault.hint.to_owned()),
        })
    });
    match Faults::of(faults.collect()) {
        None => Ok(config),
        Some(faults) => Err(faults),
    }
}

/// Where the data is: what the command line says, else the configuration, else `data`.
pub(crate) fn data_path(common: &Common, config: &Config) -> PathBuf {
    common
        .data
        .clone()
        .or_else(|| config.settings.data.clone())
        .unwrap_or_else(|| PathBuf::from("data"))
}

/// The data folder, made where there is none.
pub(crate) fn data(common: &Common, config: &Config) -> Result<DataDir> {
    Ok(DataDir::open(&data_path(common, config))?)
}

/// The data folder of a command that only reads.
pub(crate) fn existing_data(common: &Common, config: &Config) -> Result<DataDir> {
    Ok(DataDir::open_existing(&data_path(common, config))?)
}

/// The one way out, for poller and notifier.
pub(crate) fn outbound(config: &Config) -> Result<Outbound> {
    let resolve_all_to = match std::env::var(RESOLVE_ALL) {
        Ok(address) => Some(address.parse::<SocketAddr>().map_err(|_| {
            Usage(format!(
                "{RESOLVE_ALL} is `{address}`; expected an address such as 127.0.0.1:8080"
            ))
        })?),
        Err(_) => None,
    };
    let fetch = &config.settings.fetch;
    let proxy = fetch
        .proxy
        .as_deref()
        .map(Proxy::parse)
        .transpose()
        .context("`[fetch] proxy` cannot be used")?;
    if let Some(proxy) = proxy.as_ref().filter(|proxy| proxy.looks_up_names()) {
        tracing::warn!(
            proxy = proxy.shown(),
            "the proxy looks names up: what they stand for is not checked here"
        );
    }
    Outbound::new(OutboundSettings {
        allow_networks: fetch.allow_networks.clone(),
        user_agent: user_agent(&fetch.contact),
        timeout: fetch.timeout,
        connect_timeout: fetch.timeout.min(Duration::from_secs(10)),
        proxy,
        resolve_all_to,
        ..OutboundSettings::default()
    })
    .context("no connection can be made")
}

/// Which way requests leave, for people.
pub(crate) fn way_out(config: &Config) -> String {
    let proxy = config.settings.fetch.proxy.as_deref();
    // One that cannot be used has been refused before anybody asks for the way.
    match proxy.and_then(|proxy| Proxy::parse(proxy).ok()) {
        Some(proxy) => format!("through the proxy {}", proxy.shown()),
        None => "from this machine's own address".to_owned(),
    }
}

fn user_agent(contact: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    if contact.is_empty() {
        format!("Bellwether/{version}")
    } else {
        format!("Bellwether/{version} ({contact})")
    }
}

/// The sources and groups in force, with those known from imports.
pub(crate) fn directory(config: &Config, log: &LogReader) -> Result<Directory> {
    Ok(directory_now(config, log)?)
}

/// The same for those who tell faults of the log from others.
pub(crate) fn directory_now(config: &Config, log: &LogReader) -> Result<Directory, ArchiveError> {
    let imported = log.imported_sources()?;
    Ok(config.directory(
        imported
            .iter()
            .map(bellwether_archive::ImportedSource::to_source),
    ))
}

/// The configured election of an id.
pub(crate) fn election_of<'a>(
    config: &'a Config,
    election: Option<&ElectionId>,
) -> Option<&'a Election> {
    let id = election?;
    config.elections.iter().find(|election| election.id == *id)
}

/// The zone of the page: that of the election where only one is followed, else UTC.
pub(crate) fn page_zone(config: &Config) -> TimeZone {
    match &config.elections[..] {
        [only] => only.zone(),
        _ => TimeZone::UTC,
    }
}

/// Ends when the process is told to stop. Being told a second time ends the process at once, as a
/// kill would: nothing acknowledged is lost by it.
pub(crate) async fn told_to_stop() {
    told().await;
    tokio::spawn(async {
        told().await;
        std::process::exit(130);
    });
}

async fn told() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without it there is still Ctrl-C.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// A folder of its own for what is played: the new one that `--data` names, else a temporary one,
/// which is deleted when it is dropped.
pub(crate) fn new_folder(
    common: &Common,
    what: &str,
) -> Result<(Option<tempfile::TempDir>, std::path::PathBuf)> {
    match &common.data {
        // What is there must not be mixed with what is played, nor a configuration be replaced.
        Some(path)
            if path
                .read_dir()
                .is_ok_and(|mut entries| entries.next().is_some()) =>
        {
            Err(Usage(format!(
                "{} is not empty; name a new folder for the {what}, or leave --data out",
                path.display()
            ))
            .into())
        }
        Some(path) => Ok((None, path.clone())),
        None => {
            let temporary = tempfile::Builder::new()
                .prefix(&format!("bellwether-{what}-"))
                .tempdir()?;
            let path = temporary.path().to_owned();
            Ok((Some(temporary), path))
        }
    }
}

/// Who asks, as the system says.
pub(crate) fn user() -> String {
    ["USER", "LOGNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}
