//! Pages as trees, and what stands in them.

use std::sync::LazyLock;

use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};

use super::{Document, NotRead, wall};
use crate::article::bounds;
use crate::html::{self, Layout};

/// A selector of ours, read once. One that cannot be read selects nothing; a test reads them all.
pub(super) struct Css(LazyLock<Option<Selector>>, &'static str);

impl Css {
    pub(super) const fn new(css: &'static str, read: fn() -> Option<Selector>) -> Self {
        Self(LazyLock::new(read), css)
    }

    pub(super) fn first<'a>(&self, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
        element.select(self.0.as_ref()?).next()
    }

    pub(super) fn all<'a>(&self, element: ElementRef<'a>) -> Vec<ElementRef<'a>> {
        self.0
            .as_ref()
            .map(|selector| element.select(selector).collect())
            .unwrap_or_default()
    }

    /// The text of the first one.
    pub(super) fn text(&self, element: ElementRef<'_>) -> Option<String> {
        self.first(element)
            .map(text)
            .filter(|text| !text.is_empty())
    }

    /// An attribute of the first one.
    pub(super) fn attribute<'a>(&self, element: ElementRef<'a>, name: &str) -> Option<&'a str> {
        self.first(element)?.attr(name)
    }

    pub(super) fn is_in(&self, element: ElementRef<'_>) -> bool {
        self.first(element).is_some()
    }
}

impl std::fmt::Debug for Css {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.1)
    }
}

/// A [`Css`].
macro_rules! css {
    ($css:literal) => {
        $crate::adapters::dom::Css::new($css, || scraper::Selector::parse($css).ok())
    };
}
pub(super) use css;

/// The tree of a page that is none of those that stand in the way.
pub(super) fn page(document: &Document<'_>) -> Result<Html, NotRead> {
    let page = bounds::page(document.body, document.content_type)?;
    if let Some(wall) = wall::of_page(&page, document.url) {
        return Err(wall.into());
    }
    Ok(Html::parse_document(&page))
}

/// The text of an element as a reader sees it, one line per block. Elements that HTML does not know,
/// such as a platform's own for emoji, stand within a line.
pub(super) fn text(element: ElementRef<'_>) -> String {
    use ego_tree::iter::Edge;
    let mut out = String::new();
    let mut hidden = 0_usize;
    for edge in element.traverse() {
        let (node, is_open) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(text) if is_open && hidden == 0 => {
                // In a page a line break is a space; only elements break lines.
                out.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
            }
            Node::Element(element) => match html::layout(element.name()) {
                Some(Layout::Hidden) if is_open => hidden += 1,
                Some(Layout::Hidden) => hidden -= 1,
                Some(Layout::Block) => out.push('\n'),
                _ => {}
            },
            _ => {}
        }
    }
    html::squeeze(&out)
}
