//! `docs/metrics.md`, made from the declarations.

use std::fmt::Write as _;

use super::{Family, groups::GROUPS};

/// Families that no alert uses. `tests/alerts` holds it to the rules.
pub const OWN_USE: &[&str] = &[
    "eks_addon_catalog_timestamp_seconds",
    "eks_addon_info",
    "eks_addon_managed_info",
    "eks_cluster_support_end_info",
    "eks_kubelet_minors_behind",
    "eks_node_created_timestamp_seconds",
    "eks_node_ips",
    "eks_node_pod_eni_completed_pods",
    "eks_node_pod_eni_pending",
    "eks_node_pods_container_creating",
    "eks_nodes_condition_unhealthy",
    "eks_pod_terminating_age_seconds",
    "eks_pods_container_creating",
    "eks_pods_terminating_overdue",
    "eks_pool_newest_image_age_seconds",
    "eksporter_cache_objects",
    "eksporter_collector_info",
    "eksporter_events_unclassified_total",
    "eksporter_scrape_duration_seconds",
    "eksporter_watch_events_total",
    "eksporter_watch_list_fallbacks_total",
    "eksporter_watch_lists_total",
];

/// The page, as it is to stand in the repository.
#[must_use]
pub fn page() -> String {
    let mut out = String::from(
        "# Metrics\n\n\
        Made from the declarations in `src/metrics/groups/`; `EKSPORTER_BLESS=1 cargo test --test docs` writes it anew.\n\n\
        Families begin with `eks_` for what is true of the cluster and `eksporter_` for the exporter itself; `process_*` \
        of the Prometheus libraries comes with them. A family with nothing to say is left out, except where zero is the \
        fact (column *zero*). A cluster family also appears only once everything that it is made of has been read: \
        absence of knowledge is not zero. Labels that measure are identity only; what can change while a fault lasts \
        stands in the `_info` family beside it.\n\n\
        With `--namespaces` families that pods feed are about the pods of these namespaces and no others; \
        [namespaces](namespaces.md) says what is left out.\n\n\
        All families are experimental until 1.0: a change of a name, a label or a meaning is announced in the \
        changelog.\n",
    );
    for group in GROUPS {
        let _ = writeln!(out, "\n## {}\n", group.title);
        out.push_str("| family | type | labels | zero | fed by | meaning |\n|---|---|---|---|---|---|\n");
        for family in group.families {
            row(&mut out, family);
        }
        sets(&mut out, group.families);
    }
    let own_use: Vec<_> = OWN_USE.iter().map(|name| format!("`{name}`")).collect();
    let _ = write!(
        out,
        "\n## For your own use\n\nNo alert needs these; they are for queries and dashboards: {}.\n",
        own_use.join(", ")
    );
    let _ = write!(
        out,
        "\n## How many series\n\n\
        A quiet cluster has about 75 series, most of them zeros, and the exporter about 235 of its own (15 for each of \
        its thirteen watches). To these come 2 for each overdue pod being created, 2 for each overdue pod without a node, \
        1 for each overdue terminating pod (of each kind at most `--pod-series-limit` pods), 2 for each node, 2 more for \
        each that is not ready, 1 for each unhealthy condition and known issue of a node, 1 for each node with overdue \
        pods, 5 to 11 for each node that has branch ENIs, 1 for each node and agent (aws-node, kube-proxy) that is \
        missing or not ready there, 2 for each pool, zone and phase of life of nodes, 2 for each pool, 1 for each image \
        and known issue of a pool, 3 for each minor version of kubelet, 1 for each name of a condition that nodes have, \
        3 for each namespace and cause that has pods in trouble, about 7 for each add-on, and with AWS 3 for each subnet, 1 for each who uses it, 1 \
        for each node group and insight, 1 for whatever EKS finds wrong, and with `--branch-eni-scan` 1 more for each subnet and up to 4 for each node. \
        `eksporter_series_dropped` counts what a limit cut.\n",
    );
    out
}

fn row(out: &mut String, family: &Family) {
    let labels = match family.labels {
        [] => "–".to_owned(),
        labels => labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", "),
    };
    let fed_by = match family.collectors {
        [] => "–".to_owned(),
        collectors => collectors.iter().map(|collector| collector.name()).collect::<Vec<_>>().join(", "),
    };
    let zero = if family.zero { "yes" } else { "" };
    let _ = writeln!(
        out,
        "| `{}` | {} | {labels} | {zero} | {fed_by} | {} |",
        family.name,
        family.kind.as_str(),
        family.help
    );
}

/// The closed sets of a group, each once.
fn sets(out: &mut String, families: &[&Family]) {
    let mut seen: Vec<(&str, &[&str])> = Vec::new();
    for set in families.iter().flat_map(|family| family.sets) {
        if !seen.contains(set) {
            seen.push(*set);
        }
    }
    if !seen.is_empty() {
        out.push_str("\nClosed sets: ");
        let sets: Vec<_> =
            seen.iter().map(|(label, values)| format!("`{label}` is one of `{}`", values.join("`, `"))).collect();
        let _ = writeln!(out, "{}.", sets.join("; "));
    }
}
