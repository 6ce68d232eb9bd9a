//! The daemon on loopback, and a client that keeps its connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bellwether_daemon::{AnswerSettings, Answers, Configured, HttpSettings, bind, router, serve};
use bellwether_indexer::LocalEngine;
use bellwether_model::{Clock, Timestamp};
use bellwether_testkit::repository;
use jiff::tz::TimeZone;

use crate::corpus::{Corpus, END};
use crate::queries::{CLASSES, Class};
use crate::stopwatch::Times;
use crate::support::fail;

/// Questions of each kind, so that the slowest twentieth is more than a handful;
/// `BELLWETHER_BENCH_QUESTIONS` takes another number.
const QUESTIONS_MIN: usize = 400;

struct AtTheEnd;

impl Clock for AtTheEnd {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(END).unwrap_or_default()
    }
}

/// The daemon, until the process ends.
pub(crate) struct Server {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(crate) fn start(corpus: &Corpus) -> Self {
        let shipped = bellwether_config::load(&repository().join("config"), &|_| None)
            .unwrap_or_else(|error| fail(&error));
        let mut groups = corpus.groups.clone();
        groups.extend(shipped.groups);
        let configured = Configured {
            groups,
            sources: corpus.sources.clone(),
            actors: shipped.actors,
            narratives: shipped.narratives,
            elections: shipped.elections,
            ..Configured::default()
        };
        let settings = AnswerSettings {
            zone: TimeZone::get("Asia/Taipei").unwrap_or_else(|error| fail(&error)),
            invented: false,
            public_url: None,
        };
        let answers = Arc::new(Answers::new(
            Arc::new(LocalEngine::new(&corpus.dir)),
            corpus.dir.clone(),
            configured,
            settings,
            Arc::new(AtTheEnd),
        ));
        let runtime = tokio::runtime::Runtime::new().unwrap_or_else(|error| fail(&error));
        let listener = runtime
            .block_on(bind(SocketAddr::from(([127, 0, 0, 1], 0)), false))
            .unwrap_or_else(|error| fail(&error));
        let address = listener.local_addr().unwrap_or_else(|error| fail(&error));
        let paths = router(answers, HttpSettings::default());
        runtime.spawn(async move {
            serve(
                listener,
                tokio::sync::watch::channel(paths).1,
                std::future::pending(),
            )
            .await
        });
        Self {
            address,
            _runtime: runtime,
        }
    }

    /// Asks everything once.
    pub(crate) fn warm(&self) {
        let mut client = Client::open(self.address);
        let started = Instant::now();
        for path in CLASSES.iter().flat_map(Class::paths) {
            client.get(&path);
        }
        println!(
            "all questions once, cold: {:.1} s",
            started.elapsed().as_secs_f64()
        );
    }

    /// Times of one kind of question, one client.
    pub(crate) fn measure(&self, class: &Class) -> Times {
        let mut client = Client::open(self.address);
        let paths = class.paths();
        let asked = std::env::var("BELLWETHER_BENCH_QUESTIONS").ok();
        let questions = asked.and_then(|count| count.parse().ok());
        let rounds = questions.unwrap_or(QUESTIONS_MIN).div_ceil(paths.len());
        let found = class.found;
        Times::of(
            class.name,
            &paths,
            rounds,
            |path| client.get(path),
            |body| {
                let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
                value[found].as_u64().unwrap_or_default()
            },
        )
    }

    /// Times of a page; what is found is its size in bytes.
    pub(crate) fn pages(&self, name: &'static str, paths: &[String], rounds: usize) -> Times {
        let mut client = Client::open(self.address);
        for path in paths {
            client.get(path);
        }
        let size = |body: &Vec<u8>| body.len() as u64;
        Times::of(name, paths, rounds, |path| client.get(path), size)
    }

    /// An answer of the API.
    pub(crate) fn json(&self, path: &str) -> serde_json::Value {
        let body = Client::open(self.address).get(path);
        serde_json::from_slice(&body).unwrap_or_default()
    }

    /// Questions a second of several clients at once, of the three plain kinds.
    pub(crate) fn rate(&self, clients: usize, length: Duration) -> f64 {
        let paths: Vec<String> = CLASSES[..3].iter().flat_map(Class::paths).collect();
        let asked = AtomicU64::new(0);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for first in 0..clients {
                let (paths, asked) = (&paths, &asked);
                scope.spawn(move || {
                    let mut client = Client::open(self.address);
                    for path in paths.iter().cycle().skip(first * 3) {
                        if started.elapsed() > length {
                            break;
                        }
                        client.get(path);
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        asked.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
    }
}

struct Client {
    writer: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Client {
    fn open(address: SocketAddr) -> Self {
        let writer = TcpStream::connect(address).unwrap_or_else(|error| fail(&error));
        writer
            .set_nodelay(true)
            .unwrap_or_else(|error| fail(&error));
        let reader = writer.try_clone().unwrap_or_else(|error| fail(&error));
        Self {
            writer,
            reader: BufReader::with_capacity(1 << 16, reader),
        }
    }

    /// The body of an answer; anything but success ends the benchmark.
    fn get(&mut self, path: &str) -> Vec<u8> {
        self.try_get(path).unwrap_or_else(|error| fail(&error))
    }

    fn try_get(&mut self, path: &str) -> std::io::Result<Vec<u8>> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.writer.write_all(request.as_bytes())?;
        let mut length = 0;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let is_good = line.starts_with("HTTP/1.1 200");
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        if is_good {
            return Ok(body);
        }
        let said = String::from_utf8_lossy(&body).into_owned();
        Err(std::io::Error::other(format!("{path}: {said}")))
    }
}
