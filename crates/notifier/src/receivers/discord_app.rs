//! Discord by the bot of an app: messages of a channel, which can have buttons (discord-api-docs,
//! resources/message "Create Message" and "Edit Message", components/reference "Button").
//!
//! The webhook of a channel belongs to no app, and its messages can have no buttons. A message that comes
//! again within a few minutes with the same `nonce` is the first (`enforce_nonce`). Requests without a
//! `User-Agent` of this form may be refused (reference, "User Agent").

use bellwether_outbound::Method;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::discord::{DIALECT, Mentions, NO_PREVIEWS};
use super::{Letter, Post};

/// The version of the API that this is written for.
pub(crate) const API: &str = "api/v10";

/// Characters of a nonce, at most 25.
const NONCE_CHARS: usize = 24;

/// Buttons of a row, at most.
const ROW: usize = 5;

#[derive(Serialize)]
struct Body {
    content: String,
    allowed_mentions: Mentions,
    flags: u32,
    /// Always there: what is left out of a change stays as it was.
    components: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    enforce_nonce: bool,
}

/// An action row: component of type 1.
#[derive(Serialize)]
struct Row {
    #[serde(rename = "type")]
    kind: u8,
    components: Vec<Button>,
}

/// A component of type 2; of style 2, which is grey.
#[derive(Serialize)]
struct Button {
    #[serde(rename = "type")]
    kind: u8,
    style: u8,
    label: String,
    custom_id: String,
}

fn rows(letter: &Letter<'_>) -> Vec<Row> {
    let button = |(label, custom_id): &(String, String)| Button {
        kind: 2,
        style: 2,
        label: label.clone(),
        custom_id: custom_id.clone(),
    };
    let row = |buttons: &[(String, String)]| Row {
        kind: 1,
        components: buttons.iter().map(button).collect(),
    };
    letter.buttons().chunks(ROW).map(row).collect()
}

/// The same for each attempt at the same text of the same message.
fn nonce(letter: &Letter<'_>, number: usize) -> String {
    let digest = Sha256::digest(format!("{} {number}", letter.delivery.key));
    let mut nonce: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    nonce.truncate(NONCE_CHARS);
    nonce
}

/// What a bot says of itself beside its token.
pub(crate) fn by_bot(post: Post, token: &str) -> Post {
    let version = env!("CARGO_PKG_VERSION");
    let agent = format!("DiscordBot (bellwether, {version})");
    post.header("Authorization", format!("Bot {token}"))
        .header("User-Agent", agent)
}

pub(super) fn posts(
    server: &str,
    token: &str,
    to: &str,
    letter: &Letter<'_>,
) -> Result<Vec<Post>, String> {
    let messages = format!("{server}/{API}/channels/{to}/messages");
    let texts = DIALECT.texts(letter.message).into_iter().enumerate();
    let posts = texts.map(|(number, content)| {
        let replaces = letter.replaces.filter(|_| number == 0);
        let body = Body {
            content,
            allowed_mentions: Mentions::NONE,
            flags: NO_PREVIEWS,
            components: if number == 0 {
                rows(letter)
            } else {
                Vec::new()
            },
            nonce: replaces.is_none().then(|| nonce(letter, number)),
            enforce_nonce: replaces.is_none(),
        };
        let post = match replaces {
            Some(message) => Post::json(format!("{messages}/{message}"), &body)?.by(Method::Patch),
            None => Post::json(messages.clone(), &body)?,
        };
        Ok(by_bot(post, token))
    });
    posts.collect()
}
