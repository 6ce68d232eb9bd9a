//! What the matches of a query are made of.
//!
//! One pass over the matches counts all fields that are facts of items or sources. Narratives and
//! actors are queries: the index is asked once for each of them.

use std::ops::ControlFlow;

use bellwether_api::{
    FacetBody, FacetCountsBody, FacetOthersBody, FacetValueBody, FacetsBody, Problem,
};
use bellwether_archive::{LogReader, StoryTable};
use bellwether_model::{Directory, GroupId, ItemId, SourceId};
use bellwether_query::{Binding, Bound, Query, Row};

use super::asked::{self, Asked, FacetsParams};
use super::tally::{self, Distinct, Fact, Facts, Field, Tally};
use super::who::Who;
use super::{Answers, Seen, problems};

/// What is counted where nobody says what.
const BY_DEFAULT: &str = "group,lang,source";
/// Most values of one field.
const VALUES_MAX: usize = 1_000;
/// Most characters of a title that stands for a story.
const TITLE_CHARS_MAX: usize = 120;
/// What names of actors are shown in.
const NAME_LANGUAGE: &str = "en";

/// A field that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Field(Field),
    Story,
    Narrative,
    Actor,
}

const OTHERS: [&str; 3] = ["story", "narrative", "actor"];

impl By {
    fn read(word: &str) -> Result<Self, Problem> {
        match word {
            "story" => Ok(Self::Story),
            "narrative" => Ok(Self::Narrative),
            "actor" => Ok(Self::Actor),
            word => Field::from_word(word).map(Self::Field).ok_or_else(|| {
                let mut known = [""; Field::ALL.len() + OTHERS.len()];
                let words = Field::ALL.iter().map(|field| field.as_str()).chain(OTHERS);
                for (known, word) in known.iter_mut().zip(words) {
                    *known = word;
                }
                problems::no_field(word, known)
            }),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Field(field) => field.as_str(),
            Self::Story => "story",
            Self::Narrative => "narrative",
            Self::Actor => "actor",
        }
    }
}

fn fields(by: Option<&str>) -> Result<Vec<By>, Problem> {
    let mut fields = Vec::new();
    for word in by.unwrap_or(BY_DEFAULT).split(',').map(str::trim) {
        if word.is_empty() {
            continue;
        }
        let field = By::read(word)?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        return Err(problems::parameter("by", "no field is named")
            .hint("name one or more, such as group,lang,source"));
    }
    Ok(fields)
}

impl Answers {
    /// For each field asked for its values with what has them, the largest first.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read or the index cannot answer.
    pub fn facets(&self, params: &FacetsParams) -> Result<FacetsBody, Problem> {
        let now = self.now();
        let by = fields(params.by.as_deref())?;
        let limit = asked::limit(params.limit, VALUES_MAX)?;
        self.log.with(|log| {
            let seen = self.look(log)?;
            let asked = Asked::read(params, self, &seen.who, now)?;
            let query = asked.whole();
            let (total, facets) = self.with_stories(|stories, _| {
                let mut counter = Counter::new(&by, &seen.who.directory, stories);
                let columns = counter.facts.columns();
                self.engine
                    .scan(&query, &columns, &mut |row| {
                        counter.add(&row);
                        ControlFlow::Continue(())
                    })
                    .map_err(|error| problems::search(&error))?;
                let mut distinct = Distinct::new(stories);
                let total = counts(&counter.total, &mut distinct);
                let mut facets = Vec::new();
                for by in &by {
                    let mut facet = match by {
                        By::Field(field) => counter.facet(*field, limit, &mut distinct),
                        By::Story => {
                            let place = Place {
                                log,
                                stories,
                                seen: &seen,
                            };
                            self.stories_of(&counter, place, limit)?
                        }
                        By::Narrative => {
                            self.asked_of(&asked, limit, narratives(&asked, &seen.who))?
                        }
                        By::Actor => self.asked_of(&asked, limit, actors(&seen.who))?,
                    };
                    facet.field = by.as_str().to_owned();
                    facets.push(facet);
                }
                Ok((total, facets))
            })?;
            Ok(FacetsBody {
                query: asked.canonical(),
                zone: asked.zone_name(),
                window: asked.window.body(),
                total,
                facets,
                coverage: self.note(&seen, &asked.bound, asked.window, total.items == 0)?,
                permalink: self.permalink(params, &[]),
            })
        })
    }

    /// The largest stories, each with the title that its first match has.
    fn stories_of(
        &self,
        counter: &Counter<'_>,
        place: Place<'_>,
        limit: usize,
    ) -> Result<FacetBody, Problem> {
        let told = counter.told.as_ref();
        let counts: &[u32] = told.map_or(&[], |told| &told.items);
        let mut numbers: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] > 0).collect();
        let first = |number: usize| told.and_then(|told| told.first.get(number)).copied();
        // The smaller id came first.
        numbers.sort_unstable_by_key(|at| (std::cmp::Reverse(counts[*at]), first(*at)));
        let beyond = numbers.split_off(limit.min(numbers.len()));
        let items: Vec<ItemId> = numbers
            .iter()
            .filter_map(|at| first(*at).map(ItemId))
            .collect();
        let known = self
            .known
            .items(items.iter().copied(), place.log, place.seen.head)?;
        let families = told.map(|told| told.families(&numbers));
        let values = numbers
            .iter()
            .zip(&items)
            .enumerate()
            .filter_map(|(at, (number, item))| {
                let story = place.stories.story(u32::try_from(*number).ok()?)?;
                let title = known
                    .iter()
                    .find(|known| known.item.id == *item)
                    .map(|known| title(&known.item.title, &known.item.text));
                let counts = FacetCountsBody {
                    items: u64::from(counts[*number]),
                    families: families.as_ref().map(|families| families[at]),
                    stories: Some(1),
                };
                Some(FacetValueBody::new(story.to_string(), title, counts))
            })
            .collect();
        Ok(FacetBody {
            field: String::new(),
            values,
            others: FacetOthersBody {
                values: beyond.len() as u64,
                items: beyond.iter().map(|at| u64::from(counts[*at])).sum(),
            },
            unknown: told.map(|told| FacetCountsBody {
                items: told.none,
                families: None,
                stories: None,
            }),
        })
    }

    /// Asks the index how many matches each of some queries has.
    fn asked_of(
        &self,
        asked: &Asked,
        limit: usize,
        queries: Vec<(String, String, Bound)>,
    ) -> Result<FacetBody, Problem> {
        let whole = asked.whole();
        let mut found: Vec<(u64, String, String)> = Vec::new();
        let count = |bound| {
            self.engine
                .count(&bound)
                .map_err(|error| problems::search(&error))
        };
        for (id, name, query) in queries {
            let items = count(whole.clone().and(query))?;
            if items > 0 {
                found.push((items, id, name));
            }
        }
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let beyond = found.split_off(limit.min(found.len()));
        let items_only = |items| FacetCountsBody {
            items,
            families: None,
            stories: None,
        };
        Ok(FacetBody {
            field: String::new(),
            values: found
                .into_iter()
                .map(|(items, value, name)| {
                    FacetValueBody::new(value, Some(name), items_only(items))
                })
                .collect(),
            others: FacetOthersBody {
                values: beyond.len() as u64,
                items: beyond.iter().map(|(items, ..)| items).sum(),
            },
            unknown: None,
        })
    }
}

/// Where the facts of a story are read.
#[derive(Clone, Copy)]
struct Place<'a> {
    log: &'a LogReader,
    stories: &'a StoryTable,
    seen: &'a Seen,
}

fn title(title: &str, text: &str) -> String {
    let shown = if title.is_empty() { text } else { title };
    bellwether_text::excerpt(&bellwether_text::display_safe(shown), TITLE_CHARS_MAX)
}

fn narratives(asked: &Asked, who: &Who) -> Vec<(String, String, Bound)> {
    let binding = Binding::new(
        &who.directory,
        &who.names,
        bellwether_model::Timestamp::UNIX_EPOCH,
        &asked.zone,
    );
    who.directory
        .narratives()
        .filter_map(|narrative| {
            // One that was refused when the configuration was read is not there.
            let query = Query::parse(&format!("narrative:\"{}\"", narrative.id)).ok()?;
            let bound = query.bind(binding).ok()?;
            Some((narrative.id.to_string(), narrative.title.clone(), bound))
        })
        .collect()
}

fn actors(who: &Who) -> Vec<(String, String, Bound)> {
    who.directory
        .actors()
        .filter_map(|actor| {
            let bound = who.names.of_actor(&actor.id)?;
            let name = actor.name(NAME_LANGUAGE).to_owned();
            Some((actor.id.to_string(), name, bound))
        })
        .collect()
}

fn counts(tally: &Tally, distinct: &mut Distinct) -> FacetCountsBody {
    FacetCountsBody {
        items: u64::from(tally.items),
        families: Some(tally.families()),
        stories: Some(distinct.stories(tally)),
    }
}

/// The values of one field.
struct Values {
    field: Field,
    tallies: Vec<Tally>,
    unknown: Tally,
    /// What the values of a field of the index are called.
    names: Vec<String>,
}

/// The matches by story.
struct Told {
    /// By the number of a story.
    items: Vec<u32>,
    /// The first match of each.
    first: Vec<u64>,
    /// The family of each match.
    pairs: Vec<(u32, u32)>,
    /// Matches without a story.
    none: u64,
}

impl Told {
    /// How many families carry each of some stories.
    fn families(&self, numbers: &[usize]) -> Vec<u32> {
        let mut places = vec![u32::MAX; self.items.len()];
        for (at, number) in numbers.iter().enumerate() {
            places[*number] = u32::try_from(at).unwrap_or(u32::MAX);
        }
        let mut bits = vec![tally::Bits::default(); numbers.len()];
        for (number, family) in &self.pairs {
            if let Some(bits) = bits.get_mut(places[*number as usize] as usize) {
                bits.insert(*family);
            }
        }
        bits.iter().map(tally::Bits::count).collect()
    }
}

/// Counts matches by field.
struct Counter<'a> {
    facts: Facts<'a>,
    directory: &'a Directory,
    stories: &'a StoryTable,
    total: Tally,
    fields: Vec<Values>,
    told: Option<Told>,
    families: Vec<u32>,
}

impl<'a> Counter<'a> {
    fn new(by: &[By], directory: &'a Directory, stories: &'a StoryTable) -> Self {
        let fields: Vec<Field> = by
            .iter()
            .filter_map(|by| match by {
                By::Field(field) => Some(*field),
                _ => None,
            })
            .collect();
        let end = stories.numbers_end();
        Self {
            facts: Facts::new(directory, &fields),
            directory,
            stories,
            total: Tally::default(),
            fields: fields
                .into_iter()
                .map(|field| Values {
                    field,
                    tallies: Vec::new(),
                    unknown: Tally::default(),
                    names: Vec::new(),
                })
                .collect(),
            told: by.contains(&By::Story).then(|| Told {
                items: vec![0; end],
                first: vec![u64::MAX; end],
                pairs: Vec::new(),
                none: 0,
            }),
            families: Vec::new(),
        }
    }

    #[inline]
    fn add(&mut self, row: &Row<'_>) {
        self.facts.meet(row);
        let story = self.stories.number(row.item);
        self.families.clear();
        self.families
            .extend_from_slice(self.facts.values(Field::Ours(Fact::Family), row));
        self.total.add(story, &self.families);
        for of in &mut self.fields {
            let values = self.facts.values(of.field, row);
            if values.is_empty() {
                of.unknown.add(story, &self.families);
            }
            for value in values {
                let value = *value as usize;
                if of.tallies.len() <= value {
                    of.tallies.resize_with(value + 1, Tally::default);
                }
                of.tallies[value].add(story, &self.families);
            }
            if let Field::Of(column) = of.field
                && let Some(names) = self.facts.names_of(column, row)
                && names.len() > of.names.len()
            {
                of.names.extend_from_slice(&names[of.names.len()..]);
            }
        }
        if let Some(told) = &mut self.told {
            match story.filter(|story| self.stories.size(*story) > 0) {
                Some(story) => {
                    let at = story as usize;
                    told.items[at] += 1;
                    told.first[at] = told.first[at].min(row.item.0);
                    told.pairs
                        .extend(self.families.iter().map(|family| (story, *family)));
                }
                None => told.none += 1,
            }
        }
    }

    fn facet(&self, field: Field, limit: usize, distinct: &mut Distinct) -> FacetBody {
        let Some(of) = self.fields.iter().find(|of| of.field == field) else {
            return FacetBody {
                field: String::new(),
                values: Vec::new(),
                others: FacetOthersBody::default(),
                unknown: None,
            };
        };
        let names = match field {
            Field::Ours(fact) => self.facts.names(fact),
            Field::Of(_) => &of.names,
        };
        let items: Vec<(u32, &str)> = of
            .tallies
            .iter()
            .zip(names)
            .map(|(tally, name)| (tally.items, name.as_str()))
            .collect();
        let mut places = tally::largest(&items, usize::MAX);
        let beyond = places.split_off(limit.min(places.len()));
        FacetBody {
            field: String::new(),
            values: places
                .into_iter()
                .map(|at| {
                    let counts = counts(&of.tallies[at], distinct);
                    let name = name(field, &names[at], self.directory);
                    FacetValueBody::new(names[at].clone(), name, counts)
                })
                .collect(),
            others: FacetOthersBody {
                values: beyond.len() as u64,
                items: beyond.iter().map(|at| u64::from(items[*at].0)).sum(),
            },
            unknown: Some(counts(&of.unknown, distinct)),
        }
    }
}

/// What people call a value.
fn name(field: Field, value: &str, directory: &Directory) -> Option<String> {
    match field {
        Field::Of(bellwether_query::Column::Source) => directory
            .source(&SourceId::new(value))
            .map(|source| source.name.clone()),
        Field::Ours(Fact::Group) => directory
            .group(&GroupId::new(value))
            .map(|group| group.name.clone()),
        _ => None,
    }
}
