//! Which add-on an image belongs to, and whether its version goes with the API server's.

use crate::diagnose::{Addon, Basis, Component, Image, Version, judge_addon, recognise};

/// EKS user guide and the manifests of each add-on.
#[test]
fn add_ons_are_recognised_by_the_end_of_their_repository_wherever_it_is_hosted() {
    let ecr = "602401143452.dkr.ecr.eu-west-1.amazonaws.com";
    for (reference, on_each_node, expected) in [
        (format!("{ecr}/amazon-k8s-cni:v1"), true, Some((Addon::VpcCni, Component::AwsNode))),
        (format!("{ecr}/amazon-k8s-cni-init:v1"), true, Some((Addon::VpcCni, Component::Init))),
        (
            format!("{ecr}/amazon/aws-network-policy-agent:v1"),
            true,
            Some((Addon::VpcCni, Component::NetworkPolicyAgent)),
        ),
        (format!("{ecr}/eks/kube-proxy:v1"), true, Some((Addon::KubeProxy, Component::Whole))),
        ("registry.k8s.io/kube-proxy:v1".to_owned(), true, Some((Addon::KubeProxy, Component::Whole))),
        ("mirror.corp:5000/aws/eks/coredns:v1".to_owned(), false, Some((Addon::Coredns, Component::Whole))),
        (format!("{ecr}/eks/aws-ebs-csi-driver:v1"), true, Some((Addon::EbsCsiDriver, Component::Node))),
        (
            "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1".to_owned(),
            false,
            Some((Addon::EbsCsiDriver, Component::Controller)),
        ),
        (format!("{ecr}/eks/aws-efs-csi-driver:v1"), false, Some((Addon::EfsCsiDriver, Component::Controller))),
        (format!("{ecr}/eks/eks-pod-identity-agent:v1"), true, Some((Addon::PodIdentityAgent, Component::Whole))),
        (format!("{ecr}/eks/eks-node-monitoring-agent:v1"), true, Some((Addon::NodeMonitoringAgent, Component::Whole))),
        (format!("{ecr}/eks/metrics-server:v1"), false, Some((Addon::MetricsServer, Component::Whole))),
        (format!("{ecr}/eks/snapshot-controller:v1"), false, Some((Addon::SnapshotController, Component::Whole))),
        // Side cars, and look-alikes.
        (format!("{ecr}/eks/csi-provisioner:v1"), false, None),
        ("registry.k8s.io/dns/k8s-dns-node-cache:1.25.0".to_owned(), true, None),
        ("quay.io/calico/not-kube-proxy:v1".to_owned(), true, None),
    ] {
        assert_eq!(recognise(&Image::parse(&reference), on_each_node), expected, "{reference}");
    }
}

fn kube_proxy(version: &str, server: u32) -> (i64, bool) {
    let version = Version::parse(version).unwrap();
    let judged = judge_addon(Addon::KubeProxy, Basis::Kubernetes, &version, (1, server), None).unwrap();
    assert_eq!(judged.expected, format!("1.{server}"));
    (judged.behind.expect("of one major"), judged.supported)
}

/// kubernetes.io/releases/version-skew-policy: "kube-proxy may be up to three minor versions older than kube-apiserver
/// (kube-proxy < 1.25 may only be up to two minor versions older)", and "must not be newer".
#[test]
fn kube_proxy_may_be_three_minors_older_and_before_1_25_two() {
    for (version, server, expected) in [
        ("v1.33.0-eksbuild.2", 33, (0, true)),
        ("v1.30.14-eksbuild.28", 33, (3, true)),
        ("v1.29.15-eksbuild.16", 33, (4, false)),
        ("v1.25.16-eks-1-25-30", 28, (3, true)),
        ("v1.24.10-minimal-eksbuild.2", 26, (2, true)),
        ("v1.24.10-minimal-eksbuild.2", 27, (3, false)),
    ] {
        assert_eq!(kube_proxy(version, server), expected, "{version} on 1.{server}");
    }
}

/// Incident 2: the control plane went from 1.24 to 1.25, and kube-proxy was too old already.
#[test]
fn kube_proxy_1_21_was_outside_the_policy_before_the_upgrade_to_1_25() {
    assert_eq!(kube_proxy("v1.21.2-eksbuild.2", 24), (3, false));
    assert_eq!(kube_proxy("v1.21.2-eksbuild.2", 25), (4, false));
}

#[test]
fn kube_proxy_newer_than_the_api_server_is_ahead_and_not_supported() {
    assert_eq!(kube_proxy("v1.34.0-eksbuild.2", 33), (-1, false));
}

#[test]
fn only_kube_proxy_is_bound_to_the_version_of_the_api_server() {
    let version = Version::parse("v1.33.0").unwrap();
    for addon in Addon::ALL.into_iter().filter(|addon| *addon != Addon::KubeProxy) {
        assert_eq!(judge_addon(addon, Basis::Kubernetes, &version, (1, 33), None), None, "{}", addon.as_str());
    }
    assert_eq!(judge_addon(Addon::KubeProxy, Basis::Catalog, &version, (1, 33), None), None);
    assert_eq!(
        judge_addon(Addon::KubeProxy, Basis::Kubernetes, &version, (2, 0), None),
        None,
        "no minors between majors"
    );
}
