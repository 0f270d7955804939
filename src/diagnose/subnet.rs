//! Subnets: who takes addresses there.

/// Who takes addresses from a subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubnetUser {
    /// The control plane, for its network interfaces.
    Cluster,
    /// A managed node group.
    Nodegroup,
    /// A Fargate profile.
    Fargate,
    /// Pods, by an `ENIConfig` of the VPC CNI.
    EniConfig,
    /// Nodes that Karpenter starts, by an `EC2NodeClass`.
    Karpenter,
    /// Nodes that are there, by their `CNINode`.
    Node,
    /// The VPC CNI, which finds the subnet by its tag.
    Tag,
}

impl SubnetUser {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Cluster, Self::Nodegroup, Self::Fargate, Self::EniConfig, Self::Karpenter, Self::Node, Self::Tag];

    /// Value of the label `used_by`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Nodegroup => "nodegroup",
            Self::Fargate => "fargate",
            Self::EniConfig => "eniconfig",
            Self::Karpenter => "karpenter",
            Self::Node => "node",
            Self::Tag => "tag",
        }
    }
}
