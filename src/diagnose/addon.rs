//! Add-ons: which one an image belongs to, and whether its version goes with the API server's.

use super::{AddonOffer, Catalog, Image, Version, skew};

/// An add-on that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Addon {
    /// Amazon VPC CNI.
    VpcCni,
    /// kube-proxy.
    KubeProxy,
    /// `CoreDNS`.
    Coredns,
    /// Amazon EBS CSI driver.
    EbsCsiDriver,
    /// Amazon EFS CSI driver.
    EfsCsiDriver,
    /// EKS Pod Identity Agent.
    PodIdentityAgent,
    /// EKS node monitoring agent.
    NodeMonitoringAgent,
    /// Metrics server.
    MetricsServer,
    /// CSI snapshot controller.
    SnapshotController,
}

impl Addon {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::VpcCni,
        Self::KubeProxy,
        Self::Coredns,
        Self::EbsCsiDriver,
        Self::EfsCsiDriver,
        Self::PodIdentityAgent,
        Self::NodeMonitoringAgent,
        Self::MetricsServer,
        Self::SnapshotController,
    ];

    /// Its name in the EKS API, and the label `addon`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VpcCni => "vpc-cni",
            Self::KubeProxy => "kube-proxy",
            Self::Coredns => "coredns",
            Self::EbsCsiDriver => "aws-ebs-csi-driver",
            Self::EfsCsiDriver => "aws-efs-csi-driver",
            Self::PodIdentityAgent => "eks-pod-identity-agent",
            Self::NodeMonitoringAgent => "eks-node-monitoring-agent",
            Self::MetricsServer => "metrics-server",
            Self::SnapshotController => "snapshot-controller",
        }
    }

    /// The component whose version is the add-on's.
    #[must_use]
    pub const fn main(self) -> Component {
        match self {
            Self::VpcCni => Component::AwsNode,
            Self::EbsCsiDriver | Self::EfsCsiDriver => Component::Controller,
            _ => Component::Whole,
        }
    }
}

/// A part of an add-on with a version of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// vpc-cni: the address manager on each node.
    AwsNode,
    /// vpc-cni: sets up the node before it.
    Init,
    /// vpc-cni: enforces network policies.
    NetworkPolicyAgent,
    /// CSI drivers: the part that talks to AWS.
    Controller,
    /// CSI drivers: the part on each node.
    Node,
    /// The add-on has but one part.
    Whole,
}

impl Component {
    /// Value of the label `component`: the add-on's own name where it has but one.
    #[must_use]
    pub const fn of(self, addon: Addon) -> &'static str {
        match self {
            Self::AwsNode => "aws-node",
            Self::Init => "init",
            Self::NetworkPolicyAgent => "network-policy-agent",
            Self::Controller => "controller",
            Self::Node => "node",
            Self::Whole => addon.as_str(),
        }
    }
}

/// The add-on and component that an image is of, by the end of its repository: images are re-hosted, and the host tells
/// nothing (EKS user guide, "View Amazon container image registries"). `on_each_node`: it runs in a `DaemonSet`, which
/// is how the two parts of a CSI driver, of one image, are told apart.
#[must_use]
pub fn recognise(image: &Image<'_>, on_each_node: bool) -> Option<(Addon, Component)> {
    let half = if on_each_node { Component::Node } else { Component::Controller };
    Some(match image.name() {
        "amazon-k8s-cni" => (Addon::VpcCni, Component::AwsNode),
        "amazon-k8s-cni-init" => (Addon::VpcCni, Component::Init),
        "aws-network-policy-agent" => (Addon::VpcCni, Component::NetworkPolicyAgent),
        "kube-proxy" => (Addon::KubeProxy, Component::Whole),
        "coredns" => (Addon::Coredns, Component::Whole),
        "aws-ebs-csi-driver" => (Addon::EbsCsiDriver, half),
        "aws-efs-csi-driver" => (Addon::EfsCsiDriver, half),
        "eks-pod-identity-agent" => (Addon::PodIdentityAgent, Component::Whole),
        "eks-node-monitoring-agent" => (Addon::NodeMonitoringAgent, Component::Whole),
        "metrics-server" => (Addon::MetricsServer, Component::Whole),
        "snapshot-controller" => (Addon::SnapshotController, Component::Whole),
        _ => return None,
    })
}

/// Who looks after an add-on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Management {
    /// EKS.
    Eks,
    /// The cluster's owner.
    Own,
    /// Nothing tells.
    Unknown,
}

impl Management {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Eks, Self::Own, Self::Unknown];

    /// Value of the label `management`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eks => "eks",
            Self::Own => "self",
            Self::Unknown => "unknown",
        }
    }
}

/// What an add-on's version is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// The API server's version, by the version-skew policy.
    Kubernetes,
    /// The shipped table.
    Catalog,
    /// What EKS offers for the API server's version.
    Eks,
}

impl Basis {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kubernetes, Self::Catalog, Self::Eks];

    /// Value of the label `basis`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Catalog => "catalog",
            Self::Eks => "eks",
        }
    }
}

/// What comes out of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Minors behind what is expected; negative is ahead. `None` across majors, where minors say nothing.
    pub behind: Option<i64>,
    /// Whether it goes with the API server.
    pub supported: bool,
    /// What is expected.
    pub expected: String,
}

/// Compares the version of an add-on's main component with an API server of that major and minor version, and with what
/// EKS offers for it, where that is known. `None` where the basis has nothing to say of it.
#[must_use]
pub fn judge(
    addon: Addon,
    basis: Basis,
    version: &Version,
    server: (u32, u32),
    offer: Option<&AddonOffer>,
) -> Option<Judgement> {
    match basis {
        Basis::Kubernetes if addon == Addon::KubeProxy => {
            let (behind, supported) = compare(version, server)?;
            Some(Judgement { behind: Some(behind), supported, expected: format!("{}.{}", server.0, server.1) })
        }
        Basis::Kubernetes => None,
        Basis::Catalog => {
            let expected = Catalog::shipped().expected(addon, server)?;
            let (behind, supported) = expected.judge(version)?;
            Some(Judgement { behind: Some(behind), supported, expected: expected.to_string() })
        }
        Basis::Eks => offer?.judge(version),
    }
}

/// Minors that kube-proxy is behind the API server, and whether the version-skew policy allows it: the same as of kubelet
/// (kubernetes.io/releases/version-skew-policy, "kube-proxy"). Of another major version it says nothing.
fn compare(version: &Version, server: (u32, u32)) -> Option<(i64, bool)> {
    (version.major == server.0)
        .then(|| (skew::behind(version.minor, server.1), skew::supported(version.minor, server.1)))
}
