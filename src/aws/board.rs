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
}

/// How a source is doing.
#[derive(Clone, Debug, Default)]
struct State {
    last_success: Option<Timestamp>,
    /// What became of the last round; nothing before the first.
    last: Option<Result<(), (ErrorKind, Option<String>)>>,
}

impl Board {
    /// A board of those sources, of which nothing is known yet.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        let sources = sources.into_iter().map(|source| (source, Mutex::default())).collect();
        Self { sources, requests: Mutex::default() }
    }

    /// The sources that are on.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.sources.keys().copied()
    }

    /// Whether all of a collector works; `None` where nothing of it is on.
    #[must_use]
    pub fn is_up(&self, collector: Collector) -> Option<bool> {
        let of = self.sources.iter().filter(|(source, _)| source.collector() == collector);
        of.map(|(_, state)| matches!(state.lock().last, Some(Ok(())))).reduce(|all, one| all && one)
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
        let now = Some(Err((error.kind, error.code.clone())));
        let mut state = state.lock();
        let is_new = state.last != now;
        state.last = now;
        is_new
    }
}

impl Observer for Board {
    fn attempted(&self, service: Service, operation: &'static str, outcome: Outcome) {
        *self.requests.lock().entry((service, operation, outcome.label())).or_default() += 1;
    }
}
