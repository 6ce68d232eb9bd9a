//! Languages: one line a case, and the goals on real texts.

use bellwether_testkit::{data_folder, rows};
use bellwether_text::language;
use proptest::prelude::*;

fn check(expected: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(language(text), expected, "{text}");
    }
}

#[test]
fn titles_of_news() {
    check(
        "en",
        &[
            "Early voting begins in six states",
            "Fact check: no, ballots were not burned",
            "RT @newsroom: Polls close in an hour https://example.org/live #election",
        ],
    );
    check(
        "es",
        &["El tribunal electoral rechaza las denuncias de fraude"],
    );
    check("fr", &["La commission électorale publie les résultats"]);
    check("de", &["Wahlleiter weist Vorwürfe zurück"]);
    check("pt", &["Justiça Eleitoral divulga resultado das eleições"]);
    check("id", &["KPU umumkan hasil pemilihan umum"]);
    check("vi", &["Ủy ban bầu cử công bố kết quả"]);
    check("tr", &["Seçim kurulu sonuçları açıkladı"]);
    check("ru", &["ЦИК огласил итоги голосования", "Явка выросла"]);
    check("uk", &["ЦВК оголосила підсумки голосування"]);
    check("ar", &["لجنة الانتخابات تعلن النتائج"]);
    check("fa", &["وزارت کشور نتایج انتخابات را اعلام کرد"]);
    check("ko", &["선관위 개표 결과 발표"]);
    check("zh-Hant", &["中選會公布開票結果", "選委會話啲票數未點完"]);
    check("zh-Hans", &["国台办回应选举结果"]);
}

#[test]
fn japanese_without_kana() {
    check(
        "ja",
        &[
            "衆院選挙、与党過半数割れ",
            "投票率、戦後最低",
            "開票結果発表",
        ],
    );
    check("zh-Hant", &["衆議院選舉，執政黨未過半"]);
    check("zh-Hans", &["众议院选举，执政党未过半"]);
    check(
        "zh-Hant",
        &["日本女星広瀬來台宣傳新片，記者會吸引上百名影迷到場"],
    );
}

#[test]
fn neighbours_of_ours_are_not_taken_for_ours() {
    check(
        "it",
        &["La commissione elettorale ha pubblicato i risultati"],
    );
    check(
        "nl",
        &["De kiesraad heeft de uitslag van de verkiezingen bekendgemaakt"],
    );
    check("pl", &["Komisja wyborcza ogłosiła wyniki głosowania"]);
    check(
        "ca",
        &["La junta electoral ha fet públics els resultats de les eleccions"],
    );
    check(
        "bg",
        &["Избирателната комисия обяви резултатите от гласуването"],
    );
    check("sr", &["Изборна комисија објавила је резултате гласања"]);
    check(
        "kk",
        &["Орталық сайлау комиссиясы дауыс беру қорытындысын жариялады"],
    );
    check(
        "be",
        &["Цэнтральная выбарчая камісія абвясціла вынікі галасавання"],
    );
    check(
        "ur",
        &["الیکشن کمیشن نے انتخابات کے نتائج کا اعلان کر دیا ہے"],
    );
    check(
        "und",
        &[
            "Valkommissionen har offentliggjort resultatet av valet",
            "Vaalilautakunta julkisti äänestyksen tulokset",
            "A választási bizottság közzétette az eredményeket",
            "Markaziy saylov komissiyasi ovoz berish natijalarini eʼlon qildi",
            "Марказий сайлов комиссияси овоз бериш натижаларини эълон қилди, деди ҳамкасбимиз",
            "د ټاکنو کمېسیون د رایو پایلې اعلان کړې",
            "کۆمیسیۆنی هەڵبژاردنەکان ئەنجامەکانی ڕاگەیاند",
        ],
    );
}

#[test]
fn the_keyboard_is_not_the_language() {
    // Persian with yeh and kaf of an Arabic keyboard, then Arabic with those of a Persian one.
    check(
        "fa",
        &[
            "نتايج انتخابات رياست جمهوري اعلام شد و مردم پيگير آن هستند",
            "وزير كشور گفت راي گيري در كمال آرامش برگزار شد",
        ],
    );
    check(
        "ar",
        &["أعلنت اللجنة العلیا للانتخابات فی مصر النتائج الرسمیة"],
    );
    // Turkish in windows-1254, read as windows-1252.
    check(
        "tr",
        &["Seçim kurulu baþkaný sonuçlarý açýkladý, kayýtlarýn doðru olduðunu söyledi"],
    );
    // Separate marks, fullwidth and mathematical letters, joined forms of Arabic.
    check(
        "vi",
        &[
            "U\u{309}y ban ba\u{302}\u{300}u cu\u{31b}\u{309} co\u{302}ng bo\u{302}\u{301} ke\u{302}\u{301}t qua\u{309}",
        ],
    );
    check(
        "en",
        &[
            "ＢＲＥＡＫＩＮＧ ＮＥＷＳ ｆｒｏｍ ｔｈｅ ｃｏｕｎｔ",
            "𝗕𝗿𝗲𝗮𝗸𝗶𝗻𝗴 𝗻𝗲𝘄𝘀 𝗳𝗿𝗼𝗺 𝘁𝗵𝗲 𝗰𝗼𝘂𝗻𝘁",
        ],
    );
}

#[test]
fn what_is_no_text_is_left_out() {
    check(
        "ru",
        &[
            "Итоги https://example.org/the-results-are-in-and-nobody-is-happy-with-them",
            "Читаем: www.example.org/about-the-election #ElectionResults @some-body@example.social",
            "example.org/all-of-the-results-from-the-count Считают",
        ],
    );
    check(
        "zh-Hant",
        &["#Election2026 開票結果https://example.org/the-results-are-in"],
    );
    check("zh-Hans", &["#台湾选举结果#"]);
    check(
        "und",
        &[
            "@a @b #c",
            "https://example.org/",
            "#Выборы #Россия",
            "12:30 &amp; &#39;",
            "👍👍 …",
        ],
    );
}

#[test]
fn the_greater_part_counts() {
    check("ru", &["Илон Маск назвал Twitter и Facebook опасными"]);
    check("zh-Hans", &["CNN主持人Anderson Cooper谈美国大选的结果"]);
    check(
        "en",
        &["The paper 人民日報 published the results of the count"],
    );
}

#[test]
fn long_texts_are_read_to_a_bound() {
    check(
        "en",
        &[&"The results of the count are in. ".repeat(200_000)],
    );
    check("und", &[&"https://example.org/a ".repeat(200_000)]);
    // What could begin an address again and again, and never does.
    for part in ["a-", "1.", "@", "#", "&a", "h", "www.", "RT "] {
        assert!(!language(&part.repeat(1_000_000)).is_empty(), "{part}");
    }
}

proptest! {
    #[test]
    fn any_text_has_a_tag(text in ".*") {
        let tag = language(&text);
        prop_assert!((2..=7).contains(&tag.len()), "{tag}");
    }

    #[test]
    fn signs_of_markup_and_letters_of_all_scripts(
        parts in prop::collection::vec(
            prop_oneof![
                Just("@"), Just("#"), Just("＃"), Just("&"), Just("http://"), Just("www."), Just("RT "),
                Just("a.b/"), Just(";"), Just("票"), Just("の"), Just("й"), Just("ي"), Just("é"),
                Just("e\u{301}"), Just("ı"), Just("İ"), Just("\u{200c}"), Just(" "), Just("ａ"),
            ],
            0..40,
        )
    ) {
        let tag = language(&parts.concat());
        prop_assert!((2..=7).contains(&tag.len()), "{tag}");
    }
}

/// Right and all.
#[derive(Default)]
struct Share(u32, u32);

impl Share {
    fn count(&mut self, is_right: bool) {
        self.0 += u32::from(is_right);
        self.1 += 1;
    }

    fn check(&self, what: &str, goal: f64) {
        let share = f64::from(self.0) / f64::from(self.1);
        assert!(
            self.1 > 0 && share >= goal,
            "{what}: {share:.4} of {}, goal {goal}",
            self.1
        );
    }
}

/// What costs and bounds were chosen by the even lines; the odd ones are told apart from all.
#[test]
fn goals_on_sentences_and_short_texts() {
    let Some(data) = data_folder("languages of lingua's test data") else {
        return;
    };
    let [mut sentences, mut short, mut odd_sentences, mut odd_short] = [const { Share(0, 0) }; 4];
    for (at, row) in rows(&data.join("gold/langid-lingua.ndjson.gz"))
        .iter()
        .enumerate()
    {
        let text = row["text"].as_str().unwrap();
        let is_right = language(text).split('-').next() == row["lang"].as_str();
        if row["kind"] == "sentences" {
            sentences.count(is_right);
            if at % 2 == 1 {
                odd_sentences.count(is_right);
            }
        }
        if text.chars().count() < 40 {
            short.count(is_right);
            if at % 2 == 1 {
                odd_short.count(is_right);
            }
        }
    }
    sentences.check("sentences", 0.99);
    odd_sentences.check("sentences, odd lines", 0.99);
    short.check("below 40 characters", 0.92);
    odd_short.check("below 40 characters, odd lines", 0.92);
}

#[test]
fn goals_on_tweets() {
    let Some(data) = data_folder("languages of tweets") else {
        return;
    };
    let mut share = Share::default();
    for row in rows(&data.join("streams/ira-troll-tweets-2016.ndjson.gz")) {
        let (lang, text) = (row["lang"].as_str().unwrap(), row["text"].as_str().unwrap());
        // The other labels are not to be relied on: most that are marked `uk` are in Russian.
        if !["en", "ru"].contains(&lang) {
            continue;
        }
        let is_left = |word: &str| {
            !word.starts_with(['@', '#', '\''])
                && !word.contains("://")
                && word.contains(char::is_alphabetic)
        };
        // Of tweets of links and tags alone nothing is left to tell.
        if text.split_whitespace().any(is_left) {
            share.count(language(text) == lang);
        }
    }
    share.check("tweets", 0.97);
}

#[test]
fn goals_on_traditional_and_simplified() {
    let Some(data) = data_folder("standards of Chinese") else {
        return;
    };
    let mut share = Share::default();
    for (file, tag) in [("hant", "zh-Hant"), ("hans", "zh-Hans")] {
        for row in rows(&data.join(format!("gold/segmentation/ud-zh-gsd-{file}.ndjson.gz"))) {
            share.count(language(row["text"].as_str().unwrap()) == tag);
        }
    }
    share.check("Traditional and Simplified", 0.99);
}
