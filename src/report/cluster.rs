//! Findings about the cluster as EKS sees it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Finding, Severity, age, first_few, thresholds};
use crate::{
    aws::facts::{InsightStatus, IssueCode, NodegroupStatus},
    cache::{AwsFacts, SeenIssue, SupportedUntil},
    diagnose::{Support, SupportBasis},
};

/// Everything that EKS finds wrong, and the end of support.
pub(super) fn findings(aws: &AwsFacts, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(aws.support.as_ref().and_then(|support| support_end(support, now)));
    for (what, seen) in
        [("the cluster", &aws.issues), ("node groups", &aws.nodegroup_issues), ("add-ons", &aws.addon_issues)]
    {
        findings.extend(issues(what, seen, now));
    }
    findings.extend(broken_nodegroups(aws, now));
    findings
        .extend([InsightStatus::Error, InsightStatus::Warning].into_iter().filter_map(|status| insights(aws, &status)));
    findings
}

/// The next end of support, or the last one that has passed.
fn support_end(support: &SupportedUntil, now: Timestamp) -> Option<Finding> {
    let (version, end) = (&support.version, &support.end);
    let is_near = |kind: Support, end: &Timestamp| now >= *end - thresholds::support_end(kind);
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
    let (severity, detail) = match (kind, ended) {
        (Support::Standard, false) => {
            (Severity::Info, "From then on the cluster is in extended support, which costs more.")
        }
        (Support::Standard, true) => (Severity::Info, "The cluster is in extended support, which costs more."),
        (Support::Extended, false) => (
            Severity::Warning,
            "Then EKS upgrades the control plane by itself, whether or not add-ons and nodes are ready for it.",
        ),
        (Support::Extended, true) => (
            Severity::Warning,
            "EKS upgrades the control plane by itself, whether or not add-ons and nodes are ready for it.",
        ),
    };
    Some(Finding {
        severity,
        key: format!("support end: {name}"),
        title,
        detail,
        since: if ended { end } else { end - thresholds::support_end(kind) },
        examples: match support.basis {
            SupportBasis::Eks => Vec::new(),
            SupportBasis::Catalog => vec!["By the calendar that comes with the program.".to_owned()],
        },
        more: 0,
        look: "`aws eks list-insights` names what stands in the way of the next version.".to_owned(),
    })
}

/// One finding for each code.
fn issues(what: &str, seen: &[SeenIssue], now: Timestamp) -> Vec<Finding> {
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
            format!("{owner}{}{about}, for {}", one.issue.message, age(one.since, now))
        });
        let look = match what {
            "the cluster" => "`aws eks describe-cluster`: health.issues.",
            "node groups" => "`aws eks describe-nodegroup`: health.issues.",
            _ => "`aws eks describe-addon`: health.issues.",
        };
        Some(Finding {
            severity: thresholds::HEALTH_ISSUE,
            key: format!("health of {what}: {}", code.word()),
            title: format!("EKS finds wrong with {what}: {}", code.word()),
            detail: "EKS itself says so.",
            since: cases.first()?.since,
            examples,
            more,
            look: look.to_owned(),
        })
    };
    by_code.into_iter().filter_map(finding).collect()
}

/// Node groups in a state that does not mend itself, of which EKS names no issue.
fn broken_nodegroups(aws: &AwsFacts, now: Timestamp) -> Option<Finding> {
    let broken = |status: &NodegroupStatus| match status {
        NodegroupStatus::CreateFailed | NodegroupStatus::DeleteFailed | NodegroupStatus::Degraded => true,
        NodegroupStatus::Creating
        | NodegroupStatus::Active
        | NodegroupStatus::Updating
        | NodegroupStatus::Deleting
        | NodegroupStatus::Other(_) => false,
    };
    let cases = aws.nodegroups.iter().filter(|group| group.issues.is_empty() && broken(&group.status));
    let mut cases: Vec<_> = cases.filter_map(|group| Some((*aws.nodegroups_since.get(&group.name)?, group))).collect();
    cases.sort_by_key(|(since, _)| *since);
    let (since, _) = *cases.first()?;
    let (examples, more) = first_few(&cases, |(since, group)| {
        format!("{}: {}, for {}", group.name, group.status.word(), age(*since, now))
    });
    let (count, are) = (cases.len(), if cases.len() == 1 { " is" } else { "s are" });
    Some(Finding {
        severity: thresholds::HEALTH_ISSUE,
        key: "node groups broken".to_owned(),
        title: format!("{count} node group{are} broken"),
        detail: "EKS could not do to them what it was told.",
        since,
        examples,
        more,
        look: "`aws eks describe-nodegroup`, and the activity of its Auto Scaling group.".to_owned(),
    })
}

fn insights(aws: &AwsFacts, status: &InsightStatus) -> Option<Finding> {
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
        look: format!("`aws eks describe-insight --id {}`: its recommendation.", first.id),
    })
}
