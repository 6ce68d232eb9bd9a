//! How words of a file are quoted, and which known word a wrong one was meant to be.

/// A quoted word longer than this is cut: a message is for reading.
const QUOTED_CHARS_MAX: usize = 80;

/// A word from a file as it may be shown: one line, no control characters, of bounded length. An
/// address is not shown: it may be the credential of a chat that stands at a wrong place.
pub(crate) fn quoted(word: &str) -> String {
    if word.contains("://") {
        return "(an address, not shown)".to_owned();
    }
    let mut shown: String = word
        .chars()
        .take(QUOTED_CHARS_MAX)
        .flat_map(|c| {
            let escaped = c.is_control() || is_invisible(c);
            let plain = (!escaped).then_some(c);
            let escape = escaped.then(|| c.escape_unicode());
            plain.into_iter().chain(escape.into_iter().flatten())
        })
        .collect();
    if word.chars().nth(QUOTED_CHARS_MAX).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Characters that turn or hide what stands beside them, and would make a message say another thing
/// than it does.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// So many known words are listed: more than any table has keys.
const LISTED_MAX: usize = 24;

/// A hint for a wrong word: the nearest known one, else all of them, or the first where there are
/// many.
pub(crate) fn did_you_mean<'w>(
    word: &str,
    known: impl IntoIterator<Item = &'w str>,
    what_they_are: &str,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("there are no {what_they_are}"),
        None => {
            let listed = known.iter().take(LISTED_MAX);
            let list: Vec<String> = listed.map(|word| format!("`{word}`")).collect();
            let more = match known.len() - list.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("known {what_they_are}: {}{more}", list.join(", "))
        }
    }
}

/// The known word that is only a slip away: one edit in three characters, or a word cut short.
pub(crate) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let length = word.chars().count();
    if length > QUOTED_CHARS_MAX {
        return None;
    }
    let folded = word.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|candidate| {
            let distance =
                strsim::osa_distance(&folded, &candidate.to_lowercase().replace('-', "_"));
            let cut_short = length >= 3 && candidate.starts_with(word);
            (
                if cut_short { distance.min(1) } else { distance },
                *candidate,
            )
        })
        .filter(|(distance, _)| *distance <= (length / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["min_families", "min_stories", "url", "name_en"];
        for (word, expected) in [
            ("min_familes", Some("min_families")),
            ("min-stories", Some("min_stories")),
            ("URL", Some("url")),
            ("name", Some("name_en")),
            ("colour", None),
            ("新聞", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }

    #[test]
    fn a_long_list_is_cut() {
        let known: Vec<String> = (0..30).map(|number| format!("known-{number}")).collect();
        let said = did_you_mean("x", known.iter().map(String::as_str), "ids");
        assert!(
            said.starts_with("known ids: `known-0`, `known-1`, "),
            "{said}"
        );
        assert!(said.ends_with("`known-23` and 6 more"), "{said}");
    }

    #[test]
    fn what_is_quoted_stays_on_its_line() {
        assert_eq!(quoted("新聞"), "`新聞`");
        assert_eq!(quoted("a\nb\u{202e}c"), "`a\\u{a}b\\u{202e}c`");
        assert!(!quoted("https://hooks.example/T0/secret").contains("secret"));
        assert!(quoted(&"x".repeat(1000)).chars().count() < 100);
    }
}
