//! When to ask again.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// The first pause after a failure; it doubles with each one.
const FIRST: Duration = Duration::from_secs(10);
/// The longest pause after a failure, however long the period: what is asked twice a day must not wait half a day because
/// a right came late.
const LONGEST: Duration = Duration::from_mins(10);
/// Pauses differ by up to so many percent, so that sources, and exporters of many clusters in one account, do not ask all
/// at once.
const JITTER: u64 = 10;

/// The pauses of one poller.
#[derive(Debug)]
pub struct Pace {
    period: Duration,
    failures: u32,
    /// Percent.
    jitter: u64,
}

impl Pace {
    /// Pauses of that length after successes.
    #[must_use]
    pub fn new(period: Duration) -> Self {
        Self { period, failures: 0, jitter: JITTER }
    }

    /// The same, without anything left to chance.
    #[must_use]
    pub fn exact(period: Duration) -> Self {
        Self { jitter: 0, ..Self::new(period) }
    }

    /// The pause after a success.
    pub fn succeeded(&mut self) -> Duration {
        self.failures = 0;
        shortened(self.period, self.jitter)
    }

    /// The pause after a failure: never longer than the period, or than ten minutes.
    pub fn failed(&mut self) -> Duration {
        let pause = FIRST.saturating_mul(1 << self.failures.min(16)).min(self.period).min(LONGEST);
        self.failures += 1;
        shortened(pause, self.jitter)
    }

    /// Whether the last answer was a failure.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }
}

/// That long, or up to so many percent less.
pub(super) fn shortened(pause: Duration, percent: u64) -> Duration {
    // std's hash keys are random, and that is all that is needed here.
    let random = RandomState::new().build_hasher().finish();
    let percent = u32::try_from(100 - random % (percent + 1)).unwrap_or(100);
    pause * percent / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_about(pause: Duration, seconds: u64) -> bool {
        let seconds = Duration::from_secs(seconds);
        pause <= seconds && pause >= seconds * 9 / 10
    }

    #[test]
    fn failures_double_the_pause_up_to_the_period_and_a_success_ends_that() {
        let mut pace = Pace::new(Duration::from_secs(300));
        for seconds in [10, 20, 40, 80, 160, 300, 300] {
            let pause = pace.failed();
            assert!(is_about(pause, seconds), "{pause:?} instead of {seconds} s");
            assert!(pace.is_failing());
        }
        assert!(is_about(pace.succeeded(), 300) && !pace.is_failing());
        assert!(is_about(pace.failed(), 10));
    }

    #[test]
    fn what_is_asked_twice_a_day_is_tried_again_within_ten_minutes() {
        let mut pace = Pace::new(Duration::from_hours(12));
        let longest = (0..20).map(|_| pace.failed()).max();
        assert!(longest.is_some_and(|longest| is_about(longest, 600)), "{longest:?}");
        assert!(is_about(pace.succeeded(), 12 * 3600));
    }

    #[test]
    fn pauses_differ() {
        let pauses: std::collections::HashSet<_> =
            (0..200).map(|_| Pace::new(Duration::from_secs(100)).succeeded()).collect();
        assert!(pauses.len() > 5, "{pauses:?}");
        let mut exact = Pace::exact(Duration::from_secs(100));
        assert!((0..200).all(|_| exact.succeeded() == Duration::from_secs(100)));
    }
}
