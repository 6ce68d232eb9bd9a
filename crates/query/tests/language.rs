//! The query language as a user meets it: what is read, printed again, refused, and found.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by them")]

use bellwether_model::{
    Affiliation, Directory, FamilyId, Group, GroupId, PublisherId, Role, Source, SourceId,
    SourceKind,
};
use bellwether_query::{Binding, Document, Query, highlights, matches};
use bellwether_text::analyse;
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn source(id: &str, family: &str, group: &str) -> Source {
    Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        url: None,
        publisher: PublisherId::new(id),
        family: FamilyId::new(family),
        groups: vec![GroupId::new(group)],
        country: None,
        languages: Vec::new(),
        every: std::time::Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
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
            source("xinhua", "prc", "prc-state"),
            source("cna", "cna", "tw-domestic"),
        ],
        [],
    )
}

fn is_found(query: &str, title: &str, text: &str) -> bool {
    let directory = directory();
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let bound = query
        .bind(Binding {
            directory: &directory,
            now: "2026-11-28T08:00:00Z".parse().expect("time"),
            zone: &TimeZone::get("Asia/Taipei").expect("zone"),
        })
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    let (title, text) = (analyse(title), analyse(text));
    matches(
        &bound,
        &Document {
            title: &title,
            text: &text,
            sources: &[SourceId::new("xinhua")],
            publisher: &PublisherId::new("xinhua"),
            lang: "zh-Hant",
            platform: Some("Telegram"),
            time: "2026-11-28T07:00:00Z".parse().expect("time"),
        },
    )
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
        ("„Wahl“", "Wahl"),
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
        ("a NEAR/5 b", 2, Some("\"NEAR/5\"")),
        ("pref*", 0, Some("\"pref\"")),
        ("\"a b\"~2", 5, Some("\"2\"")),
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
        ("lang:zh platform:telegram", "", true),
        ("lang:ZH-Hant", "", true),
        ("lang:zh-hans", "", false),
        ("time:>2h", "", true),
        ("time:>1h", "", false),
        ("time:2026-11-28", "", true),
        ("time:<2026-11-28", "", false),
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
fn unknown_names_suggest_the_nearest() {
    let directory = directory();
    let zone = TimeZone::UTC;
    let binding = Binding {
        directory: &directory,
        now: jiff::Timestamp::UNIX_EPOCH,
        zone: &zone,
    };
    let bind = |text: &str| {
        Query::parse(text)
            .expect("reads")
            .bind(binding)
            .map_err(|e| e.to_string())
    };
    assert_eq!(
        bind("group:prc-stat").expect_err("unknown"),
        "there is no group `prc-stat`; did you mean `prc-state`?"
    );
    assert_eq!(
        bind("source:zzz").expect_err("unknown"),
        "there is no source `zzz`"
    );
    assert!(bind("time:[2026-11-28 TO 2026-11-01]").is_err());
    assert!(bind("time:>4000000000w").is_err());
}

#[test]
fn highlights_point_into_the_text_as_published() {
    let directory = directory();
    let bound = Query::parse("台灣 OR fraud -x")
        .expect("reads")
        .bind(Binding {
            directory: &directory,
            now: jiff::Timestamp::UNIX_EPOCH,
            zone: &TimeZone::UTC,
        })
        .expect("binds");
    let text = "臺灣：ＦＲＡＵＤ？台湾";
    let found: Vec<&str> = highlights(&bound, &analyse(""), &analyse(text), 10)
        .into_iter()
        .map(|highlight| &text[highlight.bytes])
        .collect();
    assert_eq!(found, ["臺灣", "ＦＲＡＵＤ", "台湾"]);
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
        "\\PC{1,3}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

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
