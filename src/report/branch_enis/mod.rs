//! Findings about branch ENIs: who waits for one, who holds them without need, where there are none to be had, and which
//! are nobody's.

mod held;
mod leaked;
mod room;
#[cfg(test)]
mod tests;
mod waiting;

use super::{AwsCli, Finding};
use crate::cache::{BranchUsage, NodeBranchEnis, Snapshot};

/// All that is to be said about branch ENIs.
pub(super) fn findings(snapshot: &Snapshot, aws: &AwsCli<'_>) -> impl Iterator<Item = Finding> {
    [
        waiting::for_one(snapshot),
        held::by_completed_pods(snapshot),
        room::all_but_requested(snapshot),
        room::not_allocatable(snapshot),
        leaked::left_over(snapshot, aws),
    ]
    .into_iter()
    .flatten()
}

/// The discrepancy itself, where there is one: what the scheduler counts, beside what there is and what is used.
fn requested_and_used(node: &NodeBranchEnis, usage: &BranchUsage) -> String {
    let allocatable = node.allocatable.map(|count| format!(" of {count} allocatable")).unwrap_or_default();
    let (requested, used) = (usage.requested, usage.used_in_all());
    let but = if u64::from(used) > requested { "but " } else { "" };
    let whose = if usage.all_seen { "" } else { " by pods of the watched namespaces" };
    format!("{requested} requested{allocatable}, {but}{used} in use{whose}")
}
