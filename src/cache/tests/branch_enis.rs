//! Branch ENIs: which are used, who waits, what is free.

use jiff::SignedDuration;

use super::*;
use crate::{
    cache::{BranchUsage, CompletedPods, CoolDownIndex},
    diagnose::EniState,
    objects::keys,
};

/// A cache with the node `a`, which has room for three.
fn with_room(completed_pods: CompletedPods) -> Cache {
    let mut cache = synced_with(Settings { completed_pods, ..Settings::new(start()) });
    cache.apply(node("a", 500).branch_enis(3).0, start());
    cache
}

fn usage(cache: &mut Cache, seconds: i64) -> BranchUsage {
    let nodes = cache.snapshot(at(seconds)).branch_enis;
    assert_eq!(nodes.len(), 1);
    nodes[0].usage.clone().expect("pods are known")
}

/// The states that are not 0.
fn used(cache: &mut Cache, seconds: i64) -> Vec<(EniState, u32)> {
    let usage = usage(cache, seconds);
    EniState::ALL.into_iter().map(|state| (state, usage.used_as(state))).filter(|(_, count)| *count > 0).collect()
}

fn holder(number: u32, ids: &[&str]) -> PodBuilder {
    pod(number).on("a", 0).branch_enis(ids).is("main", running())
}

/// Ended at 100.
fn done(number: u32, ids: &[&str]) -> Pod {
    holder(number, ids).phase("Succeeded").is("main", ended(0, "Completed", 100)).0
}

#[test]
fn an_interface_that_several_pods_share_is_one_and_in_the_liveliest_state() {
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(holder(1, &["eni-1"]).0, at(1));
    cache.apply(holder(2, &["eni-1", "eni-2"]).0, at(1));
    assert_eq!(used(&mut cache, 2), [(EniState::Attached, 2)]);
    cache.apply(holder(2, &["eni-1", "eni-2"]).deleted(40).0, at(10));
    assert_eq!(used(&mut cache, 11), [(EniState::Attached, 1), (EniState::Terminating, 1)]);
    cache.delete(&holder(2, &[]).0, at(40));
    assert_eq!(used(&mut cache, 41), [(EniState::Attached, 1), (EniState::Cooldown, 1)]);
    assert_eq!(usage(&mut cache, 41).free, Some(1));
}

#[test]
fn an_interface_cools_down_for_the_cool_down_and_half_a_minute_after_its_pod() {
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(holder(1, &["eni-1"]).0, at(1));
    cache.delete(&holder(1, &[]).0, at(10));
    assert_eq!(used(&mut cache, 99), [(EniState::Cooldown, 1)]);
    assert_eq!(used(&mut cache, 100), []);
}

/// A node is called after its private address, which is given out anew when its machine is gone.
#[test]
fn a_machine_that_takes_a_name_over_has_nothing_of_the_pods_of_the_former() {
    let mut cache = with_room(CompletedPods::Released);
    for number in 1..5 {
        cache.apply(holder(number, &[&format!("eni-{number}")]).0, at(1));
    }
    cache.delete(&node("a", 500).0, at(50));
    cache.apply(holder(1, &["eni-1"]).phase("Failed").0, at(55));
    let again = node("a", 501).created(60).branch_enis(3).0;
    cache.apply(again.clone(), at(60));
    assert_eq!(used(&mut cache, 61), [(EniState::Attached, 3)], "what let go before it came cools down nowhere");
    cache.apply(holder(2, &["eni-2"]).phase("Failed").0, at(65));
    cache.delete(&holder(3, &[]).0, at(66));
    assert_eq!(used(&mut cache, 67), [(EniState::Attached, 1)]);
    cache.apply(pod(6).on("a", 70).branch_enis(&["eni-6"]).is("main", running()).0, at(70));
    cache.delete(&pod(6).0, at(80));
    assert_eq!(used(&mut cache, 81), [(EniState::Attached, 1), (EniState::Cooldown, 1)], "its own");
}

#[test]
fn what_a_new_list_does_not_show_is_deleted_and_cools_down_but_what_is_forgotten_is_not() {
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(holder(1, &["eni-1"]).0, at(1));
    list::<Pod>(&mut cache, &Scope::cluster(), []);
    assert_eq!(used(&mut cache, 5), [(EniState::Cooldown, 1)]);

    let mut cache = with_room(CompletedPods::Released);
    cache.apply(holder(1, &["eni-1"]).0, at(1));
    Index::<Pod>::forget(&mut cache, &Scope::cluster());
    let nodes = cache.snapshot(at(5)).branch_enis;
    assert_eq!((nodes[0].capacity, nodes[0].usage.clone()), (Some(3), None));
    list::<Pod>(&mut cache, &Scope::cluster(), []);
    assert_eq!(used(&mut cache, 5), []);
}

#[test]
fn a_pod_that_ended_long_ago_does_not_cool_down_again_when_it_is_deleted() {
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(done(1, &["eni-1"]), at(101));
    assert_eq!(used(&mut cache, 150), [(EniState::Cooldown, 1)]);
    assert_eq!(usage(&mut cache, 150).completed_pods, 0);
    assert_eq!(used(&mut cache, 190), []);
    assert_eq!(usage(&mut cache, 190).completed_pods, 1);
    cache.delete(&done(1, &[]), at(1000));
    assert_eq!(used(&mut cache, 1001), []);
    assert_eq!(usage(&mut cache, 1001).completed_pods, 0);
}

#[test]
fn completed_pods_still_hold_their_branch_eni_where_the_controller_is_old() {
    let mut cache = with_room(CompletedPods::Held);
    cache.apply(done(1, &["eni-1"]), at(101));
    cache.apply(done(2, &["eni-2"]), at(101));
    cache.apply(holder(3, &["eni-3"]).0, at(101));
    cache.apply(pod(4).on("a", 150).requests_branch_eni().0, at(150));
    let seen = usage(&mut cache, 600);
    assert_eq!(seen.used, [1, 0, 0, 2]);
    assert_eq!((seen.requested, seen.free, seen.completed_pods), (2, Some(0), 2));
    assert_eq!((seen.pending, seen.pending_since), (1, Some(at(150))));
    cache.delete(&done(1, &[]), at(600));
    assert_eq!(usage(&mut cache, 601).used, [1, 0, 1, 1], "only now it is let go of");
    assert_eq!(usage(&mut cache, 690).used, [1, 0, 0, 1]);
}

#[test]
fn a_pod_that_waits_holds_nothing_until_it_is_annotated() {
    let mut cache = with_room(CompletedPods::Auto);
    cache.apply(pod(1).on("a", 10).requests_branch_eni().0, at(10));
    let waiting = usage(&mut cache, 20);
    assert_eq!((waiting.pending, waiting.pending_since, waiting.requested), (1, Some(at(10)), 1));
    assert_eq!((waiting.used_in_all(), waiting.free), (0, Some(3)));
    cache.apply(pod(1).on("a", 10).branch_enis(&["eni-1"]).0, at(30));
    let annotated = usage(&mut cache, 31);
    assert_eq!((annotated.pending, annotated.pending_since, annotated.requested), (0, None, 1));
    assert_eq!((annotated.used_in_all(), annotated.free), (1, Some(2)));
}

#[test]
fn the_controllers_newest_notice_decides_where_nobody_else_does() {
    let said = |version: &str, seconds| {
        let message = format!("The node is managed by VPC resource controller version {version}");
        controller_event("ControllerVersionNotice", &message, seconds)
    };
    let mut cache = with_room(CompletedPods::Auto);
    cache.apply(done(1, &["eni-1"]), at(101));
    assert_eq!(used(&mut cache, 300), [], "nothing is known of the controller");
    cache.apply(said("v1.0.11", 310), at(310));
    assert_eq!(used(&mut cache, 311), [(EniState::Completed, 1)]);
    cache.apply(said("v1.7.1", 320), at(320));
    cache.apply(said("v1.0.11", 310), at(321));
    assert_eq!(used(&mut cache, 322), []);

    let mut cache = with_room(CompletedPods::Held);
    cache.apply(done(1, &["eni-1"]), at(101));
    cache.apply(said("v1.7.1", 320), at(320));
    assert_eq!(used(&mut cache, 322), [(EniState::Completed, 1)]);
}

#[test]
fn the_cluster_says_how_long_to_cool_down_and_the_flag_where_it_does_not() {
    let settings = Settings { branch_eni_cool_down: SignedDuration::from_secs(10), ..Settings::new(start()) };
    let mut cache = synced_with(settings);
    cache.apply(node("a", 500).branch_enis(3).0, start());
    cache.apply(done(1, &["eni-1"]), at(101));
    assert_eq!(used(&mut cache, 139), [(EniState::Cooldown, 1)]);
    assert_eq!(used(&mut cache, 140), []);
    cache.branch_eni_cool_down(Some("120"));
    assert_eq!(used(&mut cache, 140), [(EniState::Cooldown, 1)], "it was not over after all");
    assert_eq!(usage(&mut cache, 140).completed_pods, 0);
    cache.branch_eni_cool_down(None);
    assert_eq!(used(&mut cache, 140), []);
    assert_eq!(usage(&mut cache, 140).completed_pods, 1);
}

#[test]
fn the_controller_says_how_long_to_cool_down_where_the_config_map_does_not() {
    let told = |length: &str, seconds| {
        let message = format!("Branch ENI cool down period has been updated to {length}");
        controller_event("BranchENICoolDownPeriodUpdated", &message, seconds)
    };
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(done(1, &["eni-1"]), at(101));
    assert_eq!(used(&mut cache, 190), [], "60 s, by the flag");
    cache.apply(told("2m0s", 150), at(190));
    cache.apply(told("30s", 140), at(190));
    assert_eq!(used(&mut cache, 190), [(EniState::Cooldown, 1)], "the latest counts");
    assert_eq!(used(&mut cache, 250), []);
    cache.branch_eni_cool_down(Some("600"));
    cache.apply(told("30s", 260), at(260));
    assert_eq!(used(&mut cache, 300), [(EniState::Cooldown, 1)], "the ConfigMap wins");
    cache.branch_eni_cool_down(None);
    assert_eq!(used(&mut cache, 300), []);
}

#[test]
fn a_node_that_is_gone_has_no_series_and_its_interfaces_do_not_cool_down() {
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(holder(1, &["eni-1"]).0, at(1));
    cache.apply(holder(2, &["eni-2"]).0, at(1));
    cache.delete(&holder(2, &[]).0, at(2));
    cache.delete(&node("a", 500).0, at(3));
    assert!(cache.snapshot(at(4)).branch_enis.is_empty());
    cache.delete(&holder(1, &[]).0, at(5));
    cache.apply(node("a", 501).branch_enis(3).0, at(6));
    assert_eq!(used(&mut cache, 7), []);
    assert_eq!(usage(&mut cache, 7).free, Some(3));
}

#[test]
fn nodes_without_branch_enis_have_no_series_and_those_that_nobody_watches_have_no_room() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(node("b", 501).branch_enis(0).0, start());
    cache.apply(pod(1).on("a", 0).0, start());
    assert!(cache.snapshot(at(1)).branch_enis.is_empty());
    cache.apply(holder(2, &["eni-1"]).0, start());
    assert_eq!(usage(&mut cache, 1).free, None, "the node does not say what it has");
    Index::<Node>::forget(&mut cache, &Scope::cluster());
    assert_eq!(used(&mut cache, 1), [(EniState::Attached, 1)], "pods are known all the same");
}

#[test]
fn with_namespaces_nobody_can_say_what_a_node_holds_in_all() {
    let mut cache = synced_with(Settings { namespaces: vec!["team".to_owned()], ..Settings::new(start()) });
    cache.apply(node("a", 500).branch_enis(3).0, start());
    cache.apply(holder(1, &["eni-1"]).0, start());
    cache.apply(pod(2).on("a", 0).requests_branch_eni().0, start());
    let seen = usage(&mut cache, 1);
    assert_eq!((seen.used_in_all(), seen.all_seen, seen.free), (1, false, None));
    let told = said(&cache.snapshot(at(1)));
    let has = |family: &str| told.iter().any(|line| line.starts_with(&format!("eks_node_pod_eni_{family}{{")));
    assert_eq!(["used", "requested", "free"].map(has), [false; 3], "sums of which a part is unseen");
    assert_eq!(["capacity", "allocatable", "pending"].map(has), [true; 3]);
}

#[test]
fn an_annotation_that_cannot_be_read_is_no_interface_but_the_pod_counts() {
    let mut cache = with_room(CompletedPods::Released);
    cache.apply(pod(1).on("a", 0).requests_branch_eni().annotation(keys::POD_ENI, "[{").0, start());
    let seen = usage(&mut cache, 1);
    assert_eq!((seen.used_in_all(), seen.requested, seen.pending), (0, 1, 0));
}
