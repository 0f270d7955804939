//! Facts of the EKS API. Sources: the API reference of Amazon EKS, page of each operation.

use jiff::Timestamp;

use super::{
    AddonStatus, CapacityType, ClusterStatus, InsightCategory, InsightStatus, IpFamily, IssueCode, NodegroupStatus,
    SupportType, VersionStatus,
};

/// What EKS finds wrong with a cluster, a node group or an add-on (`health.issues`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// What it is.
    pub code: IssueCode,
    /// EKS's words.
    pub message: String,
    /// What it is about: ids of subnets, security groups, pods.
    pub resource_ids: Vec<String>,
}

/// A cluster (`DescribeCluster`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its ARN, which has the account and the region.
    pub arn: String,
    /// What it is doing.
    pub status: ClusterStatus,
    /// Kubernetes minor, such as `1.35`.
    pub version: String,
    /// Such as `eks.12`.
    pub platform_version: Option<String>,
    /// Whether it is to stay in extended support: a preference, not what is billed.
    pub support_type: Option<SupportType>,
    /// Issuer of its service account tokens.
    pub oidc_issuer: Option<String>,
    /// Its VPC.
    pub vpc_id: Option<String>,
    /// Where the control plane has its network interfaces.
    pub subnet_ids: Vec<String>,
    /// Addresses of pods and services.
    pub ip_family: Option<IpFamily>,
    /// EKS Auto Mode (`computeConfig.enabled`): its nodes run no aws-node, kube-proxy or `coredns` workloads.
    pub auto_mode: bool,
    /// What EKS finds wrong with it.
    pub issues: Vec<Issue>,
}

impl Cluster {
    /// One that is active, of that name and Kubernetes minor; nothing else is known of it.
    #[must_use]
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            arn: String::new(),
            status: ClusterStatus::Active,
            version: version.to_owned(),
            platform_version: None,
            support_type: None,
            oidc_issuer: None,
            vpc_id: None,
            subnet_ids: Vec::new(),
            ip_family: None,
            auto_mode: false,
            issues: Vec::new(),
        }
    }
}

/// A managed node group (`DescribeNodegroup`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nodegroup {
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub status: NodegroupStatus,
    /// Kubernetes minor; absent with an image of one's own.
    pub version: Option<String>,
    /// Release of the image, such as `1.35.6-20260714`.
    pub release_version: Option<String>,
    /// Such as `AL2023_x86_64_STANDARD`. AWS's word as it is: the list grows with each instance family.
    pub ami_type: Option<String>,
    /// How its instances are bought.
    pub capacity_type: Option<CapacityType>,
    /// Where its nodes are.
    pub subnet_ids: Vec<String>,
    /// What EKS finds wrong with it.
    pub issues: Vec<Issue>,
}

/// A Fargate profile (`DescribeFargateProfile`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateProfile {
    /// Its name.
    pub name: String,
    /// Where its pods are.
    pub subnet_ids: Vec<String>,
}

/// An add-on that EKS manages (`DescribeAddon`). `configurationValues` may hold secrets and is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addon {
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub status: AddonStatus,
    /// What EKS installed, such as `v1.21.1-eksbuild.3`.
    pub version: Option<String>,
    /// What EKS finds wrong with it.
    pub issues: Vec<Issue>,
}

/// The versions of an add-on for one Kubernetes minor (`DescribeAddonVersions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonRelease {
    /// The add-on's name.
    pub name: String,
    /// Its versions for the minor that was asked for, in no order that means anything.
    pub versions: Vec<AddonVersion>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonVersion {
    /// Such as `v1.21.1-eksbuild.3`.
    pub version: String,
    /// What EKS installs when no version is asked for. Not always the latest.
    pub default: bool,
}

/// A Kubernetes minor in the calendar (`DescribeClusterVersions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterVersion {
    /// Such as `1.35`.
    pub version: String,
    /// What a new cluster gets.
    pub default: bool,
    /// Where it stands today.
    pub status: Option<VersionStatus>,
    /// First instant that is not in standard support, 00:00 UTC.
    pub standard_support_end: Option<Timestamp>,
    /// First instant that is not in extended support, 00:00 UTC.
    pub extended_support_end: Option<Timestamp>,
}

/// An insight (`ListInsights`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insight {
    /// Its id.
    pub id: String,
    /// EKS's name for what it looks at, such as `Deprecated APIs removed in Kubernetes v1.36`.
    pub name: String,
    /// What it is for.
    pub category: InsightCategory,
    /// The minor that it is about.
    pub kubernetes_version: Option<String>,
    /// What it found.
    pub status: InsightStatus,
    /// Why, in EKS's words.
    pub reason: Option<String>,
}
