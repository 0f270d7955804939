//! Init containers and native sidecars, moved along as a kubelet does.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{
    cluster::Cluster,
    objects::{Object, ago, container_status, running, waiting},
    page::Page,
};

const AGE: &str = "eks_pod_container_creating_age_seconds";
const INFO: &str = "eks_pod_container_creating_info";

fn is_creating(page: &Page, pod: &Object) -> bool {
    page.has(AGE, &[("uid", &pod.uid)])
}

fn terminated(container: &str, exit_code: i32, reason: &str, ended: SignedDuration) -> Value {
    container_status(
        container,
        &json!({"terminated": {
            "exitCode": exit_code, "reason": reason, "startedAt": ago(ended + SignedDuration::from_secs(5)),
            "finishedAt": ago(ended),
        }}),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_stands_still_while_an_init_container_works_and_starts_anew_when_it_is_done() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let pod = cluster.pod("shop", "web").init_container("migrate").on("node-a").create().await;
    let placeholder = json!({
        "initContainerStatuses": [waiting("migrate", "PodInitializing", "")],
        "containerStatuses": [waiting("main", "PodInitializing", "")],
    });
    cluster.patch_status(&pod, placeholder).await;
    exporter.shows("an init container that has never run", |page| is_creating(page, &pod)).await;

    cluster.patch_status(&pod, json!({"initContainerStatuses": [running("migrate")]})).await;
    exporter.shows("a migration that takes its time", |page| !page.mentions(&pod.uid)).await;

    let failed = json!({"initContainerStatuses": [{
        "name": "migrate", "image": "registry.example.com/init:1", "imageID": "", "ready": false, "restartCount": 3,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}},
        "lastState": terminated("migrate", 1, "Error", SignedDuration::from_secs(20))["state"],
    }]});
    cluster.patch_status(&pod, failed).await;
    let marker = cluster.pod("shop", "marker").on("node-a").create().await;
    exporter
        .keeps_showing(
            "a migration that fails is the workload's own business",
            |page| !page.mentions(&pod.uid),
            |page| is_creating(page, &marker),
        )
        .await;

    let done = terminated("migrate", 0, "Completed", SignedDuration::from_mins(3));
    cluster.patch_status(&pod, json!({"initContainerStatuses": [done]})).await;
    let page = exporter.shows("a pod that goes on", |page| is_creating(page, &pod)).await;
    let age = page.value(AGE, &[("uid", &pod.uid)]).expect("it has an age");
    assert!((180.0..600.0).contains(&age), "since the migration ended three minutes ago, not {age} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sidecar_holds_the_pod_up_until_it_has_started_and_never_again() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let pod = cluster.pod("shop", "web").sidecar("proxy").on("node-a").create().await;
    let pull = waiting(
        "proxy",
        "ImagePullBackOff",
        "Back-off pulling image \"registry.example.com/sidecar:1\": ErrImagePull: not found",
    );
    cluster
        .patch_status(
            &pod,
            json!({
                "initContainerStatuses": [pull], "containerStatuses": [waiting("main", "PodInitializing", "")],
            }),
        )
        .await;
    let cause = [("uid", pod.uid.as_str()), ("cause", "image_pull"), ("stage", "image")];
    exporter.shows("a sidecar without an image", |page| page.has(INFO, &cause)).await;

    let mut starts = running("proxy");
    starts["started"] = false.into();
    cluster.patch_status(&pod, json!({"initContainerStatuses": [starts]})).await;
    exporter.shows("a sidecar that runs its start-up probe", |page| !page.mentions(&pod.uid)).await;

    cluster.patch_status(&pod, json!({"initContainerStatuses": [running("proxy")]})).await;
    exporter.shows("the main container's turn", |page| is_creating(page, &pod)).await;

    let mut conditions = pod.value["status"]["conditions"].as_array().cloned().unwrap_or_default();
    conditions.push(json!({"type": "Initialized", "status": "True", "lastTransitionTime": ago(SignedDuration::ZERO)}));
    cluster.patch_status(&pod, json!({"conditions": conditions, "containerStatuses": [running("main")]})).await;
    exporter.shows("a pod that runs", |page| !page.mentions(&pod.uid)).await;

    let crashed = waiting("proxy", "CrashLoopBackOff", "back-off 10s restarting failed container");
    cluster.patch_status(&pod, json!({"initContainerStatuses": [crashed]})).await;
    let marker = cluster.pod("shop", "marker").on("node-a").create().await;
    exporter.keeps_showing("the pod has run", |page| !page.mentions(&pod.uid), |page| is_creating(page, &marker)).await;
}

/// containerd reports a container that it could not start as terminated, with a start in 1970; the API server makes
/// that `null` when it reads the object from its store.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_failed_is_no_run() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let pod = cluster.pod("shop", "web").on("node-a").create().await;
    let failed = container_status(
        "main",
        &json!({"terminated": {
            "exitCode": 128, "reason": "StartError", "startedAt": "1970-01-01T00:00:00Z", "finishedAt": ago(SignedDuration::ZERO),
            "message": "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
                unable to start container process: exec: \"/bin/app\": stat /bin/app: no such file or directory: unknown",
        }}),
    );
    cluster.patch_status(&pod, json!({"containerStatuses": [failed]})).await;

    exporter
        .shows("a container that never started", |page| page.has(INFO, &[("uid", &pod.uid), ("stage", "container")]))
        .await;
}
