//! The titles that make no story: those of columns, which two publishers may choose by themselves.

use bellwether_api::{ColumnTitleBody, ColumnTitlesBody, Problem};
use bellwether_archive::COLUMN_DAYS;

use super::{Answers, problems};

/// Titles of an answer, at most.
const TITLES_MAX: usize = 1_000;

impl Answers {
    /// Titles that make no story, those used by most publishers and on most days first.
    ///
    /// # Errors
    /// A [`Problem`] where a store cannot be read.
    pub fn column_titles(&self) -> Result<ColumnTitlesBody, Problem> {
        let mut found = self.derived.with(|derived| {
            derived
                .column_titles(TITLES_MAX + 1)
                .map_err(problems::archive)
        })?;
        let complete = found.len() <= TITLES_MAX;
        found.truncate(TITLES_MAX);
        self.log.with(|log| {
            let mut titles = Vec::new();
            for title in found {
                let item = log.item(title.item).map_err(problems::archive)?;
                titles.extend(item.map(|item| ColumnTitleBody {
                    title: item.title,
                    publishers: title.publishers,
                    days: title.days,
                    short: title.is_short,
                    last: title.last,
                    item: item.id.to_string(),
                }));
            }
            Ok(ColumnTitlesBody {
                days_needed: COLUMN_DAYS,
                complete,
                titles,
            })
        })
    }
}
