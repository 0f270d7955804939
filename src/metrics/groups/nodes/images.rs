//! What the nodes of a pool run, and who is behind.

use jiff::Timestamp;

use super::super::creating::age;
use crate::{
    cache::Nodes,
    collector::Collector::{NodeClaims, Nodes as NodesCollector},
    metrics::{Family, Writer, sets::POOL_KINDS},
};

pub(super) const BY_IMAGE: Family = Family::gauge(
    "eks_pool_nodes_by_image",
    "Nodes by pool and what they run; Fargate and virtual kubelets left out.",
    &["pool", "pool_kind", "os_image", "kernel_version", "kubelet_version", "ami"],
)
.sets(&[("pool_kind", POOL_KINDS)])
.from(&[NodesCollector, NodeClaims]);

pub(super) const STRAGGLERS: Family = Family::gauge(
    "eks_pool_straggler_nodes",
    "Nodes of the pool that are not on the newest image that a node of their kind there runs: of the same operating system, variant, architecture and minor version of kubelet. Amazon Linux 2023 and Bottlerocket by the release in the image's name, Amazon Linux 2 by kernel; nodes that are leaving do not count, and pools of which no image can be told newer are left out.",
    &["pool", "pool_kind"],
)
.sets(&[("pool_kind", POOL_KINDS)])
.zero()
.from(&[NodesCollector]);

pub(super) const NEWEST: Family = Family::gauge(
    "eks_pool_newest_image_age_seconds",
    "Seconds since the first node with the newest image came; it counts when it is gone too, but an exporter that starts sees only the nodes that are there. Where a pool has several kinds of image: of the kind whose stragglers wait for longest, or without stragglers of the kind that came last.",
    &["pool", "pool_kind"],
)
.sets(&[("pool_kind", POOL_KINDS)])
.from(&[NodesCollector]);

pub(super) const STRAGGLING: Family = Family::gauge(
    "eks_pool_straggler_age_seconds",
    "How long ago the newest image of their line came (same operating system, variant, architecture and minor version of kubelet), of the line whose stragglers have been left behind for longest; lines whose newest image is known to be bad are left out, and so are pools without stragglers.",
    &["pool", "pool_kind"],
)
.sets(&[("pool_kind", POOL_KINDS)])
.from(&[NodesCollector]);

pub(super) fn write(to: &mut Writer, nodes: &Nodes, now: Timestamp) {
    for (group, count) in &nodes.images {
        let values = [
            &*group.pool,
            group.pool_kind.as_str(),
            &*group.os_image,
            &*group.kernel_version,
            &*group.kubelet_version,
            &*group.ami,
        ];
        to.series(&BY_IMAGE, &values, *count);
    }
    for pool in &nodes.pools {
        to.series(&STRAGGLERS, &[&pool.pool, pool.pool_kind.as_str()], pool.stragglers());
    }
    for (pool, since) in nodes.pools.iter().filter_map(|pool| Some((pool, pool.newest_since()?))) {
        to.series(&NEWEST, &[&pool.pool, pool.pool_kind.as_str()], age(now, since));
    }
    for (pool, since) in nodes.pools.iter().filter_map(|pool| Some((pool, pool.straggling_since()?))) {
        to.series(&STRAGGLING, &[&pool.pool, pool.pool_kind.as_str()], age(now, since));
    }
}
