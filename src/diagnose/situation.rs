//! What a pod is doing, as far as it is of interest: being created, waiting for a node, going, or none of these.

use jiff::Timestamp;

use super::{Creating, Unscheduled};
use crate::objects::Pod;

/// What trouble a pod may be in. A pod is in one of them at most.
#[derive(Clone, Debug, PartialEq)]
pub enum Situation {
    /// Bound to a node, but a container has never run.
    Creating(Creating),
    /// Not bound to a node.
    Unscheduled(Unscheduled),
    /// Being deleted.
    Terminating(Terminating),
}

impl Situation {
    /// The pod's situation; `None` when it runs or has ended and nobody waits for it.
    #[must_use]
    pub fn of(pod: &Pod, now: Timestamp) -> Option<Self> {
        if let Some(deadline) = pod.metadata.deletion_timestamp.get() {
            let held = is_terminal(pod) || pod.spec.node_name.is_empty();
            return Some(Self::Terminating(Terminating { deadline, held_by_finalizer: held }));
        }
        if is_terminal(pod) {
            None
        } else if pod.spec.node_name.is_empty() {
            Some(Self::Unscheduled(Unscheduled::of(pod, now)))
        } else {
            Creating::of(pod, now).map(Self::Creating)
        }
    }
}

/// Succeeded and Failed pods never run again.
pub(super) fn is_terminal(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_str(), "Succeeded" | "Failed")
}

/// A pod that is being deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminating {
    /// `deletionTimestamp`, which is the end of the grace period.
    pub deadline: Timestamp,
    /// Kubelet is done with it or never had it, so only a finalizer can hold it.
    pub held_by_finalizer: bool,
}

/// Who a pod that should be gone waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlockedBy {
    /// Kubelet has not stopped it.
    Kubelet,
    /// Its node is gone or does not report.
    NodeDown,
    /// A finalizer.
    Finalizer,
}

impl BlockedBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kubelet, Self::NodeDown, Self::Finalizer];

    /// Value of the label `blocked_by`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kubelet => "kubelet",
            Self::NodeDown => "node_down",
            Self::Finalizer => "finalizer",
        }
    }
}

impl Terminating {
    /// Who it waits for.
    #[must_use]
    pub fn blocked_by(&self, node_down: bool) -> BlockedBy {
        if self.held_by_finalizer {
            BlockedBy::Finalizer
        } else if node_down {
            BlockedBy::NodeDown
        } else {
            BlockedBy::Kubelet
        }
    }
}
