//! Names that stand for what they please, and proxies that look them up.

use crate::server;

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bellwether_outbound::{Names, Outbound, OutboundError, OutboundSettings, Proxy, Rule};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use server::{Server, answer, get};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Gives the answers in order, the last one again and again, and counts the questions.
#[derive(Debug)]
struct Fickle {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Fickle {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let read = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            answers: answers.iter().map(read).collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Names for Fickle {
    fn look_up(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.answers[number.min(self.answers.len() - 1)].clone();
        async move { Ok(found) }.boxed()
    }
}

fn outbound(names: &Arc<Fickle>, allowed: &str, proxy: Option<&str>) -> Outbound {
    Outbound::new(OutboundSettings {
        allow_networks: vec![allowed.parse().unwrap()],
        timeout: std::time::Duration::from_secs(5),
        names: Some(Arc::clone(names) as Arc<dyn Names>),
        proxy: proxy.map(|proxy| Proxy::parse(proxy).unwrap()),
        ..OutboundSettings::default()
    })
    .unwrap()
}

#[track_caller]
fn refused(result: Result<bellwether_outbound::Response, OutboundError>) -> Rule {
    match result {
        Err(OutboundError::Refused { rule, .. }) => rule,
        other => panic!("{other:?}"),
    }
}

/// What was checked is what is connected to: a name is looked up once for a connection, and a name
/// that stands for the machine itself the next time is refused then.
#[tokio::test]
async fn a_name_that_changes_its_mind() {
    let server = Server::start(|_| answer("200 OK", b"first")).await;
    let port = server.address.port();
    let names = Fickle::new(&[&["127.0.0.1"], &["127.9.9.9"]]);
    let outbound = outbound(&names, "127.0.0.1/32", None);
    let url = format!("http://rebind.example:{port}/");
    assert_eq!(outbound.send(get(&url)).await.unwrap().body, b"first");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert_eq!(refused(outbound.send(get(&url)).await), Rule::Loopback);
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

/// A name may stand for several addresses; only those that may be contacted are.
#[tokio::test]
async fn a_name_that_stands_for_several() {
    let server = Server::start(|_| answer("200 OK", b"there")).await;
    let port = server.address.port();
    let mixed = Fickle::new(&[&["10.0.0.1", "169.254.169.254", "::1", "127.0.0.1"]]);
    let url = format!("http://mixed.example:{port}/");
    let answer = outbound(&mixed, "127.0.0.1/32", None).send(get(&url)).await;
    assert_eq!(answer.unwrap().body, b"there");
    for (addresses, rule) in [
        (&["10.0.0.1", "fd00::1"][..], Rule::Private),
        (&["169.254.169.254"], Rule::Metadata),
        (&["::ffff:10.0.0.1"], Rule::Private),
        (&["64:ff9b::7f09:909"], Rule::Loopback),
        (&["100.64.0.1"], Rule::Shared),
    ] {
        let names = Fickle::new(&[addresses]);
        let result = outbound(&names, "127.0.0.1/32", None).send(get(&url)).await;
        assert_eq!(refused(result), rule, "{addresses:?}");
    }
}

/// A name that leads to the machine is refused on a redirect as well.
#[tokio::test]
async fn a_redirect_to_a_name() {
    let server =
        Server::start(|_| answer("302 Found\r\nLocation: http://inner.example/", b"")).await;
    let names = Fickle::new(&[&["192.168.0.1"]]);
    let url = server.url("/");
    match outbound(&names, "127.0.0.0/8", None).send(get(&url)).await {
        Err(OutboundError::Refused {
            rule, hop: 2, host, ..
        }) => {
            assert_eq!((rule, &*host), (Rule::Private, "inner.example"));
        }
        other => panic!("{other:?}"),
    }
}

/// A proxy on loopback that speaks SOCKS 5 or HTTP; connects nowhere, answers itself.
async fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&seen)));
        }
    });
    (port, asked)
}

async fn converse(mut stream: TcpStream, seen: Arc<Mutex<Vec<String>>>) -> io::Result<()> {
    let mut head = [0; 2];
    stream.peek(&mut head).await?;
    if head[0] == 5 {
        stream.read_exact(&mut head).await?;
        let mut methods = vec![0; head[1].into()];
        stream.read_exact(&mut methods).await?;
        stream.write_all(&[5, 0]).await?;
        let mut request = [0; 4];
        stream.read_exact(&mut request).await?;
        let target = match request[3] {
            1 => {
                let mut octets = [0; 4];
                stream.read_exact(&mut octets).await?;
                IpAddr::from(octets).to_string()
            }
            _ => {
                let mut name = vec![0; stream.read_u8().await?.into()];
                stream.read_exact(&mut name).await?;
                String::from_utf8_lossy(&name).into_owned()
            }
        };
        stream.read_u16().await?;
        seen.lock().unwrap().push(target);
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    }
    let mut buffer = vec![0; 4_096];
    let length = stream.read(&mut buffer).await?;
    let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
    seen.lock()
        .unwrap()
        .push(text.lines().next().unwrap_or_default().to_owned());
    stream.write_all(&answer("200 OK", b"by the proxy")).await
}

#[tokio::test]
async fn a_proxy_that_looks_names_up_gets_names() {
    for scheme in ["socks5h", "http"] {
        let (port, asked) = proxy().await;
        let names = Fickle::new(&[&[]]);
        // Loopback is not allowed, and yet the proxy may stand there: configuration has chosen it.
        let outbound = outbound(
            &names,
            "10.0.0.0/8",
            Some(&format!("{scheme}://127.0.0.1:{port}")),
        );
        let url = "http://news.example/rss";
        assert_eq!(outbound.send(get(url)).await.unwrap().body, b"by the proxy");
        assert_eq!(names.asked.load(Ordering::SeqCst), 0);
        assert!(outbound.proxy().unwrap().looks_up_names());
        let before = asked.lock().unwrap().clone();
        assert!(before[0].contains("news.example"), "{scheme}: {before:?}");
        for (target, rule) in [
            ("http://127.0.0.1/", Rule::Loopback),
            ("http://2130706433/", Rule::Loopback),
            ("http://[::ffff:a9fe:a9fe]/", Rule::Metadata),
            ("http://100.64.0.1/", Rule::Shared),
            ("http://localhost/", Rule::Loopback),
            ("http://localhost./", Rule::Loopback),
            ("http://metadata.google.internal/", Rule::Metadata),
            ("file:///etc/hosts", Rule::Scheme),
        ] {
            assert_eq!(refused(outbound.send(get(target)).await), rule, "{target}");
        }
        assert_eq!(
            *asked.lock().unwrap(),
            before,
            "nothing was asked of the proxy"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_gets_checked_addresses() {
    let (port, asked) = proxy().await;
    let names = Fickle::new(&[&["93.184.215.14"], &["192.168.7.7"]]);
    let outbound = outbound(
        &names,
        "10.0.0.0/8",
        Some(&format!("socks5://127.0.0.1:{port}")),
    );
    assert!(!outbound.proxy().unwrap().looks_up_names());
    let url = "http://news.example/rss";
    assert_eq!(outbound.send(get(url)).await.unwrap().body, b"by the proxy");
    assert_eq!(asked.lock().unwrap()[0], "93.184.215.14");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert_eq!(refused(outbound.send(get(url)).await), Rule::Private);
}

#[tokio::test]
async fn a_proxy_by_name_is_looked_up_and_is_no_source() {
    let (port, asked) = proxy().await;
    let names = Fickle::new(&[&["127.0.0.1"]]);
    let outbound = outbound(
        &names,
        "10.0.0.0/8",
        Some(&format!("http://proxy.inner:{port}")),
    );
    let url = "http://news.example/rss";
    assert_eq!(outbound.send(get(url)).await.unwrap().body, b"by the proxy");
    assert!(asked.lock().unwrap()[0].starts_with("GET http://news.example/rss"));
    assert_eq!(
        refused(outbound.send(get("http://proxy.inner/")).await),
        Rule::Proxy
    );
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let names = Fickle::new(&[&[]]);
    let outbound = outbound(&names, "10.0.0.0/8", Some("socks5h://u:SECRET@127.0.0.1:1"));
    let error = outbound
        .send(get("http://news.example/"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, OutboundError::Unreachable { .. }),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("through the proxy socks5h://127.0.0.1:1"),
        "{text}"
    );
    assert!(!text.contains("SECRET"), "{text}");
}

/// What is no request of the web gets checked addresses too, with its own port.
#[tokio::test]
async fn addresses_for_others() {
    let names = Fickle::new(&[&["10.0.0.1", "127.0.0.1"], &["10.0.0.1"], &[]]);
    let outbound = outbound(&names, "127.0.0.0/8", None);
    let mail = outbound.addresses("mail.example", 587).await;
    assert_eq!(mail, Ok(vec!["127.0.0.1:587".parse().unwrap()]));
    let refused = |found: Result<_, OutboundError>| match found {
        Err(OutboundError::Refused { rule, host, .. }) => (rule, host),
        other => panic!("{other:?}"),
    };
    let private = refused(outbound.addresses("mail.example", 587).await);
    assert_eq!(private, (Rule::Private, "mail.example".to_owned()));
    let none = outbound.addresses("mail.example", 587).await;
    assert!(matches!(none, Err(OutboundError::Unreachable { .. })));
    let literal = refused(outbound.addresses("169.254.169.254", 25).await);
    assert_eq!(literal.0, Rule::Metadata);
    let own = outbound.addresses("127.0.0.9", 25).await;
    assert_eq!(own, Ok(vec!["127.0.0.9:25".parse().unwrap()]));
    let all = Outbound::new(OutboundSettings {
        resolve_all_to: Some("127.0.0.1:8080".parse().unwrap()),
        ..OutboundSettings::default()
    });
    let all = all.unwrap().addresses("mail.example", 465).await;
    assert_eq!(all, Ok(vec!["127.0.0.1:465".parse().unwrap()]));
    // A public address may be contacted, and yet nobody has named its network.
    for (address, expected) in [("127.0.0.9", true), ("10.0.0.1", false), ("9.9.9.9", false)] {
        let address = address.parse().unwrap();
        assert_eq!(outbound.names_network_of(address), expected, "{address}");
    }
}
