//! Mattermost by a bot account (its API reference, "posts": create and patch a post).
//!
//! A post is Markdown of at most 16,383 characters. What comes again with the same `pending_post_id` within
//! half a minute is the first. A post has no buttons here: those call an address of ours that would have to be
//! reachable, and nothing of such a call is signed ("interactive messages"). People react to the post
//! instead, with emoji that its last line names, and who did is told by the server over a connection that we
//! open. The post carries the alert that it is about; a patch replaces all properties.

use bellwether_api::wording::button;
use bellwether_model::{AlertId, MessageLanguage, Reply, Verdict};
use bellwether_outbound::{Method, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Letter, Post, Said, word};
use crate::neutral;
use crate::texts::{Dialect, Unit};

const POST_CHARS_MAX: usize = 16_383;

/// For the line that says what each emoji means.
const LEGEND_CHARS: usize = 383;

const DIALECT: Dialect = Dialect {
    longest: POST_CHARS_MAX - LEGEND_CHARS,
    unit: Unit::Chars,
    texts: 1,
    neutral: neutral::mattermost,
    link: str::to_owned,
};

/// What Mattermost calls the emoji that stands for a reply.
const fn emoji(reply: Reply) -> &'static str {
    match reply {
        Reply::Taken => "eyes",
        Reply::Judged(Verdict::Useful) => "white_check_mark",
        Reply::Judged(Verdict::Noise) => "x",
        Reply::Judged(Verdict::Known) => "books",
        Reply::Quiet => "zzz",
    }
}

/// The emoji of all replies, in the order in which they are offered.
pub(crate) fn emojis() -> [&'static str; Reply::ALL.len()] {
    Reply::ALL.map(emoji)
}

/// The reply that an emoji stands for.
pub(crate) fn reply(name: &str) -> Option<Reply> {
    Reply::ALL.into_iter().find(|reply| emoji(*reply) == name)
}

#[derive(Serialize)]
struct New<'a> {
    channel_id: &'a str,
    pending_post_id: String,
    message: String,
    props: Properties,
}

#[derive(Serialize)]
struct Changed {
    message: String,
    props: Properties,
}

/// What a post carries beside its text. Everybody in the channel can read it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Properties {
    /// The alert that can be replied to; none where nothing is left to reply to.
    #[serde(
        rename = "bellwether_alert",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) alert: Option<AlertId>,
    /// A text: `true` takes the preview of what is linked away.
    #[serde(default)]
    remove_link_preview: String,
}

pub(super) fn post(
    server: &str,
    token: &str,
    to: &str,
    letter: &Letter<'_>,
) -> Result<Post, String> {
    let posts = format!("{server}/api/v4/posts");
    let can_reply = !letter.buttons().is_empty();
    let mut message = DIALECT.texts(letter.message).concat();
    if can_reply {
        message.push('\n');
        message.push_str(&legend(letter.message.language));
    }
    let props = Properties {
        alert: can_reply.then(|| letter.alert.id.clone()),
        remove_link_preview: "true".to_owned(),
    };
    let post = match letter.replaces {
        Some(id) => {
            let url = format!("{posts}/{id}/patch");
            Post::json(url, &Changed { message, props })?.by(Method::Put)
        }
        None => {
            let new = New {
                channel_id: to,
                pending_post_id: letter.delivery.key.to_string(),
                message,
                props,
            };
            Post::json(posts, &new)?
        }
    };
    Ok(post.bearer(token))
}

/// What each emoji means.
fn legend(language: MessageLanguage) -> String {
    let meanings =
        Reply::ALL.map(|reply| format!(":{}: {}", emoji(reply), button(reply, language)));
    meanings.join(" · ")
}

pub(super) fn said(response: &Response, body: &Value) -> Option<Said> {
    let status = response.status;
    let id = body.get("id").and_then(Value::as_str);
    if (200..300).contains(&status) {
        return Some(Said::Has(id.map(str::to_owned)));
    }
    match id? {
        // The post is gone, which is told as a lack of permission, or too old to be changed.
        "api.context.permissions.app_error"
        | "app.post.get.app_error"
        | "api.post.update_post.permissions_time_limit.app_error"
            if response.url.ends_with("/patch") =>
        {
            Some(Said::CannotReplace)
        }
        // Its error is a name with full stops.
        id if (400..500).contains(&status) && status != 408 && status != 429 => {
            Some(Said::No(word(Some(&Value::String(id.replace('.', "_"))))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_emoji_is_one_reply_and_all_fit_in_their_line() {
        for reply in Reply::ALL {
            assert_eq!(self::reply(emoji(reply)), Some(reply));
        }
        assert_eq!(reply("tada"), None);
        for language in MessageLanguage::ALL {
            assert!(legend(language).chars().count() < LEGEND_CHARS);
        }
    }
}
