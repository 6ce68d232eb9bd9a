//! Whose posts were passed on or quoted: configured sources by name, all others by pseudonym
//! (DESIGN 2, house rules).

use std::collections::BTreeMap;

use bellwether_api::{OriginBody, PostBody, Problem};
use bellwether_archive::Pseudonyms;
use bellwether_model::{Directory, Origin, PostFacts, SourceId, SourceKind};
use url::Url;

use super::{Answers, problems};

/// The accounts that are configured sources.
#[derive(Debug, Default)]
pub(super) struct Accounts(BTreeMap<String, SourceId>);

impl Accounts {
    pub(super) fn new(directory: &Directory) -> Self {
        let account = |source: &bellwether_model::Source| {
            let account = account(source.url.as_deref()?)?;
            (source.kind != SourceKind::Import).then(|| (account, source.id.clone()))
        };
        Self(directory.sources().filter_map(account).collect())
    }
}

/// The account that an address belongs to, as `PLATFORM/NAME` in lower case.
fn account(address: &str) -> Option<String> {
    if let Some(rest) = address.strip_prefix("at://") {
        return Some(format!("bluesky/{}", rest.split('/').next()?)).map(|a| a.to_lowercase());
    }
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?.trim_start_matches("www.");
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let first = parts.next()?;
    let found = match host {
        "t.me" | "telegram.me" | "telegram.dog" => {
            let name = if first == "s" { parts.next()? } else { first };
            format!("telegram/{name}")
        }
        "bsky.app" if first == "profile" => format!("bluesky/{}", parts.next()?),
        _ if url.path().ends_with("/app.bsky.feed.getAuthorFeed") => {
            let (_, actor) = url.query_pairs().find(|(name, _)| name == "actor")?;
            format!("bluesky/{actor}")
        }
        _ => {
            let name = match first.strip_prefix('@') {
                Some(name) => name.strip_suffix(".rss").unwrap_or(name),
                None if first == "users" => parts.next()?,
                None => return None,
            };
            format!("{host}/{name}")
        }
    };
    Some(found.to_lowercase())
}

/// The same by its name, such as `name@server`, or a handle that is a domain; where the address bears the
/// name out, since on some platforms anybody may call himself anything.
fn named(origin: &Origin) -> Option<String> {
    let name = origin.name.as_deref()?.to_lowercase();
    let address = origin.address.as_deref()?;
    match name.split_once('@') {
        Some((name, server)) => {
            let url = Url::parse(address).ok()?;
            (url.host_str() == Some(server)).then(|| format!("{server}/{name}"))
        }
        None if address.starts_with("at://") => Some(format!("bluesky/{name}")),
        None => None,
    }
}

impl Answers {
    /// What a platform says of a post, as it may be shown.
    pub(super) fn post(&self, facts: &PostFacts, accounts: &Accounts) -> Option<PostBody> {
        let origin = |origin: &Option<Origin>| {
            let shown = |origin| self.origin(origin, accounts);
            origin.as_ref().map(shown)
        };
        PostBody::from_model(facts, origin(&facts.origin), origin(&facts.quoted))
    }

    fn origin(&self, origin: &Origin, accounts: &Accounts) -> OriginBody {
        let known = [origin.address.as_deref().and_then(account), named(origin)];
        let source = (known.iter().flatten()).find_map(|account| accounts.0.get(account));
        if let Some(source) = source {
            let is_web = |address: &&String| address.starts_with("http");
            return OriginBody {
                source: Some(source.to_string()),
                account: origin.name.clone().unwrap_or_else(|| source.to_string()),
                pseudonym: false,
                url: origin.address.as_ref().filter(is_web).cloned(),
            };
        }
        let account = known.into_iter().flatten().next();
        let account = account.or_else(|| origin.name.clone()).unwrap_or_default();
        OriginBody {
            source: None,
            account: self.pseudonym(&account),
            pseudonym: true,
            url: None,
        }
    }

    /// Without a key nobody can be told apart, and yet everything else can be answered.
    fn pseudonym(&self, account: &str) -> String {
        match self.pseudonyms() {
            Ok(pseudonyms) => pseudonyms.of(account),
            Err(problem) => {
                tracing::error!(?problem, "the key of pseudonyms cannot be had");
                "account-unknown".to_owned()
            }
        }
    }

    fn pseudonyms(&self) -> Result<&Pseudonyms, Problem> {
        if let Some(known) = self.pseudonyms.get() {
            return Ok(known);
        }
        let opened = Pseudonyms::open(&self.dir).map_err(problems::archive)?;
        Ok(self.pseudonyms.get_or_init(|| opened))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_addresses() {
        for (address, expected) in [
            ("https://t.me/s/Example", Some("telegram/example")),
            ("https://t.me/Example/7", Some("telegram/example")),
            (
                "at://did:plc:a/app.bsky.feed.post/1",
                Some("bluesky/did:plc:a"),
            ),
            (
                "https://bsky.app/profile/A.example",
                Some("bluesky/a.example"),
            ),
            (
                "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?limit=5&actor=a.example",
                Some("bluesky/a.example"),
            ),
            ("https://s.example/@name.rss", Some("s.example/name")),
            (
                "https://s.example/users/Name/statuses/9",
                Some("s.example/name"),
            ),
            ("https://s.example/api/v1/accounts/1/statuses", None),
            ("https://news.example/", None),
            ("nonsense", None),
        ] {
            assert_eq!(account(address).as_deref(), expected, "{address}");
        }
        let origin = |name: &str, address: &str| Origin {
            name: Some(name.to_owned()),
            address: Some(address.to_owned()),
        };
        assert_eq!(
            named(&origin("B@Other.example", "https://other.example/@B/1")).as_deref(),
            Some("other.example/b")
        );
        // Where anybody may call himself anything, he has said nothing.
        for address in ["https://t.me/someone", "x"] {
            assert_eq!(named(&origin("B@Other.example", address)), None);
        }
        assert_eq!(
            named(&origin("b.example", "at://did:plc:b/x/1")).as_deref(),
            Some("bluesky/b.example")
        );
        assert_eq!(named(&origin("Plain", "https://t.me/plain")), None);
    }
}
