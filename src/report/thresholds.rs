//! From when on trouble is worth a warning, and when worth waking somebody: by cause, for the time that a fault may take
//! to mend itself differs.

use jiff::SignedDuration;

use super::Severity;
use crate::{
    aws::facts::InsightStatus,
    cache::Verdict,
    diagnose::{Addon, Basis, Cause, Room, Support},
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

/// Many nodes that should serve and do not, by [`too_many_lost`].
pub const NODES_LOST: Patience = minutes(2, 5);

/// Fewer are no many.
pub const LOST_NODES: usize = 3;

/// More of a pool's or a zone's nodes than this are too many.
pub const LOST_NODES_PERCENT: usize = 25;

/// How many nodes of a pool or a zone that has so many are too many.
#[must_use]
pub const fn too_many_lost(all: usize) -> usize {
    let share = all * LOST_NODES_PERCENT / 100 + 1;
    if share > LOST_NODES { share } else { LOST_NODES }
}

/// Nodes that are no single case, wherever they are.
pub const NODES_SEVERAL: usize = 3;

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

/// More of a pool's branch ENIs requested than this leave hardly one.
pub const BRANCH_ENIS_REQUESTED_PERCENT: u64 = 90;

/// Whether pods request so much of a pool's branch ENIs that hardly one is left.
#[must_use]
pub const fn are_all_but_requested(requested: u64, allocatable: u64) -> bool {
    requested.saturating_mul(100) > allocatable.saturating_mul(BRANCH_ENIS_REQUESTED_PERCENT)
}

/// So long kubelet may take to make allocatable what the resource controller says that a node has. It takes some ten
/// seconds (aws/amazon-vpc-resource-controller-k8s#637).
pub const BRANCH_ENIS_UNUSABLE: SignedDuration = SignedDuration::from_mins(2);

/// Branch ENIs that belong to no pod; the resource controller's own clean-up comes by within minutes.
pub const BRANCH_ENIS_LEAKED: Patience = warning(60);

/// aws-node or kube-proxy on a node where it should run and does not.
pub const AGENT_DOWN: Patience = minutes(5, 10);

/// Nodes without such an agent that are no single case.
pub const AGENT_DOWN_SEVERAL: usize = 2;

/// Minor versions of Kubernetes that an add-on may be behind before it was forgotten: one is an upgrade under way.
pub const ADDON_BEHIND_MINORS: u32 = 2;

/// One minor behind for so long is no upgrade under way any more either.
pub const ADDON_BEHIND: SignedDuration = SignedDuration::from_hours(24);

/// How long an add-on may run in two versions before it is worth a word.
pub const ADDON_ROLLOUT_MINUTES: u32 = 60;

/// An add-on that does not go with the API server. No patience: it mends itself only when somebody updates it. That EKS
/// does not list a version any more need not mean that it fails.
#[must_use]
pub fn addon_unsupported(verdict: &Verdict) -> Severity {
    match (verdict.addon, verdict.basis) {
        // Without these two no node works (incident 2).
        (Addon::KubeProxy | Addon::VpcCni, Basis::Kubernetes | Basis::Catalog) if verdict.too_old => Severity::Critical,
        _ => Severity::Warning,
    }
}

/// Pods that are no single case: one that was abandoned wakes nobody.
pub const PODS_SEVERAL: usize = 2;

/// The system's namespaces begin with this; there one pod is enough.
pub const SYSTEM_PREFIX: &str = "kube-";

/// Nodes on which pods of the system's `DaemonSet`s hang before that wakes somebody: on a single one the node is the trouble.
pub const DAEMONSET_NODES: usize = 2;

/// So long after it began to hang, nobody is woken for a pod any more.
pub const POD_ABANDONED: SignedDuration = SignedDuration::from_hours(24);

/// A subnet with less than this share free is watched for its slope,
pub const SUBNET_RUNNING_OUT_PERCENT: u32 = 50;
/// which is taken twice, over so long each, for one step is no slope,
pub const SUBNET_SLOPE: SignedDuration = SignedDuration::from_mins(30);
/// and is told if none would be left so soon.
pub const SUBNET_EMPTY_WITHIN: SignedDuration = SignedDuration::from_hours(4);

/// The end of standard support, after which the cluster costs more.
pub const STANDARD_SUPPORT_END: SignedDuration = SignedDuration::from_hours(60 * 24);
/// The end of all support: then EKS upgrades the cluster by itself.
pub const FORCED_UPGRADE: SignedDuration = SignedDuration::from_hours(90 * 24);

pub use crate::diagnose::{SUBNET_FREE, SUBNET_FREE_CLUSTER};

/// A subnet with little room. No patience: what takes addresses does not wait.
#[must_use]
pub const fn subnet(room: Room) -> Option<Severity> {
    match room {
        Room::HardlyAny => Some(Severity::Critical),
        Room::Little => Some(Severity::Warning),
        Room::Enough => None,
    }
}

/// A subnet that has free addresses and no block of them for a prefix.
pub const SUBNET_SCATTERED: Severity = Severity::Warning;

/// The end of support is told so long before; `upgrades_at` is the one at which EKS upgrades by itself.
#[must_use]
pub fn support_end(support: Support, upgrades_at: Support) -> SignedDuration {
    if support == upgrades_at { FORCED_UPGRADE } else { STANDARD_SUPPORT_END }
}

/// What EKS finds wrong with a cluster, a node group or an add-on.
pub const HEALTH_ISSUE: Severity = Severity::Warning;

/// What an insight of that status is.
#[must_use]
pub const fn insight(status: &InsightStatus) -> Option<Severity> {
    match status {
        InsightStatus::Error => Some(Severity::Warning),
        InsightStatus::Warning => Some(Severity::Info),
        InsightStatus::Passing | InsightStatus::Unknown | InsightStatus::Other(_) => None,
    }
}

impl Patience {
    /// What several cases of one trouble are, by their ages: one that has lasted for too long is a warning, and so many of
    /// them wake somebody. What has just begun adds no weight to what was abandoned long ago.
    #[must_use]
    pub fn severity_of(self, ages: impl Iterator<Item = SignedDuration>, enough: usize) -> Severity {
        let severities: Vec<_> = ages.map(|age| self.severity(age, true)).collect();
        let count = |severity| severities.iter().filter(|&&one| one <= severity).count();
        if count(Severity::Critical) >= enough.max(1) {
            Severity::Critical
        } else if count(Severity::Warning) > 0 {
            Severity::Warning
        } else {
            Severity::Info
        }
    }

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

/// Causes that are given the same time, under one name for those who set it anew.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Part of the names of its values.
    pub name: &'static str,
    /// What its causes have in common.
    pub meaning: &'static str,
    /// How long they may last.
    pub patience: Patience,
    /// The causes.
    pub causes: &'static [Cause],
}

/// Causes of pods being created. What is not here never matters: the node's own alert tells of it.
pub const CREATING: [Class; 6] = [
    Class {
        name: "node_broken",
        meaning: "no pod starts on the node any more",
        patience: minutes(2, 5),
        causes: &[Cause::SeccompBpfLimit, Cause::ApiUnreachable],
    },
    Class {
        name: "node",
        meaning: "network, runtime or disk of the node",
        patience: minutes(5, 10),
        causes: &[
            Cause::BranchEni,
            Cause::IpExhausted,
            Cause::CniUnavailable,
            Cause::CniError,
            Cause::Runtime,
            Cause::Cgroup,
            Cause::Disk,
        ],
    },
    Class {
        name: "unclear",
        meaning: "nothing tells yet, or a volume is not mounted yet",
        patience: minutes(10, 20),
        causes: &[Cause::Unknown, Cause::VolumeMount],
    },
    // A forced detach alone takes 6 minutes.
    Class {
        name: "volume",
        meaning: "volumes being made and attached",
        patience: minutes(12, 25),
        causes: &[Cause::VolumeAttach, Cause::VolumeProvision],
    },
    Class {
        name: "workload",
        meaning: "the workload's own: its image, its configuration",
        patience: warning(15),
        causes: &[Cause::ImagePull, Cause::ConfigMissing, Cause::Other],
    },
    Class { name: "pulling", meaning: "an image being pulled", patience: warning(45), causes: &[Cause::ImagePulling] },
];

/// Causes of pods without a node. What is not here is on purpose (gates, placeholders), or told by the node's own alert.
pub const UNSCHEDULED: [Class; 4] = [
    Class { name: "no_nodes", meaning: "the cluster has no nodes", patience: minutes(2, 5), causes: &[Cause::NoNodes] },
    Class {
        name: "blocked",
        meaning: "no branch ENI or no scheduler",
        patience: minutes(5, 10),
        causes: &[Cause::BranchEni, Cause::NoScheduler],
    },
    Class {
        name: "volume",
        meaning: "volumes being made",
        patience: minutes(12, 25),
        causes: &[Cause::VolumeProvision],
    },
    Class {
        name: "room",
        meaning: "no room, or no node that the pod's own rules allow",
        patience: warning(15),
        causes: &[Cause::SchedulingCapacity, Cause::SchedulingConstraints, Cause::Fargate, Cause::Unknown],
    },
];

/// A pod being created.
#[must_use]
pub fn creating(cause: Cause) -> Patience {
    of(&CREATING, cause)
}

/// A pod without a node.
#[must_use]
pub fn unscheduled(cause: Cause) -> Patience {
    of(&UNSCHEDULED, cause)
}

fn of(classes: &[Class], cause: Cause) -> Patience {
    classes.iter().find(|class| class.causes.contains(&cause)).map_or(NEVER, |class| class.patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cause_stands_in_two_classes_and_what_is_in_none_is_named_here() {
        for (classes, all, in_none) in [
            (&CREATING[..], Cause::CREATING, &[Cause::NodeDown][..]),
            (&UNSCHEDULED, Cause::UNSCHEDULED, &[Cause::NodeDown, Cause::Gated, Cause::Placeholder]),
        ] {
            for cause in all {
                let classes = classes.iter().filter(|class| class.causes.contains(cause)).count();
                assert_eq!(classes, usize::from(!in_none.contains(cause)), "{cause:?}");
            }
        }
    }
}
