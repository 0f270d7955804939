//! From the SDK's shapes to [`facts`](crate::aws::facts).
//!
//! The SDK leaves everything optional. What makes a thing what it is must be there, or the answer is unreadable; the
//! rest may be missing.

use aws_sdk_eks::types;
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use crate::aws::{
    AwsError, ErrorKind,
    facts::{
        Addon, AddonRelease, AddonStatus, AddonVersion, CapacityType, Cluster, ClusterStatus, ClusterVersion,
        FargateProfile, Insight, InsightCategory, InsightStatus, IpFamily, Issue, IssueCode, Nodegroup,
        NodegroupStatus, SupportType, VersionStatus,
    },
};

/// What an answer must have.
pub(super) trait Present<T> {
    /// The value, or an error that names the field.
    fn present(self, field: &str) -> Result<T, AwsError>;
}

impl<T> Present<T> for Option<T> {
    fn present(self, field: &str) -> Result<T, AwsError> {
        self.ok_or_else(|| AwsError::new(ErrorKind::Unreadable, format!("the answer has no field `{field}`")))
    }
}

/// The items of a list.
pub(super) fn part<A, B>(items: Vec<A>, fact: impl FnMut(A) -> Result<B, AwsError>) -> Result<Vec<B>, AwsError> {
    items.into_iter().map(fact).collect()
}

pub(super) fn cluster(cluster: types::Cluster) -> Result<Cluster, AwsError> {
    let vpc = cluster.resources_vpc_config;
    Ok(Cluster {
        name: cluster.name.present("name")?,
        arn: cluster.arn.present("arn")?,
        status: ClusterStatus::from(cluster.status.present("status")?.as_str()),
        version: cluster.version.present("version")?,
        platform_version: cluster.platform_version,
        support_type: cluster
            .upgrade_policy
            .and_then(|policy| policy.support_type)
            .map(|support| SupportType::from(support.as_str())),
        oidc_issuer: cluster.identity.and_then(|identity| identity.oidc).and_then(|oidc| oidc.issuer),
        vpc_id: vpc.as_ref().and_then(|vpc| vpc.vpc_id.clone()),
        subnet_ids: vpc.and_then(|vpc| vpc.subnet_ids).unwrap_or_default(),
        ip_family: cluster
            .kubernetes_network_config
            .and_then(|network| network.ip_family)
            .map(|family| IpFamily::from(family.as_str())),
        auto_mode: cluster.compute_config.and_then(|compute| compute.enabled).unwrap_or_default(),
        issues: cluster
            .health
            .and_then(|health| health.issues)
            .unwrap_or_default()
            .into_iter()
            .map(|found| {
                issue(found.code.as_ref().map(types::ClusterIssueCode::as_str), found.message, found.resource_ids)
            })
            .collect(),
    })
}

pub(super) fn nodegroup(nodegroup: types::Nodegroup) -> Result<Nodegroup, AwsError> {
    Ok(Nodegroup {
        name: nodegroup.nodegroup_name.present("nodegroupName")?,
        status: NodegroupStatus::from(nodegroup.status.present("status")?.as_str()),
        version: nodegroup.version,
        release_version: nodegroup.release_version,
        ami_type: nodegroup.ami_type.map(|kind| kind.as_str().to_owned()),
        capacity_type: nodegroup.capacity_type.map(|kind| CapacityType::from(kind.as_str())),
        subnet_ids: nodegroup.subnets.unwrap_or_default(),
        issues: nodegroup
            .health
            .and_then(|health| health.issues)
            .unwrap_or_default()
            .into_iter()
            .map(|found| {
                issue(found.code.as_ref().map(types::NodegroupIssueCode::as_str), found.message, found.resource_ids)
            })
            .collect(),
    })
}

pub(super) fn fargate_profile(profile: types::FargateProfile) -> Result<FargateProfile, AwsError> {
    Ok(FargateProfile {
        name: profile.fargate_profile_name.present("fargateProfileName")?,
        subnet_ids: profile.subnets.unwrap_or_default(),
    })
}

pub(super) fn addon(addon: types::Addon) -> Result<Addon, AwsError> {
    Ok(Addon {
        name: addon.addon_name.present("addonName")?,
        status: AddonStatus::from(addon.status.present("status")?.as_str()),
        version: addon.addon_version,
        issues: addon
            .health
            .and_then(|health| health.issues)
            .unwrap_or_default()
            .into_iter()
            .map(|found| {
                issue(found.code.as_ref().map(types::AddonIssueCode::as_str), found.message, found.resource_ids)
            })
            .collect(),
    })
}

fn issue(code: Option<&str>, message: Option<String>, resource_ids: Option<Vec<String>>) -> Issue {
    Issue {
        code: IssueCode::from(code.unwrap_or_default()),
        message: message.unwrap_or_default(),
        resource_ids: resource_ids.unwrap_or_default(),
    }
}

pub(super) fn addon_release(addon: types::AddonInfo, kubernetes_version: &str) -> Result<AddonRelease, AwsError> {
    Ok(AddonRelease {
        name: addon.addon_name.present("addonName")?,
        versions: part(addon.addon_versions.unwrap_or_default(), |version| {
            Ok(AddonVersion {
                version: version.addon_version.present("addonVersion")?,
                default: version
                    .compatibilities
                    .unwrap_or_default()
                    .iter()
                    .any(|with| with.default_version && with.cluster_version.as_deref() == Some(kubernetes_version)),
            })
        })?,
    })
}

pub(super) fn cluster_version(version: types::ClusterVersionInformation) -> Result<ClusterVersion, AwsError> {
    Ok(ClusterVersion {
        version: version.cluster_version.present("clusterVersion")?,
        default: version.default_version,
        status: version.version_status.map(|status| VersionStatus::from(status.as_str())),
        standard_support_end: version.end_of_standard_support_date.as_ref().and_then(timestamp),
        extended_support_end: version.end_of_extended_support_date.as_ref().and_then(timestamp),
    })
}

pub(super) fn insight(insight: types::InsightSummary) -> Result<Insight, AwsError> {
    let found = insight.insight_status.present("insightStatus")?;
    Ok(Insight {
        id: insight.id.present("id")?,
        name: insight.name.present("name")?,
        category: InsightCategory::from(insight.category.present("category")?.as_str()),
        kubernetes_version: insight.kubernetes_version,
        status: InsightStatus::from(found.status.present("status")?.as_str()),
        reason: found.reason,
    })
}

fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(at.secs()).ok()
}
