use std::io::Write;

use super::*;

const SENTENCE: &str = "The works department said on Monday that the bridge over the river \
    closes each night from eleven until five while its joints are replaced.";

fn page() -> String {
    format!(
        "<html lang=\"en\"><head><title>Bridge</title><meta property=\"article:published_time\" content=\"2026-11-20T09:00:00Z\"></head><body><article><p>{SENTENCE}</p><p>{SENTENCE}</p></article></body></html>"
    )
}

fn record(kind: &str, uri: &str, content: &[u8]) -> Vec<u8> {
    let mut record = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2026-11-20T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:0>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        content.len()
    )
    .into_bytes();
    record.extend_from_slice(content);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

fn response(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut response =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{headers}\r\n")
            .into_bytes();
    response.extend_from_slice(body);
    response
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn all(file: &[u8]) -> (Vec<ImportLine>, Vec<String>) {
    let mut pages = Pages::new(file, None).unwrap();
    let (mut lines, mut bad, mut body) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(record) = pages.next(&mut body).unwrap() {
        match record.line {
            Ok(line) => lines.extend(line),
            Err(reason) => bad.push(reason),
        }
    }
    (lines, bad)
}

fn file() -> Vec<Vec<u8>> {
    let page = page();
    let chunked = format!("{:x}\r\n{page}\r\n0\r\n\r\n", page.len());
    vec![
        record("warcinfo", "x", b"software: x"),
        record(
            "response",
            "https://www.news.example/a",
            &response("", page.as_bytes()),
        ),
        record(
            "response",
            "https://news.example/b",
            &response("Transfer-Encoding: chunked\r\n", chunked.as_bytes()),
        ),
        record(
            "response",
            "https://news.example/c",
            &response("Content-Encoding: gzip\r\n", &gzip(page.as_bytes())),
        ),
        record(
            "response",
            "https://news.example/d",
            b"HTTP/1.1 404 Not Found\r\n\r\nno",
        ),
        record(
            "response",
            "https://news.example/e.png",
            &response("", b"\x89PNG"),
        ),
        record(
            "request",
            "https://news.example/a",
            b"GET /a HTTP/1.1\r\n\r\n",
        ),
    ]
}

#[test]
fn pages_however_they_are_stored() {
    let plain = file().concat();
    let members: Vec<u8> = file().iter().flat_map(|record| gzip(record)).collect();
    for file in [plain, members] {
        let (lines, bad) = all(&file);
        assert_eq!(bad, [""; 0]);
        let urls: Vec<_> = lines
            .iter()
            .map(|line| line.url.as_deref().unwrap())
            .collect();
        assert_eq!(
            urls,
            [
                "https://www.news.example/a",
                "https://news.example/b",
                "https://news.example/c"
            ]
        );
        let first = &lines[0];
        assert_eq!(first.publisher.as_str(), "news.example");
        assert_eq!(first.time.to_string(), "2026-11-20T10:00:00Z");
        assert_eq!(first.published.unwrap().to_string(), "2026-11-20T09:00:00Z");
        assert!(first.text.starts_with("The works department"));
    }
}

#[test]
fn a_cut_file_keeps_what_is_whole() {
    let plain = file().concat();
    let at = plain
        .windows(14)
        .position(|w| w == b"news.example/b")
        .unwrap()
        + 400;
    let (lines, bad) = all(&plain[..at]);
    assert_eq!((lines.len(), bad.len()), (1, 1));
    let members: Vec<u8> = file().iter().flat_map(|record| gzip(record)).collect();
    let (_, bad) = all(&members[..members.len() - 10]);
    assert!(bad[0].starts_with("the file ends in the middle"), "{bad:?}");
    assert_eq!(bad.len(), 1);
    for file in [
        &b""[..],
        b"nonsense",
        b"WARC/1.1\r\nContent-Length: 99999999999999\r\n\r\n",
    ] {
        let (lines, bad) = all(file);
        assert_eq!((lines.len(), bad.len()), (0, 1));
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_place_and_the_rest_is_read() {
    let records = file();
    let whole = |number: usize| records[number].clone();
    let endless = [
        b"WARC/1.1\r\nX-Note: ".to_vec(),
        // So that a piece of the line begins with it.
        vec![b'x'; 2 * HEAD_BYTES_MAX - 8],
        b"WARC/ is no beginning here\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n".to_vec(),
    ]
    .concat();
    let many = [b"WARC/1.1\r\n".to_vec(), b"X-Note: y\r\n".repeat(9_000)].concat();
    let unmeasured = b"WARC/1.1\r\nWARC-Type: response\r\n\r\nhello\r\n\r\n".to_vec();
    let bad_length = b"WARC/1.1\r\nContent-Length: many\r\n\r\nhello\r\n\r\n".to_vec();
    for (name, broken, said) in [
        ("one line", &endless, "a head of more than 65536 bytes"),
        ("many lines", &many, "a head of more than 65536 bytes"),
        ("no length", &unmeasured, "does not say how long it is"),
        ("bad length", &bad_length, "does not say how long it is"),
        ("no record", &b"hello\r\n".to_vec(), "5 bytes"),
    ] {
        let place = format!("byte {}", whole(1).len());
        let plain = [whole(1), broken.clone(), whole(2), whole(3)].concat();
        let packed = [
            gzip(&whole(1)),
            gzip(broken),
            gzip(&whole(2)),
            gzip(&whole(3)),
        ]
        .concat();
        for file in [&plain, &packed] {
            let (lines, bad) = all(file);
            assert_eq!((lines.len(), bad.len()), (3, 1), "{name}: {bad:?}");
            assert!(
                bad[0].contains(said) && bad[0].contains(&place),
                "{name}: {bad:?}"
            );
        }
        // And as the last of the file.
        let (lines, bad) = all(&[whole(1), broken.clone()].concat());
        assert_eq!((lines.len(), bad.len()), (1, 1), "{name}: {bad:?}");
    }
}

#[test]
fn a_broken_compression_ends_the_file_with_an_error() {
    let mut packed: Vec<u8> = file().iter().flat_map(|record| gzip(record)).collect();
    let at = gzip(&file()[0]).len() + gzip(&file()[1]).len();
    packed[at + 2] = 0xff;
    let (lines, bad) = all(&packed);
    assert_eq!((lines.len(), bad.len()), (1, 1), "{bad:?}");
    assert!(bad[0].contains("compression is broken"), "{bad:?}");
}

/// Damaged files against what must always hold; see [`bellwether_testkit::fuzz`].
#[test]
fn what_must_always_hold() {
    const FILES: u64 = 1_000;
    const BYTES_MAX: usize = 60_000;
    const MILLISECONDS_MAX: u128 = 2_000;
    let whole = file().concat();
    let packed: Vec<u8> = file().iter().flat_map(|record| gzip(record)).collect();
    let seeds: [&[u8]; 3] = [&whole, &packed, &gzip(&whole)];
    let special: [&[u8]; 12] = [
        b"WARC/1.1\r\n",
        b"\r\n\r\n",
        b"\n",
        b"Content-Length: 0\r\n",
        b"Content-Length: 18446744073709551615\r\n",
        b"Content-Length: -1\r\n",
        b"WARC-Type: response\r\n",
        b"WARC-Target-URI: <http://\x00>\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"ffffffffffffffff\r\n",
        b"\x1F\x8B\x08\x00",
        b"\xFF",
    ];
    let read = |file: &[u8]| {
        let mut unpacked = 0;
        let mut pages = Pages::new(file, Some("p".to_owned())).unwrap();
        let mut body = Vec::new();
        let mut records = 0;
        while let Some(record) = pages.next(&mut body).unwrap() {
            records += 1;
            unpacked += record.bytes;
            match record.line {
                Ok(None) => {}
                Ok(Some(line)) => assert_eq!(line.publisher.as_str(), "p"),
                Err(reason) => assert!(!reason.is_empty() && reason.len() < 1_000, "{reason}"),
            }
            // Each record takes some bytes of the file, or ends it.
            assert!(record.bytes > 0 || pages.has_ended, "no step forward");
            assert_eq!(unpacked, pages.at);
        }
        assert!(records as u64 <= unpacked + 2);
        assert!(
            pages.next(&mut body).unwrap().is_none(),
            "the end is the end"
        );
        if !file.starts_with(b"\x1F\x8B") {
            assert!(unpacked <= file.len() as u64);
            assert!(body.len() <= 2 * file.len(), "nothing is kept twice");
        }
    };
    let check = |file: &[u8], is_timed: bool| {
        let ((), took) = bellwether_testkit::timed(|| read(file));
        assert!(!is_timed || took <= MILLISECONDS_MAX, "{took} ms");
    };
    bellwether_testkit::fuzz(
        FILES,
        |chance| bellwether_testkit::mutated(chance, &seeds, &special, BYTES_MAX),
        check,
    );
}
