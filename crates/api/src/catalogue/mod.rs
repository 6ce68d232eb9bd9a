//! What messages say in each language: the catalogues in `messages/`, one file for each.
//!
//! The only module that knows what they are written in (Fluent). Text is put into a message as an
//! argument and nothing of it is read as syntax. Holds no words of its own, and never panics: what one
//! catalogue cannot say is said in English.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use bellwether_model::MessageLanguage;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

pub(crate) use fluent_bundle::FluentValue as Value;

type Catalogue = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(MessageLanguage::English));
static TRADITIONAL_CHINESE: LazyLock<Catalogue> =
    LazyLock::new(|| read(MessageLanguage::TraditionalChinese));

/// What a language's catalogue has under an id, with the arguments put in as they are.
pub(crate) fn say<'a, const N: usize>(
    language: MessageLanguage,
    id: &str,
    args: [(&'static str, Value<'a>); N],
) -> String {
    let args: FluentArgs<'a> = args.into_iter().collect();
    said(language, id, &args)
        .or_else(|| said(MessageLanguage::English, id, &args))
        // No catalogue lacks it, as a test shows; if one did, the rest of the message would still go out.
        .unwrap_or_else(|| id.to_owned())
}

/// Parts as a list; empty where there are none.
pub(crate) fn list(language: MessageLanguage, parts: Vec<String>) -> String {
    let join = |first: String, second: String| {
        say(
            language,
            "joined-list",
            [("first", first.into()), ("second", second.into())],
        )
    };
    parts.into_iter().reduce(join).unwrap_or_default()
}

/// Parts that could stand alone as one line; empty where there are none.
pub(crate) fn clauses(language: MessageLanguage, parts: Vec<String>) -> String {
    let join = |first: String, second: String| {
        say(
            language,
            "joined-clauses",
            [("first", first.into()), ("second", second.into())],
        )
    };
    parts.into_iter().reduce(join).unwrap_or_default()
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
    // Names that are written from right to left are isolated before they come here.
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
