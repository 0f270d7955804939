//! The rest of the program, as pollers see it: who takes their news, and says what else is to be asked.

use jiff::Timestamp;

use crate::aws::facts::{
    Addon, AddonRelease, CidrReservation, Cluster, ClusterVersion, FargateProfile, Insight, NetworkInterface,
    Nodegroup, Subnet,
};

/// What a poller brings.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The cluster.
    Cluster(Cluster),
    /// The calendar.
    ClusterVersions(Vec<ClusterVersion>),
    /// The node groups that there are; others are gone.
    NodegroupNames(Vec<String>),
    /// One node group.
    Nodegroup(Nodegroup),
    /// The Fargate profiles that there are; others are gone.
    FargateProfileNames(Vec<String>),
    /// One Fargate profile.
    FargateProfile(FargateProfile),
    /// The add-ons that EKS may manage; nothing is known of others any more.
    AddonNames(Vec<String>),
    /// One add-on that EKS manages.
    Addon(Addon),
    /// EKS does not manage the add-on of that name.
    NoAddon(String),
    /// What EKS offers for a Kubernetes minor.
    AddonVersions {
        /// The minor, such as `1.35`.
        kubernetes: String,
        /// The add-ons.
        addons: Vec<AddonRelease>,
    },
    /// Insights.
    Insights(Vec<Insight>),
    /// The subnets that were asked for by id.
    Subnets(Vec<Subnet>),
    /// The subnets with the VPC CNI's tag.
    TaggedSubnets(Vec<Subnet>),
    /// Network interfaces, with the subnets as they were at that moment.
    NetworkInterfaces {
        /// The interfaces.
        interfaces: Vec<NetworkInterface>,
        /// The subnets.
        subnets: Vec<Subnet>,
    },
    /// What is set aside in a subnet.
    SubnetReservations {
        /// The subnet's id.
        subnet: String,
        /// The blocks.
        reservations: Vec<CidrReservation>,
    },
}

/// The rest of the program.
pub trait Home: Send + Sync + 'static {
    /// Takes news, which are good until then unless they are renewed.
    fn take(&self, news: News, until: Timestamp);

    /// The Kubernetes minor that add-ons are to go with, such as `1.35`.
    fn kubernetes(&self) -> Option<String>;

    /// The names of add-ons that run in the cluster, in order.
    fn addons(&self) -> Vec<String>;

    /// The cluster's VPC.
    fn vpc(&self) -> Option<String>;

    /// The ids of the subnets that somebody takes addresses from, in order.
    fn subnets(&self) -> Vec<String>;
}
