//! A server on loopback that answers with the bytes it is told, and the connector that asks it.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test that cannot set up its world must fail; not every test uses all of it"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_outbound::{Method, Outbound, OutboundSettings, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers each request with the bytes a function gives for it; counts connections.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (count, seen, answer) = (
            Arc::clone(&connections),
            Arc::clone(&requests),
            Arc::new(answer),
        );
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
                        let mut buffer = [0; 4096];
                        match stream.read(&mut buffer).await {
                            Ok(n) if n > 0 => head.extend_from_slice(&buffer[..n]),
                            _ => return,
                        }
                    }
                    let head = String::from_utf8_lossy(&head).into_owned();
                    let bytes = answer(&head);
                    seen.lock().unwrap().push(head);
                    let _ = stream.write_all(&bytes).await;
                    if bytes.ends_with(b"wait") {
                        tokio::time::sleep(Duration::from_secs(30)).await;
                    }
                });
            }
        });
        Self {
            address,
            connections,
            requests,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

pub(crate) fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn outbound(networks: &[&str]) -> Outbound {
    Outbound::new(OutboundSettings {
        allow_networks: networks.iter().map(|n| n.parse().unwrap()).collect(),
        timeout: Duration::from_secs(2),
        connect_timeout: Duration::from_secs(1),
        ..OutboundSettings::default()
    })
    .unwrap()
}

pub(crate) fn get(url: &str) -> Request<'_> {
    Request {
        method: Method::Get,
        url,
        headers: Vec::new(),
        body: None,
        body_bytes_max: 100_000,
        redirects_max: 5,
    }
}
