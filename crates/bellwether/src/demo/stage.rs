//! The world outside, on loopback: the feeds of invented outlets, and a chat that shows what it got.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use bellwether_demo::World;
use bellwether_model::Clock;
use maud::{DOCTYPE, html};

/// Where the chat takes messages.
const WEBHOOK: &str = "/chat/webhook";

/// Where people read them.
const CHAT: &str = "/chat";

#[derive(Clone)]
struct Shared {
    world: Arc<World>,
    clock: Arc<dyn Clock>,
    messages: Arc<Mutex<Vec<String>>>,
}

/// The running stage.
pub(crate) struct Stage {
    address: SocketAddr,
    messages: Arc<Mutex<Vec<String>>>,
    shown: Mutex<usize>,
}

impl Stage {
    /// Opens the stage on a free port of loopback. It runs until the process ends.
    pub(crate) async fn open(world: Arc<World>, clock: Arc<dyn Clock>) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("the demo needs a port on loopback")?;
        let address = listener.local_addr()?;
        let messages = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared {
            world,
            clock,
            messages: messages.clone(),
        };
        let router = Router::new()
            .route(WEBHOOK, post(receive))
            .route(CHAT, get(chat))
            .fallback(feed)
            .with_state(shared);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the demo's feeds are gone");
            }
        });
        Ok(Self {
            address,
            messages,
            shown: Mutex::new(0),
        })
    }

    /// What the addresses of feeds begin with.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the chat takes messages.
    pub(crate) fn chat_webhook(&self) -> String {
        format!("{}{WEBHOOK}", self.base())
    }

    /// Where people read them.
    pub(crate) fn chat_page(&self) -> String {
        format!("{}{CHAT}", self.base())
    }

    /// Messages since the last call.
    pub(crate) fn new_messages(&self) -> Vec<String> {
        let messages = locked(&self.messages);
        let mut shown = locked(&self.shown);
        let new = messages.get(*shown..).unwrap_or_default().to_vec();
        *shown = messages.len();
        new
    }

    /// All messages so far.
    pub(crate) fn message_count(&self) -> usize {
        locked(&self.messages).len()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn receive(State(shared): State<Shared>, body: Bytes) -> Response {
    let text = serde_json::from_slice::<serde_json::Value>(&body)
        .ok()
        .and_then(|value| value.get("text")?.as_str().map(unescaped));
    match text {
        Some(text) => {
            locked(&shared.messages).push(text);
            "ok".into_response()
        }
        None => (StatusCode::BAD_REQUEST, "no_text").into_response(),
    }
}

/// What a chat of this kind shows for its three escapes.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

async fn feed(State(shared): State<Shared>, request: Request) -> Response {
    let world = &shared.world;
    let found = world
        .source_at_path(request.uri().path())
        .and_then(|source| {
            Some((
                world.feed_type(&source)?,
                world.feed_at(&source, shared.clock.now())?,
            ))
        });
    match found {
        Some((media_type, document)) => conditional(&request, media_type, document),
        None => (StatusCode::NOT_FOUND, "no such feed").into_response(),
    }
}

/// Answers as most servers of feeds do: what has not changed is not sent again.
fn conditional(request: &Request, media_type: &'static str, document: String) -> Response {
    let mut hasher = DefaultHasher::new();
    document.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let known = request.headers().get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::ETAG, tag),
    ];
    (headers, document).into_response()
}

async fn chat(State(shared): State<Shared>) -> Response {
    let messages = locked(&shared.messages).clone();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Demo chat" }
                style { "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
                         article{border-left:.25rem solid #4a6785;padding:.25rem 1rem;margin:1rem 0;white-space:pre-wrap}" }
            }
            body {
                h1 { "Demo chat" }
                p { "Invented: no outlet, person or event is real. What a team's chat would have received." }
                @for message in &messages { article { (message) } }
                @if messages.is_empty() { p { "No message yet." } }
            }
        }
    };
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    (
        [(header::CONTENT_SECURITY_POLICY, policy)],
        Html(page.into_string()),
    )
        .into_response()
}
