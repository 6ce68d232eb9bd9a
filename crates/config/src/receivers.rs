//! `receivers.toml`: where messages go.
//!
//! The address of a chat webhook is its whole credential, so it does not stand in the file: a key
//! names the file or the environment variable that holds it. No message here shows a value.

use std::path::{Path, PathBuf};

use bellwether_model::{Receiver, ReceiverId, ReceiverKind, Secret};

use crate::checks::{self, Use};
use crate::files::read_text;
use crate::keys;
use crate::register::Register;
use crate::table::{Placed, Table};
use crate::words::quoted;

/// The longest secret, in bytes: addresses of webhooks have some 100.
pub const SECRET_BYTES_MAX: u64 = 4096;

/// Where secrets come from.
pub(crate) struct Secrets<'e> {
    /// What a relative `url_file` starts from.
    pub(crate) dir: &'e Path,
    /// The environment.
    pub(crate) environment: &'e dyn Fn(&str) -> Option<String>,
}

/// Reads the receivers of the file and enters their ids.
pub(crate) fn receivers<'a>(
    top: &Table<'a>,
    ids: &mut Register<'a>,
    secrets: &Secrets<'_>,
) -> Vec<Receiver> {
    top.tables("receiver", &keys::RECEIVER)
        .iter()
        .filter_map(|table| receiver(table, ids, secrets))
        .collect()
}

fn receiver<'a>(
    table: &Table<'a>,
    ids: &mut Register<'a>,
    secrets: &Secrets<'_>,
) -> Option<Receiver> {
    let id = ids.enter(table);
    let kinds = [ReceiverKind::Slack, ReceiverKind::Webhook].map(|kind| (kind.as_str(), kind));
    let kind = table
        .require("kind", None)
        .then(|| checks::one_of(table, "kind", "kinds", &kinds))
        .flatten();
    let enabled = table.boolean("enabled").unwrap_or(true);
    let allow_networks = checks::networks(table, "allow_networks");
    let url = secret(table, enabled, secrets);
    Some(Receiver {
        id: ReceiverId::parse(id?).ok()?,
        kind: kind?,
        url: url?,
        enabled,
        allow_networks: allow_networks.iter().map(ToString::to_string).collect(),
    })
}

/// The address. A receiver that is off may have none yet; what is there is then not checked.
fn secret(table: &Table<'_>, enabled: bool, secrets: &Secrets<'_>) -> Option<Secret> {
    let (place, found) = match (table.has("url_file"), table.has("url_env")) {
        (true, false) => {
            let file = table.text("url_file")?;
            (file.place, from_file(file, secrets))
        }
        (false, true) => {
            let name = table.text("url_env")?;
            (name.place, from_environment(name, secrets))
        }
        // Said already, with what to do.
        (false, false) if table.has_refused("url") => return None,
        (both, _) => {
            let problem = if both {
                "has both `url_file` and `url_env`"
            } else {
                "has neither `url_file` nor `url_env`"
            };
            table.sink.fault(
                table.place,
                format!("the receiver {problem}"),
                Some(
                    "name either the file or the environment variable with the address".to_owned(),
                ),
            );
            return None;
        }
    };
    let problem = match found {
        Ok(text) => match checks::address_problem(&text, Use::Secret) {
            None => return Some(Secret::new(text)),
            Some(problem) => Problem::Address(problem),
        },
        Err(problem) => problem,
    };
    if !enabled && problem != Problem::Misplaced {
        return Some(Secret::new(""));
    }
    let (message, hint) = match problem {
        Problem::Misplaced => (
            "this looks like the address itself, not the name of what holds it".to_owned(),
            "take it out of the file, and have it replaced if others have seen it",
        ),
        Problem::Absent(what) => (what, "put the address there, or set `enabled = false`"),
        Problem::Address(problem) => (
            format!("the address found there {problem}"),
            "put the whole address there, on one line and alone",
        ),
    };
    table.sink.fault(place, message, Some(hint.to_owned()));
    None
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    /// The secret stands where its name should.
    Misplaced,
    /// There is none.
    Absent(String),
    /// There is one that is no address.
    Address(&'static str),
}

fn from_file(file: Placed<'_, &str>, secrets: &Secrets<'_>) -> Result<String, Problem> {
    if file.value.contains("://") {
        return Err(Problem::Misplaced);
    }
    let path: PathBuf = secrets.dir.join(file.value);
    read_text(&path, SECRET_BYTES_MAX)
        .map(|text| text.trim().to_owned())
        .map_err(|problem| Problem::Absent(format!("{}: {problem}", quoted(file.value))))
}

fn from_environment(name: Placed<'_, &str>, secrets: &Secrets<'_>) -> Result<String, Problem> {
    let is_name = !name.value.starts_with(|c: char| c.is_ascii_digit())
        && name
            .value
            .bytes()
            .all(|b| b == b'_' || b.is_ascii_alphanumeric());
    if !is_name {
        return Err(Problem::Misplaced);
    }
    (secrets.environment)(name.value)
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .ok_or_else(|| {
            Problem::Absent(format!(
                "the environment variable {} is not set",
                quoted(name.value)
            ))
        })
}
