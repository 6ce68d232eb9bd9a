//! How polling each source went, up to a place in the log: read once for it, however many pages ask.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_api::Problem;
use bellwether_archive::LogReader;
use bellwether_model::{Directory, Seq, SourceCourse, SourceId};

use super::problems;

/// By source.
pub(super) type BySource = BTreeMap<SourceId, SourceCourse>;

/// The courses of all sources, at the place in the log that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Courses(Mutex<Option<(Seq, Arc<BySource>)>>);

impl Courses {
    /// The courses of the sources of a directory.
    pub(super) fn at(
        &self,
        log: &LogReader,
        directory: &Directory,
        seq: Seq,
    ) -> Result<Arc<BySource>, Problem> {
        if let Some((_, courses)) = self.kept().as_ref().filter(|(known, _)| *known == seq) {
            return Ok(Arc::clone(courses));
        }
        // Nobody waits for it: who asks meanwhile reads too.
        let mut courses = BySource::new();
        for source in directory.sources() {
            let course = log.course(&source.id, seq).map_err(problems::archive)?;
            courses.insert(source.id.clone(), course);
        }
        let courses = Arc::new(courses);
        *self.kept() = Some((seq, Arc::clone(&courses)));
        Ok(courses)
    }

    /// Reads all anew, as there are other sources.
    pub(super) fn forget(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<(Seq, Arc<BySource>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
