//! Karpenter's `NodeClaims`, whose CRD may not be there, may come and may go.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{cluster::Cluster, objects::Object, page::Page, watching::Watching};

/// The CRD as far as the API server needs it, with these versions, of which the first is served and stored.
fn definition(version: &str) -> Value {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "nodeclaims.karpenter.sh"},
        "spec": {
            "group": "karpenter.sh", "scope": "Cluster",
            "names": {"kind": "NodeClaim", "plural": "nodeclaims", "singular": "nodeclaim", "listKind": "NodeClaimList"},
            "versions": [{"name": version, "served": true, "storage": true, "schema": schema}],
        },
    })
}

async fn claim(cluster: &Cluster, version: &str, name: &str) -> Object {
    cluster
        .create_once_served(json!({
            "apiVersion": format!("karpenter.sh/{version}"), "kind": "NodeClaim", "metadata": {"name": name},
            "spec": {"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}},
            "status": {"nodeName": "ip-10-0-0-1.ec2.internal", "imageID": "ami-0123456789abcdef0"},
        }))
        .await
}

async fn exporter(cluster: &Cluster) -> Watching {
    cluster.exporter_with(&[], |settings| settings.probe_every = Duration::from_secs(1)).await.ready().await
}

fn is(page: &Page, state: &str, claims: u32) -> bool {
    page.says("eksporter_collector_info", &[("collector", "nodeclaims"), ("state", state)], 1)
        && page.says("eksporter_cache_objects", &[("resource", "nodeclaims")], claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn node_claims_are_followed_while_their_crd_is_there() {
    let cluster = Cluster::start().await;
    let exporter = exporter(&cluster).await;
    let page = exporter.shows("no CRD", |page| is(page, "absent", 0)).await;
    assert!(!page.has("eksporter_collector_up", &[("collector", "nodeclaims")]), "which is no fault");

    let crd = cluster.create(definition("v1")).await;
    let first = claim(&cluster, "v1", "general-x7k2p").await;
    let page = exporter.shows("the claim", |page| is(page, "on", 1)).await;
    assert!(page.says("eksporter_collector_up", &[("collector", "nodeclaims")], 1), "{}", page.explanation());
    claim(&cluster, "v1", "general-m3c9d").await;
    exporter.shows("both claims", |page| is(page, "on", 2)).await;
    cluster.delete(&first).await;
    exporter.shows("one claim", |page| is(page, "on", 1)).await;

    cluster.delete(&crd).await;
    exporter.shows("no CRD any more", |page| is(page, "absent", 0)).await;
    assert!(exporter.readiness().is_ok(), "{:?}", exporter.readiness());
}

#[tokio::test(flavor = "multi_thread")]
async fn node_claims_of_karpenter_before_v1_are_followed_too() {
    let cluster = Cluster::start().await;
    let crd = cluster.create(definition("v1beta1")).await;
    claim(&cluster, "v1beta1", "general-x7k2p").await;
    let exporter = exporter(&cluster).await;
    exporter.shows("the claim", |page| is(page, "on", 1)).await;

    // Karpenter's upgrade serves v1 and, some releases later, nothing else.
    let mut versions = crd.value["spec"]["versions"].clone();
    versions[0]["served"] = false.into();
    versions[0]["storage"] = false.into();
    versions.as_array_mut().expect("a list").push(definition("v1")["spec"]["versions"][0].clone());
    cluster.patch(&crd, json!({"spec": {"versions": versions}})).await;
    claim(&cluster, "v1", "general-m3c9d").await;

    exporter.shows("both claims, as v1", |page| is(page, "on", 2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_of_a_claim_is_the_ami_of_its_node() {
    let cluster = Cluster::start().await;
    let crd = cluster.create(definition("v1")).await;
    let label = json!({"metadata": {"labels": {"eks.amazonaws.com/nodegroup-image": "ami-of-the-label"}}});
    cluster.node("ip-10-0-0-1.ec2.internal").with(label).create().await;
    let exporter = exporter(&cluster).await;
    let has = |ami: &'static str| move |page: &Page| page.says("eks_node_info", &[("ami", ami)], 1);
    exporter.shows("the label's", has("ami-of-the-label")).await;

    claim(&cluster, "v1", "general-x7k2p").await;
    let page = exporter.shows("the claim's", has("ami-0123456789abcdef0")).await;
    assert_eq!(page.all("eks_node_info", &[]).len(), 1, "{}", page.explanation());
    assert!(page.says("eks_pool_nodes_by_image", &[("ami", "ami-0123456789abcdef0")], 1));

    cluster.delete(&crd).await;
    exporter.shows("the label's again", has("ami-of-the-label")).await;
}

/// Other parts of Karpenter's API, or one that is only half installed.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_without_node_claims_is_as_good_as_none() {
    let cluster = Cluster::start().await;
    let mut other = definition("v1");
    other["metadata"]["name"] = "nodepools.karpenter.sh".into();
    other["spec"]["names"] =
        json!({"kind": "NodePool", "plural": "nodepools", "singular": "nodepool", "listKind": "NodePoolList"});
    cluster.create(other).await;
    let pool = json!({"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "general"}});
    cluster.create_once_served(pool).await;
    let exporter = exporter(&cluster).await;

    exporter.shows("no node claims", |page| is(page, "absent", 0)).await;
}
