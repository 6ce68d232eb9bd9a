//! What one look at a source showed, for programs and for people.

use bellwether_model::{Selectors, Timestamp};
use bellwether_poller::probe::{Look, Seen};
use serde::Serialize;

/// A look as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct LookBody {
    /// Its id; `null` for an address that was typed.
    pub(crate) source: Option<String>,
    /// Whether a poll would have collected it.
    pub(crate) ok: bool,
    kind: &'static str,
    asked: String,
    answered: Option<String>,
    outcome: &'static str,
    status: Option<u16>,
    error: Option<String>,
    moved_to: Option<String>,
    content_type: Option<String>,
    charset: Option<CharsetBody>,
    body_bytes: u64,
    repaired: Option<String>,
    title: Option<String>,
    lang: Option<String>,
    items: usize,
    newest: Option<Timestamp>,
    per_day: Option<f64>,
    every_seconds: u64,
    feeds: Vec<String>,
    documents: Vec<String>,
    list: Option<ListBody>,
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct CharsetBody {
    name: &'static str,
    /// `mark`, `server`, `document`, `default`, `bytes`, `guess`.
    by: &'static str,
}

#[derive(Debug, Serialize)]
struct ListBody {
    item: String,
    link: Option<String>,
    title: Option<String>,
    date: Option<String>,
    text: Option<String>,
}

/// An item of a look as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct SeenBody {
    title: String,
    url: Option<String>,
    published_raw: Option<String>,
    time: Timestamp,
    time_reason: &'static str,
    text_chars: usize,
}

impl LookBody {
    /// The shape of a look at a source, or at an address without one.
    pub(crate) fn new(source: Option<&str>, look: &Look) -> Self {
        Self {
            source: source.map(str::to_owned),
            ok: look.is_collected(),
            kind: look.kind.as_str(),
            asked: look.asked.clone(),
            answered: look.answered.clone(),
            outcome: look.outcome.as_str(),
            status: look.status,
            error: look.error.clone(),
            moved_to: look.moved_to.clone(),
            content_type: look.content_type.clone(),
            charset: look.charset.map(|(name, by)| CharsetBody {
                name,
                by: by.as_str(),
            }),
            body_bytes: look.body_bytes,
            repaired: look.repaired.clone(),
            title: look.title.clone(),
            lang: look.lang.clone(),
            items: look.items.len(),
            newest: look.newest(),
            per_day: look.rhythm.map(|rhythm| rhythm.per_day),
            every_seconds: look.every.as_secs(),
            feeds: look.feeds.clone(),
            documents: look.documents.clone(),
            list: look.list.clone().map(|list| {
                let Selectors {
                    item,
                    link,
                    title,
                    date,
                    text,
                } = list;
                ListBody {
                    item,
                    link,
                    title,
                    date,
                    text,
                }
            }),
            problems: look.problems.clone(),
        }
    }
}

impl From<&Seen> for SeenBody {
    fn from(seen: &Seen) -> Self {
        Self {
            title: seen.title.clone(),
            url: seen.url.clone(),
            published_raw: seen.published_raw.clone(),
            time: seen.time,
            time_reason: seen.time_reason.as_str(),
            text_chars: seen.text_chars,
        }
    }
}

/// What a look found, on one line: `200, 20 items, newest 3 h old, GBK says the document`.
pub(crate) fn in_short(look: &Look, now: Timestamp) -> String {
    let mut parts = Vec::new();
    parts.extend(look.status.map(|status| status.to_string()));
    parts.push(match look.items.len() {
        1 => "1 item".to_owned(),
        count => format!("{count} items"),
    });
    parts.extend(
        look.newest()
            .map(|newest| format!("newest {} old", age(newest, now))),
    );
    parts.extend(
        look.charset
            .map(|(name, by)| format!("{name} {}", by.in_words())),
    );
    parts.join(", ")
}

/// What a person should know of a look, a line each: why it failed, repairs, problems.
pub(crate) fn remarks(look: &Look) -> Vec<String> {
    let repaired = look.repaired.as_ref().map(|note| format!("note: {note}"));
    look.error
        .iter()
        .cloned()
        .chain(repaired)
        .chain(look.problems.iter().cloned())
        .collect()
}

/// How long ago, in the unit that fits.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2026-11-20T11:01:00Z", "59 min"),
            ("2026-11-20T09:00:00Z", "3 h"),
            ("2026-11-10T12:00:00Z", "10 days"),
            ("2026-11-20T12:30:00Z", "0 min"),
        ] {
            assert_eq!(age(at.parse().unwrap(), now), expected, "{at}");
        }
    }
}
