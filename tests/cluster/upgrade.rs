//! The control plane is upgraded under the exporter's feet: for a while old and new API servers answer in turn.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    cluster::Cluster,
    in_turn::InTurn,
    objects::all_running,
    page::Page,
    watching::{PATIENCE, Watching},
};

const VERSION: &str = "eks_kubernetes_version_info";
/// Equal answers that make a changed minor version true.
const ENOUGH: usize = 10;

fn minor(page: &Page) -> String {
    page.one(VERSION, &[]).map(|version| version.label("minor").to_owned()).unwrap_or_default()
}

/// What is said of a kubelet and a kube-proxy of 1.32: minors behind and whether that is supported, of each.
fn skew(page: &Page) -> [Option<f64>; 4] {
    let kubelet = [("kubelet_minor", "1.32")];
    let proxy = [("addon", "kube-proxy"), ("basis", "kubernetes")];
    [
        page.value("eks_kubelet_minors_behind", &kubelet),
        page.value("eks_kubelet_supported", &kubelet),
        page.value("eks_addon_minors_behind", &proxy),
        page.value("eks_addon_supported", &proxy),
    ]
}

const BESIDE_OLD: [Option<f64>; 4] = [Some(3.0), Some(1.0), Some(3.0), Some(1.0)];
const BESIDE_NEW: [Option<f64>; 4] = [Some(4.0), Some(0.0), Some(4.0), Some(0.0)];

async fn node_of_1_32(cluster: &Cluster) {
    let build = json!({"status": {"nodeInfo": {"kubeletVersion": "v1.32.9-eks-0123456"}}});
    cluster.node("node-a").with(build).create().await;
    let set = cluster.daemon_set("kube-proxy").await;
    let image = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.32.13-minimal-eksbuild.16";
    let pod = cluster.pod("kube-system", "kube-proxy-x7k2p").owned_by(&set);
    let pod = pod.with(json!({"spec": {"nodeName": "node-a", "containers": Value::Null}}));
    let containers = json!([{"name": "kube-proxy", "image": image}]);
    pod.with(json!({"spec": {"containers": containers}})).status(all_running()).create().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_is_believed_after_ten_equal_answers_and_skew_follows() {
    let mut cluster = Cluster::start().await;
    cluster.plane.start_older_api_server().await;
    node_of_1_32(&cluster).await;
    let token = cluster.exporter_token().await;
    let (old, new) = (cluster.plane.older_client(&token), cluster.plane.client_with_token(&token));
    let balancer = InTurn::before(vec![old.clone()]).await;
    let exporter = Watching::start(balancer.config(), &[], |settings| {
        settings.watch_timeout = Some(Duration::from_secs(5));
        settings.version_every = Duration::from_millis(100);
    });
    let exporter = exporter.ready().await;
    let page = exporter.shows("the old version", |page| skew(page) == BESIDE_OLD).await;
    assert_eq!(minor(&page), "1.35", "{}", page.explanation());

    balancer.now_before(vec![old, new.clone()]);
    let in_turn = |page: &Page| minor(page) == "1.35" && skew(page) == BESIDE_OLD;
    exporter.keeps_showing("the old version", in_turn, |_| balancer.versions() >= 3 * ENOUGH).await;

    balancer.now_before(vec![new]);
    // One answer of before may still be under way.
    let not_too_early = |page: &Page| minor(page) == "1.35" || balancer.versions() >= ENOUGH - 1;
    let page = exporter.keeps_showing("the old version", not_too_early, |page| minor(page) == "1.36").await;
    assert!(balancer.versions() <= 2 * ENOUGH + 5, "{} answers", balancer.versions());
    assert_eq!(page.all(VERSION, &[]).len(), 1);
    assert_eq!(skew(&page), BESIDE_NEW, "{}", page.explanation());

    // It stays so, with both versions never on one page.
    let answers = balancer.versions();
    let upgraded = |page: &Page| minor(page) == "1.36" && skew(page) == BESIDE_NEW;
    exporter.keeps_showing("the new version", upgraded, |_| balancer.versions() >= answers + 2 * ENOUGH).await;
    exporter
        .shows_within(PATIENCE, "watches that are well", |page| {
            page.says("eksporter_collector_up", &[("collector", "nodes")], 1)
                && page.says("eksporter_collector_up", &[("collector", "pods")], 1)
        })
        .await;
}
