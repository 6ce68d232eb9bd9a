//! What a message must not quote while a phase of the election withholds it.
//!
//! Asked when a message is made, which is at each attempt to send it: so a retry that falls into the
//! phase is guarded, and one after it is told in full. It looks at texts from outside and from rules,
//! and never at numbers, times or links.

use bellwether_model::{Burst, Detector, Phase, Withheld};
use bellwether_text::may_quote_poll;

/// What stands in the place of a text that is withheld, in what programs read. People read it in the
/// language of their message.
pub const WITHHELD: &str = "(withheld)";

/// Keeps texts out of one message.
#[derive(Debug, Clone)]
pub struct Guard<'a> {
    /// The phase that withholds.
    pub phase: &'a Phase,
    /// Texts of the burst that are held back since they look like a poll when read together.
    together: Vec<String>,
}

impl<'a> Guard<'a> {
    /// A guard of what is said about a burst; `None` where the phase withholds nothing.
    #[must_use]
    pub fn new(phase: &'a Phase, burst: &Burst) -> Option<Self> {
        match phase.withholds? {
            Withheld::Polls => {}
        }
        let mut own = vec![burst.name.clone()];
        if let Detector::Term(term) = &burst.detector {
            own.push(term.counted.clone());
            own.extend(term.spellings.iter().cloned());
        }
        let is_poll = may_quote_poll(&own.join(" "));
        Some(Self {
            phase,
            together: if is_poll { own } else { Vec::new() },
        })
    }

    /// Whether a text is held back.
    #[must_use]
    pub fn withholds(&self, text: &str) -> bool {
        self.together.iter().any(|own| own == text) || may_quote_poll(text)
    }
}
