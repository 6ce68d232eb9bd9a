//! Who publishes in the invented election: the one table that feeds, history and configuration are
//! made from.

/// The dialect of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Rss,
    Atom,
    Json,
}

/// Languages of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    En,
    ZhHant,
    ZhHans,
    Ru,
}

impl Lang {
    /// The tag of BCP 47.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHant => "zh-Hant",
            Self::ZhHans => "zh-Hans",
            Self::Ru => "ru",
        }
    }
}

/// What is on record about an outlet, all of it invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    StateControlled,
    Independent,
    Unknown,
}

/// An invented outlet. Its id is its publisher too, and its site is `ID.example`, a name that is
/// reserved for examples (RFC 2606) and cannot exist.
#[derive(Debug)]
pub(crate) struct Outlet {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) family: &'static str,
    pub(crate) group: &'static str,
    /// A user-assigned code of ISO 3166, which no country has.
    pub(crate) country: &'static str,
    pub(crate) lang: Lang,
    pub(crate) format: Format,
    pub(crate) standing: Standing,
    /// Items on a usual weekday.
    pub(crate) a_day: u32,
}

/// The outlet of an id.
pub(crate) fn outlet(id: &str) -> Option<&'static Outlet> {
    OUTLETS.iter().find(|outlet| outlet.id == id)
}

const fn of_veskand(
    id: &'static str,
    name: &'static str,
    family: &'static str,
    lang: Lang,
    format: Format,
    a_day: u32,
) -> Outlet {
    Outlet {
        id,
        name,
        family,
        group: "veskand-state",
        country: "XV",
        lang,
        format,
        standing: Standing::StateControlled,
        a_day,
    }
}

const fn of_orsalle(
    id: &'static str,
    name: &'static str,
    family: &'static str,
    lang: Lang,
    format: Format,
    a_day: u32,
) -> Outlet {
    Outlet {
        id,
        name,
        family,
        group: "orsalle-domestic",
        country: "XO",
        lang,
        format,
        standing: Standing::Independent,
        a_day,
    }
}

/// Fifteen sources of eleven families: two owners have several, since counting is by family.
#[rustfmt::skip]
pub(crate) static OUTLETS: [Outlet; 15] = [
    of_veskand("veskand-herald", "Veskand Herald", "veskand-state-media", Lang::En, Format::Rss, 22),
    of_veskand("veskand-herald-zh", "维斯坎先驱网", "veskand-state-media", Lang::ZhHans, Format::Atom, 16),
    of_veskand("veskand-radio", "Радио Весканд", "veskand-radio", Lang::Ru, Format::Rss, 16),
    of_orsalle("tavimora-times", "Tavimora Times", "tavimora-press", Lang::En, Format::Rss, 24),
    of_orsalle("tavimora-evening", "塔維莫拉晚報", "tavimora-press", Lang::ZhHant, Format::Atom, 20),
    of_orsalle("norrekin-daily", "諾雷金日報", "norrekin-daily", Lang::ZhHant, Format::Rss, 22),
    of_orsalle("suvaleth-vestnik", "Сувалетский вестник", "suvaleth-vestnik", Lang::Ru, Format::Atom, 18),
    of_orsalle("orsalle-radio", "Orsalle Radio", "orsalle-public-radio", Lang::En, Format::Rss, 20),
    of_orsalle("coast-courier", "海岸信使报", "coast-courier", Lang::ZhHans, Format::Rss, 18),
    of_orsalle("dunmeru-gazette", "Dunmeru Gazette", "dunmeru-gazette", Lang::En, Format::Atom, 12),
    of_orsalle("kallibey-now", "Kallibey Now", "kallibey-network", Lang::En, Format::Rss, 10),
    of_orsalle("kallibey-today", "Kallibey Today", "kallibey-network", Lang::En, Format::Rss, 10),
    of_orsalle("kallibey-voice", "Kallibey Voice", "kallibey-network", Lang::En, Format::Atom, 8),
    Outlet {
        group: "orsalle-wire",
        ..of_orsalle("island-agency", "Island Agency", "island-agency", Lang::En, Format::Atom, 22)
    },
    Outlet {
        group: "orsalle-social",
        standing: Standing::Unknown,
        ..of_orsalle("harbour-board", "海港論壇", "harbour-board", Lang::ZhHant, Format::Json, 14)
    },
];
