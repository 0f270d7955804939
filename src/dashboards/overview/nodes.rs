//! Nodes: whether they are ready, what is wrong with them, what they run.

use serde_json::json;

use crate::{
    dashboards::{
        limits,
        panel::{Order, PLAIN, Panel, Row, Unit, WARNING},
        table::{WORTH_CRITICAL, WORTH_WARNING, label, table, value, worth},
    },
    report::thresholds,
};

pub(super) fn row() -> Row {
    Row::open(
        "Nodes",
        vec![
            not_ready(),
            by_life(),
            lost_share("Not ready, by pool", "pool", "{{pool}}"),
            lost_share("Not ready, by zone", "zone_id", "{{zone_id}}"),
            pools(),
            faults(),
            issues(),
            kubelets(),
        ],
    )
}

fn by_life() -> Panel {
    Panel::areas(
        "By phase of life",
        "Nodes that start, serve and leave, ready or not. Nodes that serve and are not ready stand in the table below.",
        Unit::Count,
    )
    .query(
        // The zeros have no phase.
        "sum by (lifecycle, ready) (max by (cluster, pool, pool_kind, zone_id, ready, lifecycle) \
         (eks_nodes{lifecycle!=\"\"}))",
        "{{lifecycle}}, ready: {{ready}}",
    )
}

/// The share of the serving nodes of each pool or zone that is not ready.
fn lost_share(title: &'static str, of: &'static str, legend: &'static str) -> Panel {
    let nodes = |which: &str| {
        format!(
            "sum by (cluster, {of}) (max by (cluster, pool, pool_kind, zone_id, ready, lifecycle) \
             (eks_nodes{{lifecycle=\"serving\"{which}}}))"
        )
    };
    let (down, all) = (nodes(",ready=\"false\""), nodes(""));
    Panel::lines(
        title,
        "Share of the nodes that serve which are not ready. Many at once are rarely broken one by one: compare image, \
         zone and network.",
        Unit::Share,
    )
    .query(format!("({down} or 0 * {all}) / {all}"), legend)
}

fn not_ready() -> Panel {
    let age = "max by (cluster, node, pool, pool_kind) (eks_node_not_ready_age_seconds{lifecycle=\"serving\"}) \
               * on (cluster, node) group_left (reason) \
               topk by (cluster, node) (1, max by (cluster, node, reason) (eks_node_not_ready_info))";
    // A node's own age, or where it is one of many.
    let past = |severity: &str, minutes: Option<u32>| {
        let lost = |by: &str| limits::firing_with("EksNodesLost", &[("severity", severity), ("lost_by", by)]);
        format!(
            "({age}) >= {} and on (cluster) ({}) or ({age}) and on (cluster, pool, pool_kind) ({}) or ({age}) and on \
             (cluster, node) (max by (cluster, node, zone_id) (eks_node_info) and on (cluster, zone_id) ({}))",
            minutes.unwrap_or_default() * 60,
            limits::firing("EksNodeNotReady", severity),
            lost("pool"),
            lost("zone"),
        )
    };
    let critical = past("critical", thresholds::NODE_NOT_READY.critical);
    let warning = past("warning", thresholds::NODE_NOT_READY.warning);
    let alert = limits::worth(&[(WORTH_CRITICAL, &critical), (WORTH_WARNING, &warning)], age);
    table(
        "Nodes that are not ready",
        "Nodes that should serve and are not ready; those that start or leave are left out. NodeStatusUnknown: kubelet is \
         silent, look at the instance. KubeletNotReady: `kubectl describe node` has kubelet's own words. \"critical\" are \
         several nodes, or many of a pool or a zone.",
        &[("Alert", Order::HighestFirst), ("Not ready for", Order::HighestFirst)],
        [
            worth(alert),
            label("Node", "node"),
            value("Not ready for", Unit::Seconds, age),
            label("Reason", "reason"),
            label("Pool", "pool"),
            label("Kind of pool", "pool_kind"),
        ],
    )
}

fn pools() -> Panel {
    let by_pool = |family: &str| format!("max by (cluster, pool, pool_kind) ({family})");
    let forgotten = limits::firing("EksPoolStragglers", "warning");
    let alert = limits::worth(&[(WORTH_WARNING, &forgotten)], &by_pool("eks_pool_straggler_nodes"));
    table(
        "Pools",
        "Nodes that are not on the newest image which runs in their pool, how long ago the first node with it came, and for \
         how long stragglers have been left behind for good. Roll the pool over where they stay.",
        &[("Alert", Order::HighestFirst), ("Stragglers", Order::HighestFirst)],
        [
            label("Pool", "pool"),
            label("Kind of pool", "pool_kind"),
            worth(alert),
            value("Stragglers", Unit::Count, by_pool("eks_pool_straggler_nodes")),
            value("Newest image came", Unit::Seconds, by_pool("eks_pool_newest_image_age_seconds")),
            value("Left behind for", Unit::Seconds, by_pool("eks_pool_straggler_age_seconds")),
            value(
                "Images",
                Unit::Count,
                "count by (cluster, pool, pool_kind) (max by (cluster, pool, pool_kind, os_image, kernel_version, \
                 kubelet_version, ami) (eks_pool_nodes_by_image))",
            ),
        ],
    )
}

fn faults() -> Panel {
    let age = "max by (cluster, node, condition) (eks_node_condition_unhealthy_age_seconds)";
    table(
        "Unhealthy conditions",
        "What the EKS node monitoring agent or node-problem-detector says is wrong. `kubectl describe node` has the \
         message; replace the node where it stays.",
        &[("Unhealthy for", Order::HighestFirst)],
        [
            label("Node", "node"),
            label("Condition", "condition"),
            value("Unhealthy for", Unit::Seconds, age).limits(limits::of_age(thresholds::NODE_CONDITION)),
        ],
    )
    .width(8)
}

fn issues() -> Panel {
    let nodes = "max by (cluster, issue, issue_severity, pool, pool_kind) (eks_pool_known_issue_nodes)";
    let warning = json!({"color": WARNING});
    let plain = json!({"color": PLAIN});
    table(
        "Known issues",
        "Nodes whose kernel, image or runtime is on the list of releases known to be bad. Nothing need have failed yet: \
         roll out a fixed image before it does. docs/known-issues.md says more.",
        &[("Nodes", Order::HighestFirst)],
        [
            label("Issue", "issue"),
            label("Severity", "issue_severity").mapped(json!({"critical": warning, "warning": warning, "info": plain})),
            value("Nodes", Unit::Count, nodes),
            label("Pool", "pool"),
            label("Kind of pool", "pool_kind"),
        ],
    )
    .width(8)
}

fn kubelets() -> Panel {
    let by_minor = |family: &str| format!("max by (cluster, kubelet_minor) ({family})");
    let answers = json!({"0": {"text": "no", "color": WARNING}, "1": {"text": "yes", "color": PLAIN}});
    table(
        "Kubelets",
        "Nodes by the minor version of their kubelet, how far that is behind the API server, and whether the \
         version-skew policy of Kubernetes has it. Replace nodes that it has not, before the next upgrade.",
        &[("Behind", Order::HighestFirst)],
        [
            label("Minor version", "kubelet_minor"),
            value("Nodes", Unit::Count, by_minor("eks_kubelet_nodes")),
            value("Behind", Unit::Count, by_minor("eks_kubelet_minors_behind")),
            value("Supported", Unit::Count, by_minor("eks_kubelet_supported")).mapped(answers),
        ],
    )
    .width(8)
}
