//! Faults of lists, and rights.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use eksporter::demo::api::Asked;

use super::{
    cluster::{Cluster, node, stuck, two_stuck},
    faults,
};

/// A fault that the test switches on and off.
fn switched(
    plural: &'static str,
    answer: &eksporter::demo::api::Answer,
) -> (Arc<AtomicBool>, impl eksporter::demo::api::Faults + use<>) {
    let on = Arc::new(AtomicBool::new(true));
    let (state, answer) = (Arc::clone(&on), answer.clone());
    (on, move |asked: &Asked| (asked.plural == plural && state.load(Ordering::Relaxed)).then(|| answer.clone()))
}

#[tokio::test]
async fn a_422_falls_back_to_paged_lists_in_json_and_in_protobuf() {
    for refused in [faults::no_watch_list(), faults::no_watch_list_in_protobuf()] {
        let fault =
            move |asked: &Asked| (asked.shape == eksporter::demo::api::Shape::StreamingList).then(|| refused.clone());
        let cluster = Cluster::faulty(two_stuck(), fault);
        cluster.overdue(&["one", "two"]).await;
        cluster.put(stuck("three"));
        cluster.overdue(&["one", "three", "two"]).await;
        assert_eq!(cluster.counted("eksporter_watch_list_fallbacks_total{resource=\"pods\"}").await, 1);
    }
}

#[tokio::test]
async fn without_the_right_to_pods_there_are_no_pod_families_and_with_it_they_come() {
    let (denied, fault) = switched("pods", &faults::forbidden("pods"));
    let cluster = Cluster::faulty(two_stuck(), fault);
    cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"forbidden\"}").await;
    cluster.eventually("eks_nodes", |series| !series.is_empty()).await;
    assert_eq!(cluster.series("eks_pods"), [""; 0], "not zero");
    assert_eq!(
        cluster.series("eksporter_collector_up{collector=\"pods\"}"),
        ["eksporter_collector_up{collector=\"pods\"} 0"]
    );
    assert_eq!(cluster.exporter().readiness(), Ok(()), "it says all that it may know");
    denied.store(false, Ordering::Relaxed);
    cluster.overdue(&["one", "two"]).await;
}

#[tokio::test]
async fn forbidden_nodes_never_look_like_missing_nodes() {
    let (_denied, fault) = switched("nodes", &faults::forbidden("nodes"));
    let cluster = Cluster::faulty(vec![stuck("one")], fault);
    cluster.overdue(&["one"]).await;
    let info = cluster.series("eks_pod_container_creating_info");
    assert!(info[0].contains("cause=\"unknown\""), "{info:?}");
    assert_eq!(cluster.series("eks_nodes"), [""; 0]);
}

#[tokio::test]
async fn until_everything_that_a_diagnosis_rests_on_is_read_nothing_is_said_of_the_cluster() {
    let (held, fault) = switched("events", &faults::stalled(0));
    let cluster = Cluster::faulty(two_stuck(), fault);
    cluster
        .eventually("eksporter_watch_synced{resource=\"pods\"}", |series| {
            series == ["eksporter_watch_synced{resource=\"pods\"} 1"]
        })
        .await;
    assert_eq!(cluster.series("eks_"), [""; 0]);
    let missing = cluster.exporter().readiness().expect_err("not ready");
    assert_eq!(missing, ["events: not synced yet"]);
    held.store(false, Ordering::Relaxed);
}

#[tokio::test]
async fn a_crd_that_comes_is_followed_and_one_that_is_not_there_is_no_fault() {
    let cluster = Cluster::sound(vec![node("node-a")]);
    cluster
        .eventually("eksporter_collector_info{collector=\"nodeclaims\"", |series| {
            series == ["eksporter_collector_info{collector=\"nodeclaims\",state=\"absent\"} 1"]
        })
        .await;
    assert_eq!(cluster.series("eksporter_collector_up{collector=\"nodeclaims\"}"), [""; 0]);
}

#[tokio::test]
async fn with_namespaces_only_theirs_are_told() {
    let mut other = stuck("elsewhere");
    other["metadata"]["namespace"] = "other".into();
    let mut objects = two_stuck();
    objects.push(other);
    let cluster =
        Cluster::with(objects, eksporter::demo::api::NoFaults, &["--namespaces=team,empty"], Duration::from_mins(5));
    cluster.overdue(&["one", "two"]).await;
    assert!(
        cluster.series("eks_").iter().all(|line| !line.contains("namespace=\"other\"")),
        "{:?}",
        cluster.series("eks_")
    );
}
