//! The part of an item that is shown: at most 300 characters around what matched.

use std::ops::Range;

use bellwether_api::{EXCERPT_CHARS_MAX, Excerpt, HighlightBody, HighlightField};
use bellwether_model::Item;
use bellwether_query::{Bound, Field, ShownMax, highlights};
use bellwether_text::is_display_safe;

use super::known::KnownItem;

/// What is shown of what was found. Two positions are at least a character, so what lies further from
/// the first place is not in the excerpt.
const HIGHLIGHTS_MAX: ShownMax = ShownMax {
    places: 32,
    reach: 2 * EXCERPT_CHARS_MAX as u32,
};
/// Characters shown before the first match.
const LEAD_CHARS: usize = 60;

/// What is shown of an item found by a query.
pub(super) fn of_match(known: &KnownItem, bound: &Bound) -> Excerpt {
    let item = &known.item;
    if !has_words(bound) {
        return of_item(item);
    }
    let (title, text) = known.analysed();
    let found = highlights(bound, title, text, known.lang, HIGHLIGHTS_MAX);
    let places = |wanted| {
        found
            .iter()
            .filter(move |highlight| highlight.field == wanted)
            .map(|highlight| highlight.bytes.clone())
            .collect::<Vec<_>>()
    };
    let mut shown: Vec<HighlightBody> = places(Field::Title)
        .into_iter()
        .map(|bytes| HighlightBody {
            field: HighlightField::Title,
            start: chars(&item.title, bytes.start),
            end: chars(&item.title, bytes.end),
        })
        .collect();
    let (snippet, in_text) = snippet(&item.text, &places(Field::Text));
    shown.extend(in_text);
    Excerpt::new(&snippet, shown)
}

/// What is shown of an item by itself: its beginning.
pub(super) fn of_item(item: &Item) -> Excerpt {
    let (snippet, _) = snippet(&item.text, &[]);
    Excerpt::new(&snippet, Vec::new())
}

/// Whether anything is looked for that stands in title or text.
fn has_words(bound: &Bound) -> bool {
    match bound {
        Bound::Text { .. } | Bound::Tag(_) | Bound::Url(_) | Bound::Domain(_) => true,
        Bound::And(parts) | Bound::Or(parts) => parts.iter().any(has_words),
        _ => false,
    }
}

fn chars(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |head| head.chars().count())
}

/// A stretch of a text on one line around the first of some places, and where they lie in it.
fn snippet(text: &str, places: &[Range<usize>]) -> (String, Vec<HighlightBody>) {
    let start = places.first().map_or(0, |first| lead(text, first.start));
    let mut snippet = String::new();
    let mut length = 0;
    let mut shown: Vec<HighlightBody> = Vec::new();
    if start > 0 {
        snippet.push('…');
        length = 1;
    }
    let mut wanted = places.iter().peekable();
    let mut opened: Option<usize> = None;
    let mut is_cut = false;
    let mut previous = text[..start].chars().next_back();
    for (offset, c) in text[start..].char_indices() {
        let at = start + offset;
        while wanted.peek().is_some_and(|place| at >= place.end) {
            wanted.next();
            shown.extend(opened.take().and_then(|from| highlight(from, length)));
        }
        let c = if c.is_whitespace() { ' ' } else { c };
        let is_repeat = c == ' ' && (length == 0 || snippet.ends_with(' '));
        let is_shown = c.is_ascii_graphic() || is_display_safe(previous, c);
        if is_repeat || !is_shown {
            continue;
        }
        previous = Some(c);
        // One place is kept for the sign that there is more.
        if length == EXCERPT_CHARS_MAX - 1 {
            is_cut = !text[at..].trim().is_empty();
            break;
        }
        if opened.is_none() && wanted.peek().is_some_and(|place| at >= place.start) {
            opened = Some(length);
        }
        snippet.push(c);
        length += 1;
    }
    shown.extend(opened.and_then(|from| highlight(from, length)));
    if is_cut {
        snippet.push('…');
    } else {
        snippet.truncate(snippet.trim_end().len());
    }
    (snippet, shown)
}

fn highlight(start: usize, end: usize) -> Option<HighlightBody> {
    (start < end).then_some(HighlightBody {
        field: HighlightField::Snippet,
        start,
        end,
    })
}

/// Where to begin so that a match has some text before it: at a blank, where one is near.
fn lead(text: &str, place: usize) -> usize {
    let head = text.get(..place).unwrap_or_default();
    let mut back: Vec<(usize, char)> = head.char_indices().rev().take(LEAD_CHARS).collect();
    if back.len() < LEAD_CHARS {
        return 0;
    }
    back.reverse();
    let blank = back
        .iter()
        .take(LEAD_CHARS / 2)
        .find(|(_, c)| c.is_whitespace())
        .map(|(at, c)| at + c.len_utf8());
    blank
        .or_else(|| back.first().map(|(at, _)| *at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, needle: &str) -> (String, Vec<String>) {
        let places: Vec<_> = text
            .match_indices(needle)
            .map(|(at, found)| at..at + found.len())
            .collect();
        let (snippet, shown) = snippet(text, &places);
        let chars: Vec<char> = snippet.chars().collect();
        assert!(chars.len() <= EXCERPT_CHARS_MAX);
        let marked = shown
            .iter()
            .map(|h| chars[h.start..h.end].iter().collect())
            .collect();
        (snippet, marked)
    }

    #[test]
    fn highlights_lie_where_the_match_is_shown() {
        let (snippet, marked) = check("選務\n\n人員\u{200B}作票,又作票", "作票");
        assert_eq!(snippet, "選務 人員作票,又作票");
        assert_eq!(marked, ["作票", "作票"]);

        let long = format!(
            "{}ballots at last{}",
            "word ".repeat(200),
            " more".repeat(200)
        );
        let (snippet, marked) = check(&long, "ballots");
        assert!(
            snippet.starts_with("…word") && snippet.ends_with('…'),
            "{snippet}"
        );
        assert_eq!(marked, ["ballots"]);

        let han = format!("{}作票{}", "選".repeat(400), "舉".repeat(400));
        let (snippet, marked) = check(&han, "作票");
        assert_eq!(snippet.chars().count(), EXCERPT_CHARS_MAX);
        assert_eq!(marked, ["作票"]);
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(check("", "x"), (String::new(), vec![]));
        assert_eq!(check(" a\tb ", "zzz").0, "a b");
        let exact = "字".repeat(EXCERPT_CHARS_MAX - 1);
        assert_eq!(check(&exact, "zzz").0, exact);
    }
}
