//! Templates are in force as the rest is: part of the digest and of the copy, and bounded.

#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests fail as the tests do"
)]

use std::fs;

use bellwether_config::{Config, Faults, TEMPLATE_BYTES_MAX};

const RECEIVER: &str = "[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_env = \"CHAT_URL\"\n\
    template = \"templates/night.txt\"\n";

fn load(template: &str) -> Result<Config, Faults> {
    let scratch = tempfile::tempdir().expect("scratch folder");
    let folder = scratch.path().join("templates");
    fs::create_dir(&folder).expect("folder");
    fs::write(folder.join("night.txt"), template).expect("write");
    fs::write(scratch.path().join("receivers.toml"), RECEIVER).expect("write");
    let url = || "https://hooks.example/services/T0/B0/FAKEsecret".to_owned();
    bellwether_config::load(scratch.path(), &|name| (name == "CHAT_URL").then(url))
}

#[test]
fn a_changed_template_is_a_changed_configuration() {
    let one = load("{{ message.headline }}").expect("it has no fault");
    let other = load("{{ message.headline }}!").expect("it has no fault");
    assert_ne!(one.digest, other.digest);
    assert!(
        one.text
            .contains("# templates/night.txt\n{{ message.headline }}\n")
    );
    let template = one.receivers[0].template.as_ref().expect("it names one");
    assert_eq!(template.name, "templates/night.txt");
    assert_eq!(template.text, "{{ message.headline }}");
}

#[test]
fn a_template_has_a_longest_length() {
    let longest = usize::try_from(TEMPLATE_BYTES_MAX).expect("a small number");
    assert!(load(&"x".repeat(longest)).is_ok());
    let faults = load(&"x".repeat(longest + 1)).expect_err("it is too long");
    let said = faults.to_string();
    assert!(
        said.contains("templates/night.txt:1:1: the file is longer than 65536 bytes"),
        "{said}"
    );
}
