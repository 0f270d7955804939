//! The first dashboard: one row for each concern.

mod addons;
mod branch_enis;
mod cluster;
mod exporter;
mod nodes;
mod pods;
mod subnets;

use serde_json::json;

use super::{
    panel::{CRITICAL, PLAIN, Row, WARNING},
    table::{label, rows_of, table},
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        alerts(),
        pods::creating(),
        pods::unscheduled(),
        branch_enis::row(),
        nodes::row(),
        addons::row(),
        cluster::row(),
        subnets::row(),
        exporter::row(),
    ]
}

fn alerts() -> Row {
    let firing = "max by (cluster, alertname, severity, namespace, node, addon, subnet_id) \
                  (ALERTS{alertname=~\"Eks.+\",alertstate=\"firing\",severity!=\"none\"})";
    let colors = json!({
        "critical": {"color": CRITICAL, "text": "critical"},
        "warning": {"color": WARNING, "text": "warning"},
        "info": {"color": PLAIN, "text": "info"},
    });
    Row {
        title: "Alerts",
        panels: vec![table(
            "Firing alerts",
            "Alerts of eksporter's rules that fire now. Each has a runbook, to which the notification leads. Empty where \
             all is well, and where the rules are not loaded: the rows below do without them.",
            "Alert",
            [
                label("Severity", "severity").mapped(colors),
                label("Alert", "alertname"),
                label("Namespace", "namespace"),
                label("Node", "node"),
                label("Add-on", "addon"),
                label("Subnet", "subnet_id"),
                rows_of(firing),
            ],
        )],
    }
}
