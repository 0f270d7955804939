//! Nodes, and the API server's version.

use jiff::Timestamp;

use super::{Group, creating::age};
use crate::{
    cache::{Nodes, ServerVersion},
    collector::Collector::{Nodes as NodesCollector, Version},
    metrics::{
        Family, Writer,
        sets::{LIFECYCLES, NOT_READY_REASONS, POOL_KINDS},
        writer::labels,
    },
};

const COUNT: Family = Family::gauge(
    "eks_nodes",
    "Nodes by pool, zone, readiness (Unknown is not ready) and phase of life. Zeros carry empty labels, one for each value of ready.",
    &["pool", "pool_kind", "zone_id", "ready", "lifecycle"],
)
.sets(&[("pool_kind", POOL_KINDS), ("ready", &["true", "false"]), ("lifecycle", LIFECYCLES)])
.zero()
.from(&[NodesCollector]);

const NOT_READY: Family = Family::gauge(
    "eks_node_not_ready_age_seconds",
    "Seconds since the node was last ready, for each that is not; Fargate and virtual kubelets left out.",
    &["node", "pool", "pool_kind", "lifecycle"],
)
.sets(&[("pool_kind", POOL_KINDS), ("lifecycle", LIFECYCLES)])
.from(&[NodesCollector]);

const NOT_READY_INFO: Family = Family::gauge(
    "eks_node_not_ready_info",
    "1, with the reason of the Ready condition, for the same nodes.",
    &["node", "reason"],
)
.sets(&[("reason", NOT_READY_REASONS)])
.from(&[NodesCollector]);

const SERVER: Family = Family::gauge(
    "eks_kubernetes_version_info",
    "1, with the API server's version; a changed minor version is taken after 10 equal answers, for during an upgrade old and new servers answer in turn.",
    &["git_version", "minor"],
)
.from(&[Version]);

pub(super) const GROUP: Group =
    Group { title: "Nodes and versions", families: &[&COUNT, &NOT_READY, &NOT_READY_INFO, &SERVER] };

pub(super) fn write(to: &mut Writer, nodes: &Nodes, now: Timestamp) {
    for ready in ["true", "false"] {
        to.series(&COUNT, &["", "", "", ready, ""], false);
    }
    let mut counts: Vec<_> = nodes.counts.iter().collect();
    counts.sort();
    for (group, count) in counts {
        let ready = if group.ready { "true" } else { "false" };
        let values = [&*group.pool, group.pool_kind.as_str(), &*group.zone_id, ready, group.lifecycle.as_str()];
        to.series(&COUNT, &values, *count);
    }
    for node in &nodes.not_ready {
        let names = &node.names;
        let text = names.written.get_or_init(|| {
            labels(&NOT_READY, &[&names.node, &names.pool, names.pool_kind.as_str(), names.lifecycle.as_str()])
        });
        to.written(&NOT_READY, text, age(now, node.since));
    }
    for node in &nodes.not_ready {
        to.series(&NOT_READY_INFO, &[&node.names.node, node.reason.as_str()], true);
    }
}

pub(super) fn write_version(to: &mut Writer, version: &ServerVersion) {
    to.series(&SERVER, &[&version.git_version, &format!("{}.{}", version.major, version.minor)], true);
}
