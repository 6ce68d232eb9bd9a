//! Telegram's HTML, parsed as strictly as its server does.
//!
//! Sources: Telegram Bot API, "HTML style" (the tags; `<`, `>` and `&` must be escaped; only `&lt;`,
//! `&gt;`, `&amp;`, `&quot;` and numeric entities are known), "MessageEntity" (offsets in UTF-16
//! units); the error texts are those of tdlib/td, `td/telegram/MessageEntity.cpp`. An entity that is
//! unknown is no error there: it is shown as it stands, and so it is here.

use super::parts::utf16_len;

/// A stretch of a message that is marked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramEntity {
    /// The tag in its short form, such as `b` or `a`.
    pub tag: String,
    /// Where it begins in the text shown, in UTF-16 units.
    pub offset: usize,
    /// How long it is, in UTF-16 units.
    pub length: usize,
    /// The text it covers.
    pub text: String,
    /// Of a link, the address.
    pub url: Option<String>,
}

/// What is shown, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) text: String,
    pub(super) entities: Vec<TelegramEntity>,
}

struct Open {
    tag: String,
    /// In bytes of what is shown.
    start: usize,
    url: Option<String>,
}

/// The short form of a tag that is known.
fn known(tag: &str) -> Option<&str> {
    Some(match tag {
        "b" | "strong" => "b",
        "i" | "em" => "i",
        "u" | "ins" => "u",
        "s" | "strike" | "del" => "s",
        "tg-spoiler" | "span" => "tg-spoiler",
        "a" | "code" | "pre" | "blockquote" => tag,
        _ => return None,
    })
}

/// The text a reader sees, and its entities in the order in which they begin.
///
/// # Errors
/// What the server says it cannot parse.
pub(super) fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(c) = html[at..].chars().next() {
        match c {
            '&' => at += entity(&html[at..], &mut parsed.text),
            '<' if html[at + 1..].starts_with('/') => {
                at = end_tag(html, at, &mut open, &mut parsed)?;
            }
            '<' => {
                let (tag, end) = start_tag(html, at, parsed.text.len())?;
                open.push(tag);
                at = end;
            }
            _ => {
                parsed.text.push(c);
                at += c.len_utf8();
            }
        }
    }
    if let Some(left) = open.last() {
        return Err(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            left.tag
        ));
    }
    parsed.entities.sort_by_key(|entity| entity.offset);
    Ok(parsed)
}

/// Shows the entity at the beginning, or its `&` where it is unknown; how many bytes that was. As in
/// tdlib, the semicolon may be missing.
fn entity(html: &str, shown: &mut String) -> usize {
    let Some((meant, length)) = named(html).or_else(|| numeric(html)) else {
        shown.push('&');
        return 1;
    };
    shown.push(meant);
    length + usize::from(html[length..].starts_with(';'))
}

fn named(html: &str) -> Option<(char, usize)> {
    let name = &html[1..];
    let end = name.find(|c: char| !c.is_ascii_alphabetic());
    let name = &name[..end.unwrap_or(name.len())];
    let meant = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => return None,
    };
    Some((meant, 1 + name.len()))
}

fn numeric(html: &str) -> Option<(char, usize)> {
    let digits = html.strip_prefix("&#")?;
    let (radix, digits) = match digits.strip_prefix('x') {
        Some(hex) => (16, hex),
        None => (10, digits),
    };
    let end = digits.find(|c: char| !c.is_digit(radix));
    let end = end.unwrap_or(digits.len());
    let length = html.len() - digits.len() + end;
    let c = char::from_u32(u32::from_str_radix(&digits[..end], radix).ok()?)?;
    (c != '\0' && length < 10).then_some((c, length))
}

fn end_tag(
    html: &str,
    at: usize,
    open: &mut Vec<Open>,
    parsed: &mut Parsed,
) -> Result<usize, String> {
    let Some(opened) = open.pop() else {
        return Err(format!("Unexpected end tag at byte offset {at}"));
    };
    let rest = &html[at + 2..];
    let name_end = rest.find(|c: char| c.is_whitespace() || c == '>');
    let (name, rest) = rest.split_at(name_end.unwrap_or(rest.len()));
    let Some(rest) = rest.trim_start().strip_prefix('>') else {
        return Err(format!("Unclosed end tag at byte offset {at}"));
    };
    let name = name.to_lowercase();
    if name != opened.tag && !name.is_empty() {
        return Err(format!(
            "Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
            opened.tag
        ));
    }
    let text = parsed.text[opened.start..].to_owned();
    if !text.is_empty() {
        let tag = known(&opened.tag).unwrap_or_default().to_owned();
        // A link without an address is one to what it shows.
        let url = (tag == "a").then(|| opened.url.unwrap_or_else(|| text.clone()));
        parsed.entities.push(TelegramEntity {
            tag,
            offset: utf16_len(&parsed.text[..opened.start]),
            length: utf16_len(&text),
            text,
            url,
        });
    }
    Ok(html.len() - rest.len())
}

/// The tag that begins here, and where its text does.
fn start_tag(html: &str, at: usize, shown: usize) -> Result<(Open, usize), String> {
    let unclosed = || format!("Unclosed start tag at byte offset {at}");
    let rest = &html[at + 1..];
    let name_end = rest
        .find(|c: char| c.is_whitespace() || c == '>')
        .ok_or_else(unclosed)?;
    let tag = rest[..name_end].to_lowercase();
    if known(&tag).is_none() {
        return Err(format!(
            "Unsupported start tag \"{tag}\" at byte offset {at}"
        ));
    }
    let mut attributes = &rest[name_end..];
    let mut url = None;
    let mut class = None;
    loop {
        attributes = attributes.trim_start();
        if let Some(text) = attributes.strip_prefix('>') {
            if tag == "span" && class.as_deref() != Some("tg-spoiler") {
                return Err(format!(
                    "Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"
                ));
            }
            let open = Open {
                tag,
                start: shown,
                url,
            };
            return Ok((open, html.len() - text.len()));
        }
        let name_end = attributes
            .find(|c: char| c.is_whitespace() || c == '=' || c == '>')
            .ok_or_else(unclosed)?;
        let name = attributes[..name_end].to_lowercase();
        if name.is_empty() {
            return Err(format!(
                "Empty attribute name in the tag \"{tag}\" at byte offset {at}"
            ));
        }
        attributes = attributes[name_end..].trim_start();
        let Some(after) = attributes.strip_prefix('=') else {
            if tag == "blockquote" && name == "expandable" {
                continue;
            }
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" \
                 at byte offset {at}"
            ));
        };
        let after = after.trim_start();
        if after.is_empty() {
            return Err(unclosed());
        }
        let place = html.len() - after.len();
        let (value, left) = if after.starts_with(['"', '\'']) {
            quoted(after).ok_or_else(unclosed)?
        } else {
            bare(after)
                .ok_or_else(|| format!("Unexpected end of name token at byte offset {place}"))?
        };
        attributes = left;
        match (&*tag, &*name) {
            ("a", "href") => url = Some(value),
            ("span", "class") => class = Some(value),
            _ => {}
        }
    }
}

/// A value without quotes, which are letters, digits, full stops and hyphens and have no case; and
/// what comes after it.
fn bare(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-')?;
    let left = &text[end..];
    let is_whole = left.starts_with(|c: char| c.is_whitespace() || c == '>');
    is_whole.then(|| (text[..end].to_lowercase(), left))
}

/// A value in quotes of either kind, and what comes after it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next()?;
    let end = text[1..].find(quote)? + 1;
    let (raw, left) = (&text[1..end], &text[end + 1..]);
    let mut value = String::new();
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        if c == '&' {
            at += entity(&raw[at..], &mut value);
        } else {
            value.push(c);
            at += c.len_utf8();
        }
    }
    Some((value, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        parse(html).unwrap().text
    }

    fn check(html: &str, error: &str) {
        assert_eq!(parse(html).unwrap_err(), error);
    }

    #[test]
    fn entities_have_offsets_in_utf_16() {
        let parsed = parse("😀台 <b>灣<i>b</i></b> <A HREF='https://a.example/?x&amp;y'>l&lt;</a>");
        let parsed = parsed.unwrap();
        assert_eq!(parsed.text, "😀台 灣b l<");
        let of = |at: usize| {
            let entity = &parsed.entities[at];
            (&*entity.tag, entity.offset, entity.length, &*entity.text)
        };
        assert_eq!(of(0), ("b", 4, 2, "灣b"));
        assert_eq!(of(1), ("i", 5, 1, "b"));
        assert_eq!(of(2), ("a", 7, 2, "l<"));
        assert_eq!(
            parsed.entities[2].url.as_deref(),
            Some("https://a.example/?x&y")
        );
    }

    #[test]
    fn only_some_entities_are_known() {
        assert_eq!(shown("&lt;&gt;&amp;&quot;&#39;&#x53F0;"), "<>&\"'台");
        assert_eq!(shown("&lt &gt1 &#39x &ltx &#x53F0"), "< >1 'x &ltx 台");
        assert_eq!(
            shown("&nbsp;&apos; & &#; &#x; &amp;lt;"),
            "&nbsp;&apos; & &#; &#x; &lt;"
        );
    }

    #[test]
    fn all_tags_of_the_documentation_pass() {
        for tag in [
            "b",
            "i",
            "u",
            "s",
            "code",
            "pre",
            "blockquote",
            "tg-spoiler",
            "strong",
            "del",
        ] {
            assert_eq!(shown(&format!("<{tag}>x</{tag}>")), "x");
        }
        assert_eq!(shown("<blockquote expandable>x</blockquote>"), "x");
        assert_eq!(shown("<span class=\"tg-spoiler\">x</span>"), "x");
        assert_eq!(
            shown("<pre><code class=\"language-rust\">x</code></pre>"),
            "x"
        );
        assert_eq!(
            parse("<a>https://a.example</a>").unwrap().entities[0]
                .url
                .as_deref(),
            Some("https://a.example")
        );
    }

    #[test]
    fn what_cannot_be_parsed_is_named() {
        check(
            "<b>x",
            "Can't find end tag corresponding to start tag \"b\"",
        );
        check("台<br>x", "Unsupported start tag \"br\" at byte offset 3");
        check("1 < 2 > 1", "Unsupported start tag \"\" at byte offset 2");
        check("1 <2", "Unclosed start tag at byte offset 2");
        check("<b>x</b y>", "Unclosed end tag at byte offset 4");
        assert_eq!(shown("<b>x</b ><a href=A.example>y</a>"), "xy");
        check(
            "<a href=https://a.example>y</a>",
            "Unexpected end of name token at byte offset 8",
        );
        check("</b>", "Unexpected end tag at byte offset 0");
        check("<b>x</b", "Unclosed end tag at byte offset 4");
        check(
            "<b><i>x</b></i>",
            "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"",
        );
        check("<a href=\"x>y</a>", "Unclosed start tag at byte offset 0");
        check(
            "<a =x>y</a>",
            "Empty attribute name in the tag \"a\" at byte offset 0",
        );
        check(
            "<a href>y</a>",
            "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0",
        );
        check(
            "<span>x</span>",
            "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0",
        );
    }
}
