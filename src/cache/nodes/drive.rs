//! What the watch of nodes says.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Conditions, NodeLabels, NodeRow};
use crate::{
    cache::{Cache, Index, Name, Scope, uid::Uid},
    diagnose::{Lifecycle, NodeFacts, Placement, Ready, conditions, pool},
    objects::{Node, keys},
};

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
        self.aws.node_says(&name, &node);
        let facts = NodeFacts::of(&node, now);
        let (labels, mut conditions) = self.node_texts(&node, &name, &facts, now);
        let placement = Placement::of(&node);
        let placement = self.nodes.placements.get_or_insert_with(&placement, |new| Arc::new(new.clone())).clone();
        if let Some(former) = self.nodes.share_of(uid) {
            stay(&mut conditions, &former.conditions, now);
        } else {
            self.branch_enis.node_came(&name, facts.created);
        }
        let before = (self.nodes.view(&name), self.nodes.is_virtual(&name));
        let row = self.nodes.rows.see(uid, "", || NodeRow {
            name: name.clone(),
            facts: facts.clone(),
            placement: placement.clone(),
            placed: None,
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
        if row.placement != placement {
            row.placed = Some(now);
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

    fn unreadable(&mut self, any: bool, now: Timestamp) {
        if std::mem::replace(&mut self.nodes.unreadable, any) != any {
            self.judge_all(now);
            self.assess_agents(now);
        }
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.nodes.rows.forget(scope) {
            if let Some(name) = self.nodes.remove(uid) {
                self.branch_enis.node_says(&name, None, None, self.advanced);
                self.aws.interfaces.node_gone(&name);
            }
        }
        self.judge_all(self.advanced);
        self.assess_agents(self.advanced);
    }
}

impl Cache {
    /// The texts of a node, each kept once for all nodes.
    fn node_texts(&mut self, node: &Node, name: &Name, facts: &NodeFacts, now: Timestamp) -> (NodeLabels, Conditions) {
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
        let conditions = conditions(node, now).into_iter().map(|(name, since)| (self.names.get(name), since)).collect();
        (labels, conditions)
    }

    fn remove_node(&mut self, uid: Uid, now: Timestamp) {
        let Some(name) = self.nodes.remove(uid) else { return };
        self.branch_enis.node_gone(&name);
        self.aws.interfaces.node_gone(&name);
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

/// A condition whose time is to come is unhealthy since it was first seen so, not since each time that it is seen.
fn stay(conditions: &mut Conditions, former: &Conditions, now: Timestamp) {
    for (name, since) in conditions.iter_mut().filter(|(_, since)| *since == Some(now)) {
        let known = former.iter().find(|(known, _)| known == name).and_then(|(_, since)| *since);
        *since = known.or(*since);
    }
}
