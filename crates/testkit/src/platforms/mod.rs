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
//! look for it where it must not be. A mail server is no web server, and has a shape of its own.

mod alertmanager;
mod discord;
mod discord_app;
mod discord_limits;
mod front;
mod line;
mod mail;
mod markdown;
mod matrix;
mod mattermost;
mod pace;
mod parts;
mod signed;
mod slack_api;
mod slack_hook;
mod slack_socket;
mod slack_text;
mod smtp;
mod teams;
mod telegram;
mod telegram_buttons;
mod telegram_html;
mod wire;

pub use alertmanager::{AlertmanagerApi, PostedAlert};
pub use discord::{DiscordHook, DiscordMessage};
pub use discord_app::{DiscordApp, DiscordAppMessage};
pub use front::{Door, Fault, Platform};
pub use line::{LineApi, LineMessage};
pub use mail::TakenMail;
pub use matrix::{MatrixMessage, MatrixServer};
pub use mattermost::{Mattermost, MattermostPost};
pub use signed::{SignedHook, SignedMessage};
pub use slack_api::{SlackApi, SlackApiMessage};
pub use slack_hook::{SlackHook, SlackMessage};
pub use smtp::{MailFault, MailStep, SmtpServer};
pub use teams::TeamsFlow;
pub use telegram::{TelegramBot, TelegramMessage};
pub use telegram_html::TelegramEntity;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::client::send;

    #[test]
    fn all_have_one_shape() {
        let slack_hook = SlackHook::open();
        let slack = SlackApi::open();
        let discord = DiscordHook::open();
        let discord_app = DiscordApp::open();
        let mattermost = Mattermost::open();
        let teams = TeamsFlow::open();
        let telegram = TelegramBot::open();
        let matrix = MatrixServer::open();
        let line = LineApi::open();
        let signed = SignedHook::open();
        let alertmanager = AlertmanagerApi::open();
        let credentials = [
            slack_hook.url(),
            slack.token().to_owned(),
            discord.url(),
            discord_app.token().to_owned(),
            mattermost.token().to_owned(),
            teams.url(),
            telegram.token().to_owned(),
            matrix.token().to_owned(),
            line.token().to_owned(),
            signed.secret().to_owned(),
        ];
        for credential in credentials {
            assert!(credential.contains("FAKEsecret"), "{credential}");
        }
        let all: [&dyn Platform; 11] = [
            &slack_hook,
            &slack,
            &discord,
            &discord_app,
            &mattermost,
            &teams,
            &telegram,
            &matrix,
            &line,
            &signed,
            &alertmanager,
        ];
        for platform in all {
            let url = platform.url();
            assert!(url.starts_with("http://127.0.0.1:"), "{url}");
            platform.fault(Fault::Status(503));
            platform.fault(Fault::RetryAfter(Duration::from_secs(3)));
            platform.fault(Fault::Cut);
            let ask = || send("POST", &url, &[], b"{}");
            assert_eq!(ask().unwrap().status, 503, "{url}");
            assert_eq!(ask().unwrap().status, 429, "{url}");
            assert!(ask().is_err(), "{url}");
            assert!(ask().unwrap().status < 500, "{url}");
            assert_eq!(platform.received().len(), 4, "{url}");
        }
    }
}
