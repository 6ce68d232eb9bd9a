//! How far the log is read, and how far all is done.

use std::collections::BTreeSet;

use bellwether_model::Seq;

pub(super) struct Cursor {
    read_to: Seq,
    /// Places that asked for pages which are not done.
    unfinished: BTreeSet<Seq>,
    /// Places of wordings that came from here, until they are read.
    own: BTreeSet<Seq>,
    /// What was last handed out to be kept.
    kept: Seq,
}

impl Cursor {
    pub(super) const fn new(read_to: Seq) -> Self {
        Self {
            read_to,
            unfinished: BTreeSet::new(),
            own: BTreeSet::new(),
            kept: read_to,
        }
    }

    pub(super) const fn read_to(&self) -> Seq {
        self.read_to
    }

    pub(super) fn read_on(&mut self, to: Seq) {
        self.read_to = to;
    }

    pub(super) fn begin(&mut self, seq: Seq) {
        self.unfinished.insert(seq);
    }

    pub(super) fn finish(&mut self, seq: Seq) {
        self.unfinished.remove(&seq);
    }

    pub(super) fn appended(&mut self, seq: Seq) {
        self.own.insert(seq);
    }

    pub(super) fn is_own(&mut self, seq: Seq) -> bool {
        self.own.remove(&seq)
    }

    /// The place up to which all is done, where it has moved: to be kept by the caller.
    pub(super) fn take_moved(&mut self) -> Option<Seq> {
        let done = self.done();
        (done != self.kept).then(|| {
            self.kept = done;
            done
        })
    }

    /// The same once a page is done, moved or not.
    pub(super) fn once_finished(&mut self, seq: Seq) -> Seq {
        self.finish(seq);
        self.kept = self.done();
        self.kept
    }

    fn done(&self) -> Seq {
        self.unfinished
            .first()
            .map_or(self.read_to, |first| Seq(first.0.saturating_sub(1)))
    }
}
