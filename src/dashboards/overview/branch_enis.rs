//! Branch ENIs of security groups for pods.

use crate::{
    dashboards::{
        limits,
        panel::{Order, Panel, Row, Unit},
        table::{WORTH_CRITICAL, WORTH_WARNING, label, table, value, worth},
    },
    report::thresholds::{self, Patience},
};

pub(super) fn row() -> Row {
    Row::open(
        "Branch ENIs (security groups for pods)",
        vec![
            nodes(),
            Panel::areas(
                "In use, by state",
                "Branch ENIs held. \"completed\" are of pods that have ended: delete these pods, or update the VPC \
                 resource controller, which then lets go of them.",
                Unit::Count,
            )
            .query("sum by (state) (max by (cluster, node, state) (eks_node_pod_eni_used))", "{{state}}"),
            Panel::lines(
                "Requested and there",
                "What the scheduler counts, beside what nodes have. Where more is in use than is requested, the \
                 scheduler sends pods to nodes without room.",
                Unit::Count,
            )
            .query("sum(max by (cluster, node) (eks_node_pod_eni_requested))", "requested")
            .query("sum(max by (cluster, node, state) (eks_node_pod_eni_used))", "in use")
            .query("sum(max by (cluster, node) (eks_node_pod_eni_allocatable))", "allocatable")
            .query("sum(max by (cluster, node) (eks_node_pod_eni_capacity))", "capacity"),
            Panel::areas(
                "Branch ENIs by EC2's account",
                "The same from EC2 (--branch-eni-scan). Those that are available for an hour belong to no pod any more: \
                 delete them.",
                Unit::Count,
            )
            .query("sum by (state) (max by (cluster, node, state) (eks_node_branch_enis))", "{{state}}"),
        ],
    )
}

fn nodes() -> Panel {
    let of_node = |family: &str| format!("max by (cluster, node) ({family})");
    let used = |state: &str| of_node(&format!("eks_node_pod_eni_used{{state=\"{state}\"}}"));
    // The alert counts the pods of a cluster.
    let waiting = |limits: &str, severity: &str| {
        let pods = "eks_pod_container_creating_age_seconds \
                    and on (cluster, uid) eks_pod_container_creating_info{cause=\"branch_eni\"}";
        let alert = limits::firing("EksBranchEniPending", severity);
        format!("max by (cluster, node) (({pods}) {limits}) and on (cluster) ({alert})")
    };
    let seconds = |minutes: Option<u32>| minutes.unwrap_or_default() * 60;
    let Patience { warning, critical } = thresholds::BRANCH_ENI_PENDING;
    let young = format!("< {} >= {}", thresholds::POD_ABANDONED.as_secs(), seconds(critical));
    let critical = waiting(&young, "critical");
    let warning = waiting(&format!(">= {}", seconds(warning)), "warning");
    let pending = of_node("eks_node_pod_eni_pending");
    let alert = limits::worth(&[(WORTH_CRITICAL, &critical), (WORTH_WARNING, &warning)], &pending);
    table(
        "Nodes with branch ENIs",
        "Nodes that have branch ENIs, those with waiting pods first, and the ENIs in use by state. terminating and \
         cooldown come back by themselves, completed do not: delete these pods, or move the waiting ones to another node. \
         \"critical\" are several pods, or one of the system's namespaces.",
        &[("Alert", Order::HighestFirst), ("Oldest waits", Order::HighestFirst)],
        [
            worth(alert),
            label("Node", "node"),
            value("Oldest waits", Unit::Seconds, of_node("eks_node_pod_eni_pending_oldest_age_seconds")),
            value("Waiting", Unit::Count, pending),
            value("Free", Unit::Count, of_node("eks_node_pod_eni_free")),
            value("Allocatable", Unit::Count, of_node("eks_node_pod_eni_allocatable")),
            value("Requested", Unit::Count, of_node("eks_node_pod_eni_requested")),
            value("Attached", Unit::Count, used("attached")),
            value("Terminating", Unit::Count, used("terminating")),
            value("Cooling down", Unit::Count, used("cooldown")),
            value("Held by completed pods", Unit::Count, used("completed")),
            value("Completed pods", Unit::Count, of_node("eks_node_pod_eni_completed_pods")),
        ],
    )
}
