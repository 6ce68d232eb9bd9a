//! What a poller would have written to the log, for hours that no test can wait for.

use bellwether_archive::{Batch, CaptureKind, DataDir, LogWriter, NewCapture, NewItem};
use bellwether_model::{Outcome, OutcomeKind, PostFacts, PublisherId, SourceId, TimeReason};
use bellwether_testkit::Project;
use jiff::Timestamp;

/// An attempt that failed.
pub(crate) fn failed(source: &str, at: Timestamp, kind: OutcomeKind, why: &str) -> Batch {
    let status = if kind == OutcomeKind::Status {
        503
    } else {
        200
    };
    ended(source, at, kind, status, Some(why))
}

/// A good poll, and what it brought: titles, each with the time that its source claims for it.
pub(crate) fn polled(source: &str, at: Timestamp, brought: &[(String, Timestamp)]) -> Batch {
    let mut batch = ended(source, at, OutcomeKind::Fetched, 200, None);
    if brought.is_empty() {
        return batch;
    }
    batch.capture = Some(NewCapture {
        uri: format!("http://{source}.example/feed.xml"),
        at,
        kind: CaptureKind::Response {
            status: 200,
            headers: Vec::new(),
        },
        body: at.to_string().into_bytes(),
    });
    let items = brought.iter().map(|(title, time)| NewItem {
        source: SourceId::new(source),
        publisher: PublisherId::new(source),
        identities: vec![title.clone()],
        guid: Some(title.clone()),
        url: None,
        platform: None,
        lang_declared: None,
        title: title.clone(),
        text: String::new(),
        seen: at,
        published: Some(*time),
        published_raw: None,
        time: *time,
        time_reason: TimeReason::Published,
        locator: None,
        facts: PostFacts::default(),
    });
    batch.items = items.collect();
    batch
}

/// Writes them to the log of a project, in their order.
pub(crate) fn append(project: &Project, batches: &[Batch]) {
    let dir = DataDir::open(&project.path().join("data")).unwrap();
    LogWriter::open(&dir).unwrap().append(batches).unwrap();
}

fn ended(source: &str, at: Timestamp, kind: OutcomeKind, status: u16, why: Option<&str>) -> Batch {
    let mut batch = Batch::new(at);
    batch.outcome = Some(Outcome {
        source: SourceId::new(source),
        at,
        kind,
        status: Some(status),
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: why.map(str::to_owned),
        body_bytes: 0,
        moved_to: None,
        fallback: None,
    });
    batch
}
