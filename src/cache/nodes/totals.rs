//! What nodes add up to: kept as they change, so that a scrape only reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{ImageGroup, NodeNames, images::Lines};
use crate::{
    cache::{Name, uid::Uid},
    diagnose::{Lifecycle, PoolKind},
};

/// What one node adds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Share {
    pub names: Arc<NodeNames>,
    pub ready: bool,
    pub is_virtual: bool,
    /// When its lifecycle changes by itself.
    pub changes_at: Option<Timestamp>,
    /// Since when it is not ready.
    pub not_ready: Option<Timestamp>,
    pub kubelet_minor: Option<u32>,
    /// Conditions of its own by name, each with since when it is unhealthy.
    pub conditions: Box<[(Name, Option<Timestamp>)]>,
    /// Numbers of its known issues.
    pub issues: Box<[usize]>,
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

impl NodeGroup {
    fn of(share: &Share) -> Self {
        let names = &share.names;
        Self {
            pool: names.pool.clone(),
            pool_kind: names.pool_kind,
            zone_id: names.zone_id.clone(),
            lifecycle: names.lifecycle,
            ready: share.ready,
        }
    }
}

/// How many there are of what is there at all.
#[derive(Debug, PartialEq)]
pub(super) struct Counts<K>(BTreeMap<K, u32>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone> Counts<K> {
    fn add(&mut self, key: K) {
        *self.0.entry(key).or_insert(0) += 1;
    }

    fn remove(&mut self, key: &K) {
        if let Some(count) = self.0.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(key);
            }
        }
    }

    pub fn get(&self, key: &K) -> u32 {
        self.0.get(key).copied().unwrap_or(0)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, u32)> {
        self.0.iter().map(|(key, count)| (key, *count))
    }

    pub fn to_vec(&self) -> Vec<(K, u32)> {
        self.0.iter().map(|(key, count)| (key.clone(), *count)).collect()
    }
}

/// All nodes together. Fargate and virtual kubelets are only in the counts of nodes and kubelets.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Totals {
    pub counts: Counts<NodeGroup>,
    pub kubelets: Counts<u32>,
    pub changes: BTreeSet<(Timestamp, Uid)>,
    pub not_ready: BTreeSet<(Timestamp, Uid)>,
    pub by_name: BTreeMap<Name, Arc<NodeNames>>,
    pub images: Counts<ImageGroup>,
    pub lines: Lines,
    /// Nodes that have a condition of that name.
    pub conditions: Counts<Name>,
    /// Nodes that it is unhealthy on.
    pub unhealthy: Counts<Name>,
    pub unhealthy_since: BTreeSet<(Timestamp, Uid, Name)>,
    /// Nodes with known issues.
    pub bad: BTreeSet<(Name, Uid)>,
    pub issues: Counts<(Name, PoolKind, usize)>,
}

impl Totals {
    pub fn add(&mut self, uid: Uid, share: &Share) {
        let names = &share.names;
        self.counts.add(NodeGroup::of(share));
        share.kubelet_minor.into_iter().for_each(|minor| self.kubelets.add(minor));
        self.changes.extend(share.changes_at.map(|at| (at, uid)));
        if share.is_virtual {
            return;
        }
        self.not_ready.extend(share.not_ready.map(|since| (since, uid)));
        self.by_name.insert(names.node.clone(), names.clone());
        self.images.add(ImageGroup::of(names));
        self.lines.add(uid, share);
        for (name, since) in &share.conditions {
            self.conditions.add(name.clone());
            if let Some(since) = since {
                self.unhealthy.add(name.clone());
                self.unhealthy_since.insert((*since, uid, name.clone()));
            }
        }
        if !share.issues.is_empty() {
            self.bad.insert((names.node.clone(), uid));
        }
        for issue in &share.issues {
            self.issues.add((names.pool.clone(), names.pool_kind, *issue));
        }
    }

    /// A node is another than before.
    pub fn replace(&mut self, uid: Uid, former: &Share, share: &Share) {
        self.remove(uid, former);
        self.add(uid, share);
        self.lines.tidy(former);
    }

    pub fn remove(&mut self, uid: Uid, share: &Share) {
        let names = &share.names;
        self.counts.remove(&NodeGroup::of(share));
        share.kubelet_minor.iter().for_each(|minor| self.kubelets.remove(minor));
        if let Some(at) = share.changes_at {
            self.changes.remove(&(at, uid));
        }
        if share.is_virtual {
            return;
        }
        if let Some(since) = share.not_ready {
            self.not_ready.remove(&(since, uid));
        }
        self.by_name.remove(&names.node);
        self.images.remove(&ImageGroup::of(names));
        self.lines.remove(uid, share);
        for (name, since) in &share.conditions {
            self.conditions.remove(name);
            if let Some(since) = since {
                self.unhealthy.remove(name);
                self.unhealthy_since.remove(&(*since, uid, name.clone()));
            }
        }
        self.bad.remove(&(names.node.clone(), uid));
        for issue in &share.issues {
            self.issues.remove(&(names.pool.clone(), names.pool_kind, *issue));
        }
    }
}
