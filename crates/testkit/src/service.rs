//! A server program of the system, run for one test.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::project::repository;

/// Where a program is that `tests/servers` installs; `None`, with a line that says that `what` is skipped,
/// where it is not.
///
/// # Panics
/// In continuous integration, where it must be there.
#[must_use]
pub fn installed(program: &str, what: &str) -> Option<PathBuf> {
    let unpacked = repository().join("target/servers/usr");
    let folders = [
        "/usr/sbin".into(),
        "/usr/bin".into(),
        unpacked.join("sbin"),
        unpacked.join("bin"),
    ];
    let found = folders
        .iter()
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        let line =
            format!("SKIPPED: {what}, since there is no {program}; `tests/servers` installs it");
        assert!(std::env::var_os("CI").is_none(), "{line}");
        println!("{line}");
    }
    found
}

/// A port of loopback that nobody listens on at the moment.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("its number")
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Service(Child);

impl Service {
    /// Starts it; what it says goes nowhere.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self(child)
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_none())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
