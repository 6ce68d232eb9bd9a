//! What is asked. Words are those of the corpus: names and catchwords of both elections, common and
//! rare ones mixed.

/// One kind of question.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    /// The path asked, with `{q}` for the query.
    pub(crate) path: &'static str,
    pub(crate) queries: &'static [&'static str],
    /// Which number of the answer says how much was found.
    pub(crate) found: &'static str,
}

const SEARCH: &str = "/api/v1/search?q={q}";

/// Thirty of the ninety days of the corpus.
const MONTH: &str = "from=2026-10-29&to=2026-11-27";

/// All kinds.
pub(crate) const CLASSES: &[Class] = &[
    Class {
        name: "boolean",
        path: SEARCH,
        queries: &[
            "Trump AND border",
            "election AND fraud",
            "Ukraine AND Biden",
            "police AND shooting -Texas",
            "(Clinton OR Obama) AND emails",
            "Трамп AND США",
            "(選舉 OR 罷免) AND 民進黨",
            "台灣 AND 美國",
            "特朗普 AND 关税",
            "vaccine AND school",
        ],
        found: "total",
    },
    Class {
        name: "phrase",
        path: SEARCH,
        queries: &[
            "\"white house\"",
            "\"donald trump\"",
            "\"hillary clinton\"",
            "\"supreme court\"",
            "\"white lives matter\"",
            "\"mail ballots\"",
            "\"мид россии\"",
            "\"新闻联播\"",
            "\"賴清德總統\"",
            "\"立法院長韓國瑜\"",
        ],
        found: "total",
    },
    Class {
        name: "two Han characters",
        path: SEARCH,
        queries: &[
            "選舉", "台灣", "总统", "罷免", "作票", "俄罗", "中共", "国台", "颱風", "開票",
        ],
        found: "total",
    },
    Class {
        name: "one Han character",
        path: SEARCH,
        queries: &["票", "颱", "核", "罷", "軍"],
        found: "total",
    },
    Class {
        name: "NEAR",
        path: SEARCH,
        queries: &[
            "trump NEAR/5 wall",
            "election NEAR/10 fraud",
            "\"white house\" NEAR/8 (china OR russia)",
            "台灣 NEAR/10 美國",
            "(罷免 OR 選舉) NEAR/6 國民黨",
            "обама NEAR/7 сирия",
        ],
        found: "total",
    },
    Class {
        name: "prefix",
        path: SEARCH,
        queries: &[
            "elect*",
            "vaccin*",
            "демократ*",
            "\"hillary clin*\"",
            "immigra*",
            "\"white ho\"*",
            "фальсифик*",
            "ballot*",
        ],
        found: "total",
    },
    Class {
        name: "group and words",
        path: SEARCH,
        queries: &[
            "group:taiwan 選舉",
            "group:accounts trump",
            "group:china 台湾",
            "group:us election lang:en",
        ],
        found: "total",
    },
    Class {
        name: "timeline, 30 days, by group",
        path: "/api/v1/timeline?q={q}&by=group&bin=1d&MONTH",
        queries: &["trump", "台灣", "選舉", "россия", "*"],
        found: "",
    },
    Class {
        name: "facets of a hot word",
        path: "/api/v1/facets?q={q}&by=group,source,lang,platform",
        queries: &["trump", "台灣", "россия"],
        found: "items",
    },
];

impl Class {
    /// The paths to ask for.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.queries
            .iter()
            .map(|query| {
                let mut encoded = String::new();
                for byte in query.bytes() {
                    encoded.push_str(&format!("%{byte:02X}"));
                }
                self.path.replace("MONTH", MONTH).replace("{q}", &encoded)
            })
            .collect()
    }
}
