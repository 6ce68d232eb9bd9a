//! What can be seen of the architecture without running it: which crate may know which, what is
//! pure, where the clock is read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bellwether_testkit::repository;

/// The crates in reading order, and whom of ours each may know, beside its tests. Whoever is above
/// knows nobody below.
const ALLOWED: [(&str, &[&str]); 19] = [
    // Pure: values in, values out.
    ("model", &[]),
    ("text", &["model"]),
    ("query", &["model", "text"]),
    ("detect", &["model"]),
    ("lineage", &["model", "text"]),
    ("alert", &["model"]),
    ("access", &["model"]),
    ("api", &["model", "text"]),
    ("demo", &["model"]),
    // Stores and inputs.
    ("config", &["model", "text", "query"]),
    ("archive", &["model", "access"]),
    ("outbound", &[]),
    // Workers.
    (
        "poller",
        &["model", "text", "config", "archive", "outbound"],
    ),
    ("indexer", &["model", "text", "query", "archive"]),
    (
        "monitor",
        &[
            "model", "text", "query", "detect", "lineage", "alert", "config", "archive",
        ],
    ),
    (
        "notifier",
        &[
            "model", "text", "alert", "access", "api", "config", "archive", "outbound",
        ],
    ),
    // Faces.
    (
        "daemon",
        &[
            "model", "text", "query", "detect", "lineage", "alert", "access", "api", "config",
            "archive", "monitor",
        ],
    ),
    (
        "bellwether",
        &[
            "model", "text", "query", "detect", "alert", "access", "api", "demo", "config",
            "archive", "outbound", "poller", "indexer", "monitor", "notifier", "daemon",
        ],
    ),
    // Runs the program and knows nothing of its inside.
    ("testkit", &[]),
];

const PURE: [&str; 9] = [
    "model", "text", "query", "detect", "lineage", "alert", "access", "api", "demo",
];

/// Clock, disk, network and runtimes.
const IMPURE: [&str; 11] = [
    "axum",
    "futures-util",
    "hyper",
    "hyper-util",
    "reqwest",
    "rusqlite",
    "tantivy",
    "tempfile",
    "tokio",
    "tower",
    "tracing-subscriber",
];

/// What reads the machine's clock.
const CLOCKS: [&str; 5] = [
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Utc::now",
    "Instant::now",
];

/// Longer files are asked what second job they have taken on.
const LINES_MAX: usize = 600;

/// The homes of one machine; beside them, the place of this checkout must not be named.
const MACHINE_PATHS: [&str; 2] = ["/home/", "/Users/"];

fn folder(name: &str) -> PathBuf {
    repository().join("crates").join(name)
}

fn manifest(folder: &Path) -> toml::Table {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.parse().unwrap()
}

fn dependencies(manifest: &toml::Table, kind: &str) -> BTreeSet<String> {
    let table = manifest.get(kind).and_then(toml::Value::as_table);
    table.into_iter().flat_map(|t| t.keys().cloned()).collect()
}

/// All files of an ending below a folder, what is built and what is not ours left out.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "target" || name == "data" {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path
            .extension()
            .is_some_and(|ending| endings.iter().any(|known| ending == *known))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Each package with its features, as `cargo tree` shows them.
fn features(edges: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let shown = std::process::Command::new(cargo)
        .current_dir(repository())
        .args([
            "tree",
            "--workspace",
            "--frozen",
            "--prefix",
            "none",
            "-f",
            "{p} [{f}]",
            "-e",
            edges,
        ])
        .output()
        .unwrap();
    assert!(
        shown.status.success(),
        "{}",
        String::from_utf8_lossy(&shown.stderr)
    );
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    text.lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .collect()
}

/// What only tests need may not turn on features of what programs are built with: then everything above it
/// would be built twice.
#[test]
fn programs_and_tests_are_one_build() {
    let with_tests = features("normal,build,dev");
    let apart: Vec<String> = features("normal,build")
        .difference(&with_tests)
        .cloned()
        .collect();
    assert!(
        apart.is_empty(),
        "tests build these with more features; name them in the workspace's dependencies: {apart:?}"
    );
}

#[test]
fn dependencies_point_up_the_list_only() {
    let listed: BTreeSet<String> = fs::read_dir(repository().join("crates"))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let known: BTreeSet<String> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, known, "a new crate needs its place in the list");
    for (at, (name, allowed)) in ALLOWED.iter().enumerate() {
        for above in *allowed {
            let place = ALLOWED.iter().position(|(known, _)| known == above);
            assert!(
                place.is_some_and(|place| place < at),
                "{name}: {above} is not above it"
            );
        }
        for dependency in dependencies(&manifest(&folder(name)), "dependencies") {
            if let Some(ours) = dependency.strip_prefix("bellwether-") {
                assert!(allowed.contains(&ours), "{name} may not know {ours}");
            }
        }
    }
}

#[test]
fn what_is_pure_touches_nothing() {
    for name in PURE {
        for dependency in dependencies(&manifest(&folder(name)), "dependencies") {
            assert!(
                !IMPURE.contains(&dependency.as_str()),
                "{name}: {dependency}"
            );
            if let Some(ours) = dependency.strip_prefix("bellwether-") {
                assert!(PURE.contains(&ours), "{name}: {ours} is not pure");
            }
        }
    }
}

#[test]
fn what_the_product_stands_on_is_used() {
    for (name, dependency) in [
        ("outbound", "reqwest"),
        ("poller", "encoding_rs"),
        ("poller", "feed-rs"),
        ("poller", "tokio"),
        ("indexer", "tantivy"),
        ("api", "serde"),
        ("bellwether", "tracing"),
    ] {
        let used = dependencies(&manifest(&folder(name)), "dependencies");
        assert!(used.contains(dependency), "{name}: {dependency}");
    }
}

#[test]
fn manifests_share_lints_versions_and_licence() {
    let mut folders: Vec<PathBuf> = ALLOWED.iter().map(|(name, _)| folder(name)).collect();
    folders.push(repository().join("tests"));
    for folder in folders {
        let shown = folder.display();
        let manifest = manifest(&folder);
        let is_shared = |value: &toml::Value| {
            value.get("workspace").and_then(toml::Value::as_bool) == Some(true)
        };
        assert!(is_shared(&manifest["lints"]), "{shown}: lints");
        for key in ["version", "edition", "rust-version", "license"] {
            assert!(is_shared(&manifest["package"][key]), "{shown}: {key}");
        }
        assert!(manifest["package"].get("description").is_some(), "{shown}");
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (dependency, value) in manifest
                .get(kind)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten()
            {
                assert!(
                    is_shared(value),
                    "{shown}: {dependency} has a version of its own"
                );
            }
        }
    }
}

#[test]
fn one_file_reads_the_clock() {
    let clock = folder("bellwether").join("src/clock.rs");
    for (name, _) in ALLOWED.iter().filter(|(name, _)| *name != "testkit") {
        for file in files(&folder(name).join("src"), &["rs"]) {
            let text = fs::read_to_string(&file).unwrap();
            for call in CLOCKS {
                // How long something takes is shown to people, and decides nothing.
                let is_stopwatch = call == "Instant::now" && *name == "bellwether";
                assert!(
                    file == clock || is_stopwatch || !text.contains(call),
                    "{}: {call}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn crates_and_modules_say_what_they_are_for() {
    for (name, _) in ALLOWED {
        for file in files(&folder(name).join("src"), &["rs"]) {
            let text = fs::read_to_string(&file).unwrap();
            let is_generated = text.lines().take(3).any(|line| line.contains("enerated"));
            let lines = text.lines().count();
            assert!(
                is_generated || lines <= LINES_MAX,
                "{}: {lines} lines",
                file.display()
            );
            let is_root = file.ends_with("lib.rs") || file.ends_with("main.rs");
            assert!(
                !is_root || text.starts_with("//!"),
                "{}: no documentation",
                file.display()
            );
        }
    }
}

#[test]
fn nothing_names_the_place_of_one_machine() {
    let rules = repository().join("tests/acceptance/tidy.rs");
    let here = repository().to_string_lossy().into_owned();
    let endings = ["rs", "toml", "md", "py", "sh", "yml", "yaml", "html", "css"];
    for file in files(&repository(), &endings) {
        if file == rules {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        for place in MACHINE_PATHS.into_iter().chain([&*here]) {
            // After a host it is the path of a web address.
            let is_named = text
                .match_indices(place)
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()));
            assert!(!is_named, "{}: {place}", file.display());
        }
    }
}
