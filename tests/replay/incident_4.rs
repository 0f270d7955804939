//! A cluster without nodes.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    document,
    stage::Stage,
    support::{
        cluster::Cluster,
        control_plane::Options,
        objects::{Object, ago},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn pods_without_any_node_page_until_one_comes() {
    let cluster = Cluster::start_with(Options { scheduler: true, ..Options::default() }).await;
    let stage = Stage::of(&cluster, &[]).await;
    let pod = cluster.pod("glass", "api-7d4b9c6f58-2qk8w").requesting("cpu", "100m").create().await;
    let refused = timeout(Duration::from_mins(1), refused_since(&cluster, &pod, SignedDuration::from_mins(6)));
    refused.await.expect("the scheduler says that it finds no node");

    let words = ["1 pod in cluster blue waiting", "no node at all", "glass/api-7d4b9c6f58-2qk8w for 6m"];
    let page = stage.pages("EksClusterWithoutNodes", &words).await;
    document::shows("incident-4", &[&page]);

    cluster.node("node-a").create().await;
    stage.is_over(&page).await;
    assert_eq!(cluster.get(&pod).await.value["spec"]["nodeName"], "node-a", "a real scheduler did it");
    stage.paged_only(&["EksClusterWithoutNodes"]);
}

/// Waits until the scheduler says that it finds no node, and makes it so long ago.
async fn refused_since(cluster: &Cluster, pod: &Object, age: SignedDuration) {
    loop {
        let refused = cluster.get(pod).await;
        let conditions = refused.value["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let told = conditions.into_iter().find(|condition| condition["reason"] == "Unschedulable");
        if let Some(mut condition) = told {
            condition["lastTransitionTime"] = Value::from(ago(age));
            cluster.patch_status(pod, json!({"conditions": [condition]})).await;
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
