//! The rules of a `robots.txt` that are for us (RFC 9309): read once, kept small, matched without
//! being compiled.
//!
//! Of a file only the rules of our group are kept, in one piece of text. A line that is none, or that
//! nobody could mean, spoils nothing but itself. A path is compared with each rule from left to
//! right, which takes at most the length of the rule times that of the path, however many stars.
//!
//! Why not a library: those that were looked at compile a regular expression for each rule, keep the
//! whole file, or give up a file for one bad line, and what they read is what strangers write.

use std::time::Duration;

/// A longer rule matches no address that is asked.
const RULE_BYTES_MAX: usize = 2_048;

/// Spellings of the keys that are understood, as other programs do.
const USER_AGENT: [&str; 3] = ["user-agent", "useragent", "user agent"];
const ALLOW: [&str; 1] = ["allow"];
const DISALLOW: [&str; 6] = [
    "disallow",
    "dissallow",
    "dissalow",
    "disalow",
    "diasllow",
    "disallaw",
];
const CRAWL_DELAY: [&str; 3] = ["crawl-delay", "crawldelay", "crawl delay"];

/// What a site asks of us.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rules {
    /// The patterns, one after another.
    patterns: Box<str>,
    /// Where each ends, and whether it allows.
    ends: Box<[(u32, bool)]>,
    /// The pause between two pages.
    pub(super) delay: Option<Duration>,
}

impl Rules {
    /// Reads a file for the program of a name, which is written in small letters.
    pub(super) fn read(file: &[u8], product: &str) -> Self {
        let mut ours = Group::default();
        let mut everybodys = Group::default();
        let mut names_us = false;
        // Rules before the first group are for everybody.
        let (mut is_ours, mut is_everybodys) = (false, true);
        let mut is_head = false;
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        for line in file.split(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
            let Some((key, value)) = statement(line) else {
                continue;
            };
            if key == Key::UserAgent {
                if !is_head {
                    (is_ours, is_everybodys) = (false, false);
                }
                is_head = true;
                is_everybodys |= value.starts_with(b"*");
                if product_of(value).eq_ignore_ascii_case(product.as_bytes()) {
                    is_ours = true;
                    names_us = true;
                }
                continue;
            }
            is_head = false;
            for (group, is_meant) in [(&mut ours, is_ours), (&mut everybodys, is_everybodys)] {
                if is_meant {
                    group.take(key, value);
                }
            }
        }
        if names_us { ours } else { everybodys }.into()
    }

    /// Whether a page may be read, by its path and query as [`path`] gives them: the longest rule
    /// that matches decides, and of two the one that allows (RFC 9309, 2.2.2).
    pub(super) fn allow(&self, path: &str) -> bool {
        let mut start = 0;
        let mut best = (0, true);
        for (end, allows) in &self.ends {
            let end = usize::try_from(*end).unwrap_or(usize::MAX);
            let pattern = self.patterns.get(start..end).unwrap_or_default();
            start = end;
            if (pattern.len(), *allows) > best && matches(pattern, path) {
                best = (pattern.len(), *allows);
            }
        }
        best.1
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.patterns.len() + size_of_val(&*self.ends)
    }
}

#[derive(Default)]
struct Group {
    patterns: String,
    ends: Vec<(u32, bool)>,
    delay: Option<Duration>,
}

impl Group {
    fn take(&mut self, key: Key, value: &[u8]) {
        match key {
            Key::CrawlDelay => {
                let seconds = std::str::from_utf8(value)
                    .ok()
                    .and_then(|value| value.parse().ok())
                    .and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
                self.delay = self.delay.or(seconds);
            }
            // "Disallow:" without a path forbids nothing.
            Key::Allow | Key::Disallow if value.is_empty() || value.len() > RULE_BYTES_MAX => {}
            Key::Allow | Key::Disallow => {
                let pattern = pattern(value);
                let Ok(end) = u32::try_from(self.patterns.len() + pattern.len()) else {
                    return;
                };
                self.patterns.push_str(&pattern);
                self.ends.push((end, key == Key::Allow));
            }
            Key::UserAgent => {}
        }
    }
}

impl From<Group> for Rules {
    fn from(group: Group) -> Self {
        Self {
            patterns: group.patterns.into(),
            ends: group.ends.into(),
            delay: group.delay,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
}

/// Key and value of a line; a colon that was forgotten is a space.
fn statement(line: &[u8]) -> Option<(Key, &[u8])> {
    let line = line.split(|byte| *byte == b'#').next()?.trim_ascii();
    let keys = [
        (Key::UserAgent, &USER_AGENT[..]),
        (Key::Allow, &ALLOW),
        (Key::Disallow, &DISALLOW),
        (Key::CrawlDelay, &CRAWL_DELAY),
    ];
    keys.iter().find_map(|(key, spellings)| {
        spellings.iter().find_map(|spelling| {
            let (head, rest) = line.split_at_checked(spelling.len())?;
            let value = rest.trim_ascii_start();
            let is_apart = value.len() < rest.len() || value.starts_with(b":");
            if !head.eq_ignore_ascii_case(spelling.as_bytes()) || !(is_apart || rest.is_empty()) {
                return None;
            }
            let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii_start();
            Some((*key, value))
        })
    })
}

/// The name in a `User-agent` line (2.2.1), without a version or whatever else follows it.
fn product_of(value: &[u8]) -> &[u8] {
    let end = value
        .iter()
        .position(|byte| !(byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_')));
    &value[..end.unwrap_or(value.len())]
}

/// Path and query of an address as they are compared.
pub(super) fn path(url: &url::Url) -> String {
    let mut path = plain(url.path().as_bytes(), |_, _| false);
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(&plain(query.as_bytes(), |_, _| false));
    }
    path
}

/// A rule as it is compared: stars mean anything, and a dollar at its end the end.
fn pattern(rule: &[u8]) -> String {
    plain(rule, |byte, is_last| {
        byte == b'*' || (byte == b'$' && is_last)
    })
}

/// What needs no escape unescaped, everything else that could be misunderstood escaped (2.2.2).
fn plain(text: &[u8], is_special: impl Fn(u8, bool) -> bool) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = (byte == b'%')
            .then(|| after.get(..2))
            .flatten()
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        let (byte, was_escaped) = match escaped {
            Some(byte) => {
                rest = &after[2..];
                (byte, true)
            }
            None => (byte, false),
        };
        let is_plain = if was_escaped {
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
        } else {
            is_special(byte, rest.is_empty())
                || (byte.is_ascii_graphic() && !b"*$\"<>`".contains(&byte))
        };
        if is_plain {
            plain.push(char::from(byte));
        } else {
            plain.push_str(&format!("%{byte:02X}"));
        }
    }
    plain
}

/// Whether a path begins with what a pattern describes. Each part between stars is taken at the first
/// place where it fits: if a later one would do, so does the first.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some((_, after)) = rest.split_once(part) else {
                return false;
            };
            rest = after;
        }
    }
    match last {
        None => !is_to_the_end || rest.is_empty(),
        Some(last) if is_to_the_end => rest.ends_with(last),
        Some(last) => rest.contains(last),
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allows(file: &str, address: &str) -> bool {
        let url = url::Url::parse("https://news.example").unwrap();
        Rules::read(file.as_bytes(), "bellwether").allow(&path(&url.join(address).unwrap()))
    }

    #[test]
    fn our_group_else_everybodys() {
        let file = "Disallow: /first\nUser-agent: *\nDisallow: /\nUser-agent: other\nUser-Agent: Bellwether/2.0 (x)\n\
            Sitemap: https://news.example/s.xml\nnonsense\nDisallow: /private # why\nUser-agent: third\nDisallow: /third\n\
            user agent : BELLWETHER\nDissalow /too";
        for (address, expected) in [
            ("/a", true),
            ("/first", true),
            ("/private/x", false),
            ("/third", true),
            ("/too", false),
        ] {
            assert_eq!(allows(file, address), expected, "{address}");
        }
        let everybodys = "\u{feff}Disallow: /first\r\nUser-agent: bellwethers\r\nDisallow: /\r\n\r\nuser-agent:*\r\nDisallow: /second";
        assert!(!allows(everybodys, "/first") && !allows(everybodys, "/second"));
        assert!(allows(everybodys, "/third"));
        // Named, and forbidden nothing.
        assert!(allows(
            "User-agent: *\nDisallow: /\n\nUser-agent: bellwether\nDisallow:\n",
            "/a"
        ));
    }

    #[test]
    fn the_longest_rule_decides_and_of_two_the_one_that_allows() {
        let file = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nDisallow: /same\nAllow: /same\nDisallow: /*.pdf$\nDisallow: *print=1\nAllow: /$\nDisallow: dmin";
        for (address, expected) in [
            ("/a", false),
            ("/ab", false),
            ("/a/b", true),
            ("/a/b/cd", false),
            ("/same", true),
            ("/x.pdf", false),
            ("/x.pdf?y", true),
            ("/x.pdf.html", true),
            ("/x?print=1&y", false),
            ("/", true),
            ("/dmin", true),
        ] {
            assert_eq!(allows(file, address), expected, "{address}");
        }
    }

    #[test]
    fn addresses_are_compared_by_what_they_mean() {
        let file = "User-agent: *\nDisallow: /caf%C3%A9\nDisallow: /新聞\nDisallow: /%70rivate\nDisallow: /star%2a\nDisallow: /cash$box\nDisallow: /q?a=%20";
        for address in [
            "/café",
            "/caf%c3%a9/x",
            "/%E6%96%B0%E8%81%9E",
            "/private",
            "/%70%72ivate",
            "/star*",
            "/cash$box",
            "/q?a= b",
        ] {
            assert!(!allows(file, address), "{address}");
        }
        assert!(allows(file, "/starfish"));
        assert!(!allows("User-agent: *\nDisallow: /a%2Fb", "/a%2fb"));
        assert!(allows("User-agent: *\nDisallow: /a%2Fb", "/a/b"));
    }

    #[test]
    fn one_bad_line_spoils_only_itself() {
        let long = format!("Disallow: /{}", "a*$".repeat(30_000));
        let stars = format!("Disallow: /{}$", "*x".repeat(900));
        let file = format!(
            "User-agent: *\nDisallow: /early\n{long}\n{stars}\nDisallow: /[(?\nCrawl-delay: soon\nCrawl-delay: 7.5\nDisallow /late"
        );
        let mut bytes = file.into_bytes();
        bytes.extend_from_slice(b"\nDisallow: /\xff\xfe\nDisallow: /last");
        let rules = Rules::read(&bytes, "bellwether");
        assert_eq!(rules.delay, Some(Duration::from_millis(7_500)));
        for path in ["/early", "/[(?", "/late", "/last", "/%FF%FE"] {
            assert!(!rules.allow(path), "{path}");
        }
        assert!(rules.allow(&format!("/{}", "a".repeat(60_000))));
        assert!(rules.bytes() < 4_000, "the long one is left out");
    }

    #[test]
    fn only_our_rules_are_kept() {
        let others: String = (0..5_000)
            .map(|number| format!("User-agent: bot{number}\nDisallow: /{number}\n"))
            .collect();
        let rules = Rules::read(
            format!("{others}User-agent: *\nDisallow: /a\n").as_bytes(),
            "bellwether",
        );
        assert_eq!(rules.bytes(), 2 + size_of::<(u32, bool)>());
    }

    /// As the RFC says it, by trying every way.
    fn slowly(pattern: &[u8], path: &[u8]) -> bool {
        match pattern.split_first() {
            None => true,
            Some((b'$', [])) => path.is_empty(),
            Some((b'*', rest)) => (0..=path.len()).any(|skip| slowly(rest, &path[skip..])),
            Some((byte, rest)) => path.first() == Some(byte) && slowly(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn matches_as_trying_every_way_does(pattern in "[ab*]{0,8}[$]?", path in "[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern, &path), slowly(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn reads_anything(file in proptest::collection::vec(any::<u8>(), 0..500), path in "/\\PC{0,40}") {
            let _ = Rules::read(&file, "bellwether").allow(&path);
        }

        #[test]
        fn reads_anything_like_rules(lines in proptest::collection::vec("(user-agent|disallow|allow|crawl-delay|x)[: ]{0,2}[*$%a-c/é0-9.]{0,8}[\r\n#]{0,2}", 0..20)) {
            let _ = Rules::read(lines.concat().as_bytes(), "bellwether").allow("/a");
        }
    }
}
