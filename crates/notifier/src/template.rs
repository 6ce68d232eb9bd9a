//! Messages in the words of a template: it is given the record that a program gets and makes text of it.
//!
//! The template is the operator's: it may be wrong, it is not hostile. What it is given comes from
//! outside and is. So texts are made one line without what cannot be seen, and without what a phase
//! withholds, before it sees them; it sees no file, no clock and no other template; it has so many steps
//! and so much room. What it makes is text in the place of other text, and goes the way that the
//! standard words go: a renderer takes every mark-up out of it, as nobody can tell what of it is whose.
//!
//! May not lose a message: one that a template fails on is told in the standard words, and says so.

use std::collections::BTreeMap;
use std::io;

use bellwether_api::wording::{
    Account, Facts, Marks, Message, moment, template_failed, withheld_text, zone_name,
};
use bellwether_api::{EXCERPT_CHARS_MAX, WITHHELD, display::shown};
use bellwether_model::{MessageLanguage, Receiver, Subject, Template, Timestamp};
use jiff::tz::TimeZone;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Value, json};

use crate::Notifier;
use crate::receivers::{Letter, record};
use crate::samples::Sample;

/// Steps of one message at most. A step is an instruction, or 64 bytes that are made or read, so this bounds
/// memory too: at 6 MB. The example of the docs takes 93 at most, all of a record printed 1,700.
const STEPS_MAX: u64 = 100_000;

/// Bytes of text at most: more than any chat takes of one message.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// How deep blocks, expressions and recursive loops may lie in each other.
const DEPTH_MAX: usize = 100;

/// The parts of a record of which a message has one.
const PARTS: [&str; 5] = ["burst", "coverage", "summary", "receiver_fault", "withheld"];

/// The time at which samples are made: it is part of what they are, so that they are always the same.
const SAMPLED_AT: Timestamp = Timestamp::constant(1_795_507_200, 0);

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateFault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

/// What a template made of a message.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) account: Account,
    had_hidden: bool,
    is_withheld: bool,
}

/// Tries a template on a message of every subject and kind, in every language, with hostile texts; returns
/// what is wrong with it, each once.
#[must_use]
pub fn template_faults(template: &Template) -> Vec<TemplateFault> {
    if let Err(error) = engine(MessageLanguage::English, &TimeZone::UTC)
        .template_from_named_str(&template.name, &template.text)
    {
        return vec![TemplateFault::of(&error, &template.text)];
    }
    let mut faults: BTreeMap<TemplateFault, &'static str> = BTreeMap::new();
    let mut says_something = false;
    for sample in Sample::all(SAMPLED_AT) {
        for language in MessageLanguage::ALL {
            let told = sample.told(language, |letter, subject, facts| {
                told(template, letter, subject, facts)
            });
            let fault = match told {
                Ok(None) => continue,
                Ok(Some(told)) => {
                    says_something = true;
                    if !told.account.is_cut {
                        continue;
                    }
                    TemplateFault {
                        line: 1,
                        column: 1,
                        message: "it makes more than a message takes".to_owned(),
                        hint: "make at most 400 characters in the first line, 2,000 in others, and \
                               200 lines",
                    }
                }
                Err(fault) => fault,
            };
            says_something = true;
            faults.entry(fault).or_insert(sample.what);
        }
    }
    if !says_something {
        return vec![TemplateFault {
            line: 1,
            column: 1,
            message: "it says nothing of any message, so all are told in the standard words"
                .to_owned(),
            hint: "write what it should say, or take `template` out of the receiver",
        }];
    }
    let faults = faults.into_iter().map(|(fault, what)| TemplateFault {
        message: format!("{}, in a message about {what}", fault.message),
        ..fault
    });
    faults.collect()
}

impl TemplateFault {
    fn of(error: &Error, text: &str) -> Self {
        let line = error.line().unwrap_or(1);
        let detail = error.detail().map(|detail| format!(": {detail}"));
        // What the engine says may quote what it was given.
        let message = format!("{}{}", error.kind(), detail.unwrap_or_default());
        Self {
            line,
            column: column(error, text),
            message: shown(&message, EXCERPT_CHARS_MAX).text,
            hint: hint(error.kind()),
        }
    }

    /// A failure that is not the template's.
    fn of_record(problem: String) -> Self {
        Self {
            line: 1,
            column: 1,
            message: problem,
            hint: "report it",
        }
    }
}

fn column(error: &Error, text: &str) -> usize {
    let start = error.range().map_or(0, |range| range.start);
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    before[line_start..].chars().count() + 1
}

const fn hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => {
            "see docs/templates.md for what may be written"
        }
        ErrorKind::UndefinedError => {
            "ask first whether it is there, such as `{% if burst %}`; docs/templates.md names the fields"
        }
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod
        | ErrorKind::UnknownTest => "docs/templates.md names those that there are",
        ErrorKind::OutOfFuel => "let it do less: shorter loops, or a part of a list such as `[:5]`",
        _ => "docs/templates.md says what each field holds",
    }
}

/// What a template makes of a message; `None` where it says nothing of it.
pub(crate) fn told(
    template: &Template,
    letter: &Letter<'_>,
    subject: &Subject,
    facts: &Facts<'_>,
) -> Result<Option<Told>, TemplateFault> {
    let given = Given::of(letter, subject, facts).map_err(TemplateFault::of_record)?;
    let engine = engine(facts.language, facts.zone);
    let fault = |error: Error| TemplateFault::of(&error, &template.text);
    let compiled = engine
        .template_from_named_str(&template.name, &template.text)
        .map_err(fault)?;
    let mut page = Page::default();
    let ended = compiled.render_captured_to(Serde(&given.record), &mut page);
    // A page that is full is no failure: what is on it is told.
    if let Some(error) = ended.err().filter(|_| !page.is_full) {
        return Err(fault(error));
    }
    let text = String::from_utf8_lossy(&page.bytes);
    let is_part = |part: &String| !part.is_empty() && text.contains(part.as_str());
    let had_hidden = given.had_hidden.iter().any(is_part);
    let is_withheld = given.is_withheld && text.contains(&withheld_text(facts.language));
    Ok(Account::of(&text).map(|account| Told {
        account: Account {
            is_cut: account.is_cut || page.is_full,
            ..account
        },
        had_hidden,
        is_withheld,
    }))
}

impl Notifier {
    /// A message in the words of the receiver's template; `None` where there is none, or where it says
    /// nothing of such a message.
    pub(crate) fn by_template(
        &self,
        receiver: &Receiver,
        letter: &Letter<'_>,
        subject: &Subject,
    ) -> Option<Message> {
        let template = receiver.template.as_ref()?;
        let election = match subject {
            Subject::Burst(burst) => self.settings.election(burst),
            Subject::Coverage(_) | Subject::Summary(_) | Subject::Receiver(_) => None,
        };
        let zone = election.map(bellwether_model::Election::zone);
        let facts = self.facts(letter.delivery);
        let facts = Facts {
            zone: zone.as_ref().unwrap_or(facts.zone),
            ..facts
        };
        match told(template, letter, subject, &facts) {
            Ok(told) => Some(told?.message(letter, &facts)),
            Err(fault) => {
                log(receiver, template, letter, &fault);
                Some(template_failed(letter.message, &template.name))
            }
        }
    }
}

impl Told {
    fn message(self, letter: &Letter<'_>, facts: &Facts<'_>) -> Message {
        let guard = letter.guard.as_ref().filter(|_| self.is_withheld);
        let marks = Marks {
            withheld: guard.map(|guard| guard.phase),
            had_hidden: self.had_hidden,
        };
        self.account.message(letter.message, marks, facts)
    }
}

/// Once a message, not once an attempt. What the engine says is left out: it may quote texts of items.
fn log(receiver: &Receiver, template: &Template, letter: &Letter<'_>, fault: &TemplateFault) {
    let (receiver, template) = (receiver.id.as_str(), template.name.as_str());
    let (alert, line) = (letter.delivery.alert.as_str(), fault.line);
    if letter.delivery.attempts <= 1 {
        tracing::warn!(
            alert,
            receiver,
            template,
            line,
            "a template failed; the message is told in the standard words"
        );
    }
}

/// An engine that can do what a message needs. Without macros, includes and inheritance: those are left
/// out of what is compiled.
fn engine<'a>(language: MessageLanguage, zone: &TimeZone) -> Environment<'a> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(STEPS_MAX));
    engine.set_recursion_limit(DEPTH_MAX);
    // So that an error says at which column, and what was not there.
    engine.set_debug(true);
    // Tags on lines of their own leave nothing behind. Ours are the usual delimiters, so it does not fail.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    engine.set_syntax(syntax.unwrap_or_default());
    // It would print all that there is, and is no wording.
    engine.remove_global("debug");
    let zone = zone.clone();
    engine.add_filter("moment", move |text: &str| {
        let time: Timestamp = text.parse().map_err(|_| {
            let wanted = "`moment` wants a time of the record, such as burst.window.to";
            Error::new(ErrorKind::InvalidOperation, wanted)
        })?;
        Ok::<_, Error>(moment(time, language, &zone))
    });
    engine
}

/// What a template is given.
struct Given {
    record: Value,
    /// Texts from which something was removed that nobody sees.
    had_hidden: Vec<String>,
    /// Whether a text was withheld.
    is_withheld: bool,
}

impl Given {
    fn of(letter: &Letter<'_>, subject: &Subject, facts: &Facts<'_>) -> Result<Self, String> {
        let mut given = Self {
            record: record(letter)?,
            had_hidden: Vec::new(),
            is_withheld: letter.guard.is_some(),
        };
        let withheld = given.is_withheld.then(|| withheld_text(facts.language));
        clean(
            &mut given.record,
            withheld.as_deref(),
            &mut given.had_hidden,
        );
        let message = letter.message;
        let Value::Object(fields) = &mut given.record else {
            return Err("the record of the message is none".to_owned());
        };
        for part in PARTS {
            fields.entry(part).or_insert(Value::Null);
        }
        fields.insert("subject".to_owned(), json!(word(subject)));
        fields.insert("language".to_owned(), json!(facts.language.tag()));
        let zone = zone_name(facts.language, facts.zone);
        fields.insert("zone".to_owned(), json!(zone));
        fields.insert("link".to_owned(), json!(message.link));
        let standard = json!({
            "headline": message.headline,
            "lines": message.lines,
            "link": message.link,
            "notes": message.notes,
        });
        fields.insert("message".to_owned(), standard);
        Ok(given)
    }
}

const fn word(subject: &Subject) -> &'static str {
    match subject {
        Subject::Burst(_) => "burst",
        Subject::Coverage(_) => "coverage",
        Subject::Summary(_) => "summary",
        Subject::Receiver(_) => "receiver",
    }
}

/// Makes each text one that may stand in a line: bounded, without line breaks and what cannot be seen, turned
/// only within itself.
fn clean(value: &mut Value, withheld: Option<&str>, had_hidden: &mut Vec<String>) {
    match value {
        Value::String(text) => match withheld {
            Some(withheld) if text == WITHHELD => withheld.clone_into(text),
            _ => {
                let fit = shown(text, EXCERPT_CHARS_MAX);
                if fit.had_hidden {
                    had_hidden.push(fit.text.clone());
                }
                *text = fit.text;
            }
        },
        Value::Array(values) => {
            for value in values {
                clean(value, withheld, had_hidden);
            }
        }
        Value::Object(fields) => {
            for value in fields.values_mut() {
                clean(value, withheld, had_hidden);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where a template writes: so much, and then no more.
#[derive(Default)]
struct Page {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > TEXT_BYTES_MAX {
            self.is_full = true;
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
