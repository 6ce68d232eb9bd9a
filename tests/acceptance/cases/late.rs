//! Sources that are down for a day and a half, and what they bring when they are back.
//!
//! The hours are written to the log as a poller would have, with the times of the case; the program
//! reads that log and decides on its time.

use bellwether_archive::Batch;
use bellwether_model::OutcomeKind;
use bellwether_testkit::{Project, Source};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Case, Outcome, holds, same};
use crate::written;

/// The five items of an hour are of five of them in turn: so many more of all would be a burst.
const PAPERS: usize = 30;

/// Items of a usual hour.
const USUAL: usize = 5;

/// The hour of variant c, and one in which there is a burst.
const ONE_MORE: i64 = 392;
const VERY_MANY: i64 = 400;

/// The hour of variant b.
const VERY_MANY_LATE: i64 = 356;

/// How many items an hour has in all, by its number from the start.
type Items = fn(i64) -> usize;

/// Papers that are polled each hour, and a rule with a window of an hour.
pub(super) struct World {
    project: Project,
    start: Timestamp,
    papers: usize,
    count: usize,
}

fn paper(number: usize) -> String {
    format!("paper-{number}")
}

impl World {
    fn new(case: &Case) -> Self {
        Self::with(time(&case.input()["start"]), PAPERS, None)
    }

    /// `zone` is that of the rule's election.
    pub(super) fn with(start: Timestamp, papers: usize, zone: Option<&str>) -> Self {
        let project = Project::new();
        let sources: Vec<Source> = (0..papers)
            .map(|number| Source {
                id: paper(number),
                url: format!("http://{}.example/feed.xml", paper(number)),
                ..Source::default()
            })
            .collect();
        project.sources(&sources);
        let mut election = String::new();
        if let Some(zone) = zone {
            election = "election = \"e\"\n".to_owned();
            project.write(
                "config/elections/e.toml",
                format!(
                    "[[election]]\nid = \"e\"\nname_en = \"E\"\ncountry = \"TW\"\nlevel = \"local\"\n\
                     time_zone = \"{zone}\"\npolling_day = \"2026-11-28\"\n"
                ),
            );
        }
        project.write(
            "config/rules/ballots.toml",
            format!(
                "[[rule]]\nid = \"ballots\"\nname = \"Ballots\"\nquery = 'ballots'\n\
                 groups = [\"press\"]\nwindow = \"1h\"\n{election}"
            ),
        );
        Self {
            project,
            start,
            papers,
            count: 0,
        }
    }

    pub(super) fn hour(&self, number: i64) -> Timestamp {
        self.start + SignedDuration::from_hours(number)
    }

    /// The items of a paper in some hours, spread over each: nobody publishes on the stroke.
    fn items(
        &mut self,
        number: usize,
        hours: std::ops::Range<i64>,
        items: impl Fn(i64) -> usize + Copy,
    ) -> Vec<(String, Timestamp)> {
        let mut brought = Vec::new();
        for hour in hours {
            for place in 0..items(hour) {
                if (usize::try_from(hour).unwrap() * USUAL + place) % self.papers != number {
                    continue;
                }
                self.count += 1;
                let second = 1_200 + i64::try_from(place).unwrap() * 20;
                let time = self.hour(hour) + SignedDuration::from_secs(second);
                let title = format!("ballots, report {} of {}", self.count, paper(number));
                brought.push((title, time));
            }
        }
        brought
    }

    /// The polls of some hours, each after the items of its hour.
    pub(super) fn hours(
        &mut self,
        hours: std::ops::Range<i64>,
        items: impl Fn(i64) -> usize + Copy,
    ) {
        let mut batches: Vec<Batch> = Vec::new();
        for hour in hours {
            for number in 0..self.papers {
                let at = self.hour(hour) + SignedDuration::from_secs(3_500 + number as i64);
                let brought = self.items(number, hour..hour + 1, items);
                batches.push(written::polled(&paper(number), at, &brought));
            }
        }
        written::append(&self.project, &batches);
    }

    /// The same where nobody can be reached.
    fn down(&self, hours: std::ops::Range<i64>) {
        let mut batches: Vec<Batch> = Vec::new();
        for hour in hours {
            for number in 0..self.papers {
                let at = self.hour(hour) + SignedDuration::from_secs(3_500 + number as i64);
                let why = "no connection";
                batches.push(written::failed(
                    &paper(number),
                    at,
                    OutcomeKind::Unreachable,
                    why,
                ));
            }
        }
        written::append(&self.project, &batches);
    }

    /// One poll of each paper, half a minute after an hour began, that brings all of some hours.
    fn recovery(&mut self, missed: std::ops::Range<i64>, items: Items) {
        let at = self.hour(missed.end) + SignedDuration::from_secs(30);
        let mut batches = Vec::new();
        for number in 0..self.papers {
            let brought = self.items(number, missed.clone(), items);
            batches.push(written::polled(&paper(number), at, &brought));
        }
        written::append(&self.project, &batches);
    }

    pub(super) fn bursts(&self) -> Vec<Value> {
        let _ = self.project.run(&["rebuild"]).good();
        let from = self.start.to_string();
        self.project
            .run(&["bursts", "--from", &from, "--json"])
            .good()
            .lines()
    }

    /// The hours of a timeline.
    fn bins(&self, hours: &std::ops::Range<i64>) -> Vec<Value> {
        let (from, to) = (
            self.hour(hours.start).to_string(),
            self.hour(hours.end).to_string(),
        );
        let arguments = [
            "timeline", "ballots", "--from", &from, "--to", &to, "--bin", "1h", "--json",
        ];
        let answer = self.project.run(&arguments).good().json();
        answer["bins"].as_array().unwrap().clone()
    }
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// Neither the gap nor the backlog is a burst; the hours are unknown while they are, and known to be
/// late afterwards. A burst within the backlog is found late, in its own hour. A baseline without any
/// spread is no fault.
pub(super) fn backlog(case: &Case) -> Outcome {
    let usual: Items = |_| USUAL;
    let mut world = World::new(case);
    let hour_of = |world: &World, value: &Value| time(value).duration_since(world.start).as_hours();
    let outage = &case.input()["outage"];
    let missed = hour_of(&world, &outage[0])..hour_of(&world, &outage[1]);
    same("hours missed", missed.clone().count(), 36)?;
    world.hours(0..missed.start, usual);
    world.down(missed.clone());
    same("bursts in the outage", world.bursts().len(), 0)?;
    let bins = world.bins(&missed);
    same("hours of the outage", bins.len(), 36)?;
    holds(
        bins.iter()
            .all(|bin| bin["items"].is_null() && bin["late"] == false),
        || format!("an hour of the outage is not unknown: {bins:?}"),
    )?;
    world.recovery(missed.clone(), usual);
    world.hours(missed.end..missed.end + 24, usual);
    same("bursts after the recovery", world.bursts().len(), 0)?;
    let bins = world.bins(&missed);
    holds(
        bins.iter()
            .all(|bin| bin["items"] == USUAL && bin["late"] == true),
        || format!("an hour of the outage is not five items that came late: {bins:?}"),
    )?;
    let after = world.bins(&(missed.end..missed.end + 24));
    holds(
        after
            .iter()
            .all(|bin| bin["items"] == USUAL && bin["late"] == false),
        || format!("an hour after it is not as usual: {after:?}"),
    )?;

    // Variant b: one of the missed hours has very many.
    let items: Items = |hour| match hour {
        VERY_MANY_LATE => 80,
        _ => USUAL,
    };
    let mut world = World::new(case);
    let dated = world.hour(VERY_MANY_LATE);
    same(
        "the hour of variant b",
        dated.to_string(),
        "2026-11-16T20:00:00Z".to_owned(),
    )?;
    world.hours(0..missed.start, items);
    world.down(missed.clone());
    world.recovery(missed.clone(), items);
    world.hours(missed.end..missed.end + 24, items);
    let bursts = world.bursts();
    same("bursts within the backlog", bursts.len(), 1)?;
    same("found late", &bursts[0]["found_late"], &Value::Bool(true))?;
    same("its hour", time(&bursts[0]["window"]["from"]), dated)?;
    same(
        "its items",
        &bursts[0]["observed"]["items"],
        &Value::from(80),
    )?;

    // Without an outage: one item more than ever, and later, so that silence cannot pass, very many.
    let items: Items = |hour| match hour {
        ONE_MORE => USUAL + 1,
        VERY_MANY => 80,
        _ => USUAL,
    };
    let mut world = World::new(case);
    same(
        "the hour of variant c",
        world.hour(ONE_MORE).to_string(),
        "2026-11-18T08:00:00Z".to_owned(),
    )?;
    world.hours(0..VERY_MANY, items);
    same("bursts of one more", world.bursts().len(), 0)?;
    world.hours(VERY_MANY..VERY_MANY + 2, items);
    same("bursts of very many", world.bursts().len(), 1)
}
