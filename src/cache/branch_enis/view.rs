//! What readers are told of branch ENIs, and the setting that says how those of ended pods count.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::{cache::names::Name, diagnose::EniState};

/// What the resource controller does with the interfaces of pods that have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletedPods {
    /// As its version does, where it says one in its events about nodes; otherwise it releases them.
    Auto,
    /// It releases them when the pod ends, as controllers since v1.1.0 do.
    Released,
    /// It holds them until the pod is deleted.
    Held,
}

/// The names that series of a node's branch ENIs carry.
#[derive(Debug)]
pub struct BranchNames {
    /// The node.
    pub node: Name,
    /// Room for whoever writes series of the node to keep what need not be written anew each time.
    pub written: OnceLock<Box<str>>,
    /// The same for series that have a state, in the order of [`EniState::ALL`].
    pub written_states: [OnceLock<Box<str>>; 4],
}

/// The branch ENIs of one node.
pub struct NodeBranchEnis {
    /// Its names.
    pub names: Arc<BranchNames>,
    /// How many the node has room for; `None` where it does not say.
    pub capacity: Option<u32>,
    /// How many of them pods may use; `None` where it does not say.
    pub allocatable: Option<u32>,
    /// Since when the node is seen to have room of which pods may use nothing; `None` where they may.
    pub unusable_since: Option<Timestamp>,
    /// What pods make of them; `None` while pods are not known.
    pub usage: Option<BranchUsage>,
}

/// What pods make of a node's branch ENIs.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchUsage {
    /// Interfaces in each state, in the order of [`EniState::ALL`].
    pub used: [u32; 4],
    /// Pods that wait for one.
    pub pending: usize,
    /// Since when the first of them waits.
    pub pending_since: Option<Timestamp>,
    /// Since when several of them wait.
    pub several_pending_since: Option<Timestamp>,
    /// How many are requested by pods that have not ended.
    pub requested: u64,
    /// Pods that ended longer ago than the cool-down and still carry an annotation.
    pub completed_pods: usize,
    /// When the first of them ended.
    pub completed_since: Option<Timestamp>,
    /// Whether pods of all namespaces are seen: only then the interfaces used, requested and free are those of the node.
    pub all_seen: bool,
    /// How many may still be used; `None` where the node does not say what it has, or where not all of its pods are
    /// seen.
    pub free: Option<i64>,
}

impl BranchUsage {
    /// Interfaces in that state.
    #[must_use]
    pub fn used_as(&self, state: EniState) -> u32 {
        self.used[state as usize]
    }

    /// Interfaces in any state.
    #[must_use]
    pub fn used_in_all(&self) -> u32 {
        self.used.iter().sum()
    }
}
