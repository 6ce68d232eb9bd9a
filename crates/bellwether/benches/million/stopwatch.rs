//! Times of one kind of question.

use std::time::{Duration, Instant};

/// Times of one kind of question, in order.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    times: Vec<Duration>,
    /// What the answers held on average, to see that they are not empty.
    found: f64,
}

impl Times {
    /// Asks all questions, some rounds long.
    pub(crate) fn of<T>(
        name: &'static str,
        questions: &[String],
        rounds: usize,
        mut ask: impl FnMut(&str) -> T,
        count: impl Fn(&T) -> u64,
    ) -> Self {
        let mut times = Vec::with_capacity(rounds * questions.len());
        let mut found = 0;
        for round in 0..rounds {
            for question in questions {
                let started = Instant::now();
                let answer = ask(question);
                times.push(started.elapsed());
                // Reading answers takes longer than giving them.
                if round == 0 {
                    found += count(&answer);
                }
            }
        }
        times.sort_unstable();
        Self {
            name,
            found: found as f64 / questions.len().max(1) as f64,
            times,
        }
    }

    fn at(&self, share: f64) -> Duration {
        let last = self.times.len().saturating_sub(1);
        let place = (last as f64 * share).round() as usize;
        self.times.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn p50(&self) -> Duration {
        self.at(0.5)
    }

    pub(crate) fn p95(&self) -> Duration {
        self.at(0.95)
    }
}

/// Prints p50 and p95 in milliseconds.
pub(crate) fn table(all: &[Times]) {
    println!(
        "{:28} {:>9} {:>9} {:>10} {:>12}",
        "", "p50 ms", "p95 ms", "questions", "mean found"
    );
    for times in all {
        println!(
            "{:28} {:>9.2} {:>9.2} {:>10} {:>12.0}",
            times.name,
            times.p50().as_secs_f64() * 1e3,
            times.p95().as_secs_f64() * 1e3,
            times.times.len(),
            times.found,
        );
    }
}
