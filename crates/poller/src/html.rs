//! HTML to the text a reader would see, on one line per block.
//!
//! Only names of HTML elements count as tags, so that `Vec<T>` or `<作票>` in a title stays text.
//! Never fails: what is no markup is text.

use crate::entities;

/// Elements whose content is not for readers.
const HIDDEN: [&str; 12] = [
    "applet", "embed", "head", "iframe", "math", "noscript", "object", "script", "style", "svg",
    "template", "textarea",
];

/// Elements that begin and end a line.
const BLOCKS: [&str; 38] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tr",
    "ul",
];

/// Elements within a line.
const INLINE: [&str; 66] = [
    "a", "abbr", "acronym", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big", "blink",
    "button", "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "dir",
    "em", "font", "frame", "frameset", "i", "img", "input", "ins", "kbd", "label", "legend",
    "link", "map", "mark", "marquee", "meta", "meter", "noframes", "optgroup", "option", "param",
    "picture", "q", "rp", "rt", "ruby", "s", "samp", "select", "small", "source", "span", "strike",
    "strong", "sub", "summary", "sup", "td", "tfoot", "th", "thead", "tt", "u",
];

/// Elements without content, beside those above.
const LEFT: [&str; 5] = ["time", "title", "track", "var", "video"];

/// What an element does to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Its content is not for readers.
    Hidden,
    /// It begins and ends a line.
    Block,
    /// It stands within a line.
    Inline,
}

/// What an HTML element does, by its name in any case; `None` for what is no HTML element.
pub(crate) fn layout(name: &str) -> Option<Layout> {
    let name = name.to_ascii_lowercase();
    let has = |list: &[&str]| list.contains(&name.as_str());
    if has(&HIDDEN) {
        Some(Layout::Hidden)
    } else if has(&BLOCKS) {
        Some(Layout::Block)
    } else if has(&INLINE) || has(&LEFT) || name == "wbr" {
        Some(Layout::Inline)
    } else {
        None
    }
}

/// The text of an HTML fragment.
pub(crate) fn to_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Beyond the last `>` no tag ends: looking for one at every `<` would cost the square.
    let mut endless = Vec::new();
    let tail = html.len() - html.rfind('>').unwrap_or(0);
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (c, length) = entities::reference(rest).unwrap_or(('&', 1));
            out.push(c);
            rest = &rest[length..];
        } else if let Some(after) = skip_comment(rest) {
            rest = after;
        } else if let Some(tag) = (rest.len() > tail).then(|| Tag::at(rest)).flatten() {
            rest = &rest[tag.length..];
            match tag.layout {
                Layout::Block => out.push('\n'),
                Layout::Inline => {}
                // An empty `embed` or a lone end tag hides nothing.
                Layout::Hidden if tag.is_end || tag.is_empty => {}
                Layout::Hidden => rest = skip_hidden(rest, tag.name, &mut endless),
            }
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    squeeze(&out)
}

struct Tag<'a> {
    name: &'a str,
    layout: Layout,
    is_end: bool,
    is_empty: bool,
    length: usize,
}

impl<'a> Tag<'a> {
    /// The tag at the beginning of a text that starts with `<`.
    fn at(text: &'a str) -> Option<Self> {
        let body = text.strip_prefix('<')?;
        let (is_end, body) = body
            .strip_prefix('/')
            .map_or((false, body), |body| (true, body));
        let length = body
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(body.len());
        let name = &body[..length];
        let layout = layout(name)?;
        let attributes = &body[length..];
        if !attributes.starts_with(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace()) {
            return None;
        }
        let end = tag_end(attributes)?;
        let is_empty = attributes[..end].ends_with('/') || name.eq_ignore_ascii_case("embed");
        let length = 1 + usize::from(is_end) + length + end + 1;
        Some(Self {
            name,
            layout,
            is_end,
            is_empty,
            length,
        })
    }
}

/// The `>` that ends a tag; those inside quoted values do not. A value whose quote never ends is
/// taken as written without quotes.
fn tag_end(attributes: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    attributes.find('>')
}

fn skip_comment(text: &str) -> Option<&str> {
    let (open, close) = if text.starts_with("<!--") {
        ("<!--", "-->")
    } else if text.starts_with("<!") || text.starts_with("<?") {
        ("<!", ">")
    } else {
        return None;
    };
    let body = &text[open.len()..];
    Some(body.find(close).map_or("", |at| &body[at + close.len()..]))
}

/// What follows the end tag of a hidden element. Where it never ends, code hides all that follows
/// and anything else hides nothing; the names of these are kept, so that the end is sought once.
fn skip_hidden<'a>(text: &'a str, name: &str, endless: &mut Vec<String>) -> &'a str {
    let name = name.to_ascii_lowercase();
    if endless.contains(&name) {
        return text;
    }
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = &rest[at..];
        let matches = rest
            .get(2..2 + name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(&name));
        if matches && let Some(tag) = Tag::at(rest) {
            return &rest[tag.length..];
        }
        rest = &rest[2..];
    }
    if matches!(name.as_str(), "script" | "style") {
        return "";
    }
    endless.push(name);
    text
}

/// White space as a reader sees it: one space or one line break at a time, none at the ends. Control
/// characters are left out.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = None;
    for c in text.chars() {
        if c == '\n' {
            gap = Some('\n');
        } else if c.is_whitespace() {
            gap = gap.or(Some(' '));
        } else if !c.is_control() {
            if let Some(gap) = gap.take().filter(|_| !out.is_empty()) {
                out.push(gap);
            }
            out.push(c);
        }
    }
    out
}

/// The same on one line: for titles.
pub(crate) fn one_line(text: &str) -> String {
    squeeze(&text.replace('\n', " "))
}

/// The text of what claims to be plain, and is HTML all the same where it closes an element.
pub(crate) fn plain(text: &str) -> String {
    if looks_like_html(text) {
        to_text(text)
    } else {
        squeeze(text)
    }
}

/// Whether a text that claims to be plain is HTML all the same: it closes an element of HTML.
fn looks_like_html(text: &str) -> bool {
    let text = &text[..text.rfind('>').map_or(0, |at| at + 1)];
    text.match_indices("</")
        .any(|(at, _)| Tag::at(&text[at..]).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (html, expected) in [
            ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
            ("a<b>b</b>c &amp; d&nbsp;e", "abc & d e"),
            ("Vec<T> and 1 < 2 > 0 <作票>", "Vec<T> and 1 < 2 > 0 <作票>"),
            (
                "x<script>alert('</p>')</script>y<STYLE>p{}</STYLE >z",
                "xyz",
            ),
            ("x<script>never ends", "x"),
            ("x<object>never <object>ends", "xnever ends"),
            ("<a href='>'>link</a><img alt=\"x", "link<img alt=\"x"),
            ("<!-- gone --> stays <!doctype html>", "stays"),
            ("&lt;p&gt;Item&lt;/p&gt;", "<p>Item</p>"),
            ("中選會<span>說明</span>選票", "中選會說明選票"),
            ("\u{1}a\u{0}b\t\r\n\n c", "ab\nc"),
            ("<", "<"),
            ("</", "</"),
        ] {
            assert_eq!(to_text(html), expected, "{html}");
        }
    }
}
