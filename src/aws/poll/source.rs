//! What is asked of AWS, how often, and which rights it takes.

use std::time::Duration;

use crate::collector::Collector;

/// Something that is asked of AWS again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The cluster.
    Cluster,
    /// The calendar of all Kubernetes minors.
    ClusterVersions,
    /// Managed node groups.
    Nodegroups,
    /// Fargate profiles.
    FargateProfiles,
    /// Add-ons that EKS manages.
    Addons,
    /// Versions of add-ons that EKS offers.
    AddonVersions,
    /// Insights.
    Insights,
    /// Subnets by their ids.
    Subnets,
    /// Subnets that the VPC CNI finds by their tag.
    SubnetTags,
    /// Network interfaces in those subnets.
    NetworkInterfaces,
    /// Reservations in those subnets.
    SubnetReservations,
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Cluster,
        Self::ClusterVersions,
        Self::Nodegroups,
        Self::FargateProfiles,
        Self::Addons,
        Self::AddonVersions,
        Self::Insights,
        Self::Subnets,
        Self::SubnetTags,
        Self::NetworkInterfaces,
        Self::SubnetReservations,
    ];

    /// Value of the label `source`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::ClusterVersions => "cluster_versions",
            Self::Nodegroups => "nodegroups",
            Self::FargateProfiles => "fargate_profiles",
            Self::Addons => "addons",
            Self::AddonVersions => "addon_versions",
            Self::Insights => "insights",
            Self::Subnets => "subnets",
            Self::SubnetTags => "subnet_tags",
            Self::NetworkInterfaces => "network_interfaces",
            Self::SubnetReservations => "subnet_reservations",
        }
    }

    /// How often it is asked: as often as it changes and somebody would act on it. EKS itself refreshes insights once a
    /// day; what it offers changes every few weeks.
    #[must_use]
    pub const fn period(self) -> Duration {
        match self {
            Self::Subnets => minutes(1),
            Self::Cluster | Self::Nodegroups => minutes(5),
            Self::Addons
            | Self::FargateProfiles
            | Self::SubnetTags
            | Self::NetworkInterfaces
            | Self::SubnetReservations => minutes(10),
            Self::Insights => minutes(60),
            Self::AddonVersions => minutes(12 * 60),
            Self::ClusterVersions => minutes(24 * 60),
        }
    }

    /// Whether its facts say what else there is to ask.
    pub(in crate::aws) const fn leads(self) -> bool {
        matches!(self, Self::Cluster | Self::Nodegroups | Self::FargateProfiles)
    }

    /// How long its facts are good for when they cannot be renewed.
    #[must_use]
    pub fn lifetime(self, stale_after: Duration) -> Duration {
        if self.period() * 2 <= stale_after { stale_after } else { self.period() + stale_after }
    }

    /// The collector that it belongs to.
    #[must_use]
    pub const fn collector(self) -> Collector {
        match self {
            Self::Cluster | Self::ClusterVersions => Collector::Cluster,
            Self::Nodegroups | Self::FargateProfiles => Collector::Nodegroups,
            Self::Addons | Self::AddonVersions => Collector::AddonVersions,
            Self::Insights => Collector::Insights,
            Self::Subnets | Self::SubnetTags => Collector::Subnets,
            Self::NetworkInterfaces | Self::SubnetReservations => Collector::NetworkInterfaces,
        }
    }

    /// The IAM actions that it takes.
    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Cluster => &["eks:DescribeCluster"],
            Self::ClusterVersions => &["eks:DescribeClusterVersions"],
            Self::Nodegroups => &["eks:ListNodegroups", "eks:DescribeNodegroup"],
            Self::FargateProfiles => &["eks:ListFargateProfiles", "eks:DescribeFargateProfile"],
            Self::Addons => &["eks:ListAddons", "eks:DescribeAddon"],
            Self::AddonVersions => &["eks:DescribeAddonVersions"],
            Self::Insights => &["eks:ListInsights"],
            Self::Subnets | Self::SubnetTags => &["ec2:DescribeSubnets"],
            Self::NetworkInterfaces => &["ec2:DescribeNetworkInterfaces"],
            Self::SubnetReservations => &["ec2:GetSubnetCidrReservations"],
        }
    }
}
