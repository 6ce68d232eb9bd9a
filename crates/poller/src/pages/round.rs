//! One round: of each host some pages, one after another.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bellwether_archive::{Batch, CaptureKind, NewCapture, NewItem};
use bellwether_model::{Contact, Seq, SourceId, Timestamp};
use bellwether_outbound::{Method, Request, Response, host_of};

use super::{CURSOR, Done, Wanted};
use crate::adapters::{self, Document};
use crate::answer::{Answer, Failure};
use crate::article::Article;
use crate::article::bounds::PAGE_BYTES_MAX;
use crate::fetch::{Permission, Robots};
use crate::poller::{MINIMAL_USER_AGENT, PollError, Poller};

/// Attempts at a page, and the wait before the next, times the attempts so far.
const ATTEMPTS_MAX: u32 = 3;
const RETRY_AFTER: Duration = Duration::from_secs(300);

/// A longer wait than this is as good as never.
const WAIT_MAX: Duration = Duration::from_secs(86_400);

const REDIRECTS_MAX: u8 = 5;

/// What the pages of one round share.
pub(super) struct Round<'a> {
    pub(super) poller: &'a Poller,
    pub(super) robots: &'a Robots,
    pub(super) own: &'a Mutex<BTreeSet<Seq>>,
    pub(super) unfinished: &'a Mutex<BTreeSet<Seq>>,
    pub(super) read_to: Seq,
    pub(super) pause: Duration,
}

impl Round<'_> {
    /// One page after another.
    pub(super) async fn host(&self, wanted: Vec<Wanted>) -> Result<Vec<Done>, PollError> {
        let mut done = Vec::with_capacity(wanted.len());
        let mut pause = None;
        let mut wanted = wanted.into_iter();
        while let Some(page) = wanted.next() {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            let permission = self.robots.may_read(&page.url).await;
            let Permission::Granted { pause: asked } = permission else {
                done.push(self.forbidden(page, permission));
                continue;
            };
            pause = Some(asked.unwrap_or_default().max(self.pause));
            let page = self.page(page).await?;
            // A host that asks to be left alone is.
            let wait = match &page {
                Done::Later(page) => Some(page.not_before),
                _ => None,
            };
            done.push(page);
            if let Some(not_before) = wait {
                done.extend(
                    wanted
                        .by_ref()
                        .map(|page| Done::Later(Box::new(Wanted { not_before, ..page }))),
                );
            }
        }
        Ok(done)
    }

    fn forbidden(&self, page: Wanted, permission: Permission) -> Done {
        match permission {
            Permission::Unknown(why) => self.later(page, None, &why),
            _ => self.given_up(&page, "robots.txt asks programs not to read it"),
        }
    }

    fn later(&self, page: Wanted, wait: Option<Duration>, why: &str) -> Done {
        let attempts = page.attempts + 1;
        if attempts >= ATTEMPTS_MAX {
            return self.given_up(&page, why);
        }
        let wait = wait
            .unwrap_or_default()
            .max(RETRY_AFTER * attempts)
            .min(WAIT_MAX);
        let now = self.poller.clock().now();
        Done::Later(Box::new(Wanted {
            attempts,
            not_before: now.checked_add(wait).unwrap_or(Timestamp::MAX),
            ..page
        }))
    }

    fn given_up(&self, page: &Wanted, why: &str) -> Done {
        self.finish(page.seq);
        Done::GivenUp(
            page.listed.source.clone(),
            format!("{}: {why}", host_of(&page.url)),
        )
    }

    /// The cursor that is right once this page is done.
    fn finish(&self, seq: Seq) -> Seq {
        let mut unfinished = self
            .unfinished
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unfinished.remove(&seq);
        unfinished
            .first()
            .map_or(self.read_to, |first| Seq(first.0.saturating_sub(1)))
    }

    async fn page(&self, page: Wanted) -> Result<Done, PollError> {
        let clock = self.poller.clock();
        let began = clock.now();
        let mut headers = vec![("accept".to_owned(), "text/html, */*;q=0.1".to_owned())];
        for (name, value) in adapters::headers(page.kind) {
            headers.retain(|(known, _)| known != name);
            headers.push(((*name).to_owned(), (*value).to_owned()));
        }
        let source = self.poller.source(&page.listed.source);
        if source.is_some_and(|source| source.reach.contact == Contact::Minimal) {
            headers.push(("user-agent".to_owned(), MINIMAL_USER_AGENT.to_owned()));
        }
        let request = Request {
            method: Method::Get,
            url: &page.url,
            headers,
            body: None,
            body_bytes_max: PAGE_BYTES_MAX as u64,
            redirects_max: REDIRECTS_MAX,
        };
        let result = self.poller.fetcher().send(request).await;
        let _receiving = self.poller.receiving().read().await;
        let seen = clock.now();
        let response = match Answer::of(result, false, seen) {
            Answer::Document(response) => response,
            Answer::NotModified(_) => return Ok(self.given_up(&page, "an answer of no meaning")),
            Answer::Failure(failure) => return Ok(self.failed(page, &failure)),
        };
        let kind = page.kind;
        let read = tokio::task::spawn_blocking(move || {
            let article = adapters::article(
                kind,
                &Document {
                    body: &response.body,
                    content_type: response.header("content-type"),
                    link: None,
                    url: &response.url,
                },
            );
            (article, response)
        })
        .await;
        let Ok((article, response)) = read else {
            return Ok(self.given_up(&page, "reading the page failed"));
        };
        let item = article
            .as_ref()
            .ok()
            .and_then(|article| whole(&page.listed, article, seen));
        let mut batch = Batch::new(seen);
        batch.capture = Some(capture(response, began));
        batch.page_of = Some(page.item);
        batch.items = item.into_iter().collect();
        let cursor = self.finish(page.seq);
        batch.poll_state = Some((SourceId::new(CURSOR), cursor.0.to_string()));
        let receipt = self.poller.append(batch).await?;
        if receipt.counts().1 > 0 {
            self.own
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(receipt.seq);
        }
        Ok(match article {
            Ok(_) => Done::Read,
            Err(reason) => self.given_up(&page, &reason.to_string()),
        })
    }

    fn failed(&self, page: Wanted, failure: &Failure) -> Done {
        let is_final = failure.status.is_some_and(|status| {
            (400..500).contains(&status) && !matches!(status, 408 | 425 | 429)
        });
        if is_final {
            self.given_up(&page, &failure.error)
        } else {
            self.later(page, failure.retry_after, &failure.error)
        }
    }
}

fn capture(response: Response, began: Timestamp) -> NewCapture {
    NewCapture {
        uri: response.url,
        at: began,
        kind: CaptureKind::Response {
            status: response.status,
            headers: response.headers,
        },
        body: response.body,
    }
}

/// The item with the text of its page; `None` where the source itself showed more than that.
fn whole(listed: &NewItem, article: &Article, seen: Timestamp) -> Option<NewItem> {
    if listed.text.len() > article.text.len() {
        return None;
    }
    let title = if listed.title.is_empty() {
        article.title.clone()
    } else {
        listed.title.clone()
    };
    Some(NewItem {
        title,
        text: article.text.clone(),
        lang_declared: listed
            .lang_declared
            .clone()
            .or_else(|| article.lang.clone()),
        published: listed.published.or(article.published),
        published_raw: listed
            .published_raw
            .clone()
            .or_else(|| article.published_raw.clone()),
        seen,
        ..listed.clone()
    })
}
