//! What Discord refuses in the body of a message, and whom a message mentions.
//!
//! Sources: discord-api-docs, resources/message (embed limits, allowed mentions), resources/webhook
//! (content, ten embeds, names of webhooks, webhooks mention users by default), reference (error
//! 50035 with its tree of errors; 50006 for an empty message, from topics/opcodes-and-status-codes).

use serde_json::{Value, json};

use super::parts::{elements, text};
use crate::server::Answer;

const CONTENT_MAX: usize = 2000;
const EMBEDS_MAX: usize = 10;
const FIELDS_MAX: usize = 25;
/// Over all embeds of a message.
const EMBEDS_TEXT_MAX: usize = 6000;
const USERNAME_MAX: usize = 80;

/// An error of Discord: a code of its own in a JSON body.
pub(super) fn refusal(status: u16, code: u32, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message, "code": code}))
}

/// What is wrong with a value, and where it stands.
struct Fault {
    path: Vec<String>,
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(path: &[&str], code: &'static str, message: impl Into<String>) -> Self {
        Self {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            code,
            message: message.into(),
        }
    }

    fn within(mut self, outer: &[&str]) -> Self {
        let outer = outer.iter().map(|part| (*part).to_owned());
        self.path.splice(0..0, outer);
        self
    }

    fn answer(&self) -> Answer {
        let innermost = json!({"_errors": [{"code": self.code, "message": self.message}]});
        let errors = self
            .path
            .iter()
            .rev()
            .fold(innermost, |inner, part| json!({ part: inner }));
        Answer::json(
            400,
            &json!({"message": "Invalid Form Body", "code": 50035, "errors": errors}),
        )
    }
}

/// The refusal of a body, where there is something to refuse in it.
pub(super) fn refused(body: &Value) -> Option<Answer> {
    checked(body).err().map(|fault| fault.answer())
}

/// Whether nothing would be shown.
pub(super) fn is_empty(body: &Value) -> bool {
    text(body, "content").unwrap_or_default().trim().is_empty()
        && ["embeds", "components", "attachments"]
            .iter()
            .all(|part| elements(body, part).is_empty())
        && body.get("poll").is_none()
}

fn checked(body: &Value) -> Result<(), Fault> {
    within(body, "content", CONTENT_MAX)?;
    within(body, "username", USERNAME_MAX)?;
    let name = text(body, "username").unwrap_or_default().to_lowercase();
    if name.contains("discord") || name.contains("clyde") {
        let message = "Username cannot contain \"discord\" or \"clyde\"";
        return Err(Fault::new(
            &["username"],
            "USERNAME_INVALID_CONTAINS",
            message,
        ));
    }
    let embeds = elements(body, "embeds");
    if embeds.len() > EMBEDS_MAX {
        return Err(too_long(&["embeds"], EMBEDS_MAX));
    }
    for (at, embed) in embeds.iter().enumerate() {
        embed_checked(embed).map_err(|fault| fault.within(&["embeds", &at.to_string()]))?;
    }
    if embeds.iter().map(embed_length).sum::<usize>() > EMBEDS_TEXT_MAX {
        let message = format!("Embed size exceeds maximum size of {EMBEDS_TEXT_MAX}");
        return Err(Fault::new(&["embeds"], "MAX_EMBED_SIZE_EXCEEDED", message));
    }
    mentions_checked(body)
}

fn too_long(path: &[&str], max: usize) -> Fault {
    let message = format!("Must be {max} or fewer in length.");
    Fault::new(path, "BASE_TYPE_MAX_LENGTH", message)
}

fn within(value: &Value, name: &str, max: usize) -> Result<(), Fault> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(text)) if length(text) <= max => Ok(()),
        Some(Value::String(_)) => Err(too_long(&[name], max)),
        Some(_) => Err(Fault::new(
            &[name],
            "BASE_TYPE_STRING",
            "Could not interpret as string.",
        )),
    }
}

/// Spaces at both ends are taken away before anything is counted.
fn length(text: &str) -> usize {
    text.trim().chars().count()
}

fn embed_checked(embed: &Value) -> Result<(), Fault> {
    within(embed, "title", 256)?;
    within(embed, "description", 4096)?;
    for (part, member, max) in [("footer", "text", 2048), ("author", "name", 256)] {
        if let Some(part_value) = embed.get(part) {
            within(part_value, member, max).map_err(|fault| fault.within(&[part]))?;
        }
    }
    if let Some(url) = text(embed, "url")
        && !url.starts_with("https://")
        && !url.starts_with("http://")
    {
        let message = "Scheme must be one of ('http', 'https').";
        return Err(Fault::new(&["url"], "URL_TYPE_INVALID_SCHEME", message));
    }
    let fields = elements(embed, "fields");
    if fields.len() > FIELDS_MAX {
        return Err(too_long(&["fields"], FIELDS_MAX));
    }
    for (at, field) in fields.iter().enumerate() {
        for (member, max) in [("name", 256), ("value", 1024)] {
            let place = ["fields", &at.to_string()];
            within(field, member, max).map_err(|fault| fault.within(&place))?;
            if text(field, member).is_none_or(|text| length(text) == 0) {
                let fault = Fault::new(&[member], "BASE_TYPE_REQUIRED", "This field is required");
                return Err(fault.within(&place));
            }
        }
    }
    Ok(())
}

fn embed_length(embed: &Value) -> usize {
    let of = |value: &Value, name: &str| text(value, name).map_or(0, length);
    let part = |name: &str, member: &str| embed.get(name).map_or(0, |value| of(value, member));
    let fields = elements(embed, "fields").iter();
    of(embed, "title")
        + of(embed, "description")
        + part("footer", "text")
        + part("author", "name")
        + fields
            .map(|field| of(field, "name") + of(field, "value"))
            .sum::<usize>()
}

fn mentions_checked(body: &Value) -> Result<(), Fault> {
    let Some(allowed) = body.get("allowed_mentions") else {
        return Ok(());
    };
    for kind in ["users", "roles"] {
        let all = elements(allowed, "parse")
            .iter()
            .any(|parsed| parsed == kind);
        if all && !elements(allowed, kind).is_empty() {
            let message =
                format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
            let code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE";
            return Err(Fault::new(&["allowed_mentions"], code, message));
        }
    }
    Ok(())
}

/// Whom a message notifies: `@everyone`, `@here`, `<@1>`, `<@&1>`, as far as it allows itself to.
pub(super) fn pings(body: &Value) -> Vec<String> {
    let content = text(body, "content").unwrap_or_default();
    let allows = |kind: &str, id: &str| match body.get("allowed_mentions") {
        None | Some(Value::Null) => kind == "users",
        Some(allowed) => {
            elements(allowed, "parse")
                .iter()
                .any(|parsed| parsed == kind)
                || elements(allowed, kind).iter().any(|known| known == id)
        }
    };
    let mut pings: Vec<String> = ["@everyone", "@here"]
        .iter()
        .filter(|call| content.contains(*call) && allows("everyone", ""))
        .map(|call| (*call).to_owned())
        .collect();
    for rest in content.split("<@").skip(1) {
        let Some((inside, _)) = rest.split_once('>') else {
            continue;
        };
        let (kind, id) = match inside.strip_prefix('&') {
            Some(id) => ("roles", id),
            None => ("users", inside.strip_prefix('!').unwrap_or(inside)),
        };
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        if is_id && allows(kind, id) {
            pings.push(format!("<@{inside}>"));
        }
    }
    pings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn where_refused(body: &Value) -> String {
        checked(body).err().map_or_else(String::new, |fault| {
            format!("{} {}", fault.path.join("."), fault.code)
        })
    }

    fn check(body: &Value, expected: &str) {
        assert_eq!(where_refused(body), expected);
    }

    #[test]
    fn each_limit_holds_at_its_edge() {
        let too_long = "BASE_TYPE_MAX_LENGTH";
        let a = |length: usize| "台".repeat(length);
        let embed = |embed: Value| json!({"embeds": [embed]});
        check(&json!({"content": format!("  {} ", a(2000))}), "");
        check(&json!({"content": a(2001)}), &format!("content {too_long}"));
        check(&json!({"content": 7}), "content BASE_TYPE_STRING");
        check(&embed(json!({"title": a(256), "description": a(4096)})), "");
        check(
            &embed(json!({"title": a(257)})),
            &format!("embeds.0.title {too_long}"),
        );
        check(
            &embed(json!({"description": a(4097)})),
            &format!("embeds.0.description {too_long}"),
        );
        check(&embed(json!({"footer": {"text": a(2048)}})), "");
        check(
            &embed(json!({"footer": {"text": a(2049)}})),
            &format!("embeds.0.footer.text {too_long}"),
        );
        check(
            &embed(json!({"author": {"name": a(257)}})),
            &format!("embeds.0.author.name {too_long}"),
        );
        check(
            &embed(json!({"url": "javascript:x"})),
            "embeds.0.url URL_TYPE_INVALID_SCHEME",
        );
        let fields = |name: usize, value: usize, count: usize| {
            embed(json!({"fields": vec![json!({"name": a(name), "value": a(value)}); count]}))
        };
        check(&fields(256, 1024, 1), "");
        check(&fields(1, 1, 25), "");
        check(&fields(1, 1, 26), &format!("embeds.0.fields {too_long}"));
        check(
            &fields(257, 1, 1),
            &format!("embeds.0.fields.0.name {too_long}"),
        );
        check(
            &fields(1, 1025, 1),
            &format!("embeds.0.fields.0.value {too_long}"),
        );
        check(
            &fields(1, 0, 1),
            "embeds.0.fields.0.value BASE_TYPE_REQUIRED",
        );
        let many = |count: usize, length: usize| json!({"embeds": vec![json!({"description": a(length)}); count]});
        check(&many(2, 3000), "");
        check(&many(2, 3001), "embeds MAX_EMBED_SIZE_EXCEEDED");
        check(&many(10, 1), "");
        check(&many(11, 1), &format!("embeds {too_long}"));
        check(
            &json!({"username": "Not Discord"}),
            "username USERNAME_INVALID_CONTAINS",
        );
        check(
            &json!({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
            "allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        );
    }

    #[test]
    fn mentions_need_leave() {
        let content = "@everyone @here <@1> <@!2> <@&3> <@x> <@4";
        let with =
            |allowed: Value| pings(&json!({"content": content, "allowed_mentions": allowed}));
        assert_eq!(pings(&json!({"content": content})), ["<@1>", "<@!2>"]);
        assert!(with(json!({"parse": []})).is_empty());
        assert!(with(json!({})).is_empty());
        assert_eq!(with(json!({"parse": ["everyone"]})), ["@everyone", "@here"]);
        assert_eq!(
            with(json!({"parse": ["roles"], "users": ["2"]})),
            ["<@!2>", "<@&3>"]
        );
    }
}
