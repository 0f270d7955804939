//! Branch ENIs of security groups for pods.

use crate::{
    dashboards::{
        limits,
        panel::{Panel, Row, Unit},
        table::{label, table, value},
    },
    report::thresholds,
};

pub(super) fn row() -> Row {
    let of_node = |family: &str| format!("max by (cluster, node) ({family})");
    let oldest = value("Oldest waits", Unit::Seconds, of_node("eks_node_pod_eni_pending_oldest_age_seconds"));
    Row {
        title: "Branch ENIs (security groups for pods)",
        panels: vec![
            Panel::stat(
                "Pods waiting",
                "Pods on nodes that request a branch ENI and have none yet. Where they stay, the node has no more: see \
                 the table.",
                Unit::Count,
            )
            .query("sum(max by (cluster, node) (eks_node_pod_eni_pending)) or vector(0)", "waiting"),
            Panel::areas(
                "In use, by state",
                "Branch ENIs held. \"completed\" are of pods that have ended: delete these pods, or update the VPC \
                 resource controller, which then lets go of them.",
                Unit::Count,
            )
            .width(10)
            .query("sum by (state) (max by (cluster, node, state) (eks_node_pod_eni_used))", "{{state}}"),
            Panel::lines(
                "Requested and there",
                "What the scheduler counts, beside what nodes have. Where more is in use than is requested, the \
                 scheduler sends pods to nodes without room.",
                Unit::Count,
            )
            .width(10)
            .query("sum(max by (cluster, node) (eks_node_pod_eni_requested))", "requested")
            .query("sum(max by (cluster, node, state) (eks_node_pod_eni_used))", "in use")
            .query("sum(max by (cluster, node) (eks_node_pod_eni_allocatable))", "allocatable")
            .query("sum(max by (cluster, node) (eks_node_pod_eni_capacity))", "capacity"),
            table(
                "Nodes with branch ENIs",
                "Nodes that have branch ENIs, those with waiting pods first. Make room by deleting completed pods, or \
                 move pods to another node.",
                "Oldest waits",
                [
                    label("Node", "node"),
                    oldest.limits(limits::of_age(thresholds::BRANCH_ENI_PENDING)),
                    value("Waiting", Unit::Count, of_node("eks_node_pod_eni_pending")),
                    value("Free", Unit::Count, of_node("eks_node_pod_eni_free")),
                    value("Allocatable", Unit::Count, of_node("eks_node_pod_eni_allocatable")),
                    value("Requested", Unit::Count, of_node("eks_node_pod_eni_requested")),
                    value(
                        "Held by completed pods",
                        Unit::Count,
                        of_node("eks_node_pod_eni_used{state=\"completed\"}"),
                    ),
                    value("Completed pods", Unit::Count, of_node("eks_node_pod_eni_completed_pods")),
                ],
            ),
            Panel::areas(
                "Branch ENIs by EC2's account",
                "The same from EC2 (--branch-eni-scan). Those that are available for an hour belong to no pod any more: \
                 delete them.",
                Unit::Count,
            )
            .width(24)
            .query("sum by (state) (max by (cluster, node, state) (eks_node_branch_enis))", "{{state}}"),
        ],
    }
}
