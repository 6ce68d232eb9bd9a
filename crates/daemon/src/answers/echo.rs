//! The echo ledger: who carries what another group, or another outlet, was first with.

use std::collections::{BTreeMap, HashMap, HashSet};

use bellwether_api::{EchoBody, EchoLedgerBody, Problem};
use bellwether_lineage::{Appearance, Echo, Ledger};
use bellwether_model::{Directory, GroupId, ItemId, Role, SourceId, StoryId, Timestamp};
use bellwether_query::{Bound, SearchError};

use super::asked::{self, Asked, EchoParams};
use super::{Answers, problems};

/// Items that are looked at, at most.
const ITEMS_MAX: usize = 1_000_000;

/// Items of a query, at most.
const MATCHES_MAX: usize = 200_000;

/// Pairs of an answer, at most.
const PAIRS_MAX: usize = 1_000;

impl Answers {
    /// Who carries what another group or outlet was first with, in both directions.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read or a store cannot be read.
    pub fn echo(&self, params: &EchoParams) -> Result<EchoLedgerBody, Problem> {
        let now = self.now();
        let limit = asked::limit(params.of.limit, PAIRS_MAX)?;
        let by = By::read(params.by.as_deref())?;
        self.log.with(|log| {
            let seen = self.look(log)?;
            let asked = Asked::read(&params.of, self, &seen.who, now)?;
            let wanted = self.wanted(&asked)?;
            let (items, connected) = self.derived.with(|derived| {
                let from = asked.window.from.unwrap_or(Timestamp::MIN);
                let to = asked.window.to.unwrap_or(Timestamp::MAX);
                let items = derived.shared_items(from, to, ITEMS_MAX);
                Ok((
                    items.map_err(problems::archive)?,
                    derived.connected_stories().map_err(problems::archive)?,
                ))
            })?;
            let complete = items.len() < ITEMS_MAX;
            let directory = &seen.who.directory;
            let mut roots = Roots::default();
            for (a, b) in connected {
                roots.join(a, b);
            }
            let mut lineages: BTreeMap<StoryId, (bool, Vec<(ItemId, Appearance)>)> =
                BTreeMap::new();
            for item in items {
                let Some(story) = item.story else { continue };
                let appearance = Appearance {
                    parties: by.parties(directory, &item.source, params.states),
                    time: item.time,
                    is_stated: false,
                };
                let (is_wanted, members) = lineages.entry(roots.of(story)).or_default();
                *is_wanted |= wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(&item.item));
                members.push((item.item, appearance));
            }
            let mut ledger = Ledger::default();
            for (_, mut members) in lineages.into_values().filter(|(is_wanted, _)| *is_wanted) {
                let parties: HashSet<_> = members
                    .iter()
                    .flat_map(|(_, appearance)| &appearance.parties)
                    .collect();
                if parties.len() < 2 {
                    continue;
                }
                for (id, appearance) in &mut members {
                    appearance.is_stated = log.time_is_stated(*id).map_err(problems::archive)?;
                }
                let members: Vec<Appearance> = members
                    .into_iter()
                    .map(|(_, appearance)| appearance)
                    .collect();
                ledger.add(&members);
            }
            Ok(EchoLedgerBody {
                query: asked.canonical(),
                zone: asked.zone_name(),
                window: asked.window.body(),
                lineages: ledger.lineages(),
                by: by.word().to_owned(),
                complete: complete && ledger.is_complete(),
                echoes: ledger.echoes().iter().take(limit).map(body).collect(),
                coverage: self.note(&seen, &asked.bound, asked.window, false)?,
            })
        })
    }

    /// The items that match; `None` where the query finds everything.
    fn wanted(&self, asked: &Asked) -> Result<Option<HashSet<ItemId>>, Problem> {
        if asked.bound == Bound::All {
            return Ok(None);
        }
        match self.engine.collect(&asked.whole(), MATCHES_MAX) {
            Ok(hits) => Ok(Some(hits.into_iter().map(|hit| hit.item).collect())),
            Err(SearchError::TooMany(limit)) => Err(super::parameter(
                "q",
                format!("the query matches more than {limit} items; take a shorter time"),
            )),
            Err(error) => Err(problems::search(&error)),
        }
    }
}

/// Whose echoes are counted.
#[derive(Clone, Copy)]
enum By {
    Group,
    Outlet,
}

impl By {
    fn read(word: Option<&str>) -> Result<Self, Problem> {
        match word {
            None | Some("" | "group") => Ok(Self::Group),
            Some("outlet") => Ok(Self::Outlet),
            Some(other) => Err(problems::parameter(
                "by",
                format!(
                    "`{}` is none of them; expected `group` or `outlet`",
                    bellwether_text::excerpt(other, 40)
                ),
            )),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Outlet => "outlet",
        }
    }

    /// Whose the items of a source are. Accounts are no outlets.
    fn parties(self, directory: &Directory, source: &SourceId, only_states: bool) -> Vec<String> {
        let groups = directory.groups_of(source);
        let is_state = |group: &GroupId| directory.role(group) == Role::State;
        match self {
            Self::Group => {
                let wanted = groups
                    .iter()
                    .filter(|group| !only_states || is_state(group));
                wanted.map(ToString::to_string).collect()
            }
            Self::Outlet => {
                let is_account = |group: &GroupId| directory.role(group) == Role::Social;
                if groups.iter().any(is_account) || only_states && !groups.iter().any(is_state) {
                    return Vec::new();
                }
                let publisher = directory.source(source).map(|source| &source.publisher);
                vec![publisher.map_or_else(|| source.to_string(), ToString::to_string)]
            }
        }
    }
}

/// Which stories are connected, by union and find.
#[derive(Default)]
struct Roots(HashMap<StoryId, StoryId>);

impl Roots {
    fn of(&self, mut story: StoryId) -> StoryId {
        while let Some(root) = self.0.get(&story) {
            story = *root;
        }
        story
    }

    /// The lower number is the root, so chains stay short and the order of joins does not matter.
    fn join(&mut self, a: StoryId, b: StoryId) {
        let (a, b) = (self.of(a), self.of(b));
        if a != b {
            self.0.insert(a.max(b), a.min(b));
        }
    }
}

fn body(echo: &Echo) -> EchoBody {
    EchoBody {
        from: echo.from.clone(),
        to: echo.to.clone(),
        shared: echo.shared,
        first: echo.first,
        share: f64::from(echo.first) / f64::from(echo.shared.max(1)),
        expected: echo.expected,
        deviation: echo.deviation,
        echoes: echo.echoes,
        lag_seconds: echo.lag.map(|lag| lag.median),
        lag_low_seconds: echo.lag.map(|lag| lag.low),
        lag_high_seconds: echo.lag.map(|lag| lag.high),
        lags: echo.lag.map_or(0, |lag| lag.count),
    }
}
