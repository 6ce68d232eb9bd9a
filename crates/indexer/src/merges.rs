//! Which parts of the index are merged into one.
//!
//! Every search looks its words up in each part, and every merge takes time from searches. Small
//! parts come with each commit: they are merged by fives, so that an item goes through few merges.
//! Large parts are few and stay: two of about one size become one, as bits are carried in a sum. A
//! million items then are in about eight parts, beside up to eight young ones.

use tantivy::index::SegmentMeta;
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Parts with fewer items are small.
const LARGE_MIN: u32 = 20_000;

/// Small parts of about one size that become one.
const SMALL_PER_MERGE: usize = 5;

/// Parts with more items are left as they are: rewriting them takes minutes.
const LARGE_MAX: usize = 4_000_000;

/// Where more than this of a part was replaced since, it is written anew.
const REPLACED_MAX: f32 = 0.3;

/// The choice of parts.
#[derive(Debug)]
pub(crate) struct Merges {
    small: LogMergePolicy,
    large: LogMergePolicy,
}

impl Merges {
    pub(crate) fn new() -> Self {
        let by = |per_merge, items_max| {
            let mut policy = LogMergePolicy::default();
            policy.set_min_num_segments(per_merge);
            policy.set_max_docs_before_merge(items_max);
            policy.set_del_docs_ratio_before_merge(REPLACED_MAX);
            policy
        };
        Self {
            small: by(SMALL_PER_MERGE, LARGE_MAX),
            large: by(2, LARGE_MAX),
        }
    }
}

impl MergePolicy for Merges {
    fn compute_merge_candidates(&self, parts: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let (large, small): (Vec<SegmentMeta>, Vec<SegmentMeta>) = parts
            .iter()
            .cloned()
            .partition(|part| part.num_docs() >= LARGE_MIN);
        let mut merges = self.small.compute_merge_candidates(&small);
        merges.extend(self.large.compute_merge_candidates(&large));
        merges
    }
}
