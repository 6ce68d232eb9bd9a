//! Who was first in the collection, and by which clock.

use bellwether_testkit::Project;
use serde_json::{Value, json};

use super::{Case, Outcome, holds, same};

/// A date without a time proves nothing, an item without one was there when it was seen, and every
/// line says what it rests on.
pub(super) fn first(case: &Case) -> Outcome {
    let project = Project::new();
    // Where it speaks from says which day a date without a time means.
    project.write(
        "config/sources/z.toml",
        "[[source]]\nid = \"z\"\nname = \"Z\"\nkind = \"feed\"\nurl = \"http://127.0.0.1:9/z\"\n\
         publisher = \"z\"\ncountry = \"TW\"\ngroups = [\"press\"]\nenabled = false\nnote = \"brought\"\n",
    );
    let text = &case.input()["text_of_all"];
    let mut lines = String::new();
    for item in case.input()["items"].as_array().unwrap() {
        let line = json!({
            "id": item["source"], "publisher": item["source"].as_str().unwrap().to_lowercase(), "time": item["first_seen"],
            "published": item["published"], "text": text,
        });
        lines.push_str(&format!("{line}\n"));
    }
    let _ = project.run_with(&["import", "-"], lines.as_bytes()).good();
    let mut running = project.start(&["run"]);
    let found = running.get("/api/v1/search?q=").json();
    same(
        "one of four is listed",
        found["items"].as_array().unwrap().len(),
        1,
    )?;
    same("and three more", &found["items"][0]["copies"], &json!(3))?;
    let id = found["items"][0]["story"]["id"]
        .as_str()
        .unwrap()
        .to_owned();

    let story = running.get(&format!("/api/v1/stories/{id}")).json();
    let members = story["members"].as_array().unwrap();
    let publishers: Vec<&str> = members
        .iter()
        .map(|member| member["item"]["publisher"].as_str().unwrap())
        .collect();
    same("order", publishers, vec!["w", "x", "y", "z"])?;
    let words = |member: &Value| member["clock"]["words"].as_str().unwrap().to_owned();
    for (member, expected) in members.iter().zip([
        "seen 2026-11-20T01:02:00Z; it states no time",
        "stated 2026-11-20T01:03:00Z, seen 2026-11-20T01:30:00Z",
        "stated 2026-11-20T01:05:00Z, seen 2026-11-20T01:06:00Z",
        "date only, time unknown, seen 2026-11-20T03:00:00Z",
    ]) {
        same(
            "clock",
            words(member),
            format!("{expected}, per the imported file"),
        )?;
    }
    let of = |publisher: usize| members[publisher]["item"]["id"].clone();
    same("first", &story["first"]["item"], &of(0))?;
    same("certain", &story["first"]["certain"], &json!(false))?;
    same(
        "may be earlier",
        &story["first"]["may_be_earlier"],
        &json!([of(3)]),
    )?;
    same(
        "lag of what has no time",
        &members[3]["lag_seconds"],
        &Value::Null,
    )?;
    let sentence = story["first"]["in_collection"].as_str().unwrap();
    holds(
        sentence.starts_with("Earliest in the collection: w ("),
        || sentence.to_owned(),
    )?;

    let by_command = project.run(&["story", &id, "--json"]).good().json();
    same("by the command", &by_command["members"], &story["members"])?;
    let table = project.run(&["story", &id]).good().out;
    let page = running.get(&format!("/stories/{id}")).text();
    for shown in [&table, &page] {
        for member in members {
            holds(shown.contains(&words(member)), || shown.clone())?;
        }
        holds(shown.contains(sentence), || shown.clone())?;
    }
    same("ended", running.terminate().code, Some(0))
}
