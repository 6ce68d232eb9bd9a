//! The other opinion: a plain reading of a text, letter by letter, that knows neither positions nor
//! pairs nor terms.

use std::collections::HashMap;

use bellwether_testkit::Chance;
use bellwether_text::{EntityKind, analyse, fold};

/// What one character is to the plain reading.
#[derive(Clone, PartialEq)]
enum Sort {
    /// Nobody sees it: the text reads on as if it were not there.
    Unseen,
    /// A space, also a broad one.
    Space,
    /// A new line; two of them in a row are a blank line.
    Line,
    /// The dot of names: 谷辣斯·尤達卡.
    Dot,
    /// Punctuation and the like.
    Sign,
    /// A mark upon what is before it.
    Mark,
    /// Letters and digits, folded; whether signs are drawn around them (㈱ is (株)).
    Letters(String, bool),
}

/// The plain reading of a text, which remembers what each character is.
#[derive(Default)]
pub(crate) struct Scan(HashMap<char, Sort>);

/// Between two Han characters: the clause ends here.
pub(crate) const APART: char = '|';
/// Anything that is no Han character: letters, digits, Kana, an address.
const OTHER: char = '-';

impl Scan {
    fn sort(&mut self, c: char) -> Sort {
        self.0
            .entry(c)
            .or_insert_with(|| {
                let folded = fold(c.encode_utf8(&mut [0; 4]));
                match c {
                    '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                        Sort::Line
                    }
                    '·' | '\u{387}' | '•' | '‧' | '∙' | '⋅' | '・' | '･' => Sort::Dot,
                    '\u{AD}' | '\u{34F}' | '\u{180B}'..='\u{180F}' => Sort::Unseen,
                    '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => Sort::Unseen,
                    '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => Sort::Unseen,
                    '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => Sort::Unseen,
                    _ if !folded.is_empty() => {
                        let in_brackets =
                            matches!(c, '\u{3200}'..='\u{3243}' | '\u{1F240}'..='\u{1F248}');
                        Sort::Letters(folded, in_brackets)
                    }
                    _ if c.is_whitespace() || c.is_control() => Sort::Space,
                    _ if !fold(&format!("a{c}a")).contains(' ') => Sort::Mark,
                    _ => Sort::Sign,
                }
            })
            .clone()
    }

    /// A text as its Han characters and what stands between them.
    ///
    /// The rule: two characters stand next to each other where only spaces, one new line, the dot of
    /// names directly after a character, and what nobody sees lie between them. Any other sign and a
    /// blank line set them apart, once; a letter, digit or address is something else between them.
    pub(crate) fn han(&mut self, text: &str) -> String {
        let addresses = addresses(text);
        let mut form = String::new();
        let (mut lines, mut is_apart, mut directly) = (0, false, false);
        for (at, c) in text.char_indices() {
            let in_address = addresses.iter().any(|range| range.contains(&at));
            let sort = match self.sort(c) {
                _ if in_address => Sort::Letters(OTHER.to_string(), false),
                // Of the two that end a line on some machines, the second counts.
                Sort::Line if c == '\r' && text[at + 1..].starts_with('\n') => Sort::Unseen,
                sort => sort,
            };
            match sort {
                Sort::Unseen => {}
                Sort::Space => directly = false,
                Sort::Line => {
                    lines += if c == '\u{2029}' { 2 } else { 1 };
                    directly = false;
                }
                Sort::Dot => {
                    is_apart |= !directly;
                    directly = false;
                }
                Sort::Sign => {
                    is_apart = true;
                    directly = false;
                }
                Sort::Mark => {
                    if directly {
                        form.push(OTHER);
                    }
                }
                Sort::Letters(folded, in_brackets) => {
                    is_apart |= in_brackets;
                    for letter in folded.chars() {
                        let after_han = form.chars().next_back().is_some_and(is_han);
                        if !is_han(letter) {
                            if after_han || form.is_empty() {
                                form.push(OTHER);
                            }
                        } else {
                            if after_han && (is_apart || lines >= 2) {
                                form.push(APART);
                            }
                            form.push(letter);
                        }
                        directly = is_han(letter);
                        (lines, is_apart) = (0, false);
                    }
                    is_apart |= in_brackets;
                }
            }
        }
        form
    }

    /// Every run of letters as written, and the words it folds to.
    pub(crate) fn words<'t>(&mut self, text: &'t str) -> Vec<(&'t str, String)> {
        let addresses = addresses(text);
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let is_inside = matches!(self.sort(c), Sort::Letters(..) | Sort::Mark | Sort::Unseen)
                && !addresses.iter().any(|range| range.contains(&at));
            if is_inside {
                start.get_or_insert(at);
            } else if let Some(start) = start.take() {
                let run = &text[start..at];
                words.push((run, fold(run)));
            }
        }
        words
    }
}

/// Where addresses of the web stand: they are found by address, and not by their letters.
fn addresses(text: &str) -> Vec<std::ops::Range<usize>> {
    if !text.contains(['/', '.', ':']) {
        return Vec::new();
    }
    let analysed = analyse(text);
    let urls = analysed.entities().iter();
    urls.filter(|entity| entity.kind == EntityKind::Url)
        .map(|entity| entity.source.start as usize..entity.source.end as usize)
        .collect()
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c,
        '々' | '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}')
}

/// Whether a form has a piece with anything where a clause of the piece ends.
pub(crate) fn stands_loosely(form: &str, piece: &str) -> bool {
    let form: Vec<char> = form.chars().collect();
    let piece: Vec<char> = piece.chars().collect();
    form.windows(piece.len()).any(|window| {
        let mut both = window.iter().zip(&piece);
        both.all(|(c, wanted)| *wanted == APART || c == wanted)
    })
}

/// A random piece of a text, with so many Han characters and what stands between them.
pub(crate) fn piece<'t>(
    scan: &mut Scan,
    text: &'t str,
    length: usize,
    chance: &mut Chance,
) -> Option<&'t str> {
    let addresses = addresses(text);
    let han: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| is_han(*c) && !addresses.iter().any(|range| range.contains(at)))
        .map(|(at, _)| at)
        .collect();
    let first = chance.below(han.len().checked_sub(length)? as u64 + 1) as usize;
    let last = han[first + length - 1];
    let end = last + text[last..].chars().next()?.len_utf8();
    let piece = &text[han[first]..end];
    let form = scan.han(piece);
    let count = form.chars().filter(|c| is_han(*c)).count();
    (count == length && !form.contains(OTHER)).then_some(piece)
}
