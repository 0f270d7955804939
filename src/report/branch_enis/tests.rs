//! Findings about branch ENIs.

use crate::{
    cache::{Cache, CompletedPods, Index, Scope, Settings},
    objects::{Node, Pod, keys},
    report::{Finding, Severity, findings, plain},
    testing::*,
};

const NO_ROOM: &str = "0/2 nodes are available: 2 Insufficient vpc.amazonaws.com/pod-eni.";

fn cluster(completed_pods: CompletedPods) -> Cache {
    let mut cache = Cache::new(Settings { completed_pods, ..Settings::new(start()) });
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), start());
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    cache
}

fn holder(number: u32, node: &str) -> Pod {
    pod(number).on(node, 0).branch_enis(&[&format!("eni-{number}")]).is("main", running()).0
}

fn waits_on(node: &str, number: u32, since: i64) -> Pod {
    pod(number).on(node, since).requests_branch_eni().waits("ContainerCreating", "").0
}

/// What is said under that key.
fn told(cache: &mut Cache, key: &str, seconds: i64) -> Option<Finding> {
    findings(&cache.snapshot(at(seconds))).into_iter().find(|finding| finding.key == key)
}

fn severity(cache: &mut Cache, key: &str, seconds: i64) -> Option<Severity> {
    told(cache, key, seconds).map(|finding| finding.severity)
}

#[test]
fn interfaces_that_completed_pods_hold_are_told_with_the_numbers_that_do_not_fit() {
    let mut cache = cluster(CompletedPods::Held);
    cache.apply(node("a", 500).branch_enis(3).0, start());
    let done = |number, eni| pod(number).on("a", 0).branch_enis(&[eni]).phase("Succeeded").0;
    cache.apply(pod(1).on("a", 0).branch_enis(&["eni-1"]).is("main", running()).0, start());
    cache.apply(done(2, "eni-2"), start());
    let severity = |cache: &mut Cache, seconds| findings(&cache.snapshot(at(seconds)))[0].severity;
    assert_eq!(severity(&mut cache, 100), Severity::Info, "one is still free");
    assert_eq!(severity(&mut cache, 1800), Severity::Warning, "nobody is going to delete it");

    cache.apply(pod(5).on("a", 40).requests_branch_eni().is("main", running()).0, at(40));
    assert_eq!(severity(&mut cache, 100), Severity::Info, "one is still free, and whoever waits has only just come");
    cache.delete(&pod(5).0, at(60));

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
fn pods_that_wait_for_their_branch_eni_are_a_page_after_three_minutes() {
    let mut cache = cluster(CompletedPods::Auto);
    cache.apply(node("a", 500).branch_enis(2).0, start());
    cache.apply(holder(1, "a"), start());
    cache.apply(waits_on("a", 2, 0), start());
    let key = "branch ENIs waited for";
    assert_eq!(severity(&mut cache, key, 179), None, "it may still come");
    assert_eq!(severity(&mut cache, key, 5000), Some(Severity::Warning), "one abandoned pod wakes nobody");
    cache.apply(waits_on("a", 3, 4900), at(4900));
    assert_eq!(severity(&mut cache, key, 5000), Some(Severity::Warning), "a fresh one beside it is ordinary");
    let finding = told(&mut cache, key, 5080).unwrap();
    assert_eq!(
        (finding.severity, finding.title.as_str(), finding.since),
        (Severity::Critical, "2 pods wait for a branch ENI on 1 node", start())
    );
    assert_eq!(finding.examples, ["a: 2 pods, the first for 1h 24m; 3 requested of 2 allocatable, 1 in use"]);
}

#[test]
fn one_pod_on_each_of_two_nodes_is_several() {
    let mut cache = cluster(CompletedPods::Auto);
    for (number, name) in [(1, "a"), (2, "b")] {
        cache.apply(node(name, 500 + number).branch_enis(2).0, start());
        cache.apply(waits_on(name, number, 0), start());
    }
    let finding = told(&mut cache, "branch ENIs waited for", 180).unwrap();
    assert_eq!(
        (finding.severity, finding.title.as_str()),
        (Severity::Critical, "2 pods wait for a branch ENI on 2 nodes")
    );
}

#[test]
fn the_pods_themselves_are_told_of_by_their_cause_after_five_minutes_and_are_a_page_after_ten() {
    let mut cache = cluster(CompletedPods::Auto);
    cache.apply(node("a", 500).branch_enis(2).0, start());
    for number in 1..=2 {
        cache.apply(waits_on("a", number, 0), start());
    }
    let severities =
        [299, 300, 599, 600].map(|seconds| severity(&mut cache, "pods being created: branch_eni", seconds));
    assert_eq!(severities, [Severity::Info, Severity::Warning, Severity::Warning, Severity::Critical].map(Some));
}

/// Two nodes of a pool, each with room for ten, and so many pods that have one on the first.
fn pool_with(pods: u32) -> Cache {
    let mut cache = cluster(CompletedPods::Auto);
    for (number, name) in [(1, "a"), (2, "b")] {
        cache.apply(node(name, 500 + number).label(keys::NODEGROUP, "payments").branch_enis(10).0, start());
    }
    for number in 1..=pods {
        cache.apply(holder(number, if number <= 10 { "a" } else { "b" }), start());
    }
    cache
}

#[test]
fn a_pool_that_is_all_but_requested_is_told_while_pods_have_no_node_for_want_of_branch_enis() {
    let mut cache = pool_with(19);
    let key = "branch ENIs all but requested";
    assert_eq!(severity(&mut cache, key, 5000), None, "a full pool alone is good packing");
    cache.apply(pod(90).unschedulable("0/2 nodes are available: 2 Insufficient cpu.", 0).0, start());
    assert_eq!(severity(&mut cache, key, 5000), None, "they lack something else");
    cache.apply(pod(91).unschedulable(NO_ROOM, 5000).owner("DaemonSet", "x", 9).0, at(5000));
    assert_eq!(severity(&mut cache, key, 9000), None, "it wants one node and no other");
    cache.apply(pod(92).unschedulable(NO_ROOM, 5000).0, at(5000));
    assert_eq!(severity(&mut cache, key, 6799), Some(Severity::Info), "an autoscaler may be at work");
    let finding = told(&mut cache, key, 6800).unwrap();
    assert_eq!((finding.severity, finding.since), (Severity::Warning, at(5000)));
    assert_eq!(
        finding.title,
        "1 pool has over 90 % of its branch ENIs requested, and 1 pod finds no node for want of them"
    );
    assert_eq!(finding.examples, ["nodegroup payments: 19 requested of 20 allocatable on 2 nodes"]);
}

#[test]
fn a_pool_with_room_is_not_all_but_requested_and_the_room_of_a_node_that_leaves_does_not_count() {
    let mut cache = pool_with(10);
    cache.apply(pod(92).unschedulable(NO_ROOM, 0).0, start());
    let key = "branch ENIs all but requested";
    assert_eq!(severity(&mut cache, key, 5000), None, "one node is full, and the other is empty");
    let leaving = node("b", 502).label(keys::NODEGROUP, "payments").branch_enis(10).taint("karpenter.sh/disrupted");
    cache.apply(leaving.0, start());
    assert_eq!(severity(&mut cache, key, 5000), Some(Severity::Warning));
}

#[test]
fn capacity_that_kubelet_does_not_take_over_is_told_after_two_minutes() {
    let mut cache = cluster(CompletedPods::Auto);
    cache.apply(node("a", 500).unusable_branch_enis(18).0, at(100));
    cache.apply(node("a", 500).unusable_branch_enis(18).0, at(150));
    let key = "branch ENIs not allocatable";
    assert_eq!(severity(&mut cache, key, 219), None, "kubelet may need some seconds");
    let finding = told(&mut cache, key, 220).unwrap();
    assert_eq!(
        (finding.severity, finding.title.as_str(), finding.since),
        (Severity::Warning, "1 node with branch ENIs that no pod can be given", at(100))
    );
    assert_eq!(finding.examples, ["a of no pool: room for 18, none allocatable, for 2m 0s"]);
    cache.apply(node("a", 500).branch_enis(18).0, at(300));
    cache.apply(node("a", 500).unusable_branch_enis(18).0, at(310));
    assert_eq!(severity(&mut cache, key, 400), None, "it counts from when it was seen anew");
}

#[test]
fn a_node_that_leaves_or_has_no_branch_enis_lacks_none() {
    let mut cache = cluster(CompletedPods::Auto);
    cache.apply(node("a", 500).unusable_branch_enis(18).taint("karpenter.sh/disrupted").0, start());
    cache.apply(node("b", 501).branch_enis(0).0, start());
    assert_eq!(severity(&mut cache, "branch ENIs not allocatable", 5000), None);
}
