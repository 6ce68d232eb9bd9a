//! Accents of Spanish put back where the rules for stems need them.
//!
//! Folded words have none, and the rules tell -ió from -io and -ía from -ia. Most endings are
//! safe without: -ción and -ciones meet anyway. What follows are the endings of verbs that no noun
//! in use shares, and nouns whose last syllable would be taken for an ending. Where nouns and verbs
//! share an ending (-aria: parlamentaria, votaría) the noun is right, for it is what people look for.

/// An ending without its accent, with it, and the whole words it is no ending of.
struct Ending(&'static str, &'static str, &'static [&'static str]);

/// The longest of those that share their last letters comes first.
const ENDINGS: [Ending; 57] = [
    // The past of regular verbs: -ió.
    Ending("guio", "guió", &[]),
    Ending("tio", "tió", &["sitio", "patio", "tio", "hastio"]),
    Ending("rgio", "rgió", &["sergio", "tergio"]),
    Ending("ngio", "ngió", &[]),
    Ending("xigio", "xigió", &[]),
    Ending("rigio", "rigió", &[]),
    Ending("eligio", "eligió", &[]),
    Ending("tegio", "tegió", &[]),
    Ending("cogio", "cogió", &[]),
    Ending(
        "ecio",
        "eció",
        &[
            "precio",
            "necio",
            "recio",
            "aprecio",
            "desprecio",
            "menosprecio",
        ],
    ),
    Ending("nocio", "noció", &[]),
    Ending("vencio", "venció", &[]),
    Ending("nacio", "nació", &[]),
    Ending("ercio", "erció", &["comercio", "tercio", "sestercio"]),
    Ending(
        "ndio",
        "ndió",
        &["incendio", "indio", "compendio", "estipendio", "dispendio"],
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
            "parricidio",
            "infanticidio",
            "subsidio",
            "presidio",
            "fastidio",
            "ofidio",
            "euclidio",
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
    Ending("rvio", "rvió", &["nervio", "servio"]),
    Ending("sumio", "sumió", &[]),
    Ending("finio", "finió", &[]),
    Ending("eunio", "eunió", &[]),
    // The imperfect: -ía, -ían, of verbs whose stem ends so.
    Ending("abamos", "ábamos", &[]),
    Ending(
        "eramos",
        "éramos",
        &["esperamos", "generamos", "consideramos", "superamos"],
    ),
    Ending("eian", "eían", &[]),
    Ending("eia", "eía", &[]),
    Ending("guian", "guían", &[]),
    Ending("guia", "guía", &["guia"]),
    Ending("tenian", "tenían", &[]),
    Ending("tenia", "tenía", &[]),
    Ending("venian", "venían", &[]),
    Ending("ponian", "ponían", &[]),
    Ending("ponia", "ponía", &[]),
    Ending("podian", "podían", &[]),
    Ending("podia", "podía", &[]),
    Ending("habian", "habían", &[]),
    Ending("habia", "había", &[]),
    Ending("debian", "debían", &[]),
    Ending("debia", "debía", &[]),
    Ending("querian", "querían", &[]),
    Ending("queria", "quería", &[]),
    Ending("logia", "logía", &[]),
    Ending("logias", "logías", &[]),
];

/// Words whose last syllable is no ending, in the order of bytes: their stem is the whole word, and
/// that of their plural in -es too.
const WHOLE: [&str; 54] = [
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
    "sultan",
    "sudanes",
    "tailandes",
    "taiwanes",
    "taliban",
    "volcan",
    "volumen",
];

/// The word with the accents that its stem depends on; `None` where it has none.
pub(crate) fn with_accents(word: &str) -> Option<String> {
    if WHOLE.contains(&word) {
        return with_last_vowel_accented(word);
    }
    let Ending(plain, accented, _) = ENDINGS
        .iter()
        .find(|Ending(plain, _, except)| word.ends_with(plain) && !except.contains(&word))?;
    let mut out = String::with_capacity(word.len() + 1);
    out.push_str(&word[..word.len() - plain.len()]);
    out.push_str(accented);
    Some(out)
}

fn with_last_vowel_accented(word: &str) -> Option<String> {
    let at = word.rfind(['a', 'e', 'i', 'o', 'u'])?;
    let accented = match word.as_bytes()[at] {
        b'a' => "á",
        b'e' => "é",
        b'i' => "í",
        b'o' => "ó",
        _ => "ú",
    };
    let mut out = String::with_capacity(word.len() + 1);
    out.push_str(&word[..at]);
    out.push_str(accented);
    out.push_str(&word[at + 1..]);
    Some(out)
}
