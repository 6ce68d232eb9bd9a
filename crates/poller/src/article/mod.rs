//! The page of an article to its text.
//!
//! The library is trafilatura (Apache-2.0) with its fallbacks and the preference for precision, and
//! a second opinion from libreadability (MIT), which it brings along. Over the 181 pages
//! of the public benchmark the first reaches F1 .970, both .972, at 13 ms a page; trafilatura as it
//! comes reaches .961, dom_smoothie .952, rs-trafilatura .957. The three, of which the text that
//! shares most with the other two is taken, reach .971 and bring three HTML parsers into the
//! program. `cargo bench -p bellwether-poller --bench articles` prints the table. What the preference
//! costs is a paragraph in a hundred; what it buys is that links to other stories do not become text
//! of this one (field case FC-034).
//!
//! Title, date and language are read beside it, since the library knows dates by the day only.
//!
//! Pure, and bounded: in bytes and depth before anything is parsed ([`bounds`]), in length after. A
//! panic of the library is caught and named. Images and video are not read.

pub mod bounds;
mod facts;
mod second;

use bellwether_model::Timestamp;
use trafilatura::dom::Document;
use trafilatura::{ExtractionFocus, HtmlDateMode, Options, extract_document};

use bounds::BadPage;

use crate::adapters::wall::{self, Wall};
use crate::date::Place;
use crate::parse::{TEXT_BYTES_MAX, TITLE_BYTES_MAX, cut};
use crate::{address, html};

/// What the page of an article says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// Its headline; empty where there is none.
    pub title: String,
    /// Its text, a line for each paragraph, without markup; never empty.
    pub text: String,
    /// When it claims to have been published, where that can be read.
    pub published: Option<Timestamp>,
    /// The same as written.
    pub published_raw: Option<String>,
    /// The language it claims.
    pub lang: Option<String>,
    /// The address it calls its own (`rel=canonical`), where it is on the same host.
    pub url: Option<String>,
}

/// Why a page gives no article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoArticle {
    /// Not a page that is read.
    #[error("no article: {0}")]
    Page(#[from] BadPage),
    /// A page that stands in the way.
    #[error("no article: {0}")]
    Wall(Wall),
    /// A page without running text.
    #[error("no article: the page has no running text")]
    NoText,
    /// The library failed.
    #[error("no article: reading the page failed; please report its address")]
    Fault,
}

/// 8 kB for each tag that a page may have. Taken from the system only as far as it is used.
const STACK_BYTES: usize = 512 << 20;

/// Reads the page of an article. `content_type` is the server's word, `url` the address that
/// answered; what a date leaves open is taken from the place of the source.
///
/// # Errors
/// Why there is none.
pub fn read(
    body: &[u8],
    content_type: Option<&str>,
    url: &str,
    place: &Place,
) -> Result<Article, NoArticle> {
    let page = bounds::page(body, content_type)?;
    if let Some(wall) = wall::of_page(&page, url) {
        return Err(NoArticle::Wall(wall));
    }
    // The library is not ours: what it does to odd input is not ours to promise. It walks down a page
    // by calling itself, and a stack that ends ends the whole program; so it gets one that is deep
    // enough for any page that `bounds` lets through.
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("article".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || extract(&page, url, place))
            .ok()
            .and_then(|thread| thread.join().ok())
    })
    .unwrap_or(Err(NoArticle::Fault))
}

fn extract(page: &str, url: &str, place: &Place) -> Result<Article, NoArticle> {
    let document = Document::parse(page);
    let facts = facts::of(&document, url, place);
    let options = Options::default()
        .with_fallback(true)
        .with_focus(ExtractionFocus::FavorPrecision)
        .with_exclude_comments(true)
        .with_html_date_mode(HtmlDateMode::Disabled);
    let content = extract_document(document, &options).map_err(|_| NoArticle::NoText)?;
    let mut text = text(&content.content_html);
    if text.is_empty() {
        text = html::squeeze(&content.content_text);
    }
    let text = second::confirmed(text, page);
    if text.is_empty() {
        return Err(NoArticle::NoText);
    }
    let title = facts.title.unwrap_or(content.metadata.title);
    Ok(Article {
        title: cut(html::one_line(&title), TITLE_BYTES_MAX, &mut false),
        text: cut(text, TEXT_BYTES_MAX, &mut false),
        published: facts.published,
        published_raw: facts.published_raw,
        lang: facts.lang,
        url: facts.canonical.and_then(|link| address::shown(&link, None)),
    })
}

/// Text of the cleaned page, which has no scripts left. Cells of a table stand apart as words do.
fn text(content: &str) -> String {
    html::to_text(
        &content
            .replace("</td>", " </td>")
            .replace("</th>", " </th>"),
    )
}

#[cfg(test)]
mod tests;
