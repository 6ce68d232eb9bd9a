//! `bellwether alerts`, `ack` and `rules`: what was told, what people say of it, and what follows of
//! the rules.
//!
//! What is said goes into the desk at once, as on the page: a daemon that runs beside sees it with its
//! next look.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::{AcknowledgeBody, AlertBody, DeliveryBody, RuleBody};
use bellwether_daemon::ListParams;
use clap::Args;

use crate::ask::{minute, open, told};
use crate::cli::Common;
use crate::{print, setup};

/// What is said of an alert.
#[derive(Debug, Args)]
pub(crate) struct AckArgs {
    /// The id of the alert, as `bellwether alerts` shows it
    #[arg(value_name = "ID")]
    id: String,
    /// Whether it was worth telling; the last verdict counts
    #[arg(long, value_name = "VERDICT", value_parser = ["useful", "noise", "known"])]
    verdict: Option<String>,
    /// Who says so [default: the user of this system]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// A note, at most 500 characters
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// `bellwether ack`.
pub(crate) fn ack(common: &Common, args: AckArgs) -> Result<ExitCode> {
    let said = AcknowledgeBody {
        by: args.by.unwrap_or_else(setup::user),
        verdict: args.verdict,
        note: args.note,
    };
    let alert = told(open(common)?.acknowledge(&args.id, &said))?;
    if common.json {
        print::json(&alert)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (verdict, by) = said_of(&alert);
    let verdict = match verdict.is_empty() {
        true => "no verdict yet".to_owned(),
        false => format!("verdict: {verdict}"),
    };
    print::line(&format!(
        "{} ({}): {}, last acknowledged by {by}; {verdict}",
        alert.id, alert.name, alert.state
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// `bellwether alerts`.
pub(crate) fn alerts(common: &Common, history: bool) -> Result<ExitCode> {
    let filter = if history { "all" } else { "open" };
    let params = ListParams {
        filter: Some(filter.to_owned()),
        ..ListParams::default()
    };
    let body = told(open(common)?.alerts(&params))?;
    if common.json {
        for alert in &body.items {
            print::json(alert)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if body.items.is_empty() {
        print::line(if history {
            "no alerts yet"
        } else {
            "no alerts hold; --history shows those that have resolved"
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    print::table(
        &[
            "STARTED",
            "STATE",
            "SEVERITY",
            "NAME",
            "VERDICT",
            "ACKNOWLEDGED BY",
            "DELIVERIES",
            "ID",
        ],
        &[25, 12, 8, 40, 8, 24, 60, 40],
        &body.items.iter().map(alert_row).collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn alert_row(alert: &AlertBody) -> Vec<String> {
    let deliveries = alert
        .deliveries
        .iter()
        .map(|d| format!("{} to {}: {}", d.kind, d.receiver, d.state));
    let (verdict, by) = said_of(alert);
    vec![
        minute(alert.started),
        alert.state.clone(),
        alert.severity.clone(),
        alert.name.clone(),
        verdict,
        by,
        deliveries.collect::<Vec<_>>().join(", "),
        alert.id.clone(),
    ]
}

/// The verdict that counts, and who acknowledged last; empty where there is none.
fn said_of(alert: &AlertBody) -> (String, String) {
    let last = alert.acknowledgement.as_ref();
    (
        alert.verdict.clone().unwrap_or_default(),
        last.and_then(|last| last.by.clone()).unwrap_or_default(),
    )
}

/// `bellwether deliveries`.
pub(crate) fn deliveries(
    common: &Common,
    receiver: Option<&str>,
    limit: usize,
) -> Result<ExitCode> {
    let body = told(open(common)?.deliveries(receiver, limit))?;
    if common.json {
        for delivery in &body.items {
            print::json(delivery)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if body.items.is_empty() {
        print::line("no messages so far")?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |delivery: &DeliveryBody| {
        let why = delivery.hold.as_ref().map(|hold| hold.why.clone());
        let took = delivery
            .latency_ms
            .map(|ms| format!("{:.1} s", ms as f64 / 1e3));
        vec![
            minute(delivery.created),
            delivery.receiver.clone(),
            delivery.kind.clone(),
            delivery.state.clone(),
            why.or_else(|| delivery.error.clone()).unwrap_or_default(),
            delivery.attempts.to_string(),
            took.unwrap_or_default(),
        ]
    };
    print::table(
        &[
            "DECIDED", "RECEIVER", "ABOUT", "STATE", "WHY", "ATTEMPTS", "TOOK",
        ],
        &[25, 24, 10, 16, 60, 8, 12],
        &body.items.iter().map(row).collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `bellwether rules`.
pub(crate) fn rules(common: &Common) -> Result<ExitCode> {
    let body = told(open(common)?.rules())?;
    if common.json {
        for rule in &body.items {
            print::json(rule)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if body.items.is_empty() {
        print::line("no rules are in force; `config/rules` is where they stand")?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(
        "ALERTS to PRECISION are of the last 90 days; precision is useful of useful and noise, with \
         the range that holds 95 %",
    )?;
    print::table(
        &[
            "RULE",
            "NAME",
            "ALERTS",
            "USEFUL",
            "NOISE",
            "KNOWN",
            "PRECISION",
            "PRECISION OF ALL",
        ],
        &[32, 40, 6, 6, 6, 6, 28, 28],
        &body.items.iter().map(rule_row).collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn rule_row(rule: &RuleBody) -> Vec<String> {
    let recent = &rule.recent;
    let name = match rule.in_force {
        true => rule.name.clone(),
        false => "(no longer in force)".to_owned(),
    };
    vec![
        rule.id.clone(),
        name,
        recent.alerts.to_string(),
        recent.useful.to_string(),
        recent.noise.to_string(),
        recent.known.to_string(),
        recent.in_words(),
        rule.ever.in_words(),
    ]
}
