//! From a folder to a configuration, or to everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bellwether_model::{Directory, ReceiverId};
use toml::de::DeTable;

use crate::config::{Config, CoverageSettings, Settings};
use crate::fault::{Faults, Sink};
use crate::files::{self, Folder, Kind};
use crate::keys::{self, Section};
use crate::queries::InForce;
use crate::receivers::{Given, Secrets, receivers};
use crate::register::Register;
use crate::table::{self, File, Table};
use crate::{actors, elections, groups, narratives, routes, rules, settings, sources, templates};

/// Reads and checks a configuration folder. `environment` answers for the variables that
/// `url_env` names.
///
/// # Errors
/// [`Faults`] with every fault of every file.
pub fn load(dir: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config, Faults> {
    let sink = Sink::default();
    let folder = files::read(dir, &sink);
    loaded(folder, dir, environment, sink)
}

/// The same, with a file of rules in place of those of the folder.
///
/// # Errors
/// [`Faults`] with every fault of every other file and of this one.
pub fn load_with_rules(
    dir: &Path,
    rules: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, Faults> {
    let sink = Sink::default();
    let folder = files::read_with_rules(dir, rules, &sink);
    loaded(folder, dir, environment, sink)
}

fn loaded(
    folder: Folder,
    dir: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    sink: Sink,
) -> Result<Config, Faults> {
    let config = validate(&folder, &Secrets { dir, environment }, &sink);
    let warnings = sink.into_result()?;
    Ok(Config {
        warnings,
        digest: folder.digest(),
        text: folder.snapshot(),
        ..config
    })
}

/// What the files mean; only to be used where the sink has heard of no fault.
fn validate(folder: &Folder, secrets: &Secrets<'_>, sink: &Sink) -> Config {
    let documents = Documents::parse(folder, sink);
    let register = |noun, plural, kind| Register::new(noun, plural, documents.is_incomplete(kind));

    let settings_tops = documents.tops(Kind::Settings, sink);
    let settings = settings_tops
        .first()
        .map_or_else(Settings::default, settings::settings);

    let mut election_ids = register("election", "elections", Kind::Elections);
    let elections: Vec<_> = documents
        .tops(Kind::Elections, sink)
        .iter()
        .flat_map(|top| elections::elections(top, &mut election_ids))
        .collect();

    let mut group_ids = register("group", "groups", Kind::Groups);
    let groups: Vec<_> = documents
        .tops(Kind::Groups, sink)
        .iter()
        .flat_map(|top| groups::groups(top, &mut group_ids))
        .collect();

    let mut source_ids = register("source", "sources", Kind::Sources);
    let mut groups_with_members = BTreeSet::new();
    let tops = documents.tops(Kind::Sources, sink);
    let sources: Vec<_> = tops
        .iter()
        .flat_map(|top| {
            let mut named = sources::Named {
                ids: &mut source_ids,
                groups: &group_ids,
                groups_with_members: &mut groups_with_members,
            };
            sources::sources(top, &mut named)
        })
        .collect();
    sources::check_together(&sources, sink);
    let untold: BTreeSet<_> = sources
        .iter()
        .filter(|placed| !placed.is_told)
        .map(|placed| placed.source.id.clone())
        .collect();
    let sources: Vec<_> = sources.into_iter().map(|placed| placed.source).collect();

    let mut actor_ids = register("actor", "actors", Kind::Actors);
    let tops = documents.tops(Kind::Actors, sink);
    let actors: Vec<_> = tops
        .iter()
        .flat_map(|top| actors::actors(top, &mut actor_ids))
        .collect();
    actors::check_together(&actors, sink);
    let actors: Vec<_> = actors.into_iter().map(|placed| placed.actor).collect();

    // What is wrong itself is not in the directory, and would be said to be missing.
    let in_force = (!sink.has_faults()).then(|| {
        let directory = Directory::new(groups.iter().cloned(), sources.iter().cloned(), []);
        InForce::new(directory.with_actors(actors.iter().cloned()))
    });

    let mut narrative_ids = register("narrative", "narratives", Kind::Narratives);
    let tops = documents.tops(Kind::Narratives, sink);
    let narratives: Vec<_> = tops
        .iter()
        .flat_map(|top| {
            let mut named = narratives::Named {
                ids: &mut narrative_ids,
                elections: &election_ids,
                actors: &actor_ids,
                in_force: in_force.as_ref(),
            };
            narratives::narratives(top, &mut named)
        })
        .collect();
    narratives::check_together(&narratives, sink);
    let narrative_queries: BTreeMap<_, _> = narratives
        .iter()
        .map(|placed| (placed.narrative.id.clone(), placed.query.clone()))
        .collect();
    let narratives: Vec<_> = narratives
        .into_iter()
        .map(|placed| placed.narrative)
        .collect();
    let in_force = in_force
        .filter(|_| !sink.has_faults())
        .map(|in_force| in_force.with_narratives(narratives.iter().cloned()));

    let mut receiver_ids = register("receiver", "receivers", Kind::Receivers);
    let tops = documents.tops(Kind::Receivers, sink);
    let receivers: Vec<_> = tops
        .iter()
        .flat_map(|top| {
            let given = Given {
                secrets,
                templates: &folder.templates,
                is_proxied: settings.fetch.proxy.is_some(),
            };
            receivers(top, &mut receiver_ids, &given)
        })
        .collect();
    templates::warn_of_unused(&folder.templates, &receivers, sink);
    let route = tops
        .first()
        .and_then(|top| routes::tree(top, &receiver_ids));

    let named = rules::Named {
        groups: &group_ids,
        groups_with_members: (!documents.is_incomplete(Kind::Sources))
            .then_some(groups_with_members),
        receivers: &receiver_ids,
        elections: &election_ids,
        calendars: &elections,
        narratives: &narrative_ids,
        narrative_queries: &narrative_queries,
        in_force: in_force.as_ref(),
    };
    let mut rule_ids = register("rule", "rules", Kind::Rules);
    let (mut rules, mut term_rules) = (Vec::new(), Vec::new());
    let tops = documents.tops(Kind::Rules, sink);
    for read in tops
        .iter()
        .flat_map(|top| rules::rules(top, &mut rule_ids, &named))
    {
        match read {
            rules::Read::Query(rule) => rules.push(rule),
            rules::Read::Terms(rule) => term_rules.push(rule),
        }
    }
    let named = rules.iter().flat_map(|rule| &rule.rule.receivers);
    let named = named.chain(term_rules.iter().flat_map(|rule| &rule.receivers));
    let coverage = CoverageSettings {
        receivers: coverage_receivers(settings_tops.first(), &receiver_ids, named, route.is_some()),
        untold,
    };

    Config {
        settings,
        elections,
        groups,
        sources,
        actors,
        narratives,
        rules,
        term_rules,
        receivers,
        route,
        coverage,
        warnings: Vec::new(),
        digest: String::new(),
        text: String::new(),
    }
}

/// Who is told of coverage: those that `[coverage]` names, else whom the tree says, else all that a rule
/// names.
fn coverage_receivers<'a, 'r>(
    settings: Option<&Table<'a>>,
    known: &Register<'a>,
    named: impl Iterator<Item = &'r ReceiverId>,
    has_tree: bool,
) -> Option<Vec<ReceiverId>> {
    let table = settings.and_then(|top| top.table("coverage", &keys::COVERAGE));
    match table.filter(|table| table.has("receivers")) {
        Some(table) => Some(rules::receivers(&table, known)),
        None if has_tree => None,
        None => {
            let named: BTreeSet<_> = named.cloned().collect();
            Some(named.into_iter().collect())
        }
    }
}

/// The files that are TOML, and the kinds of those that are not.
struct Documents<'a> {
    parsed: Vec<(Kind, &'a File, DeTable<'a>)>,
    incomplete: Vec<Kind>,
}

impl<'a> Documents<'a> {
    fn parse(folder: &'a Folder, sink: &Sink) -> Self {
        let mut documents = Self {
            parsed: Vec::new(),
            incomplete: folder.unread.clone(),
        };
        for file in &folder.files {
            let kind = Kind::of(file);
            match table::parse(file, sink) {
                Some(table) => {
                    // Under a mistyped name, too, may stand what others refer to.
                    if !is_as_typed(&table, kind.section()) {
                        documents.incomplete.push(kind);
                    }
                    documents.parsed.push((kind, file, table));
                }
                None => documents.incomplete.push(kind),
            }
        }
        documents
    }

    fn tops<'d>(&'d self, kind: Kind, sink: &'d Sink) -> Vec<Table<'d>>
    where
        'a: 'd,
    {
        self.parsed
            .iter()
            .filter(|(of, _, _)| *of == kind)
            .map(|(_, file, table)| Table::top(file, table, kind.section(), sink))
            .collect()
    }

    fn is_incomplete(&self, kind: Kind) -> bool {
        self.incomplete.contains(&kind)
    }
}

/// Whether the top of a file has known keys only, and no table where a list of tables belongs.
fn is_as_typed(table: &DeTable<'_>, section: &Section) -> bool {
    table.iter().all(|(key, value)| {
        let list_expected = section.keys.last() == Some(&key.get_ref().as_ref());
        section.keys.contains(&key.get_ref().as_ref())
            && (value.get_ref().is_array() || !list_expected)
    })
}
