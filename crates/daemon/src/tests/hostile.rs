//! Questions that nobody should ask: each is refused in bounded time and memory, and where a place
//! is at fault it is named.

use std::time::Duration;

use super::world::World;
use crate::{bind, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Far more than any of these needs, on any machine.
const LONG: Duration = Duration::from_secs(20);

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn queries_that_cannot_be_read_say_where() {
    let world = World::new();
    let deep = format!("{}x{}", "(".repeat(3_000), ")".repeat(3_000));
    let many = "x OR ".repeat(1_500) + "x";
    let open = "(".repeat(8_000);
    for (query, position) in [
        // Half of these are longer than a query may be.
        ("x".repeat(59_000), Some(0)),
        ("(".repeat(10_000), Some(0)),
        (deep, None),
        (many, None),
        (open, None),
        ("(作票".to_owned(), Some(0)),
        ("作票)".to_owned(), Some(2)),
        ("\"作票".to_owned(), Some(0)),
        ("「作票".to_owned(), Some(0)),
        ("作票 \"".to_owned(), Some(3)),
        ("NEAR/3".to_owned(), None),
        ("OR".to_owned(), Some(0)),
        ("time:[x TO y]".to_owned(), None),
    ] {
        for path in ["/api/v1/search", "/api/v1/timeline"] {
            let address = format!("{path}?q={}", escaped(&query));
            let reply = world.get_within(LONG, &address).await;
            let problem = reply.is_problem(400, "query");
            let shown: String = query.chars().take(20).collect();
            let at = problem["position"].as_u64();
            assert!(at.is_some(), "{shown}: {problem}");
            if position.is_some() {
                assert_eq!(at, position, "{shown}: {problem}");
            }
            assert!(problem.to_string().len() < 2_000, "{shown}");
        }
        // The page shows the place, and no more of the query than a screen holds.
        let page = world
            .get_within(LONG, &format!("/search?q={}", escaped(&query)))
            .await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("class=\"here\""), "{}", page.body);
    }
}

#[tokio::test]
async fn parameters_that_cannot_be_used_are_refused() {
    let world = World::new();
    for (address, position) in [
        ("/api/v1/search?q=%FF", Some(0)),
        ("/api/v1/search?q=%E4%BD%9C%E7", Some(1)),
        ("/api/v1/search?q=a%00b", Some(1)),
        ("/api/v1/search?limit=-1", None),
        ("/api/v1/search?limit=0", None),
        ("/api/v1/search?limit=1001", None),
        ("/api/v1/search?limit=18446744073709551616", None),
        ("/api/v1/search?limit=0&format=csv", None),
        ("/api/v1/search?q=a&q=b", None),
        ("/api/v1/search?query=a", None),
        ("/api/v1/search?cursor=%00", Some(0)),
        ("/api/v1/search?cursor=zz", None),
        ("/api/v1/search?cursor=zz&format=ndjson", None),
        ("/api/v1/search?sort=best", None),
        ("/api/v1/search?from=2026-13-01", None),
        ("/api/v1/search?from=now&to=7d", None),
        ("/api/v1/search?format=xlsx", None),
        ("/api/v1/timeline?bin=1s", None),
        ("/api/v1/timeline?by=mood", None),
        ("/api/v1/timeline?from=1900-01-01&bin=10m", None),
        ("/api/v1/alerts?filter=shut", None),
        ("/api/v1/bursts?cursor=p-1", None),
        ("/api/v1/bursts?cursor=pffffffffffffffff", None),
        ("/api/v1/sources?limit=1", None),
    ] {
        let problem = world
            .get_within(LONG, address)
            .await
            .is_problem(400, "parameter");
        assert_eq!(
            problem["position"].as_u64(),
            position,
            "{address}: {problem}"
        );
        assert!(problem["detail"].is_string(), "{address}: {problem}");
    }
    for address in [
        "/api/v1/items/%FF",
        "/api/v1/queries/%FF",
        "/api/v1/bursts/%00",
    ] {
        world.get(address).await.is_problem(404, "not-found");
    }
    // Everything, and nothing that looks like something.
    for query in ["*", "", "%25zz", "+", "&&"] {
        let reply = world.get(&format!("/api/v1/search?q={query}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    }
}

#[tokio::test]
async fn what_no_library_reads_ends_at_once() {
    let world = World::new();
    let listener = bind("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (_only, routers) = tokio::sync::watch::channel(world.router());
    let served = tokio::spawn(serve(listener, routers, async {
        let _ = stopped.await;
    }));
    for (target, statuses) in [
        // 64 KiB exceed what an address can have.
        (
            format!("/api/v1/search?q={}", "x".repeat(64 << 10)),
            &["414"][..],
        ),
        (
            format!("/search?q={}", "%E4%BD%9C".repeat(40_000)),
            &["414", "431"],
        ),
        ("/api/v1/search?q=\u{1}".to_owned(), &["400"]),
        (
            "/api/v1/search?q=\u{4F5C}\u{7968}".to_owned(),
            &["200", "400"],
        ),
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let reply = tokio::time::timeout(LONG, async {
            // It may be refused before all of it is sent.
            let _ = stream.write_all(request.as_bytes()).await;
            let mut reply = Vec::new();
            let _ = stream.read_to_end(&mut reply).await;
            String::from_utf8_lossy(&reply).into_owned()
        });
        let reply = reply.await.unwrap();
        let status = reply.split(' ').nth(1).unwrap_or("none");
        let shown: String = target.chars().take(30).collect();
        assert!(statuses.contains(&status), "{shown}: {reply}");
    }
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}
