//! Tells of each text which story it belongs to, and what it is reworded from.
//!
//! Equal texts are known by their digest for 30 days, in the store; texts that are nearly equal or
//! reworded are looked for among those of the last three days, in memory. Which texts these are, in
//! which story and how they stand in the table is noted with what is derived, so that a monitor that is
//! opened again finds what one that was never closed does.

use std::sync::Arc;

use bellwether_archive::{Compared, Derived, LogReader, Rewording, StoryMerge, TitleUse};
use bellwether_lineage::{
    Details, Entered, Fingerprint, Part, Stories, StorySettings, TextRef, Texts, is_column_title,
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

/// Texts read at once.
const ENTRIES: usize = 2_000;

/// The stories of the log.
pub(crate) struct StoryBook {
    stories: Stories,
    look_back: SignedDuration,
}

impl StoryBook {
    /// Reads the texts of the last days again, as they were taken in.
    pub(crate) fn load(
        log: &LogReader,
        derived: &Derived,
        now: Timestamp,
    ) -> Result<Self, MonitorError> {
        let settings = StorySettings::default();
        let mut book = Self {
            stories: Stories::new(settings),
            look_back: SignedDuration::from_secs(settings.look_back_seconds),
        };
        let mut at = log.place_before(before(now, book.look_back))?;
        let mut merges = derived.merges_after(at)?.into_iter().peekable();
        loop {
            let compared = derived.compared_after(at, ENTRIES)?;
            let Some(last) = compared.last() else { break };
            at = last.seq;
            for known in compared {
                while let Some(merge) = merges.next_if(|merge| merge.seq <= known.seq) {
                    book.stories.merge(merge.from, merge.into);
                }
                // It may have been forgotten.
                let Some(item) = log.item_at(known.item, known.seq)? else {
                    continue;
                };
                let text = TextRef {
                    item: known.item,
                    seq: known.seq,
                };
                let (title, body) = (analyse(&item.title), analyse(&item.text));
                let print = Fingerprint::of(&parts(&item, [&title, &body]));
                let entered = Entered(known.entered);
                book.stories
                    .insert_again(text, known.story, known.at, &print, entered);
            }
        }
        for merge in merges {
            book.stories.merge(merge.from, merge.into);
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
                self.insert(derived, text, known.story, at, &print, None)?;
            }
            return Ok(Some(known.story));
        }
        let print = fingerprint(item, analysed);
        let own = || details(item, analysed);
        self.stories.pass(at);
        let likes = self.stories.find(&print, own, &FromLog(log));
        let story = likes
            .near
            .iter()
            .map(|like| like.story)
            .min()
            .unwrap_or(StoryId(seq.0));
        for like in likes.near.iter().filter(|like| like.story != story) {
            derived.merge_stories(like.story, story, seq)?;
            derived.put_merge(&StoryMerge {
                seq,
                from: like.story,
                into: story,
            })?;
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
        self.insert(derived, text, story, at, &print, likes.details)?;
        Ok(Some(story))
    }

    /// Later texts are compared with this one, also after the monitor is opened again.
    fn insert(
        &mut self,
        derived: &mut Derived,
        text: TextRef,
        story: StoryId,
        at: Timestamp,
        print: &Fingerprint,
        details: Option<Arc<Details>>,
    ) -> Result<(), MonitorError> {
        if let Some(entered) = self.stories.insert(text, story, at, print, details) {
            derived.put_compared(&Compared {
                seq: text.seq,
                item: text.item,
                at,
                story,
                entered: entered.0,
            })?;
        }
        Ok(())
    }
}

/// Forgets texts that nobody has carried for as long as a story lasts, those that are compared no
/// longer, and titles that are no column's.
pub(crate) fn forget(
    log: &LogReader,
    derived: &mut Derived,
    now: Timestamp,
) -> Result<(), MonitorError> {
    let look_back = SignedDuration::from_secs(StorySettings::default().look_back_seconds);
    derived.forget_compared(log.place_before(before(now, look_back))?)?;
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
