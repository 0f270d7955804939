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
    /// Nodes of EKS Auto Mode, by a `NodeClass`.
    Auto,
    /// Nodes that are there, by their `CNINode`.
    Node,
    /// The VPC CNI, which finds the subnet by its tag.
    Tag,
}

impl SubnetUser {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Cluster,
        Self::Nodegroup,
        Self::Fargate,
        Self::EniConfig,
        Self::Karpenter,
        Self::Auto,
        Self::Node,
        Self::Tag,
    ];

    /// Value of the label `used_by`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Nodegroup => "nodegroup",
            Self::Fargate => "fargate",
            Self::EniConfig => "eniconfig",
            Self::Karpenter => "karpenter",
            Self::Auto => "auto",
            Self::Node => "node",
            Self::Tag => "tag",
        }
    }
}

/// EKS takes up to five addresses of the control plane's subnets to upgrade it, and asks for six (EKS user guide, "Subnet
/// requirements for clusters").
pub const SUBNET_FREE_CLUSTER: u32 = 6;

/// Free addresses of a subnet for nodes and pods, and their share in percent, below both of which there is hardly any
/// room, or little.
pub const SUBNET_FREE: [(u32, u32); 2] = [(32, 10), (64, 20)];

/// How much room a subnet has left for who takes addresses there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// The next node or upgrade may not get what it needs.
    HardlyAny,
    /// It should not become less.
    Little,
    /// Enough.
    Enough,
}

/// Room in a subnet of so many usable addresses. A share alone says nothing of a large subnet, and a number alone nothing
/// of a small one.
#[must_use]
pub fn room(available: u32, total: u64, users: impl IntoIterator<Item = SubnetUser>) -> Room {
    let (mut control_plane, mut others) = (false, false);
    for user in users {
        control_plane |= user == SubnetUser::Cluster;
        others |= user != SubnetUser::Cluster;
    }
    let below = |(few, percent): (u32, u32)| {
        others && available < few && u64::from(available) * 100 < total * u64::from(percent)
    };
    let [hardly_any, little] = SUBNET_FREE;
    if below(hardly_any) || (control_plane && available < SUBNET_FREE_CLUSTER) {
        Room::HardlyAny
    } else if below(little) {
        Room::Little
    } else {
        Room::Enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_and_pods_need_more_room_than_the_control_plane() {
        use SubnetUser::{Cluster, Karpenter, Nodegroup};
        for (available, total, users, expected) in [
            (5, 251, &[Cluster][..], Room::HardlyAny),
            (6, 251, &[Cluster], Room::Enough),
            (25, 251, &[Nodegroup], Room::HardlyAny),
            (26, 251, &[Nodegroup], Room::Little),
            (50, 251, &[Nodegroup, Karpenter], Room::Little),
            (51, 251, &[Nodegroup], Room::Enough),
            (31, 4091, &[Karpenter], Room::HardlyAny),
            (32, 4091, &[Karpenter], Room::Little),
            (64, 4091, &[Karpenter], Room::Enough),
            (2, 11, &[Nodegroup], Room::Little), // almost a fifth of a small subnet
            (2, 11, &[Nodegroup, Cluster], Room::HardlyAny),
            (0, 251, &[], Room::Enough),
        ] {
            assert_eq!(room(available, total, users.iter().copied()), expected, "{available} of {total} for {users:?}");
        }
    }
}
