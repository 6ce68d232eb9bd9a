//! The servers of the fleet: 500 addresses of loopback in a process of their own.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Says that this process is the servers, and what they are like.
pub(crate) const SCENARIO: &str = "BELLWETHER_FLEET_SCENARIO";
pub(crate) const HOSTS: usize = 500;
/// Requests at once to a host that are allowed.
pub(crate) const PER_HOST: usize = 2;

/// A connection that was given up ends here a moment later; held for longer, it counts.
const HELD: Duration = Duration::from_millis(50);

/// What was seen.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stats {
    /// By source: seconds at which it was asked.
    pub(crate) asked: HashMap<String, Vec<f64>>,
    /// The most that were under way at one honest host.
    pub(crate) at_once_max: usize,
    /// The most that were held at one other host.
    pub(crate) held_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    Hangs,
    EndlessFast,
    EndlessSlow,
    Bomb,
    Resets,
}

pub(crate) fn address(host: usize) -> Ipv4Addr {
    let [high, low] = u16::try_from(host).unwrap().to_be_bytes();
    Ipv4Addr::new(127, 10, high, low)
}

pub(crate) fn is_honest(host: usize) -> bool {
    manner(host, "hostile") == Manner::Honest
}

fn manner(host: usize, scenario: &str) -> Manner {
    match host % 40 {
        _ if scenario == "honest" => Manner::Honest,
        0..8 => Manner::Hangs,
        8 => Manner::EndlessFast,
        9 => Manner::EndlessSlow,
        10..12 => Manner::Bomb,
        12..14 => Manner::Resets,
        _ => Manner::Honest,
    }
}

struct Shared {
    stats: Mutex<Stats>,
    under_way: Mutex<HashMap<usize, usize>>,
    held: Mutex<HashMap<usize, usize>>,
    began: Instant,
    bomb: Vec<u8>,
}

/// Serves until a line comes in, and then says what was seen.
pub(crate) fn serve(scenario: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let shared = Arc::new(Shared {
            stats: Mutex::default(),
            under_way: Mutex::default(),
            held: Mutex::default(),
            began: Instant::now(),
            bomb: bomb(),
        });
        let mut port = 0;
        for host in 0..HOSTS {
            let listener = TcpListener::bind((address(host), port)).await.unwrap();
            port = listener.local_addr().unwrap().port();
            let manner = manner(host, scenario);
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let _ = stream.set_nodelay(true);
                    tokio::spawn(converse(stream, host, manner, Arc::clone(&shared)));
                }
            });
        }
        println!("{port}");
        let told = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
        told.await.unwrap().unwrap();
        println!(
            "{}",
            serde_json::to_string(&*shared.stats.lock().unwrap()).unwrap()
        );
    });
    // The thread that reads is not waited for.
    std::process::exit(0);
}

fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        encoder.write_all(&[b' '; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap()
}

async fn converse(mut stream: TcpStream, host: usize, manner: Manner, shared: Arc<Shared>) {
    while let Some(name) = read(&mut stream).await {
        let number = {
            let mut stats = shared.stats.lock().unwrap();
            let times = stats.asked.entry(name.clone()).or_default();
            times.push(shared.began.elapsed().as_secs_f64());
            times.len()
        };
        let is_held = AtomicBool::new(false);
        let held = async {
            if manner != Manner::Honest {
                tokio::time::sleep(HELD).await;
                is_held.store(true, Ordering::SeqCst);
                let mut held = shared.held.lock().unwrap();
                let now = held.entry(host).or_default();
                *now += 1;
                let now = *now;
                drop(held);
                let mut stats = shared.stats.lock().unwrap();
                stats.held_max = stats.held_max.max(now);
            }
            std::future::pending::<()>().await;
        };
        let answered = tokio::select! {
            answered = answer(&mut stream, host, &name, number, manner, &shared) => answered,
            () = held => Ok(()),
        };
        if is_held.load(Ordering::SeqCst)
            && let Some(now) = shared.held.lock().unwrap().get_mut(&host)
        {
            *now -= 1;
        }
        if answered.is_err() || manner != Manner::Honest {
            return;
        }
    }
}

/// The path of a request; `None` where the connection ends.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut buffer = [0; 2048];
        match stream.read(&mut buffer).await {
            Ok(length) if length > 0 => head.extend_from_slice(&buffer[..length]),
            _ => return None,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    Some(head.split(' ').nth(1)?.trim_start_matches('/').to_owned())
}

async fn answer(
    stream: &mut TcpStream,
    host: usize,
    name: &str,
    number: usize,
    manner: Manner,
    shared: &Shared,
) -> std::io::Result<()> {
    match manner {
        Manner::Honest => honest(stream, host, name, number, shared).await,
        Manner::Hangs => until_gone(stream).await,
        Manner::EndlessFast => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<rss>").await?;
            loop {
                stream.write_all(&[b'x'; 65_536]).await?;
            }
        }
        Manner::EndlessSlow => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<rss>").await?;
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                stream.write_all(b"x").await?;
            }
        }
        Manner::Bomb => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                shared.bomb.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&shared.bomb).await
        }
        Manner::Resets => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<rss>")
                .await?;
            stream.set_zero_linger()
        }
    }
}

async fn until_gone(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 16];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// A feed of which the first entry is new each time.
async fn honest(
    stream: &mut TcpStream,
    host: usize,
    name: &str,
    number: usize,
    shared: &Shared,
) -> std::io::Result<()> {
    {
        let mut under_way = shared.under_way.lock().unwrap();
        let now = under_way.entry(host).or_default();
        *now += 1;
        let now = *now;
        let mut stats = shared.stats.lock().unwrap();
        stats.at_once_max = stats.at_once_max.max(now);
    }
    tokio::time::sleep(Duration::from_millis(2)).await;
    let items: String = (number..number + 5)
        .map(|n| {
            format!(
                "<item><guid isPermaLink=\"false\">{name}-{n}</guid><title>Item {n} of {name}</title>\
                 <link>https://news.example/{name}/{n}</link><description>{}</description></item>",
                "Counting went on in the hall until the evening. ".repeat(10)
            )
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{name}</title>{items}</channel></rss>"
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    // Whoever has the last byte may ask again at once.
    if let Some(now) = shared.under_way.lock().unwrap().get_mut(&host) {
        *now -= 1;
    }
    stream.write_all(body.as_bytes()).await
}
