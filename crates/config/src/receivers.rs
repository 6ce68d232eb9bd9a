//! `receivers.toml`: where messages go.
//!
//! The address of a chat webhook is its whole credential, so it does not stand in the file, nor does a
//! token: a key names the file or the environment variable that holds it. No message here shows a value.

use std::path::{Path, PathBuf};

use bellwether_model::{
    MailTls, MessageLanguage, Receiver, ReceiverId, ReceiverKind, Secret, Target,
};
use url::Url;

use crate::checks::{self, Use};
use crate::files::read_text;
use crate::keys;
use crate::mailboxes;
use crate::pacing;
use crate::register::Register;
use crate::table::{File, Placed, Table};
use crate::templates;
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

/// A secret that a receiver may have.
struct Kept {
    /// The keys that name what holds it.
    file: &'static str,
    env: &'static str,
    /// The key that nobody may use for the secret itself.
    refused: &'static str,
    /// What it is called.
    noun: &'static str,
}

const ADDRESS: Kept = Kept {
    file: "url_file",
    env: "url_env",
    refused: "url",
    noun: "address",
};
const TOKEN: Kept = Kept {
    file: "token_file",
    env: "token_env",
    refused: "token",
    noun: "token",
};
const SIGNING_KEY: Kept = Kept {
    file: "signing_key_file",
    env: "signing_key_env",
    refused: "signing_key",
    noun: "key",
};
const APP_TOKEN: Kept = Kept {
    file: "app_token_file",
    env: "app_token_env",
    refused: "app_token",
    noun: "token of the app",
};
const PASSWORD: Kept = Kept {
    file: "password_file",
    env: "password_env",
    refused: "password",
    noun: "password",
};

/// What only receivers by mail have.
const MAIL_KEYS: [&str; 5] = ["from", "user", "tls", PASSWORD.file, PASSWORD.env];

/// Where the servers of a kind are, for kinds with a token.
const fn usual_server(kind: ReceiverKind) -> Option<&'static str> {
    match kind {
        ReceiverKind::SlackApp => Some("https://slack.com"),
        ReceiverKind::DiscordApp => Some("https://discord.com"),
        ReceiverKind::Telegram => Some("https://api.telegram.org"),
        ReceiverKind::Line => Some("https://api.line.me"),
        _ => None,
    }
}

/// Whether a kind has a server, a token and a place there, and not an address.
const fn is_place(kind: ReceiverKind) -> bool {
    matches!(
        kind,
        ReceiverKind::SlackApp
            | ReceiverKind::Mattermost
            | ReceiverKind::DiscordApp
            | ReceiverKind::Telegram
            | ReceiverKind::Line
            | ReceiverKind::Matrix
    )
}

/// What receivers are read beside.
pub(crate) struct Given<'g> {
    /// Where secrets come from.
    pub(crate) secrets: &'g Secrets<'g>,
    /// The files of `templates/`.
    pub(crate) templates: &'g [File],
    /// Whether `[fetch]` has a proxy.
    pub(crate) is_proxied: bool,
}

/// Reads the receivers of the file and enters their ids. Where a proxy is configured no mail may leave
/// beside it.
pub(crate) fn receivers<'a>(
    top: &Table<'a>,
    ids: &mut Register<'a>,
    given: &Given<'_>,
) -> Vec<Receiver> {
    top.tables("receiver", &keys::RECEIVER)
        .iter()
        .filter_map(|table| receiver(table, ids, given))
        .collect()
}

fn receiver<'a>(table: &Table<'a>, ids: &mut Register<'a>, given: &Given<'_>) -> Option<Receiver> {
    let id = ids.enter(table);
    let kinds = ReceiverKind::ALL.map(|kind| (kind.as_str(), kind));
    let kind = table
        .require("kind", None)
        .then(|| checks::one_of(table, "kind", "kinds", &kinds))
        .flatten();
    let enabled = table.boolean("enabled").unwrap_or(true);
    let allow_networks = checks::networks(table, "allow_networks");
    let pacing = pacing::pacing(table, kind);
    let buttons = table.boolean("buttons").unwrap_or(false);
    if let Some(kind) = kind.filter(|kind| buttons && !kind.has_buttons()) {
        let with = ReceiverKind::ALL
            .into_iter()
            .filter(|kind| kind.has_buttons());
        let with: Vec<String> = with.map(|kind| quoted(kind.as_str())).collect();
        table.sink.fault(
            table.place_of_key("buttons"),
            format!("messages to the kind \"{}\" have no buttons", kind.as_str()),
            Some(format!(
                "take `buttons` out; the kinds with buttons: {}",
                with.join(", ")
            )),
        );
    }
    let languages = MessageLanguage::ALL.map(|language| (language.tag(), language));
    let language = checks::one_of(table, "language", "languages", &languages);
    let template = templates::template(table, given.templates);
    let reader = Reader {
        table,
        enabled,
        secrets: given.secrets,
    };
    if let Some(kind) = kind.filter(|kind| !kind.is_chat()) {
        // What a program reads has one shape, which no wording changes.
        reader.refuse(kind, &["template"]);
    }
    // Buttons of Slack are heard by a token of their own, and nothing else is done by it.
    let is_heard_by_app = buttons && kind == Some(ReceiverKind::SlackApp);
    let app_token = if is_heard_by_app {
        reader.secret(&APP_TOKEN, token_problem)
    } else {
        for key in [APP_TOKEN.file, APP_TOKEN.env] {
            if table.has(key) {
                table.sink.fault(
                    table.place_of_key(key),
                    format!("`{key}` means nothing without buttons of an app of Slack"),
                    Some(
                        "take it out, or write `buttons = true` of the kind \"slack-app\""
                            .to_owned(),
                    ),
                );
            }
        }
        None
    };
    // Without a kind nobody knows what else there must be; an address is what most have.
    let target = match kind {
        Some(kind) if is_place(kind) => reader.place(kind),
        Some(ReceiverKind::Email) => {
            if enabled && given.is_proxied {
                table.sink.fault(
                    table.place_of_key("kind"),
                    "mail does not go through the proxy of `[fetch]`, and must not leave beside it"
                        .to_owned(),
                    Some(
                        "take the receiver out, set `enabled = false`, or use a receiver that is reached \
                         by the web"
                            .to_owned(),
                    ),
                );
            }
            reader.mailbox(!allow_networks.is_empty())
        }
        _ => reader.address(kind),
    };
    Some(Receiver {
        id: ReceiverId::parse(id?).ok()?,
        kind: kind?,
        target: target?,
        enabled,
        allow_networks: allow_networks.iter().map(ToString::to_string).collect(),
        pacing,
        language: language.unwrap_or_default(),
        buttons,
        app_token,
        template,
    })
}

/// Reads where a receiver is.
struct Reader<'t, 'a, 'e> {
    table: &'t Table<'a>,
    enabled: bool,
    secrets: &'t Secrets<'e>,
}

impl Reader<'_, '_, '_> {
    fn address(&self, kind: Option<ReceiverKind>) -> Option<Target> {
        let is_signed = kind == Some(ReceiverKind::Webhook) && self.names(&SIGNING_KEY);
        if let Some(kind) = kind {
            self.refuse(kind, &[TOKEN.file, TOKEN.env, "server", "to"]);
            self.refuse(kind, &MAIL_KEYS);
            if kind == ReceiverKind::Alertmanager {
                // It groups, silences and waits by its own configuration.
                self.refuse(kind, &["quiet", "limit", "digest_at", "handover_at"]);
            }
            if kind != ReceiverKind::Webhook {
                self.refuse(kind, &[SIGNING_KEY.file, SIGNING_KEY.env]);
            }
        }
        let url = self.secret(&ADDRESS, |text| {
            match checks::address_problem(text, Use::Secret) {
                None if kind == Some(ReceiverKind::Teams) => retired(text),
                problem => problem,
            }
        })?;
        if !is_signed {
            return Some(Target::Address { url });
        }
        let key = self.secret(&SIGNING_KEY, signing_key_problem)?;
        Some(Target::Signed { url, key })
    }

    fn place(&self, kind: ReceiverKind) -> Option<Target> {
        let keys = [ADDRESS.file, ADDRESS.env, SIGNING_KEY.file, SIGNING_KEY.env];
        self.refuse(kind, &keys);
        self.refuse(kind, &MAIL_KEYS);
        let token = self.secret(&TOKEN, token_problem);
        let server = if self.table.has("server") {
            checks::address(self.table, "server", Use::Base).map(|text| text.value)
        } else if let Some(usual) = usual_server(kind) {
            Some(usual)
        } else {
            self.table.require("server", None);
            None
        };
        let to = self.table.required_text("to").map(|text| text.value);
        Some(Target::Place {
            server: server?.trim_end_matches('/').to_owned(),
            token: token?,
            to: to?.to_owned(),
        })
    }

    fn mailbox(&self, is_allowed_private: bool) -> Option<Target> {
        let table = self.table;
        let others = [&ADDRESS, &TOKEN, &SIGNING_KEY];
        for kept in others {
            self.refuse(ReceiverKind::Email, &[kept.file, kept.env]);
        }
        let server = mailboxes::server(table);
        let from = mailboxes::mailbox(table, "from");
        let to = mailboxes::mailbox(table, "to");
        let has_login = table.has("user") || self.names(&PASSWORD);
        let login = if has_login || table.has_refused(PASSWORD.refused) {
            let user = table
                .required_text("user")
                .map(|text| text.value.to_owned());
            let password = self.secret(&PASSWORD, mailboxes::password_problem);
            Some((user?, password?))
        } else {
            None
        };
        let server = server?;
        if server.tls == MailTls::None {
            let place = table.place_of_key("tls");
            if has_login {
                table.sink.fault(
                    place,
                    "a password does not go over a connection that is not encrypted".to_owned(),
                    Some("take `tls` out, or `user` and the password".to_owned()),
                );
                return None;
            }
            if !is_allowed_private {
                table.sink.fault(
                    place,
                    "`tls = \"none\"` is for a mail server in a network of your own".to_owned(),
                    Some("name its network in `allow_networks`, or take `tls` out".to_owned()),
                );
                return None;
            }
        }
        Some(Target::Mailbox {
            server: server.host,
            port: server.port,
            tls: server.tls,
            from: from?,
            to: to?,
            login,
        })
    }

    fn names(&self, kept: &Kept) -> bool {
        self.table.has(kept.file) || self.table.has(kept.env)
    }

    /// Keys that a kind does not have are no slips of the pen that may be passed over: a message would
    /// go elsewhere than was meant.
    fn refuse(&self, kind: ReceiverKind, keys: &[&'static str]) {
        for key in keys.iter().copied().filter(|key| self.table.has(key)) {
            self.table.sink.fault(
                self.table.place_of_key(key),
                format!("`{key}` means nothing for the kind \"{}\"", kind.as_str()),
                Some("take it out, or say the kind that is meant".to_owned()),
            );
        }
    }

    /// A secret. A receiver that is off may have none yet; what is there is then not checked.
    fn secret(
        &self,
        kept: &Kept,
        problem_of: impl Fn(&str) -> Option<&'static str>,
    ) -> Option<Secret> {
        let (table, noun) = (self.table, kept.noun);
        let (place, found) = match (table.has(kept.file), table.has(kept.env)) {
            (true, false) => {
                let file = table.text(kept.file)?;
                (file.place, from_file(file, self.secrets))
            }
            (false, true) => {
                let name = table.text(kept.env)?;
                (name.place, from_environment(name, self.secrets))
            }
            // Said already, with what to do.
            (false, false) if table.has_refused(kept.refused) => return None,
            (both, _) => {
                let has = if both { "both" } else { "neither" };
                let and = if both { "and" } else { "nor" };
                table.sink.fault(
                    table.place,
                    format!(
                        "the receiver has {has} `{}` {and} `{}`",
                        kept.file, kept.env
                    ),
                    Some(format!(
                        "name either the file or the environment variable with the {noun}"
                    )),
                );
                return None;
            }
        };
        let problem = match found {
            Ok(text) => match problem_of(&text) {
                None => return Some(Secret::new(text)),
                Some(problem) => Problem::Content(problem),
            },
            Err(problem) => problem,
        };
        if !self.enabled && problem != Problem::Misplaced {
            return Some(Secret::new(""));
        }
        let (message, hint) = match problem {
            Problem::Misplaced => (
                format!("this looks like the {noun} itself, not the name of what holds it"),
                "take it out of the file, and have it replaced if others have seen it".to_owned(),
            ),
            Problem::Absent(what) => (
                what,
                format!("put the {noun} there, or set `enabled = false`"),
            ),
            Problem::Content(problem) => (
                format!("the {noun} found there {problem}"),
                format!("put the whole {noun} there, on one line and alone"),
            ),
        };
        table.sink.fault(place, message, Some(hint));
        None
    }
}

/// Microsoft ended these in 2026 (its announcement of the retirement of Office 365 connectors).
fn retired(address: &str) -> Option<&'static str> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let is_retired = host == "outlook.office.com" || host.ends_with(".webhook.office.com");
    is_retired.then_some(
        "is of an Office 365 connector, and those have been switched off: make a workflow in Teams \
         (\"Send webhook alerts to a channel\") and take its address",
    )
}

fn token_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    // It becomes part of an address or of a header.
    let is_plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'/' | b'?' | b'#'));
    (!is_plain).then_some("has a blank or a character that no token has")
}

/// What Standard Webhooks asks of a key: 24 to 64 bytes as `whsec_` and Base64.
fn signing_key_problem(text: &str) -> Option<&'static str> {
    let Some(encoded) = text.strip_prefix("whsec_") else {
        return Some("does not begin with `whsec_`");
    };
    let body = encoded.trim_end_matches('=');
    let is_base64 = body
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let bytes = body.len() * 3 / 4;
    if !is_base64 || encoded.len() % 4 != 0 || body.len() % 4 == 1 {
        return Some("is not Base64 after `whsec_`");
    }
    (!(24..=64).contains(&bytes)).then_some("is not of 24 to 64 bytes")
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    /// The secret stands where its name should.
    Misplaced,
    /// There is none.
    Absent(String),
    /// There is one that cannot be right.
    Content(&'static str),
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
