//! How often the alerts of a rule were worth telling, by what people said of them.
//!
//! Precision is the share of *useful* among the alerts that were judged *useful* or *noise*. What was
//! *known* already was true and yet no news: it speaks neither for nor against the rule, so it is told
//! beside and counts in neither. Alerts that nobody judged are not counted as anything.
//!
//! The range is the score interval of Wilson (Probable inference, the law of succession, and
//! statistical inference, Journal of the American Statistical Association 22, 1927, 209–212): with
//! `n` verdicts and the share `p`,
//!
//! ```text
//! ( p + z²/2n ± z √( p(1−p)/n + z²/4n² ) ) / ( 1 + z²/n ),   z = 1.96
//! ```
//!
//! It keeps what it promises with few verdicts and at shares of 0 and 1, where the textbook interval
//! has no width. It takes verdicts for independent draws; those of one team on one event are not
//! quite, and it says nothing of the alerts that nobody judged.

use bellwether_model::{Precision, Verdicts};

/// The 97.5th percentile of the standard normal distribution: 95 % lie between it and its negative.
const Z: f64 = 1.959_963_984_540_054;

/// The precision that verdicts show; `None` where there are none that say useful or noise.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "nobody gives more verdicts than a float can count"
)]
pub fn precision(verdicts: &Verdicts) -> Option<Precision> {
    let judged = verdicts.useful.saturating_add(verdicts.noise);
    if judged == 0 {
        return None;
    }
    let n = judged as f64;
    let share = verdicts.useful as f64 / n;
    let z2n = Z * Z / n;
    let centre = share + z2n / 2.0;
    let half = Z * (share * (1.0 - share) / n + z2n / (4.0 * n)).sqrt();
    // At either end rounding must not leave a hair of room.
    let low = match verdicts.useful {
        0 => 0.0,
        _ => ((centre - half) / (1.0 + z2n)).max(0.0),
    };
    let high = match verdicts.noise {
        0 => 1.0,
        _ => ((centre + half) / (1.0 + z2n)).min(1.0),
    };
    Some(Precision { share, low, high })
}
