//! How the reads of AWS are doing: what is said of each source and collector, and the requests that were made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::{AwsError, ErrorKind, Observer, Outcome, Service, Source};
use crate::collector::Collector;

/// All sources, and all requests.
#[derive(Debug, Default)]
pub struct Board {
    sources: BTreeMap<Source, Mutex<State>>,
    requests: Mutex<BTreeMap<(Service, &'static str, &'static str), u64>>,
    /// Why nothing is asked at all.
    lost: Mutex<Option<String>>,
}

/// How a collector is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Everything of it was read at the last attempt.
    pub is_up: bool,
    /// Everything of it was tried, or cannot be.
    pub settled: bool,
    /// It is denied, or there is nobody to ask.
    pub denied: bool,
    /// Why it is not up, in one short line.
    pub error: Option<String>,
}

/// How a source is doing.
#[derive(Clone, Debug, Default)]
struct State {
    last_success: Option<Timestamp>,
    /// What became of the last round; nothing before the first.
    last: Option<Result<(), AwsError>>,
}

impl Board {
    /// A board of those sources, of which nothing is known yet.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        let sources = sources.into_iter().map(|source| (source, Mutex::default())).collect();
        Self { sources, ..Self::default() }
    }

    /// The sources that are on.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.sources.keys().copied()
    }

    /// How a collector is doing; `None` where nothing of it is on.
    #[must_use]
    pub fn standing(&self, collector: Collector) -> Option<Standing> {
        let of = self.sources.iter().filter(|(source, _)| source.collector() == collector);
        let last: Vec<_> = of.map(|(_, state)| state.lock().last.clone()).collect();
        let lost = self.lost.lock().clone();
        let failed = last.iter().find_map(|last| last.as_ref()?.as_ref().err());
        (!last.is_empty()).then(|| Standing {
            is_up: lost.is_none() && last.iter().all(|last| matches!(last, Some(Ok(())))),
            settled: lost.is_some() || last.iter().all(Option::is_some),
            denied: lost.is_some()
                || failed.is_some_and(|error| matches!(error.kind, ErrorKind::Denied | ErrorKind::NoCredentials)),
            error: lost.or_else(|| failed.map(ToString::to_string)),
        })
    }

    /// Nothing is asked at all, for that reason; `None`: it is.
    pub fn lost(&self, why: Option<String>) {
        *self.lost.lock() = why;
    }

    /// When each source last told everything, of those that ever did.
    #[must_use]
    pub fn last_successes(&self) -> Vec<(Source, Timestamp)> {
        let one = |(source, state): (&Source, &Mutex<State>)| Some((*source, state.lock().last_success?));
        self.sources.iter().filter_map(one).collect()
    }

    /// Requests by service, operation and outcome.
    #[must_use]
    pub fn requests(&self) -> Vec<(Service, &'static str, &'static str, u64)> {
        let all = self.requests.lock();
        all.iter().map(|((service, operation, outcome), count)| (*service, *operation, *outcome, *count)).collect()
    }

    /// A round brought everything. Whether the one before did not.
    pub(super) fn succeeded(&self, source: Source, now: Timestamp) -> bool {
        let Some(state) = self.sources.get(&source) else { return false };
        let mut state = state.lock();
        state.last_success = Some(now);
        matches!(state.last.replace(Ok(())), Some(Err(_)))
    }

    /// A round did not bring everything. Whether that is news: not the same as of the round before.
    pub(super) fn failed(&self, source: Source, error: &AwsError) -> bool {
        let Some(state) = self.sources.get(&source) else { return false };
        let mut state = state.lock();
        let same = |last: &Result<(), AwsError>| {
            last.as_ref().is_err_and(|last| (last.kind, &last.code) == (error.kind, &error.code))
        };
        let is_new = !state.last.as_ref().is_some_and(same);
        state.last = Some(Err(error.clone()));
        is_new
    }
}

impl Observer for Board {
    fn attempted(&self, service: Service, operation: &'static str, outcome: Outcome) {
        *self.requests.lock().entry((service, operation, outcome.label())).or_default() += 1;
    }
}
