//! From when on trouble is worth a warning, and when worth waking somebody: by cause, for the time that a fault may take
//! to mend itself differs.

use jiff::SignedDuration;

use super::Severity;
use crate::{
    cache::Verdict,
    diagnose::{Addon, Cause},
};

/// How long a kind of trouble may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Minutes until a warning; `None` for never.
    pub warning: Option<u32>,
    /// Minutes until somebody is woken; `None` for never.
    pub critical: Option<u32>,
}

/// Never worth more than being known.
pub const NEVER: Patience = Patience { warning: None, critical: None };

const fn minutes(warning: u32, critical: u32) -> Patience {
    Patience { warning: Some(warning), critical: Some(critical) }
}

const fn warning(minutes: u32) -> Patience {
    Patience { warning: Some(minutes), critical: None }
}

/// A node that should serve and does not.
pub const NODE_NOT_READY: Patience = minutes(5, 10);

/// Many nodes that should serve and do not, by [`are_lost`].
pub const NODES_LOST: Patience = minutes(2, 5);

/// Fewer are no many.
pub const LOST_NODES: usize = 3;

/// Whether so many nodes of a pool or a zone are too many: more than a quarter, and at least three.
#[must_use]
pub const fn are_lost(not_ready: usize, all: usize) -> bool {
    not_ready >= LOST_NODES && not_ready * 4 > all
}

/// A node's own monitor complains. EKS repairs such nodes after 10 or 30 minutes, where it may.
pub const NODE_CONDITION: Patience = warning(10);

/// So long after a newer image came, a node without it was forgotten.
pub const STRAGGLER: SignedDuration = SignedDuration::from_hours(24);

/// Branch ENIs that completed pods hold while there is still room beside them.
pub const BRANCH_ENIS_HELD: Patience = warning(30);

/// Pods on a node that wait for a branch ENI (incident 3): the resource controller makes one within seconds. Below that,
/// nothing is told.
pub const BRANCH_ENI_PENDING: Patience = minutes(3, 3);

/// Branch ENIs of a pool all but requested, while pods have no node for want of them. A single full node is only good
/// packing, and an autoscaler makes another within minutes.
pub const BRANCH_ENIS_REQUESTED: Patience = warning(30);

/// Whether pods request so much of a pool's branch ENIs that hardly one is left: more than nine in ten.
#[must_use]
pub const fn are_all_but_requested(requested: u64, allocatable: u64) -> bool {
    requested.saturating_mul(10) > allocatable.saturating_mul(9)
}

/// So long kubelet may take to make allocatable what the resource controller says that a node has. It takes some ten
/// seconds (aws/amazon-vpc-resource-controller-k8s#637).
pub const BRANCH_ENIS_UNUSABLE: SignedDuration = SignedDuration::from_mins(2);

/// aws-node or kube-proxy on a node where it should run and does not.
pub const AGENT_DOWN: Patience = minutes(5, 10);

/// An add-on that does not go with the API server. No patience: it mends itself only when somebody updates it.
#[must_use]
pub fn addon_unsupported(verdict: &Verdict) -> Severity {
    match verdict.addon {
        // Without these two no node works (incident 2).
        Addon::KubeProxy | Addon::VpcCni if verdict.too_old => Severity::Critical,
        _ => Severity::Warning,
    }
}

impl Patience {
    /// What trouble of this age is. Only a weighty case is ever critical.
    #[must_use]
    pub fn severity(self, age: SignedDuration, weighty: bool) -> Severity {
        let past = |limit: Option<u32>| limit.is_some_and(|limit| age >= SignedDuration::from_mins(limit.into()));
        if weighty && past(self.critical) {
            Severity::Critical
        } else if past(self.warning) {
            Severity::Warning
        } else {
            Severity::Info
        }
    }
}

/// A pod being created.
#[must_use]
pub const fn creating(cause: Cause) -> Patience {
    match cause {
        Cause::SeccompBpfLimit | Cause::ApiUnreachable => minutes(2, 5),
        Cause::BranchEni
        | Cause::IpExhausted
        | Cause::CniUnavailable
        | Cause::CniError
        | Cause::Runtime
        | Cause::Cgroup
        | Cause::Disk => minutes(5, 10),
        Cause::Unknown | Cause::VolumeMount => minutes(10, 20),
        // A forced detach alone takes 6 minutes.
        Cause::VolumeAttach | Cause::VolumeProvision => minutes(12, 25),
        Cause::ImagePull | Cause::ConfigMissing | Cause::Other => warning(15),
        Cause::ImagePulling => warning(45),
        // The node's own alert tells of it, and what is no cause of a creation has none.
        _ => NEVER,
    }
}

/// A pod without a node.
#[must_use]
pub const fn unscheduled(cause: Cause) -> Patience {
    match cause {
        Cause::NoNodes => minutes(2, 5),
        Cause::BranchEni | Cause::NoScheduler => minutes(5, 10),
        Cause::VolumeProvision => minutes(12, 25),
        Cause::SchedulingCapacity | Cause::SchedulingConstraints | Cause::Fargate | Cause::Unknown => warning(15),
        // On purpose (gates, placeholders), or told by the node's own alert.
        _ => NEVER,
    }
}
