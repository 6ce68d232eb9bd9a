//! Who may do what, once there are accounts: every endpoint as everybody, under every name, from every
//! page, behind a proxy; logging in; links of messages; and what is noted of it.

use std::collections::BTreeSet;

use axum::http::Method;
use bellwether_access::{
    Digest, Issued, PASS_TIME, Pass, Passes, PasswordHash, Token, User, UserRole,
};
use bellwether_alert::alert_id;
use bellwether_archive::Desk;
use bellwether_model::{BurstId, Timestamp};
use serde_json::{Value, json};

use super::ask::{Reply, send_to};
use super::endpoints::ENDPOINTS;
use super::endpoints::Wants::{Admin, Analyst, AnalystOrLink, Nothing, Viewer, ViewerOrLink};
use super::world::{NOW, World, t};
use crate::http::endpoints;

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7878");
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PASSWORD: &str = "vier Wörter, 一把鑰匙";

/// A world in which there are accounts, under the name of `public_url`.
struct House {
    world: World,
    router: axum::Router,
}

/// Headers, and whether reading and changing get past them.
type Door<'c> = (&'c [(&'static str, &'c str)], bool, bool);

/// How somebody asks.
type Headers = Vec<(&'static str, String)>;

fn secret(role: UserRole) -> Issued {
    Issued::of([role as u8 + 1; 32])
}

impl House {
    fn new() -> Self {
        let world = World::new();
        let desk = Desk::open(&world.dir).unwrap();
        for role in UserRole::ALL {
            let user = User {
                name: format!("the-{role}"),
                role,
                password: PasswordHash::of(PASSWORD, [role as u8; 16]).unwrap(),
                since: t(NOW),
            };
            assert!(desk.put_user(&user).unwrap());
            let token = Token {
                name: format!("token-{role}"),
                role,
                since: t(NOW),
                ends: None,
            };
            assert!(desk.add_token(&token, &secret(role).digest()).unwrap());
        }
        let router = world.router_under("https://monitor.example.org");
        Self { world, router }
    }

    fn desk(&self) -> Desk {
        Desk::open(&self.world.dir).unwrap()
    }

    async fn send(&self, method: &str, path: &str, headers: &Headers, body: &str) -> Reply {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let method: Method = method.parse().unwrap();
        send_to(self.router.clone(), method, path, &headers, body.to_owned()).await
    }

    async fn log_in(&self, name: &str, password: &str) -> Reply {
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("name", name), ("password", password), ("then", "/alerts")])
            .finish();
        let headers = plain(&[HOST, ORIGIN, FORM]);
        self.send("POST", "/login", &headers, &form).await
    }

    /// The cookie of somebody who logged in.
    async fn cookie(&self, name: &str) -> String {
        let reply = self.log_in(name, PASSWORD).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let set = reply.header("set-cookie").to_owned();
        set.split(';').next().unwrap().to_owned()
    }

    fn pass(&self, alert: &str, ends: Timestamp) -> String {
        let passes = Passes::of(self.world.dir.pass_key().unwrap());
        passes.sign(&Pass {
            alert: alert.to_owned(),
            receiver: "newsroom".to_owned(),
            ends,
        })
    }
}

fn plain(headers: &[(&'static str, &str)]) -> Headers {
    headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

fn bearer(role: UserRole) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", secret(role).reveal()))
}

/// Whether the door let it through: what lies behind may still want something else.
fn is_let_in(reply: &Reply) -> bool {
    let is_led_to_log_in = reply.status == 303 && (reply.header("location")).starts_with("/login?");
    let kind = reply.problem_kind();
    let is_of_door = matches!(
        kind.as_deref(),
        Some("log-in" | "token" | "role" | "pass" | "host" | "origin" | "proxy" | "no-accounts")
    );
    // On a page a refusal is a page.
    let is_refused_page = matches!(reply.status.as_u16(), 401 | 403) && kind.is_none();
    !(is_led_to_log_in || is_of_door || is_refused_page)
}

fn concrete(path: &str) -> String {
    let id = match path {
        _ if path.contains("/alerts/") => "alert-1",
        _ if path.contains("/bursts/") => "b1",
        _ => "1",
    };
    path.replace("{id}", id).replace("{number}", "1")
}

#[test]
fn every_endpoint_is_in_the_table() {
    let known: BTreeSet<(String, String)> = ENDPOINTS
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(endpoints(), known);
    assert_eq!(known.len(), ENDPOINTS.len(), "one stands there twice");
}

#[tokio::test]
async fn every_endpoint_is_for_those_it_is_for() {
    let house = House::new();
    let mut asking: Vec<(String, Headers, Option<UserRole>)> =
        vec![("nobody".to_owned(), Vec::new(), None)];
    for role in UserRole::ALL {
        asking.push((format!("token of {role}"), vec![bearer(role)], Some(role)));
    }
    for (method, path, wants) in ENDPOINTS {
        for role in UserRole::ALL {
            // Whoever logs out is out.
            let cookie = ("cookie", house.cookie(&format!("the-{role}")).await);
            asking.truncate(4);
            asking.push((format!("user of {role}"), vec![cookie], Some(role)));
            for (who, headers, role) in &asking {
                let mut headers = headers.clone();
                headers.extend(plain(&[HOST, ORIGIN, JSON]));
                let reply = house.send(method, &concrete(path), &headers, "{}").await;
                let is_meant = match wants {
                    Nothing => true,
                    Viewer | ViewerOrLink => *role >= Some(UserRole::Viewer),
                    Analyst | AnalystOrLink => *role >= Some(UserRole::Analyst),
                    Admin => *role >= Some(UserRole::Admin),
                };
                // The log-in itself has been refused, not the asking.
                let is_let_in = is_let_in(&reply) || (*method, *path) == ("POST", "/login");
                assert_eq!(
                    is_let_in, is_meant,
                    "{method} {path} as {who}: {} {}",
                    reply.status, reply.body
                );
            }
        }
    }
}

#[tokio::test]
async fn the_link_of_a_message_opens_its_alert_and_nothing_else() {
    let house = House::new();
    let ends = t(NOW).checked_add(PASS_TIME).unwrap();
    let burst = alert_id(&BurstId::new("b1"));
    for (method, path, wants) in ENDPOINTS {
        let alert = if path.starts_with("/bursts") {
            burst.as_str()
        } else {
            "alert-1"
        };
        let good = house.pass(alert, ends);
        let wrong = house.pass("alert-2", ends);
        let over = house.pass(alert, t("2026-11-24T08:09:59Z"));
        for (pass, is_good) in [(good, true), (wrong, false), (over, false)] {
            let path = format!("{}?pass={pass}", concrete(path));
            let reply = house
                .send(method, &path, &plain(&[HOST, ORIGIN, FORM]), "by=Lin")
                .await;
            let is_meant = match wants {
                Nothing => true,
                ViewerOrLink | AnalystOrLink => is_good,
                Viewer | Analyst | Admin => false,
            };
            let is_let_in = is_let_in(&reply) || path.starts_with("/login");
            assert_eq!(is_let_in, is_meant, "{method} {path}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn names_pages_and_proxies_are_looked_at_before_who_asks() {
    let house = House::new();
    let public = ("host", "monitor.example.org");
    let evil = ("host", "evil.example");
    let from = |origin| ("origin", origin);
    let cases: &[Door<'_>] = &[
        (&[HOST, ORIGIN], true, true),
        (&[public, from("https://monitor.example.org")], true, true),
        (
            &[("host", "192.0.2.7:7878"), from("http://192.0.2.7:7878")],
            true,
            true,
        ),
        (
            &[
                ("host", "[2001:db8::7]:7878"),
                from("http://[2001:db8::7]:7878"),
            ],
            true,
            true,
        ),
        (&[evil, from("http://evil.example")], false, false),
        (&[evil], false, false),
        (&[], false, false),
        // A page elsewhere may not use the cookie of ours.
        (&[public, from("https://evil.example")], false, false),
        (&[public, from("http://monitor.example.org")], false, false),
        (&[HOST, from("null")], false, false),
        (
            &[HOST, ("sec-fetch-site", "cross-site"), ORIGIN],
            false,
            false,
        ),
        (&[HOST], true, false),
        // A proxy may stand before it.
        (
            &[
                public,
                from("https://monitor.example.org"),
                ("x-forwarded-for", "203.0.113.9"),
            ],
            true,
            true,
        ),
        (
            &[
                public,
                from("https://monitor.example.org"),
                ("forwarded", "for=203.0.113.9"),
            ],
            true,
            true,
        ),
    ];
    let cookie = ("cookie", house.cookie("the-admin").await);
    for (headers, may_read, may_change) in cases {
        let mut all = plain(headers);
        all.push(cookie.clone());
        for (method, path, _) in ENDPOINTS {
            if *path == "/logout" {
                continue;
            }
            let is_reading = *method == "GET";
            let is_api = path.starts_with("/api/");
            let is_meant = if is_reading && !is_api {
                // A link from elsewhere leads to a page; only the name it is asked under counts.
                *may_read
                    || headers
                        .iter()
                        .any(|(name, value)| *name == "host" && *value != "evil.example")
            } else if is_reading {
                *may_read
            } else {
                *may_change
            };
            let reply = house.send(method, &concrete(path), &all, "{}").await;
            let kind = reply.problem_kind();
            let is_past = !matches!(kind.as_deref(), Some("host" | "origin" | "proxy"));
            assert_eq!(
                is_past, is_meant,
                "{method} {path} {headers:?}: {}",
                reply.body
            );
        }
    }
    // A token is in no browser's keeping, and needs no origin.
    let mut by_token = plain(&[HOST, JSON]);
    by_token.push(bearer(UserRole::Analyst));
    let body =
        json!({"matchers": ["term=\"x\""], "comment": "known", "duration": "2h"}).to_string();
    let reply = house
        .send("POST", "/api/v1/silences", &by_token, &body)
        .await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(reply.json()["by"], "token token-analyst");
}

#[tokio::test]
async fn one_logs_in_and_out() {
    let house = House::new();
    let reply = house
        .send("GET", "/bursts/b1?x=%E4%BD%9C", &plain(&[HOST]), "")
        .await;
    assert_eq!(reply.status, 303);
    assert_eq!(
        reply.header("location"),
        "/login?then=%2Fbursts%2Fb1%3Fx%3D%25E4%25BD%259C"
    );
    let page = house
        .send("GET", "/login?then=%2Fbursts%2Fb1", &plain(&[HOST]), "")
        .await;
    assert!(page.body.contains("value=\"/bursts/b1\""), "{}", page.body);

    let reply = house.log_in("the-analyst", PASSWORD).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/alerts")
    );
    let set = reply.header("set-cookie").to_owned();
    for part in [
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=604800",
    ] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = set.split(';').next().unwrap().to_owned();
    let mut headers = plain(&[HOST, ORIGIN, FORM]);
    headers.push(("cookie", format!("other=1; {cookie}")));
    let page = house.send("GET", "/alerts", &headers, "").await;
    assert!(page.body.contains("the-analyst"), "{}", page.body);
    // What is kept of the session is no session.
    let secret = cookie.split_once('=').unwrap().1;
    assert!(
        house
            .desk()
            .session(&Digest::of(secret), t(NOW))
            .unwrap()
            .is_some()
    );

    let reply = house.send("POST", "/logout", &headers, "").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/login")
    );
    assert!(reply.header("set-cookie").contains("Max-Age=0"));
    let reply = house.send("GET", "/alerts", &headers, "").await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn a_failed_log_in_says_nothing_of_who_there_is_and_slows() {
    let house = House::new();
    let mut bodies = BTreeSet::new();
    for (name, password) in [
        ("the-viewer", "not the right words"),
        ("nobody-here", PASSWORD),
    ] {
        let reply = house.log_in(name, password).await;
        assert_eq!(reply.status, 401);
        assert!(!reply.headers.contains_key("set-cookie"));
        bodies.insert(reply.body);
    }
    let long = "x".repeat(60_000);
    bodies.insert(house.log_in(&long, PASSWORD).await.body);
    assert_eq!(bodies.len(), 1);
    // From this machine, as through a proxy, addresses tell nobody apart: more is free, and the wait short.
    for _ in 0..31 {
        house.log_in("the-viewer", "not the right words").await;
    }
    // Also the right one, for a moment.
    let reply = house.log_in("the-viewer", PASSWORD).await;
    assert_eq!(reply.status, 429, "{}", reply.body);
    assert!(reply.headers.contains_key("retry-after"));
    assert_eq!(house.log_in("the-analyst", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn who_did_what_is_kept() {
    let house = House::new();
    let path = "/api/v1/alerts/alert-1/acknowledge";
    let by = |reply: &Reply| reply.json()["acknowledgement"]["by"].clone();
    let mut analyst = plain(&[HOST, ORIGIN, JSON]);
    analyst.push(("cookie", house.cookie("the-analyst").await));
    let reply = house.send("POST", path, &analyst, "{}").await;
    assert_eq!(by(&reply), json!("the-analyst"), "{}", reply.body);
    let reply = house.send("POST", path, &analyst, r#"{"by": "Ana"}"#).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    let mut token = plain(&[HOST, JSON]);
    token.push(bearer(UserRole::Analyst));
    let said = r#"{"by": "Ana", "verdict": "noise"}"#;
    let reply = house.send("POST", path, &token, said).await;
    assert_eq!(
        by(&reply),
        json!("Ana (token token-analyst)"),
        "{}",
        reply.body
    );

    let pass = house.pass("alert-1", t(NOW));
    let form = plain(&[HOST, ORIGIN, FORM]);
    let path = format!("/alerts/alert-1/acknowledge?pass={pass}");
    let reply = house
        .send("POST", &path, &form, "by=Lin&verdict=useful&note=")
        .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let back = reply.header("location").to_owned();
    let page = house.send("GET", &back, &form, "").await.body;
    assert!(page.contains("Lin (link to newsroom)"), "{page}");
    // Without a name nobody has done it.
    let reply = house.send("POST", &path, &form, "by=&verdict=").await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    // Looking has changed nothing, whoever opens the link.
    let before = house.desk().audit(None, 100).unwrap().len();
    for _ in 0..3 {
        house.send("GET", &back, &form, "").await;
    }
    assert_eq!(house.desk().audit(None, 100).unwrap().len(), before);

    let mut admin = plain(&[HOST]);
    admin.push(("cookie", house.cookie("the-admin").await));
    let audit = house.send("GET", "/api/v1/audit", &admin, "").await.json();
    let told: Vec<(Value, Value, Value)> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["by"].clone(),
                entry["what"].clone(),
                entry["outcome"].clone(),
            )
        })
        .collect();
    let api = "POST /api/v1/alerts/alert-1/acknowledge";
    let page = "POST /alerts/alert-1/acknowledge";
    let expected = [
        ("the-admin", "POST /login", "303"),
        ("link to newsroom", page, "400"),
        ("link to newsroom", page, "303"),
        ("token token-analyst", api, "200"),
        ("the-analyst", api, "400"),
        ("the-analyst", api, "200"),
        ("the-analyst", "POST /login", "303"),
    ];
    assert_eq!(
        told,
        expected.map(|(by, what, outcome)| (json!(by), json!(what), json!(outcome)))
    );
    let page = house.send("GET", "/audit", &admin, "").await.body;
    assert!(page.contains("link to newsroom"), "{page}");
}

#[tokio::test]
async fn what_one_may_not_do_is_not_offered() {
    let house = House::new();
    let page = |who: &str| {
        let who = who.to_owned();
        let house = &house;
        async move {
            let mut headers = plain(&[HOST]);
            headers.push(("cookie", house.cookie(&who).await));
            let alert = house
                .send("GET", "/alerts/alert-1", &headers, "")
                .await
                .body;
            alert + &house.send("GET", "/search?q=x", &headers, "").await.body
        }
    };
    let viewer = page("the-viewer").await;
    assert_eq!(
        viewer.matches("method=\"post\"").count(),
        4,
        "to log out, and for how it looks"
    );
    let analyst = page("the-analyst").await;
    assert!(analyst.contains("/alerts/alert-1/acknowledge\""));
    assert!(!analyst.contains("name=\"by\""), "who logged in is known");
    // By a link the forms go on by it.
    let pass = house.pass("alert-1", t(NOW));
    let path = format!("/alerts/alert-1?pass={pass}");
    let linked = house.send("GET", &path, &plain(&[HOST]), "").await.body;
    assert!(linked.contains(&format!("/alerts/alert-1/acknowledge?pass={pass}")));
    assert!(linked.contains("name=\"by\""));
}

#[tokio::test]
async fn a_token_is_also_the_password_of_a_feed_reader() {
    let house = House::new();
    let reply = house.send("GET", "/alerts.atom", &plain(&[HOST]), "").await;
    assert_eq!(reply.status, 401);
    assert!(reply.header("www-authenticate").starts_with("Basic "));
    let pair = format!("reader:{}", secret(UserRole::Viewer).reveal());
    let pair = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, pair);
    let mut headers = plain(&[HOST]);
    headers.push(("authorization", format!("Basic {pair}")));
    let reply = house.send("GET", "/alerts.atom", &headers, "").await;
    assert_eq!(reply.status, 200);
    house.desk().revoke_token("token-viewer").unwrap();
    let reply = house.send("GET", "/alerts.atom", &headers, "").await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.problem_kind().as_deref(), Some("token"));
}
