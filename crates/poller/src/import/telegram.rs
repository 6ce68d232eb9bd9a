//! The export of Telegram Desktop, `result.json`: one chat, or all of an account.
//!
//! Exports have gigabytes, so the file is read message by message: a scanner that knows strings,
//! brackets and nothing else cuts the objects out of every list that is called `messages`. Only
//! channels and groups are read; private chats are left out and not kept. Times are `date_unixtime`,
//! since `date` is the local time of the computer that exported. An export does not say when a
//! message was received: its own time is taken.

use std::io::{self, BufRead};

use bellwether_model::Timestamp;
use serde_json::{Map, Value, json};

use super::line::{ImportLine, LineFault};
use super::records::{Record, Records};

/// Longer messages are none.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Names and ids of a chat that are remembered until its messages come.
const WORD_BYTES_MAX: usize = 1024;

/// Depth of nesting at which messages still stand.
const DEPTH_MAX: usize = 64;

/// The messages of an export.
pub(super) struct Messages<R> {
    reader: R,
    scan: Scan,
    publisher: Option<String>,
    has_ended: bool,
}

impl<R: BufRead> Messages<R> {
    /// `publisher` is who speaks in a channel, where that is not to be its name.
    pub(super) const fn new(reader: R, publisher: Option<String>) -> Self {
        Self {
            reader,
            scan: Scan::new(),
            publisher,
            has_ended: false,
        }
    }
}

impl<R: BufRead> Records for Messages<R> {
    fn next(&mut self, body: &mut Vec<u8>) -> io::Result<Option<Record>> {
        let mut bytes = 0;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(self.end(bytes));
            }
            let mut found = None;
            let mut taken = available.len();
            for (at, byte) in available.iter().enumerate() {
                if let Some(message) = self.scan.take(*byte) {
                    found = Some(message);
                    taken = at + 1;
                    break;
                }
            }
            self.reader.consume(taken);
            bytes += taken as u64;
            let Some(message) = found else {
                continue;
            };
            let line = match message {
                None => Err(format!("longer than {MESSAGE_BYTES_MAX} bytes")),
                Some(message) => {
                    let line = self.line(&message);
                    if !matches!(line, Ok(None)) {
                        // One line of the capture each, as the export has it but for line breaks,
                        // which stand between values only.
                        body.extend(message.iter().filter(|byte| !matches!(byte, b'\n' | b'\r')));
                        body.push(b'\n');
                    }
                    line
                }
            };
            return Ok(Some(Record { bytes, line }));
        }
    }
}

impl<R> Messages<R> {
    /// What is to be said of the end, once.
    fn end(&mut self, bytes: u64) -> Option<Record> {
        if std::mem::replace(&mut self.has_ended, true) {
            return None;
        }
        let fault = if !self.scan.open.is_empty() || self.scan.beyond > 0 {
            "the file ends in the middle"
        } else if !self.scan.has_messages {
            "no export of Telegram Desktop: there is no list of `messages`"
        } else {
            return None;
        };
        Some(Record {
            bytes,
            line: Err(fault.to_owned()),
        })
    }

    /// `None` for what is no post: service messages, private chats.
    fn line(&self, message: &[u8]) -> Result<Option<ImportLine>, String> {
        let chat = self.scan.chat();
        let kind = chat.kind.as_deref().unwrap_or_default();
        let is_channel = kind.ends_with("channel");
        if !is_channel && !kind.ends_with("group") {
            return Ok(None);
        }
        let message: Value = serde_json::from_slice(message)
            .map_err(|error| LineFault::NoJson(error.to_string()).to_string())?;
        if message.get("type").and_then(Value::as_str) != Some("message") {
            return Ok(None);
        }
        let text = words(&message);
        if text.trim().is_empty() {
            // An image without words; images are not read.
            return Ok(None);
        }
        let time = time(&message, "date_unixtime").ok_or_else(|| LineFault::NoTime.to_string())?;
        let named = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let chat_id = chat.id.as_deref().unwrap_or("unknown");
        let publisher = match (&self.publisher, is_channel) {
            (Some(publisher), true) => publisher.clone(),
            (_, true) => chat
                .name
                .clone()
                .unwrap_or_else(|| format!("telegram:channel{chat_id}")),
            // In a group it is members who speak, by their ids and not their names.
            (_, false) => format!(
                "telegram:{}",
                named(message.get("from_id")).unwrap_or_else(|| format!("chat{chat_id}"))
            ),
        };
        let id = message
            .get("id")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        let fields: Map<String, Value> = [
            ("id", json!(format!("telegram:{chat_id}/{id}"))),
            ("time", json!(time.to_string())),
            ("publisher", json!(publisher)),
            ("platform", json!("telegram")),
            ("text", json!(text)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
        ImportLine::of(&fields)
            .map(Some)
            .map_err(|fault| fault.to_string())
    }
}

/// Seconds as a text, or as a number in other versions.
fn time(message: &Value, key: &str) -> Option<Timestamp> {
    let value = message.get(key)?;
    let seconds = match value {
        Value::String(text) => text.parse().ok()?,
        _ => value.as_i64()?,
    };
    Timestamp::from_second(seconds).ok()
}

/// The words, which are a text, or a list of texts and marked pieces.
fn words(message: &Value) -> String {
    let piece = |value: &Value| match value {
        Value::String(text) => text.clone(),
        _ => value
            .get("text")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    };
    let entities = message.get("text_entities").and_then(Value::as_array);
    match (
        entities.filter(|entities| !entities.is_empty()),
        message.get("text"),
    ) {
        (Some(entities), _) => entities.iter().map(piece).collect(),
        (None, Some(Value::Array(pieces))) => pieces.iter().map(piece).collect(),
        (None, Some(text)) => piece(text),
        (None, None) => String::new(),
    }
}

/// What was said of a chat before its messages.
#[derive(Debug, Default, Clone)]
struct Chat {
    name: Option<String>,
    kind: Option<String>,
    id: Option<String>,
}

/// An object or a list that is open.
#[derive(Debug, Default)]
struct Open {
    is_list: bool,
    /// Whether it is a list of messages.
    holds_messages: bool,
    chat: Chat,
    key: Option<String>,
}

/// Follows a JSON text byte by byte, as far as is needed to cut messages out of it.
struct Scan {
    open: Vec<Open>,
    /// Open brackets beyond the depth that is followed.
    beyond: usize,
    in_string: bool,
    is_escaped: bool,
    word: Vec<u8>,
    has_word: bool,
    /// The message that is being cut out, with its depth; `None` in it where it is too long.
    message: Option<(usize, Option<Vec<u8>>)>,
    has_messages: bool,
}

impl Scan {
    const fn new() -> Self {
        Self {
            open: Vec::new(),
            beyond: 0,
            in_string: false,
            is_escaped: false,
            word: Vec::new(),
            has_word: false,
            message: None,
            has_messages: false,
        }
    }

    /// The chat whose messages are read.
    fn chat(&self) -> Chat {
        self.open
            .iter()
            .rev()
            .find(|open| !open.is_list)
            .map(|open| open.chat.clone())
            .unwrap_or_default()
    }

    /// Takes a byte; the message that it ends, if any.
    fn take(&mut self, byte: u8) -> Option<Option<Vec<u8>>> {
        if self.message.is_some() {
            return self.take_in_message(byte);
        }
        if self.in_string {
            self.take_in_string(byte);
            return None;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.word.clear();
            }
            b'{' | b'[' => self.begin(byte),
            b'}' | b']' => {
                self.value_ends();
                if self.beyond > 0 {
                    self.beyond -= 1;
                } else {
                    self.open.pop();
                }
            }
            b':' => {
                let key = std::mem::take(&mut self.word);
                self.has_word = false;
                if let Some(open) = self.open.last_mut().filter(|_| self.beyond == 0) {
                    open.key = String::from_utf8(key).ok();
                }
            }
            b',' => self.value_ends(),
            byte if byte.is_ascii_whitespace() => {}
            byte => {
                // Digits of an id.
                if self.word.len() < WORD_BYTES_MAX {
                    self.word.push(byte);
                    self.has_word = true;
                }
            }
        }
        None
    }

    fn take_in_string(&mut self, byte: u8) {
        if self.is_escaped {
            self.is_escaped = false;
        } else if byte == b'\\' {
            self.is_escaped = true;
        } else if byte == b'"' {
            self.in_string = false;
            self.has_word = true;
            // Its escapes are read as JSON reads them.
            let quoted = [b"\"", &self.word[..], b"\""].concat();
            if let Ok(text) = serde_json::from_slice::<String>(&quoted) {
                self.word = text.into_bytes();
            }
            return;
        }
        if self.word.len() < WORD_BYTES_MAX {
            self.word.push(byte);
        }
    }

    fn take_in_message(&mut self, byte: u8) -> Option<Option<Vec<u8>>> {
        let (depth, message) = self.message.as_mut()?;
        if self.in_string {
            if self.is_escaped {
                self.is_escaped = false;
            } else if byte == b'\\' {
                self.is_escaped = true;
            } else if byte == b'"' {
                self.in_string = false;
            }
        } else {
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => *depth += 1,
                b'}' | b']' => *depth -= 1,
                _ => {}
            }
        }
        if message
            .as_ref()
            .is_some_and(|kept| kept.len() >= MESSAGE_BYTES_MAX)
        {
            *message = None;
        }
        if let Some(kept) = message {
            kept.push(byte);
        }
        if *depth > 0 {
            return None;
        }
        self.message.take().map(|(_, message)| message)
    }

    fn begin(&mut self, byte: u8) {
        let is_list = byte == b'[';
        let parent = self.open.last();
        if !is_list && self.beyond == 0 && parent.is_some_and(|open| open.holds_messages) {
            self.message = Some((1, Some(vec![byte])));
            return;
        }
        if self.open.len() >= DEPTH_MAX || self.beyond > 0 {
            self.beyond += 1;
            return;
        }
        let holds_messages = is_list
            && parent.is_some_and(|open| !open.is_list && open.key.as_deref() == Some("messages"));
        self.has_messages |= holds_messages;
        self.open.push(Open {
            is_list,
            holds_messages,
            ..Open::default()
        });
        self.has_word = false;
        self.word.clear();
    }

    /// Remembers what says of a chat who it is.
    fn value_ends(&mut self) {
        let word = std::mem::take(&mut self.word);
        let has_word = std::mem::take(&mut self.has_word);
        let Some(open) = self.open.last_mut().filter(|_| self.beyond == 0) else {
            return;
        };
        let key = open.key.take();
        if !has_word {
            return;
        }
        let text = String::from_utf8(word).ok().filter(|text| text != "null");
        match key.as_deref() {
            Some("name") => open.chat.name = text,
            Some("type") => open.chat.kind = text,
            Some("id") => open.chat.id = text,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, publisher: Option<&str>) -> (Vec<ImportLine>, Vec<String>, String) {
        let mut messages = Messages::new(
            io::BufReader::with_capacity(7, text.as_bytes()),
            publisher.map(str::to_owned),
        );
        let (mut lines, mut bad, mut body) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(record) = messages.next(&mut body).unwrap() {
            match record.line {
                Ok(line) => lines.extend(line),
                Err(reason) => bad.push(reason),
            }
        }
        (lines, bad, String::from_utf8(body).unwrap())
    }

    const CHANNEL: &str = r#"{
 "name": "Канал \"A\"", "type": "public_channel", "id": 123,
 "messages": [
  {"id": 1, "type": "service", "date_unixtime": "1795160000", "action": "create_channel", "text": ""},
  {"id": 2, "type": "message", "date": "2026-11-20T10:33:20", "date_unixtime": "1795160000", "from": "Канал", "from_id": "channel123",
   "forwarded_from": null,
   "text": ["Слова ", {"type": "bold", "text": "и } [ \" "}, "ещё"],
   "text_entities": [{"type": "plain", "text": "Слова "}, {"type": "bold", "text": "и } [ \" "}, {"type": "plain", "text": "ещё"}]},
  {"id": 3, "type": "message", "date_unixtime": "1795160001", "photo": "(File not included)", "text": ""},
  {"id": 4, "type": "message", "text": "no time"}
 ]}"#;

    #[test]
    fn a_channel() {
        let (lines, bad, body) = all(CHANNEL, None);
        let [line] = &lines[..] else {
            panic!("{lines:?}")
        };
        assert_eq!(line.publisher.as_str(), "Канал \"A\"");
        assert_eq!(line.text, "Слова и } [ \" ещё");
        assert_eq!(line.id.as_deref(), Some("telegram:123/2"));
        assert_eq!(line.time.to_string(), "2026-11-20T07:33:20Z");
        assert_eq!(bad.len(), 1);
        assert_eq!(body.lines().count(), 2, "the post, and the bad one");
        assert!(
            body.lines()
                .all(|line| serde_json::from_str::<Value>(line).is_ok())
        );
        assert_eq!(
            all(CHANNEL, Some("outlet")).0[0].publisher.as_str(),
            "outlet"
        );
    }

    #[test]
    fn an_account_without_its_private_chats() {
        let text = r#"{"about": "x", "chats": {"about": "y", "list": [
            {"name": "Friend", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date_unixtime": "1795160000", "text": "private", "text_entities": []}]},
            {"name": "Group", "type": "private_supergroup", "id": 2, "messages": [{"id": 5, "type": "message", "date_unixtime": "1795160000", "from": "Some One", "from_id": "user77", "text": "in a group", "text_entities": []}]}]}}"#;
        let (lines, bad, body) = all(text, Some("outlet"));
        assert_eq!(bad, [""; 0]);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].publisher.as_str(), "telegram:user77");
        assert!(!body.contains("private\""), "what is private is not kept");
    }

    #[test]
    fn a_cut_file_keeps_what_is_whole() {
        let at = CHANNEL.find("no time").unwrap();
        let (lines, bad, _) = all(&CHANNEL[..at], None);
        assert_eq!((lines.len(), bad.len()), (1, 1));
        for text in [
            "",
            "[",
            "nonsense",
            "{\"messages\": 5}",
            &"[".repeat(10_000),
            &"{\"messages\":[".repeat(200),
        ] {
            let (lines, bad, _) = all(text, None);
            assert_eq!((lines.len(), bad.len()), (0, 1), "{text:.40}");
        }
    }
}
