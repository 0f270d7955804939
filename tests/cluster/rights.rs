//! What the exporter may not see, it does not speak of.

use serde_json::json;

use crate::support::{
    cluster::{Cluster, manifest},
    objects::Object,
    page::Page,
};

const INFO: &str = "eks_pod_container_creating_info";

/// Families that only pods feed, with one that has zeros and one for each pod.
const OF_PODS: [&str; 4] =
    ["eks_pods_container_creating", INFO, "eks_pods_unscheduled", "eks_pods_terminating_overdue"];

fn forbidden(page: &Page, resource: &str) -> bool {
    let labels = [("resource", resource), ("reason", "forbidden")];
    page.value("eksporter_watch_errors_total", &labels).is_some_and(|errors| errors >= 1.0)
}

fn up(page: &Page, collector: &str, up: u32) -> bool {
    page.says("eksporter_collector_up", &[("collector", collector)], up)
}

#[tokio::test(flavor = "multi_thread")]
async fn families_vanish_with_the_right_to_see_pods_and_come_back_with_it() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let stays = cluster.pod("shop", "stays").on("node-a").create().await;
    let goes = cluster.pod("shop", "goes").on("node-a").create().await;
    exporter.shows("both pods", |page| page.all(INFO, &[]).len() == 2).await;

    cluster.forbid(&["pods"]).await;
    let page = exporter
        .shows("no families of pods", |page| OF_PODS.iter().all(|family| !page.has(family, &[])) && up(page, "pods", 0))
        .await;
    assert!(forbidden(&page, "pods"), "{}", page.explanation());
    assert!(page.says("eksporter_watch_synced", &[("resource", "pods")], 0));
    assert!(up(&page, "nodes", 1) && page.has("eks_nodes", &[]), "nodes are another matter");

    cluster.delete(&goes).await;
    let comes = cluster.pod("shop", "comes").on("node-a").create().await;
    cluster.permit(&["pods"]).await;
    let page = exporter.shows("families of pods", |page| up(page, "pods", 1)).await;
    let uids = page.values_of(INFO, "uid");
    assert_eq!(uids, [stays.uid, comes.uid].into(), "{}", page.explanation());
    assert!(!page.mentions(&goes.uid));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_binding_nothing_of_the_cluster_is_served() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    cluster.pod("shop", "stuck").on("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    exporter.shows("the stuck pod", |page| page.has(INFO, &[]) && page.has("eks_nodes", &[])).await;

    cluster.unbind().await;

    let page = exporter
        .shows("no collector that works", |page| {
            ["pods", "nodes", "events", "owners"].iter().all(|collector| up(page, collector, 0))
        })
        .await;
    for family in OF_PODS.into_iter().chain(["eks_nodes"]) {
        assert!(!page.has(family, &[]), "{}", page.explanation());
    }
    cluster.bind().await;
    exporter.shows("the stuck pod again", |page| page.has(INFO, &[]) && page.has("eks_nodes", &[])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_events_pods_are_told_of_with_cause_unknown() {
    let cluster = Cluster::start().await;
    cluster.forbid(&["events"]).await;
    cluster.node("node-a").create().await;
    let pod = cluster.pod("shop", "stuck").on("node-a").create().await;
    cluster.warn(&pod, "FailedMount", "MountVolume.SetUp failed for volume \"data\" : no such device").await;

    let exporter = cluster.exporter(&[]).await.ready().await;

    let page = exporter.shows("the stuck pod", |page| page.has(INFO, &[("uid", &pod.uid)])).await;
    assert!(page.has(INFO, &[("cause", "unknown")]), "{}", page.explanation());
    assert!(up(&page, "events", 0) && up(&page, "pods", 1), "{}", page.explanation());
    assert!(forbidden(&page, "events_warning") && forbidden(&page, "events_pulling"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nodes_pods_add_ons_and_branch_enis_are_told_as_far_as_pods_tell_them() {
    const POD_ENI: &str = "vpc.amazonaws.com/pod-eni";
    let cluster = Cluster::start().await;
    cluster.forbid(&["nodes"]).await;
    let count = json!({POD_ENI: "3"});
    cluster.node("node-a").with(json!({"status": {"capacity": count, "allocatable": count}})).create().await;
    let annotation = json!([{"eniId": "eni-1"}]).to_string();
    let holder = cluster.pod("shop", "holder").on("node-a").limited_to(POD_ENI, "1");
    holder.with(json!({"metadata": {"annotations": {POD_ENI: annotation}}})).create().await;
    let set = cluster.daemon_set("aws-node").await;
    let image = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.22.3-eksbuild.1";
    let agent = cluster.pod("kube-system", "aws-node-x7k2p").owned_by(&set);
    let agent = agent.with(json!({"spec": {"nodeName": "node-b", "containers": null}}));
    agent.with(json!({"spec": {"containers": [{"name": "aws-node", "image": image}]}})).create().await;

    let exporter = cluster.exporter(&[]).await.ready().await;

    let used = [("node", "node-a"), ("state", "attached")];
    let page = exporter
        .shows("what pods tell", |page| {
            page.has(INFO, &[]) && page.says("eks_node_pod_eni_used", &used, 1) && page.has("eks_addon_info", &[])
        })
        .await;
    assert!(forbidden(&page, "nodes") && up(&page, "nodes", 0) && up(&page, "pods", 1) && up(&page, "addons", 1));
    for family in ["eks_nodes", "eks_node_info", "eks_node_pod_eni_capacity", "eks_node_pod_eni_free"] {
        assert!(!page.has(family, &[]), "{}", page.explanation());
    }
    assert!(!page.has("eks_addon_node_not_ready_age_seconds", &[("state", "missing")]), "{}", page.explanation());
    assert!(!page.has(INFO, &[("cause", "node_down")]), "{}", page.explanation());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_why_the_exporter_is_not_ready() {
    let cluster = Cluster::start().await;
    let exporter = cluster.exporter_of("not-a-token", &[], |_| {});

    let page = exporter.shows("refused watches", |page| forbidden(page, "pods") && forbidden(page, "nodes")).await;

    let missing = exporter.readiness().expect_err("it knows nothing");
    assert!(missing.contains(&"pods: not synced yet: 401 Unauthorized".to_owned()), "{missing:?}");
    assert!(up(&page, "pods", 0) && up(&page, "nodes", 0) && up(&page, "version", 0));
    assert!(!page.has("eks_pods_container_creating", &[]) && !page.has("eks_nodes", &[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_gone_leaves_what_is_known_until_that_is_too_old() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let pod = cluster.pod("shop", "stuck").on("node-a").create().await;
    let exporter = cluster.exporter(&["--watch-stale-after=10s"]).await.ready().await;
    let told = |page: &Page| page.has(INFO, &[("uid", &pod.uid)]) && page.has("eks_nodes", &[]);
    exporter.shows("the stuck pod", told).await;

    // Tokens are believed for another ten seconds, then each request is answered with 401.
    cluster.delete(&Object::of(manifest("serviceaccount.yaml"))).await;

    exporter.keeps_showing("the stuck pod", told, |page| forbidden(page, "pods") && forbidden(page, "nodes")).await;
    exporter.shows("nothing", |page| !page.has(INFO, &[]) && !page.has("eks_nodes", &[])).await;
    let missing = exporter.readiness().expect_err("it knows nothing any more");
    assert!(missing.contains(&"pods: without contact for too long: 401 Unauthorized".to_owned()), "{missing:?}");
}
