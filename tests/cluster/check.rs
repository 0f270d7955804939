//! `eksporter check` with the shipped role. That it finds the other incidents stands where they are played.

use jiff::SignedDuration;
use serde_json::json;

use crate::support::{
    cluster::Cluster,
    objects::{ago, ready},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_role_reads_everything_that_a_look_needs() {
    let cluster = Cluster::start().await;
    let (status, found) = cluster.check(&[]).await;
    assert_eq!(status, 0, "{found}");
    assert!(
        found.contains("Not looked at:\n  nodeclaims: not installed in this cluster\n\nNothing is wrong."),
        "{found}"
    );

    cluster.unbind().await;
    let (status, found) = cluster.check(&[]).await;
    assert_eq!(status, 2, "{found}");
    assert!(
        found.contains("pods: no right to read it: 403") && found.contains("nodes: no right to read it"),
        "{found}"
    );
}

/// Incident 12: nodes of one image and zone drop out at once.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_drop_out_together_are_told_by_what_they_have_in_common() {
    let cluster = Cluster::start().await;
    for number in 0..8 {
        let lost = number < 3;
        let zone = if lost { "euw1-az3" } else { "euw1-az1" };
        let labels = json!({"eks.amazonaws.com/nodegroup": "workers", "topology.k8s.aws/zone-id": zone});
        let image = json!({"osImage": "Ubuntu 22.04.1 LTS", "kernelVersion": "5.15.0-1031-aws"});
        let mut node = cluster.node(&format!("node-{number}"));
        node = node.with(json!({"metadata": {"labels": labels}, "status": {"nodeInfo": image}}));
        if lost {
            let mut condition = ready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
            condition["lastTransitionTime"] = json!(ago(SignedDuration::from_mins(6)));
            node = node.with(json!({"status": {"conditions": null}})); // lists grow
            node = node.with(json!({"status": {"conditions": [condition]}}));
        }
        node.create().await;
    }

    let exporter = cluster.exporter(&[]).await.ready().await;

    let lost = [("pool", "workers"), ("zone_id", "euw1-az3"), ("ready", "false"), ("lifecycle", "serving")];
    exporter.shows("three lost nodes", |page| page.says("eks_nodes", &lost, 3)).await;
    let (status, found) = cluster.check(&[]).await;
    assert_eq!(status, 1, "{found}");
    for told in ["critical  6m", "3 of 8 nodes of nodegroup workers are not ready", "by zone: 3 euw1-az3"] {
        assert!(found.contains(told), "no {told:?} in:\n{found}");
    }
}
