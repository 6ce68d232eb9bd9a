//! What a message needs beside the burst.

use std::collections::BTreeMap;

use bellwether_model::{
    Directory, GroupId, MessageLanguage, Phase, PublisherId, SourceId, Verdict,
};
use jiff::tz::TimeZone;

use crate::catalogue::say;

/// What a message needs beside the burst.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who is called what.
    pub names: &'a Names,
    /// The language in which the message is told.
    pub language: MessageLanguage,
    /// The zone in which times are told.
    pub zone: &'a TimeZone,
    /// The base of links, where one is configured.
    pub public_url: Option<&'a str>,
    /// An earlier attempt may have arrived.
    pub possible_repeat: bool,
    /// The election is invented: the demo. Messages begin with it, so that nobody takes them for news.
    pub invented: bool,
    /// Who had acknowledged the alert when its end was told, and the verdict by then.
    pub acknowledged: Option<(&'a str, Option<Verdict>)>,
    /// The phase of the alert's election that withholds something at this moment.
    pub withholding: Option<&'a Phase>,
}

impl Facts<'_> {
    /// A first line, which says of an invented election that it is one: once, where it says so already.
    pub(super) fn headline(&self, headline: String) -> String {
        let marked = |headline: &str| {
            say(
                self.language,
                "demo-headline",
                [("headline", headline.into())],
            )
        };
        if self.invented && !headline.starts_with(marked("").trim()) {
            marked(&headline)
        } else {
            headline
        }
    }
}

/// Names for people; what has none is called by its id.
#[derive(Debug, Clone, Default)]
pub struct Names {
    groups: BTreeMap<GroupId, String>,
    sources: BTreeMap<SourceId, String>,
    publishers: BTreeMap<PublisherId, String>,
}

impl Names {
    /// The names in force. A publisher has the name of its only source; one with several has no
    /// name of its own on record.
    #[must_use]
    pub fn of(directory: &Directory) -> Self {
        let mut names = Self {
            groups: directory
                .groups()
                .map(|g| (g.id.clone(), g.name.clone()))
                .collect(),
            ..Self::default()
        };
        let mut sources_of: BTreeMap<PublisherId, u32> = BTreeMap::new();
        for source in directory.sources() {
            names.sources.insert(source.id.clone(), source.name.clone());
            names
                .publishers
                .insert(source.publisher.clone(), source.name.clone());
            *sources_of.entry(source.publisher.clone()).or_default() += 1;
        }
        names
            .publishers
            .retain(|id, _| sources_of.get(id) == Some(&1));
        names
    }

    /// What a group is called.
    #[must_use]
    pub fn group<'a>(&'a self, id: &'a GroupId) -> &'a str {
        self.groups.get(id).map_or(id.as_str(), String::as_str)
    }

    /// What a source is called.
    #[must_use]
    pub fn source<'a>(&'a self, id: &'a SourceId) -> &'a str {
        self.sources.get(id).map_or(id.as_str(), String::as_str)
    }

    /// What a publisher is called.
    #[must_use]
    pub fn publisher<'a>(&'a self, id: &'a PublisherId) -> &'a str {
        self.publishers.get(id).map_or(id.as_str(), String::as_str)
    }
}
