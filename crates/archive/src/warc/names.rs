//! What WARC files are called.
//!
//! A file keeps its number for ever. Written anew, it gets another name, so that whoever has looked up
//! a place in the old one never reads at that place of the new one.

const BEFORE: &str = "bellwether-";
const AFTER: &str = ".warc.gz";

/// The name of a file as it is first written. The reader of captures takes the number out of it in
/// SQL: its six digits stand behind eleven characters.
pub(crate) fn base_name(number: u32) -> String {
    format!("{BEFORE}{number:06}{AFTER}")
}

/// The name of a file that was written anew so often.
pub(crate) fn file_name(number: u32, generation: u32) -> String {
    of_generation(&base_name(number), generation)
}

/// The same, from the name as it was first written.
pub(super) fn of_generation(base: &str, generation: u32) -> String {
    match (generation, base.strip_suffix(AFTER)) {
        (1.., Some(stem)) => format!("{stem}-{generation}{AFTER}"),
        _ => base.to_owned(),
    }
}

/// The number and the generation that a name stands for; `None` where it is none of ours.
pub(crate) fn parse_name(name: &str) -> Option<(u32, u32)> {
    let stem = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    let (number, generation) = match stem.split_once('-') {
        Some((number, generation)) => (number.parse().ok()?, generation.parse().ok()?),
        None => (stem.parse().ok()?, 0),
    };
    (file_name(number, generation) == name).then_some((number, generation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for (number, generation) in [(1, 0), (1, 1), (999_999, 12)] {
            let name = file_name(number, generation);
            assert_eq!(parse_name(&name), Some((number, generation)), "{name}");
        }
        for name in [
            "bellwether-1.warc.gz",
            "bellwether-000001-0.warc.gz",
            "bellwether-000001.warc.gz.old",
            "other-000001.warc.gz",
        ] {
            assert_eq!(parse_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_number_stands_where_it_is_looked_for() {
        assert_eq!(&base_name(42)[11..17], "000042");
    }
}
