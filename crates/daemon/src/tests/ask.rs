//! Asking the daemon of a [`World`] without a socket.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use futures_util::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

use super::world::World;

pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The page without the one script that is ours: no other may be on it.
    pub(super) fn without_our_script(&self) -> String {
        self.body
            .replace("<script src=\"/script.js\" defer></script>", "")
    }

    /// What kind of problem it is, where it is a document of one.
    pub(super) fn problem_kind(&self) -> Option<String> {
        if self.header("content-type") != "application/problem+json" {
            return None;
        }
        let kind = self.json()["type"].as_str()?.to_owned();
        kind.strip_prefix("/problems/").map(str::to_owned)
    }

    pub(super) fn is_problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{kind}"));
        assert_eq!(problem["status"], status);
        problem
    }
}

impl World {
    pub(super) async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, &[("host", "127.0.0.1:7878")])
            .await
    }

    /// The reply, which must be there within a time.
    pub(super) async fn get_within(&self, time: Duration, path: &str) -> Reply {
        tokio::time::timeout(time, self.get(path)).await.unwrap()
    }

    pub(super) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(method, path, headers, String::new()).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Reply {
        send_to(self.router.clone(), method, path, headers, body).await
    }
}

pub(super) async fn send_to(
    router: axum::Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: String,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let is_endless =
        (parts.headers.get("content-type")).is_some_and(|kind| kind == "text/event-stream");
    let body = if is_endless {
        let first = body.into_data_stream().next().await;
        first.unwrap().unwrap()
    } else {
        to_bytes(body, 8 << 20).await.unwrap()
    };
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}
