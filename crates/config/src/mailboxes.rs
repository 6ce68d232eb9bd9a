//! What a receiver by mail has: the mail server and the two mailboxes.
//!
//! A mailbox is what stands in the envelope (RFC 5321, 4.1.2), in ASCII: no display name, no list, no quoted
//! local part. Nothing is looked up here.

use bellwether_model::MailTls;
use url::{Host, Url};

use crate::checks;
use crate::table::Table;
use crate::words::quoted;

/// Submission with TLS from the first byte (RFC 8314, 3.3), and with STARTTLS (RFC 6409, 3.1).
const IMPLICIT_PORT: u16 = 465;
const SUBMISSION_PORT: u16 = 587;

/// RFC 5321, 4.5.3.1.
const LOCAL_BYTES_MAX: usize = 64;
const MAILBOX_BYTES_MAX: usize = 254;

/// Where a mail server is.
pub(crate) struct MailServer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: MailTls,
}

/// The server under `server`, and `tls`, which can only say that there is none.
pub(crate) fn server(table: &Table<'_>) -> Option<MailServer> {
    let none = [("none", MailTls::None)];
    let has_tls = table.has("tls");
    let none = checks::one_of(table, "tls", "values", &none);
    let text = table.required_text("server")?;
    let (scheme, rest) = text.value.split_once("://").unwrap_or(("", ""));
    let (usual, port) = match scheme {
        "smtps" => (MailTls::Implicit, IMPLICIT_PORT),
        "smtp" => (MailTls::StartTls, SUBMISSION_PORT),
        _ => {
            table.sink.fault(
                text.place,
                "`server` is no mail server".to_owned(),
                Some(
                    "write \"smtps://mail.example.org\" (TLS, port 465) or \
                     \"smtp://mail.example.org:587\" (STARTTLS)"
                        .to_owned(),
                ),
            );
            return None;
        }
    };
    let Some((host, port)) = host_and_port(rest, port) else {
        table.sink.fault(
            text.place,
            "`server` must be a host and a port at most: user and password have keys of their own"
                .to_owned(),
            None,
        );
        return None;
    };
    if has_tls && usual == MailTls::Implicit {
        table.sink.fault(
            table.place_of_key("tls"),
            "`smtps://` is TLS, and `tls` says that there is none".to_owned(),
            Some("take one of the two out".to_owned()),
        );
        return None;
    }
    // What was wrong with it is said.
    let tls = if has_tls { none? } else { usual };
    Some(MailServer { host, port, tls })
}

/// Read as browsers read a host, so that every spelling of an address is the address.
fn host_and_port(text: &str, usual: u16) -> Option<(String, u16)> {
    let is_plain = text.chars().all(|c| {
        !c.is_control() && !c.is_whitespace() && !matches!(c, '@' | '/' | '?' | '#' | '\\')
    });
    if text.is_empty() || !is_plain {
        return None;
    }
    let host = match Url::parse(&format!("https://{text}/")).ok()?.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    // Of a scheme that it does not know, the parser leaves out no port as the usual one.
    let port = Url::parse(&format!("smtp://{text}")).ok()?.port();
    match port.unwrap_or(usual) {
        0 => None,
        port => Some((host, port)),
    }
}

/// The mailbox under a key.
pub(crate) fn mailbox(table: &Table<'_>, key: &'static str) -> Option<String> {
    let text = table.required_text(key)?;
    let problem = mailbox_problem(text.value);
    if let Some((problem, hint)) = problem {
        table.sink.fault(
            text.place,
            format!("`{key}` {problem}: {}", quoted(text.value)),
            Some(hint.to_owned()),
        );
        return None;
    }
    Some(text.value.to_owned())
}

fn mailbox_problem(text: &str) -> Option<(&'static str, &'static str)> {
    const FORM: &str = "write it as \"desk@example.org\", without a name or brackets";
    if text.contains([',', ';']) || text.matches('@').count() > 1 {
        return Some((
            "must be one mailbox",
            "make a list on the mail server and name that, or make a receiver for each",
        ));
    }
    let is_good = text.len() <= MAILBOX_BYTES_MAX
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
    (!is_good).then_some(("is no mailbox", FORM))
}

/// A dot-atom (RFC 5322, 3.2.3).
fn is_local(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    text.len() <= LOCAL_BYTES_MAX && text.split('.').all(is_atom)
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split('.').all(is_label)
}

/// What goes over the wire in `AUTH PLAIN` (RFC 4616): no NUL, and no line ends, which nobody types.
pub(crate) fn password_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    (text.chars().any(char::is_control)).then_some("has a control character")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports() {
        for (text, expected) in [
            ("mail.example.org", Some(("mail.example.org", 587))),
            ("MAIL.example.org:25", Some(("mail.example.org", 25))),
            ("mail.example.org:443", Some(("mail.example.org", 443))),
            ("127.1:2525", Some(("127.0.0.1", 2525))),
            ("[::1]:25", Some(("::1", 25))),
            ("mail.example.org:0", None),
            ("mail.example.org:99999", None),
            ("mail.example.org/x", None),
            ("user:word@mail.example.org", None),
            ("", None),
            (":25", None),
        ] {
            let found = host_and_port(text, SUBMISSION_PORT);
            let found = found.as_ref().map(|(host, port)| (host.as_str(), *port));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn mailboxes() {
        for good in ["desk@example.org", "a.b+c@mail.example", "root@localhost"] {
            assert_eq!(mailbox_problem(good), None, "{good}");
        }
        for bad in [
            "",
            "desk",
            "@example.org",
            "desk@",
            "Desk <desk@example.org>",
            "a@b.example, c@d.example",
            "a@b@c",
            "a..b@example.org",
            ".a@example.org",
            "a@-b.example",
            "a@b..example",
            "編輯@example.org",
            "a@例え.example",
            "a@example.org\r\nRCPT TO:<b@c>",
        ] {
            assert!(mailbox_problem(bad).is_some(), "{bad}");
        }
    }
}
