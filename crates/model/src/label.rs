//! Labels of alerts, and what is asked of them: by labels alerts are routed and silenced, as in
//! Prometheus Alertmanager (prometheus.io/docs/alerting/latest/configuration, "matcher").
//!
//! One thing differs: a label here may have several values, since a burst has voices in several
//! groups. `group="prc-state"` asks whether one of them is that, `group!="prc-state"` whether none is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// The longest matcher, in bytes.
const MATCHER_BYTES_MAX: usize = 400;

/// What a compiled expression may take in memory, in bytes.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// A label of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// What raised it: `burst`, `source`, `outage` or `receiver`.
    Cause,
    /// `info`, `warning` or `critical`.
    Severity,
    /// The rule that found a burst.
    Rule,
    /// What found a burst: `query`, `term`, `lineage`, `coordination`.
    Detector,
    /// The election of the rule.
    Election,
    /// The narrative of the rule.
    Narrative,
    /// The groups whose families took part, or that a source is in.
    Group,
    /// The languages of the items.
    Language,
    /// The source in trouble.
    Source,
    /// The term that nobody listed, in each of its spellings.
    Term,
    /// The receiver that takes no messages.
    Receiver,
}

impl Label {
    /// All labels, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Cause,
        Self::Severity,
        Self::Rule,
        Self::Detector,
        Self::Election,
        Self::Narrative,
        Self::Group,
        Self::Language,
        Self::Source,
        Self::Term,
        Self::Receiver,
    ];

    /// The word used in configuration, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::Severity => "severity",
            Self::Rule => "rule",
            Self::Detector => "detector",
            Self::Election => "election",
            Self::Narrative => "narrative",
            Self::Group => "group",
            Self::Language => "language",
            Self::Source => "source",
            Self::Term => "term",
            Self::Receiver => "receiver",
        }
    }

    /// The label that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.as_str() == word)
    }
}

/// The labels of an alert, each with its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<Label, BTreeSet<String>>);

impl Labels {
    /// Adds a value.
    pub fn add(&mut self, label: Label, value: impl Into<String>) {
        self.0.entry(label).or_default().insert(value.into());
    }

    /// The same with a value.
    #[must_use]
    pub fn with(mut self, label: Label, value: impl Into<String>) -> Self {
        self.add(label, value);
        self
    }

    /// Puts one value in the place of all that a label has.
    pub fn set(&mut self, label: Label, value: impl Into<String>) {
        self.0.insert(label, BTreeSet::from([value.into()]));
    }

    /// The values of a label, in order.
    pub fn values(&self, label: Label) -> impl Iterator<Item = &str> {
        self.0.get(&label).into_iter().flatten().map(String::as_str)
    }

    /// All labels with their values.
    pub fn iter(&self) -> impl Iterator<Item = (Label, &BTreeSet<String>)> {
        self.0.iter().map(|(label, values)| (*label, values))
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Is,
    IsNot,
    Fits,
    FitsNot,
}

impl Comparison {
    /// Longer signs first, so that `=~` is not read as `=`.
    const ALL: [(&'static str, Self); 4] = [
        ("=~", Self::Fits),
        ("!~", Self::FitsNot),
        ("!=", Self::IsNot),
        ("=", Self::Is),
    ];

    fn sign(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, comparison)| *comparison == self);
        found.map_or("=", |(sign, _)| sign)
    }
}

/// One condition on a label: `severity="critical"`, `group!="us-domestic"`, `rule=~"tw-.*"`,
/// `language!~"en|fr"`. An expression must fit the whole value. A label without a value is compared as
/// the empty text.
#[derive(Debug, Clone)]
pub struct Matcher {
    label: Label,
    comparison: Comparison,
    value: String,
    regex: Option<Regex>,
}

/// Why a text is no matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    /// It has another form.
    #[error("expected LABEL=\"VALUE\", or with != , =~ or !~ in the place of =")]
    Form,
    /// No label is called so.
    #[error("no label is called `{0}`")]
    Label(String),
    /// The expression cannot be used.
    #[error("the expression cannot be used: {0}")]
    Expression(String),
    /// It is too long.
    #[error("it is longer than {MATCHER_BYTES_MAX} bytes")]
    Long,
}

impl Matcher {
    /// The condition that a label has a value.
    #[must_use]
    pub fn is(label: Label, value: impl Into<String>) -> Self {
        Self {
            label,
            comparison: Comparison::Is,
            value: value.into(),
            regex: None,
        }
    }

    /// Reads a condition. Quotes around the value may be left out.
    ///
    /// # Errors
    /// [`MatcherError`].
    pub fn parse(text: &str) -> Result<Self, MatcherError> {
        if text.len() > MATCHER_BYTES_MAX {
            return Err(MatcherError::Long);
        }
        let at = text.find(['=', '!']).ok_or(MatcherError::Form)?;
        let (name, rest) = text.split_at(at);
        let found = Comparison::ALL
            .iter()
            .find_map(|(sign, comparison)| Some((*comparison, rest.strip_prefix(sign)?)));
        let (comparison, value) = found.ok_or(MatcherError::Form)?;
        let name = name.trim();
        let label = Label::from_word(name).ok_or_else(|| MatcherError::Label(name.to_owned()))?;
        let value = unquoted(value.trim()).ok_or(MatcherError::Form)?;
        let regex = match comparison {
            Comparison::Is | Comparison::IsNot => None,
            Comparison::Fits | Comparison::FitsNot => Some(whole(&value)?),
        };
        Ok(Self {
            label,
            comparison,
            value,
            regex,
        })
    }

    /// The label that is asked about.
    #[must_use]
    pub const fn label(&self) -> Label {
        self.label
    }

    /// Whether an alert's labels meet the condition.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        let mut values = labels.values(self.label).peekable();
        let has = if values.peek().is_none() {
            self.fits("")
        } else {
            values.any(|value| self.fits(value))
        };
        match self.comparison {
            Comparison::Is | Comparison::Fits => has,
            Comparison::IsNot | Comparison::FitsNot => !has,
        }
    }

    fn fits(&self, value: &str) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(value),
            None => self.value == value,
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.replace('\\', "\\\\").replace('"', "\\\"");
        write!(
            f,
            "{}{}\"{value}\"",
            self.label.as_str(),
            self.comparison.sign()
        )
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (self.label, self.comparison, &self.value) == (other.label, other.comparison, &other.value)
    }
}

impl Eq for Matcher {}

impl Serialize for Matcher {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

fn whole(expression: &str) -> Result<Regex, MatcherError> {
    RegexBuilder::new(&format!("^(?:{expression})$"))
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|_| MatcherError::Expression(expression.to_owned()))
}

/// A value without its quotes; `None` where they do not match up.
fn unquoted(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(value),
            // Only these two need one; an expression has its own use for it.
            '\\' => match chars.next()? {
                c @ ('"' | '\\') => value.push(c),
                c => value.extend(['\\', c]),
            },
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        Labels::default()
            .with(Label::Severity, "warning")
            .with(Label::Group, "prc-state")
            .with(Label::Group, "tw-domestic")
            .with(Label::Term, "作票")
    }

    #[test]
    fn conditions_ask_for_one_of_the_values_or_for_none() {
        for (matcher, expected) in [
            (r#"severity="warning""#, true),
            ("severity=warning", true),
            (r#"severity != "warning""#, false),
            (r#"group="prc-state""#, true),
            (r#"group="us-domestic""#, false),
            (r#"group!="prc-state""#, false),
            (r#"group!="us-domestic""#, true),
            (r#"group=~"prc-.*""#, true),
            // The whole value, not a part of it.
            (r#"group=~"prc""#, false),
            (r#"group!~"prc-.*|ru-.*""#, false),
            (r#"term="作票""#, true),
            (r#"term=~"作.""#, true),
            // A label without a value is the empty text.
            (r#"election="""#, true),
            (r#"election=~".+""#, false),
            (r#"election!="tw-2026""#, true),
        ] {
            let read = Matcher::parse(matcher).unwrap();
            assert_eq!(read.matches(&labels()), expected, "{matcher}");
            assert_eq!(Matcher::parse(&read.to_string()), Ok(read), "{matcher}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for (text, error) in [
            ("severity", MatcherError::Form),
            ("", MatcherError::Form),
            (r#"severity="a"b"#, MatcherError::Form),
            (r#"severity="a"#, MatcherError::Form),
            (r#"severity=a"b"#, MatcherError::Form),
            (r#"severity=="a""#, MatcherError::Form),
            (
                r#"severety="a""#,
                MatcherError::Label("severety".to_owned()),
            ),
            (r#"rule=~"(""#, MatcherError::Expression("(".to_owned())),
        ] {
            assert_eq!(Matcher::parse(text), Err(error), "{text}");
        }
        let long = format!("rule=\"{}\"", "x".repeat(500));
        assert_eq!(Matcher::parse(&long), Err(MatcherError::Long));
        // An expression may not grow beyond its bound.
        let huge = r#"rule=~"(\w{1000}){1000}""#;
        assert!(matches!(
            Matcher::parse(huge),
            Err(MatcherError::Expression(_))
        ));
    }

    #[test]
    fn values_with_quotes_are_printed_so_that_they_are_read_again() {
        let matcher = Matcher::is(Label::Term, r#"a "b" \ c"#);
        let printed = matcher.to_string();
        assert_eq!(printed, r#"term="a \"b\" \\ c""#);
        assert_eq!(Matcher::parse(&printed), Ok(matcher));
    }
}
