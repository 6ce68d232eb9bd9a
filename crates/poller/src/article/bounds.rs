//! What is asked of a page before a parser sees it: it is HTML, of a length and a depth that a
//! parser takes in its stride.
//!
//! An HTML parser keeps a stack of open elements and looks through it at almost every tag, so depth
//! times tags is what a page can cost. Real pages of the test data are at most 60 deep.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::parse::charset::{self, By};

/// Bytes of a page as text. The longest of 427 real pages has 1.3 MB, most of it script.
pub(crate) const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Elements open at once; browsers stop at 512.
pub(crate) const DEPTH_MAX: usize = 400;

/// Start and end tags of a page. So many take about a second to read, wherever they stand.
const TAGS_MAX: usize = 60_000;

/// `<meta charset>` stands in the first 1,024 bytes (HTML, 4.2.5.4); pages put it later all the same.
const META_BYTES_MAX: usize = 8 * 1024;

/// Elements that have no content.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements whose content is no markup, outside drawings and formulas.
const RAW: [&str; 5] = ["script", "style", "textarea", "title", "xmp"];

/// Elements whose end tag is often left out: the next of their kind ends them.
const CLOSED_BY_NEXT: [&str; 12] = [
    "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot",
];

/// So many of them without an end tag. A parser nests some of them in each other after all, inside
/// drawings or in turns, and then looks through all that are open at each tag.
const UNENDED_MAX: usize = 2_000;

/// Bytes of attributes that are looked at.
const ATTRIBUTES_BYTES_MAX: usize = 4 * 1024;

/// Why a page is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPage {
    /// Nothing at all.
    #[error("the answer is empty")]
    Empty,
    /// Not a page.
    #[error("the answer is no HTML but {0}")]
    NotHtml(String),
    /// Longer than is read.
    #[error("the page has {bytes} bytes, at most {limit} are read")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// How many are read.
        limit: usize,
    },
    /// Elements nested deeper than is read, or too many of them.
    #[error("the page has elements nested more than {0} deep, or too many of them")]
    TooDeep(usize),
}

/// The text of a page that a parser may read.
pub(crate) fn page(body: &[u8], content_type: Option<&str>) -> Result<String, BadPage> {
    if let Some(kind) = other_kind(body, content_type) {
        return Err(BadPage::NotHtml(kind));
    }
    if body.len() > PAGE_BYTES_MAX {
        return Err(BadPage::TooLarge {
            bytes: body.len(),
            limit: PAGE_BYTES_MAX,
        });
    }
    let page = decode(body, content_type);
    if page.trim().is_empty() {
        return Err(BadPage::Empty);
    }
    if page.len() > PAGE_BYTES_MAX {
        return Err(BadPage::TooLarge {
            bytes: page.len(),
            limit: PAGE_BYTES_MAX,
        });
    }
    if is_too_deep(&page) {
        return Err(BadPage::TooDeep(DEPTH_MAX));
    }
    Ok(page)
}

/// The text of a page: as that of a feed, and the page's own word where the server gives none.
pub(crate) fn decode(body: &[u8], content_type: Option<&str>) -> String {
    read(body, content_type).text
}

/// The same with the charset that was found.
pub(crate) fn read(body: &[u8], content_type: Option<&str>) -> charset::Decoded {
    let has_charset = content_type.is_some_and(|t| t.to_ascii_lowercase().contains("charset"));
    let by_page = meta_charset(body).filter(|_| !has_charset);
    let content_type: Option<Cow<'_, str>> = match &by_page {
        Some(label) => Some(format!("text/html; charset={label}").into()),
        None => content_type.map(Cow::from),
    };
    let mut decoded = charset::read(body, content_type.as_deref(), None);
    if by_page.is_some() && decoded.by == By::Server {
        decoded.by = By::Document;
    }
    decoded
}

/// The charset that a `meta` element of the page names.
fn meta_charset(body: &[u8]) -> Option<String> {
    let head =
        String::from_utf8_lossy(&body[..body.len().min(META_BYTES_MAX)]).to_ascii_lowercase();
    head.match_indices("<meta").find_map(|(at, _)| {
        let tag = &head[at..];
        let tag = &tag[..tag.find('>')?];
        let value = tag[tag.find("charset")? + "charset".len()..].trim_start();
        let value = value
            .strip_prefix('=')?
            .trim_start_matches(['"', '\'', ' ']);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)))
            .unwrap_or(value.len());
        (end > 0).then(|| value[..end].to_owned())
    })
}

/// What the answer is where it is no HTML: by the server's word, and by its first bytes.
fn other_kind(body: &[u8], content_type: Option<&str>) -> Option<String> {
    let start = body.trim_ascii_start();
    for (magic, kind) in [
        (&b"%PDF-"[..], "a PDF"),
        (b"\x89PNG", "an image"),
        (b"\xFF\xD8\xFF", "an image"),
        (b"GIF8", "an image"),
        (b"PK\x03\x04", "an archive"),
        (b"\x1F\x8B", "an archive"),
    ] {
        if start.starts_with(magic) {
            return Some(kind.to_owned());
        }
    }
    let kind = content_type?.split(';').next()?.trim().to_ascii_lowercase();
    let may_be_html = kind.is_empty()
        || kind.contains("html")
        || kind == "text/plain"
        || kind == "application/octet-stream"
        || kind.ends_with("/xml");
    let looks_like_html = start.starts_with(b"<");
    (!may_be_html && !looks_like_html).then(|| kind.chars().take(60).collect())
}

/// Whether more elements are open at once, or there are more of them, than a parser should be given.
/// An upper bound: an end tag ends one element of its name, whatever stands between.
pub(crate) fn is_too_deep(page: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut tags, mut unended) = (0_usize, 0_usize, 0_usize);
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let (is_end, after) = match rest.strip_prefix('/') {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let length = after
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
            .count();
        if length == 0 {
            continue;
        }
        let name = after[..length].to_ascii_lowercase();
        rest = &after[length..];
        tags += 1;
        let is_foreign = ["svg", "math"]
            .iter()
            .any(|name| open.get(*name).is_some_and(|n| *n > 0));
        if !is_end && !is_foreign && RAW.contains(&name.as_str()) {
            rest = behind_raw(rest, &name);
        } else if !is_foreign && VOID.contains(&name.as_str()) || is_foreign && ends_itself(rest) {
            continue;
        } else if is_foreign || CLOSED_BY_NEXT.contains(&name.as_str()) {
            unended = if is_end {
                unended.saturating_sub(1)
            } else {
                unended + 1
            };
            if is_foreign
                && is_end
                && let Some(count) = open.get_mut(&name).filter(|n| **n > 0)
            {
                *count -= 1;
                depth -= 1;
            }
        } else if !is_end {
            *open.entry(name).or_default() += 1;
            depth += 1;
        } else if let Some(count) = open.get_mut(&name).filter(|count| **count > 0) {
            *count -= 1;
            depth -= 1;
        }
        if depth > DEPTH_MAX || tags > TAGS_MAX || unended > UNENDED_MAX {
            return true;
        }
    }
    false
}

/// Whether a tag whose name was read surely ends itself, as elements of drawings do: with attributes all
/// of which are quoted, so that none can hold the sign.
fn ends_itself(rest: &str) -> bool {
    let near = &rest[..rest.floor_char_boundary(ATTRIBUTES_BYTES_MAX)];
    let Some((head, _)) = near.split_once('>') else {
        return false;
    };
    let is_paired = |quote| head.matches(quote).count().is_multiple_of(2);
    head.ends_with('/')
        && is_paired('"')
        && is_paired('\'')
        && head
            .match_indices('=')
            .all(|(at, _)| head[at + 1..].starts_with(['"', '\'']))
}

/// What follows the end tag of an element whose content is no markup; all of it is content where
/// there is none.
fn behind_raw<'a>(rest: &'a str, name: &str) -> &'a str {
    rest.match_indices("</")
        .map(|(at, _)| &rest[at + 2..])
        .find(|after| {
            after
                .get(..name.len())
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
        })
        .map_or("", |after| &after[name.len()..])
}
