//! `bellwether verify`.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_archive::{DataDir, LogReader, Verified};
use bellwether_indexer::{IndexError, LocalEngine};
use bellwether_query::{Bound, SearchEngine};
use serde::Serialize;

use crate::cli::Common;
use crate::progress::Progress;
use crate::{print, setup};

#[derive(Serialize)]
struct VerifiedBody {
    ok: bool,
    entries: u64,
    items: u64,
    items_gone: u64,
    versions: u64,
    captures: u64,
    captures_gone: u64,
    bytes: u64,
    fault_count: u64,
    faults: Vec<FaultBody>,
}

#[derive(Serialize)]
struct FaultBody {
    place: String,
    what: String,
}

/// Reads everything back and says what is not as it should be. Changes nothing.
pub(crate) fn verify(common: &Common) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let dir = setup::existing_data(common, &config)?;
    let mut progress = Progress::new();
    // Behind the log, it is asked before the log.
    let index = index(&dir);
    let mut verified = bellwether_archive::verify(&dir, &mut |done, total| {
        progress.show("captures read", done, total);
    })?;
    progress.done();
    check_index(&dir, index, &mut verified)?;
    let is_ok = verified.fault_count == 0;
    show(common, verified)?;
    Ok(if is_ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// How far the index goes, and how many items it has.
fn index(dir: &DataDir) -> Result<(u64, u64), IndexError> {
    let engine = LocalEngine::new(dir);
    let seq = engine.seq()?.0;
    Ok((seq, engine.count(&Bound::All).unwrap_or(u64::MAX)))
}

fn check_index(
    dir: &DataDir,
    index: Result<(u64, u64), IndexError>,
    verified: &mut Verified,
) -> Result<()> {
    let log = LogReader::open(dir)?;
    let head = log.head()?.seq.0;
    match index {
        Ok((seq, _)) if seq > head => verified.fault(
            "index",
            format!("it is at entry {seq}, beyond the end of the log, {head}"),
        ),
        Ok((seq, items)) if seq == head && items != verified.items => verified.fault(
            "index",
            format!(
                "it has {items} items, the log {}; run `bellwether rebuild index`",
                verified.items
            ),
        ),
        // Made anew from the log by whoever has the role `index` next.
        Ok(_) | Err(IndexError::Absent(_) | IndexError::OtherVersion(_)) => {}
        Err(error) => verified.fault("index", error.to_string()),
    }
    Ok(())
}

fn show(common: &Common, verified: Verified) -> Result<()> {
    if common.json {
        return print::json(&VerifiedBody {
            ok: verified.fault_count == 0,
            entries: verified.entries,
            items: verified.items,
            items_gone: verified.items_gone,
            versions: verified.versions,
            captures: verified.captures,
            captures_gone: verified.captures_gone,
            bytes: verified.bytes,
            fault_count: verified.fault_count,
            faults: verified
                .faults
                .into_iter()
                .map(|fault| FaultBody {
                    place: fault.place,
                    what: fault.what,
                })
                .collect(),
        });
    }
    for fault in &verified.faults {
        print::line(&format!("{}: {}", fault.place, fault.what))?;
    }
    let untold = verified.fault_count - verified.faults.len() as u64;
    if untold > 0 {
        print::line(&format!("and {untold} more faults"))?;
    }
    let found = match verified.fault_count {
        0 => "no faults".to_owned(),
        1 => "1 fault".to_owned(),
        count => format!("{count} faults"),
    };
    print::line(&format!(
        "{found}: {} entries, {} items with {} wordings, {} captures of {} bytes read back; {} captures and {} items are no longer kept",
        verified.entries,
        verified.items,
        verified.versions,
        verified.captures,
        verified.bytes,
        verified.captures_gone,
        verified.items_gone,
    ))
}
