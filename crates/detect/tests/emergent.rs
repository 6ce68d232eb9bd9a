//! Terms that nobody listed, on made streams: what is told, and what is not.

use bellwether_detect::{Arrival, Asked, Emergent, EmergentSettings, Risen};
use bellwether_model::{Rise, Role, Whose};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;
const START: u32 = 1_788_739_200;

/// The term that is pushed; the others are below.
const PUSHED: u64 = u64::MAX / 3;

#[derive(Clone)]
struct Post {
    arrival: Arrival,
    terms: Vec<u64>,
}

fn post(time: u32, family: u32, story: u64, role: Role, terms: &[u64]) -> Post {
    Post {
        arrival: Arrival {
            item: 0,
            received: START + time,
            time: START + time,
            family,
            story,
            group: family as u16 % 8,
            role: Some(role),
            script: 0,
        },
        // Keys are spread over all numbers, as real ones are.
        terms: terms
            .iter()
            .map(|term| term.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect(),
    }
}

const ROLES: [Role; 4] = [Role::State, Role::Proxy, Role::Domestic, Role::Social];

/// Days of 600 items of 80 families, each with ten of 4,000 words, frequent and rare.
fn background(days: u32, seed: u64) -> Vec<Post> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..days * 600)
        .map(|n| {
            let family = random.random_range(0..80_u32);
            let words: Vec<u64> = (0..10)
                .map(|_| (4_000.0 * random.random::<f64>().powi(2)) as u64)
                .collect();
            let time = n * (DAY / 600) + random.random_range(0..60);
            post(
                time,
                family,
                u64::from(n),
                ROLES[family as usize % 4],
                &words,
            )
        })
        .collect()
}

fn play(mut posts: Vec<Post>, settings: EmergentSettings) -> Vec<(u32, u64, Risen)> {
    posts.sort_by_key(|post| post.arrival.received);
    let mut engine = Emergent::new(settings);
    let mut told = Vec::new();
    for (item, post) in posts.iter_mut().enumerate() {
        post.arrival.item = item as u64;
        post.terms.sort_unstable();
        post.terms.dedup();
        for risen in engine.take(post.arrival, &post.terms) {
            told.push((post.arrival.received - START, post.terms[risen.term], risen));
        }
    }
    told
}

fn small() -> EmergentSettings {
    EmergentSettings {
        table_bytes: 4 << 20,
        mentions: 1 << 18,
        items: 1 << 14,
        ..EmergentSettings::default()
    }
}

fn key(term: u64) -> u64 {
    term.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Told of the term that is pushed.
fn pushed(posts: Vec<Post>) -> Vec<(u32, Risen)> {
    let told = play(posts, small()).into_iter();
    told.filter(|(_, term, _)| *term == key(PUSHED))
        .map(|(at, _, risen)| (at, risen))
        .collect()
}

fn with(mut posts: Vec<Post>, more: impl IntoIterator<Item = Post>) -> Vec<Post> {
    posts.extend(more);
    posts
}

#[test]
fn a_new_word_in_several_mouths_is_told_with_what_it_takes_to_check_it() {
    let push = (0..8).map(|n| {
        post(
            12 * DAY + n * 600,
            n * 4 + n % 2,
            900_000 + u64::from(n),
            ROLES[(n % 2) as usize],
            &[PUSHED],
        )
    });
    let told = pushed(with(background(14, 1), push));
    let (at, first) = told.first().expect("told");
    assert!(*at < 12 * DAY + 8 * 600, "before the push is over");
    assert_eq!((first.rise, first.whose), (Rise::Sharp, Whose::Outside));
    assert!(first.voices >= 3 && first.expected < 0.1 && first.p < 1e-7);
    assert_eq!(first.items.len() as u32, first.voices);
}

/// What the first telling of a push asked for, where so much else was published in the day before it.
fn asked_beside(much: u32) -> f64 {
    let push = (0..16).map(|n| {
        let role = ROLES[n as usize % 2];
        post(
            12 * DAY + n * 120,
            1_000 + n % 40,
            1 << 40 | u64::from(n),
            role,
            &[PUSHED],
        )
    });
    // Known for long, so that their voices count.
    let known = (0..16).map(|n| {
        post(
            n * 60,
            1_000 + n,
            1 << 41 | u64::from(n),
            ROLES[n as usize % 2],
            &[7],
        )
    });
    let more = (0..much).map(|n| {
        let time = 11 * DAY + (u64::from(n) * u64::from(DAY) / u64::from(much)) as u32;
        post(
            time,
            5,
            1 << 42 | u64::from(n),
            Role::Domestic,
            &[1 << 20 | u64::from(n)],
        )
    });
    let told = pushed(with(background(13, 3), push.chain(known).chain(more)));
    told.first().map_or(0.0, |(_, risen)| risen.p_max)
}

#[test]
fn with_ten_times_the_items_a_proof_must_be_ten_times_less_likely() {
    let usual = asked_beside(1);
    assert_eq!(usual, asked_beside(5_000), "what the settings are made for");
    let ratio = usual / asked_beside(65_000);
    assert!((9.5..10.5).contains(&ratio), "{ratio}");
}

#[test]
fn nothing_is_told_where_nothing_is_pushed() {
    assert_eq!(play(background(16, 2), small()).len(), 0);
}

#[test]
fn one_family_however_loud_and_one_text_however_often_copied_are_no_burst() {
    let spam = (0..90).map(|n| {
        post(
            12 * DAY + n * 60,
            1,
            900_000 + u64::from(n),
            Role::Proxy,
            &[PUSHED],
        )
    });
    assert_eq!(pushed(with(background(14, 3), spam)), []);
    let wire = (0..40).map(|n| {
        post(
            12 * DAY + n * 60,
            n,
            900_000,
            ROLES[n as usize % 4],
            &[PUSHED],
        )
    });
    assert_eq!(pushed(with(background(14, 3), wire)), []);
}

#[test]
fn copies_by_one_family_never_raise_a_burst() {
    let two = |n: u32| {
        post(
            12 * DAY + n * 60,
            n % 2,
            900_000 + u64::from(n),
            Role::State,
            &[PUSHED],
        )
    };
    let copies = (0..30).map(|n| post(12 * DAY + n * 60, 1, 900_000, Role::State, &[PUSHED]));
    assert_eq!(
        pushed(with(background(14, 4), (0..2).map(two).chain(copies))),
        []
    );
}

#[test]
fn without_a_week_of_history_nothing_is_told() {
    let push = (0..12).map(|n| {
        post(
            6 * DAY + n * 600,
            n * 4,
            900_000 + u64::from(n),
            Role::State,
            &[PUSHED],
        )
    });
    assert_eq!(pushed(with(background(7, 5), push)), []);
}

#[test]
fn a_column_of_every_day_is_not_told() {
    let column = |days: std::ops::Range<u32>| {
        days.flat_map(|day| {
            (0..8_u32).map(move |n| {
                let story = u64::from(900_000 + day * 100 + n);
                let time = day * DAY + 9 * HOUR + n * 300;
                post(time, n * 4 + n % 2, story, ROLES[n as usize % 2], &[PUSHED])
            })
        })
    };
    let once = pushed(with(background(21, 6), column(15..16)));
    assert!(!once.is_empty(), "on its first day it is news");
    let told = pushed(with(background(21, 6), column(0..20)));
    assert!(told.iter().all(|(at, _)| *at < 9 * DAY), "{told:?}");
}

#[test]
fn a_weekly_column_that_is_somewhat_louder_than_last_week_is_not_told() {
    let column = |day: u32, voices: u32| {
        (0..voices).map(move |n| {
            let story = u64::from(900_000 + day * 100 + n);
            let time = day * DAY + 9 * HOUR + n * 300;
            post(time, n * 4 + n % 2, story, ROLES[n as usize % 2], &[PUSHED])
        })
    };
    let told = |loud: u32| {
        let columns = column(8, 6).chain(column(15, loud));
        let told = pushed(with(background(18, 14), columns)).into_iter();
        told.filter(|(at, _)| *at > 14 * DAY).count()
    };
    assert_eq!(told(10), 0);
    assert!(told(14) > 0, "twice as many are more than the column");
}

#[test]
fn an_event_that_grows_on_its_second_day_is_no_column() {
    let day = |day: u32, voices: u32| {
        (0..voices).map(move |n| {
            let story = u64::from(900_000 + day * 100 + n);
            let time = day * DAY + 9 * HOUR + n * 1_500;
            post(time, n * 4 + 2, story, Role::Domestic, &[PUSHED])
        })
    };
    // The press alone: on the first day too little to be told.
    let events = day(12, 5).chain(day(13, 9));
    let told: Vec<_> = pushed(with(background(16, 14), events));
    assert!(told.iter().all(|(at, _)| *at > 13 * DAY), "{told:?}");
    assert!(!told.is_empty());
}

#[test]
fn the_last_items_of_a_weekly_column_may_come_later_than_a_week_ago() {
    let column = |day: u32, every: u32| {
        (0..9_u32).map(move |n| {
            let story = u64::from(900_000 + day * 100 + n);
            let time = day * DAY + 9 * HOUR + n * every;
            post(time, n * 4 + n % 2, story, ROLES[n as usize % 2], &[PUSHED])
        })
    };
    // Within four hours, and a week later within ten.
    let columns = column(8, 1_600).chain(column(15, 4_200));
    let told = pushed(with(background(18, 14), columns)).into_iter();
    let told: Vec<_> = told.filter(|(at, _)| *at > 14 * DAY).collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn what_new_feeds_bring_with_them_is_not_told() {
    let joined = (0..15_u32).flat_map(|feed| {
        (0..20_u32).map(move |n| {
            let mut post = post(
                12 * DAY + feed * 60,
                1_000 + feed,
                u64::from(900_000 + feed * 100 + n),
                Role::Proxy,
                &[PUSHED],
            );
            post.arrival.time -= n * 2 * HOUR;
            post
        })
    });
    assert_eq!(pushed(with(background(14, 7), joined)), []);
}

#[test]
fn a_word_that_others_use_all_day_is_told_where_one_group_takes_it_up() {
    let usual = (0..14 * 45_u32).map(|n| {
        post(
            n * (DAY / 45),
            n % 20 * 4 + 3,
            800_000 + u64::from(n),
            Role::Social,
            &[PUSHED],
        )
    });
    let push = (0..8_u32).map(|n| {
        let mut post = post(
            12 * DAY + n * 900,
            n * 4 + 1,
            900_000 + u64::from(n),
            Role::Proxy,
            &[PUSHED],
        );
        post.arrival.group = 1;
        post
    });
    let told = pushed(with(with(background(14, 8), usual), push));
    assert!(
        told.iter().any(|(_, risen)| risen.whose == Whose::Group),
        "{told:?}"
    );
}

/// Four a day of everybody, and from the fifteenth day so many more in so many hours.
fn slow_push(more: u32, hours: u32) -> Vec<Post> {
    let usual = (0..20 * 4_u32).map(|n| {
        post(
            n * (DAY / 4),
            n % 80,
            800_000 + u64::from(n),
            ROLES[n as usize % 4],
            &[PUSHED],
        )
    });
    let push = (0..more).map(|n| {
        post(
            14 * DAY + n * (hours * HOUR / more),
            (n * 4 + n % 2) % 80,
            900_000 + u64::from(n),
            ROLES[n as usize % 2],
            &[PUSHED],
        )
    });
    with(with(background(20, 9), usual), push)
}

#[test]
fn a_slow_rise_is_told_within_a_day() {
    let told = pushed(slow_push(54, 72));
    let first = told.iter().find(|(_, risen)| risen.rise == Rise::Slow);
    let (at, risen) = first.expect("told");
    assert!(*at < 15 * DAY, "{told:?}");
    assert_eq!(risen.window, DAY);
    assert!(risen.p <= risen.p_max, "{risen:?}");
}

#[test]
fn what_rises_more_slowly_is_told_by_its_days() {
    let told = pushed(slow_push(36, 72));
    let first = told.iter().find(|(_, risen)| risen.rise == Rise::Slow);
    let (at, risen) = first.expect("told");
    assert!(*at > 15 * DAY && *at < 17 * DAY, "{told:?}");
    assert!(risen.window > DAY && risen.p <= risen.p_max, "{risen:?}");
}

#[test]
fn the_order_within_a_moment_does_not_matter() {
    let push: Vec<Post> = (0..8)
        .map(|n| {
            post(
                12 * DAY + n * 600,
                n * 4,
                900_000 + u64::from(n),
                Role::State,
                &[PUSHED],
            )
        })
        .collect();
    let told = |posts: Vec<Post>| {
        let terms: std::collections::BTreeSet<u64> = play(posts, small())
            .into_iter()
            .map(|(_, term, _)| term)
            .collect();
        terms
    };
    let mut same = with(background(14, 10), push);
    // So coarse a clock that each moment has ten items.
    for post in &mut same {
        post.arrival.received = post.arrival.received / 1_200 * 1_200 + 1_199;
    }
    let mut shuffled = same.clone();
    shuffled.shuffle(&mut StdRng::seed_from_u64(11));
    assert!(told(same.clone()).contains(&key(PUSHED)));
    assert_eq!(told(shuffled), told(same));
}

#[test]
fn memory_has_a_bound_and_a_full_table_makes_no_false_alarm() {
    let mut random = StdRng::seed_from_u64(12);
    let mut posts = background(14, 13);
    for post in &mut posts {
        post.terms.extend((0..60).map(|_| random.random::<u64>()));
    }
    let settings = EmergentSettings {
        table_bytes: 1 << 20,
        mentions: 1 << 16,
        items: 1 << 12,
        ..EmergentSettings::default()
    };
    let mut engine = Emergent::new(settings);
    let mut told = 0;
    for post in &posts {
        told += engine.take(post.arrival, &post.terms).len();
    }
    let (_, _, bytes) = engine.size();
    assert!(bytes <= 3 << 20, "{bytes}");
    assert_eq!(told, 0);
}

#[test]
fn what_is_weighed_is_what_decides() {
    let push = (0..8).map(|n| {
        post(
            12 * DAY + n * 600,
            n * 4 + n % 2,
            900_000 + u64::from(n),
            ROLES[(n % 2) as usize],
            &[PUSHED],
        )
    });
    let mut posts = with(background(14, 3), push);
    posts.sort_by_key(|post| post.arrival.received);
    let mut engine = Emergent::new(small());
    let mut mentions = 0;
    let mut proved = 0;
    for (item, post) in posts.iter_mut().enumerate() {
        post.arrival.item = item as u64;
        post.terms.sort_unstable();
        post.terms.dedup();
        let risen = engine.take(post.arrival, &post.terms);
        if !post.terms.contains(&key(PUSHED)) {
            continue;
        }
        mentions += 1;
        let risen = risen
            .into_iter()
            .find(|risen| post.terms[risen.term] == key(PUSHED));
        let asked = Asked {
            key: key(PUSHED),
            script: 0,
            groups: &[],
        };
        let weighed = engine.weigh(&asked, post.arrival.received);
        assert_eq!(weighed.len(), 9, "six of hours, three of days");
        assert_eq!(
            weighed.iter().any(|window| window.holds()),
            risen.is_some(),
            "{mentions}"
        );
        assert_eq!(
            engine.heard(key(PUSHED), post.arrival.received).len(),
            mentions
        );
        let Some(risen) = risen else { continue };
        proved += 1;
        let window = weighed
            .iter()
            .find(|window| window.window == risen.window && window.whose == risen.whose)
            .expect("its window");
        let tested = window.tested.expect("tested");
        assert_eq!(window.voices, risen.voices);
        assert_eq!(window.items, risen.items);
        assert_eq!((tested.p, tested.p_max), (risen.p, risen.p_max));
        assert_eq!((tested.expected, tested.size), (risen.expected, risen.size));
    }
    assert_eq!(mentions, 8);
    assert!(proved > 0 && proved < mentions, "{proved}");
}

#[test]
fn what_is_missing_is_said_before_anything_is_judged() {
    let mut engine = Emergent::new(small());
    for post in background(3, 3) {
        engine.take(post.arrival, &post.terms);
    }
    let asked = Asked {
        key: key(PUSHED),
        script: 0,
        groups: &[0],
    };
    let weighed = engine.weigh(&asked, START + 3 * DAY);
    assert_eq!(weighed.len(), 12, "and three within the group");
    for window in weighed {
        assert!(window.tested.is_none() && !window.holds(), "{window:?}");
        assert!(!window.usual.is_known());
    }
}
