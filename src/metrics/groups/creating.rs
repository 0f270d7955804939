//! Pods being created, and pods that should be gone.

use jiff::Timestamp;

use super::Group;
use crate::{
    cache::{Count, Pods},
    collector::Collector::{Events, Nodes, Owners, Pods as PodsCollector},
    diagnose::{BlockedBy, Cause},
    metrics::{
        Family, Writer,
        sets::{BLOCKED_BY, CREATING_CAUSES, STAGES},
        writer::labels,
    },
};

const FEEDS: &[crate::collector::Collector] = &[PodsCollector, Events, Nodes, Owners];

const AGE: Family = Family::gauge(
    "eks_pod_container_creating_age_seconds",
    "Seconds since kubelet began to start the pod, for each pod whose containers have not all run once and that is overdue (--pod-age-threshold), the oldest first, at most --pod-series-limit.",
    &["namespace", "pod", "uid", "node", "owner_kind", "owner_name"],
)
.from(FEEDS);

const INFO: Family = Family::gauge(
    "eks_pod_container_creating_info",
    "1, with the stage that the pod hangs in and the cause, for the same pods.",
    &["namespace", "pod", "uid", "stage", "cause"],
)
.sets(&[("stage", STAGES), ("cause", CREATING_CAUSES)])
.from(FEEDS);

const ALL: Family = Family::gauge(
    "eks_pods_container_creating",
    "Pods being created now. Zeros carry an empty namespace, one for each cause.",
    &["namespace", "cause"],
)
.sets(&[("cause", CREATING_CAUSES)])
.zero()
.from(FEEDS);

const OVERDUE: Family = Family::gauge(
    "eks_pods_container_creating_overdue",
    "Pods being created for longer than --pod-age-threshold, never capped. Zeros carry an empty namespace, one for each cause.",
    &["namespace", "cause"],
)
.sets(&[("cause", CREATING_CAUSES)])
.zero()
.from(FEEDS);

const OLDEST: Family = Family::gauge(
    "eks_pods_container_creating_oldest_age_seconds",
    "Age of the pod that has been creating for longest.",
    &["namespace", "cause"],
)
.sets(&[("cause", CREATING_CAUSES)])
.from(FEEDS);

const BY_NODE: Family = Family::gauge(
    "eks_node_pods_container_creating",
    "Overdue pods being created on the node; nodes with at least one.",
    &["node"],
)
.from(&[PodsCollector, Nodes]);

const TERMINATING: Family = Family::gauge(
    "eks_pods_terminating_overdue",
    "Pods that should have been gone for longer than --pod-age-threshold: past the end of their grace period.",
    &["blocked_by"],
)
.sets(&[("blocked_by", BLOCKED_BY)])
.zero()
.from(&[PodsCollector, Nodes]);

const TERMINATING_AGE: Family = Family::gauge(
    "eks_pod_terminating_age_seconds",
    "Seconds since the end of the pod's grace period, for each of them, at most --pod-series-limit.",
    &["namespace", "pod", "uid", "node", "blocked_by"],
)
.sets(&[("blocked_by", BLOCKED_BY)])
.from(&[PodsCollector, Nodes]);

pub(super) const GROUP: Group = Group {
    title: "Pods being created",
    families: &[&AGE, &INFO, &ALL, &OVERDUE, &OLDEST, &BY_NODE, &TERMINATING, &TERMINATING_AGE],
};

/// The families that `--pod-series-limit` caps, for `eksporter_series_dropped`.
pub(super) const CAPPED: [&Family; 2] = [&AGE, &TERMINATING_AGE];

pub(super) fn write(to: &mut Writer, pods: &Pods, now: Timestamp) {
    let creating = &pods.creating;
    for pod in &creating.overdue {
        let names = &pod.names;
        let text = names.written[0].get_or_init(|| {
            labels(&AGE, &[&names.namespace, &names.pod, &names.uid, &names.node, &names.owner_kind, &names.owner_name])
        });
        to.written(&AGE, text, age(now, pod.since));
    }
    for pod in &creating.overdue {
        let (names, (cause, stage)) = (&pod.names, pod.verdict);
        to.series(&INFO, &[&names.namespace, &names.pod, &names.uid, stage.as_str(), cause.as_str()], true);
    }
    counts(to, &creating.counts, Cause::CREATING, [&ALL, &OVERDUE, &OLDEST], now);
    let mut nodes: Vec<_> = pods.creating_by_node.iter().collect();
    nodes.sort();
    for (node, count) in nodes {
        to.series(&BY_NODE, &[node], *count);
    }

    let terminating = &pods.terminating;
    for blocked_by in BlockedBy::ALL {
        let overdue: u32 =
            terminating.counts.iter().filter(|count| count.class == blocked_by).map(|count| count.overdue).sum();
        to.series(&TERMINATING, &[blocked_by.as_str()], overdue);
    }
    for pod in &terminating.overdue {
        let names = &pod.names;
        let values = [&*names.namespace, &names.pod, &names.uid, &names.node, pod.verdict.as_str()];
        to.series(&TERMINATING_AGE, &values, age(now, pod.since));
    }
}

/// The three families of counts that pods in trouble have, by namespace and cause: all, overdue, oldest.
pub(super) fn counts(
    to: &mut Writer,
    counts: &[Count<Cause>],
    causes: &[Cause],
    families: [&Family; 3],
    now: Timestamp,
) {
    let [all, overdue, oldest] = families;
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by(|a, b| (&a.namespace, a.class).cmp(&(&b.namespace, b.class)));
    for (family, value) in [(all, (|count| count.all) as fn(&Count<Cause>) -> u32), (overdue, |count| count.overdue)] {
        for cause in causes {
            to.series(family, &["", cause.as_str()], false);
        }
        for count in counts.iter().filter(|count| value(count) > 0) {
            to.series(family, &[&count.namespace, count.class.as_str()], value(count));
        }
    }
    for count in counts {
        if let Some(since) = count.oldest {
            to.series(oldest, &[&count.namespace, count.class.as_str()], age(now, since));
        }
    }
}

/// Seconds from `since` to `now`, never less than none.
pub(super) fn age(now: Timestamp, since: Timestamp) -> f64 {
    now.duration_since(since).as_secs_f64().max(0.0)
}
