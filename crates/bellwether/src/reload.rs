//! A configuration that changes while `run` goes on: all of it is taken, or nothing.
//!
//! The folder is looked at every two seconds, and read once it has stood still for as long, since editors and
//! people save one file after the other. SIGHUP asks for it at once. What has a fault is told and not
//! taken; what is in force goes on until it is mended.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_archive::{DataDir, Desk};
use bellwether_config::{Config, Stamp};
use bellwether_daemon::Reloads;
use bellwether_model::Clock;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::Common;
use crate::{run, setup};

/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Looks at the folder of a configuration, and reads it when it has changed.
pub(crate) struct Watch {
    common: Common,
    /// Where the page is by the command line, whatever a file says.
    listen: Option<SocketAddr>,
    dir: DataDir,
    desk: Arc<Mutex<Desk>>,
    reloads: Reloads,
    clock: Arc<dyn Clock>,
    /// The folder as it was when it was read last.
    read: Stamp,
    /// The folder as it was at the last look.
    seen: Stamp,
    hang_up: Option<Signal>,
}

impl Watch {
    /// Watches the folder, whose configuration was just loaded.
    pub(crate) fn new(
        common: &Common,
        listen: Option<SocketAddr>,
        (dir, desk): (&DataDir, &Arc<Mutex<Desk>>),
        reloads: Reloads,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let stamp = Stamp::of(&common.config);
        // On a terminal the signal says that the terminal was closed, and ends the program as it always did.
        let is_on_terminal = std::io::IsTerminal::is_terminal(&std::io::stdin());
        Self {
            common: common.clone(),
            listen,
            dir: dir.clone(),
            desk: Arc::clone(desk),
            reloads,
            clock,
            read: stamp.clone(),
            seen: stamp,
            hang_up: (!is_on_terminal)
                .then(|| signal(SignalKind::hangup()).ok())
                .flatten(),
        }
    }

    /// Waits for a configuration that takes the place of the one in force. One that says the same is
    /// passed over, unless somebody asked for it by SIGHUP.
    pub(crate) async fn next(&mut self, in_force: &Arc<Config>) -> Arc<Config> {
        loop {
            let is_asked_for = tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => false,
                () = hung_up(self.hang_up.as_mut()) => true,
            };
            let now = Stamp::of(&self.common.config);
            let stands_still = now == self.seen;
            self.seen = now.clone();
            let is_changed = now != self.read && stands_still;
            if !is_asked_for && !is_changed {
                continue;
            }
            self.read = now;
            if let Some(config) = self.load(in_force, is_asked_for) {
                return Arc::new(config);
            }
        }
    }

    /// The configuration on disk, where it may be taken; what was found is told.
    fn load(&self, in_force: &Config, is_asked_for: bool) -> Option<Config> {
        match self.usable(in_force) {
            Ok(config) if !is_asked_for && is_same(&config, in_force) => {
                self.reloads.unchanged();
                None
            }
            Ok(config) => Some(config),
            Err(faults) => {
                tracing::error!(
                    faults = faults.len(),
                    "the configuration on disk is not taken; the one before it stays in force:\n{}",
                    faults.join("\n"),
                );
                self.reloads.refused(self.clock.now(), faults);
                None
            }
        }
    }

    /// The configuration on disk, or why it cannot take the place of the one in force.
    fn usable(&self, in_force: &Config) -> Result<Config, Vec<String>> {
        let config = setup::loaded(&self.common).map_err(|faults| {
            faults
                .into_iter()
                .map(|fault| fault.to_string())
                .collect::<Vec<_>>()
        })?;
        let (new, old) = (&config.settings, &in_force.settings);
        let of_data = |config| setup::data_path(&self.common, config);
        let mut faults = Vec::new();
        for (key, is_other) in [
            ("listen", self.listen.is_none() && new.listen != old.listen),
            ("data", of_data(&config) != of_data(in_force)),
        ] {
            if is_other {
                faults.push(format!(
                    "bellwether.toml: `{key}` is another; it is read at a start only: start `run` anew, or \
                     take the change back"
                ));
            }
        }
        // What parts make of it is made once here, so that none of them fails when the old ones are gone.
        let (desk, clock) = (Arc::clone(&self.desk), Arc::clone(&self.clock));
        if let Err(error) = run::notifier(&config, &self.dir, desk, clock, false) {
            faults.push(format!("{error:#}"));
        }
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }
}

/// Whether two configurations say the same; secrets are not part of the digest.
fn is_same(one: &Config, other: &Config) -> bool {
    one.digest == other.digest && one.receivers == other.receivers
}

/// Never, where nobody listens.
async fn hung_up(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
