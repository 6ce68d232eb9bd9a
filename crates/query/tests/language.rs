//! The query language as a user meets it: what is read, printed again, refused, and found.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by them")]

use std::collections::BTreeSet;

use bellwether_model::{
    Actor, ActorId, ActorKind, Affiliation, Alias, Directory, FamilyId, Grade, Group, GroupId,
    Item, ItemId, Narrative, NarrativeId, NarrativeQuery, PublisherId, Reach, Role, Source,
    SourceId, SourceKind, StoryId, TimeReason, Timestamp,
};
use bellwether_query::{
    AnalysedItem, BindError, Binding, Bound, Names, Query, ShownMax, Stories, highlights, matches,
};
use bellwether_text::analyse;
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn source(id: &str, family: &str, group: &str, country: &str, grade: Grade) -> Source {
    Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(id),
        family: FamilyId::new(family),
        groups: vec![GroupId::new(group)],
        country: Some(country.to_owned()),
        languages: Vec::new(),
        every: std::time::Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation {
            grade,
            ..Affiliation::UNKNOWN
        },
        note: None,
    }
}

fn actor(id: &str, country: &str, names: &[(&str, &str)]) -> Actor {
    Actor {
        id: ActorId::new(id),
        kind: ActorKind::Person,
        country: Some(country.to_owned()),
        note: None,
        qid: None,
        aliases: names
            .iter()
            .map(|(lang, text)| Alias {
                text: text.trim_start_matches('?').to_owned(),
                lang: (*lang).to_owned(),
                is_ambiguous: text.starts_with('?'),
            })
            .collect(),
    }
}

fn narrative(id: &str, queries: &[(&str, &str)]) -> Narrative {
    Narrative {
        id: NarrativeId::new(id),
        title: id.to_owned(),
        description: String::new(),
        elections: Vec::new(),
        actors: Vec::new(),
        actor_labels: Vec::new(),
        disarm: Vec::new(),
        documented_by: Vec::new(),
        queries: queries
            .iter()
            .map(|(lang, query)| NarrativeQuery {
                lang: (*lang).to_owned(),
                query: (*query).to_owned(),
            })
            .collect(),
    }
}

fn directory() -> Directory {
    Directory::new(
        ["prc-state", "tw-domestic"].map(|id| Group {
            id: GroupId::new(id),
            name: id.to_owned(),
            role: Role::Other,
        }),
        [
            source("xinhua", "prc", "prc-state", "CN", Grade::Official),
            source("cna", "cna", "tw-domestic", "TW", Grade::Independent),
        ],
        [],
    )
    .with_actors([
        actor(
            "lai",
            "TW",
            &[
                ("en", "Lai Ching-te"),
                ("en", "?Lai"),
                ("zh-Hant", "賴清德"),
            ],
        ),
        actor("dpp", "TW", &[("en", "DPP"), ("zh-Hant", "民進黨")]),
        actor("lai-hk", "HK", &[("en", "Jimmy Lai"), ("en", "?Lai")]),
    ])
    .with_narratives([
        narrative(
            "rigged",
            &[("en", "ballot* NEAR/4 fraud"), ("zh-Hant", "作票")],
        ),
        narrative("loop", &[("en", "narrative:rigged")]),
    ])
}

struct OneStory;

impl Stories for OneStory {
    fn members(&self, story: StoryId) -> Result<BTreeSet<ItemId>, String> {
        Ok((story.0 == 7).then_some(ItemId(1)).into_iter().collect())
    }
}

fn bind_with(query: &str, expand_names: bool) -> Result<Bound, BindError> {
    let directory = directory();
    let names = Names::new(&directory);
    let zone = TimeZone::get("Asia/Taipei").expect("zone");
    let now = "2026-11-28T08:00:00Z".parse().expect("time");
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    query.bind(Binding {
        expand_names,
        stories: Some(&OneStory),
        ..Binding::new(&directory, &names, now, &zone)
    })
}

fn bind(query: &str) -> Bound {
    bind_with(query, false).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn item(title: &str, text: &str) -> Item {
    let seen: Timestamp = "2026-11-28T07:00:00Z".parse().expect("time");
    Item {
        id: ItemId(1),
        publisher: PublisherId::new("xinhua"),
        guid: None,
        url: Some("https://www.news.example.org/a/1?utm_source=x".to_owned()),
        platform: Some("Telegram".to_owned()),
        lang_declared: None,
        title: title.to_owned(),
        text: text.to_owned(),
        seen,
        published: None,
        published_raw: None,
        time: seen,
        time_reason: TimeReason::Missing,
        imported_at: None,
        facts: bellwether_model::PostFacts::default(),
        sources: vec![SourceId::new("xinhua")],
        versions: 1,
        capture: bellwether_model::CaptureId(1),
        seq: bellwether_model::Seq(1),
    }
}

fn is_match(bound: &Bound, title: &str, text: &str) -> bool {
    let item = item(title, text);
    let analysed = AnalysedItem::of(&item);
    matches(bound, &analysed.document(&item))
}

fn is_found(query: &str, title: &str, text: &str) -> bool {
    is_match(&bind(query), title, text)
}

#[test]
fn prints_its_canonical_form() {
    for (typed, canonical) in [
        ("", "*"),
        (" * ", "*"),
        ("作票", "作票"),
        ("a b", "a AND b"),
        ("a AND b OR c", "a AND b OR c"),
        ("a (b OR c)", "a AND (b OR c)"),
        ("-a", "NOT a"),
        ("a -b", "a AND NOT b"),
        ("NOT (a b)", "NOT (a AND b)"),
        ("state-run", "state-run"),
        ("「作票 影片」", "\"作票 影片\""),
        ("«Выборы сегодня»", "\"Выборы сегодня\""),
        ("„Wahl“", "\"Wahl\""),
        ("a NEAR/5 b", "a NEAR/5 b"),
        (
            "(a OR \"b c\") NEAR/3 da* x",
            "(a OR \"b c\") NEAR/3 da* AND x",
        ),
        ("a NEAR/1 b NEAR/2 c", "a NEAR/1 b NEAR/2 c"),
        ("a NEAR/1 (b NEAR/2 c)", "a NEAR/1 (b NEAR/2 c)"),
        ("NOT a NEAR/1 b", "NOT a NEAR/1 b"),
        ("title:(a NEAR/1 b)", "title:(a NEAR/1 b)"),
        ("title:(a NEAR/1 b OR c)", "title:(a NEAR/1 b) OR title:c"),
        ("frau*", "frau*"),
        ("frau＊", "frau*"),
        ("\"vote frau\"*", "\"vote frau\"*"),
        ("“a b”～2", "\"a b\"~2"),
        ("\"a b\"~0", "\"a b\""),
        ("#作票", "tag:作票"),
        ("url:example.org/a", "url:example.org/a"),
        ("\"AND\"", "\"AND\""),
        ("GROUP:prc-state", "group:prc-state"),
        ("group：prc-state", "group:prc-state"),
        ("（a　OR　b）c", "(a OR b) AND c"),
        ("title:(a OR \"b c\")", "title:a OR title:\"b c\""),
        (
            "group:(prc-state OR tw-domestic)",
            "group:prc-state OR group:tw-domestic",
        ),
        ("time:[2026-11-01 TO *]", "time:[2026-11-01 TO *]"),
        ("time:>2h", "time:>2h"),
        ("time:2026-11-28", "time:[2026-11-28 TO 2026-11-28]"),
        ("https://example.org/a", "https://example.org/a"),
        ("12:30", "12:30"),
        (r#""say \"no\"""#, r#""say \"no\"""#),
    ] {
        let query = Query::parse(typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!(query.to_string(), canonical, "{typed}");
    }
}

#[test]
fn faults_point_at_their_character() {
    for (typed, position, suggestion) in [
        ("作票 (影片", 3, None),
        ("作票) 影片", 2, None),
        ("\"作票", 0, None),
        ("“作票 AND 開票", 0, None),
        ("a AND", 5, None),
        ("OR a", 0, Some("\"OR\"")),
        ("publsher:rt", 0, Some("publisher")),
        ("票 gruop:x", 2, Some("group")),
        ("group:", 0, None),
        ("time:soon", 5, Some("time:[2026-11-01 TO 2026-11-28]")),
        ("time:[a TO b]", 5, Some("time:[2026-11-01 TO 2026-11-28]")),
        ("!!!", 0, None),
        ("a NEAR b", 2, Some("NEAR/5")),
        ("a NEAR/999 b", 2, Some("NEAR/5")),
        ("a NEAR/5", 8, None),
        ("NEAR/5 a", 0, None),
        ("a NEAR/5 NOT b", 9, None),
        ("a NEAR/5 (b AND c)", 9, None),
        ("a NEAR/5 lang:zh", 9, None),
        ("a NEAR/5 title:b", 9, Some("title:(a NEAR/5 b)")),
        ("ab*cd", 2, Some("\"ab cd\"")),
        ("*fraud", 0, Some("\"fraud\"")),
        ("a*", 0, None),
        ("\"a b\"~", 5, Some("~2")),
        ("\"a b\"~x", 5, Some("~2")),
        ("group:prc*", 6, None),
        ("()", 1, None),
    ] {
        match Query::parse(typed) {
            // A field without a value is a word, and a colon alone is no letter lost.
            Ok(query) => assert_eq!(typed, "group:", "{query}"),
            Err(error) => {
                assert_eq!(error.position, position, "{typed}: {error}");
                assert_eq!(error.suggestion.as_deref(), suggestion, "{typed}: {error}");
            }
        }
    }
}

#[test]
fn an_unclosed_mark_is_named_as_it_was_typed() {
    for (typed, message) in [
        ("“作票", "this `“` is never closed; expected `”`"),
        ("票 「作票", "this `「` is never closed; expected `」`"),
        ("\"作票", "this `\"` is never closed; expected `\"`"),
    ] {
        let error = Query::parse(typed).expect_err("unclosed");
        assert_eq!(error.message, message);
    }
}

#[test]
fn bounds_are_held() {
    assert!(Query::parse(&"(".repeat(5_000)).is_err());
    assert!(Query::parse(&"-a ".repeat(600)).is_err());
    assert!(Query::parse(&format!("{}a", "NOT ".repeat(65))).is_err());
    assert!(Query::parse(&format!("{}a{}", "(".repeat(60), ")".repeat(60))).is_ok());
    assert!(Query::parse(&"a ".repeat(512)).is_ok());
    assert!(Query::parse(&"a ".repeat(513)).is_err());
    assert!(Query::parse(&"票".repeat(3_000)).is_err());
    assert!(Query::parse(&"票".repeat(256)).is_ok());
    let error = Query::parse(&format!("a {}", "票".repeat(257))).expect_err("too long a phrase");
    assert_eq!(error.position, 2);
}

#[test]
fn finds_in_every_script() {
    for (query, text, expected) in [
        ("台灣", "臺灣舉行選舉", true),
        ("台湾", "臺灣舉行選舉", true),
        ("臺灣", "台湾举行选举", true),
        ("作票", "網傳影片稱開票所作票，選委會否認", true),
        ("作票", "工作。票價", false),
        ("作票", "作業選票", false),
        ("票", "投票", true),
        ("DPP主席", "ＤＰＰ主席表示", true),
        ("выборы", "Сегодня Выборы", true),
        ("ёлка", "Елка стоит", true),
        ("election", "L'Élection présidentielle", true),
        ("élection", "the election day", true),
        ("\"election day\"", "the election, day one", true),
        ("\"day election\"", "the election day", false),
        ("انتخابات", "نتائج الانتخابات انتخابات", true),
        ("NOT 作票", "選舉", true),
        ("選舉 -作票", "選舉作票", false),
        ("選舉 OR 作票", "作票", true),
        ("title:作票", "作票", false),
        ("text:作票", "作票", true),
        ("group:prc-state", "", true),
        ("group:tw-domestic", "", false),
        ("family:prc source:xinhua publisher:xinhua", "", true),
        ("lang:zh platform:telegram", "選舉委員會公布結果", true),
        ("lang:ZH-Hant", "選舉委員會公布結果", true),
        ("lang:zh-hans", "選舉委員會公布結果", false),
        ("time:>2h", "", true),
        ("time:>1h", "", false),
        ("time:2026-11-28", "", true),
        ("time:<2026-11-28", "", false),
        ("elections", "The election was held", true),
        ("\"elections\"", "The election was held", false),
        (
            "vote",
            "They voted twice in the county and nobody was voting there",
            true,
        ),
        ("выборами", "Сегодня прошли выборы президента страны", true),
        ("frau*", "election fraud", true),
        ("\"election frau\"*", "election fraud", true),
        ("frau*", "freud", false),
        ("作*", "作票", true),
        ("\"election fraud\"~2", "election and ballot fraud", true),
        ("\"election fraud\"~1", "election and ballot fraud", false),
        ("\"作箱\"~1", "作票箱", true),
        ("\"作箱\"", "作票箱", false),
        ("ballots NEAR/4 fraud", "fraud with many ballots", true),
        ("ballots NEAR/2 fraud", "fraud with many ballots", false),
        (
            "\"mail ballots\" NEAR/3 (fraud OR theft)",
            "theft of the mail ballots",
            true,
        ),
        ("作票 NEAR/5 開票所", "開票所內作票", true),
        (
            "作票 NEAR/5 開票所",
            "開票所內一切正常，沒有人看見作票",
            false,
        ),
        ("title:(fraud NEAR/9 ballots)", "fraud and ballots", false),
        ("narrative:rigged", "作票", true),
        ("narrative:rigged", "balloting without any fraud", true),
        ("narrative:rigged", "an election", false),
        ("actor:lai", "賴清德表示", true),
        ("actor:lai", "Lai said", false),
        ("actor:lai", "Lai of the DPP said", true),
        ("actor:lai", "Jimmy Lai in court", false),
        ("story:7", "", true),
        ("domain:example.org", "", true),
        ("domain:news.example.org", "", true),
        ("domain:ample.org", "", false),
        ("url:news.example.org/a/1", "", true),
        ("https://news.example.org/a/1", "", true),
        ("url:https://t.example/x", "see https://t.example/x.", true),
        ("domain:t.example", "see https://t.example/x.", true),
        ("tag:作票", "快看 #作票 影片", true),
        ("#作票", "快看作票影片", false),
        ("affiliation:official country:cn", "", true),
        ("affiliation:independent", "", false),
        ("time:[2026-11-28T15:00 TO now]", "", true),
    ] {
        assert_eq!(is_found(query, "", text), expected, "{query} in {text}");
    }
    assert!(
        !is_found("\"選舉 結果\"", "選舉", "結果"),
        "no phrase runs from title into text"
    );
}

#[test]
fn a_name_finds_the_other_names_where_that_is_asked_for() {
    let found = |query: &str, expand: bool, text: &str| {
        is_match(&bind_with(query, expand).expect("binds"), "", text)
    };
    assert!(found("\"Lai Ching-te\"", true, "賴清德表示"));
    assert!(!found("\"Lai Ching-te\"", false, "賴清德表示"));
    assert!(found("民进党 NEAR/9 作票", true, "the DPP 作票"));
    assert!(
        !found("Lai", true, "賴清德"),
        "not what others are called too"
    );
}

#[test]
fn unknown_names_suggest_the_nearest() {
    for (query, message) in [
        (
            "group:prc-stat",
            "there is no group `prc-stat`; did you mean `prc-state`?",
        ),
        ("source:zzz", "there is no source `zzz`"),
        ("actor:lay", "there is no actor `lay`; did you mean `lai`?"),
        (
            "narrative:riged",
            "there is no narrative `riged`; did you mean `rigged`?",
        ),
        (
            "affiliation:offical",
            "there is no affiliation `offical`; did you mean `official`?",
        ),
        ("country:xx", "there is no country `xx`"),
        ("story:8", "there is no story `8`"),
        ("story:x", "there is no story `x`"),
        (
            "narrative:loop",
            "the queries of a narrative cannot name the narrative `rigged`",
        ),
        (
            "time:[2026-11-28 TO 2026-11-01]",
            "`[2026-11-28 TO 2026-11-01]` ends before it begins",
        ),
        (
            "time:>4000000000w",
            "`>4000000000w` lies beyond the calendar",
        ),
    ] {
        let error = bind_with(query, false).expect_err(query);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn highlights_point_into_the_text_as_published() {
    for (query, text, expected) in [
        (
            "台灣 OR fraud -x",
            "臺灣：ＦＲＡＵＤ？台湾",
            &["臺灣", "ＦＲＡＵＤ", "台湾"][..],
        ),
        ("作票 NEAR/5 開票", "開票所內作票，作票", &["開票", "作票"]),
        ("vote*", "voters vote", &["voters", "vote"]),
        ("\"a c\"~2", "a b c", &["a b c"]),
        ("#作票", "看 #作票 影片", &["#作票"]),
        // A form that also begins within another, or across two.
        ("\"bab\"", "ba bab bab", &["bab", "bab"]),
        ("\"na na\"", "nana na na na", &["na na na"]),
    ] {
        let max = ShownMax {
            places: 10,
            reach: 300,
        };
        let found: Vec<&str> = highlights(&bind(query), &analyse(""), &analyse(text), "en", max)
            .into_iter()
            .map(|highlight| &text[highlight.bytes])
            .collect();
        assert_eq!(found, expected, "{query}");
    }
}

proptest! {
    #[test]
    fn a_word_is_found_exactly_where_it_stands(text in "[ab ]{0,24}", word in "[ab]{1,3}") {
        let max = ShownMax { places: 99, reach: u32::MAX };
        let query = bind(&format!("\"{word}\""));
        let found: Vec<usize> = highlights(&query, &analyse(""), &analyse(&text), "und", max)
            .into_iter()
            .map(|highlight| highlight.bytes.start)
            .collect();
        let padded = format!(" {text} ");
        let expected: Vec<usize> = (0..text.len())
            .filter(|at| padded[*at..].starts_with(&format!(" {word} ")))
            .collect();
        prop_assert_eq!(found, expected);
    }
}

fn any_query() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zé票選 ]{1,4}",
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just(" AND ".to_owned()),
        Just(" OR ".to_owned()),
        Just(" NOT ".to_owned()),
        Just("-".to_owned()),
        Just("\"a b\"".to_owned()),
        Just("「票」".to_owned()),
        Just("title:".to_owned()),
        Just("group：".to_owned()),
        Just("time:>2h ".to_owned()),
        Just("time:[2026-11-01 TO now]".to_owned()),
        Just("*".to_owned()),
        Just(" NEAR/5 ".to_owned()),
        Just("fraud".to_owned()),
        Just("#".to_owned()),
        Just("[".to_owned()),
        Just("~2".to_owned()),
        Just("https://a.example/b".to_owned()),
        "\\PC{1,3}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// How many cases; `PROPTEST_CASES` says more.
fn cases(usual: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(20_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_and_reading_again_changes_nothing(text in any_query()) {
        if let Ok(query) = Query::parse(&text) {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed).map_err(|e| format!("{printed}: {e}")), Ok(query));
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in any::<String>()) {
        if let Err(error) = Query::parse(&text) {
            prop_assert!(error.position <= text.chars().count());
        }
    }
}
