//! Custom resources that say from which subnets addresses are taken: of the VPC CNI, of Karpenter, of EKS Auto Mode and of
//! the VPC resource controller. All are cluster-wide and always JSON.

use serde::{Deserialize, Serialize};

use super::{Meta, custom, nullable};

/// `crd.k8s.amazonaws.com` `ENIConfig`: the subnet of pods with custom networking (aws/amazon-vpc-cni-k8s
/// `pkg/apis/crd/v1alpha1/eniconfig_types.go`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EniConfig {
    /// Identity.
    pub metadata: Meta,
    /// What its owner wants.
    #[serde(deserialize_with = "nullable")]
    pub spec: EniConfigSpec,
}

custom!(EniConfig, "crd.k8s.amazonaws.com", "v1alpha1", "ENIConfig", "eniconfigs");

/// The part of `ENIConfig.spec` that is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EniConfigSpec {
    /// The subnet's id.
    #[serde(deserialize_with = "nullable")]
    pub subnet: String,
}

/// `karpenter.k8s.aws` `EC2NodeClass` (aws/karpenter-provider-aws `pkg/apis/v1/ec2nodeclass_status.go`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Ec2NodeClass {
    /// Identity.
    pub metadata: Meta,
    /// What Karpenter found.
    #[serde(deserialize_with = "nullable")]
    pub status: NodeClassStatus,
}

custom!(Ec2NodeClass, "karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses");

/// `eks.amazonaws.com` `NodeClass`: the same of EKS Auto Mode (EKS user guide, "Create a Node Class for Amazon EKS").
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClass {
    /// Identity.
    pub metadata: Meta,
    /// What EKS found.
    #[serde(deserialize_with = "nullable")]
    pub status: NodeClassStatus,
}

custom!(NodeClass, "eks.amazonaws.com", "v1", "NodeClass", "nodeclasses");

/// The part of the status of either that is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClassStatus {
    /// Subnets in which nodes are started.
    #[serde(deserialize_with = "nullable")]
    pub subnets: Vec<NodeClassSubnet>,
}

/// One of `status.subnets`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClassSubnet {
    /// The subnet's id.
    #[serde(deserialize_with = "nullable")]
    pub id: String,
}

/// `vpcresources.k8s.aws` `CNINode`, one for each node that the VPC resource controller looks after. Its status came in
/// 2026 and may be empty (aws/amazon-vpc-resource-controller-k8s#681, #703).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CniNode {
    /// Identity; the name is the node's.
    pub metadata: Meta,
    /// What the controller found.
    #[serde(deserialize_with = "nullable")]
    pub status: CniNodeStatus,
}

custom!(CniNode, "vpcresources.k8s.aws", "v1alpha1", "CNINode", "cninodes");

/// The part of `CNINode.status` that is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CniNodeStatus {
    /// The trunk interface of security groups for pods; branch ENIs are in its subnet.
    #[serde(deserialize_with = "nullable")]
    pub trunk_interface: CniNodeSubnet,
    /// The instance's own interface.
    #[serde(deserialize_with = "nullable")]
    pub node_network_state: CniNodeSubnet,
}

/// The part of a `CNINode`'s interface that is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CniNodeSubnet {
    /// The subnet's id.
    #[serde(rename = "subnetID", deserialize_with = "nullable")]
    pub subnet_id: String,
}
