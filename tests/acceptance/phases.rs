//! The phase of an election changes what a rule asks for and stands in what is told; while polls may not
//! be quoted, no message quotes one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bellwether_testkit::{Chat, Project, Verdict, now, until};
use jiff::SignedDuration;
use serde_json::Value;

use crate::stage;

/// Two ticks of 60 s of the log's time, and half a tick for a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(150);

/// What the rule is called: a poll, as far as anybody can tell.
const NAME: &str = "民調：陳虛構支持度 52%";

const LAW: &str = "Invented Election Act, article 53";

/// An election with a campaign and a blackout, each from so many hours from now to so many.
fn election(project: &Project, campaign: (i64, i64), blackout: (i64, i64)) {
    let at = |hours: i64| (now() + SignedDuration::from_hours(hours)).to_string();
    let day = at(5 * 24);
    let phase = |id: &str, (from, to): (i64, i64)| {
        format!(
            "[[election.phase]]\nid = \"{id}\"\nstart = \"{}\"\nend = \"{}\"\n",
            at(from),
            at(to)
        )
    };
    project.write(
        "config/elections/invented.toml",
        format!(
            "[[election]]\nid = \"invented-2026\"\nname_en = \"Invented town election\"\n\
             country = \"XO\"\ntime_zone = \"Asia/Taipei\"\npolling_day = \"{}\"\n{}{}\
             rule = \"{LAW}\"\nwithholds = \"polls\"\n",
            day.get(..10).unwrap_or_default(),
            phase("campaign", campaign),
            phase("poll-blackout", blackout),
        ),
    );
}

/// A rule whose own gate nothing can pass, and another one in the campaign.
fn rule(project: &Project) {
    project.write(
        "config/rules/ballot-boxes.toml",
        format!(
            "[[rule]]\nid = \"{}\"\nname = \"{NAME}\"\nquery = '鐵票箱遺失'\ngroups = [\"press\"]\n\
             election = \"invented-2026\"\n[rule.gate]\nmin_families = 1000\n\
             [[rule.phase]]\nphase = \"campaign\"\n[rule.phase.gate]\nmin_families = 3\n\
             [rule.route]\nreceivers = [\"chat\"]\n",
            stage::RULE
        ),
    );
}

fn line(value: &Value) -> &str {
    value["election"]["line"].as_str().unwrap_or_default()
}

#[test]
fn a_phase_opens_the_gate_and_a_blackout_keeps_the_poll_out_of_the_message() {
    let feeds = stage::topical_feeds();
    let is_up = Arc::new(AtomicBool::new(false));
    let takes = Arc::clone(&is_up);
    let chat = Chat::that(move |_| match takes.load(Ordering::SeqCst) {
        true => Verdict::Take,
        false => Verdict::Fail(503),
    });
    let project = stage::project(&feeds, "slack", &chat.url());
    rule(&project);
    election(&project, (-48, 48), (-24, 24));
    stage::import_past(&project);

    let mut running = project.start(&["run"]);
    running.address();
    let held = until("the message of the burst", PATIENCE, || {
        chat.received().first().cloned()
    });
    let burst = running.get("/api/v1/bursts").json()["items"][0].clone();
    assert_eq!(burst["rule"], stage::RULE);
    assert_eq!(burst["gates"][0]["limit"], 3.0);
    assert_eq!(burst["election"]["applied"], "campaign");
    let said = line(&burst);
    assert!(
        said.ends_with("phases: campaign, poll blackout; thresholds of phase campaign"),
        "{said}"
    );
    let text = held.text();
    assert!(text.contains(&format!("Election: {said}\n")), "{text}");
    // The poll is withheld, the numbers and the reason are there.
    assert!(!text.contains("陳虛構") && !text.contains("52%"), "{text}");
    assert!(
        text.starts_with("Burst: (withheld) · ") && text.contains(" items, "),
        "{text}"
    );
    assert!(
        text.contains("Note: withheld: text that looks like an opinion poll, until "),
        "{text}"
    );
    assert!(
        text.contains(&format!("(poll blackout; {LAW}). It stands on the page")),
        "{text}"
    );
    // The page is the newsroom's own.
    let id = burst["id"].as_str().unwrap();
    let page = running.get(&format!("/bursts/{id}")).text();
    assert!(page.contains(NAME) && page.contains(said), "{page}");
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);

    // By the rule's own gate there is no burst, as a calendar without the campaign shows.
    let at = burst["window"]["to"].as_str().unwrap();
    let explain = || project.run(&["explain", stage::RULE, "--at", at, "--json"]);
    let with = explain().good().json();
    assert_eq!(with["holds"], true, "{with}");
    assert_eq!(line(&with), said);
    election(&project, (-72, -48), (-48, -1));
    let without = explain().good().json();
    assert_eq!(without["holds"], false, "{without}");
    assert_eq!(without["gates"][0]["limit"], 1000.0);
    assert_eq!(without["gates"][0]["passed"], false);
    assert_eq!(without["observed"], with["observed"]);

    // The blackout is over by the calendar that is in force now: the retry tells all.
    election(&project, (-48, 48), (-24, -1));
    let before = chat.received().len();
    is_up.store(true, Ordering::SeqCst);
    let mut running = project.start(&["run"]);
    running.address();
    let full = until("the message to be taken", PATIENCE, || {
        chat.received().get(before).cloned()
    });
    assert_eq!(full.key, held.key);
    let text = full.text();
    assert!(text.starts_with(&format!("Burst: {NAME} · ")), "{text}");
    assert!(!text.contains("withheld"), "{text}");
    // What it was judged by is told as it was then.
    assert!(text.contains(&format!("Election: {said}\n")), "{text}");
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}
