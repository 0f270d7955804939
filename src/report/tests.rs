//! Findings.

use super::{Severity, findings, plain};
use crate::{
    cache::{ADDON_NAMESPACE, Cache, Index, Scope, Settings, VersionIndex},
    objects::{AddonPod, DaemonSet, Node, Pod},
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
    stuck_on(cache, number, namespace, "a", "DaemonSet");
}

fn stuck_on(cache: &mut Cache, number: u32, namespace: &str, node: &str, owner_kind: &str) {
    cache.apply(
        pod(number).namespace(namespace).on(node, 0).owner(owner_kind, "x", 9).waits("ContainerCreating", "").0,
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
fn one_pod_wakes_nobody_but_one_of_the_system_does_for_a_day() {
    for (namespace, expected) in [("team", Severity::Warning), ("kube-system", Severity::Critical)] {
        let mut cache = cluster();
        stuck_on(&mut cache, 1, namespace, "a", "StatefulSet");
        let told = [100, 1000, 100_000].map(|seconds| findings(&cache.snapshot(at(seconds)))[0].severity);
        assert_eq!(told, [Severity::Info, expected, Severity::Warning], "{namespace}");
    }
}

#[test]
fn a_daemon_sets_pods_of_the_system_wake_somebody_when_they_hang_on_several_nodes() {
    let mut cache = cluster();
    stuck(&mut cache, 1, "kube-system");
    stuck(&mut cache, 2, "kube-system");
    assert_eq!(findings(&cache.snapshot(at(1000)))[0].severity, Severity::Warning, "the node is the trouble");
    cache.apply(node("b", 501).0, start());
    stuck_on(&mut cache, 3, "kube-system", "b", "DaemonSet");
    assert_eq!(findings(&cache.snapshot(at(1000)))[0].severity, Severity::Critical);
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
fn a_fresh_pod_of_the_system_gives_no_weight_to_one_that_was_abandoned() {
    let mut cache = cluster();
    stuck(&mut cache, 1, "team");
    cache.apply(pod(2).namespace("kube-system").on("a", 930).waits("ContainerCreating", "").0, at(930));
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

/// A cluster of two nodes on that minor version of Kubernetes, with these pods in kube-system and both `DaemonSets`.
fn with_addons(minor: u32, pods: &[AddonPodBuilder]) -> Cache {
    let (mut cache, system) = (cluster(), Scope::namespace(ADDON_NAMESPACE));
    let kubelet = format!("v1.{minor}.2");
    cache.apply(node("a", 500).kubelet(&kubelet).0, start());
    cache.apply(node("b", 501).kubelet(&kubelet).0, start());
    for pod in pods {
        cache.apply(pod.0.clone(), start());
    }
    cache.apply(daemon_set("aws-node", 900), start());
    cache.apply(daemon_set("kube-proxy", 901), start());
    Index::<AddonPod>::finish(&mut cache, &system, start());
    Index::<DaemonSet>::finish(&mut cache, &system, start());
    cache.server_version("", 1, minor, start());
    cache
}

fn on_both(set: &str, number: u32, image: &str) -> [AddonPodBuilder; 2] {
    [daemon(set, number, "a", image), daemon(set, number + 1, "b", image)]
}

fn told(cache: &mut Cache, seconds: i64) -> Vec<(Severity, String)> {
    findings(&cache.snapshot(at(seconds))).into_iter().map(|finding| (finding.severity, finding.title)).collect()
}

#[test]
fn incident_2_is_told_by_what_was_left_behind() {
    let pods = [on_both("aws-node", 1, OLD_CNI), on_both("kube-proxy", 3, OLD_KUBE_PROXY)].concat();
    let mut cache = with_addons(25, &pods);
    let expected = [
        "vpc-cni v1.10.1-eksbuild.1 is older than what goes with this version of Kubernetes: >=1.11.4",
        "kube-proxy v1.21.2-eksbuild.2 is 4 minors behind the API server, 1.25",
    ];
    assert_eq!(told(&mut cache, 100), expected.map(|title| (Severity::Critical, title.to_owned())));
    cache.apply(daemon("aws-node", 1, "a", OLD_CNI).ready(false, 110).0, at(110));
    assert_eq!(told(&mut cache, 120)[2], (Severity::Info, "aws-node not ready on 1 node".to_owned()));
    assert_eq!(told(&mut cache, 2000)[2], (Severity::Warning, "aws-node not ready on 1 node".to_owned()));
    cache.apply(daemon("aws-node", 2, "b", OLD_CNI).ready(false, 130).0, at(130));
    assert!(told(&mut cache, 2000).contains(&(Severity::Critical, "aws-node not ready on 2 nodes".to_owned())));
}

#[test]
fn an_agent_that_was_abandoned_gives_no_weight_to_one_on_a_new_node() {
    let pods = [on_both("aws-node", 1, CNI), on_both("kube-proxy", 3, KUBE_PROXY)].concat();
    let mut cache = with_addons(28, &pods);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(false, 10).0, at(10));
    cache.apply(daemon("aws-node", 2, "b", CNI).ready(false, 1990).0, at(1990));
    let title = "aws-node not ready on 2 nodes".to_owned();
    assert_eq!(told(&mut cache, 2000), [(Severity::Warning, title.clone())]);
    assert_eq!(told(&mut cache, 2600), [(Severity::Critical, title)]);
}

#[test]
fn an_agent_that_is_ready_again_wakes_nobody_while_it_may_still_fail_again() {
    let pods = [on_both("aws-node", 1, CNI), on_both("kube-proxy", 3, KUBE_PROXY)].concat();
    let mut cache = with_addons(28, &pods);
    for (number, name) in [(1, "a"), (2, "b")] {
        cache.apply(daemon("aws-node", number, name, CNI).ready(false, 10).0, at(10));
    }
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(true, 1990).0, at(1990));
    let title = "aws-node not ready on 2 nodes";
    assert_eq!(told(&mut cache, 2000), [(Severity::Critical, title.to_owned())]);
    cache.apply(daemon("aws-node", 2, "b", CNI).ready(true, 1995).0, at(1995));
    let title = "aws-node not steadily ready on 2 nodes";
    assert_eq!(told(&mut cache, 2000), [(Severity::Warning, title.to_owned())]);
    assert_eq!(told(&mut cache, 2055), []);
}

#[test]
fn add_ons_that_go_with_the_api_server_are_no_finding() {
    let pods = [on_both("aws-node", 1, CNI), on_both("kube-proxy", 3, KUBE_PROXY)].concat();
    assert_eq!(told(&mut with_addons(28, &pods), 100), []);
}

#[test]
fn what_is_newer_than_the_api_server_is_told_as_that() {
    let pods = [on_both("aws-node", 1, CNI), on_both("kube-proxy", 3, KUBE_PROXY)].concat();
    let title = "kube-proxy v1.25.16-eksbuild.2 is newer than the API server, 1.24";
    assert_eq!(told(&mut with_addons(24, &pods), 100), [(Severity::Warning, title.to_owned())]);
}

#[test]
fn a_half_done_rollout_and_a_missing_agent_are_told() {
    let newer = "eks/kube-proxy:v1.26.1-eksbuild.1";
    let pods = [
        daemon("aws-node", 1, "a", CNI),
        daemon("kube-proxy", 3, "a", KUBE_PROXY),
        daemon("kube-proxy", 4, "b", newer),
    ];
    let mut cache = with_addons(26, &pods);
    assert_eq!(
        told(&mut cache, 100),
        [
            (Severity::Warning, "aws-node missing on 1 node".to_owned()),
            (Severity::Info, "kube-proxy runs in 2 versions".to_owned()),
        ]
    );
    cache.apply(node("b", 501).ready("Unknown", "NodeStatusUnknown", "", 110).0, at(110));
    assert!(!told(&mut cache, 120).iter().any(|(_, title)| title.contains("missing")), "the node is the trouble");
}
