//! Nodes: readiness, phase of life, pool.

use crate::{
    diagnose::{Lifecycle, NodeFacts, NotReadyReason, PoolKind, Ready, minor, pool},
    objects::{Key, keys},
    testing::*,
};

fn facts(node: NodeBuilder) -> NodeFacts {
    NodeFacts::of(&node.0, at(0))
}

#[test]
fn the_ready_condition_is_read_and_its_reasons_are_a_closed_set() {
    assert_eq!(facts(node("a", 1)).ready, Ready::Yes);
    for (status, reason, ready, known) in [
        ("False", "KubeletNotReady", Ready::No, NotReadyReason::KubeletNotReady),
        ("Unknown", "NodeStatusUnknown", Ready::Unknown, NotReadyReason::NodeStatusUnknown),
        ("Unknown", "NodeStatusNeverUpdated", Ready::Unknown, NotReadyReason::NodeStatusNeverUpdated),
        ("False", "\"} 1\n", Ready::No, NotReadyReason::Other),
    ] {
        let facts = facts(node("a", 1).ready(status, reason, "", -5));
        assert_eq!((facts.ready, facts.reason, facts.changed), (ready, known, at(-5)));
    }
    let silent = facts(node("a", 1).with_no_conditions());
    assert_eq!((silent.ready, silent.changed), (Ready::Unknown, silent.created));
}

#[test]
fn what_a_clock_that_is_ahead_says_to_come_has_happened_now() {
    let ahead = facts(node("a", 1).created(600).ready("False", "KubeletNotReady", "", 3600));
    assert_eq!((ahead.created, ahead.changed), (at(0), at(0)));
}

#[test]
fn a_network_that_is_not_ready_is_told_from_other_reasons() {
    assert!(facts(node("a", 1).ready("False", "KubeletNotReady", told::NOT_INITIALIZED, 0)).network_down);
    assert!(!facts(node("a", 1).ready("False", "KubeletNotReady", "PLEG is not healthy", 0)).network_down);
    assert!(!facts(node("a", 1).ready("True", "KubeletReady", told::NOT_INITIALIZED, 0)).network_down);
}

#[test]
fn a_node_that_was_never_ready_starts_for_ten_minutes() {
    let new = node("a", 1).created(-60).ready("False", "KubeletNotReady", "", -55);
    let life = |node: &NodeBuilder, was_ready, seconds| facts(node.clone()).lifecycle(was_ready, None, at(seconds)).0;
    assert_eq!(facts(new.clone()).lifecycle(false, None, at(0)), (Lifecycle::Starting, Some(at(540))));
    assert_eq!(life(&new, false, 540), Lifecycle::Serving);
    assert_eq!(life(&new, true, 0), Lifecycle::Serving, "seen ready");
    let silent = node("a", 1).created(-200).ready("Unknown", "NodeStatusNeverUpdated", "", -120);
    assert_eq!(life(&silent, false, 0), Lifecycle::Starting, "its kubelet has never said anything");
    let fell_silent = facts(node("a", 1).created(-200).ready("Unknown", "NodeStatusUnknown", "", -10));
    assert_eq!(fell_silent.lifecycle(false, Some(at(-195)), at(0)).0, Lifecycle::Starting, "not ready from the start");
    let was_ready = node("a", 1).created(-300).ready("False", "KubeletNotReady", "", -10);
    assert_eq!(life(&was_ready, false, 0), Lifecycle::Serving, "its condition changed long after it registered");
    assert_eq!(life(&node("a", 1).created(-60), false, 0), Lifecycle::Serving, "ready");
}

#[test]
fn a_node_leaves_when_those_who_take_nodes_away_say_so() {
    for taint in [
        "karpenter.sh/disrupted",
        "karpenter.sh/disruption",
        "ToBeDeletedByClusterAutoscaler",
        "aws-node-termination-handler/spot-itn",
        "node.cloudprovider.kubernetes.io/shutdown",
    ] {
        assert!(facts(node("a", 1).taint(taint)).leaving, "{taint}");
    }
    for taint in [
        "node.kubernetes.io/not-ready",
        "DeletionCandidateOfClusterAutoscaler",
        "aws-node-termination-handler/rebalance-recommendation",
        "dedicated",
    ] {
        assert!(!facts(node("a", 1).taint(taint)).leaving, "{taint}");
    }
}

#[test]
fn pools_are_told_by_the_labels_of_those_who_run_them() {
    let of = |labels: &[(Key, &str)]| {
        let node = labels.iter().fold(node("a", 1), |node, (key, value)| node.label(*key, value)).0;
        let (kind, name) = pool(&node.metadata);
        (kind, name.to_owned())
    };
    let eksctl = (keys::EKSCTL_NODEGROUP, "made-by-eksctl");
    assert_eq!(of(&[(keys::NODEGROUP, "workers"), eksctl]), (PoolKind::Nodegroup, "workers".to_owned()));
    assert_eq!(of(&[(keys::KARPENTER_NODEPOOL, "default")]), (PoolKind::Karpenter, "default".to_owned()));
    assert_eq!(of(&[(keys::KARPENTER_PROVISIONER, "old")]), (PoolKind::Karpenter, "old".to_owned()));
    let auto = [(keys::COMPUTE_TYPE, "auto"), (keys::KARPENTER_NODEPOOL, "general-purpose")];
    assert_eq!(of(&auto), (PoolKind::Auto, "general-purpose".to_owned()));
    assert_eq!(of(&[eksctl]), (PoolKind::Eksctl, "made-by-eksctl".to_owned()));
    assert_eq!(of(&[(keys::COMPUTE_TYPE, "fargate")]), (PoolKind::Fargate, String::new()));
    assert_eq!(of(&[(keys::COMPUTE_TYPE, "hybrid")]), (PoolKind::Hybrid, String::new()));
    assert_eq!(of(&[]), (PoolKind::None, String::new()));
}

#[test]
fn versions_that_cannot_be_read_are_none() {
    for (text, expected) in [
        ("v1.36.3-eks-0123456", Some(36)),
        ("v1.33+", Some(33)),
        ("v1.", None),
        ("1.36", None),
        ("v2.1.0", None),
        ("", None),
        ("v1.99999999999", None),
    ] {
        assert_eq!(minor(text), expected, "{text}");
    }
}

impl NodeBuilder {
    fn with_no_conditions(mut self) -> Self {
        self.0.status.conditions.clear();
        self
    }
}
