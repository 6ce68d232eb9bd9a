//! A data folder as a kill may leave it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bellwether_testkit::Chance;

/// The files of a folder with their bytes.
pub(crate) struct Folder(BTreeMap<PathBuf, Vec<u8>>);

impl Folder {
    pub(crate) fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_into(root, root, &mut files);
        Self(files)
    }

    /// Writes this folder as it was at any moment between `before` and now: the capture grows first,
    /// then the journal of the database. The memory map of the journal is not of the disk.
    pub(crate) fn write_prefix(&self, before: &Self, to: &Path, chance: &mut Chance) {
        let main = |files: &Self| {
            files
                .0
                .iter()
                .find(|(path, _)| path.ends_with("log.sqlite"))
                .map(|(_, bytes)| bytes.clone())
        };
        // A checkpoint rewrites the database after the commit; then only the whole is a moment.
        let is_one_append = main(self) == main(before);
        let grown = |ending: &str| -> Vec<(&PathBuf, usize, usize)> {
            self.0
                .iter()
                .filter(|(path, _)| path.to_string_lossy().contains(ending))
                .map(|(path, bytes)| (path, before.0.get(path).map_or(0, Vec::len), bytes.len()))
                .collect()
        };
        let order: Vec<_> = grown("warc")
            .into_iter()
            .chain(grown("log.sqlite-wal"))
            .collect();
        let is_prefix = order.iter().all(|(path, old, _)| {
            before
                .0
                .get(*path)
                .is_none_or(|bytes| self.0[*path].get(..*old) == Some(bytes))
        });
        let total: usize = order
            .iter()
            .map(|(_, old, new)| new.saturating_sub(*old))
            .sum();
        let mut left = if is_one_append && is_prefix {
            usize::try_from(chance.below(total as u64 + 1)).unwrap()
        } else {
            total
        };
        let mut cut = BTreeMap::new();
        for (path, old, new) in order {
            let part = left.min(new.saturating_sub(old));
            left -= part;
            cut.insert(path, old + part);
        }
        for (path, bytes) in &self.0 {
            if path.to_string_lossy().ends_with("-shm") {
                continue;
            }
            let length = cut
                .get(path)
                .copied()
                .unwrap_or(bytes.len())
                .min(bytes.len());
            let path = to.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &bytes[..length]).unwrap();
        }
    }
}

fn read_into(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_into(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}
