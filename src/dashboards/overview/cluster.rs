//! What EKS says of the cluster and its node groups.

use serde_json::json;

use crate::{
    dashboards::{
        panel::{CALM, Look, Order, PLAIN, Panel, Row, Unit, WARNING},
        schema::{Override, Thresholds},
        table::{label, rows_of, table},
    },
    report::thresholds,
};

pub(super) fn row() -> Row {
    let panels = [version(), support(), cluster()].into_iter().chain(health()).chain([insights(), nodegroups()]);
    // What is here is for planning.
    Row::folded("Cluster", panels.collect())
}

fn version() -> Panel {
    Panel::new(
        "API server",
        "The API server's version. While it changes, an upgrade of the control plane is under way.",
        Look::Names,
        Unit::Count,
    )
    .query("max by (cluster, git_version) (eks_kubernetes_version_info)", "{{cluster}} {{git_version}}")
}

fn support() -> Panel {
    Panel::bars(
        "Support ends in",
        "Time until standard and extended support of the cluster's version end. After standard support the cluster costs \
         more, after extended support EKS upgrades it by itself; where the upgrade policy is STANDARD, it does so after \
         standard support. Plan the upgrade before.",
        Unit::Seconds,
    )
    .query(
        "max by (cluster, support) (eks_cluster_support_end_timestamp_seconds) - time()",
        "{{cluster}} {{support}}",
    )
    .overrides([
        ending("standard", Thresholds::new(PLAIN, [(0, WARNING), (thresholds::STANDARD_SUPPORT_END.as_secs(), CALM)])),
        ending("extended", Thresholds::new(WARNING, [(thresholds::FORCED_UPGRADE.as_secs(), CALM)])),
    ])
}

/// Colours of the bars of one kind of support.
fn ending(support: &str, thresholds: Thresholds) -> Override {
    Override::by_names(&[&format!(".*{support}")], vec![json!({"id": "thresholds", "value": thresholds})])
}

fn cluster() -> Panel {
    table(
        "Clusters",
        "What EKS says the cluster is.",
        &[("Cluster in EKS", Order::LowestFirst)],
        [
            label("Cluster in EKS", "cluster_name"),
            label("Region", "aws_region"),
            label("Version", "kubernetes_version"),
            label("Platform", "platform_version"),
            label("Support", "support_type"),
            rows_of(
                "max by (cluster, cluster_name, aws_region, kubernetes_version, platform_version, support_type) \
                 (eks_cluster_info)",
            ),
        ],
    )
    .width(8)
}

fn health() -> [Panel; 3] {
    let explained = "What EKS finds wrong, each with its code. The codes are explained in the EKS user guide; updates may fail \
                     until it is mended.";
    let issues = |title, who: Option<(&'static str, &'static str)>, family: &str| {
        let of = who.map(|(_, of)| format!(", {of}")).unwrap_or_default();
        let columns = [label("Code", "code"), rows_of(format!("max by (cluster, code{of}) ({family})"))];
        table(
            title,
            explained,
            &[("Code", Order::LowestFirst)],
            columns.into_iter().chain(who.map(|(title, of)| label(title, of))),
        )
        .width(8)
    };
    [
        issues("Health issues of the cluster", None, "eks_cluster_health_issue"),
        issues("Health issues of node groups", Some(("Node group", "nodegroup")), "eks_nodegroup_health_issue"),
        issues("Health issues of add-ons", Some(("Add-on", "addon")), "eks_addon_health_issue"),
    ]
}

fn insights() -> Panel {
    let warning = json!({"color": WARNING, "text": "ERROR"});
    let states = json!({"ERROR": warning, "error": warning, "PASSING": {"color": PLAIN, "text": "PASSING"}});
    table(
        "Upgrade insights",
        "What EKS found that an upgrade would break. Errors are to be mended before the upgrade.",
        // ERROR comes before PASSING.
        &[("Status", Order::LowestFirst)],
        [
            label("Status", "status").mapped(states),
            label("Insight", "name"),
            label("Category", "category"),
            label("For version", "kubernetes_version"),
            rows_of("max by (cluster, name, category, kubernetes_version, status) (eks_insight_info)"),
        ],
    )
    .width(12)
}

fn nodegroups() -> Panel {
    let groups = "max by (cluster, nodegroup, ami_type, release_version, kubernetes_version, capacity_type, status) \
                  (eks_nodegroup_info)";
    table(
        "Node groups",
        "Managed node groups. A version behind the control plane's is to be rolled over before the next upgrade.",
        &[("Node group", Order::LowestFirst)],
        [
            label("Node group", "nodegroup"),
            label("Status", "status"),
            label("Version", "kubernetes_version"),
            label("Release", "release_version"),
            label("Image type", "ami_type"),
            label("Capacity", "capacity_type"),
            rows_of(groups),
        ],
    )
    .width(12)
}
