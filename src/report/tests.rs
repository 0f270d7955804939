//! Findings.

use super::{Severity, findings, plain};
use crate::{
    cache::{Cache, CompletedPods, Index, Scope, Settings},
    objects::{Node, Pod},
    testing::*,
};

fn cluster() -> Cache {
    cluster_with(Settings::new(start()))
}

fn cluster_with(settings: Settings) -> Cache {
    let mut cache = Cache::new(settings);
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), start());
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    cache.apply(node("a", 500).0, start());
    cache
}

fn stuck(cache: &mut Cache, number: u32, namespace: &str) {
    cache.apply(
        pod(number).namespace(namespace).on("a", 0).owner("DaemonSet", "x", 9).waits("ContainerCreating", "").0,
        start(),
    );
    cache.apply(event(number, "FailedCreatePodSandBox", told::SECCOMP, 1), at(1));
}

#[test]
fn one_cause_is_one_finding_with_the_oldest_examples() {
    let mut cache = cluster();
    for number in 1..=5 {
        stuck(&mut cache, number, "team");
    }
    let findings = findings(&cache.snapshot(at(150)));
    assert_eq!(findings.len(), 1);
    let finding = &findings[0];
    assert_eq!(
        (finding.severity, finding.title.as_str()),
        (Severity::Warning, "5 pods being created: seccomp_bpf_limit")
    );
    assert_eq!((finding.examples.len(), finding.more, finding.since), (3, 2, start()));
    assert_eq!(finding.examples[0], "team/pod-1 of DaemonSet x on node a, stage sandbox, for 2m 30s");
    assert!(finding.look.contains("kubectl get node a"), "{}", finding.look);
}

#[test]
fn one_abandoned_pod_never_wakes_anybody_but_one_of_the_system_does() {
    for (namespace, expected) in [("team", Severity::Warning), ("kube-system", Severity::Critical)] {
        let mut cache = cluster();
        stuck(&mut cache, 1, namespace);
        assert_eq!(findings(&cache.snapshot(at(100)))[0].severity, Severity::Info);
        assert_eq!(findings(&cache.snapshot(at(100_000)))[0].severity, expected, "{namespace}");
    }
}

#[test]
fn a_quiet_cluster_has_no_findings_and_neither_has_an_unknown_one() {
    assert_eq!(findings(&cluster().snapshot(at(100))), []);
    assert_eq!(findings(&Cache::new(Settings::new(start())).snapshot(at(100))), []);
}

#[test]
fn names_from_the_cluster_cannot_steer_a_terminal() {
    let mut cache = cluster();
    cache.apply(pod(1).name("\u{1b}[2Jx").on("a", 0).waits("ErrImagePull", "not found").0, start());
    let snapshot = cache.snapshot(at(100));
    let text = plain(&findings(&snapshot), snapshot.now);
    assert!(text.contains("[2Jx") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn nodes_that_start_or_leave_are_no_finding() {
    let mut cache = cluster();
    cache.apply(node("new", 501).created(0).ready("False", "KubeletNotReady", "", 1).0, at(1));
    cache.apply(node("old", 502).taint("karpenter.sh/disrupted").ready("Unknown", "NodeStatusUnknown", "", 1).0, at(1));
    assert_eq!(findings(&cache.snapshot(at(100))), []);
    cache.apply(node("broken", 503).ready("False", "KubeletNotReady", "", 1).0, at(1));
    assert_eq!(findings(&cache.snapshot(at(100)))[0].title, "1 node not ready");
}

#[test]
fn interfaces_that_completed_pods_hold_are_told_with_the_numbers_that_do_not_fit() {
    let mut cache = Cache::new(Settings { completed_pods: CompletedPods::Held, ..Settings::new(start()) });
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), start());
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    cache.apply(node("a", 500).branch_enis(3).0, start());
    let done = |number, eni| pod(number).on("a", 0).branch_enis(&[eni]).phase("Succeeded").0;
    cache.apply(pod(1).on("a", 0).branch_enis(&["eni-1"]).is("main", running()).0, start());
    cache.apply(done(2, "eni-2"), start());
    let severity = |cache: &mut Cache, seconds| findings(&cache.snapshot(at(seconds)))[0].severity;
    assert_eq!(severity(&mut cache, 100), Severity::Info, "one is still free");
    assert_eq!(severity(&mut cache, 1800), Severity::Warning, "nobody is going to delete it");

    cache.apply(done(3, "eni-3"), start());
    cache.apply(pod(4).on("a", 90).requests_branch_eni().is("main", running()).0, at(90));
    let snapshot = cache.snapshot(at(100));
    let [finding] = &findings(&snapshot)[..] else { panic!("{}", plain(&findings(&snapshot), snapshot.now)) };
    assert_eq!(
        (finding.severity, finding.title.as_str(), finding.since),
        (Severity::Warning, "2 branch ENIs held by completed pods on 1 node", start())
    );
    assert_eq!(
        finding.examples,
        ["a: 2 requested of 3 allocatable, but 3 in use, 2 of them by pods that have ended; 1 pod waits for one"]
    );
    assert!(finding.look.contains("spec.nodeName=a,"), "{}", finding.look);
}

#[test]
fn no_hint_is_left_with_a_gap_where_a_name_belongs() {
    for cause in crate::diagnose::Cause::UNSCHEDULED {
        assert!(!super::pods::look_without_node(*cause).contains("{node}"), "{}", cause.as_str());
    }
}

#[test]
fn a_cause_is_found_though_older_pods_took_all_the_room_for_series() {
    let mut cache = cluster_with(Settings { pod_series_limit: 2, ..Settings::new(start()) });
    for number in 1..=3 {
        cache.apply(pod(number).on("a", 0).waits("ErrImagePull", "not found").0, start());
    }
    for number in 4..=8 {
        cache.apply(pod(number).on("a", 10).waits("ContainerCreating", "").0, at(10));
        cache.apply(event(number, "FailedCreatePodSandBox", told::SECCOMP, 11), at(11));
    }
    let findings = findings(&cache.snapshot(at(400)));
    let titles: Vec<_> = findings.iter().map(|finding| finding.title.as_str()).collect();
    assert_eq!(titles, ["5 pods being created: seccomp_bpf_limit", "3 pods being created: image_pull"]);
    assert_eq!((findings[0].severity, findings[0].more), (Severity::Critical, 5));
}

#[test]
fn one_old_pod_and_a_fresh_one_are_not_several_that_hang_for_too_long() {
    let mut cache = cluster();
    stuck(&mut cache, 1, "team");
    cache.apply(pod(2).on("a", 930).waits("ContainerCreating", "").0, at(930));
    cache.apply(event(2, "FailedCreatePodSandBox", told::SECCOMP, 931), at(931));
    assert_eq!(findings(&cache.snapshot(at(1000)))[0].severity, Severity::Warning);
    assert_eq!(findings(&cache.snapshot(at(1300)))[0].severity, Severity::Critical);
}

#[test]
fn a_daemon_sets_pod_without_a_node_is_no_finding() {
    let mut cache = cluster();
    cache.apply(
        pod(1).unschedulable("0/1 nodes are available: 1 Insufficient cpu.", 0).owner("DaemonSet", "x", 9).0,
        at(1),
    );
    assert_eq!(findings(&cache.snapshot(at(5000))), []);
}
