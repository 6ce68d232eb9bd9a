//! Cases, as programs see them, as Markdown and as a table.

use std::fmt::Write as _;

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::csv::{self, Cell};
use crate::permalink::push_escaped;

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseSummaryBody {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// By whom: an account, or a name that somebody typed.
    pub by: String,
    /// When something was put there or taken out last.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// What is in it, in number.
    pub entries: u32,
}

/// A case with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseBody {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// By whom: an account, or a name that somebody typed.
    pub by: String,
    /// What is in it, in the order in which it was put there; what was taken out is not among it.
    pub entries: Vec<CaseEntryBody>,
}

/// Something in a case, as it was when it was put there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseEntryBody {
    /// Its number in the case.
    pub number: u32,
    /// When it was put there.
    #[schema(value_type = String, format = DateTime)]
    pub added: Timestamp,
    /// By whom.
    pub by: String,
    /// `item`, `story`, `burst` or `note`.
    pub kind: String,
    /// The id of the item, story or burst.
    pub subject: Option<String>,
    /// What it was called.
    pub title: String,
    /// Its time then: of a story that of its first member, of a burst that of its beginning.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub time: Option<Timestamp>,
    /// Its source then.
    pub source: Option<String>,
    /// Where its source had it then.
    pub address: Option<String>,
    /// What is said of it.
    pub note: String,
    /// The page with the evidence; a path without a configured `public_url`.
    pub link: Option<String>,
}

/// A case to be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCaseBody {
    /// What it is called: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Who opens it, as for an acknowledgement.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub by: String,
}

/// Something to be put into a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntryBody {
    /// `item`, `story`, `burst` or `note`.
    #[schema(example = "burst")]
    pub kind: String,
    /// The id of the item, story or burst; none for a note.
    #[serde(default)]
    pub subject: Option<String>,
    /// What is said of it, at most 4,000 characters; of a note all there is.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub note: String,
    /// Who, as for an acknowledgement.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub by: String,
}

/// The page with the evidence of an entry; `None` for a note.
#[must_use]
pub fn entry_link(base: Option<&str>, kind: &str, subject: &str) -> Option<String> {
    let of = match kind {
        "item" => "items",
        "story" => "stories",
        "burst" => "bursts",
        _ => return None,
    };
    let mut link = format!("{}/{of}/", base.unwrap_or_default().trim_end_matches('/'));
    push_escaped(&mut link, subject);
    Some(link)
}

const COLUMNS: [&str; 11] = [
    "number", "kind", "subject", "title", "time", "source", "address", "note", "added", "by",
    "link",
];

impl CaseBody {
    /// The case as a table.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out = csv::BYTE_ORDER_MARK.to_owned();
        csv::line(&mut out, COLUMNS.map(Cell::from));
        let text = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::from);
        for entry in &self.entries {
            let cells = [
                entry.number.into(),
                (&entry.kind).into(),
                text(&entry.subject),
                (&entry.title).into(),
                entry.time.map_or(Cell::Empty, Cell::from),
                text(&entry.source),
                text(&entry.address),
                (&entry.note).into(),
                entry.added.into(),
                (&entry.by).into(),
                text(&entry.link),
            ];
            csv::line(&mut out, cells);
        }
        out
    }

    /// The case as Markdown (CommonMark). What others wrote is text: nothing of it is a link, an image or
    /// markup.
    #[must_use]
    pub fn markdown(&self, now: Timestamp) -> String {
        let mut out = format!("# {}\n\n", plain(&self.title));
        let _ = writeln!(
            out,
            "Opened {} by {}. Entries: {}. Written {now} by Bellwether; times are UTC.\n",
            self.opened,
            plain(&self.by),
            self.entries.len(),
        );
        for entry in &self.entries {
            let title = match entry.kind.as_str() {
                "note" => String::new(),
                _ => format!(": {}", plain(&entry.title)),
            };
            let _ = writeln!(out, "## {}. {}{title}\n", entry.number, entry.kind);
            let mut fact = |name: &str, value: String| {
                let _ = writeln!(out, "- {name}: {value}");
            };
            if let Some(time) = entry.time {
                fact("time", time.to_string());
            }
            if let Some(source) = &entry.source {
                fact("source", plain(source));
            }
            if let Some(address) = &entry.address {
                fact("published at", plain(address));
            }
            if let Some(link) = &entry.link {
                fact("evidence", format!("<{link}>"));
            }
            fact("added", format!("{} by {}", entry.added, plain(&entry.by)));
            if !entry.note.is_empty() {
                let _ = writeln!(out);
                for line in entry.note.lines() {
                    let _ = writeln!(out, "> {}", plain(line));
                }
            }
            out.push('\n');
        }
        out
    }
}

/// A text on one line of which a reader of Markdown acts on nothing. A scheme is broken too, since some make
/// links of bare addresses.
fn plain(text: &str) -> String {
    let text = bellwether_text::display_safe(text);
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            c if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '?' | '%' | '/' | '\'') => {
                plain.push('\\');
                plain.push(c);
            }
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> CaseBody {
        let at = Timestamp::from_second(1_795_500_000).unwrap();
        CaseBody {
            id: "c-1".to_owned(),
            title: "作票 # [x](javascript:alert(1))".to_owned(),
            opened: at,
            by: "Lin".to_owned(),
            entries: vec![CaseEntryBody {
                number: 1,
                added: at,
                by: "Ana".to_owned(),
                kind: "item".to_owned(),
                subject: Some("7".to_owned()),
                title:
                    "![x](https://evil.example/x.png) <script>\n# not a title www.evil.example/x"
                        .to_owned(),
                time: None,
                source: Some("paper".to_owned()),
                address: Some("https://evil.example/a_b".to_owned()),
                note: "first\n=HYPERLINK(\"x\")\n> quoted".to_owned(),
                link: Some("https://b.example/items/7".to_owned()),
            }],
        }
    }

    #[test]
    fn nothing_that_others_wrote_is_markup() {
        let at = Timestamp::from_second(1_795_500_000).unwrap();
        let text = case().markdown(at);
        assert_eq!(
            text.matches("\n# ").count() + usize::from(text.starts_with("# ")),
            1,
            "{text}"
        );
        for bad in ["](", "<script", "![", "https://evil", "www.evil"] {
            assert!(!text.contains(bad), "{bad}\n{text}");
        }
        assert!(
            text.contains("- evidence: <https://b.example/items/7>"),
            "{text}"
        );
        assert!(text.contains("> first\n"), "{text}");
    }

    #[test]
    fn a_table_is_safe_to_open() {
        let mut case = case();
        case.entries[0].note = "=HYPERLINK(\"x\")".to_owned();
        let table = case.csv();
        assert!(table.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{table}");
        assert_eq!(table.matches("\r\n").count(), 2, "{table}");
    }
}
