//! One folder per mistake under `testdata/`: its files are laid over those of `testdata/base`, and
//! `expected` holds what is said about them. `UPDATE_GOLDEN=1 cargo test -p bellwether-config`
//! writes what is said now; read the difference before keeping it.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// What an environment with one chat in it answers.
fn environment(name: &str) -> Option<String> {
    (name == "CHAT_URL").then(|| "https://hooks.example/services/T0/B0/FAKEsecret".to_owned())
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn lay_over(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("test data") {
        let path = entry.expect("test data").path();
        let target = to.join(path.file_name().expect("name"));
        if path.is_dir() {
            lay_over(&path, &target);
        } else if !path.ends_with("expected") {
            fs::copy(&path, &target).expect("copy");
        }
    }
}

/// What is said about a mistake, with the folder shown as `config`.
fn said(mistake: &Path) -> String {
    let scratch = tempfile::tempdir().expect("scratch folder");
    let dir = scratch.path().join("config");
    lay_over(&testdata().join("base"), &dir);
    lay_over(mistake, &dir);
    let text = match bellwether_config::load(&dir, &environment) {
        Err(faults) => format!("{faults}\n"),
        Ok(config) => {
            let warnings: String = config
                .warnings
                .iter()
                .map(|warning| format!("warning: {warning}\n"))
                .collect();
            format!("{warnings}no faults\n")
        }
    };
    text.replace(&format!("{}", dir.display()), "config")
}

#[test]
fn each_mistake_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut mistakes: Vec<PathBuf> = fs::read_dir(testdata())
        .expect("test data")
        .map(|entry| entry.expect("test data").path())
        .collect();
    mistakes.sort();
    let mut different = Vec::new();
    for mistake in mistakes {
        let said = said(&mistake);
        assert!(
            !said.contains("FAKE"),
            "{} shows a secret",
            mistake.display()
        );
        let golden = mistake.join("expected");
        if update {
            fs::write(&golden, &said).expect("write");
        } else if fs::read_to_string(&golden).unwrap_or_default() != said {
            different.push(format!("{}:\n{said}", golden.display()));
        }
    }
    assert!(
        different.is_empty(),
        "not as expected (UPDATE_GOLDEN=1 cargo test --workspace --test all golden):\n{}",
        different.join("\n")
    );
}
