//! Nodes.

use super::*;
use crate::objects::keys;

fn not_ready(cache: &mut Cache, seconds: i64) -> Vec<(String, i64)> {
    let snapshot = cache.snapshot(at(seconds));
    let nodes = snapshot.nodes.expect("nodes are known");
    nodes
        .not_ready
        .iter()
        .map(|node| (node.names.node.to_string(), snapshot.now.duration_since(node.since).as_secs()))
        .collect()
}

#[test]
fn the_clock_of_a_node_that_is_not_ready_does_not_start_again_when_it_falls_silent() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(node("a", 500).ready("False", "KubeletNotReady", "", 10).0, at(10));
    cache.apply(node("a", 500).ready("Unknown", "NodeStatusUnknown", "", 50).0, at(50));
    assert_eq!(not_ready(&mut cache, 100), [("a".to_owned(), 90)]);
    cache.apply(node("a", 500).0, at(110));
    assert_eq!(not_ready(&mut cache, 120), []);
    cache.apply(node("a", 500).ready("False", "KubeletNotReady", "", 130).0, at(130));
    assert_eq!(not_ready(&mut cache, 140), [("a".to_owned(), 10)]);
}

#[test]
fn the_same_name_on_another_machine_is_another_node() {
    let mut cache = synced();
    cache.apply(node("a", 500).ready("False", "KubeletNotReady", "", 10).0, at(10));
    cache.apply(node("a", 501).created(60).ready("False", "KubeletNotReady", "", 62).0, at(62));
    assert_eq!(not_ready(&mut cache, 100), [("a".to_owned(), 38)]);
    cache.delete(&node("a", 500).0, at(101)); // heard late
    assert_eq!(not_ready(&mut cache, 102).len(), 1);
}

#[test]
fn nodes_are_counted_by_pool_zone_readiness_and_phase_of_life() {
    let mut cache = synced();
    let worker =
        |name: &str, number| node(name, number).label(keys::NODEGROUP, "workers").label(keys::ZONE_ID, "use1-az1");
    cache.apply(worker("a", 500).0, start());
    cache.apply(worker("b", 501).0, start());
    cache.apply(worker("c", 502).created(-60).ready("False", "KubeletNotReady", "", -58).0, start());
    cache.apply(worker("d", 503).taint("karpenter.sh/disrupted").0, start());
    let counts = |cache: &mut Cache, seconds| -> Vec<String> {
        said(&cache.snapshot(at(seconds))).into_iter().filter(|line| line.starts_with("eks_nodes")).collect()
    };
    let line = |ready: &str, lifecycle: &str, count| {
        format!(
            "eks_nodes{{pool=\"workers\",pool_kind=\"nodegroup\",zone_id=\"use1-az1\",ready=\"{ready}\",lifecycle=\"{lifecycle}\"}} {count}"
        )
    };
    assert_eq!(
        counts(&mut cache, 0),
        [line("false", "starting", 1), line("true", "serving", 2), line("true", "leaving", 1)]
    );
    assert_eq!(
        counts(&mut cache, 540),
        [line("false", "serving", 1), line("true", "serving", 2), line("true", "leaving", 1)],
        "ten minutes after it was made it is not starting any more"
    );
}

#[test]
fn fargate_nodes_are_counted_but_have_no_series() {
    let mut cache = synced();
    let fargate = node("fargate-1", 500).label(keys::COMPUTE_TYPE, "fargate").ready("False", "KubeletNotReady", "", 0);
    cache.apply(fargate.0, start());
    let lines = said(&cache.snapshot(at(90)));
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("eks_nodes{"));
}

#[test]
fn a_node_that_goes_takes_its_series_along_and_its_pods_have_no_node() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(node("b", 501).0, start());
    cache.apply(pod(1).on("a", 0).0, start());
    let by_node = |cache: &mut Cache| cache.snapshot(at(90)).pods.unwrap().creating_by_node;
    assert_eq!(by_node(&mut cache).len(), 1);
    cache.delete(&node("a", 500).0, at(80));
    assert_eq!(by_node(&mut cache), []);
    assert_eq!(cause(&mut cache, 90), Cause::NodeDown);
}

#[test]
fn a_cause_follows_its_node() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).waits("ErrImagePull", "not found").0, start());
    cache.apply(node("b", 501).0, start());
    assert_eq!(cause(&mut cache, 90), Cause::NodeDown);
    cache.apply(node("a", 500).ready("False", "KubeletNotReady", told::NOT_INITIALIZED, 0).0, at(91));
    assert_eq!(cause(&mut cache, 92), Cause::CniUnavailable);
    cache.apply(node("a", 500).0, at(93));
    assert_eq!(cause(&mut cache, 94), Cause::ImagePull);
    cache.apply(node("a", 500).ready("Unknown", "NodeStatusUnknown", "", 95).0, at(95));
    assert_eq!(cause(&mut cache, 96), Cause::NodeDown);
}

#[test]
fn a_node_that_cannot_be_read_is_not_gone() {
    let mut cache = synced();
    cache.apply(node("b", 501).0, start());
    cache.apply(pod(1).on("a", 10).waits("ContainerCreating", "").0, at(10));
    assert_eq!(cause(&mut cache, 100), Cause::NodeDown);
    Index::<Node>::unreadable(&mut cache, true, at(100));
    assert_eq!(cause(&mut cache, 100), Cause::Unknown);
    list(&mut cache, &Scope::cluster(), [node("b", 501).0]);
    assert_eq!(cause(&mut cache, 110), Cause::Unknown, "until a list shows that all can be read");
    Index::<Node>::unreadable(&mut cache, false, at(120));
    assert_eq!(cause(&mut cache, 120), Cause::NodeDown);
}
