//! What is a burst of a rule, and what is not: reprinting, a silence before, a weekly rhythm.

use bellwether_testkit::{Project, cases_folder, rows};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::late::World;
use super::{Case, Outcome, holds, same};

/// One agency text in forty outlets is one text: no burst, and one story of those forty.
pub(super) fn reprinting(case: &Case) -> Outcome {
    let project = Project::new();
    let folder = cases_folder("the wire story").unwrap();
    let file = case.input()["events_file"].as_str().unwrap();
    let lines: String = rows(&folder.join(file))
        .iter()
        .map(|row| {
            let line = json!({
                "id": row["id"], "time": row["published"], "publisher": row["source"], "text": row["text"],
            });
            format!("{line}\n")
        })
        .collect();
    project.write("stream.ndjson", &lines);
    project.write("queries.json", r#"[{"id": "ballots", "any": ["選票"]}]"#);
    let arguments = [
        "replay",
        "stream.ndjson",
        "--queries",
        "queries.json",
        "--flags",
        "flags.ndjson",
        "--json",
    ];
    let replayed = project.run(&arguments).good().json();
    same("lines", &replayed["items"], &json!(68))?;
    same("flags", &replayed["flags"], &json!(0))?;

    let _ = project.run_with(&["import", "-"], lines.as_bytes()).good();
    let _ = project.run(&["rebuild"]).good();
    let search = ["search", "選票", "--limit", "100", "--json"];
    let found = project.run(&search).good().json();
    let wire = |item: &Value| item["guid"].as_str().unwrap().starts_with("wire-");
    let items = found["items"].as_array().unwrap();
    let of_wire: Vec<&Value> = items.iter().filter(|item| wire(item)).collect();
    same("one of the forty is listed", of_wire.len(), 1)?;
    same("and 39 more", &of_wire[0]["copies"], &json!(39))?;
    same("all that came before", items.len(), 29)?;
    let story = of_wire[0]["story"]["id"].as_str().unwrap();
    let story = project.run(&["story", story, "--json"]).good().json();
    let members = story["members"].as_array().unwrap();
    same("members", members.len(), 40)?;
    same(
        "the earliest",
        &members[0]["item"]["guid"],
        &json!("wire-00"),
    )?;
    same(
        "its publisher",
        &members[0]["item"]["publisher"],
        &json!("wire.example.org"),
    )
}

/// After a silence: two items of one outlet are nothing, thirty of nine are a burst; without history
/// nothing is said.
pub(super) fn nothing_before(_case: &Case) -> Outcome {
    const SILENT: i64 = 336;
    let start: Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
    let silence = |world: &mut World| world.hours(0..SILENT, |_| 0);

    // Two papers only, so that both items are of one.
    let mut world = World::with(start, 1, None);
    silence(&mut world);
    world.hours(SILENT..SILENT + 1, |_| 2);
    world.hours(SILENT + 1..SILENT + 3, |_| 0);
    same("a: two of one outlet", world.bursts().len(), 0)?;

    let mut world = World::with(start, 9, None);
    silence(&mut world);
    world.hours(SILENT..SILENT + 2, |_| 15);
    world.hours(SILENT + 2..SILENT + 3, |_| 0);
    let bursts = world.bursts();
    same("b: thirty of nine", bursts.len(), 1)?;
    let burst = &bursts[0];
    let found: Timestamp = burst["started"].as_str().unwrap().parse().unwrap();
    holds(found <= world.hour(SILENT + 2), || {
        format!("found only at {found}")
    })?;
    same("outlets", &burst["peak"]["families"], &json!(9))?;
    let usual = burst["judgement"]["expected"]["mean"].as_f64().unwrap();
    holds(usual < 0.5, || format!("usual is {usual}"))?;

    let mut world = World::with(start, 9, None);
    world.hours(0..3, |hour| [4, 6, 5][usize::try_from(hour).unwrap()]);
    same("c: three hours of history", world.bursts().len(), 0)?;

    let mut world = World::with(start, 9, None);
    silence(&mut world);
    world.hours(SILENT..SILENT + 3, |_| 0);
    same("d: nothing against nothing", world.bursts().len(), 0)
}

/// Four Mondays make a rhythm; a Tuesday at the same hour is none of it.
pub(super) fn every_monday(case: &Case) -> Outcome {
    let start: Timestamp = case.input()["start"].as_str().unwrap().parse().unwrap();
    let zone = TimeZone::get("Asia/Taipei").unwrap();
    let local = start.to_zoned_datetime(zone);
    same("a Monday", local.weekday(), Weekday::Monday)?;
    let (nine, week) = (9, 7 * 24);
    let tuesday = 7 * week + 24 + nine;
    let items = |hour: i64| match hour {
        _ if hour == 6 * week + nine => 52,
        _ if hour % week == nine || hour == tuesday => 50,
        _ => 2,
    };
    let mut world = World::with(start, 12, Some("Asia/Taipei"));
    world.hours(0..8 * week, items);
    let bursts = world.bursts();
    let judged = world.hour(4 * week).to_string();
    let late: Vec<&Value> = bursts
        .iter()
        .filter(|burst| burst["started"].as_str().unwrap() >= judged.as_str())
        .collect();
    same("bursts from week 5 on", late.len(), 1)?;
    let found: Timestamp = late[0]["started"].as_str().unwrap().parse().unwrap();
    holds(
        world.hour(tuesday) <= found && found <= world.hour(tuesday + 2),
        || format!("the burst is of {found}"),
    )?;
    let usual = late[0]["judgement"]["expected"]["mean"].as_f64().unwrap();
    holds((1.0..3.0).contains(&usual), || format!("usual is {usual}"))
}
