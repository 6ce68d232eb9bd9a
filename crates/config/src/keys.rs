//! Every key that configuration knows, by section. What is not here is a fault; what is here is
//! described in `docs/configuration.md`, which a test checks.

/// A table of a configuration file and the keys it may have.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// The table as one would write it, such as `[rule.gate]`; empty for the top of a file.
    pub header: &'static str,
    /// Its keys.
    pub keys: &'static [&'static str],
    /// Keys that one might expect and that are refused for a reason, with what to do instead.
    pub refused: &'static [(&'static str, &'static str)],
}

pub(crate) static SETTINGS: Section = Section {
    header: "",
    keys: &["listen", "public_url", "data", "fetch", "keep", "coverage"],
    refused: &[],
};
pub(crate) static FETCH: Section = Section {
    header: "[fetch]",
    keys: &[
        "allow_networks",
        "contact",
        "body_bytes_max",
        "timeout",
        "per_host",
        "concurrency",
        "proxy",
    ],
    refused: &[],
};
pub(crate) static KEEP: Section = Section {
    header: "[keep]",
    keys: &["items", "originals", "pages", "captures", "disk_floor"],
    refused: &[],
};
pub(crate) static COVERAGE: Section = Section {
    header: "[coverage]",
    keys: &["receivers"],
    refused: &[],
};
pub(crate) static ELECTIONS: Section = Section {
    header: "",
    keys: &["schema", "as_of", "election"],
    refused: &[],
};
pub(crate) static ELECTION: Section = Section {
    header: "[[election]]",
    keys: &[
        "id",
        "name_en",
        "name_native",
        "country",
        "level",
        "time_zone",
        "time_zones",
        "utc_offset",
        "polling_day",
        "expected_window",
        "polls_open",
        "polls_close",
        "hours_verification",
        "hours_note",
        "authority",
        "authority_url",
        "state",
        "offices",
        "sources",
        "phase",
    ],
    refused: &[],
};
pub(crate) static DOCUMENT: Section = Section {
    header: "[[election.sources]]",
    keys: &["title", "publisher", "date", "url"],
    refused: &[],
};
pub(crate) static PHASE: Section = Section {
    header: "[[election.phase]]",
    keys: &[
        "id",
        "start",
        "end",
        "rule",
        "note",
        "verification",
        "source",
        "withholds",
    ],
    refused: &[],
};
pub(crate) static GROUPS: Section = Section {
    header: "",
    keys: &["group"],
    refused: &[],
};
pub(crate) static GROUP: Section = Section {
    header: "[[group]]",
    keys: &["id", "name", "role"],
    refused: &[],
};
pub(crate) static SOURCES: Section = Section {
    header: "",
    keys: &["source"],
    refused: &[],
};
pub(crate) static SOURCE: Section = Section {
    header: "[[source]]",
    keys: &[
        "id",
        "name",
        "kind",
        "url",
        "fallbacks",
        "contact",
        "publisher",
        "family",
        "groups",
        "country",
        "languages",
        "every",
        "enabled",
        "alert",
        "note",
        "terms",
        "affiliation",
        "article",
        "list",
        "folder",
        "format",
    ],
    refused: &[],
};
pub(crate) static LIST: Section = Section {
    header: "[source.list]",
    keys: &["item", "link", "title", "date", "text"],
    refused: &[],
};
pub(crate) static AFFILIATION: Section = Section {
    header: "[source.affiliation]",
    keys: &["grade", "basis", "reference", "as_of"],
    refused: &[],
};
pub(crate) static ACTORS: Section = Section {
    header: "",
    keys: &["schema", "as_of", "complete", "actor"],
    refused: &[],
};
pub(crate) static ACTOR: Section = Section {
    header: "[[actor]]",
    keys: &[
        "id",
        "kind",
        "country",
        "qid",
        "note",
        "ambiguous",
        "aliases",
    ],
    refused: &[],
};
/// Its keys are language tags.
pub(crate) static ALIASES: Section = Section {
    header: "[actor.aliases]",
    keys: &[],
    refused: &[],
};
pub(crate) static NARRATIVES: Section = Section {
    header: "",
    keys: &["schema", "as_of", "complete", "narrative"],
    refused: &[],
};
pub(crate) static NARRATIVE: Section = Section {
    header: "[[narrative]]",
    keys: &[
        "id",
        "title",
        "description",
        "elections",
        "actors",
        "disarm",
        "documented_by",
        "queries",
    ],
    refused: &[],
};
pub(crate) static REFERENCE: Section = Section {
    header: "[[narrative.documented_by]]",
    keys: &["title", "publisher", "date", "url"],
    refused: &[],
};
/// Its keys are language tags.
pub(crate) static QUERIES: Section = Section {
    header: "[narrative.queries]",
    keys: &[],
    refused: &[],
};
pub(crate) static RULES: Section = Section {
    header: "",
    keys: &["rule"],
    refused: &[],
};
pub(crate) static RULE: Section = Section {
    header: "[[rule]]",
    keys: &[
        "id",
        "name",
        "query",
        "narrative",
        "terms",
        "groups",
        "languages",
        "platforms",
        "window",
        "p_max",
        "election",
        "gate",
        "phase",
        "route",
    ],
    refused: &[],
};
pub(crate) static GATE: Section = Section {
    header: "[rule.gate]",
    keys: &["min_families", "min_stories", "max_family_share"],
    refused: &[],
};
pub(crate) static RULE_PHASE: Section = Section {
    header: "[[rule.phase]]",
    keys: &["phase", "p_max", "gate"],
    refused: &[
        (
            "window",
            "what is usual is learnt from past windows of one length: make a second rule with another \
             window",
        ),
        ("route", "a rule sends to the same receivers in every phase"),
    ],
};
pub(crate) static RULE_PHASE_GATE: Section = Section {
    header: "[rule.phase.gate]",
    keys: &["min_families", "min_stories", "max_family_share"],
    refused: &[],
};
pub(crate) static ROUTE: Section = Section {
    header: "[rule.route]",
    keys: &["receivers"],
    refused: &[],
};
pub(crate) static RECEIVERS: Section = Section {
    header: "",
    keys: &["route", "receiver"],
    refused: &[],
};
/// What who knows Alertmanager looks for, and what there is instead.
const REPEAT: &str = "nothing is repeated because time has passed: `handover_at` of a receiver says what still \
                      holds";

pub(crate) static ROUTE_TREE: Section = Section {
    header: "[route]",
    keys: &[
        "receivers",
        "group_by",
        "group_wait",
        "group_interval",
        "routes",
    ],
    refused: &[
        ("repeat_interval", REPEAT),
        (
            "matchers",
            "the first route takes every alert: put what asks for something below it, as [[route.routes]]",
        ),
        ("continue", "nothing stands beside the first route"),
    ],
};
pub(crate) static ROUTE_BELOW: Section = Section {
    header: "[[route.routes]]",
    keys: &[
        "matchers",
        "receivers",
        "continue",
        "group_by",
        "group_wait",
        "group_interval",
        "routes",
    ],
    refused: &[("repeat_interval", REPEAT)],
};
pub(crate) static QUIET: Section = Section {
    header: "[receiver.quiet]",
    keys: &["from", "to", "except"],
    refused: &[],
};
pub(crate) static LIMIT: Section = Section {
    header: "[receiver.limit]",
    keys: &["messages", "per"],
    refused: &[],
};
pub(crate) static RECEIVER: Section = Section {
    header: "[[receiver]]",
    keys: &[
        "id",
        "kind",
        "url_file",
        "url_env",
        "token_file",
        "token_env",
        "app_token_file",
        "app_token_env",
        "signing_key_file",
        "signing_key_env",
        "server",
        "tls",
        "from",
        "to",
        "user",
        "password_file",
        "password_env",
        "enabled",
        "allow_networks",
        "language",
        "buttons",
        "zone",
        "quiet",
        "limit",
        "digest_at",
        "handover_at",
        "template",
    ],
    refused: &[
        (
            "url",
            "the address is a secret: put it in a file that `url_file` names or in the environment \
             variable that `url_env` names, and have it replaced if others have seen it",
        ),
        (
            "token",
            "the token is a secret: put it in a file that `token_file` names or in the environment \
             variable that `token_env` names, and have it replaced if others have seen it",
        ),
        (
            "app_token",
            "the token of the app is a secret: put it in a file that `app_token_file` names or in the \
             environment variable that `app_token_env` names, and have it replaced if others have seen it",
        ),
        (
            "signing_key",
            "the key is a secret: put it in a file that `signing_key_file` names or in the \
             environment variable that `signing_key_env` names, and have it replaced if others have \
             seen it",
        ),
        (
            "password",
            "the password is a secret: put it in a file that `password_file` names or in the \
             environment variable that `password_env` names, and have it replaced if others have seen \
             it",
        ),
    ],
};

/// Every section of every file, in the order of `docs/configuration.md`.
pub static KNOWN_SECTIONS: [&Section; 33] = [
    &SETTINGS,
    &FETCH,
    &KEEP,
    &COVERAGE,
    &ELECTIONS,
    &ELECTION,
    &DOCUMENT,
    &PHASE,
    &GROUPS,
    &GROUP,
    &SOURCES,
    &SOURCE,
    &AFFILIATION,
    &LIST,
    &ACTORS,
    &ACTOR,
    &ALIASES,
    &NARRATIVES,
    &NARRATIVE,
    &REFERENCE,
    &QUERIES,
    &RULES,
    &RULE,
    &GATE,
    &RULE_PHASE,
    &RULE_PHASE_GATE,
    &ROUTE,
    &RECEIVERS,
    &ROUTE_TREE,
    &ROUTE_BELOW,
    &RECEIVER,
    &QUIET,
    &LIMIT,
];
