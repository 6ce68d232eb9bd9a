//! Counting the matches of a query by what their sources and their texts are.
//!
//! Everything counted is a small number: a source, a family, a language, a story. What configuration
//! says of a source is looked up once for each question and source, not for each match, and distinct
//! things are counted with stamps and bits instead of sets.

use std::collections::HashMap;

use bellwether_archive::StoryTable;
use bellwether_model::{Directory, Grade, ItemId, SourceId};
use bellwether_query::{Column, Row};

/// A field that is counted while the matches are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Of the index.
    Of(Column),
    /// Of the sources of an item.
    Ours(Fact),
}

/// What configuration says of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Family,
    Group,
    Affiliation,
    Country,
}

const FACTS: usize = 4;

impl Field {
    pub(super) const ALL: [Self; 10] = [
        Self::Ours(Fact::Group),
        Self::Ours(Fact::Family),
        Self::Of(Column::Source),
        Self::Of(Column::Publisher),
        Self::Ours(Fact::Affiliation),
        Self::Ours(Fact::Country),
        Self::Of(Column::Lang),
        Self::Of(Column::Platform),
        Self::Of(Column::Domain),
        Self::Of(Column::Tag),
    ];

    /// The word of the query language.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Of(Column::Source) => "source",
            Self::Of(Column::Publisher) => "publisher",
            Self::Of(Column::Lang) => "lang",
            Self::Of(Column::Platform) => "platform",
            Self::Of(Column::Domain) => "domain",
            Self::Of(Column::Tag) => "tag",
            Self::Ours(Fact::Family) => "family",
            Self::Ours(Fact::Group) => "group",
            Self::Ours(Fact::Affiliation) => "affiliation",
            Self::Ours(Fact::Country) => "country",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }

    /// Whether an item without a value is one of which it is not known, rather than one that has
    /// none: every item comes from somewhere, not every item has a hashtag.
    pub(super) const fn is_always_there(self) -> bool {
        !matches!(
            self,
            Self::Of(Column::Domain | Column::Tag) | Self::Ours(Fact::Group)
        )
    }
}

/// Names as small numbers.
#[derive(Debug, Default)]
struct Numbers {
    names: Vec<String>,
    of: HashMap<String, u32>,
}

impl Numbers {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.of.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.of.insert(name.to_owned(), number);
        number
    }
}

/// The values of matches as small numbers.
pub(super) struct Facts<'a> {
    directory: &'a Directory,
    columns: Vec<Column>,
    numbers: [Numbers; FACTS],
    /// For each source by its place the numbers of its facts.
    sources: Vec<[Vec<u32>; FACTS]>,
    /// What several sources of one item say together.
    united: Vec<u32>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(directory: &'a Directory, fields: &[Field]) -> Self {
        let mut columns = vec![Column::Source];
        for field in fields {
            if let Field::Of(column) = field
                && !columns.contains(column)
            {
                columns.push(*column);
            }
        }
        Self {
            directory,
            columns,
            numbers: Default::default(),
            sources: Vec::new(),
            united: Vec::new(),
        }
    }

    /// What has to be asked of the index.
    pub(super) fn columns(&self) -> Vec<Column> {
        self.columns.clone()
    }

    /// Looks up the sources that were not met before; before any other question about a row.
    #[inline]
    pub(super) fn meet(&mut self, row: &Row<'_>) {
        let Some(names) = row.names.first() else {
            return;
        };
        if names.len() > self.sources.len() {
            self.look_up(names);
        }
    }

    fn look_up(&mut self, names: &[String]) {
        for name in &names[self.sources.len()..] {
            let id = SourceId::new(name.as_str());
            let source = self.directory.source(&id);
            let [families, groups, grades, countries] = &mut self.numbers;
            let grade = source.map_or(Grade::Unknown, |source| source.affiliation.grade);
            let country = source.and_then(|source| source.country.as_deref());
            self.sources.push([
                vec![families.number(self.directory.family(&id).as_str())],
                self.directory
                    .groups_of(&id)
                    .iter()
                    .map(|group| groups.number(group.as_str()))
                    .collect(),
                vec![grades.number(grade.as_str())],
                country
                    .map(|country| countries.number(country))
                    .into_iter()
                    .collect(),
            ]);
        }
    }

    /// The values that a match has in a field, each once.
    #[inline]
    pub(super) fn values<'r>(&'r mut self, field: Field, row: &'r Row<'_>) -> &'r [u32] {
        match field {
            Field::Of(column) => {
                let at = self.columns.iter().position(|known| *known == column);
                at.and_then(|at| row.values.get(at))
                    .map_or(&[], Vec::as_slice)
            }
            Field::Ours(fact) => {
                let sources = row.values.first().map_or(&[][..], Vec::as_slice);
                match sources {
                    [source] => self
                        .sources
                        .get(*source as usize)
                        .map_or(&[], |facts| &facts[fact as usize]),
                    several => {
                        self.united.clear();
                        for source in several {
                            for value in self
                                .sources
                                .get(*source as usize)
                                .map_or(&[][..], |facts| &facts[fact as usize])
                            {
                                if !self.united.contains(value) {
                                    self.united.push(*value);
                                }
                            }
                        }
                        &self.united
                    }
                }
            }
        }
    }

    /// What the values of a column are called, as far as they were met.
    pub(super) fn names_of<'r>(&self, column: Column, row: &Row<'r>) -> Option<&'r Vec<String>> {
        let at = self.columns.iter().position(|known| *known == column)?;
        row.names.get(at)
    }

    /// What the values of our own facts are called.
    pub(super) fn names(&self, fact: Fact) -> &[String] {
        &self.numbers[fact as usize].names
    }
}

/// A set of small numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    #[inline]
    pub(super) fn insert(&mut self, number: u32) {
        let at = number as usize / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (number % 64);
    }

    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// Some of the matches.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) items: u32,
    families: Bits,
    /// The story of each item, by its number.
    told: Vec<u32>,
    /// Items that are too new to be known in the table of stories: each stands for itself.
    new: u32,
}

impl Tally {
    /// Counts a match of these families.
    #[inline]
    pub(super) fn add(&mut self, story: Option<u32>, families: &[u32]) {
        self.items += 1;
        for family in families {
            self.families.insert(*family);
        }
        match story {
            Some(story) => self.told.push(story),
            None => self.new += 1,
        }
    }

    pub(super) fn families(&self) -> u32 {
        self.families.count()
    }
}

/// Counts distinct stories, in as many lists as there are, in the time it takes to read them.
pub(super) struct Distinct {
    /// For each story the last list it was met in.
    stamps: Vec<u32>,
    turn: u32,
}

impl Distinct {
    pub(super) fn new(stories: &StoryTable) -> Self {
        Self {
            stamps: vec![0; stories.numbers_end()],
            turn: 0,
        }
    }

    /// The distinct stories of a tally; an item without one counts as one.
    pub(super) fn stories(&mut self, tally: &Tally) -> u32 {
        self.turn += 1;
        let mut count = tally.new;
        for story in &tally.told {
            if let Some(stamp) = self.stamps.get_mut(*story as usize)
                && *stamp != self.turn
            {
                *stamp = self.turn;
                count += 1;
            }
        }
        count
    }
}

/// The story of a match.
#[inline]
pub(super) fn story(stories: &StoryTable, item: ItemId) -> Option<u32> {
    stories.number(item)
}

/// The places of the largest counts, the largest first and among equals by name; at most `limit`.
pub(super) fn largest(counts: &[(u32, &str)], limit: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..counts.len()).filter(|at| counts[*at].0 > 0).collect();
    places.sort_unstable_by(|a, b| {
        let ((a, a_name), (b, b_name)) = (counts[*a], counts[*b]);
        b.cmp(&a).then_with(|| a_name.cmp(b_name))
    });
    places.truncate(limit);
    places
}
