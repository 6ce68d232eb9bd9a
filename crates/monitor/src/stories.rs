//! Tells of each text which story it belongs to, and what it is reworded from.
//!
//! Equal texts are known by their digest for 30 days, in the store; texts that are nearly equal or
//! reworded are looked for among those of the last three days, in memory. What is in memory is a
//! function of the log: it is read again from there when the monitor is opened.

use bellwether_archive::{Derived, EntryBody, LogReader, Rewording, TitleUse};
use bellwether_lineage::{
    Details, Fingerprint, Part, Stories, StorySettings, TextRef, Texts, is_column_title,
};
use bellwether_model::{Item, Seq, StoryId, Timestamp};
use bellwether_query::AnalysedItem;
use bellwether_text::{Analysed, analyse, digest};
use jiff::SignedDuration;

use crate::error::MonitorError;

/// A text that nobody has carried for so long begins a new story (DESIGN 5.3).
const STORY_DAYS: i64 = 30;

/// A title that no publisher has used for so long is no column's: those of a week come again.
const TITLE_DAYS: i64 = 15;

/// Entries read at once.
const ENTRIES: usize = 2_000;

/// The stories of the log.
pub(crate) struct StoryBook {
    stories: Stories,
    look_back: SignedDuration,
}

impl StoryBook {
    /// Reads the texts of the last days again.
    pub(crate) fn load(
        log: &LogReader,
        derived: &Derived,
        seq: Seq,
        now: Timestamp,
    ) -> Result<Self, MonitorError> {
        let settings = StorySettings::default();
        let mut book = Self {
            stories: Stories::new(settings),
            look_back: SignedDuration::from_secs(settings.look_back_seconds),
        };
        let since = before(now, book.look_back);
        let mut at = log.place_before(since)?;
        let mut seen = std::collections::HashSet::new();
        while at < seq {
            let entries = log.entries_after(at, ENTRIES)?;
            let Some(last) = entries.last() else { break };
            at = last.seq;
            for entry in entries.iter().filter(|entry| entry.seq <= seq) {
                let (EntryBody::Item(id) | EntryBody::Version(id)) = entry.body else {
                    continue;
                };
                let Some(item) = log.item_at(id, entry.seq)? else {
                    continue;
                };
                let (title, body) = (analyse(&item.title), analyse(&item.text));
                let Some(digest) = digest(&title, &body) else {
                    continue;
                };
                if is_column_title(&title, &body) {
                    continue;
                }
                if !seen.insert(digest) {
                    continue;
                }
                if let Some(known) = derived.known_story(&digest, Timestamp::MIN)? {
                    let text = TextRef {
                        item: id,
                        seq: entry.seq,
                    };
                    let print = Fingerprint::of(&parts(&item, [&title, &body]));
                    book.stories
                        .insert(text, known.story, entry.at, print, None);
                }
            }
        }
        Ok(book)
    }

    /// The story of an item's wording, which is noted; `None` where there is no text to compare, or
    /// the title of a column.
    /// `at` is the log's time.
    pub(crate) fn take(
        &mut self,
        log: &LogReader,
        derived: &mut Derived,
        item: &Item,
        analysed: &AnalysedItem,
        entry: (Seq, Timestamp),
    ) -> Result<Option<StoryId>, MonitorError> {
        let (seq, at) = entry;
        let Some(digest) = digest(&analysed.title, &analysed.text) else {
            return Ok(None);
        };
        if analysed.text.is_empty()
            && derived.use_title(&TitleUse {
                digest: &digest,
                publisher: &item.publisher,
                item: item.id,
                time: item.time,
                is_short: is_column_title(&analysed.title, &analysed.text),
            })?
        {
            return Ok(None);
        }
        let text = TextRef { item: item.id, seq };
        let known = derived.known_story(&digest, days_before(item.time, STORY_DAYS))?;
        if let Some(known) = known {
            derived.put_story(&digest, known.story, item.time)?;
            if known.last < before(at, self.look_back) {
                // Carried again after days: those who copy it now are to be found.
                let print = fingerprint(item, analysed);
                self.stories.insert(text, known.story, at, print, None);
            }
            return Ok(Some(known.story));
        }
        let print = fingerprint(item, analysed);
        let own = || details(item, analysed);
        let likes = self.stories.find(&print, own, &FromLog(log));
        let story = likes
            .near
            .iter()
            .map(|like| like.story)
            .min()
            .unwrap_or(StoryId(seq.0));
        for like in likes.near.iter().filter(|like| like.story != story) {
            derived.merge_stories(like.story, story)?;
            self.stories.merge(like.story, story);
        }
        for like in &likes.reworded {
            // What one publisher says again in its own phrases is no copy.
            let other = log.item_at(like.text.item, like.text.seq)?;
            if other.is_none_or(|other| other.publisher == item.publisher) {
                continue;
            }
            derived.put_rewording(&Rewording {
                item: item.id,
                other: like.text.item,
                score: like.score,
            })?;
        }
        derived.put_story(&digest, story, item.time)?;
        self.stories.insert(text, story, at, print, likes.details);
        Ok(Some(story))
    }
}

/// Forgets texts that nobody has carried for as long as a story lasts, and titles that are no
/// column's.
pub(crate) fn forget(derived: &mut Derived, now: Timestamp) -> Result<(), MonitorError> {
    derived.forget_titles(days_before(now, TITLE_DAYS))?;
    Ok(derived.forget_stories(days_before(now, STORY_DAYS))?)
}

/// What is compared of an item.
pub(crate) fn fingerprint(item: &Item, analysed: &AnalysedItem) -> Fingerprint {
    Fingerprint::of(&parts(item, [&analysed.title, &analysed.text]))
}

fn details(item: &Item, analysed: &AnalysedItem) -> Details {
    let parts = parts(item, [&analysed.title, &analysed.text]);
    Details::of(&parts, analysed.lang)
}

fn parts<'a>(item: &'a Item, [title, text]: [&'a Analysed; 2]) -> [Part<'a>; 2] {
    [
        Part {
            raw: &item.title,
            units: title,
        },
        Part {
            raw: &item.text,
            units: text,
        },
    ]
}

/// Reads wordings from the log. One that cannot be read is taken for gone: what is like it is then
/// not found, which the next reading of the log mends.
struct FromLog<'a>(&'a LogReader);

impl FromLog<'_> {
    fn read(&self, text: TextRef) -> Option<Item> {
        self.0
            .item_at(text.item, text.seq)
            .inspect_err(
                |error| tracing::warn!(item = %text.item, %error, "a text cannot be compared"),
            )
            .ok()
            .flatten()
    }
}

impl Texts for FromLog<'_> {
    fn fingerprint(&self, text: TextRef) -> Option<Fingerprint> {
        let item = self.read(text)?;
        // Without its language, which takes longer to tell than all else and is not compared.
        let (title, body) = (analyse(&item.title), analyse(&item.text));
        Some(Fingerprint::of(&parts(&item, [&title, &body])))
    }

    fn details(&self, text: TextRef) -> Option<Details> {
        let item = self.read(text)?;
        let analysed = AnalysedItem::of(&item);
        Some(details(&item, &analysed))
    }
}

fn before(time: Timestamp, length: SignedDuration) -> Timestamp {
    time.checked_sub(length).unwrap_or(Timestamp::MIN)
}

fn days_before(time: Timestamp, days: i64) -> Timestamp {
    before(time, SignedDuration::from_hours(24 * days))
}
