//! The echo ledger: how often one party (a group, an outlet) carries what another was first with, in both
//! directions.
//!
//! A lineage that two parties share says nothing by itself about who listens to whom: the one that
//! publishes more is first more often. So each count stands beside what size alone gives: were the
//! order of the members of a lineage any order, a party with `a` of `a + b` members would be first
//! with probability `a / (a + b)`. The sum of these over all shared lineages is the expected count, the
//! sum of `p (1 - p)` its variance. (A permutation test, conditional on who took part; lineages are
//! taken as independent of each other.)

use std::collections::{BTreeMap, BTreeSet};

use bellwether_model::Timestamp;

/// Parties of one lineage that are paired, at most: the earliest.
const PARTIES_MAX: usize = 200;

/// Pairs of a ledger, at most.
const PAIRS_MAX: usize = 500_000;

/// A member of a lineage as the ledger sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    /// Whose it is: the groups of its source, or its outlet.
    pub parties: Vec<String>,
    /// The time at which it was there at the latest.
    pub time: Timestamp,
    /// Whether that is when it was published, to a minute, as its source says.
    pub is_stated: bool,
}

/// What of one party another carried.
#[derive(Debug, Clone, PartialEq)]
pub struct Echo {
    /// The one that was first.
    pub from: String,
    /// The one that carried it later.
    pub to: String,
    /// Lineages of both.
    pub shared: u32,
    /// Of these, with the first before the other.
    pub first: u32,
    /// Of these, how many size alone gives, and the standard deviation of that.
    pub expected: f64,
    /// See `expected`.
    pub deviation: f64,
    /// Items of the later in these lineages: the echoes.
    pub echoes: u32,
    /// Seconds from the first item of the one to the first of the other, of lineages whose times are
    /// stated; `None` where there are none.
    pub lag: Option<Lag>,
}

/// Half of the lags are below `median`; the true median lies from `low` to `high` with 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Seconds.
    pub median: i64,
    /// Seconds.
    pub low: i64,
    /// Seconds.
    pub high: i64,
    /// How many lags.
    pub count: u32,
}

#[derive(Default)]
struct Pair {
    shared: u32,
    first: u32,
    expected: f64,
    variance: f64,
    echoes: u32,
    lags: Vec<i64>,
}

/// Adds up lineages.
#[derive(Default)]
pub struct Ledger {
    /// The numbers of parties.
    numbers: BTreeMap<String, u32>,
    pairs: BTreeMap<(u32, u32), Pair>,
    lineages: u32,
    is_cut: bool,
}

#[derive(Default)]
struct Part {
    items: u32,
    /// The first of them, and whether its time is stated.
    first: Option<(Timestamp, bool)>,
}

impl Ledger {
    /// Takes in a lineage. One within a single party counts for no pair.
    pub fn add(&mut self, members: &[Appearance]) {
        let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
        for member in members {
            for party in member.parties.iter().collect::<BTreeSet<_>>() {
                let next = self.numbers.len() as u32;
                let number = *self.numbers.entry(party.clone()).or_insert(next);
                let part = parts.entry(number).or_default();
                part.items += 1;
                let time = (member.time, member.is_stated);
                part.first = Some(part.first.map_or(time, |first| first.min(time)));
            }
        }
        if parts.len() < 2 {
            return;
        }
        self.lineages += 1;
        let mut parts: Vec<(u32, Part)> = parts.into_iter().collect();
        parts.sort_by_key(|(number, part)| (part.first, *number));
        self.is_cut |= parts.len() > PARTIES_MAX;
        parts.truncate(PARTIES_MAX);
        for (a, one) in &parts {
            for (b, other) in parts.iter().filter(|(b, _)| b != a) {
                let (Some(begun), Some(carried)) = (one.first, other.first) else {
                    continue;
                };
                if self.pairs.len() >= PAIRS_MAX && !self.pairs.contains_key(&(*a, *b)) {
                    self.is_cut = true;
                    continue;
                }
                let pair = self.pairs.entry((*a, *b)).or_default();
                let p = f64::from(one.items) / f64::from(one.items + other.items);
                pair.shared += 1;
                pair.expected += p;
                pair.variance += p * (1.0 - p);
                let lag = carried.0.as_second() - begun.0.as_second();
                if lag >= crate::SAME_TIME_SECONDS {
                    pair.first += 1;
                    pair.echoes += other.items;
                    if begun.1 && carried.1 {
                        pair.lags.push(lag);
                    }
                }
            }
        }
    }

    /// Whether every pair of every lineage is counted.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.is_cut
    }

    /// Lineages of more than one party.
    #[must_use]
    pub fn lineages(&self) -> u32 {
        self.lineages
    }

    /// The pairs in both directions, those with most echoes first.
    #[must_use]
    pub fn echoes(self) -> Vec<Echo> {
        let mut names = vec![String::new(); self.numbers.len()];
        for (name, number) in self.numbers {
            names[number as usize] = name;
        }
        let mut echoes: Vec<Echo> = self
            .pairs
            .into_iter()
            .map(|((from, to), pair)| Echo {
                from: names[from as usize].clone(),
                to: names[to as usize].clone(),
                shared: pair.shared,
                first: pair.first,
                expected: pair.expected,
                deviation: pair.variance.sqrt(),
                echoes: pair.echoes,
                lag: lag(pair.lags),
            })
            .collect();
        echoes.sort_by(|a, b| {
            (b.first, b.echoes)
                .cmp(&(a.first, a.echoes))
                .then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
        });
        echoes
    }
}

/// Median with the interval of order statistics that holds it with 95 % (normal approximation of the
/// binomial: Conover, Practical Nonparametric Statistics, 3.2).
fn lag(mut lags: Vec<i64>) -> Option<Lag> {
    lags.sort_unstable();
    let count = lags.len();
    let last = count.checked_sub(1)?;
    let half = count as f64 / 2.0;
    let reach = 1.96 * (count as f64).sqrt() / 2.0;
    let low = (half - reach).floor().max(0.0) as usize;
    let high = ((half + reach).ceil() as usize).min(last);
    let median = (lags[last / 2] + lags[count / 2]) / 2;
    Some(Lag {
        median,
        low: lags[low.min(last)],
        high: lags[high],
        count: count as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(group: &str, minute: i64) -> Appearance {
        Appearance {
            parties: vec![group.to_owned()],
            time: Timestamp::from_second(60 * minute).unwrap(),
            is_stated: true,
        }
    }

    fn find<'a>(echoes: &'a [Echo], from: &str, to: &str) -> &'a Echo {
        echoes
            .iter()
            .find(|echo| echo.from == from && echo.to == to)
            .unwrap()
    }

    #[test]
    fn both_directions_and_what_size_alone_gives() {
        let mut ledger = Ledger::default();
        // Two of three begin with a; a has one member of three in each.
        ledger.add(&[at("a", 0), at("b", 30), at("b", 40)]);
        ledger.add(&[at("a", 0), at("b", 50), at("b", 60)]);
        ledger.add(&[at("b", 0), at("b", 5), at("a", 100)]);
        ledger.add(&[at("c", 0), at("c", 1)]);
        assert_eq!(ledger.lineages(), 3);
        let echoes = ledger.echoes();
        let forth = find(&echoes, "a", "b");
        assert_eq!((forth.shared, forth.first, forth.echoes), (3, 2, 4));
        assert!((forth.expected - 1.0).abs() < 1e-9);
        assert_eq!(forth.lag.unwrap().median, 40 * 60);
        let back = find(&echoes, "b", "a");
        assert_eq!((back.shared, back.first, back.echoes), (3, 1, 1));
        assert!((back.expected - 2.0).abs() < 1e-9);
        assert_eq!(echoes.len(), 2);
    }

    #[test]
    fn the_same_minute_is_no_order_and_a_time_not_stated_gives_no_lag() {
        let mut ledger = Ledger::default();
        ledger.add(&[at("a", 0), at("b", 0)]);
        let unstated = Appearance {
            is_stated: false,
            ..at("b", 90)
        };
        ledger.add(&[at("a", 0), unstated]);
        let echoes = ledger.echoes();
        let forth = find(&echoes, "a", "b");
        assert_eq!((forth.shared, forth.first), (2, 1));
        assert_eq!(forth.lag, None);
        assert_eq!(find(&echoes, "b", "a").first, 0);
    }

    #[test]
    fn an_item_in_two_groups_counts_for_both_once() {
        let mut ledger = Ledger::default();
        let both = Appearance {
            parties: ["a", "b", "a"].map(str::to_owned).to_vec(),
            ..at("a", 0)
        };
        ledger.add(&[both, at("c", 10)]);
        let echoes = ledger.echoes();
        assert_eq!(find(&echoes, "a", "c").first, 1);
        assert_eq!(find(&echoes, "b", "c").first, 1);
        assert_eq!(find(&echoes, "a", "b").first, 0);
    }

    #[test]
    fn of_a_lineage_of_very_many_the_earliest_are_paired() {
        let mut ledger = Ledger::default();
        let many: Vec<_> = (0..PARTIES_MAX as i64 + 5)
            .map(|minute| at(&format!("p{}", 900 - minute), minute))
            .collect();
        ledger.add(&many[..PARTIES_MAX]);
        assert!(ledger.is_complete());
        ledger.add(&many);
        assert!(!ledger.is_complete());
        let echoes = ledger.echoes();
        assert_eq!(echoes.len(), PARTIES_MAX * (PARTIES_MAX - 1));
        assert!(echoes.iter().all(|echo| echo.shared == 2));
    }

    #[test]
    fn the_interval_holds_the_median() {
        let lag = lag((0..101).collect()).unwrap();
        assert_eq!((lag.median, lag.count), (50, 101));
        assert!(
            lag.low >= 39 && lag.low < 45 && lag.high > 55 && lag.high <= 61,
            "{lag:?}"
        );
        assert_eq!(super::lag(vec![7]).unwrap().median, 7);
        assert_eq!(super::lag(Vec::new()), None);
    }
}
