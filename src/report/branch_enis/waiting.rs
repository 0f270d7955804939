//! Pods that wait for their branch ENI on the node that they were bound to.

use jiff::Timestamp;

use super::requested_and_used;
use crate::{
    cache::{BranchUsage, NodeBranchEnis, Snapshot},
    report::{Finding, Severity, age, count_nodes, count_pods, first_few, thresholds},
};

/// A node where the first has waited for too long.
struct Case<'a> {
    node: &'a NodeBranchEnis,
    usage: &'a BranchUsage,
    since: Timestamp,
}

/// Whether there is room is known where all pods of the node are seen.
fn look(cases: &[Case]) -> String {
    let is_full = |case: &Case| case.usage.free.is_some_and(|free| free <= 0);
    match cases.iter().find(|case| is_full(case)) {
        Some(full) => format!(
            "No branch ENI is left there. Who may hold them, also pods that have ended: `kubectl get pods -A --field-selector spec.nodeName={}`.",
            full.node.names.node
        ),
        None => "`kubectl get events -A --field-selector reason=BranchAllocationFailed` says what EC2 refused; events are kept for an hour."
            .to_owned(),
    }
}

/// One finding over all nodes, those first where somebody has waited longest. The pods themselves are told of by their
/// cause, and later.
pub(super) fn for_one(snapshot: &Snapshot) -> Option<Finding> {
    let (now, patience) = (snapshot.now, thresholds::BRANCH_ENI_PENDING);
    let is_late = |since: &Timestamp| patience.severity(now.duration_since(*since), false) != Severity::Info;
    let nodes = snapshot.branch_enis.iter().filter_map(|node| Some((node, node.usage.as_ref()?)));
    let mut cases: Vec<_> = nodes
        .filter_map(|(node, usage)| Some(Case { node, usage, since: usage.pending_since.filter(is_late)? }))
        .collect();
    cases.sort_by_key(|case| (case.since, case.node.names.node.clone()));
    let oldest = cases.first()?;
    // One pod that nobody cares for must not wake anybody.
    let several = cases.len() > 1 || oldest.usage.several_pending_since.as_ref().is_some_and(is_late);
    let pods = cases.iter().map(|case| case.usage.pending).sum();
    let (examples, more) = first_few(&cases, |case| {
        format!(
            "{}: {}, the first for {}; {}",
            case.node.names.node,
            count_pods(case.usage.pending),
            age(case.since, now),
            requested_and_used(case.node, case.usage)
        )
    });
    Some(Finding {
        severity: patience.severity(now.duration_since(oldest.since), several),
        key: "branch ENIs waited for".to_owned(),
        title: format!(
            "{} wait{} for a branch ENI on {}",
            count_pods(pods),
            if pods == 1 { "s" } else { "" },
            count_nodes(cases.len())
        ),
        detail: "The resource controller makes one within seconds where the node has room. Either there is none, whatever the scheduler believes, or EC2 refuses.",
        since: oldest.since,
        examples,
        more,
        look: look(&cases),
    })
}
