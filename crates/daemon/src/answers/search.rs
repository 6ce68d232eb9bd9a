//! Pages of items, by time or by relevance, one for each story unless each is asked for.

use std::fmt;

use bellwether_api::{Problem, SearchBody};
use bellwether_model::ItemId;
use bellwether_query::{Bound, Cursor, LIMIT_MAX, RELEVANT_MAX, SearchRequest, Sort};

use super::asked::{self, Asked, SearchParams};
use super::copies::Copies;
use super::relevance::Ranking;
use super::{Answers, problems};

/// What the orders are called.
const SORTS: [(&str, Sort); 3] = [
    ("newest", Sort::Newest),
    ("oldest", Sort::Oldest),
    ("relevance", Sort::Relevance),
];

/// How often the engine is asked for more where most of what it gives are copies. Then a page may have
/// fewer items than it could, and its cursor leads on.
const ROUNDS_MAX: usize = 6;

/// Which items stand on a page.
struct Page {
    total: u64,
    items: Vec<ItemId>,
    cursor: Option<String>,
    /// How many more of its story match, for each that stands for others.
    copies: Copies,
}

impl Answers {
    /// One page of the items that match, with the number of all that do.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read, or the index cannot answer.
    pub fn search(&self, params: &SearchParams) -> Result<SearchBody, Problem> {
        let now = self.now();
        let (name, sort) = sort(params.sort.as_deref())?;
        let limit = asked::limit(params.limit, LIMIT_MAX)?;
        let cursor = params.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        self.log.with(|log| {
            let seen = self.look(log)?;
            let asked = Asked::read(params, self, &seen.who, now)?;
            let page = match sort {
                Sort::Relevance => {
                    let place = cursor.map(Place::parse).transpose()?;
                    let ranking = Ranking::new(&asked);
                    self.by_relevance(&asked, place, limit, |ids| {
                        let items = self.known.items(ids, log, seen.head)?;
                        let ordered = ranking.ordered(items);
                        if params.each {
                            return Ok(ordered);
                        }
                        self.first_of_each(ordered)
                    })?
                }
                Sort::Newest | Sort::Oldest if params.each => {
                    self.by_time(&asked, sort, cursor, limit)?
                }
                Sort::Newest | Sort::Oldest => {
                    self.by_time_and_story(&asked, sort, cursor, limit)?
                }
            };
            let coverage = self.note(&seen, &asked.bound, asked.window, page.total == 0)?;
            let known = self
                .known
                .items(page.items.iter().copied(), log, seen.head)?;
            let mut items = self.items_found(&known, &asked.bound, &seen.who, log)?;
            if !params.each {
                let copies = match sort {
                    Sort::Relevance => self.copies(&asked.whole(), &page.items)?,
                    Sort::Newest | Sort::Oldest => page.copies,
                };
                copies.tell(&mut items);
            }
            Ok(SearchBody {
                query: asked.canonical(),
                zone: asked.zone_name(),
                window: asked.window.body(),
                sort: name.to_owned(),
                total: page.total,
                items_max: (sort == Sort::Relevance)
                    .then(|| u32::try_from(RELEVANT_MAX).unwrap_or(u32::MAX)),
                items,
                cursor: page.cursor,
                coverage,
                permalink: self.permalink(
                    params,
                    &[
                        ("sort", params.sort.as_deref()),
                        ("collapse", params.each.then_some("false")),
                    ],
                ),
            })
        })
    }

    fn by_time(
        &self,
        asked: &Asked,
        sort: Sort,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page, Problem> {
        let after = cursor
            .map(str::parse)
            .transpose()
            .map_err(|error| problems::search(&error))?;
        let answer = self
            .engine
            .search(&SearchRequest {
                query: asked.whole(),
                sort,
                limit,
                after,
            })
            .map_err(|error| problems::search(&error))?;
        Ok(Page {
            total: answer.total,
            items: answer.hits.iter().map(|hit| hit.item).collect(),
            cursor: answer.next.map(|cursor| cursor.to_string()),
            copies: Copies::default(),
        })
    }

    /// One item of each story: the first in this order, so that a story stands on one page only.
    fn by_time_and_story(
        &self,
        asked: &Asked,
        sort: Sort,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page, Problem> {
        let begin: Option<Cursor> = cursor
            .map(str::parse)
            .transpose()
            .map_err(|error| problems::search(&error))?;
        let whole = asked.whole();
        let mut page = Page {
            total: 0,
            items: Vec::new(),
            cursor: None,
            copies: Copies::default(),
        };
        let mut after = begin;
        for round in 0..ROUNDS_MAX {
            let answer = self
                .engine
                .search(&SearchRequest {
                    query: whole.clone(),
                    sort,
                    // One more, to know whether there is another page.
                    limit: if round == 0 {
                        LIMIT_MAX.min(limit + 1)
                    } else {
                        LIMIT_MAX
                    },
                    after,
                })
                .map_err(|error| problems::search(&error))?;
            page.total = answer.total;
            let ids: Vec<ItemId> = answer.hits.iter().map(|hit| hit.item).collect();
            let copies = self.copies(&whole, &ids)?;
            page.copies.add(&copies);
            for hit in &answer.hits {
                if !page.copies.is_shown(hit.item) && !copies.is_before(hit.item, sort, begin) {
                    if page.items.len() == limit {
                        page.cursor = after.map(|cursor| cursor.to_string());
                        return Ok(page);
                    }
                    page.copies.show(hit.item);
                    page.items.push(hit.item);
                }
                after = Some(Cursor {
                    micros: hit.time.as_microsecond(),
                    item: hit.item,
                });
            }
            page.cursor = answer.next.map(|cursor| cursor.to_string());
            if page.cursor.is_none() {
                break;
            }
        }
        Ok(page)
    }

    /// The engine's candidates in their final order. Its own order does not change by what comes
    /// later, and later pages leave out what has come since the first: so the candidates of all
    /// pages are the same, and pages neither repeat nor leave out.
    fn by_relevance(
        &self,
        asked: &Asked,
        place: Option<Place>,
        limit: usize,
        order: impl FnOnce(&mut dyn Iterator<Item = ItemId>) -> Result<Vec<ItemId>, Problem>,
    ) -> Result<Page, Problem> {
        let search = |query| {
            self.engine
                .search(&SearchRequest {
                    query,
                    sort: Sort::Relevance,
                    limit: RELEVANT_MAX,
                    after: None,
                })
                .map_err(|error| problems::search(&error))
        };
        let whole = asked.whole();
        let (answer, total) = match &place {
            None => {
                let answer = search(whole)?;
                let total = answer.total;
                (answer, total)
            }
            Some(place) => {
                let total = self
                    .engine
                    .count(&whole)
                    .map_err(|error| problems::search(&error))?;
                (search(whole.and(place.snapshot()))?, total)
            }
        };
        let last = answer.hits.iter().map(|hit| hit.item).max();
        let ordered = order(&mut answer.hits.iter().map(|hit| hit.item))?;
        let start = place.map_or(0, |place| place.offset);
        let end = ordered.len().min(start.saturating_add(limit));
        let last = place.map(|place| place.last).or(last);
        let cursor = last.filter(|_| end < ordered.len()).map(|last| {
            let place = Place { last, offset: end };
            place.to_string()
        });
        Ok(Page {
            total,
            items: ordered.get(start..end).unwrap_or_default().to_vec(),
            cursor,
            copies: Copies::default(),
        })
    }
}

fn sort(asked: Option<&str>) -> Result<(&'static str, Sort), Problem> {
    let asked = asked.filter(|sort| !sort.is_empty()).unwrap_or("newest");
    let found = SORTS.into_iter().find(|(name, _)| *name == asked);
    found.ok_or_else(|| {
        let asked = bellwether_text::excerpt(&bellwether_text::display_safe(asked), 40);
        problems::parameter(
            "sort",
            format!("`{asked}` is no order; expected `newest`, `oldest` or `relevance`"),
        )
    })
}

/// Where a page by relevance begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The latest item of the log among the candidates of the first page.
    last: ItemId,
    offset: usize,
}

impl Place {
    fn parse(text: &str) -> Result<Self, Problem> {
        let parse = || {
            let (last, offset) = text.strip_prefix('r')?.split_once('.')?;
            Some(Self {
                last: ItemId(u64::from_str_radix(last, 16).ok()?),
                offset: usize::from_str_radix(offset, 16).ok()?,
            })
        };
        parse().filter(|place| place.offset < RELEVANT_MAX).ok_or_else(|| {
            problems::parameter(
                "cursor",
                "this is no cursor of a page by relevance; take the one of the page before, or leave it out",
            )
        })
    }

    fn snapshot(self) -> Bound {
        Bound::Until(self.last)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{:x}.{:x}", self.last.0, self.offset)
    }
}
