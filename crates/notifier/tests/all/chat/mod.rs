//! A chat on loopback that does as it is told, and remembers what it got.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the chat does with the next request; once the script is at its end it says `ok`.
pub(crate) enum Act {
    /// Answers with a status, headers and a body.
    Answer(u16, &'static str, &'static str),
    /// Reads the request and closes the connection without a word.
    Cut,
    /// Reads the request and never answers.
    Hang,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn key(&self) -> &str {
        self.header("idempotency-key").unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        self.body["text"].as_str().unwrap()
    }
}

pub(crate) struct Chat {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    script: Arc<Mutex<VecDeque<Act>>>,
    /// Told of each request that has been read.
    pub(crate) arrived: Arc<Notify>,
}

impl Chat {
    pub(crate) async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let chat = Self {
            address: listener.local_addr().unwrap(),
            got: Arc::default(),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            arrived: Arc::default(),
        };
        let (got, script) = (Arc::clone(&chat.got), Arc::clone(&chat.script));
        let arrived = Arc::clone(&chat.arrived);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (got, script) = (Arc::clone(&got), Arc::clone(&script));
                tokio::spawn(serve(stream, got, script, Arc::clone(&arrived)));
            }
        });
        chat
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    got: Arc<Mutex<Vec<Got>>>,
    script: Arc<Mutex<VecDeque<Act>>>,
    arrived: Arc<Notify>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    got.lock().unwrap().push(request);
    let act = script
        .lock()
        .unwrap()
        .pop_front()
        .unwrap_or(Act::Answer(200, "", "ok"));
    arrived.notify_one();
    match act {
        Act::Answer(status, headers, body) => {
            let answer = format!(
                "HTTP/1.1 {status} X\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Act::Cut => {}
        Act::Hang => std::future::pending().await,
    }
}

async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let (head, start) = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break (String::from_utf8(bytes[..at].to_vec()).unwrap(), at + 4);
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let got = Got {
        head,
        body: Value::Null,
    };
    let length: usize = got.header("content-length")?.parse().ok()?;
    while bytes.len() < start + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = serde_json::from_slice(&bytes[start..]).unwrap();
    Some(Got { body, ..got })
}
