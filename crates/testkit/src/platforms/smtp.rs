//! A mail server, as far as taking one mail after the other goes; it is the stricter where it may be.
//!
//! Sources: RFC 5321 (4.1 commands and their order, 4.5.2 transparency, 4.5.3.1 sizes), RFC 5322 (2.1.1 line
//! lengths, 3.6 which fields there must be and how often, 3.6.4 the form of ids), RFC 2047 (encoded words),
//! RFC 4954 and 4616 (login), RFC 2034 (enhanced status). It offers neither STARTTLS nor 8BITMIME, so what comes
//! must be ASCII. A mail that breaks a rule is refused with 550 and the rule.
//!
//! No web, so no [`super::Platform`]: it has faults of its own.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::mail::{self, TakenMail};

/// Who says nothing for so long is hung up on.
const SILENCE_MAX: Duration = Duration::from_secs(20);

/// RFC 5321, 4.5.3.1.4.
const COMMAND_BYTES_MAX: usize = 512;

const USER: &str = "bellwether";
const PASSWORD: &str = "FAKEsecret of a mailbox";

/// Where in a dialogue something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailStep {
    /// Instead of the greeting.
    Greeting,
    /// Instead of the answer to `AUTH`.
    Auth,
    /// Instead of the answer to `MAIL`.
    Mail,
    /// Instead of the answer to `RCPT`.
    Rcpt,
    /// Instead of the answer to `DATA`.
    Data,
    /// Instead of the answer to the message, which is not taken.
    Message,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailFault {
    /// This line is the answer.
    Says(MailStep, &'static str),
    /// The connection is cut instead of an answer; a message is taken before.
    Cuts(MailStep),
    /// No answer comes; a message is taken before.
    Hangs(MailStep),
}

impl MailFault {
    const fn step(&self) -> MailStep {
        match self {
            Self::Says(step, _) | Self::Cuts(step) | Self::Hangs(step) => *step,
        }
    }
}

struct Shared {
    has_login: bool,
    faults: Mutex<VecDeque<MailFault>>,
    commands: Mutex<Vec<String>>,
    mails: Mutex<Vec<TakenMail>>,
    is_over: AtomicBool,
}

/// A mail server on a free port of loopback, until dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// One that takes mail from anybody.
    #[must_use]
    pub fn open() -> Self {
        Self::start(false)
    }

    /// One that takes it after [`Self::user`] has logged in with [`Self::password`].
    #[must_use]
    pub fn with_login() -> Self {
        Self::start(true)
    }

    fn start(has_login: bool) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port of loopback");
        let address = listener.local_addr().expect("the address of a listener");
        let shared = Arc::new(Shared {
            has_login,
            faults: Mutex::default(),
            commands: Mutex::default(),
            mails: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&listener, &shared)
        });
        Self {
            address,
            shared,
            listener: Some(thread),
        }
    }

    /// Its port of 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// The user that may log in.
    #[must_use]
    pub const fn user(&self) -> &'static str {
        USER
    }

    /// The user's password.
    #[must_use]
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Orders a fault for the next time that a dialogue comes to its step, after those ordered before.
    pub fn fault(&self, fault: MailFault) {
        locked(&self.shared.faults).push_back(fault);
    }

    /// The mails that were taken.
    #[must_use]
    pub fn mails(&self) -> Vec<TakenMail> {
        locked(&self.shared.mails).clone()
    }

    /// All commands as they came, of all dialogues.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        locked(&self.shared.commands).clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener, which is waiting for somebody.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.listener.take() {
            let _ = thread.join();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // Whoever sends may have been killed meanwhile.
            let _ = converse(&stream, &shared);
        });
    }
}

/// What an ordered fault makes of an answer.
enum Turn {
    Goes(String),
    Ends,
}

struct Dialogue<'a> {
    shared: &'a Shared,
    reader: BufReader<&'a TcpStream>,
    is_greeted: bool,
    is_logged_in: bool,
    from: Option<String>,
    to: Option<String>,
}

fn converse(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    let mut dialogue = Dialogue {
        shared,
        reader: BufReader::new(stream),
        is_greeted: false,
        is_logged_in: !shared.has_login,
        from: None,
        to: None,
    };
    let mut writer = stream;
    let mut turn = dialogue.faulty(MailStep::Greeting, || "220 mail.example ESMTP".to_owned());
    loop {
        match turn {
            Turn::Goes(line) => writer.write_all(format!("{line}\r\n").as_bytes())?,
            Turn::Ends => return stream.shutdown(std::net::Shutdown::Both),
        }
        let Some(line) = dialogue.line()? else {
            return Ok(());
        };
        locked(&shared.commands).push(line.clone());
        if line.eq_ignore_ascii_case("quit") {
            return writer.write_all(b"221 2.0.0 bye\r\n");
        }
        turn = dialogue.answer(&line, &mut writer)?;
    }
}

impl Dialogue<'_> {
    /// A command without its end; `None` where there is none any more.
    fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Ok(None);
        };
        Ok(Some(String::from_utf8_lossy(line).into_owned()))
    }

    /// An answer, or the fault that was ordered for this step.
    fn faulty(&mut self, step: MailStep, answer: impl FnOnce() -> String) -> Turn {
        let fault = {
            let mut faults = locked(&self.shared.faults);
            match faults.front() {
                Some(fault) if fault.step() == step => faults.pop_front(),
                _ => None,
            }
        };
        match fault {
            None => Turn::Goes(answer()),
            Some(MailFault::Says(_, line)) => Turn::Goes(line.to_owned()),
            Some(MailFault::Cuts(_)) => {
                answer();
                Turn::Ends
            }
            Some(MailFault::Hangs(_)) => {
                answer();
                // Until the other side has had enough.
                let _ = self.line();
                Turn::Ends
            }
        }
    }

    fn answer(&mut self, line: &str, writer: &mut &TcpStream) -> std::io::Result<Turn> {
        if line.len() > COMMAND_BYTES_MAX - 2 || !line.is_ascii() {
            return Ok(says("500 5.5.2 no command of SMTP"));
        }
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        Ok(match verb.to_ascii_uppercase().as_str() {
            "EHLO" if rest.is_empty() => says("501 5.5.4 who are you?"),
            "EHLO" => {
                self.is_greeted = true;
                says(if self.shared.has_login {
                    "250-mail.example\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN"
                } else {
                    "250-mail.example\r\n250 ENHANCEDSTATUSCODES"
                })
            }
            _ if !self.is_greeted => says("503 5.5.1 EHLO first"),
            "AUTH" => {
                let wanted = format!("PLAIN {}", STANDARD.encode(format!("\0{USER}\0{PASSWORD}")));
                let is_good = self.shared.has_login && rest == wanted;
                let turn = self.faulty(MailStep::Auth, || {
                    if is_good {
                        "235 2.7.0 welcome".to_owned()
                    } else {
                        format!("535 5.7.8 {rest} is not known here")
                    }
                });
                self.is_logged_in |= is_good;
                turn
            }
            _ if !self.is_logged_in => says("530 5.7.0 AUTH first"),
            "MAIL" => match path(rest, "FROM:") {
                Some(from) if self.from.is_none() => {
                    self.from = Some(from);
                    self.faulty(MailStep::Mail, || "250 2.1.0 ok".to_owned())
                }
                _ => says("501 5.5.4 MAIL FROM:<mailbox>, once"),
            },
            "RCPT" => match path(rest, "TO:") {
                Some(to) if self.from.is_some() && self.to.is_none() => {
                    self.to = Some(to);
                    self.faulty(MailStep::Rcpt, || "250 2.1.5 ok".to_owned())
                }
                _ => says("501 5.5.4 RCPT TO:<mailbox>, once"),
            },
            "DATA" => {
                let (Some(from), Some(to)) = (self.from.clone(), self.to.clone()) else {
                    return Ok(says("503 5.5.1 MAIL and RCPT first"));
                };
                match self.faulty(MailStep::Data, || "354 go on".to_owned()) {
                    Turn::Goes(line) if line.starts_with("354") => {
                        writer.write_all(format!("{line}\r\n").as_bytes())?;
                    }
                    turn => return Ok(turn),
                }
                let Some(source) = self.message()? else {
                    return Ok(Turn::Ends);
                };
                (self.from, self.to) = (None, None);
                let read = mail::read(&source, from, to);
                let shared = self.shared;
                self.faulty(MailStep::Message, || match read {
                    Ok(mail) => {
                        locked(&shared.mails).push(mail);
                        "250 2.0.0 taken".to_owned()
                    }
                    Err(rule) => format!("550 5.6.0 {rule}"),
                })
            }
            _ => says("502 5.5.1 not here"),
        })
    }

    /// The message as it came over the wire, without the dot at its end; `None` where it never ended.
    fn message(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut source = Vec::new();
        loop {
            let start = source.len();
            if self.reader.read_until(b'\n', &mut source)? == 0 {
                return Ok(None);
            }
            if source.get(start..) == Some(b".\r\n") {
                source.truncate(start);
                return Ok(Some(source));
            }
        }
    }
}

fn says(line: &str) -> Turn {
    Turn::Goes(line.to_owned())
}

/// The mailbox of a path without parameters.
fn path(text: &str, before: &str) -> Option<String> {
    let path = text.strip_prefix(before)?.strip_prefix('<')?;
    let mailbox = path.strip_suffix('>')?;
    let (local, domain) = mailbox.split_once('@')?;
    let is_plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>@,;".contains(c))
    };
    (is_plain(local) && is_plain(domain)).then(|| mailbox.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Date: Tue, 24 Nov 2026 08:01:00 +0000\r\nFrom: a@b.example\r\n\
                        To: c@d.example\r\nMessage-ID: <1@b.example>\r\nSubject: x\r\n\r\nhello\r\n";

    /// Sends the lines one after the other; returns the last line of each answer.
    fn talk(server: &SmtpServer, lines: &[&str]) -> Vec<String> {
        let stream = TcpStream::connect(server.address).unwrap();
        let mut reader = BufReader::new(&stream);
        let mut answers = Vec::new();
        for line in std::iter::once(&"").chain(lines) {
            if !line.is_empty() {
                (&stream).write_all(line.as_bytes()).unwrap();
                (&stream).write_all(b"\r\n").unwrap();
            }
            loop {
                let mut answer = String::new();
                if reader.read_line(&mut answer).unwrap_or(0) == 0 {
                    return answers;
                }
                if answer.as_bytes()[3] == b' ' {
                    answers.push(answer.trim_end().to_owned());
                    break;
                }
            }
        }
        answers
    }

    fn codes(answers: &[String]) -> Vec<&str> {
        answers.iter().map(|answer| &answer[..3]).collect()
    }

    #[test]
    fn a_mail_is_taken_in_the_order_of_the_commands() {
        let server = SmtpServer::open();
        let message = format!("{MAIL}.");
        let lines = [
            "MAIL FROM:<a@b.example>",
            "EHLO [127.0.0.1]",
            "DATA",
            "MAIL FROM:<a@b.example>",
            "RCPT TO:<c@d.example>",
            "DATA",
            &message,
        ];
        let answers = talk(&server, &lines);
        assert_eq!(
            codes(&answers),
            ["220", "503", "250", "503", "250", "250", "354", "250"]
        );
        let mails = server.mails();
        assert_eq!((mails.len(), &*mails[0].subject), (1, "x"));
        assert_eq!(mails[0].text, "hello\n");
        assert_eq!(
            (&*mails[0].from, &*mails[0].to),
            ("a@b.example", "c@d.example")
        );
    }

    #[test]
    fn faults_come_at_their_step_and_a_login_is_asked_for() {
        let server = SmtpServer::with_login();
        let good = format!(
            "AUTH PLAIN {}",
            STANDARD.encode(format!("\0{USER}\0{PASSWORD}"))
        );
        server.fault(MailFault::Says(MailStep::Mail, "451 4.3.0 later"));
        server.fault(MailFault::Cuts(MailStep::Message));
        let message = format!("{MAIL}.");
        let ehlo = "EHLO x.example";
        let bad = talk(
            &server,
            &[ehlo, "AUTH PLAIN AAAA", "MAIL FROM:<a@b.example>"],
        );
        assert_eq!(codes(&bad), ["220", "250", "535", "530"]);
        let slow = talk(&server, &[ehlo, &good, "MAIL FROM:<a@b.example>"]);
        assert_eq!(codes(&slow), ["220", "250", "235", "451"]);
        let lines = [
            ehlo,
            &good,
            "MAIL FROM:<a@b.example>",
            "RCPT TO:<c@d.example>",
            "DATA",
            &message,
        ];
        assert_eq!(talk(&server, &lines).len(), 6, "cut after the message");
        assert_eq!(server.mails().len(), 1, "and yet taken");
    }
}
