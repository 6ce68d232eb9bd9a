//! A lenient reader of XML: what is no well-formed document still has its items.
//!
//! Parsers that keep the standard lose every item of a feed to one bare `&`, one `<br>` in a title,
//! one warning of PHP before the prolog, one cut end: the commonest faults of real feeds. Here a
//! fault costs what it touches, and is noted.
//!
//! Bounded: depth (deeper elements are left out and their text kept, so that nothing that walks the
//! tree can exhaust the stack) and the size of the document by the caller. Resolves no external
//! entity and expands none of a document type.

use std::collections::BTreeSet;

use super::space::Space;
use crate::entities;

/// Feeds are four levels deep; markup in them seldom twenty.
const DEPTH_MAX: usize = 100;

/// 2,000 entries of thirty elements, and markup in them; an element costs about 130 bytes, so a
/// document of nothing but tags costs 50 MB and not its twentyfold.
const ELEMENTS_MAX: usize = 400_000;

/// An element with what is in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) space: Space,
    /// Local name as written.
    pub(crate) name: String,
    /// Names as written, with prefix; values decoded.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
    /// Whether its end was there; `false` only where the document is cut.
    pub(crate) is_whole: bool,
}

/// What an element holds.
#[derive(Debug)]
pub(crate) enum Node {
    /// Another element.
    Element(Element),
    /// Text, decoded.
    Text(String),
}

impl Element {
    /// An attribute by its name as written, in any case.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether this is an element of the feed's own vocabulary with this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self.space, Space::Feed | Space::Atom) && self.name.eq_ignore_ascii_case(name)
    }

    /// Its elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Its own text, elements left out.
    pub(crate) fn own_text(&self) -> String {
        self.children
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }
}

/// A document: its elements at the top, and what was wrong with it.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) roots: Vec<Element>,
    pub(crate) notes: BTreeSet<&'static str>,
    pub(crate) is_whole: bool,
}

/// Reads a document. Never fails; text without any element has no roots.
pub(crate) fn read(text: &str) -> Document {
    let mut reader = Reader {
        open: Vec::new(),
        too_deep: 0,
        elements: 0,
        has_subset: false,
        roots: Vec::new(),
        notes: BTreeSet::new(),
    };
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        reader.text(&rest[..at]);
        if reader.elements >= ELEMENTS_MAX {
            reader
                .notes
                .insert("too many elements: the rest is left out");
            return reader.end();
        }
        rest = reader.markup(&rest[at..]);
    }
    reader.text(rest);
    reader.end()
}

struct Open {
    element: Element,
    /// The name with its prefix, as its end tag will have it.
    written: String,
    /// Namespaces in force, innermost last.
    spaces: Vec<(String, Space)>,
}

struct Reader {
    open: Vec<Open>,
    /// Elements that are open beyond the greatest depth.
    too_deep: usize,
    elements: usize,
    /// A document has one internal subset; honouring more would let a hostile one be read anew for
    /// each of them.
    has_subset: bool,
    roots: Vec<Element>,
    notes: BTreeSet<&'static str>,
}

impl Reader {
    fn text(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        if self.open.is_empty() {
            if !raw
                .trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
                .is_empty()
            {
                self.notes.insert("text outside of the document");
            }
            return;
        }
        let (text, has_bare) = entities::decode(raw);
        if has_bare {
            self.notes.insert("bare `&`");
        }
        if entities::has_html_name(raw) {
            self.notes.insert("entities that XML does not know");
        }
        self.push_text(&text);
    }

    fn push_text(&mut self, text: &str) {
        let text = if text.chars().any(is_no_xml) {
            self.notes.insert("control characters dropped");
            text.chars().filter(|c| !is_no_xml(*c)).collect()
        } else if text.chars().any(|c| matches!(c, '\u{80}'..='\u{9F}')) {
            // XML allows these controls, and nobody means them.
            self.notes
                .insert("controls read as the characters of windows-1252");
            text.chars().map(entities::meant).collect()
        } else {
            text.to_owned()
        };
        if let Some(open) = self.open.last_mut() {
            match open.element.children.last_mut() {
                Some(Node::Text(before)) => before.push_str(&text),
                _ => open.element.children.push(Node::Text(text)),
            }
        }
    }

    /// Reads what begins with `<` and returns what follows it.
    fn markup<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some(body) = text.strip_prefix("<![CDATA[") {
            let (data, rest) = body.split_once("]]>").unwrap_or((body, ""));
            self.push_text(data);
            return rest;
        }
        if let Some(body) = text.strip_prefix("<!--") {
            return body.split_once("-->").map_or("", |(_, rest)| rest);
        }
        if let Some(body) = text.strip_prefix("<?") {
            return body.split_once("?>").map_or("", |(_, rest)| rest);
        }
        if let Some(body) = text.strip_prefix("<!") {
            let may_have_subset = !std::mem::replace(&mut self.has_subset, true);
            return skip_declaration(body, may_have_subset);
        }
        if let Some(body) = text.strip_prefix("</") {
            let Some((name, rest)) = body.split_once('>') else {
                return "";
            };
            self.close(name.trim());
            return rest;
        }
        match Start::at(text) {
            Some(start) => {
                let length = start.length;
                self.open(start);
                &text[length..]
            }
            None => {
                self.notes.insert("bare `<`");
                self.push_text("<");
                &text[1..]
            }
        }
    }

    fn open(&mut self, start: Start) {
        if self.too_deep > 0 || self.open.len() >= DEPTH_MAX {
            self.notes
                .insert("nested too deeply: inner elements left out");
            self.too_deep += usize::from(!start.is_empty);
            return;
        }
        // An item begins where the one before it was never ended.
        if self.open.last().is_some_and(|top| is_item(&top.written)) && is_item(&start.name) {
            self.notes.insert("an item without its end");
            self.pop(true);
        }
        // Neither does a title hold a link: its end tag is missing or misspelt.
        if self.open.last().is_some_and(|top| is_leaf(&top.written))
            && (is_leaf(&start.name) || is_item(&start.name))
        {
            self.notes.insert("start tags without their end");
            self.pop(true);
            return self.open(start);
        }
        let mut spaces = self
            .open
            .last()
            .map(|open| open.spaces.clone())
            .unwrap_or_default();
        for (name, value) in &start.attributes {
            if let Some(prefix) = name.strip_prefix("xmlns") {
                let prefix = prefix.strip_prefix(':').unwrap_or(prefix);
                spaces.push((prefix.to_ascii_lowercase(), Space::of_uri(value)));
            }
        }
        let (prefix, name) = start.name.split_once(':').unwrap_or(("", &start.name));
        let prefix = prefix.to_ascii_lowercase();
        let space = spaces
            .iter()
            .rev()
            .find(|(known, _)| *known == prefix)
            .map_or_else(|| Space::of_prefix(&prefix), |(_, space)| *space);
        // Feeds were put into default namespaces of their makers' own invention.
        let space = if prefix.is_empty() && space == Space::Other {
            Space::Feed
        } else {
            space
        };
        self.elements += 1;
        let element = Element {
            space,
            name: name.to_owned(),
            attributes: start.attributes,
            children: Vec::new(),
            is_whole: true,
        };
        self.open.push(Open {
            element,
            written: start.name,
            spaces,
        });
        if start.is_empty {
            self.pop(true);
        }
    }

    fn close(&mut self, name: &str) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let Some(depth) = self
            .open
            .iter()
            .rposition(|open| open.written.eq_ignore_ascii_case(name))
        else {
            self.notes.insert("end tags without their start");
            return;
        };
        if depth + 1 < self.open.len() {
            self.notes.insert("start tags without their end");
        }
        while self.open.len() > depth {
            self.pop(true);
        }
    }

    fn pop(&mut self, is_whole: bool) {
        if let Some(Open { mut element, .. }) = self.open.pop() {
            element.is_whole = is_whole;
            match self.open.last_mut() {
                Some(parent) => parent.element.children.push(Node::Element(element)),
                None => self.roots.push(element),
            }
        }
    }

    fn end(mut self) -> Document {
        let is_whole = self.open.is_empty();
        if !is_whole {
            self.notes.insert("the document is cut off");
        }
        while !self.open.is_empty() {
            self.pop(false);
        }
        Document {
            roots: self.roots,
            notes: self.notes,
            is_whole,
        }
    }
}

fn is_item(name: &str) -> bool {
    name.eq_ignore_ascii_case("item") || name.eq_ignore_ascii_case("entry")
}

/// Elements of the feed's own vocabulary that hold text and none of each other.
fn is_leaf(name: &str) -> bool {
    [
        "title",
        "link",
        "guid",
        "pubDate",
        "language",
        "published",
        "updated",
        "id",
    ]
    .iter()
    .any(|leaf| name.eq_ignore_ascii_case(leaf))
}

/// What XML 1.0 allows nowhere.
fn is_no_xml(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// What follows a declaration, with an internal subset or without.
fn skip_declaration(body: &str, may_have_subset: bool) -> &str {
    let mut in_subset = false;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'[' => in_subset = may_have_subset,
            b']' => in_subset = false,
            b'>' if !in_subset => return &body[at + 1..],
            _ => {}
        }
    }
    body.split_once('>').map_or("", |(_, rest)| rest)
}

struct Start {
    name: String,
    attributes: Vec<(String, String)>,
    is_empty: bool,
    length: usize,
}

impl Start {
    /// The start tag at the beginning of a text that starts with `<`; `None` where there is none.
    fn at(text: &str) -> Option<Self> {
        let body = &text[1..];
        if !body.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let length =
            body.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<' | '='))?;
        let name = body[..length].to_owned();
        let mut attributes = Vec::new();
        let mut rest = &body[length..];
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                let length = text.len() - after.len();
                return Some(Self {
                    name,
                    attributes,
                    is_empty: true,
                    length,
                });
            }
            if let Some(after) = rest.strip_prefix('>') {
                let length = text.len() - after.len();
                return Some(Self {
                    name,
                    attributes,
                    is_empty: false,
                    length,
                });
            }
            // The tag is cut off by the next one or by the end.
            if rest.is_empty() || rest.starts_with('<') {
                return None;
            }
            rest = attribute(rest, &mut attributes);
        }
    }
}

/// Reads one attribute, of any quality, and returns what follows it.
fn attribute<'a>(text: &'a str, attributes: &mut Vec<(String, String)>) -> &'a str {
    let end = |text: &str| text.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<'));
    let name_end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '<' | '/'))
        .unwrap_or(text.len());
    if name_end == 0 {
        // Neither name nor end of a tag: stray quotes, `/` or `=`.
        return text.char_indices().nth(1).map_or("", |(at, _)| &text[at..]);
    }
    let name = text[..name_end].to_owned();
    let after = text[name_end..].trim_start();
    let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
        attributes.push((name, String::new()));
        return &text[name_end..];
    };
    let quoted = ['"', '\'']
        .into_iter()
        .find(|quote| value.starts_with(*quote))
        .and_then(|quote| {
            let body = &value[1..];
            body.find(quote).map(|at| (&body[..at], &body[at + 1..]))
        });
    let (value, rest) = quoted.unwrap_or_else(|| value.split_at(end(value).unwrap_or(value.len())));
    attributes.push((name, entities::decode(value).0));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(nodes: &[Node]) -> String {
        nodes
            .iter()
            .map(|node| match node {
                Node::Text(text) => text.clone(),
                Node::Element(e) => format!("({} {})", e.name, shape(&e.children)),
            })
            .collect()
    }

    #[track_caller]
    fn check(xml: &str, expected: &str) {
        let nodes: Vec<Node> = read(xml).roots.into_iter().map(Node::Element).collect();
        assert_eq!(shape(&nodes), expected, "{xml}");
    }

    #[test]
    fn sound_and_unsound() {
        check("<a><b x='1'>t</b><c/></a>", "(a (b t)(c ))");
        check("<a><![CDATA[<b>&amp;]]>&lt;&#65;</a>", "(a <b>&amp;<A)");
        check("<a>R&D < 5 &nosuch;</a>", "(a R&D < 5 &nosuch;)");
        check("<a><t>x<br>y</t><u>z</u></a>", "(a (t x(br y))(u z))");
        check("<a></b>x</a>", "(a x)");
        check("junk <a>x</a>", "(a x)");
        check("<!DOCTYPE a [<!ENTITY x \"<y>\">]><a>&x;</a>", "(a &x;)");
        check("<a><item>1<item>2</item></a>", "(a (item 1)(item 2))");
        check("<a b=\"c><d e=f g>h</d>", "(a (d h))");
        check(
            "<item><title>t</titel><link>l</link></item>",
            "(item (title t)(link l))",
        );
        check(
            "<c><title>t<item><title>u<link/></item></c>",
            "(c (title t)(item (title u)(link )))",
        );
        check("<a", "");
        check("", "");
    }

    #[test]
    fn a_cut_end_is_known() {
        let document = read("<a><b>x</b><c>y");
        assert!(!document.is_whole);
        let whole: Vec<bool> = document.roots[0].elements().map(|e| e.is_whole).collect();
        assert_eq!(whole, [true, false]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "<a>".repeat(300_000) + "x";
        let document = read(&deep);
        assert!(!document.is_whole);
        assert_eq!(document.roots.len(), 1);
    }
}
