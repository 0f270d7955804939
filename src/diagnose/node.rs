//! What a node's object says: whether it is ready, in which phase of its life it is, which pool it belongs to.

use jiff::{SignedDuration, Timestamp};

use super::text;
use crate::objects::{Meta, Node, Taint, keys};

/// A node that has never been ready is starting for so long, then something is wrong with it.
const STARTING: SignedDuration = SignedDuration::from_mins(10);

/// Kubelet writes the Ready condition when it registers the node; a transition later than this after creation is a
/// node that had been ready.
const REGISTRATION: SignedDuration = SignedDuration::from_secs(60);

/// The Ready condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Ready.
    Yes,
    /// Kubelet says that it is not.
    No,
    /// Nobody hears from kubelet, or it never said anything.
    Unknown,
}

/// Why a node is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotReadyReason {
    /// Kubelet says that it is not.
    KubeletNotReady,
    /// Kubelet stopped reporting.
    NodeStatusUnknown,
    /// Kubelet never reported.
    NodeStatusNeverUpdated,
    /// Anything else.
    Other,
}

impl NotReadyReason {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::KubeletNotReady, Self::NodeStatusUnknown, Self::NodeStatusNeverUpdated, Self::Other];

    /// Value of the label `reason`: the words of kubelet and the node lifecycle controller.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KubeletNotReady => "KubeletNotReady",
            Self::NodeStatusUnknown => "NodeStatusUnknown",
            Self::NodeStatusNeverUpdated => "NodeStatusNeverUpdated",
            Self::Other => "other",
        }
    }

    fn of(reason: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == reason).unwrap_or(Self::Other)
    }
}

/// Who runs a pool of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PoolKind {
    /// An EKS managed node group.
    Nodegroup,
    /// A Karpenter `NodePool` (or Provisioner).
    Karpenter,
    /// EKS Auto Mode.
    Auto,
    /// A self-managed group made by eksctl.
    Eksctl,
    /// Fargate.
    Fargate,
    /// EKS Hybrid Nodes.
    Hybrid,
    /// None that can be told.
    None,
}

impl PoolKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Nodegroup, Self::Karpenter, Self::Auto, Self::Eksctl, Self::Fargate, Self::Hybrid, Self::None];

    /// Value of the label `pool_kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nodegroup => "nodegroup",
            Self::Karpenter => "karpenter",
            Self::Auto => "auto",
            Self::Eksctl => "eksctl",
            Self::Fargate => "fargate",
            Self::Hybrid => "hybrid",
            Self::None => "none",
        }
    }
}

/// The phase of a node's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lifecycle {
    /// Never ready and young.
    Starting,
    /// In service, or should be.
    Serving,
    /// On its way out.
    Leaving,
}

impl Lifecycle {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Starting, Self::Serving, Self::Leaving];

    /// Value of the label `lifecycle`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Serving => "serving",
            Self::Leaving => "leaving",
        }
    }
}

/// What one node's object tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// The Ready condition.
    pub ready: Ready,
    /// Why not.
    pub reason: NotReadyReason,
    /// When the Ready condition changed last, else when the node was created.
    pub changed: Timestamp,
    /// When the node was created.
    pub created: Timestamp,
    /// Ready is False because of its network.
    pub network_down: bool,
    /// Kubelet's minor version.
    pub kubelet_minor: Option<u32>,
    /// Somebody is taking it away.
    pub leaving: bool,
    /// Fargate and virtual kubelets: a node a pod, where minutes to start are normal.
    pub is_virtual: bool,
    /// Who runs its pool.
    pub pool_kind: PoolKind,
}

impl NodeFacts {
    /// Reads a node. Kubelet's clock may be ahead; what is to come has happened by `now` at the latest.
    #[must_use]
    pub fn of(node: &Node, now: Timestamp) -> Self {
        let created = node.metadata.creation_timestamp.get().unwrap_or(now).min(now);
        let condition = node.status.condition("Ready");
        let ready = match condition.map(|condition| condition.status.as_str()) {
            Some("True") => Ready::Yes,
            Some("False") => Ready::No,
            _ => Ready::Unknown,
        };
        let pool_kind = pool(&node.metadata).0;
        Self {
            ready,
            reason: condition.map_or(NotReadyReason::Other, |condition| NotReadyReason::of(&condition.reason)),
            changed: condition.and_then(|condition| condition.last_transition_time.get()).unwrap_or(created).min(now),
            created,
            network_down: ready == Ready::No
                && condition.is_some_and(|condition| text::node_network_down(&condition.reason, &condition.message)),
            kubelet_minor: minor(&node.status.node_info.kubelet_version),
            leaving: node.metadata.deletion_timestamp.is_set() || node.spec.taints.iter().any(says_leaving),
            is_virtual: pool_kind == PoolKind::Fargate || node.metadata.label(keys::TYPE) == Some("virtual-kubelet"),
            pool_kind,
        }
    }

    /// The phase of its life, and when it changes by itself. `was_ready`: it has been seen ready; `not_ready_since`: since
    /// when it is not, across changes from False to Unknown.
    ///
    /// The node controller gives `NodeStatusNeverUpdated` only to a node whose kubelet has never reported.
    #[must_use]
    pub fn lifecycle(
        &self,
        was_ready: bool,
        not_ready_since: Option<Timestamp>,
        now: Timestamp,
    ) -> (Lifecycle, Option<Timestamp>) {
        let grown_up = self.created.saturating_add(STARTING).unwrap_or(Timestamp::MAX);
        let from_the_start = not_ready_since.unwrap_or(self.changed).duration_since(self.created) <= REGISTRATION;
        let never_ready = !was_ready && (from_the_start || self.reason == NotReadyReason::NodeStatusNeverUpdated);
        if self.leaving {
            (Lifecycle::Leaving, None)
        } else if self.ready != Ready::Yes && never_ready && now < grown_up {
            (Lifecycle::Starting, Some(grown_up))
        } else {
            (Lifecycle::Serving, None)
        }
    }
}

/// The pool of a node and who runs it, by the labels that each of them writes.
#[must_use]
pub fn pool(node: &Meta) -> (PoolKind, &str) {
    let label = |key| node.label(key).filter(|value| !value.is_empty());
    let karpenter = || label(keys::KARPENTER_NODEPOOL).or(label(keys::KARPENTER_PROVISIONER));
    match label(keys::COMPUTE_TYPE) {
        Some("fargate") => return (PoolKind::Fargate, ""),
        Some("hybrid") => return (PoolKind::Hybrid, ""),
        // Auto Mode labels its nodes with Karpenter's node pool too.
        Some("auto") => return (PoolKind::Auto, karpenter().unwrap_or_default()),
        _ => {}
    }
    // eksctl labels the managed node groups that it makes as well.
    if let Some(name) = label(keys::NODEGROUP) {
        (PoolKind::Nodegroup, name)
    } else if let Some(name) = karpenter() {
        (PoolKind::Karpenter, name)
    } else if let Some(name) = label(keys::EKSCTL_NODEGROUP) {
        (PoolKind::Eksctl, name)
    } else {
        (PoolKind::None, "")
    }
}

/// Taints of those who take nodes away.
fn says_leaving(taint: &Taint) -> bool {
    matches!(
        taint.key.as_str(),
        // Karpenter v1 and v1beta1 (pkg/apis/v1/taints.go)
        "karpenter.sh/disrupted" | "karpenter.sh/disruption"
        // kubernetes/autoscaler cluster-autoscaler/utils/taints; its DeletionCandidate taint is only a thought
        | "ToBeDeletedByClusterAutoscaler"
        // kubernetes/cloud-provider api/well_known_taints.go
        | "node.cloudprovider.kubernetes.io/shutdown"
        // aws/aws-node-termination-handler pkg/node/node.go. Its rebalance-recommendation is none of them: EC2 says that
        // a Spot instance is at elevated risk and may never take it (EC2 user guide, "EC2 instance rebalance
        // recommendations"), and without enableRebalanceDraining the handler only cordons the node.
        | "aws-node-termination-handler/spot-itn"
        | "aws-node-termination-handler/scheduled-maintenance"
        | "aws-node-termination-handler/asg-lifecycle-termination"
    )
}

/// The minor version in `v1.36.3-eks-0123456`.
#[must_use]
pub fn minor(version: &str) -> Option<u32> {
    let minor = version.strip_prefix('v')?.strip_prefix("1.")?;
    let digits = minor.find(|c: char| !c.is_ascii_digit()).unwrap_or(minor.len());
    minor[..digits].parse().ok()
}
