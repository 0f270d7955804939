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

/// EKS takes up to five addresses of the control plane's subnets to upgrade it, and asks for six (EKS user guide, "Subnet
/// requirements for clusters").
const CONTROL_PLANE: u32 = 6;
/// Below so many addresses a share of them says nothing any more: two nodes take as many.
const FEW: u32 = 32;

/// Whether too few addresses are left for who takes them: only the control plane, or nodes and pods too (then less than a
/// tenth, and fewer than 32).
#[must_use]
pub fn is_low(available: u32, total: u64, only_control_plane: bool) -> bool {
    if only_control_plane {
        available < CONTROL_PLANE
    } else {
        available < FEW && u64::from(available) * 10 < total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_and_pods_need_more_room_than_the_control_plane() {
        for (available, total, only_control_plane, expected) in [
            (5, 251, true, true),
            (6, 251, true, false),
            (25, 251, false, true),
            (26, 251, false, false),
            (31, 4091, false, true),
            (32, 4091, false, false),
            (2, 11, false, false), // a small subnet with a fifth of it free
            (1, 11, false, true),
            (0, 0, false, false),
        ] {
            assert_eq!(is_low(available, total, only_control_plane), expected, "{available} of {total}");
        }
    }
}
