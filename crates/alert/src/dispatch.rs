//! What becomes of the messages of one receiver whose time has come: sent, held back, gathered, or
//! never sent. One look decides over all of them, so that what is held back is told together.
//!
//! In this order, the first that applies decides:
//!
//! 1. What was tried already is tried again: it may have arrived.
//! 2. What takes the place of a message that stands there is sent: it calls nobody.
//! 3. Silenced: held until the silence ends; never sent where its alert has ended by then.
//! 4. Inhibited by a fault of collection: likewise.
//! 5. Growth that the receiver cannot show in place: at most once an hour for each alert.
//! 6. Quiet hours: held until they end, unless it is urgent enough.
//! 7. Digests: held until the next one. What is critical is told at once.
//! 8. What was held for the same reason comes together: one alert as a message of its own, several as
//!    one summary.
//! 9. The limit: the most urgent first, the rest held until there is room, and then told together.
//!
//! An alert that ended before it could be told is told once, with its end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_model::{
    Alert, AlertId, AlertState, Delivery, DeliveryKind, DeliveryState, Hold, HoldReason, Pacing,
    Severity, Silence, SummaryReason, Timestamp,
};

/// How often a receiver that cannot change a message is told of the growth of one alert.
const FOLLOW_UP: Duration = Duration::from_secs(3600);

/// How soon it is looked again whether a fault of collection still holds.
const INHIBITED_FOR: Duration = Duration::from_secs(300);

/// A message whose time has come.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// It.
    pub delivery: &'a Delivery,
    /// The alerts that it speaks of.
    pub about: &'a [Alert],
    /// Whether it takes the place of a message that stands there.
    pub replaces: bool,
    /// The alert about collection that could explain it.
    pub inhibited_by: Option<&'a AlertId>,
    /// When the receiver was last told of its alert.
    pub last_told: Option<Timestamp>,
}

/// What bounds a receiver now.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// How often, and at which hours, it wants to be told.
    pub pacing: &'a Pacing,
    /// The silences in force.
    pub silences: &'a [Silence],
    /// When each of the messages was sent that count towards its limit, oldest first.
    pub sent: &'a [Timestamp],
}

/// What becomes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is sent now.
    Send,
    /// It waits until then.
    Hold(Hold, Timestamp),
    /// It is not sent.
    Suppress(Hold),
    /// It is told in the summary of this number.
    Join(usize),
}

/// What becomes of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// What becomes of each, in the order in which they were given.
    pub fates: Vec<Fate>,
    /// Why each summary is made, and of which group.
    pub summaries: Vec<(SummaryReason, String)>,
    /// Until when further messages are held back, where the limit was reached.
    pub full_until: Option<Timestamp>,
}

/// Decides over the messages of one receiver.
#[must_use]
pub fn dispatch(waiting: &[Waiting<'_>], bounds: Bounds<'_>, now: Timestamp) -> Dispatched {
    let mut fates: Vec<Option<Fate>> = vec![None; waiting.len()];
    let mut fresh: Vec<usize> = Vec::new();
    let mut together: BTreeMap<(SummaryReason, String), Vec<usize>> = BTreeMap::new();
    let held = held_of_alerts(waiting);
    for (at, message) in waiting.iter().enumerate() {
        let held = held.get(&message.delivery.alert);
        let fate = of_itself(message, bounds, now).or_else(|| missed(message, held.copied()));
        if let Some(fate) = fate {
            put(&mut fates, at, fate);
            continue;
        }
        match held.and_then(|hold| gathered(hold, bounds)) {
            Some(why) => together.entry(why).or_default().push(at),
            None => fresh.push(at),
        }
    }
    let mut summaries = Vec::new();
    for (why, members) in together {
        let about = |at: &usize| waiting.get(*at).map(|message| &message.delivery.alert);
        let alerts: BTreeSet<_> = members.iter().filter_map(about).collect();
        if alerts.len() > 1 {
            for member in members {
                put(&mut fates, member, Fate::Join(summaries.len()));
            }
            summaries.push(why);
        } else {
            fresh.extend(last_of(&mut fates, waiting, &members));
        }
    }
    let room = Room::of(bounds, now, summaries.len());
    let mut full_until = None;
    fresh.sort_by_key(|at| waiting.get(*at).map(Waiting::rank));
    for (number, at) in fresh.into_iter().enumerate() {
        let fate = match &room {
            Some(room) if number >= room.left => {
                full_until = Some(room.until);
                Fate::Hold(because(HoldReason::Limit, ""), room.until)
            }
            _ => Fate::Send,
        };
        put(&mut fates, at, fate);
    }
    Dispatched {
        fates: fates
            .into_iter()
            .map(|fate| fate.unwrap_or(Fate::Send))
            .collect(),
        summaries,
        full_until,
    }
}

impl Waiting<'_> {
    fn severity(&self) -> Severity {
        let severities = self.about.iter().map(Alert::severity);
        severities.max().unwrap_or_default()
    }

    /// The most urgent first, then the oldest.
    fn rank(&self) -> (std::cmp::Reverse<Severity>, Timestamp, &str) {
        let severity = std::cmp::Reverse(self.severity());
        (severity, self.delivery.created, self.delivery.key.as_str())
    }

    fn has_ended(&self) -> bool {
        let mut about = self.about.iter();
        self.delivery.kind == DeliveryKind::Resolved
            || about.all(|alert| alert.state == AlertState::Resolved)
    }

    /// Held until then, or never sent where there is nothing left to tell.
    fn held(&self, hold: Hold, until: Timestamp) -> Fate {
        if self.has_ended() {
            Fate::Suppress(hold)
        } else {
            Fate::Hold(hold, until)
        }
    }
}

/// What decides over one message without regard to the others.
fn of_itself(message: &Waiting<'_>, bounds: Bounds<'_>, now: Timestamp) -> Option<Fate> {
    let delivery = message.delivery;
    let was_tried = delivery.attempts > 0 || delivery.state == DeliveryState::Sending;
    if was_tried || message.replaces || delivery.kind == DeliveryKind::Summary {
        return Some(Fate::Send);
    }
    if let Some((silence, until)) = silenced(message, bounds.silences, now) {
        return Some(message.held(because(HoldReason::Silence, &silence), until));
    }
    if let Some(alert) = message.inhibited_by {
        let hold = because(HoldReason::Inhibition, alert.as_str());
        let until = now.checked_add(INHIBITED_FOR).unwrap_or(Timestamp::MAX);
        return Some(message.held(hold, until));
    }
    if delivery.kind == DeliveryKind::Updated {
        let told = message.last_told.map(|told| now.duration_since(told));
        if told.is_some_and(|since| since.unsigned_abs() < FOLLOW_UP) {
            return Some(Fate::Suppress(because(HoldReason::FollowUp, "")));
        }
    }
    let pacing = bounds.pacing;
    let except = pacing.quiet.and_then(|quiet| quiet.except);
    let is_told = except.is_some_and(|except| message.severity() >= except);
    if let Some(until) = pacing.quiet_until(now).filter(|_| !is_told) {
        return Some(Fate::Hold(because(HoldReason::Quiet, ""), until));
    }
    let waits_for_digest =
        why(delivery) != Some(HoldReason::Digest) && message.severity() < Severity::Critical;
    let digest = pacing.next_digest(now).filter(|_| waits_for_digest)?;
    Some(Fate::Hold(because(HoldReason::Digest, ""), digest))
}

/// What was held back because nobody was to hear of it is not told once it is over.
fn missed(message: &Waiting<'_>, held: Option<&Hold>) -> Option<Fate> {
    let hold =
        held.filter(|hold| matches!(hold.why, HoldReason::Silence | HoldReason::Inhibition))?;
    let was_to_be_told = message
        .delivery
        .hold
        .as_ref()
        .is_some_and(|own| own.why != hold.why);
    (message.has_ended() && !was_to_be_told).then(|| Fate::Suppress(hold.clone()))
}

/// The silence that all the alerts of a message are under, and when the last of them ends.
fn silenced(
    message: &Waiting<'_>,
    silences: &[Silence],
    now: Timestamp,
) -> Option<(String, Timestamp)> {
    let over = |alert: &Alert| {
        let active = silences.iter().filter(|silence| silence.is_active(now));
        active
            .filter(|silence| silence.is_about(&alert.labels))
            .max_by_key(|silence| silence.ends)
    };
    let silences: Option<Vec<&Silence>> = message.about.iter().map(over).collect();
    // One that is told of soonest decides when it is looked again.
    let first = silences?.into_iter().min_by_key(|silence| silence.ends)?;
    Some((first.id.0.clone(), first.ends))
}

/// Why messages about each alert were held: what comes later of an alert goes with what was held of it.
fn held_of_alerts<'a>(waiting: &[Waiting<'a>]) -> BTreeMap<&'a AlertId, &'a Hold> {
    let mut held = BTreeMap::new();
    for delivery in waiting.iter().map(|message| message.delivery) {
        if let Some(hold) = delivery.hold.as_ref().filter(|_| delivery.attempts == 0) {
            held.entry(&delivery.alert).or_insert(hold);
        }
    }
    held
}

/// What a message that was held is told together with others for.
fn gathered(held: &Hold, bounds: Bounds<'_>) -> Option<(SummaryReason, String)> {
    let why = match held.why {
        HoldReason::Group => SummaryReason::Group,
        HoldReason::Digest => SummaryReason::Digest,
        HoldReason::Quiet if bounds.pacing.digest_at.is_empty() => SummaryReason::Quiet,
        HoldReason::Quiet => SummaryReason::Digest,
        HoldReason::Limit => SummaryReason::Limit,
        HoldReason::Silence | HoldReason::Inhibition => SummaryReason::Released,
        HoldReason::Ended | HoldReason::FollowUp => return None,
    };
    let by = match why {
        SummaryReason::Group => held.by.clone(),
        _ => String::new(),
    };
    Some((why, by))
}

/// Of the messages of one alert the last one, which says it all; the others are told with it.
fn last_of(
    fates: &mut [Option<Fate>],
    waiting: &[Waiting<'_>],
    members: &[usize],
) -> Option<usize> {
    let order = |at: &&usize| {
        let delivery = waiting.get(**at).map(|message| message.delivery);
        delivery.map(|delivery| (delivery.created, delivery.revision, delivery.kind.as_str()))
    };
    let last = *members.iter().max_by_key(order)?;
    let key = waiting.get(last)?.delivery.key.as_str();
    for member in members.iter().filter(|member| **member != last) {
        put(
            fates,
            *member,
            Fate::Suppress(because(HoldReason::Ended, key)),
        );
    }
    Some(last)
}

/// Room for messages under a limit.
struct Room {
    left: usize,
    until: Timestamp,
}

impl Room {
    /// `None` where there is no limit.
    fn of(bounds: Bounds<'_>, now: Timestamp, summaries: usize) -> Option<Self> {
        let limit = bounds.pacing.limit?;
        let since = now.checked_sub(limit.per).unwrap_or(Timestamp::MIN);
        let sent: Vec<Timestamp> = bounds
            .sent
            .iter()
            .copied()
            .filter(|at| *at > since)
            .collect();
        let messages = usize::try_from(limit.messages).unwrap_or(usize::MAX);
        let oldest = sent.first().copied().unwrap_or(now);
        Some(Self {
            left: messages.saturating_sub(sent.len() + summaries),
            until: oldest.checked_add(limit.per).unwrap_or(Timestamp::MAX),
        })
    }
}

fn why(delivery: &Delivery) -> Option<HoldReason> {
    delivery.hold.as_ref().map(|hold| hold.why)
}

fn because(why: HoldReason, by: &str) -> Hold {
    Hold {
        why,
        by: by.to_owned(),
    }
}

fn put(fates: &mut [Option<Fate>], at: usize, fate: Fate) {
    if let Some(slot) = fates.get_mut(at) {
        *slot = Some(fate);
    }
}
