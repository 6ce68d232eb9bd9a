//! A folder of its own for a test: configuration, data, and the commands run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::program::{Ended, Running};

/// Loopback may be fetched, and quickly; a free port for the page; whatever the disk of the machine has.
const SETTINGS: &str = "listen = \"127.0.0.1:0\"\n\
    [fetch]\n\
    allow_networks = [\"127.0.0.0/8\"]\n\
    timeout = \"10s\"\n\
    per_host = 16\n\
    [keep]\n\
    disk_floor = \"none\"\n";

const GROUPS: &str = "[[group]]\nid = \"press\"\nname = \"Press\"\nrole = \"domestic\"\n";

/// A source that is a feed.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Where it is read.
    pub url: String,
    /// Who publishes it; the id where empty.
    pub publisher: String,
    /// The country it speaks from; none where empty.
    pub country: String,
}

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The program under test: what `BELLWETHER_BIN` names, else the one built beside the tests.
///
/// # Panics
/// Where there is none, with the command that builds it.
#[must_use]
pub fn program_path() -> PathBuf {
    let path = std::env::var_os("BELLWETHER_BIN").map_or_else(
        || {
            let tests = std::env::current_exe().expect("the path of the tests");
            let folder = tests.ancestors().nth(2).expect("a folder of builds");
            folder.join("bellwether")
        },
        PathBuf::from,
    );
    assert!(
        path.is_file(),
        "there is no program at {}; `cargo build --release -p bellwether` builds it, and \
         BELLWETHER_BIN names another",
        path.display()
    );
    path
}

/// A temporary folder with `config` and `data`, deleted when dropped.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

impl Project {
    /// A configuration with the group `press` and without sources.
    ///
    /// # Panics
    /// Where the disk refuses, as all here.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("bellwether-test-")
            .tempdir()
            .expect("a temporary folder");
        let project = Self {
            folder,
            environment: BTreeMap::new(),
        };
        project.write("config/bellwether.toml", SETTINGS);
        project.write("config/groups.toml", GROUPS);
        project
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(&path, text).expect("a new file");
        path
    }

    /// Writes the sources, all of the group `press`, polled every minute.
    pub fn sources(&self, sources: &[Source]) {
        let toml: String = sources
            .iter()
            .map(|source| {
                let publisher = if source.publisher.is_empty() {
                    &source.id
                } else {
                    &source.publisher
                };
                let country = match source.country.as_str() {
                    "" => String::new(),
                    country => format!("country = \"{country}\"\n"),
                };
                format!(
                    "[[source]]\nid = \"{}\"\nkind = \"feed\"\nurl = \"{}\"\n\
                     publisher = \"{publisher}\"\n{country}groups = [\"press\"]\nevery = \"60s\"\n\n",
                    source.id, source.url
                )
            })
            .collect();
        self.write("config/sources/all.toml", toml);
    }

    /// Sets a variable for all commands run from here on.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes the data of another project as it is; nothing may be running there.
    pub fn take_data(&self, other: &Self) {
        copy(&other.path().join("data"), &self.path().join("data"));
    }

    /// A command in the folder, with its `config` and `data` and nothing of the tester's own
    /// settings.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program_path());
        command.current_dir(self.path()).args(arguments);
        for name in [
            "BELLWETHER_LOG",
            "BELLWETHER_RESOLVE_ALL",
            "BELLWETHER_CHAT_URL",
            "http_proxy",
            "https_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
        ] {
            command.env_remove(name);
        }
        command.envs(&self.environment);
        command
    }

    /// Runs a command to its end.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments), b"")
    }

    /// Runs a command to its end, with something on its standard input.
    #[must_use]
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ended {
        Ended::of(self.command(arguments), input)
    }

    /// Starts a command that goes on.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::of(self.command(arguments))
    }
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder to copy").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file to copy");
        }
    }
}
