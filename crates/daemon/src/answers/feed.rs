//! The alerts as an Atom feed (RFC 4287), for feed readers: the same words as in a chat, so what may not
//! be quoted there is not quoted here either.

use std::io;

use bellwether_alert::acknowledged_before;
use bellwether_api::wording::{Facts, Message, Names, coverage_message, message, receiver_message};
use bellwether_archive::{AlertFilter, Desk};
use bellwether_model::{
    Alert, AlertState, Burst, DeliveryKind, Election, MessageLanguage, Subject, Timestamp, Withheld,
};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::who::Who;
use super::{Answers, Problem, problems};

/// Alerts in the feed, the newest.
const ENTRIES: usize = 50;

/// What ids begin with; the day is that of the first version of this feed (RFC 4151).
const ID: &str = "tag:bellwether.invalid,2026-11-28:";

/// One alert in words.
struct Entry {
    alert: Alert,
    message: Message,
}

impl Answers {
    /// The newest alerts as an Atom feed.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub(crate) fn alert_feed(&self) -> Result<String, Problem> {
        let who = self.log.with(|log| self.who(log))?;
        let entries = self.desk.with(|desk| {
            let alerts = desk.alerts(AlertFilter::All, ENTRIES);
            let alerts = alerts.map_err(problems::archive)?;
            let entries = alerts
                .into_iter()
                .map(|alert| self.feed_entry(desk, &who, alert));
            entries.collect::<Result<Vec<_>, Problem>>()
        })?;
        self.written(&entries.into_iter().flatten().collect::<Vec<_>>())
            .map_err(|error| super::internal(&error))
    }

    /// An alert in the words of its newest message; `None` of one that nobody was told of: what it found
    /// stands on the page.
    fn feed_entry(&self, desk: &Desk, who: &Who, alert: Alert) -> Result<Option<Entry>, Problem> {
        let Some(subject) = desk.last_subject(&alert.id).map_err(problems::archive)? else {
            return Ok(None);
        };
        let election = match &subject {
            Subject::Burst(burst) => election(who, burst),
            _ => None,
        };
        let zone = election.map(Election::zone);
        let names = Names::of(&who.directory);
        let facts = Facts {
            names: &names,
            language: MessageLanguage::English,
            zone: zone.as_ref().unwrap_or(&self.settings.zone),
            public_url: self.settings.public_url.as_deref(),
            possible_repeat: false,
            invented: self.settings.invented,
            acknowledged: acknowledged_before(&alert, alert.resolved.unwrap_or(alert.updated)),
            withholding: election
                .and_then(|election| election.withholding(Withheld::Polls, self.now())),
        };
        let kind = match alert.state {
            AlertState::Resolved => DeliveryKind::Resolved,
            AlertState::Firing | AlertState::Acknowledged => DeliveryKind::Firing,
        };
        let message = match &subject {
            Subject::Burst(burst) => message(burst, &alert, kind, &facts),
            Subject::Coverage(report) => coverage_message(report, &facts),
            Subject::Receiver(fault) => receiver_message(fault, &alert, &facts),
            // One alert alone is asked for.
            Subject::Summary(_) => return Ok(None),
        };
        Ok(Some(Entry { alert, message }))
    }

    fn written(&self, entries: &[Entry]) -> io::Result<String> {
        let updated = entries.iter().map(|entry| entry.alert.updated).max();
        let base = self.settings.public_url.as_deref();
        let base = base.map(|base| base.trim_end_matches('/'));
        let mut writer = Writer::new(Vec::new());
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        writer
            .create_element("feed")
            .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
            .write_inner_content(|writer| {
                let updated = updated.unwrap_or(Timestamp::UNIX_EPOCH);
                text(writer, "id", &format!("{ID}alerts"))?;
                text(writer, "title", "Bellwether: alerts")?;
                text(writer, "updated", &updated.to_string())?;
                author(writer)?;
                if let Some(base) = base {
                    link(writer, &format!("{base}/alerts"))?;
                }
                for entry in entries {
                    one(writer, entry, base)?;
                }
                Ok(())
            })?;
        String::from_utf8(writer.into_inner()).map_err(io::Error::other)
    }
}

/// The election of a burst's rule, and where it has none any more, that of its record.
fn election<'a>(who: &'a Who, burst: &'a Burst) -> Option<&'a Election> {
    let of_query = who
        .rules
        .iter()
        .find(|watched| watched.rule.id == burst.rule);
    let of_terms = who.term_rules.iter().find(|rule| rule.id == burst.rule);
    let of_rule = of_query.and_then(|watched| watched.rule.election.as_ref());
    let of_rule = of_rule.or_else(|| of_terms.and_then(|rule| rule.election.as_ref()));
    let recorded = || burst.election.as_ref().map(|clock| &clock.election);
    let id = of_rule.or_else(recorded)?;
    who.elections.iter().find(|election| election.id == *id)
}

fn one(writer: &mut Writer<Vec<u8>>, entry: &Entry, base: Option<&str>) -> io::Result<()> {
    let Entry { alert, message } = entry;
    writer
        .create_element("entry")
        .write_inner_content(|writer| {
            text(writer, "id", &format!("{ID}{}", alert.id))?;
            let severity = alert.severity().as_str();
            text(
                writer,
                "title",
                &format!("[{severity}] {}", message.headline),
            )?;
            text(writer, "published", &alert.started.to_string())?;
            text(writer, "updated", &alert.updated.to_string())?;
            if base.is_some()
                && let Some(to) = &message.link
            {
                link(writer, to)?;
            }
            for term in [alert.state.as_str(), severity, alert.cause.as_str()] {
                writer
                    .create_element("category")
                    .with_attribute(("term", term))
                    .write_empty()?;
            }
            text(writer, "content", &message.text())
        })
        .map(drop)
}

fn author(writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    writer
        .create_element("author")
        .write_inner_content(|writer| text(writer, "name", "Bellwether"))
        .map(drop)
}

fn link(writer: &mut Writer<Vec<u8>>, to: &str) -> io::Result<()> {
    writer
        .create_element("link")
        .with_attribute(("rel", "alternate"))
        .with_attribute(("href", to))
        .write_empty()
        .map(drop)
}

/// Text without the characters that XML has no place for.
fn text(writer: &mut Writer<Vec<u8>>, name: &str, content: &str) -> io::Result<()> {
    let content: String = content
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect();
    writer
        .create_element(name)
        .write_text_content(BytesText::new(&content))
        .map(drop)
}
