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
    /// Karpenter's `NodeClaims`.
    NodeClaims,
    /// The API server's version.
    Version,
}

impl Collector {
    /// All of them, in the order of the docs.
    pub const ALL: [Self; 7] =
        [Self::Pods, Self::Events, Self::Nodes, Self::Owners, Self::Addons, Self::NodeClaims, Self::Version];

    /// Name in `--collector.NAME` and in the label `collector`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Events => "events",
            Self::Nodes => "nodes",
            Self::Owners => "owners",
            Self::Addons => "addons",
            Self::NodeClaims => "nodeclaims",
            Self::Version => "version",
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
            Self::NodeClaims => "Karpenter's NodeClaims: which AMI a node runs",
            Self::Version => "the API server's version",
        }
    }

    /// Whether cluster families wait for it at start, so that a restart does not play "unknown" to the alerts.
    #[must_use]
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Pods | Self::Events | Self::Nodes | Self::Owners)
    }
}
