//! Cases: what people put together as evidence.

use bellwether_api::{
    CaseBody, CaseEntryBody, CaseSummaryBody, ListBody, NewCaseBody, NewEntryBody, Problem,
    entry_link,
};
use bellwether_archive::{
    ArchiveError, CASES_MAX, Case, CaseEntry, CaseSummary, ENTRIES_MAX, EntryKind,
};
use bellwether_model::Timestamp;
use bellwether_text::{display_safe, excerpt};

use super::saved::line;
use super::{Answers, problems};

const TITLE_CHARS_MAX: usize = 200;
const NOTE_CHARS_MAX: usize = 4_000;

/// What an entry is about, as it is now.
struct About {
    subject: String,
    title: String,
    time: Timestamp,
    source: Option<String>,
    address: Option<String>,
}

impl Answers {
    /// All cases, the newest first.
    ///
    /// # Errors
    /// A [`Problem`] where the data folder cannot be read.
    pub fn cases(&self) -> Result<ListBody<CaseSummaryBody>, Problem> {
        let cases = self
            .desk
            .with(|desk| desk.cases().map_err(problems::archive))?;
        let summary = |case: CaseSummary| CaseSummaryBody {
            id: case.id,
            title: case.title,
            opened: case.opened,
            by: case.by,
            updated: case.updated,
            entries: u32::try_from(case.entries).unwrap_or(u32::MAX),
        };
        Ok(ListBody {
            items: cases.into_iter().map(summary).collect(),
            cursor: None,
        })
    }

    /// One case with what is in it.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id.
    pub fn case(&self, id: &str) -> Result<CaseBody, Problem> {
        let case = self
            .desk
            .with(|desk| desk.case(id).map_err(problems::archive))?;
        self.shaped(case, id)
    }

    /// Opens a case, with a first entry where there is one: both or neither.
    ///
    /// # Errors
    /// A [`Problem`] where a field cannot be used, the entry is about nothing there is, or there are too many.
    pub fn open_case(
        &self,
        wanted: &NewCaseBody,
        first: Option<&NewEntryBody>,
    ) -> Result<CaseBody, Problem> {
        let title = line("title", &wanted.title, TITLE_CHARS_MAX)?
            .ok_or_else(|| problems::parameter("title", "a title is needed"))?;
        let case = Case {
            id: String::new(),
            title,
            opened: self.now(),
            by: self.by(&wanted.by)?,
            entries: (first.map(|first| self.entry(first)).transpose()?)
                .into_iter()
                .collect(),
        };
        let opened = self
            .desk
            .with(|desk| desk.open_case(case).map_err(problems::archive))?;
        match opened {
            Some(case) => {
                let id = case.id.clone();
                self.shaped(Some(case), &id)
            }
            None => Err(
                Problem::new(409, "too-many-cases", "there are too many cases")
                    .detail(format!("at most {CASES_MAX} are kept")),
            ),
        }
    }

    /// Puts something into a case, as it is now.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such case or subject, a field cannot be used, or the case is full.
    pub fn add_to_case(&self, id: &str, wanted: &NewEntryBody) -> Result<CaseBody, Problem> {
        let entry = self.entry(wanted)?;
        let changed = self.desk.with(|desk| {
            let changed = desk.change_case(id, |case| {
                if case.entries.len() >= ENTRIES_MAX {
                    return Err(Refused::Full);
                }
                let last = case.entries.last().map_or(0, |entry| entry.number);
                case.entries.push(CaseEntry {
                    number: last + 1,
                    ..entry.clone()
                });
                Ok(())
            });
            changed.map_err(problem)
        })?;
        self.shaped(changed, id)
    }

    /// An entry as it would be the first of a case.
    fn entry(&self, wanted: &NewEntryBody) -> Result<CaseEntry, Problem> {
        let kind = EntryKind::from_word(wanted.kind.trim())
            .ok_or_else(|| problems::parameter("kind", "expected item, story, burst or note"))?;
        let by = self.by(&wanted.by)?;
        let note = note(&wanted.note)?;
        let subject = wanted.subject.as_deref().map(str::trim);
        let about = match (kind, subject.filter(|subject| !subject.is_empty())) {
            (EntryKind::Note, None) if note.is_empty() => {
                return Err(problems::parameter("note", "a note is needed"));
            }
            (EntryKind::Note, None) => None,
            (EntryKind::Note, Some(_)) => {
                return Err(problems::parameter(
                    "subject",
                    "a note is about nothing else",
                ));
            }
            (_, None) => return Err(problems::parameter("subject", "an id is needed")),
            (kind, Some(subject)) => Some(self.about(kind, subject)?),
        };
        let time = about.as_ref().map(|about| about.time);
        let (subject, title, source, address) = match about {
            Some(about) => (
                Some(about.subject),
                about.title,
                about.source,
                about.address,
            ),
            None => (None, String::new(), None, None),
        };
        Ok(CaseEntry {
            number: 1,
            added: self.now(),
            by,
            kind,
            subject,
            title,
            time,
            source,
            address,
            note,
            removed: None,
        })
    }

    /// Takes something out of a case; that it was there stays on record.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such case or entry, or it is not said who does it.
    pub fn take_from_case(&self, id: &str, number: u32, by: &str) -> Result<CaseBody, Problem> {
        let by = self.by(by)?;
        let now = self.now();
        let changed = self.desk.with(|desk| {
            let changed = desk.change_case(id, |case| {
                let mut entries = case.entries.iter_mut();
                let entry = entries.find(|entry| entry.number == number);
                let entry = entry.ok_or(Refused::NoEntry)?;
                if entry.removed.is_none() {
                    entry.removed = Some((now, by.clone()));
                }
                Ok(())
            });
            changed.map_err(problem)
        })?;
        self.shaped(changed, id)
    }

    fn by(&self, by: &str) -> Result<String, Problem> {
        let by = line("by", by, bellwether_alert::BY_CHARS_MAX)?;
        by.ok_or_else(|| problems::parameter("by", "it is not said who; give a name"))
    }

    fn about(&self, kind: EntryKind, subject: &str) -> Result<About, Problem> {
        Ok(match kind {
            EntryKind::Item | EntryKind::Note => {
                let item = self.item(subject)?.item;
                About {
                    title: titled(&item.title, &item.snippet),
                    time: item.time,
                    source: Some(item.source),
                    address: item.url,
                    subject: item.id,
                }
            }
            EntryKind::Story => {
                let story = self.story(subject)?;
                let first = story.members.first();
                About {
                    title: titled(&story.title, ""),
                    time: first.map_or(self.now(), |member| member.item.time),
                    source: first.map(|member| member.item.source.clone()),
                    address: first.and_then(|member| member.item.url.clone()),
                    subject: story.story,
                }
            }
            EntryKind::Burst => {
                let burst = self.burst(subject)?;
                About {
                    title: titled(&burst.name, ""),
                    time: burst.started,
                    source: None,
                    address: None,
                    subject: burst.id,
                }
            }
        })
    }

    fn shaped(&self, case: Option<Case>, id: &str) -> Result<CaseBody, Problem> {
        let case = case.ok_or_else(|| {
            problems::not_found("case", id).hint("`GET /api/v1/cases` lists all with their ids")
        })?;
        let base = self.settings.public_url.as_deref();
        let entry = |entry: &CaseEntry| CaseEntryBody {
            number: entry.number,
            added: entry.added,
            by: entry.by.clone(),
            kind: entry.kind.as_str().to_owned(),
            subject: entry.subject.clone(),
            title: entry.title.clone(),
            time: entry.time,
            source: entry.source.clone(),
            address: entry.address.clone(),
            note: entry.note.clone(),
            link: (entry.subject.as_deref())
                .and_then(|subject| entry_link(base, entry.kind.as_str(), subject)),
        };
        Ok(CaseBody {
            id: case.id.clone(),
            title: case.title.clone(),
            opened: case.opened,
            by: case.by.clone(),
            entries: case.present().map(entry).collect(),
        })
    }
}

fn titled(title: &str, else_by: &str) -> String {
    let shown = if title.trim().is_empty() {
        else_by
    } else {
        title
    };
    excerpt(&display_safe(shown), TITLE_CHARS_MAX)
}

/// A note as it is kept: its lines, without what has no shape.
fn note(text: &str) -> Result<String, Problem> {
    let lines: Vec<String> = text
        .lines()
        .map(|line| display_safe(line.trim_end()))
        .collect();
    let note = lines.join("\n").trim().to_owned();
    if note.chars().count() > NOTE_CHARS_MAX {
        let why = format!("it is too long; the limit is {NOTE_CHARS_MAX} characters");
        return Err(problems::parameter("note", why));
    }
    Ok(note)
}

/// Why a case was not changed.
enum Refused {
    Full,
    NoEntry,
    Store(ArchiveError),
}

impl From<ArchiveError> for Refused {
    fn from(error: ArchiveError) -> Self {
        Self::Store(error)
    }
}

fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Full => Problem::new(409, "case-full", "the case is full")
            .detail(format!("at most {ENTRIES_MAX} entries are kept in one"))
            .hint("open another"),
        Refused::NoEntry => Problem::new(404, "not-found", "there is no such entry"),
        Refused::Store(error) => problems::archive(error),
    }
}
