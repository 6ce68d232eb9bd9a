//! `bellwether check`.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_config::{Config, Fault};
use serde::Serialize;

use crate::cli::Common;
use crate::{print, setup};

#[derive(Serialize)]
struct Checked {
    ok: bool,
    faults: Vec<FaultBody>,
    warnings: Vec<FaultBody>,
}

#[derive(Serialize)]
struct FaultBody {
    file: String,
    line: usize,
    column: usize,
    message: String,
    hint: Option<String>,
}

impl From<&Fault> for FaultBody {
    fn from(fault: &Fault) -> Self {
        Self {
            file: fault.file.display().to_string(),
            line: fault.line,
            column: fault.column,
            message: fault.message.clone(),
            hint: fault.hint.clone(),
        }
    }
}

/// Prints every fault, or what there is.
pub(crate) fn check(common: &Common) -> Result<ExitCode> {
    let loaded = setup::loaded(common);
    let (faults, warnings) = match &loaded {
        Ok(config) => (Vec::new(), config.warnings.clone()),
        Err(faults) => (faults.as_slice().to_vec(), Vec::new()),
    };
    if common.json {
        print::json(&Checked {
            ok: loaded.is_ok(),
            faults: faults.iter().map(FaultBody::from).collect(),
            warnings: warnings.iter().map(FaultBody::from).collect(),
        })?;
    } else {
        for fault in &faults {
            print::line(&fault.to_string())?;
        }
        for warning in &warnings {
            print::line(&format!("{warning} (a warning)"))?;
        }
        match &loaded {
            Ok(config) => print::line(&summary(config))?,
            Err(_) => {
                let noun = if faults.len() == 1 { "fault" } else { "faults" };
                print::line(&format!(
                    "{} {noun}; nothing was changed, a running configuration stays",
                    faults.len()
                ))?;
            }
        }
    }
    Ok(if loaded.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    })
}

fn summary(config: &Config) -> String {
    let on = config
        .sources
        .iter()
        .filter(|source| source.enabled)
        .count();
    let receivers = config
        .receivers
        .iter()
        .filter(|receiver| receiver.enabled)
        .count();
    format!(
        "no faults: {} elections, {} groups, {on} of {} sources on, {} actors, {} narratives, {} rules, {receivers} of {} receivers on",
        config.elections.len(),
        config.groups.len(),
        config.sources.len(),
        config.actors.len(),
        config.narratives.len(),
        config.routes().count(),
        config.receivers.len(),
    )
}
