//! Branch ENIs, the network interfaces of security groups for pods, by node.

use jiff::Timestamp;

use super::{Group, creating::age};
use crate::{
    cache::{BranchNames, BranchUsage, NodeBranchEnis},
    collector::Collector::{Events, Nodes, Pods},
    diagnose::EniState,
    metrics::{Family, Value, Writer, sets::ENI_STATES, writer::labels},
};

const CAPACITY: Family = Family::gauge(
    "eks_node_pod_eni_capacity",
    "Branch ENIs that the node has room for (security groups for pods), as its status says.",
    &["node"],
)
.from(&[Nodes]);

const ALLOCATABLE: Family = Family::gauge(
    "eks_node_pod_eni_allocatable",
    "Branch ENIs that pods on the node may use, as its status says; missing while kubelet has not taken over the capacity.",
    &["node"],
)
.from(&[Nodes]);

const USED: Family = Family::gauge(
    "eks_node_pod_eni_used",
    "Branch ENIs held, each counted once: attached (of a pod that lives; always there), terminating (of a pod being deleted), cooldown (its pod ended or went less than the cool-down and 30 s ago, an estimate), completed (of a pod that ended longer ago, only where --pod-eni-completed says that these are held). Left out with --namespaces, for pods of other namespaces may hold more.",
    &["node", "state"],
)
.sets(&[("state", ENI_STATES)])
.from(&[Pods, Nodes, Events]);

const FREE: Family = Family::gauge(
    "eks_node_pod_eni_free",
    "Allocatable less used branch ENIs; negative where more are held than the node has. Left out with --namespaces, for pods of other namespaces may hold them.",
    &["node"],
)
.from(&[Pods, Nodes, Events]);

const REQUESTED: Family = Family::gauge(
    "eks_node_pod_eni_requested",
    "Branch ENIs requested by pods that have not ended: what the scheduler and kubectl describe node count. Left out with --namespaces, for pods of other namespaces may request more.",
    &["node"],
)
.from(&[Pods, Nodes]);

const PENDING: Family = Family::gauge(
    "eks_node_pod_eni_pending",
    "Pods on the node that request a branch ENI and have not been given one; nodes with at least one. Pods being deleted left out.",
    &["node"],
)
.from(&[Pods, Nodes]);

const PENDING_AGE: Family = Family::gauge(
    "eks_node_pod_eni_pending_oldest_age_seconds",
    "Seconds since the first of these pods was bound to the node.",
    &["node"],
)
.from(&[Pods, Nodes]);

const COMPLETED_PODS: Family = Family::gauge(
    "eks_node_pod_eni_completed_pods",
    "Pods that ended longer ago than the cool-down and 30 s and still carry a branch ENI in their annotation, which nobody takes away; nodes with at least one.",
    &["node"],
)
.from(&[Pods, Nodes]);

pub(super) const GROUP: Group = Group {
    title: "Branch ENIs",
    families: &[&CAPACITY, &ALLOCATABLE, &USED, &FREE, &REQUESTED, &PENDING, &PENDING_AGE, &COMPLETED_PODS],
};

pub(super) fn write(to: &mut Writer, nodes: &[NodeBranchEnis], now: Timestamp) {
    of_nodes(to, &CAPACITY, nodes, |node| node.capacity.map(Value::from));
    of_nodes(to, &ALLOCATABLE, nodes, |node| node.allocatable.map(Value::from));
    for node in nodes {
        let Some(usage) = node.usage.as_ref().filter(|usage| usage.all_seen) else { continue };
        for state in EniState::ALL {
            let count = usage.used_as(state);
            if count > 0 || state == EniState::Attached {
                to.written(&USED, of_state(&node.names, state), count);
            }
        }
    }
    let of_pods = |to: &mut Writer, family, value: &dyn Fn(&BranchUsage) -> Option<Value>| {
        of_nodes(to, family, nodes, |node| node.usage.as_ref().and_then(value));
    };
    of_pods(to, &FREE, &|usage| usage.free.map(Value::from));
    of_pods(to, &REQUESTED, &|usage| usage.all_seen.then(|| usage.requested.into()));
    of_pods(to, &PENDING, &|usage| (usage.pending > 0).then(|| usage.pending.into()));
    of_pods(to, &PENDING_AGE, &|usage| usage.pending_since.map(|since| age(now, since).into()));
    of_pods(to, &COMPLETED_PODS, &|usage| (usage.completed_pods > 0).then(|| usage.completed_pods.into()));
}

/// A family that has at most one series for each node.
fn of_nodes(
    to: &mut Writer,
    family: &Family,
    nodes: &[NodeBranchEnis],
    value: impl Fn(&NodeBranchEnis) -> Option<Value>,
) {
    for node in nodes {
        if let Some(value) = value(node) {
            // The same for all of these families: they have the one label.
            let text = node.names.written.get_or_init(|| labels(&CAPACITY, &[&node.names.node]));
            to.written(family, text, value);
        }
    }
}

fn of_state(names: &BranchNames, state: EniState) -> &str {
    names.written_states[state as usize].get_or_init(|| labels(&USED, &[&names.node, state.as_str()]))
}
