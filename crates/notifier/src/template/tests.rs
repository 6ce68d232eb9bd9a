//! What a template makes of samples, and what it cannot do.

use bellwether_api::wording::Message;
use proptest::prelude::*;

use super::*;
use crate::texts::{Dialect, Unit};

fn template(text: &str) -> Template {
    Template {
        name: "templates/night.txt".to_owned(),
        text: text.to_owned(),
    }
}

/// The messages that all samples become, in English.
fn messages(text: &str) -> Vec<(&'static str, Result<Option<Message>, TemplateFault>)> {
    let template = template(text);
    let samples = Sample::all(SAMPLED_AT).into_iter();
    samples
        .map(|sample| {
            let message = sample.told(MessageLanguage::English, |letter, subject, facts| {
                let told = told(&template, letter, subject, facts)?;
                Ok(told.map(|told| told.message(letter, facts)))
            });
            (sample.what, message)
        })
        .collect()
}

/// The message about the first sample: a burst that fires, with everything in it.
fn first(text: &str) -> Message {
    let (_, message) = messages(text).swap_remove(0);
    message
        .expect("it does not fail")
        .expect("it says something")
}

fn fault(text: &str) -> TemplateFault {
    let mut faults = template_faults(&template(text));
    assert!(!faults.is_empty(), "{text}");
    faults.swap_remove(0)
}

/// The first block of a kind on the page about templates.
fn block(kind: &str) -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/templates.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let mut blocks = page.split("```");
    let block = blocks.find_map(|block| block.strip_prefix(kind)?.strip_prefix('\n'));
    block.expect("a block").to_owned()
}

#[test]
fn the_example_of_the_page_says_what_the_page_shows() {
    let example = template(&block("jinja"));
    assert_eq!(template_faults(&example), []);
    let message = Sample::plain(SAMPLED_AT).told(MessageLanguage::English, |letter, of, facts| {
        let told = told(&example, letter, of, facts).expect("it does not fail");
        told.expect("it says something").message(letter, facts)
    });
    assert_eq!(format!("{}\n", message.text()), block("text"));
}

#[test]
fn every_part_of_a_record_can_be_told_and_link_and_notes_stay() {
    let text = "{% if burst %}\n\
                {{ burst.observed.items }} items · {{ burst.window.to | moment }} {{ zone }}\n\
                {% for group in burst.groups[:2] %}\n- {{ group.families }}\n{% endfor %}\n\
                {% endif %}\n\
                {{ subject }} {{ kind }} {{ alert.severity }} {{ message.headline }}\n";
    assert_eq!(template_faults(&template(text)), []);
    let told = first(text);
    assert_eq!(told.headline, "31 items · Tue 24 Nov 08:00 UTC");
    assert_eq!(told.lines[..2], ["- 2", "- 2"]);
    assert!(told.lines[2].starts_with("burst firing critical "));
    assert!(
        told.lines[2].contains("31 items, 7 voices in 2 h"),
        "{}",
        told.lines[2]
    );
    let link = told.link.expect("a link");
    assert_eq!(link, "https://bellwether.example.org/bursts/test");
    assert!(told.notes.iter().any(|note| note.contains("invisible")));
    let subjects: std::collections::BTreeSet<String> = messages("{{ subject }} {{ kind }}")
        .into_iter()
        .filter_map(|(_, message)| Some(message.ok()??.headline))
        .collect();
    let expected = [
        "burst firing",
        "burst resolved",
        "burst updated",
        "coverage firing",
        "coverage resolved",
        "receiver firing",
        "receiver resolved",
        "summary summary",
    ];
    assert_eq!(subjects, expected.map(str::to_owned).into());
}

#[test]
fn what_it_does_not_tell_is_told_in_the_standard_words() {
    let text = "{% if subject == \"burst\" %}{{ message.headline }}{% endif %}";
    assert_eq!(template_faults(&template(text)), []);
    for (what, message) in messages(text) {
        let says = message.expect("it does not fail").is_some();
        assert_eq!(says, what.starts_with("a burst"), "{what}");
    }
    for text in ["", " \n\t", "{% if subject == \"bursts\" %}x{% endif %}"] {
        let fault = fault(text);
        assert!(fault.message.starts_with("it says nothing"), "{fault:?}");
    }
}

#[test]
fn a_fault_says_where_and_what() {
    for (text, line, column, message) in [
        (
            "a\n{% if x %}",
            2,
            9,
            "syntax error: unexpected end of input",
        ),
        ("a\nb {{ x", 2, 6, "syntax error: unexpected end of input"),
        ("{{ burst.nme }}", 1, 4, "undefined value"),
        (
            "\n選 {{ nobody }}",
            2,
            6,
            "undefined value: `nobody` is undefined",
        ),
        ("{{ burst.name | html }}", 1, 17, "unknown filter"),
        ("{{ secrets() }}", 1, 4, "unknown function"),
        (
            "{{ \"x\" | moment }}",
            1,
            10,
            "invalid operation: `moment` wants a time",
        ),
        (
            "{% include \"/etc/passwd\" %}",
            1,
            4,
            "syntax error: unknown statement include",
        ),
        (
            "{% macro m() %}{% endmacro %}",
            1,
            4,
            "syntax error: unknown statement macro",
        ),
        ("{{ debug() }}", 1, 4, "unknown function: debug"),
    ] {
        let fault = fault(text);
        assert!(fault.message.starts_with(message), "{text}: {fault:?}");
        let place = (fault.line, fault.column);
        assert_eq!(place, (line, column), "{text}: {fault:?}");
        assert!(!fault.hint.is_empty());
    }
    // A field that not every burst has is found on the one that has as little as may be.
    let fault = fault("{% if burst %}\n{{ burst.first_seen.publisher }}\n{% endif %}");
    assert!(
        fault.message.ends_with("of which little is known"),
        "{fault:?}"
    );
    assert_eq!(fault.line, 2);
}

#[test]
fn steps_memory_and_depth_have_an_end() {
    let deep = format!("{}{}", "{% if 1 %}".repeat(400), "{% endif %}".repeat(400));
    let brackets = format!("{{{{ {}1{} }}}}", "(".repeat(4_000), ")".repeat(4_000));
    let doubled = format!(
        "{{% set a = 'x' %}}{}{{{{ a }}}}",
        "{% set a = a ~ a %}".repeat(60)
    );
    for text in [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ 'x' * 90000000 }}",
        "{% set all = range(99999) | list %}{{ all | join(all | join) }}",
        &doubled,
        &deep,
        &brackets,
    ] {
        let fault = fault(text);
        assert!(
            !fault.message.contains("more than a message takes"),
            "{fault:?}"
        );
    }
}

#[test]
fn a_page_that_is_full_is_told_as_far_as_it_goes_and_says_so() {
    let text = "{{ message.headline }}\n{% for a in range(9000) %}{{ 'line ' ~ a }}\n{% endfor %}";
    let fault = fault(text);
    assert!(
        fault.message.contains("more than a message takes"),
        "{fault:?}"
    );
    let told = first(text);
    assert!(told.headline.contains("31 items, 7 voices in 2 h"));
    assert_eq!(told.lines[3], "line 3");
    assert!(
        told.notes
            .contains(&"shortened; the page has the rest".to_owned())
    );
    assert!(told.link.is_some());
}

#[test]
fn texts_from_outside_stay_in_their_line_and_are_no_template() {
    for (what, message) in messages("{% if burst %}{{ burst.name }} | {{ burst.query }}{% endif %}")
    {
        let Some(told) = message.expect("it does not fail") else {
            continue;
        };
        assert_eq!(told.lines, [""; 0], "{what}");
        assert!(!told.headline.contains("49"), "{what}: {}", told.headline);
        assert!(!told.headline.contains('\u{202e}'), "{what}");
    }
}

#[test]
fn what_is_withheld_is_withheld_from_a_template_too() {
    let text = "{% if burst %}{{ burst }} {{ alert }} {{ message }}{% endif %}";
    for language in MessageLanguage::ALL {
        for sample in Sample::all(SAMPLED_AT) {
            sample.told(language, |letter, subject, facts| {
                let told = told(&template(text), letter, subject, facts).expect("it does not fail");
                let Some(told) = told.filter(|_| letter.guard.is_some()) else {
                    return;
                };
                let message = told.message(letter, facts);
                assert!(!message.headline.contains("52%"), "{}", message.headline);
                let all = message.all_lines().join("\n");
                assert!(all.contains(&withheld_text(language)), "{all}");
                assert!(all.contains("poll blackout"), "{all}");
            });
        }
    }
    // Where the standard words quote nothing and the template does, the note comes with it.
    let sample = Sample::all(SAMPLED_AT).swap_remove(1);
    sample.told(MessageLanguage::English, |letter, subject, facts| {
        let standard = Message {
            is_withheld: false,
            notes: Vec::new(),
            ..letter.message.clone()
        };
        let letter = Letter {
            message: &standard,
            guard: letter.guard.clone(),
            ..*letter
        };
        for (text, notes) in [("{{ burst.query }}", 1), ("{{ burst.rule }}", 0)] {
            let told = told(&template(text), &letter, subject, facts).expect("it does not fail");
            let message = told.expect("it says something").message(&letter, facts);
            assert_eq!(message.notes.len(), notes, "{text}: {:?}", message.notes);
        }
    });
}

/// A part of a template: any text, or what prints what is hostile.
fn part() -> impl Strategy<Value = String> {
    let printed = [
        "{{ alert.name }}",
        "{{ alert.history }}",
        "{{ message.lines | join('\\n') }}",
        "{{ message.headline * 9 }}",
        "{% if burst %}{{ burst.name[3:20] }}{{ burst }}{% endif %}",
        "{% for a in range(90) %}{{ a }} @everyone <!channel>\n{% endfor %}",
        "\n",
    ];
    prop_oneof![
        "(\\PC|[\n<>@&#{}%]){0,60}",
        prop::sample::select(printed.to_vec()).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a template says, a chat gets what it takes, with the link.
    #[test]
    fn whatever_is_said_fits(parts in prop::collection::vec(part(), 0..16)) {
        let text = parts.concat();
        for (_, message) in messages(&text) {
            let Ok(Some(message)) = message else {
                continue;
            };
            prop_assert!(message.headline.chars().count() <= 500);
            prop_assert!(message.lines.len() <= 200);
            let dialect = Dialect {
                longest: 4_000,
                unit: Unit::Chars,
                texts: 1,
                neutral: crate::neutral::slack,
                link: str::to_owned,
            };
            let texts = dialect.texts(&message);
            prop_assert_eq!(texts.len(), 1);
            prop_assert!(texts[0].chars().count() <= 4_000);
            prop_assert!(!texts[0].contains("<!") && !texts[0].contains("@everyone"));
            if let Some(link) = &message.link {
                prop_assert!(texts[0].contains(link.as_str()));
            }
        }
    }

    /// What is no tag is said as it stands there.
    #[test]
    fn literal_text_is_told_as_it_is(line in "[a-z字][a-zA-Z0-9 字.,;:!?()]{0,80}") {
        let told = first(&line);
        prop_assert_eq!(told.headline, line.trim());
    }
}
