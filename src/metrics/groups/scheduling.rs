//! Pods without a node.

use jiff::Timestamp;

use super::{
    Group,
    creating::{age, counts},
};
use crate::{
    cache::Pods,
    collector::Collector::{Events, Nodes, Owners, Pods as PodsCollector},
    diagnose::Cause,
    metrics::{Family, Writer, sets::UNSCHEDULED_CAUSES, writer::labels},
};

const FEEDS: &[crate::collector::Collector] = &[PodsCollector, Events, Nodes, Owners];

const AGE: Family = Family::gauge(
    "eks_pod_unscheduled_age_seconds",
    "Seconds that the pod has waited for a node, for each that is overdue (--pod-age-threshold), the oldest first, at most --pod-series-limit. Pods that scheduling gates hold back have none.",
    &["namespace", "pod", "uid", "owner_kind", "owner_name"],
)
.from(FEEDS);

const INFO: Family = Family::gauge(
    "eks_pod_unscheduled_info",
    "1, with the cause, for the same pods.",
    &["namespace", "pod", "uid", "cause"],
)
.sets(&[("cause", UNSCHEDULED_CAUSES)])
.from(FEEDS);

const ALL: Family = Family::gauge(
    "eks_pods_unscheduled",
    "Pods without a node now. Zeros carry an empty namespace, one for each cause.",
    &["namespace", "cause"],
)
.sets(&[("cause", UNSCHEDULED_CAUSES)])
.zero()
.from(FEEDS);

const OVERDUE: Family = Family::gauge(
    "eks_pods_unscheduled_overdue",
    "Pods without a node for longer than --pod-age-threshold, never capped. Zeros carry an empty namespace, one for each cause.",
    &["namespace", "cause"],
)
.sets(&[("cause", UNSCHEDULED_CAUSES)])
.zero()
.from(FEEDS);

const OLDEST: Family = Family::gauge(
    "eks_pods_unscheduled_oldest_age_seconds",
    "Age of the pod that has waited for longest.",
    &["namespace", "cause"],
)
.sets(&[("cause", UNSCHEDULED_CAUSES)])
.from(FEEDS);

pub(super) const GROUP: Group =
    Group { title: "Pods not scheduled", families: &[&AGE, &INFO, &ALL, &OVERDUE, &OLDEST] };

/// The family that `--pod-series-limit` caps, for `eksporter_series_dropped`.
pub(super) const CAPPED: &Family = &AGE;

pub(super) fn write(to: &mut Writer, pods: &Pods, now: Timestamp) {
    let unscheduled = &pods.unscheduled;
    for pod in &unscheduled.overdue {
        let names = &pod.names;
        let text = names.written[1].get_or_init(|| {
            labels(&AGE, &[&names.namespace, &names.pod, &names.uid, &names.owner_kind, &names.owner_name])
        });
        to.written(&AGE, text, age(now, pod.since));
    }
    for pod in &unscheduled.overdue {
        let names = &pod.names;
        to.series(&INFO, &[&names.namespace, &names.pod, &names.uid, pod.verdict.as_str()], true);
    }
    counts(to, &unscheduled.counts, Cause::UNSCHEDULED, [&ALL, &OVERDUE, &OLDEST], now);
}
