//! What came back, by the poller's own reading of it, with what a person should know.

use bellwether_archive::{CaptureKind, NewItem};
use bellwether_model::{OutcomeKind, Source, SourceKind, TimeReason, Timestamp};

use super::{Look, Seen, kind, list, rhythm};
use crate::adapters::{self, Document, Listing};
use crate::answer::Answer;
use crate::article::bounds;
use crate::brought::{self, Asked, Brought};
use crate::date::Place;
use crate::parse::charset::{self, By};
use crate::state::PollState;

/// Without anything newer for so long a source has probably ended.
const ENDED_DAYS: i64 = 30;

/// Half of the items have less text than this: they are teasers.
const TEASER_CHARS: usize = 300;

/// Titles from which the language is told.
const TITLES_FOR_LANGUAGE: usize = 50;

/// Reads an answer where it does not hold up others. The kind is told from the document where it
/// `is_kind_open`.
pub(super) async fn judge(
    source: Source,
    is_kind_open: bool,
    asked: Asked,
    answer: Answer,
) -> (Brought, Look) {
    let reading = (source.clone(), asked.clone());
    tokio::task::spawn_blocking(move || {
        let (mut source, asked) = reading;
        if is_kind_open && let Answer::Document(response) = &answer {
            source.kind = kind::of_document(&Document {
                body: &response.body,
                content_type: response.header("content-type"),
                link: response.header("link"),
                url: &response.url,
            });
        }
        let moved_to = match &answer {
            Answer::Document(response) => response.moved_to.clone(),
            _ => None,
        };
        let brought = brought::batch(&source, PollState::default(), &asked, answer);
        let look = look(&source, &asked, moved_to, &brought);
        (brought, look)
    })
    .await
    .unwrap_or_else(|_| {
        let brought = brought::unread(&source, PollState::default(), &asked);
        let look = look(&source, &asked, None, &brought);
        (brought, look)
    })
}

/// A source that has no address.
pub(super) fn unasked(source: &Source) -> Look {
    Look {
        kind: source.kind,
        asked: String::new(),
        answered: None,
        outcome: OutcomeKind::Refused,
        status: None,
        error: Some("the source has no address that is polled".to_owned()),
        moved_to: None,
        content_type: None,
        charset: None,
        body_bytes: 0,
        repaired: None,
        title: None,
        lang: None,
        items: Vec::new(),
        rhythm: None,
        every: source.every,
        feeds: Vec::new(),
        documents: Vec::new(),
        list: None,
        problems: Vec::new(),
    }
}

fn look(source: &Source, asked: &Asked, moved_to: Option<String>, brought: &Brought) -> Look {
    let batch = &brought.batch;
    let mut look = Look {
        asked: asked.address.url.clone(),
        moved_to,
        error: None,
        items: batch.items.iter().map(seen).collect(),
        ..unasked(source)
    };
    if let Some(outcome) = &batch.outcome {
        look.outcome = outcome.kind;
        look.status = outcome.status;
        look.error.clone_from(&outcome.error);
        look.repaired.clone_from(&outcome.repaired);
        look.body_bytes = outcome.body_bytes;
    }
    if let Some(capture) = &batch.capture
        && let CaptureKind::Response { headers, .. } = &capture.kind
    {
        let header = |wanted: &str| {
            let mut named = headers.iter();
            named
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.as_str())
        };
        let document = Document {
            body: &capture.body,
            content_type: header("content-type"),
            link: header("link"),
            url: &capture.uri,
        };
        look.of_document(source, &document);
    }
    look.of_items(batch.at);
    look
}

fn seen(item: &NewItem) -> Seen {
    Seen {
        title: item.title.clone(),
        url: item.url.clone(),
        published_raw: item.published_raw.clone(),
        time: item.time,
        time_reason: item.time_reason,
        text_chars: item.text.chars().count(),
    }
}

impl Look {
    /// What only the document says.
    fn of_document(&mut self, source: &Source, document: &Document<'_>) {
        self.answered = Some(document.url.to_owned());
        self.content_type = document.content_type.map(str::to_owned);
        self.charset = charset_of(source.kind, document);
        let place = Place::of_country(source.country.as_deref());
        let read = adapters::read(source.kind, &source.reading, document, &place);
        let listing = read.unwrap_or_else(|_| Listing::default());
        self.title = listing.title;
        self.documents = (listing.documents.into_iter())
            .map(|named| named.url)
            .collect();
        if source.kind != SourceKind::Page {
            return;
        }
        self.feeds = adapters::page::feeds(document);
        if source.reading.list.is_none() && self.is_collected() {
            self.list = list::propose(document, &self.items);
            if self.list.is_none() {
                self.problems.push(
                    "no pattern stands around the links that look like articles: open the page in \
                     a browser and write `[source.list]` with the selector of one article"
                        .to_owned(),
                );
            }
        }
    }

    /// What the items say together. `now` is when they were seen.
    fn of_items(&mut self, now: Timestamp) {
        let dates: Vec<Timestamp> = self.items.iter().filter_map(Seen::dated).collect();
        self.rhythm = rhythm::rhythm(&dates);
        self.every = rhythm::every(self.rhythm);
        let titles = self.items.iter().take(TITLES_FOR_LANGUAGE);
        let titles: Vec<&str> = titles.map(|item| item.title.as_str()).collect();
        self.lang = Some(bellwether_text::language(&titles.join("\n")))
            .filter(|lang| *lang != "und")
            .map(str::to_owned);
        if self.is_collected() {
            let mut found = self.faults_of_items(now);
            self.problems.append(&mut found);
        }
    }

    fn faults_of_items(&self, now: Timestamp) -> Vec<String> {
        let mut problems = Vec::new();
        let count = self.items.len();
        if count == 0 {
            problems.push(match self.kind {
                SourceKind::Sitemap if !self.documents.is_empty() => format!(
                    "an index that names {} sitemaps: a source of it reads those that changed last, \
                     which this look does not",
                    self.documents.len()
                ),
                SourceKind::Sitemap => "no article in it, which is no fault of a news sitemap; \
                     look again on a busy day"
                    .to_owned(),
                _ => {
                    "nothing in it: look at it in a browser, whether it is still written".to_owned()
                }
            });
            return problems;
        }
        let with = |reason: TimeReason| {
            let mut items = self.items.iter();
            Some(
                items
                    .by_ref()
                    .filter(|item| item.time_reason == reason)
                    .count(),
            )
            .filter(|found| *found > 0)
        };
        for (reason, what) in [
            (
                TimeReason::Missing,
                "no date: they stand at the time at which they were seen",
            ),
            (TimeReason::Unreadable, "a date that cannot be read"),
            (
                TimeReason::NoZone,
                "a date without a zone: say `country`, so that it can be read by the clocks there",
            ),
            (TimeReason::Future, "a date that lies ahead of now"),
            (TimeReason::Implausible, "a date older than any feed"),
        ] {
            if let Some(found) = with(reason) {
                problems.push(format!("{found} of {count} items have {what}"));
            }
        }
        let without_address = self.items.iter().filter(|item| item.url.is_none()).count();
        if without_address > 0 {
            problems.push(format!(
                "{without_address} of {count} items have no address"
            ));
        }
        if let Some(newest) = self.newest() {
            let days = now.duration_since(newest).as_hours() / 24;
            if days >= ENDED_DAYS {
                problems.push(format!(
                    "the newest item is {days} days old: the source has probably ended or moved"
                ));
            }
        }
        problems
    }

    /// Whether what it shows are teasers, and the articles could be fetched.
    #[must_use]
    pub fn shows_teasers(&self) -> bool {
        use SourceKind::{Feed, Page, Ptt, Sitemap};
        let mut lengths: Vec<usize> = self.items.iter().map(|item| item.text_chars).collect();
        lengths.sort_unstable();
        let middle = lengths.get(lengths.len() / 2);
        matches!(self.kind, Feed | Sitemap | Page | Ptt)
            && middle.is_some_and(|chars| *chars < TEASER_CHARS)
    }
}

/// What the bytes were read as, by the way in which the kind reads them.
fn charset_of(kind: SourceKind, document: &Document<'_>) -> Option<(&'static str, By)> {
    use SourceKind::{Page, Ptt, Telegram};
    // Compressed: what counts is inside.
    if document.body.starts_with(b"\x1F\x8B") {
        return None;
    }
    let decoded = if matches!(kind, Page | Telegram | Ptt) {
        bounds::read(document.body, document.content_type)
    } else {
        let base = url::Url::parse(document.url).ok();
        charset::read(document.body, document.content_type, base.as_ref())
    };
    Some((decoded.charset, decoded.by))
}
