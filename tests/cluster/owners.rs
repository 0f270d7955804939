//! The owner that a person knows, where the pod does not tell it.

use serde_json::json;

use crate::support::{
    cluster::Cluster,
    objects::{Object, merge},
    page::Page,
    watching::Watching,
};

const AGE: &str = "eks_pod_container_creating_age_seconds";

async fn until_owned_by(exporter: &Watching, pod: &Object, kind: &str, name: &str) {
    let owner = [("uid", pod.uid.as_str()), ("owner_kind", kind), ("owner_name", name)];
    exporter.shows(&format!("{kind} {name}"), |page: &Page| page.has(AGE, &owner)).await;
}

/// A `ReplicaSet` made by an object that need not exist.
async fn replica_set_of(cluster: &Cluster, api_version: &str, kind: &str, owner: &str, name: &str) -> Object {
    cluster.ensure_namespace("shop").await;
    let labels = json!({"app": owner});
    let uid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let mut replica_set = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {"namespace": "shop", "name": name, "ownerReferences": [
            {"apiVersion": api_version, "kind": kind, "name": owner, "uid": uid, "controller": true},
        ]},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {}}},
    });
    let containers = json!([{"name": "main", "image": "registry.example.com/main:1"}]);
    merge(&mut replica_set, json!({"spec": {"template": {"spec": {"containers": containers}}}}));
    cluster.create(replica_set).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rollout_behind_a_replica_set_is_looked_up_and_a_deployment_need_not_be() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let of_rollout = replica_set_of(&cluster, "argoproj.io/v1alpha1", "Rollout", "web", "web-7d9c5b6f4").await;
    let of_deployment = replica_set_of(&cluster, "apps/v1", "Deployment", "api", "api-5d4f8c7b9").await;
    let exporter = cluster.exporter(&[]).await.ready().await;

    let rolled_out = cluster.pod("shop", "web-7d9c5b6f4-x7k2p").on("node-a").owned_by(&of_rollout).create().await;
    let hash = json!({"metadata": {"labels": {"pod-template-hash": "5d4f8c7b9"}}});
    let deployed = cluster.pod("shop", "api-5d4f8c7b9-m3c9d").on("node-a").owned_by(&of_deployment).with(hash);
    let deployed = deployed.create().await;

    until_owned_by(&exporter, &deployed, "Deployment", "api").await;
    until_owned_by(&exporter, &rolled_out, "Rollout", "web").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_nobody_made_is_its_pods_owner_itself() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let cron_job = cluster.cron_job("shop", "report").await;
    let job = cluster.job_of(&cron_job, "by-hand").await;
    cluster.patch(&job, json!({"metadata": {"ownerReferences": null}})).await;
    let exporter = cluster.exporter(&[]).await.ready().await;

    let pod = cluster.pod("shop", "by-hand-x7k2p").on("node-a").owned_by(&job).create().await;

    until_owned_by(&exporter, &pod, "Job", "by-hand").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_see_jobs_other_owners_are_still_looked_up() {
    let cluster = Cluster::start().await;
    cluster.forbid(&["jobs"]).await;
    cluster.node("node-a").create().await;
    let cron_job = cluster.cron_job("shop", "report").await;
    let job = cluster.job_of(&cron_job, "report-1").await;
    let of_job = cluster.pod("shop", "report-1-x7k2p").on("node-a").owned_by(&job).create().await;
    let of_rollout = replica_set_of(&cluster, "argoproj.io/v1alpha1", "Rollout", "web", "web-7d9c5b6f4").await;
    let rolled_out = cluster.pod("shop", "web-7d9c5b6f4-m3c9d").on("node-a").owned_by(&of_rollout).create().await;

    let exporter = cluster.exporter(&[]).await.ready().await;

    until_owned_by(&exporter, &rolled_out, "Rollout", "web").await;
    until_owned_by(&exporter, &of_job, "Job", "report-1").await;
    let page = exporter.page();
    assert!(page.says("eksporter_collector_up", &[("collector", "owners")], 0), "{}", page.explanation());
}
