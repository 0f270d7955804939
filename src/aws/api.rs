//! The reads that the program needs of AWS, as one trait.
//!
//! Methods are called after the API's operations, so that the IAM action of each is plain. Lists are whole: paging,
//! retries and time-outs are the business of whoever implements them.

use futures::future::BoxFuture;

use super::{
    AwsError,
    facts::{
        Addon, AddonRelease, CidrReservation, Cluster, ClusterVersion, FargateProfile, Insight, NetworkInterface,
        Nodegroup, Subnet,
    },
};

/// What a read comes back with.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, AwsError>>;

/// The reads. Each fails alone, with an [`AwsError`] that says of what class.
pub trait AwsApi: Send + Sync {
    /// The names of the clusters of this account and region (`eks:ListClusters`).
    fn list_clusters(&self) -> Answer<'_, Vec<String>>;

    /// One cluster (`eks:DescribeCluster`). Not known: [`AwsError::is_not_found`].
    fn describe_cluster<'a>(&'a self, cluster: &'a str) -> Answer<'a, Cluster>;

    /// The names of the managed node groups (`eks:ListNodegroups`).
    fn list_nodegroups<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>>;

    /// One managed node group (`eks:DescribeNodegroup`).
    fn describe_nodegroup<'a>(&'a self, cluster: &'a str, nodegroup: &'a str) -> Answer<'a, Nodegroup>;

    /// The names of the Fargate profiles (`eks:ListFargateProfiles`).
    fn list_fargate_profiles<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>>;

    /// One Fargate profile (`eks:DescribeFargateProfile`).
    fn describe_fargate_profile<'a>(&'a self, cluster: &'a str, profile: &'a str) -> Answer<'a, FargateProfile>;

    /// The names of the add-ons that EKS manages in this cluster (`eks:ListAddons`).
    fn list_addons<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>>;

    /// One add-on that EKS manages (`eks:DescribeAddon`). [`AwsError::is_not_found`] says that EKS does not manage it:
    /// self-managed, or absent. Where the cluster is not found, the error is another one.
    fn describe_addon<'a>(&'a self, cluster: &'a str, addon: &'a str) -> Answer<'a, Addon>;

    /// The versions of all add-ons that go with a Kubernetes minor such as `1.35` (`eks:DescribeAddonVersions`). In no
    /// order that means anything.
    fn describe_addon_versions<'a>(&'a self, kubernetes_version: &'a str) -> Answer<'a, Vec<AddonRelease>>;

    /// The calendar of all Kubernetes minors, ended ones too (`eks:DescribeClusterVersions`).
    fn describe_cluster_versions(&self) -> Answer<'_, Vec<ClusterVersion>>;

    /// What EKS found out about the cluster (`eks:ListInsights`).
    fn list_insights<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<Insight>>;

    /// The subnets that fit all filters (`ec2:DescribeSubnets`). An id in [`Filter::subnets`] that does not exist is
    /// left out of the answer. None is asked for where a filter has no values: the answer is empty.
    fn describe_subnets<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<Subnet>>;

    /// The network interfaces that fit all filters (`ec2:DescribeNetworkInterfaces`), as for
    /// [`describe_subnets`](Self::describe_subnets).
    fn describe_network_interfaces<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<NetworkInterface>>;

    /// The parts of a subnet that are set aside (`ec2:GetSubnetCidrReservations`): IPv4 and IPv6. An unknown subnet is
    /// [`AwsError::is_not_found`].
    fn get_subnet_cidr_reservations<'a>(&'a self, subnet: &'a str) -> Answer<'a, Vec<CidrReservation>>;
}

/// The tag of interfaces that the VPC resource controller made: branches and their trunks
/// (aws/amazon-vpc-resource-controller-k8s pkg/config/type.go).
pub const OWNER_TAG: (&str, &str) = ("eks:eni:owner", "eks-vpc-resource-controller");

/// One condition of EC2: the name is in the list of the call's API page, and any of the values will do.
///
/// An unknown id in a filter is no error, where the parameter for ids refuses the whole call: one subnet that somebody
/// deleted must not hide the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What is compared.
    pub name: String,
    /// What it may be.
    pub values: Vec<String>,
}

impl Filter {
    /// In one of these subnets.
    pub fn subnets(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new("subnet-id", ids)
    }

    /// In this VPC.
    pub fn vpc(id: impl Into<String>) -> Self {
        Self::new("vpc-id", [id])
    }

    /// Has this tag, whatever its value.
    #[must_use]
    pub fn tagged(key: &str) -> Self {
        Self::new("tag-key", [key])
    }

    /// Has this tag with one of the values.
    pub fn tag(key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new(format!("tag:{key}"), values)
    }

    fn new(name: impl Into<String>, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { name: name.into(), values: values.into_iter().map(Into::into).collect() }
    }
}
