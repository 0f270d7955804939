//! Nodes lost their routes.

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    document,
    stage::Stage,
    support::{
        cluster::Cluster,
        incidents::{eight_nodes_in_two_zones, silent},
        objects::ready,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_loses_the_nodes_of_a_zone_pages_with_what_they_have_in_common() {
    let cluster = Cluster::start().await;
    let stage = Stage::of(&cluster, &[]).await;
    let nodes = eight_nodes_in_two_zones(&cluster).await;
    // Only who was seen ready is serving, and can be lost.
    stage.answers(r#"sum(eks_nodes{pool="workers",ready="true",lifecycle="serving"}) == 8"#).await;

    for (node, minutes) in nodes.iter().zip([8, 7, 6]) {
        cluster.patch_status(node, silent(SignedDuration::from_mins(minutes))).await;
    }

    let words =
        ["3 nodes of nodegroup workers in cluster blue", "By zone: 3 euw1-az3.", "3 Amazon Linux 2023, kernel 6.12.0"];
    let page = stage.pages("EksNodesLost", &words).await;
    document::shows("incident-12", &[&page]);

    for node in &nodes[..3] {
        let is_back = ready("True", "KubeletReady", "kubelet is posting ready status");
        cluster.patch_status(node, json!({"conditions": [is_back]})).await;
    }
    stage.is_over(&page).await;
    stage.paged_only(&[r#"EksNodesLost{lost_by="pool",pool="workers",pool_kind="nodegroup"}"#]);
}
