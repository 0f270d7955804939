//! Branch ENIs held by finished jobs.

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    document,
    stage::Stage,
    support::{
        cluster::Cluster,
        incidents::{MANAGED_BY, POD_ENI, branch_eni, completed, with_branch_eni},
        objects::{ago, all_running},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn pods_that_wait_for_branch_enis_page_with_who_holds_them() {
    let cluster = Cluster::start().await;
    let stage = Stage::of(&cluster, &[]).await;
    let room = json!({POD_ENI: "3"});
    let pool = json!({"eks.amazonaws.com/nodegroup": "workers"});
    let node = cluster.node("node-a").with(json!({"metadata": {"labels": pool}}));
    node.with(json!({"status": {"capacity": room, "allocatable": room}})).create().await;
    // The old controller keeps what completed pods have.
    cluster.node_event("node-a", "ControllerVersionNotice", &format!("{MANAGED_BY} v1.0.11")).await;
    with_branch_eni(&cluster, "web", "eni-1").status(all_running()).create().await;
    let mut migrations = Vec::new();
    for (name, eni) in [("migrate-1", "eni-2"), ("migrate-2", "eni-3")] {
        let pod = with_branch_eni(&cluster, name, eni).create().await;
        migrations.push(cluster.patch_status(&pod, completed(SignedDuration::from_mins(10))).await);
    }
    let held = stage
        .warns(
            "EksBranchEnisHeld",
            &["on 1 node in cluster blue", "node-a: 1 requested of 3 allocatable", "2 completed"],
        )
        .await;

    // The scheduler counts one of three, and sends two more.
    let mut waiting = Vec::new();
    for (name, minutes) in [("points-6c9f8d7b54-7vz2j", 5), ("points-6c9f8d7b54-kd41x", 4)] {
        let pod = cluster.pod("loyalty", name).bound("node-a", SignedDuration::from_mins(minutes));
        waiting.push(pod.limited_to(POD_ENI, "1").create().await);
    }
    let words = [
        "2 pods in cluster blue waiting for a branch ENI",
        "loyalty/points-6c9f8d7b54-7vz2j on node-a for 5m",
        "node-a: 3 requested of 3 allocatable, in use 2 completed, 1 attached",
    ];
    let page = stage.pages("EksBranchEniPending", &words).await;

    // Now all are requested, so the scheduler finds no room for the next.
    let next = cluster.pod("loyalty", "points-6c9f8d7b54-z9p3c").limited_to(POD_ENI, "1").create().await;
    let refused = json!({
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": format!("0/1 nodes are available: 1 Insufficient {POD_ENI}."),
        "lastTransitionTime": ago(SignedDuration::from_mins(31)),
    });
    cluster.patch_status(&next, json!({"conditions": [refused]})).await;
    let words = ["More than 90 % of the branch ENIs of nodegroup workers", "1 in namespace loyalty"];
    let exhausted = stage.warns("EksBranchEnisExhausted", &words).await;
    document::shows("incident-3", &[&page, &held, &exhausted]);

    // The Jobs are deleted, as they should have been at completion; the controller serves those that wait.
    for pod in migrations.iter().chain([&next]) {
        cluster.delete(pod).await;
    }
    for (pod, eni) in waiting.iter().zip(["eni-2", "eni-3"]) {
        cluster.patch(pod, branch_eni(eni)).await;
        cluster.patch_status(pod, all_running()).await;
    }
    stage.is_over(&page).await;
    stage.is_over(&exhausted).await;
    stage.is_over(&held).await;
    stage.paged_only(&["EksBranchEniPending"]);
}
