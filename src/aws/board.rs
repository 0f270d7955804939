//! How the reads of AWS are doing: what is said of each source and collector, and the requests that were made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{AwsError, ErrorKind, Observer, Outcome, Service, Source, identity::Unidentified};
use crate::collector::Collector;

/// All sources, and all requests.
#[derive(Debug, Default)]
pub struct Board {
    sources: BTreeMap<Source, Mutex<State>>,
    requests: Mutex<BTreeMap<(Service, &'static str, &'static str), u64>>,
    /// Why nothing is asked at all.
    lost: Mutex<Option<Unidentified>>,
    started: Option<Instant>,
}

/// How a collector is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Everything of it was read at the last attempt.
    pub is_up: bool,
    /// Everything of it was tried, or cannot be.
    pub settled: bool,
    /// Why it is not up, with what is said of it in one short line; nothing where it is, or before anything failed.
    pub trouble: Option<(Trouble, String)>,
}

/// The sorts of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is nobody to ask, or nobody who may.
    NotAsked,
    /// The right is missing.
    Denied,
    /// It was asked, and did not tell.
    Failed,
}

impl Trouble {
    /// The sort of an error.
    #[must_use]
    pub const fn of(error: &AwsError) -> Self {
        match error.kind {
            ErrorKind::NoCredentials => Self::NotAsked,
            ErrorKind::Denied => Self::Denied,
            ErrorKind::Throttled
            | ErrorKind::TimedOut
            | ErrorKind::NotFound
            | ErrorKind::Transport
            | ErrorKind::Server
            | ErrorKind::Unreadable
            | ErrorKind::Other => Self::Failed,
        }
    }
}

/// How a source is doing.
#[derive(Clone, Debug, Default)]
struct State {
    last_success: Option<Timestamp>,
    /// What became of the last round; nothing before the first.
    last: Option<Result<(), AwsError>>,
    /// What went wrong in the round that is under way.
    amiss: Option<AwsError>,
    /// When the first round ended.
    ended: Option<Instant>,
    /// When it was last seen that there is nothing to ask.
    idle: Option<Instant>,
}

impl State {
    /// Why it does not tell everything.
    fn error(&self) -> Option<&AwsError> {
        self.amiss.as_ref().or_else(|| self.last.as_ref()?.as_ref().err())
    }

    /// The last round failed with the same. Texts differ by what nobody acts on.
    fn failed_as(&self, error: &AwsError) -> bool {
        let is_same = |last: &AwsError| (last.kind, &last.code) == (error.kind, &error.code);
        self.last.as_ref().is_some_and(|last| last.as_ref().is_err_and(is_same))
    }

    /// There is nothing to ask, and nothing came after that moment that could change it.
    fn is_idle_since(&self, told: Option<Instant>) -> bool {
        self.last.is_none() && self.idle.is_some_and(|idle| told.is_some_and(|told| idle >= told))
    }
}

impl Board {
    /// A board of those sources, of which nothing is known yet.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        let sources = sources.into_iter().map(|source| (source, Mutex::default())).collect();
        Self { sources, started: Some(Instant::now()), ..Self::default() }
    }

    /// The sources that are on.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.sources.keys().copied()
    }

    /// How a collector is doing; `None` where nothing of it is on.
    #[must_use]
    pub fn standing(&self, collector: Collector) -> Option<Standing> {
        let of = self.sources.iter().filter(|(source, _)| source.collector() == collector);
        let states: Vec<_> = of.map(|(_, state)| state.lock().clone()).collect();
        let lost = self.lost.lock().as_ref().map(|why| (why.trouble(), why.to_string()));
        let failed = states.iter().find_map(State::error);
        let failed = failed.map(|error| (Trouble::of(error), error.to_string()));
        let waits = states.iter().any(|state| state.last.is_none());
        let (told, all_well) = self.leads();
        (!states.is_empty()).then(|| Standing {
            is_up: lost.is_none()
                && states.iter().all(|state| match &state.last {
                    Some(_) => state.error().is_none(),
                    None => state.error().is_none() && all_well && state.is_idle_since(told),
                }),
            settled: lost.is_some() || states.iter().all(|state| state.last.is_some() || state.is_idle_since(told)),
            trouble: lost.or(failed).or_else(|| waits.then(|| self.failed_lead()).flatten()),
        })
    }

    /// The first failure of those sources that say what else there is to ask.
    fn failed_lead(&self) -> Option<(Trouble, String)> {
        self.sources.iter().filter(|(source, _)| source.leads()).find_map(|(source, state)| {
            let state = state.lock();
            let error = state.error()?;
            Some((Trouble::of(error), format!("it waits for {}: {error}", source.name())))
        })
    }

    /// When the last of those sources ended its first round that say what else there is to ask, and whether they all went
    /// well; no time before that.
    fn leads(&self) -> (Option<Instant>, bool) {
        let (mut told, mut all_well) = (self.started, true);
        for (_, state) in self.sources.iter().filter(|(source, _)| source.leads()) {
            let state = state.lock();
            told = told.zip(state.ended).map(|(told, ended)| told.max(ended));
            all_well &= matches!(state.last, Some(Ok(())));
        }
        (told, all_well)
    }

    /// There is nothing to ask of a source now.
    pub(super) fn idle(&self, source: Source) {
        if let Some(state) = self.sources.get(&source) {
            state.lock().idle = Some(Instant::now());
        }
    }

    /// Nothing is asked at all, for that reason; `None`: it is.
    pub fn lost(&self, why: Option<Unidentified>) {
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
        state.amiss = None;
        state.ended.get_or_insert_with(Instant::now);
        matches!(state.last.replace(Ok(())), Some(Err(_)))
    }

    /// Something went wrong in a round, which goes on with what is left. Whether that is news: the first of this round, and
    /// not the same as of the round before.
    pub(super) fn is_failing(&self, source: Source, error: &AwsError) -> bool {
        let Some(state) = self.sources.get(&source) else { return false };
        let mut state = state.lock();
        let is_new = state.amiss.is_none() && !state.failed_as(error);
        state.amiss.get_or_insert_with(|| error.clone());
        is_new
    }

    /// A round did not bring everything. Whether that is news, as for [`is_failing`](Self::is_failing).
    pub(super) fn failed(&self, source: Source, error: &AwsError) -> bool {
        let Some(state) = self.sources.get(&source) else { return false };
        let mut state = state.lock();
        let first = state.amiss.take();
        let is_new = first.is_none() && !state.failed_as(error);
        state.last = Some(Err(first.unwrap_or_else(|| error.clone())));
        state.ended.get_or_insert_with(Instant::now);
        is_new
    }
}

impl Observer for Board {
    fn attempted(&self, service: Service, operation: &'static str, outcome: Outcome) {
        *self.requests.lock().entry((service, operation, outcome.label())).or_default() += 1;
    }
}
