//! The running exporter as its readers see it: a page of metrics, and whether it is ready.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::RwLock;

use crate::{
    aws,
    cache::{Cache, OwnerIndex as _, Snapshot},
    clock::Clock,
    collector::Collector,
    metrics::{Own, Writer, groups},
    watch::{Board, Standing, State},
};

/// Cluster families wait at most so long for what they are made of.
const PATIENCE: Duration = Duration::from_mins(2);

/// State, its sources, and the exporter's own instruments.
pub struct Exporter {
    cache: Arc<RwLock<Cache>>,
    board: Arc<Board>,
    aws: Arc<aws::Board>,
    clock: Clock,
    own: Own,
    started: Instant,
    open: AtomicBool,
    /// Length of the last page, to make room for the next.
    length: AtomicUsize,
}

impl Exporter {
    /// Puts the parts together.
    #[must_use]
    pub fn new(cache: Arc<RwLock<Cache>>, board: Arc<Board>, clock: Clock, own: Own) -> Self {
        Self {
            cache,
            board,
            aws: Arc::default(),
            clock,
            own,
            started: Instant::now(),
            open: AtomicBool::new(false),
            length: AtomicUsize::new(0),
        }
    }

    /// The same, which also asks AWS.
    #[must_use]
    pub fn with_aws(self, aws: Arc<aws::Board>) -> Self {
        Self { aws, ..self }
    }

    /// The state as of now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.cache.write().snapshot(self.clock.now())
    }

    /// How far each collector is that watches the cluster.
    pub fn standings(&self) -> impl Iterator<Item = Standing> {
        self.board.standings()
    }

    /// How each collector is doing that asks AWS; nothing is said of one that is off.
    pub fn standings_of_aws(&self) -> impl Iterator<Item = (Collector, Option<aws::Standing>)> {
        let of_aws = Collector::ALL.into_iter().filter(|collector| collector.asks_aws());
        of_aws.map(|collector| (collector, self.aws.standing(collector)))
    }

    /// Whether every collector has read what there is, or is known not to be able to.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.standings().all(|one| one.settled)
            && self.standings_of_aws().all(|(_, one)| one.is_none_or(|one| one.settled))
    }

    /// Whether an owner of a pod in trouble is still to be asked for.
    #[must_use]
    pub fn wants_owners(&self) -> bool {
        !self.cache.read().wanted(1).is_empty()
    }

    /// What `/metrics` says now.
    #[must_use]
    pub fn page(&self) -> String {
        let begun = Instant::now();
        let snapshot = self.snapshot();
        let mut writer = Writer::with_capacity(self.length.load(Ordering::Relaxed));
        if self.tells_of_cluster() {
            groups::write_cluster(&mut writer, &snapshot);
        }
        groups::write_exporter(&mut writer, &self.board, &self.aws, &snapshot, self.clock.skew_seconds());
        let mut page = writer.finish();
        self.own.write(&mut page);
        self.length.store(page.len() + page.len() / 8, Ordering::Relaxed);
        self.own.scraped(begun.elapsed().as_secs_f64());
        page
    }

    /// Whether cluster families are served: not before everything that a diagnosis rests on has been read or is known
    /// to be forbidden, so that a restart does not play "unknown" to the alerts.
    pub fn tells_of_cluster(&self) -> bool {
        if !self.open.load(Ordering::Relaxed)
            && (self.board.awaited().all(|awaited| awaited.settled) || self.started.elapsed() >= PATIENCE)
        {
            self.open.store(true, Ordering::Relaxed);
        }
        self.open.load(Ordering::Relaxed)
    }

    /// Whether the exporter says all that it should.
    ///
    /// # Errors
    /// What is missing, a line each.
    pub fn readiness(&self) -> Result<(), Vec<String>> {
        let open = self.tells_of_cluster();
        // Once it speaks, pods and nodes are what it cannot do without; the others are told by eksporter_collector_up.
        let needed = |awaited: &Standing| !open || matches!(awaited.collector, Collector::Pods | Collector::Nodes);
        let missing: Vec<_> = self
            .board
            .awaited()
            .filter(|awaited| !awaited.settled && needed(awaited))
            .map(|one| missing(&one))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }
}

fn missing(awaited: &Standing) -> String {
    let what = match awaited.state {
        Some(State::Stale) => "without contact for too long",
        _ => "not synced yet",
    };
    let name = awaited.collector.name();
    awaited.error.as_ref().map_or_else(|| format!("{name}: {what}"), |error| format!("{name}: {what}: {error}"))
}
