//! The collectors: what can be switched on and off, and what the exporter says of each.

/// One source of facts, by the name used in flags and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Collector {
    /// Pods.
    Pods,
    /// Events about pods.
    Events,
    /// Nodes.
    Nodes,
    /// Owners of pods: Jobs, and `ReplicaSets` where needed.
    Owners,
    /// Add-ons: pods and `DaemonSets` of kube-system.
    Addons,
    /// The VPC resource controller's `CNINodes`.
    CniNodes,
    /// Karpenter's `NodeClaims`.
    NodeClaims,
    /// Karpenter's `EC2NodeClasses`.
    Ec2NodeClasses,
    /// `NodeClasses` of EKS Auto Mode.
    NodeClasses,
    /// The VPC CNI's `ENIConfigs`.
    EniConfigs,
    /// The API server's version.
    Version,
    /// The cluster, as EKS describes it, and the support of its version.
    Cluster,
    /// Managed node groups and Fargate profiles.
    Nodegroups,
    /// Add-ons as EKS runs them, and the versions that it offers.
    AddonVersions,
    /// EKS insights.
    Insights,
    /// Subnets.
    Subnets,
    /// Network interfaces, where a flag asks for them.
    NetworkInterfaces,
}

impl Collector {
    /// All of them, in the order of the docs.
    pub const ALL: [Self; 17] = [
        Self::Pods,
        Self::Events,
        Self::Nodes,
        Self::Owners,
        Self::Addons,
        Self::CniNodes,
        Self::NodeClaims,
        Self::Ec2NodeClasses,
        Self::NodeClasses,
        Self::EniConfigs,
        Self::Version,
        Self::Cluster,
        Self::Nodegroups,
        Self::AddonVersions,
        Self::Insights,
        Self::Subnets,
        Self::NetworkInterfaces,
    ];

    /// Name in `--collector.NAME` and in the label `collector`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Events => "events",
            Self::Nodes => "nodes",
            Self::Owners => "owners",
            Self::Addons => "addons",
            Self::CniNodes => "cninodes",
            Self::NodeClaims => "nodeclaims",
            Self::Ec2NodeClasses => "ec2nodeclasses",
            Self::NodeClasses => "nodeclasses",
            Self::EniConfigs => "eniconfigs",
            Self::Version => "version",
            Self::Cluster => "cluster",
            Self::Nodegroups => "nodegroups",
            Self::AddonVersions => "addon_versions",
            Self::Insights => "insights",
            Self::Subnets => "subnets",
            Self::NetworkInterfaces => "network_interfaces",
        }
    }

    /// What it brings, in a few words.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Pods => "pods: which are stuck, and since when",
            Self::Events => "events about pods: why they are stuck",
            Self::Nodes => "nodes: which are not ready, and what runs on them",
            Self::Owners => "Jobs and ReplicaSets: which CronJob or Deployment a pod belongs to",
            Self::Addons => "add-ons in kube-system: which versions run, and on which nodes they do not",
            Self::CniNodes => "the VPC resource controller's CNINodes: which subnets nodes are in",
            Self::NodeClaims => "Karpenter's NodeClaims: which AMI a node runs",
            Self::Ec2NodeClasses => "Karpenter's EC2NodeClasses: which subnets it starts nodes in",
            Self::NodeClasses => "NodeClasses of EKS Auto Mode: which subnets it starts nodes in",
            Self::EniConfigs => "the VPC CNI's ENIConfigs: which subnets pods take addresses from",
            Self::Version => "the API server's version",
            Self::Cluster => "the cluster by EKS: its health, and how long its version is supported",
            Self::Nodegroups => "managed node groups and Fargate profiles by EKS: versions, health, subnets",
            Self::AddonVersions => "add-ons by EKS: which it manages, their health, and the versions that it offers",
            Self::Insights => "EKS insights: what stands in the way of an upgrade",
            Self::Subnets => "subnets by EC2: free addresses",
            Self::NetworkInterfaces => {
                "network interfaces by EC2, where --subnet-prefixes or --branch-eni-scan asks for them"
            }
        }
    }

    /// Whether cluster families wait for it at start, so that a restart does not play "unknown" to the alerts.
    #[must_use]
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Pods | Self::Events | Self::Nodes | Self::Owners)
    }

    /// Whether it asks AWS instead of the API server.
    #[must_use]
    pub const fn asks_aws(self) -> bool {
        match self {
            Self::Cluster
            | Self::Nodegroups
            | Self::AddonVersions
            | Self::Insights
            | Self::Subnets
            | Self::NetworkInterfaces => true,
            Self::Pods
            | Self::Events
            | Self::Nodes
            | Self::Owners
            | Self::Addons
            | Self::CniNodes
            | Self::NodeClaims
            | Self::Ec2NodeClasses
            | Self::NodeClasses
            | Self::EniConfigs
            | Self::Version => false,
        }
    }
}
