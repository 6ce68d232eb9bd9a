//! What an import brings into a world.

use bellwether_archive::{Batch, CaptureKind, ImportedSource, LogWriter, NewCapture};
use bellwether_model::{FamilyId, PublisherId, SourceId};

use super::world::{NOW, item, t};

/// An import of one publisher from one day to another.
pub(super) fn import(writer: &mut LogWriter, publisher: &str, first: &str, last: &str) {
    let mut batch = Batch::new(t(NOW));
    let id = SourceId::new(format!("import:{publisher}"));
    batch.capture = Some(NewCapture {
        uri: "file:import.ndjson".to_owned(),
        at: t(NOW),
        kind: CaptureKind::Resource {
            content_type: "application/x-ndjson".to_owned(),
        },
        body: b"{}".to_vec(),
    });
    batch.imported = vec![ImportedSource {
        id: id.clone(),
        publisher: PublisherId::new(publisher),
        family: FamilyId::new(publisher),
        groups: Vec::new(),
        platform: None,
        first: t(first),
        last: t(last),
    }];
    batch.covered = batch.imported.iter().map(ImportedSource::span).collect();
    let mut item = item(publisher, first, "imported 作票", "text");
    item.source = id;
    batch.items = vec![item];
    writer.append(&[batch]).unwrap();
}
