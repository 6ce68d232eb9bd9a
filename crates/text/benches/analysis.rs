//! How fast texts are taken apart, made terms and stemmed, on real streams; one core.

use std::hint::black_box;
use std::time::Instant;

use bellwether_testkit::{data_folder, rows};
use bellwether_text::{STEMMED, UnitKind, analyse, index_tokens, stem};

const STREAMS: [(&str, &str); 4] = [
    ("cctv-xinwen-lianbo", "zh-Hans"),
    ("us-articles-2012-2020", "en"),
    ("telegram-ru-news-2024", "ru"),
    ("ira-troll-tweets-2016", "en"),
];

/// More than this of a stream changes no rate.
const TEXTS_MAX: usize = 5_000;

fn main() {
    let Some(folder) = data_folder("the speed of analysis") else {
        return;
    };
    for (stream, lang) in STREAMS {
        let texts: Vec<String> = rows(&folder.join(format!("streams/{stream}.ndjson.gz")))
            .iter()
            .filter_map(|row| row["text"].as_str().filter(|text| !text.is_empty()))
            .take(TEXTS_MAX)
            .map(str::to_owned)
            .collect();
        let bytes: usize = texts.iter().map(String::len).sum();
        let timed = |what: &str, run: &mut dyn FnMut()| {
            run();
            let start = Instant::now();
            run();
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "{stream} {what}: {:.1} MB/s, {:.0} texts/s of {} bytes",
                bytes as f64 / seconds / 1e6,
                texts.len() as f64 / seconds,
                bytes / texts.len().max(1),
            );
        };
        timed("analyse", &mut || {
            for text in &texts {
                black_box(analyse(text));
            }
        });
        for lang in ["und", lang] {
            timed(&format!("analyse and terms ({lang})"), &mut || {
                for text in &texts {
                    index_tokens(&analyse(text), lang, |token| {
                        black_box(token);
                    });
                }
            });
        }
        if STEMMED.contains(&lang) {
            stems(&texts, lang);
        }
    }
}

fn stems(texts: &[String], lang: &str) {
    let mut words = Vec::new();
    for text in texts {
        let analysed = analyse(text);
        let units = analysed.units().iter();
        words.extend(
            units
                .filter(|unit| unit.kind == UnitKind::Word)
                .map(|unit| analysed.text(unit).to_owned()),
        );
    }
    for lang in [lang, "es"] {
        let start = Instant::now();
        for word in &words {
            black_box(stem(word, lang));
        }
        println!(
            "  stem ({lang}): {:.0} ns a word over {} words",
            start.elapsed().as_secs_f64() * 1e9 / words.len().max(1) as f64,
            words.len()
        );
    }
}
