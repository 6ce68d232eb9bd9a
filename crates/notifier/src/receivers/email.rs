//! A message as a mail: plain text in UTF-8 (RFC 5322, RFC 2045), from one mailbox to one other.
//!
//! Its Message-ID is made of the key of the delivery and so the same for every attempt: a mailbox that gets
//! a repeat can tell. What comes later about an alert answers the first message about it (RFC 5322, 3.6.4), so
//! that mail programs show them together; nothing that was sent can be changed. `Auto-Submitted`
//! (RFC 3834, 5) keeps out-of-office replies away. No HTML, no attachment, no other recipient.

use std::time::{Duration, SystemTime};

use bellwether_api::wording::Message;
use bellwether_model::{
    Delivery, DeliveryKey, DeliveryKind, DeliveryState, MailTls, Secret, Timestamp,
};
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, MessageBuilder};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

use super::Letter;
use crate::neutral;
use crate::smtp::Mail;

/// A subject shows where messages are chosen from; the whole headline begins the text.
const SUBJECT_MAX: usize = 200;

/// Bytes of the digest in a Message-ID: as many as no two keys share.
const ID_BYTES: usize = 16;

/// Where a mail goes.
pub(super) struct Way<'a> {
    pub(super) server: &'a str,
    pub(super) port: u16,
    pub(super) tls: MailTls,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) login: Option<&'a (String, Secret)>,
}

pub(super) fn mail(way: &Way<'_>, letter: &Letter<'_>) -> Result<Mail, String> {
    let from = address(way.from)?;
    let to = address(way.to)?;
    let domain = from.domain();
    let mut builder = MessageBuilder::new()
        .date(date(letter.now))
        .from(Mailbox::new(None, from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .message_id(Some(message_id(&letter.delivery.key, domain)))
        .subject(subject(&letter.message.headline))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN);
    if let Some(first) = first_told(letter.told, letter.delivery) {
        let first = message_id(&first.key, domain);
        builder = builder.in_reply_to(first.clone()).references(first);
    }
    let message = builder
        .body(text(letter.message))
        .map_err(|error| format!("the message cannot be written as a mail: {error}"))?;
    Ok(Mail {
        server: way.server.to_owned(),
        port: way.port,
        tls: way.tls,
        login: way.login.cloned(),
        from,
        to,
        bytes: message.formatted(),
    })
}

/// Configuration has checked it; the error does not show it.
fn address(text: &str) -> Result<Address, String> {
    text.parse()
        .map_err(|_| "`from` and `to` of the receiver must be mailboxes".to_owned())
}

/// In whole seconds, as the header has it; nothing is sent before 1970.
fn date(now: Timestamp) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(now.as_millisecond()).unwrap_or(0));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn message_id(key: &DeliveryKey, domain: &str) -> String {
    let digest = Sha256::digest(key.as_str().as_bytes());
    let digits: String = digest
        .iter()
        .take(ID_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("<bellwether.{digits}@{domain}>")
}

/// The first message about the alert that this receiver has, where this one is a later one.
fn first_told<'a>(told: &'a [Delivery], delivery: &Delivery) -> Option<&'a Delivery> {
    let is_later = matches!(
        delivery.kind,
        DeliveryKind::Updated | DeliveryKind::Resolved
    );
    told.iter()
        .filter(|before| {
            is_later
                && before.receiver == delivery.receiver
                && before.key != delivery.key
                && matches!(before.kind, DeliveryKind::Firing | DeliveryKind::Updated)
                && before.state == DeliveryState::Delivered
                && before.created <= delivery.created
        })
        .min_by_key(|before| before.created)
}

/// One line, of what a person sees as so many characters.
fn subject(headline: &str) -> String {
    let line: String = neutral::plain(headline)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match line.grapheme_indices(true).nth(SUBJECT_MAX) {
        None => line,
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
    }
}

/// Names of others are no links in a mail program; our own link is.
fn text(message: &Message) -> String {
    let mut lines = vec![neutral::plain(&message.headline)];
    lines.extend(message.lines.iter().map(|line| neutral::plain(line)));
    lines.extend(message.link.iter().map(|link| message.link_line(link)));
    let notes = message.notes.iter().map(|note| message.note_line(note));
    lines.extend(notes.map(|note| neutral::plain(&note)));
    // Both ends of a line, as mail has them; the encoding takes care of long ones.
    lines.join("\r\n") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line_cut_between_characters() {
        assert_eq!(subject("作票\r\nBcc: x"), "作票  Bcc: x");
        assert_eq!(
            neutral::plain("see https://evil.example/"),
            subject("see https://evil.example/")
        );
        let flags = "\u{1F1F9}\u{1F1FC}".repeat(SUBJECT_MAX);
        assert_eq!(subject(&flags), flags);
        let long = format!("{flags}\u{1F1F9}\u{1F1FC}");
        assert_eq!(subject(&long), format!("{flags}…"));
    }

    #[test]
    fn an_id_is_that_of_the_key() {
        let key = |text: &str| message_id(&DeliveryKey::new(text), "news.example");
        assert_eq!(key("a-1:desk:1"), key("a-1:desk:1"));
        assert_ne!(key("a-1:desk:1"), key("a-1:desk:2"));
        assert_eq!(
            key("a-1:desk:1"),
            "<bellwether.d16ad5ffa8597df310df1cfc153f73c5@news.example>"
        );
    }
}
