//! Loopback servers that behave as chat and alert platforms do where that can hurt a sender.
//!
//! A fake that takes everything proves nothing. Each of these refuses what its platform's public
//! documentation says is refused, in the platform's own words and status, and records what it took
//! as a reader would see it: whom a message pinged, which links it showed under which label. Where
//! the documents are silent a fake is the stricter of the two. The module docs of each platform name
//! the documents.
//!
//! All have a [`Platform`]'s shape: an address to configure, the requests as they came, and a queue
//! of [`Fault`]s for the next requests. Every credential contains `FAKEsecret`, so that a test can
//! look for it where it must not be.

mod alertmanager;
mod discord;
mod discord_limits;
mod front;
mod line;
mod markdown;
mod matrix;
mod pace;
mod parts;
mod signed;
mod slack_api;
mod slack_hook;
mod slack_text;
mod teams;
mod telegram;
mod telegram_html;

pub use alertmanager::{AlertmanagerApi, PostedAlert};
pub use discord::{DiscordHook, DiscordMessage};
pub use front::{Door, Fault, Platform};
pub use line::{LineApi, LineMessage};
pub use matrix::{MatrixMessage, MatrixServer};
pub use signed::{SignedHook, SignedMessage};
pub use slack_api::{SlackApi, SlackApiMessage};
pub use slack_hook::{SlackHook, SlackMessage};
pub use teams::TeamsFlow;
pub use telegram::{TelegramBot, TelegramMessage};
pub use telegram_html::TelegramEntity;
