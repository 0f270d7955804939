//! Add-ons: versions, and agents on nodes.

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
    Row::open("Add-ons", vec![verdicts(), agents(), versions()])
}

fn verdicts() -> Panel {
    let expected = "on (cluster, addon, basis) group_left (current, expected) topk by (cluster, addon, basis) \
                    (1, max by (cluster, addon, basis, current, expected) (eks_addon_expected_info))";
    let of = |family: &str| format!("max by (cluster, addon, basis) ({family}) * {expected}");
    // Of an add-on that an alert is about, the lines that say why.
    let wrong = format!("(({}) == 0 or ({}) > 0)", of("eks_addon_supported"), of("eks_addon_minors_behind"));
    let where_firing = |alerts: &[(&str, &str)]| {
        let alerts: Vec<_> = alerts.iter().map(|(alert, severity)| limits::firing(alert, severity)).collect();
        format!("{wrong} and on (cluster, addon) ({})", alerts.join(" or "))
    };
    let too_old = where_firing(&[("EksAddonUnsupported", "critical")]);
    let left_behind = where_firing(&[("EksAddonUnsupported", "warning"), ("EksAddonBehind", "warning")]);
    let alert = limits::worth(&[(WORTH_CRITICAL, &too_old), (WORTH_WARNING, &left_behind)], &of("eks_addon_supported"));
    let answers = json!({"0": {"text": "no", "color": WARNING}, "1": {"text": "yes", "color": PLAIN}});
    table(
        "Versions against what is expected",
        "The oldest version that runs of each add-on, against the API server (kubernetes), the shipped table (catalog) \
         and what EKS offers (eks). Update what is not supported: without a right kube-proxy or vpc-cni no node works.",
        &[("Alert", Order::HighestFirst), ("Add-on", Order::LowestFirst)],
        [
            worth(alert),
            label("Add-on", "addon"),
            label("Compared with", "basis"),
            label("Runs", "current"),
            label("Expected", "expected"),
            value("Minors behind", Unit::Count, of("eks_addon_minors_behind")),
            value("Supported", Unit::Count, of("eks_addon_supported")).mapped(answers),
        ],
    )
}

fn versions() -> Panel {
    table(
        "What runs",
        "Pods of each add-on's components by version. Two versions at once are a rollout that is not finished: \
         `kubectl rollout status` says what it waits for.",
        &[("Add-on", Order::LowestFirst), ("Component", Order::LowestFirst)],
        [
            label("Add-on", "addon"),
            label("Component", "component"),
            label("Version", "version"),
            label("Ready", "ready"),
            value("Pods", Unit::Count, "max by (cluster, addon, component, version, ready) (eks_addon_pods)"),
        ],
    )
    .width(12)
}

/// Nodes without an agent, and for how long. The alert leaves those that are silent or leave to the nodes' own.
pub(super) const AGENTS_DOWN: &str = "(max by (cluster, addon, node, state) (eks_addon_node_not_ready_age_seconds) \
                                      unless on (cluster, node) eks_node_not_ready_info{reason=\"NodeStatusUnknown\"} \
                                      unless on (cluster, node) eks_node_not_ready_age_seconds{lifecycle=\"leaving\"})";

fn agents() -> Panel {
    let past = |severity: &str, minutes: Option<u32>| {
        let seconds = minutes.unwrap_or_default() * 60;
        format!(
            "{AGENTS_DOWN} >= {seconds} and on (cluster, addon) ({})",
            limits::firing("EksAddonDownOnNodes", severity)
        )
    };
    let critical = past("critical", thresholds::AGENT_DOWN.critical);
    let warning = past("warning", thresholds::AGENT_DOWN.warning);
    let alert = limits::worth(&[(WORTH_CRITICAL, &critical), (WORTH_WARNING, &warning)], AGENTS_DOWN);
    table(
        "Nodes without an agent",
        "Nodes on which aws-node (vpc-cni) or kube-proxy should run and is missing or not ready; nodes that are silent or \
         leave are left out. See its log with `kubectl -n kube-system logs`. \"critical\" are several nodes.",
        &[("Alert", Order::HighestFirst), ("Down for", Order::HighestFirst)],
        [
            worth(alert),
            label("Add-on", "addon"),
            label("Node", "node"),
            label("State", "state"),
            value("Down for", Unit::Seconds, AGENTS_DOWN),
        ],
    )
    .width(12)
}
