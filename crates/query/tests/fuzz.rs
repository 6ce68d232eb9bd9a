//! Mutated queries of all operators and scripts against what must always hold. The seed of a failure
//! is printed.
//!
//! `BELLWETHER_FUZZ_SECONDS` asks for so many seconds instead of a fixed number of queries, and
//! `BELLWETHER_FUZZ_SEED` for one query again.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use std::time::{Duration, Instant};

use bellwether_model::{
    Actor, ActorId, ActorKind, Affiliation, Alias, CaptureId, Directory, FamilyId, Group, GroupId,
    Item, ItemId, Narrative, NarrativeId, NarrativeQuery, PublisherId, Reach, Role, Seq, Source,
    SourceId, SourceKind, TimeReason, Timestamp,
};
use bellwether_query::{
    AnalysedItem, Binding, Bound, CLAUSES_MAX, DEPTH_MAX, Expr, Names, Pattern, QUERY_BYTES_MAX,
    Query, ShownMax, Words, highlights, matches,
};
use bellwether_testkit::Chance;
use bellwether_text::{Analysed, analyse};
use jiff::tz::TimeZone;

/// Queries that are tried where no time is asked for.
const QUERIES: u64 = 6_000;

/// A mutated query is cut here: an eightfold of what is read at all.
const BYTES_MAX: usize = 64 << 10;

const SEEDS: [&str; 36] = [
    "Taiwan AND (\"vote rigging\" OR \"ballot stuffing\") -sport",
    "(作票 OR 做票 OR 灌票) AND (開票 OR 中選會)",
    "作票 NEAR/5 開票",
    "(ballot* OR \"vote count\") NEAR/12 (fraud OR rigged OR (stolen NEAR/3 election))",
    "title:(a NEAR/2 \"b c\"~3) text:选举",
    "title:台灣 NOT text:\"工作，票價\"",
    "group:prc-state lang:zh -publisher:xinhua",
    "group:(prc-state OR tw-domestic) family：prc",
    "affiliation:official country:CN platform:Telegram",
    "narrative:rigged actor:lai OR actor:dpp",
    "time:[2026-11-01 TO now] time:>2h time:<=2026-11-28T08:00",
    "time:[* TO 2026-11-28T00:00:00Z] OR time:>=1w",
    "url:https://www.example.org/a?b=1 domain:example.org",
    "https://t.co/aB1 #StopTheSteal ＃話題 tag:作票 @name",
    "выбор* AND (\"разменная монета\" OR марионет*) NOT «в эфире»",
    "「作票」 『開票』 《選舉》 〝票〞 „wahl“ »fraude« ＂ａ＂",
    "“curly” ‟marks” \"esc \\\" aped\" \"back\\\\slash\" \"\\(\"",
    "\"a b c\"~255 \"a\"~0 \"選 票\"～3",
    "\"new york\"* 選* 作＊ \"ab\"＊",
    "NOT NOT NOT a -b －c −d --e",
    "((((((a))))) OR (b)) (((c)))",
    "（台灣　選舉） ［2026］ [x] time:[2026-11-01 TO 2026-11-02］",
    "\"AND\" \"OR\" \"NOT\" and or not NEAR/5x \"NEAR\"",
    "don't l'homme U.S. C++ a/b a:b :c d: e::f",
    "رئیس* AND \"انتخابات ریاست‌جمهوری\" تایوان OR آمریکا",
    "עִבְרִית OR ไทย* OR 선거* OR がん* OR چین",
    "谷辣斯·尤達卡 OR 谷辣斯・尤達卡",
    "* AND * OR * -*",
    "ｔｉｔｌｅ：a TITLE:b Group:prc-state",
    "story:7 source:cna source:nobody narrative:loop",
    "👨\u{200D}👩 🇹🇼 ❤\u{FE0F} 作\u{200B}票 \u{202E}gpj",
    "voters vote votes votantes elecciones выборами",
    "Lai OR \"Lai Ching-te\" OR 賴清德",
    "a NEAR/1 b NEAR/255 c NEAR/2 (d OR \"e f\"*)",
    "()",
    "",
];

const SPECIAL: [&str; 56] = [
    "(",
    ")",
    "（",
    "）",
    "[",
    "]",
    "［",
    "］",
    "\"",
    "＂",
    "“",
    "”",
    "„",
    "‟",
    "«",
    "»",
    "「",
    "」",
    "『",
    "《",
    "》",
    "〝",
    "〞",
    "〟",
    "\\",
    "*",
    "＊",
    "~",
    "～",
    "~9",
    "~256",
    ":",
    "：",
    " ",
    "\u{3000}",
    "-",
    "－",
    "−",
    "#",
    "＃",
    "@",
    "https://",
    " AND ",
    " OR ",
    " NOT ",
    " NEAR/3 ",
    " NEAR/0 ",
    "title:",
    "time:>",
    "time:[",
    "\0",
    "\u{200B}",
    "\u{301}",
    "\u{FE0F}",
    "\u{E0062}",
    "\u{10FFFF}",
];

fn pick<'a>(chance: &mut Chance, from: &[&'a str]) -> &'a str {
    from[below(chance, from.len())]
}

fn below(chance: &mut Chance, limit: usize) -> usize {
    chance.below(limit.max(1) as u64) as usize
}

fn mutated(seed: u64) -> String {
    let mut chance = Chance::of(seed);
    let chance = &mut chance;
    let mut chars: Vec<char> = pick(chance, &SEEDS).chars().collect();
    for _ in 0..below(chance, 9) {
        let at = below(chance, chars.len() + 1);
        let to = at + below(chance, 14).min(chars.len() - at);
        match below(chance, 9) {
            0 => {
                let other: Vec<char> = pick(chance, &SEEDS).chars().collect();
                let from = below(chance, other.len());
                chars.splice(
                    at..to,
                    other.get(from..).unwrap_or_default().iter().copied(),
                );
            }
            1 if at < chars.len() => {
                let bit = 1 << below(chance, 17);
                chars[at] = char::from_u32(u32::from(chars[at]) ^ bit).unwrap_or('\u{FFFD}');
            }
            2 => {
                let piece = chars[at..to].to_vec();
                let times = 1 << below(chance, 12);
                chars.splice(at..at, piece.repeat(times));
            }
            3 => {
                chars.drain(at..to);
            }
            4 => {
                let any = char::from_u32(below(chance, 0x11_0000) as u32);
                chars.splice(at..at, any);
            }
            5 => chars[at..to].reverse(),
            6 => {
                // A query within a query, as deep as it likes.
                let depth = 1 << below(chance, 8);
                let opening = pick(chance, &["(", "NOT (", "title:(", "-(", "NOT "]).repeat(depth);
                chars.splice(at..at, opening.chars());
                let closing = ")".repeat(depth);
                chars.extend(closing.chars());
            }
            _ => {
                let special = pick(chance, &SPECIAL).repeat(1 + below(chance, 3));
                chars.splice(at..at, special.chars());
            }
        }
    }
    let mut text: String = chars.into_iter().collect();
    text.truncate(text.floor_char_boundary(BYTES_MAX));
    text
}

/// How large a tree is.
#[derive(Default)]
struct Size {
    leaves: usize,
    nodes: usize,
    depth: usize,
}

impl Size {
    fn of(expr: &Expr) -> Self {
        let mut size = Self::default();
        size.add(expr, 0);
        size
    }

    fn add(&mut self, expr: &Expr, depth: usize) {
        self.nodes += 1;
        self.depth = self.depth.max(depth);
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                assert!(parts.len() >= 2, "one part stands alone");
                parts.iter().for_each(|part| self.add(part, depth + 1));
            }
            Expr::Not(part) => self.add(part, depth + 1),
            Expr::Text { words, .. } => self.add_words(words),
            Expr::All | Expr::Filter { .. } | Expr::Time(_) => self.leaves += 1,
        }
    }

    fn add_words(&mut self, words: &Words) {
        match words {
            Words::Row { words, .. } => {
                assert!(!analyse(words).is_empty(), "words without a word");
                self.leaves += 1;
            }
            Words::Any(parts) => parts.iter().for_each(|part| self.add_words(part)),
            Words::Near { left, right, .. } => {
                self.add_words(left);
                self.add_words(right);
            }
        }
    }
}

/// The sources, actors, narratives and items that queries are put to.
struct World {
    directory: Directory,
    names: Names,
    items: Vec<(Item, AnalysedItem)>,
}

impl World {
    fn new() -> Self {
        let directory = directory();
        let texts = [
            ("", ""),
            (
                "臺灣選舉公告：作票？",
                "開票所人員作票，選委會表示並非事實。\n\n工作。票價",
            ),
            (
                "Ballot FRAUD in Taiwan",
                "Voters vote; the vote count was rigged, “stolen”. a b c a",
            ),
            (
                "Выборы прошли",
                "Сегодня разменная монета: https://t.co/aB1 #StopTheSteal",
            ),
            (
                "انتخابات ریاست\u{200C}جمهوری",
                "谷辣斯·尤達卡 がん 선거 ไทย votantes",
            ),
            (
                "a a a a b a a b c a",
                "a b a b a a b b a c d e f 票票票選票票票",
            ),
        ];
        let items = texts
            .iter()
            .map(|(title, text)| item(title, text))
            .map(|item| {
                let analysed = AnalysedItem::of(&item);
                (item, analysed)
            })
            .collect();
        Self {
            names: Names::new(&directory),
            directory,
            items,
        }
    }

    fn bind(&self, query: &Query, expand_names: bool) -> Option<Bound> {
        let zone = TimeZone::get("America/New_York").expect("zone");
        let now = "2026-11-01T06:30:00Z".parse().expect("time");
        let binding = Binding::new(&self.directory, &self.names, now, &zone);
        let binding = Binding {
            expand_names,
            ..binding
        };
        match query.bind(binding) {
            Ok(bound) => Some(bound),
            Err(error) => {
                assert!(!error.to_string().is_empty(), "a fault without a word");
                None
            }
        }
    }

    fn check(&self, text: &str) {
        let length = text.chars().count();
        let query = match Query::parse(text) {
            Ok(query) => query,
            Err(error) => {
                assert!(error.position <= length, "a place beyond the query");
                assert!(!error.message.is_empty(), "a fault without a word");
                return;
            }
        };
        assert!(text.len() <= QUERY_BYTES_MAX, "a query too long is refused");
        let size = Size::of(query.expr());
        assert!(size.leaves <= CLAUSES_MAX, "{} clauses", size.leaves);
        assert!(size.depth <= 2 * DEPTH_MAX + 1, "depth {}", size.depth);
        assert!(
            size.nodes <= CLAUSES_MAX * (DEPTH_MAX + 2),
            "{} nodes",
            size.nodes
        );
        let printed = query.to_string();
        // What is written out in full may be longer than what may be typed.
        if printed.len() <= QUERY_BYTES_MAX {
            let again = Query::parse(&printed);
            assert_eq!(again.as_ref(), Ok(&query), "printed as {printed:?}");
        }
        for expand_names in [false, true] {
            let Some(bound) = self.bind(&query, expand_names) else {
                continue;
            };
            for (item, analysed) in &self.items {
                let is_found = matches(&bound, &analysed.document(item));
                let not = Bound::Not(Box::new(bound.clone()));
                assert_ne!(matches(&not, &analysed.document(item)), is_found, "not");
                check_highlights(&bound, item, analysed);
                check_spans(&bound, &analysed.text, analysed.lang);
            }
        }
    }
}

fn check_highlights(bound: &Bound, item: &Item, analysed: &AnalysedItem) {
    let max = ShownMax {
        places: 20,
        reach: 300,
    };
    let places = highlights(bound, &analysed.title, &analysed.text, analysed.lang, max);
    for place in &places {
        let text = match place.field {
            bellwether_query::Field::Title => &item.title,
            bellwether_query::Field::Text => &item.text,
        };
        let shown = text.get(place.bytes.clone());
        assert!(shown.is_some_and(|shown| !shown.is_empty()), "{place:?}");
    }
    let in_order = |a: &bellwether_query::Highlight, b: &bellwether_query::Highlight| {
        a.field < b.field || (a.field == b.field && a.bytes.end <= b.bytes.start)
    };
    assert!(places.is_sorted_by(in_order), "{places:?}");
}

/// Every pattern of a query lies within the text, in order, and has no more places than its text has
/// units for each way to begin and end.
fn check_spans(bound: &Bound, text: &Analysed, lang: &str) {
    match bound {
        Bound::Text { pattern, .. } => {
            let spans = pattern.spans(text, lang);
            let end = text.units().last().map_or(0, |unit| unit.position + 1);
            assert!(spans.iter().all(|s| s.start < s.end && s.end <= end));
            assert!(spans.is_sorted(), "{spans:?}");
            let most = spans_max(pattern, text.units().len());
            assert!(spans.len() <= most, "{} places of {most}", spans.len());
            assert_eq!(pattern.occurs(text, lang), !spans.is_empty());
        }
        Bound::And(parts) | Bound::Or(parts) => {
            parts.iter().for_each(|part| check_spans(part, text, lang));
        }
        Bound::Not(part) => check_spans(part, text, lang),
        _ => {}
    }
}

/// Most places of a pattern: one for each unit of the text, with NEAR one on either side of each.
fn spans_max(pattern: &Pattern, units: usize) -> usize {
    match pattern {
        Pattern::Phrase(_) => units,
        Pattern::Any(parts) => parts.iter().map(|part| spans_max(part, units)).sum(),
        Pattern::Near { left, .. } => spans_max(left, units).saturating_mul(2),
    }
}

fn source(id: &str, group: &str) -> Source {
    Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(id),
        family: FamilyId::new("prc"),
        groups: vec![GroupId::new(group)],
        country: Some("CN".to_owned()),
        languages: Vec::new(),
        every: Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

fn actor(id: &str, names: &[(&str, bool)]) -> Actor {
    Actor {
        id: ActorId::new(id),
        kind: ActorKind::Person,
        country: Some("TW".to_owned()),
        note: None,
        qid: None,
        aliases: names
            .iter()
            .map(|(text, is_ambiguous)| Alias {
                text: (*text).to_owned(),
                lang: "en".to_owned(),
                is_ambiguous: *is_ambiguous,
            })
            .collect(),
    }
}

fn narrative(id: &str, query: &str) -> Narrative {
    Narrative {
        id: NarrativeId::new(id),
        title: id.to_owned(),
        description: String::new(),
        elections: Vec::new(),
        actors: Vec::new(),
        actor_labels: Vec::new(),
        disarm: Vec::new(),
        documented_by: Vec::new(),
        queries: vec![NarrativeQuery {
            lang: "en".to_owned(),
            query: query.to_owned(),
        }],
    }
}

fn directory() -> Directory {
    let groups = ["prc-state", "tw-domestic"].map(|id| Group {
        id: GroupId::new(id),
        name: id.to_owned(),
        role: Role::Other,
    });
    let sources = [source("xinhua", "prc-state"), source("cna", "tw-domestic")];
    Directory::new(groups, sources, [])
        .with_actors([
            actor(
                "lai",
                &[("Lai Ching-te", false), ("Lai", true), ("賴清德", false)],
            ),
            actor("dpp", &[("DPP", false), ("民進黨", false)]),
        ])
        .with_narratives([
            narrative("rigged", "(ballot* NEAR/4 fraud) OR 作票"),
            narrative("loop", "narrative:rigged"),
        ])
}

fn item(title: &str, text: &str) -> Item {
    let seen: Timestamp = "2026-11-01T05:30:00Z".parse().expect("time");
    Item {
        id: ItemId(1),
        publisher: PublisherId::new("xinhua"),
        guid: None,
        url: Some("https://www.example.org/a?b=1".to_owned()),
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
        capture: CaptureId(1),
        seq: Seq(1),
    }
}

#[test]
fn what_must_always_hold() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let world = World::new();
    if let Some(seed) = number("BELLWETHER_FUZZ_SEED") {
        let text = mutated(seed);
        println!("{}", text.escape_unicode());
        world.check(&text);
        return;
    }
    let until = number("BELLWETHER_FUZZ_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
    let (mut seed, mut read) = (0, 0);
    while until.map_or(seed < QUERIES, |until| Instant::now() < until) {
        let text = mutated(seed);
        let check = std::panic::AssertUnwindSafe(|| world.check(&text));
        if std::panic::catch_unwind(check).is_err() {
            panic!(
                "`BELLWETHER_FUZZ_SEED={seed} cargo test -p bellwether-query --test fuzz` shows it: {}",
                text.escape_unicode()
            );
        }
        read += u64::from(Query::parse(&text).is_ok());
        seed += 1;
    }
    println!("{seed} queries, {read} of them can be read");
    assert!(read > seed / 10, "most mutations are refused");
}

/// What the fuzzer found first.
#[test]
fn what_was_printed_wrongly_reads_as_it_did() {
    let world = World::new();
    for (typed, printed) in [
        ("«he said “no”» x", "\"he said \\“no\\”\" AND x"),
        ("title:(//a.example/b) c", "title:(//a.example/b) AND c"),
        ("group:(//a)", "group:\"//a\""),
        ("\"abtitle:\"*", "\"abtitle:\"*"),
        ("(a OR foo: ) b", "(a OR foo:) AND b"),
        ("title:-x NEAR/2 title:b", "title:-x NEAR/2 title:b"),
        ("title:a NEAR/2 title:b", "title:(a NEAR/2 b)"),
    ] {
        let query = Query::parse(typed).expect(typed);
        assert_eq!(query.to_string(), printed);
        world.check(typed);
    }
}

/// Texts that repeat one thing, and what is found everywhere in them.
const REPEATED: [&str; 6] = ["a b ", "a ", "票", "選票，", "a b c d e f g h ", "a票"];

const GREEDY: [&str; 8] = [
    "\"a b\"~255",
    "\"a a a a\"~9",
    "a NEAR/255 b",
    "(a OR b OR \"a b\" OR \"b a\"~3) NEAR/5 (b OR a OR 票)",
    "((a NEAR/9 b) OR (b NEAR/9 a)) NEAR/255 ((a NEAR/9 a) OR (票 NEAR/3 選))",
    "\"票 票\"~255",
    "票 NEAR/1 票 NEAR/2 票 NEAR/3 票 NEAR/255 票",
    "\"選票，選\"",
];

/// The work of NEAR and `~` is what they find on the way: it must not grow faster than the text.
#[test]
fn four_times_the_text_gives_four_times_the_places() {
    let world = World::new();
    let chain = ["a"; 16].join(" NEAR/255 ");
    for repeated in REPEATED {
        let texts = [50_000, 200_000].map(|bytes| repeated.repeat(bytes / repeated.len()));
        let analysed = texts.each_ref().map(|text| analyse(text));
        for query in GREEDY.into_iter().chain([&*chain]) {
            let query = Query::parse(query).expect(query);
            let bound = world.bind(&query, false).expect("it names nothing");
            let Bound::Text { pattern, .. } = &bound else {
                panic!("{query} is one pattern");
            };
            let [few, many] = analysed.each_ref().map(|text| {
                check_spans(&bound, text, "und");
                pattern.spans(text, "und").len()
            });
            // A few places at the ends are lost in either.
            assert!(
                many <= 4 * few + 2_000,
                "{query} on {repeated:?}: {few}, then {many}"
            );
        }
        let item = item("", &texts[1]);
        let analysed = AnalysedItem::of(&item);
        for query in GREEDY {
            let query = Query::parse(query).expect(query);
            let bound = world.bind(&query, false).expect("it names nothing");
            let _ = matches(&bound, &analysed.document(&item));
            check_highlights(&bound, &item, &analysed);
        }
    }
}
