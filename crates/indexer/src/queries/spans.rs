//! Words by where they stand: rows with gaps, with beginnings of words, and one near another.
//!
//! Two steps for each document. The lists of documents say which have all that is needed at all;
//! for those the positions are read and [`bellwether_query::spans`] decides, the same code as the
//! matcher's.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use bellwether_query::spans::{Span, in_a_row, in_order, near};
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, InvertedIndexReader, Score, SegmentReader, TERMINATED, Term};

use super::words::{TooBroad, beginning_with};
use super::{POSITIONS_TERMS_MAX, explain};

/// What may stand at one place of a row.
#[derive(Debug, Clone)]
pub(crate) enum Slot {
    /// Any of these terms.
    Terms(Vec<String>),
    /// Any term that begins so.
    Begins(String),
}

/// What is looked for in one field.
#[derive(Debug, Clone)]
pub(crate) enum SpanPlan {
    /// Terms at these distances from the first.
    Row {
        /// The distance of each, and what may stand there; at least one.
        slots: Vec<(u32, Slot)>,
        /// The length of the whole in positions.
        length: u32,
        /// How many more positions may lie between; then each slot is one position long.
        slop: u32,
    },
    /// Any of these.
    Any(Vec<SpanPlan>),
    /// One near the other.
    Near {
        /// The one.
        left: Box<SpanPlan>,
        /// The other.
        right: Box<SpanPlan>,
        /// Positions.
        within: u32,
    },
}

/// Documents with a place in one field that a plan finds.
#[derive(Debug, Clone)]
pub(crate) struct SpanQuery {
    pub(crate) field: Field,
    pub(crate) plan: Arc<SpanPlan>,
    pub(crate) too_broad: TooBroad,
}

impl Query for SpanQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SpanWeight(self.clone())))
    }
}

struct SpanWeight(SpanQuery);

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inverted = reader.inverted_index(self.0.field)?;
        let node = Opening {
            inverted: &inverted,
            field: self.0.field,
            too_broad: &self.0.too_broad,
        }
        .open(&self.0.plan)?;
        let mut found = Found { node, doc: 0 };
        found.settle(0);
        Ok(Box::new(ConstScorer::new(found, boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        explain(
            doc,
            doc < TERMINATED && scorer.doc() <= doc && scorer.seek(doc) == doc,
        )
    }
}

/// What a plan is opened with.
struct Opening<'a> {
    inverted: &'a InvertedIndexReader,
    field: Field,
    too_broad: &'a TooBroad,
}

impl Opening<'_> {
    fn open(&self, plan: &SpanPlan) -> tantivy::Result<Node> {
        Ok(match plan {
            SpanPlan::Row {
                slots,
                length,
                slop,
            } => Node::Row {
                slots: slots
                    .iter()
                    .map(|(offset, slot)| Ok((*offset, self.lists(slot)?)))
                    .collect::<tantivy::Result<_>>()?,
                positions: vec![Vec::new(); slots.len()],
                length: *length,
                slop: *slop,
            },
            SpanPlan::Any(parts) => Node::Any(
                parts
                    .iter()
                    .map(|part| self.open(part))
                    .collect::<tantivy::Result<_>>()?,
            ),
            SpanPlan::Near {
                left,
                right,
                within,
            } => Node::Near {
                left: Box::new(self.open(left)?),
                right: Box::new(self.open(right)?),
                within: *within,
            },
        })
    }

    fn lists(&self, slot: &Slot) -> tantivy::Result<Lists> {
        let infos = match slot {
            Slot::Begins(prefix) => {
                beginning_with(self.inverted, prefix, POSITIONS_TERMS_MAX, self.too_broad)?
            }
            Slot::Terms(terms) => {
                let mut infos = Vec::with_capacity(terms.len());
                for term in terms {
                    let term = Term::from_field_text(self.field, term);
                    infos.extend(self.inverted.get_term_info(&term)?);
                }
                infos
            }
        };
        let lists: std::io::Result<Vec<SegmentPostings>> = infos
            .iter()
            .map(|info| {
                self.inverted
                    .read_postings_from_terminfo(info, IndexRecordOption::WithFreqsAndPositions)
            })
            .collect();
        Ok(Lists::new(lists?))
    }
}

/// The documents of several terms in one order.
struct Lists {
    lists: Vec<SegmentPostings>,
    /// The document that each list stands at, the first on top; without those that have ended.
    heads: BinaryHeap<Reverse<(DocId, usize)>>,
    size: u32,
}

impl Lists {
    fn new(lists: Vec<SegmentPostings>) -> Self {
        let heads = lists
            .iter()
            .enumerate()
            .map(|(at, list)| (list.doc(), at))
            .filter(|(doc, _)| *doc != TERMINATED)
            .map(Reverse)
            .collect();
        let size = lists
            .iter()
            .fold(0_u32, |size, list| size.saturating_add(list.size_hint()));
        Self { lists, heads, size }
    }

    fn doc(&self) -> DocId {
        self.heads
            .peek()
            .map_or(TERMINATED, |Reverse((doc, _))| *doc)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        while let Some(mut head) = self.heads.peek_mut() {
            let Reverse((doc, at)) = *head;
            if doc >= target {
                return doc;
            }
            let next = self.lists[at].seek(target);
            if next == TERMINATED {
                std::collections::binary_heap::PeekMut::pop(head);
            } else {
                *head = Reverse((next, at));
            }
        }
        TERMINATED
    }

    /// The positions in the document it stands at, in order.
    fn positions(&mut self, positions: &mut Vec<u32>) {
        positions.clear();
        let doc = self.doc();
        let mut here = 0;
        for Reverse((head, at)) in &self.heads {
            if *head == doc {
                self.lists[*at].append_positions_with_offset(0, positions);
                here += 1;
            }
        }
        if here > 1 {
            positions.sort_unstable();
            positions.dedup();
        }
    }
}

/// A plan at work.
enum Node {
    Row {
        slots: Vec<(u32, Lists)>,
        /// Room for the positions of each slot.
        positions: Vec<Vec<u32>>,
        length: u32,
        slop: u32,
    },
    Any(Vec<Node>),
    Near {
        left: Box<Node>,
        right: Box<Node>,
        within: u32,
    },
}

impl Node {
    /// The first document from `target` on that has all that is needed.
    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::Row { slots, .. } => {
                agree(target, slots, |(_, lists), target| lists.seek(target))
            }
            Self::Any(parts) => parts
                .iter_mut()
                .map(|part| part.seek(target))
                .min()
                .unwrap_or(TERMINATED),
            Self::Near { left, right, .. } => {
                agree(target, &mut [left, right], |side, target| side.seek(target))
            }
        }
    }

    /// Where it is found in a document that [`Self::seek`] gave. Parts that stand elsewhere are not in
    /// it.
    fn spans(&mut self, doc: DocId) -> Vec<Span> {
        match self {
            Self::Row {
                slots,
                positions,
                length,
                slop,
            } => {
                if slots.iter().any(|(_, lists)| lists.doc() != doc) {
                    return Vec::new();
                }
                for ((_, lists), positions) in slots.iter_mut().zip(positions.iter_mut()) {
                    lists.positions(positions);
                }
                let slots: Vec<(u32, &[u32])> = slots
                    .iter()
                    .zip(positions.iter())
                    .map(|((offset, _), positions)| (*offset, &positions[..]))
                    .collect();
                if *slop == 0 {
                    in_a_row(&slots, *length)
                } else {
                    in_order(&slots, *slop)
                }
            }
            Self::Any(parts) => {
                let mut all: Vec<Span> =
                    parts.iter_mut().flat_map(|part| part.spans(doc)).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
            Self::Near {
                left,
                right,
                within,
            } => {
                let left = left.spans(doc);
                if left.is_empty() {
                    return left;
                }
                near(&left, &right.spans(doc), *within)
            }
        }
    }

    fn size(&self) -> u32 {
        match self {
            Self::Row { slots, .. } => slots.iter().map(|(_, lists)| lists.size).min(),
            Self::Any(parts) => parts.iter().map(Self::size).reduce(u32::saturating_add),
            Self::Near { left, right, .. } => Some(left.size().min(right.size())),
        }
        .unwrap_or(0)
    }
}

/// The first document from `target` on at which all of them stand.
fn agree<T>(
    mut target: DocId,
    all: &mut [T],
    mut seek: impl FnMut(&mut T, DocId) -> DocId,
) -> DocId {
    'again: loop {
        for one in all.iter_mut() {
            let doc = seek(one, target);
            if doc == TERMINATED {
                return TERMINATED;
            }
            if doc > target {
                target = doc;
                continue 'again;
            }
        }
        return target;
    }
}

/// The documents in which a plan is found.
struct Found {
    node: Node,
    doc: DocId,
}

impl Found {
    /// Goes to the first document from `target` on in which it is found.
    fn settle(&mut self, target: DocId) -> DocId {
        self.doc = self.node.seek(target);
        while self.doc != TERMINATED && self.node.spans(self.doc).is_empty() {
            self.doc = self.node.seek(self.doc + 1);
        }
        self.doc
    }
}

impl DocSet for Found {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.settle(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        self.settle(target)
    }

    fn seek_danger(&mut self, target: DocId) -> tantivy::SeekDangerResult {
        use tantivy::SeekDangerResult::{Found, SeekLowerBound};
        if target >= TERMINATED {
            return SeekLowerBound(TERMINATED);
        }
        // Positions are read only of the document that all others have.
        let doc = self.node.seek(target);
        if doc == target && !self.node.spans(doc).is_empty() {
            self.doc = doc;
            return Found;
        }
        SeekLowerBound(doc.max(target + 1))
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.node.size()
    }

    /// Reading positions costs about ten times as much as reading documents.
    fn cost(&self) -> u64 {
        u64::from(self.node.size()) * 10
    }
}
