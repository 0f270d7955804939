//! One clock for every age that is shown: this machine's, corrected where it disagrees with the API server's.
//!
//! All times in objects are the API server's (or a kubelet's that is held to it), so an age computed from a clock that
//! is wrong by minutes would page somebody. The reference is the `Date` header of the API server's answers.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use http::{HeaderMap, header::DATE};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use parking_lot::Mutex;

/// Below this the two clocks count as equal: `Date` has a resolution of one second and takes its time to arrive.
const TOLERATED: SignedDuration = SignedDuration::from_secs(5);
/// Once it corrects, it does so until the difference is below this: about 5 s ages would jump to and fro.
const SMALL: SignedDuration = SignedDuration::from_secs(3);
/// How many answers the median is taken from, and how many are needed before it is believed.
const KEPT: usize = 9;
const NEEDED: usize = 3;

/// A clock that is cheap to copy; all copies are one clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Skew>);

#[derive(Debug, Default)]
struct Skew {
    /// The latest differences in milliseconds, ours minus the server's.
    recent: Mutex<VecDeque<i64>>,
    /// Their median, once there are enough.
    millis: AtomicI64,
    /// What is taken off this machine's time; zero while the two count as equal.
    correction: AtomicI64,
}

impl Clock {
    /// This machine's clock, not corrected yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The time, as the API server has it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.correct(Timestamp::now())
    }

    /// How far this machine's clock is ahead of the API server's, in seconds; negative where it is behind.
    /// Zero until three answers were seen.
    #[must_use]
    pub fn skew_seconds(&self) -> f64 {
        self.skew().as_secs_f64()
    }

    /// Takes note of an answer's `Date`, if it has one that can be read.
    pub fn observe(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|value| value.to_str().ok());
        if let Some(server) = date.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok()) {
            self.compare(server, Timestamp::now());
        }
    }

    fn correct(&self, local: Timestamp) -> Timestamp {
        let correction = SignedDuration::from_millis(self.0.correction.load(Ordering::Relaxed));
        local.checked_sub(correction).unwrap_or(local)
    }

    fn skew(&self) -> SignedDuration {
        SignedDuration::from_millis(self.0.millis.load(Ordering::Relaxed))
    }

    /// The median of the last few forgives the odd answer: one that a proxy cached, one that was long under way.
    fn compare(&self, server: Timestamp, local: Timestamp) {
        /// `Date` is cut to whole seconds, so on average the server's clock is half a second further.
        const HALF_A_SECOND: i64 = 500;
        let ahead = local.as_millisecond() - server.as_millisecond() - HALF_A_SECOND;
        let mut recent = self.0.recent.lock();
        if recent.len() == KEPT {
            recent.pop_front();
        }
        recent.push_back(ahead);
        if recent.len() < NEEDED {
            return;
        }
        let mut sorted: Vec<i64> = recent.iter().copied().collect();
        sorted.sort_unstable();
        let median = sorted[sorted.len() / 2];
        self.0.millis.store(median, Ordering::Relaxed);
        let corrects = self.0.correction.load(Ordering::Relaxed) != 0;
        let borne = if corrects { SMALL } else { TOLERATED };
        let correction = if SignedDuration::from_millis(median).abs() > borne { median } else { 0 };
        self.0.correction.store(correction, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_777_000_000 + second).unwrap()
    }

    fn seen(ahead: &[i64]) -> Clock {
        let clock = Clock::new();
        for (answer, ahead) in (0..).zip(ahead) {
            clock.compare(at(answer), at(answer + ahead));
        }
        clock
    }

    #[test]
    fn a_clock_that_is_a_minute_ahead_is_corrected() {
        let clock = seen(&[60, 60, 61]);
        assert!((clock.skew_seconds() - 59.5).abs() < f64::EPSILON, "{}", clock.skew_seconds());
        assert_eq!(clock.correct(at(100)), at(100) - SignedDuration::from_millis(59_500));
    }

    #[test]
    fn a_clock_that_is_behind_is_corrected_too() {
        assert_eq!(seen(&[-90, -90, -90]).correct(at(0)), at(90) + SignedDuration::from_millis(500));
    }

    #[test]
    fn a_few_seconds_are_shown_but_not_corrected() {
        let clock = seen(&[4, 4, 4]);
        assert!(clock.skew_seconds() > 3.0);
        assert_eq!(clock.correct(at(7)), at(7));
    }

    #[test]
    fn a_difference_that_wavers_about_five_seconds_does_not_make_ages_jump() {
        let clock = seen(&[7, 7, 7]);
        for ahead in [5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 5, 5, 5, 5, 5] {
            clock.compare(at(0), at(ahead));
            assert_ne!(clock.correct(at(7)), at(7), "{ahead}");
        }
        for _ in 0..KEPT {
            clock.compare(at(0), at(3));
        }
        assert_eq!(clock.correct(at(7)), at(7), "small enough to be the way of the answer");
    }

    #[test]
    fn one_odd_answer_changes_nothing() {
        assert_eq!(seen(&[86_400]).correct(at(7)), at(7), "one answer is not believed");
        assert_eq!(seen(&[0, 0, 86_400, 0]).correct(at(7)), at(7));
    }

    #[test]
    fn a_clock_that_was_set_right_is_believed_again() {
        assert_eq!(seen(&[300, 300, 300, 0, 0, 0, 0, 0, 0, 0, 0, 0]).correct(at(7)), at(7));
    }

    #[test]
    fn the_date_header_is_read_and_nonsense_is_not() {
        let clock = Clock::new();
        let mut headers = HeaderMap::new();
        for text in ["", "yesterday", "Sat, 99 Nov 2026 03:44:43 GMT"] {
            headers.insert(DATE, text.parse().unwrap());
            clock.observe(&headers);
        }
        assert!(clock.0.recent.lock().is_empty());
        headers.insert(DATE, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        clock.observe(&headers);
        assert_eq!(clock.0.recent.lock().len(), 1);
    }
}
