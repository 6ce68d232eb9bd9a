//! The validated model.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use bellwether_model::{
    Actor, Directory, Election, ElectionId, Group, Narrative, Receiver, ReceiverId, Route, Rule,
    RuleId, Source, SourceId, TermRule,
};
use ipnet::IpNet;

use crate::Fault;

/// A whole configuration without a fault.
#[derive(Debug, Clone)]
pub struct Config {
    /// What stands in `bellwether.toml`.
    pub settings: Settings,
    /// The elections, in the order of their files.
    pub elections: Vec<Election>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The sources, in the order of their files; those that are off too.
    pub sources: Vec<Source>,
    /// The actors, in the order of their files.
    pub actors: Vec<Actor>,
    /// The narratives, in the order of their files.
    pub narratives: Vec<Narrative>,
    /// The rules, each with its parsed query.
    pub rules: Vec<ConfiguredRule>,
    /// The rules for what nobody listed.
    pub term_rules: Vec<TermRule>,
    /// The receivers; those that are off too.
    pub receivers: Vec<Receiver>,
    /// Who is told of the alerts of rules that name nobody themselves, and of the rest.
    pub route: Option<Route>,
    /// Who is told of sources that are no longer collected.
    pub coverage: CoverageSettings,
    /// What is no fault and yet deserves a look.
    pub warnings: Vec<Fault>,
    /// SHA-256, in hex, over names and bytes of all files; files with secrets are not among them.
    pub digest: String,
    /// All files as one text, without comments and secrets: what the log keeps of a configuration.
    pub text: String,
}

impl Config {
    /// The rules of all kinds, with where their alerts go.
    pub fn routes(&self) -> impl Iterator<Item = (&RuleId, &[ReceiverId])> {
        let queries = self.rules.iter().map(|rule| &rule.rule);
        let queries = queries.map(|rule| (&rule.id, &rule.receivers[..]));
        let terms = self.term_rules.iter();
        queries.chain(terms.map(|rule| (&rule.id, &rule.receivers[..])))
    }

    /// The rules of all kinds, with the elections they belong to.
    pub fn elections_of_rules(&self) -> impl Iterator<Item = (&RuleId, &ElectionId)> {
        let queries = self.rules.iter().map(|rule| &rule.rule);
        let queries = queries.map(|rule| (&rule.id, rule.election.as_ref()));
        let terms = self.term_rules.iter();
        queries
            .chain(terms.map(|rule| (&rule.id, rule.election.as_ref())))
            .filter_map(|(rule, election)| Some((rule, election?)))
    }

    /// Who is who: the configured groups, sources, actors and narratives, and the sources known from
    /// imports only.
    #[must_use]
    pub fn directory(&self, imported: impl IntoIterator<Item = Source>) -> Directory {
        Directory::new(self.groups.clone(), self.sources.clone(), imported)
            .with_actors(self.actors.clone())
            .with_narratives(self.narratives.clone())
    }
}

/// A rule and its query, ready to be asked.
#[derive(Debug, Clone)]
pub struct ConfiguredRule {
    /// The rule; its `query` is the canonical form, or `narrative:ID` where it names a narrative.
    pub rule: Rule,
    /// The query; that of a narrative finds what any of the narrative's queries finds.
    pub query: bellwether_query::Query,
}

/// Who is told of sources that are no longer collected, and of which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageSettings {
    /// The receivers that `[coverage]` names. Where it is silent, `None` where there is a route tree,
    /// which then decides, else all that a rule names: who relies on being told of bursts must know
    /// what is not being looked at.
    pub receivers: Option<Vec<ReceiverId>>,
    /// Sources that say `alert = false`.
    pub untold: BTreeSet<SourceId>,
}

/// What stands in `bellwether.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the daemon listens.
    pub listen: SocketAddr,
    /// The base of links in messages; without one a message says so.
    pub public_url: Option<String>,
    /// Where the data is kept, unless the command line says.
    pub data: Option<PathBuf>,
    /// How sources are fetched.
    pub fetch: FetchSettings,
    /// How long things are kept.
    pub keep: KeepSettings,
}

impl Settings {
    /// The port of the query daemon, on loopback: alone there, it needs no log-in (DESIGN 7).
    pub const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7878);
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: Self::LISTEN,
            public_url: None,
            data: None,
            fetch: FetchSettings::default(),
            keep: KeepSettings::default(),
        }
    }
}

/// How sources are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// Private address ranges that may be fetched.
    pub allow_networks: Vec<IpNet>,
    /// Whom a publisher may write to, shown in the User-Agent; may be empty.
    pub contact: String,
    /// The longest answer that is taken, in bytes after decompression.
    pub body_bytes_max: u64,
    /// The longest a fetch may take.
    pub timeout: Duration,
    /// Fetches at once from one host.
    pub per_host: usize,
    /// Fetches at once in all.
    pub concurrency: usize,
    /// The proxy that everything goes through, if any.
    pub proxy: Option<String>,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            contact: String::new(),
            body_bytes_max: 8 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            per_host: 2,
            concurrency: 64,
            proxy: None,
        }
    }
}

/// How long things are kept; `None` is for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepSettings {
    /// Items with their wordings, by their time.
    pub items: Option<Duration>,
    /// Answers that an item rests on.
    pub originals: Option<Duration>,
    /// Pages of articles.
    pub pages: Option<Duration>,
    /// Answers that brought nothing new.
    pub captures: Option<Duration>,
    /// Free bytes under which less is taken in; 0 where nobody looks.
    pub disk_floor: u64,
}

impl Default for KeepSettings {
    /// Evidence for ever, pages for half a year: they are most of the bytes, and their text stays with
    /// the item. What brought nothing new serves only whoever looks for a fault.
    fn default() -> Self {
        let days = |number: u64| Some(Duration::from_secs(number * 86_400));
        Self {
            items: None,
            originals: None,
            pages: days(180),
            captures: days(30),
            disk_floor: 2 << 30,
        }
    }
}
