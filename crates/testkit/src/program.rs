//! The program: run to its end, or started, asked, ended and killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::client::{Reply, get, post};
use crate::wait::until;

/// No command of a test takes longer, on any machine.
const COMMAND_MAX: Duration = Duration::from_secs(120);

/// A start or an end takes no longer.
const TURN_MAX: Duration = Duration::from_secs(30);

/// What a command left behind.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    pub(crate) fn of(command: Command, input: &[u8]) -> Self {
        let mut running = Running::with_input(command, input);
        let code = running.wait(COMMAND_MAX).code();
        Self {
            code,
            out: running.out(),
            err: running.err(),
        }
    }

    /// The same, which must have ended well.
    ///
    /// # Panics
    /// Where it has not.
    #[must_use]
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self
    }

    /// The one JSON object on standard output.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("no JSON: {error}: {}{}", self.out, self.err))
    }

    /// The JSON objects on standard output, one a line.
    ///
    /// # Panics
    /// Where a line is none.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("no JSON: {error}: {line}{}", self.err))
            })
            .collect()
    }
}

/// What a stream has brought so far.
struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Heard {
    fn on(stream: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let thread = stream.map(|stream| {
            let bytes = bytes.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let mut line = Vec::new();
                while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                    bytes
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .append(&mut line);
                }
            })
        });
        Self { bytes, thread }
    }

    fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn finish(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A program that goes on; killed when dropped.
pub struct Running {
    child: Child,
    out: Heard,
    err: Heard,
}

impl Running {
    pub(crate) fn of(command: Command) -> Self {
        Self::with_input(command, b"")
    }

    fn with_input(mut command: Command, input: &[u8]) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let out = Heard::on(child.stdout.take());
        let err = Heard::on(child.stderr.take());
        if let Some(mut stdin) = child.stdin.take() {
            // A command need not read it to its end.
            let _ = stdin.write_all(input);
        }
        Self { child, out, err }
    }

    /// Standard output so far.
    #[must_use]
    pub fn out(&self) -> String {
        self.out.text()
    }

    /// Standard error so far.
    #[must_use]
    pub fn err(&self) -> String {
        self.err.text()
    }

    /// Whether it still goes on.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    /// Where its page is, as it says itself.
    ///
    /// # Panics
    /// Where it ends, or does not say so in time.
    pub fn address(&mut self) -> SocketAddr {
        self.address_within(TURN_MAX)
    }

    /// The same, for a program that has long work before.
    pub fn address_within(&mut self, deadline: Duration) -> SocketAddr {
        until("the address of the page", deadline, || {
            let said = self.err() + &self.out();
            let found = said.split_once("page: http://").and_then(|(_, rest)| {
                let end = rest.find('/')?;
                rest[..end].parse().ok()
            });
            assert!(
                found.is_some() || self.is_alive(),
                "the program has ended: {}{}",
                self.out(),
                self.err()
            );
            found
        })
    }

    /// Asks the page or the API, once it is there.
    pub fn get(&mut self, path: &str) -> Reply {
        let address = self.address();
        get(address, path, None).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Sends a JSON body to the API, once it is there.
    pub fn post(&mut self, path: &str, body: &Value) -> Reply {
        let address = self.address();
        post(address, path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Kills it, as a power cut would (SIGKILL).
    pub fn kill(mut self) {
        self.end_at_once();
    }

    /// Asks it to end (SIGTERM) and returns how it ended, with all it has said.
    pub fn terminate(mut self) -> Ended {
        self.signal("TERM");
        let code = self.wait(TURN_MAX).code();
        Ended {
            code,
            out: self.out(),
            err: self.err(),
        }
    }

    /// Asks it to read its configuration again (SIGHUP).
    pub fn hang_up(&self) {
        self.signal("HUP");
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let _ = Command::new("sh").args(["-c", &kill]).status();
    }

    fn wait(&mut self, deadline: Duration) -> ExitStatus {
        let status = until("the end of a command", deadline, || {
            self.child.try_wait().expect("the state of a command")
        });
        self.out.finish();
        self.err.finish();
        status
    }

    fn end_at_once(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end_at_once();
    }
}
