//! Counts over time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bellwether_api::{BinBody, BinCounts, Problem, TimelineBody};
use bellwether_archive::Derived;
use bellwether_model::{Directory, ItemId, SourceId, Span, StoryId};
use bellwether_query::{Bin, Match, bins};
use jiff::SignedDuration;

use super::asked::{Asked, TimelineParams};
use super::coverage::{self, InScope};
use super::window::Window;
use super::{Answers, problems};

/// Items that are counted one by one; a month of a busy query fits.
const MATCHES_MAX: usize = 200_000;
/// Bins where nobody says how long one is: a chart of these can be read.
const BINS_READABLE: usize = 200;
/// A timeline without a beginning shows so much.
const LENGTH_DEFAULT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What items are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Facet {
    None,
    Group,
    Family,
}

impl Answers {
    /// The items that match, counted over time. What was not collected is not counted as nothing.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read, or more match than can be counted.
    pub fn timeline(&self, params: &TimelineParams) -> Result<TimelineBody, Problem> {
        let now = self.now();
        let facet = facet(params.by.as_deref())?;
        let zone = &self.settings.zone;
        self.log.with(|log| {
            let who = self.who(log)?;
            let (from, to) = (params.from.as_deref(), params.to.as_deref());
            let asked = Asked::read(&params.q, from, to, &who, self, now, zone)?;
            let (bin, spans) = self.spans(asked.window, params.bin.as_deref())?;
            let window = Window {
                from: spans.first().map(|span| span.from),
                to: spans.last().map(|span| span.to),
            };
            let query = asked.bound.clone().and(window.bound());
            let matches = self
                .engine
                .collect(&query, MATCHES_MAX)
                .map_err(|error| problems::search(&error))?;
            let counts = self
                .derived
                .with(|derived| count(&matches, &spans, facet, &who.directory, derived))?;
            let wanted = coverage::scope(&asked.bound, &who.directory);
            self.with_hours(log, |hours| {
                let in_scope = InScope::new(&who, hours, wanted.as_ref(), now);
                let bins = spans
                    .iter()
                    .zip(counts)
                    .map(|(span, counts)| {
                        let (coverage, is_collected) = in_scope.bin(*span);
                        BinBody::from_model(*span, is_collected.then_some(counts), coverage)
                    })
                    .collect();
                TimelineBody {
                    query: asked.canonical,
                    bin: bin.to_string(),
                    zone: zone.iana_name().unwrap_or("UTC").to_owned(),
                    bins,
                    coverage: in_scope.note(window),
                }
            })
        })
    }

    /// The bins of a window. Those at its ends are cut to what was asked for, so that their counts
    /// add up to the total of the same search; an end that nobody named lies at the end of a bin.
    fn spans(&self, window: Window, bin: Option<&str>) -> Result<(Bin, Vec<Span>), Problem> {
        let now = self.now();
        let to = window.to.unwrap_or(now.max(window.from.unwrap_or(now)));
        let from = window
            .from
            .or_else(|| to.checked_sub(LENGTH_DEFAULT).ok())
            .unwrap_or(to);
        let span = Span { from, to };
        let bin = match bin {
            None | Some("") => Bin::fitting(span, BINS_READABLE),
            Some(text) => text
                .parse()
                .map_err(|error: String| problems::parameter("bin", error))?,
        };
        let mut spans = bins(span, bin, &self.settings.zone)
            .map_err(|error| problems::parameter("bin", error))?;
        if let (Some(from), Some(first)) = (window.from, spans.first_mut()) {
            first.from = from;
        }
        if let (Some(to), Some(last)) = (window.to, spans.last_mut()) {
            last.to = to;
        }
        Ok((bin, spans))
    }
}

fn facet(by: Option<&str>) -> Result<Facet, Problem> {
    match by {
        None | Some("") => Ok(Facet::None),
        Some("group") => Ok(Facet::Group),
        Some("family") => Ok(Facet::Family),
        Some(other) => Err(problems::parameter(
            "by",
            format!(
                "cannot count by `{}`; expected `group` or `family`",
                bellwether_text::excerpt(other, 40)
            ),
        )),
    }
}

/// Whose story an item counts as; one without text to compare stands for itself.
#[derive(PartialEq, Eq, Hash)]
enum Telling {
    Story(StoryId),
    Alone(ItemId),
}

#[derive(Default)]
struct Tally {
    items: u32,
    families: HashSet<usize>,
    stories: HashSet<Telling>,
    by: BTreeMap<String, u32>,
}

fn count(
    matches: &[Match],
    spans: &[Span],
    facet: Facet,
    directory: &Directory,
    derived: &Derived,
) -> Result<Vec<BinCounts>, Problem> {
    let mut tallies: Vec<Tally> = spans.iter().map(|_| Tally::default()).collect();
    let mut families = Families::default();
    for found in matches {
        let at = spans.partition_point(|span| span.to <= found.time);
        let Some(tally) = tallies.get_mut(at) else {
            continue;
        };
        let story = derived
            .stored(found.item)
            .map_err(problems::archive)?
            .and_then(|stored| stored.story);
        tally.items += 1;
        tally
            .stories
            .insert(story.map_or(Telling::Alone(found.item), Telling::Story));
        // All sources of an item show one publisher, who has one family.
        if let Some(source) = found.sources.first() {
            let family = families.number(source, directory);
            tally.families.insert(family);
            if facet == Facet::Family {
                let name = families.names[family].clone();
                *tally.by.entry(name).or_default() += 1;
            }
        }
        if facet == Facet::Group {
            let groups: BTreeSet<_> = found
                .sources
                .iter()
                .flat_map(|source| directory.groups_of(source))
                .collect();
            for group in groups {
                *tally.by.entry(group.to_string()).or_default() += 1;
            }
        }
    }
    Ok(tallies
        .into_iter()
        .map(|tally| BinCounts {
            items: tally.items,
            families: u32::try_from(tally.families.len()).unwrap_or(u32::MAX),
            stories: u32::try_from(tally.stories.len()).unwrap_or(u32::MAX),
            by: tally.by,
        })
        .collect())
}

/// Families as small numbers: a busy timeline asks for the same few over and over.
#[derive(Default)]
struct Families {
    of_source: HashMap<SourceId, usize>,
    names: Vec<String>,
}

impl Families {
    fn number(&mut self, source: &SourceId, directory: &Directory) -> usize {
        if let Some(number) = self.of_source.get(source) {
            return *number;
        }
        let name = directory.family(source).to_string();
        let number = match self.names.iter().position(|known| *known == name) {
            Some(number) => number,
            None => {
                self.names.push(name);
                self.names.len() - 1
            }
        };
        self.of_source.insert(source.clone(), number);
        number
    }
}
