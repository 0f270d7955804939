//! When waiting has lasted too long: for the end of an initial list, and for any sign of life.

use std::time::Duration;

use tokio::time::Instant;

use crate::watch::health::{Health, State};

/// An initial list that has shown nothing new for so long has stalled.
const LIST_STALLED: Duration = Duration::from_mins(1);
/// A streaming list that takes longer in all will not end: a page-wise one at least moves.
const LIST_ENDLESS: Duration = Duration::from_mins(10);
/// A re-list that does not end for so long leaves rows of things long gone: better to know nothing.
const RELIST_HOPELESS: Duration = Duration::from_mins(30);

/// What there is to wait for, and since when.
#[derive(Debug)]
pub(super) struct Patience {
    stale_after: Duration,
    listing: Option<Listing>,
    /// What the layer had counted when it was looked at last, and when that changed.
    progress: (u64, Instant),
}

/// An initial list under way.
#[derive(Clone, Copy, Debug)]
struct Listing {
    /// Since when, whatever happened in between.
    since: Instant,
    /// Since when without an error, which would explain that it takes long.
    steady: Instant,
    /// Whether an error or a new watcher explains that the next one begins before this one is through.
    excused: bool,
}

/// What ends the wait for the next events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nothing does.
    Nothing,
    /// What is known is too old.
    Stale,
    /// The initial list does not come to its end.
    Stalled,
}

impl Patience {
    pub fn new(stale_after: Duration) -> Self {
        Self { stale_after, listing: None, progress: (0, Instant::now()) }
    }

    /// Whether an initial list is under way.
    pub fn listing(&self) -> bool {
        self.listing.is_some()
    }

    /// An initial list begins. False where one before it ended by itself, without its last bookmark.
    pub fn list_began(&mut self, health: &Health) -> bool {
        if let Some(listing) = &mut self.listing {
            return std::mem::take(&mut listing.excused);
        }
        let now = Instant::now();
        self.listing = Some(Listing { since: now, steady: now, excused: false });
        self.progress = (health.progress(), now);
        true
    }

    /// It is through, or nobody waits for it any more.
    pub fn list_over(&mut self) {
        self.listing = None;
    }

    /// An error or a new watcher explains that the list begins anew.
    pub fn excuse(&mut self) {
        if let Some(listing) = &mut self.listing {
            listing.excused = true;
        }
    }

    /// Nothing was waited for until now.
    pub fn paused(&mut self) {
        self.progress.1 = Instant::now();
        if let Some(listing) = &mut self.listing
            && listing.excused
        {
            listing.steady = self.progress.1;
        }
    }

    /// When what is known is too old: without contact, or in a re-list without end.
    pub fn stale_at(&self, health: &Health) -> Option<Instant> {
        if health.state() != State::Synced {
            return None;
        }
        let lost = health.last_contact() + self.stale_after;
        let hopeless = self.listing.map(|listing| listing.since + RELIST_HOPELESS);
        Some(hopeless.map_or(lost, |at| at.min(lost)))
    }

    /// Until when to wait before asking whether anything is overdue. Contact and progress may move it.
    pub fn deadline(&mut self, health: &Health, streaming: bool) -> Instant {
        let far = Instant::now() + LIST_STALLED;
        [self.stale_at(health), self.stalled_at(health, streaming)].into_iter().flatten().fold(far, Instant::min)
    }

    /// What is overdue now.
    pub fn overdue(&mut self, health: &Health, streaming: bool) -> Overdue {
        let now = Instant::now();
        if self.stale_at(health).is_some_and(|at| at <= now) {
            Overdue::Stale
        } else if self.stalled_at(health, streaming).is_some_and(|at| at <= now) {
            Overdue::Stalled
        } else {
            Overdue::Nothing
        }
    }

    /// When the initial list is to be given up. Pages may take as long as they move.
    fn stalled_at(&mut self, health: &Health, streaming: bool) -> Option<Instant> {
        let counted = health.progress();
        if counted != self.progress.0 {
            self.progress = (counted, Instant::now());
        }
        let listing = self.listing?;
        let stalled = self.progress.1 + LIST_STALLED;
        Some(if streaming { stalled.min(listing.steady + LIST_ENDLESS) } else { stalled })
    }
}
