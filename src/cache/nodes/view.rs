//! What a reader takes out of the nodes.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{ImageGroup, NodeGroup, NodeNames, NodeRows};
use crate::{
    cache::Name,
    diagnose::{KnownIssue, NotReadyReason, PoolKind},
};

/// Names of conditions that have series, in the whole cluster: the first by name. They come from the cluster, and
/// whoever writes more writes nonsense.
const CONDITIONS: usize = 50;

/// Nodes.
pub struct Nodes {
    /// How many of each sort.
    pub counts: Vec<(NodeGroup, u32)>,
    /// Those that are not ready, the longest first.
    pub not_ready: Vec<NotReadyNode>,
    /// All but Fargate and virtual kubelets, by name.
    pub names: Vec<Arc<NodeNames>>,
    /// How many run the same.
    pub images: Vec<(ImageGroup, u32)>,
    /// Pools with images whose age can be told.
    pub pools: Vec<PoolImages>,
    /// Conditions of other writers than Kubernetes: on how many nodes they are unhealthy.
    pub conditions: Vec<(Name, u32)>,
    /// Conditions that had no room.
    pub conditions_dropped: usize,
    /// Unhealthy ones, the longest first.
    pub unhealthy: Vec<UnhealthyCondition>,
    /// Nodes with known issues, by name.
    pub issues: Vec<(Arc<NodeNames>, Arc<KnownIssue>)>,
    /// How many of each pool.
    pub pool_issues: Vec<PoolIssue>,
    /// Kubelets by minor version.
    pub kubelets: Vec<(u32, u32)>,
}

/// A node that is not ready.
pub struct NotReadyNode {
    /// Its names.
    pub names: Arc<NodeNames>,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: NotReadyReason,
}

/// The images of a pool.
pub struct PoolImages {
    /// Name of the pool.
    pub pool: Name,
    /// Who runs it.
    pub pool_kind: PoolKind,
    /// Nodes that are not on the newest image that a node of their kind runs.
    pub stragglers: usize,
    /// When the first node with the newest image came. Of several kinds of image the one that stragglers wait for the
    /// longest, or where there are none the latest.
    pub newest_since: Timestamp,
    /// That node.
    pub newest: Arc<NodeNames>,
    /// The newest image is itself known to be bad.
    pub newest_is_bad: bool,
    /// Some stragglers.
    pub examples: Vec<Arc<NodeNames>>,
}

/// A condition that says that something is wrong.
pub struct UnhealthyCondition {
    /// The node.
    pub names: Arc<NodeNames>,
    /// The condition.
    pub condition: Name,
    /// Since when.
    pub since: Timestamp,
}

/// Nodes of a pool with a known issue.
pub struct PoolIssue {
    /// Name of the pool.
    pub pool: Name,
    /// Who runs it.
    pub pool_kind: PoolKind,
    /// The issue.
    pub issue: Arc<KnownIssue>,
    /// How many.
    pub nodes: u32,
}

impl NodeRows {
    /// The state, copied out.
    pub fn now(&self) -> Nodes {
        let totals = &self.totals;
        let conditions: Vec<_> = totals
            .conditions
            .iter()
            .take(CONDITIONS)
            .map(|(name, _)| (name.clone(), totals.unhealthy.get(name)))
            .collect();
        let has_room = |name: &Name| conditions.binary_search_by(|(known, _)| known.cmp(name)).is_ok();
        let unhealthy = totals.unhealthy_since.iter().filter(|(_, _, name)| has_room(name)).filter_map(
            |(since, uid, condition)| {
                let names = self.names(*uid)?.clone();
                Some(UnhealthyCondition { names, condition: condition.clone(), since: *since })
            },
        );
        Nodes {
            counts: totals.counts.to_vec(),
            not_ready: totals
                .not_ready
                .iter()
                .filter_map(|(since, uid)| {
                    let (names, row) = (self.names(*uid)?.clone(), self.rows.get(*uid)?);
                    Some(NotReadyNode { names, since: *since, reason: row.facts.reason })
                })
                .collect(),
            names: totals.by_name.values().cloned().collect(),
            images: totals.images.to_vec(),
            pools: self.pools(),
            unhealthy: unhealthy.collect(),
            conditions_dropped: totals.conditions.len() - conditions.len(),
            conditions,
            issues: totals
                .bad
                .iter()
                .filter_map(|(_, uid)| self.rows.get(*uid)?.share.as_ref())
                .flat_map(|share| share.issues.iter().map(move |number| (share, *number)))
                .filter_map(|(share, number)| Some((share.names.clone(), self.known.get(number)?.clone())))
                .collect(),
            pool_issues: totals
                .issues
                .iter()
                .filter_map(|((pool, pool_kind, number), nodes)| {
                    let issue = self.known.get(*number)?.clone();
                    Some(PoolIssue { pool: pool.clone(), pool_kind: *pool_kind, issue, nodes })
                })
                .collect(),
            kubelets: totals.kubelets.to_vec(),
        }
    }

    fn pools(&self) -> Vec<PoolImages> {
        let mut pools: BTreeMap<(Name, PoolKind), PoolImages> = BTreeMap::new();
        for line in self.totals.lines.iter() {
            let (newest_since, first) = line.first;
            let Some(share) = self.rows.get(first).and_then(|row| row.share.as_ref()) else { continue };
            let now = PoolImages {
                pool: line.pool.clone(),
                pool_kind: line.pool_kind,
                stragglers: line.stragglers,
                newest_since,
                newest: share.names.clone(),
                newest_is_bad: !share.issues.is_empty(),
                examples: line.examples.iter().filter_map(|uid| self.names(*uid)).cloned().collect(),
            };
            match pools.entry((line.pool, line.pool_kind)) {
                std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(now)),
                std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().join(now),
            }
        }
        pools.into_values().collect()
    }
}

impl PoolImages {
    /// Adds another kind of image of the same pool.
    fn join(&mut self, other: Self) {
        let stragglers = self.stragglers + other.stragglers;
        let takes_over = match (self.stragglers > 0, other.stragglers > 0) {
            (true, true) => other.newest_since < self.newest_since,
            (false, false) => other.newest_since > self.newest_since,
            (_, theirs) => theirs,
        };
        if takes_over {
            *self = other;
        }
        self.stragglers = stragglers;
    }
}
