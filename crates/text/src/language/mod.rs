//! The language of a text, from the text alone.
//!
//! 1. [`sample`]: the first 1,000 characters that are no address, @name or #tag.
//! 2. The script that most of it is written in. Where one language of ours uses the script, that is
//!    the answer; in Han and Kana, characters that only one of the candidates writes ([`chinese`]).
//! 3. Among the languages of one alphabet, [`statistics`]: n-grams of letters and edges of words.
//!
//! Languages that are followed by nobody here are candidates as well, under their own tag or pooled
//! as `und`, so that Italian is not called Spanish nor Bulgarian Russian. A tag of ours is never
//! given for want of a better one: too few letters, or two languages as likely, are `und`.
//!
//! Known limits: Malay is called `id`; a text half in one language and half in another is what the
//! greater part is; a word that two languages share is told by a coin with a known bias.
//!
//! # Why so
//!
//! On the 17 languages of lingua's own test data, undecided counted as wrong, and on tweets in
//! English and Russian of which something was left (`cargo bench -p bellwether-text --bench language`):
//!
//! | | sentences | below 40 characters | tweets en / ru | a sentence | 3 kB | program |
//! |---|---|---|---|---|---|---|
//! | here | .998 | .925 (lines not tuned on: .923) | .991 / .977 | 5 µs | 36 µs | +4.1 MB |
//! | lingua 1.8, 17 languages | .994 | .924 | .990 / .974 | 170 µs | | +78 MB |
//! | whatlang 0.18 | .983 | .768 | .872 of all | 12 µs | 100 µs | +0.3 MB |
//!
//! Traditional and Simplified: 1,997 of 2,000 sentences right, the other three `zh`. Nothing is built
//! at the start; the table is read where it lies in the program. What is wrong among short texts is
//! mostly a word that two languages share. A table of three quarters of the size costs two in a
//! thousand short texts, one of one and a half gains two.
//!
//! The counts are lingua's. More is read out of them: how often a word begins or ends after some
//! letters is what the counts of longer n-grams leave over, and with it the model is one of whole
//! words. So 320,000 n-grams tell more than lingua's millions do, with 21 languages as candidates and
//! as many again pooled.

mod chinese;
mod sample;
mod statistics;
mod table;

use sample::Kind;
use statistics::{Alphabet, Column, Respelling};

/// What is returned where nothing can be said.
pub(crate) const UNSURE: &str = "und";

/// Fewer letters of an alphabet are an abbreviation.
const LETTERS_MIN: usize = 3;

/// The least lead over the next language, in 1/14 of a natural logarithm: less is a coin.
const LEAD_MIN: u32 = 2;

// What a language must make up for, in 1/14 of a natural logarithm, tuned on every second line of
// the test data. English, Russian, Arabic and Persian are most of what is followed. A language that
// nobody follows needs some words, lest it take the short titles of others.
const USUAL: u32 = 0;
const LESS_USUAL: u32 = 14;
const FOLLOWED_BY_NOBODY: u32 = 49;
const POOLED: u32 = 56;

const LATIN: Alphabet = Alphabet {
    group: 0,
    columns: &[
        Column("en", USUAL),
        Column("es", LESS_USUAL),
        Column("fr", LESS_USUAL),
        Column("de", LESS_USUAL),
        Column("pt", LESS_USUAL),
        Column("id", LESS_USUAL),
        Column("vi", LESS_USUAL),
        Column("tr", LESS_USUAL),
        Column("it", FOLLOWED_BY_NOBODY),
        Column("nl", FOLLOWED_BY_NOBODY),
        Column("pl", FOLLOWED_BY_NOBODY),
        Column("ca", FOLLOWED_BY_NOBODY),
        Column(UNSURE, POOLED),
    ],
    letter: latin_letter,
    // Turkish in windows-1254, read as Western European: feeds and their archives are full of it.
    respellings: &[Respelling {
        tags: &["tr"],
        letters: &[('ý', 'ı'), ('þ', 'ş'), ('ð', 'ğ')],
    }],
    foreign: "",
};

const CYRILLIC: Alphabet = Alphabet {
    group: 1,
    columns: &[
        Column("ru", USUAL),
        Column("uk", LESS_USUAL),
        Column("be", LESS_USUAL),
        Column("bg", FOLLOWED_BY_NOBODY),
        Column("sr", FOLLOWED_BY_NOBODY),
        Column("kk", FOLLOWED_BY_NOBODY),
        Column(UNSURE, POOLED),
    ],
    letter: cyrillic_letter,
    respellings: &[],
    // Uzbek, Tajik, Bashkir, Chuvash, Udmurt.
    foreign: "ҳҷӣӯҙҫҡӑӗҥӧӟӝӥӹ",
};

const ARABIC: Alphabet = Alphabet {
    group: 2,
    columns: &[
        Column("ar", USUAL),
        Column("fa", USUAL),
        Column("ur", LESS_USUAL),
    ],
    letter: arabic_letter,
    // Yeh and kaf of the other keyboard.
    respellings: &[
        Respelling {
            tags: &["fa", "ur"],
            letters: &[('ي', 'ی'), ('ى', 'ی'), ('ك', 'ک')],
        },
        Respelling {
            tags: &["ar"],
            letters: &[('ی', 'ي'), ('ک', 'ك')],
        },
    ],
    // Pashto, Kurdish, Sindhi, Uyghur.
    foreign: "ټډړښځڅېۍګڼږێۆڕڵڤەڄڃٻڀٿڏڌڊڍۈۋ",
};

/// One foreign letter in so many, and the text is of none of the languages of the alphabet.
const FOREIGN_ONE_IN: usize = 100;

fn latin_letter(c: char) -> Option<char> {
    match c {
        'a'..='z' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        _ if Kind::of(c) == Kind::Latin => c.to_lowercase().next(),
        _ => None,
    }
}

fn cyrillic_letter(c: char) -> Option<char> {
    match c {
        'а'..='я' => Some(c),
        _ if Kind::of(c) == Kind::Cyrillic => c.to_lowercase().next(),
        _ => None,
    }
}

fn arabic_letter(c: char) -> Option<char> {
    (Kind::of(c) == Kind::Arabic).then_some(c)
}

/// The BCP 47 tag of the language of a text; `zh-Hant` or `zh-Hans` where characters of the one
/// standard only are the greater part of those that tell, else `zh`; `und` when unsure.
///
/// Reads the first 1,000 useful characters, however long the text is.
#[must_use]
pub fn language(text: &str) -> &'static str {
    let sample = sample::useful(text);
    match Counts::of(&sample).dominant() {
        Some((Kind::Han | Kind::Kana, _)) => chinese::chinese_or_japanese(&sample),
        Some((Kind::Latin, letters)) => told(&sample, letters, &LATIN),
        Some((Kind::Cyrillic, letters)) => told(&sample, letters, &CYRILLIC),
        Some((Kind::Arabic, letters)) => told(&sample, letters, &ARABIC),
        Some((Kind::Single(tag), _)) => tag,
        Some((Kind::Other, _)) | None => UNSURE,
    }
}

fn told(sample: &[char], letters: usize, alphabet: &Alphabet) -> &'static str {
    if letters < LETTERS_MIN || is_foreign(sample, letters, alphabet) {
        return UNSURE;
    }
    match statistics::verdict(sample, alphabet) {
        Some(verdict) if verdict.lead >= LEAD_MIN => verdict.tag,
        _ => UNSURE,
    }
}

fn is_foreign(sample: &[char], letters: usize, alphabet: &Alphabet) -> bool {
    let is_foreign =
        |c: &&char| (alphabet.letter)(**c).is_some_and(|c| alphabet.foreign.contains(c));
    !alphabet.foreign.is_empty()
        && sample.iter().filter(is_foreign).count() * FOREIGN_ONE_IN > letters
}

/// Letters of the sample by script.
#[derive(Default)]
struct Counts {
    unspaced: usize,
    latin: usize,
    cyrillic: usize,
    arabic: usize,
    single: Vec<(&'static str, usize)>,
}

impl Counts {
    fn of(sample: &[char]) -> Self {
        let mut counts = Self::default();
        for c in sample {
            match Kind::of(*c) {
                Kind::Latin => counts.latin += 1,
                Kind::Cyrillic => counts.cyrillic += 1,
                Kind::Arabic => counts.arabic += 1,
                Kind::Han | Kind::Kana => counts.unspaced += 1,
                Kind::Single(tag) => counts.count_single(tag),
                Kind::Other => {}
            }
        }
        counts
    }

    fn count_single(&mut self, tag: &'static str) {
        match self.single.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, count)) => *count += 1,
            None => self.single.push((tag, 1)),
        }
    }

    /// What most of the text is written in, and how many letters that are. Latin letters are guests
    /// in the texts of all others, more than the others are with them: three of them weigh as two.
    /// A Han character or a syllable says about as much as three letters.
    fn dominant(&self) -> Option<(Kind, usize)> {
        let fixed = [
            (Kind::Han, 9, self.unspaced),
            (Kind::Latin, 2, self.latin),
            (Kind::Cyrillic, 3, self.cyrillic),
            (Kind::Arabic, 3, self.arabic),
        ];
        let single = self.single.iter().map(|(tag, count)| {
            let weight = if *tag == "ko" { 9 } else { 3 };
            (Kind::Single(tag), weight, *count)
        });
        fixed
            .into_iter()
            .chain(single)
            .filter(|(_, _, letters)| *letters > 0)
            .max_by_key(|(_, weight, letters)| weight * letters)
            .map(|(kind, _, letters)| (kind, letters))
    }
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
