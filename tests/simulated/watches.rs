//! Faults of watches under way.

use std::time::Duration;

use eksporter::{
    demo::api::Shape,
    objects::{Kind as _, Pod},
};

use super::{
    cluster::{Cluster, label, running, stuck, two_stuck},
    faults,
};

/// The store's first version; what it is given before it is served has the next ones.
const FIRST_VERSION: u64 = 1000;

/// The answer to the first streaming list of pods goes wrong after both pods and the bookmark; then all is well.
fn once(answer: eksporter::demo::api::Answer) -> impl eksporter::demo::api::Faults {
    faults::on("pods", Shape::StreamingList, 0..1, answer)
}

/// What happens after the fault is seen, and nothing is lost or doubled.
async fn goes_on(cluster: &Cluster) {
    cluster.overdue(&["one", "two"]).await;
    cluster.put(stuck("three"));
    cluster.put(running("one"));
    cluster.overdue(&["three", "two"]).await;
}

#[tokio::test]
async fn a_410_in_mid_watch_is_a_routine_new_list() {
    let cluster = Cluster::faulty(two_stuck(), once(faults::expired(3)));
    goes_on(&cluster).await;
    assert_eq!(cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"expired\"}").await, 1);
    assert_eq!(cluster.counted("eksporter_watch_lists_total{resource=\"pods\"}").await, 2);
}

#[tokio::test]
async fn a_stream_cut_inside_a_line_is_resumed_and_counted_as_transport() {
    let cluster = Cluster::faulty(two_stuck(), once(faults::cut_in_line(3)));
    goes_on(&cluster).await;
    cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"transport\"}").await;
    assert_eq!(cluster.counted("eksporter_watch_lists_total{resource=\"pods\"}").await, 1, "no new list is needed");
}

#[tokio::test]
async fn a_stream_that_ends_inside_a_line_is_resumed() {
    let cluster = Cluster::faulty(two_stuck(), once(faults::ended_in_line(3)));
    goes_on(&cluster).await;
}

#[tokio::test]
async fn a_stream_cut_inside_a_frame_is_resumed_after_the_last_whole_one() {
    let pod: Pod = serde_json::from_value(stuck("framed")).expect("a pod");
    let with = |name: &str| {
        let mut pod = pod.clone();
        name.clone_into(&mut pod.metadata.name);
        pod.metadata.uid = format!("uid-of-{name}");
        pod.metadata.resource_version = FIRST_VERSION.to_string();
        faults::frame("ADDED", &pod)
    };
    let frames = [with("whole"), faults::end_of_list::<Pod>(&(FIRST_VERSION + 3).to_string()), with("half")];
    let cluster = Cluster::faulty(two_stuck(), once(faults::cut_in_frame(&frames)));
    cluster.overdue(&["whole"]).await;
    cluster.put(stuck("after"));
    cluster.overdue(&["after", "whole"]).await;
    assert_eq!(Pod::PLURAL, "pods");
    cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"transport\"}").await;
}

#[tokio::test]
async fn garbage_between_lines_is_counted_and_the_rest_is_read() {
    let cluster = Cluster::faulty(two_stuck(), once(faults::garbage_line(1)));
    goes_on(&cluster).await;
    cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"decode\"}").await;
}

#[tokio::test]
async fn an_object_that_does_not_decode_is_counted_and_loses_no_other() {
    let cluster = Cluster::faulty(two_stuck(), once(faults::undecodable_object(1)));
    goes_on(&cluster).await;
    assert_eq!(cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"decode\"}").await, 1);
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up_and_what_it_told_is_forgotten_not_kept_for_ever() {
    let faults = faults::on("pods", Shape::StreamingList, 0..1, faults::stalled(3));
    let cluster = Cluster::with(two_stuck(), faults, &[], Duration::from_secs(3));
    cluster.overdue(&["one", "two"]).await;
    cluster.store.delete(&stuck("one")).expect("deleted");
    cluster.overdue(&["two"]).await;
    assert!(cluster.counted("eksporter_watch_lists_total{resource=\"pods\"}").await >= 2);
}

#[tokio::test]
async fn a_429_is_counted_as_throttling_and_waited_for_as_long_as_it_asks() {
    let begun = std::time::Instant::now();
    let cluster = Cluster::faulty(two_stuck(), faults::on("pods", Shape::StreamingList, 0..1, faults::throttled(2)));
    cluster.overdue(&["one", "two"]).await;
    assert!(begun.elapsed() >= Duration::from_secs(2), "it asked for two seconds");
    assert_eq!(cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"throttled\"}").await, 1);
}

#[tokio::test]
async fn a_gateway_without_a_server_is_retried_and_counted_as_the_servers_fault() {
    let cluster = Cluster::faulty(two_stuck(), faults::on("pods", Shape::StreamingList, 0..2, faults::bad_gateway()));
    cluster.overdue(&["one", "two"]).await;
    assert_eq!(cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"server\"}").await, 2);
}

#[tokio::test]
async fn an_oversized_frame_is_refused_before_memory_is_taken_for_it() {
    let cluster = Cluster::faulty(two_stuck(), once(faults::oversized_frame()));
    cluster.overdue(&["one", "two"]).await;
    cluster.counted("eksporter_watch_errors_total{resource=\"pods\",reason=\"decode\"}").await;
}

#[tokio::test]
async fn the_same_name_with_a_new_uid_replaces_the_former_pod() {
    let cluster = Cluster::sound(two_stuck());
    cluster.overdue(&["one", "two"]).await;
    let uids = |series: &[String]| -> Vec<String> {
        let one = series.iter().filter(|line| label(line, "pod") == Some("one"));
        one.filter_map(|line| label(line, "uid").map(str::to_owned)).collect()
    };
    let before = uids(&cluster.series("eks_pod_container_creating_age_seconds"));
    cluster.store.delete(&stuck("one")).expect("deleted");
    cluster.put(stuck("one"));
    let replaced = |series: &[String]| uids(series).len() == 1 && uids(series) != before;
    let after = cluster.eventually("eks_pod_container_creating_age_seconds", replaced).await;
    assert_eq!(after.len(), 2);
}
