//! What is wrong with nodes that are ready: conditions, and releases that are known to be bad.

use jiff::Timestamp;

use super::super::creating::age;
use crate::{
    cache::Nodes,
    collector::Collector::{NodeClaims, Nodes as NodesCollector},
    metrics::{
        Family, Writer,
        sets::{ISSUE_SEVERITIES, POOL_KINDS},
    },
};

pub(super) const CONDITION: Family = Family::gauge(
    "eks_node_condition_unhealthy_age_seconds",
    "Seconds since a condition of the node became unhealthy. Only conditions that Kubernetes does not set itself: of those whose name ends in Ready (EKS node monitoring agent) False is unhealthy, of all others (node-problem-detector) True; Unknown says nothing.",
    &["node", "condition"],
)
.from(&[NodesCollector]);

pub(super) const CONDITIONS: Family = Family::gauge(
    "eks_nodes_condition_unhealthy",
    "Nodes on which the condition is unhealthy, for each condition that a node has. The names come from the cluster: CamelCase words of at most 64 characters, the first 32 of a node and the first 50 of the cluster by name.",
    &["condition"],
)
.zero()
.from(&[NodesCollector]);

pub(super) const ISSUE: Family = Family::gauge(
    "eks_node_known_issue",
    "1 for a node whose kernel, image or runtime is on the list of releases known to be bad, shipped or from --known-issues.",
    &["node", "issue", "issue_severity"],
)
.sets(&[("issue_severity", ISSUE_SEVERITIES)])
.from(&[NodesCollector, NodeClaims]);

pub(super) const POOL_ISSUES: Family = Family::gauge(
    "eks_pool_known_issue_nodes",
    "Nodes of the pool that have the known issue.",
    &["pool", "pool_kind", "issue", "issue_severity"],
)
.sets(&[("pool_kind", POOL_KINDS), ("issue_severity", ISSUE_SEVERITIES)])
.from(&[NodesCollector, NodeClaims]);

pub(super) fn write(to: &mut Writer, nodes: &Nodes, now: Timestamp) {
    for unhealthy in &nodes.unhealthy {
        to.series(&CONDITION, &[&unhealthy.names.node, &unhealthy.condition], age(now, unhealthy.since));
    }
    for (condition, count) in &nodes.conditions {
        to.series(&CONDITIONS, &[condition], *count);
    }
    for (names, issue) in &nodes.issues {
        to.series(&ISSUE, &[&names.node, &issue.issue, issue.severity.as_str()], true);
    }
    for pool in &nodes.pool_issues {
        let values = [&*pool.pool, pool.pool_kind.as_str(), &pool.issue.issue, pool.issue.severity.as_str()];
        to.series(&POOL_ISSUES, &values, pool.nodes);
    }
}
