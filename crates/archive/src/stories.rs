//! Which story each item tells, in memory: what counting stories asks once for every match.
//!
//! Stories are numbered here from 0, and so are the items that tell none, each by itself: to count
//! distinct stories is to count distinct numbers. A number means the same until the derived data is
//! thrown away.
//!
//! An item costs 12 bytes and an entry of the log 2 bits, as entries are numbered together and items
//! are some of them.
//!
//! [`StoryTable::follow`] reads what is new: items after the last one it knows, and the items of
//! `moved`, where the writer notes each item whose story became another. After `rebuild derived`,
//! which gives the data another generation, it reads everything again.

use bellwether_model::{ItemId, StoryId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::ArchiveError;
use crate::derived::{Derived, DerivedMark};
use crate::sql::{int, uint};

/// With more new items than this, reading everything is faster: it needs no look-up for each.
const NEW_MAX: i64 = 50_000;

/// Items beyond this place of the log are not known here; years of the busiest log.
const ID_MAX: u64 = u32::MAX as u64;

/// The number of an item that is about to get one.
const UNSET: u32 = u32::MAX;

/// Sixty-four places of the log: which are items, and how many items come before them.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    items: u64,
    before: u32,
}

/// The story of each item.
#[derive(Debug, Clone, Default)]
pub struct StoryTable {
    mark: Option<DerivedMark>,
    moved: i64,
    last: u64,
    blocks: Vec<Block>,
    /// For each item in order the number of its story.
    numbers: Vec<u32>,
    /// For each number how many items it has; 0 where it stands for an item without a story.
    sizes: Vec<u32>,
    /// For each number its story; 0, which no entry has, where there is none.
    stories: Vec<u32>,
}

impl StoryTable {
    /// Whether nothing was derived since it followed.
    #[must_use]
    pub fn is_at(&self, mark: DerivedMark) -> bool {
        self.mark == Some(mark)
    }

    /// The number of an item's story; `None` where the item is not known yet.
    #[must_use]
    #[inline]
    pub fn number(&self, item: ItemId) -> Option<u32> {
        self.numbers.get(self.place(item.0)?).copied()
    }

    /// How many items tell the story of a number; 0 where it stands for an item without a story.
    #[must_use]
    pub fn size(&self, number: u32) -> u32 {
        self.sizes.get(number as usize).copied().unwrap_or(0)
    }

    /// The story of a number; `None` where it stands for an item without one.
    #[must_use]
    pub fn story(&self, number: u32) -> Option<StoryId> {
        let story = self.stories.get(number as usize).copied().unwrap_or(0);
        (story > 0).then_some(StoryId(u64::from(story)))
    }

    /// All numbers are below this.
    #[must_use]
    pub fn numbers_end(&self) -> usize {
        self.sizes.len()
    }

    /// Reads what was derived since.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn follow(&mut self, derived: &Derived) -> Result<(), ArchiveError> {
        let mark = derived.mark()?;
        if self.is_at(mark) {
            return Ok(());
        }
        let is_same = self
            .mark
            .is_some_and(|known| known.generation == mark.generation && known.seq <= mark.seq);
        let followed = derived.at_once(|connection| {
            if is_same && self.read_new(connection)? {
                return Ok(());
            }
            *self = Self::read_all(connection)?;
            Ok(())
        });
        // What was written between the two is read again next time, which changes nothing.
        self.mark = followed.is_ok().then_some(mark);
        followed
    }

    #[inline]
    fn place(&self, id: u64) -> Option<usize> {
        let block = self.blocks.get(usize::try_from(id / 64).ok()?)?;
        let bit = 1_u64 << (id % 64);
        if block.items & bit == 0 {
            return None;
        }
        Some(block.before as usize + (block.items & (bit - 1)).count_ones() as usize)
    }

    fn read_all(connection: &Connection) -> rusqlite::Result<Self> {
        let mut table = Self {
            moved: moved_end(connection)?,
            ..Self::default()
        };
        // This index holds all that is asked for, the table ten times as much.
        let mut items = connection.prepare("SELECT item FROM item INDEXED BY item_story")?;
        let mut rows = items.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += usize::from(table.mark_item(uint(row.get(0)?)));
        }
        let mut before = 0;
        for block in &mut table.blocks {
            block.before = before;
            before += block.items.count_ones();
        }
        table.numbers = vec![UNSET; count];
        let mut stories = connection
            .prepare("SELECT story, item FROM item INDEXED BY item_story ORDER BY story")?;
        let mut rows = stories.query([])?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            let story: Option<i64> = row.get(0)?;
            let Some(place) = table.place(uint(row.get(1)?)) else {
                continue;
            };
            if story.is_none() || story != last {
                table.begin(story);
            }
            last = story;
            let number = table.sizes.len() - 1;
            table.sizes[number] += u32::from(story.is_some());
            table.numbers[place] = u32::try_from(number).unwrap_or(UNSET);
        }
        Ok(table)
    }

    /// Gives out the next number.
    fn begin(&mut self, story: Option<i64>) -> u32 {
        self.sizes.push(0);
        let story = story.and_then(|story| u32::try_from(story).ok());
        self.stories.push(story.unwrap_or(0));
        u32::try_from(self.sizes.len() - 1).unwrap_or(UNSET)
    }

    /// Notes that an entry is an item.
    fn mark_item(&mut self, id: u64) -> bool {
        let at = match usize::try_from(id / 64) {
            Ok(at) if id <= ID_MAX => at,
            _ => return false,
        };
        if self.blocks.len() <= at {
            self.blocks.resize(at + 1, Block::default());
        }
        self.blocks[at].items |= 1 << (id % 64);
        self.last = self.last.max(id);
        true
    }

    /// Takes in what is new; `false` where everything has to be read again.
    fn read_new(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let moved_end = moved_end(connection)?;
        let new: Vec<u64> = connection
            .prepare_cached("SELECT item FROM item WHERE item > ?1 ORDER BY item LIMIT ?2")?
            .query_map(params![int(self.last), NEW_MAX], |row| row.get(0).map(uint))?
            .collect::<Result<_, _>>()?;
        if i64::try_from(new.len()) == Ok(NEW_MAX) {
            return Ok(false);
        }
        let mut moved: Vec<u64> = connection
            .prepare_cached("SELECT item FROM moved WHERE number > ?1 LIMIT ?2")?
            .query_map(params![self.moved, NEW_MAX], |row| row.get(0).map(uint))?
            .collect::<Result<_, _>>()?;
        if i64::try_from(moved.len()) == Ok(NEW_MAX) {
            return Ok(false);
        }
        moved.sort_unstable();
        moved.dedup();
        let last = self.last;
        moved.retain(|item| *item <= last);
        for item in &moved {
            let Some(place) = self.place(*item) else {
                return Ok(false);
            };
            let number = std::mem::replace(&mut self.numbers[place], UNSET);
            if let Some(size) = self.sizes.get_mut(number as usize) {
                *size = size.saturating_sub(1);
            }
        }
        for item in &new {
            self.append(*item);
        }
        for item in moved.into_iter().chain(new) {
            self.assign(connection, item)?;
        }
        self.moved = moved_end;
        Ok(true)
    }

    fn append(&mut self, id: u64) {
        let begun = self.blocks.len();
        if !self.mark_item(id) {
            return;
        }
        let before = u32::try_from(self.numbers.len()).unwrap_or(UNSET);
        for block in self.blocks.iter_mut().skip(begun) {
            block.before = before;
        }
        self.numbers.push(UNSET);
    }

    /// Gives an item the number of its story: that of another item which has it already.
    fn assign(&mut self, connection: &Connection, item: u64) -> rusqlite::Result<()> {
        let Some(place) = self.place(item) else {
            return Ok(());
        };
        let story: Option<i64> = connection
            .prepare_cached("SELECT story FROM item WHERE item = ?1")?
            .query_row([int(item)], |row| row.get(0))
            // Removed since the mark was read; whoever follows next reads everything again.
            .optional()?
            .flatten();
        let mut number = None;
        if let Some(story) = story {
            let mut members = connection
                .prepare_cached("SELECT item FROM item WHERE story = ?1 ORDER BY item")?;
            let mut rows = members.query([story])?;
            while let (None, Some(row)) = (number, rows.next()?) {
                let member = self.place(uint(row.get(0)?));
                number = member
                    .and_then(|place| self.numbers.get(place).copied())
                    .filter(|number| *number != UNSET);
            }
        }
        let number = number.unwrap_or_else(|| self.begin(story));
        if let Some(size) = self.sizes.get_mut(number as usize) {
            *size += u32::from(story.is_some());
        }
        self.numbers[place] = number;
        Ok(())
    }
}

fn moved_end(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(number), 0) FROM moved", [], |row| {
        row.get(0)
    })
}
