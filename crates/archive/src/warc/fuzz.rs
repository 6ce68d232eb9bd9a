//! Damaged records against what must always hold; see [`bellwether_testkit::fuzz`].

use bellwether_testkit::mutated;

use super::*;

/// Records that are tried where no time is asked for.
const RECORDS: u64 = 4_000;

const BYTES_MAX: usize = 60_000;

const SPECIAL: [&[u8]; 10] = [
    b"\r\n\r\n",
    b"\r\n",
    b":",
    b"Content-Length: 18446744073709551615\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Type: application/http\r\n",
    b"WARC-Type: \r\n",
    b"\x1F\x8B\x08\x00",
    b"\xFF",
    b"\0",
];

fn rendered(body: &[u8], kind: &CaptureKind, refers: Option<Refers>) -> Vec<u8> {
    let digest = digest(body);
    render(&Record {
        id: &record_id("https://a.example/", Timestamp::UNIX_EPOCH, &digest, 1),
        uri: "https://a.example/",
        at: Timestamp::UNIX_EPOCH,
        kind,
        body,
        digest: &digest,
        refers,
    })
}

fn records() -> Vec<Vec<u8>> {
    let response = CaptureKind::Response {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
    };
    let resource = CaptureKind::Resource {
        content_type: "application/x-ndjson".to_owned(),
    };
    let refers = Refers {
        record_id: "urn:uuid:0".to_owned(),
        uri: "https://a.example/".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    vec![
        rendered("<p>計票</p>\r\n\r\nx".as_bytes(), &response, None),
        rendered(b"{\"id\":1}", &resource, None),
        rendered(b"", &response, Some(refers)),
        rendered(b"", &response, None),
    ]
}

/// Whatever a record is: what is read of it stands in it.
fn check(record: &[u8]) {
    if let Some(kept) = parse_record(record) {
        assert!(kept.payload.len() <= record.len());
        assert!(kept.payload.is_empty() || find(record, &kept.payload).is_some());
    }
}

#[test]
fn what_must_always_hold() {
    let whole = records();
    for record in &whole {
        assert!(parse_record(record).is_some());
    }
    let seeds: Vec<&[u8]> = whole.iter().map(Vec::as_slice).collect();
    bellwether_testkit::fuzz(
        RECORDS,
        |chance| mutated(chance, &seeds, &SPECIAL, BYTES_MAX),
        |record, _| check(record),
    );
}

#[test]
fn a_damaged_file_gives_what_was_kept_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let packed: Vec<Vec<u8>> = records().iter().map(|r| member(r).unwrap()).collect();
    let seeds: Vec<&[u8]> = packed.iter().map(Vec::as_slice).collect();
    let file = base_name(1);
    let place = |offset, length| Place {
        file: file.clone(),
        generation: 0,
        offset,
        length,
    };
    bellwether_testkit::fuzz(
        RECORDS / 8,
        |chance| mutated(chance, &seeds, &SPECIAL, BYTES_MAX),
        |bytes, _| {
            std::fs::write(folder.path().join(&file), bytes).unwrap();
            let length = bytes.len() as u64;
            for (offset, length) in [(0, length), (0, u64::MAX), (length, 1), (u64::MAX, 1)] {
                // The checksum of what is packed tells damage from what was kept.
                if let Ok(kept) = read_record(folder.path(), &place(offset, length)) {
                    let is_known = records().iter().any(|record| {
                        parse_record(record).is_some_and(|known| known.payload == kept.payload)
                    });
                    assert!(is_known, "{}", kept.payload.escape_ascii());
                }
            }
        },
    );
}
