//! What happens on the last day beside everyday: five things that look alike to a counter of items,
//! and of which one is a burst.
//!
//! | part | local time | what it is | what a monitor should make of it |
//! |---|---|---|---|
//! | mentions | all day | the few usual mentions of the claims | nothing |
//! | wire | 09:10 | one dispatch with the rule's words, carried by eight families | one story: no burst |
//! | organic | 11:20 | a ferry runs aground; everyone writes of it in own words | no rule asks for it |
//! | push | 14:00 | state outlets first, 41 minutes later the islands' own, copies among them | the burst |
//! | spam | 20:00 | thirty texts with the rule's words on three sites of one owner | one family: no burst |
//!
//! They stand far enough apart for windows of two hours to hold one of them only.

use crate::chance::Chance;
use crate::outlets::Lang;
use crate::phrases::{Topic, Words, book, write};
use crate::texts::{FERRY, PUSH, SPAM_LEADS, SPAM_TITLES, Text, WIRE};
use crate::{Draft, Part};

/// First minute of the wire story, of the local day.
const WIRE_AT: u32 = 9 * 60 + 10;
/// First minute of the ferry's day.
const ORGANIC_AT: u32 = 11 * 60 + 20;
/// First minute of the push.
pub(crate) const PUSH_AT: u32 = 14 * 60;
/// Minutes from the first item of the push to the end of the span it lies in.
pub(crate) const PUSH_MINUTES: u32 = 90;
/// First minute of the spam.
const SPAM_AT: u32 = 20 * 60;

/// Who carries the wire story, and how many minutes after its first minute.
const WIRE_CARRIERS: [(u32, &str); 8] = [
    (0, "island-agency"),
    (4, "orsalle-radio"),
    (9, "tavimora-times"),
    (13, "dunmeru-gazette"),
    (18, "kallibey-now"),
    (24, "norrekin-daily"),
    (31, "coast-courier"),
    (38, "suvaleth-vestnik"),
];

/// Who writes of the ferry: minutes after the first, outlet, which of the texts.
const FERRY_REPORTS: [(u32, &str, usize); 14] = [
    (0, "orsalle-radio", 0),
    (6, "tavimora-evening", 1),
    (9, "island-agency", 2),
    (14, "norrekin-daily", 3),
    (19, "coast-courier", 4),
    (22, "suvaleth-vestnik", 5),
    (27, "harbour-board", 6),
    (33, "tavimora-times", 7),
    (41, "dunmeru-gazette", 8),
    (52, "kallibey-now", 9),
    (60, "veskand-radio", 10),
    (68, "coast-courier", 11),
    (79, "norrekin-daily", 12),
    (95, "orsalle-radio", 13),
];

/// The push: minutes after the first, outlet, which of the texts. The first to publish are two
/// families of the state role; five of the islands follow. Chinese copies change their script,
/// which is no other text.
const PUSH_ITEMS: [(u32, &str, usize); 24] = [
    (0, "veskand-herald-zh", 0),
    (5, "veskand-herald", 2),
    (9, "veskand-radio", 3),
    (17, "veskand-herald-zh", 4),
    (28, "veskand-radio", 6),
    (41, "norrekin-daily", 1),
    (44, "coast-courier", 0),
    (46, "suvaleth-vestnik", 3),
    (49, "kallibey-now", 2),
    (51, "harbour-board", 7),
    (54, "kallibey-today", 2),
    (57, "norrekin-daily", 5),
    (60, "coast-courier", 8),
    (63, "suvaleth-vestnik", 9),
    (66, "harbour-board", 1),
    (69, "kallibey-voice", 10),
    (72, "norrekin-daily", 11),
    (75, "harbour-board", 12),
    (77, "coast-courier", 4),
    (79, "kallibey-voice", 2),
    (81, "suvaleth-vestnik", 6),
    (83, "harbour-board", 5),
    (86, "kallibey-today", 10),
    (88, "harbour-board", 11),
];

/// The three sites of one owner.
const SPAM_SITES: [&str; 3] = ["kallibey-now", "kallibey-today", "kallibey-voice"];
const SPAM_ITEMS: usize = 30;
const SPAM_MINUTES: u32 = 90;

/// The usual mentions on the last day: minute, outlet, and whether of the machines.
const MENTIONS: [(u32, &str, bool); 3] = [
    (7 * 60 + 25, "dunmeru-gazette", true),
    (12 * 60 + 50, "tavimora-times", false),
    (18 * 60 + 35, "tavimora-evening", true),
];

/// All that the last day has beside everyday, in no particular order.
pub(crate) fn drafts(chance: &mut Chance) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = MENTIONS
        .iter()
        .filter_map(|&(minute, id, is_of_machines)| {
            let lang = crate::outlets::outlet(id)?.lang;
            let topic = mentioned(lang, is_of_machines);
            let words = write(lang, topic, chance);
            Some(Draft::new(id, minute, lang, words, Part::Mention))
        })
        .collect();
    drafts.extend(
        WIRE_CARRIERS
            .iter()
            .map(|&(after, id)| published(id, WIRE_AT + after, &WIRE, Part::Wire)),
    );
    drafts.extend(listed(&FERRY_REPORTS, ORGANIC_AT, &FERRY, Part::Organic));
    drafts.extend(listed(&PUSH_ITEMS, PUSH_AT, &PUSH, Part::Push));
    drafts.extend(spam());
    drafts
}

/// The topic of a usual mention.
pub(crate) const fn mentioned(lang: Lang, is_of_machines: bool) -> &'static Topic {
    let book = book(lang);
    if is_of_machines {
        &book.machines
    } else {
        &book.postponed
    }
}

fn listed(
    items: &'static [(u32, &'static str, usize)],
    start: u32,
    texts: &'static [Text],
    part: Part,
) -> impl Iterator<Item = Draft> {
    items.iter().filter_map(move |&(after, id, text)| {
        Some(published(id, start + after, texts.get(text)?, part))
    })
}

fn published(id: &'static str, minute: u32, text: &Text, part: Part) -> Draft {
    let words = Words {
        title: text.title.to_owned(),
        text: text.text.to_owned(),
    };
    Draft::new(id, minute, text.lang, words, part)
}

/// The numbers of titles and of leads have no common divisor, so no pair comes twice.
fn spam() -> impl Iterator<Item = Draft> {
    SPAM_SITES
        .iter()
        .cycle()
        .zip(SPAM_TITLES.iter().cycle().zip(SPAM_LEADS.iter().cycle()))
        .take(SPAM_ITEMS)
        .zip(0_u32..)
        .map(|((&id, (title, lead)), number)| {
            let minute = SPAM_AT + number * SPAM_MINUTES / SPAM_ITEMS as u32;
            let words = Words {
                title: (*title).to_owned(),
                text: (*lead).to_owned(),
            };
            Draft::new(id, minute, Lang::En, words, Part::Spam)
        })
}
