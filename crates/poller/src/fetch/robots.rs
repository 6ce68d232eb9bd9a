//! What a site's `robots.txt` asks of programs that read its pages (RFC 9309).
//!
//! For pages only: a feed is an invitation to programs. A file that is not there forbids nothing, one
//! that cannot be had (the server fails, nobody answers) forbids everything until it can. All that is
//! remembered is bounded in bytes; sites that were not asked for longest are forgotten first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwether_model::{Clock, Timestamp};
use bellwether_outbound::{Method, OutboundError, Request};
use url::Url;

use super::Fetcher;
use super::rules::{self, Rules};
use crate::poller::MINIMAL_USER_AGENT;

/// Our name in such files (RFC 9309, 2.2.1).
const PRODUCT: &str = "bellwether";

/// A copy may be used for a day (2.4).
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// One that could not be had is asked for again after this.
pub(crate) const RETRY: Duration = Duration::from_secs(15 * 60);

/// Larger files are read up to here; the RFC asks for 500 KiB at least (2.5).
const BYTES_MAX: usize = 512 * 1024;

/// What is taken from a server at most; a longer answer is no such file.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Redirects followed, which may lead to other hosts (2.3.1.2).
const REDIRECTS_MAX: u8 = 5;

/// Bytes remembered of all sites together: our rules of a few hundred large files, or of thousands
/// as they are.
const REMEMBERED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a site takes beside its rules and its name, about.
const SITE_BYTES: usize = 200;

/// Longer waits between pages would stop a source altogether.
const DELAY_MAX: Duration = Duration::from_secs(60);

/// Whether a page may be read by a program.
#[derive(Debug, Clone, PartialEq)]
pub enum Permission {
    /// It may; with the pause between two pages that the site asks for, at most a minute.
    Granted {
        /// `Crawl-delay`.
        pause: Option<Duration>,
    },
    /// The site asks programs not to read it.
    Denied,
    /// The site's rules cannot be had, so nothing is allowed for now; why, in words.
    Unknown(String),
}

#[derive(Debug, Clone)]
enum Found {
    Rules(Arc<Rules>),
    Unreachable(String),
    /// Our connector does not contact the host. It says so of the page too, and by what rule; here that
    /// would be a server that may be there later.
    Refused,
}

#[derive(Debug, Clone)]
struct Known {
    found: Found,
    until: Timestamp,
    /// When it was last asked for, in questions.
    used: u64,
}

/// What is remembered of sites.
#[derive(Debug, Default)]
struct Memory {
    sites: HashMap<String, Known>,
    bytes: usize,
    questions: u64,
}

impl Memory {
    fn find(&mut self, site: &str, now: Timestamp) -> Option<Found> {
        self.questions += 1;
        let known = self.sites.get_mut(site)?;
        known.used = self.questions;
        (now < known.until && is_near(known.until, now)).then(|| known.found.clone())
    }

    fn keep(&mut self, site: String, found: Found, until: Timestamp) {
        self.forget(&site);
        self.questions += 1;
        let known = Known {
            found,
            until,
            used: self.questions,
        };
        self.bytes += known.bytes(&site);
        self.sites.insert(site, known);
        while self.bytes > REMEMBERED_BYTES_MAX {
            let longest_ago = self.sites.iter().min_by_key(|(_, known)| known.used);
            let Some(site) = longest_ago.map(|(site, _)| site.clone()) else {
                return;
            };
            self.forget(&site);
        }
    }

    fn forget(&mut self, site: &str) {
        if let Some(known) = self.sites.remove(site) {
            self.bytes -= known.bytes(site);
        }
    }
}

impl Known {
    fn bytes(&self, site: &str) -> usize {
        let found = match &self.found {
            Found::Rules(rules) => rules.bytes(),
            Found::Unreachable(why) => why.len(),
            Found::Refused => 0,
        };
        SITE_BYTES + site.len() + found
    }
}

/// The rules of sites, remembered for a day. Cheap to clone: clones remember together.
#[derive(Clone)]
pub struct Robots {
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    memory: Arc<Mutex<Memory>>,
}

impl Robots {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        Self {
            fetcher,
            clock,
            memory: Arc::default(),
        }
    }

    /// Whether a page may be read; asks the site for its rules where they are not known.
    pub async fn may_read(&self, page: &str) -> Permission {
        let Some((site, file, path)) = site_of(page) else {
            return Permission::Unknown("the address is no web address".to_owned());
        };
        let known = self.memory().find(&site, self.clock.now());
        let found = match known {
            Some(found) => found,
            None => {
                let found = self.ask(&file).await;
                if !matches!(found, Found::Refused) {
                    self.remember(site, found.clone());
                }
                found
            }
        };
        match found {
            Found::Unreachable(why) => Permission::Unknown(why),
            Found::Refused => Permission::Granted { pause: None },
            Found::Rules(rules) if rules.allow(&path) => Permission::Granted {
                pause: rules.delay.map(|pause| pause.min(DELAY_MAX)),
            },
            Found::Rules(_) => Permission::Denied,
        }
    }

    async fn ask(&self, file: &str) -> Found {
        let request = Request {
            method: Method::Get,
            url: file,
            headers: vec![
                ("accept".to_owned(), "text/plain, */*;q=0.1".to_owned()),
                // The rules are kept for all sources of a host, also those that must not say who asks.
                ("user-agent".to_owned(), MINIMAL_USER_AGENT.to_owned()),
            ],
            body: None,
            body_bytes_max: BODY_BYTES_MAX,
            redirects_max: REDIRECTS_MAX,
        };
        match self.fetcher.send(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => read(&answer.body),
            // Too many requests is a server that fails, not a file that is not there.
            Ok(answer) if (400..500).contains(&answer.status) && answer.status != 429 => {
                Found::Rules(Arc::default())
            }
            Ok(answer) => Found::Unreachable(format!(
                "the server answered {} when asked for its robots.txt",
                answer.status
            )),
            Err(OutboundError::Refused { hop: 1, .. }) => Found::Refused,
            Err(error) => Found::Unreachable(format!("robots.txt cannot be had: {error}")),
        }
    }

    fn remember(&self, site: String, found: Found) {
        let fresh = match found {
            Found::Rules(_) => FRESH,
            Found::Unreachable(_) | Found::Refused => RETRY,
        };
        let until = self.clock.now().checked_add(fresh);
        self.memory()
            .keep(site, found, until.unwrap_or(Timestamp::MAX));
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What it guards is whole at every moment.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was ahead may have written a time that is too far away.
fn is_near(until: Timestamp, now: Timestamp) -> bool {
    now.checked_add(FRESH).is_ok_and(|latest| until <= latest)
}

/// Scheme, host and port of a page, where their rules are, and what the rules are about.
fn site_of(page: &str) -> Option<(String, String, String)> {
    let url = Url::parse(page).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let mut file = url.join("/robots.txt").ok()?;
    // Both fail only for addresses that cannot have them.
    let _ = file.set_username("");
    let _ = file.set_password(None);
    let site = url.origin().ascii_serialization();
    Some((site, file.into(), rules::path(&url)))
}

/// Quick enough for the task that asked: one walk over at most half a megabyte.
fn read(body: &[u8]) -> Found {
    let kept = &body[..body.len().min(BYTES_MAX)];
    // A line that is cut in the middle says something else than it did.
    let end = if kept.len() < body.len() {
        kept.iter().rposition(|byte| *byte == b'\n').unwrap_or(0)
    } else {
        kept.len()
    };
    Found::Rules(Arc::new(Rules::read(&kept[..end], PRODUCT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sites with half a megabyte of rules each, and one that is asked for all the time.
    #[test]
    fn what_is_remembered_is_bounded_in_bytes() {
        let now: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        let until = now.checked_add(FRESH).unwrap();
        let mut memory = Memory::default();
        memory.keep("busy".to_owned(), Found::Rules(Arc::default()), until);
        let file = format!("User-agent: *\n{}", "Disallow: /aaaaaaa\n".repeat(25_000));
        for number in 0..100 {
            memory.keep(format!("site{number}"), read(file.as_bytes()), until);
            assert!(memory.find("busy", now).is_some(), "after {number}");
            assert!(memory.bytes <= REMEMBERED_BYTES_MAX, "{}", memory.bytes);
        }
        assert!(memory.find("site0", now).is_none() && memory.find("site99", now).is_some());
        assert!(memory.find("site99", until).is_none(), "no longer fresh");
        let kept: usize = memory
            .sites
            .iter()
            .map(|(site, known)| known.bytes(site))
            .sum();
        assert_eq!(kept, memory.bytes);
    }
}
