//! What all platforms share: the server, the requests as they came, and faults to order.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::server::{Answer, Request, Respond, Server};

/// What goes wrong with a request, whatever it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not processed; this status and an empty body.
    Status(u16),
    /// Processed as usual, so that it counts as accepted; then the connection is cut without a word.
    Cut,
    /// Processed as usual and at once; the answer comes only after so long.
    Hang(Duration),
    /// Not processed; the platform's own answer to who is too fast, with this wait.
    RetryAfter(Duration),
}

/// What decides on requests, one at a time.
pub(super) trait Rules: Send + 'static {
    /// The answer, and what is kept of the request.
    fn answer(&mut self, request: &Request) -> Answer;

    /// What the platform says to who is too fast.
    fn too_fast(wait: Duration) -> Answer {
        Answer::status(429).header("Retry-After", &whole_seconds(wait).to_string())
    }
}

/// A wait in whole seconds, never too short.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The side of a platform that is the same for all.
pub struct Door {
    server: Server,
    faults: Arc<Mutex<VecDeque<Fault>>>,
}

/// A platform on loopback, until dropped.
pub trait Platform {
    /// What is behind all that is provided here.
    fn door(&self) -> &Door;

    /// The address to configure: of a webhook all of it, with its credential; of an API the base.
    fn url(&self) -> String {
        self.base()
    }

    /// Scheme, host and port alone.
    fn base(&self) -> String {
        self.door().server.url("")
    }

    /// All requests so far as they came, also those refused or met by a fault.
    fn received(&self) -> Vec<Request> {
        self.door().server.requests()
    }

    /// Orders a fault for the next request for which none is ordered yet.
    fn fault(&self, fault: Fault) {
        locked(&self.door().faults).push_back(fault);
    }

    /// How many ordered faults no request has met yet.
    fn faults_left(&self) -> usize {
        locked(&self.door().faults).len()
    }
}

/// A platform's rules behind its door.
pub(super) struct Front<R> {
    door: Door,
    rules: Arc<Mutex<R>>,
}

impl<R: Rules> Front<R> {
    pub(super) fn open(rules: R) -> Self {
        Self::behind(rules, Server::answering)
    }

    /// The same, with WebSockets at a path, each of which is handed over as it comes.
    pub(super) fn upgrading(
        rules: R,
        path: &str,
        upgrade: impl Fn(TcpStream) + Send + Sync + 'static,
    ) -> Self {
        Self::behind(rules, |respond| Server::upgrading(path, upgrade, respond))
    }

    fn behind(rules: R, open: impl FnOnce(Respond) -> Server) -> Self {
        let rules = Arc::new(Mutex::new(rules));
        let faults = Arc::new(Mutex::new(VecDeque::new()));
        let server = open(Box::new({
            let (rules, faults) = (rules.clone(), faults.clone());
            move |request, _| {
                let fault = locked(&faults).pop_front();
                match fault {
                    Some(Fault::Status(status)) => return Answer::status(status),
                    Some(Fault::RetryAfter(wait)) => return R::too_fast(wait),
                    Some(Fault::Cut | Fault::Hang(_)) | None => {}
                }
                let answer = locked(&rules).answer(request);
                match fault {
                    Some(Fault::Cut) => Answer::cut(),
                    Some(Fault::Hang(pause)) => {
                        std::thread::sleep(pause);
                        answer
                    }
                    _ => answer,
                }
            }
        }));
        Self {
            door: Door { server, faults },
            rules,
        }
    }

    pub(super) const fn door(&self) -> &Door {
        &self.door
    }

    pub(super) fn url(&self, path: &str) -> String {
        self.door.server.url(path)
    }

    /// The rules and what they keep. Nothing is answered while they are held.
    pub(super) fn rules(&self) -> MutexGuard<'_, R> {
        locked(&self.rules)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::client::send;

    struct Counting(usize);

    impl Rules for Counting {
        fn answer(&mut self, _: &Request) -> Answer {
            self.0 += 1;
            Answer::ok(self.0.to_string())
        }
    }

    struct Counter(Front<Counting>);

    impl Platform for Counter {
        fn door(&self) -> &Door {
            self.0.door()
        }

        fn url(&self) -> String {
            self.0.url("/FAKEsecret")
        }
    }

    #[test]
    fn faults_meet_the_next_requests_in_order() {
        let counter = Counter(Front::open(Counting(0)));
        let count = || counter.0.rules().0;
        let ask = || send("POST", &counter.url(), &[], b"x");
        let pause = Duration::from_millis(50);
        for fault in [
            Fault::Status(503),
            Fault::RetryAfter(Duration::from_millis(1500)),
            Fault::Cut,
            Fault::Hang(pause),
        ] {
            counter.fault(fault);
        }
        assert_eq!(counter.faults_left(), 4);

        assert_eq!(ask().unwrap().status, 503);
        let slower = ask().unwrap();
        assert_eq!(slower.status, 429);
        assert_eq!(slower.header("retry-after"), Some("2"));
        assert_eq!(count(), 0, "neither was processed");

        assert!(ask().is_err(), "cut");
        assert_eq!(count(), 1, "and yet accepted");

        let asked = Instant::now();
        assert_eq!(ask().unwrap().text(), "2");
        assert!(asked.elapsed() >= pause);

        assert_eq!(ask().unwrap().text(), "3", "no fault is left");
        assert_eq!(counter.faults_left(), 0);
        assert_eq!(counter.received().len(), 5);
        assert_eq!(counter.received()[0].body, b"x");
        assert!(counter.url().starts_with(&counter.base()));
        assert!(counter.base().starts_with("http://127.0.0.1:"));
    }
}
