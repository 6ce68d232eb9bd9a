use std::time::Duration;

use super::*;
use crate::adapters::Post;
use crate::parse::Entry;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn source(kind: SourceKind) -> Source {
    Source {
        id: SourceId::new("s"),
        name: "S".to_owned(),
        kind,
        reading: bellwether_model::Reading::default(),
        url: Some("https://s.example/1".to_owned()),
        reach: bellwether_model::Reach::default(),
        publisher: bellwether_model::PublisherId::new("s"),
        family: bellwether_model::FamilyId::new("s"),
        groups: Vec::new(),
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(600),
        enabled: true,
        affiliation: bellwether_model::Affiliation::UNKNOWN,
        note: None,
    }
}

const WANTED: fn() -> Wanted = || Wanted {
    span: Span {
        from: at("2026-11-01T00:00:00Z"),
        to: at("2026-11-19T00:00:00Z"),
    },
    now: at("2026-11-20T00:00:00Z"),
};

fn page(times: &[&str], older: Option<&str>) -> Listing {
    let post = |time: &&str| {
        Post::from(Entry {
            guid: Some(format!("https://s.example/{time}")),
            title: (*time).to_owned(),
            published: time.parse().ok(),
            published_raw: Some((*time).to_owned()),
            ..Entry::default()
        })
    };
    Listing {
        posts: times.iter().map(post).collect(),
        older: older.map(str::to_owned),
        is_whole: true,
        ..Listing::default()
    }
}

fn take(place: &mut Place, kind: SourceKind, listing: &Listing) -> (Batch, LeftOut) {
    let wanted = WANTED();
    let mut batch = Batch::new(wanted.now);
    assert!(place.next(&wanted).is_some());
    let left_out = place.take(&source(kind), listing, true, &wanted, &mut batch);
    (batch, left_out)
}

fn first() -> Place {
    Place::read(None, "https://s.example/1", WANTED().span.from)
}

#[test]
fn pages_meet_without_a_gap() {
    let mut place = first();
    let newest = page(
        &[
            "2026-11-19T20:00:00Z",
            "2026-11-18T20:00:00Z",
            "2026-11-17T20:00:00Z",
        ],
        Some("https://s.example/2"),
    );
    let (batch, left_out) = take(&mut place, SourceKind::Telegram, &newest);
    assert_eq!(left_out.recent, 1, "polls find it");
    assert_eq!(batch.items.len(), 2);
    let span = &batch.covered[0];
    // The oldest one is not believed to be where the page ends.
    assert_eq!(span.first, at("2026-11-18T20:00:00Z"));
    assert_eq!(span.last, WANTED().span.to);
    let kept = serde_json::to_string(&place).unwrap();
    let mut place = Place::read(Some(&kept), "https://s.example/1", WANTED().span.from);
    assert_eq!(
        place.next(&WANTED()).unwrap().named.url,
        "https://s.example/2"
    );
    let older = page(
        &[
            "2026-11-17T20:00:00Z",
            "2026-11-13T00:00:00Z",
            "2026-11-09T00:00:00Z",
            "2026-11-04T00:00:00Z",
            "2026-10-30T00:00:00Z",
            "2026-10-20T00:00:00Z",
        ],
        Some("https://s.example/3"),
    );
    let (batch, left_out) = take(&mut place, SourceKind::Telegram, &older);
    assert_eq!((left_out.older, batch.items.len()), (0, 6), "taken whole");
    let next = &batch.covered[0];
    assert_eq!(
        (next.first, next.last),
        (at("2026-10-30T00:00:00Z"), at("2026-11-18T20:00:00Z"))
    );
    assert!(place.has_reached(SourceKind::Telegram, &WANTED()));
    // Another address is another past.
    assert_eq!(
        Place::read(Some(&kept), "https://s.example/else", WANTED().span.from).pages,
        0
    );
    assert_eq!(
        Place::read(Some("nonsense"), "u", WANTED().span.from)
            .queue
            .len(),
        1
    );
}

#[test]
fn what_has_no_time_is_never_dated_by_today() {
    let listing = page(
        &[
            "",
            "soon",
            "2026-11-21T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "2026-11-10T00:00:00Z",
        ],
        None,
    );
    let (batch, left_out) = take(&mut first(), SourceKind::Telegram, &listing);
    assert_eq!(left_out.undated, 4);
    assert_eq!(batch.items.len(), 1);
    assert!(batch.items.iter().all(|item| item.time < WANTED().span.to));
}

#[test]
fn sources_that_do_not_lead_back_are_found_out() {
    let times = ["2026-11-18T20:00:00Z", "2026-11-17T20:00:00Z"];
    // The same page again, whatever number is asked for.
    let mut place = first();
    take(
        &mut place,
        SourceKind::Feed,
        &page(&times, Some("https://s.example/?paged=2")),
    );
    assert_eq!(place.end, None);
    take(
        &mut place,
        SourceKind::Feed,
        &page(&times, Some("https://s.example/?paged=3")),
    );
    assert!(matches!(place.end, Some(End::NoWayBack(_))), "{place:?}");
    // A feed that says nothing of older ones; the last page of one that does.
    let mut place = first();
    take(&mut place, SourceKind::Feed, &page(&times, None));
    assert!(matches!(place.end, Some(End::NoWayBack(_))), "{place:?}");
    let mut place = first();
    take(&mut place, SourceKind::Mastodon, &page(&times, None));
    assert_eq!(place.end, Some(End::Beginning));
    // Another host is another matter.
    let mut place = first();
    take(
        &mut place,
        SourceKind::Mastodon,
        &page(&times, Some("https://other.example/2")),
    );
    assert!(matches!(place.end, Some(End::NoWayBack(_))));
    // Pages without end that stand still.
    let mut place = first();
    for number in 0..STALLED_MAX + 1 {
        assert_eq!(place.end, None, "{number}");
        let mut listing = page(&times, Some(&format!("https://s.example/{number}")));
        listing.posts[0].entry.title = number.to_string();
        take(&mut place, SourceKind::Telegram, &listing);
    }
    assert!(matches!(place.end, Some(End::NoWayBack(_))));
}

#[test]
fn an_index_is_read_as_far_back_as_is_wanted() {
    let named = |path: &str, changed: Option<&str>| Named {
        url: format!("https://s.example/{path}"),
        changed: changed.map(at),
    };
    let mut place = first();
    let index = Listing {
        documents: vec![
            named("a.xml", Some("2026-11-20T00:00:00Z")),
            named("2026-11.xml", None),
            named("2026-09.xml", None),
            named("b.xml", Some("2026-10-31T10:00:00Z")),
            named("tags.xml", None),
            Named {
                url: "https://other.example/c.xml".to_owned(),
                changed: None,
            },
        ],
        ..Listing::default()
    };
    take(&mut place, SourceKind::Sitemap, &index);
    let mut read = Vec::new();
    while let Some(step) = place.next(&WANTED()) {
        read.push(step.named.url.clone());
        let listing = page(
            &[
                "2026-11-19T20:00:00Z",
                "2026-11-18T20:00:00Z",
                "2026-11-04T20:00:00Z",
                "2026-11-03T20:00:00Z",
                "2026-11-02T20:00:00Z",
                "2026-10-31T20:00:00Z",
            ],
            None,
        );
        let (batch, left_out) = take(&mut place, SourceKind::Sitemap, &listing);
        let covered: Vec<_> = (batch.covered.iter())
            .map(|span| (span.first, span.last))
            .collect();
        // Nothing says what lay in the two weeks between, and what is older is not kept.
        let month = (WANTED().span.from, at("2026-11-04T20:00:00Z"));
        assert_eq!(covered, [month]);
        assert_eq!((left_out.recent, left_out.older), (1, 1));
    }
    assert_eq!(
        read,
        ["a.xml", "2026-11.xml", "tags.xml"].map(|path| format!("https://s.example/{path}"))
    );
    assert_eq!(place.end, Some(End::Beginning));
    // More is wanted than before: it is read anew. The same, a day later: it is not.
    let kept = serde_json::to_string(&place).unwrap();
    for (from, pages) in [("2026-10-01T00:00:00Z", 0), ("2026-11-02T00:00:00Z", 4)] {
        let again = Place::read(Some(&kept), "https://s.example/1", at(from));
        assert_eq!(again.pages, pages, "{from}");
    }
    // One that is no index.
    let mut place = first();
    take(
        &mut place,
        SourceKind::Sitemap,
        &page(&["2026-11-18T20:00:00Z"], None),
    );
    assert!(matches!(place.end, Some(End::NoWayBack(_))));
}

#[test]
fn one_post_that_claims_to_be_old_does_not_move_the_end_of_a_page() {
    let mut times: Vec<String> = (1..20)
        .map(|day| format!("2026-11-{:02}T00:00:00Z", day.max(10)))
        .collect();
    times.push("2015-01-01T00:00:00Z".to_owned());
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    let mut place = first();
    take(
        &mut place,
        SourceKind::Bluesky,
        &page(&times, Some("https://s.example/2")),
    );
    assert_eq!(place.reach, Some(at("2026-11-10T00:00:00Z")));
    assert_eq!(place.end, None);
}

fn days(range: std::ops::Range<u32>) -> Vec<String> {
    range
        .rev()
        .map(|day| format!("2026-11-{day:02}T12:00:00Z"))
        .collect()
}

fn covered(kind: SourceKind, times: &[&str]) -> Vec<(String, String)> {
    let (batch, _) = take(
        &mut first(),
        kind,
        &page(times, Some("https://s.example/2")),
    );
    assert_eq!(batch.imported.len(), 1, "marked as imported in any case");
    batch
        .covered
        .iter()
        .map(|span| (span.first.to_string(), span.last.to_string()))
        .collect()
}

#[test]
fn only_what_a_page_shows_densely_counts_as_covered() {
    let to = WANTED().span.to.to_string();
    // Two old entries say nothing of the months since.
    let old = ["2026-08-02T00:00:00Z", "2026-06-01T00:00:00Z"];
    for kind in [SourceKind::Feed, SourceKind::Telegram] {
        assert_eq!(covered(kind, &old), [], "{kind:?}");
    }
    // Nor do old ones among new ones, first or last.
    let daily = days(1..20);
    let daily: Vec<&str> = daily.iter().map(String::as_str).collect();
    for among in [
        [&old[..], &daily].concat(),
        [&daily[..], &old].concat(),
        [&daily[..], &old, &["2026-03-01T00:00:00Z"]].concat(),
    ] {
        let found = covered(SourceKind::Feed, &among);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0.starts_with("2026-11-0"), "{found:?}");
        assert_eq!(found[0].1, to);
    }
    // A weekly may pause for weeks, and a daily not.
    let weekly = [
        "2026-11-17",
        "2026-11-10",
        "2026-11-03",
        "2026-10-27",
        "2026-10-20",
        "2026-10-06",
        "2026-09-29",
    ]
    .map(|day| format!("{day}T00:00:00Z"));
    let weekly: Vec<&str> = weekly.iter().map(String::as_str).collect();
    let found = covered(SourceKind::Feed, &weekly);
    assert_eq!(found, [("2026-10-06T00:00:00Z".to_owned(), to.clone())]);
    let paused = [days(17..19), days(1..12)].concat();
    let paused: Vec<&str> = paused.iter().map(String::as_str).collect();
    let found = covered(SourceKind::Feed, &paused);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1], ("2026-11-17T12:00:00Z".to_owned(), to));
}

#[test]
fn hours_of_which_polls_read_whole_texts_are_not_covered_by_lists() {
    let mut source = source(SourceKind::Feed);
    source.reading.article = true;
    let times = days(1..19);
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    let wanted = WANTED();
    let mut batch = Batch::new(wanted.now);
    let mut place = first();
    place.take(&source, &page(&times, None), true, &wanted, &mut batch);
    assert_eq!((batch.items.len(), batch.imported.len()), (18, 1));
    assert_eq!(batch.covered, []);
    assert!(place.reach.is_some(), "it was read as far");
    // Nor are those of a page that came in part.
    let mut cut = page(&times, None);
    cut.is_whole = false;
    let (batch, _) = take(&mut first(), SourceKind::Feed, &cut);
    assert_eq!((batch.items.len(), batch.covered.len()), (18, 0));
}

#[test]
fn an_index_of_more_than_is_remembered_is_read_to_its_end() {
    let index = Listing {
        documents: (0..450)
            .map(|number| Named {
                url: format!("https://s.example/part-{number}.xml"),
                changed: None,
            })
            .chain([Named {
                url: "https://other.example/part.xml".to_owned(),
                changed: None,
            }])
            .collect(),
        ..Listing::default()
    };
    let mut place = first();
    let mut read = std::collections::BTreeSet::new();
    let mut left_out = 0;
    let mut asked = 0;
    while place.end.is_none() {
        // Killed after each page.
        let kept = serde_json::to_string(&place).unwrap();
        place = Place::read(Some(&kept), "https://s.example/1", WANTED().span.from);
        let url = place.next(&WANTED()).unwrap().named.url.clone();
        asked += 1;
        let listing = match url.as_str() {
            "https://s.example/1" => index.clone(),
            _ => {
                assert!(read.insert(url), "once");
                page(&["2026-11-18T20:00:00Z"], None)
            }
        };
        left_out += take(&mut place, SourceKind::Sitemap, &listing).1.sitemaps;
        assert!(place.queue.len() <= QUEUE_MAX + 1);
    }
    assert_eq!((read.len(), asked, left_out), (450, 453, 1));
    assert_eq!(place.end, Some(End::Beginning));
}
