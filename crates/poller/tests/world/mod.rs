//! A world for tests: a server on loopback that says what it is told, a clock that stands still, a
//! log in a folder of its own.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test that cannot set up its world must fail; not every test uses all of it"
)]

mod source;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use bellwether_archive::{Appender, DataDir, LogReader, LogWriter};
use bellwether_model::{Clock, FamilyId, Item, PublisherId, Source, SourceId, Timestamp};
use bellwether_outbound::{Outbound, OutboundSettings};
use bellwether_poller::{PollSettings, Poller};
use tokio::sync::Semaphore;

/// A clock that moves when told.
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }

    pub(crate) fn set(&self, to: &str) {
        *self.0.lock().unwrap() = to.parse().unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// What the server says at one path.
#[derive(Clone)]
pub(crate) struct Says {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Answer 304 where this entity tag is asked for.
    pub(crate) etag: Option<&'static str>,
    /// Answer 304 wherever any date is asked for.
    pub(crate) is_frozen: bool,
    /// Each answer waits for a permit.
    held: Option<Arc<Semaphore>>,
}

impl Says {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            etag: None,
            is_frozen: false,
            held: None,
        }
    }

    /// Waits with each answer until there is a permit for it.
    pub(crate) fn held(mut self, by: &Arc<Semaphore>) -> Self {
        self.held = Some(Arc::clone(by));
        self
    }

    pub(crate) fn frozen(mut self) -> Self {
        self.is_frozen = true;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn etag(mut self, etag: &'static str) -> Self {
        self.etag = Some(etag);
        self
    }
}

#[derive(Default)]
struct Script {
    says: HashMap<String, Says>,
    requests: Vec<(String, HashMap<String, String>)>,
    times: Vec<(String, Instant)>,
}

type Shared = Arc<Mutex<Script>>;

async fn answer(State(script): State<Shared>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let headers: HashMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let host = headers["host"].split(':').next().unwrap().to_owned();
    let at = format!("//{host}{path}");
    let says = {
        let mut script = script.lock().unwrap();
        script.times.push((at.clone(), Instant::now()));
        script.requests.push((path.clone(), headers.clone()));
        let said = script.says.get(&at).or_else(|| script.says.get(&path));
        said.cloned().unwrap_or_else(|| Says::new(404, ""))
    };
    if let Some(held) = &says.held {
        held.acquire().await.unwrap().forget();
    }
    let is_known = (says.etag.is_some()
        && headers.get("if-none-match").map(String::as_str) == says.etag)
        || (says.is_frozen && headers.contains_key("if-modified-since"));
    let mut response = Response::builder().status(if is_known { 304 } else { says.status });
    for (name, value) in &says.headers {
        response = response.header(*name, value);
    }
    if let Some(etag) = says.etag {
        response = response.header("etag", etag);
    }
    response
        .body(if is_known {
            Body::empty()
        } else {
            Body::from(says.body)
        })
        .unwrap()
}

/// Everything together.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) dir: DataDir,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) address: String,
    appender: Appender,
    script: Shared,
}

pub(crate) const START: &str = "2026-11-20T12:00:00Z";

impl World {
    pub(crate) async fn new() -> Self {
        let script = Shared::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(&folder.path().join("data")).unwrap();
        let (appender, _) = Appender::start(LogWriter::open(&dir).unwrap()).unwrap();
        let clock = Arc::new(TestClock(Mutex::new(START.parse().unwrap())));
        Self {
            folder,
            dir,
            clock,
            address,
            appender,
            script,
        }
    }

    /// The same server at another host of loopback, such as `127.0.0.2`; its address. What it says at
    /// all hosts is under a path, what only at this one under `//HOST/PATH`.
    pub(crate) async fn at_host(&self, host: &str) -> String {
        let listener = tokio::net::TcpListener::bind((host, 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&self.script));
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// When there were requests for a path of one host, `//HOST/PATH`, so far.
    pub(crate) fn times(&self, at: &str) -> Vec<Instant> {
        let script = self.script.lock().unwrap();
        let of_path = script.times.iter().filter(|(known, _)| known == at);
        of_path.map(|(_, time)| *time).collect()
    }

    pub(crate) fn says(&self, path: &str, says: Says) {
        self.script
            .lock()
            .unwrap()
            .says
            .insert(path.to_owned(), says);
    }

    /// Headers of all requests for a path so far.
    pub(crate) fn requests(&self, path: &str) -> Vec<HashMap<String, String>> {
        let script = self.script.lock().unwrap();
        script
            .requests
            .iter()
            .filter(|(known, _)| known == path)
            .map(|(_, headers)| headers.clone())
            .collect()
    }

    /// How many requests there were for a path so far.
    pub(crate) fn asked(&self, path: &str) -> usize {
        let script = self.script.lock().unwrap();
        script
            .requests
            .iter()
            .filter(|(known, _)| known == path)
            .count()
    }

    pub(crate) fn source(&self, id: &str) -> Source {
        Source {
            publisher: PublisherId::new("outlet"),
            family: FamilyId::new("outlet"),
            ..source::feed(id, format!("http://{}/{id}", self.address))
        }
    }

    pub(crate) fn appender(&self) -> Appender {
        self.appender.clone()
    }

    pub(crate) fn reader(&self) -> LogReader {
        LogReader::open(&self.dir).unwrap()
    }

    pub(crate) fn poller(&self, sources: Vec<Source>) -> Poller {
        let settings = PollSettings {
            pause: Duration::ZERO,
            ..PollSettings::default()
        };
        self.poller_with(sources, settings, &["127.0.0.0/8"])
    }

    pub(crate) fn poller_with(
        &self,
        sources: Vec<Source>,
        settings: PollSettings,
        networks: &[&str],
    ) -> Poller {
        let outbound = Outbound::new(OutboundSettings {
            allow_networks: networks
                .iter()
                .map(|network| network.parse().unwrap())
                .collect(),
            ..OutboundSettings::default()
        })
        .unwrap();
        let clock: Arc<dyn Clock> = self.clock.clone();
        Poller::new(
            sources,
            settings,
            outbound,
            self.appender(),
            &self.reader(),
            clock,
        )
        .unwrap()
    }

    /// The items of a source, oldest first.
    pub(crate) fn items(&self, source: &str) -> Vec<Item> {
        let reader = self.reader();
        let ids = reader
            .items_of(Some(&SourceId::new(source)), 10_000)
            .unwrap();
        ids.into_iter()
            .rev()
            .map(|id| reader.item(id).unwrap().unwrap())
            .collect()
    }

    /// Takes what pollers remember out of the log.
    pub(crate) fn forget_state(&self) {
        let log = rusqlite::Connection::open(self.folder.path().join("data/log.sqlite")).unwrap();
        log.execute_batch("DELETE FROM poll_state").unwrap();
    }

    /// Makes the log refuse whatever is appended.
    pub(crate) fn break_log(&self) {
        let log = rusqlite::Connection::open(self.folder.path().join("data/log.sqlite")).unwrap();
        log.execute_batch("DROP TABLE outcome").unwrap();
    }
}

/// A feed of entries: id, path, title, date.
pub(crate) fn rss(entries: &[(&str, &str, &str, &str)]) -> String {
    let items: String = entries
        .iter()
        .map(|(guid, path, title, date)| {
            let guid = if guid.is_empty() { String::new() } else { format!("<guid isPermaLink=\"false\">{guid}</guid>") };
            format!("<item><title>{title}</title><link>https://news.example.org/{path}</link>{guid}<pubDate>{date}</pubDate></item>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>T</title><link>https://news.example.org/</link><description>d</description>{items}</channel></rss>"
    )
}
