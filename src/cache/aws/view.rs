//! What a reader is told of AWS.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{AwsState, NodeInterfaces, Since, SubnetUse};
use crate::{
    aws::facts::{Addon, Insight, Issue, Nodegroup, SupportType},
    cache::{Cache, Name},
    diagnose::{Support, SupportBasis, SupportEnd, support_end},
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

impl AwsState {
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
