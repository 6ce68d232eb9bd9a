//! Requests against servers on loopback.

use crate::server;

use std::sync::atomic::Ordering;

use bellwether_outbound::{Method, Outbound, OutboundError, OutboundSettings, Request, Rule};
use server::{Server, answer, get, outbound};

/// FC-035.
const TARGETS: [(&str, Rule); 22] = [
    ("http://169.254.169.254/latest/meta-data/", Rule::Metadata),
    ("http://[::ffff:169.254.169.254]/", Rule::Metadata),
    ("http://[::ffff:a9fe:a9fe]/", Rule::Metadata),
    ("http://[::127.0.0.1]:8082/", Rule::Loopback),
    ("http://[64:ff9b::a9fe:a9fe]/", Rule::Metadata),
    ("http://[2002:7f00:1::]/", Rule::Loopback),
    ("http://[2001:0:0:0:0:0:80ff:fefe]/", Rule::Unspecified),
    ("http://2130706433/", Rule::Loopback),
    ("http://0x7f.1/", Rule::Loopback),
    ("http://017700000001/", Rule::Loopback),
    ("http://127.1/", Rule::Loopback),
    ("http://localhost/", Rule::Loopback),
    ("http://localhost./", Rule::Loopback),
    ("http://0.0.0.0/", Rule::Unspecified),
    ("http://[::]/", Rule::Unspecified),
    ("http://[::1]/", Rule::Loopback),
    ("http://[fe80::1]/", Rule::LinkLocal),
    ("http://[fd00:ec2::254]/", Rule::Metadata),
    ("http://100.64.0.1/", Rule::Shared),
    ("http://10.0.0.1:8080/", Rule::Private),
    ("file:///etc/hosts", Rule::Scheme),
    ("ftp://127.0.0.1/", Rule::Scheme),
];

#[tokio::test]
async fn fc_035_refused_as_the_address_asked_for() {
    let outbound = outbound(&[]);
    for (target, expected) in TARGETS {
        match outbound.send(get(target)).await {
            Err(OutboundError::Refused { rule, hop: 1, .. }) => {
                assert_eq!(rule, expected, "{target}")
            }
            other => panic!("{target}: {other:?}"),
        }
    }
    let server = Server::start(|_| answer("200 OK", b"")).await;
    outbound.send(get(&server.url("/"))).await.unwrap_err();
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
}

/// As a chat is told something: a body, and no redirects.
#[tokio::test]
async fn fc_035_refused_as_a_target_of_messages() {
    let server = Server::start(|_| answer("200 OK", b"")).await;
    let own = server.url("/hook");
    let outbound = outbound(&[]);
    for target in TARGETS.iter().map(|(target, _)| *target).chain([&*own]) {
        let told = Request {
            method: Method::Post,
            body: Some(b"{}".to_vec()),
            redirects_max: 0,
            ..get(target)
        };
        let error = outbound.send(told).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Refused { hop: 1, .. }),
            "{target}: {error}"
        );
        assert!(!error.answer_lost(), "nobody has seen it");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn fc_035_refused_as_a_redirect() {
    let server = Server::start(|head| {
        let target = head.split(' ').nth(1).unwrap().trim_start_matches("/?");
        answer(&format!("302 Found\r\nLocation: {target}"), b"")
    })
    .await;
    let outbound = outbound(&["127.0.0.0/8"]);
    for (target, expected) in TARGETS {
        if expected == Rule::Loopback && !target.contains("[::1]") {
            continue;
        }
        match outbound
            .send(get(&server.url(&format!("/?{target}"))))
            .await
        {
            Err(error @ OutboundError::Refused { rule, hop: 2, .. }) => {
                assert_eq!(rule, expected, "{target}");
                assert!(error.to_string().contains("hop 2"), "{error}");
                assert!(error.answer_lost());
            }
            other => panic!("{target}: {other:?}"),
        }
    }
    assert_eq!(
        server.requests.lock().unwrap().len(),
        server.connections.load(Ordering::SeqCst)
    );
}

#[tokio::test]
async fn fc_032_errors_name_the_host_only() {
    let server = Server::start(|head| match head.split(' ').nth(1).unwrap() {
        p if p.starts_with("/redirect") => answer(
            "302 Found\r\nLocation: http://u:SECRET@10.0.0.1/SECRET?SECRET",
            b"",
        ),
        p if p.starts_with("/bad") => answer("302 Found\r\nLocation: http://[SECRET", b""),
        p if p.starts_with("/loop") => answer("302 Found\r\nLocation: /loop/SECRET", b""),
        p if p.starts_with("/long") => answer("200 OK", &[b'x'; 200_000]),
        p if p.starts_with("/slow") => b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwait".to_vec(),
        p if p.starts_with("/cut") => b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut".to_vec(),
        p if p.starts_with("/gzip") => answer("200 OK\r\nContent-Encoding: gzip", b"no gzip"),
        _ => b"nonsense\r\n\r\n".to_vec(),
    })
    .await;
    let outbound = outbound(&["127.0.0.0/8"]);
    let at = server.address;
    for (url, lost) in [
        (format!("http://u:SECRET@{at}/redirect/SECRET?SECRET"), true),
        (format!("http://u:SECRET@{at}/bad/SECRET"), true),
        (format!("http://u:SECRET@{at}/loop/SECRET"), true),
        (format!("http://u:SECRET@{at}/long/SECRET"), true),
        (format!("http://u:SECRET@{at}/slow/SECRET"), true),
        (format!("http://u:SECRET@{at}/cut/SECRET"), true),
        (format!("http://u:SECRET@{at}/gzip/SECRET"), true),
        (format!("http://u:SECRET@{at}/nonsense/SECRET"), true),
        ("http://u:SECRET@127.0.0.1:1/SECRET".to_owned(), false),
        ("https://u:SECRET@127.0.0.1:1/SECRET".to_owned(), false),
        ("http://u:SECRET@nowhere.invalid/SECRET".to_owned(), false),
        ("http://u:SECRET@10.0.0.1/SECRET".to_owned(), false),
        ("http://SECRET:SECRET:SECRET/".to_owned(), false),
    ] {
        let error = outbound.send(get(&url)).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.to_uppercase().contains("SECRET"), "{shown}");
        assert_eq!(error.answer_lost(), lost, "{url} {shown}");
    }
}

#[tokio::test]
async fn bounded_at_the_limit_and_one_past_it() {
    let server = Server::start(|_| answer("200 OK", &[b'x'; 1_000])).await;
    let outbound = outbound(&["127.0.0.0/8"]);
    let url = server.url("/");
    let at = |body_bytes_max| Request {
        body_bytes_max,
        ..get(&url)
    };
    assert_eq!(outbound.send(at(1_000)).await.unwrap().body.len(), 1_000);
    outbound.send(at(999)).await.unwrap_err();
}

#[tokio::test]
async fn credentials_do_not_follow_to_another_origin() {
    let other = Server::start(|_| answer("200 OK", b"there")).await;
    let to = other.url("/there");
    let server = Server::start(move |head| {
        if head.starts_with("GET /one") {
            answer("301 Moved\r\nLocation: /two", b"")
        } else {
            answer(&format!("302 Found\r\nLocation: {to}"), b"")
        }
    })
    .await;
    let url = format!("http://u:p@{}/one", server.address);
    let response = outbound(&["127.0.0.0/8"])
        .send(Request {
            headers: vec![("Cookie".to_owned(), "c=1".to_owned())],
            ..get(&url)
        })
        .await
        .unwrap();
    assert_eq!(response.body, b"there");
    assert_eq!(response.url, other.url("/there"));
    assert_eq!(response.hops, [server.url("/one"), server.url("/two")]);
    assert_eq!(response.moved_to, Some(server.url("/two")));
    for request in server.requests.lock().unwrap().iter() {
        assert!(request.contains("authorization: Basic dTpw"), "{request}");
    }
    let requests = other.requests.lock().unwrap();
    assert!(
        !requests[0].contains("authorization") && !requests[0].contains("cookie"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn without_redirects_a_redirect_is_an_answer() {
    let server = Server::start(|_| answer("302 Found\r\nLocation: http://10.0.0.1/", b"")).await;
    let url = server.url("/");
    let response = outbound(&["127.0.0.0/8"])
        .send(Request {
            redirects_max: 0,
            method: Method::Post,
            body: Some(b"x".to_vec()),
            ..get(&url)
        })
        .await
        .unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(response.header("location"), Some("http://10.0.0.1/"));
}

#[tokio::test]
async fn every_name_can_be_mapped() {
    let server = Server::start(|_| answer("200 OK", b"mapped")).await;
    let outbound = Outbound::new(OutboundSettings {
        resolve_all_to: Some(server.address),
        ..OutboundSettings::default()
    })
    .unwrap();
    let response = outbound.send(get("http://news.example/rss")).await.unwrap();
    assert_eq!(response.body, b"mapped");
    assert!(server.requests.lock().unwrap()[0].contains("host: news.example"));
    outbound
        .send(get("http://169.254.169.254/"))
        .await
        .unwrap_err();
}

#[tokio::test]
async fn who_follows_redirects_himself_is_told_where_to() {
    let server =
        Server::start(|_| answer("302 Found\r\nLocation: //other.example/x?y", b"moved")).await;
    let url = server.url("/a");
    let request = Request {
        redirects_max: 0,
        ..get(&url)
    };
    let mut response = outbound(&["127.0.0.0/8"]).send(request).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (302, &b"moved"[..]));
    let to = response.redirect().unwrap();
    assert_eq!(to.as_deref(), Some("http://other.example/x?y"));
    response.status = 200;
    assert_eq!(response.redirect(), Ok(None), "a document is none");
}
