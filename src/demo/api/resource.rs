//! The kinds that the simulated API server knows.

/// Where a kind lives in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// API group, empty for core.
    pub group: &'static str,
    /// Version.
    pub version: &'static str,
    /// Kind as in `kind:`.
    pub kind: &'static str,
    /// Path segment.
    pub plural: &'static str,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
}

const fn core(kind: &'static str, plural: &'static str, namespaced: bool) -> Resource {
    Resource { group: "", version: "v1", kind, plural, namespaced }
}

const fn cluster_crd(group: &'static str, version: &'static str, kind: &'static str, plural: &'static str) -> Resource {
    Resource { group, version, kind, plural, namespaced: false }
}

impl Resource {
    /// What a new server serves.
    pub const BUILT_IN: &'static [Self] = &[
        core("ConfigMap", "configmaps", true),
        core("Event", "events", true),
        core("Node", "nodes", false),
        core("Pod", "pods", true),
        Self { group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets", namespaced: true },
        Self { group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", namespaced: true },
        Self { group: "batch", version: "v1", kind: "Job", plural: "jobs", namespaced: true },
    ];

    /// Karpenter's `NodeClaim`.
    pub const NODE_CLAIM: Self = cluster_crd("karpenter.sh", "v1", "NodeClaim", "nodeclaims");

    /// Custom resources that can be added by name.
    pub const CUSTOM: &'static [Self] = &[
        Self::NODE_CLAIM,
        cluster_crd("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses"),
        cluster_crd("eks.amazonaws.com", "v1", "NodeClass", "nodeclasses"),
        cluster_crd("crd.k8s.amazonaws.com", "v1alpha1", "ENIConfig", "eniconfigs"),
        cluster_crd("vpcresources.k8s.aws", "v1alpha1", "CNINode", "cninodes"),
    ];

    /// Finds a kind that can be served, built-in or custom.
    #[must_use]
    pub fn known(group: &str, kind: &str) -> Option<Self> {
        Self::BUILT_IN.iter().chain(Self::CUSTOM).find(|known| known.group == group && known.kind == kind).copied()
    }

    /// `v1`, or `group/version`.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether two entries are the same kind, perhaps in different versions.
    #[must_use]
    pub fn is_kind_of(&self, other: &Self) -> bool {
        self.group == other.group && self.plural == other.plural
    }
}
