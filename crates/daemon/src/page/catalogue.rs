//! What pages say in each language: the catalogues in `messages/`, one file for each.
//!
//! A sentence is told with its parts: words, numbers, and whatever stands on the page, such as a link or a
//! moment. What a part holds is never read as syntax or as markup of the sentence. Holds no words of its own.

use std::sync::LazyLock;

use bellwether_model::MessageLanguage;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use maud::{Markup, PreEscaped, Render, html};

use super::words::text;

type Catalogue = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(MessageLanguage::English));
static TRADITIONAL_CHINESE: LazyLock<Catalogue> =
    LazyLock::new(|| read(MessageLanguage::TraditionalChinese));

/// Stand for a part in the text of a sentence: the first, its number, the last. Neither occurs in a catalogue.
const PART: char = '\u{F8F0}';
const PART_END: char = '\u{F8F1}';

/// A part of a sentence.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// A number, by which a language chooses its form.
    Number(i64),
    /// What stands on the page as it is.
    Shown(Markup),
}

impl From<Markup> for Part {
    fn from(markup: Markup) -> Self {
        Self::Shown(markup)
    }
}

impl From<&str> for Part {
    fn from(shown: &str) -> Self {
        Self::Shown(html! { (text(shown)) })
    }
}

impl From<String> for Part {
    fn from(shown: String) -> Self {
        Self::from(shown.as_str())
    }
}

impl From<i64> for Part {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for Part {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Part {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<usize> for Part {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

/// A sentence of a language, in which the parts stand.
pub(super) fn tell(language: MessageLanguage, id: &str, parts: &[(&'static str, Part)]) -> Markup {
    let args: FluentArgs<'_> = parts
        .iter()
        .enumerate()
        .map(|(at, (name, part))| match part {
            Part::Number(number) => (*name, FluentValue::from(*number)),
            Part::Shown(_) => (*name, FluentValue::from(format!("{PART}{at}{PART_END}"))),
        })
        .collect();
    let said = said(language, id, &args)
        .or_else(|| said(MessageLanguage::English, id, &args))
        // No catalogue lacks it, as a test shows; if one did, the rest of the page would still stand.
        .unwrap_or_else(|| id.to_owned());
    let mut pieces = said.split(PART);
    let mut shown = pieces.next().unwrap_or_default().render().into_string();
    for piece in pieces {
        let (number, rest) = piece.split_once(PART_END).unwrap_or(("", piece));
        let part = number.parse().ok().and_then(|at: usize| parts.get(at));
        if let Some((_, Part::Shown(markup))) = part {
            shown.push_str(&markup.0);
        }
        shown.push_str(&rest.render().into_string());
    }
    PreEscaped(shown)
}

/// A sentence without parts, as text: for attributes and titles.
pub(super) fn say(language: MessageLanguage, id: &str) -> String {
    let args = FluentArgs::new();
    said(language, id, &args)
        .or_else(|| said(MessageLanguage::English, id, &args))
        .unwrap_or_else(|| id.to_owned())
}

/// A sentence of numbers and plain words, as text: for attributes and titles.
pub(super) fn say_with(
    language: MessageLanguage,
    id: &str,
    parts: &[(&'static str, String)],
) -> String {
    let args: FluentArgs<'_> = parts
        .iter()
        .map(|(name, part)| {
            let value = match part.parse::<i64>() {
                Ok(number) => FluentValue::from(number),
                Err(_) => FluentValue::from(text(part)),
            };
            (*name, value)
        })
        .collect();
    said(language, id, &args)
        .or_else(|| said(MessageLanguage::English, id, &args))
        .unwrap_or_else(|| id.to_owned())
}

const fn source(language: MessageLanguage) -> &'static str {
    match language {
        MessageLanguage::English => include_str!("../../messages/en.ftl"),
        MessageLanguage::TraditionalChinese => include_str!("../../messages/zh-Hant.ftl"),
    }
}

fn catalogue(language: MessageLanguage) -> &'static Catalogue {
    match language {
        MessageLanguage::English => &ENGLISH,
        MessageLanguage::TraditionalChinese => &TRADITIONAL_CHINESE,
    }
}

/// A catalogue with what of it can be read, which is all of it, as a test shows.
fn read(language: MessageLanguage) -> Catalogue {
    let tag = language.tag().parse().unwrap_or_default();
    let mut catalogue = FluentBundle::new_concurrent(vec![tag]);
    // What is written in another direction is isolated by its own element.
    catalogue.set_use_isolating(false);
    let resource = FluentResource::try_new(source(language).to_owned());
    catalogue.add_resource_overriding(resource.unwrap_or_else(|(readable, _)| readable));
    catalogue
}

/// `None` where the catalogue does not have it, or lacks an argument for it.
fn said(language: MessageLanguage, id: &str, args: &FluentArgs<'_>) -> Option<String> {
    let catalogue = catalogue(language);
    let pattern = catalogue.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let text = catalogue.format_pattern(pattern, Some(args), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The messages of a catalogue: id, and the arguments that stand in it.
    fn messages(language: MessageLanguage) -> BTreeMap<String, BTreeSet<String>> {
        assert!(FluentResource::try_new(source(language).to_owned()).is_ok());
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut id = String::new();
        for line in source(language)
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            if let Some((name, _)) = line.split_once(" =")
                && !line.starts_with(' ')
            {
                id = name.to_owned();
                assert!(id.contains('-'), "{id}");
                assert!(
                    messages.insert(id.clone(), BTreeSet::new()).is_none(),
                    "{id} twice"
                );
            }
            for part in line.split('$').skip(1) {
                let end = part
                    .find(|c: char| !c.is_ascii_alphanumeric())
                    .unwrap_or(part.len());
                if let Some(args) = messages.get_mut(&id) {
                    args.insert(part[..end].to_owned());
                }
            }
        }
        messages
    }

    #[test]
    fn every_language_says_the_same_of_the_same() {
        let english = messages(MessageLanguage::English);
        assert_eq!(english, messages(MessageLanguage::TraditionalChinese));
    }

    #[test]
    fn what_pages_say_stands_in_the_catalogue_and_nothing_else_does() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page");
        let mut code = String::new();
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    code.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for id in messages(MessageLanguage::English).keys() {
            assert!(code.contains(&format!("\"{id}\"")), "nobody says {id}");
        }
        let known = messages(MessageLanguage::English);
        for said in ["tell(\"", "say(\"", "say_with(\""] {
            for piece in code.split(said).skip(1) {
                let id = piece.split('"').next().unwrap();
                assert!(known.contains_key(id), "no catalogue has {id}");
            }
        }
    }

    #[test]
    fn a_part_is_never_read_as_markup_or_as_another_part() {
        let hostile = "<b>{ $now }\u{F8F0}1\u{F8F1}";
        let link = html! { a href="/x" { "&" } };
        let told = tell(
            MessageLanguage::English,
            "now-bursts-more",
            &[("count", hostile.into()), ("link", link.into())],
        );
        let told = told.into_string();
        assert!(told.contains("&lt;b&gt;{ $now }"), "{told}");
        assert_eq!(
            told.matches("<a href=\"/x\">&amp;</a>").count(),
            1,
            "{told}"
        );
        // What is missing is said by its id, and nothing panics.
        assert_eq!(
            tell(MessageLanguage::English, "not-there", &[]).into_string(),
            "not-there"
        );
    }

    #[test]
    fn numbers_choose_the_form() {
        let items = |language, count: u32| {
            tell(language, "number-items", &[("count", count.into())]).into_string()
        };
        assert_eq!(items(MessageLanguage::English, 1), "1 item");
        assert_eq!(items(MessageLanguage::English, 2), "2 items");
        assert_eq!(items(MessageLanguage::TraditionalChinese, 2), "2 則");
    }
}
