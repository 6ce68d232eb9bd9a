//! Items are imported and counted over time.

use bellwether_testkit::Project;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Case, Outcome, holds, same};

/// Bins begin at the hours and days of the zone asked for, also where clocks change; none is left
/// out, and each tells its beginning and its offset.
pub(super) fn clock_changes(case: &Case) -> Outcome {
    let project = Project::new();
    let lines: String = case.input()["events"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(number, time)| {
            let line = json!({
                "id": number.to_string(), "time": time, "publisher": "example", "title": "event",
            });
            format!("{line}\n")
        })
        .collect();
    let _ = project.run_with(&["import", "-"], lines.as_bytes()).good();
    let zone = case.input()["zone"].as_str().unwrap();
    let timeline = |from: &str, to: &str, bin: &str| -> Vec<Value> {
        let arguments = [
            "timeline", "event", "--zone", zone, "--from", from, "--to", to, "--bin", bin, "--json",
        ];
        let answer = project.run(&arguments).good().json();
        answer["bins"].as_array().unwrap().clone()
    };
    let days = case.input()["ranges"]["days"].as_array().unwrap();
    let daily = timeline(days[0].as_str().unwrap(), days[1].as_str().unwrap(), "1d");
    let starts: Vec<&str> = daily.iter().map(start).collect();
    same(
        "days",
        starts,
        vec![
            "2026-10-31T04:00:00Z",
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z",
        ],
    )?;
    for (bin, (day, count)) in daily
        .iter()
        .zip(case.expected()["results"].as_object().unwrap())
    {
        same(day, bin["items"].as_u64(), count.as_u64())?;
        holds(local(bin).starts_with(day.as_str()), || {
            format!("{day}: {bin}")
        })?;
    }

    let hours = |number: usize| {
        let day = case.input()["ranges"]["hours_of"][number].as_str().unwrap();
        timeline(day, day, "1h")
    };
    let autumn = hours(0);
    same("hours of the long day", autumn.len(), 25)?;
    let repeated: Vec<(&str, Option<u64>)> = autumn
        .iter()
        .filter(|bin| local(bin).contains("T01:00:00"))
        .map(|bin| (bin["offset"].as_str().unwrap(), bin["items"].as_u64()))
        .collect();
    same(
        "the hour that comes twice",
        repeated,
        vec![("-04:00", Some(1)), ("-05:00", Some(1))],
    )?;
    let spring = hours(1);
    same("hours of the short day", spring.len(), 23)?;
    holds(
        !spring.iter().any(|bin| local(bin).contains("T02:00:00")),
        || "there is an hour that no clock showed".to_owned(),
    )
}

fn start(bin: &Value) -> &str {
    bin["start"].as_str().unwrap()
}

/// The beginning as clocks there showed it, by the offset that the bin tells.
fn local(bin: &Value) -> String {
    let offset = bin["offset"].as_str().unwrap();
    let hours: i64 = offset[..3].parse().unwrap();
    let start: Timestamp = start(bin).parse().unwrap();
    let shown = start + SignedDuration::from_hours(hours);
    format!("{}{offset}", shown.strftime("%Y-%m-%dT%H:%M:%S"))
}
