//! The public preview of a Telegram channel, `https://t.me/s/NAME`.
//!
//! A channel without a preview (its owner's choice, or the platform's) answers with another page and
//! status 200: that is [`NotRead::NotVisible`], not a channel without posts. Times are those of the
//! post; an edit keeps them and only sets a mark. A missing number is no deletion: the members of an
//! album use up numbers. Forwarded posts carry the words of their origin, which is named.

use scraper::ElementRef;
use url::Url;

use super::dom::{self, css};
use super::{Count, Document, Listing, NotRead, Origin, Post, PostFacts};
use crate::parse::Entry;
use crate::{address as addresses, date};

static HISTORY: dom::Css = css!(".tgme_channel_history");
static TITLE: dom::Css = css!(".tgme_channel_info_header_title, .tgme_header_title");
static MESSAGE: dom::Css = css!(".tgme_widget_message[data-post]");
static NOTHING: dom::Css = css!(".tme_no_messages_found");
static TEXT: dom::Css = css!(".tgme_widget_message_text");
static DATE: dom::Css =
    css!(".tgme_widget_message_date time[datetime], .tgme_widget_message_meta time[datetime]");
static META: dom::Css = css!(".tgme_widget_message_meta");
static VIEWS: dom::Css = css!(".tgme_widget_message_views");
static FORWARD: dom::Css = css!(".tgme_widget_message_forwarded_from");
static FORWARD_NAME: dom::Css = css!(".tgme_widget_message_forwarded_from_name");
static MEDIA: dom::Css = css!(
    ".tgme_widget_message_photo_wrap, .tgme_widget_message_video_wrap, .tgme_widget_message_video, .tgme_widget_message_voice, .tgme_widget_message_document, .tgme_widget_message_sticker, .message_media_not_supported"
);
static OLDER: dom::Css =
    css!("a.tme_messages_more[data-before], .js-messages_more_wrap a[data-before]");

/// The preview of a channel, whichever of its addresses is given; others stay.
#[must_use]
pub fn address(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    if !matches!(
        parsed.host_str(),
        Some("t.me" | "telegram.me" | "telegram.dog")
    ) {
        return url.to_owned();
    }
    let path = parsed.path().trim_matches('/').to_owned();
    if path.is_empty() || path == "s" || path.contains('/') {
        return url.to_owned();
    }
    // The other hosts only lead here.
    if parsed.set_host(Some("t.me")).is_err() {
        return url.to_owned();
    }
    parsed.set_path(&format!("/s/{path}"));
    parsed.to_string()
}

/// Reads a preview.
///
/// # Errors
/// Where there is none.
pub fn read(document: &Document<'_>) -> Result<Listing, NotRead> {
    let page = dom::page(document)?;
    let root = page.root_element();
    let is_preview = Url::parse(document.url).is_ok_and(|url| url.path().starts_with("/s/"));
    if !is_preview || !HISTORY.is_in(root) {
        return Err(NotRead::NotVisible(
            "the channel has no public preview; its owner or the platform has switched it off, or the name is wrong",
        ));
    }
    let messages = MESSAGE.all(root);
    let posts: Vec<Post> = messages
        .iter()
        .filter_map(|message| post(*message))
        .collect();
    if messages.is_empty() && !NOTHING.is_in(root) {
        return Err(NotRead::NotVisible(
            "the preview is empty, as the platform shows it to those who ask too often",
        ));
    }
    let older = OLDER
        .attribute(root, "data-before")
        .and_then(|before| before.trim().parse::<u64>().ok())
        .and_then(|before| {
            let mut url = Url::parse(document.url).ok()?;
            url.set_query(Some(&format!("before={before}")));
            Some(url.to_string())
        });
    Ok(Listing {
        title: TITLE.text(root),
        posts,
        is_whole: true,
        older,
        ..Listing::default()
    })
}

fn post(message: ElementRef<'_>) -> Option<Post> {
    if message
        .value()
        .classes()
        .any(|class| class == "service_message")
    {
        return None;
    }
    let id = message.attr("data-post")?.trim();
    let (channel, number) = id.rsplit_once('/')?;
    let number: u64 = number.parse().ok()?;
    let raw = DATE.attribute(message, "datetime").map(str::to_owned);
    let meta = META.text(message).unwrap_or_default().to_lowercase();
    let url = format!("https://t.me/{channel}/{number}");
    Some(Post {
        entry: Entry {
            reading: None,
            // A channel may change the case of its name.
            guid: Some(url.to_lowercase()),
            url: addresses::shown(&url, None),
            title: String::new(),
            text: text(message),
            published: raw.as_deref().and_then(date::parse),
            published_raw: raw,
            lang: None,
        },
        facts: PostFacts {
            origin: FORWARD.first(message).map(|from| Origin {
                name: FORWARD_NAME.text(from).or_else(|| {
                    let shown = dom::text(from);
                    Some(shown.trim_start_matches("Forwarded from").trim().to_owned())
                }),
                address: FORWARD_NAME
                    .attribute(from, "href")
                    .and_then(|link| addresses::shown(link, None)),
            }),
            is_edited: meta.contains("edited"),
            views: VIEWS.text(message).and_then(|shown| count(&shown)),
            has_media: MEDIA.is_in(message),
            ..PostFacts::default()
        },
        author: None,
    })
}

/// The words of a message, those that it answers left out.
fn text(message: ElementRef<'_>) -> String {
    let is_quoted = |element: &ElementRef<'_>| {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|above| {
                above
                    .value()
                    .classes()
                    .any(|c| c == "tgme_widget_message_reply")
            })
    };
    let texts = TEXT.all(message);
    let mut texts = texts.into_iter().filter(|element| !is_quoted(element));
    texts.next().map(dom::text).unwrap_or_default()
}

/// A count such as `873`, `12.3K`, `1.2M`.
pub(super) fn count(shown: &str) -> Option<Count> {
    let shown = shown.trim();
    let (digits, unit) = match shown.chars().last()?.to_ascii_uppercase() {
        'K' => (&shown[..shown.len() - 1], 1_000),
        'M' => (&shown[..shown.len() - 1], 1_000_000),
        'B' => (&shown[..shown.len() - 1], 1_000_000_000),
        _ => (shown, 1_u64),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let step = unit / 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().ok()?
    };
    Some(Count {
        shown: shown.to_owned(),
        about: whole
            .checked_mul(unit)?
            .checked_add(fraction.checked_mul(step)?)?,
        off_by_max: if unit == 1 { 0 } else { step / 2 },
    })
}
