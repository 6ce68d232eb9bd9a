//! `bellwether rebuild`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use bellwether_archive::{Derived, LogReader, Role};
use bellwether_indexer::Indexer;
use serde::Serialize;

use crate::cli::{Common, Rebuilt};
use crate::pipeline::{Pipeline, index_all, never_stopped};
use crate::progress::Progress;
use crate::{print, setup};

#[derive(Serialize)]
struct RebuiltBody {
    index: bool,
    derived: bool,
    seq: String,
    items: u64,
}

/// Throws away what can be computed, and computes it anew. Nobody is told anything: the desk is not
/// touched.
pub(crate) fn rebuild(common: &Common, what: Option<Rebuilt>) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let dir = setup::existing_data(common, &config)?;
    let lock = Arc::new(dir.lock(Role::Index)?);
    let log = LogReader::open(&dir)?;
    let (index, derived) = (what != Some(Rebuilt::Derived), what != Some(Rebuilt::Index));
    let mut progress = Progress::new();
    if index {
        Indexer::discard(&dir)?;
    }
    if derived {
        Derived::open(&dir)?.clear()?;
        Pipeline::open(&dir, lock, &config, None, &mut progress, &never_stopped)?
            .catch_up(&mut progress)?;
    } else {
        index_all(
            &mut Indexer::open(&dir, &log)?,
            &log,
            &mut progress,
            &never_stopped,
        )?;
    }
    let body = RebuiltBody {
        index,
        derived,
        seq: log.head()?.seq.to_string(),
        items: log.item_count()?,
    };
    if common.json {
        print::json(&body)?;
    } else {
        let what = match (index, derived) {
            (true, true) => "index and derived data",
            (true, false) => "index",
            _ => "derived data",
        };
        print::line(&format!("{what} computed anew from {} items", body.items))?;
    }
    Ok(ExitCode::SUCCESS)
}
