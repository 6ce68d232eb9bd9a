//! One visit to a page: the answers, and who reads.

use std::convert::Infallible;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use bellwether_access::{Need, Principal, UserRole, needs};
use bellwether_alert::BY_CHARS_MAX;
use bellwether_api::Problem;
use maud::{Markup, html};

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
                Some(known) => p.by { "As " strong { (text(known)) } },
                None => label {
                    "Your name"
                    input name=(name) required maxlength=(BY_CHARS_MAX) autocomplete="name";
                },
            }
        }
    }

    /// Who reads, and how to leave, at the head of every page.
    pub(super) fn who(&self) -> Markup {
        html! {
            @match &self.reader.principal {
                Principal::User { name, role } => form.who action="/logout" method="post" {
                    @if *role == UserRole::Admin { a href="/audit" { "Audit" } " " }
                    span { (text(name)) ", " (role) }
                    button.small type="submit" { "Log out" }
                },
                Principal::Pass(_) => p.who { a href="/login" { "Log in" } },
                Principal::Local | Principal::Token { .. } | Principal::Nobody => {},
            }
        }
    }
}

impl Deref for Visit<'_> {
    type Target = Answers;

    fn deref(&self) -> &Answers {
        self.answers
    }
}
