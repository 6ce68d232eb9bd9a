//! Whether accounts posted one object (a text, a link, a hashtag) together more often than their own
//! rhythms and its popularity explain.
//!
//! What is tested is how many accounts posted the object within 60 seconds, 10 minutes and an hour. The
//! null: each account posts when it posts, and each of its posts has the object with the share that the
//! object had among all posts before. With `m` posts of an account in the window:
//!
//! ```text
//! share    = max over the day and the hour before the window of
//!            (u + ½) / (n + 1)      u of the n posts had the object; an account gives u at most 3
//!            ½ / (n + 500)          where u = 0
//! expected = Σ over the accounts of the window  1 - (1 - share)^m
//! p        = P(Poisson(expected) >= accounts)
//! p_max    = budget / tests of the last day
//! ```
//!
//! - The rhythms are those of the window itself: at an hour at which everybody posts everything is
//!   posted more, and what one account posts a hundred times counts once. (A sum of independent
//!   accounts has a thinner tail than the Poisson of its mean, from the mean plus one upwards:
//!   Hoeffding, *On the distribution of the number of successes in independent trials*, 1956.)
//! - A hashtag that goes round at a steady rate explains itself by its share of the day, one that grows
//!   by that of the last hour. Of one that nobody used, nothing is known but that it is one of many.
//! - Each post tests each of its objects over three windows; the budget is shared among all tests of
//!   a day (Bonferroni), so that it is the false findings a day that the null would give.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use bellwether_model::ItemId;
use statrs::function::gamma::checked_gamma_lr;

/// The windows, in seconds.
pub const COORDINATION_WINDOWS: [i64; 3] = [60, 600, 3_600];

/// With fewer accounts nothing is found.
pub const ACCOUNTS_MIN: usize = 8;

/// What the popularity of an object is learnt from, in seconds.
const DAY: i64 = 24 * 3_600;
const HOUR: i64 = 3_600;

/// False findings a day that the null would give, at most.
const BUDGET: f64 = 0.01;

/// Posts that are remembered, and uses of objects: about 20 MiB each. Beyond, the earliest go, and the
/// day is shorter.
const POSTS_MAX: usize = 500_000;
const USES_MAX: usize = 250_000;

/// Uses of one object that are looked at, the latest. What is posted more often an hour is no secret.
const OBJECT_USES_MAX: usize = 2_000;

/// Uses by one account that make an object popular.
const ACCOUNT_USES_MAX: u32 = 3;

/// Posts that a share of nought is spread over.
const UNUSED_POSTS: f64 = 500.0;

/// A post of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectPost {
    /// When, in seconds.
    pub at: i64,
    /// A number that stands for the account.
    pub account: u64,
    /// The post.
    pub item: ItemId,
}

/// An object that accounts posted together.
#[derive(Debug, Clone, PartialEq)]
pub struct Coordination {
    /// The window, in seconds, which ends with the latest post.
    pub window_seconds: i64,
    /// The accounts that posted it within the window.
    pub accounts: u32,
    /// As many are expected.
    pub expected: f64,
    /// The probability of so many or more.
    pub p: f64,
    /// The largest `p` that is found.
    pub p_max: f64,
    /// Of the accounts, those without any post in the day before the window.
    pub silent_before: u32,
    /// The posts of the last hour, in order of time.
    pub items: Vec<ItemId>,
}

#[derive(Clone, Copy)]
struct Post {
    at: i64,
    account: u64,
    objects: u32,
}

/// The posts of accounts of the last day, and their links and hashtags.
#[derive(Default)]
pub struct Posts {
    /// In order of time.
    posts: VecDeque<Post>,
    objects: u64,
    uses: HashMap<u64, Vec<ObjectPost>>,
    /// The uses as they came.
    order: VecDeque<(i64, u64)>,
}

impl Posts {
    /// Takes in a post that has so many objects.
    pub fn add(&mut self, at: i64, account: u64, objects: u32) {
        let place = self.posts.partition_point(|post| post.at <= at);
        let post = Post {
            at,
            account,
            objects,
        };
        self.posts.insert(place, post);
        self.objects += u64::from(objects);
        let newest = self.posts.back().map_or(at, |post| post.at);
        // The longest window, and a day before it.
        while self.posts.len() > POSTS_MAX
            || (self.posts.front()).is_some_and(|post| post.at < newest - DAY - HOUR)
        {
            if let Some(post) = self.posts.pop_front() {
                self.objects -= u64::from(post.objects);
            }
        }
        while self.order.len() > USES_MAX
            || (self.order.front()).is_some_and(|(at, _)| *at < newest - DAY - HOUR)
        {
            let Some((at, object)) = self.order.pop_front() else {
                break;
            };
            if let Some(uses) = self.uses.get_mut(&object) {
                uses.retain(|used| used.at > at);
                if uses.is_empty() {
                    self.uses.remove(&object);
                }
            }
        }
    }

    /// Takes in that a post has a link or hashtag, for which a number stands.
    pub fn add_use(&mut self, object: u64, used: ObjectPost) {
        let uses = self.uses.entry(object).or_default();
        let place = uses.partition_point(|other| other.at <= used.at);
        uses.insert(place, used);
        if uses.len() > OBJECT_USES_MAX {
            uses.remove(0);
        }
        self.order.push_back((used.at, object));
    }

    /// The posts of a link or hashtag, in order of time.
    #[must_use]
    pub fn uses(&self, object: u64) -> &[ObjectPost] {
        self.uses.get(&object).map_or(&[], Vec::as_slice)
    }

    /// Whether posts of half a day before a time are known, so that there is something to learn how
    /// popular an object is from.
    #[must_use]
    pub fn has_history(&self, at: i64) -> bool {
        self.posts.len() >= POSTS_MAX
            || (self.posts.front()).is_some_and(|post| post.at <= at - DAY / 2)
    }

    /// Whether an object is posted together at a time. `uses` are its posts in order of time; those
    /// that [`Self::add`] was not given are left out.
    #[must_use]
    pub fn judge(&self, uses: &[ObjectPost], at: i64) -> Option<Coordination> {
        // A post that came without a time says nothing of when it was posted.
        let until = &uses[..uses.partition_point(|used| used.at <= at)];
        let uses: Vec<ObjectPost> = until
            .iter()
            .skip(until.len().saturating_sub(OBJECT_USES_MAX))
            .filter(|used| self.has(used.at, used.account))
            .copied()
            .collect();
        let is_full = until.len() >= OBJECT_USES_MAX;
        let tests = (self.objects.max(1) as f64) * COORDINATION_WINDOWS.len() as f64;
        let p_max = BUDGET / tests;
        let mut best: Option<Coordination> = None;
        for window_seconds in COORDINATION_WINDOWS {
            let from = at - window_seconds;
            let within = &uses[uses.partition_point(|used| used.at <= from)..];
            // Where its posts of the hour before are not all known, nobody can say how usual it is.
            let is_after = |first: Option<i64>| first.is_some_and(|first| first > from - HOUR);
            let is_cut = is_full && is_after(uses.first().map(|first| first.at))
                || self.order.len() >= USES_MAX && is_after(self.order.front().map(|(at, _)| *at));
            if is_cut {
                continue;
            }
            let accounts: HashSet<u64> = within.iter().map(|used| used.account).collect();
            if accounts.len() < ACCOUNTS_MIN {
                continue;
            }
            let before = &uses[..uses.len() - within.len()];
            let share = share(before, from, DAY, self).max(share(before, from, HOUR, self));
            let mut by_account: BTreeMap<u64, i32> = BTreeMap::new();
            for post in self.between(from, at) {
                *by_account.entry(post.account).or_default() += 1;
            }
            let expected = by_account
                .values()
                .map(|posts| 1.0 - (1.0 - share).powi(*posts))
                .sum();
            let p = at_least(accounts.len(), expected);
            if p > p_max || best.as_ref().is_some_and(|best| best.p <= p) {
                continue;
            }
            let mut silent = accounts.clone();
            for post in self.between(from - DAY, from) {
                silent.remove(&post.account);
            }
            best = Some(Coordination {
                window_seconds,
                accounts: accounts.len() as u32,
                expected,
                p,
                p_max,
                silent_before: silent.len() as u32,
                items: Vec::new(),
            });
        }
        let mut best = best?;
        let of_hour = &uses[uses.partition_point(|used| used.at <= at - HOUR)..];
        best.items = of_hour.iter().map(|used| used.item).collect();
        Some(best)
    }

    /// Whether an account has a post at a time.
    fn has(&self, at: i64, account: u64) -> bool {
        self.between(at - 1, at).any(|post| post.account == account)
    }

    /// The posts after a time, up to another.
    fn between(&self, from: i64, to: i64) -> impl Iterator<Item = &Post> {
        let first = self.posts.partition_point(|post| post.at <= from);
        let last = self.posts.partition_point(|post| post.at <= to);
        self.posts.range(first..last.max(first))
    }
}

/// The share of an object in the posts of some time before `to`.
fn share(uses: &[ObjectPost], to: i64, length: i64, posts: &Posts) -> f64 {
    let mut by_account: HashMap<u64, u32> = HashMap::new();
    for used in &uses[uses.partition_point(|used| used.at <= to - length)..] {
        *by_account.entry(used.account).or_default() += 1;
    }
    let used: u32 = by_account
        .values()
        .map(|count| (*count).min(ACCOUNT_USES_MAX))
        .sum();
    let all = posts.between(to - length, to).count() as f64;
    if used == 0 {
        0.5 / (all + UNUSED_POSTS)
    } else {
        // Posts forgotten by their bound must not make a share above one.
        ((f64::from(used) + 0.5) / (all + 1.0)).min(1.0)
    }
}

/// P(Poisson(`mean`) >= `count`), the regularised lower incomplete gamma function.
fn at_least(count: usize, mean: f64) -> f64 {
    if count == 0 || mean.is_nan() || mean.is_infinite() {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    checked_gamma_lr(count as f64, mean).map_or(1.0, |p| p.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    const OBJECT: u64 = 7;

    fn post(posts: &mut Posts, at: i64, account: u64, has_object: bool) {
        posts.add(at, account, 1);
        if has_object {
            let item = ItemId(at.unsigned_abs());
            posts.add_use(OBJECT, ObjectPost { at, account, item });
        }
    }

    /// 200 accounts post 2,000 times a day; what each post has is said by a rule of its second.
    fn day(seed: u64, has_object: impl Fn(i64, &mut StdRng) -> bool) -> Posts {
        let mut random = StdRng::seed_from_u64(seed);
        let mut posts = Posts::default();
        for number in 0..2_000 {
            let at = number * DAY / 2_000;
            let account = random.random_range(0..200);
            let has_object = has_object(at, &mut random);
            post(&mut posts, at, account, has_object);
        }
        posts
    }

    #[test]
    fn accounts_that_post_one_link_within_minutes_are_found() {
        let mut posts = day(1, |_, _| false);
        for number in 0..8 {
            let found = posts.judge(posts.uses(OBJECT), DAY + 60 * number);
            assert_eq!(found, None, "{number} are too few");
            post(&mut posts, DAY + 60 * number, 1_000 + number as u64, true);
        }
        let found = posts.judge(posts.uses(OBJECT), DAY + 7 * 60).unwrap();
        assert_eq!((found.accounts, found.silent_before), (8, 8));
        assert_eq!(found.window_seconds, 600);
        assert_eq!(found.items.len(), 8);
        assert!(found.p < 1e-9 && found.p < found.p_max, "{found:?}");
        assert!(found.expected < 0.1, "{found:?}");
    }

    #[test]
    fn one_account_is_one_however_often_it_posts() {
        let mut posts = day(2, |_, _| false);
        for number in 0..200 {
            post(&mut posts, DAY + number, 5_000 + number as u64 % 7, true);
        }
        assert_eq!(posts.judge(posts.uses(OBJECT), DAY + 200), None);
    }

    /// A hashtag in two fifths of all posts, at any hour.
    #[test]
    fn a_hashtag_at_a_steady_rate_explains_itself() {
        for seed in 0..20 {
            let posts = day(seed, |_, random| random.random_bool(0.4));
            let uses = posts.uses(OBJECT);
            let hour = &uses[uses.partition_point(|used| used.at < DAY - HOUR)..];
            let accounts: HashSet<u64> = hour.iter().map(|used| used.account).collect();
            assert!(accounts.len() >= ACCOUNTS_MIN, "there is something to find");
            for used in uses.iter().filter(|used| used.at > DAY / 2) {
                assert_eq!(posts.judge(uses, used.at), None, "{seed}");
            }
        }
    }

    /// More uses than are kept do not make what was before them look like nothing.
    #[test]
    fn a_hashtag_of_two_thousand_posts_an_hour_explains_itself() {
        let mut random = StdRng::seed_from_u64(4);
        let mut posts = Posts::default();
        for number in 0..30_000 {
            let has_object = random.random_bool(0.8);
            let account = random.random_range(0..3_000);
            post(&mut posts, number * 3 / 2, account, has_object);
            if number > 28_000 && number % 100 == 0 {
                let found = posts.judge(posts.uses(OBJECT), number * 3 / 2);
                assert_eq!(found, None, "{number}");
            }
        }
    }

    #[test]
    fn posts_without_a_time_do_not_count() {
        let mut posts = day(5, |_, _| false);
        for number in 0..12 {
            let (at, account) = (DAY + number, 1_000 + number.unsigned_abs());
            let item = ItemId(at.unsigned_abs());
            posts.add_use(OBJECT, ObjectPost { at, account, item });
        }
        assert_eq!(posts.judge(posts.uses(OBJECT), DAY + 20), None);
    }

    /// At the hour at which everybody posts, everything is posted more.
    #[test]
    fn an_hour_at_which_all_post_more_explains_itself() {
        let mut random = StdRng::seed_from_u64(3);
        let mut posts = day(3, |_, random| random.random_bool(0.05));
        for number in 0..2_000 {
            let has_object = random.random_bool(0.05);
            post(
                &mut posts,
                DAY + number,
                random.random_range(0..200),
                has_object,
            );
        }
        let uses = posts.uses(OBJECT);
        for used in uses.iter().filter(|used| used.at > DAY) {
            assert_eq!(posts.judge(uses, used.at), None);
        }
    }

    /// One that posts an object all day long makes it popular with nobody else.
    #[test]
    fn one_account_cannot_make_an_object_popular() {
        let mut posts = day(4, |_, _| false);
        for number in 0..1_000 {
            post(&mut posts, DAY + number, 9_999, true);
        }
        for number in 0..12 {
            post(
                &mut posts,
                DAY + 1_100 + number,
                1_000 + number as u64,
                true,
            );
        }
        let found = posts.judge(posts.uses(OBJECT), DAY + 1_112).unwrap();
        assert!(found.accounts >= 12, "{found:?}");
    }

    #[test]
    fn the_first_half_day_teaches() {
        let posts = day(6, |_, _| false);
        assert!(!posts.has_history(DAY / 2 - 1) && posts.has_history(DAY / 2));
        assert!(!Posts::default().has_history(DAY));
    }

    #[test]
    fn the_day_before_is_forgotten() {
        let mut posts = day(5, |_, _| true);
        assert_eq!(posts.uses(OBJECT).len(), 2_000);
        post(&mut posts, 3 * DAY, 1, false);
        assert_eq!((posts.posts.len(), posts.objects), (1, 1));
        assert!(posts.uses(OBJECT).is_empty() && posts.order.is_empty());
    }

    #[test]
    fn the_tail_is_that_of_poisson() {
        for (count, mean, expected) in [
            (0, 3.0, 1.0),
            (1, 1.0, 1.0 - (-1.0_f64).exp()),
            (8, 2.0, 0.001_096_719),
            (3, 0.0, 0.0),
            (3, f64::NAN, 1.0),
        ] {
            let p = at_least(count, mean);
            assert!((p - expected).abs() < 1e-8, "{count} {mean}: {p}");
        }
    }
}
