//! Pods that do not start: being created, and without a node.

use crate::{
    dashboards::{
        build, limits,
        panel::{Order, Panel, Row, Unit},
        pods::{self, Trouble, patience_of_creation},
        table::{Column, WORTH_CRITICAL, WORTH_WARNING, label, table, value, worth},
    },
    diagnose::Cause,
    report::thresholds,
};

pub(super) fn creating() -> Row {
    let info = "max by (cluster, uid, stage, cause) (eks_pod_container_creating_info)";
    let age = format!(
        "max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds) \
         * on (cluster, uid) group_left (stage, cause) topk by (cluster, uid) (1, {info})"
    );
    let labels = [
        label("Pod", "pod"),
        label("Owner kind", "owner_kind"),
        label("Owner", "owner_name"),
        label("Stage", "stage"),
        label("Node", "node"),
    ];
    Row::open(
        "Pods being created",
        vec![
            Panel::areas(
                "Being created, by cause",
                "All pods being created. Short peaks without a cause are rollouts; a cause that stays is trouble.",
                Unit::Count,
            )
            .width(12)
            .query("sum by (cause) (max by (cluster, namespace, cause) (eks_pods_container_creating))", "{{cause}}"),
            Panel::bars(
                "The oldest being created",
                "Age of the oldest pod of each cause, orange where that is worth a warning. What wakes somebody depends on \
                 how many there are: the table below says it.",
                Unit::Seconds,
            )
            .width(12)
            .query("max by (cause) (eks_pods_container_creating_oldest_age_seconds)", "{{cause}}")
            .overrides(limits::by_cause(Cause::CREATING, patience_of_creation)),
            table_of(
                "The worst pods being created",
                "Overdue pods, those of critical alerts first, then the oldest. The cause leads to its section in the \
                 runbook; `kubectl describe pod` shows the events. \"critical\" are several pods, or one of the system's \
                 namespaces.",
                "EksPodsCreationStuck",
                [worth(alert_of(&pods::creating(), &age)), value("Age", Unit::Seconds, age)],
                labels,
            ),
            Panel::bars(
                "Nodes with overdue pods",
                "The ten nodes with the most overdue pods. Where one node has them all, cordon and replace it; where all \
                 nodes have some, it is not the nodes.",
                Unit::Count,
            )
            .query(
                "topk(10, count by (cluster, node) \
                 (max by (cluster, uid, node) (eks_pod_container_creating_age_seconds)))",
                "{{node}}",
            )
            .height(8),
            table(
                "Pods that should be gone",
                "Pods past the end of their grace period, and who holds them: kubelet, a node that is down, or a finalizer \
                 (`kubectl get pod -o yaml` says which).",
                &[("Past its end", Order::HighestFirst)],
                [
                    label("Namespace", "namespace"),
                    label("Pod", "pod"),
                    label("Node", "node"),
                    label("Held by", "blocked_by"),
                    value(
                        "Past its end",
                        Unit::Seconds,
                        "max by (cluster, namespace, pod, uid, node, blocked_by) (eks_pod_terminating_age_seconds)",
                    ),
                    label("UID", "uid"),
                ],
            )
            .width(16),
        ],
    )
}

pub(super) fn unscheduled() -> Row {
    let info = "max by (cluster, uid, cause) (eks_pod_unscheduled_info)";
    let age = format!(
        "max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds) \
         * on (cluster, uid) group_left (cause) topk by (cluster, uid) (1, {info})"
    );
    // Alerts leave pods of DaemonSets to the node.
    let of_workloads =
        format!("{age} unless on (cluster, uid) eks_pod_unscheduled_age_seconds{{owner_kind=\"DaemonSet\"}}");
    let labels = [label("Pod", "pod"), label("Owner kind", "owner_kind"), label("Owner", "owner_name")];
    Row::open(
        "Pods without a node",
        vec![
            Panel::areas(
                "Without a node, by cause",
                "All pods without a node. Gates and placeholders are on purpose.",
                Unit::Count,
            )
            .width(12)
            .query("sum by (cause) (max by (cluster, namespace, cause) (eks_pods_unscheduled))", "{{cause}}"),
            Panel::bars(
                "The oldest without a node",
                "Age of the pod that has waited for longest, of each cause, orange where that is worth a warning. Pods of \
                 DaemonSets are left to the node.",
                Unit::Seconds,
            )
            .width(12)
            .query(format!("max by (cause) ({of_workloads})"), "{{cause}}")
            .overrides(limits::by_cause(Cause::UNSCHEDULED, thresholds::unscheduled)),
            table_of(
                "The worst pods without a node",
                "Overdue pods, those of critical alerts first, then the oldest. The cause leads to its section in the \
                 runbook; `kubectl describe pod` shows what the scheduler says. \"critical\" are several pods, or one of \
                 the system's namespaces.",
                "EksPodsUnscheduled",
                [worth(alert_of(&pods::unscheduled(), &age)), value("Age", Unit::Seconds, age)],
                labels,
            ),
        ],
    )
}

/// Of which alert each pod of `age` is one.
fn alert_of(trouble: &Trouble, age: &str) -> String {
    let those = |pods: &str| format!("({age}) and on (cluster, uid) ({pods})");
    let (critical, warning) = (those(&trouble.critical()), those(&trouble.warning()));
    limits::worth(&[(WORTH_CRITICAL, &critical), (WORTH_WARNING, &warning)], age)
}

/// A table of pods, with a way from each cause to its section in the alert's runbook.
fn table_of(
    title: &'static str,
    description: &'static str,
    alert: &str,
    values: [Column; 2],
    labels: impl IntoIterator<Item = Column>,
) -> Panel {
    let section = format!("{}#${{__data.fields.cause}}", build::runbook(alert));
    let who = [label("Cause", "cause").link("What to do", &section), label("Namespace", "namespace")];
    let columns = values.into_iter().chain(who).chain(labels).chain([label("UID", "uid")]);
    table(title, description, &[("Alert", Order::HighestFirst), ("Age", Order::HighestFirst)], columns)
}
