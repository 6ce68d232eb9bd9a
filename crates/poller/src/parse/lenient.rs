//! The lenient reader: entries out of the tree of any document, sound or not.

use url::Url;

use super::space::Space;
use super::tree::{Document, Element, Node};
use super::{Read, Reading};
use crate::html::{self, Layout};

/// Names of dates, the most telling first: when it was published before when it was changed.
const DATES: [&str; 9] = [
    "pubdate",
    "published",
    "issued",
    "date",
    "created",
    "available",
    "updated",
    "modified",
    "lastbuilddate",
];

/// What holds for an element and all within it.
#[derive(Clone, Default)]
struct Scope {
    base: Option<Url>,
    lang: Option<String>,
    is_atom: bool,
}

impl Scope {
    fn within(&self, element: &Element) -> Self {
        let mut scope = self.clone();
        let base = element.attribute("xml:base").or_else(|| {
            // CDF.
            element.attribute("base").filter(|_| element.is("channel"))
        });
        if let Some(base) = base {
            scope.base = match &self.base {
                Some(outer) => outer.join(base.trim()).ok(),
                None => Url::parse(base.trim()).ok(),
            }
            .or(scope.base);
        }
        if let Some(lang) = element.attribute("xml:lang") {
            scope.lang = Some(lang.to_owned()).filter(|lang| !lang.trim().is_empty());
        }
        scope
    }
}

/// `None` where no element is the root of a feed.
pub(super) fn read(document: &Document, base: Option<&Url>) -> Option<Reading> {
    let root = document.roots.iter().find_map(find_root)?;
    let scope = Scope {
        base: base.cloned(),
        lang: None,
        is_atom: is_atom(root),
    };
    let mut reading = Reading::default();
    if is_entry(root) {
        reading.entries.push(entry(root, &scope.within(root)));
    } else {
        walk(root, &scope, &mut reading);
    }
    Some(reading)
}

fn find_root(element: &Element) -> Option<&Element> {
    let name = element.name.to_ascii_lowercase();
    let is_own = matches!(element.space, Space::Feed | Space::Atom);
    match name.as_str() {
        "rss" | "rdf" => Some(element),
        "feed" | "entry" | "channel" if is_own => Some(element),
        "html" => None,
        _ => element.elements().find_map(find_root),
    }
}

fn is_atom(root: &Element) -> bool {
    root.name.eq_ignore_ascii_case("feed") || root.name.eq_ignore_ascii_case("entry")
}

fn is_entry(element: &Element) -> bool {
    element.is("item") || element.is("entry")
}

/// Entries lie in the channel, beside it, or where a missing end tag has put them.
fn walk(element: &Element, scope: &Scope, reading: &mut Reading) {
    let mut scope = scope.within(element);
    let language = element.elements().find(|child| {
        (child.is("language") || child.space == Space::Dc)
            && child.name.eq_ignore_ascii_case("language")
    });
    if let Some(language) = language
        .map(Element::own_text)
        .filter(|text| !text.trim().is_empty())
    {
        scope.lang = scope.lang.or(Some(language));
    }
    about(element, &scope, reading);
    for child in element.elements() {
        if is_entry(child) {
            // A cut entry may lack half of its text; the next poll brings it whole.
            if child.is_whole {
                reading.entries.push(entry(child, &scope.within(child)));
            }
            // One whose end is missing holds the next ones.
            for inner in child.elements().filter(|inner| is_entry(inner)) {
                walk_entry(inner, &scope, reading);
            }
        } else if !is_about(child) && !child.is("image") && !child.is("textinput") {
            walk(child, &scope, reading);
        }
    }
}

/// What a feed says of itself.
const ABOUT: [&str; 7] = [
    "title",
    "description",
    "tagline",
    "subtitle",
    "info",
    "abstract",
    "link",
];

fn is_about(element: &Element) -> bool {
    ABOUT.iter().any(|name| element.is(name))
}

/// Takes in what a feed says of itself.
fn about(element: &Element, scope: &Scope, reading: &mut Reading) {
    let own = |names: &[&str]| {
        names.iter().find_map(|name| {
            element
                .elements()
                .filter(|child| child.is(name))
                .map(|child| text(child, scope.is_atom))
                .find(|text| !text.is_empty())
        })
    };
    reading.title = reading
        .title
        .take()
        .or_else(|| {
            own(&ABOUT[..1]).or_else(|| text_of(element, Space::Dc, "title", scope.is_atom))
        })
        .map(|title| html::one_line(&title));
    reading.description = reading
        .description
        .take()
        .or_else(|| own(&ABOUT[1..6]))
        .or_else(|| text_of(element, Space::Itunes, "subtitle", scope.is_atom))
        .or_else(|| text_of(element, Space::Itunes, "summary", scope.is_atom));
    reading.link = reading
        .link
        .take()
        .or_else(|| link(element).map(|link| resolved(link, scope)));
    reading.lang = reading.lang.take().or_else(|| scope.lang.clone());
    reading.older = reading
        .older
        .take()
        .or_else(|| older(element).map(|link| resolved(link, scope)));
    reading.is_wordpress |= element
        .elements()
        .any(|child| child.is("generator") && child.own_text().contains("wordpress.org"));
}

/// What is older than this document, RFC 5005: the archive before it, or the next page.
fn older(element: &Element) -> Option<String> {
    ["prev-archive", "next"].iter().find_map(|wanted| {
        let link = element.elements().find(|child| {
            let rel = child.attribute("rel");
            child.is("link") && rel.is_some_and(|rel| rel.trim().eq_ignore_ascii_case(wanted))
        })?;
        Some(link.attribute("href")?.trim().to_owned()).filter(|href| !href.is_empty())
    })
}

/// The text of an element of another vocabulary.
fn text_of(element: &Element, space: Space, name: &str, is_atom: bool) -> Option<String> {
    element
        .elements()
        .filter(|e| e.space == space && e.name.eq_ignore_ascii_case(name))
        .map(|e| text(e, is_atom))
        .find(|text| !text.is_empty())
}

/// What is absolute stays as it is written.
fn resolved(link: String, scope: &Scope) -> String {
    match &scope.base {
        Some(base) if Url::parse(link.trim()).is_err() => {
            base.join(link.trim()).map_or(link, String::from)
        }
        _ => link,
    }
}

fn walk_entry(element: &Element, scope: &Scope, reading: &mut Reading) {
    if element.is_whole {
        reading.entries.push(entry(element, &scope.within(element)));
    }
    for inner in element.elements().filter(|inner| is_entry(inner)) {
        walk_entry(inner, scope, reading);
    }
}

fn entry(element: &Element, scope: &Scope) -> Read {
    let is_atom = scope.is_atom;
    let text_where = |wanted: &dyn Fn(&Element) -> bool| {
        element
            .elements()
            .filter(|e| wanted(e))
            .map(|e| text(e, is_atom))
            .find(|text| !text.is_empty())
    };
    let named = |space: Space, name: &str| text_of(element, space, name, is_atom);
    // The feeds of video platforms hold them one level deeper.
    let media = |name: &str| {
        named(Space::Media, name).or_else(|| {
            element
                .elements()
                .filter(|e| e.space == Space::Media && e.name.eq_ignore_ascii_case("group"))
                .find_map(|group| text_of(group, Space::Media, name, is_atom))
        })
    };
    let title = text_where(&|e| e.is("title"))
        .or_else(|| named(Space::Dc, "title"))
        .or_else(|| media("title"))
        .or_else(|| named(Space::Itunes, "title"));
    let body = named(Space::Content, "encoded")
        .or_else(|| text_where(&|e| e.is("content") && is_readable(e)))
        .or_else(|| named(Space::Html, "body"))
        .or_else(|| named(Space::Html, "div"))
        .or_else(|| text_where(&|e| e.is("description") || e.is("fullitem")))
        .or_else(|| text_where(&|e| e.is("summary") || e.is("abstract")))
        .or_else(|| named(Space::Dc, "description"))
        .or_else(|| media("description"))
        .or_else(|| named(Space::Itunes, "summary"));
    let guid = ["guid", "id"]
        .iter()
        .find_map(|name| own_text(element, |e| e.is(name)))
        .or_else(|| element.attribute("rdf:about").map(str::to_owned));
    let resolve = |link: String| resolved(link, scope);
    Read {
        link: link(element)
            .or_else(|| link_in_guid(element, guid.as_deref()))
            .map(resolve),
        link_behind: own_text(element, |e| {
            e.space == Space::Wrapper && e.name.eq_ignore_ascii_case("origLink")
        })
        .map(resolve),
        guid,
        title: title
            .map(|title| html::one_line(&title))
            .unwrap_or_default(),
        text: body.unwrap_or_default(),
        dates: dates(element),
        lang: own_text(element, |e| {
            (e.is("language") || e.space == Space::Dc) && e.name.eq_ignore_ascii_case("language")
        })
        .or_else(|| scope.lang.clone()),
    }
}

fn own_text(element: &Element, wanted: impl Fn(&Element) -> bool) -> Option<String> {
    element
        .elements()
        .filter(|e| wanted(e))
        .map(|e| e.own_text().trim().to_owned())
        .find(|text| !text.is_empty())
}

fn link(element: &Element) -> Option<String> {
    let links = || element.elements().filter(|e| e.is("link"));
    let is_page = |e: &&Element| {
        e.attribute("rel")
            .is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"))
    };
    let in_text = links()
        .filter(|e| e.attribute("href").is_none())
        .filter(is_page)
        .map(|e| e.own_text().trim().to_owned())
        .find(|text| !text.is_empty());
    let href = |e: &Element| {
        e.attribute("href")
            .map(|href| href.trim().to_owned())
            .filter(|h| !h.is_empty())
    };
    let is_html = |e: &&Element| e.attribute("type").is_none_or(|kind| kind.contains("html"));
    in_text
        .or_else(|| links().filter(is_page).filter(is_html).find_map(href))
        .or_else(|| links().filter(is_page).find_map(href))
        .or_else(|| {
            element
                .attribute("rdf:about")
                .filter(|about| is_web(about))
                .or(element
                    .attribute("href")
                    .filter(|_| !is_atom_entry(element)))
                .map(str::to_owned)
        })
}

/// Items of CDF carry their address themselves; entries of Atom never do.
fn is_atom_entry(element: &Element) -> bool {
    element.is("entry")
}

/// RSS 2.0: a guid is an address unless it says that it is none.
fn link_in_guid(element: &Element, guid: Option<&str>) -> Option<String> {
    let is_other = element.elements().any(|e| {
        e.is("guid")
            && e.attribute("isPermaLink")
                .is_some_and(|v| v.eq_ignore_ascii_case("false"))
    });
    guid.filter(|guid| !is_other && is_web(guid))
        .map(str::to_owned)
}

fn is_web(text: &str) -> bool {
    let start = text
        .trim_start()
        .get(..8)
        .unwrap_or_default()
        .to_ascii_lowercase();
    start.starts_with("http://") || start.starts_with("https://")
}

fn dates(element: &Element) -> Vec<String> {
    DATES
        .iter()
        .filter_map(|name| {
            own_text(element, |e| {
                e.name.eq_ignore_ascii_case(name)
                    && matches!(e.space, Space::Feed | Space::Atom | Space::Dc)
            })
        })
        // CDF.
        .chain(element.attribute("lastmod").map(str::to_owned))
        .collect()
}

/// Content that is text; pictures and archives are not.
fn is_readable(content: &Element) -> bool {
    let kind = content
        .attribute("type")
        .unwrap_or("text")
        .to_ascii_lowercase();
    kind.starts_with("text") || kind.contains("html") || kind.contains("xml")
}

/// What a reader would see of an element.
fn text(element: &Element, is_atom: bool) -> String {
    let kind = element
        .attribute("type")
        .unwrap_or("text")
        .to_ascii_lowercase();
    let mode = element.attribute("mode").unwrap_or_default();
    let has_markup = element.elements().next().is_some();
    // RFC 4287, 4.1.3.3: what has a media type that is neither text nor XML is in base 64.
    let is_media = is_atom
        && kind.contains('/')
        && !kind.starts_with("text/")
        && !kind.ends_with("xml")
        && !mode.eq_ignore_ascii_case("escaped")
        && !mode.eq_ignore_ascii_case("xml");
    if (is_media || mode.eq_ignore_ascii_case("base64"))
        && let Some(decoded) = base64(&element.own_text())
        && let Ok(decoded) = String::from_utf8(decoded)
    {
        return html::plain(&decoded);
    }
    let is_escaped = !is_atom || (kind.contains("html") && !kind.contains("xhtml"));
    let is_escaped = is_escaped || mode.eq_ignore_ascii_case("escaped");
    if has_markup {
        let mut markup = String::new();
        serialise(element, is_escaped, &mut markup);
        html::to_text(&markup)
    } else if is_escaped {
        html::to_text(&element.own_text())
    } else {
        html::plain(&element.own_text())
    }
}

/// The content of an element as HTML; its texts are HTML already where they are `escaped`.
fn serialise(element: &Element, is_escaped: bool, out: &mut String) {
    for node in &element.children {
        match node {
            Node::Text(text) if is_escaped => out.push_str(text),
            Node::Text(text) => push_escaped(text, out),
            Node::Element(inner) => match html::layout(&inner.name) {
                Some(Layout::Hidden) => {}
                Some(_) => {
                    out.push_str(&format!("<{}>", inner.name));
                    serialise(inner, is_escaped, out);
                    out.push_str(&format!("</{}>", inner.name));
                }
                None => {
                    push_escaped(&format!("<{}>", inner.name), out);
                    serialise(inner, is_escaped, out);
                }
            },
        }
    }
}

fn push_escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
}

/// RFC 4648, white space left out; `None` where it is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'=')
    {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF) as u8);
        }
    }
    Some(out)
}
