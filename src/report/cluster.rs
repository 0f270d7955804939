//! Findings about the cluster as EKS sees it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{AwsCli, Finding, Severity, age, first_few, thresholds};
use crate::{
    aws::facts::{AddonStatus, InsightStatus, IssueCode, NodegroupStatus},
    cache::{AwsFacts, SeenIssue, SupportedUntil},
    diagnose::{Support, SupportBasis},
};

/// Everything that EKS finds wrong, and the end of support.
pub(super) fn findings(aws: &AwsFacts, cli: &AwsCli<'_>, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(aws.support.as_ref().and_then(|support| support_end(support, cli, now)));
    for (thing, seen) in
        [(Thing::Cluster, &aws.issues), (Thing::Nodegroup, &aws.nodegroup_issues), (Thing::Addon, &aws.addon_issues)]
    {
        findings.extend(issues(thing, seen, cli, now));
    }
    findings.extend(broken(Thing::Nodegroup, broken_nodegroups(aws), cli, now));
    findings.extend(broken(Thing::Addon, broken_addons(aws), cli, now));
    findings.extend(
        [InsightStatus::Error, InsightStatus::Warning].into_iter().filter_map(|status| insights(aws, &status, cli)),
    );
    findings
}

/// What EKS tells the health of.
#[derive(Clone, Copy)]
enum Thing {
    Cluster,
    Nodegroup,
    Addon,
}

impl Thing {
    const fn one(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Nodegroup => "node group",
            Self::Addon => "add-on",
        }
    }

    const fn all(self) -> &'static str {
        match self {
            Self::Cluster => "the cluster",
            Self::Nodegroup => "node groups",
            Self::Addon => "add-ons",
        }
    }

    /// The call that describes the one of that name.
    fn described(self, cli: &AwsCli<'_>, name: &str, query: &str) -> String {
        match self {
            Self::Cluster => cli.eks("describe-cluster", &[("--query", &format!("cluster.{query}"))]),
            Self::Nodegroup => {
                cli.eks("describe-nodegroup", &[("--nodegroup-name", name), ("--query", &format!("nodegroup.{query}"))])
            }
            Self::Addon => cli.eks("describe-addon", &[("--addon-name", name), ("--query", &format!("addon.{query}"))]),
        }
    }
}

/// The next end of support, or the last one that has passed.
fn support_end(support: &SupportedUntil, cli: &AwsCli<'_>, now: Timestamp) -> Option<Finding> {
    let (version, end) = (&support.version, &support.end);
    let told_before = |kind: Support| thresholds::support_end(kind, support.upgrades_at);
    let is_near = |kind: Support, end: &Timestamp| now >= *end - told_before(kind);
    let extended = end.extended.filter(|end| is_near(Support::Extended, end)).map(|end| (Support::Extended, end));
    let standard = end.standard.filter(|end| is_near(Support::Standard, end)).map(|end| (Support::Standard, end));
    let (kind, end) = extended.or(standard)?;
    let (name, day) = (kind.as_str(), end.strftime("%Y-%m-%d"));
    let ended = now >= end;
    let title = if ended {
        format!("{name} support of Kubernetes {version} ended on {day}")
    } else {
        format!("{name} support of Kubernetes {version} ends on {day}")
    };
    let (severity, detail) = match (kind == support.upgrades_at, ended) {
        (false, false) => (Severity::Warning, "From then on the cluster is in extended support, which costs more."),
        (false, true) => (Severity::Info, "The cluster is in extended support, which costs more."),
        (true, false) => (
            Severity::Warning,
            "Then EKS upgrades the control plane by itself, whether or not add-ons and nodes are ready for it.",
        ),
        (true, true) => (
            Severity::Warning,
            "EKS upgrades the control plane by itself, whether or not add-ons and nodes are ready for it.",
        ),
    };
    Some(Finding {
        severity,
        key: format!("support end: {name}"),
        title,
        detail,
        since: if ended { end } else { end - told_before(kind) },
        examples: match support.basis {
            SupportBasis::Eks => Vec::new(),
            SupportBasis::Catalog => vec!["By the calendar that comes with the program.".to_owned()],
        },
        more: 0,
        look: format!("{} names what stands in the way of the next version.", cli.eks("list-insights", &[])),
    })
}

/// One finding for each code.
fn issues(thing: Thing, seen: &[SeenIssue], cli: &AwsCli<'_>, now: Timestamp) -> Vec<Finding> {
    let what = thing.all();
    let mut by_code: BTreeMap<&IssueCode, Vec<&SeenIssue>> = BTreeMap::new();
    for one in seen {
        by_code.entry(&one.issue.code).or_default().push(one);
    }
    let finding = |(code, mut cases): (&IssueCode, Vec<&SeenIssue>)| {
        cases.sort_by_key(|one| one.since);
        let (examples, more) = first_few(&cases, |one| {
            let owner = if one.owner.is_empty() { String::new() } else { format!("{}: ", one.owner) };
            let about = one.issue.resource_ids.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
            let about = if about.is_empty() { about } else { format!(" ({about})") };
            format!("{owner}{}{about}, for {}", one.issue.message.trim_end_matches('.'), age(one.since, now))
        });
        let first = cases.first()?;
        Some(Finding {
            severity: thresholds::HEALTH_ISSUE,
            key: format!("health of {what}: {}", code.word()),
            title: format!("EKS finds wrong with {what}: {}", code.word()),
            detail: "EKS itself says so.",
            since: first.since,
            examples,
            more,
            look: format!("{}.", thing.described(cli, &first.owner, "health")),
        })
    };
    by_code.into_iter().filter_map(finding).collect()
}

/// Something in a state that does not mend itself, of which EKS names no issue: since when, its name, and the state.
type Broken<'a> = (Timestamp, &'a str, &'a str);

fn broken_nodegroups(aws: &AwsFacts) -> Vec<Broken<'_>> {
    let broken = |status: &NodegroupStatus| match status {
        NodegroupStatus::CreateFailed | NodegroupStatus::DeleteFailed | NodegroupStatus::Degraded => true,
        NodegroupStatus::Creating
        | NodegroupStatus::Active
        | NodegroupStatus::Updating
        | NodegroupStatus::Deleting
        | NodegroupStatus::Other(_) => false,
    };
    let cases = aws.nodegroups.iter().filter(|group| group.issues.is_empty() && broken(&group.status));
    cases
        .filter_map(|one| Some((*aws.nodegroups_since.get(&one.name)?, one.name.as_str(), one.status.word())))
        .collect()
}

fn broken_addons(aws: &AwsFacts) -> Vec<Broken<'_>> {
    let broken = |status: &AddonStatus| match status {
        AddonStatus::CreateFailed | AddonStatus::UpdateFailed | AddonStatus::DeleteFailed | AddonStatus::Degraded => {
            true
        }
        AddonStatus::Creating
        | AddonStatus::Active
        | AddonStatus::Updating
        | AddonStatus::Deleting
        | AddonStatus::Other(_) => false,
    };
    let cases = aws.addons.iter().filter(|addon| addon.issues.is_empty() && broken(&addon.status));
    cases.filter_map(|one| Some((*aws.addons_since.get(&one.name)?, one.name.as_str(), one.status.word()))).collect()
}

fn broken(thing: Thing, mut cases: Vec<Broken<'_>>, cli: &AwsCli<'_>, now: Timestamp) -> Option<Finding> {
    cases.sort();
    let (since, first, _) = *cases.first()?;
    let (examples, more) =
        first_few(&cases, |(since, name, state)| format!("{name}: {state}, for {}", age(*since, now)));
    let (count, are) = (cases.len(), if cases.len() == 1 { " is" } else { "s are" });
    Some(Finding {
        severity: thresholds::HEALTH_ISSUE,
        key: format!("{} broken", thing.all()),
        title: format!("{count} {}{are} broken", thing.one()),
        detail: "EKS could not do to them what it was told.",
        since,
        examples,
        more,
        look: match thing {
            Thing::Nodegroup => {
                format!("{}, and the activity of its Auto Scaling group.", thing.described(cli, first, "status"))
            }
            Thing::Cluster | Thing::Addon => format!("{}.", thing.described(cli, first, "status")),
        },
    })
}

fn insights(aws: &AwsFacts, status: &InsightStatus, cli: &AwsCli<'_>) -> Option<Finding> {
    let cases: Vec<_> = aws.insights.iter().filter(|insight| insight.status == *status).collect();
    let first = *cases.first()?;
    let (examples, more) = first_few(&cases, |insight| {
        let version = insight.kubernetes_version.as_ref().map(|version| format!(" (Kubernetes {version})"));
        let reason = insight.reason.as_ref().map(|reason| format!(": {reason}"));
        format!("{}{}{}", insight.name, version.unwrap_or_default(), reason.unwrap_or_default())
    });
    let (count, s) = (cases.len(), if cases.len() == 1 { "" } else { "s" });
    Some(Finding {
        severity: thresholds::insight(status)?,
        key: format!("insights: {}", status.word()),
        title: format!("{count} insight{s} of EKS: {}", status.word()),
        detail: "Something stands in the way of an upgrade, or is set up as it should not be. EKS looks once a day.",
        since: *aws.insights_since.get(status.label())?,
        examples,
        more,
        look: format!("{}: its recommendation.", cli.eks("describe-insight", &[("--id", &first.id)])),
    })
}
