//! What the scheduler, the cluster autoscaler, Karpenter and Fargate write about a pod
//! that has no node, in a `PodScheduled` condition or an event.

use super::row::{has, has_any, plain};
use crate::diagnose::cause::Cause;

/// Any of these makes the text one about room (kubernetes/kubernetes
/// pkg/scheduler/framework/plugins, kubernetes/autoscaler cluster-autoscaler/core/scaleup).
const CAPACITY: &[&str] = &[
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
    "capacity is unavailable",
    "concurrency limit",
];

/// Claims and their volumes (pkg/scheduler/framework/plugins/volumebinding, hashicorp/vault-helm#936).
const CLAIMS: &[&str] = &[
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
    "volume provisioning",
    "storageclass",
    "storage class",
    "persistentvolumeclaim",
];

/// Taints of the node lifecycle controller, and the predicates before taints
/// (kubernetes-sigs/kubespray#9989).
const NOT_READY: &[&str] = &[
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
    "were not ready",
    "were unreachable",
    "nodenotready",
    "nodeunknowncondition",
];

/// What a scheduler's text always has, for texts that come without a reason.
const SCHEDULER: &[&str] = &[
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
    "unbound immediate persistentvolumeclaims",
    "non-empty scheduling gates",
];

/// Whether the text is a scheduler's, judged without a reason.
pub(super) fn is_schedulers(plain: &str) -> bool {
    has_any(plain, SCHEDULER)
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
    if has(text, "vpc.amazonaws.com/pod-eni") {
        return Cause::BranchEni;
    }
    if reason == Some("SchedulingGated") || has(text, "non-empty scheduling gates") {
        return Cause::Gated;
    }
    if text.is_empty() || has(text, "skip schedule deleting pod") {
        return Cause::Unknown;
    }
    if has(text, "pod provisioning timed out") {
        return Cause::Fargate;
    }
    if has_any(text, CAPACITY) {
        Cause::SchedulingCapacity
    } else if all_nodes_down(text) {
        Cause::NodeDown
    } else if has_any(text, CLAIMS) {
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
    parts.peek().is_some() && parts.all(|part| has_any(part, NOT_READY))
}
