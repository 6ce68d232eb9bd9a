//! Whatever stands in the files, the answer is a configuration or a list of faults.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::fs;
use std::path::Path;

use proptest::prelude::*;

const FILES: [&str; 8] = [
    "bellwether.toml",
    "groups.toml",
    "receivers.toml",
    "actors/base.toml",
    "elections/invented.toml",
    "narratives/base.toml",
    "rules/base.toml",
    "sources/base.toml",
];

fn base(file: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/base");
    fs::read_to_string(dir.join(file)).expect("test data")
}

/// The file with a stretch of it replaced.
fn disturbed(file: &str, from: usize, length: usize, by: &[u8]) -> Vec<u8> {
    let mut bytes = base(file).into_bytes();
    let from = from % (bytes.len() + 1);
    let to = (from + length).min(bytes.len());
    bytes.splice(from..to, by.iter().copied());
    bytes
}

fn load(
    disturbed: &str,
    bytes: &[u8],
) -> Result<bellwether_config::Config, bellwether_config::Faults> {
    let dir = tempfile::tempdir().expect("scratch folder");
    for file in FILES {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().expect("it has one")).expect("folder");
        fs::write(&path, base(file)).expect("write");
    }
    fs::write(dir.path().join(disturbed), bytes).expect("write");
    bellwether_config::load(dir.path(), &|_| {
        Some("https://hooks.example/FAKEsecret".to_owned())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_read_or_told_what_is_wrong(
        file in 0..FILES.len(),
        from in any::<usize>(),
        length in 0..40_usize,
        by in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..8).boxed(),
            "[\\[\\]\"'=\\n.{}a-z0-9\\-#,]{0,12}".prop_map(String::into_bytes).boxed(),
            "\\PC{0,6}".prop_map(String::into_bytes).boxed(),
        ],
    ) {
        match load(FILES[file], &disturbed(FILES[file], from, length, &by)) {
            Ok(config) => {
                let shown = format!("{config:?}");
                prop_assert!(!shown.contains("FAKE"));
            }
            Err(faults) => {
                prop_assert!(!faults.as_slice().is_empty());
                prop_assert!(!faults.to_string().contains("FAKE"));
                prop_assert!(faults.as_slice().is_sorted());
                prop_assert!(faults.as_slice().iter().all(|fault| fault.line >= 1 && fault.column >= 1));
            }
        }
    }
}
