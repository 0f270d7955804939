//! What the scheduler, the cluster autoscaler, Karpenter and Fargate write about a pod
//! that has no node, in a `PodScheduled` condition or an event.

use super::reason::Topic::{self, Scheduling};
use super::row::{Row, plain};
use crate::diagnose::cause::Cause;

const ON: &[Topic] = &[Scheduling];

const POD_ENI: Row = Row::new(Cause::BranchEni, ON, &["vpc.amazonaws.com/pod-eni"], &["aws/amazon-vpc-cni-k8s#2494"]);

const GATES: Row = Row::new(
    Cause::Gated,
    ON,
    &["non-empty scheduling gates"],
    &["kubernetes/kubernetes pkg/registry/core/pod/strategy.go"],
);

/// The scheduler has only seen the pod too late.
const DELETED: Row = Row::new(Cause::Unknown, ON, &["skip schedule deleting pod"], &["aws/amazon-vpc-cni-k8s#1348"]);

const FARGATE: Row = Row::new(Cause::Fargate, ON, &["pod provisioning timed out"], &["aws/containers-roadmap#1890"]);

/// Any of these makes the text one about room.
const CAPACITY: Row = Row::new(
    Cause::SchedulingCapacity,
    ON,
    &[
        "insufficient ",
        "too many pods",
        "max volume count",
        "maxvolumecount",
        "no nodes available to schedule",
        "max node group size reached",
        "max cluster",
        "max limit reached",
        "in backoff after failed scale-up",
        "no instance type satisfied",
        "no instance type has enough",
        "exceed limits for",
        "didn't have enough resource",
    ],
    &[
        "aws-ia/terraform-aws-eks-blueprints-addons#399",
        "aws/karpenter-provider-aws#3647",
        "aws/karpenter-provider-aws#393",
        "aws/karpenter-provider-aws#7839",
        "coreos/tectonic-forum#18",
        "cortexlabs/cortex#1685",
        "kubernetes/autoscaler#3268",
        "kubernetes/autoscaler#5692",
    ],
);

/// Claims and their volumes.
const CLAIMS: Row = Row::new(
    Cause::VolumeProvision,
    ON,
    &[
        "unbound immediate persistentvolumeclaims",
        "unbound persistentvolumeclaims",
        "persistentvolumeclaim \"*\" not found",
        "persistentvolumeclaim \"*\" is being deleted",
        "non-existent persistentvolume",
        "non-existent pv",
        "didn't find available persistent volumes to bind",
        "did not have enough free storage",
        "volumebinding",
        "binding volumes",
        "failed to provision volume",
        "storageclass",
        "storage class",
        "persistentvolumeclaim",
    ],
    &[
        "aws/containers-roadmap#1382",
        "digitalocean/csi-digitalocean#133",
        "goharbor/harbor-helm#88",
        "hashicorp/vault-helm#936",
        "instaclustr/cassandra-operator#112",
        "kubernetes-sigs/aws-efs-csi-driver#284",
        "kubernetes-sigs/sig-storage-local-static-provisioner#424",
        "kubernetes/kubernetes pkg/scheduler/framework/plugins/volumebinding/binder.go",
        "kubernetes/kubernetes#105196",
        "mariadb-operator/mariadb-operator#374",
    ],
);

/// Taints of the node lifecycle controller, and the predicates before taints.
const NOT_READY: Row = Row::new(
    Cause::NodeDown,
    ON,
    &[
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "were not ready",
        "were unreachable",
        "nodenotready",
        "nodeunknowncondition",
    ],
    &["hystax/optscale#568", "kubeovn/kube-ovn#1583", "kubernetes-sigs/kubespray#9989"],
);

/// What a scheduler's text always has, for texts that come without a reason; where nothing
/// else is said in it, the pod's own rules are to blame.
const SCHEDULER: Row = Row::new(
    Cause::SchedulingConstraints,
    ON,
    &[
        "nodes are available",
        "no nodes available to schedule",
        "trigger scale-up",
        "failed to fit in any node",
        "could not schedule pod",
        "failed to schedule pod",
        "incompatible with nodepool",
        "incompatible with provisioner",
        "skip schedule deleting pod",
        "pod not supported on fargate",
        "max fargate configuration",
        "pod provisioning timed out",
        "unbound immediate persistentvolumeclaims",
        "non-empty scheduling gates",
    ],
    &[
        "aws/amazon-vpc-cni-k8s#1348",
        "aws/containers-roadmap#1382",
        "aws/eks-distro-prow-jobs#11",
        "aws/karpenter-provider-aws#2602",
        "aws/karpenter-provider-aws#7839",
        "clearlinux/cloud-native-setup#115",
        "coreos/tectonic-forum#18",
        "cortexlabs/cortex#1685",
        "kubernetes/kubernetes pkg/registry/core/pod/strategy.go",
        "kubernetes/kubernetes#37232",
    ],
);

/// In the order in which they are asked.
pub(super) const ROWS: &[Row] = &[POD_ENI, GATES, DELETED, FARGATE, CAPACITY, NOT_READY, CLAIMS, SCHEDULER];

/// Whether the text is a scheduler's, judged without a reason.
pub(super) fn is_schedulers(plain: &str) -> bool {
    SCHEDULER.says(plain)
}

/// Why a pod has no node, from its `PodScheduled` condition or from an event of the
/// scheduler, the cluster autoscaler, Karpenter or Fargate.
///
/// [`Cause::SchedulingConstraints`] where the text speaks of something else, and
/// [`Cause::Unknown`] where there is no text, or none about where to run.
#[must_use]
pub fn scheduling(reason: Option<&str>, message: &str) -> Cause {
    let text = plain(message);
    // What preemption would do is told in the same words as what is wrong.
    let text = text.split(" preemption:").next().unwrap_or_default();
    if POD_ENI.says(text) {
        return Cause::BranchEni;
    }
    if reason == Some("SchedulingGated") || GATES.says(text) {
        return Cause::Gated;
    }
    if text.is_empty() || DELETED.says(text) {
        return Cause::Unknown;
    }
    if FARGATE.says(text) {
        return Cause::Fargate;
    }
    if CAPACITY.says(text) {
        Cause::SchedulingCapacity
    } else if all_nodes_down(text) {
        Cause::NodeDown
    } else if CLAIMS.says(text) {
        Cause::VolumeProvision
    } else {
        Cause::SchedulingConstraints
    }
}

/// Whether each part of `0/5 nodes are available: 2 …, 3 ….` speaks of nodes that are not
/// ready or not reachable.
fn all_nodes_down(text: &str) -> bool {
    let parts = text.split_once("available").and_then(|(_, rest)| rest.split_once(": ")).map_or("", |(_, rest)| rest);
    // "…, that the pod didn't tolerate" belongs to the part before it.
    let mut parts = parts
        .split(". ")
        .next()
        .unwrap_or_default()
        .split(", ")
        .filter(|part| !part.trim().is_empty() && !part.starts_with("that the pod"))
        .peekable();
    parts.peek().is_some() && parts.all(|part| NOT_READY.says(part))
}
