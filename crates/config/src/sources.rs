//! `sources/`: who is polled, and what is on record about whose voice it is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use bellwether_model::{
    Affiliation, Contact, FamilyId, Grade, GroupId, PublisherId, Reach, Source, SourceId,
    SourceKind,
};

use crate::checks::{self, Use};
use crate::keys;
use crate::reading;
use crate::register::{Register, is_id};
use crate::table::{Place, Table};
use crate::words::quoted;

/// How often a source may be polled: not oftener than a host will bear, nor so rarely that a feed
/// of twenty entries loses some unseen.
const EVERY: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);

/// How often a source is polled where its file does not say.
const EVERY_DEFAULT: Duration = Duration::from_secs(600);

/// More places for one document are a mistake, and a poll asks all of them where all fail.
const FALLBACKS_MAX: usize = 4;

/// Hosts that carry the feeds of many owners: a domain they share says nothing about them.
const CARRIERS: [&str; 5] = [
    "feedburner.com",
    "google.com",
    "youtube.com",
    "t.me",
    "rsshub.app",
];

/// A source and where the things stand that are compared across files.
#[derive(Debug)]
pub(crate) struct PlacedSource<'a> {
    pub(crate) source: Source,
    /// Whether its troubles are told.
    pub(crate) is_told: bool,
    place: Place<'a>,
    family_place: Place<'a>,
    url_place: Place<'a>,
}

/// What reading sources adds to, and what it asks.
#[derive(Debug)]
pub(crate) struct Named<'r, 'a> {
    pub(crate) ids: &'r mut Register<'a>,
    pub(crate) groups: &'r Register<'a>,
    /// Groups that have a source, be the source right or wrong.
    pub(crate) groups_with_members: &'r mut BTreeSet<GroupId>,
}

/// Reads the sources of a file and enters their ids.
pub(crate) fn sources<'a>(top: &Table<'a>, named: &mut Named<'_, 'a>) -> Vec<PlacedSource<'a>> {
    top.tables("source", &keys::SOURCE)
        .iter()
        .filter_map(|table| source(table, named))
        .collect()
}

fn source<'a>(table: &Table<'a>, named: &mut Named<'_, 'a>) -> Option<PlacedSource<'a>> {
    let id = named.ids.enter(table);
    let name = table.text("name");
    let kind = reading::kind(table);
    let url = reading::url(table, kind);
    let reading = reading::reading(table, kind);
    let reach = reach(table, kind);
    let slug = |key| table.text(key).filter(|text| is_id(table, *text));
    let publisher = slug("publisher");
    let family = slug("family");
    let groups: Vec<GroupId> = table
        .texts("groups")
        .into_iter()
        .filter(|group| named.groups.check(table, *group))
        .filter_map(|group| GroupId::parse(group.value).ok())
        .collect();
    named.groups_with_members.extend(groups.iter().cloned());
    let country = checks::country(table);
    let languages = checks::languages(table);
    let every = checks::duration(table, "every", EVERY).unwrap_or(EVERY_DEFAULT);
    let enabled = table.boolean("enabled").unwrap_or(true);
    let is_told = table.boolean("alert").unwrap_or(true);
    let note = table.prose("note");
    if !enabled {
        table.require(
            "note",
            Some("say why the source is off, for whoever asks why it is silent"),
        );
    }
    // Kept for whoever decides whether to go on reading the source; nothing here acts on it.
    table.prose("terms");
    let affiliation = affiliation(table);
    let id = id?;
    let publisher = publisher.map_or(id, |text| text.value);
    let family = family.map_or(publisher, |text| text.value);
    Some(PlacedSource {
        source: Source {
            id: SourceId::parse(id).ok()?,
            name: name.map_or(id, |text| text.value).to_owned(),
            kind: kind?,
            reading,
            url,
            reach,
            publisher: PublisherId::parse(publisher).ok()?,
            family: FamilyId::parse(family).ok()?,
            groups,
            country,
            languages,
            every,
            enabled,
            affiliation,
            note: note.map(|text| text.value.trim().to_owned()),
        },
        is_told,
        place: table.place,
        family_place: table.place_of_key("family"),
        url_place: table.place_of_key("url"),
    })
}

fn reach(table: &Table<'_>, kind: Option<SourceKind>) -> Reach {
    let contacts = Contact::ALL.map(|contact| (contact.as_str(), contact));
    let contact = checks::one_of(table, "contact", "choices", &contacts).unwrap_or_default();
    let texts = table.texts("fallbacks");
    if let Some(kind) = kind.filter(|kind| !kind.is_polled() && !texts.is_empty()) {
        table.sink.fault(
            table.place_of_key("fallbacks"),
            format!(
                "a source of kind `{}` is never polled and has no `fallbacks`",
                kind.as_str()
            ),
            None,
        );
    }
    if texts.len() > FALLBACKS_MAX {
        table.sink.fault(
            table.place_of_key("fallbacks"),
            format!("`fallbacks` may have at most {FALLBACKS_MAX} addresses"),
            None,
        );
    }
    let fallbacks = texts
        .into_iter()
        .filter(
            |text| match checks::address_problem(text.value, Use::Shown) {
                Some(problem) => {
                    let message = format!("an address of `fallbacks` {problem}");
                    table.sink.fault(text.place, message, None);
                    false
                }
                None => true,
            },
        )
        .map(|text| text.value.to_owned())
        .collect();
    Reach { fallbacks, contact }
}

fn affiliation(source: &Table<'_>) -> Affiliation {
    let Some(table) = source.table("affiliation", &keys::AFFILIATION) else {
        return Affiliation::UNKNOWN;
    };
    let grades = Grade::ALL.map(|grade| (grade.as_str(), grade));
    let grade = table
        .require("grade", None)
        .then(|| checks::one_of(&table, "grade", "grades", &grades))
        .flatten();
    let owned = |key| table.prose(key).map(|text| text.value.trim().to_owned());
    let affiliation = Affiliation {
        grade: grade.unwrap_or(Grade::Unknown),
        basis: owned("basis"),
        reference: owned("reference"),
        as_of: table
            .has("as_of")
            .then(|| checks::day(&table, "as_of"))
            .flatten(),
    };
    if affiliation.grade != Grade::Unknown {
        let hint = "a grade is a claim; without what it rests on it is `unknown`";
        table.require("basis", Some(hint));
        table.require("reference", Some(hint));
        if !table.has("as_of") {
            table.sink.warn(
                table.place,
                "the grade has no date (`as_of`), so nobody can tell when it was looked up",
                Some("add the day, such as `as_of = 2026-11-25`".to_owned()),
            );
        }
    }
    affiliation
}

/// What only shows when all sources are known.
pub(crate) fn check_together(sources: &[PlacedSource<'_>], sink: &crate::fault::Sink) {
    let mut of_publisher: BTreeMap<&PublisherId, &PlacedSource<'_>> = BTreeMap::new();
    let mut of_url: BTreeMap<&str, &PlacedSource<'_>> = BTreeMap::new();
    let mut of_domain: BTreeMap<String, &PlacedSource<'_>> = BTreeMap::new();
    for placed in sources {
        let source = &placed.source;
        let first = *of_publisher.entry(&source.publisher).or_insert(placed);
        if first.source.family != source.family {
            sink.fault(
                placed.family_place,
                format!(
                    "publisher {} is of family {} here and of {} at {}",
                    quoted(source.publisher.as_str()),
                    quoted(source.family.as_str()),
                    quoted(first.source.family.as_str()),
                    first.family_place.shown()
                ),
                Some("a publisher has one owner: give both the same `family`".to_owned()),
            );
        }
        let Some(url) = source.url.as_deref() else {
            continue;
        };
        let first = *of_url.entry(url).or_insert(placed);
        if first.source.id != source.id {
            sink.warn(
                placed.url_place,
                format!(
                    "source {} polls the same address as {} at {}",
                    quoted(source.id.as_str()),
                    quoted(first.source.id.as_str()),
                    first.place.shown()
                ),
                Some("keep one of them".to_owned()),
            );
            continue;
        }
        // The other kinds are platforms: what has one host there has many owners.
        let is_own_site = matches!(
            source.kind,
            SourceKind::Feed | SourceKind::Sitemap | SourceKind::Page
        );
        let Some(domain) = registrable_domain(url).filter(|_| is_own_site) else {
            continue;
        };
        let message = format!("share the registrable domain `{domain}` but no family");
        let first = *of_domain.entry(domain).or_insert(placed);
        if first.source.family != source.family {
            sink.warn(
                placed.url_place,
                format!(
                    "source {} and {} at {} {message}",
                    quoted(source.id.as_str()),
                    quoted(first.source.id.as_str()),
                    first.place.shown(),
                ),
                Some(
                    "counting is by family: give both the same `family` if one owner has both"
                        .to_owned(),
                ),
            );
        }
    }
}

/// The part of a host that is registered by one owner; none for carriers of many and for numbers.
fn registrable_domain(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let domain = psl::domain_str(url.domain()?)?.to_owned();
    (!CARRIERS.contains(&domain.as_str())).then_some(domain)
}
