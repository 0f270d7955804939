//! Branch ENIs that pods hold though they have ended: the scheduler counts on room that is not there.

use jiff::Timestamp;

use super::requested_and_used;
use crate::{
    cache::{BranchUsage, NodeBranchEnis, Snapshot},
    diagnose::EniState,
    report::{Finding, Severity, count_nodes, count_pods, first_few, thresholds},
};

/// A node with such interfaces.
struct Case<'a> {
    node: &'a NodeBranchEnis,
    usage: &'a BranchUsage,
    held: u32,
    since: Timestamp,
}

impl<'a> Case<'a> {
    fn of(node: &'a NodeBranchEnis, now: Timestamp) -> Option<Self> {
        let usage = node.usage.as_ref()?;
        let held = usage.used_as(EniState::Completed);
        (held > 0).then(|| Self { node, usage, held, since: usage.completed_since.unwrap_or(now) })
    }

    /// Whether somebody has waited for too long already, or the next one will.
    fn hurts(&self, now: Timestamp) -> bool {
        let waits = self.usage.pending_since.is_some_and(|since| {
            thresholds::BRANCH_ENI_PENDING.severity(now.duration_since(since), false) < Severity::Info
        });
        waits || self.usage.free.is_some_and(|free| free <= 0)
    }

    fn words(&self) -> String {
        let waiting = match self.usage.pending {
            0 => String::new(),
            1 => "; 1 pod waits for one".to_owned(),
            count => format!("; {} wait for one", count_pods(count)),
        };
        let (node, numbers) = (&self.node.names.node, requested_and_used(self.node, self.usage));
        format!("{node}: {numbers}, {} of them by pods that have ended{waiting}", self.held)
    }
}

/// One finding over all nodes, those first where most pods wait.
pub(super) fn by_completed_pods(snapshot: &Snapshot) -> Option<Finding> {
    let now = snapshot.now;
    let mut cases: Vec<_> = snapshot.branch_enis.iter().filter_map(|node| Case::of(node, now)).collect();
    cases.sort_by_key(|case| (std::cmp::Reverse((case.usage.pending, case.held)), case.node.names.node.clone()));
    let worst = cases.first()?;
    let since = cases.iter().map(|case| case.since).min().unwrap_or(now);
    let severity = if cases.iter().any(|case| case.hurts(now)) {
        Severity::Warning
    } else {
        thresholds::BRANCH_ENIS_HELD.severity(now.duration_since(since), false)
    };
    let held: u32 = cases.iter().map(|case| case.held).sum();
    let (examples, more) = first_few(&cases, Case::words);
    Some(Finding {
        severity,
        key: "branch ENIs held by completed pods".to_owned(),
        title: format!(
            "{held} branch ENI{} held by completed pods on {}",
            if held == 1 { "" } else { "s" },
            count_nodes(cases.len())
        ),
        detail: "The resource controller keeps them until the pods are deleted. The scheduler and `kubectl describe node` count only pods that have not ended, so pods are sent to nodes that have no room for them.",
        since,
        examples,
        more,
        look: format!(
            "`kubectl get pods -A --field-selector spec.nodeName={},status.phase!=Running`: deleting those that have completed frees their interfaces; ttlSecondsAfterFinished does so for Jobs.",
            worst.node.names.node
        ),
    })
}
