//! AWS beside a real API server: a simulated account answers for AWS.

use std::{sync::Arc, time::Duration};

use eksporter::{
    aws::facts::{Cluster as EksCluster, ClusterStatus, Nodegroup, NodegroupStatus, Subnet},
    demo::aws::{SimulatedAws, State},
    run::Access,
};
use serde_json::json;

use crate::support::{cluster::Cluster, page::Page, watching::Watching};

const ISSUER: &str = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const SUBNET: &str = "subnet-0a1b2c3d4e5f60718";

fn cluster(name: &str, issuer: &str) -> EksCluster {
    EksCluster {
        name: name.to_owned(),
        arn: String::new(),
        status: ClusterStatus::Active,
        version: "1.36".to_owned(),
        platform_version: None,
        support_type: None,
        oidc_issuer: Some(issuer.to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        subnet_ids: Vec::new(),
        ip_family: None,
        auto_mode: false,
        issues: Vec::new(),
    }
}

fn account(clusters: Vec<EksCluster>) -> Arc<SimulatedAws> {
    let nodegroup = Nodegroup {
        name: "workers".to_owned(),
        status: NodegroupStatus::Active,
        version: None,
        release_version: None,
        ami_type: None,
        capacity_type: None,
        subnet_ids: vec![SUBNET.to_owned()],
        issues: Vec::new(),
    };
    let subnet = Subnet {
        id: SUBNET.to_owned(),
        name: None,
        zone_id: Some("euw1-az3".to_owned()),
        zone: None,
        cidr: Some("10.0.0.0/24".to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        available: Some(42),
        owner_id: None,
        tags: Default::default(),
    };
    let state = State { clusters, nodegroups: vec![nodegroup], subnets: vec![subnet], ..State::default() };
    Arc::new(SimulatedAws::new(state))
}

async fn exporter(cluster: &Cluster, args: &[&str], aws: &Arc<SimulatedAws>) -> Watching {
    let access = Access::Given {
        api: Arc::clone(aws) as _,
        region: "eu-west-1".to_owned(),
        at_least_every: Some(Duration::from_millis(500)),
    };
    cluster.exporter_and_aws(args, access).await.ready().await
}

fn has_subnet(page: &Page) -> bool {
    page.says("eks_subnet_available_ips", &[("subnet_id", SUBNET), ("zone_id", "euw1-az3")], 42)
}

fn up(page: &Page, collector: &str, up: u32) -> bool {
    page.says("eksporter_collector_up", &[("collector", collector)], up)
}

/// The API server's own issuer, which every service account may read.
async fn issuer(cluster: &Cluster) -> String {
    let request = http::Request::get("/.well-known/openid-configuration").body(Vec::new()).expect("a request");
    let account = cluster.plane.client_with_token(&cluster.exporter_token().await);
    let found: serde_json::Value = account.request(request).await.expect("the shipped role suffices");
    found["issuer"].as_str().expect("an issuer").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cluster_is_found_by_the_issuer_that_the_api_server_says() {
    let cluster_ = Cluster::start().await;
    let ours = issuer(&cluster_).await;
    let aws = account(vec![cluster("test", ISSUER), cluster("prod", &ours)]);
    let exporter = exporter(&cluster_, &[], &aws).await;
    let page = exporter.shows("the subnet", has_subnet).await;
    assert!(page.says("eks_cluster_info", &[("cluster_name", "prod"), ("aws_region", "eu-west-1")], 1));
    exporter
        .shows("all collectors up", |page| ["cluster", "nodegroups", "subnets"].iter().all(|one| up(page, one, 1)))
        .await;
    let page = exporter.page();
    assert!(page.says("eksporter_collector_info", &[("collector", "network_interfaces"), ("state", "off")], 1));
    assert!(page.has("eksporter_aws_last_success_timestamp_seconds", &[("source", "subnets")]));

    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "eniconfigs.crd.k8s.amazonaws.com"},
        "spec": {
            "group": "crd.k8s.amazonaws.com", "scope": "Cluster",
            "names": {"kind": "ENIConfig", "plural": "eniconfigs", "singular": "eniconfig", "listKind": "ENIConfigList"},
            "versions": [{"name": "v1alpha1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}],
        },
    });
    cluster_.create(crd).await;
    let config = json!({
        "apiVersion": "crd.k8s.amazonaws.com/v1alpha1", "kind": "ENIConfig", "metadata": {"name": "eu-west-1a"},
        "spec": {"subnet": SUBNET},
    });
    cluster_.create_once_served(config).await;
    let used = [("subnet_id", SUBNET), ("used_by", "eniconfig"), ("name", "eu-west-1a")];
    exporter.shows("who uses it", |page| page.says("eks_subnet_usage_info", &used, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_another_cluster_is_refused_and_the_rest_goes_on() {
    let cluster_ = Cluster::start().await;
    cluster_.node("node-a").create().await;
    let aws = account(vec![cluster("test", ISSUER)]);
    let exporter = exporter(&cluster_, &["--cluster-name=test"], &aws).await;
    let page = exporter.shows("the node", |page| page.has("eks_node_info", &[])).await;
    assert!(!page.has("eks_cluster_info", &[]) && !has_subnet(&page), "{}", page.explanation());
    let refused = |page: &Page| {
        ["cluster", "nodegroups", "addon_versions", "insights", "subnets"].iter().all(|one| up(page, one, 0))
    };
    exporter.keeps_showing("no facts of another cluster", |page| !page.has("eks_cluster_info", &[]), refused).await;
    assert!(exporter.readiness().is_ok(), "{:?}", exporter.readiness());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_believed_without_proof_where_the_check_is_off() {
    let cluster_ = Cluster::start().await;
    let aws = account(vec![cluster("test", ISSUER)]);
    let exporter = exporter(&cluster_, &["--cluster-name=test", "--aws-skip-issuer-check"], &aws).await;
    exporter.shows("its subnet", has_subnet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_where_aws_is_off() {
    let cluster_ = Cluster::start().await;
    let aws = account(vec![cluster("prod", &issuer(&cluster_).await)]);
    let exporter = exporter(&cluster_, &["--aws=off"], &aws).await;
    let page = exporter.page();
    for collector in ["cluster", "nodegroups", "addon_versions", "insights", "subnets", "network_interfaces"] {
        assert!(page.says("eksporter_collector_info", &[("collector", collector), ("state", "off")], 1));
        assert!(!page.has("eksporter_collector_up", &[("collector", collector)]));
    }
    assert!(!has_subnet(&page));
}
