//! The API server's version, and kubelets beside it.

use crate::{
    cache::{Nodes, ServerVersion},
    collector::Collector::{Nodes as NodesCollector, Version},
    diagnose::skew,
    metrics::{Family, Writer},
};

pub(super) const SERVER: Family = Family::gauge(
    "eks_kubernetes_version_info",
    "1, with the API server's version; a changed minor version is taken after 10 equal answers, for during an upgrade old and new servers answer in turn.",
    &["git_version", "minor"],
)
.from(&[Version]);

pub(super) const KUBELETS: Family = Family::gauge(
    "eks_kubelet_nodes",
    "Nodes by the minor version of their kubelet, Fargate and virtual kubelets among them.",
    &["kubelet_minor"],
)
.from(&[NodesCollector]);

pub(super) const BEHIND: Family = Family::gauge(
    "eks_kubelet_minors_behind",
    "Minor versions that these kubelets are behind the API server; negative when ahead.",
    &["kubelet_minor"],
)
.from(&[NodesCollector, Version]);

pub(super) const SUPPORTED: Family = Family::gauge(
    "eks_kubelet_supported",
    "1 when the version-skew policy of Kubernetes has these kubelets beside the API server, 0 when not: never newer, at most 3 minors older, below 1.25 at most 2.",
    &["kubelet_minor"],
)
.from(&[NodesCollector, Version]);

pub(super) fn write(to: &mut Writer, version: &ServerVersion) {
    to.series(&SERVER, &[&version.git_version, &format!("{}.{}", version.major, version.minor)], true);
}

pub(super) fn write_kubelets(to: &mut Writer, nodes: &Nodes, server: Option<&ServerVersion>) {
    let label = |minor: u32| format!("1.{minor}");
    for (minor, count) in &nodes.kubelets {
        to.series(&KUBELETS, &[&label(*minor)], *count);
    }
    let Some(server) = server else { return };
    for (minor, _) in &nodes.kubelets {
        to.series(&BEHIND, &[&label(*minor)], skew::behind(*minor, server.minor));
    }
    for (minor, _) in &nodes.kubelets {
        to.series(&SUPPORTED, &[&label(*minor)], skew::supported(*minor, server.minor));
    }
}
