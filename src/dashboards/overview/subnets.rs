//! Addresses of subnets.

use crate::dashboards::{
    limits,
    panel::{Order, Panel, Row, Unit},
    table::{WORTH_CRITICAL, WORTH_WARNING, label, rows_of, table, value, worth},
};

pub(super) const FREE: &str = "max by (cluster, subnet_id) (eks_subnet_available_ips)";
const ALL: &str = "max by (cluster, subnet_id) (eks_subnet_total_ips)";

pub(super) fn row() -> Row {
    Row::open("Subnets", vec![addresses(), over_time(), held(), users()])
}

fn addresses() -> Panel {
    let described = |expr: &str| {
        format!(
            "({expr}) * on (cluster, subnet_id) group_left (name, zone_id, cidr) \
             topk by (cluster, subnet_id) (1, max by (cluster, subnet_id, name, zone_id, cidr) (eks_subnet_info))"
        )
    };
    let critical = limits::firing("EksSubnetAddressesLow", "critical");
    let warning = ["EksSubnetAddressesLow", "EksSubnetAddressesRunningOut", "EksSubnetWithoutPrefixes"]
        .map(|alert| limits::firing(alert, "warning"))
        .join(" or ");
    let alert = limits::worth(&[(WORTH_CRITICAL, &critical), (WORTH_WARNING, &warning)], FREE);
    let warm = "sum by (cluster, subnet_id) (max by (cluster, subnet_id, zone_id) (eks_subnet_warm_ips))";
    table(
        "Free addresses",
        "Addresses of the subnets that the cluster uses. Where few are left, pods and nodes get none: add a subnet, or let \
         nodes take fewer in advance (WARM_IP_TARGET): what they hold so is warm (--branch-eni-scan). A prefix is 16 addresses \
         in one block.",
        &[("Alert", Order::HighestFirst), ("In use", Order::HighestFirst)],
        [
            worth(described(&alert)),
            label("Subnet", "subnet_id"),
            label("Name", "name"),
            label("Zone", "zone_id"),
            label("Block", "cidr"),
            value("Free", Unit::Count, described(FREE)),
            value("Usable", Unit::Count, described(ALL)),
            value("In use", Unit::Share, described(&format!("1 - {FREE} / {ALL}"))),
            value("Warm", Unit::Count, described(warm)),
            value("Free prefixes", Unit::Count, described("max by (cluster, subnet_id) (eks_subnet_free_prefixes)")),
        ],
    )
}

fn over_time() -> Panel {
    Panel::lines(
        "Free share over time",
        "Where a line falls steadily, say when it will reach the bottom before it does.",
        Unit::Share,
    )
    .query(format!("{FREE} / {ALL}"), "{{subnet_id}}")
}

fn held() -> Panel {
    Panel::lines(
        "Addresses held by nodes",
        "What nodes hold of the subnets (--branch-eni-scan), in use and in advance. Much that is warm is to be had back by \
         WARM_IP_TARGET.",
        Unit::Count,
    )
    .query("sum by (state) (max by (cluster, node, state) (eks_node_ips))", "{{state}}")
}

fn users() -> Panel {
    table(
        "Who takes addresses",
        "What uses each subnet, and so gets none when it is empty.",
        &[("Subnet", Order::LowestFirst)],
        [
            label("Subnet", "subnet_id"),
            label("Used by", "used_by"),
            label("Name", "name"),
            rows_of("max by (cluster, subnet_id, used_by, name) (eks_subnet_usage_info)"),
        ],
    )
    .width(8)
}
