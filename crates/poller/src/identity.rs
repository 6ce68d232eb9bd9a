//! What tells an item from its publisher's other items (DESIGN 4.6).
//!
//! A stable id is trusted where it behaves: an id that stands on different articles of one document
//! names none of them (field case FC-008), and a feed that counts its entries anew in each document
//! (`1`, `2`, `3`) is found out by [`Guids::behave`]. Then the canonical address decides, and where
//! there is none that belongs to one entry only, a digest of title and date.

use std::collections::{BTreeMap, HashMap};

use bellwether_model::SourceId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::address;
use crate::parse::Entry;

/// Entries of a document remembered to see whether its ids behave.
const REMEMBERED_MAX: usize = 200;

/// Entries that must have kept their id and changed all else before the ids are no longer trusted.
const CHANGED_MIN: usize = 3;

/// Shorter ids without a scheme are numbers of somebody's table, and two feeds of one publisher may
/// count in two tables.
const GLOBAL_BYTES_MIN: usize = 32;

/// How the ids of a feed have behaved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guids {
    /// Whether they were found out to name other articles later; there is no way back, since what
    /// they would lead to is in the log.
    #[serde(default)]
    pub(crate) are_reused: bool,
    /// Of the last document: digest of the id to digests of address and title.
    #[serde(default)]
    last: BTreeMap<String, (String, String)>,
}

impl Guids {
    /// Compares with the last document; says whether the ids can be trusted from now on.
    pub(crate) fn behave(&mut self, entries: &[Entry]) -> bool {
        let now: BTreeMap<String, (String, String)> = entries
            .iter()
            .take(REMEMBERED_MAX)
            .filter_map(|entry| {
                let guid = entry.guid.as_deref()?;
                Some((
                    short(guid),
                    (
                        short(entry.url.as_deref().unwrap_or_default()),
                        short(&entry.title),
                    ),
                ))
            })
            .collect();
        let shared = || {
            now.iter()
                .filter_map(|(guid, now)| Some((self.last.get(guid)?, now)))
        };
        let changed = shared()
            .filter(|(before, now)| before.0 != now.0 && before.1 != now.1)
            .count();
        if changed >= CHANGED_MIN && changed * 2 > shared().count() {
            self.are_reused = true;
        }
        self.last = now;
        !self.are_reused
    }
}

/// The identities of each entry of a document, most trusted first, and whether ids stood on
/// different articles in it.
pub(crate) fn identities(
    entries: &[Entry],
    source: &SourceId,
    trust_guids: bool,
) -> (Vec<Vec<String>>, bool) {
    let addresses: Vec<Option<String>> = entries
        .iter()
        .map(|entry| entry.url.as_deref().and_then(address::canonical))
        .collect();
    let mut by_guid: HashMap<&str, usize> = HashMap::new();
    let mut by_address: HashMap<&str, usize> = HashMap::new();
    // An id or address that stands twice on the very same entry is only said twice.
    let mut said = std::collections::HashSet::new();
    for (entry, address) in entries.iter().zip(&addresses) {
        if !said.insert((
            entry.guid.as_deref(),
            address.as_deref(),
            entry.title.as_str(),
        )) {
            continue;
        }
        if let Some(guid) = &entry.guid {
            *by_guid.entry(guid).or_default() += 1;
        }
        if let Some(address) = address {
            *by_address.entry(address).or_default() += 1;
        }
    }
    let is_one =
        |counts: &HashMap<&str, usize>, key: &str| counts.get(key).is_some_and(|n| *n == 1);
    let is_ambiguous = by_guid.values().any(|count| *count > 1);
    let identities = entries
        .iter()
        .zip(&addresses)
        .map(|(entry, address)| {
            let guid = entry
                .guid
                .as_deref()
                .filter(|guid| trust_guids && is_one(&by_guid, guid));
            let address = address
                .as_deref()
                .filter(|address| is_one(&by_address, address) && !is_home(address));
            of_entry(entry, source, guid, address)
        })
        .collect();
    (identities, is_ambiguous)
}

fn of_entry(
    entry: &Entry,
    source: &SourceId,
    guid: Option<&str>,
    address: Option<&str>,
) -> Vec<String> {
    let mut keys: Vec<String> = guid
        .map(|guid| guid_key(guid, source))
        .into_iter()
        .collect();
    keys.extend(address.map(|address| format!("url:{}", long(address))));
    if keys.is_empty() {
        keys.push(digest_key(
            &entry.title,
            &entry.text,
            entry.published_raw.as_deref(),
        ));
    }
    keys
}

/// The key of a stable id: of the publisher where it cannot be another's, else of the source.
pub(crate) fn guid_key(guid: &str, source: &SourceId) -> String {
    let is_global = guid.contains("://")
        || guid.starts_with("tag:")
        || guid.starts_with("urn:")
        || guid.len() >= GLOBAL_BYTES_MIN;
    if is_global {
        format!("guid:{}", long(guid))
    } else {
        format!("guid@{source}:{guid}")
    }
}

/// The key of an address.
pub(crate) fn address_key(address: &str) -> Option<String> {
    address::canonical(address)
        .filter(|address| !is_home(address))
        .map(|a| format!("url:{}", long(&a)))
}

/// The key of what has neither id nor address: its title and date, or its text where it has none.
pub(crate) fn digest_key(title: &str, text: &str, date: Option<&str>) -> String {
    let said = if title.is_empty() { text } else { title };
    format!("digest:{}", hex(&[said, date.unwrap_or_default()], 16))
}

/// The front page is the address of no article.
fn is_home(address: &str) -> bool {
    let path = address
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
        .map(|(_, path)| path);
    path.is_none_or(str::is_empty)
}

/// Keys are kept for ever: long ones as a digest.
fn long(text: &str) -> String {
    if text.len() <= 200 {
        text.to_owned()
    } else {
        format!("sha256-{}", hex(&[text], 32))
    }
}

fn short(text: &str) -> String {
    hex(&[text], 6)
}

fn hex(parts: &[&str], bytes: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(bytes)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What a document says, as far as anybody reads it: equal for two that differ only in the time at
/// which they were made.
pub(crate) fn digest_of(entries: &[Entry]) -> String {
    let mut digest = Sha256::new();
    for entry in entries {
        for part in [
            entry.guid.as_deref(),
            entry.url.as_deref(),
            Some(&entry.title),
            Some(&entry.text),
        ] {
            let part = part.unwrap_or_default();
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    let digest = digest.finalize();
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(guid: &str, url: &str, title: &str) -> Entry {
        Entry {
            guid: Some(guid.to_owned()).filter(|guid| !guid.is_empty()),
            url: Some(url.to_owned()).filter(|url| !url.is_empty()),
            title: title.to_owned(),
            ..Entry::default()
        }
    }

    fn keys(entries: &[Entry]) -> Vec<Vec<String>> {
        identities(entries, &SourceId::new("s"), true).0
    }

    #[test]
    fn most_trusted_first() {
        assert_eq!(
            keys(&[
                entry("g1", "http://www.e.org/a?utm_source=x", "A"),
                entry("https://e.org/?p=2", "", "B")
            ]),
            [
                vec!["guid@s:g1".to_owned(), "url:https://e.org/a".to_owned()],
                vec!["guid:https://e.org/?p=2".to_owned()]
            ]
        );
        let bare = keys(&[entry("", "", "A"), entry("", "https://e.org/", "B")]);
        assert!(
            bare.iter()
                .all(|keys| keys.len() == 1 && keys[0].starts_with("digest:"))
        );
        assert_ne!(bare[0], bare[1]);
    }

    #[test]
    fn an_id_on_different_articles_names_none() {
        let entries = [
            entry("g", "https://e.org/1", "A"),
            entry("g", "https://e.org/2", "B"),
            entry("h", "https://e.org/3", "C"),
        ];
        let (keys, is_ambiguous) = identities(&entries, &SourceId::new("s"), true);
        assert!(is_ambiguous);
        assert_eq!(keys[0], ["url:https://e.org/1"]);
        assert_eq!(keys[2][0], "guid@s:h");
    }

    #[test]
    fn an_entry_said_twice_keeps_its_id() {
        let entries = [
            entry("g", "https://e.org/1", "A"),
            entry("g", "https://e.org/1", "A"),
        ];
        let (keys, is_ambiguous) = identities(&entries, &SourceId::new("s"), true);
        assert!(!is_ambiguous);
        assert_eq!(keys[0][0], "guid@s:g");
    }

    #[test]
    fn one_address_for_all_is_none() {
        let keys = keys(&[
            entry("g", "https://e.org/live#1", "A"),
            entry("h", "https://e.org/live#2", "B"),
        ]);
        assert_eq!(keys, [["guid@s:g"], ["guid@s:h"]]);
    }

    #[test]
    fn ids_that_are_reused_are_found_out() {
        let document = |from: usize| -> Vec<Entry> {
            (0..6)
                .map(|i| {
                    entry(
                        &i.to_string(),
                        &format!("https://e.org/{}", i + from),
                        &format!("t{}", i + from),
                    )
                })
                .collect()
        };
        let mut guids = Guids::default();
        assert!(guids.behave(&document(0)));
        assert!(guids.behave(&document(0)));
        let mut rewritten = document(0);
        rewritten[0].title = "another".to_owned();
        rewritten[1].url = Some("https://e.org/moved".to_owned());
        assert!(guids.behave(&rewritten), "articles may change");
        assert!(!guids.behave(&document(1)));
        assert!(!guids.behave(&document(1)), "there is no way back");
    }
}
