//! Findings about nodes: those that fell out, and those that will make trouble.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{Finding, Severity, age, count_nodes, first_few, thresholds};
use crate::{
    cache::{ImageLine, Name, NodeNames, Nodes, NotReadyNode, PoolImages, ServerVersion},
    diagnose::{KnownIssue, Lifecycle, PoolKind, minor, skew},
};

/// All that is to be said about nodes.
pub(super) fn findings(nodes: &Nodes, server: Option<&ServerVersion>, now: Timestamp) -> Vec<Finding> {
    let (mut findings, told) = lost(nodes, now);
    findings.extend(not_ready(nodes, &told, now));
    findings.extend(known_issues(nodes, now));
    findings.extend(stragglers(nodes, now));
    findings.extend(server.map(|server| kubelets(nodes, server, now)).unwrap_or_default());
    findings.extend(conditions(nodes, now));
    findings
}

/// Nodes that should serve and do not. Those that start or leave do so in ordinary life.
fn serving(nodes: &Nodes) -> impl Iterator<Item = &NotReadyNode> {
    nodes.not_ready.iter().filter(|node| node.names.lifecycle == Lifecycle::Serving)
}

/// What nodes fall out together by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Together {
    Pool(PoolKind, Name),
    Zone(Name),
}

impl Together {
    fn pool(names: &NodeNames) -> Self {
        Self::Pool(names.pool_kind, names.pool.clone())
    }

    fn zone(names: &NodeNames) -> Self {
        Self::Zone(names.zone_id.clone())
    }

    fn words(&self) -> String {
        match self {
            Self::Pool(kind, pool) => pool_words(*kind, pool),
            Self::Zone(zone) => format!("zone {zone}"),
        }
    }
}

/// Pools that lose a large share of their nodes, and zones that do with the nodes of the other pools. And the pools and
/// zones told of.
fn lost(nodes: &Nodes, now: Timestamp) -> (Vec<Finding>, Vec<Together>) {
    let mut found = lost_by(nodes, Together::pool, &[], now);
    let pools: Vec<_> = found.iter().map(|(pool, _)| pool.clone()).collect();
    found.extend(lost_by(nodes, Together::zone, &pools, now));
    let (told, findings): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    (findings, told)
}

/// What is lost by that key, without the nodes of the pools that are `told` of.
fn lost_by(
    nodes: &Nodes,
    key: fn(&NodeNames) -> Together,
    told: &[Together],
    now: Timestamp,
) -> Vec<(Together, Finding)> {
    let is_told = |names: &NodeNames| told.contains(&Together::pool(names));
    let mut all: BTreeMap<Together, usize> = BTreeMap::new();
    for names in nodes.names.iter().filter(|names| names.lifecycle == Lifecycle::Serving && !is_told(names)) {
        *all.entry(key(names)).or_default() += 1;
    }
    let mut down: BTreeMap<Together, Vec<&NotReadyNode>> = BTreeMap::new();
    for node in serving(nodes).filter(|node| !is_told(&node.names)) {
        down.entry(key(&node.names)).or_default().push(node);
    }
    down.into_iter()
        .filter_map(|(group, down)| {
            let all = all.get(&group).copied().unwrap_or_default();
            if group == Together::Zone(Name::from("")) {
                return None;
            }
            // The oldest come first: with this one they became too many.
            let many = down.get(thresholds::too_many_lost(all) - 1)?.since;
            let mut examples = vec![format!(
                "by image: {}",
                shares(&down, |names| format!("{}, kernel {}", names.os_image, names.kernel_version))
            )];
            if down.iter().any(|node| !node.names.zone_id.is_empty()) {
                examples.insert(0, format!("by zone: {}", shares(&down, |names| zone_words(&names.zone_id))));
            }
            if matches!(group, Together::Zone(_)) {
                examples.push(format!("by pool: {}", shares(&down, |names| pool_words(names.pool_kind, &names.pool))));
            }
            let finding = Finding {
                severity: thresholds::NODES_LOST.severity(now.duration_since(many), true),
                key: format!("nodes lost: {}", group.words()),
                title: format!("{} of {all} nodes of {} are not ready", down.len(), group.words()),
                detail: "Many nodes at once are rarely broken one by one: look for what they have in common.",
                since: many,
                examples,
                more: 0,
                look: format!("`kubectl describe node {}`: its conditions and events.", down[0].names.node),
            };
            Some((group, finding))
        })
        .collect()
}

/// `5 euw1-az3, 1 euw1-az1`: how many nodes have which value, those first that most have.
fn shares(nodes: &[&NotReadyNode], value: impl Fn(&NodeNames) -> String) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for node in nodes {
        *counts.entry(value(&node.names)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shares: Vec<_> = counts.iter().take(3).map(|(value, count)| format!("{count} {value}")).collect();
    shares.join("; ")
}

fn not_ready(nodes: &Nodes, told: &[Together], now: Timestamp) -> Option<Finding> {
    let is_told = |names| told.contains(&Together::pool(names)) || told.contains(&Together::zone(names));
    let cases: Vec<&NotReadyNode> = serving(nodes).filter(|node| !is_told(&node.names)).collect();
    let oldest = cases.first()?;
    let (examples, more) = first_few(&cases, |node| {
        format!("{}, {}, for {}", who(&node.names), node.reason.as_str(), age(node.since, now))
    });
    // Where none is left that serves, each of them counts.
    let all = nodes.names.iter().filter(|names| names.lifecycle == Lifecycle::Serving).count();
    let enough = thresholds::NODES_SEVERAL.min(all);
    let ages = cases.iter().map(|node| now.duration_since(node.since));
    Some(Finding {
        severity: thresholds::NODE_NOT_READY.severity_of(ages, enough),
        key: "nodes not ready".to_owned(),
        title: format!("{} not ready", count_nodes(cases.len())),
        detail: "Nodes that should serve say that they cannot, or say nothing.",
        since: oldest.since,
        examples,
        more,
        look: format!("`kubectl describe node {}`: its conditions and events.", oldest.names.node),
    })
}

/// Nothing need have failed yet, so this never wakes anybody.
fn known_issues(nodes: &Nodes, now: Timestamp) -> Vec<Finding> {
    let mut by_issue: BTreeMap<&str, (&KnownIssue, Vec<&Arc<NodeNames>>)> = BTreeMap::new();
    for (names, issue) in &nodes.issues {
        by_issue.entry(&issue.issue).or_insert_with(|| (issue, Vec::new())).1.push(names);
    }
    let finding = |(issue, cases): (&KnownIssue, Vec<&Arc<NodeNames>>)| {
        let (since, mut examples, more) = oldest(cases.iter().copied(), |names| {
            let (kernel, runtime) = (&names.kernel_version, &names.container_runtime_version);
            format!(
                "{}: {}, kernel {kernel}, {runtime}, there for {}",
                who(names),
                names.os_image,
                age(names.created, now)
            )
        })?;
        examples.insert(0, format!("{}: {}", issue.issue, issue.summary));
        Some(Finding {
            severity: match issue.severity {
                Severity::Critical | Severity::Warning => Severity::Warning,
                Severity::Info => Severity::Info,
            },
            key: format!("known issue: {}", issue.issue),
            title: format!("{} with a release known to be bad: {}", count_nodes(cases.len()), issue.issue),
            detail: "Nothing need have failed yet. Roll out nodes with a fixed image before it does.",
            since,
            examples,
            more,
            look: issue.link.clone(),
        })
    };
    by_issue.into_values().filter_map(finding).collect()
}

/// A day is time enough to replace a pool's nodes. Each line of images is judged by itself.
fn stragglers(nodes: &Nodes, now: Timestamp) -> Vec<Finding> {
    let is_late =
        |line: &&ImageLine| line.should_be_followed() && now.duration_since(line.newest_since) > thresholds::STRAGGLER;
    let finding = |pool: &PoolImages| {
        let late: Vec<&ImageLine> = pool.lines.iter().filter(is_late).collect();
        let since = late.iter().map(|line| line.newest_since).min()?;
        let count: usize = late.iter().map(|line| line.stragglers).sum();
        let runs = |names: &NodeNames| format!("{}, kernel {}", names.os_image, names.kernel_version);
        let all: Vec<_> = late.iter().flat_map(|line| &line.examples).collect();
        let (examples, _) = first_few(&all, |names| format!("{}: {}", names.node, runs(names)));
        Some(Finding {
            severity: Severity::Warning,
            key: format!("stragglers: {}", pool_words(pool.pool_kind, &pool.pool)),
            title: format!("{} of {} on an older image", count_nodes(count), pool_words(pool.pool_kind, &pool.pool)),
            detail: "A newer image came to the pool more than a day ago, and these nodes were not replaced.",
            since,
            more: count.saturating_sub(examples.len()),
            examples,
            look: match late.as_slice() {
                [line] => format!("The newest that runs there is {}, on {}.", runs(&line.newest), line.newest.node),
                lines => {
                    let newest = |line: &&ImageLine| {
                        let names = &line.newest;
                        let (architecture, kubelet) = (&names.architecture, &names.kubelet_version);
                        format!("for {architecture} and kubelet {kubelet} {}, on {}", runs(names), names.node)
                    };
                    let (newest, _) = first_few(lines, newest);
                    format!("The newest that run there: {}.", newest.join("; "))
                }
            },
        })
    };
    nodes.pools.iter().filter_map(finding).collect()
}

fn kubelets(nodes: &Nodes, server: &ServerVersion, now: Timestamp) -> Vec<Finding> {
    let finding = |&(minor, count): &(u32, u32)| {
        // Those of Fargate are counted and have no names.
        let cases = nodes.names.iter().filter(|names| self::minor(&names.kubelet_version) == Some(minor));
        let words = |names: &NodeNames| format!("{}, {}", who(names), names.kubelet_version);
        let (since, examples, _) = oldest(cases, words).unwrap_or((now, Vec::new(), 0));
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let detail = if minor > server.minor {
            "Kubelet must never be newer than the API server."
        } else {
            "Kubernetes does not support kubelets that far behind the API server, and the next upgrade is blocked."
        };
        Finding {
            severity: Severity::Warning,
            key: format!("kubelet skew: 1.{minor}"),
            title: format!("{} with kubelet 1.{minor} beside an API server of 1.{}", count_nodes(count), server.minor),
            detail,
            since,
            more: count.saturating_sub(examples.len()),
            examples,
            look: "Replace them with nodes of the API server's version: `kubectl get nodes` shows all versions."
                .to_owned(),
        }
    };
    let minors = nodes.kubelets.iter();
    minors.filter(|(minor, _)| !skew::supported(*minor, server.minor)).map(finding).collect()
}

fn conditions(nodes: &Nodes, now: Timestamp) -> Vec<Finding> {
    let finding = |condition: &Name| {
        let cases: Vec<_> = nodes.unhealthy.iter().filter(|case| case.condition == *condition).collect();
        let oldest = cases.first()?;
        let (examples, more) = first_few(&cases, |case| format!("{}, for {}", who(&case.names), age(case.since, now)));
        Some(Finding {
            severity: thresholds::NODE_CONDITION.severity(now.duration_since(oldest.since), false),
            key: format!("node condition: {condition}"),
            title: format!("{} unhealthy: {condition}", count_nodes(cases.len())),
            detail: "A monitor on the node says that something is wrong with it, ready or not.",
            since: oldest.since,
            examples,
            more,
            look: format!("`kubectl describe node {}`: the condition's reason and message.", oldest.names.node),
        })
    };
    nodes.conditions.iter().filter_map(|(condition, _)| finding(condition)).collect()
}

/// When the oldest of these nodes was made, words about the oldest of them, and how many more there are.
fn oldest<'a>(
    nodes: impl Iterator<Item = &'a Arc<NodeNames>>,
    words: impl Fn(&NodeNames) -> String,
) -> Option<(Timestamp, Vec<String>, usize)> {
    let mut nodes: Vec<_> = nodes.collect();
    nodes.sort_by(|a, b| (a.created, &a.node).cmp(&(b.created, &b.node)));
    let since = nodes.first()?.created;
    let (examples, more) = first_few(&nodes, |names| words(names));
    Some((since, examples, more))
}

fn who(names: &NodeNames) -> String {
    match &*names.pool {
        "" => names.node.to_string(),
        pool => format!("{} of {} {pool}", names.node, names.pool_kind.as_str()),
    }
}

pub(super) fn pool_words(kind: PoolKind, pool: &str) -> String {
    match (kind, pool) {
        (PoolKind::None, "") => "no pool".to_owned(),
        (kind, "") => format!("kind {}", kind.as_str()),
        (kind, pool) => format!("{} {pool}", kind.as_str()),
    }
}

fn zone_words(zone: &str) -> String {
    if zone.is_empty() { "of unknown zone".to_owned() } else { zone.to_owned() }
}
