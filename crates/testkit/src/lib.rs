//! What the acceptance tests stand on: the real program in a folder of its own, and the world around
//! it on loopback.
//!
//! For tests only, and of no other crate of ours: what is tested is what a user has, the program
//! with its files, output, HTTP and exit codes. Everything is plain threads and blocking sockets, so
//! that a test reads from top to bottom. Nothing waits for luck: [`until`] asks a condition again
//! and again up to a deadline, and says what it waited for.
//!
//! | part | for |
//! |---|---|
//! | [`Server`], [`Answer`], [`send`] | a loopback web server with scripted answers, which records requests |
//! | [`Chat`] | a chat that records messages, and can fail or cut |
//! | [`Platform`], [`Fault`] | what all chat and alert platforms share: faults to order, requests as they came |
//! | [`SlackHook`], [`SlackApi`] | Slack's incoming webhook, and its Web API |
//! | [`DiscordHook`] | a webhook of Discord |
//! | [`TeamsFlow`] | a workflow of Microsoft Teams |
//! | [`TelegramBot`] | Telegram's Bot API |
//! | [`MatrixServer`] | a homeserver of Matrix |
//! | [`LineApi`] | LINE's Messaging API |
//! | [`SignedHook`] | a receiver of signed webhooks as Standard Webhooks describes them |
//! | [`AlertmanagerApi`] | Prometheus Alertmanager |
//! | [`Project`] | a temporary configuration and data folder, and the commands run in it |
//! | [`Running`] | a `run` or `demo` that goes on: asked, ended or killed |
//! | [`Entry`], [`rss`] | feeds |
//! | [`Chance`], [`mutated`], [`fuzz`], [`timed`] | documents damaged by chance that a seed repeats |
//! | [`data_folder`], [`rows`], [`GoldDocument`] | the folder of real data, where there is one |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set up its world must fail, loudly and at once"
)]

mod browser;
mod chance;
mod chat;
mod client;
mod data;
mod feed;
mod gold;
mod mutation;
mod platforms;
mod program;
mod project;
mod server;
mod service;
mod wait;

pub use browser::Browser;
pub use chance::Chance;
pub use chat::{Chat, Received, Verdict};
pub use client::{Reply, encoded, get, post, send};
pub use data::{base64, cases_folder, data_folder, rows};
pub use feed::{Entry, rss, rss_date};
pub use gold::{
    ExpectedTitles, GoldDocument, all_documents, fold_title, fold_titles, titled_documents,
};
pub use mutation::{fuzz, mutated, timed};
pub use platforms::{
    AlertmanagerApi, DiscordApp, DiscordAppMessage, DiscordHook, DiscordMessage, Door, Fault,
    LineApi, LineMessage, MailFault, MailStep, MatrixMessage, MatrixServer, Mattermost,
    MattermostPost, Platform, PostedAlert, SignedHook, SignedMessage, SlackApi, SlackApiMessage,
    SlackHook, SlackMessage, SmtpServer, TakenMail, TeamsFlow, TelegramBot, TelegramEntity,
    TelegramMessage,
};
pub use program::{Ended, Running};
pub use project::{Project, Source, program_path, repository};
pub use server::{Answer, Request, Server};
pub use service::{Service, free_port, installed};
pub use wait::{now, until};
