//! Addresses, tags and names of accounts: things of the web that stand in a text as wholes.
//!
//! An address is one unit and its words are none: `https` and `com` are noise, and a slug is no
//! statement. Tags and names of accounts stay words as well, so that 作票 finds #作票; that they are
//! tags is told beside the units.
//!
//! Every character is looked at a bounded number of times, whatever the text.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::address::{ADDRESS_BYTES_MAX, HOST_BYTES_MAX, address_key, domains, trimmed_len};
use crate::class::{Class, is_joining_jamo};

/// A longer run of letters after a sign is no tag.
const TAG_CHARS_MAX: usize = 100;

/// A longer run of letters after a sign is no name of an account.
const NAME_CHARS_MAX: usize = 60;

/// A host with its port, or with what stands before it in its place, is at most so long.
const AUTHORITY_CHARS_MAX: usize = 300;

/// Top-level domains that are believed without a scheme before them, where a slash follows; the
/// alphabetic order is that of the bytes.
const KNOWN_TOP_LEVEL: &str = "ai app ar asia at au be bg biz blog br by ca cat cc ch cl cn co com cu cz de dk ec edu \
    ee es eu fi fm fr gd ge gg gl gov gr hk hr hu id ie il in info int io iq ir is it jp ke kr kz la link \
    live lk lt lv ly md me media mil mk mn mo mx my name net news ng ni nl no nz online org pe ph pk pl pro \
    ps pt qa ro rs ru sa se sg si site sk social su sv sy tech th tk to today top tr tv tw ua uk us uy uz \
    ve vip vn wiki world ws xyz za";

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// An address of the web.
    Url,
    /// A hashtag, as `#tag` or, on Weibo, `#tag#`.
    Tag,
    /// The name of an account, `@name`.
    Name,
}

/// A thing of the web in a text; its key is told by [`crate::Analysed::key`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// The bytes of the original it stands for, with its sign.
    pub source: Range<u32>,
    /// Where its key lies: for names in a text of their own, else in the folded forms.
    pub(crate) key: Range<u32>,
}

/// An entity as it is found, before the text is folded.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: EntityKind,
    pub(crate) source: Range<usize>,
    /// Of an address.
    pub(crate) key: String,
}

/// Finds the entities of a text from its beginning to its end.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Nothing begins before this: what is before it is part of another entity.
    floor: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            floor: 0,
        }
    }

    fn found(&mut self, kind: EntityKind, source: Range<usize>, key: String) -> Found {
        self.at = source.end;
        self.floor = source.end;
        Found { kind, source, key }
    }

    /// The address that begins at `start`, if one does; its host, behind scheme or `www.`, begins at
    /// `host` and has a dot.
    fn address(&mut self, start: usize, host: usize) -> Option<Found> {
        let bytes = self.text.as_bytes();
        let (host_end, is_host) = self.host(host);
        if !is_host {
            return None;
        }
        let path = bytes[host_end..]
            .iter()
            .take_while(|b| is_address_byte(**b));
        let mut end = host_end + path.count();
        if end - host_end > ADDRESS_BYTES_MAX {
            self.at = end;
            return None;
        }
        let following = self.text[end..].chars().next();
        if bytes[end - 1].is_ascii() && following.is_some_and(is_combining_mark) {
            // An accent after the last letter makes another letter of it.
            end -= 1;
        }
        // Lists of addresses are joined so, and no address holds another after a comma.
        let run = self.text[start..end]
            .split(",http")
            .next()
            .unwrap_or_default();
        let run = &run[..trimmed_len(run)];
        let has_host = self
            .text
            .get(host..start + run.len())
            .is_some_and(|rest| domains(rest).next().is_some());
        let Some(key) = address_key(run).filter(|_| has_host) else {
            // Not looked at again from each slash within.
            self.at = self.at.max(end);
            return None;
        };
        Some(self.found(EntityKind::Url, start..start + run.len(), key))
    }

    /// The end of the host that begins here, and whether it is like one.
    fn host(&self, start: usize) -> (usize, bool) {
        let rest = &self.text[start..];
        let mut chars = rest.chars();
        let (first, second) = (chars.next(), chars.next());
        if first == Some('[') {
            let inner = rest
                .bytes()
                .take(HOST_BYTES_MAX)
                .take_while(|b| is_address_byte(*b));
            return (start + inner.count(), true);
        }
        // Nothing but a host can follow a scheme, so here letters of any script are one. A host in
        // ASCII ends where another script is written directly behind it.
        let is_ascii =
            first.is_some_and(|c| c.is_ascii()) && !second.is_some_and(is_combining_mark);
        let mut letters = 0;
        let mut has_dot = false;
        let mut end = start;
        for c in rest.chars() {
            let is_host = match c {
                '.' => letters > 0,
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '%' | '@' | ':' => true,
                _ => !is_ascii && (c.is_alphanumeric() || is_combining_mark(c)),
            };
            let adds = !is_combining_mark(c) && !is_joining_jamo(c);
            letters += usize::from(adds);
            if !is_host || letters > AUTHORITY_CHARS_MAX {
                break;
            }
            has_dot |= c == '.';
            end += c.len_utf8();
        }
        (end, has_dot && letters <= AUTHORITY_CHARS_MAX)
    }

    fn at_slash(&mut self, slash: usize) -> Option<Found> {
        let bytes = self.text.as_bytes();
        if slash > 0 && bytes[slash - 1] == b':' && bytes.get(slash + 1) == Some(&b'/') {
            let before = &bytes[self.floor.min(slash - 1)..slash - 1];
            let scheme = [&b"https"[..], b"http"].into_iter().find(|scheme| {
                before.len() >= scheme.len()
                    && before[before.len() - scheme.len()..].eq_ignore_ascii_case(scheme)
            })?;
            return self.address(slash - 1 - scheme.len(), slash + 2);
        }
        let from = self.floor.max(slash.saturating_sub(HOST_BYTES_MAX + 1));
        let host_len = bytes[from..slash]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
            .count();
        let start = slash - host_len;
        if host_len > HOST_BYTES_MAX || !self.may_begin_at(start) {
            return None;
        }
        if !is_known_host(&self.text[start..slash]) {
            return None;
        }
        self.address(start, start)
    }

    /// At a dot: `www.` before it begins an address.
    fn at_dot(&mut self, dot: usize) -> Option<Found> {
        let start = dot.checked_sub(3).filter(|start| *start >= self.floor)?;
        let is_www = self.text.as_bytes()[start..dot].eq_ignore_ascii_case(b"www");
        if !is_www || !self.may_begin_at(start) {
            return None;
        }
        self.address(start, dot + 1)
    }

    /// Whether an address without a scheme may begin here: not within a word, a path or a mailbox.
    fn may_begin_at(&self, start: usize) -> bool {
        match self.text[..start].chars().next_back() {
            Some('-' | '.' | '_' | '/' | '@' | '\\' | ':' | '=' | '%') => false,
            Some(_) => !self.is_within_word(start),
            None => true,
        }
    }

    /// Whether a letter or digit of a script with spaces stands before.
    fn is_within_word(&self, at: usize) -> bool {
        let mut before = self.text[..at].chars().rev();
        // No marks are looked at twice: between two places asked for stands what is none.
        match before.find(|c| !is_combining_mark(*c)) {
            Some(c) if c.is_alphanumeric() => Class::of(c) != Class::Char,
            c => c == Some('_'),
        }
    }

    fn at_tag(&mut self, sign: usize, sign_len: usize) -> Option<Found> {
        let before = self.text[..sign].chars().next_back();
        if matches!(before, Some('&' | '/' | '#' | '＃')) || self.is_within_word(sign) {
            return None;
        }
        let body = sign + sign_len;
        if let Some(end) = self.weibo_end(body) {
            return Some(self.found(EntityKind::Tag, sign..end, String::new()));
        }
        let end = self.body_end(body, TAG_CHARS_MAX)?;
        Some(self.found(EntityKind::Tag, sign..end, String::new()))
    }

    /// The end of a tag that another sign closes; it may hold spaces, and at least one character of
    /// a script without them.
    fn weibo_end(&self, body: usize) -> Option<usize> {
        let mut has_char = false;
        let mut last = ' ';
        for (offset, c) in self.text[body..].char_indices().take(TAG_CHARS_MAX) {
            match c {
                '#' | '＃' if !has_char || !is_body(last) => return None,
                '#' | '＃' => return Some(body + offset + c.len_utf8()),
                '@' | '＠' | '/' | '\n' | '\r' => return None,
                _ if offset == 0 && !is_body(c) => return None,
                _ => has_char |= c > '\u{0E00}' && Class::of(c) == Class::Char,
            }
            last = c;
        }
        None
    }

    fn at_name(&mut self, sign: usize, sign_len: usize) -> Option<Found> {
        let before = self.text[..sign].chars().next_back();
        if matches!(before, Some('.' | '-' | '+' | '/' | '@' | '＠' | '%'))
            || self.is_within_word(sign)
        {
            return None;
        }
        let body = sign + sign_len;
        let mut end = self.body_end(body, NAME_CHARS_MAX)?;
        // Accounts of federated networks: @name@host and @name.host, at least two dots.
        let bytes = self.text.as_bytes();
        if self.text[body..end].is_ascii() {
            let is_host = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'-' | b'.');
            let at_host = bytes.get(end) == Some(&b'@');
            let from = end + usize::from(at_host);
            let tail = bytes[from..]
                .iter()
                .take(HOST_BYTES_MAX)
                .take_while(is_host)
                .count();
            let tail = self.text[from..from + tail].trim_end_matches(['.', '-']);
            let dots = tail.matches('.').count();
            if dots >= if at_host { 1 } else { 2 } && !tail.contains("..") {
                end = from + tail.len();
            }
        }
        Some(self.found(EntityKind::Name, sign..end, String::new()))
    }

    /// The end of a run of letters, digits and low lines with at least one letter.
    fn body_end(&self, body: usize, chars_max: usize) -> Option<usize> {
        let mut end = body;
        let mut chars = 0;
        let mut has_letter = false;
        for c in self.text[body..].chars() {
            let is_inner = matches!(c, '\u{200C}' | '\u{200D}') || is_combining_mark(c);
            if !(is_body(c) || is_inner && chars > 0) {
                break;
            }
            chars += 1;
            end += c.len_utf8();
            if chars > chars_max {
                return None;
            }
            has_letter |= c.is_alphabetic();
        }
        has_letter.then_some(end)
    }
}

impl Iterator for Scanner<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            let at = self.at;
            self.at += 1;
            let found = match byte {
                b'/' => self.at_slash(at),
                b'.' if at >= 3 && matches!(bytes[at - 1], b'w' | b'W') => self.at_dot(at),
                b'#' => self.at_tag(at, 1),
                b'@' => self.at_name(at, 1),
                0xEF if self.text[at..].starts_with('＃') => self.at_tag(at, 3),
                0xEF if self.text[at..].starts_with('＠') => self.at_name(at, 3),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

fn is_body(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_combining_mark(c))
}

/// What RFC 3986 allows in an address.
fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Whether a text before a slash is a host that is believed without a scheme.
fn is_known_host(host: &str) -> bool {
    let Some((before, top)) = host.rsplit_once('.') else {
        return false;
    };
    !before.is_empty()
        && before.split('.').all(|label| !label.is_empty())
        && KNOWN_TOP_LEVEL
            .split_ascii_whitespace()
            .any(|known| known.eq_ignore_ascii_case(top))
}
