//! Pods without a node.

use super::*;

const CPU: &str = "0/3 nodes are available: 3 Insufficient cpu.";

fn waiting_since(cache: &mut Cache, seconds: i64) -> Option<i64> {
    let snapshot = cache.snapshot(at(seconds));
    snapshot.pods?.unscheduled.overdue.first().map(|pod| snapshot.now.duration_since(pod.since).as_secs())
}

fn causes(cache: &mut Cache, seconds: i64) -> Vec<Cause> {
    cache.snapshot(at(seconds)).pods.unwrap().unscheduled.counts.iter().map(|count| count.class).collect()
}

#[test]
fn the_first_node_ends_the_lack_of_nodes_and_the_last_one_that_goes_brings_it_back() {
    let mut cache = synced();
    cache.apply(pod(1).unschedulable(CPU, 0).0, start());
    assert_eq!(causes(&mut cache, 90), [Cause::NoNodes]);
    cache.apply(node("a", 500).0, at(91));
    assert_eq!(causes(&mut cache, 92), [Cause::SchedulingCapacity]);
    cache.delete(&node("a", 500).0, at(93));
    assert_eq!(causes(&mut cache, 94), [Cause::NoNodes]);
}

#[test]
fn a_gated_pod_has_no_age_and_its_clock_starts_when_the_gate_is_seen_to_go() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).gated().0, start());
    assert_eq!((waiting_since(&mut cache, 5000), causes(&mut cache, 5000)), (None, vec![Cause::Gated]));
    let oldest = cache.snapshot(at(5000)).pods.unwrap().unscheduled.counts[0].oldest;
    assert_eq!(oldest, None);
    let opened = pod(1).unschedulable(CPU, 0).once_gated();
    cache.apply(opened.0, at(5000));
    assert_eq!(waiting_since(&mut cache, 5059), None);
    assert_eq!(waiting_since(&mut cache, 5070), Some(70));
}

#[test]
fn after_a_restart_the_clock_of_a_pod_that_was_gated_starts_with_the_first_failure_else_with_the_exporter() {
    let opened = || pod(1).unschedulable(CPU, 0).once_gated().0;
    let restarted = || {
        let mut cache = synced_with(Settings::new(at(1000)));
        cache.apply(node("a", 500).0, at(1000));
        cache
    };
    let mut cache = restarted();
    cache.apply(opened(), at(1000));
    assert_eq!(waiting_since(&mut cache, 1100), Some(100));

    let mut cache = restarted();
    cache.apply(event(1, "FailedScheduling", CPU, 400), at(1000));
    cache.apply(opened(), at(1000));
    assert_eq!(waiting_since(&mut cache, 1100), Some(700));
}

#[test]
fn a_pod_that_no_scheduler_looks_at_is_told_by_time_alone() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).0, start());
    assert_eq!(causes(&mut cache, 119), [Cause::Unknown]);
    assert_eq!(causes(&mut cache, 120), [Cause::NoScheduler]);
    cache.apply(event(1, "FailedScheduling", CPU, 130), at(130));
    assert_eq!(causes(&mut cache, 131), [Cause::SchedulingCapacity]);
}

#[test]
fn a_pod_that_gets_its_node_waits_no_more() {
    let mut cache = synced();
    cache.apply(pod(1).unschedulable(CPU, 0).0, start());
    assert!(waiting_since(&mut cache, 100).is_some());
    cache.apply(node("a", 500).0, at(101));
    cache.apply(pod(1).on("a", 101).0, at(101));
    assert_eq!((waiting_since(&mut cache, 110), all(&mut cache, 110)), (None, 1));
}

#[test]
fn placeholders_are_told_apart() {
    let mut cache = synced();
    cache.apply(pod(1).unschedulable(CPU, 0).with(|pod| pod.spec.priority = -1).0, start());
    assert_eq!(causes(&mut cache, 90), [Cause::Placeholder]);
}
