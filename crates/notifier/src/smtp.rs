//! Hands a mail to a mail server by SMTP (RFC 5321), and says what became of it.
//!
//! The server's addresses come from the connector, which has checked them; nobody is asked again, and with
//! TLS it is the configured name that the certificate must be for. `STARTTLS` (RFC 3207) is waited for or
//! nothing is sent; a password goes over TLS only, which configuration sees to.
//!
//! Up to the end of the message nothing has been taken, and what fails is tried again. What is lost between
//! the end of the message and the answer may have been taken (RFC 5321, 4.5.4.1), and is repeated and marked.
//! 4yz is for now and 5yz for good (4.2.1). An error names the host, the code and the enhanced status
//! (RFC 3463) and never the server's text, which likes to repeat mailboxes.
//!
//! Never looks names up, never retries, never keeps a connection.

use std::collections::VecDeque;
use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bellwether_alert::outbox::Attempt;
use bellwether_model::{MailTls, Secret};
use bellwether_outbound::Outbound;
use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailCommand, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a server may say in all before it has shown who it is: its replies have some hundred bytes.
const SAID_BYTES_MAX: usize = 256 * 1024;

/// Parts of the whole time that one address of a server has to answer in.
const ADDRESS_SHARE: u32 = 3;

/// For the goodbye, after which nothing depends on the server.
const QUIT_MAX: Duration = Duration::from_secs(2);

/// A message with the server that it is handed to.
pub(crate) struct Mail {
    pub(crate) server: String,
    pub(crate) port: u16,
    pub(crate) tls: MailTls,
    pub(crate) login: Option<(String, Secret)>,
    pub(crate) from: Address,
    pub(crate) to: Address,
    /// As it goes over the wire, in ASCII.
    pub(crate) bytes: Vec<u8>,
}

/// Why a mail was not taken.
#[derive(Debug, PartialEq)]
enum Failure {
    /// It was not taken, and may be later.
    Passing(String),
    /// It was not taken, and will not be.
    Final(String),
    /// Nobody knows, if the message was out.
    Broken(String),
}

/// Hands a mail over, in as much time as a request may take.
pub(crate) async fn send(outbound: &Outbound, mail: &Mail) -> Attempt {
    let limit = outbound.timeout();
    let mut is_out = false;
    let spoken = tokio::time::timeout(limit, speak(outbound, mail, &mut is_out)).await;
    let failure = match spoken {
        Ok(Ok(mut connection)) => {
            // It has the message; whether it hears the goodbye does not matter.
            let _ = tokio::time::timeout(QUIT_MAX, connection.quit()).await;
            return Attempt::Delivered { reference: None };
        }
        Ok(Err(failure)) => failure,
        Err(_) => Failure::Broken(format!(
            "{} did not answer in full within {} s",
            mail.server,
            limit.as_secs_f64()
        )),
    };
    match failure {
        Failure::Final(error) => Attempt::Refused { error },
        Failure::Broken(error) if is_out => Attempt::AnswerLost { error },
        Failure::Passing(error) | Failure::Broken(error) => Attempt::Retry { error, after: None },
    }
}

/// The dialogue up to the answer to the message. Each reply must be one that belongs to its command.
async fn speak(
    outbound: &Outbound,
    mail: &Mail,
    is_out: &mut bool,
) -> Result<AsyncSmtpConnection, Failure> {
    let host = mail.server.as_str();
    // Configuration refuses it too.
    if outbound.proxy().is_some() {
        return Err(Failure::Passing(format!(
            "{host} is not contacted: mail does not go through the proxy, and nothing goes around it"
        )));
    }
    let mut addresses = outbound
        .addresses(host, mail.port)
        .await
        .map_err(|error| Failure::Passing(error.to_string()))?;
    if mail.tls == MailTls::None {
        addresses.retain(|address| outbound.names_network_of(address.ip()));
        if addresses.is_empty() {
            return Err(Failure::Passing(format!(
                "{host} is in no network that `allow_networks` names, and without TLS nothing is sent \
                 elsewhere"
            )));
        }
    }
    let mut connection = connect(mail, &addresses, outbound.timeout() / ADDRESS_SHARE).await?;
    if let Some((user, password)) = &mail.login {
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if (connection.server_info().get_auth_mechanism(&mechanisms)).is_none() {
            return Err(Failure::Passing(format!(
                "{host} offers no login by PLAIN or LOGIN"
            )));
        }
        let login = Credentials::new(user.clone(), password.reveal().to_owned());
        let answer = connection.auth(&mechanisms, &login).await;
        let hint = "it does not accept the user or the password: see `user` and the password in \
                    receivers.toml";
        expect(host, answer, &[235], hint)?;
    }
    let hint = "it does not accept this message, and will not later: see its log";
    let answer = connection
        .command(MailCommand::new(Some(mail.from.clone()), Vec::new()))
        .await;
    expect(host, answer, &[250], hint)?;
    let answer = connection
        .command(Rcpt::new(mail.to.clone(), Vec::new()))
        .await;
    expect(host, answer, &[250, 251], hint)?;
    expect(host, connection.command(Data).await, &[354], hint)?;
    *is_out = true;
    expect(host, connection.message(&mail.bytes).await, &[250], hint)?;
    Ok(connection)
}

/// A connection that is encrypted as configured, to the first of the addresses that answers.
async fn connect(
    mail: &Mail,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<AsyncSmtpConnection, Failure> {
    let host = mail.server.as_str();
    let hello = ClientId::default();
    let failed = |error| failure(host, &error, "it does not accept connections");
    let tls = || TlsParameters::new_rustls(host.to_owned()).map_err(failed);
    if mail.tls == MailTls::Implicit {
        let tls = Some(tls()?);
        return AsyncSmtpConnection::connect_tokio1(addresses, Some(limit), &hello, tls, None)
            .await
            .map_err(failed);
    }
    let stream = open(addresses, limit)
        .await
        .map_err(|error| Failure::Passing(format!("{host} cannot be reached: {error}")))?;
    let stream = Bounded {
        stream,
        left: SAID_BYTES_MAX,
        ahead: VecDeque::new(),
    };
    let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello)
        .await
        .map_err(failed)?;
    if mail.tls == MailTls::StartTls {
        if !connection.can_starttls() {
            return Err(Failure::Passing(format!(
                "{host} offers no STARTTLS, and nothing is sent without; use `smtps://`, or, in a \
                 network of your own, `tls = \"none\"`"
            )));
        }
        connection.starttls(tls()?, &hello).await.map_err(failed)?;
    }
    Ok(connection)
}

async fn open(addresses: &[SocketAddr], limit: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match tokio::time::timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::from(io::ErrorKind::TimedOut),
        }
    }
    Err(last)
}

/// A reply that must have one of these codes.
fn expect(
    host: &str,
    answer: Result<Response, SmtpError>,
    codes: &[u16],
    hint: &str,
) -> Result<(), Failure> {
    let answer = answer.map_err(|error| failure(host, &error, hint))?;
    if codes.iter().any(|code| answer.has_code(*code)) {
        return Ok(());
    }
    let found = answer.code();
    Err(Failure::Broken(format!(
        "{host} answered {found}, which is no answer to what it was asked"
    )))
}

fn failure(host: &str, error: &SmtpError, hint: &str) -> Failure {
    let Some(code) = error.status() else {
        return Failure::Broken(format!("the connection to {host} broke: {}", cause(error)));
    };
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    let status = enhanced_status(&text)
        .map(|status| format!(" ({status})"))
        .unwrap_or_default();
    let said = format!("{host} answered {code}{status}");
    if error.is_permanent() {
        Failure::Final(format!("{said}; {hint}"))
    } else {
        Failure::Passing(said)
    }
}

/// What our own side says of a connection; of what the server said nothing.
fn cause(error: &SmtpError) -> String {
    if error.is_response() {
        return "its answer cannot be read".to_owned();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// `5.1.1` at the head of a reply's text.
fn enhanced_status(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let is_number = |part: &str, digits: usize| {
        (1..=digits).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let mut parts = word.split('.');
    let is_status = parts.next().is_some_and(|class| is_number(class, 1))
        && parts.next().is_some_and(|subject| is_number(subject, 3))
        && parts.next().is_some_and(|detail| is_number(detail, 3))
        && parts.next().is_none();
    is_status.then_some(word)
}

/// Received at once at most.
const AHEAD_BYTES_MAX: usize = 4_096;

/// A connection to somebody who has not shown who they are.
///
/// A line without an end would fill the memory. And what somebody on the way has put behind the reply to
/// STARTTLS must not be read as if it had come encrypted (RFC 3207, 4.2 and 6): the library keeps what it
/// has read ahead, so it gets one line at a time, and what lies behind that one meets the handshake of TLS,
/// which fails on it.
#[derive(Debug)]
struct Bounded {
    stream: TcpStream,
    left: usize,
    /// What was received and not handed on yet.
    ahead: VecDeque<u8>,
}

impl AsyncTokioStream for Bounded {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            if self.left == 0 {
                return Poll::Ready(Err(io::Error::other("it says more than mail servers do")));
            }
            let mut bytes = [0; AHEAD_BYTES_MAX];
            let mut received = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut received))?;
            self.left = self.left.saturating_sub(received.filled().len());
            self.ahead.extend(received.filled());
        }
        let line = self.ahead.iter().position(|byte| *byte == b'\n');
        let length = line.map_or(self.ahead.len(), |end| end + 1);
        for byte in self.ahead.drain(..length.min(buffer.remaining())) {
            buffer.put_slice(&[byte]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_reply_only_the_status_is_kept() {
        for (text, expected) in [
            ("5.1.1 <desk@example.org>: no such user", Some("5.1.1")),
            ("5.7.509", Some("5.7.509")),
            ("no such user 5.1.1", None),
            ("desk@example.org", None),
            ("10.0.0.1 said no", None),
            ("5.1.1.", None),
            ("5..1", None),
            ("", None),
        ] {
            assert_eq!(enhanced_status(text), expected, "{text}");
        }
    }
}
