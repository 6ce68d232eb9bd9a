//! The configuration folder of the demo. What concerns outlets is made from their table; the rest
//! stands beside this file as an operator would write it.

use std::fmt::Write as _;

use crate::feed;
use crate::outlets::{OUTLETS, Outlet, Standing};

/// The file's name in the folder, and its text.
pub(crate) fn files(feed_base: &str, chat_url_env: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            "bellwether.toml",
            include_str!("bellwether.toml").to_owned(),
        ),
        (
            "elections/orsalle.toml",
            include_str!("election.toml").to_owned(),
        ),
        ("groups.toml", include_str!("groups.toml").to_owned()),
        ("receivers.toml", receivers(chat_url_env)),
        ("rules/orsalle.toml", include_str!("rules.toml").to_owned()),
        ("sources/invented.toml", sources(feed_base)),
    ]
}

fn receivers(chat_url_env: &str) -> String {
    format!(
        "# A chat that the demo plays itself, on this machine.\n\n\
         [[receiver]]\n\
         id = \"demo-chat\"\n\
         kind = \"slack\"\n\
         url_env = {}\n\
         allow_networks = [\"127.0.0.0/8\"]\n",
        quoted(chat_url_env)
    )
}

fn sources(feed_base: &str) -> String {
    let mut toml = String::from(
        "# Invented outlets. Their sites are names that are reserved for examples and cannot exist.\n",
    );
    for outlet in &OUTLETS {
        source(&mut toml, outlet, feed_base.trim_end_matches('/'));
    }
    toml
}

fn source(toml: &mut String, outlet: &Outlet, feed_base: &str) {
    let url = format!("{feed_base}{}", feed::path(outlet));
    let keys = [
        ("id", quoted(outlet.id)),
        ("name", quoted(outlet.name)),
        ("kind", quoted("feed")),
        ("url", quoted(&url)),
        ("family", quoted(outlet.family)),
        ("groups", format!("[{}]", quoted(outlet.group))),
        ("country", quoted(outlet.country)),
        ("languages", format!("[{}]", quoted(outlet.lang.tag()))),
        ("every", quoted("5m")),
    ];
    toml.push_str("\n[[source]]\n");
    put(toml, &keys);
    let (grade, basis) = match outlet.standing {
        Standing::StateControlled => (
            "state-controlled",
            "Invented for this demo: owned and edited by the government of Veskand",
        ),
        Standing::Independent => (
            "independent",
            "Invented for this demo: privately or publicly owned, editorially independent",
        ),
        Standing::Unknown => return,
    };
    toml.push_str("[source.affiliation]\n");
    put(
        toml,
        &[
            ("grade", quoted(grade)),
            ("basis", quoted(basis)),
            ("reference", quoted("https://registry.example/outlets")),
            ("as_of", "2026-02-01".to_owned()),
        ],
    );
}

fn put(toml: &mut String, keys: &[(&str, String)]) {
    for (key, value) in keys {
        // Writing to a text cannot fail.
        let _ = writeln!(toml, "{key} = {value}");
    }
}

/// A text as TOML writes it; JSON's escapes are a part of TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
