//! What folds together, where words begin and end, and what is next to what: one line a case.

use bellwether_text::{UnitKind, WORD_BYTES_MAX, analyse, fold};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

/// Units as `text@position`.
fn units(text: &str) -> String {
    let analysed = analyse(text);
    let shown: Vec<String> = analysed
        .units()
        .iter()
        .map(|unit| format!("{}@{}", analysed.text(unit), unit.position))
        .collect();
    shown.join(" ")
}

#[test]
fn folding() {
    for (text, expected) in [
        // Latin, Greek
        (
            "Überraschung STRASSE straße ẞ",
            "uberraschung strasse strasse ss",
        ),
        (
            "İstanbul ISPARTA ısparta IĞDIR iğdır",
            "istanbul isparta isparta igdir igdir",
        ),
        ("Đà Nẵng, Łódź, Ærø, œuvre", "da nang lodz aero oeuvre"),
        ("ΟΔΥΣΣΕΎΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"),
        ("ｄｐｐ ２０２６ ﬁnal Ⅷ", "dpp 2026 final viii"),
        ("1㎏的", "1kg 的"),
        ("Brand™ x", "brand x"),
        // Cyrillic
        ("Фёдор Лёвин", "федор левин"),
        ("Фе\u{308}дор Ле\u{308}вин", "федор левин"),
        ("война", "война"),
        ("воина", "воина"),
        ("вои\u{306}на", "война"),
        ("Пу\u{301}тин Їжак Йод ЎЗБЕК", "путин їжак йод ўзбек"),
        // Arabic script
        ("رياست‌جمهوري", "ریاست جمهوری"),
        ("كميته", "کمیته"),
        ("مُحَمَّد مـــحمد", "محمد محمد"),
        ("الأمم الإسلام القرآن جمهورية", "الامم الاسلام القران جمهوریه"),
        ("ا\u{654}مم", "امم"),
        ("ﺍﻻﻧﺘﺨﺎﺑﺎﺕ", "الانتخابات"),
        ("رئیس رییس رئيس", "رییس رییس رییس"),
        ("مسؤول مسوول مسئول", "مسوول مسوول مسیول"),
        ("خانهٔ خانۀ خانه", "خانه خانه خانه"),
        ("علی علي على", "علی علی علی"),
        // Hebrew
        ("הַבְּחִירוֹת הבחירות", "הבחירות הבחירות"),
        ("\u{FB2A}ל", "של"),
        // Four middle dots, and none
        ("谷辣斯·尤達卡 谷辣斯・尤達卡", "谷辣斯尤达卡谷辣斯尤达卡"),
        (
            "谷辣斯‧尤達卡 谷辣斯•尤達卡 谷辣斯尤達卡",
            "谷辣斯尤达卡谷辣斯尤达卡谷辣斯尤达卡",
        ),
        // Digits of other scripts, mathematical and enclosed letters
        ("१२३ ๑๒๓ 𝟙𝟚𝟛 ①②③", "123 123 123 123"),
        ("𝐁𝐚𝐥𝐥𝐨𝐭 ⓑⓐⓛⓛⓞⓣ ｂａｌｌｏｔ", "ballot ballot ballot"),
        ("🇹🇼 🏴\u{E0067}\u{E0062}\u{E007F} ❤\u{FE0F}", ""),
        ("1\u{FE0F}\u{20E3}", "1"),
        ("۱۴۰۵ ١٤٠٥ १४०५ ๑๔๐๕", "1405 1405 1405 1405"),
        // Han, Kana, Hangul, others
        ("臺灣選舉", "台湾选举"),
        ("\u{F9F7}委", "立委"),
        ("羣眾 真僞", "群众真伪"),
        ("ｶﾞｿﾘﾝ が", "ガソリンが"),
        ("\u{1112}\u{1161}\u{11AB}국", "한국"),
        ("かわ\u{3099}", "かわ\u{3099}"),
        ("㍿", "株式会社"),
        ("चुनाव आयोग", "चुनाव आयोग"),
        // Hidden characters
        ("作\u{200B}票影片是\u{2060}舊片\u{202E}", "作票影片是旧片"),
        ("bal\u{AD}lot b\u{200D}a\u{FE0F}llot", "ballot ballot"),
        ("👨\u{200D}👩\u{200D}👧", ""),
        ("", ""),
        ("… *", ""),
    ] {
        assert_eq!(
            fold(text).replace(' ', ""),
            expected.replace(' ', ""),
            "{text}"
        );
        if !expected.is_empty() && expected.is_ascii() {
            assert_eq!(fold(text), expected, "{text}");
        }
    }
}

#[test]
fn units_and_positions() {
    for (text, expected) in [
        ("don't Trump’s l'homme", "don@0 t@1 trump@2 s@3 l@4 homme@5"),
        ("об'єкт обʼєкт", "об@0 єкт@1 об@2 єкт@3"),
        ("U.S. 3,000", "u@0 s@1 3@2 000@3"),
        ("ECFA爭議", "ecfa@0 争@1 议@2"),
        ("GDPPC統計", "gdppc@0 统@1 计@2"),
        ("ＤＰＰ主席", "dpp@0 主@1 席@2"),
        ("#作票 @name", "作@0 票@1 name@2"),
        // Punctuation parts characters, not words.
        ("工作。票價", "工@0 作@1 票@3 价@4"),
        ("選票，投票", "选@0 票@1 投@3 票@4"),
        ("one, two", "one@0 two@1"),
        ("票。A", "票@0 a@1"),
        ("A。票", "a@0 票@1"),
        ("作 票", "作@0 票@1"),
        ("作\n票", "作@0 票@1"),
        ("作\r\n票", "作@0 票@1"),
        ("作\n\n票", "作@0 票@2"),
        ("作\r\n \r\n票", "作@0 票@2"),
        ("作\u{2029}票", "作@0 票@2"),
        ("作🎉票", "作@0 票@2"),
        // Dots within names. Which of 乾干幹 stands for all is the table's choice.
        ("瓦歷斯·諾幹", "瓦@0 历@1 斯@2 诺@3 乾@4"),
        ("瓦歷斯‧諾幹", "瓦@0 历@1 斯@2 诺@3 乾@4"),
        ("ジョー・バイデン", "ジ@0 ョ@1 ー@2 バ@3 イ@4 デ@5 ン@6"),
        ("谷辣斯·尤達卡", "谷@0 辣@1 斯@2 尤@3 达@4 卡@5"),
        ("谷辣斯・尤達卡", "谷@0 辣@1 斯@2 尤@3 达@4 卡@5"),
        ("谷辣斯‧尤達卡", "谷@0 辣@1 斯@2 尤@3 达@4 卡@5"),
        ("谷辣斯•尤達卡", "谷@0 辣@1 斯@2 尤@3 达@4 卡@5"),
        ("谷辣斯尤達卡", "谷@0 辣@1 斯@2 尤@3 达@4 卡@5"),
        ("舉\n• 投", "举@0 投@2"),
        ("舉··投", "举@0 投@2"),
        // Persian: the non-joiner ends a word, elsewhere it is hidden
        ("می\u{200C}خواهند", "می@0 خواهند@1"),
        ("bal\u{200C}lot", "ballot@0"),
        ("เลือก", "เ@0 ล@1 ื@2 อ@3 ก@4"),
        ("선거", "선@0 거@1"),
    ] {
        assert_eq!(units(text), expected, "{text:?}");
    }
}

#[test]
fn look_alikes_fold_within_mixed_words() {
    for (text, expected, count) in [
        // Cyrillic in Latin
        ("Вallot", "ballot", 1),
        ("раураӏ", "раураӏ", 0),
        ("bаllоt frаud", "ballot fraud", 3),
        ("Тrumр", "trump", 2),
        ("їnternet", "internet", 1),
        // Latin in Cyrillic
        ("пpезидент", "президент", 1),
        ("Mосква", "москва", 1),
        ("выbоры", "выворы", 1),
        // Greek
        ("ΝΑΤO", "νατο", 1),
        ("NATΟ", "nato", 1),
        ("ΝATO", "nato", 1),
        ("νaccine", "vaccine", 1),
        ("ΥouTube", "youtube", 1),
        ("Αθήvα", "αθηνα", 1),
        // Armenian
        ("gօօgle", "google", 2),
        // As many of the one as of the other: Latin.
        ("аb", "ab", 1),
        // One letter looks like nothing: two languages, no disguise.
        ("covidный", "covidный", 0),
        ("GPTшный", "gptшный", 0),
        ("йota", "йota", 0),
        // One script
        ("война", "война", 0),
        ("сосна", "сосна", 0),
        ("COVID", "covid", 0),
        ("ΝΑΤΟ", "νατο", 0),
        // Words, not texts
        ("война ballot", "война ballot", 0),
        ("作В票", "作 в 票", 0),
    ] {
        let analysed = analyse(text);
        assert_eq!(fold(text), expected, "{text}");
        assert_eq!(analysed.lookalikes(), count, "{text}");
    }
}

/// Entities as `kind:key`.
fn entities(text: &str) -> String {
    let analysed = analyse(text);
    let shown: Vec<String> = analysed
        .entities()
        .iter()
        .map(|entity| format!("{:?}:{}", entity.kind, analysed.key(entity)))
        .collect();
    shown.join(" ")
}

#[test]
fn addresses_are_one_unit() {
    for (text, expected) in [
        (
            "see https://www.Example.org/a-slug/?utm_source=x now",
            "see@0 example.org/a-slug@1 now@2",
        ),
        ("看https://t.co/aB1後面", "看@0 t.co/aB1@1 后@2 面@3"),
        ("（https://e.org/a_(b)）", "e.org/a_(b)@0"),
        ("(see http://e.org/x).", "see@0 e.org/x@1"),
        (
            "www.example.org, and t.co/x!",
            "example.org@0 and@1 t.co/x@2",
        ),
        ("HTTPS://E.ORG", "e.org@0"),
        ("https://пример.рф/путь", "xn--e1afmkfd.xn--p1ai@0 путь@1"),
        ("https://例え.jp/選", "xn--r8jz45g.jp@0 选@1"),
        ("http://1.2.3.4:8080/x", "1.2.3.4:8080/x@0"),
        ("https://e.org/a,https://e.org/b", "e.org/a@0 e.org/b@1"),
        ("tweethttps://t.co/x", "tweet@0 t.co/x@1"),
        // None
        (
            "and/or U.S./China 9/11 1.5/2",
            "and@0 or@1 u@2 s@3 china@4 9@5 11@6 1@7 5@8 2@9",
        ),
        ("https:// www. x", "https@0 www@1 x@2"),
        ("example.org", "example@0 org@1"),
        ("main.py/x.py", "main@0 py@1 x@2 py@3"),
        ("a@e.org/x", "a@0 e@1 org@2 x@3"),
        ("src/e.org/x", "src@0 e@1 org@2 x@3"),
        ("http://localhost/x", "http@0 localhost@1 x@2"),
        // The accent belongs to the letter before it.
        ("https://e.org/e\u{301}", "e.org@0 e@1"),
        ("https://e.org/\u{e9}", "e.org@0 e@1"),
        // Parted by a sign as by any other.
        ("作 https://t.co/x 票", "作@0 t.co/x@1 票@2"),
    ] {
        assert_eq!(units(text), expected, "{text}");
    }
    let long = format!("https://e.org/{}", "a/".repeat(2_000));
    assert!(entities(&long).is_empty());
    assert_eq!(analyse(&long).units().len(), 2_003);
}

#[test]
fn tags_names_and_addresses() {
    for (text, expected) in [
        (
            "#StopTheSteal #作票，#選舉",
            "Tag:stopthesteal Tag:作票 Tag:选举",
        ),
        ("＃作票", "Tag:作票"),
        ("今天#作票#發生", "Tag:作票"),
        ("#2024 台灣大選#開始", "Tag:2024台湾大选"),
        ("#a #b", "Tag:a Tag:b"),
        ("#作票 #選舉", "Tag:作票 Tag:选举"),
        ("#stop_the_steal", "Tag:stopthesteal"),
        ("#رأی_می‌دهم", "Tag:رایمیدهم"),
        ("#Выборы2024", "Tag:выборы2024"),
        ("#BLM's", "Tag:blm"),
        (
            "C#sharp C# #1 F#a &#39; ##a # a https://e.org/#top",
            "Url:e.org",
        ),
        ("#️⃣ 1", ""),
        (
            "@TeamUSA: RT @a_b @新華社 say",
            "Name:teamusa Name:a_b Name:新华社",
        ),
        ("轉發@新華社，", "Name:新华社"),
        ("mail a@example.org", ""),
        ("@user@mastodon.social hi", "Name:user@mastodon.social"),
        ("@name.bsky.social. Then", "Name:name.bsky.social"),
        ("@name.Then", "Name:name"),
        ("＠name", "Name:name"),
        ("https://medium.com/@x/y #z", "Url:medium.com/@x/y Tag:z"),
        ("https://e.org/a#b @c", "Url:e.org/a Name:c"),
    ] {
        assert_eq!(entities(text), expected, "{text}");
    }
    // The words of a tag stay words.
    assert_eq!(units("#作票 @name"), "作@0 票@1 name@2");
    let text = "so #作票!";
    let analysed = analyse(text);
    let tag = &analysed.entities()[0];
    assert_eq!(
        &text[tag.source.start as usize..tag.source.end as usize],
        "#作票"
    );
}

#[test]
fn sources_point_into_the_original() {
    let text = "重量1㎏的選票箱 ＤＰＰ";
    let analysed = analyse(text);
    let shown: Vec<&str> = analysed
        .units()
        .iter()
        .map(|u| &text[u.source_bytes()])
        .collect();
    assert_eq!(shown, ["重", "量", "1㎏", "的", "選", "票", "箱", "ＤＰＰ"]);
}

#[test]
fn hidden_characters_are_counted() {
    for (text, expected) in [
        ("作\u{200B}票影片是\u{2060}舊片\u{202E}gpj.exe", 3),
        ("می\u{200C}خواهند", 0),
        ("選務家庭 👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}", 0),
        ("b\u{200D}a", 1),
    ] {
        assert_eq!(
            analyse(text).hidden(),
            expected,
            "{}",
            text.escape_unicode()
        );
    }
}

#[test]
fn long_runs_are_cut() {
    let analysed = analyse(&"a".repeat(10 * WORD_BYTES_MAX + 1));
    assert_eq!(analysed.units().len(), 11);
    assert!(
        analysed
            .units()
            .iter()
            .all(|u| u.folded.len() <= WORD_BYTES_MAX)
    );
}

/// Text that mixes scripts, marks, joiners and signs as hostile input would.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "\\PC{0,4}",
        "[a-zA-ZéÅßİıſ ’'.]{0,6}",
        "[а-яёйЁЇї\u{301}\u{306}\u{308}]{0,6}",
        "[ا-يىكیکةأ\u{64B}\u{653}\u{654}\u{640}\u{200C}۰-۹]{0,6}",
        "[臺台后發票。，、·\u{F9F7}⿔ 一-鿿]{0,6}",
        "[ぁ-んァ-ヶｦ-ﾟ\u{3099}ー]{0,4}",
        "[\u{1100}-\u{11FF}가-힣]{0,5}",
        "[ก-๛ກ-ໝကခ\u{1039}ཀ་ក្]{0,5}",
        "[क-ह\u{93C}\u{94D}\u{93E}-\u{94C}\u{200D}\u{200C}]{0,5}",
        "[\u{AD}\u{34F}\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}\u{FE00}-\u{FE0F}\u{FEFF}\r\n\u{2029}]{0,3}",
        "[\u{300}-\u{36F}\u{483}\u{5B0}\u{1DC0}]{0,3}",
        "[a-zаеорсвαονυΝΥ\u{301}\u{306}йїօ]{0,6}",
        "(https?://|www\\.|t\\.co/|[#@＃＠/.:?&=,()]|選|é|e\u{301}|[a-z]{1,3}|\\.org|_|-){0,8}",
        any::<String>(),
    ];
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

fn kinds_and_texts(text: &str) -> Vec<(UnitKind, String, u32)> {
    let analysed = analyse(text);
    let units = analysed.units().iter();
    units
        .map(|u| (u.kind, analysed.text(u).to_owned(), u.position))
        .collect()
}

/// Cases a property is tried with; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(4_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_twice_is_folding_once(text in any_text()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn composed_and_decomposed_agree(text in any_text()) {
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(kinds_and_texts(&composed), kinds_and_texts(&decomposed));
        prop_assert_eq!(kinds_and_texts(&text), kinds_and_texts(&decomposed));
    }

    #[test]
    fn sources_are_ordered_and_in_bounds(text in any_text()) {
        let analysed = analyse(&text);
        let mut previous = (0, 0, 0, None);
        for unit in analysed.units() {
            let source = unit.source_bytes();
            prop_assert!(text.get(source.clone()).is_some_and(|s| !s.is_empty()));
            prop_assert!(source.start >= previous.0 && source.end >= previous.1);
            prop_assert!(!analysed.text(unit).is_empty());
            prop_assert_eq!(unit.folded.start as usize, previous.2);
            prop_assert!(previous.3.is_none_or(|p| unit.position > p && unit.position <= p + 2));
            previous = (source.start, source.end, unit.folded.end as usize, Some(unit.position));
        }
    }
}
