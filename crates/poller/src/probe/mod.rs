//! One look at an address, as a poll would take it, of which nothing is kept: what is there, what can
//! be read of it, and what a person should know before following it.
//!
//! | question | where |
//! |---|---|
//! | who is asked, and how? | here; as the poller asks, one request to a host at a time |
//! | what did come? | `judge`, pure: the poller's own reading of an answer, in the words of a person |
//! | of which kind is it? | `kind`, pure: by its address, else by its bytes |
//! | how often is it worth asking? | `rhythm`, pure |
//! | which selectors find the articles of a page? | `list`, pure: proposed, and read back by the reader itself |
//! | what is written into the configuration? | [`block`], pure |
//!
//! May not: keep anything, or ask an address that the poller would refuse.

mod block;
mod judge;
mod kind;
mod list;
mod rhythm;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{
    Affiliation, Clock, FamilyId, OutcomeKind, PublisherId, Reach, Reading, Selectors, Source,
    SourceId, SourceKind, TimeReason, Timestamp,
};
use bellwether_outbound::{Method, Outbound, Request};
use url::Url;

use crate::answer::Answer;
use crate::brought::{Failed, Times};
use crate::fetch::{Fetcher, Permission, Robots};
use crate::home::Home;
use crate::poller::{self, PollSettings};
use crate::schedule::Standing;

pub use crate::parse::charset::By;
pub use block::block;
pub use rhythm::Rhythm;

/// Feeds that a page names and that are looked at.
const NAMED_MAX: usize = 6;

/// What one look showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// As what it was read.
    pub kind: SourceKind,
    /// Where it was asked.
    pub asked: String,
    /// Who answered with a document, after redirects.
    pub answered: Option<String>,
    /// How it ended; nothing is ever new or updated here.
    pub outcome: OutcomeKind,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Why nothing could be read, in words.
    pub error: Option<String>,
    /// Where it has moved for good.
    pub moved_to: Option<String>,
    /// The server's `Content-Type`.
    pub content_type: Option<String>,
    /// What the bytes were read as, and on whose word.
    pub charset: Option<(&'static str, By)>,
    /// Bytes after decompression.
    pub body_bytes: u64,
    /// What had to be repaired or assumed, as the poller says it.
    pub repaired: Option<String>,
    /// The document's own title.
    pub title: Option<String>,
    /// The language of its items, a tag of BCP 47; `None` where that is not clear.
    pub lang: Option<String>,
    /// Its items in the order of the document.
    pub items: Vec<Seen>,
    /// How often something is published, where the dates say so.
    pub rhythm: Option<Rhythm>,
    /// How often it is worth asking.
    pub every: Duration,
    /// Feeds that a page names.
    pub feeds: Vec<String>,
    /// Documents that an index names.
    pub documents: Vec<String>,
    /// Selectors that find the articles of a page, where some do.
    pub list: Option<Selectors>,
    /// What a person should know before following it.
    pub problems: Vec<String>,
}

impl Look {
    /// Whether a poll would have collected it.
    #[must_use]
    pub const fn is_collected(&self) -> bool {
        self.outcome.is_collected()
    }

    /// The newest date that is believed.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.items.iter().filter_map(Seen::dated).max()
    }
}

/// An item as it would be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Title; empty where there is none.
    pub title: String,
    /// Its address.
    pub url: Option<String>,
    /// Its date as written.
    pub published_raw: Option<String>,
    /// The time it would stand at.
    pub time: Timestamp,
    /// Why that one.
    pub time_reason: TimeReason,
    /// Characters of its text.
    pub text_chars: usize,
}

impl Seen {
    /// Its time where that is its source's word.
    #[must_use]
    pub fn dated(&self) -> Option<Timestamp> {
        use TimeReason::{Assumed, Day, Published};
        matches!(self.time_reason, Published | Assumed | Day).then_some(self.time)
    }
}

/// What is known of an address before anybody has looked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The address.
    pub url: String,
    /// What it is; found out where not said.
    pub kind: Option<SourceKind>,
    /// The country its source speaks from, for what its dates leave open.
    pub country: Option<String>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// The address itself.
    pub look: Look,
    /// What else was looked at: feeds that the page names, or such as stand at the usual places.
    pub also: Vec<Look>,
    /// Which of `also` is better followed than the address itself.
    pub better: Option<usize>,
}

impl Probed {
    /// What is best followed.
    #[must_use]
    pub fn best(&self) -> &Look {
        self.better
            .and_then(|at| self.also.get(at))
            .unwrap_or(&self.look)
    }
}

/// Looks at sources. Cheap to clone: clones share the bounds on requests.
#[derive(Clone)]
pub struct Prober {
    fetcher: Fetcher,
    robots: Robots,
    body_bytes_max: u64,
    clock: Arc<dyn Clock>,
}

impl Prober {
    /// Asks through the connector, within the poller's bounds.
    #[must_use]
    pub fn new(outbound: Outbound, settings: PollSettings, clock: Arc<dyn Clock>) -> Self {
        let fetcher = Fetcher::new(outbound, settings.concurrency, settings.per_host);
        Self {
            robots: Robots::new(fetcher.clone(), Arc::clone(&clock)),
            fetcher,
            body_bytes_max: settings.body_bytes_max,
            clock,
        }
    }

    /// Looks at a source as its first poll would: at its address, and at its fallbacks in order
    /// where that fails.
    pub async fn look(&self, source: &Source) -> Look {
        self.look_as(source, false).await
    }

    /// Looks at an address and finds out what it is. Of a page, the feeds that it names are looked at
    /// too, or the usual places where it names none.
    pub async fn probe(&self, wanted: &Wanted) -> Probed {
        let known = wanted.kind.or_else(|| kind::by_address(&wanted.url));
        let at = |url: &str, kind| source_at(url, kind, wanted.country.as_deref());
        if known.is_none()
            && let Some(profile) = kind::profile(&wanted.url)
            && let Some(statuses) = self.statuses(&profile).await
        {
            let look = self.look(&at(&statuses, SourceKind::Mastodon)).await;
            return Probed {
                look,
                also: Vec::new(),
                better: None,
            };
        }
        let source = at(&wanted.url, known.unwrap_or(SourceKind::Feed));
        let look = self.look_as(&source, known.is_none()).await;
        let mut also = Vec::new();
        if let Some(page) = look
            .answered
            .clone()
            .filter(|_| wanted.kind.is_none() && look.kind == SourceKind::Page)
        {
            let named = !look.feeds.is_empty();
            let places = match named {
                true => look.feeds.iter().take(NAMED_MAX).cloned().collect(),
                false => kind::usual_places(&page),
            };
            for place in places {
                let known = kind::by_address(&place);
                let source = at(&place, known.unwrap_or(SourceKind::Feed));
                let look = self.look_as(&source, known.is_none()).await;
                let is_found = look.is_collected() && look.kind != SourceKind::Page;
                // Of a guess only what is there is worth a word.
                if named || is_found {
                    also.push(look);
                }
                if is_found && !named {
                    break;
                }
            }
        }
        let better = also
            .iter()
            .position(|look| look.is_collected() && look.kind != SourceKind::Page);
        Probed { look, also, better }
    }

    async fn look_as(&self, source: &Source, is_kind_open: bool) -> Look {
        let source = poller::at_its_addresses(source.clone());
        let mut failed = Failed::default();
        let mut first: Option<Look> = None;
        for address in Home::default().addresses(&source, self.clock.now()) {
            if failed.forbids(&address) {
                continue;
            }
            let began = self.clock.now();
            let request = Request {
                method: Method::Get,
                url: &address.url,
                headers: poller::headers(&source),
                body: None,
                body_bytes_max: self.body_bytes_max,
                redirects_max: poller::REDIRECTS_MAX,
            };
            let result = self.fetcher.send_as_far_as_it_goes(request).await;
            let seen = self.clock.now();
            let answer = Answer::of(result, false, seen);
            let asked = failed.and_then(address, Times { began, seen });
            let judged = judge::judge(source.clone(), is_kind_open, asked.clone(), answer).await;
            let (brought, mut look) = judged;
            if look.is_collected() {
                self.hear_robots(&mut look).await;
                return look;
            }
            failed.add(asked.address, brought);
            first.get_or_insert(look);
        }
        let error = failed
            .into_first(&source, Standing::default(), self.clock.now())
            .and_then(|brought| brought.batch.outcome)
            .and_then(|outcome| outcome.error);
        match first {
            Some(look) => Look { error, ..look },
            None => judge::unasked(&source),
        }
    }

    /// A feed is an invitation to programs; of a page its site is asked.
    async fn hear_robots(&self, look: &mut Look) {
        if look.kind != SourceKind::Page {
            return;
        }
        match self.robots.may_read(&look.asked).await {
            Permission::Granted { .. } => {}
            Permission::Denied => look
                .problems
                .push("robots.txt of the site asks programs not to read this page".to_owned()),
            Permission::Unknown(why) => look.problems.push(format!(
                "what robots.txt of the site allows is not known: {why}"
            )),
        }
    }

    /// The statuses of a Mastodon account, where its server knows it by its name.
    async fn statuses(&self, profile: &kind::Profile) -> Option<String> {
        let request = Request {
            method: Method::Get,
            url: &profile.lookup,
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: None,
            body_bytes_max: self.body_bytes_max,
            redirects_max: poller::REDIRECTS_MAX,
        };
        let answer = self.fetcher.send(request).await.ok()?;
        profile.statuses(&answer.body)
    }
}

/// A source about which nothing is known but where it is.
fn source_at(url: &str, kind: SourceKind, country: Option<&str>) -> Source {
    Source {
        id: SourceId::new("probe"),
        name: String::new(),
        kind,
        reading: Reading::default(),
        url: Some(url.to_owned()),
        reach: Reach::default(),
        publisher: PublisherId::new("probe"),
        family: FamilyId::new("probe"),
        groups: Vec::new(),
        country: country.map(str::to_owned),
        languages: Vec::new(),
        every: rhythm::EVERY_DEFAULT,
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

/// An address as people type it, complete; `None` where it is none of the web.
#[must_use]
pub fn typed_address(text: &str) -> Option<String> {
    let text = text.trim();
    let text = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let url = Url::parse(&text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_open = url.username().is_empty() && url.password().is_none();
    (is_web && is_open).then(|| url.to_string())
}

/// The addresses of items that have one.
fn addresses(items: &[Seen]) -> BTreeSet<&str> {
    items
        .iter()
        .filter_map(|item| item.url.as_deref())
        .collect()
}

#[cfg(test)]
mod tests;
