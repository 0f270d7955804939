//! Pods without a node.

use crate::{
    diagnose::{Cause, Evidence, EvidenceSet, Since, Situation, Unscheduled, judge_unscheduled},
    objects::keys,
    testing::*,
};

fn unscheduled(pod: PodBuilder) -> Unscheduled {
    match Situation::of(&pod.0, at(100)) {
        Some(Situation::Unscheduled(pod)) => pod,
        other => panic!("{other:?}"),
    }
}

fn cause(pod: PodBuilder, no_nodes: bool, seconds: i64) -> Cause {
    judge_unscheduled(&unscheduled(pod), &EvidenceSet::default(), no_nodes, at(seconds))
}

const CPU: &str = "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.";

#[test]
fn the_clock_runs_since_the_condition_else_since_creation() {
    assert_eq!(unscheduled(pod(1).unschedulable(CPU, 5)).since, Since::At(at(5)));
    assert_eq!(unscheduled(pod(1)).since, Since::At(at(0)));
}

#[test]
fn pods_that_ended_or_are_being_deleted_wait_for_no_node() {
    assert!(Situation::of(&pod(1).phase("Failed").0, at(9)).is_none());
    assert!(matches!(Situation::of(&pod(1).deleted(5).0, at(9)), Some(Situation::Terminating(_))));
}

#[test]
fn the_schedulers_words_tell_the_cause() {
    for (message, expected) in [
        (CPU, Cause::SchedulingCapacity),
        ("0/3 nodes are available: 3 Insufficient vpc.amazonaws.com/pod-eni.", Cause::BranchEni),
        ("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", Cause::SchedulingConstraints),
        (
            "0/3 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.",
            Cause::NodeDown,
        ),
        ("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", Cause::VolumeProvision),
        ("no nodes available to schedule pods", Cause::SchedulingCapacity),
    ] {
        assert_eq!(cause(pod(1).unschedulable(message, 5), false, 50), expected, "{message}");
    }
}

#[test]
fn without_nodes_no_text_tells_more() {
    assert_eq!(cause(pod(1).unschedulable("no nodes available to schedule pods", 5), true, 50), Cause::NoNodes);
    assert_eq!(cause(pod(1).unschedulable(CPU, 5), true, 50), Cause::NoNodes);
}

#[test]
fn gated_pods_and_placeholders_wait_on_purpose() {
    assert_eq!(unscheduled(pod(1).gated()).since, Since::Gated);
    assert_eq!(cause(pod(1).gated(), true, 500), Cause::Gated);
    assert_eq!(cause(pod(1).unschedulable(CPU, 5).with(|pod| pod.spec.priority = -10), true, 500), Cause::Placeholder);
}

#[test]
fn a_pod_that_was_gated_once_is_known_by_its_missing_transition_time_or_its_changed_spec() {
    assert_eq!(unscheduled(pod(1).unschedulable(CPU, 5).once_gated()).since, Since::Ungated, "before 1.30");
    let generation = |number, seconds| pod(1).unschedulable(CPU, seconds).with(|pod| pod.metadata.generation = number);
    assert_eq!(unscheduled(generation(2, 0)).since, Since::Ungated, "from 1.33 on");
    assert_eq!(unscheduled(generation(1, 0)).since, Since::At(at(0)), "never gated");
    assert_eq!(unscheduled(generation(2, 5)).since, Since::At(at(5)), "the scheduler's own time");
}

#[test]
fn nobody_looked_at_it_for_two_minutes_means_no_scheduler() {
    assert_eq!(cause(pod(1), false, 119), Cause::Unknown);
    assert_eq!(cause(pod(1), false, 120), Cause::NoScheduler);
}

#[test]
fn events_speak_only_where_the_condition_is_missing() {
    let mut told = EvidenceSet::default();
    told.take(Evidence::of(&event(1, "FailedScheduling", CPU, 20), at(20)).unwrap());
    let judge = |pod| judge_unscheduled(&unscheduled(pod), &told, false, at(500));
    assert_eq!(judge(pod(1)), Cause::SchedulingCapacity);
    let affinity = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.";
    assert_eq!(judge(pod(1).unschedulable(affinity, 5)), Cause::SchedulingConstraints);
}

#[test]
fn fargate_makes_the_node_that_its_pod_waits_for() {
    let fargate = || {
        pod(1).label(keys::FARGATE_PROFILE, "web").with(|pod| pod.spec.scheduler_name = "fargate-scheduler".to_owned())
    };
    assert_eq!(cause(fargate(), true, 500), Cause::Fargate);
    assert_eq!(cause(fargate(), false, 500), Cause::Fargate);
}
