//! One request for a page of the past: where redirects lead, as each host on the way allows.

use std::time::Duration;

use bellwether_archive::{ArchiveError, Batch};
use bellwether_model::{Source, SourceId, Timestamp};
use bellwether_outbound::{Method, OutboundError, Request, Response, host_of};
use url::Url;

use super::{History, HistoryEnd, Reading};
use crate::answer::Answer;
use crate::fetch::Permission;
use crate::poller::{REDIRECTS_MAX, headers};
use crate::schedule::RETRY_AFTER_MAX;

impl History<'_> {
    /// Asks for a page where redirects lead, as each host on the way allows: when, and the answer.
    pub(super) async fn ask(
        &self,
        reading: &mut Reading,
        url: &str,
    ) -> Result<(Timestamp, Answer), HistoryEnd> {
        let mut at = url.to_owned();
        let mut redirects = 0;
        loop {
            match self.robots.may_read(&at).await {
                Permission::Granted { pause } => reading.pause_for(pause),
                Permission::Denied => {
                    let whose = match redirects {
                        0 => "its robots.txt".to_owned(),
                        _ => format!("it is at {} now, whose robots.txt", host_of(&at)),
                    };
                    let why = format!("{whose} asks programs not to read that");
                    return Err(HistoryEnd::Refused(why));
                }
                // Nothing is allowed while its rules cannot be had.
                Permission::Unknown(why) => return Err(HistoryEnd::Waiting(why)),
            }
            reading.pause().await;
            let began = self.clock.now();
            let answer = self.send(&reading.past.source, url, &at).await;
            let moved = match answer.as_ref().map(Response::redirect) {
                Ok(Ok(Some(to))) => Some(to),
                Ok(Err(bad)) => return Ok((began, Answer::of(Err(bad), false, self.clock.now()))),
                _ => None,
            };
            match moved {
                Some(_) if redirects >= REDIRECTS_MAX => {
                    let why = format!("more than {REDIRECTS_MAX} redirects");
                    return Err(HistoryEnd::Failed(why));
                }
                Some(to) => (at, redirects) = (to, redirects + 1),
                None => return Ok((began, Answer::of(answer, false, self.clock.now()))),
            }
        }
    }

    async fn send(
        &self,
        source: &Source,
        asked: &str,
        at: &str,
    ) -> Result<Response, OutboundError> {
        let mut headers = headers(source);
        // What a platform is told is nobody else's business.
        let origin = |url: &str| Url::parse(url).map(|url| url.origin());
        if origin(at) != origin(asked) {
            headers.retain(|(name, _)| name != "cookie");
        }
        let request = Request {
            method: Method::Get,
            url: at,
            headers,
            body: None,
            body_bytes_max: self.settings.body_bytes_max,
            // Where a redirect leads, another host may have other rules.
            redirects_max: 0,
        };
        self.fetcher.send(request).await
    }

    /// Remembers for later runs that a host wants to be left alone.
    pub(super) async fn leave_alone(&self, host: &str, wait: Duration) -> Result<(), ArchiveError> {
        let now = self.clock.now();
        let until = now.checked_add(wait.min(RETRY_AFTER_MAX));
        let mut batch = Batch::new(now);
        let until = until.unwrap_or(Timestamp::MAX).to_string();
        batch.poll_state = Some((host_key(host), until));
        self.appender.append(batch).await.map(drop)
    }
}

/// Under what it is remembered until when a host is left alone.
pub(super) fn host_key(host: &str) -> SourceId {
    SourceId::new(format!("history-host:{host}"))
}

/// Why a host is left alone now, if it is. A time too far away was written by a clock that was wrong.
pub(super) fn left_alone(kept: Option<String>, now: Timestamp) -> Option<String> {
    let until: Timestamp = kept?.parse().ok()?;
    let latest = now.checked_add(RETRY_AFTER_MAX).unwrap_or(Timestamp::MAX);
    (now < until && until <= latest)
        .then(|| format!("the server asked an earlier run to leave it alone until {until}"))
}
