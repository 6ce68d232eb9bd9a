//! What is usual: a robust rate, the rhythm, and how sure one can be of both.
//!
//! Past windows of the same length give the rate. Each has an *opportunity*, its exposure times the
//! rhythm of its hours, so that a window in which half the families were down at four in the night
//! counts for the little it could show. With `x` voices and opportunity `a` of each past window:
//!
//! ```text
//! rate  = (Σ x' + ½) / Σ a
//! size  = min(Σ x' + ½, 1 / φ)
//! φ     = max(1/S, (Σ [(x' - μ)² - μ] + k/S) / (Σ μ² + k))     μ = rate a,  S = size_max,  k = 20
//! x'    = min(x, the count that NegBin(μ, size) exceeds in 1 of 100 windows, at least 1)
//! ```
//!
//! - The first line and `Σ x' + ½` are the posterior of a Poisson rate under Jeffreys' prior
//!   Gamma(½, 0); its prediction is Gamma-Poisson with exactly this mean and size. Nothing seen in
//!   four weeks is evidence, but not for a rate of zero: a new word needs several voices, not one.
//! - φ is the moment estimate of how much windows differ beyond counting noise (Breslow 1984), pulled
//!   towards 1/S while there is little to estimate it from. S (20 by default) says that no scope is
//!   steadier than that: a constant variance ratio in its place lost every second new word on
//!   the synthetic stream. Where few voices are expected S hardly matters, and where more are φ is
//!   measured.
//! - `x'` keeps a past burst from hiding the next one, as Farrington's re-weighting of past outbreaks
//!   does (Noufaily et al. 2013), by winsorising at the prediction's own quantile. It begins with the
//!   plain mean and size S, is repeated until nothing changes, and done once more with φ.

use std::collections::BTreeSet;

use bellwether_model::{Counts, Expected, Judgement, Span, Timestamp, Whose};
use jiff::tz::TimeZone;

use crate::negbin::NegBin;
use crate::rhythm::{HourVolume, Rhythm, share};

/// How far back a baseline reaches. Four weeks: each hour of the week four times, and an attacker
/// who posts daily to raise the baseline has to do so for long.
pub const HISTORY_HOURS: i64 = 28 * 24;

/// What is kept out of the baseline before the end of the tested window, or the window's length
/// where that is more: a burst must not be its own baseline.
pub const GUARD_HOURS: i64 = 24;

/// Past windows beyond this many are not looked at: one a minute over the whole history.
const WINDOWS_MAX: usize = (HISTORY_HOURS * 60) as usize;

/// A past window's count is capped where the prediction exceeds it in this share of windows.
const CAP_TAIL: f64 = 0.01;

/// Rounds of capping. A past burst 200 times the rate in 7 % of the windows is settled in 8.
const ROUNDS_MAX: usize = 16;

/// How much evidence, in squared expected voices, the prior of the dispersion counts for.
const DISPERSION_PRIOR: f64 = 20.0;

/// Bounds of what a setting may make of the largest size.
const SIZE_MIN: f64 = 0.5;
const SIZE_LIMIT: f64 = 100.0;

/// A probability in each tail of the range that is told with a prediction: 19 windows of 20 lie
/// within.
pub(crate) const RANGE_TAIL: f64 = 0.025;

/// How strict the test is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectSettings {
    /// The largest `p` that raises a burst.
    pub p_max: f64,
    /// Days of history there must be.
    pub days_needed: u32,
    /// The largest size of the Gamma-Poisson prediction, 0.5 to 100: how steady a scope can be
    /// held to be at most.
    pub size_max: f64,
}

impl DetectSettings {
    /// The largest `p` that raises a burst of a rule. A window of two hours that slides over a day
    /// is worth 30 to 60 independent tests (Poisson series of 0.3 to 4 voices a window, simulated),
    /// so this is one false burst of a rule in about 200 days.
    pub const P_MAX: f64 = 1e-4;

    /// A rule may be tested among the voices outside the domestic press too. A second test is a second
    /// chance of a false alarm, so it must be so much less likely: on synthetic streams the same bar
    /// as of the first doubled the false alarms of saved queries.
    pub const OUTSIDE_SHARE: f64 = 0.25;

    /// A week: less has not seen each day of one.
    pub const DAYS_NEEDED: u32 = 7;

    /// On synthetic streams a smaller one finds a push of a saved query later and is hardly quieter.
    pub const SIZE_MAX: f64 = 20.0;

    /// How strict the test of these voices is.
    #[must_use]
    pub fn of(self, whose: Whose) -> Self {
        let share = match whose {
            Whose::Outside => Self::OUTSIDE_SHARE,
            Whose::All | Whose::Group => 1.0,
        };
        Self {
            p_max: self.p_max * share,
            ..self
        }
    }
}

impl Default for DetectSettings {
    fn default() -> Self {
        Self {
            p_max: Self::P_MAX,
            days_needed: Self::DAYS_NEEDED,
            size_max: Self::SIZE_MAX,
        }
    }
}

/// A past window of the same length as the tested one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastWindow {
    /// Its first moment.
    pub start: Timestamp,
    /// The voices counted in it, of families that are collected now.
    pub voices: u32,
    /// Share (0 to 1) of the families collected now that were collected in it.
    pub exposure: f64,
}

/// The windows whose counts a baseline wants: as long as `window`, end to end, newest first.
///
/// They begin at whole multiples of their length since 1970, so they are the same from tick to tick
/// and their counts can be kept.
pub fn past_spans(window: Span) -> impl Iterator<Item = Span> {
    let reach = Reach::of(window);
    let length = reach.length.max(1);
    let newest = reach.to.div_euclid(length) * length - length;
    (0..WINDOWS_MAX as i64)
        .map(move |back| newest - back * length)
        .take_while(move |from| reach.length > 0 && reach.holds(*from))
        .filter_map(move |from| {
            Some(Span {
                from: Timestamp::from_second(from).ok()?,
                to: Timestamp::from_second(from + length).ok()?,
            })
        })
}

/// The stretch of time that teaches about a window, in seconds.
#[derive(Clone, Copy)]
struct Reach {
    from: i64,
    to: i64,
    length: i64,
}

impl Reach {
    fn of(window: Span) -> Self {
        // Seconds of a `Timestamp` lie within ±4·10¹¹, so none of this overflows.
        let end = window.to.as_second();
        let length = (end - window.from.as_second()).max(0);
        Self {
            from: end - HISTORY_HOURS * 3600,
            to: end - length.max(GUARD_HOURS * 3600),
            length,
        }
    }

    fn holds(&self, start: i64) -> bool {
        self.from <= start && start + self.length <= self.to
    }

    /// The days a past window lies in, counted back from where the guard begins. By the calendar,
    /// six days of history would lie in seven.
    fn days(&self, start: i64) -> std::ops::RangeInclusive<i64> {
        let back = |second: i64| (self.to - 1 - second).div_euclid(24 * 3600);
        back(start + self.length - 1)..=back(start)
    }
}

/// What is usual in a window: ready to judge any count in it.
#[derive(Debug, Clone)]
pub struct Baseline {
    prediction: Option<NegBin>,
    rhythm: Rhythm,
    windows: u32,
    days: u32,
    settings: DetectSettings,
}

/// What one past window adds.
struct Sample {
    voices: f64,
    opportunity: f64,
}

impl Baseline {
    /// Learns what is usual in `window`. Past windows and volumes may come in any order; those that
    /// lie outside the history, in the guard, or were not collected are left out.
    #[must_use]
    pub fn learn(
        window: Span,
        past: &[PastWindow],
        volumes: &[HourVolume],
        zone: &TimeZone,
        settings: DetectSettings,
    ) -> Self {
        let reach = Reach::of(window);
        let hours = volumes.iter().copied().filter(|volume| {
            let start = volume.hour_start.as_second();
            reach.from <= start && start < reach.to
        });
        let rhythm = Rhythm::learn(hours.take(WINDOWS_MAX), zone);

        let mut days = BTreeSet::new();
        let samples: Vec<Sample> = past
            .iter()
            .filter(|past| reach.length > 0 && reach.holds(past.start.as_second()))
            .take(WINDOWS_MAX)
            .filter_map(|past| {
                let exposure = share(past.exposure)?;
                let start = past.start.as_second();
                let span = Span {
                    from: past.start,
                    to: Timestamp::from_second(start + reach.length).ok()?,
                };
                days.extend(reach.days(start));
                Some(Sample {
                    voices: f64::from(past.voices),
                    opportunity: exposure * rhythm.over(span, zone),
                })
            })
            .collect();

        let days = as_count(days.len());
        let enough = days >= settings.days_needed && !samples.is_empty();
        let prediction = enough.then(|| {
            let (rate, size) = estimate(&samples, settings.size_max);
            NegBin {
                mean: rate * rhythm.over(window, zone),
                size,
            }
        });
        Self {
            prediction,
            rhythm,
            windows: as_count(samples.len()),
            days,
            settings,
        }
    }

    /// How much of a usual stretch of time this one has, by the rhythm of its hours.
    #[must_use]
    pub fn rhythm(&self, span: Span, zone: &TimeZone) -> f64 {
        self.rhythm.over(span, zone)
    }

    /// Tests a count of the window against what is usual.
    #[must_use]
    pub fn judge(&self, observed: &Counts) -> Judgement {
        let Some(prediction) = self.prediction else {
            return Judgement::Insufficient {
                days: self.days,
                days_needed: self.settings.days_needed.max(1),
            };
        };
        Judgement::Tested {
            expected: Expected {
                mean: prediction.mean,
                low: prediction.exceeded_by(1.0 - RANGE_TAIL),
                high: prediction.exceeded_by(RANGE_TAIL),
                size: Some(prediction.size),
                windows: self.windows,
                days: self.days,
            },
            p: prediction.at_least(observed.voices()),
            p_max: if self.settings.p_max.is_finite() {
                self.settings.p_max
            } else {
                DetectSettings::P_MAX
            },
        }
    }
}

/// The range that holds 19 in 20 of the counts of a Poisson mean.
#[must_use]
pub fn range_of(mean: f64) -> (u32, u32) {
    let usual = NegBin { mean, size: 1e9 };
    (
        usual.exceeded_by(1.0 - RANGE_TAIL),
        usual.exceeded_by(RANGE_TAIL),
    )
}

/// [`Baseline::learn`] and [`Baseline::judge`] in one.
#[must_use]
pub fn judge(
    observed: &Counts,
    window: Span,
    past: &[PastWindow],
    volumes: &[HourVolume],
    zone: &TimeZone,
    settings: DetectSettings,
) -> Judgement {
    Baseline::learn(window, past, volumes, zone, settings).judge(observed)
}

/// Rate per opportunity and size of the prediction.
fn estimate(samples: &[Sample], size_max: f64) -> (f64, f64) {
    let size_max = if size_max.is_finite() {
        size_max.clamp(SIZE_MIN, SIZE_LIMIT)
    } else {
        DetectSettings::SIZE_MAX
    };
    let opportunity: f64 = samples.iter().map(|sample| sample.opportunity).sum();
    let least = 1.0 / size_max;
    let mut capped: Vec<f64> = samples.iter().map(|sample| sample.voices).collect();
    let posterior = |capped: &[f64]| {
        let voices = capped.iter().sum::<f64>() + 0.5;
        (voices / opportunity, voices)
    };

    // With the largest size first: measured on a series that still has its burst in it, the
    // dispersion would be so large that the burst passes for usual.
    let (mut rate, _) = posterior(&capped);
    for _ in 0..ROUNDS_MAX {
        cap_all(&mut capped, samples, rate, size_max);
        let (next, _) = posterior(&capped);
        let has_settled = (next - rate).abs() <= 1e-9 * rate;
        rate = next;
        if has_settled {
            break;
        }
    }
    // Once more with what was measured: a restless scope has high windows that are usual for it.
    let size = 1.0 / dispersion(samples, &capped, rate, least);
    cap_all(&mut capped, samples, rate, size);
    let (rate, voices) = posterior(&capped);
    let size = 1.0 / dispersion(samples, &capped, rate, least);
    (rate, size.min(voices))
}

fn cap_all(capped: &mut [f64], samples: &[Sample], rate: f64, size: f64) {
    for (to, sample) in capped.iter_mut().zip(samples) {
        *to = cap(sample, rate, size);
    }
}

fn cap(sample: &Sample, rate: f64, size: f64) -> f64 {
    let usual = NegBin {
        mean: rate * sample.opportunity,
        size,
    };
    let is_usual = sample.voices <= usual.mean.max(1.0)
        // Voices came as `u32`.
        || usual.at_least(sample.voices as u32) >= CAP_TAIL;
    if is_usual {
        sample.voices
    } else {
        let limit = f64::from(usual.exceeded_by(CAP_TAIL).max(1));
        sample.voices.min(limit)
    }
}

fn dispersion(samples: &[Sample], capped: &[f64], rate: f64, least: f64) -> f64 {
    let (mut excess, mut squares) = (DISPERSION_PRIOR * least, DISPERSION_PRIOR);
    for (voices, sample) in capped.iter().zip(samples) {
        let usual = rate * sample.opportunity;
        excess += (voices - usual).powi(2) - usual;
        squares += usual.powi(2);
    }
    (excess / squares).max(least)
}

fn as_count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(voices: impl IntoIterator<Item = u32>) -> Vec<Sample> {
        voices
            .into_iter()
            .map(|voices| Sample {
                voices: f64::from(voices),
                opportunity: 1.0,
            })
            .collect()
    }

    #[test]
    fn a_past_burst_hardly_moves_the_rate() {
        let quiet = |n: u32| u32::from(n.is_multiple_of(10));
        let (rate, _) = estimate(&samples((0..324).map(quiet)), 6.0);
        let with_burst = (0..324).map(|n| if n < 12 { 20 } else { quiet(n) });
        let (disturbed, size) = estimate(&samples(with_burst), 6.0);
        assert!((0.09..0.12).contains(&rate), "{rate}");
        assert!(disturbed < 2.0 * rate, "{disturbed}");
        let eight = NegBin {
            mean: disturbed,
            size,
        };
        assert!(eight.at_least(8) < 1e-4, "{}", eight.at_least(8));
        let flood = (0..324).map(|n| if n < 24 { 200 } else { quiet(n) });
        let (disturbed, _) = estimate(&samples(flood), 6.0);
        assert!(disturbed < 4.0 * rate, "{disturbed}");
    }

    #[test]
    fn restless_scopes_get_a_smaller_size() {
        let steady = (0..324).map(|n| 3 + n % 3);
        let restless = (0..324).map(|n| if n % 4 == 0 { 13 } else { 1 });
        let (_, of_steady) = estimate(&samples(steady), 6.0);
        let (rate, of_restless) = estimate(&samples(restless), 6.0);
        assert!((of_steady - 6.0).abs() < 1e-9);
        assert!(of_restless < 2.0, "{of_restless}");
        assert!(rate > 3.0, "{rate}");
    }

    #[test]
    fn a_new_word_needs_several_voices() {
        let (rate, size) = estimate(&samples((0..324).map(|_| 0)), 6.0);
        let prediction = NegBin { mean: rate, size };
        assert!(prediction.at_least(1) > DetectSettings::P_MAX);
        assert!(prediction.at_least(3) < DetectSettings::P_MAX);
    }

    #[test]
    fn past_spans_keep_clear_of_the_window_and_stay_put() {
        let window = |to: &str| Span {
            from: Timestamp::from_second(
                to.parse::<Timestamp>().expect("test time").as_second() - 7200,
            )
            .expect("test time"),
            to: to.parse().expect("test time"),
        };
        let now = window("2026-11-20T12:34:00Z");
        let spans: Vec<Span> = past_spans(now).collect();
        assert_eq!(spans.len(), 323);
        let first = Span {
            from: "2026-11-19T10:00:00Z".parse().expect("test time"),
            to: "2026-11-19T12:00:00Z".parse().expect("test time"),
        };
        assert_eq!(spans[0], first);
        assert!(spans.windows(2).all(|pair| pair[1].to == pair[0].from));
        let next: Vec<Span> = past_spans(window("2026-11-20T12:35:00Z")).collect();
        assert_eq!(next, spans);
        let nothing = Span {
            from: now.to,
            to: now.to,
        };
        assert_eq!(past_spans(nothing).count(), 0);
    }
}
