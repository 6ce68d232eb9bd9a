//! Whether a folder has changed since somebody looked: names, lengths and times of its files. Reads none
//! of them and says nothing of what they mean.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// More entries than a configuration may have are not looked at; reading it says so.
const ENTRIES_MAX: usize = 20_000;

/// What a folder looks like from outside. Two that are equal hold the same files, as far as their file
/// system tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl Stamp {
    /// A configuration folder as it is now, its folders and the secrets in it included. What cannot be
    /// looked at is not there.
    #[must_use]
    pub fn of(dir: &Path) -> Self {
        let mut stamp = Self::default();
        stamp.take(dir, true);
        stamp.0.sort();
        stamp
    }

    fn take(&mut self, dir: &Path, has_folders: bool) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            // Links are followed: mounted volumes exchange what they point to.
            let path = entry.path();
            let Ok(found) = fs::metadata(&path) else {
                continue;
            };
            if self.0.len() >= ENTRIES_MAX {
                return;
            }
            if found.is_file() {
                self.0.push((path, found.len(), found.modified().ok()));
            } else if has_folders && found.is_dir() {
                self.take(&path, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_in_the_folder_or_in_those_below_is_seen() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path();
        fs::create_dir(dir.join("rules")).unwrap();
        fs::write(dir.join("rules/a.toml"), "one").unwrap();
        let first = Stamp::of(dir);
        assert_eq!(first, Stamp::of(dir));
        fs::write(dir.join("rules/a.toml"), "other").unwrap();
        let second = Stamp::of(dir);
        assert_ne!(first, second);
        fs::write(dir.join("groups.toml"), "").unwrap();
        let third = Stamp::of(dir);
        assert_ne!(second, third);
        fs::remove_file(dir.join("rules/a.toml")).unwrap();
        assert_ne!(third, Stamp::of(dir));
        assert_eq!(Stamp::of(&dir.join("none")), Stamp::default());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_points_elsewhere_is_a_change() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("config");
        fs::create_dir(&dir).unwrap();
        for name in ["one", "two"] {
            fs::write(temp.path().join(name), name.repeat(name.len())).unwrap();
        }
        fs::write(temp.path().join("two"), "longer").unwrap();
        let link = dir.join("groups.toml");
        std::os::unix::fs::symlink(temp.path().join("one"), &link).unwrap();
        let before = Stamp::of(&dir);
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(temp.path().join("two"), &link).unwrap();
        assert_ne!(before, Stamp::of(&dir));
    }
}
