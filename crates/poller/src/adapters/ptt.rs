//! Boards of PTT as its web view shows them: the index of a board, and its articles with the pushes
//! of readers.
//!
//! Pages of the index are renumbered when an article is deleted, so an article is known by the name
//! of its file, which also holds the second of its creation. The head of an article is its author's
//! to change or forge; the time in the name is not. Pushes have no year. The board asks for the
//! reader's age; the cookie that answers is in [`super::headers`].

use bellwether_model::Timestamp;
use scraper::ElementRef;
use scraper::node::Node;
use url::Url;

use super::dom::{self, css};
use super::{Document, Listing, NotRead, Post, PostFacts};
use crate::address;
use crate::article::{Article, NoArticle, bounds};
use crate::html::{self, Layout};
use crate::parse::{Entry, TEXT_BYTES_MAX, TITLE_BYTES_MAX, cut};

static ROW: dom::Css = css!(".r-list-container > .r-ent, .r-list-container > .r-list-sep");
static CONTAINER: dom::Css = css!(".r-list-container");
static LINK: dom::Css = css!(".title a[href]");
static AUTHOR: dom::Css = css!(".meta .author");
static SCORE: dom::Css = css!(".nrec");
static PAGING: dom::Css = css!(".btn-group-paging a[href]");
static CONTENT: dom::Css = css!("#main-content");
static META: dom::Css = css!(".article-metaline, .article-metaline-right");
static META_TAG: dom::Css = css!(".article-meta-tag");
static META_VALUE: dom::Css = css!(".article-meta-value");
static PUSH: dom::Css = css!(".push");
static PUSH_TAG: dom::Css = css!(".push-tag");
static PUSH_USER: dom::Css = css!(".push-userid");
static PUSH_CONTENT: dom::Css = css!(".push-content");
static PUSH_TIME: dom::Css = css!(".push-ipdatetime");

/// Pushes read of an article; the site itself closes an article at about 1,500.
const PUSHES_MAX: usize = 3_000;

/// An article with what stands below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// The article.
    pub article: Article,
    /// The account of its author, as its head says.
    pub author: Option<String>,
    /// Lines below the text that the site itself writes: from where it was posted, and each edit.
    pub traces: Vec<String>,
    /// The pushes, one line of one account each; a long comment is several.
    pub pushes: Vec<Push>,
}

/// One line that a reader added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Push {
    /// 1 for 推, -1 for 噓, 0 for →.
    pub vote: i8,
    /// The account. A person's: never shown in clear.
    pub user: String,
    /// Its words.
    pub text: String,
    /// Time, and on some boards address, as shown: no year, no zone, by the minute.
    pub at_raw: String,
}

/// Reads the index of a board.
///
/// # Errors
/// Where it is none.
pub fn read(document: &Document<'_>) -> Result<Listing, NotRead> {
    let page = dom::page(document)?;
    let root = page.root_element();
    if !CONTAINER.is_in(root) {
        return Err(NotRead::Other {
            expected: "index of a board",
            found: "a page without a list of articles",
        });
    }
    let base = Url::parse(document.url).ok();
    let mut listing = Listing {
        is_whole: true,
        older: PAGING
            .all(root)
            .into_iter()
            .find(|link| dom::text(*link).contains("上頁"))
            .and_then(|link| address::shown(link.attr("href")?, base.as_ref())),
        ..Listing::default()
    };
    let mut is_pinned = false;
    let mut deleted = 0;
    for row in ROW.all(root) {
        if row.value().classes().any(|class| class == "r-list-sep") {
            is_pinned = true;
        } else if let Some(post) = post(row, base.as_ref(), is_pinned) {
            listing.posts.push(post);
        } else {
            deleted += 1;
        }
    }
    if deleted > 0 {
        listing.note(&format!("{deleted} deleted rows left out"));
    }
    Ok(listing)
}

/// `None` for a deleted row, which has no link.
fn post(row: ElementRef<'_>, base: Option<&Url>, is_pinned: bool) -> Option<Post> {
    let link = LINK.first(row)?;
    let url = address::shown(link.attr("href")?, base)?;
    let created = created(&url);
    Some(Post {
        entry: Entry {
            reading: None,
            guid: Some(url.clone()),
            title: html::one_line(&dom::text(link)),
            text: String::new(),
            published: created,
            published_raw: created.map(|time| time.to_string()),
            lang: None,
            url: Some(url),
        },
        facts: PostFacts {
            score: SCORE.text(row).and_then(|shown| score(&shown)),
            is_pinned,
            ..PostFacts::default()
        },
        author: AUTHOR.text(row),
    })
}

/// The second in the name of an article's file, `M.1732000000.A.1A2.html`.
pub(super) fn created(url: &str) -> Option<Timestamp> {
    let file = url.rsplit('/').next()?;
    let mut parts = file.split('.');
    let kind = parts.next()?;
    let second: i64 = parts.next()?.parse().ok()?;
    let is_article = matches!(kind, "M" | "G") && parts.next() == Some("A") && second > 0;
    is_article.then(|| Timestamp::from_second(second).ok())?
}

/// Pushes less boos: a number, 爆 from 100 on, X1 to X9 for -10 to -90, XX from -100 on.
fn score(shown: &str) -> Option<i64> {
    match shown.trim() {
        "爆" => Some(100),
        "XX" => Some(-100),
        shown => match shown.strip_prefix('X') {
            Some(tens) => tens.parse::<i64>().ok().map(|tens| -10 * tens),
            None => shown.parse().ok(),
        },
    }
}

/// Reads an article.
///
/// # Errors
/// Where there is none.
pub fn article(document: &Document<'_>) -> Result<Thread, NoArticle> {
    let page = bounds::page(document.body, document.content_type)?;
    if let Some(wall) = super::wall::of_page(&page, document.url) {
        return Err(NoArticle::Wall(wall));
    }
    let page = scraper::Html::parse_document(&page);
    let content = CONTENT
        .first(page.root_element())
        .ok_or(NoArticle::NoText)?;
    let mut thread = Thread::default();
    for line in META.all(content) {
        let tag = META_TAG.text(line).unwrap_or_default();
        let value = META_VALUE.text(line);
        match tag.as_str() {
            "作者" => {
                thread.author = value.and_then(|v| v.split_whitespace().next().map(str::to_owned))
            }
            "標題" => {
                thread.article.title = cut(value.unwrap_or_default(), TITLE_BYTES_MAX, &mut false);
            }
            _ => {}
        }
    }
    let (text, traces) = words(content);
    thread.traces = traces;
    thread.article.text = cut(text, TEXT_BYTES_MAX, &mut false);
    thread.article.published = created(document.url);
    thread.article.published_raw = thread.article.published.map(|time| time.to_string());
    thread.pushes = PUSH
        .all(content)
        .into_iter()
        .take(PUSHES_MAX)
        .filter_map(push)
        .collect();
    if thread.article.text.is_empty() {
        return Err(NoArticle::NoText);
    }
    Ok(thread)
}

fn push(push: ElementRef<'_>) -> Option<Push> {
    Some(Push {
        vote: match PUSH_TAG.text(push)?.trim() {
            "推" => 1,
            "噓" => -1,
            _ => 0,
        },
        user: PUSH_USER.text(push)?,
        text: PUSH_CONTENT
            .text(push)
            .map(|text| text.trim_start_matches(':').trim().to_owned())
            .unwrap_or_default(),
        at_raw: PUSH_TIME.text(push).unwrap_or_default(),
    })
}

/// The text of an article without its head and its pushes, and the lines that the site adds.
fn words(content: ElementRef<'_>) -> (String, Vec<String>) {
    use ego_tree::iter::Edge;
    let mut out = String::new();
    let mut left_out = 0_usize;
    for edge in content.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    let is_left_out = left_out > 0
                        || element
                            .classes()
                            .any(|class| class == "push" || class.starts_with("article-metaline"))
                        || html::layout(element.name()) == Some(Layout::Hidden);
                    left_out += usize::from(is_left_out);
                }
                // The text is preformatted: its own line breaks are lines.
                Node::Text(text) if left_out == 0 => out.push_str(text),
                _ => {}
            },
            Edge::Close(node) if node.value().is_element() => {
                left_out = left_out.saturating_sub(1);
            }
            Edge::Close(_) => {}
        }
    }
    let (mut lines, mut traces) = (Vec::new(), Vec::new());
    for line in html::squeeze(&out).lines() {
        if line.starts_with('※') {
            traces.push(line.to_owned());
        } else {
            lines.push(line.to_owned());
        }
    }
    while lines
        .last()
        .is_some_and(|line| line.chars().all(|c| c == '-'))
    {
        lines.pop();
    }
    (lines.join("\n"), traces)
}
