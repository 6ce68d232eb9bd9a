//! A source as tests and benchmarks poll it: one place for them all.

use std::time::Duration;

use bellwether_model::{
    Affiliation, FamilyId, PublisherId, Reach, Reading, Source, SourceId, SourceKind,
};

/// A feed that is polled every ten minutes, of a publisher and a family of its own name.
pub(crate) fn feed(id: &str, url: String) -> Source {
    Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        reading: Reading::default(),
        url: Some(url),
        reach: Reach::default(),
        publisher: PublisherId::new(id),
        family: FamilyId::new(id),
        groups: Vec::new(),
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}
