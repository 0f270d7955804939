//! What a reader is told of the cluster and its subnets.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{AwsState, NodeInterfaces, Since, Warm};
use crate::{
    aws::facts::{Addon, Insight, Issue, Nodegroup, Subnet, SupportType},
    cache::{Cache, Name},
    diagnose::{Cidr, Room, SubnetUser, Support, SupportBasis, SupportEnd, room, support_end},
};

/// What is known of AWS. What is missing is not known.
#[derive(Debug, Default)]
pub struct AwsFacts {
    /// The cluster, as EKS describes it.
    pub cluster: Option<ClusterInfo>,
    /// Until when its version is supported.
    pub support: Option<SupportedUntil>,
    /// What EKS finds wrong with the cluster.
    pub issues: Vec<SeenIssue>,
    /// Insights.
    pub insights: Vec<Insight>,
    /// Since when there have been insights of a status.
    pub insights_since: BTreeMap<&'static str, Timestamp>,
    /// Node groups.
    pub nodegroups: Vec<Nodegroup>,
    /// Since when they have been in their status.
    pub nodegroups_since: BTreeMap<String, Timestamp>,
    /// What EKS finds wrong with node groups; the owner is the group.
    pub nodegroup_issues: Vec<SeenIssue>,
    /// Add-ons that EKS manages.
    pub addons: Vec<Addon>,
    /// Since when they have been in their status.
    pub addons_since: BTreeMap<String, Timestamp>,
    /// What EKS finds wrong with add-ons; the owner is the add-on.
    pub addon_issues: Vec<SeenIssue>,
    /// Subnets that somebody takes addresses from.
    pub subnets: Vec<SubnetUse>,
    /// What nodes hold, where network interfaces are read.
    pub interfaces: Vec<(Name, NodeInterfaces)>,
    /// Since when branch interfaces of a node have been seen to be left over.
    pub leaked_since: BTreeMap<Name, Timestamp>,
    /// Whether pods' addresses are known to be all.
    pub knows_pod_addresses: bool,
}

/// The cluster, as EKS describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterInfo {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Kubernetes minor.
    pub version: String,
    /// Such as `eks.12`.
    pub platform_version: String,
    /// Whether it is to stay in extended support.
    pub support_type: &'static str,
}

/// When the support of the cluster's version ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportedUntil {
    /// The version.
    pub version: String,
    /// When.
    pub end: SupportEnd,
    /// The end at which EKS upgrades the control plane by itself. With the upgrade policy STANDARD that is the end of
    /// standard support (EKS API, `UpgradePolicyRequest`), otherwise that of extended support.
    pub upgrades_at: Support,
    /// Who says so.
    pub basis: SupportBasis,
}

/// Something that EKS finds wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenIssue {
    /// With what: a node group, an add-on; empty for the cluster itself.
    pub owner: String,
    /// What.
    pub issue: Issue,
    /// Since when it has been seen.
    pub since: Timestamp,
}

/// A subnet that somebody takes addresses from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetUse {
    /// Its id.
    pub id: String,
    /// Its tag `Name`.
    pub name: String,
    /// Its zone.
    pub zone_id: String,
    /// Its IPv4 block.
    pub cidr: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Free addresses.
    pub available: Option<u32>,
    /// Addresses that somebody can use, in all.
    pub total: Option<u64>,
    /// Free /28 blocks.
    pub free_prefixes: Option<u32>,
    /// Who takes addresses here, and its name.
    pub users: Vec<(SubnetUser, String)>,
    /// What nodes hold warm of it, where network interfaces and pods' addresses are known.
    pub warm: Option<Warm>,
    /// Since when it has been seen to have few addresses left.
    pub low_since: Option<Timestamp>,
    /// Since when it has been seen to have addresses left, but no block of 16 for nodes that take such.
    pub scattered_since: Option<Timestamp>,
}

impl SubnetUse {
    /// How much room is left for who takes addresses here; enough where it is not known.
    #[must_use]
    pub fn room(&self) -> Room {
        let users = self.users.iter().map(|(user, _)| *user);
        self.available.zip(self.total).map_or(Room::Enough, |(available, total)| room(available, total, users))
    }
}

/// Addresses of a prefix: with as many free, a block of them could be.
const PREFIX: u32 = 16;
/// Usable addresses of a /27, whose two blocks are both in part AWS's own.
const TWO_BLOCKS: u64 = 27;

impl SubnetUse {
    /// Whether nodes would find addresses but no prefix here, where there could be one. Prefixes are taken neither by the control plane nor on
    /// Fargate.
    fn is_scattered(&self) -> bool {
        let takes_prefixes = |user: &SubnetUser| !matches!(user, SubnetUser::Cluster | SubnetUser::Fargate);
        self.free_prefixes == Some(0)
            && self.total.is_some_and(|total| total > TWO_BLOCKS)
            && self.available.is_some_and(|available| available >= PREFIX)
            && self.users.iter().any(|(user, _)| takes_prefixes(user))
    }
}

impl AwsState {
    /// Who takes addresses from which subnet.
    pub fn users(&self) -> BTreeMap<&str, BTreeSet<(SubnetUser, &str)>> {
        let mut users: BTreeMap<&str, BTreeSet<(SubnetUser, &str)>> = BTreeMap::new();
        let mut add = |subnet, user, name| {
            users.entry(subnet).or_default().insert((user, name));
        };
        for (subnet, user, name) in self.takers.users() {
            add(subnet, user, name);
        }
        // Custom networking turns the discovery of subnets by their tag off (aws/amazon-vpc-cni-k8s README), but ENIConfigs
        // may be left over where it is off: a subnet too many does no harm, and one that is missing does.
        for ((user, name), subnets) in &self.facts.lasting.uses {
            for subnet in subnets {
                add(subnet, *user, name);
            }
        }
        // The default NodeClass has the cluster's subnets (aws/containers-roadmap#2793), also where it cannot be read.
        if self.facts.lasting.auto_mode && !self.takers.knows_auto_mode() {
            let of_cluster = self.facts.lasting.uses.get(&(SubnetUser::Cluster, String::new()));
            for subnet in of_cluster.into_iter().flatten() {
                users.entry(subnet).or_default().insert((SubnetUser::Auto, ""));
            }
        }
        users
    }

    fn subnets(&mut self, knows_warm: bool, now: Timestamp) -> Vec<SubnetUse> {
        let users = self.users();
        let is_ipv4 = self.facts.lasting.is_ipv4();
        let known = self.facts.subnets.iter().chain(&self.facts.tagged_subnets).flat_map(|subnets| &subnets.value);
        let mut subnets: BTreeMap<&str, SubnetUse> = BTreeMap::new();
        for subnet in known {
            let Some(users) = users.get(subnet.id.as_str()) else { continue };
            // Those that were asked for by id are younger, and come first.
            subnets.entry(&subnet.id).or_insert_with(|| {
                let free_prefixes = if is_ipv4 { self.interfaces.free_blocks(&subnet.id) } else { None };
                let warm = if knows_warm { self.interfaces.warm(&subnet.id) } else { None };
                SubnetUse { free_prefixes, warm, ..subnet_use(subnet, users) }
            });
        }
        let mut subnets: Vec<_> = subnets.into_values().collect();
        let low = subnets.iter().filter(|subnet| subnet.room() != Room::Enough).map(|subnet| subnet.id.clone());
        self.low.renew(low.collect(), now);
        let scattered = subnets.iter().filter(|subnet| subnet.is_scattered()).map(|subnet| subnet.id.clone());
        self.scattered.renew(scattered.collect(), now);
        for subnet in &mut subnets {
            subnet.low_since = self.low.since(&subnet.id);
            subnet.scattered_since = self.scattered.since(&subnet.id);
        }
        subnets
    }

    /// All of them, with since when their label has been seen there: words that nobody knew share one.
    fn seen<'a>(
        &mut self,
        kind: &'static str,
        issues: impl Iterator<Item = (&'a str, &'a Issue)>,
        now: Timestamp,
    ) -> Vec<SeenIssue> {
        let issues: Vec<_> = issues.map(|(owner, issue)| ((owner.to_owned(), issue.code.label()), issue)).collect();
        let since = self.since(kind, issues.iter().map(|(key, _)| key.clone()).collect(), now);
        let seen = issues.into_iter().filter_map(|(key, issue)| {
            let since = since.since(&key)?;
            Some(SeenIssue { owner: key.0, issue: issue.clone(), since })
        });
        seen.collect()
    }

    /// Since when each of these has been in its status.
    fn by_name(
        &mut self,
        kind: &'static str,
        statuses: BTreeSet<(String, &'static str)>,
        now: Timestamp,
    ) -> BTreeMap<String, Timestamp> {
        self.since(kind, statuses, now).iter().map(|((name, _), since)| (name.clone(), since)).collect()
    }

    /// Since when each of these has been seen: whom it is about, and AWS's word.
    fn since(
        &mut self,
        kind: &'static str,
        keys: BTreeSet<(String, &'static str)>,
        now: Timestamp,
    ) -> &Since<(String, &'static str)> {
        let since = self.words.entry(kind).or_default();
        since.renew(keys, now);
        since
    }
}

fn subnet_use(subnet: &Subnet, users: &BTreeSet<(SubnetUser, &str)>) -> SubnetUse {
    let cidr = subnet.cidr.as_deref().unwrap_or_default();
    let block = Cidr::parse(cidr);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    SubnetUse {
        id: subnet.id.clone(),
        name: text(&subnet.name),
        zone_id: text(&subnet.zone_id),
        cidr: cidr.to_owned(),
        vpc_id: text(&subnet.vpc_id),
        // EC2 says 0 of a subnet that has no IPv4 at all.
        available: subnet.available.filter(|_| block.is_some()),
        total: block.map(Cidr::usable),
        free_prefixes: None,
        users: users.iter().map(|(user, name)| (*user, (*name).to_owned())).collect(),
        warm: None,
        low_since: None,
        scattered_since: None,
    }
}

impl Cache {
    /// What is known of AWS by `now`.
    pub(in crate::cache) fn aws_now(&mut self, now: Timestamp) -> AwsFacts {
        let support = self.supported_until();
        let scans = self.settings.branch_eni_scan;
        let (nodes_known, pods_known) = (self.nodes.is_synced(), self.pods.rows.is_synced());
        let aws = &mut self.aws;
        let knows_pod_addresses = aws.facts.lasting.is_ipv4() && self.settings.namespaces.is_empty() && pods_known;
        aws.interfaces.join(nodes_known, pods_known);
        let cluster = aws.facts.cluster.as_ref().map(|known| known.value.clone());
        let groups: Vec<_> = aws.facts.nodegroups.values().map(|known| known.value.clone()).collect();
        let addons: Vec<_> = aws.facts.addons.values().filter_map(|known| known.value.clone()).collect();
        let statuses = groups.iter().map(|group| (group.name.clone(), group.status.label()));
        let nodegroups_since = aws.by_name("nodegroup status", statuses.collect(), now);
        let statuses = addons.iter().map(|addon| (addon.name.clone(), addon.status.label()));
        let addons_since = aws.by_name("addon status", statuses.collect(), now);
        let insights: Vec<_> = aws.facts.insights.iter().flat_map(|known| known.value.clone()).collect();
        let statuses = insights.iter().map(|insight| (String::new(), insight.status.label())).collect();
        let insights_since = aws.since("insight", statuses, now).iter();
        let insights_since = insights_since.map(|((_, status), since)| (*status, since)).collect();
        let of_cluster = cluster.iter().flat_map(|cluster| &cluster.issues).map(|issue| ("", issue));
        let of_groups = groups.iter().flat_map(|group| group.issues.iter().map(|issue| (group.name.as_str(), issue)));
        let of_addons = addons.iter().flat_map(|addon| addon.issues.iter().map(|issue| (addon.name.as_str(), issue)));
        let interfaces: Vec<_> =
            aws.interfaces.nodes().filter(|_| scans).map(|(node, held)| (node.clone(), held.clone())).collect();
        let leaky = interfaces.iter().filter(|(_, held)| held.branch_available > 0).map(|(node, _)| node.clone());
        aws.leaked.renew(leaky.collect(), now);
        AwsFacts {
            support,
            issues: aws.seen("cluster", of_cluster, now),
            nodegroup_issues: aws.seen("nodegroup", of_groups, now),
            addon_issues: aws.seen("addon", of_addons, now),
            insights,
            insights_since,
            nodegroups_since,
            addons_since,
            subnets: aws.subnets(scans && nodes_known && knows_pod_addresses, now),
            interfaces,
            leaked_since: aws.leaked.iter().map(|(node, since)| (node.clone(), since)).collect(),
            knows_pod_addresses,
            cluster: cluster.map(|cluster| ClusterInfo {
                region: self.aws.region.clone(),
                version: cluster.version,
                platform_version: cluster.platform_version.unwrap_or_default(),
                support_type: cluster.support_type.as_ref().map_or("", |support| support.label()),
                name: cluster.name,
            }),
            nodegroups: groups,
            addons,
        }
    }

    /// By EKS's own calendar where it was read, else by the shipped one; the latter only where the cluster is one of EKS.
    fn supported_until(&self) -> Option<SupportedUntil> {
        let facts = &self.aws.facts;
        let of_server = self.version.as_ref().filter(|version| version.git_version.contains("-eks-"));
        let of_server = of_server.map(|version| format!("{}.{}", version.major, version.minor));
        let version = facts.cluster.as_ref().map(|known| known.value.version.clone()).or(of_server)?;
        let told = facts.cluster_versions.iter().flat_map(|known| &known.value).find(|told| told.version == version);
        let told =
            told.map(|told| SupportEnd { standard: told.standard_support_end, extended: told.extended_support_end });
        let told = told.filter(|end| end.standard.is_some() || end.extended.is_some());
        let (end, basis) = match told {
            Some(end) => (end, SupportBasis::Eks),
            None if !self.settings.support_calendar => return None,
            None => (support_end(&version)?, SupportBasis::Catalog),
        };
        let policy = facts.cluster.as_ref().and_then(|known| known.value.support_type.as_ref());
        let upgrades_at = if policy == Some(&SupportType::Standard) { Support::Standard } else { Support::Extended };
        Some(SupportedUntil { version, end, upgrades_at, basis })
    }
}
