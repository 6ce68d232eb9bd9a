//! A message in the words of a template.
//!
//! What a template makes is text: it takes the place of the headline and the lines of the standard
//! message and of nothing else. The link, the notes and the mark of an invented election stay, whatever
//! the template says, since a reader must be able to rely on them. The text stays what text of others
//! is: the renderer of a chat takes its mark-up out of it.
//!
//! May not run a template: it knows neither engine nor files.

use bellwether_model::{MessageLanguage, Phase, Timestamp};
use jiff::tz::TimeZone;

use super::burst::withheld_note;
use super::words::Words;
use super::{Facts, Message};
use crate::catalogue::say;
use crate::display::{NAME_CHARS_MAX, shown};

/// Characters of a headline at most. With every one of them escaped it leaves room for link and notes in
/// the smallest message that a chat takes.
const HEADLINE_CHARS_MAX: usize = 400;

/// Characters of another line at most.
const LINE_CHARS_MAX: usize = 2_000;

/// Lines below the headline at most: more than any chat shows.
const LINES_MAX: usize = 200;

/// Isolates that [`shown`] puts around names; see Unicode Annex 9.
const ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// What a template made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The first line.
    pub headline: String,
    /// The others.
    pub lines: Vec<String>,
    /// Whether there was more than a message takes.
    pub is_cut: bool,
}

/// What a reader must know about the text of a template.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks<'a> {
    /// The phase by which something is withheld that the text would have said.
    pub withheld: Option<&'a Phase>,
    /// Whether invisible characters were removed from what it says.
    pub had_hidden: bool,
}

impl Account {
    /// A text in lines; lines of blanks are none. `None` where there is nothing else: a template says
    /// nothing of what it leaves to the standard words.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (headline, mut is_cut) = line(lines.next()?, HEADLINE_CHARS_MAX);
        let mut others = Vec::new();
        for text in lines.by_ref().take(LINES_MAX) {
            let (line, was_cut) = line(text, LINE_CHARS_MAX);
            is_cut |= was_cut;
            others.push(line);
        }
        Some(Self {
            headline,
            lines: others,
            is_cut: is_cut || lines.next().is_some(),
        })
    }

    /// The message that tells this in the place of the standard words.
    #[must_use]
    pub fn message(self, standard: &Message, marks: Marks<'_>, facts: &Facts<'_>) -> Message {
        let words = Words::of(facts);
        let mut notes = standard.notes.clone();
        let mut is_withheld = standard.is_withheld;
        if let Some(phase) = marks.withheld.filter(|_| !is_withheld) {
            is_withheld = true;
            notes.push(withheld_note(phase, words));
        }
        if marks.had_hidden {
            add(&mut notes, words.say("note-hidden", []));
        }
        if self.is_cut {
            add(&mut notes, words.say("note-shortened", []));
        }
        Message {
            headline: facts.headline(self.headline),
            lines: self.lines,
            notes,
            is_withheld,
            ..standard.clone()
        }
    }
}

fn add(notes: &mut Vec<String>, note: String) {
    if !notes.contains(&note) {
        notes.push(note);
    }
}

/// The standard message, with a note that a template was to word it and failed.
#[must_use]
pub fn template_failed(standard: &Message, template: &str) -> Message {
    let template = shown(template, NAME_CHARS_MAX).text;
    let mut message = standard.clone();
    let note = say(
        message.language,
        "note-template",
        [("template", template.into())],
    );
    message.notes.push(note);
    message
}

/// A moment as messages tell it.
#[must_use]
pub fn moment(time: Timestamp, language: MessageLanguage, zone: &TimeZone) -> String {
    Words::new(language, zone).moment(time)
}

/// A zone as messages name it.
#[must_use]
pub fn zone_name(language: MessageLanguage, zone: &TimeZone) -> String {
    Words::new(language, zone).zone_name()
}

/// What people read in the place of a text that is withheld.
#[must_use]
pub fn withheld_text(language: MessageLanguage) -> String {
    say(language, "withheld-text", [])
}

/// A line without what would end or turn it, and whether it was too long. A name that was cut within may
/// have lost the end of its isolate, which would turn the rest of the line.
fn line(text: &str, chars_max: usize) -> (String, bool) {
    let is_long = text.chars().nth(chars_max).is_some();
    let is_end = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let mut line: String = text
        .chars()
        .take(chars_max)
        .map(|c| if is_end(c) { ' ' } else { c })
        .collect();
    if is_long {
        line.truncate(line.trim_end().len());
        line.push('…');
    }
    let mut open = 0_usize;
    for c in line.chars() {
        match c {
            ISOLATE => open += 1,
            POP_ISOLATE => open = open.saturating_sub(1),
            _ => {}
        }
    }
    line.extend(std::iter::repeat_n(POP_ISOLATE, open));
    (line, is_long)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Names;
    use bellwether_model::Withheld;

    fn standard() -> Message {
        Message {
            language: MessageLanguage::English,
            headline: "Burst: x".to_owned(),
            lines: vec!["its lines".to_owned()],
            link: Some("https://bellwether.example.org/bursts/b-1".to_owned()),
            link_name: "Evidence and query".to_owned(),
            notes: vec!["may repeat an earlier message".to_owned()],
            is_withheld: false,
        }
    }

    fn facts(names: &Names) -> Facts<'_> {
        Facts {
            names,
            language: MessageLanguage::English,
            zone: const { &TimeZone::UTC },
            public_url: None,
            possible_repeat: false,
            invented: true,
            acknowledged: None,
            withholding: None,
        }
    }

    #[test]
    fn link_notes_and_mark_stay_whatever_is_said() {
        let names = Names::default();
        let phase = Phase {
            id: "poll-blackout".to_owned(),
            start: None,
            end: None,
            withholds: Some(Withheld::Polls),
            law: None,
        };
        let marks = Marks {
            withheld: Some(&phase),
            had_hidden: true,
        };
        let account = Account::of("\n  One \r\n\n two\u{2028}three\n\t\n").expect("a text");
        let told = account.message(&standard(), marks, &facts(&names));
        assert_eq!(told.headline, "[DEMO, invented election] One");
        assert_eq!(told.lines, ["two three"]);
        assert_eq!(told.link, standard().link);
        assert_eq!(told.notes.len(), 3, "{:?}", told.notes);
        assert_eq!(told.notes[0], standard().notes[0]);
        assert!(told.notes[1].starts_with("withheld: "), "{:?}", told.notes);
        assert!(told.is_withheld);
        // The standard headline has the mark, and may be what the template says.
        let again = Account::of(&told.headline).expect("a text");
        let again = again.message(&told, marks, &facts(&names));
        assert_eq!((again.headline, again.notes), (told.headline, told.notes));
    }

    #[test]
    fn nothing_but_blanks_is_nothing() {
        for text in ["", " \n\t\r\n "] {
            assert_eq!(Account::of(text), None);
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let exact = format!("{}\n{}", "字".repeat(400), "x\n".repeat(200));
        let exact = Account::of(&exact).expect("a text");
        assert_eq!((exact.lines.len(), exact.is_cut), (200, false));
        for text in [
            "字".repeat(401),
            format!("h\n{}", "x".repeat(2_001)),
            format!("h\n{}", "x\n".repeat(201)),
        ] {
            let account = Account::of(&text).expect("a text");
            assert!(account.is_cut);
            assert!(account.headline.chars().count() <= 401);
            assert!(account.lines.len() <= 200);
            let names = Names::default();
            let told = account.message(&standard(), Marks::default(), &facts(&names));
            let note = told.notes.last().expect("a note");
            assert_eq!(note, "shortened; the page has the rest");
        }
    }

    #[test]
    fn a_name_that_was_cut_does_not_turn_its_line() {
        let name = shown("می‌خواهند", 80).text;
        let cut: String = name.chars().take(4).collect();
        let account = Account::of(&format!("{cut} 31 items")).expect("a text");
        assert!(account.headline.ends_with("31 items\u{2069}"));
        let whole = Account::of(&format!("{name} 31 items")).expect("a text");
        assert!(whole.headline.ends_with("31 items"));
    }

    #[test]
    fn a_failure_is_told_in_the_standard_message() {
        let told = template_failed(&standard(), "templates/night.txt");
        assert_eq!(told.lines, standard().lines);
        let note = told.notes.last().expect("a note");
        assert_eq!(
            note,
            "the template templates/night.txt failed, so this is the standard text"
        );
    }
}
