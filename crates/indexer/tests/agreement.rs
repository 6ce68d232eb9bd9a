//! The index gives the answers of the matcher, whatever it was fed and in whatever steps.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use std::collections::BTreeSet;

use bellwether_archive::{Batch, CaptureKind, DataDir, LogReader, LogWriter, NewCapture, NewItem};
use bellwether_indexer::{Indexer, LocalEngine};
use bellwether_model::{
    Affiliation, Directory, FamilyId, GroupId, Item, ItemId, PublisherId, Reach, Source, SourceId,
    SourceKind, TimeReason, Timestamp,
};
use bellwether_query::{
    AnalysedItem, Binding, Bound, Column, Names, Query, RELEVANT_MAX, SearchEngine, SearchRequest,
    Sort, matches,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;

const SOURCES: [&str; 3] = ["a", "b", "c"];

fn directory() -> Directory {
    let sources = SOURCES.map(|id| Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new("p"),
        family: FamilyId::new("f"),
        groups: vec![GroupId::new(if id == "c" { "h" } else { "g" })],
        country: None,
        languages: Vec::new(),
        every: std::time::Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    });
    Directory::new([], sources, [])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("in the calendar")
}

fn item(guid: &str, source: usize, title: &str, text: &str, second: i64) -> NewItem {
    NewItem {
        source: SourceId::new(SOURCES[source]),
        publisher: PublisherId::new("p"),
        identities: vec![guid.to_owned()],
        guid: Some(guid.to_owned()),
        url: Some(format!("https://{}.example.org/{guid}", SOURCES[source])),
        platform: (source == 0).then(|| "Telegram".to_owned()),
        lang_declared: None,
        title: title.to_owned(),
        text: text.to_owned(),
        seen: at(second),
        published: None,
        published_raw: None,
        time: at(second),
        time_reason: TimeReason::Missing,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

fn append(writer: &mut LogWriter, items: Vec<NewItem>) {
    let mut batch = Batch::new(at(0));
    batch.capture = Some(NewCapture {
        uri: "file:items.ndjson".to_owned(),
        at: at(0),
        kind: CaptureKind::Resource {
            content_type: "application/x-ndjson".to_owned(),
        },
        body: b"{}".to_vec(),
    });
    batch.items = items;
    writer.append(&[batch]).expect("appended");
}

/// Few letters, so that texts and queries meet; every class of unit and of what lies between.
fn any_words(max: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["票", "選", "选", "台", "臺", "灣", "の", "ー", "선", "ก", "ำ"]),
        3 => prop::sample::select(vec!["ab", "Ab", "é", "e", "ёл", "ел", "3", "１", "ات"]),
        // Long enough for a language, and words of one stem.
        1 => prop::sample::select(vec![
            "the election of voters and votes in this county was held again ",
            "voting ", "elections ", "выборы президента прошли сегодня в стране ", "выборами ",
            "las elecciones de los votantes en este pueblo fueron ayer ", "votante ",
        ]),
        1 => prop::sample::select(vec!["#票 ", "#ab ", "https://t.example/ab ", "@ab "]),
        4 => prop::sample::select(vec![" ", "", "，", ". ", "\n\n", "・", "-", "\u{200B}", "\n"]),
    ];
    prop::collection::vec(piece, 0..max).prop_map(|pieces| pieces.concat())
}

fn any_near() -> impl Strategy<Value = String> {
    let side = || {
        let one = || {
            prop_oneof![
                3 => any_words(3).prop_map(|words| format!("\"{words}\"")),
                1 => any_words(2).prop_map(|words| format!("\"{words}\"*")),
                1 => prop::sample::select(vec!["ab", "vote", "выборы", "票"]).prop_map(str::to_owned),
            ]
        };
        prop_oneof![
            3 => one(),
            1 => (one(), one()).prop_map(|(a, b)| format!("({a} OR {b})")),
            1 => (one(), one(), 1..5_u32).prop_map(|(a, b, n)| format!("({a} NEAR/{n} {b})")),
        ]
    };
    (side(), side(), 1..6_u32)
        .prop_map(|(left, right, within)| format!("{left} NEAR/{within} {right}"))
}

fn any_query() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        5 => any_words(6).prop_map(|words| format!("\"{words}\"")),
        2 => (any_words(6), 0..4_u32).prop_map(|(words, slop)| format!("\"{words}\"~{slop}")),
        2 => any_words(4).prop_map(|words| format!("\"{words}\"*")),
        2 => any_near(),
        3 => prop::sample::select(vec![
            "election", "vote", "voters", "выборы", "votantes", "elecci*", "в*", "выб*", "#票", "tag:ab",
            "domain:example.org", "domain:t.example", "url:b.example.org/3", "https://t.example/ab",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "source:a", "source:b", "group:g", "group:h", "publisher:p", "lang:zh", "lang:und", "lang:en",
            "platform:telegram", "time:>2026-11-18T12:26:45Z", "time:[* TO 2026-11-18T12:26:45Z]", "*",
        ]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.clone().prop_map(|part| format!("NOT {part}")),
            inner.prop_map(|part| format!("title:({part})")),
        ]
    })
}

fn bind(query: &str) -> Option<Bound> {
    let directory = directory();
    let names = Names::default();
    let zone = TimeZone::UTC;
    let binding = Binding::new(&directory, &names, at(100), &zone);
    Query::parse(query).ok()?.bind(binding).ok()
}

fn all_items(log: &LogReader) -> Vec<(Item, AnalysedItem)> {
    let ids = log.items_of(None, 1_000).expect("items");
    ids.into_iter()
        .map(|id| {
            let item = log.item(id).expect("read").expect("there");
            let analysed = AnalysedItem::of(&item);
            (item, analysed)
        })
        .collect()
}

fn by_matcher(items: &[(Item, AnalysedItem)], bound: &Bound) -> BTreeSet<ItemId> {
    items
        .iter()
        .filter(|(item, analysed)| matches(bound, &analysed.document(item)))
        .map(|(item, _)| item.id)
        .collect()
}

/// Reads all pages; fails where an item comes twice or out of order.
fn by_pages(engine: &LocalEngine, bound: &Bound, sort: Sort, limit: usize) -> BTreeSet<ItemId> {
    let mut found = BTreeSet::new();
    let mut previous = None;
    let mut after = None;
    loop {
        let request = SearchRequest {
            query: bound.clone(),
            sort,
            limit,
            after,
        };
        let answer = engine.search(&request).expect("answered");
        for hit in &answer.hits {
            assert!(found.insert(hit.item), "{} comes twice", hit.item);
            let key = (hit.time, hit.item);
            let in_order = previous.is_none_or(|p| {
                if sort == Sort::Oldest {
                    p < key
                } else {
                    p > key
                }
            });
            assert!(in_order, "{} is out of order", hit.item);
            previous = Some(key);
        }
        match answer.next {
            Some(cursor) => after = Some(cursor.to_string().parse().expect("own cursor")),
            None => {
                assert_eq!(answer.total, found.len() as u64);
                return found;
            }
        }
    }
}

/// The best first; here there are never more than an answer may have.
fn by_relevance(engine: &LocalEngine, bound: &Bound) -> BTreeSet<ItemId> {
    let request = SearchRequest {
        query: bound.clone(),
        sort: Sort::Relevance,
        limit: RELEVANT_MAX,
        after: None,
    };
    let answer = engine.search(&request).expect("answered");
    let found: BTreeSet<ItemId> = answer.hits.iter().map(|hit| hit.item).collect();
    assert_eq!(answer.total, found.len() as u64);
    assert_eq!(answer.hits.len(), found.len());
    found
}

/// Every column says of an item what the matcher is asked about it.
fn check_columns(engine: &LocalEngine, items: &[(Item, AnalysedItem)]) {
    let columns = [
        Column::Source,
        Column::Publisher,
        Column::Lang,
        Column::Platform,
        Column::Domain,
        Column::Tag,
    ];
    let mut seen = 0;
    engine
        .scan(&Bound::All, &columns, &mut |row| {
            let (item, analysed) = items
                .iter()
                .find(|(item, _)| item.id == row.item)
                .expect("a known item");
            let values = |at: usize| -> BTreeSet<String> {
                row.values[at]
                    .iter()
                    .map(|place| row.names[at][*place as usize].clone())
                    .collect()
            };
            let sources = item.sources.iter().map(ToString::to_string).collect();
            assert_eq!(values(0), sources);
            assert_eq!(values(1), BTreeSet::from([item.publisher.to_string()]));
            assert_eq!(values(2), BTreeSet::from([analysed.lang.to_owned()]));
            let platform = item
                .platform
                .iter()
                .map(|name| name.to_lowercase())
                .collect();
            assert_eq!(values(3), platform);
            for domain in values(4) {
                assert!(matches(&Bound::Domain(domain), &analysed.document(item)));
            }
            for tag in values(5) {
                assert!(matches(&Bound::Tag(tag), &analysed.document(item)));
            }
            seen += 1;
            std::ops::ControlFlow::Continue(())
        })
        .expect("scanned");
    assert_eq!(seen, items.len());
}

fn by_collecting(engine: &LocalEngine, bound: &Bound) -> BTreeSet<ItemId> {
    let matches = engine.collect(bound, 1_000).expect("collected");
    assert!(matches.iter().all(|m| !m.sources.is_empty()));
    let found: BTreeSet<ItemId> = matches.iter().map(|m| m.item).collect();
    assert_eq!(found.len(), matches.len());
    found
}

/// How many cases; `PROPTEST_CASES` says more.
fn cases(usual: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(40), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn index_and_matcher_agree(
        texts in prop::collection::vec((any_words(4), any_words(12), 0..3_usize, 0..10_i64), 1..40),
        changed in prop::collection::vec((0..40_usize, any_words(8), 0..3_usize), 0..10),
        queries in prop::collection::vec(any_query(), 60),
    ) {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let mut writer = LogWriter::open(&dir).expect("log");
        append(&mut writer, texts.iter().enumerate()
            .map(|(n, (title, text, source, second))| item(&n.to_string(), *source, title, text, *second))
            .collect());
        let log = LogReader::open(&dir).expect("log");
        let mut indexer = Indexer::open(&dir, &log).expect("index");
        indexer.advance(&log).expect("advanced");
        for (n, text, source) in changed {
            if let Some((title, _, _, second)) = texts.get(n) {
                append(&mut writer, vec![item(&n.to_string(), source, title, &text, *second)]);
            }
        }
        let engine = LocalEngine::new(&dir);
        prop_assert_eq!(engine.seq().expect("seq"), indexer.seq());
        indexer.advance(&log).expect("advanced");
        prop_assert_eq!(indexer.seq(), log.head().expect("head").seq);
        let items = all_items(&log);
        check_columns(&engine, &items);
        for query in queries {
            let Some(bound) = bind(&query) else { continue };
            let expected = by_matcher(&items, &bound);
            prop_assert_eq!(&by_collecting(&engine, &bound), &expected, "{}", &query);
            prop_assert_eq!(&by_relevance(&engine, &bound), &expected, "{}", &query);
            prop_assert_eq!(engine.count(&bound).expect("counted"), expected.len() as u64, "{}", &query);
            prop_assert_eq!(&by_pages(&engine, &bound, Sort::Newest, 7), &expected, "{}", &query);
            prop_assert_eq!(&by_pages(&engine, &bound, Sort::Oldest, 1000), &expected, "{}", &query);
        }
    }
}

#[test]
fn a_reopened_index_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let mut writer = LogWriter::open(&dir).expect("log");
    let log = LogReader::open(&dir).expect("log");
    append(&mut writer, vec![item("1", 0, "台灣", "", 1)]);
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    assert_eq!(indexer.advance(&log).expect("advanced").items, 1);
    drop(indexer);
    append(&mut writer, vec![item("2", 0, "臺灣", "", 2)]);
    let mut indexer = Indexer::open(&dir, &log).expect("index");
    assert_eq!(
        indexer.advance(&log).expect("advanced").items,
        1,
        "only what is new"
    );
    assert_eq!(indexer.advance(&log).expect("advanced").items, 0);
    let engine = LocalEngine::new(&dir);
    let bound = bind("台湾").expect("query");
    assert_eq!(by_collecting(&engine, &bound).len(), 2);
}

#[test]
fn what_does_not_fit_is_built_anew() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let mut writer = LogWriter::open(&dir).expect("log");
    let log = LogReader::open(&dir).expect("log");
    append(&mut writer, vec![item("1", 0, "台灣", "", 1)]);
    let engine = LocalEngine::new(&dir);
    let bound = bind("台湾").expect("query");
    let error = engine.collect(&bound, 9).expect_err("no index yet");
    assert!(error.to_string().contains("rebuild index"), "{error}");
    drop(
        Indexer::open(&dir, &log)
            .map(|mut indexer| indexer.advance(&log))
            .expect("index"),
    );
    assert_eq!(by_collecting(&engine, &bound).len(), 1);
    let meta = dir.index().join("meta.json");
    let good = std::fs::read_to_string(&meta).expect("meta");
    for bad in [
        good.replace("\\\"schema\\\":", "\\\"schema\\\":9"),
        good.replace("\\\"analyser\\\":", "\\\"analyser\\\":9"),
        good.replace("\\\"seq\\\":", "\\\"seq\\\":9"),
        good[..good.len() / 2].to_owned(),
        String::new(),
    ] {
        assert_ne!(bad, good);
        std::fs::write(&meta, bad).expect("spoilt");
        let mut indexer = Indexer::open(&dir, &log).expect("index");
        assert_eq!(
            indexer.advance(&log).expect("advanced").items,
            1,
            "all of it"
        );
        assert_eq!(by_collecting(&engine, &bound).len(), 1);
    }
}
