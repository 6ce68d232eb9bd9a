//! One visit to a page: the answers, and who reads.

use std::convert::Infallible;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use bellwether_access::{Need, Principal, UserRole, needs};
use bellwether_alert::BY_CHARS_MAX;
use bellwether_api::Problem;
use bellwether_model::{MessageLanguage, Timestamp};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::catalogue::{self, Part};
use super::preferences::{Preferences, Theme};
use super::words::text;
use crate::answers::{Answers, parameter};

// What is signed is kept as it is.
const _: () = assert!(bellwether_access::SIGNED_CHARS_MAX == BY_CHARS_MAX);

/// Who reads. The door puts it into every request that it lets in.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// Who, as far as it is known.
    pub(crate) principal: Principal,
    /// The pass of the link they came by, as it stands there.
    pub(crate) pass: Option<String>,
    /// How they want pages shown.
    pub(crate) preferences: Preferences,
    /// What they asked for: path and query.
    pub(crate) place: String,
}

impl Reader {
    /// Whether they may do what wants a method and a path.
    pub(crate) fn may(&self, is_reading: bool, path: &str) -> bool {
        match needs(is_reading, path) {
            Need::Nothing => true,
            Need::Role(role) => self.principal.role() >= Some(role),
            Need::RoleOrPass(role) => {
                self.principal.role() >= Some(role) || matches!(self.principal, Principal::Pass(_))
            }
        }
    }

    /// Who did something, where `typed` is the name that stands in the request.
    ///
    /// # Errors
    /// A [`Problem`] where it is that of another account.
    pub(crate) fn sign(&self, typed: &str) -> Result<String, Problem> {
        self.principal
            .sign(typed)
            .map_err(|error| parameter("by", error.to_string()))
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self {
            principal: Principal::Nobody,
            pass: None,
            preferences: Preferences::of(&parts.headers),
            place: "/".to_owned(),
        }))
    }
}

/// What a page is made of.
pub(crate) struct Visit<'a> {
    answers: &'a Answers,
    pub(crate) reader: &'a Reader,
}

impl<'a> Visit<'a> {
    pub(crate) const fn new(answers: &'a Answers, reader: &'a Reader) -> Self {
        Self { answers, reader }
    }

    /// What pages are told in.
    pub(super) const fn language(&self) -> MessageLanguage {
        self.reader.preferences.language
    }

    /// The zone that the reader wants, by its name.
    pub(super) fn zone_name(&self) -> Option<String> {
        let zone = self.reader.preferences.zone.as_ref()?;
        zone.iana_name().map(str::to_owned)
    }

    /// A sentence without parts, as text.
    pub(super) fn say(&self, id: &str) -> String {
        catalogue::say(self.language(), id)
    }

    /// A sentence with its parts.
    pub(super) fn tell(&self, id: &str, parts: &[(&'static str, Part)]) -> Markup {
        catalogue::tell(self.language(), id, parts)
    }

    /// So many items.
    pub(super) fn items(&self, count: u64) -> Markup {
        self.tell("number-items", &[("count", count.into())])
    }

    /// So many voices.
    pub(super) fn voices(&self, count: u32) -> Markup {
        self.tell("number-voices", &[("count", count.into())])
    }

    /// So many stories.
    pub(super) fn stories(&self, count: u64) -> Markup {
        self.tell("number-stories", &[("count", count.into())])
    }

    /// So many sources.
    pub(super) fn sources_in_words(&self, count: u64) -> Markup {
        self.tell("number-sources", &[("count", count.into())])
    }

    /// So many families.
    pub(super) fn families(&self, count: u32) -> Markup {
        self.tell("words-families", &[("count", count.into())])
    }

    /// So many days.
    pub(super) fn days(&self, days: u32) -> Markup {
        self.tell("length-days", &[("days", days.into())])
    }

    /// Things that are named one after the other.
    pub(super) fn list(&self, entries: impl IntoIterator<Item = Markup>) -> Markup {
        let listed = entries.into_iter().reduce(|listed, entry| {
            self.tell(
                "words-list",
                &[("listed", listed.into()), ("entry", entry.into())],
            )
        });
        listed.unwrap_or_default()
    }

    /// The tag of what is there in English only; none on a page in English.
    pub(super) const fn foreign_tag(&self) -> Option<&'static str> {
        match self.language() {
            MessageLanguage::English => None,
            MessageLanguage::TraditionalChinese => Some("en"),
        }
    }

    /// Words that are there in English only, marked as such on a page in another language.
    pub(super) fn english(&self, words: &str) -> Markup {
        html! {
            @match self.foreign_tag() {
                Some(tag) => span lang=(tag) { (text(words)) },
                None => (text(words)),
            }
        }
    }

    /// How long it is from one time to another, in its largest units.
    pub(super) fn length(&self, from: Timestamp, to: Timestamp) -> Markup {
        let minutes = (to.duration_since(from).as_secs().max(0) + 30) / 60;
        match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
            (0, 0, 0) => self.tell("length-minute", &[]),
            (0, 0, minutes) => self.tell("length-minutes", &[("minutes", minutes.into())]),
            (0, hours, 0) => self.tell("length-hours", &[("hours", hours.into())]),
            (0, hours, minutes) => self.tell(
                "length-hours-minutes",
                &[("hours", hours.into()), ("minutes", minutes.into())],
            ),
            (days, 0, _) => self.tell("length-days", &[("days", days.into())]),
            (days, hours, _) => self.tell(
                "length-days-hours",
                &[("days", days.into()), ("hours", hours.into())],
            ),
        }
    }

    /// How far polling day is.
    pub(super) fn days_to_polling(&self, days: i32) -> Markup {
        let far = i64::from(days.unsigned_abs());
        match days {
            0 => self.tell("elections-today", &[]),
            1.. => self.tell("elections-ahead", &[("days", far.into())]),
            _ => self.tell("elections-past", &[("days", far.into())]),
        }
    }

    /// The form in which a reader says how they want pages shown.
    pub(super) fn appearance(&self) -> Markup {
        let preferences = &self.reader.preferences;
        let is_zone = |zone: &TimeZone| preferences.zone.as_ref() == Some(zone);
        html! {
            form.appearance action="/prefer" method="post" aria-label=(self.say("frame-appearance")) {
                input type="hidden" name="then" value=(self.reader.place);
                span {
                    @for (language, name) in [
                        (MessageLanguage::English, "English"),
                        (MessageLanguage::TraditionalChinese, "中文"),
                    ] {
                        button name="language" value=(language.tag()) lang=(language.tag())
                            aria-pressed=(language == preferences.language) { (name) }
                    }
                }
                span {
                    button name="zone" value="election" aria-pressed=(preferences.zone.is_none()) {
                        (self.say("frame-zone-election"))
                    }
                    button name="zone" value="UTC" aria-pressed=(is_zone(&TimeZone::UTC)) {
                        (self.say("frame-zone-utc"))
                    }
                    button name="zone" value="" data-zone-mine hidden { (self.say("frame-zone-mine")) }
                }
                span {
                    button name="theme" value="light" aria-pressed=(preferences.theme == Some(Theme::Light)) {
                        (self.say("frame-light"))
                    }
                    button name="theme" value="dark" aria-pressed=(preferences.theme == Some(Theme::Dark)) {
                        (self.say("frame-dark"))
                    }
                }
                a href="/keys" { (self.say("frame-keys")) }
            }
        }
    }

    /// Whether they may change what has a path.
    pub(super) fn may_change(&self, path: &str) -> bool {
        self.reader.may(false, path)
    }

    /// Where a form leads, by whom it is sent: who came by a pass goes on by it.
    pub(super) fn action(&self, path: &str) -> String {
        match &self.reader.pass {
            Some(pass) => format!("{path}?pass={pass}"),
            None => path.to_owned(),
        }
    }

    /// The field for who does it; who logged in is known.
    pub(super) fn by_field(&self, name: &str) -> Markup {
        html! {
            @match self.reader.principal.name() {
                Some(known) => p.by { (self.tell("frame-as", &[("name", html! { strong { (text(known)) } }.into())])) },
                None => label {
                    (self.say("frame-your-name"))
                    input name=(name) required maxlength=(BY_CHARS_MAX) autocomplete="name";
                },
            }
        }
    }

    /// Who reads, and how to leave, at the head of every page.
    pub(super) fn who(&self) -> Markup {
        html! {
            @match &self.reader.principal {
                Principal::User { name, role } => form.account action="/logout" method="post" {
                    @if *role == UserRole::Admin { a href="/audit" { (self.say("frame-audit")) } " " }
                    span { (text(name)) ", " (self.say(role_id(*role))) }
                    button.small type="submit" { (self.say("frame-log-out")) }
                },
                Principal::Pass(_) => p.account { a href="/login" { (self.say("frame-log-in")) } },
                Principal::Local | Principal::Token { .. } | Principal::Nobody => {},
            }
        }
    }
}

/// What a role is called in the catalogues.
const fn role_id(role: UserRole) -> &'static str {
    match role {
        UserRole::Viewer => "frame-role-viewer",
        UserRole::Analyst => "frame-role-analyst",
        UserRole::Admin => "frame-role-admin",
    }
}

impl Deref for Visit<'_> {
    type Target = Answers;

    fn deref(&self) -> &Answers {
        self.answers
    }
}
