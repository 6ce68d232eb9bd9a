//! Mutated texts of all scripts against what must always hold. The seed of a failure is printed.
//!
//! `BELLWETHER_FUZZ_SECONDS` asks for so many seconds instead of a fixed number of texts, and
//! `BELLWETHER_FUZZ_SEED` for one text again.

use std::time::{Duration, Instant};

use bellwether_testkit::Chance;
use bellwether_text::{
    ADDRESS_BYTES_MAX, UnitKind, WORD_BYTES_MAX, address_key, analyse, digest, display_safe,
    excerpt, fold, has_hidden, index_tokens, stem,
};
use unicode_normalization::UnicodeNormalization;

/// Texts that are tried where no time is asked for.
const TEXTS: u64 = 3_000;

/// A mutated text is cut here, so that each is tried quickly.
const BYTES_MAX: usize = 6_000;

const SEEDS: [&str; 24] = [
    "Don't count the BALLOTS twice, Ærø & œuvre ﬁnal Ⅷ ™ ½",
    "Фёдор и Ёлка: выборы в Їжаку, Ўзбек, воины и война",
    "انتخابات ریاست‌جمهوری؛ رئیس مسؤول أُمّة القرآن ۱۴۰۵ مـحمد",
    "עִבְרִית וניקוד: הבְּחִירוֹת",
    "中央選舉委員會，臺灣台湾。谷辣斯·尤達卡 谷辣斯・尤達卡",
    "選挙管理委員会はガソリンｶﾞｿﾘﾝ、ー々",
    "선거관리위원회가 한국 \u{1112}\u{1161}\u{11AB}",
    "คณะกรรมการการเลือกตั้ง ກຂ ကြိမ် ខ្មែរ བོད་ཡིག",
    "चुनाव आयोग क्\u{200D}ष ক্ষ தமிழ்",
    "Ủy ban bầu cử Đà Nẵng İstanbul ısparta",
    "Вallot раураl Αθήvα gօօgle ΝATO пpезидент",
    "#StopTheSteal #作票# ＃話題 @name @user@mastodon.social ＠a_b C#",
    "https://www.Example.org/a?utm_source=x&b=1#top （https://t.co/aB1）看www.e.org/x，t.co/y",
    "http://пример.рф/путь https://例え.jp/選 http://[::1]:80/ a@b.org",
    "👨\u{200D}👩\u{200D}👧 🏴\u{E0067}\u{E0062}\u{E007F} ❤\u{FE0F} 1\u{FE0F}\u{20E3} 🇹🇼🇺🇸",
    "作\u{200B}票\u{2060}舊片\u{202E}gpj.exe\u{FEFF}\u{AD}\u{34F}",
    "\u{FDFA}㍿㋿㌀\u{1F14}\u{3C9}\u{345}ᾷ\u{1E9B}\u{323}",
    "e\u{301}\u{323}\u{345} о\u{653}\u{308} \u{600}1 \u{110BD}a",
    "\u{F900}\u{2F800}\u{20000}〇々〆ヶ",
    "𝐁𝐚𝐥𝐥𝐨𝐭 𝔹𝕒𝕝𝕝𝕠𝕥 ｂａｌｌｏｔ ⓑⓐⓛⓛⓞⓣ 𝛎𝛶",
    "१२३ ๑๒๓ 𝟙𝟚𝟛 ①②③ ٣٤٥ 𑁦𑁧",
    "\r\n\u{2028}\u{2029}\u{85}\u{B}\u{C}\t\0\u{7F}",
    "a/b/c.d//e?f#g://h..i@@j##k",
    "ǅ ǆ ß ẞ ŉ ΐ և ﬃ ſt K Å Ω",
];

const SPECIAL: [&str; 36] = [
    "\u{300}",
    "\u{301}",
    "\u{308}",
    "\u{306}",
    "\u{345}",
    "\u{483}",
    "\u{5B0}",
    "\u{64B}",
    "\u{654}",
    "\u{3099}",
    "\u{200B}",
    "\u{200C}",
    "\u{200D}",
    "\u{200E}",
    "\u{202E}",
    "\u{2060}",
    "\u{FE0F}",
    "\u{AD}",
    "\u{600}",
    "\u{1160}",
    "\u{11A8}",
    "\u{E0061}",
    "#",
    "＃",
    "@",
    "/",
    ".",
    "https://",
    "www.",
    "t.co/",
    "·",
    "\n\n",
    "ν",
    "о",
    "選",
    "\u{10FFFF}",
];

fn mutated(chance: &mut Chance) -> String {
    let mut chars: Vec<char> = chance.pick(&SEEDS).chars().collect();
    for _ in 0..chance.index(8) {
        let at = chance.index(chars.len() + 1);
        let to = at + chance.index(12).min(chars.len() - at);
        match chance.index(7) {
            0 => {
                let other: Vec<char> = chance.pick(&SEEDS).chars().collect();
                let from = chance.index(other.len());
                chars.splice(at..to, other[from..].iter().copied());
            }
            1 if at < chars.len() => {
                let bit = 1 << chance.index(17);
                chars[at] = char::from_u32(u32::from(chars[at]) ^ bit).unwrap_or('\u{FFFD}');
            }
            2 => {
                let piece = chars[at..to].to_vec();
                let times = 1 << chance.index(9);
                chars.splice(at..at, piece.repeat(times));
            }
            3 => {
                chars.drain(at..to);
            }
            4 => {
                let random_char = char::from_u32(chance.index(0x11_0000) as u32);
                chars.splice(at..at, random_char);
            }
            5 => chars[at..to].reverse(),
            _ => {
                let special = chance.pick(&SPECIAL).repeat(1 + chance.index(3));
                chars.splice(at..at, special.chars());
            }
        }
    }
    let mut text: String = chars.into_iter().collect();
    text.truncate(text.floor_char_boundary(BYTES_MAX));
    text
}

fn check(text: &str) {
    let analysed = analyse(text);
    let (mut start, mut end, mut folded_end) = (0, 0, 0);
    let mut position = None;
    for unit in analysed.units() {
        let source = unit.source_bytes();
        assert!(
            text.get(source.clone()).is_some_and(|s| !s.is_empty()),
            "span"
        );
        assert!(source.start >= start && source.end >= end, "order");
        assert_eq!(unit.folded.start, folded_end, "folded forms in a row");
        assert!(!analysed.text(unit).is_empty(), "empty unit");
        let bytes_max = if unit.kind == UnitKind::Address {
            ADDRESS_BYTES_MAX
        } else {
            WORD_BYTES_MAX
        };
        assert!(unit.folded.len() <= bytes_max, "long unit");
        assert!(
            position.is_none_or(|p| unit.position > p && unit.position <= p + 2),
            "position"
        );
        (start, end, folded_end) = (source.start, source.end, unit.folded.end);
        position = Some(unit.position);
    }
    // No character grows more than elevenfold (U+FDFA has eighteen letters in three bytes).
    assert!(analysed.folded().len() <= 12 * text.len(), "growth");
    let mut end = 0;
    for entity in analysed.entities() {
        let source = entity.source.start as usize..entity.source.end as usize;
        assert!(
            text.get(source.clone()).is_some_and(|s| !s.is_empty()),
            "entity"
        );
        assert!(source.start >= end, "entities overlap");
        assert!(!analysed.key(entity).is_empty(), "empty key");
        end = source.end;
    }
    let key = fold(text);
    assert_eq!(fold(&key), key, "folding twice");
    let forms = |text: &str| {
        let analysed = analyse(text);
        let units = analysed.units().iter();
        units
            .map(|unit| (analysed.text(unit).to_owned(), unit.position))
            .collect::<Vec<_>>()
    };
    let decomposed: String = text.nfd().collect();
    assert_eq!(
        forms(&text.nfc().collect::<String>()),
        forms(&decomposed),
        "composed and not"
    );
    let mut tokens = 0;
    index_tokens(&analysed, "en", |token| {
        assert!(!token.text.is_empty());
        tokens += 1;
    });
    assert!(tokens >= analysed.units().len() && tokens <= 2 * analysed.units().len());
    for unit in analysed.units() {
        for lang in ["en", "es", "ru"] {
            let _ = stem(analysed.text(unit), lang);
        }
    }
    let safe = display_safe(text);
    assert_eq!(display_safe(&safe), safe, "shown twice");
    assert!(!has_hidden(&safe), "hidden and shown");
    assert!(excerpt(text, 40).chars().count() <= 40, "excerpt");
    if let Some(key) = address_key(text) {
        assert_eq!(address_key(&key), Some(key), "key of a key");
    }
    let _ = digest(&analysed, &analysed);
}

#[test]
fn what_must_always_hold() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    if let Some(seed) = number("BELLWETHER_FUZZ_SEED") {
        let text = mutated(&mut Chance::of(seed));
        println!("{}", text.escape_unicode());
        check(&text);
        return;
    }
    let until = number("BELLWETHER_FUZZ_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
    let mut seed = 0;
    while until.map_or(seed < TEXTS, |until| Instant::now() < until) {
        let text = mutated(&mut Chance::of(seed));
        if std::panic::catch_unwind(|| check(&text)).is_err() {
            panic!(
                "`BELLWETHER_FUZZ_SEED={seed} cargo test -p bellwether-text --test fuzz` shows it: {}",
                text.escape_unicode()
            );
        }
        seed += 1;
    }
    println!("{seed} texts");
}
