//! `--namespaces`: what is watched one namespace at a time.

use serde_json::json;

use crate::support::{cluster::Cluster, page::Page};

const INFO: &str = "eks_pod_container_creating_info";
const TWO: &[&str] = &["--namespaces=billing,shop"];

#[tokio::test(flavor = "multi_thread")]
async fn pods_of_other_namespaces_do_not_appear() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    for namespace in ["billing", "shop", "search"] {
        cluster.pod(namespace, "stuck").on("node-a").create().await;
    }

    let exporter = cluster.exporter(TWO).await.ready().await;

    let page = exporter.shows("two pods", |page| page.all(INFO, &[]).len() == 2).await;
    assert_eq!(page.values_of(INFO, "namespace"), ["billing".to_owned(), "shop".to_owned()].into());
    assert!(page.says("eksporter_cache_objects", &[("resource", "pods")], 2));
    assert!(page.has("eks_nodes", &[]), "nodes are of no namespace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_list_of_one_namespace_leaves_the_other_alone() {
    let mut cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let stuck = [
        cluster.pod("billing", "stuck").on("node-a").create().await,
        cluster.pod("shop", "stuck").on("node-a").create().await,
    ];
    let exporter = cluster.exporter_that_resumes(TWO).ready().await;
    let shows_both = |page: &Page| stuck.iter().all(|pod| page.has(INFO, &[("uid", &pod.uid)]));
    exporter.shows("both pods", shows_both).await;
    for number in 0..20 {
        let metadata = json!({"namespace": "shop", "name": format!("settings-{number}")});
        cluster.create(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})).await;
    }

    // Both watches are told 410, and list anew when their back-off is over: one after the other.
    cluster.plane.stop_api_server().await;
    cluster.plane.start_api_server().await;

    let lists = [("resource", "pods")];
    exporter.keeps_showing("both pods", shows_both, |page| page.says("eksporter_watch_lists_total", &lists, 4)).await;
    cluster.delete(&stuck[0]).await;
    exporter
        .shows("the pod of the other namespace", |page| {
            !page.mentions(&stuck[0].uid) && page.has(INFO, &[("uid", &stuck[1].uid)])
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_in_each_namespace_is_enough_for_pods() {
    let cluster = Cluster::start().await;
    cluster.unbind().await;
    for namespace in ["billing", "shop"] {
        cluster.bind_in(namespace).await;
        cluster.pod(namespace, "stuck").on("node-a").create().await;
    }

    let exporter = cluster.exporter(TWO).await.ready().await;

    let page = exporter.shows("two pods", |page| page.all(INFO, &[]).len() == 2).await;
    for (collector, up) in [("pods", 1), ("events", 1), ("owners", 1), ("nodes", 0)] {
        assert!(page.says("eksporter_collector_up", &[("collector", collector)], up), "{}", page.explanation());
    }
    assert_eq!(page.values_of(INFO, "cause"), ["unknown".to_owned()].into(), "nobody knows that the node is not there");
}
