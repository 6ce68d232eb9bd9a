//! Where we differ from a reference on purpose.

/// What the name of a document ends with or holds, and why we differ.
const DELIBERATE: [(&str, &str); 40] = [
    (
        "illformed/chardet/",
        "feedparser reads another charset than the document's; ours gives words",
    ),
    ("rss_incomplete_cdata", CUT),
    ("tests/json/example", CANNOT),
    ("trafilatura:tests/resources/feed.json", CANNOT),
    ("feed-utf16be", CANNOT),
    ("feed-utf16le", CANNOT),
    (
        "_multiple_values",
        "of two dates of one kind the first counts, not the last",
    ),
    ("entry_link_no_href_link_priority", ENCLOSURE),
    ("entry_link_rel_enclosure_no_href", ENCLOSURE),
    ("http_entry_id_base", AS_WRITTEN),
    ("entry_id_xml_base", AS_WRITTEN),
    ("node_precedence/atom10_id", AS_WRITTEN),
    ("guid_naked_markup", "an id of markup is none"),
    (
        "entity_in_doctype",
        "entities of a document type are not resolved: a sender could make them grow",
    ),
    ("item_category_image", NOT_ITS_OWN),
    ("newsboat:test/data/atom10_2", NOT_ITS_OWN),
    ("newsboat:test/data/rss20_2", NOT_ITS_OWN),
    ("entry_title_crazy", "what its sanitizer leaves of a script"),
    ("rdf_item_links", FIRST_LINK),
    ("rss_channel_item_links", FIRST_LINK),
    ("atom_example_3", BEHIND),
    ("rss_2.0_rps", BEHIND),
    ("rss_2.0_wirecutter", BEHIND),
    ("resources/xml/ep/", EARLIER),
    ("resources/xml/v/", EARLIER),
    ("sunnyvale", "feedparser misreads the zone of `8:56 am PST`"),
    ("yweather", "feedparser misreads the zone of `10:59 am PDT`"),
    (
        "feed_rss-2.0_for_file_mock",
        "white space inside words that were encoded twice",
    ),
    ("demoronize-3", RESOLVED),
    ("charref_uppercase_x", RESOLVED),
    ("entry_content_and_summary", CONTENT),
    ("item_summary_and_description", CONTENT),
    (
        "http_content_language",
        "the server's word on the language is not read",
    ),
    (
        "feedburner_browserfriendly",
        "a note to browsers is no description",
    ),
    ("atommathml", DRAWING),
    ("atomsvg", DRAWING),
    ("rss2.0mathml", DRAWING),
    ("rss2.0svg", DRAWING),
    (
        "not_a_doctype",
        "what begins like a declaration of HTML is not shown",
    ),
    (
        "channel_description_shorttag",
        "an empty description is none",
    ),
];

const CUT: &str = "an item that is cut off is left out: the next poll brings it whole";
const CANNOT: &str = "feedparser 6.0.14 cannot read the document; ours has its items";
const ENCLOSURE: &str = "feedparser 6.0.14 takes an enclosure for the page, against its own test";
const AS_WRITTEN: &str = "ids stay as written; they are not resolved as addresses";
const NOT_ITS_OWN: &str = "the title of a picture or a file is not the entry's";
const FIRST_LINK: &str = "of several links the first counts, not the last";
const BEHIND: &str = "the address behind a counting link, without what only counts";
const EARLIER: &str = "earlier wordings inside an item (Simple Sharing) are no items";
const RESOLVED: &str = "references are resolved: we keep text, not markup";
const CONTENT: &str = "the content is the text; the summary only where there is no content";
const DRAWING: &str = "formulas and drawings are no text";

/// Why a document differs on purpose; `None` where it does not.
pub(crate) fn reason(id: &str) -> Option<&'static str> {
    DELIBERATE
        .iter()
        .find(|(name, _)| id.contains(name))
        .map(|(_, reason)| *reason)
}

/// The documents that differ, by reason, and those without one.
#[derive(Default)]
pub(crate) struct Differences {
    by_reason: std::collections::BTreeMap<&'static str, usize>,
    unexplained: Vec<String>,
}

impl Differences {
    pub(crate) fn add(&mut self, id: &str, what: String) {
        match reason(id) {
            Some(reason) => *self.by_reason.entry(reason).or_default() += 1,
            None => self.unexplained.push(format!("{id}: {what:.300}")),
        }
    }

    pub(crate) fn tell(&self) {
        println!("\ndifferences on purpose (documents and checks)");
        for (reason, count) in &self.by_reason {
            println!("  {count:>5}  {reason}");
        }
        println!("other differences: {}", self.unexplained.len());
        for line in &self.unexplained {
            println!("  {line}");
        }
    }
}
