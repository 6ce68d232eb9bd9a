//! What a page says of itself in its head: title, date, language, address.

use bellwether_model::Timestamp;
use serde_json::Value;
use trafilatura::dom::{Document, NodeId};
use url::Url;

use crate::date::{Place, Precision};
use crate::parse::DATE_BYTES_MAX;
use crate::{address, date, html};

/// Values of a JSON-LD block that are looked at.
const VALUES_MAX: usize = 10_000;

/// What the head says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) title: Option<String>,
    pub(super) published: Option<Timestamp>,
    pub(super) published_raw: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) canonical: Option<String>,
}

/// Names of `meta` elements that hold the date of publication, the most reliable first.
const DATES: [&str; 9] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "date",
    "dc.date.issued",
    "parsely-pub-date",
    "weibo: article:create_at",
];

/// A date with a time of day: a page that names the day alone says less than the list that led to it.
fn moment(raw: &str, place: &Place) -> Option<Timestamp> {
    let claim = date::read(raw, place).ok()?;
    (claim.precision == Precision::Moment).then_some(claim.at)
}

pub(super) fn of(document: &Document, url: &str, place: &Place) -> Facts {
    let metas = Metas::of(document);
    let linked = linked_data(document);
    let dates = linked
        .published
        .into_iter()
        .chain(DATES.iter().filter_map(|name| metas.get(name)))
        .chain(time_element(document));
    // The first that can be read; else the first that is there.
    let dates: Vec<String> = dates
        .map(|raw| html::one_line(&raw))
        .filter(|raw| !raw.is_empty() && raw.len() <= DATE_BYTES_MAX)
        .collect();
    let dated = dates
        .iter()
        .find_map(|raw| moment(raw, place).map(|time| (time, raw.clone())));
    let base = Url::parse(url).ok();
    let canonical = document
        .query_selector(document.root(), "link[rel=canonical][href]")
        .and_then(|id| document.get_attribute(id, "href"))
        .and_then(|link| address::shown(&link, base.as_ref()))
        .filter(|link| is_same_site(link, base.as_ref()));
    Facts {
        title: linked
            .headline
            .or_else(|| metas.get("og:title"))
            .map(|title| html::one_line(&html::plain(&title)))
            .filter(|title| !title.is_empty()),
        published: dated.as_ref().map(|(time, _)| *time),
        published_raw: dated.map(|(_, raw)| raw).or(dates.into_iter().next()),
        lang: lang(document, &metas),
        canonical,
    }
}

/// A page may name its own address, not somebody else's: copies name the original.
fn is_same_site(link: &str, base: Option<&Url>) -> bool {
    let host = |url: &Url| {
        url.host_str().map(|host| {
            host.trim_start_matches("www.")
                .trim_start_matches("m.")
                .to_owned()
        })
    };
    Url::parse(link).ok().as_ref().and_then(host) == base.and_then(host)
}

fn lang(document: &Document, metas: &Metas) -> Option<String> {
    let tag = document
        .query_selector(document.root(), "html[lang]")
        .and_then(|id| document.get_attribute(id, "lang"))
        .or_else(|| metas.get("og:locale"))?;
    let tag = tag.trim().replace('_', "-");
    let is_tag = (2..=35).contains(&tag.len())
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_tag.then_some(tag)
}

/// The date beside the headline, for pages without one in the head.
fn time_element(document: &Document) -> Option<String> {
    let root = document.root();
    let id = document
        .query_selector(root, "article time[datetime], main time[datetime]")
        .or_else(|| document.query_selector(root, "time[datetime], [itemprop=datePublished]"))?;
    document
        .get_attribute(id, "datetime")
        .or_else(|| document.get_attribute(id, "content"))
        .or_else(|| Some(document.text_content(id)))
}

/// The `meta` elements of a page.
struct Metas(Vec<(String, String)>);

impl Metas {
    fn of(document: &Document) -> Self {
        let name = |id: NodeId| {
            ["property", "name", "itemprop"]
                .iter()
                .find_map(|key| document.get_attribute(id, key))
        };
        let metas = document.get_elements_by_tag_name(document.root(), "meta");
        Self(
            metas
                .into_iter()
                .filter_map(|id| {
                    let content = document.get_attribute(id, "content")?;
                    Some((name(id)?.trim().to_ascii_lowercase(), content))
                })
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(known, content)| known == name && !content.trim().is_empty())
            .map(|(_, content)| content.clone())
    }
}

/// What schema.org says of the article.
#[derive(Default)]
struct Linked {
    headline: Option<String>,
    published: Option<String>,
}

fn linked_data(document: &Document) -> Linked {
    for id in document.scripts_with_type(&["application/ld+json"]) {
        let text = document.text_content(id);
        let Ok(value) = serde_json::from_str::<Value>(text.trim().trim_end_matches(';')) else {
            continue;
        };
        if let Some(found) = article_in(&value) {
            return found;
        }
    }
    Linked::default()
}

/// The first object of a kind of article.
fn article_in(value: &Value) -> Option<Linked> {
    let mut waiting = vec![value];
    let mut seen = 0;
    while let Some(value) = waiting.pop() {
        seen += 1;
        if seen > VALUES_MAX {
            return None;
        }
        match value {
            Value::Array(values) => waiting.extend(values.iter().rev()),
            Value::Object(fields) => {
                if fields.get("@type").is_some_and(is_article) {
                    let text = |key: &str| fields.get(key)?.as_str().map(str::to_owned);
                    return Some(Linked {
                        headline: text("headline"),
                        published: text("datePublished"),
                    });
                }
                waiting.extend(
                    fields
                        .get("@graph")
                        .into_iter()
                        .chain(fields.get("mainEntity")),
                );
            }
            _ => {}
        }
    }
    None
}

fn is_article(kind: &Value) -> bool {
    let is =
        |kind: &str| kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report";
    match kind {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}
