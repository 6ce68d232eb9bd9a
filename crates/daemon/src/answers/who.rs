//! Who is who at the moment a question is asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bellwether_archive::{ArchiveError, ImportedSource, LogReader};
use bellwether_model::{Affiliation, Directory, Group, PublisherId, Seq, Source, SourceKind, Span};

/// The groups and sources of the configuration in force.
#[derive(Debug, Clone, Default)]
pub struct Configured {
    /// The groups.
    pub groups: Vec<Group>,
    /// The sources.
    pub sources: Vec<Source>,
}

/// The sources in force: configured ones, and those that an import brought.
#[derive(Debug, Default)]
pub(crate) struct Who {
    pub(crate) directory: Directory,
    imported: Vec<ImportedSource>,
    spans: BTreeMap<PublisherId, Span>,
}

impl Who {
    fn new(configured: &Configured, imported: Vec<ImportedSource>) -> Self {
        let directory = Directory::new(
            configured.groups.iter().cloned(),
            configured.sources.iter().cloned(),
            imported.iter().map(source),
        );
        let spans = imported
            .iter()
            .map(|source| {
                let span = Span {
                    from: source.first,
                    to: source.last,
                };
                (source.publisher.clone(), span)
            })
            .collect();
        Self {
            directory,
            imported,
            spans,
        }
    }

    /// The times of the first and the last imported item of a publisher.
    pub(super) fn imported_span(&self, publisher: &PublisherId) -> Option<Span> {
        self.spans.get(publisher).copied()
    }
}

/// An imported publisher as a source; nothing is on record about it but what its lines say.
fn source(imported: &ImportedSource) -> Source {
    Source {
        id: imported.id.clone(),
        name: imported.publisher.to_string(),
        kind: SourceKind::Import,
        url: None,
        publisher: imported.publisher.clone(),
        family: imported.family.clone(),
        groups: imported.groups.clone(),
        country: None,
        languages: Vec::new(),
        every: Duration::ZERO,
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

/// Knows who is who, and looks again only where something may have changed.
pub(super) struct Register {
    held: Mutex<Held>,
}

struct Held {
    configured: Configured,
    /// The end of the log when it was last looked at.
    seq: Option<Seq>,
    who: Arc<Who>,
}

impl Register {
    pub(super) fn new(configured: Configured) -> Self {
        let who = Arc::new(Who::new(&configured, Vec::new()));
        Self {
            held: Mutex::new(Held {
                configured,
                seq: None,
                who,
            }),
        }
    }

    pub(super) fn configure(&self, configured: Configured) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.who = Arc::new(Who::new(&configured, held.who.imported.clone()));
        held.configured = configured;
    }

    pub(super) fn now(&self, log: &LogReader) -> Result<Arc<Who>, ArchiveError> {
        let seq = log.head()?.seq;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.seq != Some(seq) {
            let imported = log.imported_sources()?;
            if imported != held.who.imported {
                held.who = Arc::new(Who::new(&held.configured, imported));
            }
            held.seq = Some(seq);
        }
        Ok(Arc::clone(&held.who))
    }
}
