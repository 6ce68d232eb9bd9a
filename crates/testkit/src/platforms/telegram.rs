//! Telegram's Bot API, as far as sending and editing text goes.
//!
//! Sources: Telegram Bot API, "Making requests" (the shape of errors, the token in the path),
//! `sendMessage` and `editMessageText` (1 to 4096 characters after entities parsing),
//! "ResponseParameters" (`retry_after`, `migrate_to_chat_id`); Telegram "Bots FAQ" (about one message
//! a second and chat); python-telegram-bot, `constants.MessageLimit` (100 entities); descriptions of
//! errors from tdlib/telegram-bot-api, `Client.cpp`. Markdown is refused here, though Telegram knows
//! it: we send HTML or plain text. For HTML see [`super::telegram_html`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules, whole_seconds};
use super::pace::Pace;
use super::parts;
use super::telegram_buttons::{Pressings, buttons, problem};
use super::telegram_html::{Parsed, TelegramEntity, parse};
use crate::server::{Answer, Request};

const TOKEN: &str = "100200300:FAKEsecretFAKEsecretFAKEsecret00000";
const CHAT: &str = "-1001234567890";
/// In UTF-16 units of what is shown.
const TEXT_MAX: usize = 4096;
/// Those after them are dropped in silence: text stays, its markup does not.
const ENTITIES_MAX: usize = 100;

/// A message in a chat, as it is now.
#[derive(Debug, Clone)]
pub struct TelegramMessage {
    /// What edits name it by.
    pub id: i64,
    /// The chat.
    pub chat: String,
    /// The text a reader sees.
    pub text: String,
    /// The text as it was sent, with its markup.
    pub raw: String,
    /// The stretches that are marked up.
    pub entities: Vec<TelegramEntity>,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// The topic of a forum.
    pub thread: Option<i64>,
    /// What was last sent of it.
    pub body: Value,
    /// How often it was edited.
    pub edits: usize,
}

impl TelegramMessage {
    /// Its labelled links: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        self.entities
            .iter()
            .filter_map(|entity| Some((entity.url.clone()?, entity.text.clone())))
            .collect()
    }

    /// Whom it called: `@name` outside of code, and links to a user.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        let is_code = |offset: usize| {
            self.entities.iter().any(|entity| {
                matches!(&*entity.tag, "code" | "pre")
                    && (entity.offset..entity.offset + entity.length).contains(&offset)
            })
        };
        let mut pings = Vec::new();
        for (at, _) in self.text.match_indices('@') {
            let before = &self.text[..at];
            let name: String = self.text[at + 1..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let begins_word = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            // Names have at least five characters, those of some old bots three.
            if begins_word && (3..=32).contains(&name.len()) && !is_code(parts::utf16_len(before)) {
                pings.push(format!("@{name}"));
            }
        }
        let urls = self.links().into_iter().map(|(url, _)| url);
        pings.extend(urls.filter(|url| url.starts_with("tg://user")));
        pings
    }
}

/// The API.
pub struct TelegramBot(Front<Bot>);

struct Bot {
    pace: Pace,
    chats: BTreeSet<String>,
    migrated: BTreeMap<String, String>,
    refusals: VecDeque<String>,
    messages: Vec<TelegramMessage>,
    /// All that was ever shown, before edits too.
    shown: Vec<TelegramMessage>,
    pressings: Pressings,
}

/// An error as the API says it.
struct Refusal {
    code: u16,
    description: String,
    parameters: Option<Value>,
}

impl Refusal {
    fn bad(what: impl AsRef<str>) -> Self {
        Self {
            code: 400,
            description: format!("Bad Request: {}", what.as_ref()),
            parameters: None,
        }
    }

    fn plain(code: u16, description: &str) -> Self {
        Self {
            code,
            description: description.to_owned(),
            parameters: None,
        }
    }

    fn answer(self) -> Answer {
        let mut body =
            json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(parameters) = self.parameters {
            body["parameters"] = parameters;
        }
        Answer::json(self.code, &body)
    }
}

impl TelegramBot {
    /// A bot in one chat, for as many messages a second as one likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Bot {
            pace: Pace::unlimited(),
            chats: BTreeSet::from([CHAT.to_owned()]),
            migrated: BTreeMap::new(),
            refusals: VecDeque::new(),
            messages: Vec::new(),
            shown: Vec::new(),
            pressings: Pressings::default(),
        }))
    }

    /// The token it takes, in the path after `/bot`.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// The chat there is from the start.
    #[must_use]
    pub const fn chat(&self) -> &'static str {
        CHAT
    }

    /// Adds a chat, by number or as `@name`.
    pub fn add_chat(&self, chat: &str) {
        self.0.rules().chats.insert(chat.to_owned());
    }

    /// Makes a supergroup of a chat: it is known by another number from now on.
    pub fn migrate(&self, from: &str, to: &str) {
        let mut bot = self.0.rules();
        bot.chats.remove(from);
        bot.chats.insert(to.to_owned());
        bot.migrated.insert(from.to_owned(), to.to_owned());
    }

    /// From now on, takes `burst` messages of a chat at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// Refuses the next `count` calls with a description such as `Forbidden: bot was kicked`; the
    /// status follows from its first word.
    pub fn refuse_next(&self, count: usize, description: &str) {
        let refusals = std::iter::repeat_n(description.to_owned(), count);
        self.0.rules().refusals.extend(refusals);
    }

    /// The messages in the order of their sending, as they are now.
    #[must_use]
    pub fn messages(&self) -> Vec<TelegramMessage> {
        self.0.rules().messages.clone()
    }

    /// Somebody presses the button of a message, the last as it is now, that says so.
    ///
    /// # Panics
    /// Where there is none.
    pub fn press(&self, button: &str, person: (i64, &str)) {
        let mut bot = self.0.rules();
        let (chat, id, data) = {
            let message = bot.messages.last().expect("a message");
            let of = buttons(&message.body).into_iter();
            let data = of
                .filter(|(text, _)| text == button)
                .map(|(_, data)| data)
                .next();
            (
                message.chat.clone(),
                message.id,
                data.expect("a button that says so"),
            )
        };
        bot.pressings.press(&chat, id, &data, person);
    }

    /// Somebody sends what a button of a message could have sent.
    pub fn forge(&self, chat: &str, data: &str, person: (i64, &str)) {
        self.0.rules().pressings.press(chat, 1, data, person);
    }

    /// What those were told who pressed a button.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.0.rules().pressings.told()
    }

    /// Whom all messages called, before edits too.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        let bot = self.0.rules();
        bot.shown.iter().flat_map(TelegramMessage::pings).collect()
    }

    /// The labelled links of all messages, before edits too: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let bot = self.0.rules();
        bot.shown.iter().flat_map(TelegramMessage::links).collect()
    }
}

impl Platform for TelegramBot {
    fn door(&self) -> &Door {
        self.0.door()
    }
}

/// A parameter that may be a number or a text.
fn word(body: &Value, name: &str) -> Option<String> {
    match body.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(body: &Value, name: &str) -> Option<i64> {
    word(body, name)?.parse().ok()
}

/// What of a text is shown, where all of it may be.
fn shown(body: &Value) -> Result<Parsed, Refusal> {
    let raw = parts::text(body, "text").unwrap_or_default();
    let mode = parts::text(body, "parse_mode").unwrap_or_default();
    let mut parsed = match &*mode.to_lowercase() {
        "html" => {
            parse(raw).map_err(|error| Refusal::bad(format!("can't parse entities: {error}")))?
        }
        "" => Parsed {
            text: raw.to_owned(),
            entities: Vec::new(),
        },
        _ => return Err(Refusal::bad("unsupported parse_mode")),
    };
    // Only the end: what stands before the text would move the entities.
    parsed.text.truncate(parsed.text.trim_end().len());
    if parsed.text.trim_start().is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if parts::utf16_len(&parsed.text) > TEXT_MAX {
        return Err(Refusal::bad("message is too long"));
    }
    parsed.entities.truncate(ENTITIES_MAX);
    Ok(parsed)
}

impl Bot {
    /// The chat that is meant, where the bot may write to it now.
    fn chat(&mut self, body: &Value) -> Result<String, Refusal> {
        let chat = word(body, "chat_id").filter(|chat| !chat.is_empty());
        let chat = chat.ok_or_else(|| Refusal::bad("chat_id is empty"))?;
        if let Some(to) = self.migrated.get(&chat) {
            let to: Value = to.parse().unwrap_or(Value::Null);
            return Err(Refusal {
                parameters: Some(json!({"migrate_to_chat_id": to})),
                ..Refusal::bad("group chat was upgraded to a supergroup chat")
            });
        }
        if !self.chats.contains(&chat) {
            return Err(Refusal::bad("chat not found"));
        }
        self.pace.take(&chat, Instant::now()).map_err(slower)?;
        Ok(chat)
    }

    fn send(&mut self, body: Value) -> Result<TelegramMessage, Refusal> {
        let parsed = shown(&body)?;
        let chat = self.chat(&body)?;
        let reply = body.get("reply_parameters");
        let reply_to = reply.and_then(|reply| number(reply, "message_id"));
        if reply_to.is_some_and(|id| self.place(&chat, id).is_none()) {
            return Err(Refusal::bad("message to be replied not found"));
        }
        let message = TelegramMessage {
            id: i64::try_from(self.messages.len()).unwrap_or(i64::MAX) + 1,
            chat,
            text: parsed.text,
            raw: parts::text(&body, "text").unwrap_or_default().to_owned(),
            entities: parsed.entities,
            reply_to,
            thread: number(&body, "message_thread_id"),
            body,
            edits: 0,
        };
        self.messages.push(message.clone());
        Ok(message)
    }

    fn place(&self, chat: &str, id: i64) -> Option<usize> {
        self.messages
            .iter()
            .position(|message| message.chat == chat && message.id == id)
    }

    fn edit(&mut self, body: Value) -> Result<TelegramMessage, Refusal> {
        let parsed = shown(&body)?;
        let chat = self.chat(&body)?;
        let place = number(&body, "message_id").and_then(|id| self.place(&chat, id));
        let place = place.ok_or_else(|| Refusal::bad("message to edit not found"))?;
        let message = &mut self.messages[place];
        let is_same = message.text == parsed.text
            && message.entities == parsed.entities
            && message.body.get("reply_markup") == body.get("reply_markup");
        if is_same {
            return Err(Refusal::bad(
                "message is not modified: specified new message content and reply markup are \
                 exactly the same as a current content and reply markup of the message",
            ));
        }
        message.text = parsed.text;
        message.entities = parsed.entities;
        parts::text(&body, "text")
            .unwrap_or_default()
            .clone_into(&mut message.raw);
        message.body = body;
        message.edits += 1;
        Ok(message.clone())
    }

    fn asked(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let rest = parts::path(request).strip_prefix("/bot");
        let Some((token, method)) = rest.and_then(|rest| rest.split_once('/')) else {
            return Err(Refusal::plain(404, "Not Found"));
        };
        if parts::percent_decoded(token) != TOKEN {
            return Err(Refusal::plain(401, "Unauthorized"));
        }
        if let Some(description) = self.refusals.pop_front() {
            let code = match description.split(':').next() {
                Some("Forbidden") => 403,
                Some("Unauthorized") => 401,
                Some("Conflict") => 409,
                Some("Internal Server Error") => 500,
                _ => 400,
            };
            return Err(Refusal::plain(code, &description));
        }
        // What is not said to be JSON is not read as such: then all parameters are missing.
        let body = parts::object(request).filter(|_| parts::is_json(request));
        let body = body.unwrap_or_else(|| json!({}));
        let method = method.to_lowercase();
        if let Some(problem) = problem(&body) {
            return Err(Refusal::bad(problem));
        }
        let done = |result: Value| Answer::json(200, &json!({"ok": true, "result": result}));
        let message = match &*method {
            "getupdates" => return Ok(done(self.pressings.updates(&body))),
            "answercallbackquery" => {
                self.pressings.answer(&body).map_err(Refusal::bad)?;
                return Ok(done(Value::Bool(true)));
            }
            "sendmessage" => self.send(body)?,
            "editmessagetext" => self.edit(body)?,
            _ => return Err(Refusal::plain(404, "Not Found")),
        };
        let chat: Value = message.chat.parse().unwrap_or(Value::Null);
        let result = json!({"message_id": message.id, "chat": {"id": chat}, "text": message.text,
                            "date": 1_700_000_000});
        self.shown.push(message);
        Ok(done(result))
    }
}

fn slower(wait: Duration) -> Refusal {
    let seconds = whole_seconds(wait);
    Refusal {
        code: 429,
        description: format!("Too Many Requests: retry after {seconds}"),
        parameters: Some(json!({"retry_after": seconds})),
    }
}

impl Rules for Bot {
    fn answer(&mut self, request: &Request) -> Answer {
        self.asked(request).unwrap_or_else(Refusal::answer)
    }

    fn too_fast(wait: Duration) -> Answer {
        slower(wait).answer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};
    use crate::platforms::Fault;

    fn call(bot: &TelegramBot, method: &str, body: &Value) -> Reply {
        let headers = [("Content-Type", "application/json")];
        let url = format!("{}/bot{TOKEN}/{method}", bot.url());
        send("POST", &url, &headers, body.to_string().as_bytes()).unwrap()
    }

    fn check(bot: &TelegramBot, method: &str, body: &Value, description: &str) {
        let reply = call(bot, method, body);
        let said = reply.json()["description"].as_str().unwrap().to_owned();
        assert_eq!(reply.status, 400, "{said}");
        assert!(
            said.starts_with(&format!("Bad Request: {description}")),
            "{said}"
        );
        assert_eq!(reply.json()["error_code"], 400);
    }

    fn html(text: &str) -> Value {
        json!({"chat_id": CHAT, "text": text, "parse_mode": "HTML"})
    }

    #[test]
    fn a_message_is_sent_and_edited() {
        let bot = TelegramBot::open();
        let text = "<b>台灣</b> <a href=\"https://a.example\">x &amp; y</a> @somebody <code>@nobody</code>";
        let sent = call(&bot, "sendMessage", &html(text)).json();
        assert_eq!(sent["ok"], true);
        let id = &sent["result"]["message_id"];
        assert_eq!(sent["result"]["text"], "台灣 x & y @somebody @nobody");
        assert_eq!(bot.messages()[0].raw, text);
        assert_eq!(
            bot.links(),
            [("https://a.example".to_owned(), "x & y".to_owned())]
        );
        assert_eq!(bot.pings(), ["@somebody"]);

        let edit = json!({"chat_id": CHAT.parse::<i64>().unwrap(), "message_id": id, "text": "now <plain>"});
        assert_eq!(
            call(&bot, "editMessageText", &edit).json()["result"]["message_id"],
            *id
        );
        assert_eq!(
            (&*bot.messages()[0].text, bot.messages()[0].edits),
            ("now <plain>", 1)
        );
        check(&bot, "editMessageText", &edit, "message is not modified");
        assert_eq!(bot.pings(), ["@somebody"], "an edit takes no ping back");

        let reply = json!({"chat_id": CHAT, "text": "a@b.example m@il", "message_thread_id": 7,
            "reply_parameters": {"message_id": id}});
        assert_eq!(
            call(&bot, "sendmessage", &reply).status,
            200,
            "methods have no case"
        );
        let last = bot.messages().pop().unwrap();
        assert_eq!((last.reply_to, last.thread), (id.as_i64(), Some(7)));
        assert!(last.pings().is_empty());
    }

    #[test]
    fn broken_rules_are_described() {
        let bot = TelegramBot::open();
        for (body, description) in [
            (html("<b>a"), "can't parse entities: Can't find end tag"),
            (
                html("a <br> b"),
                "can't parse entities: Unsupported start tag \"br\"",
            ),
            (html(" <b> </b> "), "message text is empty"),
            (json!({"chat_id": CHAT}), "message text is empty"),
            (json!({"text": "a"}), "chat_id is empty"),
            (json!({"chat_id": "-1", "text": "a"}), "chat not found"),
            (
                json!({"chat_id": CHAT, "text": "a", "parse_mode": "MarkdownV2"}),
                "unsupported parse_mode",
            ),
            (
                json!({"chat_id": CHAT, "text": "a", "reply_parameters": {"message_id": 9}}),
                "message to be replied not found",
            ),
        ] {
            check(&bot, "sendMessage", &body, description);
        }
        check(
            &bot,
            "editMessageText",
            &json!({"chat_id": CHAT, "message_id": 1, "text": "a"}),
            "message to edit not found",
        );
        let url = format!("{}/bot{TOKEN}/sendMessage", bot.url());
        let untyped = send("POST", &url, &[], html("a").to_string().as_bytes()).unwrap();
        assert_eq!(
            untyped.json()["description"],
            "Bad Request: message text is empty"
        );
        let other = url.replace("FAKEsecret", "other");
        let other = send("POST", &other, &[], b"{}").unwrap();
        assert_eq!(
            (other.status, &other.json()["description"]),
            (401, &json!("Unauthorized"))
        );
        assert_eq!(call(&bot, "shout", &html("a")).status, 404);
        assert!(bot.messages().is_empty());
    }

    #[test]
    fn length_counts_what_is_shown_in_utf_16() {
        let bot = TelegramBot::open();
        let long = format!("<b>{}</b>&amp;", "😀".repeat(2047));
        assert_eq!(call(&bot, "sendMessage", &html(&long)).status, 200);
        assert_eq!(
            call(&bot, "sendMessage", &html(&"台".repeat(4096))).status,
            200
        );
        check(
            &bot,
            "sendMessage",
            &html(&"😀".repeat(2049)),
            "message is too long",
        );
        check(
            &bot,
            "sendMessage",
            &html(&"台".repeat(4097)),
            "message is too long",
        );
    }

    #[test]
    fn markup_beyond_the_hundredth_is_lost() {
        let bot = TelegramBot::open();
        let text = "<a href=\"https://a.example\">x</a> ".repeat(101);
        assert_eq!(call(&bot, "sendMessage", &html(&text)).status, 200);
        assert_eq!(bot.links().len(), 100);
    }

    #[test]
    fn refusals_waits_and_moves_are_said() {
        let bot = TelegramBot::open();
        bot.refuse_next(1, "Forbidden: bot was kicked from the group chat");
        bot.refuse_next(1, "Bad Request: can't parse entities: scripted");
        assert_eq!(call(&bot, "sendMessage", &html("a")).status, 403);
        check(
            &bot,
            "sendMessage",
            &html("a"),
            "can't parse entities: scripted",
        );
        bot.fault(Fault::RetryAfter(Duration::from_secs(7)));
        let wait = call(&bot, "sendMessage", &html("a"));
        assert_eq!(
            (wait.status, &wait.json()["parameters"]["retry_after"]),
            (429, &json!(7))
        );
        bot.pace(1, Duration::from_secs(3600));
        assert_eq!(call(&bot, "sendMessage", &html("a")).status, 200);
        let wait = call(&bot, "sendMessage", &html("a"));
        assert!(wait.json()["parameters"]["retry_after"].as_u64().unwrap() > 3000);
        bot.migrate(CHAT, "-1009");
        let moved = call(&bot, "sendMessage", &html("a")).json();
        assert_eq!(moved["parameters"]["migrate_to_chat_id"], -1009);
        let there = json!({"chat_id": "-1009", "text": "a"});
        assert_eq!(call(&bot, "sendMessage", &there).status, 200);
    }
}
