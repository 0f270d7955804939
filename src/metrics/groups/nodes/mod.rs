//! Nodes: how many, what they run, whether they are ready, what is wrong with them; and the API server's version.

mod faults;
mod images;
mod versions;

use jiff::Timestamp;

use super::{Group, creating::age};
use crate::{
    cache::{NodeNames, Nodes, ServerVersion},
    collector::Collector::{NodeClaims, Nodes as NodesCollector},
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

const INFO: Family = Family::gauge(
    "eks_node_info",
    "1, with what the node is and runs; ami is that of Karpenter's NodeClaim, else of the managed node group's label, else empty. Fargate and virtual kubelets left out.",
    &[
        "node",
        "pool",
        "pool_kind",
        "instance_type",
        "zone_id",
        "ami",
        "os_image",
        "kernel_version",
        "kubelet_version",
        "container_runtime_version",
        "architecture",
    ],
)
.sets(&[("pool_kind", POOL_KINDS)])
.from(&[NodesCollector, NodeClaims]);

const CREATED: Family = Family::gauge(
    "eks_node_created_timestamp_seconds",
    "When the node was created, as Unix time; Fargate and virtual kubelets left out.",
    &["node"],
)
.from(&[NodesCollector]);

pub(super) const GROUP: Group = Group {
    title: "Nodes and versions",
    families: &[
        &COUNT,
        &INFO,
        &CREATED,
        &NOT_READY,
        &NOT_READY_INFO,
        &faults::CONDITION,
        &faults::CONDITIONS,
        &images::BY_IMAGE,
        &images::STRAGGLERS,
        &images::NEWEST,
        &images::STRAGGLING,
        &faults::ISSUE,
        &faults::POOL_ISSUES,
        &versions::KUBELETS,
        &versions::BEHIND,
        &versions::SUPPORTED,
        &versions::SERVER,
    ],
};

/// The family whose conditions are limited in number, for `eksporter_series_dropped`.
pub(super) const CAPPED: &Family = &faults::CONDITIONS;

pub(super) fn write(to: &mut Writer, nodes: &Nodes, server: Option<&ServerVersion>, now: Timestamp) {
    for ready in ["true", "false"] {
        to.series(&COUNT, &["", "", "", ready, ""], false);
    }
    for (group, count) in &nodes.counts {
        let ready = if group.ready { "true" } else { "false" };
        let values = [&*group.pool, group.pool_kind.as_str(), &*group.zone_id, ready, group.lifecycle.as_str()];
        to.series(&COUNT, &values, *count);
    }
    for names in &nodes.names {
        to.written(&INFO, names.written[0].get_or_init(|| info(names)), true);
    }
    for names in &nodes.names {
        let text = names.written[1].get_or_init(|| labels(&CREATED, &[&names.node]));
        to.written(&CREATED, text, names.created.as_duration().as_secs_f64());
    }
    for node in &nodes.not_ready {
        let names = &node.names;
        let text = names.written[2].get_or_init(|| {
            labels(&NOT_READY, &[&names.node, &names.pool, names.pool_kind.as_str(), names.lifecycle.as_str()])
        });
        to.written(&NOT_READY, text, age(now, node.since));
    }
    for node in &nodes.not_ready {
        to.series(&NOT_READY_INFO, &[&node.names.node, node.reason.as_str()], true);
    }
    faults::write(to, nodes, now);
    images::write(to, nodes, now);
    versions::write_kubelets(to, nodes, server);
}

pub(super) fn write_version(to: &mut Writer, version: &ServerVersion) {
    versions::write(to, version);
}

fn info(names: &NodeNames) -> Box<str> {
    let values = [
        &*names.node,
        &*names.pool,
        names.pool_kind.as_str(),
        &*names.instance_type,
        &*names.zone_id,
        &*names.ami,
        &*names.os_image,
        &*names.kernel_version,
        &*names.kubelet_version,
        &*names.container_runtime_version,
        &*names.architecture,
    ];
    labels(&INFO, &values)
}
