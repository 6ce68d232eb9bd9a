//! What changed between two wordings of an item.

use bellwether_model::Wording;
use bellwether_text::{Change, Piece, changes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::VersionBody;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// In both wordings.
    Kept,
    /// In the wording before only.
    Removed,
    /// In this wording only.
    Added,
}

/// A run of text with one fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PieceBody {
    /// Its fate.
    pub change: ChangeKind,
    /// The text.
    pub text: String,
}

impl PieceBody {
    fn from_piece(piece: &Piece<'_>) -> Self {
        Self {
            change: match piece.change {
                Change::Kept => ChangeKind::Kept,
                Change::Removed => ChangeKind::Removed,
                Change::Added => ChangeKind::Added,
            },
            text: piece.text.to_owned(),
        }
    }
}

/// What changed since the wording before, word by word: all but what was added is that wording, all
/// but what was removed this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangesBody {
    /// Of the title.
    pub title: Vec<PieceBody>,
    /// Of the text.
    pub text: Vec<PieceBody>,
}

/// A wording of an item with what changed in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedVersionBody {
    /// The wording.
    pub version: VersionBody,
    /// What changed since the wording before; `null` for the first one.
    pub changes: Option<ChangesBody>,
}

impl ChangedVersionBody {
    /// The shape of a wording beside the one before. `lang` is the tag of the item's language.
    #[must_use]
    pub fn from_model(wording: &Wording, before: Option<&Wording>, lang: &str) -> Self {
        let pieces = |before: &str, now: &str| -> Vec<PieceBody> {
            let pieces = changes(before, now, lang);
            pieces.iter().map(PieceBody::from_piece).collect()
        };
        Self {
            version: VersionBody::from_model(wording),
            changes: before.map(|before| ChangesBody {
                title: pieces(&before.title, &wording.title),
                text: pieces(&before.text, &wording.text),
            }),
        }
    }
}
