//! All watches together: what is said of each collector and each resource.

use std::sync::Arc;

use jiff::Timestamp;

use super::health::{Health, Reason, Received, State};
use crate::collector::Collector;

/// Whether a collector is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Switched on, and there is something to watch.
    On,
    /// Switched off.
    Off,
    /// Switched on, but the cluster does not know the kind.
    Absent,
}

impl Presence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::On, Self::Off, Self::Absent];

    /// Value of the label `state`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Absent => "absent",
        }
    }
}

/// What is said of a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectorState {
    /// Which.
    pub collector: Collector,
    /// Whether it is in use.
    pub presence: Presence,
    /// Whether it works; only said of one that is on.
    pub up: Option<bool>,
}

/// How far a collector is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which collector.
    pub collector: Collector,
    /// Whether there is nothing more to wait for: synced, switched off, forbidden or absent.
    pub settled: bool,
    /// Where it stands; `None` where it is switched off.
    pub state: Option<State>,
    /// Why it is not there yet, in one short line.
    pub error: Option<String>,
    /// How often an object of it could not be read.
    pub undecodable: u64,
}

/// One value of the label `resource`, over all its scopes.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Label `resource`.
    pub name: &'static str,
    /// Whether every scope is synced.
    pub synced: bool,
    /// What came, in the order of [`Received::ALL`].
    pub received: Vec<(Received, u64)>,
    /// What went wrong, in the order of [`Reason::ALL`].
    pub errors: Vec<(Reason, u64)>,
    /// Lists and re-lists that began.
    pub lists: u64,
    /// Streaming lists given up for paged ones.
    pub fallbacks: u64,
    /// The oldest last activity among the scopes; `None` where one of them has seen none.
    pub last_activity: Option<Timestamp>,
}

/// All watches.
#[derive(Debug, Default)]
pub struct Board {
    watches: Vec<Arc<Health>>,
    /// What reads without watching: the server's version, owners one by one. No `resource` of their own.
    readers: Vec<Arc<Health>>,
}

impl Board {
    pub(super) fn add_watch(&mut self, health: &Arc<Health>) {
        self.watches.push(Arc::clone(health));
    }

    pub(super) fn add_reader(&mut self, health: &Arc<Health>) {
        self.readers.push(Arc::clone(health));
    }

    /// Every single watch, one per resource and scope.
    #[must_use]
    pub fn watches(&self) -> &[Arc<Health>] {
        &self.watches
    }

    /// What is said of each collector of the API server, in the order of [`Collector::ALL`].
    #[must_use]
    pub fn collector_states(&self) -> Vec<CollectorState> {
        watched().map(|collector| self.collector_state(collector)).collect()
    }

    /// Whether a collector is on and everything of it is synced.
    #[must_use]
    pub fn is_live(&self, collector: Collector) -> bool {
        let mut any = false;
        let live = self.of(collector).all(|health| {
            any = true;
            health.state() == State::Synced
        });
        any && live
    }

    /// How far each of them is.
    pub fn standings(&self) -> impl Iterator<Item = Standing> {
        watched().map(|collector| self.standing(collector))
    }

    /// The same of those that cluster families wait for at start.
    pub fn awaited(&self) -> impl Iterator<Item = Standing> {
        self.standings().filter(|standing| standing.collector.is_awaited())
    }

    fn standing(&self, collector: Collector) -> Standing {
        let settled = |state| matches!(state, State::Synced | State::Forbidden | State::Absent);
        let waiting = self.of(collector).find(|health| !settled(health.state()));
        let shown = waiting.or_else(|| {
            self.of(collector).find(|health| health.state() != State::Synced).or(self.of(collector).next())
        });
        Standing {
            collector,
            settled: waiting.is_none(),
            state: shown.map(|health| health.state()),
            error: shown.and_then(|health| health.last_error()),
            undecodable: self.of(collector).map(|health| health.errors(Reason::Decode)).sum(),
        }
    }

    /// Every resource once, over all its scopes, in the order in which the watches were started.
    #[must_use]
    pub fn resources(&self) -> Vec<Resource> {
        let mut resources: Vec<Resource> = Vec::new();
        for health in &self.watches {
            let one = Resource::of(health);
            match resources.iter_mut().find(|resource| resource.name == one.name) {
                Some(resource) => resource.join(&one),
                None => resources.push(one),
            }
        }
        resources
    }

    fn of(&self, collector: Collector) -> impl Iterator<Item = &Arc<Health>> {
        self.watches.iter().chain(&self.readers).filter(move |health| health.collector() == collector)
    }

    fn collector_state(&self, collector: Collector) -> CollectorState {
        let presence = if self.of(collector).next().is_none() {
            Presence::Off
        } else if self.of(collector).all(|health| health.state() == State::Absent) {
            Presence::Absent
        } else {
            Presence::On
        };
        let up = (presence == Presence::On).then(|| self.is_live(collector));
        CollectorState { collector, presence, up }
    }
}

/// The collectors that ask the API server.
fn watched() -> impl Iterator<Item = Collector> {
    Collector::ALL.into_iter().filter(|collector| !collector.asks_aws())
}

impl Resource {
    fn of(health: &Health) -> Self {
        Self {
            name: health.resource(),
            synced: health.state() == State::Synced,
            received: Received::ALL.iter().map(|&what| (what, health.received(what))).collect(),
            errors: Reason::ALL.iter().map(|&reason| (reason, health.errors(reason))).collect(),
            lists: health.lists(),
            fallbacks: health.fallbacks(),
            last_activity: health.last_activity(),
        }
    }

    fn join(&mut self, other: &Self) {
        self.synced &= other.synced;
        for (mine, theirs) in self.received.iter_mut().zip(&other.received) {
            mine.1 += theirs.1;
        }
        for (mine, theirs) in self.errors.iter_mut().zip(&other.errors) {
            mine.1 += theirs.1;
        }
        self.lists += other.lists;
        self.fallbacks += other.fallbacks;
        self.last_activity = self.last_activity.min(other.last_activity); // `None` is the smallest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cache::Scope, clock::Clock};

    fn health(resource: &'static str, collector: Collector, state: State) -> Arc<Health> {
        let health = Health::new(resource, collector, Scope::cluster(), Clock::new());
        health.set(state);
        Arc::new(health)
    }

    fn board(watches: &[(&'static str, Collector, State)]) -> Board {
        let mut board = Board::default();
        for (resource, collector, state) in watches {
            board.add_watch(&health(resource, *collector, *state));
        }
        board
    }

    fn said_of(board: &Board, collector: Collector) -> (Presence, Option<bool>) {
        let states = board.collector_states();
        let state = states.iter().find(|state| state.collector == collector).unwrap();
        (state.presence, state.up)
    }

    #[test]
    fn up_is_only_said_of_collectors_that_are_on() {
        let board = board(&[
            ("pods", Collector::Pods, State::Synced),
            ("nodes", Collector::Nodes, State::Stale),
            ("nodeclaims", Collector::NodeClaims, State::Absent),
        ]);
        assert_eq!(said_of(&board, Collector::Pods), (Presence::On, Some(true)));
        assert_eq!(said_of(&board, Collector::Nodes), (Presence::On, Some(false)));
        assert_eq!(said_of(&board, Collector::NodeClaims), (Presence::Absent, None));
        assert_eq!(said_of(&board, Collector::Events), (Presence::Off, None));
        assert!(board.is_live(Collector::Pods) && !board.is_live(Collector::Events));
    }

    #[test]
    fn a_resource_is_synced_once_all_its_namespaces_are() {
        let board = board(&[
            ("pods", Collector::Pods, State::Synced),
            ("pods", Collector::Pods, State::Starting),
            ("nodes", Collector::Nodes, State::Synced),
        ]);
        board.watches()[0].count(Received::Listed, 2);
        board.watches()[1].count(Received::Listed, 3);
        board.watches()[1].failed(Reason::Server, "no");
        board.watches()[0].touch();
        let resources = board.resources();
        assert_eq!(
            resources.iter().map(|one| (one.name, one.synced)).collect::<Vec<_>>(),
            [("pods", false), ("nodes", true)]
        );
        assert_eq!(resources[0].received[0], (Received::Listed, 5));
        assert!(resources[0].errors.contains(&(Reason::Server, 1)));
        assert_eq!(resources[0].last_activity, None, "one of them has seen nothing");
        assert!(!board.is_live(Collector::Pods));
    }

    #[test]
    fn what_is_forbidden_or_off_is_not_waited_for() {
        let board = board(&[
            ("pods", Collector::Pods, State::Synced),
            ("events_warning", Collector::Events, State::Forbidden),
            ("events_pulling", Collector::Events, State::Starting),
            ("jobs", Collector::Owners, State::Forbidden),
        ]);
        board.watches()[1].failed(Reason::Decode, "a cannot be read");
        board.watches()[2].failed(Reason::Decode, "b cannot be read");
        board.watches()[2].failed(Reason::Decode, "c cannot be read");
        board.watches()[2].failed(Reason::Transport, "connection refused");
        let awaited: Vec<_> = board.awaited().collect();
        let settled: Vec<_> = awaited.iter().map(|one| (one.collector, one.settled)).collect();
        let expected =
            [(Collector::Pods, true), (Collector::Events, false), (Collector::Nodes, true), (Collector::Owners, true)];
        assert_eq!(settled, expected);
        assert_eq!(awaited[1].error.as_deref(), Some("connection refused"));
        assert_eq!((awaited[0].undecodable, awaited[1].undecodable), (0, 3), "of all its watches");
        assert_eq!(awaited[2].state, None);
        assert_eq!(awaited[3].state, Some(State::Forbidden));
    }
}
