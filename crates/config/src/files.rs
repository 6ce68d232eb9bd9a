//! The folder: which files there are, their bytes, their digest.
//!
//! Nothing is passed over silently: a file or folder that configuration does not know is a fault,
//! since it is one that somebody believes to be in force. Only names that begin with a dot are
//! skipped: editors, version control and mounted volumes keep their own things there.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::fault::{Fault, Sink};
use crate::keys::{self, Section};
use crate::table::{File, without_comments};
use crate::words::{did_you_mean, nearest, quoted};

/// The longest file that is read, in bytes: twenty times the largest that ships.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The longest template that is read, in bytes: some hundred times what a message needs.
pub const TEMPLATE_BYTES_MAX: u64 = 64 * 1024;

/// The most files that are read.
pub const FILES_MAX: usize = 200;

/// Files at the top of the folder.
const FILES: [&str; 3] = ["bellwether.toml", "groups.toml", "receivers.toml"];

/// Folders of files that are read.
const FOLDERS: [&str; 5] = ["actors", "elections", "narratives", "rules", "sources"];

/// A folder for what `url_file` names. Neither read as configuration nor part of the digest.
const SECRETS: &str = "secrets";

/// A folder for what `template` names. No TOML, and yet in force as the rest is.
pub(crate) const TEMPLATES: &str = "templates";

/// What a file is about, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Settings,
    Elections,
    Groups,
    Sources,
    Actors,
    Narratives,
    Rules,
    Receivers,
}

impl Kind {
    pub(crate) fn of(file: &File) -> Self {
        match file.name.split('/').next() {
            Some("elections") => Self::Elections,
            Some("sources") => Self::Sources,
            Some("actors") => Self::Actors,
            Some("narratives") => Self::Narratives,
            Some("rules") => Self::Rules,
            Some("groups.toml") => Self::Groups,
            Some("receivers.toml") => Self::Receivers,
            _ => Self::Settings,
        }
    }

    /// What may stand at the top of such a file.
    pub(crate) fn section(self) -> &'static Section {
        match self {
            Self::Settings => &keys::SETTINGS,
            Self::Elections => &keys::ELECTIONS,
            Self::Groups => &keys::GROUPS,
            Self::Sources => &keys::SOURCES,
            Self::Actors => &keys::ACTORS,
            Self::Narratives => &keys::NARRATIVES,
            Self::Rules => &keys::RULES,
            Self::Receivers => &keys::RECEIVERS,
        }
    }
}

/// The files of a folder, sorted by name.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) files: Vec<File>,
    /// The templates; empty texts of those that could not be read.
    pub(crate) templates: Vec<File>,
    /// Files that should be here and could not be read.
    pub(crate) unread: Vec<Kind>,
}

impl Folder {
    /// SHA-256 over names and bytes, each with its length before it, so that no two folders are
    /// the same text.
    pub(crate) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for file in self.files.iter().chain(&self.templates) {
            for part in [file.name.as_bytes(), file.text.as_bytes()] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// All files as one text without comments, each under a line with its name; templates as they are.
    pub(crate) fn snapshot(&self) -> String {
        let files = self.files.iter();
        let files = files.map(|file| format!("# {}\n{}\n", file.name, without_comments(file)));
        let templates = self.templates.iter();
        files
            .chain(templates.map(|file| format!("# {}\n{}\n", file.name, file.text)))
            .collect()
    }
}

/// Reads the folder; reports what cannot be read and what is not known.
pub(crate) fn read(dir: &Path, sink: &Sink) -> Folder {
    let mut reader = Reader {
        dir,
        sink,
        folder: Folder::default(),
    };
    reader.read_top();
    reader.folder
}

/// The same, with one file in place of all rules.
pub(crate) fn read_with_rules(dir: &Path, rules: &Path, sink: &Sink) -> Folder {
    let mut folder = read(dir, sink);
    folder.files.retain(|file| Kind::of(file) != Kind::Rules);
    let mut reader = Reader { dir, sink, folder };
    reader.read_file("rules/changed.toml".to_owned(), rules);
    reader.folder
}

struct Reader<'s> {
    dir: &'s Path,
    sink: &'s Sink,
    folder: Folder,
}

impl Reader<'_> {
    fn read_top(&mut self) {
        let Some(names) = self.names(self.dir, "the configuration folder") else {
            return;
        };
        let mut known = 0;
        for name in names {
            let path = self.dir.join(&name);
            if FILES.contains(&name.as_str()) {
                known += 1;
                self.read_file(name, &path);
            } else if FOLDERS.contains(&name.as_str()) {
                known += 1;
                self.read_folder(&name, &path);
            } else if name == TEMPLATES {
                self.read_templates(&path);
            } else if name != SECRETS {
                self.report_unknown(&name, &path);
            }
        }
        if known == 0 {
            self.report(
                self.dir,
                "there is no configuration in this folder".to_owned(),
                Some(format!(
                    "it should hold {} and the folders {}; `--config DIR` names another",
                    FILES.join(", "),
                    FOLDERS.join(", ")
                )),
            );
        }
    }

    /// The names in a folder, sorted, without those that begin with a dot.
    fn names(&self, dir: &Path, what: &str) -> Option<Vec<String>> {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                self.report(dir, format!("{what} cannot be read: {error}"), None);
                return None;
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = match entry {
                Ok(entry) => entry.file_name(),
                Err(error) => {
                    self.report(dir, format!("{what} cannot be read: {error}"), None);
                    return None;
                }
            };
            match name.to_str() {
                Some(name) if name.starts_with('.') => {}
                Some(name) => names.push(name.to_owned()),
                None => self.report(
                    &dir.join(&name),
                    "the name is not UTF-8".to_owned(),
                    Some("rename or remove it".to_owned()),
                ),
            }
            if names.len() > 10 * FILES_MAX {
                self.report(dir, format!("{what} has too many entries"), None);
                return None;
            }
        }
        names.sort();
        Some(names)
    }

    fn read_folder(&mut self, folder: &str, path: &Path) {
        let kind = Kind::of(&File {
            name: folder.to_owned(),
            shown: PathBuf::new(),
            text: String::new(),
        });
        let Some(names) = self.names(path, "the folder") else {
            self.folder.unread.push(kind);
            return;
        };
        for name in names {
            let path = path.join(&name);
            if Path::new(&name).extension() == Some(OsStr::new("toml")) {
                self.read_file(format!("{folder}/{name}"), &path);
            } else {
                self.report_misplaced(&name, &path, folder, ".toml");
            }
        }
    }

    fn read_templates(&mut self, path: &Path) {
        for name in self.names(path, "the folder").unwrap_or_default() {
            let path = path.join(&name);
            let is_template = Path::new(&name).extension() == Some(OsStr::new("txt"));
            if !is_template {
                self.report_misplaced(&name, &path, TEMPLATES, ".txt");
                continue;
            }
            if self.folder.templates.len() >= FILES_MAX {
                let message = format!("there are more than {FILES_MAX} templates");
                self.report(
                    &path,
                    message,
                    Some("remove what no receiver names".to_owned()),
                );
                return;
            }
            let text = read_text(&path, TEMPLATE_BYTES_MAX);
            let text = text.unwrap_or_else(|problem| {
                self.report(&path, problem, None);
                String::new()
            });
            self.folder.templates.push(File {
                name: format!("{TEMPLATES}/{name}"),
                shown: path,
                text,
            });
        }
    }

    fn report_misplaced(&self, name: &str, path: &Path, folder: &str, ending: &str) {
        self.report(
            path,
            format!("{} is not read", quoted(name)),
            Some(format!(
                "in `{folder}/` every file ends in `{ending}` and there are no folders; move or rename \
                 it"
            )),
        );
    }

    fn read_file(&mut self, name: String, path: &Path) {
        let mut file = File {
            name,
            shown: path.to_owned(),
            text: String::new(),
        };
        if self.folder.files.len() >= FILES_MAX {
            self.report(
                path,
                format!("there are more than {FILES_MAX} files"),
                Some("put several sources or rules into one".to_owned()),
            );
            self.folder.unread.push(Kind::of(&file));
            return;
        }
        match read_text(path, FILE_BYTES_MAX) {
            Ok(text) => {
                file.text = text;
                self.folder.files.push(file);
            }
            Err(problem) => {
                self.report(path, problem, None);
                self.folder.unread.push(Kind::of(&file));
            }
        }
    }

    fn report_unknown(&self, name: &str, path: &Path) {
        let known: Vec<&str> = FILES
            .into_iter()
            .chain(FOLDERS)
            .chain([TEMPLATES])
            .collect();
        let hint = match nearest(name, &known) {
            Some(_) => did_you_mean(name, known, "names"),
            None if path.is_dir() => format!(
                "the folders are {}, {TEMPLATES} and {SECRETS}; move or remove it",
                FOLDERS.join(", ")
            ),
            None => format!(
                "the files are {}, and those in the folders {}; move or remove it",
                FILES.join(", "),
                FOLDERS.join(", ")
            ),
        };
        self.report(path, format!("{} is not read", quoted(name)), Some(hint));
    }

    fn report(&self, path: &Path, message: String, hint: Option<String>) {
        self.sink.push(Fault {
            file: path.to_owned(),
            line: 1,
            column: 1,
            message,
            hint,
        });
    }
}

/// The text of a regular file of bounded length, also by a symbolic link, as mounted volumes have
/// them; else what is wrong with it, in words.
pub(crate) fn read_text(path: &Path, bytes_max: u64) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("the file cannot be read: {error}");
    // Asked before it is opened: opening a pipe would wait for a writer.
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err("this is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    fs::File::open(path)
        .map_err(cannot)?
        .take(bytes_max + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("the file is longer than {bytes_max} bytes"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        format!("the file is not UTF-8, see line {line}")
    })
}
