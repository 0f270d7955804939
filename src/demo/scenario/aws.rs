//! The part of a scenario that AWS knows: how it is written, and what becomes of it.

use std::{collections::BTreeMap, net::Ipv4Addr};

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    aws::facts::{
        Addon, AddonRelease, AddonStatus, AddonVersion, CapacityType, Cluster, ClusterVersion, Insight,
        InsightCategory, InterfaceStatus, IpFamily, Issue, NetworkInterface, Nodegroup, NodegroupStatus, Subnet,
    },
    demo::aws::State,
};

/// What AWS knows at the start.
#[derive(Clone, Debug)]
pub struct Aws {
    /// The region.
    pub region: String,
    /// The cluster's name.
    pub cluster: String,
    /// What there is.
    pub state: State,
}

/// `aws` of a scenario.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    region: String,
    cluster: String,
    version: String,
    #[serde(default)]
    subnets: Vec<SubnetEntry>,
    /// Those that the control plane is in.
    #[serde(default)]
    cluster_subnets: Vec<String>,
    #[serde(default)]
    nodegroups: Vec<NodegroupEntry>,
    #[serde(default)]
    addons: Vec<AddonEntry>,
    /// By add-on, what EKS offers for this version; the first is its default.
    #[serde(default)]
    addon_versions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    insights: Vec<InsightEntry>,
    /// What EKS finds wrong with the cluster.
    #[serde(default)]
    issues: Vec<IssueEntry>,
    /// The upgrade policy; EKS's own default without it.
    support_type: Option<String>,
    /// When support of this version ends, where EKS says so.
    support: Option<SupportEntry>,
    #[serde(default)]
    interfaces: Vec<InterfaceEntry>,
}

/// `aws` of a step. Node groups and add-ons take the place of those of their name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Change {
    /// Free addresses, by the subnet's id.
    available: BTreeMap<String, u32>,
    nodegroups: Vec<NodegroupEntry>,
    addons: Vec<AddonEntry>,
    /// Those that come.
    interfaces: Vec<InterfaceEntry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubnetEntry {
    id: String,
    name: String,
    zone_id: String,
    cidr: String,
    available: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodegroupEntry {
    name: String,
    version: String,
    release_version: String,
    subnets: Vec<String>,
    #[serde(default)]
    issues: Vec<IssueEntry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddonEntry {
    name: String,
    version: String,
    #[serde(default)]
    issues: Vec<IssueEntry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueEntry {
    code: String,
    message: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InsightEntry {
    name: String,
    kubernetes_version: String,
    status: String,
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SupportEntry {
    standard: Timestamp,
    extended: Timestamp,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InterfaceEntry {
    id: String,
    subnet: String,
    /// The instance that it is on, or that its trunk is on.
    instance: String,
    addresses: Vec<Ipv4Addr>,
    /// So many more, which follow the last.
    #[serde(default)]
    more: u32,
    /// A branch interface of the VPC resource controller.
    #[serde(default)]
    branch: bool,
}

impl File {
    pub(super) fn read(self) -> Aws {
        const VPC: &str = "vpc-0c5d1e2f3a4b59687";
        let calendar = self.support.map(|support| ClusterVersion {
            version: self.version.clone(),
            default: false,
            status: None,
            standard_support_end: Some(support.standard),
            extended_support_end: Some(support.extended),
        });
        let interfaces = self.interfaces.into_iter().map(|entry| entry.read(&self.cluster)).collect();
        let cluster = Cluster {
            arn: format!("arn:aws:eks:{}:111122223333:cluster/{}", self.region, self.cluster),
            platform_version: Some("eks.1".to_owned()),
            support_type: Some(self.support_type.as_deref().unwrap_or("EXTENDED").into()),
            vpc_id: Some(VPC.to_owned()),
            subnet_ids: self.cluster_subnets,
            ip_family: Some(IpFamily::Ipv4),
            issues: self.issues.into_iter().map(IssueEntry::read).collect(),
            ..Cluster::new(&self.cluster, &self.version)
        };
        let subnet = |entry: SubnetEntry| Subnet {
            id: entry.id,
            name: Some(entry.name),
            zone_id: Some(entry.zone_id),
            zone: None,
            cidr: Some(entry.cidr),
            vpc_id: Some(VPC.to_owned()),
            available: Some(entry.available),
            owner_id: None,
            tags: BTreeMap::new(),
        };
        let release = |(name, versions): (String, Vec<String>)| AddonRelease {
            name,
            versions: versions
                .into_iter()
                .enumerate()
                .map(|(at, version)| AddonVersion { version, default: at == 0 })
                .collect(),
        };
        let insight = |entry: InsightEntry| Insight {
            id: entry.name.clone(),
            name: entry.name,
            category: InsightCategory::UpgradeReadiness,
            kubernetes_version: Some(entry.kubernetes_version),
            status: entry.status.as_str().into(),
            reason: Some(entry.reason),
        };
        let state = State {
            clusters: vec![cluster],
            nodegroups: self.nodegroups.into_iter().map(NodegroupEntry::read).collect(),
            addons: self.addons.into_iter().map(AddonEntry::read).collect(),
            addon_versions: vec![(self.version, self.addon_versions.into_iter().map(release).collect())],
            insights: self.insights.into_iter().map(insight).collect(),
            subnets: self.subnets.into_iter().map(subnet).collect(),
            cluster_versions: calendar.into_iter().collect(),
            network_interfaces: interfaces,
            ..State::default()
        };
        Aws { region: self.region, cluster: self.cluster, state }
    }
}

impl Change {
    /// Whether the scenario has what is changed.
    pub(super) fn check(&self, aws: Option<&Aws>) -> Result<(), String> {
        let aws = aws.ok_or("aws: the scenario has no aws at the start")?;
        match self.available.keys().find(|id| !aws.state.subnets.iter().any(|subnet| subnet.id == **id)) {
            Some(id) => Err(format!("aws: no subnet {id} is there at the start")),
            None => Ok(()),
        }
    }

    pub(super) fn make(&self, state: &mut State) {
        for subnet in &mut state.subnets {
            if let Some(available) = self.available.get(&subnet.id) {
                subnet.available = Some(*available);
            }
        }
        for group in self.nodegroups.iter().cloned().map(NodegroupEntry::read) {
            state.nodegroups.retain(|former| former.name != group.name);
            state.nodegroups.push(group);
        }
        for addon in self.addons.iter().cloned().map(AddonEntry::read) {
            state.addons.retain(|former| former.name != addon.name);
            state.addons.push(addon);
        }
        let cluster = state.clusters.first().map(|cluster| cluster.name.clone()).unwrap_or_default();
        state.network_interfaces.extend(self.interfaces.iter().cloned().map(|entry| entry.read(&cluster)));
    }
}

impl NodegroupEntry {
    fn read(self) -> Nodegroup {
        Nodegroup {
            name: self.name,
            status: if self.issues.is_empty() { NodegroupStatus::Active } else { NodegroupStatus::Degraded },
            version: Some(self.version),
            release_version: Some(self.release_version),
            ami_type: None,
            capacity_type: Some(CapacityType::OnDemand),
            subnet_ids: self.subnets,
            issues: self.issues.into_iter().map(IssueEntry::read).collect(),
        }
    }
}

impl AddonEntry {
    fn read(self) -> Addon {
        Addon {
            name: self.name,
            status: if self.issues.is_empty() { AddonStatus::Active } else { AddonStatus::Degraded },
            version: Some(self.version),
            issues: self.issues.into_iter().map(IssueEntry::read).collect(),
        }
    }
}

impl InterfaceEntry {
    fn read(self, cluster: &str) -> NetworkInterface {
        // As the VPC resource controller tags them.
        let tags = [
            ("eks:eni:owner".to_owned(), "eks-vpc-resource-controller".to_owned()),
            (format!("kubernetes.io/cluster/{cluster}"), "owned".to_owned()),
            ("node.k8s.amazonaws.com/instance_id".to_owned(), self.instance.clone()),
        ];
        let last = self.addresses.last().map_or(0, |address| address.to_bits());
        let more = (1..=self.more).map(|at| Ipv4Addr::from_bits(last.wrapping_add(at)));
        NetworkInterface {
            id: self.id,
            status: if self.branch { InterfaceStatus::Associated } else { InterfaceStatus::InUse },
            kind: Some(if self.branch { "branch" } else { "interface" }.to_owned()),
            subnet_id: Some(self.subnet),
            addresses: self.addresses.iter().copied().chain(more).map(|address| address.to_string()).collect(),
            prefixes: Vec::new(),
            instance_id: (!self.branch).then_some(self.instance),
            tags: if self.branch { tags.into() } else { BTreeMap::new() },
        }
    }
}

impl IssueEntry {
    fn read(self) -> Issue {
        Issue { code: self.code.as_str().into(), message: self.message, resource_ids: Vec::new() }
    }
}
