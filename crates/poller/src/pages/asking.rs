//! One request for a page, and what comes of it.

use std::pin::pin;
use std::time::Duration;

use bellwether_archive::{ArchiveError, Batch, CaptureKind, NewCapture, NewItem};
use bellwether_model::{Contact, Item, OutcomeKind, SourceId, SourceKind, Timestamp};
use bellwether_outbound::{Method, OutboundError, Request, Response};
use url::Url;

use super::{CURSOR, Shared, Wanted, page_at};
use crate::adapters::{self, Document};
use crate::answer::{Answer, Failure};
use crate::article::bounds::PAGE_BYTES_MAX;
use crate::article::{Article, NoArticle};
use crate::date::Place;
use crate::fetch::{Permission, RETRY};
use crate::poller::{MINIMAL_USER_AGENT, PollError};

/// What takes longer is slow.
const SLOW: Duration = Duration::from_secs(3);

/// A request that has ended.
pub(super) struct Ended {
    pub(super) wanted: Wanted,
    pub(super) became: Became,
    pub(super) is_slow: bool,
    /// The pause that the host asks for; `None` where it was asked for no page.
    pub(super) pause: Option<Duration>,
}

/// What became of a page.
pub(super) enum Became {
    /// Its text is in the log.
    Read,
    /// It is somewhere else.
    Moved(String),
    /// It may be there another time, after this at the earliest.
    Later { wait: Duration, why: String },
    /// It is not had, for this reason.
    GivenUp(String),
}

impl Became {
    fn given_up(why: &str) -> Self {
        Self::GivenUp(why.to_owned())
    }
}

/// Asks for a page where its host allows it.
pub(super) async fn ask(shared: &Shared<'_>, wanted: Wanted) -> Result<Ended, PollError> {
    let mut slow = pin!(tokio::time::sleep(SLOW));
    let mut is_slow = false;
    let (became, pause) = {
        let mut allowed = pin!(where_allowed(shared, &wanted));
        loop {
            tokio::select! {
                done = &mut allowed => break done?,
                () = &mut slow, if !is_slow => is_slow = true,
            }
        }
    };
    Ok(Ended {
        wanted,
        became,
        is_slow,
        pause,
    })
}

/// What comes of asking, and the pause that the host asks for.
async fn where_allowed(
    shared: &Shared<'_>,
    wanted: &Wanted,
) -> Result<(Became, Option<Duration>), PollError> {
    Ok(match shared.robots.may_read(&wanted.url).await {
        Permission::Granted { pause } => {
            let became = page(shared, wanted).await?;
            (became, Some(pause.unwrap_or_default()))
        }
        Permission::Denied => {
            let became = Became::given_up("robots.txt asks programs not to read it");
            (became, None)
        }
        Permission::Unknown(why) => (Became::Later { wait: RETRY, why }, None),
    })
}

async fn page(shared: &Shared<'_>, wanted: &Wanted) -> Result<Became, PollError> {
    let poller = shared.poller;
    let Some(source) = poller.source(&wanted.source) else {
        return Ok(Became::given_up("its source is gone"));
    };
    let began = poller.clock().now();
    let request = Request {
        method: Method::Get,
        url: &wanted.url,
        headers: headers(source.kind, source.reach.contact, wanted),
        body: None,
        body_bytes_max: PAGE_BYTES_MAX as u64,
        // Where a redirect leads, another host may have other rules.
        redirects_max: 0,
    };
    let result = poller.fetcher().send(request).await;
    let _receiving = poller.receiving().read().await;
    let seen = poller.clock().now();
    if let Some(moved) = moved(&result) {
        return Ok(moved);
    }
    let response = match Answer::of(result, false, seen) {
        Answer::Document(response) => response,
        Answer::NotModified(_) => return Ok(Became::given_up("an answer of no meaning")),
        Answer::Failure(failure) => return Ok(failed(failure)),
    };
    let kind = source.kind;
    let place = Place::of_country(source.country.as_deref());
    let place_to_read = shared.reading.acquire().await;
    let read = tokio::task::spawn_blocking(move || {
        let article = adapters::article(
            kind,
            &Document {
                body: &response.body,
                content_type: response.header("content-type"),
                link: None,
                url: &response.url,
            },
            &place,
        );
        (article, response)
    })
    .await;
    drop(place_to_read);
    let Ok((article, response)) = read else {
        return Ok(Became::given_up("reading the page failed"));
    };
    let is_kept = keep(shared, wanted, &article, capture(response, began), seen).await?;
    Ok(match article {
        _ if !is_kept => Became::given_up("its item is gone"),
        Ok(_) => Became::Read,
        Err(reason) => Became::GivenUp(reason.to_string()),
    })
}

fn headers(kind: SourceKind, contact: Contact, wanted: &Wanted) -> Vec<(String, String)> {
    let origin = |url: &str| Url::parse(url).map(|url| url.origin());
    let is_at_home = origin(&wanted.url) == origin(&wanted.listed);
    let mut headers = vec![("accept".to_owned(), "text/html, */*;q=0.1".to_owned())];
    for (name, value) in adapters::headers(kind) {
        // What a platform is told is nobody else's business.
        if *name != "cookie" || is_at_home {
            headers.retain(|(known, _)| known != name);
            headers.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    if contact == Contact::Minimal {
        headers.push(("user-agent".to_owned(), MINIMAL_USER_AGENT.to_owned()));
    }
    headers
}

fn moved(result: &Result<Response, OutboundError>) -> Option<Became> {
    match result.as_ref().ok()?.redirect() {
        Ok(to) => to.map(Became::Moved),
        Err(error) => Some(Became::GivenUp(error.to_string())),
    }
}

fn failed(failure: Failure) -> Became {
    let is_final = failure.kind == OutcomeKind::Refused
        || failure.status.is_some_and(|status| {
            (400..500).contains(&status) && !matches!(status, 408 | 425 | 429)
        });
    if is_final {
        return Became::GivenUp(failure.error);
    }
    Became::Later {
        wait: failure.retry_after.unwrap_or_default(),
        why: failure.error,
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

/// Puts a page into the log, behind the wording that its item has at this moment; `false` where there
/// is no such item any more.
async fn keep(
    shared: &Shared<'_>,
    wanted: &Wanted,
    article: &Result<Article, NoArticle>,
    capture: NewCapture,
    seen: Timestamp,
) -> Result<bool, PollError> {
    let mut batch = Batch::new(seen);
    batch.capture = Some(capture);
    batch.page_of = Some(wanted.item);
    let _alone = shared.poller.wordings().write().await;
    let Some((newest, is_listed)) = newest(shared, wanted)? else {
        return Ok(false);
    };
    if let Ok(article) = article
        && !(is_listed && newest.text.len() > article.text.len())
    {
        batch.items = vec![with_page(newest, wanted, article, seen)];
    }
    let cursor = shared.cursor().once_finished(wanted.seq);
    batch.poll_state = Some((SourceId::new(CURSOR), cursor.0.to_string()));
    let receipt = shared.poller.append(batch).await?;
    if receipt.counts().1 > 0 {
        shared.cursor().appended(receipt.seq);
    }
    Ok(true)
}

/// The item as it is worded now, and whether a list of a source shows it so.
fn newest(shared: &Shared<'_>, wanted: &Wanted) -> Result<Option<(Item, bool)>, ArchiveError> {
    let reader = shared.reader();
    let Some(mut item) = reader.item(wanted.item)? else {
        return Ok(None);
    };
    if item.versions < 2 {
        return Ok(Some((item, true)));
    }
    // An item has the date that it had first; a wording may have brought another.
    let newest = reader.versions(wanted.item)?.pop();
    let published = newest.and_then(|version| version.published);
    if published != item.published {
        item.published = published;
        item.published_raw = None;
    }
    let is_listed = page_at(&reader, &item, item.capture)?.is_none();
    Ok(Some((item, is_listed)))
}

/// The wording with the text of the page, which fills what is empty beside it.
fn with_page(newest: Item, wanted: &Wanted, article: &Article, seen: Timestamp) -> NewItem {
    let title = if newest.title.is_empty() {
        article.title.clone()
    } else {
        newest.title
    };
    NewItem {
        source: wanted.source.clone(),
        publisher: newest.publisher,
        identities: Vec::new(),
        guid: newest.guid,
        url: newest.url,
        platform: newest.platform,
        lang_declared: newest.lang_declared.or_else(|| article.lang.clone()),
        title,
        text: article.text.clone(),
        seen,
        published: newest.published.or(article.published),
        published_raw: newest
            .published_raw
            .or_else(|| article.published_raw.clone()),
        time: newest.time,
        time_reason: newest.time_reason,
        locator: None,
        facts: bellwether_model::PostFacts::default(),
    }
}

#[cfg(test)]
mod tests {
    use bellwether_model::{ItemId, Seq};

    use super::*;

    #[test]
    fn what_a_platform_is_told_no_other_host_hears() {
        let listed = "https://www.ptt.cc/bbs/Board/M.1.A.1.html".to_owned();
        let at = |url: &str| Wanted {
            seq: Seq(1),
            item: ItemId(1),
            source: SourceId::new("s"),
            listed: listed.clone(),
            url: url.to_owned(),
            redirects: 1,
            attempts: 0,
        };
        let has_cookie = |url: &str| {
            headers(SourceKind::Ptt, Contact::Honest, &at(url))
                .iter()
                .any(|(name, _)| name == "cookie")
        };
        assert!(has_cookie(&listed) && has_cookie("https://www.ptt.cc/other"));
        assert!(
            !has_cookie("https://elsewhere.example/") && !has_cookie("http://www.ptt.cc/other")
        );
    }
}
