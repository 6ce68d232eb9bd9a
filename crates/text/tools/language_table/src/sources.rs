//! Which models make which column. The order of groups and columns is that of the reader,
//! `../../../src/language/statistics.rs`.

use include_dir::Dir;

/// The languages of one script.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// One language each; the last may pool several that are only kept apart from the others.
    pub(crate) columns: Vec<Vec<&'static Dir<'static>>>,
    pub(crate) is_letter: fn(char) -> bool,
    /// How many n-grams the table has room for: see "Why so" in `../../../src/language/mod.rs`.
    pub(crate) entries: usize,
}

macro_rules! models {
    ($($krate:ident :: $name:ident),+ $(,)?) => { vec![$(&$krate::$name),+] };
}

pub(crate) fn groups() -> Vec<Group> {
    vec![
        Group {
            name: "Latin",
            columns: vec![
                models![lingua_english_language_model::ENGLISH_MODELS_DIRECTORY],
                models![lingua_spanish_language_model::SPANISH_MODELS_DIRECTORY],
                models![lingua_french_language_model::FRENCH_MODELS_DIRECTORY],
                models![lingua_german_language_model::GERMAN_MODELS_DIRECTORY],
                models![lingua_portuguese_language_model::PORTUGUESE_MODELS_DIRECTORY],
                models![lingua_indonesian_language_model::INDONESIAN_MODELS_DIRECTORY],
                models![lingua_vietnamese_language_model::VIETNAMESE_MODELS_DIRECTORY],
                models![lingua_turkish_language_model::TURKISH_MODELS_DIRECTORY],
                models![lingua_italian_language_model::ITALIAN_MODELS_DIRECTORY],
                models![lingua_dutch_language_model::DUTCH_MODELS_DIRECTORY],
                models![lingua_polish_language_model::POLISH_MODELS_DIRECTORY],
                models![lingua_catalan_language_model::CATALAN_MODELS_DIRECTORY],
                models![
                    lingua_afrikaans_language_model::AFRIKAANS_MODELS_DIRECTORY,
                    lingua_albanian_language_model::ALBANIAN_MODELS_DIRECTORY,
                    lingua_azerbaijani_language_model::AZERBAIJANI_MODELS_DIRECTORY,
                    lingua_basque_language_model::BASQUE_MODELS_DIRECTORY,
                    lingua_bokmal_language_model::BOKMAL_MODELS_DIRECTORY,
                    lingua_croatian_language_model::CROATIAN_MODELS_DIRECTORY,
                    lingua_czech_language_model::CZECH_MODELS_DIRECTORY,
                    lingua_danish_language_model::DANISH_MODELS_DIRECTORY,
                    lingua_esperanto_language_model::ESPERANTO_MODELS_DIRECTORY,
                    lingua_estonian_language_model::ESTONIAN_MODELS_DIRECTORY,
                    lingua_finnish_language_model::FINNISH_MODELS_DIRECTORY,
                    lingua_hungarian_language_model::HUNGARIAN_MODELS_DIRECTORY,
                    lingua_icelandic_language_model::ICELANDIC_MODELS_DIRECTORY,
                    lingua_irish_language_model::IRISH_MODELS_DIRECTORY,
                    lingua_latvian_language_model::LATVIAN_MODELS_DIRECTORY,
                    lingua_lithuanian_language_model::LITHUANIAN_MODELS_DIRECTORY,
                    lingua_nynorsk_language_model::NYNORSK_MODELS_DIRECTORY,
                    lingua_romanian_language_model::ROMANIAN_MODELS_DIRECTORY,
                    lingua_slovak_language_model::SLOVAK_MODELS_DIRECTORY,
                    lingua_slovene_language_model::SLOVENE_MODELS_DIRECTORY,
                    lingua_somali_language_model::SOMALI_MODELS_DIRECTORY,
                    lingua_swahili_language_model::SWAHILI_MODELS_DIRECTORY,
                    lingua_swedish_language_model::SWEDISH_MODELS_DIRECTORY,
                    lingua_tagalog_language_model::TAGALOG_MODELS_DIRECTORY,
                    lingua_welsh_language_model::WELSH_MODELS_DIRECTORY,
                ],
            ],
            is_letter: |c| {
                matches!(c, 'a'..='z' | '\u{DF}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}') && c != '÷'
            },
            entries: 200_000,
        },
        Group {
            name: "Cyrillic",
            columns: vec![
                models![lingua_russian_language_model::RUSSIAN_MODELS_DIRECTORY],
                models![lingua_ukrainian_language_model::UKRAINIAN_MODELS_DIRECTORY],
                models![lingua_belarusian_language_model::BELARUSIAN_MODELS_DIRECTORY],
                models![lingua_bulgarian_language_model::BULGARIAN_MODELS_DIRECTORY],
                models![lingua_serbian_language_model::SERBIAN_MODELS_DIRECTORY],
                models![lingua_kazakh_language_model::KAZAKH_MODELS_DIRECTORY],
                models![
                    lingua_macedonian_language_model::MACEDONIAN_MODELS_DIRECTORY,
                    lingua_mongolian_language_model::MONGOLIAN_MODELS_DIRECTORY,
                ],
            ],
            is_letter: |c| matches!(c, '\u{430}'..='\u{52F}'),
            entries: 60_000,
        },
        Group {
            name: "Arabic",
            columns: vec![
                models![lingua_arabic_language_model::ARABIC_MODELS_DIRECTORY],
                models![lingua_persian_language_model::PERSIAN_MODELS_DIRECTORY],
                models![lingua_urdu_language_model::URDU_MODELS_DIRECTORY],
            ],
            is_letter: |c| matches!(c, '\u{620}'..='\u{63F}' | '\u{641}'..='\u{64A}' | '\u{66E}'..='\u{6D3}' | '\u{6D5}' | '\u{6EE}'..='\u{6EF}' | '\u{6FA}'..='\u{6FC}'),
            entries: 60_000,
        },
    ]
}
