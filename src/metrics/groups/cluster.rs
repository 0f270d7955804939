//! The cluster as EKS describes it, and how long its version is supported.

use std::collections::BTreeSet;

use super::{Group, cut};
use crate::{
    aws::facts::{CapacityType, InsightCategory, InsightStatus, IssueCode, NodegroupStatus, SupportType},
    cache::{AwsFacts, SeenIssue},
    collector::Collector::{Cluster, Insights, Nodegroups, Version},
    diagnose::Support,
    metrics::{
        Family, Writer,
        sets::{SUPPORT_BASES, SUPPORTS},
    },
};

const INFO: Family = Family::gauge(
    "eks_cluster_info",
    "1, with the cluster as EKS describes it. The support type is what is wished for after standard support, not what is paid.",
    &["cluster_name", "aws_region", "kubernetes_version", "platform_version", "support_type"],
)
.sets(&[("support_type", SupportType::LABELS)])
.from(&[Cluster]);

const ISSUE: Family =
    Family::gauge("eks_cluster_health_issue", "1, for each thing that EKS finds wrong with the cluster.", &["code"])
        .sets(&[("code", IssueCode::LABELS)])
        .from(&[Cluster]);

const SUPPORT_END: Family = Family::gauge(
    "eks_cluster_support_end_timestamp_seconds",
    "When the support of the cluster's version ends, as Unix time. After standard support the cluster costs more, after extended support EKS upgrades it by itself; with the support type STANDARD it does so after standard support.",
    &["support"],
)
.sets(&[("support", SUPPORTS)])
.from(&[Cluster, Version]);

const SUPPORT_BASIS: Family = Family::gauge(
    "eks_cluster_support_end_info",
    "1, with where that is from: eks is what EKS says, catalog the shipped calendar.",
    &["support", "basis"],
)
.sets(&[("support", SUPPORTS), ("basis", SUPPORT_BASES)])
.from(&[Cluster, Version]);

const INSIGHT: Family = Family::gauge(
    "eks_insight_info",
    "1, for each insight of EKS: what it looks at, the version of Kubernetes that it is about, and what it found. EKS looks once a day.",
    &["name", "category", "kubernetes_version", "status"],
)
.sets(&[("category", InsightCategory::LABELS), ("status", InsightStatus::LABELS)])
.from(&[Insights]);

const NODEGROUP: Family = Family::gauge(
    "eks_nodegroup_info",
    "1, with each managed node group as EKS describes it; with an image of one's own the versions are empty.",
    &["nodegroup", "ami_type", "release_version", "kubernetes_version", "capacity_type", "status"],
)
.sets(&[("capacity_type", CapacityType::LABELS), ("status", NodegroupStatus::LABELS)])
.from(&[Nodegroups]);

const NODEGROUP_ISSUE: Family = Family::gauge(
    "eks_nodegroup_health_issue",
    "1, for each thing that EKS finds wrong with a managed node group.",
    &["nodegroup", "code"],
)
.sets(&[("code", IssueCode::LABELS)])
.from(&[Nodegroups]);

pub(super) const GROUP: Group = Group {
    title: "Cluster",
    families: &[&INFO, &SUPPORT_END, &SUPPORT_BASIS, &ISSUE, &INSIGHT, &NODEGROUP, &NODEGROUP_ISSUE],
};

pub(super) fn write(to: &mut Writer, aws: &AwsFacts) {
    if let Some(cluster) = &aws.cluster {
        let version = [&*cluster.version, &cluster.platform_version].map(cut);
        to.series(&INFO, &[&cluster.name, &cluster.region, version[0], version[1], cluster.support_type], true);
    }
    if let Some(support) = &aws.support {
        let ends = [(Support::Standard, support.end.standard), (Support::Extended, support.end.extended)];
        let ends = ends.map(|(kind, end)| end.map(|end| (kind.as_str(), end)));
        for (kind, end) in ends.into_iter().flatten() {
            to.series(&SUPPORT_END, &[kind], end.as_second());
        }
        for (kind, _) in ends.into_iter().flatten() {
            to.series(&SUPPORT_BASIS, &[kind, support.basis.as_str()], true);
        }
    }
    for (_, label) in labels(&aws.issues) {
        to.series(&ISSUE, &[label], true);
    }
    // Insights have ids of their own; names need not differ.
    let insights: BTreeSet<_> = aws
        .insights
        .iter()
        .map(|insight| {
            let version = insight.kubernetes_version.as_deref().unwrap_or_default();
            [cut(&insight.name), insight.category.label(), cut(version), insight.status.label()]
        })
        .collect();
    for values in insights {
        to.series(&INSIGHT, &values, true);
    }
    for group in &aws.nodegroups {
        let text = |text: &'_ Option<String>| cut(text.as_deref().unwrap_or_default()).to_owned();
        let (ami_type, release, version) = (text(&group.ami_type), text(&group.release_version), text(&group.version));
        let capacity_type = group.capacity_type.as_ref().map_or("", CapacityType::label);
        let values = [cut(&group.name), &ami_type, &release, &version, capacity_type, group.status.label()];
        to.series(&NODEGROUP, &values, true);
    }
    for (owner, label) in labels(&aws.nodegroup_issues) {
        to.series(&NODEGROUP_ISSUE, &[cut(owner), label], true);
    }
}

/// Whom issues are about and their labels, each once.
pub(super) fn labels(issues: &[SeenIssue]) -> BTreeSet<(&str, &'static str)> {
    issues.iter().map(|seen| (seen.owner.as_str(), seen.issue.code.label())).collect()
}
