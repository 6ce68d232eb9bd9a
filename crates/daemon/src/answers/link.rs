//! Addresses of the page that ask a question again.

use bellwether_api::permalink;

use super::Answers;
use super::asked::Question;

impl Answers {
    /// The address of the page for a question as typed, with what else belongs to it.
    pub(super) fn permalink<'a>(
        &self,
        question: impl Into<Question<'a>>,
        more: &[(&str, Option<&str>)],
    ) -> String {
        let Question {
            q,
            from,
            to,
            names,
            zone,
        } = question.into();
        let mut pairs = more.to_vec();
        pairs.push(("zone", zone));
        pairs.push(("names", names.then_some("true")));
        permalink(self.settings.public_url.as_deref(), q, from, to, &pairs)
    }
}
