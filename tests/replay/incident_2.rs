//! Add-ons left behind by an upgrade.

use std::{collections::BTreeMap, time::Duration};

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    document,
    stage::{CLUSTER, Stage, summary},
    support::{
        cluster::Cluster,
        in_turn::InTurn,
        incidents::{CNI, KUBE_PROXY, OLD_CNI, daemon, is_ready, linux},
        objects::ready,
        prometheus::Target,
        watching::Watching,
    },
};

/// Two minors behind: within the policy, and forgotten.
const FORGOTTEN: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.34.6-minimal-eksbuild.2";
const MENDED: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.36.0-minimal-eksbuild.2";

#[tokio::test(flavor = "multi_thread")]
async fn add_ons_that_are_too_old_page_and_so_does_one_that_is_not_ready_on_new_nodes() {
    let cluster = Cluster::start().await;
    let stage = Stage::of(&cluster, &[]).await;
    for name in ["node-a", "node-b"] {
        cluster.node(name).with(linux()).create().await;
    }
    let (aws_node, kube_proxy) = (cluster.daemon_set("aws-node").await, cluster.daemon_set("kube-proxy").await);
    let mut agents = Vec::new();
    for node in ["node-a", "node-b"] {
        agents.push(daemon(&cluster, &aws_node, node, CNI, true).create().await);
        agents.push(daemon(&cluster, &kube_proxy, node, FORGOTTEN, true).create().await);
    }
    let behind = stage.warns("EksAddonBehind", &["kube-proxy in cluster blue is 2 minor versions behind"]).await;
    assert!(stage.paged().is_empty(), "all works, and the policy allows it");

    // As the incident found them: what runs is too old, and on new nodes it does not start.
    for pod in agents {
        cluster.delete(&pod).await;
    }
    let mut agents = Vec::new();
    for node in ["node-a", "node-b"] {
        agents.push(daemon(&cluster, &aws_node, node, OLD_CNI, true).create().await);
        agents.push(daemon(&cluster, &kube_proxy, node, KUBE_PROXY, true).create().await);
    }
    for (node, minutes) in [("node-c", 13), ("node-d", 12)] {
        let waits = daemon(&cluster, &aws_node, node, OLD_CNI, false).create().await;
        let age = SignedDuration::from_mins(minutes);
        agents.push(cluster.patch_status(&waits, is_ready(false, age)).await);
        agents.push(daemon(&cluster, &kube_proxy, node, KUBE_PROXY, true).create().await);
        // The pods were there first: without a pod it would be missing since the node's creation, which is now.
        let unready =
            ready("False", "KubeletNotReady", "container runtime network not ready: cni plugin not initialized");
        cluster
            .node(node)
            .with(linux())
            .with(json!({"status": {"conditions": null}}))
            .with(json!({"status": {"conditions": [unready]}}))
            .create()
            .await;
    }

    let proxy = stage.pages("EksAddonUnsupported", &["kube-proxy in cluster blue", "v1.32.13-eksbuild.16 runs"]).await;
    let cni = stage.pages("EksAddonUnsupported", &["vpc-cni in cluster blue", "v1.10.1-eksbuild.1 runs"]).await;
    let words = ["vpc-cni is missing or not ready on 2 nodes", "node-c (not_ready) for 13m"];
    let down = stage.pages("EksAddonDownOnNodes", &words).await;
    document::shows("incident-2", &[&proxy, &cni, &down, &behind]);

    for pod in agents {
        cluster.delete(&pod).await;
    }
    for node in ["node-a", "node-b", "node-c", "node-d"] {
        daemon(&cluster, &aws_node, node, CNI, true).create().await;
        daemon(&cluster, &kube_proxy, node, MENDED, true).create().await;
    }
    for alert in [&proxy, &cni, &down, &behind] {
        stage.is_over(alert).await;
    }
    stage.paged_only(&[
        r#"EksAddonDownOnNodes{addon="vpc-cni"}"#,
        r#"EksAddonUnsupported{addon="kube-proxy"}"#,
        r#"EksAddonUnsupported{addon="vpc-cni"}"#,
    ]);
}

/// An upgrade of the control plane as it goes: two API servers of one etcd behind a load balancer, first the old one. The
/// exporter runs in this process, so that it need not wait for five minutes of equal versions.
#[tokio::test(flavor = "multi_thread")]
async fn skew_is_told_when_the_control_plane_is_upgraded_and_not_before() {
    let mut cluster = Cluster::start().await;
    cluster.plane.start_older_api_server().await;
    let token = cluster.exporter_token().await;
    let (old, new) = (cluster.plane.older_client(&token), cluster.plane.client_with_token(&token));
    let balancer = InTurn::before(vec![old]).await;
    let kubelet = json!({"status": {"nodeInfo": {"kubeletVersion": "v1.34.6-eks-0123456"}}});
    cluster.node("node-a").with(linux()).with(kubelet).create().await;
    let kube_proxy = cluster.daemon_set("kube-proxy").await;
    let agent = daemon(&cluster, &kube_proxy, "node-a", FORGOTTEN, true).create().await;
    let exporter = Watching::start(balancer.config(), &[], |settings| {
        settings.watch_timeout = Some(Duration::from_secs(5));
        settings.version_every = Duration::from_millis(200);
    });
    let target = Target {
        address: exporter.ready().await.serve().await,
        labels: BTreeMap::from([("cluster".to_owned(), CLUSTER.to_owned())]),
    };
    let stage = Stage::telling(vec![target], Vec::new(), &["keep_firing_seconds=5"]).await;
    let behind = r#"eks_addon_minors_behind{addon="kube-proxy",basis="kubernetes"}"#;
    // Long enough for an alert to be told.
    stage.answers(&format!("count_over_time({behind}[1m]) >= 10 and {behind} == 1")).await;
    assert!(stage.heard().is_empty(), "one minor behind is no skew yet:\n{}", summary(&stage.heard()));

    balancer.now_before(vec![new]);
    let told = stage.warns("EksAddonBehind", &["kube-proxy in cluster blue is 2 minor versions behind"]).await;
    cluster.delete(&agent).await;
    daemon(&cluster, &kube_proxy, "node-a", MENDED, true).create().await;
    stage.is_over(&told).await;
    stage.paged_only(&[]);
}
