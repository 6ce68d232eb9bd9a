//! Messages as people see them. `UPDATE_GOLDEN=1 cargo test -p bellwether-api` writes them anew.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod world;

use bellwether_api::display::NAME_CHARS_MAX;
use bellwether_api::wording::{Facts, Message, Names, message};
use bellwether_model::{
    Alert, AlertState, Burst, BurstState, DeliveryKind, Directory, Judgement, Missing,
    MissingReason, SourceId,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use world::{alert, burst, directory, golden, t};

fn worded(
    burst: &Burst,
    alert: &Alert,
    kind: DeliveryKind,
    change: impl FnOnce(&mut Facts<'_>),
) -> Message {
    let names = Names::of(&directory());
    let zone = TimeZone::get("Asia/Taipei").unwrap();
    let mut facts = Facts {
        names: &names,
        zone: &zone,
        public_url: Some("https://bellwether.example.org/"),
        possible_repeat: false,
        invented: false,
    };
    change(&mut facts);
    message(burst, alert, kind, &facts)
}

#[test]
fn firing() {
    let message = worded(&burst(), &alert(), DeliveryKind::Firing, |_| {});
    golden("firing.txt", &message.text());
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(
        docs.contains(&message.text()),
        "docs/alerts.md shows another message"
    );
}

#[test]
fn firing_in_the_demo_without_a_base_for_links_perhaps_again() {
    let mut alert = alert();
    alert.state = AlertState::Acknowledged;
    let message = worded(&burst(), &alert, DeliveryKind::Firing, |facts| {
        facts.public_url = None;
        facts.possible_repeat = true;
        facts.invented = true;
    });
    golden("firing-demo-repeat.txt", &message.text());
    assert!(message.link.is_none());
}

#[test]
fn firing_on_insufficient_data() {
    let mut burst = burst();
    burst.judgement = Judgement::Insufficient {
        days: 3,
        days_needed: 14,
    };
    burst.first_seen = None;
    burst.coverage.sources = 0;
    burst.coverage.missing.clear();
    burst.observed.items = 1;
    burst.observed.families = 1;
    burst.stories.truncate(1);
    burst.stories[0].items = 1;
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-insufficient.txt", &message.text());
}

#[test]
fn resolved() {
    let mut burst = burst();
    burst.state = BurstState::Ended;
    burst.ended = Some(t("2026-11-24T11:21:00Z"));
    burst.coverage.missing.clear();
    burst.observed.items = 2;
    let message = worded(&burst, &alert(), DeliveryKind::Resolved, |_| {});
    golden("resolved.txt", &message.text());
}

#[test]
fn hidden_characters_and_foreign_directions() {
    let mut burst = burst();
    burst.name = "作\u{200B}票\u{202E} @everyone <!channel>\nhttps://evil.example/".to_owned();
    burst.coverage.missing = (0..9)
        .map(|n| Missing {
            source: SourceId::new(format!("import:انتخابات {n}")),
            reason: MissingReason::NotPolled,
            error: None,
        })
        .collect();
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-hidden.txt", &message.text());
}

#[test]
fn a_message_never_accuses() {
    for file in std::fs::read_dir(world::golden_dir()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path())
            .unwrap()
            .to_lowercase();
        for word in [
            "campaign",
            "coordinat",
            "propaganda",
            "proof",
            "prove",
            "attack",
        ] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn what_has_no_name_is_called_by_its_id() {
    let names = Names::of(&Directory::default());
    assert_eq!(names.source(&SourceId::new("x")), "x");
}

proptest! {
    /// Whatever a name holds, each part of a message is one bounded line.
    #[test]
    fn names_cannot_break_lines(name in any::<String>()) {
        let mut burst = burst();
        burst.name = name;
        let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
        for line in message.all_lines() {
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
            prop_assert!(line.chars().count() < NAME_CHARS_MAX * 8, "{line}");
        }
    }
}
