//! The fingerprint of a text: equal for copies that differ only in what folding takes away.

use sha2::{Digest, Sha256};

use crate::Analysed;

/// Stands after each unit; no folded text contains it.
const UNIT_END: [u8; 1] = [0x1F];

/// The digest of title and text by their units. `None` where there are none, so that pictures
/// without words are not all one story.
///
/// Title and text are not told apart: the same words as one post and as a headed article agree.
/// Punctuation, spacing, case and script variants do not count either.
#[must_use]
pub fn digest(title: &Analysed, text: &Analysed) -> Option<[u8; 16]> {
    if title.is_empty() && text.is_empty() {
        return None;
    }
    let mut hasher = Sha256::new();
    for part in [title, text] {
        for unit in part.units() {
            hasher.update(part.text(unit).as_bytes());
            hasher.update(UNIT_END);
        }
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    Some(short)
}

#[cfg(test)]
mod tests {
    use crate::analyse;

    fn digest(title: &str, text: &str) -> Option<[u8; 16]> {
        super::digest(&analyse(title), &analyse(text))
    }

    #[test]
    fn equal_and_different() {
        assert_eq!(digest("", "… 🎉"), None);
        assert_eq!(digest("臺灣選舉", "開票！"), digest("台湾选举", "开票"));
        assert_eq!(digest("", "Title text"), digest("TITLE", "text."));
        assert_ne!(digest("", "ballot box"), digest("", "ballotbox"));
        assert_ne!(digest("", "選舉"), digest("", "選票"));
    }
}
