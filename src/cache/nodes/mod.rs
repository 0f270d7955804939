//! Nodes: whether they exist, are ready, and how many there are of which sort.

mod claims;
mod drive;
mod images;
mod names;
mod totals;
mod view;

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::{Scope, names::Name, rows::Rows, uid::Uid};
use crate::diagnose::{KnownIssues, Lifecycle, NodeFacts, NodeView, Placement, Ready};
use claims::Claims;
use totals::{Share, Totals};

pub use images::ImageGroup;
pub use names::{NodeLabels, NodeNames};
pub use totals::NodeGroup;
pub use view::{ImageLine, Nodes, NotReadyNode, PoolImages, PoolIssue, UnhealthyCondition};

/// Conditions of a node that Kubernetes does not set, by name, each with since when it is unhealthy.
type Conditions = Box<[(Name, Option<Timestamp>)]>;

/// One node.
pub(super) struct NodeRow {
    pub name: Name,
    pub facts: NodeFacts,
    /// What decides who runs on it.
    placement: Arc<Placement>,
    /// When that was seen to change.
    placed: Option<Timestamp>,
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
    /// Some node could not be read.
    unreadable: bool,
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
            unreadable: false,
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_synced(&self) -> bool {
        self.rows.is_synced()
    }

    /// One that is not among the rows is not in the cluster.
    fn are_all(&self) -> bool {
        self.is_synced() && !self.unreadable
    }

    /// All nodes are known, and there are none.
    pub fn are_none(&self) -> bool {
        self.are_all() && self.rows.len() == 0
    }

    /// All nodes are known, and this is none of them.
    pub fn is_gone(&self, name: &Name) -> bool {
        self.are_all() && !self.by_name.contains_key(name)
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
            None if self.are_all() && !name.is_empty() => NodeView::Gone,
            None => NodeView::Unwatched,
        }
    }

    pub fn is_virtual(&self, name: &Name) -> bool {
        self.find(name).is_some_and(|row| row.facts.is_virtual)
    }

    /// What decides who runs on a node, and since when: since it was created, or was seen to change.
    pub fn placement(&self, name: &Name) -> Option<(Timestamp, &Placement)> {
        self.find(name).map(|row| (row.placed.unwrap_or(row.facts.created), &*row.placement))
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

    fn share_of(&self, uid: Uid) -> Option<&Share> {
        self.rows.get(uid)?.share.as_ref()
    }

    fn names(&self, uid: Uid) -> Option<&Arc<NodeNames>> {
        self.share_of(uid).map(|share| &share.names)
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
            Some(former) => self.totals.replace(uid, former, &share),
            None => self.totals.add(uid, &share),
        }
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
            self.totals.lines.tidy(share);
        }
        if self.by_name.get(&row.name) == Some(&uid) {
            self.by_name.remove(&row.name);
        }
        Some(row.name)
    }

    /// Releases whose coming is remembered.
    #[cfg(test)]
    pub fn remembered_releases(&self) -> usize {
        self.totals.lines.remembered()
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
