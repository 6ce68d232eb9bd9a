//! A real browser without a window, steered by its own protocol (Chrome DevTools Protocol), so that tests see
//! pages as people do.
//!
//! It may reach loopback only: every other address leads to a port where nobody listens.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::client::encoded;
use crate::service::installed;

/// A step of a browser on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page, until dropped.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    _folder: tempfile::TempDir,
    socket: WebSocket<TcpStream>,
    session: String,
    sent: u64,
    events: VecDeque<Value>,
    /// What went wrong on pages: errors of scripts, and what the policy of a page has refused.
    faults: Vec<String>,
}

impl Browser {
    /// Starts one; `None`, with a line that says that `what` is skipped, where there is none.
    ///
    /// # Panics
    /// Where it does not start, and in continuous integration where there is none.
    #[must_use]
    pub fn start(what: &str) -> Option<Self> {
        let program = installed("chromium", what)?;
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = Command::new(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--hide-scrollbars",
                "--lang=en-US",
                "--remote-debugging-port=0",
                "--proxy-server=http://127.0.0.1:9",
                "--proxy-bypass-list=127.0.0.1",
            ])
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let mut lines = BufReader::new(process.stderr.take().expect("its words")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("listening on ")
                    .map(|(_, url)| url.to_owned())
            })
            .expect("the browser says where it listens");
        // What it says later is read, so that it never waits for that.
        std::thread::spawn(move || lines.for_each(drop));
        let host = address.trim_start_matches("ws://");
        let host = &host[..host.find('/').unwrap_or(host.len())];
        let stream = TcpStream::connect(host).expect("the browser answers");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let (socket, _) = tungstenite::client(address.as_str(), stream).expect("its protocol");
        let mut browser = Self {
            process,
            _folder: folder,
            socket,
            session: String::new(),
            sent: 0,
            events: VecDeque::new(),
            faults: Vec::new(),
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", attach);
        browser.session = attached["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Opens an address and waits until the page is there.
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        let opened = self.ask("Page.navigate", json!({"url": url}));
        assert!(opened.get("errorText").is_none(), "{url}: {opened}");
        self.loaded();
    }

    /// Does something by script of the tests' own that leads to another page, and waits for that.
    pub fn follow(&mut self, script: &str) {
        self.events.clear();
        let _ = self.value(script);
        self.loaded();
    }

    /// Follows the first link or button that a selector finds.
    ///
    /// # Panics
    /// Where there is none.
    pub fn click(&mut self, selector: &str) {
        let quoted = Value::from(selector);
        let is_there = self.value(&format!("!!document.querySelector({quoted})"));
        assert_eq!(
            is_there,
            json!(true),
            "nothing is {selector} on {}",
            self.address()
        );
        self.follow(&format!("document.querySelector({quoted}).click()"));
    }

    /// Writes into a field.
    pub fn fill(&mut self, selector: &str, text: &str) {
        let (selector, text) = (Value::from(selector), Value::from(text));
        let _ = self.value(&format!(
            "document.querySelector({selector}).value = {text}"
        ));
    }

    /// What a script of the tests' own gives.
    ///
    /// # Panics
    /// Where it fails.
    pub fn value(&mut self, script: &str) -> Value {
        let asked = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let answer = self.ask("Runtime.evaluate", asked);
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{script}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// The text that a page shows.
    pub fn text(&mut self) -> String {
        let text = self.value("document.body.innerText");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Where it is.
    pub fn address(&mut self) -> String {
        let address = self.value("location.href");
        address.as_str().unwrap_or_default().to_owned()
    }

    /// Makes the window so wide and high.
    pub fn size(&mut self, width: u32, height: u32) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Lets pages run scripts of theirs, or not.
    pub fn scripts(&mut self, run: bool) {
        self.ask(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": !run}),
        );
    }

    /// Sets a cookie of a site, as its switch would.
    pub fn cookie(&mut self, url: &str, name: &str, value: &str) {
        let cookie = json!({"url": url, "name": name, "value": value});
        self.ask("Network.setCookie", cookie);
    }

    /// A picture of the whole page as PNG.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn picture(&mut self, path: &Path) {
        let asked = json!({"format": "png", "captureBeyondViewport": true});
        let shot = self.ask("Page.captureScreenshot", asked);
        let data = shot["data"].as_str().expect("a picture");
        std::fs::write(path, crate::data::base64(data)).expect("written");
    }

    /// What went wrong on pages so far, once told.
    pub fn faults(&mut self) -> Vec<String> {
        // Events that came before an answer are read with it.
        let _ = self.value("0");
        std::mem::take(&mut self.faults)
    }

    /// A page of the tests' own.
    pub fn show(&mut self, html: &str) {
        self.open(&format!("data:text/html,{}", encoded(html)));
    }

    fn loaded(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Some(event) = self.events.pop_front() {
                if event["method"] == "Page.loadEventFired" {
                    return;
                }
            }
            assert!(Instant::now() < deadline, "a page did not load");
            self.read();
        }
    }

    /// Asks the browser, and reads what happens until it answers.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut question = json!({"id": self.sent, "method": method, "params": params});
        if !self.session.is_empty() {
            question["sessionId"] = json!(self.session);
        }
        let question = Message::text(question.to_string());
        self.socket.send(question).expect("the browser listens");
        loop {
            if let Some(answer) = self.read() {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// Reads one message: the answer to the last question, or an event.
    fn read(&mut self) -> Option<Value> {
        let message = self.socket.read().expect("the browser says something");
        let Message::Text(text) = message else {
            return None;
        };
        let said: Value = serde_json::from_str(text.as_str()).expect("JSON");
        if said["id"] == json!(self.sent) {
            return Some(said);
        }
        match said["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.faults.push(said["params"].to_string()),
            Some("Log.entryAdded") if said["params"]["entry"]["level"] == "error" => {
                self.faults.push(said["params"]["entry"].to_string());
            }
            Some(_) => self.events.push_back(said),
            None => {}
        }
        None
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
