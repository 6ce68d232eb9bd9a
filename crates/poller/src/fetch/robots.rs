//! What a site's `robots.txt` asks of programs that read its pages (RFC 9309).
//!
//! For pages only: a feed is an invitation to programs. A file that is not there forbids nothing, one
//! that cannot be had (the server fails, nobody answers) forbids everything until it can.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwether_model::{Clock, Timestamp};
use bellwether_outbound::{Method, Request};
use texting_robots::Robot;
use url::Url;

use super::Fetcher;
use crate::poller::MINIMAL_USER_AGENT;

/// Our name in such files (RFC 9309, 2.2.1).
const PRODUCT: &str = "Bellwether";

/// A copy may be used for a day (2.4).
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// One that could not be had is asked for again after this.
const RETRY: Duration = Duration::from_secs(15 * 60);

/// Larger files are read up to here; the RFC asks for 500 KiB at least (2.5).
const BYTES_MAX: usize = 512 * 1024;

/// What is taken from a server at most; a longer answer is no such file.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Redirects followed, which may lead to other hosts (2.3.1.2).
const REDIRECTS_MAX: u8 = 5;

/// Sites remembered; past it the oldest answers are forgotten.
const SITES_MAX: usize = 2_000;

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
enum Rules {
    None,
    Read(Arc<Robot>),
    Unreachable(String),
}

#[derive(Debug, Clone)]
struct Known {
    rules: Rules,
    until: Timestamp,
}

/// The rules of sites, remembered for a day. Cheap to clone: clones remember together.
#[derive(Clone)]
pub struct Robots {
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

impl Robots {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        Self {
            fetcher,
            clock,
            known: Arc::default(),
        }
    }

    /// Whether a page may be read; asks the site for its rules where they are not known.
    pub async fn may_read(&self, page: &str) -> Permission {
        let Some((site, file)) = site_of(page) else {
            return Permission::Unknown("the address is no web address".to_owned());
        };
        let now = self.clock.now();
        let known = self.known().get(&site).cloned();
        let rules = match known.filter(|known| now < known.until && is_near(known.until, now)) {
            Some(known) => known.rules,
            None => {
                let rules = self.ask(&file).await;
                self.remember(site, rules.clone());
                rules
            }
        };
        match rules {
            Rules::None => Permission::Granted { pause: None },
            Rules::Unreachable(why) => Permission::Unknown(why),
            Rules::Read(robot) if robot.allowed(&plain(page)) => Permission::Granted {
                pause: robot
                    .delay
                    .and_then(|seconds| Duration::try_from_secs_f32(seconds).ok())
                    .map(|pause| pause.min(DELAY_MAX)),
            },
            Rules::Read(_) => Permission::Denied,
        }
    }

    async fn ask(&self, file: &str) -> Rules {
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
                Rules::None
            }
            Ok(answer) => Rules::Unreachable(format!(
                "the server answered {} when asked for its robots.txt",
                answer.status
            )),
            Err(error) => Rules::Unreachable(format!("robots.txt cannot be had: {error}")),
        }
    }

    fn remember(&self, site: String, rules: Rules) {
        let now = self.clock.now();
        let fresh = match rules {
            Rules::Unreachable(_) => RETRY,
            Rules::None | Rules::Read(_) => FRESH,
        };
        let until = now.checked_add(fresh).unwrap_or(Timestamp::MAX);
        let mut known = self.known();
        if known.len() >= SITES_MAX
            && let Some(oldest) = known
                .iter()
                .min_by_key(|(_, known)| known.until)
                .map(|(site, _)| site.clone())
        {
            known.remove(&oldest);
        }
        known.insert(site, Known { rules, until });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        // What it guards is whole at every moment.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was ahead may have written a time that is too far away.
fn is_near(until: Timestamp, now: Timestamp) -> bool {
    now.checked_add(FRESH).is_ok_and(|latest| until <= latest)
}

/// Scheme, host and port of a page, and where their rules are.
fn site_of(page: &str) -> Option<(String, String)> {
    let url = Url::parse(page).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let mut file = url.join("/robots.txt").ok()?;
    // Both fail only for addresses that cannot have them.
    let _ = file.set_username("");
    let _ = file.set_password(None);
    Some((url.origin().ascii_serialization(), file.into()))
}

/// An address with what needs no escape unescaped, as it is compared (2.2.2).
fn plain(page: &str) -> String {
    let mut parts = page.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.filter(|b| b.is_ascii_alphanumeric() || b"-._~".contains(b)) {
            Some(byte) => {
                plain.push(char::from(byte));
                plain.push_str(&part[2..]);
            }
            None => {
                plain.push('%');
                plain.push_str(part);
            }
        }
    }
    plain
}

fn read(body: &[u8]) -> Rules {
    let kept = &body[..body.len().min(BYTES_MAX)];
    // A line that is cut in the middle says something else than it did.
    let end = if kept.len() < body.len() {
        kept.iter().rposition(|byte| *byte == b'\n').unwrap_or(0)
    } else {
        kept.len()
    };
    match Robot::new(PRODUCT, &kept[..end]) {
        Ok(robot) => Rules::Read(Arc::new(robot)),
        // It skips what it cannot read; a file that is none at all forbids nothing.
        Err(_) => Rules::None,
    }
}
