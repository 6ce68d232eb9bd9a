//! What the one who polls lets go of: the settings, the free space of the disk, the keeper.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_archive::{DataDir, FreeSpace, Keep, Keeper};
use bellwether_config::{Config, KeepSettings};
use bellwether_model::Clock;

use crate::poll::Polling;

/// The file system that holds a folder.
struct Disk(PathBuf);

impl FreeSpace for Disk {
    fn free_bytes(&self) -> std::io::Result<u64> {
        let found = rustix::fs::statvfs(&self.0)?;
        // What is free for us: the system keeps a part for itself.
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

/// The file system that holds a folder.
pub(crate) fn disk(root: &Path) -> Arc<dyn FreeSpace> {
    Arc::new(Disk(root.to_owned()))
}

/// The settings as the archive takes them. What an item rests on goes with it at the latest.
pub(crate) fn settings(keep: &KeepSettings) -> Keep {
    let with_items = |age| match (keep.items, age) {
        (Some(items), Some(age)) => Some(items.min(age)),
        (items, age) => items.or(age),
    };
    Keep {
        items: keep.items,
        originals: with_items(keep.originals),
        pages: with_items(keep.pages),
        captures: keep.captures,
        disk_floor: keep.disk_floor,
    }
}

/// A keeper beside a poller.
pub(crate) fn keeper(
    config: &Config,
    dir: &DataDir,
    polling: &Polling,
    clock: Arc<dyn Clock>,
) -> Keeper {
    Keeper::new(
        dir,
        polling.appender.clone(),
        settings(&config.settings.keep),
        clock,
        disk(dir.root()),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn originals_go_with_their_items_at_the_latest() {
        let days = |number: u64| Some(Duration::from_secs(number * 86_400));
        let of = |items, originals| {
            settings(&KeepSettings {
                items,
                originals,
                ..KeepSettings::default()
            })
            .originals
        };
        assert_eq!(of(None, None), None);
        assert_eq!(of(days(60), None), days(60));
        assert_eq!(of(None, days(60)), days(60));
        assert_eq!(of(days(90), days(60)), days(60));
        assert_eq!(of(days(60), days(90)), days(60));
    }

    #[test]
    fn a_disk_has_some_room() {
        assert!(disk(&std::env::temp_dir()).free_bytes().unwrap() > 0);
        assert!(disk(Path::new("/no/such/folder")).free_bytes().is_err());
    }
}
