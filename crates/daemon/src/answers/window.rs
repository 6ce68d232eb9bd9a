//! The stretch of time a question is about.

use bellwether_api::{Problem, WindowBody};
use bellwether_model::{Span, Timestamp};
use bellwether_query::{Binding, Bound, Expr, Query};

use super::problems;

/// A stretch of time whose ends may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

impl Window {
    /// The window that parameters name, each end written as in the query language.
    pub(super) fn of_parameters(
        from: Option<&str>,
        to: Option<&str>,
        binding: Binding<'_>,
    ) -> Result<Self, Problem> {
        let end = |name, text: Option<&str>, is_start| match text.map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => moment(name, text, is_start, binding).map(Some),
        };
        let window = Self {
            from: end("from", from, true)?,
            to: end("to", to, false)?,
        };
        match (window.from, window.to) {
            (Some(from), Some(to)) if from >= to => Err(problems::parameter(
                "to",
                format!("`to` ({to}) is not after `from` ({from})"),
            )),
            _ => Ok(window),
        }
    }

    /// The window that a query itself names.
    pub(super) fn of_query(bound: &Bound) -> Self {
        match bound {
            Bound::Time(span) => Self {
                from: (span.from > Timestamp::MIN).then_some(span.from),
                to: (span.to < Timestamp::MAX).then_some(span.to),
            },
            Bound::And(parts) => parts
                .iter()
                .map(Self::of_query)
                .fold(Self::default(), Self::both),
            _ => Self::default(),
        }
    }

    /// What lies in both.
    pub(super) fn both(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: match (self.to, other.to) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// The window as answers state it.
    pub(super) const fn body(self) -> WindowBody {
        WindowBody {
            from: self.from,
            to: self.to,
        }
    }

    /// The window as a part of a query.
    pub(super) fn bound(self) -> Bound {
        if self == Self::default() {
            return Bound::All;
        }
        Bound::Time(Span {
            from: self.from.unwrap_or(Timestamp::MIN),
            to: self.to.unwrap_or(Timestamp::MAX),
        })
    }
}

/// A moment: exact where it is one, the beginning or the end of a day where it is a day.
pub(super) fn moment(
    name: &str,
    text: &str,
    is_start: bool,
    binding: Binding<'_>,
) -> Result<Timestamp, Problem> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let wrong = || {
        problems::parameter(
            name,
            format!(
                "`{}` is no time",
                bellwether_text::excerpt(&bellwether_text::display_safe(text), 80)
            ),
        )
        .hint("write 2026-11-28, 2026-11-28T08:00, 2026-11-28T00:00:00Z, 2h, 7d or now")
    };
    let range = if is_start {
        format!("time:[{text} TO *]")
    } else {
        format!("time:[* TO {text}]")
    };
    let query = Query::parse(&range).map_err(|_| wrong())?;
    // Anything else than one stretch of time was smuggled in.
    if !matches!(query.expr(), Expr::Time(_)) {
        return Err(wrong());
    }
    let span = match query.bind(binding) {
        Ok(Bound::Time(span)) => span,
        _ => return Err(wrong()),
    };
    Ok(if is_start { span.from } else { span.to })
}
