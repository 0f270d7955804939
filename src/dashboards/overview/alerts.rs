//! The first screen: which alerts fire, and a number for each concern.

use serde_json::json;

use super::{addons, subnets};
use crate::{
    collector::Collector,
    dashboards::{
        limits::{firing, tile},
        panel::{CRITICAL, Order, PLAIN, Panel, Row, WARNING},
        pods::{self, Trouble},
        table::{label, ranks, table},
    },
};

pub(super) fn row() -> Row {
    let mut panels = vec![alerts()];
    panels.extend(of_pods());
    panels.extend(of_nodes());
    panels.extend([lowest_subnet(), collectors()]);
    Row::open("Now", panels)
}

/// The labels that tell what an alert of ours is about, those of the optional rules among them.
const ABOUT: &[&str] = &[
    "scope",
    "namespace",
    "exported_namespace",
    "destination_service_namespace",
    "destination_service_name",
    "ingress",
    "lost_by",
    "pool",
    "pool_kind",
    "nodegroup",
    "zone_id",
    "node",
    "condition",
    "issue",
    "kubelet_minor",
    "addon",
    "component",
    "code",
    "name",
    "category",
    "kubernetes_version",
    "support",
    "subnet_id",
    "verb",
    "collector",
    "resource",
    "family",
    "instance",
    "aws_service",
    "operation",
    "outcome",
    "source",
];

fn alerts() -> Panel {
    let of = |severity: &str| format!("ALERTS{{alertname=~\"Eks.+\",alertstate=\"firing\",severity=\"{severity}\"}}");
    let ranked = format!("({} * 3 or {} * 2 or {})", of("critical"), of("warning"), of("info"));
    // Each as it would be written in a selector; an alert has few of them, and the others leave nothing.
    let named = ABOUT.iter().fold(ranked, |query, label| {
        format!("label_replace({query}, \"{label}\", \"{label}=$1\", \"{label}\", \"(.+)\")")
    });
    let joined = ABOUT.iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>().join(", ");
    let text = |text: &str, color: &str| json!({"text": text, "color": color});
    let severities = json!({"3": text("critical", CRITICAL), "2": text("warning", WARNING), "1": text("info", PLAIN)});
    table(
        "Firing alerts",
        "Alerts of eksporter's rules that fire now, the most severe first, and what each is about. Each has a runbook, to \
         which the notification leads. Empty where all is well, and where the rules are not loaded: all else here does \
         without them.",
        &[("Severity", Order::HighestFirst), ("Alert", Order::LowestFirst)],
        [
            ranks(
                "Severity",
                format!("max by (cluster, alertname, about) (label_join({named}, \"about\", \" \", {joined}))"),
                severities,
            ),
            label("Alert", "alertname"),
            label("About", "about"),
        ],
    )
    .height(10)
}

/// None where the collector works, and nothing where it does not: what is not known is not zero.
fn or_none(collector: &str) -> String {
    format!("or 0 * max(eksporter_collector_up{{collector=\"{collector}\"}} == 1)")
}

fn of_pods() -> [Panel; 3] {
    let overdue = |trouble: &Trouble| [trouble.critical(), trouble.warning()];
    let [creating_critical, creating_warning] = overdue(&pods::creating());
    let [unscheduled_critical, unscheduled_warning] = overdue(&pods::unscheduled());
    let (pending_critical, pending_warning) =
        (firing("EksBranchEniPending", "critical"), firing("EksBranchEniPending", "warning"));
    [
        tile(
            "Overdue in creation",
            "Pods that are bound to a node and whose containers have not all run for longer than --pod-age-threshold. \
             Coloured by EksPodsCreationStuck and EksBranchEniPending.",
            "sum(max by (cluster, namespace, cause) (eks_pods_container_creating_overdue))",
            (Some(&creating_critical), &creating_warning),
            "The worst pods being created",
        ),
        tile(
            "Overdue for a node",
            "Pods that have had no node for longer than --pod-age-threshold. Coloured by EksPodsUnscheduled and \
             EksClusterWithoutNodes.",
            "sum(max by (cluster, namespace, cause) (eks_pods_unscheduled_overdue))",
            (Some(&unscheduled_critical), &unscheduled_warning),
            "The worst pods without a node",
        ),
        tile(
            "Waiting for a branch ENI",
            "Pods on nodes that request a branch ENI and have none yet. Coloured by EksBranchEniPending.",
            &format!("(sum(max by (cluster, node) (eks_node_pod_eni_pending)) {})", or_none("nodes")),
            (Some(&pending_critical), &pending_warning),
            "Nodes with branch ENIs",
        ),
    ]
}

fn of_nodes() -> [Panel; 3] {
    let lost = |severity| [firing("EksNodesLost", severity), firing("EksNodeNotReady", severity)].join(" or ");
    let unsupported = [firing("EksAddonUnsupported", "warning"), firing("EksAddonBehind", "warning")].join(" or ");
    [
        tile(
            "Nodes not ready",
            "Nodes that should serve and are not ready. Coloured by EksNodeNotReady and EksNodesLost.",
            &format!(
                "(count(max by (cluster, node) (eks_node_not_ready_age_seconds{{lifecycle=\"serving\"}})) {})",
                or_none("nodes")
            ),
            (Some(&lost("critical")), &lost("warning")),
            "Nodes that are not ready",
        ),
        tile(
            "Agents down",
            "aws-node and kube-proxy where they should run on a node and are missing or not ready. Coloured by \
             EksAddonDownOnNodes.",
            &format!("(count({}) {})", addons::AGENTS_DOWN, or_none("addons")),
            (Some(&firing("EksAddonDownOnNodes", "critical")), &firing("EksAddonDownOnNodes", "warning")),
            "Nodes without an agent",
        ),
        tile(
            "Add-ons unsupported",
            "Add-ons that do not go with the cluster's version. Coloured by EksAddonUnsupported and EksAddonBehind, which \
             also tells of those that are far behind.",
            // What EKS lists of kube-proxy is of the newest minor only: what goes with the cluster the policy says.
            &format!(
                "(count(min by (cluster, addon) (eks_addon_supported unless \
                 eks_addon_supported{{addon=\"kube-proxy\",basis=\"eks\"}}) == 0) {})",
                or_none("addons")
            ),
            (Some(&firing("EksAddonUnsupported", "critical")), &unsupported),
            "Versions against what is expected",
        ),
    ]
}

fn lowest_subnet() -> Panel {
    let warning = [firing("EksSubnetAddressesLow", "warning"), firing("EksSubnetAddressesRunningOut", "warning")];
    tile(
        "Free in lowest subnet",
        "Free addresses of the subnet that has the fewest. Coloured by EksSubnetAddressesLow and \
         EksSubnetAddressesRunningOut, which may be about another one.",
        &format!("min({})", subnets::FREE),
        (Some(&firing("EksSubnetAddressesLow", "critical")), &warning.join(" or ")),
        "Free addresses",
    )
}

fn collectors() -> Panel {
    let of_aws: Vec<_> = Collector::ALL.into_iter().filter(|one| one.asks_aws()).map(Collector::name).collect();
    // As the alert does: those of AWS where it was never asked are no loss.
    let down = format!(
        "(max by (cluster, collector) (eksporter_collector_up) == 0 unless on (cluster, collector) (\
         max by (cluster, collector) (eksporter_collector_up{{collector=~\"{}\"}}) unless on (cluster) \
         max by (cluster) (eksporter_aws_requests_total{{outcome!=\"no_credentials\"}}) > 0))",
        of_aws.join("|")
    );
    tile(
        "Collectors down",
        "What a collector that does not work feeds is missing here. Those of AWS count where AWS is asked. Coloured by \
         EksExporterCollectorFailing.",
        &format!("(count({down}) or 0 * count(eksporter_collector_up))"),
        (None, &firing("EksExporterCollectorFailing", "warning")),
        "Collectors",
    )
}
