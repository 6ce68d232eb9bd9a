//! What is wrong in the files, and where.

use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;

use crate::table::Place;

/// One thing that is wrong, or, among the warnings, one that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, below the configuration folder as it was named by the caller.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file.display(),
            self.line,
            self.column,
            self.message
        )?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// All faults of a configuration, sorted by file and line; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// What was found by those who know what the files are for; `None` where that is nothing.
    #[must_use]
    pub fn of(mut faults: Vec<Fault>) -> Option<Self> {
        faults.sort();
        faults.dedup();
        (!faults.is_empty()).then_some(Self(faults))
    }

    /// The faults, sorted by file and line.
    #[must_use]
    pub fn as_slice(&self) -> &[Fault] {
        &self.0
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{fault}")?;
        }
        let faults = match self.0.len() {
            1 => "1 fault".to_owned(),
            n => format!("{n} faults"),
        };
        write!(
            f,
            "{faults}; nothing was changed, a running system keeps the configuration it has"
        )
    }
}

/// Where the checks put what they find. Shared by reference, so that a table can be handed around
/// together with the place that hears about it.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    faults: RefCell<Vec<Fault>>,
    warnings: RefCell<Vec<Fault>>,
}

impl Sink {
    pub(crate) fn fault(&self, place: Place<'_>, message: impl Into<String>, hint: Option<String>) {
        self.push(place.fault(message.into(), hint));
    }

    pub(crate) fn push(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    pub(crate) fn warn(&self, place: Place<'_>, message: impl Into<String>, hint: Option<String>) {
        self.warnings
            .borrow_mut()
            .push(place.fault(message.into(), hint));
    }

    /// Whether something was found to be wrong so far.
    pub(crate) fn has_faults(&self) -> bool {
        !self.faults.borrow().is_empty()
    }

    /// The warnings where there is no fault.
    pub(crate) fn into_result(self) -> Result<Vec<Fault>, Faults> {
        let mut faults = self.faults.into_inner();
        if faults.is_empty() {
            let mut warnings = self.warnings.into_inner();
            warnings.sort();
            return Ok(warnings);
        }
        faults.sort();
        faults.dedup();
        Err(Faults(faults))
    }
}
