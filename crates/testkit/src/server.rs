//! A web server on loopback.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

/// Who says nothing for so long is hung up on.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of a name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What is sent back.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    is_chunked: bool,
    is_cut: bool,
}

impl Answer {
    /// 200 with a body, and no type of it.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::status(200)
        }
    }

    /// An empty answer.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            is_chunked: false,
            is_cut: false,
        }
    }

    /// A status with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status)
            .header("Content-Type", "application/json")
            .body(body.to_string())
    }

    /// A feed as honest servers send it.
    pub fn feed(body: impl Into<Vec<u8>>) -> Self {
        Self::ok(body).header("Content-Type", "application/rss+xml; charset=utf-8")
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("Location", to)
    }

    /// The request is read, and the connection then cut.
    #[must_use]
    pub fn cut() -> Self {
        Self {
            is_cut: true,
            ..Self::status(200)
        }
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with another body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same in chunks, without `Content-Length`.
    #[must_use]
    pub const fn chunked(mut self) -> Self {
        self.is_chunked = true;
        self
    }

    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.is_chunked {
            head.push_str("Transfer-Encoding: chunked\r\n");
        } else if self.status != 304 {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("Connection: close\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        if self.is_chunked {
            for chunk in self.body.chunks(4096) {
                write!(stream, "{:x}\r\n", chunk.len())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")
        } else {
            stream.write_all(&self.body)
        }
    }
}

/// An answer to a request, and to how many came before it for the same path.
pub(crate) type Respond = Box<dyn Fn(&Request, usize) -> Answer + Send + Sync>;

/// What takes whole connections whose request is for a path.
struct Upgrade {
    path: String,
    take: Box<dyn Fn(TcpStream) + Send + Sync>,
}

impl Upgrade {
    /// Whether a connection is one for it; nothing of it is read.
    fn is_for(&self, stream: &TcpStream) -> bool {
        let expected = format!("GET {} ", self.path);
        let mut begin = vec![0; expected.len()];
        let read = stream.peek(&mut begin).unwrap_or(0);
        read == begin.len() && begin == expected.as_bytes()
    }
}

struct Shared {
    respond: Respond,
    upgrade: Option<Upgrade>,
    requests: Mutex<Vec<Request>>,
    is_over: AtomicBool,
}

impl Shared {
    fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A web server on a free port of loopback, until dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// A server that answers by a function of the request and of how many came before it for the
    /// same path.
    pub fn answering(respond: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self::on(Ipv4Addr::LOCALHOST, respond)
    }

    /// The same on another address of loopback, such as 127.0.0.77.
    pub fn on(
        address: Ipv4Addr,
        respond: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::opened(address, Box::new(respond), None)
    }

    /// The same, with whole connections for a path taken by something else.
    pub(crate) fn upgrading(
        path: &str,
        take: impl Fn(TcpStream) + Send + Sync + 'static,
        respond: Respond,
    ) -> Self {
        let upgrade = Upgrade {
            path: path.to_owned(),
            take: Box::new(take),
        };
        Self::opened(Ipv4Addr::LOCALHOST, respond, Some(upgrade))
    }

    fn opened(address: Ipv4Addr, respond: Respond, upgrade: Option<Upgrade>) -> Self {
        let listener = TcpListener::bind((address, 0)).expect("a free port of loopback");
        let address = listener.local_addr().expect("the address of a listener");
        let shared = Arc::new(Shared {
            respond,
            upgrade,
            requests: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let thread = std::thread::spawn({
            let shared = shared.clone();
            move || listen(&listener, &shared)
        });
        Self {
            address,
            shared,
            listener: Some(thread),
        }
    }

    /// A server that gives the answers of a path in order, the last one again and again; 404 for
    /// other paths.
    #[must_use]
    pub fn scripted<P: Into<String>>(script: impl IntoIterator<Item = (P, Vec<Answer>)>) -> Self {
        let script: HashMap<String, Vec<Answer>> = script
            .into_iter()
            .map(|(path, answers)| (path.into(), answers))
            .collect();
        Self::answering(move |request, before| {
            script
                .get(&request.path)
                .and_then(|answers| answers.get(before).or(answers.last()))
                .cloned()
                .unwrap_or(Answer::status(404))
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path, which begins with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All requests so far, in the order in which they were read.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests().clone()
    }

    /// The requests so far for one path.
    #[must_use]
    pub fn requests_for(&self, path: &str) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.path == path);
        requests
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener, which is waiting for somebody.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.listener.take() {
            let _ = thread.join();
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = shared.clone();
        std::thread::spawn(move || {
            // Whoever asks may have been killed meanwhile.
            let _ = converse(stream, &shared);
        });
    }
}

fn converse(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    if let Some(upgrade) = &shared.upgrade
        && upgrade.is_for(&stream)
    {
        (upgrade.take)(stream);
        return Ok(());
    }
    let Some(request) = read(&stream)? else {
        return Ok(());
    };
    let before = {
        let mut requests = shared.requests();
        let before = requests
            .iter()
            .filter(|earlier| earlier.path == request.path)
            .count();
        requests.push(request.clone());
        before
    };
    let answer = (shared.respond)(&request, before);
    if answer.is_cut {
        return stream.shutdown(std::net::Shutdown::Both);
    }
    answer.write(&mut stream)
}

/// The request; `None` where what came is none.
fn read(stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}
