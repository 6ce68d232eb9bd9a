//! Damaged `robots.txt` files against what must always hold; see [`bellwether_testkit::fuzz`].

use bellwether_testkit::{mutated, timed};

use super::Rules;

/// Files that are tried where no time is asked for.
const FILES: u64 = 2_000;

const BYTES_MAX: usize = 60_000;

/// A file of this size that takes longer costs more than its length.
const MILLISECONDS_MAX: u128 = 1_000;

const SEEDS: [&[u8]; 5] = [
    b"User-agent: *\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2.5\nSitemap: https://news.example/s.xml\n",
    b"\xef\xbb\xbfuser agent : Bellwether/2.0\r\nDisallow: /*.pdf$\r\nDisallow: *print=1\r\nDissallow /too # why\r\n\r\nUser-agent: other\r\nDisallow: /",
    "Disallow: /first\nUser-agent: bellwether\nDisallow: /caf%C3%A9\nDisallow: /新聞\nDisallow: /%70rivate\nDisallow: /star%2a\nAllow:\n".as_bytes(),
    b"User-agent: a\nUser-agent: *\nDisallow: /a*b*c*d$\nAllow: /a*b*c\nDisallow: /$\nCrawl-delay: 1e38",
    b"<!doctype html><html><body>Not found: Disallow: /</body></html>",
];

const SPECIAL: [&[u8]; 16] = [
    b"*",
    b"$",
    b"%",
    b"%2",
    b"%00",
    b"%ff",
    b"#",
    b":",
    b"\n",
    b"\r",
    b"\0",
    b"Disallow: /",
    b"\nAllow: /*a",
    b"\nUser-agent: *\n",
    b"\nUser-agent: bellwether\n",
    b"*a$",
];

const PATHS: [&str; 8] = [
    "/",
    "/private/open/1",
    "/x.pdf?print=1",
    "/caf%C3%A9",
    "/aXbXcXd",
    "/star%2A",
    "/robots.txt",
    "",
];

/// Whether a path begins with what a pattern describes: a place in the pattern for each that can be
/// reached, byte by byte of the path.
fn matches_by_table(pattern: &str, path: &str) -> bool {
    let (pattern, is_to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern.as_bytes(), true),
        None => (pattern.as_bytes(), false),
    };
    let past_stars = |reached: &mut Vec<bool>| {
        for at in 0..pattern.len() {
            if reached[at] && pattern[at] == b'*' {
                reached[at + 1] = true;
            }
        }
    };
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    past_stars(&mut reached);
    for byte in path.bytes() {
        if !is_to_the_end && reached[pattern.len()] {
            return true;
        }
        let mut next = vec![false; pattern.len() + 1];
        for at in 0..pattern.len() {
            if reached[at] && pattern[at] == b'*' {
                next[at] = true;
            } else if reached[at] && pattern[at] == byte {
                next[at + 1] = true;
            }
        }
        past_stars(&mut next);
        reached = next;
    }
    reached[pattern.len()]
}

fn check(file: &[u8], is_timed: bool) {
    let ((rules, allowed), took) = timed(|| {
        let rules = Rules::read(file, "bellwether");
        let allowed = PATHS.map(|path| rules.allow(path));
        (rules, allowed)
    });
    assert!(!is_timed || took <= MILLISECONDS_MAX, "{took} ms");
    assert!(
        rules.patterns.len() <= 3 * file.len(),
        "a byte is escaped to three"
    );
    for (path, is_allowed) in PATHS.iter().zip(allowed) {
        let mut start = 0;
        let longest = rules
            .ends
            .iter()
            .map(|(end, allows)| {
                let end = usize::try_from(*end).unwrap_or_default();
                let pattern = &rules.patterns[start..end];
                start = end;
                (pattern, *allows)
            })
            .filter(|(pattern, _)| matches_by_table(pattern, path))
            .map(|(pattern, allows)| (pattern.len(), allows))
            .max();
        assert_eq!(
            is_allowed,
            longest.is_none_or(|(_, allows)| allows),
            "{path}"
        );
    }
    // Whatever came before, our group is heard.
    const RULE: &str = "/what/is/forbidden/us";
    let mut more = file.to_vec();
    more.extend_from_slice(format!("\nUser-agent: bellwether\nDisallow: {RULE}\n").as_bytes());
    let more = Rules::read(&more, "bellwether");
    assert!(more.patterns.ends_with(RULE));
}

#[test]
fn what_must_always_hold() {
    bellwether_testkit::fuzz(
        FILES,
        |chance| mutated(chance, &SEEDS, &SPECIAL, BYTES_MAX),
        check,
    );
}
