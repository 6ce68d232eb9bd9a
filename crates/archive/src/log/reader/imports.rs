//! What imports brought.

use bellwether_model::{FamilyId, GroupId, PublisherId, Seq, SourceId};

use super::super::ImportedSource;
use super::{ImportSpan, LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, int};

impl LogReader {
    /// What imports count as collected, of those after a place in the log and up to another.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn imports_between(&self, after: Seq, until: Seq) -> Result<Vec<ImportSpan>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT source, first, last FROM import WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([int(after.0), int(until.0)], |row| {
                        Ok(ImportSpan {
                            source: SourceId::new(row.get::<_, String>(0)?),
                            first: sql::time(row.get(1)?),
                            last: sql::time(row.get(2)?),
                        })
                    })?
                    .collect()
            })
            .map_err(read)
    }

    /// The publishers known from imports.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn imported_sources(&self) -> Result<Vec<ImportedSource>, ArchiveError> {
        let rows = self
            .connection
            .prepare_cached("SELECT id, publisher, family, groups, platform, first, last FROM imported_source ORDER BY id")
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| {
                        let source = ImportedSource {
                            id: SourceId::new(row.get::<_, String>(0)?),
                            publisher: PublisherId::new(row.get::<_, String>(1)?),
                            family: FamilyId::new(row.get::<_, String>(2)?),
                            groups: Vec::new(),
                            platform: row.get(4)?,
                            first: sql::time(row.get(5)?),
                            last: sql::time(row.get(6)?),
                        };
                        Ok((source, row.get::<_, String>(3)?))
                    })?
                    .collect::<Result<Vec<_>, _>>()
            })
            .map_err(read)?;
        rows.into_iter()
            .map(|(source, groups)| {
                let groups: Vec<String> = serde_json::from_str(&groups)
                    .map_err(|error| ArchiveError::damaged("log", error.to_string()))?;
                Ok(ImportedSource {
                    groups: groups.into_iter().map(GroupId::new).collect(),
                    ..source
                })
            })
            .collect()
    }
}
