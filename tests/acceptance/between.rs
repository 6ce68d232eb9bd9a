//! Somebody on the way to a mail server, who reads along and says things in its name.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The port of one who passes on what a client and the server at `port` say, but puts `slipped` behind the
/// server's reply to STARTTLS: still before TLS, to be read when TLS has begun. Goes when the tests do.
pub(crate) fn slips_in(port: u16, slipped: &'static str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let own = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            // Either may have gone meanwhile.
            std::thread::spawn(move || pass_on(&client, &server, slipped));
        }
    });
    own
}

fn pass_on(client: &TcpStream, server: &TcpStream, slipped: &str) -> std::io::Result<()> {
    let is_asked = Arc::new(AtomicBool::new(false));
    let there = std::thread::spawn({
        let (client, server) = (client.try_clone()?, server.try_clone()?);
        let is_asked = is_asked.clone();
        move || {
            copied(&client, &server, |bytes| {
                is_asked.fetch_or(bytes.starts_with(b"STARTTLS"), Ordering::SeqCst);
            })
        }
    });
    let mut replies = BufReader::new(server);
    loop {
        let mut line = String::new();
        replies.read_line(&mut line)?;
        let is_last = line.is_empty() || is_asked.load(Ordering::SeqCst);
        if is_last {
            line.push_str(slipped);
        }
        let mut to = client;
        to.write_all(line.as_bytes())?;
        if is_last {
            break;
        }
    }
    let passed = copied(replies, client, |_| {});
    client.shutdown(Shutdown::Both)?;
    let _ = there.join();
    passed
}

fn copied(mut from: impl Read, mut to: &TcpStream, looks: impl Fn(&[u8])) -> std::io::Result<()> {
    let mut buffer = [0; 4_096];
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return to.shutdown(Shutdown::Write);
        }
        looks(&buffer[..length]);
        to.write_all(&buffer[..length])?;
    }
}
