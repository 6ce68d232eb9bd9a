//! The wordings of an item, and what changed from each to the next.

use bellwether_api::{ChangedVersionBody, ListBody, Problem};
use bellwether_query::item_language;

use super::asked::ListParams;
use super::lists::Page;
use super::{Answers, items, problems};

/// Most wordings of one page: each may be as long as a text can be.
const VERSIONS_MAX: usize = 50;

impl Answers {
    /// The wordings of an item, newest first, each with what changed since the one before.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such item, or a parameter is wrong.
    pub fn versions(
        &self,
        id: &str,
        params: &ListParams,
    ) -> Result<ListBody<ChangedVersionBody>, Problem> {
        let page = Page::of(params, VERSIONS_MAX)?;
        self.log.with(|log| {
            let item = items::find(log, id)?;
            let lang = item_language(&item);
            // The one before the last of the page, too, to compare it with.
            let wordings = log
                .wordings(item.id, page.offset, page.limit + 1)
                .map_err(problems::archive)?;
            let changed =
                |(at, wording)| ChangedVersionBody::from_model(wording, wordings.get(at + 1), lang);
            let shown = wordings.iter().enumerate().take(page.limit);
            Ok(ListBody {
                items: shown.map(changed).collect(),
                cursor: page.next(wordings.len() > page.limit),
            })
        })
    }
}
