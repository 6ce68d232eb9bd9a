//! `bellwether probe URL`: one look at an address, of which nothing is kept.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use bellwether_config::Config;
use bellwether_model::{Clock, SourceKind, Timestamp};
use bellwether_poller::probe::{self, Look, Probed, Prober, Wanted};
use serde::Serialize;

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::look::{self, LookBody, SeenBody};
use crate::setup::Usage;
use crate::{poll, print, setup};

/// Items shown to people.
const ITEMS_SHOWN: usize = 10;

#[derive(Serialize)]
struct ProbedBody {
    look: LookBody,
    /// What else was looked at: feeds that a page names, or such as stand at the usual places.
    also: Vec<LookBody>,
    /// Which of `also` is better followed, counted from 0.
    better: Option<usize>,
    /// The items of what is best followed.
    items: Vec<SeenBody>,
    /// The source as it is written into the configuration, where it can be read.
    toml: Option<String>,
}

/// What looks at sources, with the bounds of the configuration.
pub(crate) fn prober(config: &Config) -> Result<Prober> {
    let outbound = setup::outbound(config)?;
    Ok(Prober::new(
        outbound,
        poll::settings(config),
        Arc::new(SystemClock),
    ))
}

/// Looks, and prints what was understood. Ends with 1 where nothing can be read.
pub(crate) async fn probe(
    common: &Common,
    url: &str,
    kind: Option<SourceKind>,
    country: Option<String>,
) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let Some(url) = probe::typed_address(url) else {
        let text = "the address must begin with https:// or http://, name a host, and hold no user \
             name or password";
        return Err(Usage(text.to_owned()).into());
    };
    let wanted = Wanted { url, kind, country };
    let probed = prober(&config)?.probe(&wanted).await;
    let best = probed.best();
    let is_good = best.is_collected();
    let toml = is_good.then(|| probe::block(best, &wanted));
    if common.json {
        print::json(&ProbedBody {
            look: LookBody::new(None, &probed.look),
            also: probed
                .also
                .iter()
                .map(|look| LookBody::new(None, look))
                .collect(),
            better: probed.better,
            items: best.items.iter().map(SeenBody::from).collect(),
            toml,
        })?;
    } else {
        show(&probed, toml.as_deref())?;
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn show(probed: &Probed, toml: Option<&str>) -> Result<()> {
    let now = SystemClock.now();
    show_look(&probed.look, now)?;
    let is_named = !probed.look.feeds.is_empty();
    for found in &probed.also {
        print::line("")?;
        print::line(if is_named {
            "The page names:"
        } else {
            "At a usual place of the site stands:"
        })?;
        show_look(found, now)?;
    }
    let best = probed.best();
    if best.items.is_empty() {
        print::line("")?;
    } else {
        show_items(best)?;
    }
    match toml {
        Some(toml) => {
            print::line(
                "Put this into a file of `sources/`, fill in who speaks, and run `bellwether check`:",
            )?;
            print::line("")?;
            print::line(toml.trim_end())
        }
        None => print::line("Nothing that could be followed was found."),
    }
}

fn show_look(look: &Look, now: Timestamp) -> Result<()> {
    let mut lines = vec![("kind", look.kind.as_str().to_owned())];
    if let Some(answered) = look.answered.as_ref().filter(|url| **url != look.asked) {
        lines.push(("answered", answered.clone()));
    }
    lines.extend(look.title.clone().map(|title| ("title", title)));
    if look.is_collected() {
        lines.push(("found", look::in_short(look, now)));
        lines.push(("rhythm", rhythm(look)));
        lines.extend(look.lang.clone().map(|lang| ("language", lang)));
    }
    if let Some(moved) = &look.moved_to {
        lines.push(("moved", format!("for good to {moved}")));
    }
    lines.extend(look.error.clone().map(|error| ("failed", error)));
    lines.extend(look.repaired.clone().map(|note| ("note", note)));
    lines.extend(look.problems.iter().map(|text| ("problem", text.clone())));
    print::line(&look.asked)?;
    for (what, text) in lines {
        print::line(&format!("  {what:<9} {}", text.replace('\n', " ")))?;
    }
    Ok(())
}

fn rhythm(look: &Look) -> String {
    let minutes = look.every.as_secs() / 60;
    match look.rhythm {
        Some(rhythm) if rhythm.per_day >= 10.0 => {
            format!("{:.0} a day; ask every {minutes} min", rhythm.per_day)
        }
        Some(rhythm) => format!("{:.1} a day; ask every {minutes} min", rhythm.per_day),
        None => format!("its dates do not tell; ask every {minutes} min to begin with"),
    }
}

fn show_items(look: &Look) -> Result<()> {
    let rows: Vec<Vec<String>> = look
        .items
        .iter()
        .take(ITEMS_SHOWN)
        .map(|item| {
            vec![
                item.time.strftime("%Y-%m-%d %H:%MZ").to_string(),
                item.time_reason.as_str().to_owned(),
                item.published_raw.clone().unwrap_or_default(),
                item.title.clone(),
            ]
        })
        .collect();
    print::line("")?;
    print::table(
        &["TIME", "WHY", "DATE AS WRITTEN", "TITLE"],
        &[17, 11, 32, 80],
        &rows,
    )?;
    let more = look.items.len().saturating_sub(ITEMS_SHOWN);
    if more > 0 {
        print::line(&format!("and {more} more"))?;
    }
    print::line("")
}

#[cfg(test)]
mod tests {
    use bellwether_model::{OutcomeKind, Selectors};

    use super::*;

    fn look(kind: SourceKind, url: &str, title: Option<&str>) -> Look {
        Look {
            kind,
            asked: url.to_owned(),
            answered: Some(url.to_owned()),
            outcome: OutcomeKind::Fetched,
            status: Some(200),
            error: None,
            moved_to: None,
            content_type: None,
            charset: None,
            body_bytes: 0,
            repaired: None,
            title: title.map(str::to_owned),
            lang: Some("zh-Hant".to_owned()),
            items: Vec::new(),
            rhythm: None,
            every: std::time::Duration::from_secs(600),
            feeds: Vec::new(),
            documents: Vec::new(),
            list: (kind == SourceKind::Page).then(|| Selectors {
                item: "li.news-item".to_owned(),
                link: None,
                title: None,
                date: None,
                text: None,
            }),
            problems: Vec::new(),
        }
    }

    /// Whatever a site calls itself, what is printed can be pasted.
    #[test]
    fn what_is_printed_is_a_configuration() {
        use SourceKind::{Bluesky, Feed, Mastodon, Page, Ptt, Sitemap, Telegram, Youtube};
        let long = "選".repeat(5_000);
        let titles = [
            None,
            Some("Example \"News\" \\ 'one' # two = [three]"),
            Some("a\nb\r\n[[source]]\nid = \"evil\""),
            Some("\u{0}\u{7}\u{1b}[31m\u{202E}\u{200B}\u{FEFF}"),
            Some("   "),
            Some(long.as_str()),
            Some("دفاع‌پرس"),
        ];
        let addresses = [
            (Feed, "https://news.example.org/rss.xml?a=%22&b='"),
            (Feed, "http://[2001:db8::1]:8080/a\"b"),
            (Feed, "https://新聞.example/选举"),
            (Sitemap, "https://news.example.org/news-sitemap.xml"),
            (Page, "https://news.example.org/"),
            (Telegram, "https://t.me/s/Example_News"),
            (
                Mastodon,
                "https://social.example/api/v1/accounts/42/statuses?limit=40",
            ),
            (
                Bluesky,
                "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=did:plc:x",
            ),
            (
                Youtube,
                "https://www.youtube.com/feeds/videos.xml?channel_id=UCx",
            ),
            (Ptt, "https://www.ptt.cc/bbs/Example/index.html"),
        ];
        for (kind, url) in addresses {
            for title in titles {
                let url = probe::typed_address(url).unwrap();
                for country in [None, Some("TW".to_owned())] {
                    let wanted = Wanted {
                        url: url.clone(),
                        kind: None,
                        country: country.clone(),
                    };
                    let block = probe::block(&look(kind, &url, title), &wanted);
                    let temp = tempfile::tempdir().unwrap();
                    std::fs::create_dir(temp.path().join("sources")).unwrap();
                    std::fs::write(temp.path().join("sources/pasted.toml"), &block).unwrap();
                    let config = bellwether_config::load(temp.path(), &|_| None)
                        .unwrap_or_else(|faults| panic!("{faults}\n{block}"));
                    let [source] = &config.sources[..] else {
                        panic!("{block}");
                    };
                    assert_eq!((source.kind, source.url.as_deref()), (kind, Some(&*url)));
                    assert_eq!(source.country, country);
                    assert_eq!(source.reading.list.is_some(), kind == Page, "{block}");
                }
            }
        }
    }
}
