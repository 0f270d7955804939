//! Lists and re-lists: never half a cluster, never two of it, and absence of knowledge is not zero.

use super::*;

#[test]
fn nothing_is_said_before_the_first_list_is_complete() {
    let mut cache = Cache::new(Settings::new(start()));
    Index::<Pod>::begin(&mut cache, &Scope::cluster());
    cache.apply(pod(1).on("a", 0).0, start());
    assert!(cache.snapshot(at(90)).pods.is_none(), "half a list");
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), at(90));
    assert!(cache.snapshot(at(90)).pods.is_some());
    assert!(cache.snapshot(at(90)).nodes.is_none(), "nodes were never listed");
}

#[test]
fn during_a_re_list_the_former_state_stands() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).0, start());
    cache.apply(pod(2).on("a", 0).0, start());
    Index::<Pod>::begin(&mut cache, &Scope::cluster());
    assert_eq!(all(&mut cache, 90), 2);
    cache.apply(pod(2).on("a", 0).0, at(91));
    Index::<Pod>::begin(&mut cache, &Scope::cluster()); // the first one was cut off
    cache.apply(pod(2).on("a", 0).0, at(92));
    assert_eq!(all(&mut cache, 92), 2);
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), at(93));
    assert_eq!(overdue(&mut cache, 94), [("pod-2".to_owned(), Cause::NodeDown, Stage::Unknown)]);
}

#[test]
fn what_is_forgotten_is_unknown_and_not_zero() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).0, start());
    Index::<Pod>::forget(&mut cache, &Scope::cluster());
    assert!(cache.snapshot(at(90)).pods.is_none());
    list(&mut cache, &Scope::cluster(), [pod(2).on("a", 0).0]);
    assert_eq!(all(&mut cache, 95), 1);
}

#[test]
fn a_dead_or_forbidden_node_watch_never_looks_like_missing_nodes() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).waits("ErrImagePull", "not found").0, start());
    cache.apply(pod(2).unschedulable("no nodes available to schedule pods", 0).0, start());
    let causes = |cache: &mut Cache| {
        let pods = cache.snapshot(at(90)).pods.unwrap();
        (pods.creating.overdue[0].verdict.0, pods.unscheduled.overdue[0].verdict)
    };
    assert_eq!(causes(&mut cache), (Cause::NodeDown, Cause::NoNodes));
    Index::<Node>::forget(&mut cache, &Scope::cluster());
    assert_eq!(causes(&mut cache), (Cause::ImagePull, Cause::SchedulingCapacity));
    assert!(cache.snapshot(at(90)).nodes.is_none());
    list::<Node>(&mut cache, &Scope::cluster(), []);
    assert_eq!(causes(&mut cache), (Cause::NodeDown, Cause::NoNodes));
}

#[test]
fn half_a_list_of_nodes_says_nothing_about_the_other_half() {
    let mut cache = Cache::new(Settings::new(start()));
    list(&mut cache, &Scope::cluster(), [pod(1).on("b", 0).0]);
    Index::<Node>::begin(&mut cache, &Scope::cluster());
    cache.apply(node("a", 500).0, start());
    assert_eq!(cause(&mut cache, 90), Cause::Unknown);
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    assert_eq!(cause(&mut cache, 90), Cause::NodeDown);
}

#[test]
fn with_namespaces_one_watch_does_not_sweep_anothers_rows() {
    let settings = Settings { namespaces: vec!["team".to_owned(), "other".to_owned()], ..Settings::new(start()) };
    let mut cache = synced_with(settings.clone());
    cache.apply(pod(1).on("a", 0).0, start());
    cache.apply(pod(2).namespace("other").on("a", 0).0, start());
    list::<Pod>(&mut cache, &Scope::namespace("other"), []);
    assert_eq!(overdue(&mut cache, 90).iter().map(|pod| pod.0.as_str()).collect::<Vec<_>>(), ["pod-1"]);
    Index::<Pod>::forget(&mut cache, &Scope::namespace("other"));
    assert!(cache.snapshot(at(90)).pods.is_none(), "known only in part");

    let mut cache = Cache::new(settings);
    list::<Pod>(&mut cache, &Scope::namespace("team"), []);
    assert!(cache.snapshot(at(90)).pods.is_none(), "the other namespace is not listed yet");
}

#[test]
fn names_that_nobody_uses_any_more_are_let_go_at_the_next_list() {
    let mut cache = synced();
    for number in 0..100 {
        cache.apply(node(&format!("node-{number}"), 500 + number).0, start());
    }
    list::<Node>(&mut cache, &Scope::cluster(), []);
    assert!(cache.names.len() < 10, "{}", cache.names.len());
}

#[test]
fn names_of_owners_that_come_and_go_are_let_go_without_any_list() {
    let mut cache = synced();
    for number in 0..20_000 {
        cache.apply(pod(number).on("a", 0).owner("Workflow", &format!("run-{number}"), 70).0, start());
        cache.delete(&pod(number).0, start());
    }
    assert!(cache.names.len() < 3_000, "{}", cache.names.len());
}

#[test]
fn evidence_outlives_a_right_that_is_lost_for_a_while() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    let stuck = || pod(1).on("a", 0).waits("ContainerCreating", "").0;
    cache.apply(stuck(), start());
    cache.apply(event(1, "FailedCreatePodSandBox", told::SECCOMP, 20), at(20));
    Index::<Pod>::forget(&mut cache, &Scope::cluster());
    list(&mut cache, &Scope::cluster(), [stuck()]);
    assert_eq!(cause(&mut cache, 90), Cause::SeccompBpfLimit);
}
