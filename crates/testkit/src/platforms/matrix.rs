//! A homeserver of Matrix, as far as sending text to a room goes.
//!
//! Sources: matrix-spec, client-server API: `room_send.yaml` (the same transaction again gives the
//! first answer), "Standard error response" and "Rate limiting" (`Retry-After`, `retry_after_ms`),
//! "Size limits" (65536 bytes for an event), "Event replacements" (`m.new_content`; never of a
//! replacement, and within one room), "User and room mentions" (`m.mentions`; without it, older
//! clients call on `@room` in the body). A real server measures the whole event with what it adds;
//! here it is the content alone, so that a sender has to keep away from the limit by itself. A real
//! server may take a replacement that is not valid, and clients then ignore it: here it is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules, whole_seconds};
use super::pace::Pace;
use super::parts;
use crate::server::{Answer, Request};

const TOKEN: &str = "syt_FAKEsecretFAKEsecret";
const ROOM: &str = "!bellwether:matrix.example";
const PREFIX: &str = "/_matrix/client/v3/rooms/";
const CONTENT_MAX: usize = 65_536;

/// A message in a room, as clients show it now.
#[derive(Debug, Clone)]
pub struct MatrixMessage {
    /// What replacements and replies name it by.
    pub event_id: String,
    /// The room.
    pub room: String,
    /// `m.text`, or `m.notice` of bots.
    pub kind: String,
    /// The text in plain.
    pub text: String,
    /// The same in HTML, where there is one.
    pub formatted: Option<String>,
    /// The event at the root of the thread it is in.
    pub thread: Option<String>,
    /// The content as it was last sent, after a replacement the new one.
    pub content: Value,
    /// How often it was replaced.
    pub edits: usize,
}

impl MatrixMessage {
    /// The links of its HTML: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        self.formatted.as_deref().map(anchors).unwrap_or_default()
    }
}

/// The server.
pub struct MatrixServer(Front<Home>);

struct Home {
    pace: Pace,
    rooms: BTreeSet<String>,
    messages: Vec<MatrixMessage>,
    /// By room and transaction, the event.
    sent: BTreeMap<(String, String), String>,
    replacements: BTreeSet<String>,
    pings: Vec<String>,
}

struct Refusal {
    status: u16,
    code: &'static str,
    error: &'static str,
}

const fn refusal(status: u16, code: &'static str, error: &'static str) -> Refusal {
    Refusal {
        status,
        code,
        error,
    }
}

impl MatrixServer {
    /// A server with one room, for as many messages a second as one likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Home {
            pace: Pace::unlimited(),
            rooms: BTreeSet::from([ROOM.to_owned()]),
            messages: Vec::new(),
            sent: BTreeMap::new(),
            replacements: BTreeSet::new(),
            pings: Vec::new(),
        }))
    }

    /// The token it takes.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// The room there is from the start.
    #[must_use]
    pub const fn room(&self) -> &'static str {
        ROOM
    }

    /// Adds a room.
    pub fn add_room(&self, room: &str) {
        self.0.rules().rooms.insert(room.to_owned());
    }

    /// From now on, takes `burst` events of a room at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// The messages in the order of their sending, as they are shown now.
    #[must_use]
    pub fn messages(&self) -> Vec<MatrixMessage> {
        self.0.rules().messages.clone()
    }

    /// Whom all events called: users, and `@room`.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        self.0.rules().pings.clone()
    }

    /// The links of all messages as they are shown now: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        self.messages()
            .iter()
            .flat_map(MatrixMessage::links)
            .collect()
    }
}

impl Platform for MatrixServer {
    fn door(&self) -> &Door {
        self.0.door()
    }
}

/// Whom an event calls.
fn pings(content: &Value) -> Vec<String> {
    let Some(mentions) = content.get("m.mentions") else {
        let texts = ["body", "formatted_body"].iter();
        let mut texts = texts.filter_map(|name| parts::text(content, name));
        let calls = texts.any(|text| text.contains("@room"));
        return calls.then(|| "@room".to_owned()).into_iter().collect();
    };
    let users = parts::elements(mentions, "user_ids").iter();
    let users = users.filter_map(Value::as_str).map(str::to_owned);
    let room = (mentions.get("room") == Some(&Value::Bool(true))).then(|| "@room".to_owned());
    users.chain(room).collect()
}

/// The links of HTML, without regard for what else is in it.
fn anchors(html: &str) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for anchor in html.split("<a ").skip(1) {
        let Some((tag, rest)) = anchor.split_once('>') else {
            continue;
        };
        let url = tag.split_once("href=").and_then(|(_, value)| {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            value[1..].split(quote).next()
        });
        let label = rest.split("</a>").next().unwrap_or_default();
        let mut shown = String::new();
        for (at, piece) in label.split('<').enumerate() {
            let text = piece.split_once('>').map_or(piece, |(_, text)| text);
            shown.push_str(if at == 0 { piece } else { text });
        }
        links.push((unescaped(url.unwrap_or_default()), unescaped(&shown)));
    }
    links
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

impl MatrixMessage {
    fn show(&mut self, content: &Value) {
        let text = |name| parts::text(content, name).map(str::to_owned);
        self.kind = text("msgtype").unwrap_or_default();
        self.text = text("body").unwrap_or_default();
        self.formatted = text("formatted_body");
        self.content = content.clone();
    }
}

impl Home {
    /// The room and the transaction, where the request is one to send a message.
    fn place(&self, request: &Request) -> Result<(String, String), Refusal> {
        match request.header("authorization") {
            None => return Err(refusal(401, "M_MISSING_TOKEN", "Missing access token")),
            Some(_) if parts::bearer(request) != Some(TOKEN) => {
                return Err(refusal(
                    401,
                    "M_UNKNOWN_TOKEN",
                    "Invalid access token passed.",
                ));
            }
            Some(_) => {}
        }
        let unrecognized = refusal(404, "M_UNRECOGNIZED", "Unrecognized request");
        let Some(rest) = parts::path(request).strip_prefix(PREFIX) else {
            return Err(unrecognized);
        };
        let [room, "send", "m.room.message", transaction] = *rest.split('/').collect::<Vec<_>>()
        else {
            return Err(unrecognized);
        };
        if request.method != "PUT" || transaction.is_empty() {
            return Err(refusal(405, "M_UNRECOGNIZED", "Unrecognized request"));
        }
        let room = parts::percent_decoded(room);
        if !self.rooms.contains(&room) {
            return Err(refusal(403, "M_FORBIDDEN", "User is not in the room."));
        }
        Ok((room, parts::percent_decoded(transaction)))
    }

    /// Where the message is that a replacement replaces.
    fn replaced(&self, room: &str, relation: &Value) -> Result<usize, Refusal> {
        let id = parts::text(relation, "event_id").unwrap_or_default();
        if self.replacements.contains(id) {
            let error = "A replacement cannot be replaced";
            return Err(refusal(400, "M_INVALID_PARAM", error));
        }
        self.messages
            .iter()
            .position(|message| message.event_id == id && message.room == room)
            .ok_or(refusal(404, "M_NOT_FOUND", "Unknown event"))
    }

    fn store(&mut self, room: &str, content: &Value) -> Result<String, Refusal> {
        let has_text = |content: &Value| {
            ["body", "msgtype"]
                .iter()
                .all(|name| parts::text(content, name).is_some())
        };
        if !has_text(content) {
            return Err(refusal(400, "M_BAD_JSON", "body and msgtype are required"));
        }
        let event_id = format!("$event{}", self.sent.len() + 1);
        let relation = content.get("m.relates_to").unwrap_or(&Value::Null);
        let kind = parts::text(relation, "rel_type");
        if kind == Some("m.replace") {
            let place = self.replaced(room, relation)?;
            let new = content.get("m.new_content").filter(|new| has_text(new));
            let new = new.ok_or(refusal(400, "M_BAD_JSON", "m.new_content is required"))?;
            self.messages[place].show(new);
            self.messages[place].edits += 1;
            self.replacements.insert(event_id.clone());
        } else {
            let root = (kind == Some("m.thread")).then(|| parts::text(relation, "event_id"));
            let mut message = MatrixMessage {
                event_id: event_id.clone(),
                room: room.to_owned(),
                kind: String::new(),
                text: String::new(),
                formatted: None,
                thread: root.flatten().map(str::to_owned),
                content: Value::Null,
                edits: 0,
            };
            message.show(content);
            self.messages.push(message);
        }
        self.pings.extend(pings(content));
        Ok(event_id)
    }

    fn asked(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let place = self.place(request)?;
        let known = self.sent.get(&place).cloned();
        let event_id = match known {
            Some(event_id) => event_id,
            None => {
                let content: Value = serde_json::from_slice(&request.body)
                    .map_err(|_| refusal(400, "M_NOT_JSON", "Content not JSON."))?;
                if !content.is_object() {
                    return Err(refusal(400, "M_BAD_JSON", "Content must be a JSON object."));
                }
                if content.to_string().len() > CONTENT_MAX {
                    return Err(refusal(413, "M_TOO_LARGE", "event too large"));
                }
                if let Err(wait) = self.pace.take(&place.0, Instant::now()) {
                    return Ok(Self::too_fast(wait));
                }
                let event_id = self.store(&place.0, &content)?;
                self.sent.insert(place, event_id.clone());
                event_id
            }
        };
        Ok(Answer::json(200, &json!({"event_id": event_id})))
    }
}

impl Rules for Home {
    fn answer(&mut self, request: &Request) -> Answer {
        self.asked(request).unwrap_or_else(|refused| {
            let body = json!({"errcode": refused.code, "error": refused.error});
            Answer::json(refused.status, &body)
        })
    }

    fn too_fast(wait: Duration) -> Answer {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let body = json!({"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests",
                          "retry_after_ms": millis});
        Answer::json(429, &body).header("Retry-After", &whole_seconds(wait).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};
    use crate::platforms::Fault;

    fn put_as(server: &MatrixServer, token: &str, room: &str, id: &str, body: &[u8]) -> Reply {
        let token = format!("Bearer {token}");
        let room = crate::client::encoded(room);
        let url = format!("{}{PREFIX}{room}/send/m.room.message/{id}", server.url());
        send("PUT", &url, &[("Authorization", &token)], body).unwrap()
    }

    fn put(server: &MatrixServer, id: &str, content: &Value) -> Reply {
        put_as(server, TOKEN, ROOM, id, content.to_string().as_bytes())
    }

    fn text(body: &str) -> Value {
        json!({"msgtype": "m.notice", "body": body, "m.mentions": {}})
    }

    fn replacing(event: &Value, body: &str) -> Value {
        json!({"msgtype": "m.notice", "body": format!("* {body}"), "m.mentions": {},
            "m.new_content": text(body),
            "m.relates_to": {"rel_type": "m.replace", "event_id": event}})
    }

    #[test]
    fn a_transaction_counts_once() {
        let server = MatrixServer::open();
        server.fault(Fault::Cut);
        let body = text("台灣 @room").to_string();
        let url = format!("{}{PREFIX}{ROOM}/send/m.room.message/t1", server.url());
        let token = format!("Bearer {TOKEN}");
        assert!(send("PUT", &url, &[("Authorization", &token)], body.as_bytes()).is_err());
        let again = put(&server, "t1", &text("台灣 @room")).json();
        assert_eq!(put(&server, "t1", &text("other")).json(), again);
        assert_ne!(put(&server, "t2", &text("台灣")).json(), again);
        let texts: Vec<String> = server.messages().into_iter().map(|m| m.text).collect();
        assert_eq!(texts, ["台灣 @room", "台灣"]);
        assert!(server.pings().is_empty(), "m.mentions is there, and empty");
    }

    #[test]
    fn replacements_point_at_the_first_event() {
        let server = MatrixServer::open();
        let first = put(&server, "t1", &text("a")).json()["event_id"].clone();
        let second = put(&server, "t2", &replacing(&first, "b")).json()["event_id"].clone();
        assert_eq!(
            (&*server.messages()[0].text, server.messages()[0].edits),
            ("b", 1)
        );
        let refused = put(&server, "t3", &replacing(&second, "c"));
        assert_eq!(
            (refused.status, &refused.json()["errcode"]),
            (400, &json!("M_INVALID_PARAM"))
        );
        assert_eq!(
            put(&server, "t4", &replacing(&json!("$other"), "c")).status,
            404
        );
        server.add_room("!other:matrix.example");
        let elsewhere = replacing(&first, "c").to_string();
        let elsewhere = put_as(
            &server,
            TOKEN,
            "!other:matrix.example",
            "t5",
            elsewhere.as_bytes(),
        );
        assert_eq!(elsewhere.status, 404);
        let mut bare = replacing(&first, "c");
        bare.as_object_mut().unwrap().remove("m.new_content");
        assert_eq!(put(&server, "t6", &bare).json()["errcode"], "M_BAD_JSON");
        assert_eq!(
            put(&server, "t3", &replacing(&first, "d")).status,
            200,
            "refused is not sent"
        );
        assert_eq!(server.messages()[0].text, "d");
        let mut threaded = text("e");
        threaded["m.relates_to"] = json!({"rel_type": "m.thread", "event_id": first});
        put(&server, "t7", &threaded);
        assert_eq!(server.messages()[1].thread.as_deref(), first.as_str());
    }

    #[test]
    fn mentions_and_links_are_read() {
        let server = MatrixServer::open();
        put(
            &server,
            "t1",
            &json!({"msgtype": "m.text", "body": "now @room"}),
        );
        put(
            &server,
            "t2",
            &json!({"msgtype": "m.text", "body": "a",
            "m.mentions": {"room": true, "user_ids": ["@ann:matrix.example"]}}),
        );
        assert_eq!(server.pings(), ["@room", "@ann:matrix.example", "@room"]);
        put(
            &server,
            "t3",
            &json!({"msgtype": "m.text", "body": "a", "m.mentions": {},
            "format": "org.matrix.custom.html",
            "formatted_body": "x <a href=\"https://a.example/?x&amp;y\">台 <b>&lt;灣&gt;</b></a> <a"}),
        );
        let expected = ("https://a.example/?x&y".to_owned(), "台 <灣>".to_owned());
        assert_eq!(server.links(), [expected]);
    }

    #[test]
    fn broken_rules_get_codes() {
        let server = MatrixServer::open();
        let code = |reply: Reply| {
            (
                reply.status,
                reply.json()["errcode"].as_str().unwrap().to_owned(),
            )
        };
        let no = |status: u16, code: &str| (status, code.to_owned());
        let good = text("a").to_string();
        let good = good.as_bytes();
        assert_eq!(
            code(put_as(&server, "x", ROOM, "t", good)),
            no(401, "M_UNKNOWN_TOKEN")
        );
        assert_eq!(
            code(put_as(&server, TOKEN, "!x:y", "t", good)),
            no(403, "M_FORBIDDEN")
        );
        assert_eq!(
            code(put_as(&server, TOKEN, ROOM, "t", b"{")),
            no(400, "M_NOT_JSON")
        );
        assert_eq!(
            code(put_as(&server, TOKEN, ROOM, "t", b"[]")),
            no(400, "M_BAD_JSON")
        );
        assert_eq!(
            code(put(&server, "t", &json!({"body": "a"}))),
            no(400, "M_BAD_JSON")
        );
        assert_eq!(
            code(put(&server, "", &text("a"))),
            no(405, "M_UNRECOGNIZED")
        );
        let bare = send("PUT", &format!("{}{PREFIX}", server.url()), &[], b"").unwrap();
        assert_eq!(code(bare), no(401, "M_MISSING_TOKEN"));
        let rest = CONTENT_MAX - text("").to_string().len();
        assert_eq!(
            code(put(&server, "t", &text(&"a".repeat(rest + 1)))),
            no(413, "M_TOO_LARGE")
        );
        assert_eq!(put(&server, "t", &text(&"a".repeat(rest))).status, 200);
        server.pace(1, Duration::from_secs(3600));
        assert_eq!(put(&server, "t8", &text("a")).status, 200);
        let slower = put(&server, "t9", &text("a"));
        assert!(slower.header("retry-after").is_some());
        assert!(slower.json()["retry_after_ms"].as_u64().unwrap() > 3_000_000);
        assert_eq!(code(slower), no(429, "M_LIMIT_EXCEEDED"));
        assert_eq!(server.messages().len(), 2);
    }
}
