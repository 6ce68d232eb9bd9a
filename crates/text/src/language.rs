//! The language of a text, from the text alone.
//!
//! Script decides first: it is certain, cheap, and enough for scripts that one language uses.
//! Letters that only one of two languages has come next, statistics of trigrams last, among the
//! languages of the sources we follow. Addresses, @names and #tags are left out: they are English
//! letters in the posts of any language.

use unicode_script::{Script, UnicodeScript};
use whatlang::{Detector, Lang};

use crate::han::{self, Standard};

/// More than this much of a text changes no verdict.
const CHARS_MAX: usize = 2_000;

/// A Han character or a syllable says about as much as this many letters of an alphabet.
const SYLLABLE_WEIGHT: usize = 3;

/// Fewer letters of an alphabet than this are a name or an abbreviation.
const LETTERS_MIN: usize = 6;

/// What trigrams must reach below [`SHORT_LETTERS`] letters.
const SHORT_CONFIDENCE_MIN: f64 = 0.2;

/// A short text: names and loan words can outweigh the rest.
const SHORT_LETTERS: usize = 40;

const LATIN: [(Lang, &str); 8] = [
    (Lang::Eng, "en"),
    (Lang::Spa, "es"),
    (Lang::Vie, "vi"),
    (Lang::Ind, "id"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Por, "pt"),
    (Lang::Tur, "tr"),
];

/// What is returned where nothing can be said.
const UNSURE: &str = "und";

/// The BCP 47 tag of the language of a text; `zh-Hant` or `zh-Hans` where characters of the one
/// standard only are the greater part of those that tell, else `zh`; `und` when unsure.
#[must_use]
pub fn language(text: &str) -> &'static str {
    let words = text
        .split_whitespace()
        .filter(|word| !is_foreign_matter(word));
    let mut sample = String::new();
    let mut room = CHARS_MAX;
    for word in words {
        if room == 0 {
            break;
        }
        let end = word
            .char_indices()
            .nth(room)
            .map_or(word.len(), |(at, _)| at);
        room -= word[..end].chars().count();
        sample.push_str(&word[..end]);
        sample.push(' ');
    }
    let counts = Counts::of(&sample);
    match counts.dominant() {
        Some(Dominant::Han) => counts.chinese_or_japanese(),
        Some(Dominant::Latin) => latin(&sample, counts.latin),
        Some(Dominant::Cyrillic) => cyrillic(&sample, counts.cyrillic),
        Some(Dominant::Arabic) => arabic(&sample, counts.arabic),
        Some(Dominant::Single(tag)) => tag,
        None => UNSURE,
    }
}

fn is_foreign_matter(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| c.is_ascii_punctuation() && !"@#".contains(c));
    word.starts_with(['@', '#', '＠', '＃'])
        || word.starts_with("www.")
        || (word.starts_with("http") && word.contains("://"))
}

enum Dominant {
    Han,
    Latin,
    Cyrillic,
    Arabic,
    Single(&'static str),
}

#[derive(Default)]
struct Counts {
    han: usize,
    kana: usize,
    traditional: usize,
    simplified: usize,
    latin: usize,
    cyrillic: usize,
    arabic: usize,
    /// Scripts that one language of ours uses, by its tag.
    single: Vec<(&'static str, usize)>,
}

impl Counts {
    fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            match c.script() {
                Script::Latin => counts.latin += 1,
                Script::Han => {
                    counts.han += 1;
                    match han::standard(c) {
                        Some(Standard::Traditional) => counts.traditional += 1,
                        Some(Standard::Simplified) => counts.simplified += 1,
                        None => {}
                    }
                }
                Script::Hiragana | Script::Katakana => counts.kana += 1,
                Script::Cyrillic => counts.cyrillic += 1,
                Script::Arabic => counts.arabic += 1,
                script => counts.count_single(script),
            }
        }
        counts
    }

    fn count_single(&mut self, script: Script) {
        let Some(tag) = only_language(script) else {
            return;
        };
        match self.single.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, count)) => *count += 1,
            None => self.single.push((tag, 1)),
        }
    }

    fn dominant(&self) -> Option<Dominant> {
        let fixed = [
            (SYLLABLE_WEIGHT * (self.han + self.kana), Dominant::Han),
            (self.latin, Dominant::Latin),
            (self.cyrillic, Dominant::Cyrillic),
            (self.arabic, Dominant::Arabic),
        ];
        let single = self.single.iter().map(|(tag, count)| {
            let weight = if *tag == "ko" { SYLLABLE_WEIGHT } else { 1 };
            (weight * count, Dominant::Single(tag))
        });
        fixed
            .into_iter()
            .chain(single)
            .filter(|(weight, _)| *weight > 0)
            .max_by_key(|(weight, _)| *weight)
            .map(|(_, dominant)| dominant)
    }

    /// A stray の is fashion in Chinese names of shops; Japanese sentences have far more.
    fn chinese_or_japanese(&self) -> &'static str {
        if self.kana * 10 >= self.han + self.kana {
            "ja"
        } else if self.traditional > 2 * self.simplified {
            "zh-Hant"
        } else if self.simplified > 2 * self.traditional {
            "zh-Hans"
        } else {
            "zh"
        }
    }
}

fn only_language(script: Script) -> Option<&'static str> {
    Some(match script {
        Script::Hangul => "ko",
        Script::Thai => "th",
        Script::Lao => "lo",
        Script::Khmer => "km",
        Script::Myanmar => "my",
        Script::Tibetan => "bo",
        Script::Greek => "el",
        Script::Hebrew => "he",
        Script::Armenian => "hy",
        Script::Georgian => "ka",
        Script::Devanagari => "hi",
        Script::Bengali => "bn",
        Script::Tamil => "ta",
        Script::Telugu => "te",
        Script::Bopomofo => "zh-Hant",
        _ => return None,
    })
}

fn latin(text: &str, letters: usize) -> &'static str {
    if letters < LETTERS_MIN {
        return UNSURE;
    }
    statistics(text, letters, &LATIN)
}

fn cyrillic(text: &str, letters: usize) -> &'static str {
    let count = |set: &str| text.chars().filter(|c| set.contains(*c)).count();
    let ukrainian = count("іїєґІЇЄҐ");
    let russian = count("ыэъёЫЭЪЁ");
    if ukrainian != russian {
        return if ukrainian > russian { "uk" } else { "ru" };
    }
    if letters < LETTERS_MIN {
        return UNSURE;
    }
    statistics(text, letters, &[(Lang::Rus, "ru"), (Lang::Ukr, "uk")])
}

fn arabic(text: &str, letters: usize) -> &'static str {
    let count = |set: &str| text.chars().filter(|c| set.contains(*c)).count();
    let persian = count("پچژگکی");
    let arabic = count("ةكيىإأؤئء");
    if persian != arabic {
        return if persian > arabic { "fa" } else { "ar" };
    }
    if letters < LETTERS_MIN {
        return UNSURE;
    }
    statistics(text, letters, &[(Lang::Pes, "fa"), (Lang::Ara, "ar")])
}

fn statistics(text: &str, letters: usize, languages: &[(Lang, &'static str)]) -> &'static str {
    let detector = Detector::with_allowlist(languages.iter().map(|(lang, _)| *lang).collect());
    let Some(info) = detector.detect(text) else {
        return UNSURE;
    };
    if letters < SHORT_LETTERS && info.confidence() < SHORT_CONFIDENCE_MIN {
        return UNSURE;
    }
    languages
        .iter()
        .find(|(lang, _)| *lang == info.lang())
        .map_or(UNSURE, |(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for (text, expected) in [
            ("中央選舉委員會公布開票結果", "zh-Hant"),
            ("中央选举委员会公布开票结果", "zh-Hans"),
            ("台北市", "zh"),
            ("DPP主席回應：選舉 https://example.org/en/news", "zh-Hant"),
            ("選挙管理委員会は開票の結果を発表した", "ja"),
            ("선거관리위원회가 개표 결과를 발표했다", "ko"),
            ("คณะกรรมการการเลือกตั้งประกาศผล", "th"),
            (
                "The election commission has published the results of the count",
                "en",
            ),
            (
                "La comisión electoral ha publicado los resultados del recuento",
                "es",
            ),
            (
                "Центральная избирательная комиссия объявила результаты",
                "ru",
            ),
            ("Центральна виборча комісія оголосила результати", "uk"),
            (
                "نتایج انتخابات ریاست‌جمهوری اعلام شد و مردم پیگیر آن هستند",
                "fa",
            ),
            ("أعلنت اللجنة العليا للانتخابات النتائج الرسمية", "ar"),
            ("Ủy ban bầu cử đã công bố kết quả kiểm phiếu", "vi"),
            (
                "Die Wahlkommission hat das Ergebnis der Auszählung veröffentlicht",
                "de",
            ),
            (
                "@someone #Election2026 https://example.org/the-results-are-in",
                "und",
            ),
            ("", "und"),
            ("2026 🎉", "und"),
            ("OK", "und"),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}
