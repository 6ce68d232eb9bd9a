//! A server of Mattermost, as far as a bot goes: posts of a channel, reactions, and its WebSocket.
//!
//! Sources: Mattermost API reference, "posts" (create, patch; 16,383 characters), "reactions", "users",
//! "WebSocket" (`authentication_challenge`, `hello`, events with JSON within a text); server source of
//! `deduplicateCreatePost` (`pending_post_id`, half a minute, which no test here waits for); docs, "Mention
//! people" (`@channel`, `@all`, `@here` and names call). Errors have a name with full stops as `id`. A bot may
//! change its own posts alone, and react only in its own name.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules};
use super::wire::{Link, Speaks, Wire};
use super::{markdown, parts};
use crate::server::{Answer, Request};

const TOKEN: &str = "FAKEsecretbot1FAKEsecret";
const BOT: &str = "bot1botbotbotbotbotbotbot1";
const CHANNEL: &str = "room1room1room1room1room1r";
const WEBSOCKET: &str = "/api/v4/websocket";
const POST_MAX: usize = 16_383;
const EMOJI: [&str; 8] = [
    "eyes",
    "white_check_mark",
    "x",
    "books",
    "zzz",
    "tada",
    "+1",
    "-1",
];

/// A post, as it is now.
#[derive(Debug, Clone)]
pub struct MattermostPost {
    /// What names it.
    pub id: String,
    /// Who wrote it.
    pub user_id: String,
    /// The channel.
    pub channel_id: String,
    /// The post it is below.
    pub root_id: String,
    /// Its Markdown.
    pub message: String,
    /// What it carries beside.
    pub props: Value,
    /// How often it was changed.
    pub edits: usize,
    /// Who reacted with what.
    pub reactions: Vec<(String, String)>,
    pending_post_id: String,
}

impl MattermostPost {
    fn value(&self) -> Value {
        json!({"id": self.id, "user_id": self.user_id, "channel_id": self.channel_id,
            "root_id": self.root_id, "message": self.message, "props": self.props, "type": ""})
    }
}

/// The server, with one bot and one channel that it is in.
pub struct Mattermost {
    front: Front<Api>,
    wire: Arc<Wire<Feed>>,
}

struct Api {
    wire: Arc<Wire<Feed>>,
    users: BTreeMap<String, String>,
    posts: Vec<MattermostPost>,
    /// Texts as they stood, before changes too.
    shown: Vec<String>,
}

impl Mattermost {
    /// A channel without posts.
    #[must_use]
    pub fn open() -> Self {
        let wire = Arc::new(Wire::open(Feed::default()));
        let bot = (BOT.to_owned(), "bellwether".to_owned());
        let rules = Api {
            wire: Arc::clone(&wire),
            users: BTreeMap::from([bot]),
            posts: Vec::new(),
            shown: Vec::new(),
        };
        let front = Front::upgrading(rules, WEBSOCKET, wire.door());
        Self { front, wire }
    }

    /// The token of the bot.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// The channel that the bot is in.
    #[must_use]
    pub const fn channel(&self) -> &'static str {
        CHANNEL
    }

    /// The posts in the order of their sending, as they are now.
    #[must_use]
    pub fn posts(&self) -> Vec<MattermostPost> {
        self.front.rules().posts.clone()
    }

    /// Connections that have said who they are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.wire.with(|feed| feed.connections)
    }

    /// Closes all connections, as a server that is started anew.
    pub fn renew(&self) {
        self.wire.with(|feed| feed.renewals += 1);
    }

    /// Somebody deletes a post.
    pub fn delete(&self, post: &str) {
        self.front.rules().posts.retain(|known| known.id != post);
    }

    /// Somebody reacts to a post.
    ///
    /// # Panics
    /// Where there is no such post.
    pub fn react(&self, post: &str, emoji: &str, person: (&str, &str)) {
        let mut api = self.front.rules();
        api.users.insert(person.0.to_owned(), person.1.to_owned());
        assert!(api.react(person.0, post, emoji), "no post {post}");
    }

    /// Somebody else posts something.
    pub fn post_by_another(&self, person: (&str, &str), message: &str, props: &Value) -> String {
        let mut api = self.front.rules();
        api.users.insert(person.0.to_owned(), person.1.to_owned());
        let post = json!({"channel_id": CHANNEL, "message": message, "props": props});
        api.store(person.0, &post).id
    }

    /// Whom all posts called, before changes too.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        let api = self.front.rules();
        let pings = api.shown.iter().flat_map(|text| pings(text));
        pings.collect()
    }

    /// The links of all posts as they stand now: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let posts = self.posts();
        let links = posts.iter().map(|post| markdown::links(&post.message));
        links.flatten().collect()
    }
}

impl Platform for Mattermost {
    fn door(&self) -> &Door {
        self.front.door()
    }
}

/// Names after `@`, which call who bears them; in a text as it stands in a post.
fn pings(text: &str) -> Vec<String> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let names = text.split('@').skip(1);
    let names = names.map(|rest| rest.split(|c| !is_of_name(c)).next().unwrap_or_default());
    names
        .filter(|name| !name.is_empty())
        .map(|name| format!("@{name}"))
        .collect()
}

fn refusal(status: u16, id: &str) -> Answer {
    Answer::json(
        status,
        &json!({"id": id, "message": "It cannot be done.", "status_code": status}),
    )
}

impl Api {
    fn store(&mut self, user: &str, body: &Value) -> MattermostPost {
        let text = |name: &str| parts::text(body, name).unwrap_or_default().to_owned();
        let post = MattermostPost {
            id: format!("post{:022}", self.posts.len() + 1),
            user_id: user.to_owned(),
            channel_id: text("channel_id"),
            root_id: text("root_id"),
            message: text("message"),
            props: body.get("props").cloned().unwrap_or_else(|| json!({})),
            edits: 0,
            reactions: Vec::new(),
            pending_post_id: text("pending_post_id"),
        };
        self.posts.push(post.clone());
        self.shown.push(post.message.clone());
        let inner = json!({"post": post.value().to_string()});
        self.tell("posted", &inner);
        post
    }

    fn react(&mut self, user: &str, post: &str, emoji: &str) -> bool {
        let Some(found) = self.posts.iter_mut().find(|known| known.id == post) else {
            return false;
        };
        let reaction = (user.to_owned(), emoji.to_owned());
        if found.reactions.contains(&reaction) {
            // The same again is no event.
            return true;
        }
        found.reactions.push(reaction);
        let inner = json!({"user_id": user, "post_id": post, "emoji_name": emoji});
        self.tell("reaction_added", &json!({"reaction": inner.to_string()}));
        true
    }

    fn tell(&self, event: &str, data: &Value) {
        let event = json!({"event": event, "data": data, "broadcast": {"channel_id": CHANNEL}});
        self.wire.with(|feed| feed.events.push(event));
    }

    fn create(&mut self, body: &Value) -> Answer {
        let message = parts::text(body, "message").unwrap_or_default();
        if parts::text(body, "channel_id") != Some(CHANNEL) {
            return refusal(403, "api.context.permissions.app_error");
        }
        if message.chars().count() > POST_MAX {
            return refusal(400, "model.post.is_valid.message_length.app_error");
        }
        if body.get("attachments").is_some() {
            return refusal(400, "api.context.invalid_body_param.app_error");
        }
        let root = parts::text(body, "root_id").unwrap_or_default();
        if !root.is_empty() && !self.posts.iter().any(|post| post.id == root) {
            return refusal(400, "api.post.create_post.root_id.app_error");
        }
        let pending = parts::text(body, "pending_post_id").unwrap_or_default();
        let same = |post: &&MattermostPost| !pending.is_empty() && post.pending_post_id == pending;
        if let Some(first) = self.posts.iter().find(same) {
            return Answer::json(201, &first.value());
        }
        Answer::json(201, &self.store(BOT, body).value())
    }

    fn patch(&mut self, id: &str, body: &Value) -> Answer {
        // Of what is not there it says that it may not be changed (server source, `postPatchChecks`).
        let Some(post) = self.posts.iter_mut().find(|post| post.id == id) else {
            return refusal(403, "api.context.permissions.app_error");
        };
        if post.user_id != BOT {
            return refusal(403, "api.context.permissions.app_error");
        }
        if let Some(message) = parts::text(body, "message") {
            if message.chars().count() > POST_MAX {
                return refusal(400, "model.post.is_valid.message_length.app_error");
            }
            message.clone_into(&mut post.message);
            self.shown.push(message.to_owned());
        }
        if let Some(props) = body.get("props") {
            post.props = props.clone();
        }
        post.edits += 1;
        Answer::json(200, &post.value())
    }
}

impl Rules for Api {
    fn answer(&mut self, request: &Request) -> Answer {
        let path = parts::path(request).to_owned();
        let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let ["api", "v4", steps @ ..] = steps.as_slice() else {
            return refusal(404, "api.context.404.app_error");
        };
        if parts::bearer(request) != Some(TOKEN) {
            return refusal(401, "api.context.session_expired.app_error");
        }
        match (request.method.as_str(), steps) {
            ("GET", ["users", id]) => {
                let id = if *id == "me" { BOT } else { id };
                return match self.users.get(id) {
                    Some(name) => Answer::json(200, &json!({"id": id, "username": name})),
                    None => refusal(404, "app.user.missing_account.const"),
                };
            }
            ("GET", ["posts", id]) => {
                return match self.posts.iter().find(|post| post.id == *id) {
                    Some(post) => Answer::json(200, &post.value()),
                    None => refusal(404, "app.post.get.app_error"),
                };
            }
            _ => {}
        }
        let Some(body) = parts::object(request).filter(|_| parts::is_json(request)) else {
            return refusal(400, "api.context.invalid_body_param.app_error");
        };
        match (request.method.as_str(), steps) {
            ("POST", ["posts"]) => self.create(&body),
            ("PUT", ["posts", id, "patch"]) => self.patch(id, &body),
            ("POST", ["reactions"]) => {
                let text = |name: &str| parts::text(&body, name).unwrap_or_default().to_owned();
                let (user, post, emoji) = (text("user_id"), text("post_id"), text("emoji_name"));
                if user != BOT {
                    return refusal(403, "api.reaction.save_reaction.user_id.app_error");
                }
                if !EMOJI.contains(&emoji.as_str()) {
                    return refusal(404, "app.emoji.get_by_name.no_result");
                }
                if !self.react(&user, &post, &emoji) {
                    return refusal(404, "app.post.get.app_error");
                }
                Answer::json(201, &body)
            }
            _ => refusal(404, "api.context.404.app_error"),
        }
    }
}

/// The WebSocket of the server.
#[derive(Default)]
struct Feed {
    connections: usize,
    renewals: usize,
    events: Vec<Value>,
}

impl Speaks for Feed {
    fn lets_in(&mut self, target: &str) -> bool {
        target == WEBSOCKET
    }

    fn says(&mut self, link: &mut Link) -> Vec<Value> {
        if !link.is_greeted {
            link.is_greeted = true;
            link.renewals = self.renewals;
        }
        if self.renewals > link.renewals {
            link.closes = Some(1001);
            return Vec::new();
        }
        let mut says = std::mem::take(&mut link.owed);
        if link.is_known {
            says.extend(self.events.get(link.told..).unwrap_or_default().to_vec());
            link.told = self.events.len();
        }
        says
    }

    fn hears(&mut self, link: &mut Link, said: &Value) {
        let is_challenge = said["action"] == "authentication_challenge";
        if !is_challenge || said["data"]["token"] != TOKEN {
            let error = json!({"id": "api.web_socket_router.not_authenticated.app_error"});
            link.owed
                .push(json!({"status": "FAIL", "error": error, "seq_reply": said["seq"]}));
            return;
        }
        link.is_known = true;
        // What happened before is told to nobody.
        link.told = self.events.len();
        self.connections += 1;
        link.owed
            .push(json!({"event": "hello", "data": {"server_version": "10.11.0"}, "seq": 0}));
        link.owed
            .push(json!({"status": "OK", "seq_reply": said["seq"]}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};

    fn ask(server: &Mattermost, method: &str, path: &str, body: &Value) -> Reply {
        let url = format!("{}/api/v4/{path}", server.base());
        let token = format!("Bearer {TOKEN}");
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", token.as_str()),
        ];
        send(method, &url, &headers, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn posts_are_the_bots_own_and_bounded() {
        let server = Mattermost::open();
        let good = json!({"channel_id": CHANNEL, "message": "a @channel", "pending_post_id": "k"});
        let first = ask(&server, "POST", "posts", &good);
        assert_eq!(first.status, 201);
        let again = ask(&server, "POST", "posts", &good).json();
        assert_eq!(first.json()["id"], again["id"]);
        assert_eq!(server.pings(), ["@channel"]);
        let refused = |method: &str, path: &str, body: Value| {
            let reply = ask(&server, method, path, &body);
            (
                reply.status,
                reply.json()["id"].as_str().unwrap().to_owned(),
            )
        };
        let long = json!({"channel_id": CHANNEL, "message": "字".repeat(POST_MAX + 1)});
        assert_eq!(refused("POST", "posts", long).0, 400);
        let elsewhere = json!({"channel_id": "x", "message": "a"});
        assert_eq!(refused("POST", "posts", elsewhere).0, 403);
        let other = server.post_by_another(("lin", "lin"), "hello", &json!({}));
        let patch = json!({"message": "b"});
        assert_eq!(
            refused("PUT", &format!("posts/{other}/patch"), patch.clone()).0,
            403
        );
        let gone = refused("PUT", "posts/none/patch", patch);
        assert_eq!(gone, (403, "api.context.permissions.app_error".to_owned()));
        let reaction = |user: &str, emoji: &str| json!({"user_id": user, "post_id": other, "emoji_name": emoji});
        assert_eq!(refused("POST", "reactions", reaction("lin", "eyes")).0, 403);
        assert_eq!(
            refused("POST", "reactions", reaction(BOT, "nothing")).0,
            404
        );
        assert_eq!(
            ask(&server, "POST", "reactions", &reaction(BOT, "eyes")).status,
            201
        );
        let url = format!("{}/api/v4/posts", server.base());
        assert_eq!(send("POST", &url, &[], b"{}").unwrap().status, 401);
    }
}
