//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use bellwether_model::{FileFormat, SourceKind, Timestamp};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Watches what state media and their proxies publish around elections: collects, keeps, searches,
/// notices what is published by more independent voices than usual, and tells a chat.
#[derive(Debug, Parser)]
#[command(
    name = "bellwether",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "Examples:
  bellwether demo
  bellwether run")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// The configuration folder
    #[arg(long, global = true, default_value = "config", value_name = "DIR")]
    pub(crate) config: PathBuf,
    /// The data folder [default: what bellwether.toml says, else `data`]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Print for programs: one JSON object, or one per line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The time to take for now, RFC 3339
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}

/// One command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Poll, index, watch, tell and serve, all in one process
    #[command(after_help = "Examples:
  bellwether run
  bellwether run --listen 127.0.0.1:8080 --data /var/lib/bellwether")]
    Run {
        /// Where to serve page and API; off loopback with accounts only [default: see bellwether.toml]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// An invented election on a virtual clock, without network: a burst, its message, the page
    #[command(after_help = "Examples:
  bellwether demo
  bellwether demo --exit --data /tmp/bellwether-demo")]
    Demo {
        /// End after the replay instead of serving the page
        #[arg(long)]
        exit: bool,
        /// Where to serve the page afterwards
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7878")]
        listen: SocketAddr,
    },
    /// Check the whole configuration: every fault with file, line and what to do
    #[command(after_help = "Examples:
  bellwether check
  bellwether check --config /etc/bellwether --json")]
    Check,
    /// Look at one address as the poller would, and show what can be read of it; keeps nothing
    #[command(after_help = "Examples:
  bellwether probe https://news.example.org/
  bellwether probe t.me/s/example
  bellwether probe https://news.example.org/archive --kind page --json")]
    Probe {
        /// The address: a feed, a sitemap, a page, a channel, an account, a board
        url: String,
        /// What it is [default: found out]
        #[arg(long, value_name = "KIND", value_parser = polled_kind)]
        kind: Option<SourceKind>,
        /// The country it speaks from, such as TW: for what its dates leave open
        #[arg(long, value_name = "CODE", value_parser = country)]
        country: Option<String>,
    },
    /// Poll sources without watching or serving
    #[command(after_help = "Examples:
  bellwether poll --once
  bellwether poll --once --source cna-tw --json")]
    Poll {
        /// Poll what is due now, print a line for each source, and end
        #[arg(long)]
        once: bool,
        /// Only this source, due or not, and also where it is off; may be given again
        #[arg(long, value_name = "ID", requires = "once")]
        source: Vec<String>,
    },
    /// Import items from NDJSON, a feed file, or what sources still show of their past
    #[command(after_help = "Examples:
  bellwether import history.ndjson
  zcat archive.ndjson.gz | bellwether import - --strict
  bellwether import --format feed --publisher example-news saved.xml
  bellwether import --history --group prc-state --days 35")]
    Import {
        /// Files; `-` is standard input
        #[arg(required_unless_present = "history", value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What the files are
        #[arg(long, value_enum, default_value_t = Format::Ndjson)]
        format: Format,
        /// Who published a feed or the pages of a WARC file, or speaks in an exported channel
        #[arg(long, value_name = "ID", required_if_eq("format", "feed"))]
        publisher: Option<String>,
        /// Stop at the first bad line
        #[arg(long)]
        strict: bool,
        #[command(flatten)]
        history: HistoryArgs,
    },
    /// List items as they are kept, newest first
    #[command(after_help = "Examples:
  bellwether items --limit 5
  bellwether items --source cna-tw --json")]
    Items {
        /// Only of this source
        #[arg(long, value_name = "ID")]
        source: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: usize,
    },
    /// Search in any language
    #[command(after_help = "Examples:
  bellwether search '作票 OR \"ballot fraud\"' --from 7d
  bellwether search 'group:prc-state lang:zh -title:天氣' --sort relevance --json")]
    Search(SearchArgs),
    /// Show a story: who was first in this collection, who came later, and by which clock
    #[command(after_help = "Examples:
  bellwether story 10423
  bellwether story 10423 --json")]
    Story {
        /// The id of the story, or of an item that tells it
        #[arg(value_name = "ID")]
        id: String,
    },
    /// List the titles that make no story: of columns, which two publishers may choose by themselves
    #[command(after_help = "Examples:
  bellwether column-titles
  bellwether column-titles --json")]
    ColumnTitles,
    /// Count matching items, families and stories over time
    #[command(after_help = "Examples:
  bellwether timeline 作票 --from 7d --bin 1d
  bellwether timeline '*' --from 2d --bin 1h --by group --zone America/New_York --json")]
    Timeline(TimelineArgs),
    /// Count what the matches are made of: groups, languages, sources, hashtags, stories …
    #[command(after_help = "Examples:
  bellwether facets 作票 --from 7d --by group,lang,source
  bellwether facets 'group:prc-state' --from 1d --by story --limit 5 --json")]
    Facets(FacetsArgs),
    /// List the words that set the matches apart from everything else
    #[command(after_help = "Examples:
  bellwether terms 作票 --from 7d
  bellwether terms 'group:prc-state time:>1d' --limit 50 --json")]
    Terms(TermsArgs),
    /// Show who carries what another group or outlet was first with, in both directions
    #[command(after_help = "Examples:
  bellwether echo --from 30d
  bellwether echo --from 30d --states
  bellwether echo --from 30d --by outlet
  bellwether echo narrative:tw-vote-count-fraud --from 30d --json")]
    Echo {
        #[command(flatten)]
        of: EchoArgs,
    },
    /// List bursts, newest first
    #[command(after_help = "Examples:
  bellwether bursts --from 7d
  bellwether bursts --json")]
    Bursts {
        #[command(flatten)]
        window: Window,
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: usize,
    },
    /// Say why a rule raised a burst at a minute, or did not; why a term that nobody listed was told of
    #[command(after_help = "Examples:
  bellwether explain tw-ballot-fraud
  bellwether explain tw-ballot-fraud --at 2026-11-27T06:30:00Z
  bellwether explain --term 作票 --at 2026-11-27T06:30:00Z
  bellwether explain unlisted --term 'ballot fraud'
  bellwether explain 3f9c0a5be1d2 --json")]
    Explain {
        /// The id of a rule; or that of a burst: then its rule or its term, at the minute of its
        /// numbers. With --term a rule with terms = "any", which may be left out where there is one
        #[arg(value_name = "RULE|BURST", required_unless_present = "term")]
        rule: Option<String>,
        /// A term that nobody listed: a word, two words, two characters, or a phrase of these
        #[arg(long, value_name = "TERM")]
        term: Option<String>,
    },
    /// Say what a rule would have done over past weeks, beside a changed version of it
    #[command(after_help = "Examples:
  bellwether backtest tw-ballot-fraud
  bellwether backtest tw-ballot-fraud --days 56 --window 6h --min-families 4
  bellwether backtest tw-ballot-fraud --rules draft.toml --json")]
    Backtest(crate::why::BacktestArgs),
    /// List alerts that hold, with what was said of them and their deliveries
    #[command(after_help = "Examples:
  bellwether alerts
  bellwether alerts --history --json")]
    Alerts {
        /// Also those that have resolved
        #[arg(long)]
        history: bool,
    },
    /// Acknowledge an alert, and say whether it was worth telling
    #[command(after_help = "Examples:
  bellwether ack a-3f9c0a5be1d2 --by Lin
  bellwether ack a-3f9c0a5be1d2 --verdict noise --by Lin --note 'a sports result'")]
    Ack(crate::alerts::AckArgs),
    /// Silence alerts for some time, list silences, end one
    #[command(after_help = "Examples:
  bellwether silence add --term 作票 --for 4h --comment 'a ball game' --by Lin
  bellwether silence list
  bellwether silence end s-3")]
    Silence {
        /// What to do
        #[command(subcommand)]
        what: crate::silence::Silences,
    },
    /// Make users who log in to the page, list them, change or remove them
    #[command(after_help = "Examples:
  bellwether user add lin --role analyst
  bellwether user role lin admin
  bellwether user list")]
    User {
        /// What to do
        #[command(subcommand)]
        what: crate::accounts::Users,
    },
    /// Make tokens for programs that ask the API, list them, revoke one
    #[command(after_help = "Examples:
  bellwether token add prometheus --role viewer
  bellwether token add chat-bridge --role analyst --for 90d
  bellwether token revoke chat-bridge")]
    Token {
        /// What to do
        #[command(subcommand)]
        what: crate::accounts::Tokens,
    },
    /// Show what was changed or tried by whom: over HTTP, and accounts
    #[command(after_help = "Examples:
  bellwether audit
  bellwether audit --limit 500 --json")]
    Audit(crate::accounts::AuditArgs),
    /// Say who would be told of an alert with these labels, and what would hold it back
    #[command(after_help = "Examples:
  bellwether route-test cause=burst severity=critical election=tw-2026-local group=prc-state
  bellwether route-test --alert a-3f9c0a5be1d2 --json")]
    RouteTest(crate::route_test::RouteTestArgs),
    /// List the newest messages with where each stands and how long it took
    #[command(after_help = "Examples:
  bellwether deliveries
  bellwether deliveries --receiver newsroom-chat --limit 20 --json")]
    Deliveries {
        /// Only those to this receiver
        #[arg(long, value_name = "RECEIVER")]
        receiver: Option<String>,
        /// At most so many
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        limit: usize,
    },
    /// Send a message to a receiver that says that it is a test; ends with 1 where it does not arrive
    #[command(after_help = "Examples:
  bellwether send-test newsroom-chat
  bellwether send-test night-desk --json")]
    SendTest {
        /// The id of the receiver in receivers.toml; it may be switched off
        #[arg(value_name = "RECEIVER")]
        receiver: String,
    },
    /// List rules, with how useful their alerts were judged to be
    #[command(after_help = "Examples:
  bellwether rules
  bellwether rules --json")]
    Rules,
    /// List sources with what became of their last poll, or ask each once
    #[command(after_help = "Examples:
  bellwether sources
  bellwether sources --check --out report.txt
  bellwether sources --check --all --json")]
    Sources {
        /// Ask each source that is on once, as its first poll would; keeps nothing, and ends with 1
        /// where one fails
        #[arg(long)]
        check: bool,
        /// Ask also those that are off
        #[arg(long, requires = "check")]
        all: bool,
        /// Write the report into this file
        #[arg(long, value_name = "FILE", requires = "check")]
        out: Option<PathBuf>,
    },
    /// Show what was and was not collected, hour by hour, the worst first
    #[command(after_help = "Examples:
  bellwether coverage
  bellwether coverage --from 14d --bin day --by group
  bellwether coverage --source cna-tw --from 2d --json")]
    Coverage(CoverageArgs),
    /// Queries kept under a name [default: list]
    #[command(after_help = "Examples:
  bellwether queries
  bellwether queries save 'Ballots' '作票 OR \"ballot fraud\"' --from 7d")]
    Queries {
        #[command(subcommand)]
        what: Option<crate::queries::Queries>,
    },
    /// Write a whole answer as CSV or NDJSON, of any length
    #[command(after_help = "Examples:
  bellwether export '作票 OR \"ballot fraud\"' --from 28d --format csv -o ballots.csv
  bellwether export '*' --format ndjson | gzip > all.ndjson.gz")]
    Export(crate::queries::ExportArgs),
    /// Forget an item: its text, and every answer that showed it, for good
    #[command(after_help = "Examples:
  bellwether forget 10423 --why 'asked for by the person named'
  bellwether forget 10423 --by 'Lin, legal' --why 'court order' --json")]
    Forget {
        /// The id of the item
        #[arg(value_name = "ID")]
        id: String,
        /// Why; shown to whoever asks for the item
        #[arg(
            long,
            default_value = "",
            hide_default_value = true,
            value_name = "TEXT"
        )]
        why: String,
        /// Who wants it so [default: the user of this system]
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Read the whole log back and say what is not as it was written; changes nothing
    #[command(after_help = "Examples:
  bellwether verify
  bellwether verify --json")]
    Verify,
    /// Play a recorded stream as if it were live, and write what is found
    #[command(after_help = "Examples:
  bellwether replay stream.ndjson --flags flags.ndjson
  bellwether replay stream.ndjson --queries queries.json --groups groups.json --flags flags.ndjson")]
    Replay {
        /// The stream: lines as for `import`, in order of `time`
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Where what is found goes, a line each
        #[arg(long, value_name = "FILE")]
        flags: PathBuf,
        /// Saved queries, `[{"id", "any": [terms]}]`, which are the only rules
        #[arg(long, value_name = "FILE")]
        queries: Option<PathBuf>,
        /// The roles of groups, `[{"id", "role"}]`
        #[arg(long, value_name = "FILE")]
        groups: Option<PathBuf>,
        /// First move each story by days of its own, so that what is told is told by chance
        #[arg(long, value_name = "SEED")]
        shuffle: Option<u64>,
    },
    /// Compute index or derived data anew from the log; sends nothing
    #[command(after_help = "Examples:
  bellwether rebuild
  bellwether rebuild index")]
    Rebuild {
        /// What [default: both]
        #[arg(value_enum)]
        what: Option<Rebuilt>,
    },
}

fn polled_kind(text: &str) -> Result<SourceKind, String> {
    let polled = || SourceKind::ALL.into_iter().filter(|kind| kind.is_polled());
    polled().find(|kind| kind.as_str() == text).ok_or_else(|| {
        let known: Vec<&str> = polled().map(SourceKind::as_str).collect();
        format!("the kinds are {}", known.join(", "))
    })
}

fn country(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    match is_code {
        true => Ok(text.to_owned()),
        false => Err("use the two capitals of ISO 3166, such as TW".to_owned()),
    }
}

/// Which past is wanted.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Read what sources still show of their past, instead of files
    #[arg(long, conflicts_with_all = ["files", "format", "publisher", "strict"])]
    pub(crate) history: bool,
    /// Only this source, also where it is off; may be given again
    #[arg(long, value_name = "ID", requires = "history")]
    pub(crate) source: Vec<String>,
    /// Only the sources of this group that are on; may be given again
    #[arg(long, value_name = "ID", requires = "history")]
    pub(crate) group: Vec<String>,
    /// How many days back
    #[arg(long, value_name = "N", default_value_t = 35, value_parser = clap::value_parser!(u32).range(2..=400), requires = "history")]
    pub(crate) days: u32,
    /// At most so many pages of each source
    #[arg(long, value_name = "N", default_value_t = 500, requires = "history")]
    pub(crate) pages: u64,
    /// From the newest page on again, also where it was read before
    #[arg(long, requires = "history")]
    pub(crate) again: bool,
}

/// What is searched for.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// The query
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Which come first
    #[arg(long, default_value = "newest", value_parser = ["newest", "oldest", "relevance"])]
    pub(crate) sort: String,
    /// At most so many
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// Where the page before ended
    #[arg(long)]
    pub(crate) cursor: Option<String>,
    /// Each item by itself, instead of one for each story
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) meaning: Meaning,
}

/// What is counted over time.
#[derive(Debug, Args)]
pub(crate) struct TimelineArgs {
    /// The query
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Length of a bin: 10m, 1h, 6h or 1d
    #[arg(long)]
    pub(crate) bin: Option<String>,
    /// Split the counts: group, family, source, publisher, affiliation, country, lang, platform,
    /// domain or tag
    #[arg(long, value_name = "FIELD")]
    pub(crate) by: Option<String>,
    #[command(flatten)]
    pub(crate) meaning: Meaning,
}

/// What is counted by field.
#[derive(Debug, Args)]
pub(crate) struct FacetsArgs {
    /// The query
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Fields, with commas between them: those of a timeline, story, narrative, actor
    #[arg(long, default_value = "group,lang,source", value_name = "FIELDS")]
    pub(crate) by: String,
    /// At most so many values of each field
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) meaning: Meaning,
}

/// Whose echoes are counted.
#[derive(Debug, Args)]
pub(crate) struct EchoArgs {
    /// Only lineages with an item that matches [default: all]
    pub(crate) query: Option<String>,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Only between state media
    #[arg(long)]
    pub(crate) states: bool,
    /// Between whom: `group` or `outlet` [default: group]
    #[arg(long)]
    pub(crate) by: Option<String>,
    /// At most so many pairs
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) meaning: Meaning,
}

/// Where characteristic words are looked for.
#[derive(Debug, Args)]
pub(crate) struct TermsArgs {
    /// The query
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) window: Window,
    /// At most so many words
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) meaning: Meaning,
}

/// Whose coverage is shown.
#[derive(Debug, Args)]
pub(crate) struct CoverageArgs {
    #[command(flatten)]
    pub(crate) window: Window,
    /// Only this source, also where it is off; may be given again
    #[arg(long, value_name = "ID")]
    pub(crate) source: Vec<String>,
    /// Only the sources of this group; may be given again
    #[arg(long, value_name = "ID")]
    pub(crate) group: Vec<String>,
    /// What a row is [default: source]
    #[arg(long, value_parser = ["source", "group"])]
    pub(crate) by: Option<String>,
    /// What a sign is [default: hour, and day for more than three days]
    #[arg(long, value_parser = ["hour", "day"])]
    pub(crate) bin: Option<String>,
    /// At most so many rows
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// Where the page before ended
    #[arg(long)]
    pub(crate) cursor: Option<String>,
    /// The time zone in which days are meant, such as Asia/Taipei [default: that of the election]
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
}

/// How a query is meant.
#[derive(Debug, Args)]
pub(crate) struct Meaning {
    /// The name of an actor also finds the actor's other names, in every script
    #[arg(long)]
    pub(crate) names: bool,
    /// The zone in which days are meant, such as Asia/Taipei [default: that of the election]
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
}

/// A stretch of time.
#[derive(Debug, Args)]
pub(crate) struct Window {
    /// From this time on: 2026-11-01, 2026-11-01T08:00, RFC 3339, 7d, 12h
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Up to this time
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object for each item
    Ndjson,
    /// RSS, Atom or JSON Feed
    Feed,
    /// What Zeeschuimer exported: one object a line
    Zeeschuimer,
    /// An export of Telegram Desktop (result.json): channels and groups
    Telegram,
    /// Pages of articles in a WARC file
    Warc,
}

impl From<Format> for FileFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Ndjson => Self::Ndjson,
            Format::Feed => Self::Feed,
            Format::Zeeschuimer => Self::Zeeschuimer,
            Format::Telegram => Self::Telegram,
            Format::Warc => Self::Warc,
        }
    }
}

/// What can be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rebuilt {
    /// The search index
    Index,
    /// Stories, counts and bursts
    Derived,
}
