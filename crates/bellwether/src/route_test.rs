//! `bellwether route-test`: who would be told of an alert, by which route, and what would hold it back.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use bellwether_archive::{DataDir, Desk};
use bellwether_config::Config;
use bellwether_model::{
    AlertId, Clock, Label, Labels, Limit, Matcher, Receiver, RuleId, Silence, Timestamp,
};
use bellwether_monitor::Way;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::pipeline::routing;
use crate::setup::Usage;
use crate::{print, setup};

/// Which alert.
#[derive(Debug, Args)]
pub(crate) struct RouteTestArgs {
    /// The labels of an invented alert, such as severity=critical group=prc-state
    #[arg(value_name = "LABEL=VALUE", conflicts_with = "alert")]
    labels: Vec<String>,
    /// The labels of an alert that there is
    #[arg(long, value_name = "ID")]
    alert: Option<String>,
}

/// `bellwether route-test`.
pub(crate) fn route_test(common: &Common, args: &RouteTestArgs) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let now = common.at.unwrap_or_else(|| SystemClock.now());
    let data = setup::existing_data(common, &config).ok();
    let desk = data.as_ref().map(Desk::open).transpose()?;
    let labels = match &args.alert {
        None => given(&args.labels)?,
        Some(id) => {
            let alert = match &desk {
                Some(desk) => desk.alert(&AlertId::new(id))?,
                None => None,
            };
            alert.map(|alert| alert.labels).ok_or_else(|| {
                anyhow!("there is no alert `{id}`; `bellwether alerts --history` lists all")
            })?
        }
    };
    let silences = match &desk {
        Some(desk) => desk.silences(now)?,
        None => Vec::new(),
    };
    let silences: Vec<Silence> = silences
        .into_iter()
        .filter(|silence| silence.is_active(now) && silence.is_about(&labels))
        .collect();
    let ways = ways(&config, data.as_ref(), &labels)?;
    let told: Vec<Told<'_>> = ways
        .iter()
        .filter_map(|way| Told::of(&config, way))
        .collect();
    if common.json {
        print::json(&as_json(&labels, &told, &silences, now))?;
    } else {
        print_for_people(&labels, &told, &silences, now)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn given(texts: &[String]) -> Result<Labels> {
    let mut labels = Labels::default();
    for text in texts {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        // Read as a matcher is, so that a mistyped label is told in the same words.
        Matcher::parse(&format!("{name}=\"\"")).map_err(|error| {
            let known = Label::ALL.map(Label::as_str).join(", ");
            Usage(format!("`{text}`: {error}; labels are {known}"))
        })?;
        if let Some(label) = Label::from_word(name.trim()) {
            labels.add(label, value.trim().trim_matches('"'));
        }
    }
    Ok(labels)
}

fn ways(config: &Config, data: Option<&DataDir>, labels: &Labels) -> Result<Vec<Way>> {
    let directory = match data {
        Some(dir) => setup::directory(config, &bellwether_archive::LogReader::open(dir)?)?,
        None => config.directory([]),
    };
    let routing = routing(config, directory);
    let rule = labels.values(Label::Rule).next().map(RuleId::new);
    let of_rule = rule.filter(|rule| routing.rules.contains_key(rule));
    let is_coverage = labels
        .values(Label::Cause)
        .any(|cause| cause == "source" || cause == "outage");
    Ok(match (of_rule, &config.coverage.receivers) {
        (Some(rule), _) => routing.of_rule(&rule, labels),
        (None, Some(receivers)) if is_coverage => {
            let receivers = receivers.iter().filter(|id| routing.enabled.contains(*id));
            let way = |receiver: &bellwether_model::ReceiverId| Way {
                receiver: receiver.clone(),
                grouping: None,
            };
            receivers.map(way).collect()
        }
        _ => routing.by_tree(labels),
    })
}

/// A receiver that would be told.
struct Told<'a> {
    receiver: &'a Receiver,
    way: &'a Way,
}

impl<'a> Told<'a> {
    fn of(config: &'a Config, way: &'a Way) -> Option<Self> {
        let mut receivers = config.receivers.iter();
        let receiver = receivers.find(|receiver| receiver.id == way.receiver)?;
        Some(Self { receiver, way })
    }

    fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.receiver.pacing.quiet_until(now)
    }

    fn group(&self) -> Option<String> {
        let grouping = self.way.grouping.as_ref()?;
        let labels: Vec<&str> = grouping.by.iter().map(|label| label.as_str()).collect();
        Some(labels.join(", "))
    }

    fn limit(&self) -> Option<String> {
        let Limit { messages, per } = self.receiver.pacing.limit?;
        Some(format!("{messages} in {} min", per.as_secs() / 60))
    }
}

fn as_json(labels: &Labels, told: &[Told<'_>], silences: &[Silence], now: Timestamp) -> Value {
    let receivers: Vec<Value> = told
        .iter()
        .map(|told| {
            json!({
                "receiver": told.receiver.id,
                "kind": told.receiver.kind.as_str(),
                "group_by": told.group(),
                "limit": told.limit(),
                "quiet_until": told.quiet_until(now),
                "next_digest": told.receiver.pacing.next_digest(now),
            })
        })
        .collect();
    let silences: Vec<&str> = silences
        .iter()
        .map(|silence| silence.id.0.as_str())
        .collect();
    json!({"labels": labels, "receivers": receivers, "silences": silences})
}

fn print_for_people(
    labels: &Labels,
    told: &[Told<'_>],
    silences: &[Silence],
    now: Timestamp,
) -> Result<()> {
    let shown = labels.iter().map(|(label, values)| {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        format!("{}={}", label.as_str(), values.join(","))
    });
    let shown: Vec<String> = shown.collect();
    print::line(&format!("labels: {}", shown.join(" ")))?;
    if told.is_empty() {
        print::line(
            "nobody is told: no route leads to a receiver that is on; see [route] in receivers.toml",
        )?;
    }
    for told in told {
        let mut line = format!("{} ({})", told.receiver.id, told.receiver.kind.as_str());
        if let Some(until) = told.quiet_until(now) {
            line.push_str(&format!("; quiet until {until}"));
        }
        if let Some(next) = told.receiver.pacing.next_digest(now) {
            line.push_str(&format!("; in the digest of {next}"));
        }
        if let Some(group) = told.group() {
            line.push_str(&format!("; gathered by {group}"));
        }
        if let Some(limit) = told.limit() {
            line.push_str(&format!("; at most {limit}"));
        }
        print::line(&line)?;
    }
    for silence in silences {
        print::line(&format!(
            "silenced by {} until {}: {}",
            silence.id.0, silence.ends, silence.comment
        ))?;
    }
    Ok(())
}
