//! Saved queries: read before they are kept, so that every one of them can be asked.

use bellwether_api::{ListBody, NewQueryBody, Problem, SavedQueryBody, permalink};
use bellwether_archive::{SAVED_QUERIES_MAX, Saved, SavedQuery};
use bellwether_text::{display_safe, excerpt};

use super::{Answers, SearchParams, problems};

/// The longest name and author, in characters.
const NAME_CHARS_MAX: usize = 120;
const AUTHOR_CHARS_MAX: usize = 80;
/// The longest time, order or zone as typed, in characters.
const TYPED_CHARS_MAX: usize = 80;
/// The longest id before its number.
const SLUG_CHARS_MAX: usize = 60;

impl Answers {
    /// Saved queries by name.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn saved_queries(&self) -> Result<ListBody<SavedQueryBody>, Problem> {
        self.desk.with(|desk| {
            let saved = desk.saved_queries().map_err(problems::archive)?;
            Ok(ListBody {
                items: saved.into_iter().map(|query| self.shape(query)).collect(),
                cursor: None,
            })
        })
    }

    /// One saved query.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id.
    pub fn saved_query(&self, id: &str) -> Result<SavedQueryBody, Problem> {
        self.desk.with(|desk| {
            desk.saved_query(id)
                .map_err(problems::archive)?
                .map(|query| self.shape(query))
                .ok_or_else(|| problems::not_found("saved query", id))
        })
    }

    /// Keeps a query under a name.
    ///
    /// # Errors
    /// A [`Problem`] where it cannot be read, its name is taken, or there are too many.
    pub fn save_query(&self, new: &NewQueryBody) -> Result<SavedQueryBody, Problem> {
        let mut query = self.read(new)?;
        let slug = slug(&query.name);
        self.desk.with(|desk| {
            let saved = desk
                .save_query(&mut query, &slug)
                .map_err(problems::archive)?;
            self.told(saved, query.clone())
        })
    }

    /// Changes a saved query; its id stays.
    ///
    /// # Errors
    /// A [`Problem`] where it cannot be read, its name is taken, or there is none of this id.
    pub fn change_query(&self, id: &str, new: &NewQueryBody) -> Result<SavedQueryBody, Problem> {
        let mut query = self.read(new)?;
        id.clone_into(&mut query.id);
        self.desk.with(|desk| {
            let saved = desk.change_query(&query).map_err(problems::archive)?;
            let kept = desk.saved_query(id).map_err(problems::archive)?;
            self.told(saved, kept.unwrap_or_else(|| query.clone()))
        })
    }

    /// Removes a saved query.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id.
    pub fn remove_query(&self, id: &str) -> Result<(), Problem> {
        self.desk.with(|desk| {
            if desk.remove_query(id).map_err(problems::archive)? {
                Ok(())
            } else {
                Err(problems::not_found("saved query", id))
            }
        })
    }

    /// The query that is to be saved, where it can be asked now.
    fn read(&self, new: &NewQueryBody) -> Result<SavedQuery, Problem> {
        let name = line("name", &new.name, NAME_CHARS_MAX)?;
        let name = name.ok_or_else(|| problems::parameter("name", "a name is needed"))?;
        let author = line(
            "author",
            new.author.as_deref().unwrap_or_default(),
            AUTHOR_CHARS_MAX,
        )?;
        let typed = |name, value: &Option<String>| {
            line(name, value.as_deref().unwrap_or_default(), TYPED_CHARS_MAX)
        };
        let (from, to) = (typed("from", &new.from)?, typed("to", &new.to)?);
        let (sort, zone) = (typed("sort", &new.sort)?, typed("zone", &new.zone)?);
        if let Some(position) = new.query.chars().position(|c| c == '\0') {
            let why = format!("it has a NUL at character {}", position + 1);
            return Err(problems::parameter("query", why).position(position));
        }
        // What can be asked is read without a fault; that the index cannot answer now is none.
        let asked = self.search(&SearchParams {
            q: new.query.clone(),
            from: from.clone(),
            to: to.clone(),
            sort: sort.clone(),
            zone: zone.clone(),
            limit: Some(1),
            ..SearchParams::default()
        });
        if let Err(problem) = asked
            && problem.status < 500
        {
            return Err(problem);
        }
        let now = self.now();
        Ok(SavedQuery {
            id: String::new(),
            name,
            query: new.query.trim().to_owned(),
            from,
            to,
            sort,
            zone,
            author,
            created: now,
            updated: now,
        })
    }

    fn told(&self, saved: Saved, query: SavedQuery) -> Result<SavedQueryBody, Problem> {
        match saved {
            Saved::Kept => Ok(self.shape(query)),
            Saved::NameTaken(other) => {
                Err(
                    Problem::new(409, "name-taken", "another saved query has this name")
                        .detail(format!("the query `{other}` is called so"))
                        .hint("take another name, or change that query"),
                )
            }
            Saved::Full => {
                Err(
                    Problem::new(409, "too-many-queries", "there are too many saved queries")
                        .detail(format!("at most {SAVED_QUERIES_MAX} are kept"))
                        .hint("remove some that nobody asks"),
                )
            }
            Saved::Gone => Err(problems::not_found("saved query", &query.id)),
        }
    }

    fn shape(&self, query: SavedQuery) -> SavedQueryBody {
        let link = permalink(
            self.settings.public_url.as_deref(),
            &query.query,
            query.from.as_deref(),
            query.to.as_deref(),
            &[
                ("sort", query.sort.as_deref()),
                ("zone", query.zone.as_deref()),
            ],
        );
        SavedQueryBody {
            id: query.id,
            name: query.name,
            query: query.query,
            from: query.from,
            to: query.to,
            sort: query.sort,
            zone: query.zone,
            author: query.author,
            created: query.created,
            updated: query.updated,
            permalink: link,
        }
    }
}

/// What people typed on one line; `None` where it is empty.
pub(super) fn line(name: &str, text: &str, chars_max: usize) -> Result<Option<String>, Problem> {
    let shown = display_safe(text);
    let words: Vec<&str> = shown.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() > chars_max {
        let why = format!(
            "`{}` is too long; the limit is {chars_max} characters",
            excerpt(&line, 40)
        );
        return Err(problems::parameter(name, why));
    }
    Ok((!line.is_empty()).then_some(line))
}

/// A name as part of an address: letters and digits of any script, joined by hyphens.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars().take(SLUG_CHARS_MAX) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "query".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_become_ids() {
        for (name, expected) in [
            ("作票", "作票"),
            ("Ballots & Fraud!", "ballots-fraud"),
            ("Выборы 2026", "выборы-2026"),
            ("…", "query"),
            ("../etc", "etc"),
        ] {
            assert_eq!(slug(name), expected);
        }
        assert_eq!(line("name", " a\n b\u{202E} ", 9).unwrap().unwrap(), "a b");
        assert!(line("name", "aaaaaaaaaa", 9).is_err());
    }
}
