//! Nodes: whether they exist, are ready, and how many there are of which sort.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::{Cache, Index, Scope, names::Name, rows::Rows, uid::Uid};
use crate::{
    diagnose::{Lifecycle, NodeFacts, NodeView, Placement, PoolKind, Ready, pool},
    objects::{Node, keys},
};

/// One node.
pub(super) struct NodeRow {
    pub name: Name,
    pub facts: NodeFacts,
    /// What decides who runs on it.
    placement: Arc<Placement>,
    pool: Name,
    zone: Name,
    /// Since when it is not ready, across changes from False to Unknown.
    not_ready_since: Option<Timestamp>,
    was_ready: bool,
    filed: Option<Filed>,
}

/// Where a node is counted.
struct Filed {
    group: NodeGroup,
    /// When its lifecycle changes by itself.
    changes_at: Option<Timestamp>,
    not_ready: Option<(Timestamp, Arc<NodeNames>)>,
}

/// Nodes that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeGroup {
    /// Name of the pool.
    pub pool: Name,
    /// Who runs it.
    pub pool_kind: PoolKind,
    /// Zone id.
    pub zone_id: Name,
    /// Phase of life.
    pub lifecycle: Lifecycle,
    /// Whether the Ready condition is True.
    pub ready: bool,
}

/// The names that a node's series carry.
#[derive(Debug)]
pub struct NodeNames {
    /// Its name.
    pub node: Name,
    /// Name of its pool.
    pub pool: Name,
    /// Who runs the pool.
    pub pool_kind: PoolKind,
    /// Phase of life.
    pub lifecycle: Lifecycle,
    /// Room for whoever writes series of the node to keep what need not be written anew each time.
    pub written: OnceLock<Box<str>>,
}

/// Every node.
pub(super) struct NodeRows {
    rows: Rows<Uid, NodeRow>,
    by_name: HashMap<Name, Uid>,
    /// Nodes of one pool share theirs.
    placements: HashSet<Arc<Placement>>,
    counts: HashMap<NodeGroup, u32>,
    changes: BTreeSet<(Timestamp, Uid)>,
    not_ready: BTreeSet<(Timestamp, Uid)>,
}

impl NodeRows {
    pub fn new() -> Self {
        Self {
            rows: Rows::new(vec![Scope::cluster()]),
            by_name: HashMap::new(),
            placements: HashSet::new(),
            counts: HashMap::new(),
            changes: BTreeSet::new(),
            not_ready: BTreeSet::new(),
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

    /// All nodes are known, and it is not one of them.
    pub fn is_gone(&self, name: &Name) -> bool {
        self.is_synced() && self.find(name).is_none()
    }

    /// When a node was created, and what decides who runs on it.
    pub fn placement(&self, name: &Name) -> Option<(Timestamp, &Placement)> {
        self.find(name).map(|row| (row.facts.created, &*row.placement))
    }

    /// What a node says of itself, and the phase of its life.
    pub fn facts(&self, name: &Name) -> Option<(&NodeFacts, Lifecycle)> {
        let row = self.find(name)?;
        Some((&row.facts, row.filed.as_ref()?.group.lifecycle))
    }

    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.by_name.keys().cloned()
    }

    pub fn advance(&mut self, now: Timestamp) {
        while let Some(&(at, uid)) = self.changes.first()
            && at <= now
        {
            self.changes.pop_first();
            self.file(uid, now);
        }
    }

    /// Counts a node as what it is now.
    fn file(&mut self, uid: Uid, now: Timestamp) {
        let Some(row) = self.rows.get_mut(uid) else { return };
        let (lifecycle, changes_at) = row.facts.lifecycle(row.was_ready, now);
        let group = NodeGroup {
            pool: row.pool.clone(),
            pool_kind: row.facts.pool_kind,
            zone_id: row.zone.clone(),
            lifecycle,
            ready: row.facts.ready == Ready::Yes,
        };
        let not_ready = row.not_ready_since.filter(|_| !row.facts.is_virtual).map(|since| {
            let names = NodeNames {
                node: row.name.clone(),
                pool: row.pool.clone(),
                pool_kind: row.facts.pool_kind,
                lifecycle,
                written: OnceLock::new(),
            };
            (since, Arc::new(names))
        });
        let former = row.filed.take();
        self.unfile(uid, former);
        *self.counts.entry(group.clone()).or_insert(0) += 1;
        if let Some((since, _)) = not_ready {
            self.not_ready.insert((since, uid));
        }
        if let Some(at) = changes_at {
            self.changes.insert((at, uid));
        }
        if let Some(row) = self.rows.get_mut(uid) {
            row.filed = Some(Filed { group, changes_at, not_ready });
        }
    }

    fn unfile(&mut self, uid: Uid, filed: Option<Filed>) {
        let Some(filed) = filed else { return };
        if let Some(count) = self.counts.get_mut(&filed.group) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&filed.group);
            }
        }
        if let Some((since, _)) = filed.not_ready {
            self.not_ready.remove(&(since, uid));
        }
        if let Some(at) = filed.changes_at {
            self.changes.remove(&(at, uid));
        }
    }

    /// Takes a node out; its name, if it was there.
    fn remove(&mut self, uid: Uid) -> Option<Name> {
        let row = self.rows.remove(uid)?;
        self.unfile(uid, row.filed);
        if self.by_name.get(&row.name) == Some(&uid) {
            self.by_name.remove(&row.name);
        }
        Some(row.name)
    }

    /// Counts and indexes are those of the rows.
    #[cfg(test)]
    pub fn check(&self, now: Timestamp) {
        let mut counts: HashMap<NodeGroup, u32> = HashMap::new();
        let mut not_ready = BTreeSet::new();
        for (uid, row) in self.rows.iter() {
            let (lifecycle, _) = row.facts.lifecycle(row.was_ready, now);
            let filed = row.filed.as_ref().expect("counted");
            assert_eq!(filed.group.lifecycle, lifecycle);
            *counts.entry(filed.group.clone()).or_insert(0) += 1;
            assert_eq!(self.by_name.get(&row.name), Some(&uid));
            not_ready.extend(row.not_ready_since.filter(|_| !row.facts.is_virtual).map(|since| (since, uid)));
        }
        assert_eq!(self.counts, counts);
        assert_eq!(self.not_ready, not_ready);
        assert_eq!(self.by_name.len(), self.rows.len());
    }

    /// How many nodes there are of each sort.
    pub fn counts(&self) -> impl Iterator<Item = (NodeGroup, u32)> {
        self.counts.iter().map(|(group, count)| (group.clone(), *count))
    }

    /// Nodes that are not ready, those first that have been so for longest.
    pub fn not_ready(&self) -> impl Iterator<Item = (Timestamp, &NodeFacts, &Arc<NodeNames>)> {
        self.not_ready.iter().filter_map(|(since, uid)| {
            let row = self.rows.get(*uid)?;
            let (_, names) = row.filed.as_ref()?.not_ready.as_ref()?;
            Some((*since, &row.facts, names))
        })
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
        let facts = NodeFacts::of(&node, now);
        let (pool, zone) = (
            self.names.get(pool(&node.metadata).1),
            self.names.get(node.metadata.label(keys::ZONE_ID).unwrap_or_default()),
        );
        let placement = Placement::of(&node);
        let placement = self.nodes.placements.get_or_insert_with(&placement, |new| Arc::new(new.clone())).clone();
        let before = self.nodes.view(&name);
        let row = self.nodes.rows.see(uid, "", || NodeRow {
            name: name.clone(),
            facts: facts.clone(),
            placement: placement.clone(),
            pool: pool.clone(),
            zone: zone.clone(),
            not_ready_since: None,
            was_ready: false,
            filed: None,
        });
        if facts.ready == Ready::Yes {
            (row.was_ready, row.not_ready_since) = (true, None);
        } else if row.not_ready_since.is_none() {
            row.not_ready_since = Some(facts.changed);
        }
        (row.facts, row.placement, row.pool, row.zone) = (facts, placement, pool, zone);
        self.nodes.by_name.insert(name.clone(), uid);
        self.nodes.file(uid, now);
        self.assess_agents_on(&name, now);
        if was_none {
            self.judge_all(now);
        } else if before != self.nodes.view(&name) {
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
            self.nodes.remove(uid);
        }
        self.judge_all(self.advanced);
        self.assess_agents(self.advanced);
    }
}

impl Cache {
    fn remove_node(&mut self, uid: Uid, now: Timestamp) {
        let Some(name) = self.nodes.remove(uid) else { return };
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
