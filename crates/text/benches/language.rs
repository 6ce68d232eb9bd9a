//! How often the language is right, what it is taken for where not, and how long it takes, beside
//! whatlang over the same texts with the set's languages as candidates.
//!
//! Needs the data folder; says so where there is none.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use bellwether_testkit::{data_folder, rows};
use bellwether_text::language;
use whatlang::{Detector, Lang};

/// Timings are the best of so many rounds: other work beside them only ever adds.
const ROUNDS: usize = 7;

/// Texts that are timed together.
const BATCH: usize = 20;

/// Texts of a set that are timed.
const TIMED_MAX: usize = 4_000;

struct Text {
    lang: String,
    /// `sentences` and others, in lingua's data only.
    kind: String,
    text: String,
}

struct Set {
    name: &'static str,
    texts: Vec<Text>,
}

fn main() {
    let Some(data) = data_folder("languages") else {
        return;
    };
    println!(
        "As measured before, not here: lingua 1.8 with 17 languages: sentences .994, below 40 characters \
         .924, tweets en .990, ru .974, 170 us a sentence, program +78 MB.\n"
    );
    let lingua = || texts(&data.join("gold/langid-lingua.ndjson.gz"), None).into_iter();
    let length = |text: &Text| text.text.chars().count();
    let mut sets = vec![
        Set {
            name: "lingua, sentences",
            texts: lingua().filter(|text| text.kind == "sentences").collect(),
        },
        Set {
            name: "lingua, below 40 characters",
            texts: lingua().filter(|text| length(text) < 40).collect(),
        },
        Set {
            name: "lingua, 40 characters and more",
            texts: lingua().filter(|text| length(text) >= 40).collect(),
        },
    ];
    let tweets = texts(&data.join("streams/ira-troll-tweets-2016.ndjson.gz"), None);
    let (told, empty): (Vec<Text>, Vec<Text>) = tweets
        .into_iter()
        .filter(|tweet| tweet.lang != "und")
        .partition(|tweet| tweet.text.split_whitespace().any(is_left));
    println!(
        "{} more tweets are links, names and tags alone.\n",
        empty.len()
    );
    sets.push(Set {
        name: "tweets (only the labels en and ru are reliable)",
        texts: told,
    });
    for (name, file, tag) in [
        (
            "GSD, Traditional (whatlang: zh is right)",
            "hant",
            "zh-Hant",
        ),
        ("GSD, Simplified (whatlang: zh is right)", "hans", "zh-Hans"),
    ] {
        let path = data.join(format!("gold/segmentation/ud-zh-gsd-{file}.ndjson.gz"));
        sets.push(Set {
            name,
            texts: texts(&path, Some(tag)),
        });
    }
    for set in &sets {
        set.tell();
    }
    let telegram = texts(&data.join("streams/telegram-ru-news-2024.ndjson.gz"), None);
    let posts: Vec<&str> = telegram.iter().map(|post| &*post.text).collect();
    let long: Vec<Text> = posts
        .chunks(8)
        .map(|posts| posts.join("\n").chars().take(1_700).collect())
        .filter(|text: &String| text.len() > 2_700)
        .map(|text| Text {
            lang: "ru".to_owned(),
            kind: String::new(),
            text,
        })
        .collect();
    Set {
        name: "Telegram, 3 kB",
        texts: long,
    }
    .tell();
}

/// The texts of a file, with the language they are marked with unless one is given.
fn texts(path: &Path, lang: Option<&str>) -> Vec<Text> {
    let rows = rows(path);
    let field = |at: usize, name: &str| rows[at][name].as_str().unwrap_or_default().to_owned();
    (0..rows.len())
        .map(|at| Text {
            lang: lang.map_or_else(|| field(at, "lang"), str::to_owned),
            kind: field(at, "kind"),
            text: field(at, "text"),
        })
        .collect()
}

fn is_left(word: &str) -> bool {
    !word.starts_with(['@', '#', '\''])
        && !word.contains("://")
        && word.contains(char::is_alphabetic)
}

impl Set {
    fn tell(&self) {
        let mut confusion: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
        let (mut right, mut right_in_whatlang) = (0u32, 0u32);
        let langs: Vec<Lang> = self.langs();
        let detector = Detector::with_allowlist(langs);
        for Text { lang, text, .. } in &self.texts {
            let found = language(text);
            let found = if lang == "zh" {
                found.split('-').next().unwrap_or(found)
            } else {
                found
            };
            right += u32::from(found == lang);
            right_in_whatlang +=
                u32::from(detector.detect_lang(text).map(code) == Some(plain(lang)));
            *confusion.entry(lang).or_default().entry(found).or_default() += 1;
        }
        let all = self.texts.len() as f64;
        println!("{}: {} texts", self.name, self.texts.len());
        println!(
            "  right {:.4}, {:.1} us a text; whatlang {:.4}, {:.1} us",
            f64::from(right) / all,
            self.micros(|text| language(text).len()),
            f64::from(right_in_whatlang) / all,
            self.micros(|text| detector
                .detect_lang(text)
                .map_or(0, |lang| code(lang).len())),
        );
        for (lang, found) in confusion {
            let of: u32 = found.values().sum();
            let right = found.get(lang).copied().unwrap_or(0);
            let mut wrong: Vec<(&str, u32)> =
                found.into_iter().filter(|(tag, _)| *tag != lang).collect();
            wrong.sort_by_key(|(tag, count)| (std::cmp::Reverse(*count), *tag));
            let wrong: Vec<String> = wrong
                .iter()
                .map(|(tag, count)| format!("{tag} {count}"))
                .collect();
            println!(
                "  {lang:7} {:.4} of {of:6}  {}",
                f64::from(right) / f64::from(of),
                wrong.join(", ")
            );
        }
        println!();
    }

    fn langs(&self) -> Vec<Lang> {
        Lang::all()
            .iter()
            .copied()
            .filter(|lang| {
                self.texts
                    .iter()
                    .any(|text| plain(&text.lang) == code(*lang))
            })
            .collect()
    }

    fn micros(&self, work: impl Fn(&str) -> usize) -> f64 {
        let step = self.texts.len().div_ceil(TIMED_MAX).max(1);
        let texts: Vec<&str> = self
            .texts
            .iter()
            .step_by(step)
            .map(|text| &*text.text)
            .collect();
        let mut total = Duration::ZERO;
        for batch in texts.chunks(BATCH) {
            let round = || {
                let started = Instant::now();
                for text in batch {
                    black_box(work(black_box(text)));
                }
                started.elapsed()
            };
            total += (0..ROUNDS).map(|_| round()).min().unwrap_or_default();
        }
        total.as_secs_f64() * 1e6 / texts.len().max(1) as f64
    }
}

fn plain(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Vie => "vi",
        Lang::Tur => "tr",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Heb => "he",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        _ => "",
    }
}
