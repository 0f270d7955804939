//! Trouble that ends: what is not true any more is not served any more.

use serde_json::json;

use crate::support::{
    cluster::Cluster,
    objects::{Object, all_running, ready},
    page::Page,
};

const AGE: &str = "eks_pod_container_creating_age_seconds";
const INFO: &str = "eks_pod_container_creating_info";

fn is_stuck(page: &Page, pod: &Object) -> bool {
    let uid = [("uid", pod.uid.as_str())];
    page.has(AGE, &uid) && page.has(INFO, &uid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_that_runs_or_goes_takes_its_series_with_it() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let runs = cluster.pod("shop", "runs").on("node-a").create().await;
    let goes = cluster.pod("shop", "goes").on("node-a").create().await;
    let page = exporter.shows("both pods", |page| is_stuck(page, &runs) && is_stuck(page, &goes)).await;
    assert!(page.says("eks_node_pods_container_creating", &[("node", "node-a")], 2));

    cluster.patch_status(&runs, all_running()).await;
    exporter.shows("one pod less", |page| !page.mentions(&runs.uid) && is_stuck(page, &goes)).await;

    cluster.delete(&goes).await;
    let page = exporter.shows("no pod", |page| !page.mentions(&goes.uid)).await;
    assert_eq!(page.values_of("eks_pods_container_creating", "namespace").len(), 1, "only the zeros without one");
    assert!(!page.has("eks_node_pods_container_creating", &[]), "{}", page.explanation());
    assert!(!page.has("eks_pods_container_creating_oldest_age_seconds", &[]), "{}", page.explanation());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_made_again_under_its_name_is_another_pod() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let first = cluster.pod("shop", "db-0").on("node-a").create().await;
    cluster.warn(&first, "FailedMount", "MountVolume.SetUp failed for volume \"data\" : no such device").await;
    exporter.shows("the first", |page| page.has(INFO, &[("uid", &first.uid), ("cause", "volume_mount")])).await;

    cluster.delete(&first).await;
    let second = cluster.pod("shop", "db-0").on("node-a").create().await;

    assert_ne!(first.uid, second.uid);
    let page = exporter.shows("the second", |page| is_stuck(page, &second)).await;
    assert!(!page.mentions(&first.uid), "{}", page.explanation());
    assert!(
        page.has(INFO, &[("uid", &second.uid), ("cause", "unknown")]),
        "what was told of the first is not about it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_leaves_pods_with_cause_node_down_and_no_series_of_its_own() {
    let cluster = Cluster::start().await;
    let lost = [ready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")];
    let node = cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let pod = cluster.pod("shop", "web-0").on("node-a").create().await;
    exporter.shows("the stuck pod", |page| page.has(INFO, &[("uid", &pod.uid), ("cause", "unknown")])).await;

    cluster.patch_status(&node, json!({"conditions": lost})).await;
    exporter
        .shows("a silent node", |page| {
            page.has("eks_node_not_ready_age_seconds", &[("node", "node-a")])
                && page.has("eks_node_not_ready_info", &[("node", "node-a"), ("reason", "NodeStatusUnknown")])
                && page.has(INFO, &[("uid", &pod.uid), ("cause", "node_down")])
        })
        .await;

    cluster.delete(&node).await;
    let page = exporter.shows("no node", |page| page.all("eks_nodes", &[]).iter().all(|nodes| nodes.is(0))).await;
    assert!(page.has(INFO, &[("uid", &pod.uid), ("cause", "node_down")]), "{}", page.explanation());
    for family in ["eks_node_not_ready_age_seconds", "eks_node_not_ready_info", "eks_node_pods_container_creating"] {
        assert!(!page.has(family, &[]), "{}", page.explanation());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_outlives_the_event_that_told_it() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let pod = cluster.pod("shop", "web-0").on("node-a").create().await;
    let event =
        cluster.warn(&pod, "FailedMount", "MountVolume.SetUp failed for volume \"data\" : no such device").await;
    let told = |page: &Page| page.has(INFO, &[("uid", &pod.uid), ("cause", "volume_mount")]);
    exporter.shows("the cause", told).await;

    cluster.delete(&event).await;

    let deleted = [("resource", "events_warning"), ("event", "deleted")];
    exporter.keeps_showing("the cause", told, |page| page.says("eksporter_watch_events_total", &deleted, 1)).await;
    cluster.patch_status(&pod, all_running()).await;
    exporter.shows("no pod", |page| !page.mentions(&pod.uid)).await;
}
