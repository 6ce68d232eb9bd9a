//! Who is let in, and what every reply carries.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use bellwether_query::{
    Bound, Column, Row, SearchAnswer, SearchEngine, SearchError, SearchRequest,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

use super::world::World;
use crate::{HttpSettings, ListenError, bind, router, serve};

const HOST: (&str, &str) = ("host", "localhost:7878");

async fn check(headers: &[(&str, &str)], path: &str, expected: Option<(u16, &str)>) {
    let world = World::new();
    let reply = world.ask(Method::GET, path, headers).await;
    match expected {
        None => assert_eq!(reply.status, 200, "{headers:?} {path}: {}", reply.body),
        Some((status, kind)) => {
            reply.is_problem(status, kind);
        }
    }
}

#[tokio::test]
async fn only_a_loopback_name_is_answered() {
    for host in ["localhost", "127.0.0.1:7878", "[::1]:7878"] {
        check(&[("host", host)], "/api/v1/sources", None).await;
    }
    for host in [
        "evil.example",
        "localhost.evil.example:7878",
        "10.0.0.1",
        "",
    ] {
        check(&[("host", host)], "/healthz", Some((421, "host"))).await;
    }
    check(&[], "/", Some((421, "host"))).await;
    check(&[HOST, ("host", "evil.example")], "/", Some((421, "host"))).await;
    check(&[HOST], "http://evil.example/", Some((421, "host"))).await;
}

#[tokio::test]
async fn proxies_and_other_pages_are_refused() {
    for name in [
        "forwarded",
        "x-forwarded-for",
        "X-Forwarded-Host",
        "x-forwarded-prefix",
    ] {
        check(&[HOST, (name, "1.2.3.4")], "/", Some((403, "proxy"))).await;
    }
    let api = "/api/v1/sources";
    for other in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://localhost:9999"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        check(&[HOST, other], api, Some((403, "origin"))).await;
    }
    for ours in [
        ("origin", "http://localhost:7878"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
    ] {
        check(&[HOST, ours], api, None).await;
    }
    // A link in a chat message leads to a page.
    check(
        &[HOST, ("sec-fetch-site", "cross-site")],
        "/bursts/b1",
        None,
    )
    .await;
}

#[tokio::test]
async fn nothing_is_changed_and_origins_are_asked_first() {
    let world = World::new();
    for (headers, status, kind) in [
        (vec![HOST], 403, "origin"),
        (
            vec![HOST, ("origin", "https://evil.example")],
            403,
            "origin",
        ),
        (
            vec![HOST, ("origin", "http://localhost:7878")],
            405,
            "method",
        ),
    ] {
        for method in [Method::POST, Method::DELETE, Method::OPTIONS] {
            let reply = world.ask(method, "/api/v1/search", &headers).await;
            reply.is_problem(status, kind);
            assert!(!reply.headers.contains_key("access-control-allow-origin"));
        }
    }
    assert_eq!(world.ask(Method::HEAD, "/", &[HOST]).await.body, "");
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let long = "x".repeat(62_000);
    check(
        &[HOST],
        &format!("/search?q={long}"),
        Some((414, "uri-too-long")),
    )
    .await;
    check(
        &[HOST, ("cookie", &long)],
        "/",
        Some((431, "headers-too-large")),
    )
    .await;
}

#[tokio::test]
async fn every_reply_keeps_other_pages_away() {
    let world = World::new();
    for path in [
        "/",
        "/api/v1/sources",
        "/nothing",
        "/style.css",
        "/healthz",
        "/items/99",
    ] {
        let reply = world.get(path).await;
        let policy = reply.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
    }
}

/// An engine that answers when the other end is dropped.
struct Stuck(Mutex<Receiver<()>>);

impl SearchEngine for Stuck {
    fn search(&self, _: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let _ = self.0.lock().unwrap().recv();
        Err(SearchError::Engine("it was stuck".to_owned()))
    }

    fn count(&self, _: &Bound) -> Result<u64, SearchError> {
        Err(SearchError::Engine("it was stuck".to_owned()))
    }

    fn scan(
        &self,
        _: &Bound,
        _: &[Column],
        _: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError> {
        Err(SearchError::Engine("it was stuck".to_owned()))
    }
}

#[tokio::test]
async fn a_question_without_an_answer_in_time_is_given_up() {
    let (release, stuck) = channel();
    let world = World::new();
    let answers = world.answers_by(Arc::new(Stuck(Mutex::new(stuck))));
    let settings = HttpSettings {
        questions_max: 1,
        deadline: Duration::from_millis(10),
    };
    let router = router(answers, settings);
    // The second finds the only place still taken by the first.
    for path in ["/api/v1/search", "/api/v1/sources"] {
        let request = Request::builder()
            .uri(path)
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 503, "{path}");
        assert_eq!(response.headers()["retry-after"], "5");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
    }
    drop(release);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_ends_when_told() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(
        bind(everywhere, false).await,
        Err(ListenError::NoAccounts(_))
    ));

    // With accounts it may; nothing is asked there.
    drop(bind(everywhere, true).await.unwrap());

    let world = World::new();
    let listener = bind("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (_only, routers) = tokio::sync::watch::channel(world.router());
    let served = tokio::spawn(serve(listener, routers, async {
        let _ = stopped.await;
    }));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    // One that listens without end ends with it, not when its time is out.
    let mut listening = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /api/v1/stream HTTP/1.1\r\nHost: {address}\r\n\r\n");
    listening.write_all(request.as_bytes()).await.unwrap();
    let mut first = [0; 256];
    assert!(listening.read(&mut first).await.unwrap() > 0);
    // One that is open and asks nothing does not hold up the end.
    let _idle = tokio::net::TcpStream::connect(address).await.unwrap();
    stop.send(()).unwrap();
    // A reader's browser would be cut after ten seconds.
    let served = tokio::time::timeout(Duration::from_secs(8), served).await;
    served.unwrap().unwrap().unwrap();
}
