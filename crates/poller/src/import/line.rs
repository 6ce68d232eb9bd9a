//! One line of an import or replay (DESIGN 6).

use bellwether_archive::NewItem;
use bellwether_model::{FamilyId, GroupId, PUBLISHED_AHEAD_MAX, PublisherId, SourceId, Timestamp};
use serde_json::{Map, Value};

use crate::brought::Dated;
use crate::date::{Claim, Place, Unread};
use crate::parse::{DATE_BYTES_MAX, GUID_BYTES_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX, cut};
use crate::{address, date, identity};

/// Bytes of a name: of publisher, family, group, platform, language.
const NAME_BYTES_MAX: usize = 200;

/// Why a line cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Not JSON.
    #[error("no JSON: {0}")]
    NoJson(String),
    /// JSON, and no object.
    #[error("no JSON object")]
    NoObject,
    /// Without the time at which it was received.
    #[error("`time` is missing (RFC 3339, when the item was received)")]
    NoTime,
    /// With a time that is none.
    #[error("`time` is no RFC 3339 time: `{0}`")]
    BadTime(String),
    /// Received after the import, which cannot be.
    #[error(
        "`time` is {time} and lies after the import itself ({now:.0}); write when the item was received"
    )]
    AfterImport {
        /// The line's time.
        time: Timestamp,
        /// The import's.
        now: Timestamp,
    },
    /// Without publisher.
    #[error("`publisher` is missing")]
    NoPublisher,
    /// Nothing to be kept.
    #[error("both `title` and `text` are missing")]
    NoWords,
    /// A field of the wrong kind.
    #[error("`{0}` is no text")]
    NoText(&'static str),
    /// A field without bounds.
    #[error("`{field}` is longer than {limit} bytes")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its limit.
        limit: usize,
    },
}

/// One line, read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportLine {
    /// The id its file gives it.
    pub id: Option<String>,
    /// When the item was received.
    pub time: Timestamp,
    /// What its source claims, where readable; `time` where the line does not say.
    pub published: Option<Timestamp>,
    /// What its source claims, as written.
    pub published_raw: Option<String>,
    /// Who published it.
    pub publisher: PublisherId,
    /// Who owns the publisher.
    pub family: Option<FamilyId>,
    /// The groups of the publisher.
    pub groups: Vec<GroupId>,
    /// The platform.
    pub platform: Option<String>,
    /// The language.
    pub lang: Option<String>,
    /// The address, http or https.
    pub url: Option<String>,
    /// The title; empty where there is none.
    pub title: String,
    /// The text; empty where there is none.
    pub text: String,
    /// How the date was read that leaves something open.
    reading: Option<Result<Claim, Unread>>,
}

impl ImportLine {
    /// Reads a line. Fields that are empty are as if absent; unknown ones are left alone.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(line: &str) -> Result<Self, LineFault> {
        let value: Value =
            serde_json::from_str(line).map_err(|error| LineFault::NoJson(error.to_string()))?;
        let Value::Object(fields) = value else {
            return Err(LineFault::NoObject);
        };
        Self::of(&fields)
    }

    /// Reads the fields of a line.
    pub(super) fn of(fields: &Map<String, Value>) -> Result<Self, LineFault> {
        let time = text(fields, "time", DATE_BYTES_MAX)?.or(text(fields, "seen", DATE_BYTES_MAX)?);
        let time = time.ok_or(LineFault::NoTime)?;
        let time: Timestamp = time.trim().parse().map_err(|_| LineFault::BadTime(time))?;
        let published_raw = text(fields, "published", DATE_BYTES_MAX)?;
        let published = match &published_raw {
            Some(raw) => date::parse(raw),
            None => Some(time),
        };
        let name = |field| text(fields, field, NAME_BYTES_MAX);
        let line = Self {
            id: text(fields, "id", GUID_BYTES_MAX)?,
            time,
            published,
            published_raw,
            publisher: name("publisher")?
                .map(PublisherId::new)
                .ok_or(LineFault::NoPublisher)?,
            family: name("family")?.map(FamilyId::new),
            groups: groups(fields)?,
            platform: name("platform")?,
            lang: name("lang")?,
            url: text(fields, "url", usize::MAX)?.and_then(|url| address::shown(&url, None)),
            title: words(fields, "title", TITLE_BYTES_MAX)?,
            text: words(fields, "text", TEXT_BYTES_MAX)?,
            reading: None,
        };
        if line.title.is_empty() && line.text.is_empty() {
            return Err(LineFault::NoWords);
        }
        Ok(line)
    }

    /// Reads a date that leaves something open as it is written where the publisher speaks from.
    pub(super) fn date_by(&mut self, place: &Place) {
        if let (None, Some(raw)) = (self.published, &self.published_raw) {
            let reading = date::read(raw, place);
            self.published = reading.ok().map(|claim| claim.at);
            self.reading = Some(reading);
        }
    }

    /// The line, where it can have been received by the time of the import. One from the future would
    /// stand in every baseline to come, and be no burst when its time has come.
    ///
    /// # Errors
    /// [`LineFault::AfterImport`].
    pub fn received_by(self, now: Timestamp) -> Result<Self, LineFault> {
        let latest = now
            .checked_add(PUBLISHED_AHEAD_MAX)
            .unwrap_or(Timestamp::MAX);
        if self.time > latest {
            return Err(LineFault::AfterImport {
                time: self.time,
                now,
            });
        }
        Ok(self)
    }

    /// The source it belongs to.
    #[must_use]
    pub fn source(&self) -> SourceId {
        super::source_of(&self.publisher)
    }

    /// The item it brings. Its identities are those that a poll would give it, so that an article
    /// that is imported and polled is one: its own id and its address, and where it has neither its
    /// words and time.
    #[must_use]
    pub fn into_item(self, locator: Option<String>) -> NewItem {
        let source = self.source();
        let id = self.id.as_deref().map(|id| identity::guid_key(id, &source));
        let address = self.url.as_deref().and_then(identity::address_key);
        let mut identities: Vec<String> = id.into_iter().chain(address).collect();
        if identities.is_empty() {
            let words = format!("{}\n{}", self.title, self.text);
            identities.push(identity::digest_key(
                &words,
                "",
                Some(&self.time.to_string()),
            ));
        }
        let dated = Dated {
            published: self.published,
            is_written: true,
            reading: self.reading,
        };
        let (time, time_reason) = dated.placed(self.time, None);
        NewItem {
            source,
            publisher: self.publisher,
            identities,
            guid: self.id,
            url: self.url,
            platform: self.platform,
            lang_declared: self.lang,
            title: self.title,
            text: self.text,
            seen: self.time,
            published: self.published,
            published_raw: self.published_raw,
            time,
            time_reason,
            locator,
            facts: bellwether_model::PostFacts::default(),
        }
    }
}

/// A text that is there and not empty; a number will do, ids often are.
fn text(
    fields: &Map<String, Value>,
    field: &'static str,
    bytes_max: usize,
) -> Result<Option<String>, LineFault> {
    let text = match fields.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim(),
        Some(Value::Number(number)) => return Ok(Some(number.to_string())),
        Some(_) => return Err(LineFault::NoText(field)),
    };
    if text.len() > bytes_max {
        return Err(LineFault::TooLong {
            field,
            limit: bytes_max,
        });
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// Words are cut, not refused: their beginning is worth more than nothing.
fn words(
    fields: &Map<String, Value>,
    field: &'static str,
    bytes_max: usize,
) -> Result<String, LineFault> {
    Ok(cut(
        text(fields, field, usize::MAX)?.unwrap_or_default(),
        bytes_max,
        &mut false,
    ))
}

fn groups(fields: &Map<String, Value>) -> Result<Vec<GroupId>, LineFault> {
    let Some(Value::Array(listed)) = fields.get("group") else {
        return Ok(text(fields, "group", NAME_BYTES_MAX)?
            .map(GroupId::new)
            .into_iter()
            .collect());
    };
    listed
        .iter()
        .take(NAME_BYTES_MAX)
        .map(|group| {
            group
                .as_str()
                .map(GroupId::new)
                .ok_or(LineFault::NoText("group"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_line() {
        let line = ImportLine::parse(
            r#"{"id":7,"time":"2026-11-20T09:00:00Z","published":"Fri, 20 Nov 2026 08:00:00 GMT","publisher":"X","family":"F","group":"prc-state","platform":"weibo","lang":"zh","url":"https://e.org/1?utm_x=1","title":"作票","text":"","more":[1]}"#,
        )
        .unwrap();
        assert_eq!(line.id.as_deref(), Some("7"));
        assert_eq!(line.url.as_deref(), Some("https://e.org/1"));
        assert_eq!(line.groups, [GroupId::new("prc-state")]);
        let item = line.into_item(None);
        assert_eq!(item.source.as_str(), "import:X");
        assert_eq!(item.time.to_string(), "2026-11-20T08:00:00Z");
        assert_eq!(item.identities, ["guid@import:X:7", "url:https://e.org/1"]);
    }

    #[test]
    fn published_is_time_where_the_line_does_not_say() {
        let line =
            ImportLine::parse(r#"{"seen":"2026-11-20T09:00:00+08:00","publisher":"X","text":"t"}"#)
                .unwrap();
        assert_eq!(line.published, Some(line.time));
        assert_eq!(line.time.to_string(), "2026-11-20T01:00:00Z");
    }

    #[test]
    fn faults() {
        for (line, expected) in [
            ("[]", LineFault::NoObject),
            (r#"{"publisher":"X","text":"t"}"#, LineFault::NoTime),
            (
                r#"{"time":"yesterday","publisher":"X","text":"t"}"#,
                LineFault::BadTime("yesterday".to_owned()),
            ),
            (
                r#"{"time":"2026-11-20T09:00:00Z","publisher":" ","text":"t"}"#,
                LineFault::NoPublisher,
            ),
            (
                r#"{"time":"2026-11-20T09:00:00Z","publisher":"X","title":""}"#,
                LineFault::NoWords,
            ),
            (
                r#"{"time":"2026-11-20T09:00:00Z","publisher":"X","title":{}}"#,
                LineFault::NoText("title"),
            ),
        ] {
            assert_eq!(ImportLine::parse(line), Err(expected), "{line}");
        }
        assert!(matches!(ImportLine::parse("{"), Err(LineFault::NoJson(_))));
        let long = format!(
            r#"{{"time":"2026-11-20T09:00:00Z","publisher":"{}","text":"t"}}"#,
            "x".repeat(201)
        );
        assert_eq!(
            ImportLine::parse(&long),
            Err(LineFault::TooLong {
                field: "publisher",
                limit: 200
            })
        );
    }
}
