//! What is opened, whatever was put in the place of what was listed.

use std::os::unix::fs::symlink;

use rustix::fs::{CWD, FileType};

use super::*;

#[test]
fn only_the_file_that_was_listed_is_opened() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    for name in ["same", "grown", "link", "pipe", "folder", "gone"] {
        std::fs::write(at(name), "a line")?;
    }
    let (listed, _) = list(folder.path())?;
    assert_eq!(listed.len(), 6);
    std::fs::write(at("grown"), "a line and more")?;
    for name in ["link", "pipe", "folder", "gone"] {
        std::fs::remove_file(at(name))?;
    }
    symlink(at("same"), at("link"))?;
    rustix::fs::mknodat(CWD, at("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    std::fs::create_dir(at("folder"))?;
    for (name, stamp) in &listed {
        let opened = open(&at(name), *stamp)?;
        assert_eq!(opened.is_some(), name == "same", "{name}");
    }
    Ok(())
}
