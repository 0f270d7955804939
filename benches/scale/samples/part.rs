//! Pods that are on every node, each with a part of its own.

use super::{addon, pod};

/// What such a pod is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    AwsNode,
    KubeProxy,
    /// Uses a branch ENI.
    Holder,
    /// The same once more.
    OtherHolder,
    /// Is being deleted and still uses one.
    Leaving,
    /// Ended hours ago and still names one.
    Ended,
}

/// How many of them a node has.
pub const PARTS: u32 = 6;

impl Part {
    pub const ALL: [Self; PARTS as usize] =
        [Self::AwsNode, Self::KubeProxy, Self::Holder, Self::OtherHolder, Self::Leaving, Self::Ended];

    /// Pods of kube-system's `DaemonSets`, on every node; the others only where there are branch ENIs.
    pub fn is_agent(self) -> bool {
        matches!(self, Self::AwsNode | Self::KubeProxy)
    }

    pub fn pod(self, now: u64) -> Vec<u8> {
        match self {
            Self::AwsNode => addon::pod(now, &addon::AWS_NODE),
            Self::KubeProxy => addon::pod(now, &addon::KUBE_PROXY),
            Self::Holder | Self::OtherHolder => pod::with_branch_eni(now, false, false),
            Self::Leaving => pod::with_branch_eni(now, false, true),
            Self::Ended => pod::with_branch_eni(now, true, false),
        }
    }
}
