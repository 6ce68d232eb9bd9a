//! Who is who at the moment a question is asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bellwether_archive::{ArchiveError, ImportedSource, LogReader};
use bellwether_model::{
    Actor, Affiliation, Directory, Election, Group, Narrative, Reach, Seq, Source, SourceId,
    SourceKind, TermRule,
};
use bellwether_monitor::WatchedRule;
use bellwether_query::Names;
use bellwether_text::Segmenter;

use super::coverage::Roster;
use super::hours::hour_of;
use super::matched::{self, NarrativeBound};
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
    /// The rules.
    pub rules: Vec<WatchedRule>,
    /// The rules for what nobody listed.
    pub term_rules: Vec<TermRule>,
    /// The elections that they belong to.
    pub elections: Vec<Election>,
}

/// The sources in force: configured ones, and those that an import brought.
#[derive(Debug, Default)]
pub(crate) struct Who {
    pub(crate) directory: Directory,
    pub(super) rules: Vec<WatchedRule>,
    pub(super) term_rules: Vec<TermRule>,
    pub(super) elections: Vec<Election>,
    pub(super) names: Arc<Names>,
    pub(super) roster: Roster,
    pub(super) accounts: Accounts,
    segmenter: OnceLock<Segmenter>,
    narratives: OnceLock<Vec<NarrativeBound>>,
    imported: Vec<ImportedSource>,
    /// What imports cover, by the source that they make.
    pub(super) covered: Arc<Covered>,
}

/// The first and the last hour of each stretch that imports cover, in order and apart.
pub(super) type Covered = BTreeMap<SourceId, Vec<(i64, i64)>>;

impl Who {
    fn new(
        configured: &Configured,
        names: Arc<Names>,
        imported: Vec<ImportedSource>,
        covered: Arc<Covered>,
    ) -> Self {
        let directory = Directory::new(
            configured.groups.iter().cloned(),
            configured.sources.iter().cloned(),
            imported.iter().map(source),
        )
        .with_actors(configured.actors.iter().cloned())
        .with_narratives(configured.narratives.iter().cloned());
        let roster = Roster::new(&directory, |source| {
            imported_hours(&imported, &covered, source)
        });
        Self {
            accounts: Accounts::new(&directory),
            rules: configured.rules.clone(),
            term_rules: configured.term_rules.clone(),
            elections: configured.elections.clone(),
            directory,
            names,
            roster,
            segmenter: OnceLock::new(),
            narratives: OnceLock::new(),
            imported,
            covered,
        }
    }

    /// The queries of the narratives.
    pub(super) fn narratives(&self) -> &[NarrativeBound] {
        self.narratives.get_or_init(|| matched::bind(self))
    }

    /// What cuts texts into words, with the names of actors as words.
    pub(super) fn segmenter(&self) -> &Segmenter {
        self.segmenter.get_or_init(|| {
            let aliases = self.directory.actors().flat_map(|actor| &actor.aliases);
            Segmenter::with_names(aliases.map(|alias| alias.text.as_str()))
        })
    }
}

/// The stretches that imports of a source cover: those of its publisher, which stand for polls of all
/// its sources, and its own history.
fn imported_hours(
    imported: &[ImportedSource],
    covered: &Covered,
    source: &Source,
) -> Vec<(i64, i64)> {
    let hours = imported
        .iter()
        .filter(|known| {
            let is_of_all = known.id.as_str().starts_with("import:");
            known.id == source.id || (is_of_all && known.publisher == source.publisher)
        })
        .filter_map(|known| covered.get(&known.id));
    joined(hours.flatten().copied().collect())
}

/// Stretches of hours in order, those that meet as one.
fn joined(mut hours: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    hours.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::with_capacity(hours.len());
    for (from, to) in hours {
        match joined.last_mut() {
            Some((_, last)) if from <= *last + 1 => *last = to.max(*last),
            _ => joined.push((from, to)),
        }
    }
    joined
}

impl Held {
    /// What imports cover up to a place in the log; of what was read before only the end is read.
    fn covered_at(&self, seq: Seq, log: &LogReader) -> Result<Arc<Covered>, ArchiveError> {
        let before = self.seq.filter(|before| *before <= seq);
        let new = log.imports_between(before.unwrap_or(Seq(0)), seq)?;
        if before.is_some() && new.is_empty() {
            return Ok(Arc::clone(&self.who.covered));
        }
        let mut covered = before.map_or_else(Covered::new, |_| (*self.who.covered).clone());
        for span in new {
            let hours = (hour_of(span.first), hour_of(span.last));
            covered.entry(span.source).or_default().push(hours);
        }
        for hours in covered.values_mut() {
            *hours = joined(std::mem::take(hours));
        }
        Ok(Arc::new(covered))
    }
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
        let who = Who::new(&configured, names, Vec::new(), Arc::default());
        Self {
            held: Mutex::new(Held {
                configured,
                seq: None,
                who: Arc::new(who),
            }),
        }
    }

    pub(super) fn configure(&self, configured: Configured) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let names = names(&configured);
        let (imported, covered) = (held.who.imported.clone(), Arc::clone(&held.who.covered));
        held.who = Arc::new(Who::new(&configured, names, imported, covered));
        held.configured = configured;
    }

    pub(super) fn at(&self, seq: Seq, log: &LogReader) -> Result<Arc<Who>, ArchiveError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.seq != Some(seq) {
            let imported = log.imported_sources()?;
            let covered = held.covered_at(seq, log)?;
            if imported != held.who.imported || !Arc::ptr_eq(&covered, &held.who.covered) {
                let names = Arc::clone(&held.who.names);
                held.who = Arc::new(Who::new(&held.configured, names, imported, covered));
            }
            held.seq = Some(seq);
        }
        Ok(Arc::clone(&held.who))
    }
}
