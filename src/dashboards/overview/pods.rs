//! Pods that do not start: being created, and without a node.

use crate::{
    dashboards::{
        build, limits,
        panel::{Panel, Row, Unit},
        table::{Column, label, table, value, worth},
    },
    diagnose::Cause,
    report::thresholds::{self, Patience},
};

pub(super) fn creating() -> Row {
    let info = "max by (cluster, uid, stage, cause) (eks_pod_container_creating_info)";
    let age = format!(
        "max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds) \
         * on (cluster, uid) group_left (stage, cause) topk by (cluster, uid) (1, {info})"
    );
    let past = limits::pod_worth(&age, "eks_pod_container_creating_info", Cause::CREATING, patience);
    let labels = [
        label("Pod", "pod"),
        label("Owner kind", "owner_kind"),
        label("Owner", "owner_name"),
        label("Stage", "stage"),
        label("Node", "node"),
    ];
    Row {
        title: "Pods being created",
        panels: vec![
            Panel::stat(
                "Overdue in creation",
                "Pods that are bound to a node and whose containers have not all run for longer than \
                 --pod-age-threshold. Look at the table below for who they are.",
                Unit::Count,
            )
            .query("sum(max by (cluster, namespace, cause) (eks_pods_container_creating_overdue))", "overdue"),
            Panel::areas(
                "Being created, by cause",
                "All pods being created. Short peaks without a cause are rollouts; a cause that stays is trouble.",
                Unit::Count,
            )
            .width(10)
            .query("sum by (cause) (max by (cluster, namespace, cause) (eks_pods_container_creating))", "{{cause}}"),
            Panel::bars(
                "The oldest being created",
                "Age of the oldest pod of each cause, coloured by the limits that alerts have for the cause.",
                Unit::Seconds,
            )
            .width(10)
            .query("max by (cause) (eks_pods_container_creating_oldest_age_seconds)", "{{cause}}")
            .overrides(limits::by_cause(Cause::CREATING, patience)),
            pods(
                "The worst pods being created",
                "Overdue pods, the oldest first. The cause leads to its section in the runbook; \
                 `kubectl describe pod` shows the events. \"critical\" wakes somebody where several pods are, or one of \
                 the system's namespaces.",
                "EksPodsCreationStuck",
                [worth(past), value("Age", Unit::Seconds, age)],
                labels,
            ),
            Panel::bars(
                "Nodes with overdue pods",
                "The ten nodes with the most overdue pods. Where one node has them all, cordon and replace it; where all \
                 nodes have some, it is not the nodes.",
                Unit::Count,
            )
            .width(12)
            .query("topk(10, max by (cluster, node) (eks_node_pods_container_creating))", "{{node}}"),
            Panel::areas(
                "Pods that should be gone",
                "Pods past the end of their grace period, by who holds them: kubelet, a node that is down, or a \
                 finalizer. See who with `kubectl get pod -o yaml`.",
                Unit::Count,
            )
            .width(12)
            .query("sum by (blocked_by) (max by (cluster, blocked_by) (eks_pods_terminating_overdue))", "{{blocked_by}}"),
        ],
    }
}

pub(super) fn unscheduled() -> Row {
    let info = "max by (cluster, uid, cause) (eks_pod_unscheduled_info)";
    let age = format!(
        "max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds) \
         * on (cluster, uid) group_left (cause) topk by (cluster, uid) (1, {info})"
    );
    // Alerts leave pods of DaemonSets to the node: these are worth none.
    let of_nodes =
        format!("{age} unless on (cluster, uid) eks_pod_unscheduled_age_seconds{{owner_kind=\"DaemonSet\"}}");
    let past = limits::pod_worth(&of_nodes, "eks_pod_unscheduled_info", Cause::UNSCHEDULED, thresholds::unscheduled);
    let past = format!("{past} or ({age}) * 0");
    let labels = [label("Pod", "pod"), label("Owner kind", "owner_kind"), label("Owner", "owner_name")];
    Row {
        title: "Pods without a node",
        panels: vec![
            Panel::stat(
                "Overdue for a node",
                "Pods that have had no node for longer than --pod-age-threshold. Look at the table below for who they \
                 are.",
                Unit::Count,
            )
            .query("sum(max by (cluster, namespace, cause) (eks_pods_unscheduled_overdue))", "overdue"),
            Panel::areas(
                "Without a node, by cause",
                "All pods without a node. Gates and placeholders are on purpose.",
                Unit::Count,
            )
            .width(10)
            .query("sum by (cause) (max by (cluster, namespace, cause) (eks_pods_unscheduled))", "{{cause}}"),
            Panel::bars(
                "The oldest without a node",
                "Age of the pod that has waited for longest, coloured by the limits that alerts have for the cause.",
                Unit::Seconds,
            )
            .width(10)
            .query("max by (cause) (eks_pods_unscheduled_oldest_age_seconds)", "{{cause}}")
            .overrides(limits::by_cause(Cause::UNSCHEDULED, thresholds::unscheduled)),
            pods(
                "The worst pods without a node",
                "Overdue pods, the oldest first. The cause leads to its section in the runbook; `kubectl describe pod` \
                 shows what the scheduler says. \"critical\" wakes somebody where several pods are, or one of the \
                 system's namespaces.",
                "EksPodsUnscheduled",
                [worth(past), value("Age", Unit::Seconds, age)],
                labels,
            ),
        ],
    }
}

/// How long a pod may be created. Waiting for a branch ENI has an alert of its own.
fn patience(cause: Cause) -> Patience {
    match cause {
        Cause::BranchEni => thresholds::BRANCH_ENI_PENDING,
        _ => thresholds::creating(cause),
    }
}

/// A table of pods, with a way from each cause to its section in the alert's runbook.
fn pods(
    title: &'static str,
    description: &'static str,
    alert: &str,
    values: [Column; 2],
    labels: impl IntoIterator<Item = Column>,
) -> Panel {
    let section = format!("{}#${{__data.fields.cause}}", build::runbook(alert));
    let who = [label("Cause", "cause").link("What to do", &section), label("Namespace", "namespace")];
    let columns = values.into_iter().chain(who).chain(labels).chain([label("UID", "uid")]);
    table(title, description, "Age", columns)
}
