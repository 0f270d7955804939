//! Addresses of subnets.

use crate::dashboards::{
    panel::{Panel, Row, Unit},
    table::{label, rows_of, table, value},
};

pub(super) fn row() -> Row {
    let of_subnet = |family: &str| {
        format!(
            "max by (cluster, subnet_id) ({family}) * on (cluster, subnet_id) group_left (name, zone_id, cidr) \
             topk by (cluster, subnet_id) (1, max by (cluster, subnet_id, name, zone_id, cidr) (eks_subnet_info))"
        )
    };
    let share = "max by (cluster, subnet_id) (eks_subnet_available_ips) / max by (cluster, subnet_id) \
                 (eks_subnet_total_ips)";
    Row {
        title: "Subnets",
        panels: vec![
            table(
                "Free addresses",
                "Addresses of the subnets that the cluster uses. Where few are left, pods and nodes get none: add a \
                 subnet, or let nodes take fewer in advance (WARM_IP_TARGET). A prefix is 16 addresses in one block.",
                "In use",
                [
                    label("Subnet", "subnet_id"),
                    label("Name", "name"),
                    label("Zone", "zone_id"),
                    label("Block", "cidr"),
                    value("Free", Unit::Count, of_subnet("eks_subnet_available_ips")),
                    value("Usable", Unit::Count, of_subnet("eks_subnet_total_ips")),
                    value("In use", Unit::Share, of_subnet(&format!("1 - {share}"))),
                    value("Free prefixes", Unit::Count, of_subnet("eks_subnet_free_prefixes")),
                ],
            ),
            Panel::lines(
                "Free share over time",
                "Where a line falls steadily, say when it will reach the bottom before it does.",
                Unit::Share,
            )
            .query(share, "{{subnet_id}}"),
            Panel::lines(
                "Addresses held by nodes",
                "What nodes hold of the subnets (--branch-eni-scan), in use and in advance. Much that is warm is to be \
                 had back by WARM_IP_TARGET.",
                Unit::Count,
            )
            .query("sum by (state) (max by (cluster, node, state) (eks_node_ips))", "{{state}}"),
            table(
                "Who takes addresses",
                "What uses each subnet.",
                "Subnet",
                [
                    label("Subnet", "subnet_id"),
                    label("Used by", "used_by"),
                    label("Name", "name"),
                    rows_of("max by (cluster, subnet_id, used_by, name) (eks_subnet_usage_info)"),
                ],
            )
            .width(8),
        ],
    }
}
