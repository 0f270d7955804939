//! What a reader takes out of the nodes.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{ImageGroup, NodeGroup, NodeNames, NodeRows};
use crate::{
    cache::Name,
    diagnose::{KnownIssue, NotReadyReason, PoolKind, Severity},
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
    /// Its lines of images, of which there is at least one.
    pub lines: Vec<ImageLine>,
}

/// Images of a pool that succeed one another: of one operating system, variant, architecture and minor version of
/// kubelet.
pub struct ImageLine {
    /// Nodes that are not on the newest image of the line and are not leaving.
    pub stragglers: usize,
    /// When the first node with the newest image came, as far as it was seen; it may be gone.
    pub newest_since: Timestamp,
    /// The first node with it that is there.
    pub newest: Arc<NodeNames>,
    /// Nobody is to be sent to the newest image: it is known to fail.
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
                .filter_map(|(_, uid)| self.share_of(*uid))
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
        let mut pools: BTreeMap<(Name, PoolKind), Vec<ImageLine>> = BTreeMap::new();
        for line in self.totals.lines.iter() {
            let Some(share) = self.share_of(line.first) else { continue };
            let mut issues = share.issues.iter().filter_map(|number| self.known.get(*number));
            pools.entry((line.pool, line.pool_kind)).or_default().push(ImageLine {
                stragglers: line.stragglers,
                newest_since: line.came,
                newest: share.names.clone(),
                newest_is_bad: issues.any(|issue| issue.severity < Severity::Info),
                examples: line.examples.iter().filter_map(|uid| self.names(*uid)).cloned().collect(),
            });
        }
        pools.into_iter().map(|((pool, pool_kind), lines)| PoolImages { pool, pool_kind, lines }).collect()
    }
}

impl PoolImages {
    /// Stragglers of all lines.
    #[must_use]
    pub fn stragglers(&self) -> usize {
        self.lines.iter().map(|line| line.stragglers).sum()
    }

    /// When the newest image came: of the lines with stragglers the one that came first, or where there are none the
    /// latest.
    #[must_use]
    pub fn newest_since(&self) -> Option<Timestamp> {
        let waited_for = self.lines.iter().filter(|line| line.stragglers > 0).map(|line| line.newest_since).min();
        waited_for.or_else(|| self.lines.iter().map(|line| line.newest_since).max())
    }

    /// Since when the stragglers that should be replaced have been left behind, those of the line that waits for longest.
    #[must_use]
    pub fn straggling_since(&self) -> Option<Timestamp> {
        self.lines.iter().filter(|line| line.should_be_followed()).map(|line| line.newest_since).min()
    }
}

impl ImageLine {
    /// There are stragglers, and the newest image is one to send them to.
    #[must_use]
    pub const fn should_be_followed(&self) -> bool {
        self.stragglers > 0 && !self.newest_is_bad
    }
}
