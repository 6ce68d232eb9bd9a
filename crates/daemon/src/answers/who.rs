//! Who is who at the moment a question is asked.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bellwether_archive::{ArchiveError, ImportedSource, LogReader};
use bellwether_model::{
    Actor, Affiliation, Directory, Group, Narrative, Reach, Seq, Source, SourceKind, Span,
};
use bellwether_query::Names;
use bellwether_text::Segmenter;

use super::coverage::Roster;
use super::origins::Accounts;

/// Who and what the configuration in force knows.
#[derive(Debug, Clone, Default)]
pub struct Configured {
    /// The groups.
    pub groups: Vec<Group>,
    /// The sources.
    pub sources: Vec<Source>,
    /// The actors.
    pub actors: Vec<Actor>,
    /// The narratives.
    pub narratives: Vec<Narrative>,
}

/// The sources in force: configured ones, and those that an import brought.
#[derive(Debug, Default)]
pub(crate) struct Who {
    pub(crate) directory: Directory,
    pub(super) names: Arc<Names>,
    pub(super) roster: Roster,
    pub(super) accounts: Accounts,
    segmenter: OnceLock<Segmenter>,
    imported: Vec<ImportedSource>,
}

impl Who {
    fn new(configured: &Configured, names: Arc<Names>, imported: Vec<ImportedSource>) -> Self {
        let directory = Directory::new(
            configured.groups.iter().cloned(),
            configured.sources.iter().cloned(),
            imported.iter().map(source),
        )
        .with_actors(configured.actors.iter().cloned())
        .with_narratives(configured.narratives.iter().cloned());
        let roster = Roster::new(&directory, |source| imported_span(&imported, source));
        Self {
            accounts: Accounts::new(&directory),
            directory,
            names,
            roster,
            segmenter: OnceLock::new(),
            imported,
        }
    }

    /// What cuts texts into words, with the names of actors as words.
    pub(super) fn segmenter(&self) -> &Segmenter {
        self.segmenter.get_or_init(|| {
            let aliases = self.directory.actors().flat_map(|actor| &actor.aliases);
            Segmenter::with_names(aliases.map(|alias| alias.text.as_str()))
        })
    }
}

/// The stretch that imports of a source cover: those of its publisher, which stand for polls of all its
/// sources, and its own history.
fn imported_span(imported: &[ImportedSource], source: &Source) -> Option<Span> {
    imported
        .iter()
        .filter(|known| {
            let is_of_all = known.id.as_str().starts_with("import:");
            known.id == source.id || (is_of_all && known.publisher == source.publisher)
        })
        .map(|known| Span {
            from: known.first,
            to: known.last,
        })
        .reduce(|a, b| Span {
            from: a.from.min(b.from),
            to: a.to.max(b.to),
        })
}

/// An imported publisher as a source; nothing is on record about it but what its lines say.
fn source(imported: &ImportedSource) -> Source {
    Source {
        id: imported.id.clone(),
        name: imported.publisher.to_string(),
        kind: SourceKind::Import,
        reading: bellwether_model::Reading::default(),
        url: None,
        reach: Reach::default(),
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

fn names(configured: &Configured) -> Arc<Names> {
    let directory = Directory::default().with_actors(configured.actors.iter().cloned());
    Arc::new(Names::new(&directory))
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
        let names = names(&configured);
        let who = Arc::new(Who::new(&configured, names, Vec::new()));
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
        let names = names(&configured);
        held.who = Arc::new(Who::new(&configured, names, held.who.imported.clone()));
        held.configured = configured;
    }

    pub(super) fn at(&self, seq: Seq, log: &LogReader) -> Result<Arc<Who>, ArchiveError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.seq != Some(seq) {
            let imported = log.imported_sources()?;
            if imported != held.who.imported {
                let names = Arc::clone(&held.who.names);
                held.who = Arc::new(Who::new(&held.configured, names, imported));
            }
            held.seq = Some(seq);
        }
        Ok(Arc::clone(&held.who))
    }
}
