//! One node's interfaces, and a pod's share in them.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use hashbrown::HashMap;
use jiff::Timestamp;

use super::BranchNames;
use crate::{
    cache::{names::Name, uid::Uid},
    diagnose::{EniState, Life},
};

/// A pod's share.
pub(super) struct Claim {
    pub node: Name,
    pub enis: Box<[Arc<str>]>,
    pub annotated: bool,
    pub requested: u64,
    pub life: Life,
    pub waits_since: Option<Timestamp>,
    pub bound: Option<Timestamp>,
    /// It was bound to another machine, of which this one has taken the name: what it had went with that.
    pub outlived: bool,
}

/// One interface.
#[derive(Default)]
pub(super) struct Eni {
    /// Pods that have it, by how far they are: active, terminating, ended.
    pub pods: [u32; 3],
    /// When a pod last let go of it.
    pub released: Option<Timestamp>,
    pub filed: Option<EniState>,
    /// The time under which it stands in the queue of those that cool down.
    pub queued: Option<Timestamp>,
}

impl Eni {
    pub fn state(&self, cooling: impl Fn(Timestamp) -> bool) -> Option<EniState> {
        match self.pods {
            [active, ..] if active > 0 => Some(EniState::Attached),
            [_, terminating, _] if terminating > 0 => Some(EniState::Terminating),
            _ if self.released.is_some_and(cooling) => Some(EniState::Cooldown),
            [.., ended] if ended > 0 => Some(EniState::Completed),
            _ => None,
        }
    }

    pub fn pods_of(&mut self, life: Life) -> &mut u32 {
        match life {
            Life::Active => &mut self.pods[0],
            Life::Terminating => &mut self.pods[1],
            Life::Ended(_) => &mut self.pods[2],
        }
    }
}

/// One node's interfaces and what is counted of them.
pub(super) struct NodeEnis {
    pub names: Arc<BranchNames>,
    pub capacity: Option<u32>,
    pub allocatable: Option<u32>,
    /// Since when there is capacity and nothing allocatable, as seen: no status says it.
    pub unusable_since: Option<Timestamp>,
    pub claims: u32,
    pub enis: HashMap<Arc<str>, Eni>,
    pub counts: [u32; 4],
    pub requested: u64,
    pub waiting: BTreeSet<(Timestamp, Uid)>,
    /// Annotated pods that ended longer ago than the cool-down.
    pub completed: BTreeSet<(Timestamp, Uid)>,
}

impl NodeEnis {
    pub fn new(node: Name) -> Self {
        Self {
            names: Arc::new(BranchNames { node, written: OnceLock::new(), written_states: Default::default() }),
            capacity: None,
            allocatable: None,
            unusable_since: None,
            claims: 0,
            enis: HashMap::new(),
            counts: [0; 4],
            requested: 0,
            waiting: BTreeSet::new(),
            completed: BTreeSet::new(),
        }
    }

    /// What the node's status says. The resource controller writes only the capacity, and kubelet takes it over some
    /// seconds later, or never (aws/amazon-vpc-resource-controller-k8s#637).
    pub fn says(&mut self, capacity: Option<u32>, allocatable: Option<u32>, now: Timestamp) {
        (self.capacity, self.allocatable) = (capacity, allocatable);
        let unusable = capacity.is_some_and(|count| count > 0) && allocatable.is_none_or(|count| count == 0);
        self.unusable_since = unusable.then(|| self.unusable_since.map_or(now, |since| since.min(now)));
    }

    /// Whether pods have or had to do with branch ENIs here.
    pub fn is_used(&self) -> bool {
        self.claims > 0 || !self.enis.is_empty()
    }
}
