//! Evidence and its pod, in any order.

use super::*;
use crate::objects::keys;

fn stuck(number: u32) -> Pod {
    pod(number).on("a", 0).waits("ContainerCreating", "").0
}

fn seccomp(number: u32) -> Event {
    event(number, "FailedCreatePodSandBox", told::SECCOMP, 20)
}

#[test]
fn events_may_come_before_their_pod() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(seccomp(1), at(20));
    cache.apply(stuck(1), at(30));
    assert_eq!(overdue(&mut cache, 90), [("pod-1".to_owned(), Cause::SeccompBpfLimit, Stage::Sandbox)]);
}

#[test]
fn evidence_for_a_pod_that_never_comes_is_kept_for_a_quarter_of_an_hour() {
    for (wait, expected) in [(899, Cause::SeccompBpfLimit), (901, Cause::Unknown)] {
        let mut cache = synced();
        cache.apply(node("a", 500).0, start());
        cache.apply(seccomp(1), start());
        cache.snapshot(at(wait));
        cache.apply(stuck(1), at(wait));
        assert_eq!(cause(&mut cache, 2000), expected);
    }
}

#[test]
fn a_flood_of_events_about_unknown_pods_is_bounded() {
    let mut cache = synced();
    for number in 0..21_000 {
        cache.apply(seccomp(number), start());
    }
    let events = cache.snapshot(start()).objects.into_iter().find(|(resource, _)| *resource == "events").unwrap();
    assert_eq!(events.1, 20_000);
}

#[test]
fn a_cause_outlives_its_event_and_goes_with_the_trouble() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(stuck(1), start());
    cache.apply(seccomp(1), at(20));
    cache.delete(&seccomp(1), at(3700));
    list::<Event>(&mut cache, &Scope::cluster().with_fields(EVENT_FIELDS[0]), []);
    assert_eq!(cause(&mut cache, 4000), Cause::SeccompBpfLimit);
    cache.apply(pod(1).on("a", 0).is("main", running()).0, at(4001));
    cache.apply(stuck(1), at(4002));
    assert_eq!(cause(&mut cache, 5000), Cause::Unknown);
}

#[test]
fn a_cause_gets_better_without_another_pod_losing_its_own() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(stuck(1), start());
    cache.apply(pod(2).on("a", 1).waits("ErrImagePull", "not found").0, start());
    cache.apply(event(1, "FailedCreatePodSandBox", told::DEADLINE, 10), at(10));
    assert_eq!(overdue(&mut cache, 90)[0].1, Cause::Runtime);
    cache.apply(seccomp(1), at(20));
    let causes: Vec<_> = overdue(&mut cache, 90).into_iter().map(|pod| pod.1).collect();
    assert_eq!(causes, [Cause::SeccompBpfLimit, Cause::ImagePull]);
}

#[test]
fn the_branch_eni_arrives_and_the_cause_goes() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).on("a", 0).requests_branch_eni().0, start());
    cache.apply(event(1, "FailedCreatePodSandBox", told::NO_ADDRESS, 20), at(20));
    assert_eq!(cause(&mut cache, 90), Cause::BranchEni);
    let annotated = pod(1).on("a", 0).requests_branch_eni().annotation(keys::POD_ENI, "[{\"eniId\":\"eni-1\"}]").0;
    cache.apply(annotated, at(95));
    assert_eq!(cause(&mut cache, 100), Cause::Unknown);
}

#[test]
fn texts_that_fit_nothing_are_counted_once_each_time_they_are_told() {
    let mut cache = synced();
    cache.apply(stuck(1), start());
    let odd = |seconds| event(1, "Failed", "Error: words that nobody knows", seconds);
    for seconds in [20, 20, 20, 30] {
        cache.apply(odd(seconds), at(40)); // a re-list shows the same event again
    }
    let unclassified: u64 = cache.snapshot(at(50)).unclassified.iter().map(|(_, count)| count).sum();
    assert_eq!(unclassified, 2);
}

#[test]
fn odd_words_about_a_pod_that_is_well_are_neither_counted_nor_kept() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).is("main", running()).0, start());
    for seconds in [20, 2000] {
        cache.apply(event(1, "PolicyViolation", "words that nobody knows", seconds), at(seconds));
    }
    let snapshot = cache.snapshot(at(2001));
    assert!(snapshot.unclassified.is_empty(), "{:?}", snapshot.unclassified);
    assert!(snapshot.objects.contains(&("events", 0)), "{:?}", snapshot.objects);
}

#[test]
fn a_daemon_sets_pod_on_a_node_that_is_up_has_series_whatever_its_events_say_of_the_node() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).on("a", 0).owner("DaemonSet", "agent", 9).waits("ContainerCreating", "").0, start());
    cache.apply(event(1, "FailedSync", "container runtime is down", 20), at(20));
    assert_eq!(overdue(&mut cache, 90).len(), 1);
}
