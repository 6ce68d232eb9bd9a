use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

use super::*;

/// A message of a catalogue: the arguments it wants itself, and the messages it is made with.
#[derive(Debug, Default)]
struct Asked {
    args: BTreeSet<String>,
    messages: BTreeSet<String>,
}

impl Asked {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.args.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference {
                id,
                attribute: None,
            } => {
                self.messages.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            other => unreachable!("no catalogue needs {other:?}"),
        }
    }
}

/// The messages of a catalogue by their ids, each told once.
fn messages(language: MessageLanguage) -> BTreeMap<String, Asked> {
    let resource = parse(source(language)).expect("a catalogue without mistakes");
    let mut messages = BTreeMap::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let id = message.id.name.to_owned();
                assert!(message.attributes.is_empty(), "{id}");
                let mut asked = Asked::default();
                asked.pattern(message.value.as_ref().expect("a text"));
                assert!(id.contains('-'), "{id} looks like the name of an argument");
                assert!(messages.insert(id.clone(), asked).is_none(), "{id} twice");
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => unreachable!("no catalogue needs {other:?}"),
        }
    }
    messages
}

/// The arguments that a message wants, with those of the messages that it is made with.
fn args_of(id: &str, messages: &BTreeMap<String, Asked>) -> BTreeSet<String> {
    let asked = &messages[id];
    let mut args = asked.args.clone();
    for made_with in &asked.messages {
        args.extend(args_of(made_with, messages));
    }
    args
}

fn all_args(language: MessageLanguage) -> BTreeMap<String, BTreeSet<String>> {
    let messages = messages(language);
    let args = |id: &String| (id.clone(), args_of(id, &messages));
    messages.keys().map(args).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            found.push(path);
        }
    }
}

/// The ids that the program says, each with the arguments given at every place.
fn said_by_the_program() -> BTreeMap<String, BTreeSet<BTreeSet<String>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join("election.rs")];
    rust_files(&root.join("wording"), &mut files);
    rust_files(&root.join("catalogue"), &mut files);
    let mut said: BTreeMap<String, BTreeSet<BTreeSet<String>>> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a source");
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or(&text);
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| [line.trim(), " "])
            .collect();
        let mut rest = code.as_str();
        while let Some((_, quoted)) = rest.split_once('"') {
            let Some((literal, after)) = quoted.split_once('"') else {
                break;
            };
            rest = after;
            if is_id(literal) {
                let given = given(after);
                said.entry(literal.to_owned()).or_default().insert(given);
            }
        }
    }
    said
}

fn is_id(literal: &str) -> bool {
    literal.contains('-')
        && literal.starts_with(|c: char| c.is_ascii_lowercase())
        && literal.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

/// The names in the list of arguments that follows an id; none where no list follows.
fn given(after: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let Some(list) = after.trim_start_matches([',', ' ']).strip_prefix('[') else {
        return names;
    };
    let mut depth = 1;
    for (at, c) in list.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        let name = list[at..].strip_prefix("(").map(|rest| rest.trim_start());
        if let Some((name, _)) = name
            .and_then(|rest| rest.strip_prefix('"'))
            .and_then(|rest| rest.split_once("\","))
        {
            names.insert(name.to_owned());
        }
    }
    names
}

#[test]
fn every_catalogue_has_the_same_messages_with_the_same_arguments() {
    let english = all_args(MessageLanguage::English);
    assert!(english.len() > 100, "{}", english.len());
    for language in MessageLanguage::ALL {
        assert_eq!(all_args(language), english, "{}", language.tag());
    }
}

#[test]
fn the_program_says_every_message_and_no_other_with_the_arguments_that_it_wants() {
    let english = messages(MessageLanguage::English);
    let args = all_args(MessageLanguage::English);
    let said = said_by_the_program();
    for (id, given) in &said {
        assert!(args.contains_key(id), "no catalogue has {id}");
        for given in given {
            assert_eq!(given, &args[id], "{id}");
        }
    }
    let made_with: BTreeSet<&String> = english.values().flat_map(|asked| &asked.messages).collect();
    for id in english.keys() {
        assert!(
            said.contains_key(id) || made_with.contains(id),
            "nobody says {id}"
        );
    }
}

#[test]
fn every_message_can_be_said_on_one_line_with_all_that_it_is_given() {
    // What a source, a rule or a person could call something, to be read as text and not as syntax.
    let hostile = "{ $items } { count-items } { \"x\" }\u{2068}-a = b *[other]\u{2069}";
    for language in MessageLanguage::ALL {
        for (id, names) in all_args(language) {
            for number in [0_i64, 1, 2, 7, 12, 1_234_567] {
                let args: FluentArgs<'_> =
                    names.iter().map(|name| (name.as_str(), number)).collect();
                let text = said(language, &id, &args).expect(&id);
                assert!(!text.contains(['\n', '{', '}']), "{id}: {text}");
                assert_eq!(text.trim(), text, "{id}");
            }
            let args: FluentArgs<'_> = names.iter().map(|name| (name.as_str(), hostile)).collect();
            let text = said(language, &id, &args).expect(&id);
            let is_named = |name: &str| matches!(name, "weekday" | "month");
            assert!(
                names.iter().all(|name| is_named(name)) || text.contains(hostile),
                "{id}: {text}"
            );
        }
    }
}

#[test]
fn what_no_catalogue_has_is_no_panic() {
    for language in MessageLanguage::ALL {
        assert_eq!(say(language, "no-such-message", []), "no-such-message");
        // Without an argument that it wants.
        assert_eq!(say(language, "count-items", []), "count-items");
    }
}

#[test]
fn what_people_and_programs_read_in_place_of_a_withheld_text_is_one_in_english() {
    let english = say(MessageLanguage::English, "withheld-text", []);
    assert_eq!(english, crate::guard::WITHHELD);
}

#[test]
fn parts_are_joined_as_each_language_does() {
    let parts = || ["a", "b", "c"].map(str::to_owned).to_vec();
    let (english, chinese) = (
        MessageLanguage::English,
        MessageLanguage::TraditionalChinese,
    );
    assert_eq!(list(english, parts()), "a, b, c");
    assert_eq!(list(chinese, parts()), "a、b、c");
    assert_eq!(clauses(english, parts()), "a; b; c");
    assert_eq!(clauses(chinese, parts()), "a；b；c");
    assert_eq!(list(english, Vec::new()), "");
}

/// No catalogue says what somebody meant by a text, nor that anything is proved.
#[test]
fn no_catalogue_accuses() {
    for language in MessageLanguage::ALL {
        let lines = source(language).lines();
        let text: String = lines
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| [line, "\n"])
            .collect();
        for word in [
            "campaign",
            "coordinat",
            "propaganda",
            "proof",
            "prove",
            "attack",
            "證明",
            "證實",
            "介入",
            "滲透",
            "操弄",
            "操縱",
            "攻擊",
            "宣傳",
            "協同",
            "認知戰",
            "假訊息",
            "境外勢力",
        ] {
            assert!(!text.to_lowercase().contains(word), "{word}");
        }
    }
}
