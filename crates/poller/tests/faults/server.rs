//! A server of feeds that fails as it is told.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_testkit::Chance;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What goes wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Nothing is sent.
    Hangs,
    /// The head is sent, and a part of the body.
    HangsMidway(u16),
    /// Cut before the head.
    Closes,
    /// The connection is reset in the middle.
    Resets(u16),
    /// More was promised than came.
    TooShort(u16),
    /// Less was promised than is there: the document ends early.
    PromisesLess(u16),
    /// No length: where the connection ends, the document does.
    EndsEarly(u16),
    /// A chunk that never ends.
    CutChunk(u16),
    /// A length that is no number.
    NonsenseLength,
    /// Packed, and cut.
    CutGzip(u16),
    /// Said to be packed.
    FalseGzip,
    /// Slow, and whole.
    Drips,
    /// So slow that it is not waited for.
    DripsForEver,
    /// A status.
    Status(u16),
    /// A page.
    Wall,
    /// Nothing, with a good status.
    Empty,
    /// More than is taken.
    TooLong,
    /// Bytes that are no HTTP.
    NoHttp,
    /// Round and round.
    Redirects,
    /// Says that nothing has changed, whether it has or not.
    Frozen,
}

impl Fault {
    pub(crate) fn by(chance: &mut Chance) -> Self {
        let part = u16::try_from(chance.below(1_000)).unwrap_or(0);
        match chance.below(30) {
            0 => Self::Hangs,
            1 => Self::HangsMidway(part),
            2 => Self::Closes,
            3 => Self::Resets(part),
            4 => Self::TooShort(part),
            5 | 6 => Self::PromisesLess(part),
            7 | 8 => Self::EndsEarly(part),
            9 => Self::CutChunk(part),
            10 => Self::NonsenseLength,
            11 => Self::CutGzip(part),
            12 => Self::FalseGzip,
            13 => Self::Drips,
            14 => Self::DripsForEver,
            15 => Self::Status([404, 403, 429, 500, 503][usize::from(part % 5)]),
            16 => Self::Wall,
            17 => Self::Empty,
            18 => Self::TooLong,
            19 => Self::NoHttp,
            20 => Self::Redirects,
            21 | 22 => Self::Frozen,
            _ => Self::None,
        }
    }

    /// Whether an answer with it can be whole, or is known to have been asked for (a server that
    /// denies changes is found out later, and by its age).
    pub(crate) const fn may_pass(self) -> bool {
        matches!(self, Self::None | Self::Drips | Self::Frozen)
    }
}

/// One entry of a feed, and how often its title was changed.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) title: String,
    pub(crate) edits: u32,
}

struct Feed {
    entries: BTreeMap<String, Entry>,
    fault: Fault,
}

/// A server on loopback, with one feed for each source.
pub(crate) struct Server {
    address: SocketAddr,
    feeds: Arc<Mutex<Vec<Feed>>>,
    listening: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(sources: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let feed = |_| Feed {
            entries: BTreeMap::new(),
            fault: Fault::None,
        };
        let feeds = Arc::new(Mutex::new((0..sources).map(feed).collect()));
        let shared = Arc::clone(&feeds);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = converse(stream, &shared).await;
                });
            }
        });
        Self {
            address,
            feeds,
            listening,
        }
    }

    pub(crate) fn url(&self, source: usize) -> String {
        format!("http://{}/{source}", self.address)
    }

    /// New entries, and now and then a new wording.
    pub(crate) fn publish(&self, source: usize, chance: &mut Chance) {
        let mut feeds = self.feeds.lock().unwrap();
        let entries = &mut feeds[source].entries;
        for _ in 0..chance.below(4) {
            let number = entries.len();
            let entry = Entry {
                title: format!("選票 Item {number} of source {source}"),
                edits: 0,
            };
            entries.insert(format!("s{source}-{number}"), entry);
        }
        if !entries.is_empty() && chance.below(3) == 0 {
            let number = usize::try_from(chance.below(entries.len() as u64)).unwrap();
            if let Some(entry) = entries.values_mut().nth(number) {
                entry.edits += 1;
                entry.title = format!(
                    "{} (edit {})",
                    entry.title.split(" (").next().unwrap(),
                    entry.edits
                );
            }
        }
    }

    pub(crate) fn fail(&self, source: usize, fault: Fault) {
        self.feeds.lock().unwrap()[source].fault = fault;
    }

    /// What a source shows now, and what is wrong with it.
    pub(crate) fn shows(&self, source: usize) -> (BTreeMap<String, Entry>, Fault) {
        let feeds = self.feeds.lock().unwrap();
        let feed = &feeds[source];
        (feed.entries.clone(), feed.fault)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn document(entries: &BTreeMap<String, Entry>) -> Vec<u8> {
    let items: String = entries
        .iter()
        .map(|(guid, entry)| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><title>{}</title>\
                 <link>https://news.example/{guid}</link><description>In the hall, counting went on.</description></item>",
                entry.title
            )
        })
        .collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>")
        .into_bytes()
}

async fn converse(mut stream: TcpStream, feeds: &Mutex<Vec<Feed>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut buffer = [0; 2048];
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            length => head.extend_from_slice(&buffer[..length]),
        }
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let number: usize = head
        .split(' ')
        .nth(1)
        .and_then(|path| path.trim_start_matches('/').split('?').next()?.parse().ok())
        .unwrap_or(0);
    let (fault, body, etag) = {
        let feeds = feeds.lock().unwrap();
        let feed = &feeds[number];
        let is_conditional = head.contains("if-none-match");
        let etag = format!(
            "\"{:x}\"",
            feed.entries
                .values()
                .map(|entry| u64::from(entry.edits) + 1)
                .sum::<u64>()
        );
        let is_same = head.contains(&format!("if-none-match: {etag}"));
        let fault = match feed.fault {
            Fault::Frozen if is_conditional => Fault::Status(304),
            Fault::None if is_same => Fault::Status(304),
            Fault::Frozen => Fault::None,
            fault => fault,
        };
        (fault, document(&feed.entries), etag)
    };
    answer(&mut stream, fault, &body, &etag).await
}

async fn answer(
    stream: &mut TcpStream,
    fault: Fault,
    body: &[u8],
    etag: &str,
) -> std::io::Result<()> {
    let part = |share: u16| &body[..body.len() * usize::from(share) / 1_000];
    let head = |more: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\nETag: {etag}\r\n{more}\r\n"
        )
    };
    let of_length = |length: usize| head(&format!("Content-Length: {length}\r\n"));
    match fault {
        Fault::None | Fault::Frozen => send(stream, &of_length(body.len()), body).await,
        Fault::Hangs => until_gone(stream).await,
        Fault::HangsMidway(share) => {
            send(stream, &of_length(body.len()), part(share)).await?;
            until_gone(stream).await
        }
        Fault::Closes => Ok(()),
        Fault::Resets(share) => {
            send(stream, &of_length(body.len() + 1), part(share)).await?;
            stream.set_zero_linger()
        }
        Fault::TooShort(share) => send(stream, &of_length(body.len()), part(share)).await,
        Fault::PromisesLess(share) => send(stream, &of_length(part(share).len()), body).await,
        Fault::EndsEarly(share) => send(stream, &head(""), part(share)).await,
        Fault::CutChunk(share) => {
            let start = format!(
                "{}{:x}\r\n",
                head("Transfer-Encoding: chunked\r\n"),
                body.len()
            );
            send(stream, &start, part(share)).await
        }
        Fault::NonsenseLength => send(stream, &head("Content-Length: many\r\n"), body).await,
        Fault::CutGzip(share) => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body)?;
            let packed = encoder.finish()?;
            let cut = &packed[..packed.len() * usize::from(share) / 1_000];
            let head = head(&format!(
                "Content-Encoding: gzip\r\nContent-Length: {}\r\n",
                cut.len()
            ));
            send(stream, &head, cut).await
        }
        Fault::FalseGzip => send(stream, &head("Content-Encoding: gzip\r\n"), body).await,
        Fault::Drips => {
            stream.write_all(of_length(body.len()).as_bytes()).await?;
            for piece in body.chunks(body.len() / 8 + 1) {
                stream.write_all(piece).await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        }
        Fault::DripsForEver => {
            stream.write_all(of_length(body.len()).as_bytes()).await?;
            for byte in body {
                stream.write_all(&[*byte]).await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        }
        Fault::Status(status) => {
            let head = format!(
                "HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: 0\r\nETag: {etag}\r\n\r\n"
            );
            send(stream, &head, b"").await
        }
        Fault::Wall => {
            let page = b"<!doctype html><html><head><title>Just a moment...</title></head><body></body></html>";
            send(stream, &of_length(page.len()), page).await
        }
        Fault::Empty => send(stream, &of_length(0), b"").await,
        Fault::TooLong => {
            let long = vec![b' '; 300 * 1024];
            send(stream, &of_length(long.len()), &long).await
        }
        Fault::NoHttp => send(stream, "What do you want?\r\n\r\n", b"").await,
        Fault::Redirects => {
            let head = "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: ?again\r\n\r\n";
            send(stream, head, b"").await
        }
    }
}

async fn send(stream: &mut TcpStream, head: &str, body: &[u8]) -> std::io::Result<()> {
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await
}

async fn until_gone(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 16];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
