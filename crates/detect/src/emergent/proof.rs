//! What a window of hours must show to be a rise. The one decision, for what arrives and for who asks
//! why: each thing asked for has its value and its limit.

use bellwether_model::{GateResult, Rise, Role, Whose};

use super::voices::{Kept, Voices};
use super::{Emergent, FACET_VOICES_MIN, Risen, VOICES_MIN, p_max, strength};
use crate::negbin::NegBin;

/// The largest share of the stories that one family may have.
const FAMILY_SHARE_MAX: f64 = 0.5;

/// One thing that is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ask {
    pub(super) name: &'static str,
    pub(super) value: f64,
    pub(super) limit: f64,
    pub(super) passed: bool,
}

impl Ask {
    /// At least so much.
    pub(super) fn least(name: &'static str, value: f64, limit: f64) -> Self {
        Self {
            name,
            value,
            limit,
            passed: value >= limit,
        }
    }

    /// What is asked of a probability.
    pub(super) fn strength(value: f64, limit: f64) -> Self {
        // Where all is usual, -log10 of 1 is no negative zero.
        Self::least("-log10 of P at least", value + 0.0, limit)
    }

    /// What is asked of those outside the domestic press: how many of them are states' or proxies'.
    pub(super) fn pushing(voices: &Voices, limit: f64, passed: bool) -> Self {
        Self {
            name: "share of states and proxies among the families outside the domestic press at least",
            value: voices.pushing_share(),
            limit,
            passed,
        }
    }

    /// The same as a gate.
    pub(super) fn gate(&self) -> GateResult {
        GateResult {
            name: self.name.to_owned(),
            value: self.value,
            limit: self.limit,
            passed: self.passed,
        }
    }
}

/// The items of a window, the newest first, and their voices.
pub(super) struct Heard<'a> {
    inside: Vec<&'a Kept>,
    pub(super) all: Voices,
}

impl<'a> Heard<'a> {
    /// Of mentions, the newest first, those published since a time.
    pub(super) fn since(mentions: &'a [Kept], from: u32) -> Self {
        let inside: Vec<&Kept> = mentions
            .iter()
            .filter(|kept| kept.voice.is_some() && kept.arrival.time >= from)
            .collect();
        Self {
            all: Voices::of(inside.iter().copied()),
            inside,
        }
    }

    /// Several must speak, and none may speak for most of them.
    pub(super) fn several(&self, is_facet: bool) -> [Ask; 2] {
        let least = if is_facet {
            FACET_VOICES_MIN
        } else {
            VOICES_MIN
        };
        let (largest, stories) = (self.all.largest_family(), self.all.stories.len());
        [
            Ask::least(
                "voices of anybody at least",
                f64::from(self.all.count()),
                f64::from(least),
            ),
            Ask {
                name: "share of the largest family at most",
                value: largest as f64 / stories.max(1) as f64,
                limit: FAMILY_SHARE_MAX,
                passed: 2 * largest <= stories,
            },
        ]
    }

    fn outside(&self) -> Voices {
        Voices::of(self.inside.iter().copied().filter(|kept| is_outside(kept)))
    }

    /// The time in the middle of the items.
    pub(super) fn middle(&self) -> u32 {
        let mut times: Vec<u32> = self.inside.iter().map(|kept| kept.arrival.time).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or(0)
    }

    /// The items of those whose voices are counted, the oldest first.
    pub(super) fn items(&self, whose: Whose) -> Vec<u64> {
        self.inside
            .iter()
            .filter(|kept| whose != Whose::Outside || is_outside(kept))
            .map(|kept| kept.arrival.item)
            .rev()
            .collect()
    }
}

fn is_outside(kept: &Kept) -> bool {
    kept.arrival.role != Some(Role::Domestic)
}

/// One test of a window: whose voices, against what is usual of them.
pub(super) struct Test {
    pub(super) whose: Whose,
    pub(super) voices: u32,
    pub(super) families: usize,
    pub(super) stories: usize,
    pub(super) usual: NegBin,
    pub(super) strength: f64,
    /// What it must reach.
    pub(super) least: f64,
    /// What is asked beside that several speak and that it is no column.
    pub(super) asks: Vec<Ask>,
}

impl Emergent {
    /// Each test of a window.
    pub(super) fn tests(
        &self,
        heard: &Heard<'_>,
        window: u32,
        [usual, usual_outside]: [NegBin; 2],
        is_facet: bool,
    ) -> Vec<Test> {
        let test = |whose: Whose, usual: NegBin, voices: &Voices, least: f64, more: Option<Ask>| {
            let count = voices.count();
            let strength = strength(&usual, count);
            let least = least + self.extra(window);
            let mut asks = Vec::with_capacity(3);
            asks.push(Ask::least(
                "voices of those counted at least",
                f64::from(count),
                f64::from(VOICES_MIN),
            ));
            asks.extend(more);
            asks.push(Ask::strength(strength, least));
            Test {
                whose,
                voices: count,
                families: voices.families.len(),
                stories: voices.stories.len(),
                usual,
                strength,
                least,
                asks,
            }
        };
        let all = &heard.all;
        if is_facet {
            return vec![test(Whose::Group, usual, all, self.settings.facet, None)];
        }
        let outside = heard.outside();
        let asked = self.settings.mixed_share;
        let pushing = Ask::pushing(&outside, asked, outside.pushing_share() >= asked);
        vec![
            test(
                Whose::Outside,
                usual_outside,
                &outside,
                self.least_outside(&outside),
                Some(pushing),
            ),
            test(Whose::All, usual, all, self.settings.any, None),
        ]
    }

    /// What voices outside the domestic press must reach: less, where more of them are states' and
    /// proxies'.
    pub(super) fn least_outside(&self, voices: &Voices) -> f64 {
        if voices.pushing_share() >= self.settings.pushed_share {
            self.settings.pushed
        } else {
            self.settings.mixed
        }
    }

    pub(super) fn prove(
        &mut self,
        key: u64,
        mentions: &[Kept],
        window: u32,
        usual: [NegBin; 2],
        is_facet: bool,
    ) -> Option<Risen> {
        let heard = Heard::since(mentions, self.now.saturating_sub(window));
        if !are_passed(&heard.several(is_facet)) {
            return None;
        }
        let tests = self.tests(&heard, window, usual, is_facet);
        // Even what does not suffice today may be the column of every day.
        let is_column = tests
            .iter()
            .any(|test| test.strength >= self.least(window, is_facet))
            && self
                .peaks
                .is_rhythm(key, self.now, heard.middle(), heard.all.count());
        let proved = tests.into_iter().find(|test| are_passed(&test.asks))?;
        (!is_column).then(|| Risen {
            term: 0,
            rise: Rise::Sharp,
            whose: proved.whose,
            window,
            voices: proved.voices,
            expected: proved.usual.mean,
            size: proved.usual.size,
            p: proved.usual.at_least(proved.voices),
            p_max: p_max(proved.least),
            items: heard.items(proved.whose),
        })
    }
}

pub(super) fn are_passed(asks: &[Ask]) -> bool {
    asks.iter().all(|ask| ask.passed)
}
