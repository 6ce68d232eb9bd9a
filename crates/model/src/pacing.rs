//! How often, and at which hours, a receiver wants to be told.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{ToSpan, ZonedDateTime};

use crate::{Severity, Timestamp};

/// How often, and at which hours, a receiver wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pacing {
    /// The zone of the times here; `None` is UTC.
    pub zone: Option<TimeZone>,
    /// When only what is urgent is told; the rest comes together at the end of it.
    pub quiet: Option<Quiet>,
    /// Messages at most; what is beyond comes together.
    pub limit: Option<Limit>,
    /// Times of day at which all comes together; none tells each as it comes.
    pub digest_at: Vec<Time>,
    /// Times of day at which a shift is handed over.
    pub handover_at: Vec<Time>,
}

/// Hours of the day in which only what is urgent is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// When they begin.
    pub from: Time,
    /// When they end; before `from` it is the next day.
    pub to: Time,
    /// What is told all the same: this severity and above; `None` is nothing.
    pub except: Option<Severity>,
}

/// Messages at most in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// So many.
    pub messages: u32,
    /// In so long.
    pub per: Duration,
}

impl Pacing {
    /// The end of the quiet hours that a moment lies in.
    #[must_use]
    pub fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let quiet = self.quiet?;
        let local = self.local(now);
        let time = local.time();
        let is_quiet = if quiet.from <= quiet.to {
            quiet.from <= time && time < quiet.to
        } else {
            quiet.from <= time || time < quiet.to
        };
        is_quiet.then(|| self.next(&[quiet.to], now)).flatten()
    }

    /// The next time of a digest, after a moment.
    #[must_use]
    pub fn next_digest(&self, now: Timestamp) -> Option<Timestamp> {
        self.next(&self.digest_at, now)
    }

    /// The last time at which a shift was to be handed over, not after a moment.
    #[must_use]
    pub fn last_handover(&self, now: Timestamp) -> Option<Timestamp> {
        let days = [0, 1].into_iter();
        let moments = days.flat_map(|day| self.moments(&self.handover_at, now, -day));
        moments.filter(|moment| *moment <= now).max()
    }

    /// The next time at which a shift is to be handed over, after a moment.
    #[must_use]
    pub fn next_handover(&self, now: Timestamp) -> Option<Timestamp> {
        self.next(&self.handover_at, now)
    }

    fn next(&self, times: &[Time], now: Timestamp) -> Option<Timestamp> {
        // A time that a change of clocks leaves out comes later on the same day.
        let days = [0, 1].into_iter();
        let moments = days.flat_map(|day| self.moments(times, now, day));
        moments.filter(|moment| *moment > now).min()
    }

    /// The times of the day that lies so many days from a moment.
    fn moments(&self, times: &[Time], now: Timestamp, days: i64) -> Vec<Timestamp> {
        let local = self.local(now);
        let Ok(date) = local.date().checked_add(days.days()) else {
            return Vec::new();
        };
        let zone = local.time_zone();
        let moments = times.iter().filter_map(|time| {
            let zoned = date
                .to_datetime(*time)
                .to_zoned_datetime(zone.clone())
                .ok()?;
            Some(zoned.timestamp())
        });
        moments.collect()
    }

    fn local(&self, now: Timestamp) -> ZonedDateTime {
        now.to_zoned_datetime(self.zone.clone().unwrap_or(TimeZone::UTC))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().expect("test time")
    }

    fn night(zone: &str) -> Pacing {
        Pacing {
            zone: Some(TimeZone::get(zone).expect("zone")),
            quiet: Some(Quiet {
                from: time(23, 0, 0, 0),
                to: time(7, 0, 0, 0),
                except: None,
            }),
            digest_at: vec![time(8, 0, 0, 0), time(16, 0, 0, 0)],
            handover_at: vec![time(8, 0, 0, 0), time(20, 0, 0, 0)],
            ..Pacing::default()
        }
    }

    #[test]
    fn quiet_hours_reach_over_midnight_in_their_own_zone() {
        let taipei = night("Asia/Taipei");
        for (now, until) in [
            ("2026-11-28T14:59:59Z", None),
            ("2026-11-28T15:00:00Z", Some("2026-11-28T23:00:00Z")),
            ("2026-11-28T22:59:59Z", Some("2026-11-28T23:00:00Z")),
            ("2026-11-28T23:00:00Z", None),
        ] {
            assert_eq!(taipei.quiet_until(t(now)), until.map(t), "{now}");
        }
        assert_eq!(
            Pacing::default().quiet_until(t("2026-11-28T15:00:00Z")),
            None
        );
    }

    #[test]
    fn quiet_hours_end_by_the_clock_on_the_wall_when_clocks_change() {
        // On 1 November 2026 clocks in New York go back at 02:00: the night is an hour longer.
        let newsroom = night("America/New_York");
        assert_eq!(
            newsroom.quiet_until(t("2026-11-01T03:30:00Z")),
            Some(t("2026-11-01T12:00:00Z"))
        );
        assert_eq!(
            newsroom.quiet_until(t("2026-10-31T03:30:00Z")),
            Some(t("2026-10-31T11:00:00Z"))
        );
    }

    #[test]
    fn digests_and_shifts_come_at_their_times() {
        let taipei = night("Asia/Taipei");
        assert_eq!(
            taipei.next_digest(t("2026-11-28T00:00:00Z")),
            Some(t("2026-11-28T08:00:00Z"))
        );
        assert_eq!(
            taipei.next_digest(t("2026-11-28T08:00:00Z")),
            Some(t("2026-11-29T00:00:00Z"))
        );
        assert_eq!(
            taipei.last_handover(t("2026-11-28T11:59:59Z")),
            Some(t("2026-11-28T00:00:00Z"))
        );
        assert_eq!(
            taipei.last_handover(t("2026-11-28T12:00:00Z")),
            Some(t("2026-11-28T12:00:00Z"))
        );
        assert_eq!(
            taipei.last_handover(t("2026-11-27T23:59:59Z")),
            Some(t("2026-11-27T12:00:00Z"))
        );
        assert_eq!(
            Pacing::default().next_digest(t("2026-11-28T00:00:00Z")),
            None
        );
        assert_eq!(
            Pacing::default().last_handover(t("2026-11-28T00:00:00Z")),
            None
        );
    }
}
