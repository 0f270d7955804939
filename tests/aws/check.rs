//! `eksporter check` with an AWS that answers.

use std::sync::Arc;

use eksporter::demo::api::{ApiServer, NoFaults, Options, Store};
use serde_json::json;

use crate::{
    account::{SUBNET, account, operation},
    probe::REGION,
    stub::{Stub, xml},
    support::program::{command, kubeconfig},
};

/// A cluster with one node and the VPC CNI on it.
fn cluster() -> Arc<Store> {
    let store = Store::new();
    let node = json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "spec": {"providerID": "aws:///eu-central-1a/i-0a"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    });
    let cni = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "aws-node-1", "namespace": "kube-system"},
        "spec": {"nodeName": "a", "containers": [{"name": "aws-node", "image": "eks/amazon-k8s-cni:v1.21.1-eksbuild.3"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    });
    for object in [node, cni] {
        store.apply(object).expect("applied");
    }
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn subnets_add_ons_and_what_eks_finds_wrong_are_among_the_findings() {
    let aws = Stub::start(|asked| match operation(asked) {
        "DescribeSubnets" => xml(
            200,
            &format!(
                "<DescribeSubnetsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><subnetSet><item>\
                 <subnetId>{SUBNET}</subnetId><cidrBlock>10.0.0.0/24</cidrBlock><vpcId>vpc-1</vpcId>\
                 <availabilityZoneId>euc1-az1</availabilityZoneId><availableIpAddressCount>4</availableIpAddressCount>\
                 </item></subnetSet></DescribeSubnetsResponse>"
            ),
        ),
        other => account(other),
    })
    .await;
    let options = Options { git_version: "v1.35.1-eks-0123456".to_owned(), ..Options::default() };
    let server = ApiServer::start_with(cluster(), NoFaults, options).expect("started");
    let kubeconfig = kubeconfig(&server.url());
    let environment = [
        REGION,
        ("KUBECONFIG", kubeconfig.path().to_str().expect("text")),
        ("AWS_ENDPOINT_URL", aws.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let arguments = ["check", "--cluster-name=blue", "--aws-skip-issuer-check"];
    let run = move || command(&arguments, &environment).output().expect("it runs");
    let output = tokio::task::block_in_place(run);
    let found = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert_eq!(output.status.code(), Some(1), "{found}");
    for line in [
        "critical",
        "1 subnet has hardly any free addresses",
        "10.0.0.0/24, euc1-az1): 4 of 251 free; used by cluster, nodegroup workers, fargate batch",
        "EKS finds wrong with the cluster: Ec2SubnetNotFound",
        "EKS finds wrong with node groups: AsgInstanceLaunchFailures",
        "EKS finds wrong with add-ons: InsufficientNumberOfReplicas",
        "vpc-cni v1.21.1-eksbuild.3, EKS installs v1.22.4-eksbuild.3",
        "1 insight of EKS: ERROR",
        "`aws eks describe-insight --cluster-name blue --id a --region eu-central-1`",
    ] {
        assert!(found.contains(line), "no {line:?} in:\n{found}");
    }
    assert!(!found.contains("insights:"), "all of AWS was looked at:\n{found}");
}
