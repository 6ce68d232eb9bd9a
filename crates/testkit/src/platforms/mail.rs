//! A mail as it came over the wire: checked against RFC 5322, and read as a person would.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// RFC 5322, 2.1.1.
const LINE_BYTES_MAX: usize = 998;

/// RFC 2047, 2.
const ENCODED_WORD_MAX: usize = 75;

/// A mail that a server has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    /// The mailbox of the envelope that it came from.
    pub from: String,
    /// The mailbox of the envelope that it goes to.
    pub to: String,
    /// Its fields in order, unfolded and not decoded.
    pub fields: Vec<(String, String)>,
    /// Its subject, decoded.
    pub subject: String,
    /// Its text, decoded, each line with a line feed.
    pub text: String,
    /// As it came, with the dots of the wire taken out.
    pub source: Vec<u8>,
}

impl TakenMail {
    /// The first field of a name, in any case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        of_name(&self.fields, name).first().copied()
    }
}

fn of_name<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let named = (fields.iter()).filter(|(known, _)| known.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str()).collect()
}

/// The mail, or the rule that it breaks.
pub(super) fn read(wire: &[u8], from: String, to: String) -> Result<TakenMail, String> {
    let source = plain(wire)?;
    let text = String::from_utf8(source.clone()).map_err(|_| "8-bit data".to_owned())?;
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or("no empty line between head and body")?;
    let fields = fields(head)?;
    let one = |name: &str| match of_name(&fields, name).as_slice() {
        [value] => Ok((*value).to_owned()),
        other => Err(format!("{} times {name}", other.len())),
    };
    jiff::fmt::rfc2822::parse(&one("Date")?).map_err(|error| format!("Date: {error}"))?;
    if one("From")? != from || one("To")? != to {
        return Err("From or To is not that of the envelope".to_owned());
    }
    is_id(&one("Message-ID")?)?;
    for name in ["In-Reply-To", "References"] {
        of_name(&fields, name).into_iter().try_for_each(is_id)?;
    }
    let subject = decoded_words(&one("Subject")?)?;
    let coding = of_name(&fields, "Content-Transfer-Encoding");
    // RFC 2045, 4: without it none of the other fields of MIME means anything.
    if !coding.is_empty() && one("MIME-Version")? != "1.0" {
        return Err("another version of MIME".to_owned());
    }
    let coding = coding.first().copied();
    let bytes = match coding.map(str::to_ascii_lowercase).as_deref() {
        None | Some("7bit") => body.as_bytes().to_vec(),
        Some("quoted-printable") => quoted_printable(&body.replace("=\r\n", ""), false)?,
        Some("base64") => STANDARD
            .decode(body.replace("\r\n", ""))
            .map_err(|error| format!("base64: {error}"))?,
        Some(other) => return Err(format!("an encoding {other}")),
    };
    let text = String::from_utf8(bytes).map_err(|_| "no UTF-8".to_owned())?;
    Ok(TakenMail {
        from,
        to,
        subject,
        text: text.replace("\r\n", "\n"),
        fields,
        source,
    })
}

/// RFC 5321, 2.3.8 and 4.5.2: lines end in both characters, and a dot at the head of one is doubled.
fn plain(wire: &[u8]) -> Result<Vec<u8>, String> {
    let mut source = Vec::new();
    for line in wire.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Err("a line feed alone".to_owned());
        };
        if line.contains(&b'\r') {
            return Err("a carriage return alone".to_owned());
        }
        let line = match line {
            [b'.', b'.', ..] => &line[1..],
            [b'.', ..] => return Err("a dot that is not doubled".to_owned()),
            line => line,
        };
        if line.len() > LINE_BYTES_MAX {
            return Err(format!("a line of {} bytes", line.len()));
        }
        if !line.is_ascii() {
            return Err("8-bit data that was not announced".to_owned());
        }
        source.extend_from_slice(line);
        source.extend_from_slice(b"\r\n");
    }
    Ok(source)
}

fn fields(head: &str) -> Result<Vec<(String, String)>, String> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            let last = fields.last_mut().ok_or("a folded line at the head")?;
            if line.trim().is_empty() {
                return Err("a line of blanks in the head".to_owned());
            }
            last.1.push_str(line);
            continue;
        }
        let (name, value) = line.split_once(':').ok_or("a line that is no field")?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("a name that is none".to_owned());
        }
        fields.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(fields)
}

/// RFC 5322, 3.6.4: `<left@right>` of dot-atoms.
fn is_id(text: &str) -> Result<(), String> {
    let is_atoms = |part: &str| {
        let is_atom = |atom: &str| {
            !atom.is_empty()
                && (atom.bytes())
                    .all(|b| b.is_ascii_alphanumeric() || b"-_+=!#$%&'*/?^`{|}~".contains(&b))
        };
        part.split('.').all(is_atom)
    };
    let inner = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    let parts = inner.and_then(|inner| inner.split_once('@'));
    match parts {
        Some((left, right)) if is_atoms(left) && is_atoms(right) => Ok(()),
        _ => Err("an id that is none".to_owned()),
    }
}

/// RFC 2047: encoded words, between which blanks mean nothing, and other words.
fn decoded_words(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut was_encoded = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let inner = word
            .strip_prefix("=?")
            .and_then(|rest| rest.strip_suffix("?="));
        let is_first = out.is_empty();
        let Some(inner) = inner else {
            out.push_str(if is_first { "" } else { " " });
            out.push_str(word);
            was_encoded = false;
            continue;
        };
        if word.len() > ENCODED_WORD_MAX {
            return Err(format!("an encoded word of {} bytes", word.len()));
        }
        let mut parts = inner.splitn(3, '?');
        let (Some(charset), Some(coding), Some(data)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("an encoded word that is none".to_owned());
        };
        if !charset.eq_ignore_ascii_case("utf-8") {
            return Err(format!("a charset {charset}"));
        }
        let bytes = match coding {
            "B" | "b" => STANDARD
                .decode(data)
                .map_err(|error| format!("B: {error}"))?,
            "Q" | "q" => quoted_printable(data, true)?,
            other => return Err(format!("an encoding {other}")),
        };
        if !is_first && !was_encoded {
            out.push(' ');
        }
        out.push_str(&String::from_utf8(bytes).map_err(|_| "a character is cut".to_owned())?);
        was_encoded = true;
    }
    Ok(out)
}

/// RFC 2045, 6.7, and in a head RFC 2047, 4.2.
fn quoted_printable(text: &str, in_head: bool) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'=' => {
                let digits = [bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)];
                let digits = std::str::from_utf8(&digits).map_err(|_| "after =".to_owned())?;
                let value = u8::from_str_radix(digits, 16).map_err(|_| "after =".to_owned())?;
                out.push(value);
            }
            b'_' if in_head => out.push(b' '),
            byte => out.push(byte),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Date: Tue, 24 Nov 2026 08:01:00 +0000\r\nFrom: a@b.example\r\n\
                        To: c@d.example\r\nMessage-ID: <1.2@b.example>\r\n";

    fn of(head: &str, body: &str) -> Result<TakenMail, String> {
        let wire = format!("{HEAD}{head}\r\n\r\n{body}");
        read(
            wire.as_bytes(),
            "a@b.example".to_owned(),
            "c@d.example".to_owned(),
        )
    }

    #[test]
    fn a_mail_reads_as_it_was_written() {
        let mail = of(
            "Subject: =?utf-8?B?5L2c56Wo?=\r\n =?utf-8?Q?_=E4=BD=9C?= and more\r\n\
             MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable",
            "=E4=BD=9C a=3Db and a=\r\nline\r\n..dot\r\n",
        )
        .unwrap();
        assert_eq!(mail.subject, "作票 作 and more");
        assert_eq!(mail.text, "作 a=b and aline\n.dot\n");
        assert_eq!(mail.field("message-id"), Some("<1.2@b.example>"));
    }

    #[test]
    fn broken_rules_are_named() {
        let long = "x".repeat(999);
        for (head, body, expected) in [
            ("Subject: x", "a\nb\r\n", "a line feed alone"),
            ("Subject: x", "a\rb\r\n", "a carriage return alone"),
            ("Subject: x", ".a\r\n", "a dot that is not doubled"),
            ("Subject: x", &long, "a line feed alone"),
            ("Subject: x", &format!("{long}\r\n"), "a line of 999 bytes"),
            ("Subject: 作", "a\r\n", "8-bit data"),
            ("Subject: x", "作\r\n", "8-bit data"),
            ("X: y", "a\r\n", "0 times Subject"),
            ("Subject: x\r\nFrom: x@y.example", "a\r\n", "2 times From"),
            ("Subject: x\r\nReferences: 1", "a\r\n", "an id that is none"),
            ("Subject: =?utf-8?B?5L0=?=", "a\r\n", "a character is cut"),
            ("Subject: x\r\nno field", "a\r\n", "a line that is no field"),
            (
                "Subject: x\r\nContent-Transfer-Encoding: base64",
                "YQ==\r\n",
                "0 times MIME-Version",
            ),
        ] {
            let found = of(head, body).unwrap_err();
            assert!(found.contains(expected), "{head}: {found}");
        }
    }
}
