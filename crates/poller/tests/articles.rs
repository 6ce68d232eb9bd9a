//! Article text over the real pages of the data folder.

mod score;

use bellwether_poller::article::{self, Article, NoArticle};
use bellwether_poller::date::Place;
use bellwether_testkit::{data_folder, rows};
use score::{Score, has_markup};
use serde_json::Value;

/// Goal of the issue on collection; `cargo bench -p bellwether-poller --bench articles` shows more.
const F1_MIN: f64 = 0.970;

fn read(page: &Value) -> Result<Article, NoArticle> {
    let html = page["html"].as_str().unwrap_or_default();
    let url = page["url"].as_str().unwrap_or("https://e.org/a");
    let content_type = Some("text/html; charset=utf-8");
    article::read(html.as_bytes(), content_type, url, &Place::default())
}

#[test]
fn the_benchmark_is_met() {
    let Some(data) = data_folder("articles") else {
        return;
    };
    let mut score = Score::default();
    for page in rows(&data.join("extraction/article-extraction-benchmark.ndjson.gz")) {
        let text = read(&page).map(|article| article.text).unwrap_or_default();
        score.add(page["text"].as_str().unwrap_or_default(), &text);
    }
    let (f1, ..) = score.f1();
    assert!(f1 >= F1_MIN, "F1 {f1:.4}");
}

#[test]
fn chinese_pages_give_text_without_markup() {
    let Some(data) = data_folder("Chinese articles") else {
        return;
    };
    for page in rows(&data.join("extraction/gne-chinese-pages.ndjson.gz")) {
        let article = read(&page).unwrap_or_else(|error| panic!("{}: {error}", page["id"]));
        let han = article
            .text
            .chars()
            .filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c));
        assert!(han.count() > 20, "{}: {}", page["id"], article.text);
        assert!(
            !has_markup(&article.text),
            "{}: {}",
            page["id"],
            article.text
        );
    }
}

#[test]
fn every_page_ends_in_text_or_a_reason() {
    let Some(data) = data_folder("more articles") else {
        return;
    };
    let mut read_well = 0;
    let pages = rows(&data.join("extraction/readability-goose3.ndjson.gz"));
    for page in &pages {
        match read(page) {
            Ok(article) => {
                assert!(!article.text.is_empty());
                read_well += 1;
            }
            Err(NoArticle::Fault) => panic!("{} makes a library panic", page["id"]),
            Err(reason) => println!("{}: {reason}", page["id"]),
        }
    }
    println!("{read_well} of {} pages", pages.len());
    assert!(read_well * 10 >= pages.len() * 9, "{read_well}");
}
