//! The tokens of `bellwether-text`, as Tantivy asks for them.

use bellwether_text::{analyse, index_tokens};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The name under which the tokenizer is registered.
pub(crate) const NAME: &str = "bellwether";

/// Between the language and the text of a value.
const BORDER: char = '\u{1}';

/// A text with its language, as the tokenizer takes it: Tantivy hands over one text at a time, and
/// stems depend on the language of the whole item.
pub(crate) fn with_language(lang: &str, text: &str) -> String {
    let mut value = String::with_capacity(lang.len() + 1 + text.len());
    value.push_str(lang);
    value.push(BORDER);
    value.push_str(text);
    value
}

/// Gives an index exactly the terms of [`index_tokens`], at their positions.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnitTokenizer;

/// The terms of one text.
#[derive(Debug)]
pub(crate) struct UnitTokens {
    /// All terms, one directly after the other.
    terms: String,
    /// Position and end in `terms` of each.
    ends: Vec<(u32, u32)>,
    next: usize,
    token: Token,
}

impl Tokenizer for UnitTokenizer {
    type TokenStream<'a> = UnitTokens;

    fn token_stream<'a>(&'a mut self, value: &'a str) -> UnitTokens {
        let (lang, text) = value.split_once(BORDER).unwrap_or(("und", value));
        let analysed = analyse(text);
        let mut terms = String::with_capacity(2 * analysed.folded().len());
        let mut ends = Vec::with_capacity(analysed.units().len());
        index_tokens(&analysed, lang, |token| {
            terms.push_str(token.text);
            // A text is cut at 64 MiB, and no character is in more than four terms.
            ends.push((
                token.position,
                u32::try_from(terms.len()).unwrap_or(u32::MAX),
            ));
        });
        UnitTokens {
            terms,
            ends,
            next: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for UnitTokens {
    fn advance(&mut self) -> bool {
        let Some(&(position, end)) = self.ends.get(self.next) else {
            return false;
        };
        let start = match self.next {
            0 => 0,
            next => self.ends[next - 1].1,
        };
        self.token.position = position as usize;
        self.token.text.clear();
        self.token.text.push_str(
            self.terms
                .get(start as usize..end as usize)
                .unwrap_or_default(),
        );
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
