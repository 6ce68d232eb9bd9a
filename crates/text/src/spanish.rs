//! Accents of Spanish put back where the rules for stems need them.
//!
//! Folded words have none, and the rules tell -ió from -io and -ía from -ia. Most endings are
//! safe without: -ción and -ciones meet anyway. What follows are the endings of verbs that no noun
//! in use shares, and nouns whose last syllable would be taken for an ending. Where nouns and verbs
//! share an ending (-aria: parlamentaria, votaría) the noun is right, for it is what people look for.

/// An ending as it is folded, what stands for it, and the whole words it is no ending of.
struct Ending(&'static str, &'static str, &'static [&'static str]);

/// The past of regular verbs.
const IO: [Ending; 35] = [
    Ending("guio", "guió", &[]),
    Ending("tio", "tió", &["sitio", "patio", "tio", "hastio"]),
    Ending("rgio", "rgió", &["sergio"]),
    Ending("ngio", "ngió", &[]),
    Ending("xigio", "xigió", &[]),
    Ending("rigio", "rigió", &[]),
    Ending("eligio", "eligió", &[]),
    Ending("tegio", "tegió", &[]),
    Ending("cogio", "cogió", &[]),
    Ending(
        "ecio",
        "eció",
        &["precio", "necio", "recio", "aprecio", "desprecio"],
    ),
    Ending("nocio", "noció", &[]),
    Ending("vencio", "venció", &[]),
    Ending("nacio", "nació", &[]),
    Ending(
        "ndio",
        "ndió",
        &["incendio", "indio", "compendio", "estipendio"],
    ),
    Ending(
        "idio",
        "idió",
        &[
            "suicidio",
            "genocidio",
            "homicidio",
            "feminicidio",
            "magnicidio",
            "subsidio",
            "presidio",
            "fastidio",
        ],
    ),
    Ending("cudio", "cudió", &[]),
    Ending("cedio", "cedió", &[]),
    Ending("gredio", "gredió", &[]),
    Ending("rdio", "rdió", &[]),
    Ending("cibio", "cibió", &[]),
    Ending("hibio", "hibió", &[]),
    Ending("cribio", "cribió", &[]),
    Ending("subio", "subió", &[]),
    Ending("urrio", "urrió", &[]),
    Ending("sufrio", "sufrió", &[]),
    Ending("murio", "murió", &[]),
    Ending("cubrio", "cubrió", &[]),
    Ending("abrio", "abrió", &[]),
    Ending("salio", "salió", &[]),
    Ending("cumplio", "cumplió", &[]),
    Ending("vivio", "vivió", &[]),
    Ending("rvio", "rvió", &["nervio"]),
    Ending("sumio", "sumió", &[]),
    Ending("finio", "finió", &[]),
    Ending("eunio", "eunió", &[]),
];

/// The imperfect of verbs whose stem ends so, and a noun.
const IA: [Ending; 9] = [
    Ending("eia", "eía", &[]),
    Ending("guia", "guía", &[]),
    Ending("tenia", "tenía", &[]),
    Ending("ponia", "ponía", &[]),
    Ending("podia", "podía", &[]),
    Ending("habia", "había", &[]),
    Ending("debia", "debía", &[]),
    Ending("queria", "quería", &[]),
    Ending("logia", "logía", &[]),
];

const IAN: [Ending; 9] = [
    Ending("eian", "eían", &[]),
    Ending("guian", "guían", &[]),
    Ending("tenian", "tenían", &[]),
    Ending("venian", "venían", &[]),
    Ending("ponian", "ponían", &[]),
    Ending("podian", "podían", &[]),
    Ending("habian", "habían", &[]),
    Ending("debian", "debían", &[]),
    Ending("querian", "querían", &[]),
];

const IAS: [Ending; 1] = [Ending("logias", "logías", &[])];

/// We in the imperfect; and plurals that are taken for an infinitive with `nos`.
const OS: [Ending; 8] = [
    Ending("abamos", "ábamos", &[]),
    Ending("iernos", "ierno", &[]),
    Ending("modernos", "moderno", &[]),
    Ending("ternos", "terno", &["meternos", "someternos"]),
    Ending("cuadernos", "cuaderno", &[]),
    Ending("teniamos", "teníamos", &[]),
    Ending("podiamos", "podíamos", &[]),
    Ending("habiamos", "habíamos", &[]),
];

/// Words whose last syllable is no ending, in the order of their letters: the stem is the whole
/// word, which is that of the plural in -es too.
const WHOLE: [&str; 55] = [
    "afgan",
    "aleman",
    "aragones",
    "barcelones",
    "burgues",
    "capitan",
    "catalan",
    "certamen",
    "cordobes",
    "cortes",
    "crimen",
    "danes",
    "despues",
    "dictamen",
    "escoces",
    "estres",
    "examen",
    "finlandes",
    "frances",
    "genoves",
    "groenlandes",
    "guardian",
    "holandes",
    "hongkones",
    "huracan",
    "imagen",
    "ingles",
    "interes",
    "irlandes",
    "islandes",
    "japones",
    "joven",
    "leones",
    "libanes",
    "marques",
    "milanes",
    "musulman",
    "neozelandes",
    "nepales",
    "noruegues",
    "origen",
    "pekines",
    "portugues",
    "refran",
    "regimen",
    "resumen",
    "senegales",
    "sudanes",
    "sultan",
    "tailandes",
    "taiwanes",
    "taliban",
    "virgen",
    "volcan",
    "volumen",
];

/// The word as the rules for stems should see it; `None` where it is right as it is.
pub(crate) fn for_rules(word: &str) -> Option<String> {
    let (may_be_whole, endings): (_, &[Ending]) = match word.as_bytes() {
        [.., b'i', b'o'] => (false, &IO),
        [.., b'i', b'a'] => (false, &IA),
        [.., b'i', b'a', b's'] => (false, &IAS),
        [.., b'i', b'a', b'n'] => (true, &IAN),
        [.., b'o', b's'] => (false, &OS),
        [.., b'a' | b'e', b'n'] | [.., b'e', b's'] => (true, &[]),
        _ => return None,
    };
    if may_be_whole && WHOLE.binary_search(&word).is_ok() {
        return with_last_vowel_accented(word);
    }
    let Ending(folded, instead, _) = endings
        .iter()
        .find(|Ending(folded, _, except)| word.ends_with(folded) && !except.contains(&word))?;
    let mut out = String::with_capacity(word.len() + 1);
    out.push_str(&word[..word.len() - folded.len()]);
    out.push_str(instead);
    Some(out)
}

/// No ending begins with an accented vowel and a consonant, so the rules leave such a word whole.
fn with_last_vowel_accented(word: &str) -> Option<String> {
    let at = word.rfind(['a', 'e'])?;
    let mut out = String::with_capacity(word.len() + 1);
    out.push_str(&word[..at]);
    out.push(if word.as_bytes()[at] == b'a' {
        'á'
    } else {
        'é'
    });
    out.push_str(&word[at + 1..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(WHOLE.is_sorted());
    }
}
