//! Incident 2 on a real API server: add-ons that an upgrade left behind.

use serde_json::json;

use crate::support::{
    cluster::Cluster,
    incidents::{CNI, KUBE_PROXY, OLD_CNI, daemon, linux},
    page::Page,
};

const BEHIND: &str = "eks_addon_minors_behind";
const SUPPORTED: &str = "eks_addon_supported";
const DOWN: &str = "eks_addon_node_not_ready_age_seconds";

#[tokio::test(flavor = "multi_thread")]
async fn incident_2_shows_what_was_left_behind_and_where_it_does_not_work() {
    let cluster = Cluster::start().await;
    for name in ["node-a", "node-b"] {
        cluster.node(name).with(linux()).create().await;
    }
    let fargate = json!({"metadata": {"labels": {"eks.amazonaws.com/compute-type": "fargate"}}});
    cluster.node("fargate-1").with(linux()).with(fargate).create().await;
    let (aws_node, kube_proxy) = (cluster.daemon_set("aws-node").await, cluster.daemon_set("kube-proxy").await);
    daemon(&cluster, &aws_node, "node-a", OLD_CNI, true).create().await;
    let waiting = daemon(&cluster, &aws_node, "node-b", OLD_CNI, false).create().await;
    let proxy = daemon(&cluster, &kube_proxy, "node-a", KUBE_PROXY, true).create().await;

    let exporter = cluster.exporter(&[]).await.ready().await;

    let page = exporter
        .shows("what is missing, and the API server's version", |page| {
            page.has(DOWN, &[("state", "missing")]) && page.has(SUPPORTED, &[("basis", "kubernetes")])
        })
        .await;
    let behind = |addon: &str, basis: &str| page.value(BEHIND, &[("addon", addon), ("basis", basis)]);
    assert_eq!(behind("kube-proxy", "kubernetes"), Some(4.0), "{}", page.explanation());
    assert_eq!(behind("vpc-cni", "catalog"), Some(7.0));
    assert!(page.says(SUPPORTED, &[("addon", "kube-proxy"), ("basis", "kubernetes")], 0));
    assert!(page.says(SUPPORTED, &[("addon", "vpc-cni"), ("basis", "catalog")], 0));
    let expected = [("addon", "vpc-cni"), ("current", "v1.10.1-eksbuild.1"), ("expected", ">=1.17.1")];
    assert!(page.has("eks_addon_expected_info", &expected));
    let version = [("component", "kube-proxy"), ("version", "v1.32.13-eksbuild.16"), ("management", "unknown")];
    assert!(page.has("eks_addon_info", &version), "{}", page.explanation());
    assert!(page.says("eks_addon_pods", &[("component", "aws-node"), ("ready", "false")], 1));
    let not_ready = page.one(DOWN, &[("state", "not_ready")]).expect("aws-node waits");
    assert_eq!((not_ready.label("addon"), not_ready.label("node")), ("vpc-cni", "node-b"));
    assert!(not_ready.value >= 720.0, "since its condition says, not {} s", not_ready.value);
    let missing = page.one(DOWN, &[("state", "missing")]).expect("and none on Fargate");
    assert_eq!((missing.label("addon"), missing.label("node")), ("kube-proxy", "node-b"));

    let (status, found) = cluster.check(&[]).await;
    assert!(status == 1 && found.contains("kube-proxy v1.32.13-eksbuild.16 is 4 minors behind"), "{found}");
    assert!(found.contains("vpc-cni v1.10.1-eksbuild.1 is older") && found.contains("aws-node not ready"), "{found}");

    // Somebody updates the VPC CNI on one node: a rollout that is half done.
    cluster.delete(&waiting).await;
    daemon(&cluster, &aws_node, "node-b", CNI, true).create().await;
    let both = |page: &Page| page.all("eks_addon_pods", &[("component", "aws-node")]).len() == 2;
    let page = exporter.shows("two versions at once", both).await;
    assert!(page.says(SUPPORTED, &[("addon", "vpc-cni")], 0), "by the older one");

    cluster.delete(&proxy).await;
    let page = exporter.shows("a pod that has gone", |page| page.has(DOWN, &[("node", "node-a")])).await;
    assert!(page.one(DOWN, &[("node", "node-a")]).is_some_and(|down| down.value < 60.0), "since it went");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_daemon_sets_nothing_is_missing_and_the_exporter_is_ready() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").with(linux()).create().await;
    let aws_node = cluster.daemon_set("aws-node").await;
    cluster.daemon_set("kube-proxy").await;
    daemon(&cluster, &aws_node, "node-a", CNI, false).create().await;
    cluster.forbid(&["daemonsets"]).await;

    let exporter = cluster.exporter(&[]).await.ready().await;

    let refused = [("resource", "daemonsets"), ("reason", "forbidden")];
    let page = exporter
        .shows("the refusal, and the versions", |page| {
            page.value("eksporter_watch_errors_total", &refused).is_some_and(|errors| errors >= 1.0)
                && page.has("eks_addon_info", &[])
        })
        .await;
    assert!(page.says("eksporter_collector_up", &[("collector", "addons")], 0));
    assert!(page.has(DOWN, &[("state", "not_ready")]) && !page.has(DOWN, &[("state", "missing")]));
    cluster.permit(&["daemonsets"]).await;
    exporter.shows("what is missing", |page| page.has(DOWN, &[("addon", "kube-proxy"), ("state", "missing")])).await;
}
