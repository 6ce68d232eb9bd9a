//! Content codings: read, and bounded by what comes out of them.

use crate::server;

use std::io::Write as _;

use bellwether_outbound::{OutboundError, Request};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use server::{Server, answer, get, outbound};

fn packed(coding: &str, plain: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut packed = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut packed, 4_096, 5, 22);
            encoder.write_all(plain).unwrap();
            drop(encoder);
            packed
        }
        "zstd" => zstd::encode_all(plain, 3).unwrap(),
        _ => plain.to_vec(),
    }
}

const CODINGS: [&str; 5] = ["gzip", "deflate", "br", "zstd", "identity"];

async fn serving(coding: &'static str, plain: &[u8]) -> Server {
    let body = packed(coding, plain);
    Server::start(move |_| answer(&format!("200 OK\r\nContent-Encoding: {coding}"), &body)).await
}

#[tokio::test]
async fn each_is_read() {
    let plain = "<rss>選票 R&amp;D</rss>".repeat(500).into_bytes();
    for coding in CODINGS {
        let server = serving(coding, &plain).await;
        let url = server.url("/");
        let answer = outbound(&["127.0.0.0/8"]).send(get(&url)).await.unwrap();
        assert_eq!(answer.body, plain, "{coding}");
        let asked = server.requests.lock().unwrap()[0].to_ascii_lowercase();
        assert!(asked.contains("accept-encoding:"), "{asked}");
        assert!(coding == "identity" || asked.contains(coding), "{asked}");
    }
}

#[tokio::test]
async fn each_is_bounded_by_what_comes_out() {
    let bomb = vec![b' '; 64 << 20];
    for coding in CODINGS {
        let server = serving(coding, &bomb).await;
        let url = server.url("/");
        let error = outbound(&["127.0.0.0/8"])
            .send(get(&url))
            .await
            .unwrap_err();
        assert!(
            matches!(error, OutboundError::TooLarge { limit: 100_000, .. }),
            "{coding}: {error}"
        );
    }
}

#[tokio::test]
async fn what_is_cut_or_false_is_no_answer() {
    let plain = "選票".repeat(5_000).into_bytes();
    for coding in &CODINGS[..4] {
        let whole = packed(coding, &plain);
        for body in [
            whole[..whole.len() / 2].to_vec(),
            b"never packed at all".to_vec(),
        ] {
            let head = format!("200 OK\r\nContent-Encoding: {coding}");
            let server = Server::start(move |_| answer(&head, &body)).await;
            let url = server.url("/");
            let error = outbound(&["127.0.0.0/8"])
                .send(get(&url))
                .await
                .unwrap_err();
            assert!(error.answer_lost(), "{coding}: {error}");
        }
    }
}

/// Twelve long answers at once, of which eight are read at a time: all arrive.
#[tokio::test]
async fn many_long_answers_all_arrive() {
    let server = serving("gzip", &vec![b'x'; 3 << 20]).await;
    let url = server.url("/");
    let outbound = outbound(&["127.0.0.0/8"]);
    let asked = (0..12).map(|_| {
        outbound.send(Request {
            body_bytes_max: 4 << 20,
            ..get(&url)
        })
    });
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.unwrap().body.len(), 3 << 20);
    }
}
