//! A message in parts, and how they are put together. Knows no chat: limits and mark-up are those of
//! its renderer.

use bellwether_model::MessageLanguage;

use crate::catalogue::say;

/// A message in parts, so that a chat with a limit can leave out lines and still keep what matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is told in.
    pub language: MessageLanguage,
    /// What, how much, against how much is usual.
    pub headline: String,
    /// The rest, the most important first.
    pub lines: Vec<String>,
    /// The page with the evidence; `None` without a configured base for links.
    pub link: Option<String>,
    /// What stands before the link.
    pub link_name: String,
    /// What the reader must know about the message itself.
    pub notes: Vec<String>,
    /// Whether a text was kept out of it, which a note says.
    pub is_withheld: bool,
}

impl Message {
    /// The lines of the message in order.
    #[must_use]
    pub fn all_lines(&self) -> Vec<String> {
        let mut lines = vec![self.headline.clone()];
        lines.extend(self.lines.iter().cloned());
        lines.extend(self.link.iter().map(|link| self.link_line(link)));
        lines.extend(self.notes.iter().map(|note| self.note_line(note)));
        lines
    }

    /// The message as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        self.all_lines().join("\n")
    }

    /// The line of the link, which a renderer may have written for its chat.
    #[must_use]
    pub fn link_line(&self, link: &str) -> String {
        let name = self.link_name.as_str();
        say(
            self.language,
            "link-line",
            [("name", name.into()), ("link", link.into())],
        )
    }

    /// The line of a note.
    #[must_use]
    pub fn note_line(&self, note: &str) -> String {
        say(self.language, "note-line", [("note", note.into())])
    }

    /// The line that says that lines were left out.
    #[must_use]
    pub fn shortened_line(&self) -> String {
        self.note_line(&say(self.language, "note-shortened", []))
    }
}
