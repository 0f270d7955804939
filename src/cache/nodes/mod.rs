//! Nodes: whether they exist, are ready, and how many there are of which sort.

mod claims;
mod images;
mod names;
mod totals;
mod view;

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::{Cache, Index, Scope, names::Name, rows::Rows, uid::Uid};
use crate::{
    diagnose::{KnownIssues, Lifecycle, NodeFacts, NodeView, Placement, Ready, conditions, pool},
    objects::{Node, keys},
};
use claims::Claims;
use totals::{Share, Totals};

pub use images::ImageGroup;
pub use names::{NodeLabels, NodeNames};
pub use totals::NodeGroup;
pub use view::{Nodes, NotReadyNode, PoolImages, PoolIssue, UnhealthyCondition};

/// Conditions of a node that Kubernetes does not set, by name, each with since when it is unhealthy.
type Conditions = Box<[(Name, Option<Timestamp>)]>;

/// One node.
pub(super) struct NodeRow {
    pub name: Name,
    pub facts: NodeFacts,
    /// What decides who runs on it.
    placement: Arc<Placement>,
    /// The AMI by the node's own label.
    label_ami: Name,
    /// Since when it is not ready, across changes from False to Unknown.
    not_ready_since: Option<Timestamp>,
    was_ready: bool,
    /// As what it is counted.
    share: Option<Share>,
}

/// Every node.
pub(super) struct NodeRows {
    rows: Rows<Uid, NodeRow>,
    by_name: HashMap<Name, Uid>,
    /// Nodes of one pool share theirs.
    placements: HashSet<Arc<Placement>>,
    totals: Totals,
    known: KnownIssues,
    pub claims: Claims,
}

impl NodeRows {
    pub fn new(known: KnownIssues) -> Self {
        Self {
            rows: Rows::new(vec![Scope::cluster()]),
            by_name: HashMap::new(),
            placements: HashSet::new(),
            totals: Totals::default(),
            known,
            claims: Claims::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_synced(&self) -> bool {
        self.rows.is_synced()
    }

    /// All nodes are known, and there are none.
    pub fn are_none(&self) -> bool {
        self.is_synced() && self.rows.len() == 0
    }

    /// All nodes are known, and this is none of them.
    pub fn is_gone(&self, name: &Name) -> bool {
        self.is_synced() && !self.by_name.contains_key(name)
    }

    fn find(&self, name: &Name) -> Option<&NodeRow> {
        self.rows.get(*self.by_name.get(name)?)
    }

    /// What a pod's diagnosis may know of its node.
    pub fn view(&self, name: &Name) -> NodeView {
        match self.find(name) {
            Some(row) => NodeView::Known {
                silent: row.facts.ready == Ready::Unknown,
                network_down: row.facts.network_down,
                kubelet_minor: row.facts.kubelet_minor,
            },
            None if self.is_synced() && !name.is_empty() => NodeView::Gone,
            None => NodeView::Unwatched,
        }
    }

    pub fn is_virtual(&self, name: &Name) -> bool {
        self.find(name).is_some_and(|row| row.facts.is_virtual)
    }

    /// When a node was created, and what decides who runs on it.
    pub fn placement(&self, name: &Name) -> Option<(Timestamp, &Placement)> {
        self.find(name).map(|row| (row.facts.created, &*row.placement))
    }

    /// What a node says of itself, and the phase of its life.
    pub fn facts(&self, name: &Name) -> Option<(&NodeFacts, Lifecycle)> {
        let row = self.find(name)?;
        Some((&row.facts, row.share.as_ref()?.names.lifecycle))
    }

    /// The names of all.
    pub fn all_names(&self) -> impl Iterator<Item = Name> {
        self.by_name.keys().cloned()
    }

    pub fn advance(&mut self, now: Timestamp) {
        while let Some(&(at, uid)) = self.totals.changes.first()
            && at <= now
        {
            self.totals.changes.pop_first();
            self.file_as_before(uid, now);
        }
    }

    fn names(&self, uid: Uid) -> Option<&Arc<NodeNames>> {
        self.rows.get(uid)?.share.as_ref().map(|share| &share.names)
    }

    /// What a node adds now.
    fn share(&self, row: &NodeRow, mut labels: NodeLabels, conditions: Conditions, now: Timestamp) -> Share {
        let (lifecycle, changes_at) = row.facts.lifecycle(row.was_ready, row.not_ready_since, now);
        labels.lifecycle = lifecycle;
        labels.ami = self.claims.ami(&row.name).unwrap_or(&row.label_ami).clone();
        let issues = self.known.of(labels.build());
        // What was written of it stays as long as it is true.
        let names = match &row.share {
            Some(former) if **former.names == labels => former.names.clone(),
            _ => Arc::new(NodeNames::new(labels)),
        };
        Share {
            names,
            ready: row.facts.ready == Ready::Yes,
            is_virtual: row.facts.is_virtual,
            changes_at,
            not_ready: row.not_ready_since,
            kubelet_minor: row.facts.kubelet_minor,
            conditions,
            issues,
        }
    }

    /// Counts a node as what it is now.
    fn file(&mut self, uid: Uid, labels: NodeLabels, conditions: Conditions, now: Timestamp) {
        let Some(row) = self.rows.get(uid) else { return };
        let share = self.share(row, labels, conditions, now);
        match &row.share {
            Some(former) if *former == share => return, // kubelet says so again every few minutes
            Some(former) => self.totals.remove(uid, former),
            None => {}
        }
        self.totals.add(uid, &share);
        if let Some(row) = self.rows.get_mut(uid) {
            row.share = Some(share);
        }
    }

    /// The same, where the node's object has not changed.
    fn file_as_before(&mut self, uid: Uid, now: Timestamp) {
        if let Some(share) = self.rows.get(uid).and_then(|row| row.share.as_ref()) {
            let (labels, conditions) = ((**share.names).clone(), share.conditions.clone());
            self.file(uid, labels, conditions, now);
        }
    }

    /// The same, of the node of that name.
    fn file_again(&mut self, name: &Name, now: Timestamp) {
        if let Some(&uid) = self.by_name.get(name) {
            self.file_as_before(uid, now);
        }
    }

    /// Takes a node out; its name, if it was there.
    fn remove(&mut self, uid: Uid) -> Option<Name> {
        let row = self.rows.remove(uid)?;
        if let Some(share) = &row.share {
            self.totals.remove(uid, share);
        }
        if self.by_name.get(&row.name) == Some(&uid) {
            self.by_name.remove(&row.name);
        }
        Some(row.name)
    }

    /// Totals and indexes are those of the rows.
    #[cfg(test)]
    pub fn check(&self, now: Timestamp) {
        let mut totals = Totals::default();
        for (uid, row) in self.rows.iter() {
            let filed = row.share.as_ref().expect("counted");
            let share = self.share(row, (**filed.names).clone(), filed.conditions.clone(), now);
            assert_eq!(*filed, share, "counted as what it is now");
            assert_eq!(self.by_name.get(&row.name), Some(&uid));
            totals.add(uid, &share);
        }
        assert_eq!(self.totals, totals);
        assert_eq!(self.by_name.len(), self.rows.len());
        self.claims.check();
    }
}

impl Index<Node> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.nodes.rows.begin(scope);
    }

    fn apply(&mut self, node: Node, now: Timestamp) {
        let Some(uid) = Uid::of(&node.metadata.uid) else { return };
        let name = self.names.get(&node.metadata.name);
        if let Some(&former) = self.nodes.by_name.get(&name)
            && former != uid
        {
            self.remove_node(former, now); // the same name, another machine
        }
        let was_none = self.nodes.are_none();
        self.branch_enis.node_says(&name, node.status.capacity.get(), node.status.allocatable.get(), now);
        let facts = NodeFacts::of(&node, now);
        let (labels, conditions) = self.node_texts(&node, &name, &facts);
        let placement = Placement::of(&node);
        let placement = self.nodes.placements.get_or_insert_with(&placement, |new| Arc::new(new.clone())).clone();
        let before = (self.nodes.view(&name), self.nodes.is_virtual(&name));
        let row = self.nodes.rows.see(uid, "", || NodeRow {
            name: name.clone(),
            facts: facts.clone(),
            placement: placement.clone(),
            label_ami: labels.ami.clone(),
            not_ready_since: None,
            was_ready: false,
            share: None,
        });
        if facts.ready == Ready::Yes {
            (row.was_ready, row.not_ready_since) = (true, None);
        } else if row.not_ready_since.is_none() {
            row.not_ready_since = Some(facts.changed);
        }
        (row.facts, row.placement, row.label_ami) = (facts, placement, labels.ami.clone());
        self.nodes.by_name.insert(name.clone(), uid);
        self.nodes.file(uid, labels, conditions, now);
        self.assess_agents_on(&name, now);
        if was_none {
            self.judge_all(now);
        } else if before != (self.nodes.view(&name), self.nodes.is_virtual(&name)) {
            self.judge_node(&name, now);
        }
    }

    fn delete(&mut self, node: &Node, now: Timestamp) {
        if let Some(uid) = Uid::of(&node.metadata.uid) {
            self.remove_node(uid, now);
        }
    }

    fn finish(&mut self, scope: &Scope, now: Timestamp) {
        let was_synced = self.nodes.is_synced();
        for uid in self.nodes.rows.finish(scope) {
            self.remove_node(uid, now);
        }
        if !was_synced {
            self.judge_all(now); // only now may a node be known to be missing
            self.assess_agents(now);
        }
        self.nodes.placements.retain(|placement| Arc::strong_count(placement) > 1);
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.nodes.rows.forget(scope) {
            if let Some(name) = self.nodes.remove(uid) {
                self.branch_enis.node_says(&name, None, None, self.advanced);
            }
        }
        self.judge_all(self.advanced);
        self.assess_agents(self.advanced);
    }
}

impl Cache {
    /// The texts of a node, each kept once for all nodes.
    fn node_texts(&mut self, node: &Node, name: &Name, facts: &NodeFacts) -> (NodeLabels, Conditions) {
        let (meta, info) = (&node.metadata, &node.status.node_info);
        let mut label = |key| self.names.get(meta.label(key).unwrap_or_default());
        let (zone_id, instance_type, ami) =
            (label(keys::ZONE_ID), label(keys::INSTANCE_TYPE), label(keys::NODEGROUP_IMAGE));
        let labels = NodeLabels {
            node: name.clone(),
            pool: self.names.get(pool(meta).1),
            pool_kind: facts.pool_kind,
            lifecycle: Lifecycle::Serving,
            zone_id,
            instance_type,
            ami,
            os_image: self.names.get(&info.os_image),
            kernel_version: self.names.get(&info.kernel_version),
            kubelet_version: self.names.get(&info.kubelet_version),
            container_runtime_version: self.names.get(&info.container_runtime_version),
            architecture: self.names.get(&info.architecture),
            created: facts.created,
        };
        let conditions = conditions(node).into_iter().map(|(name, since)| (self.names.get(name), since)).collect();
        (labels, conditions)
    }

    fn remove_node(&mut self, uid: Uid, now: Timestamp) {
        let Some(name) = self.nodes.remove(uid) else { return };
        self.branch_enis.node_gone(&name);
        self.assess_agents_on(&name, now);
        if self.nodes.are_none() {
            self.judge_all(now);
        } else {
            self.judge_node(&name, now);
        }
    }

    /// Judges the pods in trouble on one node anew.
    fn judge_node(&mut self, name: &Name, now: Timestamp) {
        for uid in self.pods.on_node(name) {
            self.judge(uid, now);
        }
    }
}
