//! What the layer under one watch and the loop above it tell each other: kube's watcher stands between them and passes
//! on neither headers nor the time at which a stream ended.

use std::{sync::Arc, time::Duration};

use kube::runtime::{utils::Backoff, watcher::DefaultBackoff};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::health::{Health, Reason};

/// A watch that lasts less was not worth opening.
const SHORT: Duration = Duration::from_secs(1);
/// No server asks for more patience than this in earnest.
const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(2);

/// Shared between a watch's layer and its loop.
#[derive(Debug)]
pub struct Link {
    health: Arc<Health>,
    retry_after: Mutex<Option<Duration>>,
    pace: Mutex<Pace>,
}

/// kube's watcher opens the next watch at once when one ends without an error. Against a server, or something in
/// between, that ends each of them at once this paces the requests.
#[derive(Default)]
struct Pace {
    backoff: DefaultBackoff,
    /// How many short watches in a row.
    short: u32,
    not_before: Option<Instant>,
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace").field("short", &self.short).finish_non_exhaustive()
    }
}

impl Link {
    /// For the watch with that health.
    #[must_use]
    pub fn new(health: Arc<Health>) -> Arc<Self> {
        Arc::new(Self { health, retry_after: Mutex::default(), pace: Mutex::default() })
    }

    /// The watch's health.
    #[must_use]
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    /// The API server asked for that much patience.
    pub(super) fn retry_after(&self, seconds: u64) {
        *self.retry_after.lock() = Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
    }

    /// The patience that was asked for since the last call.
    pub(super) fn take_retry_after(&self) -> Option<Duration> {
        self.retry_after.lock().take()
    }

    /// Before which the next request is not to be sent.
    pub(super) fn not_before(&self) -> Option<Instant> {
        self.pace.lock().not_before.filter(|at| *at > Instant::now())
    }

    /// A watch was accepted; it ends when the guard is dropped.
    pub(super) fn watch_accepted(self: &Arc<Self>) -> Watching {
        self.health.touch();
        Watching { link: Arc::clone(self), since: Instant::now() }
    }
}

/// A watch that is open.
#[derive(Debug)]
pub(super) struct Watching {
    link: Arc<Link>,
    since: Instant,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut pace = self.link.pace.lock();
        if self.since.elapsed() >= SHORT {
            pace.short = 0;
            pace.not_before = None;
            pace.backoff.reset();
            return;
        }
        pace.short += 1;
        let pause = pace.backoff.next().unwrap_or(SHORT);
        pace.not_before = Some(Instant::now() + pause);
        if pace.short == 2 {
            // One may be a server that shuts down; from the second on it is something to look at.
            self.link.health.failed(Reason::Transport, "watches end within a second of their start");
        }
    }
}
